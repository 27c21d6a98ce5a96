import { type OnDemand, poolsIn, type WhenExhausted } from "./names";
import {
  type Attachment,
  type Deferral,
  type Instance,
  type Membership,
  type PoolInterface,
  type ReleaseReason,
  type Settings,
  type Snapshot,
} from "./model";

/** A plain detach gets this long; forcing it may leave the device index unusable until a stop and start. */
const FORCE_DETACH_AFTER_SECONDS = 120;

/** EC2's reads may lag by half a minute, so only lasting absence proves that a holder is gone. */
const HOLDER_GONE_AFTER_SECONDS = 40;

/** What one interface is to its pool at this moment. */
export type Verdict =
  | { is: "free" }
  | { is: "held"; instanceId: string; attached: boolean }
  | { is: "kept"; instanceId: string; notReady?: Deferral }
  | { is: "unused" }
  | { is: "returning"; instanceId?: string; reason: string }
  | {
      is: "toDetach";
      instanceId: string;
      attachmentId: string;
      force: boolean;
      because: ReleaseReason | "detachStuck";
    }
  | { is: "foreign"; instanceId?: string; reason: string }
  | { is: "refused"; instanceId?: string; reason: string };

export function isManaged(pool: string | undefined, settings: Settings): pool is string {
  return pool !== undefined && (settings.pools === undefined || settings.pools.includes(pool));
}

/** The pools of a tag's value that are this manager's to look after; none if its rights don't reach it. */
export function managedPoolsIn(poolTag: string | undefined, settings: Settings): string[] {
  const isWithinRights = settings.poolTags?.some((known) => known === poolTag) ?? true;
  return isWithinRights ? poolsIn(poolTag).filter((pool) => isManaged(pool, settings)) : [];
}

/** How the interfaces of a pool are made on demand; undefined for a pool of fixed ones. */
export function onDemandOf(pool: string, { poolSettings }: Settings): OnDemand | undefined {
  return Object.hasOwn(poolSettings, pool) ? poolSettings[pool]?.onDemand : undefined;
}

export function whenExhaustedOf(pool: string, settings: Settings): WhenExhausted {
  const { poolSettings, whenExhausted } = settings;
  const own = Object.hasOwn(poolSettings, pool) ? poolSettings[pool]?.whenExhausted : undefined;
  return own ?? whenExhausted;
}

export function isInWarmPool(membership: Membership | undefined): boolean {
  return membership?.lifecycleState.startsWith("Warmed:") ?? false;
}

/** One that is detached from its group goes on without it, by its tag. */
export function isLeaving(membership: Membership | undefined): boolean {
  return membership?.lifecycleState.startsWith("Terminat") ?? false;
}

/** Kept running for somebody to look at, since its termination was abandoned. */
function isRetained(membership: Membership | undefined): boolean {
  return membership?.lifecycleState === "Terminating:Retained";
}

/**
 * Judges one interface by itself.
 *
 * @param placedOn the eligible instance that lists the interface among its own: a second witness,
 *   since the reads of interfaces and instances may lag by different times
 */
export function judgeInterface(
  networkInterface: PoolInterface,
  placedOn: string | undefined,
  snapshot: Snapshot,
  settings: Settings,
): Verdict {
  const { networkInterfaceId, attachment, status } = networkInterface;
  const recentInstanceId = snapshot.recentAttachments[networkInterfaceId];
  if (recentInstanceId !== undefined && recentInstanceId !== attachment?.instanceId) {
    return { is: "held", instanceId: recentInstanceId, attached: false };
  }
  if (attachment !== undefined)
    return judgeAttachment(networkInterface, attachment, snapshot, settings);
  if (placedOn !== undefined) return { is: "held", instanceId: placedOn, attached: false };
  const deferral = snapshot.deferred[networkInterfaceId];
  if (onDemandOf(networkInterface.pool, settings) !== undefined) {
    return judgeUnattached(networkInterface, deferral, snapshot);
  }
  if (deferral?.forGood) return { is: "refused", reason: deferral.reason };
  if (deferral !== undefined) return { is: "returning", reason: deferral.reason };
  return status === "available"
    ? { is: "free" }
    : { is: "returning", reason: `its status is ${status}` };
}

/** Whether an instance is there, or may be again, and is to have an interface of a pool. */
export function isForPool(instance: Instance | undefined, pool: string): boolean {
  const isOver = instance?.state === "shutting-down" || instance?.state === "terminated";
  return !isOver && poolsIn(instance?.poolTag).includes(pool);
}

