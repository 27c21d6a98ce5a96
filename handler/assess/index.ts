import { groupBy } from "../groupBy";
import { type Assessment, claimKey, type Settings, type World } from "../types";
import { assignInterfaces, zonesOf } from "./assign";
import { explainOthers, findEligible } from "./eligibility";
import { assessLifecycleHooks } from "./lifecycleHooks";
import { settleMadeInterfaces } from "./onDemand";
import { findOccupied, holdingsOf, releaseSurplus } from "./holdings";
import { assessInterfaces } from "./interfaces";

/**
 * Works out how every interface, every claim of an instance to one, and every lifecycle action stands, and
 * what is missing to the world as promised: every eligible instance holds exactly one interface of each of
 * its pools, and every other interface is free.
 *
 * Pure and total: no clock, no input or output, and the same world in any order gives the same assessment,
 * so that two managers at once ask EC2 for the same thing and EC2 lets one of them have it.
 */
export function assess(observed: World, settings: Settings): Assessment {
  const world = withoutPrototypes(observed);
  const eligible = findEligible(world, settings);
  const statuses = assessInterfaces(eligible, world, settings);
  const holdings = holdingsOf(statuses);
  releaseSurplus(holdings, world);
  const occupied = findOccupied(statuses, world, settings);
  const reserved = groupBy(statuses, ({ state, instanceId = "", pool }) =>
    state === "reserved" ? claimKey(instanceId, pool) : undefined,
  );
  const leaving = groupBy(statuses, ({ state, instanceId }) =>
    state === "returning" ? instanceId : undefined,
  );
  const supply = { zones: zonesOf(statuses), reserved, holdings, leaving, world, settings };
  const claims = assignInterfaces(eligible, supply);
  settleMadeInterfaces(statuses, claims, supply);
  return {
    interfaces: statuses.map(({ networkInterface: { address }, ...status }) => ({
      ...status,
      address,
    })),
    claims: [...claims, ...explainOthers(world, settings, new Set(holdings.keys()))],
    hooks: assessLifecycleHooks(claims, occupied, world, settings),
  };
}

/** An id that is named like what every object has must not be found where nobody put it. */
function withoutPrototypes(world: World): World {
  const bare = <Value>(record: Record<string, Value>): Record<string, Value> =>
    Object.assign(Object.create(null) as Record<string, Value>, record);
  return {
    ...world,
    instances: bare(world.instances),
    memberships: bare(world.memberships),
    groupTags: bare(world.groupTags),
    interfaceLimits: bare(world.interfaceLimits),
    ageMs: bare(world.ageMs),
    attachedTo: bare(world.attachedTo),
    madeCounts: bare(world.madeCounts),
    backoffs: bare(world.backoffs),
  };
}
