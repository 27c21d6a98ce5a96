/** Settings drawn by fast-check, and what they say, read apart from the handler's own reading. */
import fc from "fast-check";
import type { WhenExhausted } from "../../handler/names";
import type { Settings } from "../../handler/types";
import { MADE_POOL, onDemand, OTHER_POOL, OTHER_ZONE, POOL, settings } from "./builders";

/** The values that the pool tag has, and the pools that each names. */
const POOLS_BY_TAG: Record<string, string[]> = {
  [POOL]: [POOL],
  [OTHER_POOL]: [OTHER_POOL],
  [MADE_POOL]: [MADE_POOL],
  [`${POOL},${OTHER_POOL}`]: [POOL, OTHER_POOL],
  [`${OTHER_POOL},${POOL}`]: [OTHER_POOL, POOL],
  [`${MADE_POOL}, ${POOL}`]: [MADE_POOL, POOL],
  [`${POOL},${MADE_POOL}`]: [POOL, MADE_POOL],
  [`${OTHER_POOL},${POOL},${MADE_POOL}`]: [OTHER_POOL, POOL, MADE_POOL],
};
const POOL_TAGS = Object.keys(POOLS_BY_TAG);

export const anyPoolTag = fc.constantFrom(...POOL_TAGS);

/** Settings under which the third pool is filled on demand, in one zone or in both. */
export const anySettings: fc.Arbitrary<Settings> = fc
  .record({
    whenExhausted: fc.constantFrom("wait", "abandon", "continue"),
    ofOther: fc.constantFrom("wait", "abandon", "continue", undefined),
    hasSubnetEverywhere: fc.boolean(),
    pools: fc.constantFrom<string[] | undefined>(undefined, [POOL], [POOL, MADE_POOL]),
    poolTags: fc.constantFrom<string[] | undefined>(undefined, POOL_TAGS, POOL_TAGS.slice(0, 5)),
  })
  .map(({ ofOther, hasSubnetEverywhere, ...parts }) =>
    settings({ ...parts, poolSettings: poolSettings(hasSubnetEverywhere, ofOther) }),
  );

export function poolSettings(
  hasSubnetEverywhere: boolean,
  whenExhausted?: WhenExhausted,
): Settings["poolSettings"] {
  const everywhere = { ...onDemand.subnetIds, [OTHER_ZONE]: "subnet-b" };
  const subnetIds = hasSubnetEverywhere ? everywhere : onDemand.subnetIds;
  return { [MADE_POOL]: { onDemand: { ...onDemand, subnetIds } }, [OTHER_POOL]: { whenExhausted } };
}

export function poolsOfTag(poolTag: string | undefined): string[] {
  return POOLS_BY_TAG[poolTag ?? ""] ?? [];
}

/** The pools of a tag that the manager is to look after: its rights are on whole values of the tag. */
export function ownPools(poolTag: string | undefined, { pools, poolTags }: Settings): string[] {
  if (poolTags !== undefined && !poolTags.includes(poolTag ?? "")) return [];
  return poolsOfTag(poolTag).filter((pool) => pools === undefined || pools.includes(pool));
}

export function isOnDemand(pool: string, chosen: Settings): boolean {
  return chosen.poolSettings[pool]?.onDemand !== undefined;
}

export function choiceFor(pool: string, chosen: Settings): WhenExhausted {
  return chosen.poolSettings[pool]?.whenExhausted ?? chosen.whenExhausted;
}
