import { groupBy } from "../groupBy";
import { type Assessment, claimKey, type Settings, type World } from "../types";
import { assignInterfaces, zonesOf } from "./assign";
import { toBasis } from "./basis";
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
export function assess(world: World, settings: Settings): Assessment {
  const basis = toBasis(world, settings);
  const eligible = findEligible(basis);
  const statuses = assessInterfaces(eligible, basis);
  const holdings = holdingsOf(statuses);
  releaseSurplus(holdings, basis);
  const occupied = findOccupied(statuses, basis);
  const reserved = groupBy(statuses, ({ state, instanceId = "", pool }) =>
    state === "reserved" ? claimKey(instanceId, pool) : undefined,
  );
  const leaving = groupBy(statuses, ({ state, instanceId }) =>
    state === "returning" ? instanceId : undefined,
  );
  const supply = { ...basis, zones: zonesOf(statuses), reserved, holdings, leaving };
  const claims = assignInterfaces(eligible, supply);
  settleMadeInterfaces(statuses, claims, supply);
  return {
    interfaces: statuses.map(({ networkInterface: { address }, ...status }) => ({
      ...status,
      address,
    })),
    claims: [...claims, ...explainOthers(basis, new Set(holdings.keys()))],
    hooks: assessLifecycleHooks(claims, occupied, basis),
  };
}
