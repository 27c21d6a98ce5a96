import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { checkInstanceType, type DemandingPool, isDemanding } from "./instanceTypeChecks";
import type { ExistingInterface } from "./interfaceChecks";
import { type Mistake, under } from "./mistakes";
import { checkSecurityGroup, type SubnetPlace } from "./placeChecks";
import type { SubnetRanges } from "./subnetChecks";

/** EC2 takes no more values in a filter. */
const MAX_FILTER_VALUES = 200;

/** Subnets as AWS shows them; one that can't be read is undefined, and there is a mistake if that's for good. */
export interface SubnetLooks {
  subnets: ((SubnetPlace & SubnetRanges) | undefined)[];
  /** Paths start with the subnet's index. */
  mistakes: Mistake[];
}

/** Asks AWS for subnets. */
export async function lookUpSubnets(
  subnetIds: string[],
  opts?: pulumi.InvokeOptions,
): Promise<SubnetLooks> {
  const mistakes: Mistake[] = [];
  const looks = subnetIds.map(async (subnetId, index) => {
    try {
      const shown = await aws.ec2.getSubnet({ id: subnetId }, opts);
      return isAnswer(shown, "availabilityZone") ? { ...shown, subnetId } : undefined;
    } catch (error) {
      const found = `is ${subnetId}, which can't be read: ${reasonOf(error)}`;
      const message = `${found}; write a subnet of this account and Region`;
      mistakes.push({ path: [index], message });
      return undefined;
    }
  });
  return { subnets: await Promise.all(looks), mistakes };
}

/** Interfaces as AWS shows them; one that can't be read is undefined, and there is a mistake. */
export interface InterfaceLooks {
  interfaces: (ExistingInterface | undefined)[];
  /** Paths start with the interface's index. */
  mistakes: Mistake[];
}

/** Asks AWS for network interfaces that exist already. */
export async function lookUpInterfaces(
  networkInterfaceIds: string[],
  opts?: pulumi.InvokeOptions,
): Promise<InterfaceLooks> {
  const mistakes: Mistake[] = [];
  const doomed = await findDoomed(networkInterfaceIds, opts).catch((error: unknown): string[] => {
    const message = `can't be read: ${reasonOf(error)}; write ids of this account and Region`;
    mistakes.push({ path: [], message });
    return [];
  });
  const looks = networkInterfaceIds.map(async (id, index) => {
    try {
      const shown = await aws.ec2.getNetworkInterface({ id }, opts);
      if (!isAnswer(shown, "attachments")) return undefined;
      const deleteOnTermination = doomed.includes(id);
      const [attachment] = shown.attachments.map((one) => ({ ...one, deleteOnTermination }));
      return { ...shown, networkInterfaceId: id, attachment };
    } catch (error) {
      const found = `is ${id}, which can't be read: ${reasonOf(error)}`;
      const message = `${found}; write a network interface of this account and Region`;
      mistakes.push({ path: [index], message });
      return undefined;
    }
  });
  return { interfaces: await Promise.all(looks), mistakes };
}

/** Which interfaces go with their holders; the look at a single one doesn't tell. */
async function findDoomed(
  networkInterfaceIds: string[],
  opts: pulumi.InvokeOptions | undefined,
): Promise<string[]> {
  const count = Math.ceil(networkInterfaceIds.length / MAX_FILTER_VALUES);
  const looks = Array.from({ length: count }, async (_, index) => {
    const start = index * MAX_FILTER_VALUES;
    const values = networkInterfaceIds.slice(start, start + MAX_FILTER_VALUES);
    const filters = [
      { name: "network-interface-id", values },
      { name: "attachment.delete-on-termination", values: ["true"] },
    ];
    const shown = await aws.ec2.getNetworkInterfaces({ filters }, opts);
    return isAnswer(shown, "ids") ? shown.ids : [];
  });
  return (await Promise.all(looks)).flat();
}

/** Asks AWS whether security groups are of a VPC. Paths start with the group's index. */
export async function lookUpSecurityGroups(
  securityGroupIds: string[],
  vpcId: string,
  opts?: pulumi.InvokeOptions,
): Promise<Mistake[]> {
  const looks = securityGroupIds.map(async (securityGroupId, index) =>
    under(index, await lookUpSecurityGroup(securityGroupId, vpcId, opts)),
  );
  return (await Promise.all(looks)).flat();
}

async function lookUpSecurityGroup(
  securityGroupId: string,
  vpcId: string,
  opts: pulumi.InvokeOptions | undefined,
): Promise<Mistake[]> {
  try {
    const group = await aws.ec2.getSecurityGroup({ id: securityGroupId }, opts);
    if (!isAnswer(group, "vpcId")) return [];
    return checkSecurityGroup({ securityGroupId, vpcId: group.vpcId }, vpcId);
  } catch (error) {
    const found = `is ${securityGroupId}, which can't be read: ${reasonOf(error)}`;
    const message = `${found}; write a security group of this account and Region`;
    return [{ path: [], message }];
  }
}

/** Asks AWS whether a VPC has the internet gateway that public addresses need. */
export async function lookUpGateway(
  vpcId: string,
  opts?: pulumi.InvokeOptions,
): Promise<Mistake[]> {
  const filters = [{ name: "attachment.vpc-id", values: [vpcId] }];
  try {
    await aws.ec2.getInternetGateway({ filters }, opts);
    return [];
  } catch (error) {
    const found = `is true, but ${vpcId} shows no internet gateway: ${reasonOf(error)}`;
    const message = `${found}; attach one to it, or leave this out`;
    return [{ path: ["publicAddresses"], message }];
  }
}

/** Asks AWS whether an instance type takes what a pool and its group give it, where not every type does. */
export async function lookUpInstanceType(
  pool: DemandingPool,
  instanceType: string,
  opts?: pulumi.InvokeOptions,
): Promise<Mistake[]> {
  if (!isDemanding(pool)) return [];
  try {
    const limits = await aws.ec2.getInstanceType({ instanceType }, opts);
    return isAnswer(limits, "instanceType") ? checkInstanceType(pool, limits) : [];
  } catch (error) {
    const found = `is ${instanceType}, which can't be read: ${reasonOf(error)}`;
    const message = `${found}; write an instance type of this Region`;
    return [{ path: ["group", "instanceType"], message }];
  }
}

/** A provider that isn't configured yet, in a preview, is asked in vain and answers with nothing: no mistake. */
export function isAnswer(answer: object, key: string): boolean {
  return key in answer;
}

function reasonOf(error: unknown): string {
  return error instanceof Error && error.message !== "" ? error.message : String(error);
}
