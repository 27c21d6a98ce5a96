/** The least at which an instance refresh launches first: percentages are whole ones. */
const LEAST_SURGE_PERCENTAGE = 101;

/**
 * How much of its size a group may run during an instance refresh that launches first: one instance more, or
 * in a group of more than a hundred one for each hundred. However AWS rounds it is no more than that, and
 * to keep 100 % healthy it launches one at least.
 */
function surgePercentage(maxSize: number): number {
  return Math.max(LEAST_SURGE_PERCENTAGE, Math.floor((100 * (maxSize + 1)) / maxSize));
}

/** How many instances a group runs at most during an instance refresh that launches first. */
export function surgeSize(maxSize: number): number {
  return maxSize === 0 ? 0 : Math.ceil((maxSize * surgePercentage(maxSize)) / 100);
}

/**
 * An instance refresh that launches first needs an interface for every instance beyond the group's
 * size, or the new instance waits for the old one's address and the old one for the new instance.
 */
export function refreshPreferences(maxSize: number, interfaceCount: number) {
  return maxSize > 0 && surgeSize(maxSize) <= interfaceCount
    ? { minHealthyPercentage: 100, maxHealthyPercentage: surgePercentage(maxSize) }
    : { minHealthyPercentage: 90, maxHealthyPercentage: 100 };
}
