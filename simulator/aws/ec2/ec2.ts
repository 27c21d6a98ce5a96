import { AwsError } from "../awsError";
import type { Clock } from "../../runtime/clock";
import type { Faults } from "../../faults";
import { checkAddresses, checkPair, checkPlace, incorrectState } from "./attachmentRules";
import { cardLimits, unknownType } from "./instanceTypes";
import type { Journal } from "../../views/journal";
import type { Random, RangeMs } from "../../runtime/random";
import type { Timings } from "../../runtime/timings";

export type Tags = Record<string, string>;

/** A terminated instance shows for about an hour. */
const TERMINATED_SHOWS_MS = 3_600_000;

const AT_ONCE: RangeMs = [0, 0];

export interface Subnet {
  id: string;
  vpcId: string;
  availabilityZone: string;
  /** The account that shares it; absent: the program's own. */
  ownerId?: string;
}

export interface Attachment {
  id: string;
  instanceId: string;
  deviceIndex: number;
  networkCardIndex: number;
  status: "attaching" | "attached" | "detaching";
  deleteOnTermination: boolean;
  attachTimeMs: number;
}

export interface NetworkInterface {
  id: string;
  subnet: Subnet;
  address: string;
  macAddress: string;
  tags: Tags;
  /** What an interface may have beyond its first address. */
  secondaryAddresses?: string[];
  ipv6Addresses?: string[];
  publicIp?: string;
  /** @default true */
  sourceDestCheck?: boolean;
  attachment?: Attachment;
  /** Until then it is being made, and can't be attached. */
  readyAtMs?: number;
}

/** An interface that is to be made. */
export interface NewInterface {
  subnet: Subnet;
  securityGroupIds: string[];
  tags: Tags;
  /** The same twice makes one interface. */
  clientToken: string;
}

/** All IPv4 addresses of an interface, the first one first. */
export function privateAddressesOf(networkInterface: NetworkInterface): string[] {
  return [networkInterface.address, ...(networkInterface.secondaryAddresses ?? [])];
}

export type InstanceState =
  "pending" | "running" | "stopping" | "stopped" | "shutting-down" | "terminated";

export interface Instance {
  id: string;
  type: string;
  state: InstanceState;
  subnet: Subnet;
  tags: Tags;
  launchTimeMs: number;
}

/** Something of EC2 that others may want to know of. */
export type Ec2Change =
  | { kind: "instance"; instance: Instance }
  | { kind: "attached" | "detached"; networkInterface: NetworkInterface; instanceId: string };

export interface Ec2Services {
  clock: Clock;
  random: Random;
  timings: Timings;
  journal: Journal;
  faults: Faults;
}

/**
 * EC2's instances and interfaces: strict where EC2 is strict, slow where it is slow. Every refusal has
 * EC2's code and message.
 */
export class Ec2 {
  readonly interfaces = new Map<string, NetworkInterface>();
  readonly instances = new Map<string, Instance>();
  /** The interfaces that an instance has or had, with the order in which all were created. */
  private readonly onceOn = new Map<string, Set<NetworkInterface>>();
  private readonly creationOrder = new Map<string, number>();
  private readonly listeners: ((change: Ec2Change) => void)[] = [];
  private readonly readers: ((id: string) => void)[] = [];
  /** What was made by which token, and of what. */
  private readonly made = new Map<
    string,
    { parameters: string; networkInterface: NetworkInterface }
  >();

  constructor(private readonly services: Ec2Services) {}

  onChange(listener: (change: Ec2Change) => void): void {
    this.listeners.push(listener);
  }

  /** Calls back with the id of every instance and interface whose description changes. */
  onTouch(reader: (id: string) => void): void {
    this.readers.push(reader);
  }

  private touch(...ids: string[]): void {
    for (const reader of this.readers) for (const id of ids) reader(id);
  }

  private tell(change: Ec2Change): void {
    for (const listener of this.listeners) listener(change);
  }

  private after(range: RangeMs, run: () => void): void {
    this.services.clock.after(this.services.random.between(range), run);
  }

