import { poolsIn } from "./names";
import { type Instance, type Membership, type Settings, type Snapshot } from "./model";
import { isInWarmPool, isLeaving, isManaged, managedPoolsIn } from "./verdict";

/** An instance that is given no address, and why; the plan speaks of those that are. */
export interface Ineligible {
  pool: string;
  instanceId: string;
  reason: string;
}

/**
 * Answers for tagged instances, and members of tagged groups, why they are not even waiting. One that
 * ends is nobody's question: what it had was taken back with a line of its own.
 */
export function findIneligible(snapshot: Snapshot, settings: Settings): Ineligible[] {
  const holders = new Set([
    ...snapshot.interfaces.map(({ attachment }) => attachment?.instanceId),
    ...Object.values(snapshot.recentAttachments),
  ]);
  const found: Ineligible[] = [];
  const add = (instanceId: string, pool: string, why: string | undefined) => {
    if (why === undefined || holders.has(instanceId)) return;
    found.push({ pool, instanceId, reason: `${instanceId} has no address: ${why}` });
  };
  for (const [instanceId, instance] of Object.entries(snapshot.instances)) {
    if (instance.poolTag === undefined) continue;
    const membership = Object.hasOwn(snapshot.memberships, instanceId)
      ? snapshot.memberships[instanceId]
      : undefined;
    add(instanceId, instance.poolTag, whyNot(instance, membership, settings));
  }
  for (const [instanceId, membership] of Object.entries(snapshot.memberships)) {
    if (Object.hasOwn(snapshot.instances, instanceId)) continue;
    const { poolTag } = membership;
    if (managedPoolsIn(poolTag, settings).length === 0 || !isInService(membership)) continue;
    const why = `its group ${membership.groupName} has the tag ${settings.tagKey}, the instance hasn't`;
    add(instanceId, poolTag, why);
  }
  return found.sort((a, b) => (a.instanceId < b.instanceId ? -1 : 1));
}

function whyNot(
  { poolTag = "", state }: Instance,
  membership: Membership | undefined,
  settings: Settings,
): string | undefined {
  if (state === "stopping" || state === "stopped") return `EC2 shows it ${state}`;
  if (managedPoolsIn(poolTag, settings).length === 0) return whyNone(poolTag, settings);
  if (state !== "running" || membership === undefined) return undefined;
  const { groupName, lifecycleState } = membership;
  if (isLeaving(membership)) return `it is leaving its group ${groupName} (${lifecycleState})`;
  if (!isInWarmPool(membership)) return undefined;
  return `it is parked in the warm pool of its group ${groupName} (${lifecycleState})`;
}

function whyNone(poolTag: string, settings: Settings): string {
  const pools = poolsIn(poolTag);
  if (pools.length > 1) {
    return `its pools ${poolTag} are, so together and in this order, none of this manager's`;
  }
  const isKnown = pools.some((pool) => isManaged(pool, settings));
  return `its pool ${poolTag} is${isKnown ? ", so alone," : ""} none of this manager's`;
}

function isInService({ lifecycleState }: Membership): boolean {
  return lifecycleState === "InService" || lifecycleState === "Standby";
}
