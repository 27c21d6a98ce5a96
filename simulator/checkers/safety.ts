import type { Instance, NetworkInterface } from "../aws/ec2/state";
import type { LifecycleState } from "../aws/autoscaling/group";
import { MADE_FOR_TAG_KEY } from "../../handler/names";
import { findUnmet } from "./liveness";
import { ExpectedState, isAtPrimaryPlace } from "./expectedState";
import type { Region } from "../aws/region";

/** The longest that the fault of stale reads draws. */
const READS_LAG_SECONDS = 30;
const SEEN_SECONDS = READS_LAG_SECONDS + 10;
/** Nobody acts on what changes while the call is on its way, or the last of the reads that it rests on. */
const READ_AND_CALL_SECONDS = 3;
/** An attachment that isn't there after as long may be given up. */
const STUCK_SECONDS = 120;
/** So many healthy holders may lose their address at a time, if EC2 shows no instance for longer than reads lag. */
const MOST_UNSEEN_HOLDERS = 2;
const KEPT_FOR_UNSEEN_SECONDS = 60;

/**
 * Watches that the promises of docs/guarantees.md are kept, as seen from AWS's side: it knows the true
 * state of everything and nothing of what the manager sees or plans.
 */
export class SafetyChecker {
  /** The promises that were broken, in words, each with its moment. */
  readonly broken: string[] = [];

  /** Instances that have been attached an interface of theirs since their launch, each with its pools. */
  private readonly served = new Map<string, Set<string | undefined>>();
  /** Pools and instances that had one when their launch began, and that no manager has taken it from since. */
  private readonly carried = new Set<string>();
  private readonly lifecycleStates = new Map<string, LifecycleState>();
  /** The interfaces that a manager has asked to detach. */
  private readonly askedOff = new Set<string>();
  private readonly stopped = new Set<string>();
  private readonly warm = new Set<string>();
  /** When something last happened to an instance, or to what it had of a pool, in seconds. */
  private readonly happened = new Map<string, number>();
  /** The pool that an interface had a tag of, and when that was taken away, by interface id. */
  private readonly lost = new Map<string, { pool: string; seconds: number }>();
  /** The pool tag that a resource was last seen with, by its id. */
  private readonly poolTags = new Map<string, string | undefined>();
  /** The healthy holders that EC2 doesn't show, and that one invocation asks to take interfaces from. */
  private unseenHolders = { invocation: -1, instanceIds: new Set<string>() };
  private readonly state: ExpectedState;
  private open = new Map<string, { fromSeconds: number; isReported: boolean }>();

  constructor(private readonly region: Region) {
    this.state = new ExpectedState(region);
    region.ec2.onChange((change) => {
      if (change.kind === "instance") {
        const { id, state } = change.instance;
        if (state === "stopped") this.stopped.add(id);
        if (state === "running" && this.stopped.delete(id)) this.note("restarted", id);
        return;
      }
      const { networkInterface, instanceId } = change;
      const pool = this.state.poolOf(networkInterface);
      if (change.kind === "detached") {
        if (this.askedOff.delete(networkInterface.id)) return;
        this.note("taken by hand", `${pool}/${instanceId}`);
        return;
      }
      this.note("attached", networkInterface.id);
      const served = this.served.get(instanceId) ?? new Set();
      this.served.set(instanceId, served.add(pool));
    });
    for (const { id, tags } of region.ec2.interfaces.values()) {
      this.poolTags.set(id, tags[region.tagKey]);
    }
    region.ec2.onTouch((id) => {
      const { ec2, tagKey, seconds } = region;
      const resource = ec2.interfaces.get(id) ?? ec2.instances.get(id);
      const before = this.poolTags.get(id);
      const now = resource?.tags[tagKey];
      this.poolTags.set(id, now);
      if (before === now) return;
      if (ec2.instances.has(id)) this.note("retagged", id);
      else if (before !== undefined) this.lost.set(id, { pool: before, seconds });
    });
    region.autoScaling.onTouch((name) => {
      for (const [id, { lifecycleState }] of region.autoScaling.groups.get(name)?.members ?? []) {
        if (lifecycleState.startsWith("Warmed:")) this.warm.add(id);
        else if (this.warm.delete(id)) this.note("unparked", id);
        // A launch out of the warm pool is one of its own, and so is one with another root volume.
        const isLaunch = lifecycleState === "Pending" && this.lifecycleStates.get(id) !== "Pending";
        if (isLaunch) this.beginLaunch(id);
        this.lifecycleStates.set(id, lifecycleState);
      }
    });
    region.wire.onCall((action, parameters) => {
      this.broken.push(...this.judgeAttempt(action, parameters).map((one) => this.dated(one)));
      const broken = this.judgeRequest(action, parameters);
      return () => {
        const all = [...broken, ...this.judgeResult(action, parameters)];
        this.broken.push(...all.map((promise) => this.dated(promise)));
      };
    });
  }

