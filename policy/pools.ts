import { type PoolInterface } from "./interfaces";
import { type Manager } from "./managers";
import { type Place, zoneNamed } from "./places";
import { type Program } from "./program";
import { isRecord, part, textOf, UNKNOWN, type Value } from "./values";

/** A pool whose interfaces the manager makes when an instance launches, in the instance's zone. */
export interface OnDemand {
  /** The subnets that they are made in, one in each zone. */
  places: Place[];
  /**
   * Whether the pool's own settings name the subnets. While they are unknown, all subnets that the manager's
   * settings are made of are `likely` the pool's if no other pool can have them, or else `open`.
   */
  origin: "settings" | "likely" | "open";
}

/** Why it isn't known whether a pool is {@link OnDemand}. */
export const OPEN_SETTINGS = "which pools the manager makes on demand isn't known yet";

/** The names of the pools in this stack and in the configuration, those that are made on demand included. */
export function poolNames({ interfaces, managers, settings }: Program): string[] {
  const inStack = interfaces.map(({ pool }) => pool).filter((pool) => pool !== undefined);
  const onDemand = managers.flatMap(namesOnDemand);
  return [...new Set([...inStack, ...onDemand, ...Object.keys(settings.pools)])];
}

/** The interfaces of a pool in this stack. */
export function interfacesOf({ interfaces }: Program, pool: string): PoolInterface[] {
  return interfaces.filter((one) => one.pool === pool);
}

/** Where a pool's interfaces are. */
export function placesOfPool(program: Program, pool: string): Place[] {
  const places = interfacesOf(program, pool).flatMap((one) => one.places);
  return [...places, ...configuredPlaces(program, pool)];
}

/** Where the configuration says that a pool is; empty if it doesn't. */
export function configuredPlaces({ settings }: Program, pool: string): Place[] {
  const zone = settings.pools[pool]?.zone;
  return zone === undefined ? [] : [zoneNamed(zone, `pools.${pool}.zone`)];
}

/** How a pool is made on demand; undefined for one of interfaces that are there before. */
export function onDemandOf(program: Program, pool: string): OnDemand | undefined {
  const { managers, settings } = program;
  for (const { poolSettings } of managers) {
    const places = subnetsTold(poolSettings, pool);
    if (places.length > 0) return { places, origin: "settings" };
  }
  const zones = settings.pools[pool]?.zones;
  if (zones !== undefined) {
    const places = zones.map((zone) => zoneNamed(zone, `pools.${pool}.zones`));
    return { places, origin: "settings" };
  }
  if (isPlaced(program, pool)) return undefined;
  const manager = managers.find((one) => one.poolSettings === UNKNOWN && looksAfter(one, pool));
  if (manager === undefined) return undefined;
  const others = manager.pools?.filter((name) => name !== pool && !isPlaced(program, name));
  return { places: manager.subnets, origin: others?.length === 0 ? "likely" : "open" };
}

/**
 * What becomes of an instance for which its pool has no interface: `wait`, `abandon` or `continue`, which
 * lets it into service as a standby; UNKNOWN while that isn't known yet.
 */
export function whenExhaustedOf({ managers, settings }: Program, pool: string): Value {
  const configured = settings.pools[pool]?.whenExhausted;
  const manager = managers.find((one) => looksAfter(one, pool));
  if (manager === undefined) return configured;
  if (manager.poolSettings === UNKNOWN) return configured ?? UNKNOWN;
  return part(manager.poolSettings, pool, "whenExhausted") ?? manager.whenExhausted;
}

/** Whether some pool of this stack or of the configuration is made on demand, or may be. */
export function hasPoolsOnDemand({ managers, settings }: Program): boolean {
  const areConfigured = Object.values(settings.pools).some(({ zones }) => zones !== undefined);
  const isMade = (manager: Manager) =>
    manager.poolSettings === UNKNOWN || namesOnDemand(manager).length > 0;
  return areConfigured || managers.some(isMade);
}

/** The pools that a manager makes on demand; while that isn't known, those it may. */
function namesOnDemand({ pools = [], poolSettings }: Manager): string[] {
  if (poolSettings === UNKNOWN) return pools;
  const names = isRecord(poolSettings) ? Object.keys(poolSettings) : [];
  return names.filter((pool) => subnetsTold(poolSettings, pool).length > 0);
}

function subnetsTold(poolSettings: Value, pool: string): Place[] {
  const subnetIds = part(poolSettings, pool, "onDemand", "subnetIds");
  if (!isRecord(subnetIds)) return [];
  return Object.entries(subnetIds).flatMap(([zone, id]) => {
    const subnet = textOf(id);
    return subnet === undefined ? [] : { label: `subnet ${subnet}`, subnet, zone };
  });
}

function looksAfter({ pools }: Manager, pool: string): boolean {
  return pools === undefined || pools.includes(pool);
}

/** Whether interfaces in this stack or the configuration show where a pool is. */
function isPlaced(program: Program, pool: string): boolean {
  return interfacesOf(program, pool).length > 0 || Object.hasOwn(program.settings.pools, pool);
}
