import { AwsError, NotModelled } from "../awsError";
import type { Clock } from "../../runtime/clock";
import type { Ec2, Instance, NetworkInterface, Subnet, Tags } from "./ec2";
import { makingActions } from "./creating";
import type { Faults } from "../../faults";
import { cardLimits } from "./instanceTypes";
import { readPage, type Query } from "../queryProtocol";
import { LaggingReads } from "../laggingReads";
import { isoTime } from "../../runtime/time";
import type { ApiAction } from "../apiAction";

const MIN_PAGE_SIZE = 5;
const MAX_PAGE_SIZE = 1000;

/** A resource as reads show it. */
interface View {
  id: string;
  tags: Tags;
  xml: object;
}

export interface ReadServices {
  clock: Clock;
  faults: Faults;
}

/** The actions of EC2's API that are modelled, by name. */
export function ec2Actions(
  ec2: Ec2,
  arnOf: (resource: string, ownerId?: string) => string,
  subnetOf: (id: string) => Subnet,
  services: ReadServices,
): Map<string, ApiAction> {
  const { clock, faults } = services;
  const interfaces = new LaggingReads<View>(clock, faults, (id) => {
    const found = ec2.interfaces.get(id);
    return found && { id, tags: found.tags, xml: interfaceXml(found, ec2.isReady(found)) };
  });
  const instances = new LaggingReads<View>(clock, faults, (id) => {
    const found = ec2.instances.get(id);
    return found && { id, tags: found.tags, xml: instanceXml(found, ec2) };
  });
  ec2.onTouch((id) => {
    (id.startsWith("i-") ? instances : interfaces).touch(id);
  });
  const resourceOf = (kind: string, id: string, tags: Tags) => ({
    arn: arnOf(`${kind}/${id}`),
    tags,
  });
  const placeOf = (networkInterface: NetworkInterface, instanceId: string) => {
    const instance = ec2.instances.get(instanceId);
    return [
      resourceOf("network-interface", networkInterface.id, networkInterface.tags),
      resourceOf("instance", instanceId, instance?.tags ?? {}),
    ];
  };
  return new Map<string, ApiAction>([
    [
      "DescribeNetworkInterfaces",
      describe(faults, "networkInterfaceSet", ["tag-key"], (filters) =>
        readWanted(interfaces, ec2.interfaces, ({ tags }) => hasTagKey(tags, filters)),
      ),
    ],
    [
      "DescribeInstances",
      describe(faults, "reservationSet", ["tag-key", "instance-id"], (filters) =>
        readWanted(
          instances,
          ec2.instances,
          ({ id, tags }) => hasTagKey(tags, filters) && isNamed("instance-id", id, filters),
        ).map((xml) => ({ instancesSet: { item: xml } })),
      ),
    ],
    [
      "DescribeInstanceTypes",
      describe(faults, "instanceTypeSet", ["instance-type"], (filters) =>
        Object.entries(cardLimits)
          .filter(([type]) => isNamed("instance-type", type, filters))
          .map(([type, limits]) => instanceTypeXml(type, limits)),
      ),
    ],
    [
      "AttachNetworkInterface",
      {
        read(query) {
          const id = query.text("NetworkInterfaceId");
          const instanceId = query.text("InstanceId");
          const deviceIndex = query.number("DeviceIndex", NaN);
          const networkCardIndex = query.number("NetworkCardIndex", 0);
          return {
            subject: `${id} to ${instanceId} at ${networkCardIndex}/${deviceIndex}`,
            resources: () => placeOf(ec2.interfaceById(id), ec2.instanceById(instanceId).id),
            run: () => ({
              attachmentId: ec2.attachNetworkInterface(
                id,
                instanceId,
                deviceIndex,
                networkCardIndex,
              ).id,
              networkCardIndex,
            }),
          };
        },
        mutates: true,
      },
    ],
    [
      "DetachNetworkInterface",
      {
        read(query) {
          const attachmentId = query.text("AttachmentId");
          const force = query.optional("Force") === "true";
          return {
            subject: `${attachmentId}${force ? " by force" : ""}`,
            resources: () => {
              const isOff = ![...ec2.interfaces.values()].some(
                ({ attachment }) => attachment?.id === attachmentId,
              );
              // EC2 may find no tags on an attachment that is gone, and so refuse.
              if (isOff && faults.undocumented.refusesWhatIsOff) {
                return [resourceOf("network-interface", "*", {})];
              }
              const { networkInterface, attachment } = ec2.attachmentById(attachmentId);
              return placeOf(networkInterface, attachment.instanceId);
            },
            run: () => {
              ec2.detachNetworkInterface(attachmentId, force);
              return { return: true };
            },
          };
        },
        mutates: true,
      },
    ],
    ...makingActions({
      ec2,
      arnOf,
      subnetOf,
      placeOf,
      xmlOf: (made) => interfaceXml(made, ec2.isReady(made)),
    }),
  ]);
}