  private note(what: Happening, subject: string): void {
    this.happened.set(`${what} ${subject}`, this.region.seconds);
  }

  private happenedWithin(limitSeconds: number, what: Happening, subject: string): boolean {
    const seconds = this.happened.get(`${what} ${subject}`) ?? -Infinity;
    return this.region.seconds - seconds < limitSeconds;
  }

  private beginLaunch(instanceId: string): void {
    this.served.delete(instanceId);
    const instance = this.region.ec2.instances.get(instanceId);
    if (instance === undefined) return;
    for (const pool of this.state.poolsOf(instance)) {
      const hasOne = this.state.attachedOf(instance, pool).length > 0;
      if (hasOne) this.carried.add(`${pool}/${instanceId}`);
      else this.carried.delete(`${pool}/${instanceId}`);
    }
  }

  private dated(promise: string): string {
    return `${this.region.seconds.toFixed(1)} s: ${promise}`;
  }

  /** Judges what a manager asks for though EC2 never does it: a primary interface, or another account's instance. */
  private judgeAttempt(action: string, { AttachmentId = "" }: Parameters): string[] {
    if (action !== "DetachNetworkInterface") return [];
    const { networkInterface, instance } = this.attachmentById(AttachmentId);
    const { address, attachment } = networkInterface ?? {};
    const what = `${address} is to be taken from ${instance?.id}`;
    if (attachment?.instanceOwnerId !== undefined) return [`${what}, which another account runs`];
    return attachment && isAtPrimaryPlace(attachment) ? [`${what}, whose primary one it is`] : [];
  }

  /** Judges what a manager asks for, by the state in which it asks. */
  private judgeRequest(action: string, parameters: Parameters): string[] {
    const { AttachmentId = "", NetworkInterfaceId = "" } = parameters;
    if (action === "DetachNetworkInterface") return this.judgeDetach(AttachmentId);
    if (action === "DeleteNetworkInterface") return this.judgeDelete(NetworkInterfaceId);
    return action === "CompleteLifecycleAction" ? this.judgeCompletion(parameters) : [];
  }

  /** Judges what has been done, by the tags of that moment, which are what AWS goes by. */
  private judgeResult(action: string, parameters: Parameters): string[] {
    const { AttachmentId = "", InstanceId = "", NetworkInterfaceId = "" } = parameters;
    if (action === "DetachNetworkInterface") return this.judgeTagsOfDetach(AttachmentId);
    if (action === "AttachNetworkInterface")
      return this.judgeAttach(NetworkInterfaceId, InstanceId);
    if (action === "ModifyNetworkInterfaceAttribute") return this.judgeModify(NetworkInterfaceId);
    return action === "DeleteNetworkInterface" ? this.judgeTagOfDeleted(NetworkInterfaceId) : [];
  }

  private judgeDetach(attachmentId: string): string[] {
    const { networkInterface, instance } = this.attachmentById(attachmentId);
    if (networkInterface === undefined || instance === undefined) return [];
    const { address, attachment } = networkInterface;
    const what = `${address} is taken from ${instance.id}`;
    // What a person detaches is on its way already.
    if (attachment === undefined || attachment.status === "detaching") return [];
    const attachingMs = this.region.clock.nowMs - attachment.attachTimeMs;
    const isNew = this.happenedWithin(READ_AND_CALL_SECONDS, "attached", networkInterface.id);
    const seemsAttaching = attachment.status === "attaching" || isNew;
    if (seemsAttaching && attachingMs >= STUCK_SECONDS * 1000) return [];
    const pool = this.state.poolOf(networkInterface);
    const isSole = this.seenOf(instance, pool).length < 2;
    const isKept = pool !== undefined && this.state.isKept(instance, pool);
    if (!isKept || !isSole || this.maySeemAway(instance)) return [];
    if (!this.maySeemGone()) return [`${what}, which is healthy and has no other`];
    const count = this.countUnseenHolders(instance);
    return count > MOST_UNSEEN_HOLDERS * this.managers
      ? [`${what}, as one of ${count} healthy holders in one invocation, since EC2 shows none`]
      : [];
  }