/** An interface made on demand waits for its own instance, and for no other. */
function judgeUnattached(
  { pool, madeFor, status }: PoolInterface,
  deferral: Deferral | undefined,
  { instances }: Snapshot,
): Verdict {
  if (madeFor === undefined) return { is: "foreign", reason: "nobody knows for whom it was made" };
  if (!isForPool(instances[madeFor], pool)) return { is: "unused" };
  const notReady =
    deferral ??
    (status === "available" ? undefined : { reason: `its status is ${status}`, forGood: false });
  return { is: "kept", instanceId: madeFor, notReady };
}

function judgeAttachment(
  networkInterface: PoolInterface,
  attachment: Attachment,
  snapshot: Snapshot,
  settings: Settings,
): Verdict {
  const { attachmentId, instanceId, status } = attachment;
  if (instanceId === undefined) {
    return { is: "foreign", reason: "a service of AWS holds it" };
  }
  const instance = snapshot.instances[instanceId];
  const found = releaseOf(networkInterface, instanceId, instance, snapshot, settings);
  const isOnDemand = onDemandOf(networkInterface.pool, settings) !== undefined;
  if (isOnDemand && attachment.deleteOnTermination && isEnd(found)) {
    return { is: "returning", instanceId, reason: `it ends with its holder ${instanceId}` };
  }
  const release = isOnDemand && isParted(found) ? undefined : found;
  if (release === "foreign") {
    return { is: "foreign", instanceId, reason: `${instanceId} holds it without the pool's tag` };
  }
  if (release === "unproven") {
    return { is: "returning", instanceId, reason: `EC2 doesn't know its holder ${instanceId}` };
  }
  const detachingForSeconds = snapshot.detachingForSeconds[attachmentId] ?? 0;
  const force = status === "detaching" && detachingForSeconds >= FORCE_DETACH_AFTER_SECONDS;
  const deferral = snapshot.deferred[attachmentId];
  // From an instance that ends EC2 takes the interface by itself, and until then it is worth waiting for.
  const isToGo = release !== undefined && !isEnd(release);
  if (deferral?.forGood && (isToGo || status === "detaching")) {
    return { is: "refused", instanceId, reason: deferral.reason };
  }
  if (deferral === undefined && force) {
    return { is: "toDetach", instanceId, attachmentId, force, because: "detachStuck" };
  }
  if (status === "detaching") {
    return { is: "returning", instanceId, reason: `it is detaching from ${instanceId}` };
  }
  if (release === undefined) return { is: "held", instanceId, attached: status === "attached" };
  if (attachment.deviceIndex === 0 && attachment.networkCardIndex === 0) {
    const reason = `it is the primary interface of ${instanceId} (${release})`;
    return { is: "refused", instanceId, reason };
  }
  if (deferral === undefined) {
    return { is: "toDetach", instanceId, attachmentId, force: false, because: release };
  }
  return { is: "returning", instanceId, reason: deferral.reason };
}

type Release = ReturnType<typeof releaseOf>;

function isEnd(release: Release): boolean {
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
  networkInterface: PoolInterface,
  instanceId: string,
  instance: Instance | undefined,
  snapshot: Snapshot,
  settings: Settings,
): ReleaseReason | "foreign" | "unproven" | undefined {
  if (instance === undefined) {
    const missingForSeconds = snapshot.missingForSeconds[instanceId] ?? 0;
    return missingForSeconds >= HOLDER_GONE_AFTER_SECONDS ? "holderGone" : "unproven";
  }
  // EC2 takes the tags off a terminated instance after a while, so here their absence proves nothing.
  if (instance.state === "terminated") return "holderTerminated";
  const pools = managedPoolsIn(instance.poolTag, settings);
  if (pools.length === 0) return "foreign";
  if (instance.state === "shutting-down") return "holderShuttingDown";
  // News of a start is later than a read that still shows the stop before it.
  const isStarted = () => snapshot.announcedInstanceIds.includes(instanceId);
  if (instance.state === "stopping" && !isStarted()) return "holderStopping";
  if (instance.state === "stopped" && !isStarted()) return "holderStopped";
  if (!pools.includes(networkInterface.pool)) return "holderChangedPool";
  const membership = snapshot.memberships[instanceId];
  if (isLeaving(membership) && !isRetained(membership)) return "holderLeavesGroup";
  if (isInWarmPool(membership)) return "holderInWarmPool";
  return undefined;
}
