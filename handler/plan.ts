import { planAttachments } from "./attachments";
import { byLaunchTime, createBoard, type EligibleInstance } from "./board";
import { planInterfaces, planSurplus } from "./interfaces";
import { planLifecycleHooks } from "./lifecycleHooks";
import { claimSubject, type Instance, type Plan, type Settings, type Snapshot } from "./model";
import { planMadeOnDemand } from "./onDemand";
import { isInWarmPool, isLeaving, managedPoolsIn } from "./verdict";

/**
 * Works out what is missing between the world as seen and the world as promised: every eligible
 * instance holds exactly one interface of each of its pools, and every other interface is free.
 *
 * Pure and total: no clock, no input or output, and the same snapshot in any order gives the same
 * plan, so that two managers at once ask EC2 for the same thing and EC2 lets one of them have it.
 */
export function planPools(observed: Snapshot, settings: Settings): Plan {
  const snapshot = withoutPrototypes(observed);
  const board = createBoard();
  const eligible = Object.values(snapshot.instances)
    .flatMap((instance) => toEligible(instance, snapshot, settings))
    .sort(byLaunchTime);
  planInterfaces(eligible, snapshot, settings, board);
  planSurplus(snapshot, board);
  const standings = planAttachments(eligible, snapshot, settings, board);
  planMadeOnDemand(snapshot, settings, board);
  planPendingInstances(snapshot, settings, board.plan, new Set(board.holdings.keys()));
  planLifecycleHooks(standings, board.occupied, snapshot, settings, board.plan);
  return board.plan;
}

/** An id that is named like what every object has must not be found where nobody put it. */
function withoutPrototypes(snapshot: Snapshot): Snapshot {
  const bare = <Value>(record: Record<string, Value>): Record<string, Value> =>
    Object.assign(Object.create(null) as Record<string, Value>, record);
  return {
    ...snapshot,
    instances: bare(snapshot.instances),
    memberships: bare(snapshot.memberships),
    interfaceLimits: bare(snapshot.interfaceLimits),
    detachingForSeconds: bare(snapshot.detachingForSeconds),
    missingForSeconds: bare(snapshot.missingForSeconds),
    unusedForSeconds: bare(snapshot.unusedForSeconds),
    spentTokens: bare(snapshot.spentTokens),
    recentAttachments: bare(snapshot.recentAttachments),
    deferred: bare(snapshot.deferred),
  };
}

function toEligible(
  instance: Instance,
  snapshot: Snapshot,
  settings: Settings,
): EligibleInstance[] {
  const pools = managedPoolsIn(instance.poolTag, settings);
  const membership = snapshot.memberships[instance.instanceId];
  const isEligible =
    pools.length > 0 &&
    instance.state === "running" &&
    !isLeaving(membership) &&
    !isInWarmPool(membership);
  return isEligible ? [{ ...instance, pools }] : [];
}

/** Instances that will want an address soon; those that an event called running show a read that lags. */
function planPendingInstances(
  snapshot: Snapshot,
  settings: Settings,
  plan: Plan,
  heldClaims: Set<string>,
): void {
  const announced = new Set(snapshot.announcedInstanceIds);
  const pending = Object.values(snapshot.instances).filter(({ state }) => state === "pending");
  for (const { instanceId, poolTag } of pending.sort(byLaunchTime)) {
    for (const pool of managedPoolsIn(poolTag, settings)) {
      if (heldClaims.has(claimSubject(instanceId, pool))) continue;
      const watch = announced.has(instanceId);
      const reason = `${instanceId} has no address: EC2 shows it pending`;
      plan.waits.push({ kind: "pending", pool, instanceId, watch, reason });
    }
  }
}
