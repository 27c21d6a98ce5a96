import assert from "node:assert/strict";
import {
  checkInterfaces,
  type ExistingInterface,
  type InterfaceAttachment,
} from "../../components/interfaceChecks";

const TAG_KEY = "network-interface-manager-pool";
const pool = { name: "licence", tagKey: TAG_KEY };

const existing = (id: string, changes: Partial<ExistingInterface> = {}): ExistingInterface => ({
  networkInterfaceId: id,
  availabilityZone: "eu-west-1a",
  subnetId: "subnet-a",
  vpcId: "vpc-1",
  privateIp: "10.1.0.10",
  macAddress: "02:00:00:00:00:01",
  ipv6Addresses: [],
  securityGroups: ["sg-1"],
  interfaceType: "interface",
  tags: {},
  ...changes,
});

const heldBy = (changes: Partial<InterfaceAttachment>): Partial<ExistingInterface> => ({
  attachment: {
    attachmentId: "eni-attach-1",
    instanceId: "i-1",
    instanceOwnerId: "111122223333",
    deviceIndex: 1,
    networkCardIndex: 0,
    deleteOnTermination: false,
    ...changes,
  },
});

describe("checkInterfaces", () => {
  const accepted: [string, Partial<ExistingInterface>][] = [
    ["is free", {}],
    ["is held by an instance", heldBy({})],
    [
      "is at device index 0 of another network card",
      heldBy({ deviceIndex: 0, networkCardIndex: 1 }),
    ],
    ["has the tag of this pool already", { tags: { [TAG_KEY]: "licence" } }],
    ["has other tags", { tags: { Name: "licence server", pool: "cluster" } }],
    ["is in another subnet of the same zone", { subnetId: "subnet-a2" }],
  ];
  for (const [what, changes] of accepted) {
    it(`accepts one that ${what}`, () => {
      assert.deepEqual(checkInterfaces([existing("eni-1"), existing("eni-2", changes)], pool), []);
    });
  }

  it("accepts the subnet that they are in", () => {
    assert.deepEqual(checkInterfaces([existing("eni-1")], { ...pool, subnetId: "subnet-a" }), []);
  });

  const refused: [string, Partial<ExistingInterface>, string][] = [
    [
      "is no interface that a running instance can take on",
      { interfaceType: "efa" },
      "which is of type efa; write one of type interface",
    ],
    [
      "a service holds",
      heldBy({ instanceId: "", instanceOwnerId: "amazon-elb" }),
      "which a service of AWS holds (amazon-elb); write one of your own",
    ],
    [
      "is an instance's primary interface",
      heldBy({ deviceIndex: 0 }),
      "the primary interface of i-1, which never comes off; write one that can be detached",
    ],
    [
      "is deleted together with its holder",
      heldBy({ deleteOnTermination: true }),
      "which EC2 deletes together with i-1; first run aws ec2 modify-network-interface-attribute " +
        "--network-interface-id eni-2 --attachment AttachmentId=eni-attach-1,DeleteOnTermination=false",
    ],
    [
      "is in another pool",
      { tags: { [TAG_KEY]: "cluster" } },
      `which is in pool "cluster" by its tag ${TAG_KEY}; take the tag away first`,
    ],
    [
      "is in another zone than the first",
      { availabilityZone: "eu-west-1b" },
      "in eu-west-1b, but eni-1 is in eu-west-1a; write interfaces of one zone",
    ],
  ];
  for (const [what, changes, message] of refused) {
    it(`refuses one that ${what}`, () => {
      const interfaces = [existing("eni-1"), existing("eni-2", changes)];
      assert.deepEqual(checkInterfaces(interfaces, pool), [
        { path: [1], message: `is eni-2, ${message}` },
      ]);
    });
  }

  it("refuses a subnet that one isn't in", () => {
    const interfaces = [existing("eni-1"), existing("eni-2", { subnetId: "subnet-a2" })];
    assert.deepEqual(checkInterfaces(interfaces, { ...pool, subnetId: "subnet-a" }), [
      {
        path: [1],
        message: "is eni-2, in subnet-a2, but subnetId is subnet-a; leave subnetId out",
      },
    ]);
  });

  it("measures zones by the first that could be read, and says all that is wrong with one", () => {
    const other = { availabilityZone: "eu-west-1b", tags: { [TAG_KEY]: "cluster" } };
    const interfaces = [undefined, existing("eni-1"), existing("eni-2", other)];
    assert.deepEqual(
      checkInterfaces(interfaces, pool).map(({ path }) => path),
      [[2], [2]],
    );
  });
});
