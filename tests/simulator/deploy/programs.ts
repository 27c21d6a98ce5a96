import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { DeployedSubnet } from "../../../simulator/deploy/addresses";
import {
  type DeployedResource,
  type Deployment,
  deployStack,
  resourcesOfType,
} from "../../../simulator/deploy/engine";
import { thisProgram } from "../../../simulator/deploy/program";
import { readStackSettings } from "../../../simulator/deploy/stackFile";

/** 10.0.0.4 to 10.0.0.14 can be given. */
export const smallSubnet: DeployedSubnet = {
  id: "subnet-1",
  vpcId: "vpc-1",
  availabilityZone: "eu-west-1a",
  cidrBlock: "10.0.0.0/28",
};

/** Deploys another program in the place of this repository's, with a function. */
export function deployWithFunction(
  program: () => unknown,
  subnet?: DeployedSubnet,
): Promise<Deployment> {
  return deployProgram(() => {
    createFunction();
    return program();
  }, subnet);
}

/** Deploys another program in the place of this repository's; what it returns is told of the stack. */
export function deployProgram(
  program: () => unknown,
  subnet: DeployedSubnet = smallSubnet,
): Promise<Deployment> {
  const run = async () => ({ ...((await program()) as object | undefined) });
  const existing = { subnets: [subnet] };
  const load = () => Promise.resolve(run);
  return deployStack("dev", readStackSettings("dev"), existing, { ...thisProgram, load });
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

export function interfacesOf(deployment: Deployment): DeployedResource[] {
  return resourcesOfType(deployment, "aws:ec2/networkInterface:NetworkInterface");
}

/** Name and address of each interface. */
export function addressesOf(deployment: Deployment): string[] {
  return interfacesOf(deployment).map(
    ({ name, outputs }) => `${name} ${String(outputs.privateIp)}`,
  );
}
