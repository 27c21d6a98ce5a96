import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import {
  NetworkInterfaceManager,
  type NetworkInterfaceManagerArgs,
} from "../../components/networkInterfaceManager";
import { checkLeastLimits } from "../../components/networkInterfaceManager/limits";
import { type OnDemandArgs, scopeOf } from "../../components/networkInterfaceManager/pools";
import { asRecord, deploy, find, refuse, type Registration, typesAndNames } from "../mocks";
import { refuseLater } from "../refusals";

const seventeen = Array.from({ length: 17 }, (_, index) => `sg-${index}`);

const many = <Pool>(count: number, poolOf: (digits: string) => Pool) =>
  Array.from({ length: count }, (_, index) => poolOf(String(index).padStart(2, "0")));
const onDemand = {
  subnetIds: ["subnet-0123456789abcdef0"],
  securityGroupIds: ["sg-0123456789abcdef0"],
};
const whenExhausted = "continue";
const fewer = "write fewer or shorter names of pools, or another stack for the rest";
const ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy";
const FUNCTION = "aws:lambda/function:Function";

/** Of what is deployed, as AWS counts it. */
function lengthsOf(registrations: Registration[]): { characters: number; bytes: number } {
  const { policy } = find(registrations, ROLE_POLICY, "manager").inputs;
  const { variables } = asRecord(find(registrations, FUNCTION, "manager").inputs.environment);
  const characters = String(policy).replaceAll(/\s/g, "").length;
  return { characters, bytes: Buffer.byteLength(JSON.stringify(variables)) };
}

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
      "two settings of one pool, whose name holds what a terminal obeys",
      { pools: [{ name: '"\u0085' }, { name: '"\u0085' }] },
      'pools[1].name is "\\"\\u{85}", as pools[0].name is; write every name once',
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
    [
      "pools on demand that need more rights and settings than AWS takes",
      { pools: many(30, (digits) => ({ name: `${"n".repeat(38)}${digits}`, onDemand })) },
      [
        `pools make the policy of the manager's role 13461 characters long, 3221 more than AWS takes; ${fewer}`,
        `pools make the environment of its function 6567 bytes long, 2471 more than AWS takes; ${fewer}`,
      ].join("\n"),
    ],
    [
      "more settings of pools than its function can be told",
      { pools: many(45, (digits) => ({ name: `${"n".repeat(25)}${digits}`, whenExhausted })) },
      `pools make the environment of its function 4482 bytes long, 386 more than AWS takes; ${fewer}`,
    ],
    [
      "longer names than its rights can hold",
      { pools: many(24, (digits) => `${"n".repeat(118)}${digits}`) },
      `pools make the policy of the manager's role 10288 characters long, 48 more than AWS takes; ${fewer}`,
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

  const knownPlace = { subnetIds: ["subnet-a", "subnet-small"], securityGroupIds: ["sg-1"] };
  const laterPlace = { ...knownPlace, securityGroupIds: pulumi.output(["sg-1", "sg-2"]) };
  const namesOnly = many(23, (digits) => `${"n".repeat(119)}${digits}`);
  const placedIn = (count: number, place: OnDemandArgs) =>
    many(count, (digits) => ({ name: `${"n".repeat(12)}${digits}`, onDemand: place }));
  const refuseNow = async (create: () => unknown) => {
    const { error, registrations } = await refuse(create);
    return { errors: [error], registrations };
  };
  const limits: [
    what: string,
    unit: "characters" | "bytes",
    pools: NonNullable<NetworkInterfaceManagerArgs["pools"]>,
    refuse: typeof refuseNow,
  ][] = [
    ["rights", "characters", namesOnly, refuseNow],
    ["settings of known subnets", "bytes", placedIn(24, knownPlace), refuseNow],
    [
      "settings of security groups that are known later",
      "bytes",
      placedIn(23, laterPlace),
      refuseLater,
    ],
  ];
  for (const [what, unit, pools, refuseLonger] of limits) {
    it(`takes ${what} as long as AWS does, by what is deployed, and refuses longer ones`, async () => {
      const create = (keyLength: number) => () =>
        new NetworkInterfaceManager("manager", { pools, tagKey: "k".repeat(keyLength) });
      const lengthWith = async (keyLength: number) =>
        lengthsOf((await deploy(create(keyLength))).registrations)[unit];
      const most = unit === "bytes" ? 4096 : 10_240;
      const shortest = await lengthWith(1);
      const step = (await lengthWith(2)) - shortest;
      const longestKey = 1 + Math.floor((most - shortest) / step);
      assert.ok(longestKey > 2 && longestKey < 128, `${shortest} and ${step} for each character`);
      assert.equal(await lengthWith(longestKey), shortest + (longestKey - 1) * step);
      const { registrations, errors } = await refuseLonger(create(longestKey + 1));
      const length = shortest + longestKey * step;
      const message = `${length} ${unit} long, ${length - most} more than AWS takes; ${fewer}`;
      assert.deepEqual(
        errors.map((error) => (error as Error).message.slice(-message.length)),
        [message],
      );
      const types = registrations.map(({ type }) => type);
      assert.ok(!types.includes(FUNCTION) && !types.includes(ROLE_POLICY));
    });
  }

  it("takes at first what may be little, of which nothing is known yet", () => {
    const pools = many(30, (digits) => ({
      name: digits,
      onDemand: {
        subnetIds: [pulumi.output("subnet-a")],
        securityGroupIds: pulumi.output(["sg-1"]),
      },
    }));
    assert.deepEqual(checkLeastLimits("manager", scopeOf(undefined, pools), "wait"), []);
  });

  it("says once what can't be read", async () => {
    const lost = { subnetIds: ["subnet-none", "subnet-a"], securityGroupIds: ["sg-none"] };
    const { errors, registrations } = await refuseLater(
      () => new NetworkInterfaceManager("manager", { pools: ["a", { name: "b", onDemand: lost }] }),
    );
    assert.deepEqual(
      errors.map((error) => (error as Error).message),
      [
        "pools[1].onDemand.subnetIds[0] is subnet-none, which can't be read: no matching EC2 Subnet found; write a subnet of this account and Region\n" +
          "pools[1].onDemand.securityGroupIds[0] is sg-none, which can't be read: no matching EC2 Security Group found; write a security group of this account and Region",
      ],
    );
    assert.ok(!registrations.some(({ type }) => type === FUNCTION));
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
    assert.ok(!registrations.some(({ type }) => type === FUNCTION));
  });
});
