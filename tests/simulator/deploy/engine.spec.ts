import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import {
  type DeployedResource,
  type Deployment,
  deployStack,
  resourcesOfType,
} from "../../../simulator/deploy/engine";
import { readStackSettings, withPools } from "../../../simulator/deploy/stackFile";
import { createFunction, createInterface, deployProgram, smallSubnet } from "./programs";
import { refusal } from "../aws/services";
import { deploy } from "../stage";

const addressesOf = (deployment: Deployment) =>
  resourcesOfType(deployment, "aws:ec2/networkInterface:NetworkInterface").map(
    ({ name, outputs }) => `${name} ${String(outputs.privateIp)}`,
  );

/** As scenario scale-out has it, whose tests share the deployment. */
const fleet = [{ name: "fleet", size: 20, group: { desiredCapacity: 0, maxSize: 20 } }];

const keyOf = ({ type, name }: DeployedResource) => `${type} ${name}`;

/** Runs something where these are the project's and the stack's files. */
function within<T>(files: Record<string, string>, run: () => T): T {
  const folder = mkdtempSync(path.join(tmpdir(), "stack-"));
  const before = process.cwd();
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  process.chdir(folder);
  try {
    return run();
  } finally {
    process.chdir(before);
    rmSync(folder, { recursive: true });
  }
}

describe("readStackSettings", () => {
  const project = `
    config:
      pools: { description: no default }
      tagKey: { default: key }
      syncInterval: { type: integer, default: 1 }`;

  it("fills in the project's defaults, and writes all that is no text as JSON", () => {
    const stack = `
      config:
        aws:region: eu-west-1
        network-interface-pool:pools: [{ name: a, size: 2 }]`;
    assert.deepEqual(
      within({ "Pulumi.yaml": project, "Pulumi.mine.yaml": stack }, () =>
        readStackSettings("mine"),
      ),
      {
        "aws:region": "eu-west-1",
        "network-interface-pool:pools": '[{"name":"a","size":2}]',
        "network-interface-pool:tagKey": "key",
        "network-interface-pool:syncInterval": "1",
      },
    );
  });

  it("lets the stack's own value win over the default", () => {
    const stack = "config: { network-interface-pool:syncInterval: 5 }";
    const settings = within({ "Pulumi.yaml": project, "Pulumi.mine.yaml": stack }, () =>
      readStackSettings("mine"),
    );
    assert.equal(settings["network-interface-pool:syncInterval"], "5");
    assert.equal(settings["network-interface-pool:tagKey"], "key");
  });

  for (const [what, stack, message] of [
    [
      "without config",
      "network-interface-pool:pools: []",
      /^Error: Pulumi\.mine\.yaml has no config; write config:, and below it network-interface-pool:pools:$/,
    ],
    ["that is empty", "", /^Error: Pulumi\.mine\.yaml has no config; /],
    [
      "with a key of no project",
      "config: { pools: [] }",
      /^Error: Pulumi\.mine\.yaml: pools is of no project; write network-interface-pool:pools$/,
    ],
    ["that is no YAML", "config: [", /^Error: Pulumi\.mine\.yaml: YAMLParseError: /],
  ] as const) {
    it(`says what to write in a file ${what}`, () => {
      assert.throws(
        () =>
          within({ "Pulumi.yaml": project, "Pulumi.mine.yaml": stack }, () =>
            readStackSettings("mine"),
          ),
        message,
      );
    });
  }

  it("reads the stack dev of this repository", () => {
    assert.deepEqual(Object.keys(readStackSettings("dev")).sort(), [
      "aws:region",
      "network-interface-pool:alarmAfterMinutes",
      "network-interface-pool:alarmTopicArn",
      "network-interface-pool:logRetentionInDays",
      "network-interface-pool:pools",
      "network-interface-pool:syncInterval",
      "network-interface-pool:tagKey",
    ]);
  });
});

