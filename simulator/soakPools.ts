/** A licence that one machine holds, and a cluster with an address to spare. */
export const SOAK_POOLS = [
  { name: "licence", size: 1, group: {} },
  { name: "cluster", size: 5, group: { desiredCapacity: 0, maxSize: 4 } },
];
