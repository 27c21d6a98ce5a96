import type { Group, LifecycleState } from "./group";
import type { Instance, NetworkInterface } from "./ec2";
import type { Region } from "./region";

/** Something that the manager is still to do. */
export interface OpenEnd {
  text: string;
  /** For how many seconds it may be open, once nothing goes wrong any more. */
  seconds: number;
}

/** The longest that the fault of stale reads draws. */
const READS_LAG_SECONDS = 30;
/** One interval of the schedule, and the calls. */
const SYNC = 75;
/** Until a detach that gets nowhere is forced, and an interval of the schedule. */
const STUCK = 120 + 2 * SYNC;
/** The slowest attachment that was asked for before all healed. */
const SLOW = 185;

/** Where a lifecycle hook holds a member that needs no address to go on. */
const ANSWERED_AT_ANY_RATE: LifecycleState[] = [
  "Terminating:Wait",
  "ReplacingRootVolume:Wait",
  "Warmed:Pending:Wait",
  "Warmed:Terminating:Wait",
];

/**
 * Watches that the promises of docs/guarantees.md are kept, as seen from AWS's side: it knows the true
 * state of everything and nothing of what the manager sees or plans.
 */
export class Promises {
  /** The promises that were broken, in words, each with its moment. */
  readonly broken: string[] = [];

  /** Pools and instances that have been attached an interface of theirs. */
  private readonly served = new Set<string>();
  private readonly stopped = new Set<string>();
  /** When instances that were stopped ran again, in seconds. */
  private readonly restarted = new Map<string, number>();
  private open = new Map<string, { fromSeconds: number; isReported: boolean }>();

  constructor(private readonly region: Region) {
    region.ec2.onChange((change) => {
      if (change.kind === "instance") {
        const { id, state } = change.instance;
        if (state === "stopped") this.stopped.add(id);
        if (state === "running" && this.stopped.delete(id)) this.restarted.set(id, region.seconds);
      }
      if (change.kind !== "attached") return;
      this.served.add(`${this.poolOf(change.networkInterface)}/${change.instanceId}`);
    });
    region.wire.onCall((action, parameters) => {
      const broken = this.judgeRequest(action, parameters);
      return () => {
        const all = [...broken, ...this.judgeDeed(action, parameters)];
        this.broken.push(...all.map((promise) => this.dated(promise)));
      };
    });
  }

  private dated(promise: string): string {
    return `${this.region.seconds.toFixed(1)} s: ${promise}`;
  }

  /** Judges what a manager asks for, by the world in which it asks. */
  private judgeRequest(action: string, parameters: Parameters): string[] {
    switch (action) {
      case "DetachNetworkInterface":
        return this.judgeDetach(parameters.AttachmentId ?? "");
      case "CompleteLifecycleAction":
        return this.judgeCompletion(parameters);
      default:
        return [];
    }
  }

  /** Judges what has been done, by the tags of that moment, which are what AWS goes by. */
  private judgeDeed(action: string, parameters: Parameters): string[] {
    switch (action) {
      case "DetachNetworkInterface":
        return this.judgeTagsOfDetach(parameters.AttachmentId ?? "");
      case "AttachNetworkInterface":
        return this.judgeAttach(parameters.NetworkInterfaceId ?? "", parameters.InstanceId ?? "");
      default:
        return [];
    }
  }

  private judgeDetach(attachmentId: string): string[] {
    const { networkInterface, instance } = this.attachmentById(attachmentId);
    if (networkInterface === undefined || instance === undefined) return [];
    // What a person detaches is on its way already.
    if (networkInterface.attachment?.status === "detaching") return [];
    const pool = this.poolOf(networkInterface);
    const isSole = this.interfacesOf(instance, pool).length === 1;
    return this.isHealthy(instance, pool) && isSole && !this.maySeemStopped(instance)
      ? [
          `${networkInterface.address} is taken from ${instance.id}, which is healthy and has no other`,
        ]
      : [];
  }

  private judgeTagsOfDetach(attachmentId: string): string[] {
    const { networkInterface, instance } = this.attachmentById(attachmentId);
    if (networkInterface === undefined || instance === undefined) return [];
    const what = `${networkInterface.address} is taken from ${instance.id}`;
    const broken: string[] = [];
    if (this.poolOf(networkInterface) === undefined)
      broken.push(`${what}, though it is in no pool`);
    // EC2 takes the tags off what is terminated.
    const isUntagged = this.poolOf(instance) === undefined && instance.state !== "terminated";
    if (isUntagged) broken.push(`${what}, which has no pool tag`);
    return broken;
  }

  private attachmentById(attachmentId: string) {
    const { interfaces, instances } = this.region.ec2;
    const networkInterface = [...interfaces.values()].find(
      ({ attachment }) => attachment?.id === attachmentId,
    );
    const instance = instances.get(networkInterface?.attachment?.instanceId ?? "");
    return { networkInterface, instance };
  }

