import type * as pulumi from "@pulumi/pulumi";
import {
  lookUpInstanceType,
  lookUpSecurityGroups,
  lookUpSubnets,
  type SubnetLooks,
} from "./lookups";
import { isKnown, type Mistake, under } from "./mistakes";
import { checkOnDemandZones } from "./onDemandChecks";
import { checkOneVpc } from "./placeChecks";

/** What a pool on demand and its group name in AWS. */
export interface OnDemandPlaces {
  subnetIds: string[];
  securityGroupIds: string[];
  group?: {
    instanceType?: string;
    furtherPools?: string[];
    subnetIds?: string[];
    securityGroupIds?: string[];
  };
}

/** The subnets of a pool on demand, and its group's own. */
export interface OnDemandSubnets {
  ofPool: SubnetLooks;
  /** Absent: the pool's. */
  ofGroup?: SubnetLooks;
}

/** Asks AWS for subnets. */
export async function lookUpOnDemandSubnets(
  subnetIds: string[],
  groupSubnetIds: string[] | undefined,
  opts?: pulumi.InvokeOptions,
): Promise<OnDemandSubnets> {
  const [ofPool, ofGroup] = await Promise.all([
    lookUpSubnets(subnetIds, opts),
    groupSubnetIds && lookUpSubnets(groupSubnetIds, opts),
  ]);
  return { ofPool, ofGroup };
}

/** The Availability Zones of subnets, by subnet id. */
export function zonesById({ ofPool, ofGroup }: OnDemandSubnets): Record<string, string> {
  const subnets = [...ofPool.subnets, ...(ofGroup?.subnets ?? [])].filter(isKnown);
  return Object.fromEntries(subnets.map((one) => [one.subnetId, one.availabilityZone]));
}

/** Finds what is wrong with subnets. Paths start as in the arguments of the pool. */
export function checkOnDemandSubnets({ ofPool, ofGroup }: OnDemandSubnets): Mistake[] {
  return [
    ...under("subnetIds", [...ofPool.mistakes, ...checkOneVpc(ofPool.subnets)]),
    ...(ofGroup === undefined
      ? []
      : under("group", under("subnetIds", [...ofGroup.mistakes, ...checkOneVpc(ofGroup.subnets)]))),
    ...checkOnDemandZones(ofPool.subnets, ofGroup?.subnets ?? []),
  ];
}

/** Asks AWS whether security groups are of the VPC of the first subnet that can be read. */
export async function lookUpGroupsIn(
  { subnets }: SubnetLooks,
  securityGroupIds: string[],
  opts?: pulumi.InvokeOptions,
): Promise<Mistake[]> {
  const vpcId = subnets.find(isKnown)?.vpcId;
  if (vpcId === undefined) return [];
  return under("securityGroupIds", await lookUpSecurityGroups(securityGroupIds, vpcId, opts));
}

/** Asks AWS for all that a pool on demand names there, so that what doesn't fit together is found before it is tried. */
export async function lookUpOnDemandPlaces({
  subnetIds,
  securityGroupIds,
  group,
}: OnDemandPlaces): Promise<{ subnets: OnDemandSubnets; mistakes: Mistake[] }> {
  const subnets = await lookUpOnDemandSubnets(subnetIds, group?.subnetIds);
  const { ofPool, ofGroup = ofPool } = subnets;
  const [ofInterfaces, ofInstances, ofType] = await Promise.all([
    lookUpGroupsIn(ofPool, securityGroupIds),
    lookUpGroupsIn(ofGroup, group?.securityGroupIds ?? []),
    group?.instanceType === undefined ? [] : lookUpInstanceType({ group }, group.instanceType),
  ]);
  const mistakes = [
    ...checkOnDemandSubnets(subnets),
    ...ofInterfaces,
    ...under("group", ofInstances),
    ...ofType,
  ];
  return { subnets, mistakes };
}
