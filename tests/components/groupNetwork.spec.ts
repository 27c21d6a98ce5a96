import * as aws from "@pulumi/aws";
import assert from "node:assert/strict";
import { NetworkInterfaceManager } from "../../components/networkInterfaceManager";
import {
  NetworkInterfacePool,
  type NetworkInterfacePoolArgs,
} from "../../components/networkInterfacePool";
import type { GroupArgs } from "../../components/singleZoneGroup";
import type { Registration } from "../../simulator/deploy/registrations";
import { asRecord, deploy, type Deployment, type DeploymentOptions, find, UNKNOWN } from "../mocks";

const SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup";

describe("NetworkInterfacePool, with a group in subnets of its own", () => {
  let shared: NetworkInterfaceManager;
  before(async () => {
    shared = (await deploy(() => new NetworkInterfaceManager("shared"))).value;
  });

  const create = (group: GroupArgs, args: Partial<NetworkInterfacePoolArgs> = {}) => {
    return () => {
      const pool = { subnetId: "subnet-a", manager: shared, securityGroupIds: ["sg-1", "sg-2"] };
      return new NetworkInterfacePool("licence", { ...pool, size: 1, group, ...args });
    };
  };
  const deployGroup = (
    group: GroupArgs,
    args?: Partial<NetworkInterfacePoolArgs>,
    options?: DeploymentOptions,
  ) => deploy(create(group, args), options);

  const groupOf = ({ registrations }: Deployment): Registration =>
    find(registrations, "aws:autoscaling/group:Group", "licence");
  /** Where the instances are and behind which security groups. */
  const networkOf = (deployment: Deployment) => {
    const type = "aws:ec2/launchTemplate:LaunchTemplate";
    const template = find(deployment.registrations, type, "licence");
    return [
      groupOf(deployment).inputs.vpcZoneIdentifiers,
      template.inputs.vpcSecurityGroupIds,
    ] as const;
  };
  const securityGroupsOf = ({ registrations }: Deployment) =>
    registrations.filter(({ type }) => type === SECURITY_GROUP).map(({ name }) => name);

  it("takes subnet and security groups of the pool where it has none", async () => {
    const deployment = await deployGroup({});
    assert.deepEqual(networkOf(deployment), [["subnet-a"], ["sg-1", "sg-2"]]);
    assert.deepEqual(securityGroupsOf(deployment), []);
  });

  it("takes its own security groups in the pool's subnet", async () => {
    const deployment = await deployGroup({ securityGroupIds: ["sg-2"] });
    assert.deepEqual(networkOf(deployment), [["subnet-a"], ["sg-2"]]);
    assert.deepEqual(securityGroupsOf(deployment), []);
  });

  it("takes the pool's security groups in another subnet of the pool's VPC", async () => {
    const deployment = await deployGroup({ subnetIds: ["subnet-a2", "subnet-a"] });
    assert.deepEqual(networkOf(deployment), [
      ["subnet-a2", "subnet-a"],
      ["sg-1", "sg-2"],
    ]);
  });

  it("takes its own security groups in another VPC", async () => {
    const deployment = await deployGroup({
      subnetIds: ["subnet-other"],
      securityGroupIds: ["sg-other"],
    });
    assert.deepEqual(networkOf(deployment), [["subnet-other"], ["sg-other"]]);
    assert.deepEqual(securityGroupsOf(deployment), []);
  });

  it("lets nothing in to instances in another VPC where no security groups are given", async () => {
    const deployment = await deployGroup({ subnetIds: ["subnet-other"] });
    assert.deepEqual(networkOf(deployment), [["subnet-other"], ["sg-licence-instances"]]);
    assert.deepEqual(find(deployment.registrations, SECURITY_GROUP, "licence-instances").inputs, {
      description: "Network interface pool: nothing in, everything out",
      vpcId: "vpc-other",
      ingress: [],
      egress: [
        {
          protocol: "-1",
          fromPort: 0,
          toPort: 0,
          cidrBlocks: ["0.0.0.0/0"],
          ipv6CidrBlocks: ["::/0"],
        },
      ],
    });
  });

  it("leaves the interfaces in the pool's subnet, behind the pool's security groups", async () => {
    const { registrations } = await deployGroup({ subnetIds: ["subnet-other"] });
    const type = "aws:ec2/networkInterface:NetworkInterface";
    const { subnetId, securityGroups } = find(registrations, type, "licence-0").inputs;
    assert.deepEqual([subnetId, securityGroups], ["subnet-a", ["sg-1", "sg-2"]]);
  });

  it("tells the policies the zones of all subnets that it knows", async () => {
    const deployment = await deployGroup({ subnetIds: ["subnet-a2", "subnet-a"] });
    assert.deepEqual(asRecord(deployment.outputs["NetworkInterfacePool licence"]).subnetZones, {
      "subnet-a": "eu-west-1a",
      "subnet-a2": "eu-west-1a",
    });
  });

  describe("in a preview before its subnet exists", () => {
    let preview: Deployment;
    before(async () => {
      preview = await deploy(
        () => {
          const own = new aws.ec2.Subnet("own", { vpcId: "vpc-new" });
          const ofPool = new aws.ec2.Subnet("pool", { vpcId: "vpc-1" });
          return create({ subnetIds: [own.id] }, { subnetId: ofPool.id })();
        },
        { preview: true },
      );
    });

    it("registers what an update registers", () => {
      assert.deepEqual(securityGroupsOf(preview), ["licence-instances"]);
      assert.deepEqual(networkOf(preview), [[UNKNOWN], UNKNOWN]);
    });

    it("shows by which subnet the group's zone can be told, and no other", () => {
      const { propertyDependencies } = groupOf(preview);
      assert.deepEqual(
        propertyDependencies.vpcZoneIdentifiers?.map((urn) => urn.split("::").at(-1)),
        ["own"],
      );
    });
  });
});
