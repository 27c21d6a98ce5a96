import type * as pulumi from "@pulumi/pulumi";
import { lookUpInstanceType, lookUpSecurityGroups, lookUpSubnets } from "./lookups";
import { type Mistake, under } from "./mistakes";
import { checkOnDemandZones } from "./onDemandChecks";
import { checkOneVpc, type SubnetPlace } from "./placeChecks";

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

/** Where a pool on demand is, and what doesn't fit together there. */
export interface OnDemandLooks {
  /** The Availability Zones of all its subnets and its group's, by subnet id. */
  subnetZones: Record<string, string>;
  /** Paths start as in the arguments of the pool. */
  mistakes: Mistake[];
}

/** Asks AWS for what a pool on demand names there, so that what doesn't fit together is found before it is tried. */
export async function lookUpOnDemandPlaces(
  { subnetIds, securityGroupIds, group }: OnDemandPlaces,
  opts?: pulumi.InvokeOptions,
): Promise<OnDemandLooks> {
  const [ofPool, ofGroup] = await Promise.all([
    lookUpSubnets(subnetIds, opts),
    lookUpSubnets(group?.subnetIds ?? [], opts),
  ]);
  const subnets = ofPool.subnets.filter(isKnown);
  const groupSubnets = ofGroup.subnets.filter(isKnown);
  const vpcId = subnets[0]?.vpcId;
  const checkGroups = (ids: string[], ofVpc: string | undefined) =>
    ofVpc === undefined ? [] : lookUpSecurityGroups(ids, ofVpc, opts);
  const [groups, instanceGroups, ofType] = await Promise.all([
    checkGroups(securityGroupIds, vpcId),
    checkGroups(group?.securityGroupIds ?? [], groupSubnets[0]?.vpcId ?? vpcId),
    group?.instanceType === undefined
      ? []
      : lookUpInstanceType({ group }, group.instanceType, opts),
  ]);
  return {
    subnetZones: Object.fromEntries([...subnets, ...groupSubnets].map(zoneEntry)),
    mistakes: [
      ...under("subnetIds", [...ofPool.mistakes, ...checkOneVpc(ofPool.subnets)]),
      ...under("securityGroupIds", groups),
      ...under("group", [
        ...under("subnetIds", [...ofGroup.mistakes, ...checkOneVpc(ofGroup.subnets)]),
        ...under("securityGroupIds", instanceGroups),
      ]),
      ...checkOnDemandZones(ofPool.subnets, ofGroup.subnets),
      ...ofType,
    ],
  };
}

function zoneEntry({ subnetId, availabilityZone }: SubnetPlace): [string, string] {
  return [subnetId, availabilityZone];
}

function isKnown<Value>(value: Value | undefined): value is Value {
  return value !== undefined;
}
