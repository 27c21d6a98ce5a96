import { poolsIn } from "../names";
import { isManaged, managedPoolsIn } from "../settings";
import {
  claimKey,
  type ClaimState,
  type Instance,
  type Membership,
  type Settings,
  type Status,
  type World,
} from "../types";

/** An instance that is to hold an interface of each of these pools. */
export interface EligibleInstance extends Instance {
  pools: string[];
}

/** An instance that starts shows within seconds, with its tags. */
const PENDING_RECHECK_MS = 1_000;

export function isInWarmPool(membership: Membership | undefined): boolean {
  return membership?.lifecycleState.startsWith("Warmed:") ?? false;
}

/** One that is detached from its group goes on without it, by its tag. */
export function isLeaving(membership: Membership | undefined): boolean {
  return membership?.lifecycleState.startsWith("Terminat") ?? false;
}

/** Kept running for somebody to examine, since its launch or termination was abandoned. */
export function isRetained(membership: Membership | undefined): boolean {
  return membership?.lifecycleState.endsWith(":Retained") ?? false;
}

/** Finds who is to hold an interface, those first who launched first. */
export function findEligible(world: World, settings: Settings): EligibleInstance[] {
  return Object.values(world.instances)
    .flatMap((instance) => {
      const pools = managedPoolsIn(instance.poolTag, settings);
      const membership = world.memberships[instance.instanceId];
      const isEligible =
        pools.length > 0 &&
        instance.state === "running" &&
        !isLeaving(membership) &&
        !isInWarmPool(membership);
      return isEligible ? [{ ...instance, pools }] : [];
    })
    .sort(byLaunchTime);
}

function byLaunchTime(a: Instance, b: Instance): number {
  return compareText(a.launchTime, b.launchTime) || compareText(a.instanceId, b.instanceId);
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * Says of all other tagged instances and members of tagged groups why they have no address. One that ends
 * is nobody's question: what it had was detached with a line of its own.
 *
 * @param held what instances hold, by {@link claimKey}
 */
export function explainOthers(
  world: World,
  settings: Settings,
  held: ReadonlySet<string>,
): Status<ClaimState>[] {
  const holders = new Set([
    ...world.interfaces.map(({ attachment }) => attachment?.instanceId),
    ...Object.values(world.attachedTo),
  ]);
  const tagged = Object.values(world.instances)
    .sort(byLaunchTime)
    .flatMap((instance) =>
      instance.state === "pending"
        ? explainPending(instance, world, settings, held)
        : explainIneligible(instance, world.memberships[instance.instanceId], settings),
    );
  const members = Object.entries(world.memberships)
    .sort(([a], [b]) => compareText(a, b))
    .flatMap(([instanceId, membership]) =>
      explainMember(instanceId, membership, world.instances[instanceId], settings),
    );
  return [...tagged, ...members].filter(
    ({ state, instanceId }) => state !== "ineligible" || !holders.has(instanceId),
  );
}

/** It will want an address soon. */
function explainPending(
  { instanceId, poolTag }: Instance,
  { reportedRunningIds }: World,
  settings: Settings,
  held: ReadonlySet<string>,
): Status<ClaimState>[] {
  // Where an event called it running, the read lags; else another event is to come.
  const recheckMs = reportedRunningIds.includes(instanceId) ? PENDING_RECHECK_MS : undefined;
  const reason = `${instanceId} has no address: EC2 shows it pending`;
  return managedPoolsIn(poolTag, settings)
    .filter((pool) => !held.has(claimKey(instanceId, pool)))
    .map((pool) => ({ pool, state: "pending", reason, instanceId, recheckMs }));
}

function explainIneligible(
  { instanceId, poolTag, state }: Instance,
  membership: Membership | undefined,
  settings: Settings,
): Status<ClaimState>[] {
  if (poolTag === undefined) return [];
  const why = whyIneligible(poolTag, state, membership, settings);
  if (why === undefined) return [];
  const reason = `${instanceId} has no address: ${why}`;
  return [{ pool: poolTag, state: "ineligible", reason, instanceId }];
}

function whyIneligible(
  poolTag: string,
  state: string,
  membership: Membership | undefined,
  settings: Settings,
): string | undefined {
  if (state === "stopping" || state === "stopped") return `EC2 shows it ${state}`;
  if (managedPoolsIn(poolTag, settings).length === 0) {
    const isInPart = poolsIn(poolTag).some((pool) => isManaged(pool, settings));
    const hint = isInPart ? " (names and their order count)" : "";
    return `this manager isn't configured for the pool tag "${poolTag}"${hint}`;
  }
  if (state !== "running" || membership === undefined) return undefined;
  const { groupName, lifecycleState } = membership;
  if (isInWarmPool(membership)) {
    return `it is parked in the warm pool of its group ${groupName} (${lifecycleState})`;
  }
  return isLeaving(membership)
    ? `it is leaving its group ${groupName} (${lifecycleState})`
    : undefined;
}

/** A member whose group has the tag, and who isn't among the tagged instances or hasn't the tag. */
function explainMember(
  instanceId: string,
  { groupName, lifecycleState, poolTag }: Membership,
  instance: Instance | undefined,
  settings: Settings,
): Status<ClaimState>[] {
  const [pool] = managedPoolsIn(poolTag, settings);
  if (pool === undefined || instance?.poolTag !== undefined) return [];
  const noAddress = `${instanceId} has no address`;
  const noTag = `${noAddress}: its group ${groupName} has the tag ${settings.tagKey}, the instance hasn't`;
  if (lifecycleState === "Pending:Wait") {
    if (instance !== undefined) return [{ pool, state: "blocked", reason: noTag, instanceId }];
    const reason = `${noAddress}: EC2 doesn't show it with the tag ${settings.tagKey} yet`;
    return [{ pool, state: "pending", reason, instanceId, recheckMs: PENDING_RECHECK_MS }];
  }
  const isInService = lifecycleState === "InService" || lifecycleState === "Standby";
  return isInService ? [{ pool, state: "ineligible", reason: noTag, instanceId }] : [];
}
