import { groupBy } from "../groupBy";
import { poolsIn } from "../names";
import { isManaged, managedPoolsIn, onDemandOf, settingsOf } from "../settings";
import {
  actionKey,
  type ActionOf,
  ageKey,
  type Attachment,
  claimKey,
  type DetachReason,
  type Instance,
  type InterfaceState,
  type PoolInterface,
  type ReleaseReason,
  type Settings,
  type Status,
  type World,
} from "../types";
import {
  compareText,
  type EligibleInstance,
  isInWarmPool,
  isLeaving,
  isRetained,
} from "./eligibility";

/** A plain detach gets this long; forcing it may leave the device index unusable until a stop and start. */
const FORCE_DETACH_AFTER_MS = 120_000;
/** What was forced and is still there then needs a person. */
const FORCED_PATIENCE_MS = 300_000;
/** Attachments take seconds, in bad hours minutes; some never end (amazon-ecs-agent issue 1520). */
const ATTACH_STUCK_AFTER_MS = 240_000;
/** A status between two others that lasts longer than this leads nowhere. */
const TRANSITION_PATIENCE_MS = 600_000;

/** EC2's reads may lag by half a minute, so only lasting absence proves that a holder is gone. */
const HOLDER_GONE_AFTER_MS = 40_000;
/** Where EC2 shows more holders no more at once than this, its answers are doubted for longer. */
const MOST_GONE_AT_ONCE = 2;
const MANY_GONE_AFTER_MS = 300_000;

/** As long as the manager's own hook lasts (`TERMINATE_TIMEOUT_SECONDS` of the group's component). */
const OTHER_HOOKS_PATIENCE_MS = 120_000;

/** Statuses of an interface without an attachment from which it comes back by itself. */
const TRANSITIONS = ["pending", "attaching", "detaching", "in-use"];

/** Attachments take one to three seconds: most are done at the first read, nearly all at the second. */
export const FIRST_ATTACHING_RECHECK_MS = 2_000;
const ATTACHING_RECHECK_MS = 1_500;
const LONGEST_ATTACHING_RECHECK_MS = 15_000;

/** An interface of a managed pool, and how it stands. */
export interface InterfaceStatus extends Status<InterfaceState> {
  networkInterface: PoolInterface;
  networkInterfaceId: string;
}

type Judged = Pick<InterfaceStatus, "state" | "reason" | "instanceId" | "action" | "recheckMs">;

/** Works out by itself how each interface stands, in the order of addresses, and which are to be detached. */
export function releaseInterfaces(
  eligible: EligibleInstance[],
  world: World,
  settings: Settings,
): InterfaceStatus[] {
  const listedOn = new Map<string, EligibleInstance>();
  for (const instance of eligible) {
    for (const slot of instance.slots) {
      if (!isPrimarySlot(slot)) listedOn.set(slot.networkInterfaceId, instance);
    }
  }
  const goneIds = findGone(world);
  const managed = world.interfaces.filter(({ pool }) => isManaged(pool, settings));
  return inAddressOrder(managed).map((networkInterface) => {
    const { networkInterfaceId, pool, address } = networkInterface;
    const witness = listedOn.get(networkInterfaceId);
    const listedOnId = witness?.pools.includes(pool) ? witness.instanceId : undefined;
    const judge = { world, settings, goneIds };
    const judged = judgeInterface(networkInterface, listedOnId, judge);
    return { pool, networkInterfaceId, address, networkInterface, ...judged };
  });
}

interface Judge {
  world: World;
  settings: Settings;
  /** Holders that are taken for gone. */
  goneIds: ReadonlySet<string>;
}

/** Index 0 of card 0 is the primary interface's, which nobody is given and nobody gives back. */
function isPrimarySlot({
  networkCardIndex,
  deviceIndex,
}: Attachment | EligibleInstance["slots"][number]) {
  return networkCardIndex === 0 && deviceIndex === 0;
}

/**
 * Holders that EC2 hasn't shown for long enough. An empty answer, however it comes about, would take the
 * addresses of all: many at once are doubted for longer, and then are gone one or two at a time.
 */
function findGone({ missingInstanceIds, ageMs }: World): Set<string> {
  const goneFor = (ms: number) =>
    missingInstanceIds.filter((id) => (ageMs[ageKey("missing", id)] ?? 0) >= ms);
  const gone = goneFor(HOLDER_GONE_AFTER_MS);
  if (gone.length <= MOST_GONE_AT_ONCE) return new Set(gone);
  return new Set(goneFor(MANY_GONE_AFTER_MS).sort(compareText).slice(0, MOST_GONE_AT_ONCE));
}

