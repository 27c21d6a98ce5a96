import { poolsIn } from "../names";
import { managedPoolsIn, settingsOf } from "../settings";
import {
  type ActionOf,
  ageKey,
  type Instance,
  type ReleaseReason,
  type Settings,
  type World,
} from "../types";
import { compareText, isInWarmPool, isLeaving, isRetained } from "./eligibility";

/** EC2's reads may lag by half a minute, so only lasting absence proves that a holder is gone. */
const HOLDER_GONE_AFTER_MS = 40_000;
/** Where EC2 shows more holders no more at once than this, its answers are doubted for longer. */
export const MOST_GONE_AT_ONCE = 2;
const MANY_GONE_AFTER_MS = 300_000;

/** As long as the manager's own hook lasts (`TERMINATE_TIMEOUT_SECONDS` of the group's component). */
const OTHER_HOOKS_PATIENCE_MS = 120_000;

/** `foreign` is a holder that was never ours, `unproven` one that EC2 doesn't show but may yet. */
type Release = ReleaseReason | "foreign" | "unproven" | undefined;

/**
 * Holders that EC2 hasn't shown for long enough. An empty answer, however it comes about, would take the
 * addresses of all: many at once, or all that there are, are doubted for longer, and then are gone one or two
 * at a time.
 */
export function findGone({ missingInstanceIds, instances, ageMs }: World): ReadonlySet<string> {
  const goneFor = (ms: number) =>
    missingInstanceIds.filter((id) => (ageMs[ageKey("missing", id)] ?? 0) >= ms);
  const gone = goneFor(HOLDER_GONE_AFTER_MS);
  const isAnyShown = Object.keys(instances).length > 0;
  if (isAnyShown && gone.length <= MOST_GONE_AT_ONCE) return new Set(gone);
  return new Set(goneFor(MANY_GONE_AFTER_MS).sort(compareText).slice(0, MOST_GONE_AT_ONCE));
}

/** What judging rests on. */
export interface Judge {
  world: World;
  settings: Settings;
  /** Holders that are taken for gone. */
  goneIds: ReadonlySet<string>;
}

/** Why the holder of an interface gives it back; undefined while it keeps it. */
export function releaseOf(
  instanceId: string,
  pool: string,
  { world, settings, goneIds }: Judge,
): Release {
  const instance = world.instances[instanceId];
  if (instance === undefined) return goneIds.has(instanceId) ? "holderGone" : "unproven";
  // EC2 takes the tags off a terminated instance after a while, so here their absence proves nothing.
  if (instance.state === "terminated") return "holderTerminated";
  const pools = managedPoolsIn(instance.poolTag, settings);
  if (pools.length === 0) return "foreign";
  if (instance.state === "shutting-down") return "holderShuttingDown";
  // News of a start is later than a read that still shows the stop before it.
  const isStarted = world.reportedRunningIds.includes(instanceId);
  if (instance.state === "stopping" && !isStarted) return "holderStopping";
  if (instance.state === "stopped" && !isStarted) return "holderStopped";
  return pools.includes(pool)
    ? releaseOfMember(instanceId, pool, world, settings)
    : "holderChangedPool";
}

function releaseOfMember(
  instanceId: string,
  pool: string,
  world: World,
  settings: Settings,
): Release {
  const membership = world.memberships[instanceId];
  if (isRetained(membership) || waitsForOtherHooks(instanceId, pool, world, settings)) {
    return undefined;
  }
  if (isLeaving(membership)) return "holderLeavesGroup";
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

/** Whether EC2 takes what the holder has by itself. */
export function isEnd(release: Release | ActionOf<"detach">["because"]): boolean {
  return release === "holderShuttingDown" || release === "holderTerminated";
}

/** Whether the holder only pauses or goes its own way: what was made for it stays with it. */
export function isParted(release: Release): boolean {
  return (
    release === "holderStopping" ||
    release === "holderStopped" ||
    release === "holderLeavesGroup" ||
    release === "holderInWarmPool"
  );
}

export function isEnding(instance: Instance | undefined): boolean {
  return instance?.state === "shutting-down" || instance?.state === "terminated";
}

/** Whether an instance is there, or may be again, and is to have an interface of a pool. */
export function isForPool(instance: Instance | undefined, pool: string): boolean {
  return !isEnding(instance) && poolsIn(instance?.poolTag).includes(pool);
}
