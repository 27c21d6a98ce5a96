import type { Mistake } from "./mistakes";

/** Where a subnet is. */
export interface SubnetPlace {
  subnetId: string;
  availabilityZone: string;
  vpcId: string;
}

/**
 * Finds subnets of a group that are outside the Availability Zone of its pool: an interface never leaves
 * its zone, so an instance there would never get an address. Paths start with the subnet's index; a subnet
 * that couldn't be read is undefined.
 */
function checkZones(availabilityZone: string, subnets: (SubnetPlace | undefined)[]): Mistake[] {
  return subnets.flatMap((subnet, index) => {
    if (subnet === undefined || subnet.availabilityZone === availabilityZone) return [];
    const found = `is ${subnet.subnetId} in ${subnet.availabilityZone}, but the pool is in ${availabilityZone}`;
    return [{ path: [index], message: `${found}; write a subnet of ${availabilityZone}` }];
  });
}

/** Finds subnets of a group that are in another VPC than the first; a group has one. Paths as above. */
export function checkOneVpc(subnets: (SubnetPlace | undefined)[]): Mistake[] {
  const first = subnets.find((subnet) => subnet !== undefined);
  return subnets.flatMap((subnet, index) => {
    if (subnet === undefined || subnet.vpcId === first?.vpcId) return [];
    const found = `is ${subnet.subnetId} of ${subnet.vpcId}, but ${first?.subnetId} is of ${first?.vpcId}`;
    return [{ path: [index], message: `${found}; write subnets of one VPC` }];
  });
}

/**
 * Finds what is wrong with the subnets of a group.
 *
 * @param availabilityZone the pool's; undefined while that isn't known
 */
export function checkGroupSubnets(
  availabilityZone: string | undefined,
  subnets: (SubnetPlace | undefined)[],
): Mistake[] {
  if (subnets.length === 0) {
    return [{ path: [], message: "is an empty list; write a subnet's id, or leave it out" }];
  }
  const strays = availabilityZone === undefined ? [] : checkZones(availabilityZone, subnets);
  return [...strays, ...checkOneVpc(subnets)];
}

/** Finds that a security group is of another VPC than the interfaces that are to have it. */
export function checkSecurityGroup(
  group: { securityGroupId: string; vpcId: string },
  vpcId: string,
): Mistake[] {
  if (group.vpcId === vpcId) return [];
  const found = `is ${group.securityGroupId} of ${group.vpcId}, but the subnet is of ${vpcId}`;
  return [{ path: [], message: `${found}; write a security group of ${vpcId}` }];
}
