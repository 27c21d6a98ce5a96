import type { AddressShape } from "./addressChecks";
import type { Mistake } from "./mistakes";

/** The limits of an instance type, as AWS shows them. */
export interface InstanceTypeLimits {
  instanceType: string;
  /** On all its network cards together. */
  maximumNetworkInterfaces: number;
  maximumIpv4AddressesPerInterface: number;
  maximumIpv6AddressesPerInterface: number;
}

/** A pool, and what else its group's instances have to take. */
export interface DemandingPool extends AddressShape {
  group?: { furtherPools?: string[] };
}

/** Whether there are instance types that don't take what a pool and its group give them. */
export function isDemanding({ group, ...pool }: DemandingPool): boolean {
  const { secondaryAddresses = [], ipv6AddressCount = 0 } = pool;
  return (
    (group?.furtherPools ?? []).length > 0 ||
    ipv6AddressCount > 0 ||
    secondaryAddresses.some((list) => list.length > 0)
  );
}

/** Finds what an instance type doesn't take; it could never be attached. */
export function checkInstanceType(pool: DemandingPool, limits: InstanceTypeLimits): Mistake[] {
  return [
    ...checkSecondaryAddresses(pool, limits),
    ...checkIpv6Addresses(pool, limits),
    ...checkInterfaces(pool, limits),
  ];
}

function checkSecondaryAddresses(
  { secondaryAddresses = [] }: DemandingPool,
  { instanceType, maximumIpv4AddressesPerInterface }: InstanceTypeLimits,
): Mistake[] {
  const others = maximumIpv4AddressesPerInterface - 1;
  return secondaryAddresses.flatMap((list, slot) => {
    if (list.length <= others) return [];
    const found = `has ${list.length} addresses, but ${instanceType} takes ${others} beside the first`;
    const message = `${found}; write at most ${others}, or a larger group.instanceType`;
    return [{ path: ["secondaryAddresses", slot], message }];
  });
}

function checkIpv6Addresses(
  { ipv6AddressCount = 0 }: DemandingPool,
  { instanceType, maximumIpv6AddressesPerInterface: most }: InstanceTypeLimits,
): Mistake[] {
  if (ipv6AddressCount <= most) return [];
  const found = `is ${ipv6AddressCount}, but ${instanceType} takes ${most} on an interface`;
  const message = `${found}; write at most ${most}, or a larger group.instanceType`;
  return [{ path: ["ipv6AddressCount"], message }];
}

function checkInterfaces(
  { group: { furtherPools = [] } = {} }: DemandingPool,
  { instanceType, maximumNetworkInterfaces }: InstanceTypeLimits,
): Mistake[] {
  // Its primary one, and one of the group's own pool.
  const needed = 2 + furtherPools.length;
  if (maximumNetworkInterfaces >= needed) return [];
  const found = `is ${instanceType}, which takes ${maximumNetworkInterfaces} network interfaces`;
  const wanted = `the instances need ${needed}, their primary one and one of each pool`;
  const message = `${found}, but ${wanted}; write a larger type, or fewer furtherPools`;
  return [{ path: ["group", "instanceType"], message }];
}
