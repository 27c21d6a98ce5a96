import type { WhenExhausted } from "../handler/names";
import type { Mistake } from "./mistakes";
import type { NetworkInterfaceManager } from "./networkInterfaceManager";
import { poolTagOf } from "./singleZoneGroup";

/** What a pool asks of its manager. */
export interface ManagedShape {
  manager?: Pick<
    NetworkInterfaceManager,
    "tagKey" | "pools" | "poolTags" | "poolsOfTheirOwn" | "whenExhaustedOf"
  >;
  tagKey?: string;
  whenExhausted?: WhenExhausted;
  isOnDemand?: boolean;
  group?: { furtherPools?: string[] };
}

/** Finds what a manager would have to be told to serve a pool as it is meant. */
export function checkManager(poolName: string, shape: ManagedShape): Mistake[] {
  const { manager, tagKey, whenExhausted, isOnDemand = false, group } = shape;
  const poolTag = poolTagOf({ poolName, furtherPools: group?.furtherPools });
  const mistakes: Mistake[] = [];
  if (manager === undefined) {
    if (poolTag === poolName) return [];
    const message = `needs a manager that knows these pools together; write "${poolTag}" in its pools`;
    return [{ path: ["group", "furtherPools"], message }];
  }
  if (tagKey !== undefined && tagKey !== manager.tagKey) {
    const message = `is "${tagKey}", but the manager's is "${manager.tagKey}"; leave it out`;
    mistakes.push({ path: ["tagKey"], message });
  }
  const { pools, poolTags } = manager;
  if (pools !== undefined && !pools.includes(poolName)) {
    const found = `looks after ${pools.join(", ")} and not ${poolName}`;
    mistakes.push({ path: ["manager"], message: `${found}; name it in the manager's pools` });
  } else if (poolTags !== undefined && !poolTags.includes(poolTag)) {
    const found = `knows ${poolTags.join(" and ")} as values of the tag, but not ${poolTag}`;
    const wanted = `write "${poolTag}" in the manager's pools, too`;
    mistakes.push({ path: ["manager"], message: `${found}; ${wanted}` });
  }
  const isKnownOnDemand = manager.poolsOfTheirOwn.some(
    ({ name, onDemand }) => name === poolName && onDemand !== undefined,
  );
  if (isKnownOnDemand !== isOnDemand) {
    const message = isOnDemand
      ? `makes no interfaces for ${poolName}; write { name: "${poolName}", onDemand: {...} } in its pools`
      : `makes interfaces for ${poolName} on demand; leave onDemand out of its pools, or use OnDemandPool`;
    mistakes.push({ path: ["manager"], message });
  }
  const known = manager.whenExhaustedOf(poolName);
  if (whenExhausted !== undefined && whenExhausted !== known) {
    const found = `is ${whenExhausted}, but the manager's is ${known}`;
    const wanted = `write { name: "${poolName}", whenExhausted: "${whenExhausted}" } in the manager's pools`;
    mistakes.push({ path: ["whenExhausted"], message: `${found}; ${wanted}` });
  }
  return mistakes;
}
