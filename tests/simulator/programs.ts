import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { DeployedSubnet } from "../../simulator/addresses";
import { type Deployment, deployStack, readStackSettings } from "../../simulator/deployment";

/** 10.0.0.4 to 10.0.0.14 can be given. */
export const smallSubnet: DeployedSubnet = {
  id: "subnet-1",
  vpcId: "vpc-1",
  availabilityZone: "eu-west-1a",
  cidrBlock: "10.0.0.0/28",
};

/** Deploys another program in the place of this repository's. */
export async function deployProgram(
  program: () => Promise<Record<string, unknown>>,
  subnet: DeployedSubnet = smallSubnet,
): Promise<Deployment> {
  await import("../../index");
  const loaded = require.cache[require.resolve("../../index")];
  if (loaded === undefined) throw new Error("the program is not loaded");
  const real = loaded.exports as unknown;
  loaded.exports = program;
  try {
    return await deployStack("dev", readStackSettings("dev"), { subnets: [subnet] });
  } finally {
    loaded.exports = real;
  }
}

/** A deployment has a function; this is the least that is one. */
export function createFunction(
  name = "function",
  archive: pulumi.asset.AssetMap = { "main.js": new pulumi.asset.StringAsset("exports.a = 1;") },
): aws.lambda.Function {
  return new aws.lambda.Function(name, {
    role: "role",
    code: new pulumi.asset.AssetArchive(archive),
  });
}

export function createInterface(name: string, address?: string): aws.ec2.NetworkInterface {
  const privateIps = address === undefined ? undefined : [address];
  return new aws.ec2.NetworkInterface(name, { subnetId: smallSubnet.id, privateIps });
}
