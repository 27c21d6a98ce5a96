import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { type AddressShape, checkAddressLimits } from "./addressChecks";
import type { Mistake } from "./mistakes";

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

/** Asks AWS how many addresses an instance type takes on one interface, where a pool gives it several. */
export async function lookUpAddressLimits(
  pool: AddressShape,
  instanceType: string,
  opts?: pulumi.InvokeOptions,
): Promise<Mistake[]> {
  try {
    return checkAddressLimits(pool, await aws.ec2.getInstanceType({ instanceType }, opts));
  } catch (error) {
    const found = `is ${instanceType}, which can't be read: ${reasonOf(error)}`;
    const message = `${found}; write an instance type of this Region`;
    return [{ path: ["group", "instanceType"], message }];
  }
}

/** Whether a pool gives its interfaces more than one address each. */
export function hasFurtherAddresses(pool: AddressShape): boolean {
  const { secondaryAddresses = [], ipv6AddressCount = 0 } = pool;
  return ipv6AddressCount > 0 || secondaryAddresses.some((list) => list.length > 0);
}

export function reasonOf(error: unknown): string {
  return error instanceof Error && error.message !== "" ? error.message : String(error);
}
