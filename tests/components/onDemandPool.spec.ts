import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { NetworkInterfaceManager } from "../../components/networkInterfaceManager";
import { OnDemandPool, type OnDemandPoolArgs } from "../../components/onDemandPool";
import type { Registration } from "../../simulator/deploy/registrations";
import { asRecord, deploy, find, typesAndNames } from "../mocks";
import { refuseLater } from "../refusals";

const GROUP = "aws:autoscaling/group:Group";
const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";

const subnetIds = ["subnet-a", "subnet-small"];
const securityGroupIds = ["sg-1"];
const zones = { "subnet-a": "eu-west-1a", "subnet-small": "eu-west-1b" };

describe("OnDemandPool", () => {
  let shared: NetworkInterfaceManager;
  before(async () => {
    const pools = [{ name: "backend", onDemand: { subnetIds, securityGroupIds } }];
    shared = (await deploy(() => new NetworkInterfaceManager("shared", { pools }))).value;
  });

  const create = (args: Partial<OnDemandPoolArgs>) =>
    new OnDemandPool("backend", { subnetIds, securityGroupIds, manager: shared, ...args });
  const settingsIn = (registrations: Registration[]): string => {
    const type = "aws:lambda/function:Function";
    const { environment } = find(registrations, type, "backend-manager").inputs;
    return String(asRecord(asRecord(environment).variables).POOL_SETTINGS);
  };

  it("makes a group in its subnets, of which the pool limits no size", async () => {
    const { registrations, outputs } = await deploy(() => create({ group: { maxSize: 500 } }));
    const { vpcZoneIdentifiers, maxSize } = find(registrations, GROUP, "backend").inputs;
    assert.deepEqual([vpcZoneIdentifiers, maxSize], [subnetIds, 500]);
    const { vpcSecurityGroupIds } = find(registrations, TEMPLATE, "backend").inputs;
    assert.deepEqual(vpcSecurityGroupIds, securityGroupIds);
    assert.deepEqual(outputs["OnDemandPool backend"], {
      groupName: "backend-1a2b",
      subnetZones: zones,
    });
  });

  it("tells the policies the zones of the group's own subnets, too", async () => {
    const group = { maxSize: 1, subnetIds: ["subnet-other"], securityGroupIds: ["sg-other"] };
    const { registrations, outputs } = await deploy(() => create({ group }));
    const { inputs } = find(registrations, GROUP, "backend");
    assert.deepEqual(inputs.vpcZoneIdentifiers, ["subnet-other"]);
    assert.deepEqual(outputs["OnDemandPool backend"], {
      groupName: "backend-1a2b",
      subnetZones: { ...zones, "subnet-other": "eu-west-1a" },
    });
  });

  it("makes neither interfaces nor anything else for instances that are defined elsewhere", async () => {
    const { registrations } = await deploy(() => create({}));
    assert.deepEqual(typesAndNames(registrations), [
      "network-interface-pool:index:OnDemandPool backend",
    ]);
  });

  it("has a manager of its own that may make interfaces, unless it is given one", async () => {
    const { registrations } = await deploy(() => create({ manager: undefined }));
    const type = "aws:iam/rolePolicy:RolePolicy";
    const { policy } = find(registrations, type, "backend-manager").inputs;
    assert.match(String(policy), /"ec2:CreateNetworkInterface"/);
    assert.deepEqual(JSON.parse(settingsIn(registrations)), {
      backend: {
        onDemand: {
          subnetIds: { "eu-west-1a": "subnet-a", "eu-west-1b": "subnet-small" },
          securityGroupIds,
        },
      },
    });
  });

  describe("in a preview before what it names exists", () => {
    const preview = { preview: true };
    const group = { maxSize: 1 };
    const newSubnet = () => new aws.ec2.Subnet("new", { vpcId: "vpc-1" }).id;
    const newSecurityGroup = () => new aws.ec2.SecurityGroup("new", { vpcId: "vpc-1" }).id;

    it("finds no mistake in subnets that are yet to be made", async () => {
      const program = () => create({ subnetIds: [newSubnet()], group });
      find((await deploy(program, preview)).registrations, GROUP, "backend");
    });

    it("looks up subnets that are known, though the security group is yet to be made", async () => {
      const inOneZone = { subnetIds: ["subnet-a", "subnet-a2"], group };
      const { errors } = await refuseLater(
        () => create({ ...inOneZone, securityGroupIds: [newSecurityGroup()] }),
        preview,
      );
      assert.deepEqual(
        errors.map((error) => (error as pulumi.ResourceError).message),
        ["subnetIds[1] is subnet-a2 in eu-west-1a, as subnet-a is; write one for each zone"],
      );
    });

    it("shows its manager's rights before the instances' security group is made", async () => {
      const program = () =>
        create({ group: { ...group, securityGroupIds: [newSecurityGroup()] }, manager: undefined });
      assert.match(settingsIn((await deploy(program, preview)).registrations), /subnet-small/);
    });
  });
});
