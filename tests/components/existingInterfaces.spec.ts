import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { NetworkInterfaceManager } from "../../components/networkInterfaceManager";
import {
  NetworkInterfacePool,
  type NetworkInterfacePoolArgs,
} from "../../components/networkInterfacePool";
import { deploy, type Deployment, find, typesAndNames } from "../mocks";
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
});
