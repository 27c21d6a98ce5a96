import { AwsError } from "../awsError";
import type { Clock } from "../../runtime/clock";
import type { Faults } from "../../faults";
import type { Journal } from "../../views/journal";
import type { Random, RangeMs } from "../../runtime/random";
import type { Timings } from "../../runtime/timings";

export type Tags = Record<string, string>;

export interface Subnet {
  id: string;
  vpcId: string;
  availabilityZone: string;
  /** The account that shares it; absent: the program's own. */
  ownerId?: string;
}

/** The service of AWS that manages a resource, and alone may change it. */
export interface Operator {
  principal: string;
  /** Whether reads leave the resource out unless they ask for managed ones. */
  isHiddenByDefault?: boolean;
}

/** Where an interface is on an instance. */
export interface Place {
  deviceIndex: number;
  networkCardIndex: number;
}

/** What is set of an attachment where the instance type can do it: it ends with the attachment. */
export interface EnaSettings {
  /** ENA Express. */
  enaSrdSpecification?: {
    enaSrdEnabled: boolean;
    enaSrdUdpSpecification: { enaSrdUdpEnabled: boolean };
  };
  enaQueueCount?: number;
}

export interface Attachment extends Place, EnaSettings {
  id: string;
  instanceId: string;
  /** As of the instance. */
  instanceOwnerId?: string;
  status: "attaching" | "attached" | "detaching";
  deleteOnTermination: boolean;
  attachTimeMs: number;
}

export interface Ec2Resource {
  id: string;
  subnet: Subnet;
  tags: Tags;
  /** The account, or the service of AWS, whose it is; absent: the program's own account. */
  ownerId?: string;
  operator?: Operator;
}

export interface NetworkInterface extends Ec2Resource {
  address: string;
  macAddress: string;
  /** Absent: a plain one. A branch belongs to a trunk, which no attachment shows. */
  interfaceType?: "efa" | "branch";
  /** What an interface may have beyond its first address. */
  secondaryAddresses?: string[];
  ipv6Addresses?: string[];
  publicIp?: string;
  /** @default true */
  sourceDestCheck?: boolean;
  attachment?: Attachment;
  /** Until then it is being made, and can't be attached. */
  readyAtMs?: number;
  /** Whether a service made it for one of its own resources, like a load balancer. */
  isRequesterManaged?: boolean;
}

export type InstanceState =
  "pending" | "running" | "stopping" | "stopped" | "shutting-down" | "terminated";

export interface Instance extends Ec2Resource {
  type: string;
  state: InstanceState;
  launchTimeMs: number;
}

/** Something of EC2 that others may want to know of. */
type Ec2Change =
  | { kind: "instance"; instance: Instance }
  | { kind: "attached" | "detached"; networkInterface: NetworkInterface; instanceId: string };

/** Is told what has other tags now, under which keys. */
type TagListener = (resource: Instance | NetworkInterface, changedKeys: string[]) => void;

export interface Ec2Services {
  clock: Clock;
  random: Random;
  timings: Timings;
  journal: Journal;
  faults: Faults;
}

/** All IPv4 addresses of an interface, the first one first. */
export function privateAddressesOf(networkInterface: NetworkInterface): string[] {
  return [networkInterface.address, ...(networkInterface.secondaryAddresses ?? [])];
}

/** The instances and interfaces that there are, and who is told of their changes. */
export class Ec2State {
  readonly interfaces = new Map<string, NetworkInterface>();
  readonly instances = new Map<string, Instance>();
  /** The interfaces that an instance has or had, with the order in which all were created. */
  private readonly onceOn = new Map<string, Set<NetworkInterface>>();
  private readonly creationOrder = new Map<string, number>();
  private readonly listeners: ((change: Ec2Change) => void)[] = [];
  private readonly readers: ((id: string) => void)[] = [];
  private readonly tagListeners: TagListener[] = [];

  constructor(protected readonly services: Ec2Services) {}

  /** Calls back with every change; of instances, with those of the program's own account alone. */
  onChange(listener: (change: Ec2Change) => void): void {
    this.listeners.push(listener);
  }

  /** Calls back with every change of tags, of what the program's own account has. */
  onTagChange(listener: TagListener): void {
    this.tagListeners.push(listener);
  }

  /** Calls back with the id of every instance and interface whose description changes. */
  onTouch(reader: (id: string) => void): void {
    this.readers.push(reader);
  }

  protected touch(...ids: string[]): void {
    for (const reader of this.readers) for (const id of ids) reader(id);
  }

  protected tell(change: Ec2Change): void {
    for (const listener of this.listeners) listener(change);
  }

  protected after(range: RangeMs, run: () => void): void {
    this.services.clock.after(this.services.random.between(range), run);
  }

  /** Gives an instance or an interface other tags, as a person may. */
  setTags(resource: Instance | NetworkInterface, tags: Tags): void {
    const { tags: before } = resource;
    resource.tags = tags;
    this.touch(resource.id);
    this.tellOfTags(resource, before);
  }

  /** Tells of the tags that something was made with, where EC2 tells of them. */
  protected tellOfFirstTags(resource: Instance | NetworkInterface): void {
    if (this.services.faults.undocumented.tellsOfTagsAtLaunch) this.tellOfTags(resource, {});
  }

  private tellOfTags(resource: Instance | NetworkInterface, before: Tags): void {
    const keys = Object.keys({ ...before, ...resource.tags });
    const changedKeys = keys.filter((key) => before[key] !== resource.tags[key]);
    if (changedKeys.length === 0 || resource.ownerId !== undefined) return;
    for (const listener of this.tagListeners) listener(resource, changedKeys);
  }

  protected add(networkInterface: NetworkInterface): void {
    const { id } = networkInterface;
    this.interfaces.set(id, networkInterface);
    this.creationOrder.set(id, this.creationOrder.size);
  }

  protected put(networkInterface: NetworkInterface, attachment: Attachment): void {
    const { instanceId } = attachment;
    networkInterface.attachment = attachment;
    const onceOn = this.onceOn.get(instanceId) ?? new Set();
    this.onceOn.set(instanceId, onceOn.add(networkInterface));
  }

  /** The interfaces of an instance, in the order in which they were created. */
  interfacesOf(instanceId: string): NetworkInterface[] {
    const orderOf = ({ id }: NetworkInterface) => this.creationOrder.get(id) ?? 0;
    return [...(this.onceOn.get(instanceId) ?? [])]
      .filter(
        ({ id, attachment }) => attachment?.instanceId === instanceId && this.interfaces.has(id),
      )
      .sort((a, b) => orderOf(a) - orderOf(b));
  }

  interfaceById(id: string): NetworkInterface {
    const networkInterface = this.interfaces.get(id);
    if (networkInterface !== undefined) return networkInterface;
    throw new AwsError(
      "InvalidNetworkInterfaceID.NotFound",
      `The networkInterface ID '${id}' does not exist`,
    );
  }

  attachmentById(
    id: string,
    among: Iterable<NetworkInterface> = this.interfaces.values(),
  ): { networkInterface: NetworkInterface; attachment: Attachment } {
    for (const networkInterface of among) {
      const { attachment } = networkInterface;
      if (attachment?.id === id) return { networkInterface, attachment };
    }
    throw new AwsError("InvalidAttachmentID.NotFound", `The attachment ID '${id}' does not exist`);
  }

  instanceById(id: string): Instance {
    const instance = this.instances.get(id);
    if (instance !== undefined) return instance;
    throw new AwsError("InvalidInstanceID.NotFound", `The instance ID '${id}' does not exist`);
  }
}
