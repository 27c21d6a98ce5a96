import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { DemandingPool } from "./instanceTypeChecks";
import {
  lookUpInstanceType,
  lookUpSecurityGroups,
  lookUpSubnets,
  type SubnetLooks,
} from "./lookups";
import { type Mistake, under } from "./mistakes";
import { checkGroupSubnets } from "./placeChecks";
import type { Ids, PoolInterfaces, PoolOwner } from "./poolInterfaces";
import { dependOnChecks } from "./refusals";
import { createClosedGroup } from "./securityGroups";
import { DEFAULT_INSTANCE_TYPE, type GroupArgs } from "./singleZoneGroup";

export type SubnetZone = readonly [subnetId: string, availabilityZone: string];

/** Where a group launches, and behind which security groups. */
export interface GroupNetwork {
  subnetIds: Ids;
  securityGroupIds: Ids;
  /** Subnets that are the group's own, each with its Availability Zone. */
  subnetZones: pulumi.Input<SubnetZone[]>;
  /** What the group waits for, so that it isn't created while there are mistakes. */
  checked: pulumi.Output<pulumi.Resource>;
}

/** Works out the network of a pool's group: subnets of its own, or the pool's. */
export function layOutGroup(
  name: string,
  demanding: DemandingPool & { group: GroupArgs },
  pool: PoolInterfaces,
  { component, manager }: PoolOwner,
): GroupNetwork {
  const { group } = demanding;
  const { subnetIds, securityGroupIds } = group;
  const opts = { parent: component };
  const dependOn = (...checks: pulumi.Input<Mistake[]>[]) =>
    dependOnChecks(component, manager, [...checks, checkInstanceType(group, demanding, opts)]);
  if (subnetIds === undefined) {
    return {
      subnetIds: [pool.place.subnetId],
      securityGroupIds: securityGroupIds ?? pool.securityGroupIds,
      subnetZones: [],
      checked: dependOn(checkSecurityGroups(securityGroupIds, pool.place.vpcId, opts)),
    };
  }
  const looks = pulumi.output(subnetIds).apply((ids) => lookUpSubnets(ids, opts));
  const vpcId = looks.apply(vpcOf);
  const checked = dependOn(
    checkSubnets(pool.place.availabilityZone, looks),
    checkSecurityGroups(securityGroupIds, vpcId, opts),
  );
  const chooseGroups = () => {
    const closedGroup = createClosedGroup(name, vpcId, { ...opts, dependsOn: checked });
    return chooseSecurityGroups(pool, vpcId, closedGroup);
  };
  return {
    subnetIds,
    securityGroupIds: securityGroupIds ?? chooseGroups(),
    subnetZones: looks.apply(zonesOf),
    checked,
  };
}

/**
 * The pool's security groups, or the one that lets nothing in where those are of another VPC. Which VPC it is
 * only AWS tells, and what is created must not depend on that: so the closed one may be there in vain.
 */
function chooseSecurityGroups(
  pool: PoolInterfaces,
  vpcId: pulumi.Output<string>,
  closedGroup: aws.ec2.SecurityGroup,
): pulumi.Output<string[]> {
  return pulumi
    .all([pool.place.vpcId, vpcId, pool.securityGroupIds, closedGroup.id])
    .apply(([ofPool, ofGroup, groups, closed]) => (ofGroup === ofPool ? groups : [closed]));
}

function checkSubnets(
  availabilityZone: pulumi.Output<string>,
  looks: pulumi.Output<SubnetLooks>,
): pulumi.Output<Mistake[]> {
  return pulumi.all([availabilityZone, looks]).apply(([zone, { subnets, mistakes }]) => {
    // Where the pool's zone can't be read, that is the mistake.
    const all = [...mistakes, ...checkGroupSubnets(zone === "" ? undefined : zone, subnets)];
    return under("group", under("subnetIds", all));
  });
}

function checkSecurityGroups(
  securityGroupIds: Ids | undefined,
  vpcId: pulumi.Output<string>,
  opts: pulumi.InvokeOptions,
): pulumi.Input<Mistake[]> {
  if (securityGroupIds === undefined) return [];
  return pulumi.all([securityGroupIds, vpcId]).apply(async ([ids, vpc]) => {
    // Where no subnet can be read, that is the mistake.
    const mistakes = vpc === "" ? [] : await lookUpSecurityGroups(ids, vpc, opts);
    return under("group", under("securityGroupIds", mistakes));
  });
}

/** Asks AWS whether the group's instances take all that the pools give them. */
export function checkInstanceType(
  { instanceType = DEFAULT_INSTANCE_TYPE }: GroupArgs,
  pool: DemandingPool,
  opts: pulumi.InvokeOptions,
): pulumi.Output<Mistake[]> {
  return pulumi.output(instanceType).apply((type) => lookUpInstanceType(pool, type, opts));
}

function vpcOf({ subnets }: SubnetLooks): string {
  return subnets.find((subnet) => subnet !== undefined)?.vpcId ?? "";
}

function zonesOf({ subnets }: SubnetLooks): SubnetZone[] {
  return subnets.flatMap((subnet) =>
    subnet === undefined ? [] : [[subnet.subnetId, subnet.availabilityZone] as const],
  );
}