  createNetworkInterface(networkInterface: Omit<NetworkInterface, "attachment">): void {
    const { subnet } = networkInterface;
    const addresses = privateAddressesOf(networkInterface);
    for (const { address, secondaryAddresses = [], subnet: where } of this.interfaces.values()) {
      const isTaken =
        addresses.includes(address) || secondaryAddresses.some((one) => addresses.includes(one));
      if (isTaken && where.vpcId === subnet.vpcId) {
        throw new AwsError("InvalidIPAddress.InUse", "The specified address is already in use.");
      }
    }
    this.add({ ...networkInterface });
    this.touch(networkInterface.id);
  }

  private add(networkInterface: NetworkInterface): void {
    const { id } = networkInterface;
    this.interfaces.set(id, networkInterface);
    this.creationOrder.set(id, this.creationOrder.size);
  }

  private put(networkInterface: NetworkInterface, attachment: Attachment): void {
    const { instanceId } = attachment;
    networkInterface.attachment = attachment;
    const onceOn = this.onceOn.get(instanceId) ?? new Set();
    this.onceOn.set(instanceId, onceOn.add(networkInterface));
  }

  /** Makes an interface with an address of EC2's choice; by a token that was used, gives what it made. */
  makeNetworkInterface({ clientToken, ...wanted }: NewInterface): NetworkInterface {
    const { random, clock, timings, faults, journal } = this.services;
    const parameters = JSON.stringify(wanted);
    const known = this.made.get(clientToken);
    const isThere = known !== undefined && this.interfaces.has(known.networkInterface.id);
    if (known !== undefined && (isThere || faults.undocumented.tokenOutlivesInterface)) {
      if (known.parameters === parameters) return known.networkInterface;
      const message = "The client token has been used before with other parameters.";
      throw new AwsError("IdempotentParameterMismatch", message);
    }
    const { subnet, tags } = wanted;
    if (faults.strikes("subnetFull")) {
      const message = `There are not enough free addresses in subnet '${subnet.id}'.`;
      throw new AwsError("InsufficientFreeAddressesInSubnet", message);
    }
    const createMs = random.between(timings.create);
    const networkInterface: NetworkInterface = {
      id: `eni-${random.hex(17)}`,
      subnet,
      address: this.freshAddress(),
      macAddress: this.freshMac(),
      tags,
      readyAtMs: clock.nowMs + createMs,
    };
    const { id, address } = networkInterface;
    this.made.set(clientToken, { parameters, networkInterface });
    this.add(networkInterface);
    this.touch(id);
    clock.after(createMs, () => {
      this.touch(id);
    });
    journal.write("aws", `${address} is made in ${subnet.id}`, { networkInterfaceId: id, address });
    return networkInterface;
  }

  private freshMac(): string {
    const { random } = this.services;
    return ["06", ...Array.from({ length: 5 }, () => random.hex(2))].join(":");
  }

  private freshAddress(): string {
    const { random } = this.services;
    for (;;) {
      const address = `172.31.${random.between([0, 255])}.${random.between([4, 254])}`;
      if (!this.isTaken(address)) return address;
    }
  }

  private isTaken(address: string): boolean {
    for (const other of this.interfaces.values()) if (other.address === address) return true;
    return false;
  }

  /** Says whether EC2 deletes an interface with the instance that it is attached to. */
  setDeleteOnTermination(id: string, attachmentId: string, deleteOnTermination: boolean): void {
    const { attachment } = this.interfaceById(id);
    if (attachment?.id !== attachmentId) throw attachmentNotFound(attachmentId);
    attachment.deleteOnTermination = deleteOnTermination;
    this.touch(id, attachment.instanceId);
  }

  deleteNetworkInterface(id: string): void {
    const networkInterface = this.interfaceById(id);
    if (networkInterface.attachment !== undefined) {
      throw new AwsError("InvalidParameterValue", `Network interface '${id}' is currently in use.`);
    }
    this.interfaces.delete(id);
    this.touch(id);
  }

  /** Gives an instance or an interface other tags, as a person may. */
  setTags(resource: Instance | NetworkInterface, tags: Tags): void {
    resource.tags = tags;
    this.touch(resource.id);
  }

  /** Launches an instance with its primary interface. */
  runInstance(type: string, subnet: Subnet, tags: Tags): Instance {
    const { clock, timings, faults } = this.services;
    const untaggedMs = faults.delayMs("tagsLate");
    const instance = this.createInstance(type, subnet, untaggedMs === 0 ? tags : {});
    if (untaggedMs > 0) {
      clock.after(untaggedMs, () => {
        this.setTags(instance, { ...instance.tags, ...tags });
      });
    }
    this.enter(instance, "pending");
    this.after(timings.start, () => {
      if (instance.state === "pending") this.enter(instance, "running");
    });
    return instance;
  }