/**
 * @param listedOnId the eligible instance that lists the interface among its own: a second witness,
 *   since the reads of interfaces and instances may lag by different times
 */
function judgeInterface(
  networkInterface: PoolInterface,
  listedOnId: string | undefined,
  judge: Judge,
): Judged {
  const { networkInterfaceId, attachment, address, foreign } = networkInterface;
  const { world } = judge;
  if (foreign !== undefined) {
    const instanceId = attachment?.instanceId;
    return { state: "foreign", reason: `${address} can't be given out: ${foreign}`, instanceId };
  }
  const ownId = world.attachedTo[networkInterfaceId];
  const isOver = isEnding(ownId === undefined ? undefined : world.instances[ownId]);
  if (ownId !== undefined && ownId !== attachment?.instanceId && !isOver) {
    return attachingTo(ownId, networkInterface, world);
  }
  if (attachment !== undefined) return judgeAttachment(networkInterface, attachment, judge);
  if (listedOnId !== undefined) return attachingTo(listedOnId, networkInterface, world);
  return judgeUnattached(networkInterface, judge);
}

export function isEnding(instance: Instance | undefined): boolean {
  return instance?.state === "shutting-down" || instance?.state === "terminated";
}

function attachingTo(
  instanceId: string,
  { networkInterfaceId, address }: PoolInterface,
  { memberships, ageMs }: World,
): Judged {
  // A launch whose lifecycle action is still to come wakes the manager again, by that event.
  const isAwaited = memberships[instanceId]?.lifecycleState !== "Pending";
  const ageOfCallMs = ageMs[ageKey("attaching", networkInterfaceId)] ?? 0;
  const pauseMs =
    ageOfCallMs < FIRST_ATTACHING_RECHECK_MS
      ? FIRST_ATTACHING_RECHECK_MS - ageOfCallMs
      : Math.max(ATTACHING_RECHECK_MS, ageOfCallMs / 4);
  return {
    state: "attaching",
    reason: `${address} is attaching to ${instanceId}`,
    instanceId,
    recheckMs: isAwaited ? Math.min(pauseMs, LONGEST_ATTACHING_RECHECK_MS) : undefined,
  };
}

function judgeUnattached(networkInterface: PoolInterface, judge: Judge): Judged {
  const { networkInterfaceId, pool, address, status, madeFor } = networkInterface;
  const { world, settings } = judge;
  const cantBeUsed = `${address} can't be used for now`;
  const refusal = world.backoffs[networkInterfaceId];
  if (onDemandOf(pool, settings) !== undefined) {
    if (madeFor === undefined) {
      const reason = `${address} can't be given out: nobody knows for whom it was made`;
      return { state: "foreign", reason };
    }
    const isWanted = isForPool(world.instances[madeFor], pool);
    const reason = isWanted ? "" : orphanedReason(address);
    return { state: isWanted ? "reserved" : "orphaned", reason, instanceId: madeFor };
  }
  if (refusal !== undefined) {
    const state = refusal.permanent ? "blocked" : "returning";
    return { state, reason: `${cantBeUsed}: ${refusal.reason}` };
  }
  if (status === "available") return { state: "free", reason: "" };
  const lastsMs = world.ageMs[ageKey("returning", networkInterfaceId)] ?? 0;
  const isPassing = TRANSITIONS.includes(status) && lastsMs < TRANSITION_PATIENCE_MS;
  return isPassing
    ? { state: "returning", reason: `${address} isn't free yet: its status is ${status}` }
    : { state: "blocked", reason: `${cantBeUsed}: its status is ${status}` };
}

export function orphanedReason(address: string): string {
  return `${address} was made for an instance that doesn't use it`;
}

/** Whether an instance is there, or may be again, and is to have an interface of a pool. */
export function isForPool(instance: Instance | undefined, pool: string): boolean {
  return !isEnding(instance) && poolsIn(instance?.poolTag).includes(pool);
}

