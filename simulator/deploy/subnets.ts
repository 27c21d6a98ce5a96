import type { DeployedSubnet } from "./addresses";

/** A subnet in a VPC that has the same name. */
export function subnetIn(vpc: string, zone: string, cidrBlock: string): DeployedSubnet {
  const availabilityZone = `eu-west-1${zone}`;
  return { id: `subnet-${vpc}`, vpcId: `vpc-${vpc}`, availabilityZone, cidrBlock };
}

/** Subnets of a VPC in two Availability Zones. */
export function subnetsIn(vpc: string, network: string): DeployedSubnet[] {
  return ["a", "b"].map((zone, index) => ({
    ...subnetIn(vpc, zone, `${network}.${index}.0/24`),
    id: `subnet-${vpc}-${zone}`,
  }));
}
