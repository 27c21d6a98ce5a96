import assert from "node:assert/strict";
import { readConfig } from "../config";
import { assertRefuses, clearConfiguration, configure, type Refusal } from "./configuration";
import { deploy } from "./mocks";

/** The configuration of one pool on demand in two zones, but for what is said otherwise. */
const onDemand = (keys: Record<string, unknown> = {}) => ({
  pools: [
    {
      name: "backend",
      onDemandSubnetIds: ["subnet-a", "subnet-small"],
      securityGroupIds: ["sg-1"],
      ...keys,
    },
  ],
});

describe("readConfig, of a pool on demand", () => {
  after(clearConfiguration);

  it("takes subnets of several zones, and groups of any size in another VPC there", async () => {
    const { pools } = onDemand({
      group: { subnetIds: ["subnet-other"], securityGroupIds: ["sg-other"], maxSize: 5_000 },
    });
    configure({ pools });
    assert.deepEqual((await deploy(readConfig)).value.pools, pools);
  });

  const refusals: Refusal[] = [
    [
      "no subnets, no security groups and a group of no size",
      onDemand({ onDemandSubnetIds: [], securityGroupIds: undefined, group: {} }),
      [
        "pools[0].onDemandSubnetIds is an empty list; write a subnet's id for each zone in which instances run",
        "pools[0].group.maxSize is missing; write the most instances, which no number of interfaces limits",
        "pools[0].securityGroupIds is missing; write the security groups of the interfaces made on demand",
      ],
    ],
    [
      "what only a pool of fixed interfaces has",
      onDemand({
        subnetId: "subnet-a",
        size: 1,
        networkInterfaceIds: ["eni-free"],
        sourceDestCheck: false,
      }),
      [
        "pools[0] has onDemandSubnetIds and subnetId, size, networkInterfaceIds, sourceDestCheck; " +
          "leave one or the other out: what is made on demand has no fixed address",
      ],
    ],
    [
      "two subnets in one zone, of two VPCs, and one that can't be read",
      onDemand({ onDemandSubnetIds: ["subnet-a", "subnet-none", "subnet-other"] }),
      [
        "pools[0].onDemandSubnetIds[1] is subnet-none, which can't be read: no matching EC2 Subnet found; write a subnet of this account and Region",
        "pools[0].onDemandSubnetIds[2] is subnet-other of vpc-other, but subnet-a is of vpc-1; write subnets of one VPC",
        "pools[0].onDemandSubnetIds[2] is subnet-other in eu-west-1a, as subnet-a is; write one for each zone",
      ],
    ],
    [
      "a group where the pool has no subnet, behind security groups of other VPCs",
      onDemand({
        onDemandSubnetIds: ["subnet-small"],
        securityGroupIds: ["sg-other"],
        group: { maxSize: 2, subnetIds: ["subnet-a"], securityGroupIds: ["sg-1", "sg-closed"] },
      }),
      [
        "pools[0].group.subnetIds[0] is subnet-a in eu-west-1a, but the pool has subnets in eu-west-1b; " +
          "write a subnet of one of these zones, or give the pool one in eu-west-1a",
        "pools[0].securityGroupIds[0] is sg-other of vpc-other, but the subnet is of vpc-1; write a security group of vpc-1",
        "pools[0].group.securityGroupIds[1] is sg-closed of vpc-closed, but the subnet is of vpc-1; write a security group of vpc-1",
      ],
    ],
    [
      "more pools than the instance type takes",
      {
        pools: [
          ...onDemand({ group: { maxSize: 1, furtherPools: ["data"] } }).pools,
          { name: "data", size: 1 },
        ],
      },
      [
        "pools[0].group.instanceType is t4g.micro, which takes 2 network interfaces, but the instances need 3, " +
          "their primary one and one of each pool; write a larger type, or fewer furtherPools",
      ],
    ],
    [
      "more user data than EC2 takes",
      onDemand({ group: { maxSize: 1, userData: "x".repeat(16_385) } }),
      ["pools[0].group.userData has 16385 bytes, and EC2 takes 16384; write 1 fewer"],
    ],
  ];
  for (const [title, keys, mistakes] of refusals) {
    it(`refuses ${title}`, () => assertRefuses(keys, mistakes));
  }
});
