import { AwsError, NotModelled } from "../awsError";
import { type Ec2ApiServices, readAttach, readDetach, readModify } from "./attaching";
import { readCreate, readDelete } from "./creating";
import type { Faults } from "../../faults";
import { instanceTypes } from "./instanceTypes";
import { LaggingReads } from "../laggingReads";
import { hasTag, readPage } from "../queryProtocol";
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
  xml: object;
}

type Read = (isMeant: (one: Named) => boolean) => View[];

function idsOf(all: Map<string, Named>, isMeant: (one: Named) => boolean): string[] {
  return [...all.values()].filter(isMeant).map(({ id }) => id);
}

function viewOf(
  { id, tags, attachment, operator }: Named & Pick<NetworkInterface, "operator">,
  xml: object,
): View {
  return { id, tags, attachment, isHidden: operator?.isHiddenByDefault === true, xml };
}

function describingActions(services: Ec2ApiServices): [string, ApiAction][] {
  const { ec2, account, clock, faults } = services;
  const interfaces = new LaggingReads<View>(clock, faults, (id) => {
    const found = ec2.interfaces.get(id);
    return found && viewOf(found, interfaceXml(found, ec2, account));
  });
  const instances = new LaggingReads<View>(clock, faults, (id) => {
    const found = ec2.instances.get(id);
    if (found === undefined || found.ownerId !== undefined) return undefined;
    const instancesSet = { item: instanceXml(found, ec2, account) };
    return viewOf(found, { ownerId: account, instancesSet });
  });
  ec2.onTouch((id) => {
    (id.startsWith("i-") ? instances : interfaces).touch(id);
  });
  const types = Object.entries(instanceTypes).map(([id, type]) =>
    viewOf({ id, tags: {} }, instanceTypeXml(id, type)),
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
          const found = readThose((one) => isNamed(one, filters))
            .filter((view) => (isManagedToo || !view.isHidden) && isNamed(view, filters))
            .map(({ xml }) => xml);
          const { page, nextToken } = readPage(faults, found, pageSize, token);
          return { [setName]: { item: page }, nextToken };
        },
      };
    },
  };
}

function isNamed({ id, tags, attachment }: Named, filters: Map<string, string[]>): boolean {
  return [...filters].every(([name, values]) => {
    if (name.startsWith("tag")) return hasTag(tags, name, values);
    const found = name === "attachment.instance-id" ? attachment?.instanceId : id;
    return values.some((value) => value === found);
  });
}
