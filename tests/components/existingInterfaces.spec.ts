import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { NetworkInterfaceManager } from "../../components/networkInterfaceManager";
import {
  NetworkInterfacePool,
  type NetworkInterfacePoolArgs,
} from "../../components/networkInterfacePool";
import { deploy, type Deployment, find, refuse, typesAndNames } from "../mocks";
import { refuseLater } from "../refusals";

const POOL = "network-interface-pool:index:NetworkInterfacePool";
const TAG = "aws:ec2/tag:Tag";
const TAG_KEY = "network-interface-manager-pool";

describe("NetworkInterfacePool, of interfaces that exist already", () => {
  let shared: NetworkInterfaceManager;
  before(async () => {
    shared = (await deploy(() => new NetworkInterfaceManager("shared"))).value;
  });

  const create = (args: Partial<NetworkInterfacePoolArgs>) => () =>
    new NetworkInterfacePool("licence", { manager: shared, ...args });

  describe("two of them", () => {
    for (const preview of [true, false]) {
      describe(preview ? "in a preview" : "in an update", () => {
        let deployment: Deployment;
        before(async () => {
          deployment = await deploy(
            create({ networkInterfaceIds: ["eni-held", "eni-neighbour"], group: {} }),
            { preview },
          );
        });

        it("get the pool tag and nothing else", () => {
          const made = typesAndNames(deployment.registrations).filter(
            (one) => !/auto|lau/i.test(one),
          );
          assert.deepEqual(made, [
            `${TAG} licence-eni-held`,
            `${TAG} licence-eni-neighbour`,
            `${POOL} licence`,
            "network-interface-pool:index:SingleZoneGroup licence",
          ]);
          assert.deepEqual(find(deployment.registrations, TAG, "licence-eni-neighbour").inputs, {
            resourceId: "eni-neighbour",
            key: TAG_KEY,
            value: "licence",
          });
        });

        it("give it up again where that is asked, in whichever stack", () => {
          assert.equal(find(deployment.registrations, TAG, "licence-eni-held").protect, false);
        });

        it("are tagged after the manager is there, and before the group is", () => {
          const tag = find(deployment.registrations, TAG, "licence-eni-held");
          assert.ok(tag.dependencies.includes("Function shared"));
          const type = "network-interface-pool:index:SingleZoneGroup";
          const group = find(deployment.registrations, type, "licence");
          assert.deepEqual(
            group.dependencies.filter((one) => one.startsWith("Tag")),
            ["Tag licence-eni-held", "Tag licence-eni-neighbour"],
          );
        });

        it("tell what they are in slot order", () => {
          assert.deepEqual(deployment.outputs["NetworkInterfacePool licence"], {
            addresses: ["address-of-eni-held", "address-of-eni-neighbour"],
            macAddresses: ["mac-of-eni-held", "mac-of-eni-neighbour"],
            networkInterfaceIds: ["eni-held", "eni-neighbour"],
            ipv6Addresses: [["ipv6-of-eni-held"], ["ipv6-of-eni-neighbour"]],
            publicIps: [],
            availabilityZone: "eu-west-1a",
            subnetZones: { "subnet-a": "eu-west-1a" },
          });
        });

        it("have the group run as many instances in their subnet, behind their security groups", () => {
          const type = "aws:autoscaling/group:Group";
          const { vpcZoneIdentifiers, maxSize } = find(
            deployment.registrations,
            type,
            "licence",
          ).inputs;
          assert.deepEqual([vpcZoneIdentifiers, maxSize], [["subnet-a"], 2]);
          const template = "aws:ec2/launchTemplate:LaunchTemplate";
          const { vpcSecurityGroupIds } = find(
            deployment.registrations,
            template,
            "licence",
          ).inputs;
          assert.deepEqual(vpcSecurityGroupIds, ["sg-1", "sg-2"]);
        });
      });
    }
  });

  it("keeps the tags of those that stay when the first is taken out", async () => {
    const tagsOf = async (networkInterfaceIds: string[]) => {
      const { registrations } = await deploy(create({ networkInterfaceIds }));
      const tags = registrations.filter(({ type }) => type === TAG);
      return Object.fromEntries(tags.map(({ name, inputs }) => [name, inputs.resourceId]));
    };
    const { "licence-eni-free": free, ...others } = await tagsOf([
      "eni-free",
      "eni-held",
      "eni-neighbour",
    ]);
    assert.equal(free, "eni-free");
    assert.deepEqual(await tagsOf(["eni-neighbour", "eni-held"]), others);
  });

  it("keeps the tag where it is told to, and gives it up only when it may", async () => {
    const { registrations } = await deploy(
      create({ networkInterfaceIds: ["eni-free"], protect: true, retainOnDelete: true }),
    );
    const { protect, retainOnDelete } = find(registrations, TAG, "licence-eni-free");
    assert.deepEqual([protect, retainOnDelete], [true, true]);
  });

  it("asks for 201 interfaces in filters of at most 200", async () => {
    const networkInterfaceIds = Array.from({ length: 201 }, (_, index) => `eni-${index}`);
    const { calls } = await refuseLater(create({ networkInterfaceIds }));
    const filters = calls.filter(({ token }) => token.endsWith(":getNetworkInterfaces"));
    assert.equal(filters.length, 2);
  });

  it("takes one that has its tag already and is at work", async () => {
    const { registrations } = await deploy(create({ networkInterfaceIds: ["eni-ours"] }));
    assert.deepEqual(typesAndNames(registrations), [`${TAG} licence-eni-ours`, `${POOL} licence`]);
  });

  it("takes the subnet that they are in, which may be an output", async () => {
    const args = { networkInterfaceIds: ["eni-free"], subnetId: pulumi.output("subnet-a") };
    const { registrations } = await deploy(create(args));
    assert.deepEqual(typesAndNames(registrations), [`${TAG} licence-eni-free`, `${POOL} licence`]);
  });

  it("lets a group launch in another VPC than theirs", async () => {
    const group = { subnetIds: ["subnet-other"], securityGroupIds: ["sg-other"] };
    const { registrations } = await deploy(create({ networkInterfaceIds: ["eni-free"], group }));
    const { inputs } = find(registrations, "aws:autoscaling/group:Group", "licence");
    assert.deepEqual(inputs.vpcZoneIdentifiers, ["subnet-other"]);
  });

  describe("mistakes", () => {
    const first = "in eu-west-1b, but eni-free is in eu-west-1a; write interfaces of one zone";
    const refusals: [string, Partial<NetworkInterfacePoolArgs>, string[]][] = [
      [
        "in one that can't be read, in another zone, in use and in another pool",
        {
          networkInterfaceIds: [
            "eni-none",
            "eni-free",
            "eni-other-zone",
            "eni-primary",
            "eni-service",
            "eni-nat",
            "eni-doomed",
            "eni-pooled",
          ],
          group: {},
        },
        [
          "networkInterfaceIds[0] is eni-none, which can't be read: no matching EC2 Network Interface found; write a network interface of this account and Region",
          `networkInterfaceIds[2] is eni-other-zone, ${first}`,
          "networkInterfaceIds[3] is eni-primary, the primary interface of i-old, which never comes off; write one that can be detached",
          "networkInterfaceIds[4] is eni-service, which a service of AWS holds (amazon-elb); write one of your own",
          "networkInterfaceIds[5] is eni-nat, which is of type nat_gateway; write one of type interface",
          "networkInterfaceIds[6] is eni-doomed, which EC2 deletes together with i-old; first run aws ec2 modify-network-interface-attribute --network-interface-id eni-doomed --attachment AttachmentId=eni-attach-i-old,DeleteOnTermination=false",
          `networkInterfaceIds[7] is eni-pooled, which is in pool "cluster" by its tag ${TAG_KEY}; take the tag away first`,
        ],
      ],
      [
        "in the first, which can't be read, and none in the group's subnet of the others' zone",
        {
          networkInterfaceIds: ["eni-none", "eni-free"],
          group: { subnetIds: ["subnet-a2"], securityGroupIds: ["sg-1"] },
        },
        [
          "networkInterfaceIds[0] is eni-none, which can't be read: no matching EC2 Network Interface found; write a network interface of this account and Region",
        ],
      ],
      [
        "in a subnet that isn't theirs",
        { networkInterfaceIds: ["eni-free"], subnetId: "subnet-a2" },
        [
          "networkInterfaceIds[0] is eni-free, in subnet-a, but subnetId is subnet-a2; leave subnetId out",
        ],
      ],
    ];
    for (const [where, args, lines] of refusals) {
      it(`keep anything from being tagged: ${where}`, async () => {
        const { errors, registrations } = await refuseLater(create(args));
        const [error, ...others] = errors;
        assert.ok(pulumi.ResourceError.isInstance(error));
        assert.deepEqual(others, []);
        assert.deepEqual(error.message.split("\n"), lines);
        assert.deepEqual(typesAndNames(registrations), [`${POOL} licence`]);
      });
    }

    it("keep a group in another zone from being created", async () => {
      const group = { subnetIds: ["subnet-small"] };
      const { errors, registrations } = await refuseLater(
        create({ networkInterfaceIds: ["eni-free"], group }),
      );
      assert.deepEqual(
        errors.map((error) => (error as Error).message),
        [
          "group.subnetIds[0] is subnet-small in eu-west-1b, but the pool is in eu-west-1a; write a subnet of eu-west-1a",
        ],
      );
      assert.deepEqual(typesAndNames(registrations), [
        `${TAG} licence-eni-free`,
        `${POOL} licence`,
      ]);
    });

    it("that AWS isn't asked about are told all at once", async () => {
      const { error, calls } = await refuse(
        create({
          networkInterfaceIds: ["i-1", "eni-free", "eni-free"],
          secondaryAddresses: [],
          ipv6AddressCount: 0,
          publicAddresses: false,
          sourceDestCheck: true,
          securityGroupIds: ["sg-1"],
          group: { maxSize: 4 },
        }),
      );
      assert.ok(pulumi.ResourceError.isInstance(error));
      const own = "is given, but interfaces that exist already keep their own; leave it out";
      assert.deepEqual(error.message.split("\n"), [
        'networkInterfaceIds[0] is "i-1"; write a network interface id like eni-0123456789abcdef0',
        "networkInterfaceIds[2] is eni-free, as networkInterfaceIds[1] is; write every interface once",
        `secondaryAddresses ${own}`,
        `ipv6AddressCount ${own}`,
        `publicAddresses ${own}`,
        `sourceDestCheck ${own}`,
        `securityGroupIds ${own}`,
        "group.maxSize is 4; write a whole number from 0 to 3, the interfaces of the pool",
      ]);
      assert.deepEqual(calls, []);
    });
  });
});
