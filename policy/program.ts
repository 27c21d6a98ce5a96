import { type PolicyResource } from "@pulumi/policy";
import { zonesOfComponents } from "./components";
import { type Group, readGroups } from "./groups";
import { type PoolInterface, readInterfaces } from "./interfaces";
import { type Place, zoneNamed } from "./places";
import { type Settings } from "./settings";
import { indexStack, type Stack } from "./stack";

/** What a stack is to these policies: pools, and groups that use them. */
export interface Program {
  stack: Stack;
  settings: Settings;
  interfaces: PoolInterface[];
  groups: Group[];
}

export function readProgram(resources: PolicyResource[], written: Settings): Program {
  const stack = indexStack(resources);
  const subnetZones = { ...zonesOfComponents(resources), ...written.subnetZones };
  const settings = { ...written, subnetZones };
  return {
    stack,
    settings,
    interfaces: readInterfaces(stack, settings),
    groups: readGroups(stack, settings),
  };
}

/** The interfaces of a pool in this stack. */
export function interfacesOf({ interfaces }: Program, pool: string): PoolInterface[] {
  return interfaces.filter((one) => one.pool === pool);
}

/** The names of the pools in this stack and in the configuration. */
export function poolNames({ interfaces, settings }: Program): string[] {
  const inStack = interfaces.map(({ pool }) => pool).filter((pool) => pool !== undefined);
  return [...new Set([...inStack, ...Object.keys(settings.pools)])];
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
