import {
  type Attachment,
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
  if (deferral?.forGood) return { is: "refused", reason: deferral.reason };
  if (deferral !== undefined) return { is: "returning", reason: deferral.reason };
  return status === "available"
    ? { is: "free" }
    : { is: "returning", reason: `its status is ${status}` };
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
  const release = releaseOf(networkInterface, instanceId, instance, snapshot, settings);
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
  const isEnding = release === "holderShuttingDown" || release === "holderTerminated";
  if (deferral?.forGood && (!isEnding || status === "detaching")) {
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
  if (!isManaged(instance.pool, settings)) return "foreign";
  if (instance.state === "shutting-down") return "holderShuttingDown";
  // News of a start is later than a read that still shows the stop before it.
  const isStarted = () => snapshot.announcedInstanceIds.includes(instanceId);
  if (instance.state === "stopping" && !isStarted()) return "holderStopping";
  if (instance.state === "stopped" && !isStarted()) return "holderStopped";
  if (instance.pool !== networkInterface.pool) return "holderChangedPool";
  const membership = snapshot.memberships[instanceId];
  if (isLeaving(membership) && !isRetained(membership)) return "holderLeavesGroup";
  if (isInWarmPool(membership)) return "holderInWarmPool";
  return undefined;
}
