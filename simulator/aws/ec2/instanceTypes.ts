import { NotModelled } from "../awsError";

/** What a network card takes: an interface with addresses, one that is an EFA too, or an EFA without addresses. */
type InterfaceType = "interface" | "efa" | "efa-only";

interface NetworkCard {
  networkCardIndex: number;
  maximumNetworkInterfaces: number;
  interfaceTypes: InterfaceType[];
}

export interface InstanceType {
  /** In the order in which DescribeInstanceTypes lists them; none is documented. */
  networkCards: NetworkCard[];
  /** Of the whole instance, whatever its cards take together. */
  maximumNetworkInterfaces: number;
  /** How many IPv4 addresses an interface may have, and as many IPv6 addresses. */
  addressesPerInterface: number;
  /** Whether its interfaces can use ENA Express. */
  enaSrdSupported?: boolean;
  /** Absent: how many queues an interface has can't be chosen. */
  maximumEnaQueueCountPerInterface?: number;
}

const ALL: InterfaceType[] = ["interface", "efa", "efa-only"];

const card = (
  networkCardIndex: number,
  maximumNetworkInterfaces: number,
  interfaceTypes: InterfaceType[] = ["interface"],
): NetworkCard => ({ networkCardIndex, maximumNetworkInterfaces, interfaceTypes });

const sumOf = (cards: NetworkCard[]) =>
  cards.reduce((sum, { maximumNetworkInterfaces }) => sum + maximumNetworkInterfaces, 0);

const type = (addressesPerInterface: number, ...networkCards: NetworkCard[]): InstanceType => ({
  networkCards,
  maximumNetworkInterfaces: sumOf(networkCards),
  addressesPerInterface,
});

/**
 * As DescribeInstanceTypes has them (moto 5.2.5 carries its answers), but for p6e-gb200: that the odd cards
 * take an EFA without addresses alone is in EC2's user guide, "EFA configuration for P6e-GB200", and in
 * aws-parallelcluster#6930. How many a card takes isn't: one on those, and as on p6-b300 on the others.
 */
export const instanceTypes: Record<string, InstanceType> = {
  "t3.micro": type(2, card(0, 2)),
  "t4g.nano": type(2, card(0, 2)),
  "t4g.micro": type(2, card(0, 2)),
  "t4g.small": type(4, card(0, 3)),
  "m7g.medium": type(4, card(0, 2)),
  "t3.medium": type(6, card(0, 3)),
  "m7i.large": type(10, card(0, 3)),
  "c6in.32xlarge": {
    ...type(50, card(0, 8, ALL), card(1, 8, ALL)),
    enaSrdSupported: true,
    maximumEnaQueueCountPerInterface: 32,
  },
  "i7ie.48xlarge": { ...type(50, card(0, 8, ALL), card(1, 7, ALL)), enaSrdSupported: true },
  "p6e-gb200.36xlarge": type(
    50,
    ...[0, 2, 4, 6, 8, 10, 12, 14, 16].map((index) => card(index, 4)),
    ...[1, 3, 5, 7, 9, 11, 13, 15].map((index) => card(index, 1, ["efa-only"])),
  ),
};

/** How many interfaces with addresses an instance of a type takes. */
export function interfaceLimitOf(instanceType: string): number {
  const { networkCards = [], maximumNetworkInterfaces = 0 } = instanceTypes[instanceType] ?? {};
  const cards = networkCards.filter(({ interfaceTypes }) => interfaceTypes.includes("interface"));
  return Math.min(maximumNetworkInterfaces, sumOf(cards));
}

/** What is said of a type that isn't among these. */
export function unknownType(instanceType: string): NotModelled {
  return new NotModelled(
    `instance type ${instanceType}, but ${Object.keys(instanceTypes).join(", ")}`,
  );
}
