import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { type DeployedResource, resourcesOfType, valueOf } from "../../../simulator/deploy/engine";
import {
  addressesOf,
  createFunction,
  createInterface,
  deployProgram,
  deployWithFunction,
  interfacesOf,
  smallSubnet,
} from "./programs";
import { refusal } from "../aws/services";
import { deploy } from "../stage";

const keyOf = ({ type, name }: DeployedResource) => `${type} ${name}`;

const taken = refusal("InvalidIPAddress.InUse", "The specified address is already in use.");

describe("deployStack", () => {
  it("gives the resources in the order of their types and names, each once", async () => {
    const { resources } = await deploy();
    const keys = resources.map(keyOf);
    assert.deepEqual(keys, [...new Set(keys)].sort());
    assert.equal(keys.includes("aws:lambda/function:Function manager"), true);
  });

  it("gives them in the same order, whichever the program creates first", async () => {
    const { resources } = await deployProgram(() => {
      for (const name of ["b", "c", "a"]) createFunction(name);
    });
    assert.deepEqual(
      resources.map(({ name }) => name),
      ["a", "b", "c"],
    );
  });

  it("gives Region, tag key and the files of the archive, as they would be uploaded", async () => {
    const { region, tagKey, archive } = await deploy();
    assert.equal(region, "eu-west-1");
    assert.equal(tagKey, "network-interface-manager-pool");
    assert.deepEqual([...archive.keys()].sort(), ["__index.js", "dist/clients.js"]);
    assert.equal(archive.get("dist/clients.js"), readFileSync("dist/clients.js", "utf8"));
    assert.equal(archive.get("__index.js")?.includes("exports.handler = "), true);
  });

  it("gives ARNs as AWS would", async () => {
    const queues = resourcesOfType(await deploy(), "aws:sqs/queue:Queue");
    assert.deepEqual(
      queues.map(({ outputs }) => String(outputs.arn).replace(/-[0-9a-f]{7}(?=\.|$)/, "-#")),
      [
        "arn:aws:sqs:eu-west-1:123456789012:manager-dead-letters-#.fifo",
        "arn:aws:sqs:eu-west-1:123456789012:manager-events-#.fifo",
        "arn:aws:sqs:eu-west-1:123456789012:manager-undelivered-#",
      ],
    );
  });

  it("gives the addresses that are asked for, with MACs that are the same every time", async () => {
    const deployment = await deploy();
    assert.deepEqual(addressesOf(deployment), [
      "cluster-0 10.0.0.20",
      "cluster-1 10.0.0.21",
      "cluster-2 10.0.0.22",
      "cluster-3 10.0.0.23",
      "licence-0 10.0.0.10",
    ]);
    const macs = interfacesOf(deployment).map(({ outputs }) => String(outputs.macAddress));
    assert.equal(new Set(macs).size, 5);
    for (const mac of macs) assert.match(mac, /^02(:[0-9a-f]{2}){5}$/);
    assert.equal(macs[4], "02:ab:dc:1b:1e:68");
  });

  it("gives interfaces without an address the first ones that are free", async () => {
    const deployment = await deployWithFunction(async () => {
      const { id } = createInterface("a", "10.0.0.5");
      await valueOf(id);
      for (const name of ["b", "c", "d"]) createInterface(name);
    });
    const expected = ["a 10.0.0.5", "b 10.0.0.4", "c 10.0.0.6", "d 10.0.0.7"];
    assert.deepEqual(addressesOf(deployment), expected);
  });

  it("gives the first and the last address of a subnet that can be given", async () => {
    const deployment = await deployWithFunction(() => {
      createInterface("first", "10.0.0.4");
      createInterface("last", "10.0.0.14");
    });
    assert.deepEqual(addressesOf(deployment), ["first 10.0.0.4", "last 10.0.0.14"]);
  });

  for (const address of ["10.0.0.3", "10.0.0.15", "10.0.0.16", "9.255.255.255"]) {
    it(`refuses ${address}, which 10.0.0.0/28 does not have to give`, async () => {
      const message = "Address does not fall within the subnet's address range";
      await assert.rejects(
        deployProgram(() => void createInterface("a", address)),
        refusal("InvalidParameterValue", message),
      );
    });
  }

  it("refuses an address that another interface has", async () => {
    const deployment = deployProgram(() => {
      createInterface("a", "10.0.0.5");
      createInterface("b", "10.0.0.5");
    });
    await assert.rejects(deployment, taken);
  });

  it("gives all addresses of a list, the first one first, and none of them twice", async () => {
    const deployList = (...privateIpLists: string[]) =>
      deployWithFunction(() => {
        const list = { privateIpListEnabled: true, privateIpLists };
        new aws.ec2.NetworkInterface("a", { subnetId: smallSubnet.id, ...list });
      });
    const [made] = interfacesOf(await deployList("10.0.0.9", "10.0.0.8"));
    assert.equal(made?.outputs.privateIp, "10.0.0.9");
    assert.deepEqual(made.outputs.privateIps, ["10.0.0.9", "10.0.0.8"]);
    await assert.rejects(deployList("10.0.0.9", "10.0.0.9"), taken);
  });

  describe("with public and IPv6 addresses", () => {
    const dual = { ...smallSubnet, ipv6CidrBlock: "2001:db8:0:7::/64", isPublic: true };
    const create = () => {
      const args = { subnetId: smallSubnet.id, ipv6AddressCount: 2 };
      const { id: networkInterfaceId } = new aws.ec2.NetworkInterface("a", args);
      const { id: allocationId } = new aws.ec2.Eip("a", { domain: "vpc" });
      new aws.ec2.EipAssociation("a", { allocationId, networkInterfaceId });
    };

    it("gives those of the subnet's range, and the Elastic IP with its association", async () => {
      const deployment = await deployWithFunction(create, dual);
      const outputsOf = (type: string) => resourcesOfType(deployment, type)[0]?.outputs;
      assert.deepEqual(interfacesOf(deployment)[0]?.outputs.ipv6Addresses, [
        "2001:db8:0:7:e7fc:2e46:e57d:dc98",
        "2001:db8:0:7:42a:5f2e:7634:c4c8",
      ]);
      const { publicIp } = outputsOf("aws:ec2/eip:Eip") ?? {};
      assert.match(String(publicIp), /^198\.18\.\d+\.\d+$/);
      assert.equal(outputsOf("aws:ec2/eipAssociation:EipAssociation")?.publicIp, publicIp);
    });

    it("refuses an Elastic IP in a VPC without an internet gateway", async () => {
      const message = "Network vpc-1 is not attached to any internet gateway";
      await assert.rejects(
        deployProgram(create, { ...dual, isPublic: false }),
        refusal("Gateway.NotAttached", message),
      );
    });

    it("does not model IPv6 in a subnet without a range of it", async () => {
      await assert.rejects(deployProgram(create, { ...dual, ipv6CidrBlock: undefined }), {
        message: "the simulator doesn't model IPv6 in a subnet without a range of it",
      });
    });
  });

  it("refuses an interface in a subnet that does not exist", async () => {
    const deployment = deployProgram(() => {
      new aws.ec2.NetworkInterface("a", { subnetId: "subnet-9" });
    });
    const message = "The subnet ID 'subnet-9' does not exist";
    await assert.rejects(deployment, refusal("InvalidSubnetID.NotFound", message));
  });

  it("knows the subnets it is given and those of the program's network", async () => {
    const { subnets } = await deployWithFunction(() => {
      createInterface("a");
      new awsx.ec2.Vpc("network", { cidrBlock: "10.1.0.0/20" });
    });
    const [given, made, ...others] = subnets;
    assert.deepEqual(given, smallSubnet);
    assert.match(made?.id ?? "", /^subnet-[0-9a-f]{17}$/);
    assert.match(made?.vpcId ?? "", /^vpc-[0-9a-f]{17}$/);
    assert.equal(made?.availabilityZone, "eu-west-1a");
    assert.equal(made.cidrBlock, "10.1.0.0/20");
    assert.deepEqual(others, []);
  });

  it("takes the key of the pool tag from the function, and tells what the program tells", async () => {
    const { tagKey, outputs, resources } = await deployProgram(() => {
      const { arn } = new aws.lambda.Function("f", {
        role: "role",
        code: new pulumi.asset.AssetArchive({}),
        environment: { variables: { POOL_TAG_KEY: "key" } },
      });
      return { arn };
    });
    assert.equal(tagKey, "key");
    assert.deepEqual(outputs, { arn: resources[0]?.outputs.arn });
  });

  it("knows the security groups that the program makes", async () => {
    const { outputs } = await deployWithFunction(() => {
      const { id } = new aws.ec2.SecurityGroup("group", { vpcId: "vpc-1" });
      return { vpcId: id.apply((made) => aws.ec2.getSecurityGroup({ id: made })).vpcId };
    });
    assert.deepEqual(outputs, { vpcId: "vpc-1" });
  });

  describe("with a route", () => {
    const deployRoute = (target: (made: aws.ec2.NetworkInterface) => object) =>
      deployWithFunction(() => {
        const toAll = { routeTableId: "rtb-1", destinationCidrBlock: "0.0.0.0/0" };
        new aws.ec2.Route("route", { ...toAll, ...target(createInterface("a")) });
      });

    it("gives one to an interface that is there, and refuses one to another", async () => {
      const deployment = await deployRoute(({ id }) => ({ networkInterfaceId: id }));
      const [made] = resourcesOfType(deployment, "aws:ec2/route:Route");
      assert.match(made?.id ?? "", /^r-[0-9a-f]{17}$/);
      const message = "The networkInterface ID 'eni-9' does not exist";
      await assert.rejects(
        deployRoute(() => ({ networkInterfaceId: "eni-9" })),
        refusal("InvalidNetworkInterfaceID.NotFound", message),
      );
    });

    it("does not model one to anything else", async () => {
      await assert.rejects(
        deployRoute(() => ({ gatewayId: "igw-1" })),
        { message: "the simulator doesn't model the route route to no network interface" },
      );
    });
  });

  for (const [what, program] of [
    ["the resource type aws:s3/bucket:Bucket", () => new aws.s3.Bucket("bucket")],
    [
      "the function image without an archive of its code",
      () => new aws.lambda.Function("image", { role: "role", imageUri: "image" }),
    ],
    ["a stack without a function", () => undefined],
    [
      "a folder in the archive (lib)",
      () => createFunction("function", { lib: new pulumi.asset.FileArchive("simulator") }),
    ],
  ] as const) {
    it(`does not model ${what}`, async () => {
      const message = `the simulator doesn't model ${what}`;
      await assert.rejects(
        deployProgram(() => void program()),
        { message },
      );
    });
  }

  it("throws what the program throws", async () => {
    const mistake = new Error("mistake");
    await assert.rejects(
      deployProgram(() => Promise.reject(mistake)),
      mistake,
    );
  });

  it("throws the mistakes that the real program finds in its configuration", async () => {
    await assert.rejects(deploy([{ name: "a" }]), {
      message:
        "The configuration of stack dev can't be used; nothing was created. Mend these in Pulumi.dev.yaml:\n" +
        `pools[0] has no interfaces; write addresses: ["10.0.0.10"] for fixed addresses, size: 1, or networkInterfaceIds`,
    });
  });
});