describe("withPools", () => {
  it("changes the pools and nothing else", () => {
    const settings = { "aws:region": "eu-west-1", "network-interface-pool:pools": "[]" };
    assert.deepEqual(withPools(settings, [{ name: "a", size: 1 }]), {
      "aws:region": "eu-west-1",
      "network-interface-pool:pools": '[{"name":"a","size":1}]',
    });
    assert.equal(settings["network-interface-pool:pools"], "[]");
  });
});

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
      return Promise.resolve({});
    });
    assert.deepEqual(resources.map(keyOf), [
      "aws:lambda/function:Function a",
      "aws:lambda/function:Function b",
      "aws:lambda/function:Function c",
    ]);
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
    const deployment = await deploy();
    const arnsOf = (type: string) =>
      resourcesOfType(deployment, type).map(({ outputs }) =>
        String(outputs.arn).replaceAll(/[0-9a-f]{7,8}/g, "#"),
      );
    assert.deepEqual(arnsOf("aws:sqs/queue:Queue"), [
      "arn:aws:sqs:eu-west-1:#9012:manager-dead-letters-#.fifo",
      "arn:aws:sqs:eu-west-1:#9012:manager-events-#.fifo",
      "arn:aws:sqs:eu-west-1:#9012:manager-undelivered-#",
    ]);
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
    const macs = resourcesOfType(deployment, "aws:ec2/networkInterface:NetworkInterface").map(
      ({ outputs }) => String(outputs.macAddress),
    );
    assert.equal(new Set(macs).size, 5);
    for (const mac of macs) assert.match(mac, /^02(:[0-9a-f]{2}){5}$/);
    assert.equal(macs[4], "02:ab:dc:1b:1e:68");
  });

  it("gives interfaces without an address the first ones that are free", async () => {
    const deployment = await deployProgram(async () => {
      createFunction();
      const { id } = createInterface("a", "10.0.0.5");
      await new Promise((resolve) => id.apply(resolve));
      for (const name of ["b", "c", "d"]) createInterface(name);
      return {};
    });
    assert.deepEqual(addressesOf(deployment), [
      "a 10.0.0.5",
      "b 10.0.0.4",
      "c 10.0.0.6",
      "d 10.0.0.7",
    ]);
  });

  it("gives the first and the last address of a subnet that can be given", async () => {
    const deployment = await deployProgram(() => {
      createFunction();
      createInterface("first", "10.0.0.4");
      createInterface("last", "10.0.0.14");
      return Promise.resolve({});
    });
    assert.deepEqual(addressesOf(deployment), ["first 10.0.0.4", "last 10.0.0.14"]);
  });

  it("refuses an address that another interface has", async () => {
    const deployment = deployProgram(() => {
      createInterface("a", "10.0.0.5");
      createInterface("b", "10.0.0.5");
      return Promise.resolve({});
    });
    const taken = refusal("InvalidIPAddress.InUse", "The specified address is already in use.");
    await assert.rejects(deployment, taken);
  });

  it("gives all addresses of a list, the first one first, and none of them twice", async () => {
    const list = (...privateIpLists: string[]) => ({ privateIpListEnabled: true, privateIpLists });
    const subnetId = smallSubnet.id;
    const deployment = await deployProgram(() => {
      createFunction();
      new aws.ec2.NetworkInterface("a", { subnetId, ...list("10.0.0.9", "10.0.0.8") });
      return Promise.resolve({});
    });
    const [made] = resourcesOfType(deployment, "aws:ec2/networkInterface:NetworkInterface");
    assert.equal(made?.outputs.privateIp, "10.0.0.9");
    assert.deepEqual(made.outputs.privateIps, ["10.0.0.9", "10.0.0.8"]);
    const twice = deployProgram(() => {
      new aws.ec2.NetworkInterface("a", { subnetId, ...list("10.0.0.9", "10.0.0.9") });
      return Promise.resolve({});
    });
    const taken = refusal("InvalidIPAddress.InUse", "The specified address is already in use.");
    await assert.rejects(twice, taken);
  });

  describe("with public and IPv6 addresses", () => {
    const dual = { ...smallSubnet, ipv6CidrBlock: "2001:db8:0:7::/64", isPublic: true };
    const create = () => {
      createFunction();
      const { id } = new aws.ec2.NetworkInterface("a", {
        subnetId: smallSubnet.id,
        ipv6AddressCount: 2,
      });
      const { id: allocationId } = new aws.ec2.Eip("a", { domain: "vpc" });
      new aws.ec2.EipAssociation("a", { allocationId, networkInterfaceId: id });
      return Promise.resolve({});
    };

    it("gives those of the subnet's range, and the Elastic IP with its association", async () => {
      const deployment = await deployProgram(create, dual);
      const outputsOf = (type: string) => resourcesOfType(deployment, type)[0]?.outputs;
      assert.deepEqual(outputsOf("aws:ec2/networkInterface:NetworkInterface")?.ipv6Addresses, [
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

  for (const address of ["10.0.0.3", "10.0.0.15", "10.0.0.16", "9.255.255.255"]) {
    it(`refuses ${address}, which 10.0.0.0/28 does not have to give`, async () => {
      const deployment = deployProgram(() => {
        createInterface("a", address);
        return Promise.resolve({});
      });
      const message = "Address does not fall within the subnet's address range";
      await assert.rejects(deployment, refusal("InvalidParameterValue", message));
    });
  }

  it("refuses an interface in a subnet that does not exist", async () => {
    const deployment = deployProgram(() => {
      new aws.ec2.NetworkInterface("a", { subnetId: "subnet-9" });
      return Promise.resolve({});
    });
    const message = "The subnet ID 'subnet-9' does not exist";
    await assert.rejects(deployment, refusal("InvalidSubnetID.NotFound", message));
  });

  it("knows the subnets it is given and those of the program's network", async () => {
    const { subnets } = await deployProgram(() => {
      createFunction();
      createInterface("a");
      new awsx.ec2.Vpc("network", { cidrBlock: "10.1.0.0/20" });
      return Promise.resolve({});
    });
    const [given, made, ...others] = subnets;
    assert.deepEqual(given, smallSubnet);
    assert.match(made?.id ?? "", /^subnet-[0-9a-f]{17}$/);
    assert.match(made?.vpcId ?? "", /^vpc-[0-9a-f]{17}$/);
    assert.equal(made?.availabilityZone, "eu-west-1a");
    assert.equal(made.cidrBlock, "10.1.0.0/20");
    assert.deepEqual(others, []);
  });

  it("gives a sized pool the first addresses of the network's subnet", async () => {
    const { subnets, resources } = await deploy(fleet);
    const interfaces = resources.filter(
      ({ type }) => type === "aws:ec2/networkInterface:NetworkInterface",
    );
    const numbers = interfaces.map(({ inputs, outputs }) => {
      assert.equal(inputs.subnetId, subnets[0]?.id);
      return Number(String(outputs.privateIp).replace(/^10\.0\.0\./, ""));
    });
    assert.deepEqual(
      numbers.sort((a, b) => a - b),
      Array.from({ length: 20 }, (_, slot) => 4 + slot),
    );
  });

  it("names a resource type that is not modelled", async () => {
    const deployment = deployProgram(() => {
      new aws.s3.Bucket("bucket");
      return Promise.resolve({});
    });
    await assert.rejects(deployment, {
      message: "the simulator doesn't model the resource type aws:s3/bucket:Bucket",
    });
  });

  it("takes the key of the pool tag from the function, and tells what the program tells", async () => {
    const { tagKey, outputs, resources } = await deployProgram(() => {
      const variables = { POOL_TAG_KEY: "key" };
      const code = new pulumi.asset.AssetArchive({});
      const { arn } = new aws.lambda.Function("f", {
        role: "role",
        code,
        environment: { variables },
      });
      return { arn };
    });
    assert.equal(tagKey, "key");
    assert.deepEqual(outputs, { arn: resources[0]?.outputs.arn });
  });

  it("knows the security groups that the program makes", async () => {
    const { outputs } = await deployProgram(() => {
      createFunction();
      const { id } = new aws.ec2.SecurityGroup("group", { vpcId: "vpc-1" });
      return { vpcId: id.apply((made) => aws.ec2.getSecurityGroup({ id: made })).vpcId };
    });
    assert.deepEqual(outputs, { vpcId: "vpc-1" });
  });

  it("models a route to an interface that is there, and none to anything else", async () => {
    const deployRoute = (target: (made: aws.ec2.NetworkInterface) => aws.ec2.RouteArgs) =>
      deployProgram(() => {
        createFunction();
        new aws.ec2.Route("route", target(createInterface("a")));
        return {};
      });
    const toAll = { routeTableId: "rtb-1", destinationCidrBlock: "0.0.0.0/0" };
    const { resources } = await deployRoute(({ id }) => ({ ...toAll, networkInterfaceId: id }));
    const [made] = resources.filter(({ type }) => type === "aws:ec2/route:Route");
    assert.match(made?.id ?? "", /^r-[0-9a-f]{17}$/);
    await assert.rejects(
      deployRoute(() => ({ ...toAll, networkInterfaceId: "eni-9" })),
      refusal(
        "InvalidNetworkInterfaceID.NotFound",
        "The networkInterface ID 'eni-9' does not exist",
      ),
    );
    await assert.rejects(
      deployRoute(() => ({ ...toAll, gatewayId: "igw-1" })),
      { message: "the simulator doesn't model the route route to no network interface" },
    );
  });

  it("does not model a function without an archive of its code", async () => {
    await assert.rejects(
      deployProgram(() => {
        new aws.lambda.Function("image", { role: "role", imageUri: "image" });
        return {};
      }),
      { message: "the simulator doesn't model the function image without an archive of its code" },
    );
  });

  it("does not model a stack without a function", async () => {
    await assert.rejects(
      deployProgram(() => Promise.resolve({})),
      { message: "the simulator doesn't model a stack without a function" },
    );
  });

  it("does not model a folder in the archive", async () => {
    const deployment = deployProgram(() => {
      createFunction("function", { lib: new pulumi.asset.FileArchive("simulator") });
      return Promise.resolve({});
    });
    await assert.rejects(deployment, {
      message: "the simulator doesn't model a folder in the archive (lib)",
    });
  });

  it("throws what the program throws", async () => {
    const mistake = new Error("mistake");
    await assert.rejects(
      deployProgram(() => Promise.reject(mistake)),
      mistake,
    );
  });

  it("throws the mistakes that the real program finds in its configuration", async () => {
    const settings = withPools(readStackSettings("dev"), [{ name: "a" }]);
    await assert.rejects(deployStack("dev", settings), {
      message:
        "The configuration of stack dev can't be used; nothing was created. Mend these in Pulumi.dev.yaml:\n" +
        `pools[0] has no interfaces; write addresses: ["10.0.0.10"] for fixed addresses, size: 1, or networkInterfaceIds`,
    });
  });
});
