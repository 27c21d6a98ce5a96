/** What the instance types of the drawn worlds take. */
import type { DeviceSlot, Instance, InterfaceLimits } from "../../handler/types";

/** Interfaces each card takes, by instance type. */
export const LIMITS: Record<string, number[]> = {
  "t3.micro": [2],
  "m7i.large": [3],
  "c6in.32xlarge": [2, 4],
};

export const interfaceLimits: Record<string, InterfaceLimits> = Object.fromEntries(
  Object.entries(LIMITS).map(([type, limits]) => [
    type,
    {
      most: limits.reduce((sum, limit) => sum + limit, 0),
      cards: limits.map((most, networkCardIndex) => ({ networkCardIndex, most })),
    },
  ]),
);

/** The highest free slot rather than the lowest, so that gaps stay. */
export function freeSlotOf(holder: Instance): DeviceSlot | undefined {
  for (const [networkCardIndex, limit] of (LIMITS[holder.instanceType] ?? []).entries()) {
    const taken = holder.slots
      .filter((slot) => slot.networkCardIndex === networkCardIndex)
      .map(({ deviceIndex }) => deviceIndex);
    if (taken.length >= limit) continue;
    const indexes = [4, 3, 2, 1, ...(networkCardIndex > 0 ? [0] : [])];
    const deviceIndex = indexes.find((free) => !taken.includes(free));
    if (deviceIndex !== undefined) return { networkCardIndex, deviceIndex };
  }
  return undefined;
}

/** How many interfaces an instance's type takes beyond those that it lists. */
export function freeSlotCount(holder: Instance): number {
  const limits = LIMITS[holder.instanceType] ?? [];
  return limits.reduce((sum, limit) => sum + limit, 0) - holder.slots.length;
}