  /** Whether reads have shown no instance for so long that it isn't for their lag. */
  private maySeemGone(): boolean {
    const { faults, clock } = this.region;
    const { fromMs, toMs } = faults.emptyFor;
    const isLong = Math.min(clock.nowMs, toMs) - fromMs >= READS_LAG_SECONDS * 1000;
    const isRecent = clock.nowMs - toMs < SEEN_SECONDS * 1000;
    return faults.emptiedRead === "DescribeInstances" && isLong && isRecent;
  }

  /** Managers that nobody coordinates count each for itself. */
  private get managers(): number {
    return this.region.faults.mayStrike("secondManager") ? 2 : 1;
  }

  private countUnseenHolders({ id }: Instance): number {
    const invocation = this.region.lambda?.invocations.length ?? 0;
    if (this.unseenHolders.invocation !== invocation) {
      this.unseenHolders = { invocation, instanceIds: new Set() };
    }
    return this.unseenHolders.instanceIds.add(id).size;
  }

  private judgeTagsOfDetach(attachmentId: string): string[] {
    const { networkInterface, instance } = this.attachmentById(attachmentId);
    if (networkInterface === undefined || instance === undefined) return [];
    this.askedOff.add(networkInterface.id);
    const pool = this.state.poolOf(networkInterface);
    this.carried.delete(`${pool}/${instance.id}`);
    const what = `${networkInterface.address} is taken from ${instance.id}`;
    const broken = pool === undefined ? [`${what}, though it is in no pool`] : [];
    // EC2 takes the tags off what is terminated.
    const isUntagged = this.state.poolsOf(instance).length === 0 && instance.state !== "terminated";
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

  /** A tag that a person has just taken away may have been there when the manager read. */
  private seenOf({ id }: Instance, pool: string | undefined): NetworkInterface[] {
    return this.region.ec2.interfacesOf(id).filter((one) => {
      const { pool: former, seconds = -Infinity } = this.lost.get(one.id) ?? {};
      const wasSeen = former === pool && this.region.seconds - seconds < SEEN_SECONDS;
      return this.state.poolOf(one) === pool || wasSeen;
    });
  }

  /** Reads that lag may show a stop that is a start again, or a place in a warm pool, which nobody can tell. */
  private maySeemAway({ id }: Instance): boolean {
    const isStale = this.region.faults.mayHaveStruck("readStale", READS_LAG_SECONDS * 1000);
    const seconds = isStale ? READS_LAG_SECONDS : READ_AND_CALL_SECONDS;
    return (
      this.happenedWithin(seconds, "restarted", id) || this.happenedWithin(seconds, "unparked", id)
    );
  }

  private judgeAttach(networkInterfaceId: string, instanceId: string): string[] {
    const { ec2 } = this.region;
    const networkInterface = ec2.interfaces.get(networkInterfaceId);
    const instance = ec2.instances.get(instanceId);
    if (networkInterface === undefined || instance === undefined) return [];
    const offered = this.state.poolOf(networkInterface);
    const wanted = this.state.poolsOf(instance);
    const { address, tags } = networkInterface;
    const owner = tags[MADE_FOR_TAG_KEY];
    if (owner !== undefined && owner !== instanceId) {
      return [`${address} was made for ${owner} and is given to ${instanceId}`];
    }
    if (offered !== undefined && wanted.includes(offered)) return [];
    const pools = `of pool ${offered} to ${instanceId} of pool ${wanted.join(",") || undefined}`;
    return [`${address} is given, ${pools}`];
  }

  private judgeDelete(networkInterfaceId: string): string[] {
    const { ec2 } = this.region;
    const networkInterface = ec2.interfaces.get(networkInterfaceId);
    if (networkInterface === undefined || networkInterface.attachment !== undefined) return [];
    const { [MADE_FOR_TAG_KEY]: ownerId } = networkInterface.tags;
    if (ownerId === undefined) {
      return [`${networkInterface.address} is deleted, which was made for nobody`];
    }
    const pool = this.state.poolOf(networkInterface);
    if (pool === undefined) return [];
    const owner = ec2.instances.get(ownerId);
    if (owner === undefined || this.happenedWithin(SEEN_SECONDS, "retagged", owner.id)) return [];
    if (this.mayBeUnseenForLong()) return [];
    const isWanted =
      this.state.isHealthy(owner, pool) &&
      this.state.interfacesOf(owner, pool).length === 0 &&
      // What was given to somebody else and is given back may find a successor.
      this.state.madeFor(owner, pool).length < 2;
    return isWanted
      ? [`${networkInterface.address} is deleted, though ${owner.id} is to have it`]
      : [];
  }

  /** A read that shows no instance, and one that lags or whose pages lack it, may follow each other. */
  private mayBeUnseenForLong(): boolean {
    const { faults, clock } = this.region;
    const withinMs = (KEPT_FOR_UNSEEN_SECONDS + SEEN_SECONDS) * 1000;
    const isRecent = clock.nowMs - faults.emptyFor.toMs < withinMs;
    const isEmptied = faults.emptiedRead === "DescribeInstances" && isRecent;
    const others = ["readStale", "pagesShift"] as const;
    return isEmptied && others.some((fault) => faults.mayHaveStruck(fault, withinMs));
  }

  private judgeModify(networkInterfaceId: string): string[] {
    const networkInterface = this.region.ec2.interfaces.get(networkInterfaceId);
    return networkInterface === undefined || this.state.poolOf(networkInterface) !== undefined
      ? []
      : [`${networkInterface.address} is changed, though it is in no pool`];
  }

  /** What had a pool's tag has lost it just now, together with all else. */
  private judgeTagOfDeleted(networkInterfaceId: string): string[] {
    return this.lost.get(networkInterfaceId)?.seconds === this.region.seconds
      ? []
      : [`${networkInterfaceId} is deleted, though it was in no pool`];
  }

  private judgeCompletion({ LifecycleActionResult, ...names }: Parameters): string[] {
    const group = this.region.autoScaling.groups.get(names.AutoScalingGroupName ?? "");
    const member = [...(group?.members.values() ?? [])].find(({ instance, waiting }) =>
      names.LifecycleActionToken === undefined
        ? instance.id === names.InstanceId
        : waiting?.actions.some(({ token }) => token === names.LifecycleActionToken),
    );
    if (group === undefined || member === undefined) return [];
    const { id } = member.instance;
    const pools = this.state.poolsOf(group);
    if (pools.length === 0) return [`${group.name} is told what to do with ${id}, and has no pool`];
    if (member.lifecycleState !== "Pending:Wait" || LifecycleActionResult !== "CONTINUE") return [];
    const isServed = pools.every(
      (pool) =>
        this.state.hasStandbys(pool) ||
        this.served.get(id)?.has(pool) === true ||
        this.carried.has(`${pool}/${id}`) ||
        this.maySeemServed(id, pool) ||
        // An address may have got its tag only when it was there already.
        this.seenOf(member.instance, pool).some(
          ({ attachment }) => attachment?.status === "attached",
        ),
    );
    return isServed ? [] : [`${id} is to enter service without an address`];
  }

  /** Reads that lag may still show what somebody else has just detached. */
  private maySeemServed(instanceId: string, pool: string): boolean {
    const isRecent = this.happenedWithin(SEEN_SECONDS, "taken by hand", `${pool}/${instanceId}`);
    return isRecent && this.region.faults.mayHaveStruck("readStale", SEEN_SECONDS * 1000);
  }

  /** Notes what is open by now, and, once, what has been for longer than promised. */
  sample(): void {
    const { seconds } = this.region;
    const open: typeof this.open = new Map();
    for (const { text, seconds: limit } of findUnmet(this.region, this.state)) {
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

type Happening = "taken by hand" | "restarted" | "unparked" | "retagged" | "attached";
type Parameters = Partial<Record<string, string>>;
