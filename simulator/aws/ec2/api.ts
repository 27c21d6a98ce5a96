import { AwsError, NotModelled } from "../awsError";
import { type Ec2ApiServices, readAttach, readDetach, readModify } from "./attaching";
import { readCreate, readDelete } from "./creating";
import type { Faults } from "../../faults";
import { instanceTypes } from "./instanceTypes";
import { LaggingReads } from "../laggingReads";
import { readPage, tagTexts } from "../queryProtocol";
import type { ApiAction } from "../apiAction";
import type { NetworkInterface } from "./state";
import { instanceTypeXml, instanceXml, interfaceXml } from "./xml";

const MIN_PAGE_SIZE = 5;
const MAX_PAGE_SIZE = 1000;

/** What reads the parameters of actions that change something, by the action's name. */
const mutating = {
  AttachNetworkInterface: readAttach,
  DetachNetworkInterface: readDetach,
  ModifyNetworkInterfaceAttribute: readModify,
  CreateNetworkInterface: readCreate,
  DeleteNetworkInterface: readDelete,
};

/** The actions of EC2's API that are modelled, by name. */
export function ec2Actions(services: Ec2ApiServices): Map<string, ApiAction> {
  const actions = new Map<string, ApiAction>(describingActions(services));
  for (const [name, read] of Object.entries(mutating)) {
    actions.set(name, { mutates: true, read: (query) => read(services, query) });
  }
  return actions;
}

/** What filters ask of a resource; none but an interface is attached. */
type Named = Pick<NetworkInterface, "id" | "tags" | "attachment">;

/** A resource as reads show it. */
interface View extends Named {
  isHidden: boolean;
  /** Writes it down, which of thousands is done for a page alone. */
  toXml: () => object;
}

type Read = (isMeant: (one: Named) => boolean) => View[];

function idsOf(all: Map<string, Named>, isMeant: (one: Named) => boolean): string[] {
  return [...all.values()].filter(isMeant).map(({ id }) => id);
}

function viewOf(
  { id, tags, attachment, operator }: Named & Pick<NetworkInterface, "operator">,
  toXml: () => object,
): View {
  return { id, tags, attachment, isHidden: operator?.isHiddenByDefault === true, toXml };
}

function describingActions(services: Ec2ApiServices): [string, ApiAction][] {
  const { ec2, account, clock, faults } = services;
  /** What may be shown later is written down as it is now. */
  const show = (one: Parameters<typeof viewOf>[0], toXml: () => object): View => {
    if (!faults.mayStrike("readStale")) return viewOf(one, toXml);
    const xml = toXml();
    return viewOf(one, () => xml);
  };
  const interfaces = new LaggingReads<View>(clock, faults, (id) => {
    const found = ec2.interfaces.get(id);
    return found && show(found, () => interfaceXml(found, ec2, account));
  });
  const instances = new LaggingReads<View>(clock, faults, (id) => {
    const found = ec2.instances.get(id);
    if (found === undefined || found.ownerId !== undefined) return undefined;
    return show(found, () => {
      return { ownerId: account, instancesSet: { item: instanceXml(found, ec2, account) } };
    });
  });
  ec2.onTouch((id) => {
    (id.startsWith("i-") ? instances : interfaces).touch(id);
  });
  const types = Object.entries(instanceTypes).map(([id, type]) =>
    viewOf({ id, tags: {} }, () => instanceTypeXml(id, type)),
  );
  // Nothing is described that isn't asked for, which may be nearly all of an account.
  const readInterfaces: Read = (isMeant) => interfaces.read(idsOf(ec2.interfaces, isMeant));
  const readInstances: Read = (isMeant) => instances.read(idsOf(ec2.instances, isMeant));
  const byTag = ["tag-key", "tag:"];
  const byHolder = [...byTag, "network-interface-id", "attachment.instance-id"];
  const byId = [...byTag, "instance-id"];
  return Object.entries({
    DescribeNetworkInterfaces: describe(faults, "networkInterfaceSet", byHolder, readInterfaces),
    DescribeInstances: describe(faults, "reservationSet", byId, readInstances),
    DescribeInstanceTypes: describe(faults, "instanceTypeSet", ["instance-type"], () => types),
  });
}

function describe(
  faults: Faults,
  setName: string,
  filterNames: string[],
  readThose: Read,
): ApiAction {
  return {
    mutates: false,
    read(query) {
      const filters = query.filters("Filter", "Value", filterNames);
      const pageSize = query.number("MaxResults", MAX_PAGE_SIZE);
      const token = query.optional("NextToken");
      // What may have tags may be managed by a service.
      const isManagedToo =
        filterNames.includes("tag-key") && query.optional("IncludeManagedResources") === "true";
      if (filters.size === 0) throw new NotModelled("a describe call without a filter");
      if (pageSize < MIN_PAGE_SIZE || pageSize > MAX_PAGE_SIZE) {
        const range = `${MIN_PAGE_SIZE} and ${MAX_PAGE_SIZE}`;
        const message = `Value ( ${pageSize} ) for parameter maxResults is invalid. Expecting a value between ${range}.`;
        throw new AwsError("InvalidParameterValue", message);
      }
      return {
        subject: [...filters].map(([name, values]) => `${name}=${values.join(",")}`).join(" "),
        resources: () => [],
        run: () => {
          const isMeant = matcherOf(filters);
          const found = readThose(isMeant).filter(
            (view) => (isManagedToo || !view.isHidden) && isMeant(view),
          );
          const { page, nextToken } = readPage(faults, found, pageSize, token);
          return { [setName]: { item: page.map(({ toXml }) => toXml()) }, nextToken };
        },
      };
    },
  };
}

/** What all filters find: of the values of each, one suffices. */
function matcherOf(filters: Map<string, string[]>): (one: Named) => boolean {
  const wanted = [...filters].map(([name, values]) => [name, values.map(toPattern)] as const);
  return (one) =>
    wanted.every(([name, patterns]) =>
      textsOf(one, name).some((text) => patterns.some((isLike) => isLike(text))),
    );
}

function textsOf({ id, tags, attachment }: Named, filterName: string): string[] {
  if (filterName.startsWith("tag")) return tagTexts(tags, filterName);
  if (filterName === "attachment.instance-id") return attachment ? [attachment.instanceId] : [];
  return [id];
}

/** In a value, `*` stands for any text and `?` for one character or none, but not after a backslash (EC2 user guide). */
function toPattern(value: string): (text: string) => boolean {
  if (!/[*?\\]/.test(value)) return (text) => text === value;
  const source = value.replace(/\\?[^]/g, (part) => {
    if (part === "*" || part === "?") return `[^]${part}`;
    return part.slice(-1).replace(/[\\^$.*+?()[\]{}|]/, "\\$&");
  });
  const pattern = new RegExp(`^${source}$`);
  return (text) => pattern.test(text);
}