function judgeAttachment(
  networkInterface: PoolInterface,
  attachment: Attachment,
  judge: Judge,
): Judged {
  const { address, pool } = networkInterface;
  const { status, instanceId } = attachment;
  if (instanceId === undefined) {
    const reason = `${address} can't be given out: a service of AWS holds it`;
    return { state: "foreign", reason };
  }
  const found = releaseOf(networkInterface, instanceId, judge);
  const isOnDemand = onDemandOf(pool, judge.settings) !== undefined;
  const notFree = `${address} isn't free yet`;
  if (isOnDemand && attachment.deleteOnTermination && isEnd(found)) {
    return {
      state: "returning",
      reason: `${notFree}: it ends with its holder ${instanceId}`,
      instanceId,
    };
  }
  const release = isOnDemand && isParted(found) ? undefined : found;
  if (release === "foreign") {
    const reason = `${address} can't be given out: ${instanceId} holds it without the pool's tag`;
    return { state: "foreign", reason, instanceId };
  }
  if (release === "unproven") {
    const isDoubted = judge.world.missingInstanceIds.length > MOST_GONE_AT_ONCE;
    const reason = `${notFree}: EC2 doesn't know its holder ${instanceId}`;
    return isDoubted
      ? {
          state: "doubted",
          reason: `${reason}, nor others: so many at once are doubted`,
          instanceId,
        }
      : { state: "returning", reason, instanceId };
  }
  if (status === "detaching") return judgeDetaching(networkInterface, attachment, judge.world);
  if (release !== undefined) {
    return detachOr(networkInterface, attachment, release, judge.world);
  }
  if (status === "attached") return { state: "attached", reason: "", instanceId };
  const attachingForMs =
    judge.world.ageMs[ageKey("attaching", networkInterface.networkInterfaceId)];
  return (attachingForMs ?? 0) < ATTACH_STUCK_AFTER_MS
    ? attachingTo(instanceId, networkInterface, judge.world)
    : detachOr(networkInterface, attachment, "attachStuck", judge.world);
}

function judgeDetaching(
  networkInterface: PoolInterface,
  attachment: Attachment,
  { ageMs, backoffs }: World,
): Judged {
  const { address } = networkInterface;
  const { attachmentId, instanceId = "" } = attachment;
  const reason = `${address} isn't free yet: it is detaching from ${instanceId}`;
  const forcedForMs = ageMs[ageKey("forced", attachmentId)];
  if (forcedForMs !== undefined) {
    return forcedForMs < FORCED_PATIENCE_MS
      ? { state: "returning", reason: `${reason}, by force`, instanceId }
      : {
          state: "blocked",
          reason: `${address} can't be used for now: it was detached by force and is still on ${instanceId}`,
          instanceId,
        };
  }
  const action = detachAction(networkInterface, attachment, true, "detachStuck");
  const refusal = backoffs[actionKey(action)] ?? backoffs[attachmentId];
  if (refusal?.permanent) {
    return {
      state: "blocked",
      reason: `${address} can't be used for now: ${refusal.reason}`,
      instanceId,
    };
  }
  const isStuck = (ageMs[ageKey("detaching", attachmentId)] ?? 0) >= FORCE_DETACH_AFTER_MS;
  return { state: "returning", reason, instanceId, ...(isStuck && !refusal ? { action } : {}) };
}

/** Detaches an interface, or says why that isn't done now. */
function detachOr(
  networkInterface: PoolInterface,
  attachment: Attachment,
  because: DetachReason,
  { backoffs }: World,
): Judged {
  const { address } = networkInterface;
  const { instanceId } = attachment;
  const action = detachAction(networkInterface, attachment, false, because);
  const refusal = backoffs[actionKey(action)];
  if (refusal === undefined) {
    return { state: "returning", reason: "", instanceId, action };
  }
  // From an instance that ends EC2 takes the interface by itself, and until then it is worth waiting for.
  return refusal.permanent && !isEnd(because)
    ? {
        state: "blocked",
        reason: `${address} can't be used for now: ${refusal.reason}`,
        instanceId,
      }
    : { state: "returning", reason: `${address} isn't free yet: ${refusal.reason}`, instanceId };
}

export function detachAction(
  { pool, networkInterfaceId, address }: PoolInterface,
  { attachmentId, instanceId = "" }: Attachment,
  force: boolean,
  because: DetachReason,
): ActionOf<"detach"> {
  const subject = { pool, networkInterfaceId, address, instanceId, attachmentId };
  return { kind: "detach", ...subject, force, because };
}

type Release = ReturnType<typeof releaseOf>;

function isEnd(release: Release | DetachReason): boolean {
  return release === "holderShuttingDown" || release === "holderTerminated";
}

/** Whether the holder only pauses or goes its own way: what was made for it stays with it. */
function isParted(release: Release): boolean {
  return (
    release === "holderStopping" ||
    release === "holderStopped" ||
    release === "holderLeavesGroup" ||
    release === "holderInWarmPool"
  );
}

