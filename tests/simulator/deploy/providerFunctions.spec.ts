import * as aws from "@pulumi/aws";
import assert from "node:assert/strict";
import { type Deployment, deployStack, resourcesOfType } from "../../../simulator/deploy/engine";
import { readStackSettings, withPools } from "../../../simulator/deploy/stackFile";
import { createFunction, deployProgram, smallSubnet } from "./programs";
import { refusal } from "../aws/services";

const addressesOf = (deployment: Deployment) =>
  resourcesOfType(deployment, "aws:ec2/networkInterface:NetworkInterface")
    .map(({ outputs }) => String(outputs.privateIp))
    .sort();

describe("what a program asks of what exists", () => {
  it("is answered for gateways and instance types", async () => {
    const dual = { ...smallSubnet, ipv6CidrBlock: "2001:db8::/64" };
    const pool = { name: "a", subnetId: dual.id, size: 1, ipv6AddressCount: 3, group: {} };
    const settings = withPools(readStackSettings("dev"), [{ ...pool, publicAddresses: true }]);
    await assert.rejects(deployStack("dev", settings, { subnets: [dual] }), {
      message:
        "The configuration of stack dev can't be used; nothing was created. Mend these in Pulumi.dev.yaml:\n" +
        "pools[0].publicAddresses is true, but vpc-1 shows no internet gateway: " +
        "no matching EC2 Internet Gateway found; attach one to it, or leave this out\n" +
        "pools[0].ipv6AddressCount is 3, but t4g.micro takes 2 on an interface; " +
        "write at most 2, or a larger group.instanceType",
    });
  });

  it("is answered for the security groups that are given, and their VPCs", async () => {
    const pool = { name: "a", subnetId: "subnet-1", size: 1, securityGroupIds: ["sg-1", "sg-2"] };
    const settings = withPools(readStackSettings("dev"), [pool]);
    const deployWith = (...securityGroups: { id: string; vpcId: string }[]) =>
      deployStack("dev", settings, { subnets: [smallSubnet], securityGroups });
    const one = { id: "sg-1", vpcId: "vpc-1" };
    const deployment = await deployWith(one, { id: "sg-2", vpcId: "vpc-1" });
    const [made] = resourcesOfType(deployment, "aws:ec2/networkInterface:NetworkInterface");
    assert.deepEqual(made?.inputs.securityGroups, ["sg-1", "sg-2"]);
    const heading =
      "The configuration of stack dev can't be used; nothing was created. Mend these in Pulumi.dev.yaml:\n";
    await assert.rejects(deployWith(one), {
      message: `${heading}pools[0].securityGroupIds[1] is sg-2, which can't be read: no matching EC2 Security Group found; write a security group of this account and Region`,
    });
    await assert.rejects(deployWith(one, { id: "sg-2", vpcId: "vpc-2" }), {
      message: `${heading}pools[0].securityGroupIds[1] is sg-2 of vpc-2, but the subnet is of vpc-1; write a security group of vpc-1`,
    });
  });

  describe("about interfaces", () => {
    const given = {
      id: "eni-1",
      subnetId: "subnet-1",
      address: "10.0.0.7",
      macAddress: "06:00:00:00:00:07",
      tags: { Name: "theirs" },
    };
    const deployWith = (networkInterfaces: (typeof given)[], ...more: object[]) => {
      const pools = [{ name: "a", networkInterfaceIds: ["eni-1"] }, ...more];
      return deployStack("dev", withPools(readStackSettings("dev"), pools), {
        subnets: [smallSubnet],
        networkInterfaces,
      });
    };

    it("keeps them beside the tags that the program gives them", async () => {
      const deployment = await deployWith([given]);
      assert.deepEqual(deployment.givenInterfaces, [given]);
      const tags = resourcesOfType(deployment, "aws:ec2/tag:Tag");
      assert.deepEqual(
        tags.map(({ id, inputs }) => [id, inputs.value]),
        [["eni-1,network-interface-manager-pool", "a"]],
      );
    });

    it("gives none of their addresses to others", async () => {
      const pool = { name: "b", subnetId: "subnet-1", size: 4 };
      const deployment = await deployWith([given], pool);
      assert.deepEqual(addressesOf(deployment), ["10.0.0.4", "10.0.0.5", "10.0.0.6", "10.0.0.8"]);
    });

    it("shows none that isn't given", async () => {
      await assert.rejects(deployWith([]), {
        message:
          "The configuration of stack dev can't be used; nothing was created. Mend these in Pulumi.dev.yaml:\n" +
          "pools[0].networkInterfaceIds[0] is eni-1, which can't be read: no matching EC2 Network Interface found; " +
          "write a network interface of this account and Region",
      });
    });

    it("does not model looks at interfaces by anything but their end with their holders", async () => {
      const deployment = deployProgram(async () => {
        createFunction();
        await aws.ec2.getNetworkInterfaces({ filters: [{ name: "vpc-id", values: ["vpc-1"] }] });
        return {};
      });
      await assert.rejects(deployment, {
        message: "the simulator doesn't model the function call getNetworkInterfaces by vpc-id",
      });
    });

    it("refuses a tag for one that doesn't exist", async () => {
      const deployment = deployProgram(() => {
        new aws.ec2.Tag("a", { resourceId: "eni-2", key: "a", value: "b" });
        return Promise.resolve({});
      });
      const message = "The networkInterface ID 'eni-2' does not exist";
      await assert.rejects(deployment, refusal("InvalidNetworkInterfaceID.NotFound", message));
    });
  });

  it("is an error where an instance type is not modelled", async () => {
    const dual = { ...smallSubnet, ipv6CidrBlock: "2001:db8::/64" };
    const group = { instanceType: "z9.nano" };
    const pool = { name: "a", subnetId: dual.id, size: 1, ipv6AddressCount: 1, group };
    const settings = withPools(readStackSettings("dev"), [pool]);
    await assert.rejects(deployStack("dev", settings, { subnets: [dual] }), {
      message:
        "the simulator doesn't model instance type z9.nano, but t3.micro, t4g.nano, t4g.micro, t4g.small, m7g.medium, t3.medium, m7i.large, c6in.32xlarge",
    });
  });
});
