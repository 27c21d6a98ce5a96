import {
  type OnDemand,
  POOL_SETTINGS_VARIABLE,
  POOL_TAGS_VARIABLE,
  type PoolSettings,
  poolsIn,
  TAG_KEY_VARIABLE,
  WHEN_EXHAUSTED_VARIABLE,
  type WhenExhausted,
} from "./names";
import type { Settings } from "./types";

/**
 * Reads the function's environment variables, which its component writes.
 *
 * @throws Error that names the variable that is missing or isn't JSON
 */
export function readSettings(environment: Record<string, string | undefined>): Settings {
  const tagKey = environment[TAG_KEY_VARIABLE];
  if (!tagKey) throw new Error(`${TAG_KEY_VARIABLE} is empty; set it to the key of the pool tag`);
  const whenExhausted = environment[WHEN_EXHAUSTED_VARIABLE];
  const poolTags = readJson(POOL_TAGS_VARIABLE, environment) as string[] | undefined;
  const poolSettings = readJson(POOL_SETTINGS_VARIABLE, environment);
  return {
    tagKey,
    whenExhausted: whenExhausted ? (whenExhausted as WhenExhausted) : "wait",
    poolTags,
    pools: poolTags && [...new Set(poolTags.flatMap((poolTag) => poolsIn(poolTag)))],
    poolSettings: (poolSettings ?? {}) as Settings["poolSettings"],
  };
}

function readJson(variable: string, environment: Record<string, string | undefined>): unknown {
  const text = environment[variable];
  if (!text) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${variable} isn't JSON: ${String(error)}`, { cause: error });
  }
}

export function isManaged(pool: string | undefined, settings: Settings): pool is string {
  return pool !== undefined && (settings.pools === undefined || settings.pools.includes(pool));
}

/** The pools of a tag's value that are this manager's to look after; none if its rights don't reach it. */
export function managedPoolsIn(poolTag: string | undefined, settings: Settings): string[] {
  const isWithinRights = settings.poolTags?.some((known) => known === poolTag) ?? true;
  return isWithinRights ? poolsIn(poolTag).filter((pool) => isManaged(pool, settings)) : [];
}

/** How the interfaces of a pool are made on demand; undefined for a pool of fixed ones. */
export function onDemandOf(pool: string, settings: Settings): OnDemand | undefined {
  return settingsOf(pool, settings).onDemand;
}

export function whenExhaustedOf(pool: string, settings: Settings): WhenExhausted {
  return settingsOf(pool, settings).whenExhausted ?? settings.whenExhausted;
}

export function settingsOf(pool: string, { poolSettings }: Settings): PoolSettings {
  return (Object.hasOwn(poolSettings, pool) ? poolSettings[pool] : undefined) ?? {};
}
