import { subnetIn, subnetsIn } from "../deploy/subnets";
import type { Existing, GivenInterface } from "../deploy/providerFunctions";

/** What is deployed for a history. */
export interface World {
  pools: object[];
  existing?: Existing;
}

/** A licence that one machine holds at a public address, and a cluster with an address to spare. */
const fixed: World = {
  pools: [
    { name: "licence", size: 1, publicAddresses: true, group: {} },
    { name: "cluster", size: 5, group: { desiredCapacity: 0, maxSize: 4 } },
  ],
};

const managementSubnet = subnetIn("management", "a", "10.31.0.0/24");

const managementInterfaces: GivenInterface[] = [1, 2, 3, 4].map((number) => ({
  id: `eni-management-${number}`,
  subnetId: managementSubnet.id,
  address: `10.31.0.1${number}`,
  macAddress: `06:00:00:00:00:0${number}`,
  tags: {},
}));

/** A pair of which one holds the address, and machines in two networks: one of interfaces that exist already. */
const standbysAndSeveral: World = {
  existing: { subnets: [managementSubnet], networkInterfaces: managementInterfaces },
  pools: [
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
    { name: "management", networkInterfaceIds: managementInterfaces.map(({ id }) => id) },
  ],
};

const backendSubnets = subnetsIn("backend", "10.30");

/** A second network, made on demand in two zones, and one beside a fixed address. */
const onDemand: World = {
  existing: {
    subnets: backendSubnets,
    securityGroups: [{ id: "sg-backend", vpcId: "vpc-backend" }],
  },
  pools: [
    {
      name: "backend",
      onDemandSubnetIds: backendSubnets.map(({ id }) => id),
      securityGroupIds: ["sg-backend"],
      group: { desiredCapacity: 0, maxSize: 3 },
    },
    {
      name: "licence",
      size: 3,
      group: {
        furtherPools: ["backend"],
        instanceType: "t4g.small",
        desiredCapacity: 1,
        maxSize: 2,
      },
    },
  ],
};

/** The worlds that histories are played in, one seed after the other. */
export const WORLDS: World[] = [fixed, standbysAndSeveral, onDemand];

/** The world that a seed is played in. */
export function worldOf(seed: number): World {
  return WORLDS[Math.abs(seed) % WORLDS.length] ?? fixed;
}
