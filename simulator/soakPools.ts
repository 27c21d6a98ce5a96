/** A licence that one machine holds, and a cluster with an address to spare. */
const FIXED = [
  { name: "licence", size: 1, group: {} },
  { name: "cluster", size: 5, group: { desiredCapacity: 0, maxSize: 4 } },
];

/** A pair of which one holds the address, and machines in two networks. */
const STANDBYS_AND_SEVERAL = [
  { name: "pair", size: 1, whenExhausted: "continue", group: { desiredCapacity: 0, maxSize: 3 } },
  {
    name: "data",
    size: 4,
    group: {
      furtherPools: ["management"],
      instanceType: "t4g.small",
      desiredCapacity: 0,
      maxSize: 3,
    },
  },
  { name: "management", size: 4 },
];

/** The worlds that histories are played in, one seed after the other. */
export const SOAK_WORLDS: object[][] = [FIXED, STANDBYS_AND_SEVERAL];

/** Which of the worlds a seed is played in. */
export function worldOf(seed: number): number {
  return Math.abs(seed) % SOAK_WORLDS.length;
}