  /** Takes in an instance that runs already and holds an interface: nobody hears of what was long ago. */
  takeInInstance(type: string, tags: Tags, held: NetworkInterface): Instance {
    const instance = this.createInstance(type, held.subnet, tags);
    instance.state = "running";
    this.put(held, { ...this.createAttachment(instance.id, 1), status: "attached" });
    this.touch(instance.id, held.id);
    return instance;
  }

  private createInstance(type: string, subnet: Subnet, tags: Tags): Instance {
    if (cardLimits[type] === undefined) throw unknownType(type);
    const { random, clock } = this.services;
    const id = `i-${random.hex(17)}`;
    const launchTimeMs = clock.nowMs;
    const instance: Instance = {
      id,
      type,
      state: "pending",
      subnet,
      tags: { ...tags },
      launchTimeMs,
    };
    this.instances.set(id, instance);
    const primary: NetworkInterface = {
      id: `eni-${random.hex(17)}`,
      subnet,
      address: this.freshAddress(),
      macAddress: this.freshMac(),
      tags: {},
    };
    this.add(primary);
    const attachment = this.createAttachment(id, 0);
    this.put(primary, { ...attachment, status: "attached", deleteOnTermination: true });
    return instance;
  }

  private createAttachment(
    instanceId: string,
    deviceIndex: number,
    networkCardIndex = 0,
  ): Attachment {
    return {
      id: `eni-attach-${this.services.random.hex(17)}`,
      instanceId,
      deviceIndex,
      networkCardIndex,
      status: "attaching",
      deleteOnTermination: false,
      attachTimeMs: this.services.clock.nowMs,
    };
  }

  stopInstance(id: string): void {
    const { timings, faults } = this.services;
    const instance = this.runningInstance(id);
    this.enter(instance, "stopping");
    this.after(timings.stop, () => {
      if (instance.state !== "stopping") return;
      this.enter(instance, "stopped");
      if (!faults.undocumented.staysOnStopped) this.releaseAll(instance, AT_ONCE);
    });
  }

  /** Stops an instance that keeps its memory; for its interfaces it is a stop like any other. */
  hibernateInstance(id: string): void {
    this.runningInstance(id);
    this.services.journal.write("aws", `${id} hibernates`, { instanceId: id });
    this.stopInstance(id);
  }

  /** Restarts an instance, which EC2 goes on to call running. */
  rebootInstance(id: string): void {
    this.runningInstance(id);
    this.services.journal.write("aws", `${id} reboots`, { instanceId: id });
  }

  startInstance(id: string): void {
    const instance = this.instanceById(id);
    if (instance.state !== "stopped") throw incorrectState(instance);
    this.enter(instance, "pending");
    this.after(this.services.timings.start, () => {
      if (instance.state === "pending") this.enter(instance, "running");
    });
  }

  /** Terminates an instance; what isn't deleted with it comes free some time after it is gone. */
  terminateInstance(id: string): void {
    const instance = this.instanceById(id);
    if (instance.state === "shutting-down" || instance.state === "terminated") return;
    const { clock, timings, faults } = this.services;
    this.enter(instance, "shutting-down");
    this.after(timings.shutDown, () => {
      this.enter(instance, "terminated");
      for (const { id: ownId, attachment } of this.interfacesOf(id)) {
        if (!attachment?.deleteOnTermination) continue;
        this.interfaces.delete(ownId);
        this.touch(ownId);
      }
      const slowMs = faults.delayMs("releaseSlow");
      const [leastMs, mostMs] = timings.release;
      if (!faults.strikes("releaseFails"))
        this.releaseAll(instance, [leastMs + slowMs, mostMs + slowMs]);
      clock.after(faults.delayMs("instanceVanishes") || TERMINATED_SHOWS_MS, () => {
        this.releaseAll(instance, AT_ONCE);
        this.instances.delete(id);
        this.touch(id);
      });
    });
  }

  /** EC2 takes by itself what an instance has beside its primary interface. */
  private releaseAll({ id }: Instance, delay: RangeMs): void {
    for (const networkInterface of this.interfacesOf(id)) {
      const { attachment } = networkInterface;
      if (attachment?.deviceIndex === 0 && attachment.networkCardIndex === 0) continue;
      this.after(delay, () => {
        this.free(networkInterface, attachment);
      });
    }
  }

