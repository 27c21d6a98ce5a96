import * as aws from "@pulumi/aws";
import type { GroupShape, PoolShape } from "./components/checks";
import {
  hasFurtherAddresses,
  lookUpAddressLimits,
  lookUpGateway,
  reasonOf,
} from "./components/lookups";
import { type Mistake, under } from "./components/mistakes";
import { checkPoolInSubnet, type SubnetRanges } from "./components/subnetChecks";

const SUBNET_PREFIX = "subnet-";

/** A pool as it is written, as far as it names what is in AWS already. */
export interface WrittenPool extends PoolShape {
  subnetId?: string;
  publicAddresses?: boolean;
  group?: GroupShape & { instanceType?: string };
}

/**
 * Asks AWS for what pools name there, so that what doesn't fit together is found before it is tried.
 *
 * @param trialSubnet the subnet of pools that name none
 */
export async function checkSurroundings(
  pools: WrittenPool[],
  trialSubnet: SubnetRanges,
): Promise<Mistake[]> {
  const mistakes = await Promise.all(
    pools.map(async (pool, index) => {
      const found = await Promise.all([checkSubnet(pool, trialSubnet), checkInstanceType(pool)]);
      return under(index, found.flat());
    }),
  );
  return mistakes.flat();
}

async function checkSubnet(pool: WrittenPool, trialSubnet: SubnetRanges): Promise<Mistake[]> {
  const { subnetId } = pool;
  if (subnetId === undefined) return checkPoolInSubnet(pool, trialSubnet);
  if (!subnetId.startsWith(SUBNET_PREFIX)) return [];
  try {
    const subnet = await aws.ec2.getSubnet({ id: subnetId });
    const gateway = pool.publicAddresses === true ? await lookUpGateway(subnet.vpcId) : [];
    return [...checkPoolInSubnet(pool, subnet), ...gateway];
  } catch (error) {
    const found = `is ${subnetId}, which can't be read: ${reasonOf(error)}`;
    const message = `${found}; write a subnet of this account and Region`;
    return [{ path: ["subnetId"], message }];
  }
}

async function checkInstanceType(pool: WrittenPool): Promise<Mistake[]> {
  const { instanceType = "" } = pool.group ?? {};
  if (instanceType === "" || !hasFurtherAddresses(pool)) return [];
  return lookUpAddressLimits(pool, instanceType);
}
