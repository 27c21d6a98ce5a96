import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { readConfig, type StackConfig } from "../config";
import { assertRefuses, clearConfiguration, configure, pool, type Refusal } from "./configuration";
import { deploy, refuse } from "./mocks";

const addressed = (...addresses: unknown[]) => pool({ size: undefined, addresses });

const INTERFACES = "write a whole number from 1 to 1000";

async function read(keys: Record<string, unknown>): Promise<StackConfig> {
  configure(keys);
  return (await deploy(readConfig)).value;
}

describe("readConfig", () => {
  after(clearConfiguration);

  it("fills in what is left out", async () => {
    assert.deepEqual(await read({ pools: [{ name: "licence", addresses: ["10.0.0.10"] }] }), {
      pools: [{ name: "licence", addresses: ["10.0.0.10"] }],
      tagKey: "network-interface-manager-pool",
      syncInterval: 1,
      logRetentionInDays: 30,
      alarmAfterMinutes: 5,
    });
  });

  it("takes an empty topic, the default of Pulumi.yaml, for none", async () => {
    const { alarmTopicArn } = await read({ ...pool({}), alarmTopicArn: "" });
    assert.equal(alarmTopicArn, undefined);
  });

  for (const arn of [
    "arn:aws-cn:sns:cn-north-1:123456789012:on-call",
    `arn:aws:sns:eu-west-1:123456789012:${"a_B-3".repeat(51)}`,
  ]) {
    it(`takes the topic ${arn.slice(0, 50)}`, async () => {
      assert.equal((await read({ ...pool({}), alarmTopicArn: arn })).alarmTopicArn, arn);
    });
  }

  it("takes everything that is written", async () => {
    const keys = {
      pools: [
        {
          name: "licence",
          subnetId: "subnet-a",
          addresses: ["10.1.0.10", "10.1.0.11"],
          secondaryAddresses: [["10.1.0.20"], []],
          ipv6AddressCount: 0,
          publicAddresses: true,
          sourceDestCheck: false,
          securityGroupIds: ["sg-1"],
          group: {
            subnetIds: ["subnet-other"],
            securityGroupIds: ["sg-other"],
            instanceType: "t4g.micro",
            imageId: "ami-1",
            desiredCapacity: 1,
            maxSize: 2,
            userData: "#!/bin/sh",
            waitForAddress: true,
            keyName: "admin",
            instanceProfile: "web",
            healthCheckGracePeriod: 0,
          },
        },
        { name: "cluster", size: 1000, group: { imageParameter: "/images/debian" } },
      ],
      tagKey: "123",
      syncInterval: 480,
      logRetentionInDays: 365,
      alarmTopicArn: "arn:aws:sns:eu-west-1:123456789012:on-call",
      alarmAfterMinutes: 20,
    };
    assert.deepEqual(await read(keys), keys);
  });

  it("asks for gateway and instance type only where further addresses need them", async () => {
    configure({
      pools: [
        { name: "a", subnetId: "subnet-a", size: 1, publicAddresses: true, group: {} },
        { name: "b", subnetId: "subnet-dual", size: 1, ipv6AddressCount: 2, group: {} },
        { name: "c", size: 1, publicAddresses: true },
        { name: "d", subnetId: "subnet-dual", size: 1, ipv6AddressCount: 9 },
      ],
    });
    const { calls } = await deploy(readConfig);
    const asked = calls.map(({ token, inputs }) => [token.split(":").at(-1), inputs] as const);
    assert.deepEqual(asked.sort(), [
      ["getInstanceType", { instanceType: "t4g.micro" }],
      ["getInternetGateway", { filters: [{ name: "attachment.vpc-id", values: ["vpc-1"] }] }],
      ["getSubnet", { id: "subnet-a" }],
      ["getSubnet", { id: "subnet-dual" }],
      ["getSubnet", { id: "subnet-dual" }],
    ]);
  });

  it("reads every subnet that is given, and no other", async () => {
    configure({
      pools: [
        { name: "a", subnetId: "subnet-a", size: 1 },
        { name: "b", size: 1 },
      ],
    });
    const { calls, registrations } = await deploy(readConfig);
    assert.deepEqual(calls, [{ token: "aws:ec2/getSubnet:getSubnet", inputs: { id: "subnet-a" } }]);
    assert.deepEqual(registrations, []);
  });

  it("asks for none of a list that is too long for subnets or security groups", async () => {
    const ids = (prefix: string) => Array.from({ length: 101 }, (_, index) => `${prefix}-${index}`);
    const group = { subnetIds: ids("subnet"), securityGroupIds: ids("sg") };
    configure({ pools: [{ name: "a", size: 1, group }] });
    const { calls } = await refuse(readConfig);
    assert.deepEqual(calls, []);
  });

  it("takes one address in two VPCs with the same range", async () => {
    const pools = [
      { name: "a", subnetId: "subnet-a", addresses: ["10.1.0.10"] },
      { name: "b", subnetId: "subnet-other", addresses: ["10.1.0.10"] },
    ];
    assert.deepEqual((await read({ pools })).pools, pools);
  });

  it("takes a group's own subnets in the pool's zone, whichever VPC they are of", async () => {
    const pools = [
      { name: "a", subnetId: "subnet-a", size: 1, group: { subnetIds: ["subnet-a2"] } },
      { name: "b", subnetId: "subnet-a", size: 1, group: { subnetIds: ["subnet-other"] } },
      // Nobody knows the zone of the subnet for trying out before it is made.
      { name: "c", size: 1, group: { subnetIds: ["subnet-small"] } },
    ];
    assert.deepEqual((await read({ pools })).pools, pools);
  });

  it("takes interfaces that exist already, wherever their holders are", async () => {
    const pools = [
      {
        name: "licence",
        networkInterfaceIds: ["eni-ours", "eni-free", "eni-held", "eni-neighbour"],
        group: { subnetIds: ["subnet-other"], securityGroupIds: ["sg-other"] },
      },
      { name: "cluster", subnetId: "subnet-a", networkInterfaceIds: ["eni-pooled"] },
    ];
    assert.deepEqual((await read({ pools })).pools, pools);
  });

  for (const size of [1, 11]) {
    it(`accepts ${size} of the 11 addresses of a subnet`, async () => {
      const pools = [{ name: "small", subnetId: "subnet-small", size }];
      assert.deepEqual((await read({ pools })).pools, pools);
    });
  }

  it("counts what waits for the address as user data, the tag key with it", async () => {
    const waiting = (bytes: number) =>
      pool({ group: { userData: "x".repeat(bytes), waitForAddress: true } });
    configure(waiting(16_384));
    const { error } = await refuse(readConfig);
    assert.ok(pulumi.RunError.isInstance(error));
    const [, fewer = ""] = /and EC2 takes 16384; write (\d+) fewer$/.exec(error.message) ?? [];
    const most = 16_384 - Number(fewer);
    await read(waiting(most));
    await assertRefuses({ ...waiting(most), tagKey: "network-interface-manager-pools" }, [
      "pools[0].group.userData makes, with waitForAddress, 16385 bytes, and EC2 takes 16384; write 1 fewer",
    ]);
  });

  const refusals: Record<string, Refusal[]> = {
    "in user data": [
      [
        "more than EC2 takes",
        pool({ group: { userData: "x".repeat(16_385) } }),
        ["pools[0].group.userData has 16385 bytes, and EC2 takes 16384; write 1 fewer"],
      ],
    ],
    "in addresses and size": [
      [
        "both",
        pool({ addresses: ["10.0.0.10"] }),
        ["pools[0] has addresses (1) and size (1); write one of them"],
      ],
      [
        "neither",
        pool({ size: undefined }),
        [
          'pools[0] has no interfaces; write addresses: ["10.0.0.10"] for fixed addresses, size: 1, or networkInterfaceIds',
        ],
      ],
      ["size 0", pool({ size: 0 }), [`pools[0].size is 0; ${INTERFACES}`]],
      ["size -1", pool({ size: -1 }), [`pools[0].size is -1; ${INTERFACES}`]],
      ["size 1.5", pool({ size: 1.5 }), [`pools[0].size is 1.5; ${INTERFACES}`]],
      ["size 1001", pool({ size: 1001 }), [`pools[0].size is 1001; ${INTERFACES}`]],
      ["no addresses", addressed(), ["pools[0].addresses has 0 entries; write 1 to 1000"]],
      [
        "an address with leading zeros",
        addressed("10.0.0.10", "010.0.0.11"),
        ['pools[0].addresses[1] is "010.0.0.11"; write an IPv4 address like 10.0.0.10'],
      ],
      [
        "an IPv6 address",
        addressed("2001:db8::1"),
        ['pools[0].addresses[0] is "2001:db8::1"; write an IPv4 address like 10.0.0.10'],
      ],
      [
        "a number as an address",
        addressed(10),
        ["pools[0].addresses[0] is 10; write an IPv4 address like 10.0.0.10"],
      ],
      [
        "a multicast address",
        addressed("224.0.0.1"),
        [
          "pools[0].addresses[0] is 224.0.0.1, which is reserved (multicast); write an address of the pool's subnet",
        ],
      ],
      [
        "an address twice in a pool",
        addressed("10.0.0.10", "10.0.0.11", "10.0.0.10"),
        ["pools[0].addresses[2] is 10.0.0.10, as addresses[0] is; write every address once"],
      ],
      [
        "an address in two pools",
        {
          pools: [
            { name: "licence", addresses: ["10.0.0.10"] },
            { name: "cluster", addresses: ["10.0.0.11", "10.0.0.10"] },
          ],
        },
        ["pools[1].addresses[1] is 10.0.0.10, which pools[0] has too; write it in one pool"],
      ],
    ],
    "in regard to the subnet": [
      ...["10.1.0.0", "10.1.0.1", "10.1.0.2", "10.1.0.3", "10.1.0.255"].map((address): Refusal => [
        `${address}, which AWS keeps in the subnet`,
        pool({ subnetId: "subnet-a", size: undefined, addresses: [address] }),
        [
          `pools[0].addresses[0] is ${address}, which AWS reserves in subnet 10.1.0.0/24; write one of 10.1.0.4 to 10.1.0.254`,
        ],
      ]),
      [
        "an address outside the subnet",
        pool({ subnetId: "subnet-a", size: undefined, addresses: ["10.0.0.10"] }),
        [
          "pools[0].addresses[0] is 10.0.0.10, which is outside subnet 10.1.0.0/24; write one of 10.1.0.4 to 10.1.0.254",
        ],
      ],
      [
        "addresses that the subnet for trying out does not give",
        addressed("10.0.0.3", "10.0.0.4", "10.0.15.254", "10.0.15.255", "10.0.16.0"),
        [
          "pools[0].addresses[0] is 10.0.0.3, which AWS reserves in subnet 10.0.0.0/20; write one of 10.0.0.4 to 10.0.15.254",
          "pools[0].addresses[3] is 10.0.15.255, which AWS reserves in subnet 10.0.0.0/20; write one of 10.0.0.4 to 10.0.15.254",
          "pools[0].addresses[4] is 10.0.16.0, which is outside subnet 10.0.0.0/20; write one of 10.0.0.4 to 10.0.15.254",
        ],
      ],
      [
        "a size above what the subnet gives",
        pool({ subnetId: "subnet-small", size: 12 }),
        ["pools[0].size is 12, but subnet 10.2.0.16/28 has 11 addresses to give; write at most 11"],
      ],
      [
        "a subnet that can't be read",
        pool({ subnetId: "subnet-none" }),
        [
          "pools[0].subnetId is subnet-none, which can't be read: no matching EC2 Subnet found; write a subnet of this account and Region",
        ],
      ],
    ],
    "in further addresses": [
      [
        "lists that are not as many as the addresses",
        pool({ size: undefined, addresses: ["10.0.0.10"], secondaryAddresses: [] }),
        [
          "pools[0].secondaryAddresses has 0 lists for 1 addresses; write one for each address in the same order, [] for none",
        ],
      ],
      [
        "lists beside a size",
        pool({ secondaryAddresses: [["10.0.0.20"]] }),
        ["pools[0] has secondaryAddresses and size; write addresses, one for each list"],
      ],
      [
        "one outside the subnet",
        pool({
          subnetId: "subnet-a",
          size: undefined,
          addresses: ["10.1.0.10"],
          secondaryAddresses: [["10.0.0.20"]],
        }),
        [
          "pools[0].secondaryAddresses[0][0] is 10.0.0.20, which is outside subnet 10.1.0.0/24; write one of 10.1.0.4 to 10.1.0.254",
        ],
      ],
      [
        "half an IPv6 address",
        pool({ ipv6AddressCount: 0.5 }),
        ["pools[0].ipv6AddressCount is 0.5; write a whole number of addresses, 0 or more"],
      ],
      [
        "IPv6 addresses of a subnet without a range",
        pool({ subnetId: "subnet-a", ipv6AddressCount: 1 }),
        [
          "pools[0].ipv6AddressCount is 1, but subnet 10.1.0.0/24 has no IPv6 range; give the subnet one, or leave this out",
        ],
      ],
      [
        "public addresses in a VPC without a gateway",
        pool({ subnetId: "subnet-dual", publicAddresses: true }),
        [
          "pools[0].publicAddresses is true, but vpc-closed shows no internet gateway: no matching EC2 Internet Gateway found; attach one to it, or leave this out",
        ],
      ],
      [
        "more than the group's instance type takes",
        pool({
          subnetId: "subnet-dual",
          size: undefined,
          addresses: ["10.3.0.10"],
          secondaryAddresses: [["10.3.0.20", "10.3.0.21"]],
          ipv6AddressCount: 3,
          group: {},
        }),
        [
          "pools[0].secondaryAddresses[0] has 2 addresses, but t4g.micro takes 1 beside the first; write at most 1, or a larger group.instanceType",
          "pools[0].ipv6AddressCount is 3, but t4g.micro takes 2 on an interface; write at most 2, or a larger group.instanceType",
        ],
      ],
      [
        "an instance type that can't be read",
        pool({
          subnetId: "subnet-dual",
          ipv6AddressCount: 1,
          group: { instanceType: "z9.nano" },
        }),
        [
          "pools[0].group.instanceType is z9.nano, which can't be read: no matching EC2 Instance Type found; write an instance type of this Region",
        ],
      ],
    ],
    "in subnets and security groups": [
      [
        "subnets of the group outside the pool's zone, of two VPCs, and one that can't be read",
        pool({
          subnetId: "subnet-a",
          group: { subnetIds: ["subnet-small", "subnet-none", "subnet-other"] },
        }),
        [
          "pools[0].group.subnetIds[1] is subnet-none, which can't be read: no matching EC2 Subnet found; write a subnet of this account and Region",
          "pools[0].group.subnetIds[0] is subnet-small in eu-west-1b, but the pool is in eu-west-1a; write a subnet of eu-west-1a",
          "pools[0].group.subnetIds[2] is subnet-other of vpc-other, but subnet-small is of vpc-1; write subnets of one VPC",
        ],
      ],
      [
        "security groups of another VPC, for interfaces and for instances",
        pool({
          subnetId: "subnet-a",
          securityGroupIds: ["sg-1", "sg-other"],
          group: { subnetIds: ["subnet-other"], securityGroupIds: ["sg-other", "sg-1"] },
        }),
        [
          "pools[0].securityGroupIds[1] is sg-other of vpc-other, but the subnet is of vpc-1; write a security group of vpc-1",
          "pools[0].group.securityGroupIds[1] is sg-1 of vpc-1, but the subnet is of vpc-other; write a security group of vpc-other",
        ],
      ],
      [
        "security groups of a group in the pool's subnet that are of another VPC",
        pool({ subnetId: "subnet-a", group: { securityGroupIds: ["sg-other"] } }),
        [
          "pools[0].group.securityGroupIds[0] is sg-other of vpc-other, but the subnet is of vpc-1; write a security group of vpc-1",
        ],
      ],
      [
        "a security group that can't be read",
        pool({ subnetId: "subnet-a", securityGroupIds: ["sg-none"] }),
        [
          "pools[0].securityGroupIds[0] is sg-none, which can't be read: no matching EC2 Security Group found; write a security group of this account and Region",
        ],
      ],
      [
        "security groups where the VPC is yet to be made",
        pool({ securityGroupIds: ["sg-1"] }),
        [
          "pools[0] has securityGroupIds but no subnetId; write the subnet that they are for, or neither",
        ],
      ],
      [
        "only the pool's subnet where that can't be read",
        pool({
          subnetId: "subnet-none",
          securityGroupIds: ["sg-1"],
          group: { subnetIds: ["subnet-other"] },
        }),
        [
          "pools[0].subnetId is subnet-none, which can't be read: no matching EC2 Subnet found; write a subnet of this account and Region",
        ],
      ],
    ],
    "in interfaces that exist already": [
      [
        "what they are, where they are and whose they are, all at once",
        {
          tagKey: "network-interface-manager-pool",
          pools: [
            {
              name: "licence",
              subnetId: "subnet-a2",
              networkInterfaceIds: ["eni-neighbour", "eni-other-zone", "eni-pooled", "eni-none"],
              securityGroupIds: ["sg-1"],
              group: { subnetIds: ["subnet-small"], maxSize: 5 },
            },
            { name: "cluster", networkInterfaceIds: ["eni-primary", "eni-neighbour"] },
          ],
        },
        [
          "pools[0].securityGroupIds is given, but interfaces that exist already keep their own; leave it out",
          "pools[0].group.maxSize is 5; write a whole number from 0 to 4, the interfaces of the pool",
          "pools[1].networkInterfaceIds[1] is eni-neighbour, which pools[0] has too; write it in one pool",
          "pools[0].networkInterfaceIds[3] is eni-none, which can't be read: no matching EC2 Network Interface found; write a network interface of this account and Region",
          "pools[0].networkInterfaceIds[1] is eni-other-zone, in eu-west-1b, but eni-neighbour is in eu-west-1a; write interfaces of one zone",
          "pools[0].networkInterfaceIds[1] is eni-other-zone, in subnet-small, but subnetId is subnet-a2; leave subnetId out",
          'pools[0].networkInterfaceIds[2] is eni-pooled, which is in pool "cluster" by its tag network-interface-manager-pool; take the tag away first',
          "pools[0].networkInterfaceIds[2] is eni-pooled, in subnet-a, but subnetId is subnet-a2; leave subnetId out",
          "pools[0].group.subnetIds[0] is subnet-small in eu-west-1b, but the pool is in eu-west-1a; write a subnet of eu-west-1a",
          "pools[1].networkInterfaceIds[0] is eni-primary, the primary interface of i-old, which never comes off; write one that can be detached",
        ],
      ],
      [
        "the tag of another pool under no other tag key",
        {
          tagKey: "team:pool",
          pools: [{ name: "licence", networkInterfaceIds: ["eni-pooled", "eni-service"] }],
        },
        [
          "pools[0].networkInterfaceIds[1] is eni-service, which a service of AWS holds (amazon-elb); write one of your own",
        ],
      ],
    ],
    "in names": [
      [
        "a name of 129 characters",
        pool({ name: "n".repeat(129) }),
        ["pools[0].name has 129 characters; write at most 128"],
      ],
      [
        "an empty name",
        pool({ name: "" }),
        ["pools[0].name is empty; write the pool's name, the value of its tag"],
      ],
      [
        "no name",
        pool({ name: undefined }),
        ["pools[0].name is missing; write the pool's name, the value of its tag"],
      ],
      [
        "a name that is used twice",
        {
          pools: [
            { name: "licence", size: 1 },
            { name: "licence", size: 2 },
          ],
        },
        ['pools[1].name is "licence", as pools[0].name is; write every name once'],
      ],
    ],
    "in a group": [
      [
        "a maxSize above the pool",
        pool({ size: 3, group: { maxSize: 4 } }),
        [
          "pools[0].group.maxSize is 4; write a whole number from 0 to 3, the interfaces of the pool",
        ],
      ],
      [
        "a desiredCapacity above maxSize",
        pool({ size: 3, group: { maxSize: 2, desiredCapacity: 3 } }),
        [
          "pools[0].group.desiredCapacity is 3; write a whole number from 0 to 2, the group's maxSize",
        ],
      ],
      [
        "two images",
        pool({ group: { imageId: "ami-1", imageParameter: "/images/debian" } }),
        ["pools[0].group has both imageId and imageParameter; write one of them"],
      ],
    ],
  };
  for (const [where, ofPlace] of Object.entries(refusals)) {
    describe(where, () => {
      for (const [title, keys, mistakes] of ofPlace) {
        it(`refuses ${title}`, () => assertRefuses(keys, mistakes));
      }
    });
  }
});