  /** Reads that lag may show a stop that is a start again, which nobody can tell. */
  private maySeemStopped({ id }: Instance): boolean {
    const restartedSeconds = this.restarted.get(id) ?? -Infinity;
    const isRecent = this.region.seconds - restartedSeconds < READS_LAG_SECONDS;
    return isRecent && this.region.faults.mayStrike("readStale");
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

  private judgeCompletion({ LifecycleActionResult, ...names }: Parameters): string[] {
    const group = this.region.autoScaling.groups.get(names.AutoScalingGroupName ?? "");
    const member = [...(group?.members.values() ?? [])].find(({ instance, waiting }) =>
      names.LifecycleActionToken === undefined
        ? instance.id === names.InstanceId
        : waiting?.token === names.LifecycleActionToken,
    );
    if (member?.lifecycleState !== "Pending:Wait" || LifecycleActionResult !== "CONTINUE") {
      return [];
    }
    const { id } = member.instance;
    return this.served.has(`${group?.tags[this.region.tagKey]}/${id}`)
      ? []
      : [`${id} is to enter service without an address`];
  }

  private poolOf({ tags }: Instance | NetworkInterface): string | undefined {
    return tags[this.region.tagKey];
  }

  private lifecycleStatesOf({ id }: Instance): LifecycleState[] {
    return [...this.region.autoScaling.groups.values()].flatMap(
      ({ members }) => members.get(id)?.lifecycleState ?? [],
    );
  }

  /** Kept running though it was to be terminated: it keeps what it has, and is to have nothing. */
  private isRetained(instance: Instance): boolean {
    return this.lifecycleStatesOf(instance).includes("Terminating:Retained");
  }

  /** Running, of the pool, and neither leaving its group nor in its warm pool. */
  private isHealthy(instance: Instance, pool: string | undefined): boolean {
    const isLeaving = this.lifecycleStatesOf(instance).some((state) =>
      /^(Terminating:(Wait|Proceed)|Warmed:)/.test(state),
    );
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

  /** What is still to be done; nothing once all is as promised. */
  openEnds(): OpenEnd[] {
    const { ec2, autoScaling } = this.region;
    return [
      ...[...ec2.interfaces.values()].flatMap((one) => this.openEndOfInterface(one)),
      ...[...ec2.instances.values()].flatMap((one) => this.openEndOfInstance(one)),
      ...[...autoScaling.groups.values()].flatMap((group) => this.openEndsOfGroup(group)),
    ];
  }

  private openEndOfInterface(networkInterface: NetworkInterface): OpenEnd[] {
    const { attachment, address } = networkInterface;
    const pool = this.poolOf(networkInterface);
    if (attachment === undefined || pool === undefined) return [];
    const holder = this.region.ec2.instances.get(attachment.instanceId);
    if (holder !== undefined && this.poolOf(holder) === undefined) return [];
    const isKept = holder !== undefined && this.isHealthy(holder, pool);
    if (attachment.status === "detaching") {
      return [{ text: `${address} is detaching from ${attachment.instanceId}`, seconds: STUCK }];
    }
    if (!isKept) {
      // What is attaching can't be detached yet.
      const seconds = attachment.status === "attaching" ? SLOW + SYNC : SYNC;
      return [
        { text: `${address} is still ${attachment.status} to ${attachment.instanceId}`, seconds },
      ];
    }
    return attachment.status === "attached"
      ? []
      : [{ text: `${address} is attaching to ${attachment.instanceId}`, seconds: SLOW }];
  }

  private openEndOfInstance(instance: Instance): OpenEnd[] {
    const pool = this.poolOf(instance);
    if (pool === undefined || !this.isHealthy(instance, pool)) return [];
    if (this.isRetained(instance)) return [];
    const count = this.interfacesOf(instance, pool).length;
    if (count > 1) return [{ text: `${instance.id} has ${count} addresses`, seconds: SYNC }];
    const isOneFree = [...this.region.ec2.interfaces.values()].some(
      (one) =>
        this.poolOf(one) === pool &&
        one.attachment === undefined &&
        one.subnet.availabilityZone === instance.subnet.availabilityZone,
    );
    // What a person put there may fill an instance.
    const hasRoom = this.region.ec2.interfacesOf(instance.id).length === 1;
    return count === 0 && isOneFree && hasRoom
      ? [{ text: `${instance.id} has no address, though one is free`, seconds: SYNC }]
      : [];
  }

  private openEndsOfGroup({ members, name, tags }: Group): OpenEnd[] {
    return [...members.values()].flatMap(({ instance, lifecycleState }) => {
      const isServed =
        this.poolOf(instance) === tags[this.region.tagKey] &&
        this.attachedOf(instance, this.poolOf(instance)).length > 0;
      const isWaiting =
        ANSWERED_AT_ANY_RATE.includes(lifecycleState) ||
        (lifecycleState === "Pending:Wait" && isServed);
      const text = `${name} still waits for ${instance.id} in ${lifecycleState}`;
      return isWaiting ? [{ text, seconds: STUCK }] : [];
    });
  }

  /** Notes what is open by now, and, once, what has been for longer than promised. */
  sample(): void {
    const { seconds } = this.region;
    const open: typeof this.open = new Map();
    for (const { text, seconds: limit } of this.openEnds()) {
      const end = this.open.get(text) ?? { fromSeconds: seconds, isReported: false };
      open.set(text, end);
      const age = seconds - end.fromSeconds;
      if (end.isReported || age <= limit) continue;
      end.isReported = true;
      this.broken.push(this.dated(`for ${age.toFixed(0)} s ${text}`));
    }
    this.open = open;
  }
}

type Parameters = Partial<Record<string, string>>;
