import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import {
  NetworkInterfaceManager,
  type NetworkInterfaceManagerArgs,
} from "../../components/networkInterfaceManager";
import { checkLimits } from "../../components/networkInterfaceManager/limits";
import { scopeOf } from "../../components/networkInterfaceManager/pools";
import { refuse, typesAndNames } from "../mocks";
import { refuseLater } from "../refusals";

const seventeen = Array.from({ length: 17 }, (_, index) => `sg-${index}`);

const many = <Pool>(count: number, poolOf: (digits: string) => Pool) =>
  Array.from({ length: count }, (_, index) => poolOf(String(index).padStart(2, "0")));
const onDemand = {
  subnetIds: ["subnet-0123456789abcdef0"],
  securityGroupIds: ["sg-0123456789abcdef0"],
};
const onDemandLater = {
  subnetIds: [pulumi.output("subnet-a")],
  securityGroupIds: pulumi.output(["sg-1"]),
};
const whenExhausted = "continue";
const fewer = "write shorter names, or fewer pools and another manager for the rest";

describe("NetworkInterfaceManager, given a mistake", () => {
  const cases: [string, NetworkInterfaceManagerArgs, string][] = [
    [
      "an empty list of pools",
      { pools: [] },
      "pools is an empty list; write the pools' names, or leave it out to look after every pool",
    ],
    [
      "pools without a name, and what has none to part",
      { pools: ["licence", "", " , ", { name: " " }] },
      [
        "pools[1] is empty; write the pool's name, the value of its tag",
        "pools[2] is empty; write the pool's name, the value of its tag",
        "pools[3].name is empty; write the pool's name, the value of its tag",
      ].join("\n"),
    ],
    [
      "names that its rights can't name, also among several",
      { pools: ["data,\u6c60", "n".repeat(129)] },
      [
        "pools[0] has the character \"\u6c60\", which the manager's rights can't name; write characters of Latin-1",
        "pools[1] has 129 characters; write at most 128",
      ].join("\n"),
    ],
    [
      "settings of several pools at once",
      { pools: [{ name: "data,management", whenExhausted: "continue" }] },
      "pools[0].name has a comma, which parts the names of several pools in a tag; write a name without one",
    ],
    [
      "two settings of one pool",
      { pools: [{ name: "pair" }, "licence", { name: "pair", whenExhausted: "continue" }] },
      'pools[2].name is "pair", as pools[0].name is; write every name once',
    ],
    [
      "a pool that is filled on demand without a subnet",
      { pools: [{ name: "second", onDemand: { subnetIds: [], securityGroupIds: ["sg-1"] } }] },
      "pools[0].onDemand.subnetIds is an empty list; write a subnet in each Availability Zone in which instances run",
    ],
    [
      "pools that are filled on demand without a security group, and with more than EC2 takes",
      {
        pools: [
          { name: "second", onDemand: { subnetIds: ["subnet-a"], securityGroupIds: [] } },
          { name: "third", onDemand: { subnetIds: ["subnet-a"], securityGroupIds: seventeen } },
        ],
      },
      [
        "pools[0].onDemand.securityGroupIds is an empty list; write a security group of the subnets' VPC",
        "pools[1].onDemand.securityGroupIds has 17 entries; write 1 to 16",
      ].join("\n"),
    ],
    ...[onDemand, onDemandLater].map((place): [string, NetworkInterfaceManagerArgs, string] => [
      `pools on demand that need more rights and settings than AWS takes, ${place === onDemand ? "of known subnets" : "of subnets yet to be made"},`,
      { pools: many(30, (digits) => ({ name: `${"n".repeat(38)}${digits}`, onDemand: place })) },
      [
        `pools make the policy of the manager's role 13537 characters long, 3297 more than AWS takes; ${fewer}`,
        `pools make the environment of its function 6717 bytes long, 2621 more than AWS takes; ${fewer}`,
      ].join("\n"),
    ]),
    [
      "more settings of pools than its function can be told",
      { pools: many(45, (digits) => ({ name: `${"n".repeat(25)}${digits}`, whenExhausted })) },
      `pools make the environment of its function 4482 bytes long, 386 more than AWS takes; ${fewer}`,
    ],
    [
      "longer names than its rights can hold",
      { pools: many(24, (digits) => `${"n".repeat(118)}${digits}`) },
      `pools make the policy of the manager's role 10329 characters long, 89 more than AWS takes; ${fewer}`,
    ],
    ...[0, 0.5, NaN].map((minutes): [string, NetworkInterfaceManagerArgs, string] => [
      `an alarm after ${minutes} minutes`,
      { alarmAfterMinutes: minutes },
      `alarmAfterMinutes is ${minutes}; write a whole number of minutes of 1 or more`,
    ]),
    ...[0, -1, 1.5, 481, NaN].map((syncInterval): [string, NetworkInterfaceManagerArgs, string] => [
      `a syncInterval of ${syncInterval}`,
      { syncInterval },
      `syncInterval is ${syncInterval}; write a whole number of minutes from 1 to 480`,
    ]),
  ];
  for (const [mistake, args, message] of cases) {
    it(`refuses ${mistake} and creates nothing`, async () => {
      const { error, registrations } = await refuse(
        () => new NetworkInterfaceManager("manager", args),
      );
      assert.ok(pulumi.ResourceError.isInstance(error));
      assert.equal(error.message, message);
      assert.equal(error.hideStack, true);
      assert.deepEqual(typesAndNames(registrations), [
        "network-interface-pool:index:NetworkInterfaceManager manager",
      ]);
    });
  }

  it("takes as many pools as AWS does", () => {
    const pools = many(23, (digits) => `${"n".repeat(118)}${digits}`);
    assert.deepEqual(checkLimits("manager", scopeOf(undefined, pools), "wait"), []);
  });

  it("makes no function for a list of security groups that turns out empty", async () => {
    const securityGroupIds = pulumi.output<string[]>([]);
    const pool = { name: "second", onDemand: { subnetIds: ["subnet-a"], securityGroupIds } };
    const { errors, registrations } = await refuseLater(
      () => new NetworkInterfaceManager("manager", { pools: ["licence", pool] }),
    );
    assert.deepEqual(
      errors.map((error) => (error as Error).message),
      [
        "pools[1].onDemand.securityGroupIds is an empty list; write a security group of the subnets' VPC",
      ],
    );
    assert.ok(!registrations.some(({ type }) => type === "aws:lambda/function:Function"));
  });
});
