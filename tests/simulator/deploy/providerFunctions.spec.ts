import * as aws from "@pulumi/aws";
import assert from "node:assert/strict";
import { resourcesOfType } from "../../../simulator/deploy/engine";
import {
  addressesOf,
  deployProgram,
  deployWithFunction,
  interfacesOf,
  smallSubnet,
} from "./programs";
import { refusal } from "../aws/services";
import { deploy } from "../stage";

const dual = { ...smallSubnet, ipv6CidrBlock: "2001:db8::/64" };

/** What the program says of its configuration. */
const mistakes = (...lines: string[]) => ({
  message: [
    "The configuration of stack dev can't be used; nothing was created. Mend these in Pulumi.dev.yaml:",
    ...lines,
  ].join("\n"),
});

describe("what a program asks of what exists", () => {
  it("is answered for gateways and instance types", async () => {
    const pool = { name: "a", subnetId: dual.id, size: 1, ipv6AddressCount: 3, group: {} };
    await assert.rejects(
      deploy([{ ...pool, publicAddresses: true }], { subnets: [dual] }),
      mistakes(
        "pools[0].publicAddresses is true, but vpc-1 shows no internet gateway: " +
          "no matching EC2 Internet Gateway found; attach one to it, or leave this out",
        "pools[0].ipv6AddressCount is 3, but t4g.micro takes 2 on an interface; " +
          "write at most 2, or a larger group.instanceType",
      ),
    );
  });

  it("is answered for the security groups that are given, and their VPCs", async () => {
    const pool = { name: "a", subnetId: "subnet-1", size: 1, securityGroupIds: ["sg-1", "sg-2"] };
    const deployWith = (...securityGroups: { id: string; vpcId: string }[]) =>
      deploy([pool], { subnets: [smallSubnet], securityGroups });
    const one = { id: "sg-1", vpcId: "vpc-1" };
    const [made] = interfacesOf(await deployWith(one, { id: "sg-2", vpcId: "vpc-1" }));
    assert.deepEqual(made?.inputs.securityGroups, ["sg-1", "sg-2"]);
    await assert.rejects(
      deployWith(one),
      mistakes(
        "pools[0].securityGroupIds[1] is sg-2, which can't be read: no matching EC2 Security Group found; " +
          "write a security group of this account and Region",
      ),
    );
    await assert.rejects(
      deployWith(one, { id: "sg-2", vpcId: "vpc-2" }),
      mistakes(
        "pools[0].securityGroupIds[1] is sg-2 of vpc-2, but the subnet is of vpc-1; write a security group of vpc-1",
      ),
    );
  });

  describe("about interfaces", () => {
    const given = {
      id: "eni-1",
      subnetId: "subnet-1",
      address: "10.0.0.7",
      macAddress: "06:00:00:00:00:07",
      tags: { Name: "theirs" },
    };
    const deployWith = (networkInterfaces: (typeof given)[], ...more: object[]) =>
      deploy([{ name: "a", networkInterfaceIds: ["eni-1"] }, ...more], {
        subnets: [smallSubnet],
        networkInterfaces,
      });

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
      const deployment = await deployWith([given], { name: "b", subnetId: "subnet-1", size: 4 });
      assert.deepEqual(
        addressesOf(deployment)
          .map((text) => text.split(" ")[1])
          .sort(),
        ["10.0.0.4", "10.0.0.5", "10.0.0.6", "10.0.0.8"],
      );
    });

    it("shows none that isn't given", async () => {
      await assert.rejects(
        deployWith([]),
        mistakes(
          "pools[0].networkInterfaceIds[0] is eni-1, which can't be read: no matching EC2 Network Interface found; " +
            "write a network interface of this account and Region",
        ),
      );
    });

    const whichEnd = { name: "attachment.delete-on-termination", values: ["true"] };
    const mostIds = Array.from({ length: 201 }, (_, index) => `eni-${index}`);
    type Look = [what: string, filters: (typeof whichEnd)[], message: string | RegExp];
    const looks: Look[] = [
      [
        "by anything but their end with their holders",
        [{ name: "vpc-id", values: ["vpc-1"] }],
        "the simulator doesn't model the function call getNetworkInterfaces by vpc-id",
      ],
      [
        "that outlive their holders",
        [
          { name: "network-interface-id", values: ["eni-1"] },
          { ...whichEnd, values: ["false"] },
        ],
        "the simulator doesn't model a look at interfaces that outlive instances",
      ],
      [
        "by more than 200 ids at once",
        [{ name: "network-interface-id", values: mostIds }, whichEnd],
        /The maximum number of filter values specified on a single call is 200/,
      ],
    ];
    for (const [what, filters, message] of looks) {
      it(`finds none ${what}`, async () => {
        const look = () => aws.ec2.getNetworkInterfaces({ filters });
        await assert.rejects(deployWithFunction(look), { message });
      });
    }

    it("refuses a tag for one that doesn't exist", async () => {
      const deployment = deployProgram(() => {
        new aws.ec2.Tag("a", { resourceId: "eni-2", key: "a", value: "b" });
      });
      const message = "The networkInterface ID 'eni-2' does not exist";
      await assert.rejects(deployment, refusal("InvalidNetworkInterfaceID.NotFound", message));
    });
  });

  it("is an error where an instance type is not modelled", async () => {
    const group = { instanceType: "z9.nano" };
    const pool = { name: "a", subnetId: dual.id, size: 1, ipv6AddressCount: 1, group };
    await assert.rejects(deploy([pool], { subnets: [dual] }), {
      message:
        "the simulator doesn't model instance type z9.nano, but t3.micro, t4g.nano, t4g.micro, t4g.small, m7g.medium, t3.medium, m7i.large, c6in.32xlarge, i7ie.48xlarge, p6e-gb200.36xlarge",
    });
  });
});
