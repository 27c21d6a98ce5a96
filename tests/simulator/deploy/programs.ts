import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { DeployedSubnet } from "../../../simulator/deploy/addresses";
import { type Deployment, deployStack } from "../../../simulator/deploy/engine";
import { readStackSettings } from "../../../simulator/deploy/stackFile";
import { thisProgram } from "../../../simulator/deploy/program";

/** 10.0.0.4 to 10.0.0.14 can be given. */
export const smallSubnet: DeployedSubnet = {
  id: "subnet-1",
  vpcId: "vpc-1",
  availabilityZone: "eu-west-1a",
  cidrBlock: "10.0.0.0/28",
};

/** Deploys another program in the place of this repository's. */
export function deployProgram(
  program: () => object | Promise<object>,
  subnet: DeployedSubnet = smallSubnet,
): Promise<Deployment> {
  return deployStack(
    "dev",
    readStackSettings("dev"),
    { subnets: [subnet] },
    { ...thisProgram, load: () => Promise.resolve(program) },
  );
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