function describe(
  faults: Faults,
  setName: string,
  filterNames: string[],
  itemsOf: (filters: Map<string, string[]>) => object[],
): ApiAction {
  return {
    mutates: false,
    read(query: Query) {
      const filters = query.filters("Filter", "Value", filterNames);
      const pageSize = query.number("MaxResults", MAX_PAGE_SIZE);
      const token = query.optional("NextToken");
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
          const { page, nextToken } = readPage(faults, itemsOf(filters), pageSize, token);
          return { [setName]: { item: page }, nextToken };
        },
      };
    },
  };
}

/** What a read shows; nothing is described that isn't asked for, which may be nearly all of an account. */
function readWanted(
  reads: LaggingReads<View>,
  resources: Map<string, Omit<View, "xml">>,
  isWanted: (resource: Omit<View, "xml">) => boolean,
): object[] {
  const ids = [...resources.values()].filter(isWanted).map(({ id }) => id);
  return reads
    .read(ids)
    .filter(isWanted)
    .map(({ xml }) => xml);
}

function hasTagKey(tags: Tags, filters: Map<string, string[]>): boolean {
  const keys = filters.get("tag-key");
  return keys === undefined || keys.some((key) => Object.hasOwn(tags, key));
}

function isNamed(filter: string, id: string, filters: Map<string, string[]>): boolean {
  return filters.get(filter)?.includes(id) ?? true;
}

function tagsXml(tags: Tags): object {
  return { item: Object.entries(tags).map(([key, value]) => ({ key, value })) };
}

function interfaceXml(networkInterface: NetworkInterface, isReady: boolean): object {
  const { id, subnet, address, macAddress, tags, attachment } = networkInterface;
  return {
    networkInterfaceId: id,
    subnetId: subnet.id,
    vpcId: subnet.vpcId,
    availabilityZone: subnet.availabilityZone,
    macAddress,
    privateIpAddress: address,
    status: attachment !== undefined ? "in-use" : isReady ? "available" : "pending",
    tagSet: tagsXml(tags),
    attachment: attachment && {
      attachmentId: attachment.id,
      instanceId: attachment.instanceId,
      deviceIndex: attachment.deviceIndex,
      networkCardIndex: attachment.networkCardIndex,
      status: attachment.status,
      deleteOnTermination: attachment.deleteOnTermination,
      attachTime: isoTime(attachment.attachTimeMs),
    },
  };
}

function instanceXml(instance: Instance, ec2: Ec2): object {
  const { id, type, state, subnet, tags, launchTimeMs } = instance;
  const interfaces = state === "terminated" ? [] : ec2.interfacesOf(id);
  return {
    instanceId: id,
    instanceType: type,
    instanceState: { name: state },
    launchTime: isoTime(launchTimeMs),
    placement: { availabilityZone: subnet.availabilityZone },
    subnetId: subnet.id,
    vpcId: subnet.vpcId,
    tagSet: tagsXml(tags),
    networkInterfaceSet: {
      item: interfaces.map(({ id: networkInterfaceId, attachment }) => ({
        networkInterfaceId,
        attachment: {
          attachmentId: attachment?.id,
          deviceIndex: attachment?.deviceIndex,
          networkCardIndex: attachment?.networkCardIndex,
          status: attachment?.status,
        },
      })),
    },
  };
}

function instanceTypeXml(type: string, limits: number[]): object {
  return {
    instanceType: type,
    networkInfo: {
      maximumNetworkInterfaces: limits.reduce((sum, limit) => sum + limit, 0),
      maximumNetworkCards: limits.length,
      networkCards: {
        item: limits.map((maximumNetworkInterfaces, networkCardIndex) => ({
          networkCardIndex,
          maximumNetworkInterfaces,
        })),
      },
    },
  };
}
