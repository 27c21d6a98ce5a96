import { poolsIn } from "../names";
import { managedPoolsIn, settingsOf } from "../settings";
import { ageKey, type Instance, type ReleaseReason } from "../types";
import type { Basis } from "./basis";
import { isInWarmPool, isLeaving, isRetained } from "./eligibility";

/** As long as the manager's own hook lasts (`TERMINATE_TIMEOUT_SECONDS` of the group's component). */
const OTHER_HOOKS_PATIENCE_MS = 120_000;

/** A detachment takes one to four seconds, a spare instance's outage with it; a termination a minute and more. */
export const FIRST_RELEASE_MS = 6_000;
const FIRST_RELEASE_RECHECK_MS = 400;
const RELEASE_RECHECK_MS = 1_000;

export function releaseRecheckMs(isLate: boolean): number {
  return isLate ? RELEASE_RECHECK_MS : FIRST_RELEASE_RECHECK_MS;
}

/** `foreign` is a holder that was never ours, `unproven` one that EC2 doesn't show but may yet. */
type Release = ReleaseReason | "foreign" | "unproven" | undefined;

/** Why the holder of an interface gives it back; undefined while it keeps it. */
export function releaseOf(instanceId: string, pool: string, basis: Basis): Release {
  const { instances, reportedRunningIds, settings, goneIds } = basis;
  const instance = instances[instanceId];
  if (instance === undefined) return goneIds.has(instanceId) ? "holderGone" : "unproven";
  // EC2 takes the tags off a terminated instance after a while, so here their absence proves nothing.
  if (instance.state === "terminated") return "holderTerminated";
  const pools = managedPoolsIn(instance.poolTag, settings);
  if (pools.length === 0) return "foreign";
  if (instance.state === "shutting-down") return "holderShuttingDown";
  // News of a start is later than a read that still shows the stop before it.
  const isStarted = reportedRunningIds.includes(instanceId);
  if (instance.state === "stopping" && !isStarted) return "holderStopping";
  if (instance.state === "stopped" && !isStarted) return "holderStopped";
  return pools.includes(pool) ? releaseOfMember(instanceId, pool, basis) : "holderChangedPool";
}

function releaseOfMember(instanceId: string, pool: string, basis: Basis): Release {
  const membership = basis.memberships[instanceId];
  if (isRetained(membership) || waitsForOtherHooks(instanceId, pool, basis)) return undefined;
  if (isLeaving(membership)) return "holderLeavesGroup";
  return isInWarmPool(membership) ? "holderInWarmPool" : undefined;
}

/** Whether a member keeps its address while other hooks of its group may still hold it. */
export function waitsForOtherHooks(
  instanceId: string,
  pool: string,
  { memberships, ageMs, settings }: Basis,
): boolean {
  return (
    settingsOf(pool, settings).detachAfterOtherHooks === true &&
    memberships[instanceId]?.lifecycleState === "Terminating:Wait" &&
    (ageMs[ageKey("leaving", instanceId)] ?? 0) < OTHER_HOOKS_PATIENCE_MS
  );
}

/** Whether EC2 takes what the holder has by itself. */
export function isEnd(release: string | undefined): boolean {
  return release === "holderShuttingDown" || release === "holderTerminated";
}

/** Whether the holder only pauses or goes its own way: what was made for it stays with it. */
export function isParted(release: string): boolean {
  return ["holderStopping", "holderStopped", "holderLeavesGroup", "holderInWarmPool"].includes(
    release,
  );
}

export function isEnding(instance: Instance | undefined): boolean {
  return instance?.state === "shutting-down" || instance?.state === "terminated";
}

/** Whether an instance is there, or may be again, and is to have an interface of a pool. */
export function isForPool(instance: Instance | undefined, pool: string): boolean {
  return !isEnding(instance) && poolsIn(instance?.poolTag).includes(pool);
}
