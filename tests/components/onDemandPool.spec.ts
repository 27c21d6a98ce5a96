import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { NetworkInterfaceManager } from "../../components/networkInterfaceManager";
import { OnDemandPool, type OnDemandPoolArgs } from "../../components/onDemandPool";
import { deploy, find, refuse, typesAndNames } from "../mocks";
import { refuseLater } from "../refusals";

const GROUP = "aws:autoscaling/group:Group";
const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";

const subnetIds = ["subnet-a", "subnet-small"];
const securityGroupIds = ["sg-1"];

describe("OnDemandPool", () => {
  let shared: NetworkInterfaceManager;
  before(async () => {
    const pools = [{ name: "backend", onDemand: { subnetIds, securityGroupIds } }];
    shared = (await deploy(() => new NetworkInterfaceManager("shared", { pools }))).value;
  });

  const create = (args: Partial<OnDemandPoolArgs>) => () =>
    new OnDemandPool("backend", { subnetIds, securityGroupIds, manager: shared, ...args });

  it("makes a group in its subnets, of which the pool limits no size", async () => {
    const { registrations, outputs } = await deploy(create({ group: { maxSize: 500 } }));
    const { inputs } = find(registrations, GROUP, "backend");
    assert.deepEqual(inputs.vpcZoneIdentifiers, subnetIds);
    assert.equal(inputs.maxSize, 500);
    assert.deepEqual(
      find(registrations, TEMPLATE, "backend").inputs.vpcSecurityGroupIds,
      securityGroupIds,
    );
    assert.deepEqual(outputs["OnDemandPool backend"], {
      groupName: "backend-1a2b",
      subnetZones: { "subnet-a": "eu-west-1a", "subnet-small": "eu-west-1b" },
    });
  });

  it("tells the policies the zones of the group's own subnets, too", async () => {
    const group = { maxSize: 1, subnetIds: ["subnet-other"], securityGroupIds: ["sg-other"] };
    const { registrations, outputs } = await deploy(create({ group }));
    const { inputs } = find(registrations, GROUP, "backend");
    assert.deepEqual(inputs.vpcZoneIdentifiers, ["subnet-other"]);
    assert.deepEqual(outputs["OnDemandPool backend"], {
      groupName: "backend-1a2b",
      subnetZones: {
        "subnet-a": "eu-west-1a",
        "subnet-small": "eu-west-1b",
        "subnet-other": "eu-west-1a",
      },
    });
  });

  it("makes neither interfaces nor anything else for instances that are defined elsewhere", async () => {
    const { registrations } = await deploy(create({}));
    assert.deepEqual(typesAndNames(registrations), [
      "network-interface-pool:index:OnDemandPool backend",
    ]);
  });

  it("has a manager of its own that may make interfaces, unless it is given one", async () => {
    const { registrations } = await deploy(create({ manager: undefined }));
    const { policy } = find(
      registrations,
      "aws:iam/rolePolicy:RolePolicy",
      "backend-manager",
    ).inputs;
    assert.match(String(policy), /"ec2:CreateNetworkInterface"/);
    const { environment } = find(
      registrations,
      "aws:lambda/function:Function",
      "backend-manager",
    ).inputs;
    const { POOL_SETTINGS } = (environment as { variables: Record<string, string> }).variables;
    assert.deepEqual(JSON.parse(POOL_SETTINGS ?? ""), {
      backend: {
        onDemand: {
          subnetIds: { "eu-west-1a": "subnet-a", "eu-west-1b": "subnet-small" },
          securityGroupIds,
        },
      },
    });
  });

  it("leaves a preview whose subnets don't exist yet without a mistake", async () => {
    const { registrations } = await deploy(
      () => {
        const subnet = new aws.ec2.Subnet("new", { vpcId: "vpc-1" });
        return create({ subnetIds: [subnet.id], group: { maxSize: 1 } })();
      },
      { preview: true },
    );
    find(registrations, GROUP, "backend");
  });

  it("looks up subnets that are known in a preview, though the security group is yet to be made", async () => {
    const manager = () =>
      new NetworkInterfaceManager("shared", {
        pools: [{ name: "backend", onDemand: { subnetIds, securityGroupIds } }],
      });
    const { errors } = await refuseLater(
      () => {
        const { id } = new aws.ec2.SecurityGroup("new", { vpcId: "vpc-1" });
        const group = { maxSize: 1 };
        const places = { subnetIds: ["subnet-a", "subnet-a2"], securityGroupIds: [id], group };
        return create({ ...places, manager: manager() })();
      },
      { preview: true },
    );
    assert.deepEqual(
      errors.map((error) => (error as Error).message),
      ["subnetIds[1] is subnet-a2 in eu-west-1a, as subnet-a is; write one for each zone"],
    );
  });

  it("refuses at once what can be seen at once", async () => {
    const { error, registrations } = await refuse(
      create({ subnetIds: [], securityGroupIds: [], group: {} }),
    );
    assert.ok(error instanceof Error);
    assert.equal(
      error.message,
      "subnetIds is an empty list; write a subnet's id for each zone in which instances run\n" +
        "securityGroupIds is an empty list; write a security group of the subnets' VPC\n" +
        "group.maxSize is missing; write the most instances, which no number of interfaces limits",
    );
    assert.deepEqual(typesAndNames(registrations), [
      "network-interface-pool:index:OnDemandPool backend",
    ]);
  });

  for (const [title, args, mistake] of [
    [
      "two subnets in one zone, also without a group",
      { subnetIds: ["subnet-a", "subnet-a2"] },
      "subnetIds[1] is subnet-a2 in eu-west-1a, as subnet-a is; write one for each zone",
    ],
    [
      "security groups of another VPC",
      { securityGroupIds: ["sg-1", "sg-other"], group: { maxSize: 1 } },
      "securityGroupIds[1] is sg-other of vpc-other, but the subnet is of vpc-1; write a security group of vpc-1",
    ],
    [
      "a list of security groups that turns out empty",
      { securityGroupIds: pulumi.output([]) },
      "securityGroupIds is an empty list; write a security group of the subnets' VPC",
    ],
    [
      "an instance type that takes too few interfaces",
      { group: { maxSize: 1, furtherPools: ["data"] } },
      "group.instanceType is t4g.micro, which takes 2 network interfaces, but the instances need 3, " +
        "their primary one and one of each pool; write a larger type, or fewer furtherPools",
    ],
  ] as [string, Partial<OnDemandPoolArgs>, string][]) {
    it(`refuses ${title}, before there is a group`, async () => {
      const manager = () =>
        new NetworkInterfaceManager("shared", {
          pools: [
            { name: "backend", onDemand: { subnetIds, securityGroupIds } },
            "data",
            "backend,data",
          ],
        });
      const { errors, registrations } = await refuseLater(() =>
        create({ ...args, manager: manager() })(),
      );
      assert.deepEqual(
        errors.map((error) => (error as Error).message),
        [mistake],
      );
      assert.ok(!registrations.some(({ type }) => type === GROUP || type === TEMPLATE));
    });
  }

  for (const [title, args, mistake] of [
    [
      "a subnet that can't be read",
      { subnetIds: ["subnet-none"] },
      "subnetIds[0] is subnet-none, which can't be read: no matching EC2 Subnet found; write a subnet of this account and Region",
    ],
    [
      "a security group that can't be read",
      { securityGroupIds: ["sg-none"] },
      "securityGroupIds[0] is sg-none, which can't be read: no matching EC2 Security Group found; " +
        "write a security group of this account and Region",
    ],
    [
      "a list of security groups that turns out empty",
      { securityGroupIds: pulumi.output([]) },
      "securityGroupIds is an empty list; write a security group of the subnets' VPC",
    ],
  ] as [string, Partial<OnDemandPoolArgs>, string][]) {
    it(`says once, where it has a manager of its own, what is wrong with ${title}`, async () => {
      const { errors, registrations } = await refuseLater(
        create({ group: { maxSize: 1 }, manager: undefined, ...args }),
      );
      assert.deepEqual(
        errors.map((error) => (error as Error).message),
        [mistake],
      );
      assert.ok(!registrations.some(({ type }) => type === "aws:lambda/function:Function"));
    });
  }

  it("lets its manager's rights be seen in a preview before the instances' security group is made", async () => {
    const { registrations } = await deploy(
      () => {
        const { id } = new aws.ec2.SecurityGroup("new", { vpcId: "vpc-1" });
        const group = { maxSize: 1, securityGroupIds: [id] };
        return create({ group, manager: undefined })();
      },
      { preview: true },
    );
    const { environment } = find(
      registrations,
      "aws:lambda/function:Function",
      "backend-manager",
    ).inputs;
    assert.match(JSON.stringify(environment), /subnet-small/);
  });
});
