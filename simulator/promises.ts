import type { Instance, NetworkInterface } from "./ec2";
import type { Region } from "./region";

/**
 * Watches that the promises of docs/guarantees.md are kept, as seen from AWS's side: it knows the true
 * state of everything and nothing of what the manager sees or plans.
 */
export class Promises {
  /** The promises that were broken, in words, each with its moment. */
  readonly broken: string[] = [];

  /** Pools and instances that have been attached an interface of theirs. */
  private readonly served = new Set<string>();

  constructor(private readonly region: Region) {
    region.ec2.onChange((change) => {
      if (change.kind !== "attached") return;
      this.served.add(`${this.poolOf(change.networkInterface)}/${change.instanceId}`);
    });
    region.wire.onCall((action, parameters) => {
      const broken = this.judgeCall(action, parameters);
      return () => this.broken.push(...broken.map((promise) => this.dated(promise)));
    });
  }

  private dated(promise: string): string {
    return `${this.region.seconds.toFixed(1)} s: ${promise}`;
  }

  /** Judges a call of a manager at the moment when AWS carries it out. */
  private judgeCall(action: string, parameters: Parameters): string[] {
    switch (action) {
      case "DetachNetworkInterface":
        return this.judgeDetach(parameters.AttachmentId ?? "");
      case "AttachNetworkInterface":
        return this.judgeAttach(parameters.NetworkInterfaceId ?? "", parameters.InstanceId ?? "");
      case "CompleteLifecycleAction":
        return this.judgeCompletion(parameters);
      default:
        return [];
    }
  }

  private judgeDetach(attachmentId: string): string[] {
    const { ec2 } = this.region;
    const networkInterface = [...ec2.interfaces.values()].find(
      ({ attachment }) => attachment?.id === attachmentId,
    );
    const instance = ec2.instances.get(networkInterface?.attachment?.instanceId ?? "");
    if (networkInterface === undefined || instance === undefined) return [];
    // What a person detaches is on its way already.
    if (networkInterface.attachment?.status === "detaching") return [];
    const pool = this.poolOf(networkInterface);
    const what = `${networkInterface.address} is taken from ${instance.id}`;
    const broken: string[] = [];
    if (pool === undefined) broken.push(`${what}, though it is in no pool`);
    if (this.poolOf(instance) === undefined) broken.push(`${what}, which has no pool tag`);
    if (this.isHealthy(instance, pool) && this.interfacesOf(instance, pool).length === 1) {
      broken.push(`${what}, which is healthy and has no other`);
    }
    return broken;
  }

  private judgeAttach(networkInterfaceId: string, instanceId: string): string[] {
    const { ec2 } = this.region;
    const networkInterface = ec2.interfaces.get(networkInterfaceId);
    const instance = ec2.instances.get(instanceId);
    if (networkInterface === undefined || instance === undefined) return [];
    const [offered, wanted] = [this.poolOf(networkInterface), this.poolOf(instance)];
    if (offered !== undefined && offered === wanted) return [];
    const pools = `of pool ${offered} to ${instanceId} of pool ${wanted}`;
    return [`${networkInterface.address} is given, ${pools}`];
  }

  private judgeCompletion({
    InstanceId = "",
    LifecycleActionResult,
    ...names
  }: Parameters): string[] {
    const group = this.region.autoScaling.groups.get(names.AutoScalingGroupName ?? "");
    const member = group?.members.get(InstanceId);
    if (member?.lifecycleState !== "Pending:Wait" || LifecycleActionResult !== "CONTINUE") {
      return [];
    }
    return this.served.has(`${group?.tags[this.region.tagKey]}/${InstanceId}`)
      ? []
      : [`${InstanceId} is to enter service without an address`];
  }

  private poolOf({ tags }: Instance | NetworkInterface): string | undefined {
    return tags[this.region.tagKey];
  }

  /** Running, of the pool, and not leaving its group. */
  private isHealthy(instance: Instance, pool: string | undefined): boolean {
    const states = [...this.region.autoScaling.groups.values()].flatMap(
      ({ members }) => members.get(instance.id)?.lifecycleState ?? [],
    );
    const isLeaving = states.some((state) => state.startsWith("Terminating"));
    return instance.state === "running" && this.poolOf(instance) === pool && !isLeaving;
  }

  private interfacesOf({ id }: Instance, pool: string | undefined): NetworkInterface[] {
    return this.region.ec2.interfacesOf(id).filter((one) => this.poolOf(one) === pool);
  }

  private attachedOf(instance: Instance, pool: string | undefined): NetworkInterface[] {
    return this.interfacesOf(instance, pool).filter(
      ({ attachment }) => attachment?.status === "attached",
    );
  }

  /** What is still to be done, in words; nothing once all has come back to what was promised. */
  openEnds(): string[] {
    const { ec2, autoScaling } = this.region;
    const open: string[] = [];
    for (const networkInterface of ec2.interfaces.values()) {
      const { attachment, address } = networkInterface;
      if (attachment === undefined || this.poolOf(networkInterface) === undefined) continue;
      const holder = ec2.instances.get(attachment.instanceId);
      if (holder !== undefined && this.poolOf(holder) === undefined) continue;
      const isKept = holder !== undefined && this.isHealthy(holder, this.poolOf(networkInterface));
      if (!isKept) open.push(`${address} is still on ${attachment.instanceId}`);
      else if (attachment.status !== "attached") open.push(`${address} is ${attachment.status}`);
    }
    for (const instance of ec2.instances.values()) {
      const pool = this.poolOf(instance);
      if (pool === undefined || !this.isHealthy(instance, pool)) continue;
      const held = this.interfacesOf(instance, pool).length;
      const isOneFree = [...ec2.interfaces.values()].some(
        (one) =>
          this.poolOf(one) === pool &&
          one.attachment === undefined &&
          one.subnet.availabilityZone === instance.subnet.availabilityZone,
      );
      if (held > 1) open.push(`${instance.id} has ${held} addresses`);
      if (held === 0 && isOneFree) open.push(`${instance.id} has none, though one is free`);
    }
    for (const { members, name } of autoScaling.groups.values()) {
      for (const { instance, lifecycleState } of members.values()) {
        const pool = this.poolOf(instance);
        const isServed = this.attachedOf(instance, pool).length > 0;
        if (
          lifecycleState === "Terminating:Wait" ||
          (lifecycleState === "Pending:Wait" && isServed)
        )
          open.push(`${name} still waits for ${instance.id} in ${lifecycleState}`);
      }
    }
    return open;
  }
}

type Parameters = Partial<Record<string, string>>;