/**
 * Why the holder of an interface gives it back; undefined while it keeps it. `foreign` is a holder
 * that was never ours, `unproven` one that EC2 doesn't show but may yet.
 */
function releaseOf(
  { pool }: PoolInterface,
  instanceId: string,
  { world, settings, goneIds }: Judge,
): ReleaseReason | "foreign" | "unproven" | undefined {
  const instance = world.instances[instanceId];
  if (instance === undefined) return goneIds.has(instanceId) ? "holderGone" : "unproven";
  // EC2 takes the tags off a terminated instance after a while, so here their absence proves nothing.
  if (instance.state === "terminated") return "holderTerminated";
  const pools = managedPoolsIn(instance.poolTag, settings);
  if (pools.length === 0) return "foreign";
  if (instance.state === "shutting-down") return "holderShuttingDown";
  // News of a start is later than a read that still shows the stop before it.
  const isStarted = () => world.reportedRunningIds.includes(instanceId);
  if (instance.state === "stopping" && !isStarted()) return "holderStopping";
  if (instance.state === "stopped" && !isStarted()) return "holderStopped";
  if (!pools.includes(pool)) return "holderChangedPool";
  const membership = world.memberships[instanceId];
  if (isRetained(membership)) return undefined;
  if (isLeaving(membership)) {
    return waitsForOtherHooks(instanceId, pool, world, settings) ? undefined : "holderLeavesGroup";
  }
  return isInWarmPool(membership) ? "holderInWarmPool" : undefined;
}

/** Whether a member keeps its address while other hooks of its group may still hold it. */
export function waitsForOtherHooks(
  instanceId: string,
  pool: string,
  { memberships, ageMs }: World,
  settings: Settings,
): boolean {
  return (
    settingsOf(pool, settings).detachAfterOtherHooks === true &&
    memberships[instanceId]?.lifecycleState === "Terminating:Wait" &&
    (ageMs[ageKey("leaving", instanceId)] ?? 0) < OTHER_HOOKS_PATIENCE_MS
  );
}

/** What instances have, or are getting, by {@link claimKey}. */
export function holdingsOf(statuses: InterfaceStatus[]): Map<string, InterfaceStatus[]> {
  return groupBy(statuses, ({ state, instanceId, pool }) => {
    const isHeld = state === "attached" || state === "attaching";
    return isHeld && instanceId !== undefined ? claimKey(instanceId, pool) : undefined;
  });
}

/**
 * Has an instance with two interfaces of its pool give back those at the higher indexes; but only those that
 * it lists itself, too: the read of an interface may lag behind its move to another instance.
 */
export function releaseSurplus(holdings: Map<string, InterfaceStatus[]>, world: World): void {
  for (const [claim, held] of holdings) {
    if (held.length < 2) continue;
    const [kept, ...surplus] = inSlotOrder(held, world);
    if (kept === undefined || surplus.length === 0) continue;
    // A launch goes on by the one that stays.
    holdings.set(claim, [kept]);
    for (const status of surplus) {
      const { networkInterface } = status;
      const { attachment } = networkInterface;
      if (attachment === undefined) continue;
      delete status.recheckMs;
      Object.assign(status, detachOr(networkInterface, attachment, "surplus", world));
    }
  }
}

function inSlotOrder(held: InterfaceStatus[], world: World): InterfaceStatus[] {
  const slotOf = ({ networkInterface, instanceId = "" }: InterfaceStatus) => {
    const isListed = world.instances[instanceId]?.slots.some(
      ({ networkInterfaceId }) => networkInterfaceId === networkInterface.networkInterfaceId,
    );
    return isListed ? networkInterface.attachment : undefined;
  };
  return held
    .flatMap((status) => {
      const slot = slotOf(status);
      return slot === undefined ? [] : [{ status, slot }];
    })
    .sort(
      ({ slot: a }, { slot: b }) =>
        a.networkCardIndex - b.networkCardIndex || a.deviceIndex - b.deviceIndex,
    )
    .map(({ status }) => status);
}

/** What is no IPv4 address comes last. */
function addressNumber(address: string): number {
  const number = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  return Number.isNaN(number) ? Number.MAX_VALUE : number;
}

function inAddressOrder(interfaces: PoolInterface[]): PoolInterface[] {
  return interfaces
    .map((networkInterface) => ({
      networkInterface,
      number: addressNumber(networkInterface.address),
    }))
    .sort(
      (a, b) =>
        a.number - b.number ||
        compareText(a.networkInterface.networkInterfaceId, b.networkInterface.networkInterfaceId),
    )
    .map(({ networkInterface }) => networkInterface);
}
