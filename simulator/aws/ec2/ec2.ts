import { Attachments } from "./attachments";
import { instanceTypes, unknownType } from "./instanceTypes";
import { incorrectState } from "./rules";
import type { Instance, InstanceState, NetworkInterface, Subnet, Tags } from "./state";
import type { RangeMs } from "../../runtime/random";

/** A terminated instance shows for about an hour. */
const TERMINATED_SHOWS_MS = 3_600_000;

const AT_ONCE: RangeMs = [0, 0];

/** What else there may be to a launch. */
interface LaunchOptions extends Pick<Instance, "ownerId" | "operator"> {
  /** The tags of the primary interface, as a launch template may give it. */
  primaryTags?: Tags;
}

/**
 * EC2's instances and interfaces: strict where EC2 is strict, slow where it is slow. Every refusal has
 * EC2's code and message. What is asked here may be asked by any account or service: what the program's
 * own account may not is refused by the API.
 */
export class Ec2 extends Attachments {
  /** Launches an instance with its primary interface. */
  runInstance(type: string, subnet: Subnet, tags: Tags, options: LaunchOptions = {}): Instance {
    const { clock, faults } = this.services;
    const untaggedMs = faults.delayMs("tagsLate");
    const instance = this.createInstance(type, subnet, untaggedMs === 0 ? tags : {}, options);
    for (const made of [instance, ...this.interfacesOf(instance.id)]) this.tellOfFirstTags(made);
    if (untaggedMs > 0) {
      clock.after(untaggedMs, () => {
        instance.tags = { ...instance.tags, ...tags };
        this.touch(instance.id);
        this.tellOfFirstTags(instance);
      });
    }
    this.start(instance);
    return instance;
  }

  /** Takes in an instance that runs already and holds an interface: nobody hears of what was long ago. */
  takeInInstance(type: string, tags: Tags, held: NetworkInterface): Instance {
    const instance = this.createInstance(type, held.subnet, tags);
    instance.state = "running";
    const attachment = this.freshAttachment(instance, { deviceIndex: 1, networkCardIndex: 0 });
    this.put(held, { ...attachment, status: "attached" });
    this.touch(instance.id, held.id);
    return instance;
  }

  /** Lets an instance of another account, or of a service of AWS, hold an interface: it runs already. */
  lendInterface(id: string, ownerId: string): Instance {
    const { subnet } = this.interfaceById(id);
    const instance = this.createInstance("t4g.micro", subnet, {}, { ownerId });
    instance.state = "running";
    this.touch(instance.id);
    this.attachNetworkInterface(id, instance.id, 1, 0);
    return instance;
  }

  private createInstance(
    type: string,
    subnet: Subnet,
    tags: Tags,
    { primaryTags = {}, ownerId, operator }: LaunchOptions = {},
  ): Instance {
    if (instanceTypes[type] === undefined) throw unknownType(type);
    const { random, clock } = this.services;
    const id = `i-${random.hex(17)}`;
    const owner = { ownerId, operator };
    const launchTimeMs = clock.nowMs;
    const described = { id, type, subnet, tags: { ...tags }, launchTimeMs, ...owner };
    const instance: Instance = { ...described, state: "pending" };
    this.instances.set(id, instance);
    const primary = { ...this.freshInterface(subnet, { ...primaryTags }), ...owner };
    this.add(primary);
    const attachment = this.freshAttachment(instance, { deviceIndex: 0, networkCardIndex: 0 });
    this.put(primary, { ...attachment, status: "attached", deleteOnTermination: true });
    return instance;
  }

  private start(instance: Instance): void {
    this.enter(instance, "pending");
    this.after(this.services.timings.start, () => {
      if (instance.state === "pending") this.enter(instance, "running");
    });
  }

  stopInstance(id: string): void {
    const { timings, faults } = this.services;
    const instance = this.instanceIn("running", id);
    this.enter(instance, "stopping");
    this.after(timings.stop, () => {
      if (instance.state !== "stopping") return;
      this.enter(instance, "stopped");
      if (!faults.undocumented.staysOnStopped) this.releaseAll(instance, AT_ONCE);
    });
  }

  /** Stops an instance that keeps its memory; for its interfaces it is a stop like any other. */
  hibernateInstance(id: string): void {
    this.instanceIn("running", id);
    this.services.journal.write("aws", `${id} hibernates`, { instanceId: id });
    this.stopInstance(id);
  }

  /** Restarts an instance, which EC2 goes on to call running. */
  rebootInstance(id: string): void {
    this.instanceIn("running", id);
    this.services.journal.write("aws", `${id} reboots`, { instanceId: id });
  }

  startInstance(id: string): void {
    this.start(this.instanceIn("stopped", id));
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

  private enter(instance: Instance, state: InstanceState): void {
    const { id, ownerId } = instance;
    instance.state = state;
    this.touch(id, ...this.interfacesOf(id).map((networkInterface) => networkInterface.id));
    this.services.journal.write("aws", `${id} is ${state}`, { instanceId: id, state });
    if (ownerId === undefined) this.tell({ kind: "instance", instance });
  }

  private instanceIn(state: InstanceState, id: string): Instance {
    const instance = this.instanceById(id);
    if (instance.state === state) return instance;
    throw incorrectState(instance);
  }
}