  private enter(instance: Instance, state: InstanceState): void {
    instance.state = state;
    this.touch(instance.id, ...this.interfacesOf(instance.id).map(({ id }) => id));
    this.services.journal.write("aws", `${instance.id} is ${state}`, {
      instanceId: instance.id,
      state,
    });
    this.tell({ kind: "instance", instance });
  }

  /** Attaches an interface; it is attached some time later. */
  attachNetworkInterface(
    id: string,
    instanceId: string,
    deviceIndex: number,
    networkCardIndex: number,
  ): Attachment {
    const networkInterface = this.interfaceById(id);
    const instance = this.instanceById(instanceId);
    const { random, clock, timings, faults } = this.services;
    checkPair(networkInterface, instance, faults.undocumented);
    if (!this.isReady(networkInterface)) {
      throw new AwsError("IncorrectState", `Interface: [${id}] is pending.`);
    }
    checkPlace(instance, this.interfacesOf(instanceId), { deviceIndex, networkCardIndex });
    checkAddresses(networkInterface, instance);
    const attachment = this.createAttachment(instanceId, deviceIndex, networkCardIndex);
    this.put(networkInterface, attachment);
    this.touch(id, instanceId);
    if (faults.strikes("attachStuck")) return attachment;
    clock.after(random.between(timings.attach) + faults.delayMs("attachSlow"), () => {
      if (networkInterface.attachment !== attachment || attachment.status !== "attaching") return;
      attachment.status = "attached";
      this.report(networkInterface, "attached", instanceId);
    });
    return attachment;
  }

  isReady({ readyAtMs = 0 }: NetworkInterface): boolean {
    return this.services.clock.nowMs >= readyAtMs;
  }

  /** Detaches an interface; it is available some time later. */
  detachNetworkInterface(attachmentId: string, force: boolean): void {
    const { networkInterface, attachment } = this.attachmentById(attachmentId);
    if (attachment.deviceIndex === 0 && attachment.networkCardIndex === 0) {
      throw new AwsError(
        "OperationNotPermitted",
        "The network interface at device index 0 and networkCard index 0 cannot be detached.",
      );
    }
    if (attachment.status !== "attached" && !force) {
      throw new AwsError("IncorrectState", `Attachment ${attachmentId} is ${attachment.status}.`);
    }
    attachment.status = "detaching";
    this.touch(networkInterface.id, attachment.instanceId);
    if (!force && this.services.faults.strikes("detachStuck")) return;
    this.after(this.services.timings.detach, () => {
      this.free(networkInterface, attachment);
    });
  }

  private free(networkInterface: NetworkInterface, attachment: Attachment | undefined): void {
    if (attachment === undefined || networkInterface.attachment !== attachment) return;
    delete networkInterface.attachment;
    this.report(networkInterface, "detached", attachment.instanceId);
  }

  private report(
    networkInterface: NetworkInterface,
    kind: "attached" | "detached",
    instanceId: string,
  ): void {
    const { id, address } = networkInterface;
    const where = kind === "attached" ? "on" : "off";
    const facts = { networkInterfaceId: id, address, instanceId };
    this.touch(id, instanceId);
    this.services.journal.write("aws", `${address} is ${where} ${instanceId}`, facts);
    this.tell({ kind, networkInterface, instanceId });
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

  attachmentById(id: string): { networkInterface: NetworkInterface; attachment: Attachment } {
    for (const networkInterface of this.interfaces.values()) {
      const { attachment } = networkInterface;
      if (attachment?.id === id) return { networkInterface, attachment };
    }
    throw attachmentNotFound(id);
  }

  instanceById(id: string): Instance {
    const instance = this.instances.get(id);
    if (instance !== undefined) return instance;
    throw new AwsError("InvalidInstanceID.NotFound", `The instance ID '${id}' does not exist`);
  }

  private runningInstance(id: string): Instance {
    const instance = this.instanceById(id);
    if (instance.state !== "running") throw incorrectState(instance);
    return instance;
  }
}

function attachmentNotFound(id: string): AwsError {
  return new AwsError("InvalidAttachmentID.NotFound", `The attachment ID '${id}' does not exist`);
}
