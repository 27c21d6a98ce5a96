import type { DevicePlace } from "./model";

/** Without known limits only card 0 is searched, and no card is known to take more than this. */
const MOST_DEVICE_INDEXES = 64;

/**
 * The lowest free device index on the first network card that isn't full.
 *
 * @param places those that are taken
 * @param cardLimits how many interfaces each network card of the instance type takes; absent where
 *   the instance has its primary interface alone, since every type takes at least two (facts of
 *   `DescribeInstanceTypes`)
 * @returns undefined when every card is full
 */
export function findFreePlace(
  places: DevicePlace[],
  cardLimits: number[] | undefined,
): Omit<DevicePlace, "networkInterfaceId"> | undefined {
  const limits = cardLimits ?? [MOST_DEVICE_INDEXES];
  for (const [networkCardIndex, limit] of limits.entries()) {
    const taken = places
      .filter((place) => place.networkCardIndex === networkCardIndex)
      .map((place) => place.deviceIndex);
    if (taken.length >= limit) continue;
    // Index 0 of card 0 is the primary interface's, whether or not this read shows it.
    let deviceIndex = networkCardIndex === 0 ? 1 : 0;
    while (taken.includes(deviceIndex)) deviceIndex += 1;
    return { networkCardIndex, deviceIndex };
  }
  return undefined;
}
