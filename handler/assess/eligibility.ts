import { poolsIn } from "../names";
import { isManaged, managedPoolsIn } from "../settings";
import {
  ageKey,
  claimKey,
  type ClaimState,
  type Instance,
  type Membership,
  type Status,
} from "../types";
import type { Basis } from "./basis";

/** An instance that is to hold an interface of each of these pools. */
export interface EligibleInstance extends Instance {
  pools: string[];
}

/** An instance that starts shows within seconds, with its tags. */
const PENDING_RECHECK_MS = 1_000;
/** A tag that hasn't come by then isn't given to the instance. */
const TAGS_LAG_MS = 45_000;

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
export function findEligible({ instances, memberships, settings }: Basis): EligibleInstance[] {
  return Object.values(instances)
    .flatMap((instance) => {
      const pools = managedPoolsIn(instance.poolTag, settings);
      const membership = memberships[instance.instanceId];
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
export function explainOthers(basis: Basis, held: ReadonlySet<string>): Status<ClaimState>[] {
  const { instances, memberships, interfaces, attachedTo } = basis;
  const holders = new Set([
    ...interfaces.map(({ attachment }) => attachment?.instanceId),
    ...Object.values(attachedTo),
  ]);
  const tagged = Object.values(instances)
    .sort(byLaunchTime)
    .flatMap((instance) => explainInstance(instance, basis, held));
  const members = Object.entries(memberships)
    .sort(([a], [b]) => compareText(a, b))
    .flatMap(([instanceId, membership]) => explainMember(instanceId, membership, basis) ?? []);
  return [...tagged, ...members].filter(
    ({ state, instanceId }) => state !== "ineligible" || !holders.has(instanceId),
  );
}

function withoutAddress(
  instanceId: string,
  pool: string,
  state: ClaimState,
  why: string,
): Status<ClaimState> {
  return { pool, state, reason: `${instanceId} has no address: ${why}`, instanceId };
}

function explainInstance(
  instance: Instance,
  basis: Basis,
  held: ReadonlySet<string>,
): Status<ClaimState>[] {
  const { instanceId, poolTag, state } = instance;
  if (poolTag === undefined) return [];
  if (state !== "pending") {
    const why = whyIneligible(instance, poolTag, basis);
    return why === undefined ? [] : [withoutAddress(instanceId, poolTag, "ineligible", why)];
  }
  // Where an event called it running, the read lags; else another event is to come.
  const isLagging = basis.reportedRunningIds.includes(instanceId);
  return managedPoolsIn(poolTag, basis.settings)
    .filter((pool) => !held.has(claimKey(instanceId, pool)))
    .map((pool) => ({
      ...withoutAddress(instanceId, pool, "pending", "EC2 shows it pending"),
      recheckMs: isLagging ? PENDING_RECHECK_MS : undefined,
    }));
}

function whyIneligible(
  { instanceId, state }: Instance,
  poolTag: string,
  { memberships, settings }: Basis,
): string | undefined {
  if (state === "stopping" || state === "stopped") return `EC2 shows it ${state}`;
  if (managedPoolsIn(poolTag, settings).length === 0) {
    const isInPart = poolsIn(poolTag).some((pool) => isManaged(pool, settings));
    const hint = isInPart ? " (names and their order count)" : "";
    return `this manager isn't configured for the pool tag "${poolTag}"${hint}`;
  }
  const membership = memberships[instanceId];
  if (state !== "running" || membership === undefined) return undefined;
  const group = `its group ${membership.groupName} (${membership.lifecycleState})`;
  if (isInWarmPool(membership)) return `it is parked in the warm pool of ${group}`;
  return isLeaving(membership) ? `it is leaving ${group}` : undefined;
}

/** A member whose group has the tag, and who isn't among the tagged instances or hasn't the tag. */
function explainMember(
  instanceId: string,
  { groupName, poolTag, lifecycleState }: Membership,
  { instances, settings, ageMs }: Basis,
): Status<ClaimState> | undefined {
  const instance = instances[instanceId];
  const [pool] = managedPoolsIn(poolTag, settings);
  if (pool === undefined || instance?.poolTag !== undefined) return undefined;
  const { tagKey } = settings;
  const noTag = `its group ${groupName} has the tag ${tagKey}, the instance hasn't`;
  if (lifecycleState === "Pending:Wait") {
    const waitsForMs = ageMs[ageKey("launching", instanceId)] ?? 0;
    if (instance !== undefined || waitsForMs >= TAGS_LAG_MS) {
      return withoutAddress(instanceId, pool, "blocked", noTag);
    }
    const notYet = `EC2 doesn't show it with the tag ${tagKey} yet`;
    const status = withoutAddress(instanceId, pool, "pending", notYet);
    return { ...status, recheckMs: PENDING_RECHECK_MS };
  }
  const isInService = lifecycleState === "InService" || lifecycleState === "Standby";
  return isInService ? withoutAddress(instanceId, pool, "ineligible", noTag) : undefined;
}
