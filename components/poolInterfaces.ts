import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { poolSize, type PoolShape } from "./checks";
import { isAnswer, lookUpGateway, lookUpSecurityGroups } from "./lookups";
import { type Mistake, under } from "./mistakes";
import { dependOnChecks } from "./refusals";
import { createClosedGroup } from "./securityGroups";
import { checkPoolInSubnet } from "./subnetChecks";

export type Ids = pulumi.Input<pulumi.Input<string>[]>;

/** Where the interfaces of a pool are. */
export interface PoolPlace {
  subnetId: pulumi.Input<string>;
  availabilityZone: pulumi.Output<string>;
  vpcId: pulumi.Output<string>;
}

/** The interfaces of a pool; lists are in slot order. */
export interface PoolInterfaces {
  place: PoolPlace;
  securityGroupIds: Ids;
  networkInterfaceIds: pulumi.Output<string[]>;
  addresses: pulumi.Output<string[]>;
  macAddresses: pulumi.Output<string[]>;
  ipv6Addresses: pulumi.Output<string[][]>;
  publicIps: pulumi.Output<string[]>;
  /** What is there before the group is, and so goes after it. */
  resources: pulumi.Resource[];
}

/** What the interfaces of a pool are made of. */
export interface PoolInterfacesArgs extends PoolShape {
  tagKey: string;
  subnetId: pulumi.Input<string>;
  securityGroupIds?: Ids;
  publicAddresses?: boolean;
  sourceDestCheck?: boolean;
}

/** Whose the interfaces are, and how they are kept. */
export interface PoolOwner {
  component: pulumi.ComponentResource;
  manager: pulumi.Resource;
  protect: boolean;
  retainOnDelete?: boolean;
}

/** Creates the interfaces, with their public addresses, as soon as their subnet is known to suit them. */
export function createInterfaces(
  name: string,
  args: PoolInterfacesArgs,
  { component, manager, protect, retainOnDelete }: PoolOwner,
): PoolInterfaces {
  const parent = { parent: component };
  const subnet = aws.ec2.getSubnetOutput({ id: args.subnetId }, parent);
  const { availabilityZone, vpcId } = subnet;
  const checks = checkSubnet(args, subnet, parent);
  const checked = dependOnChecks(component, manager, checks);
  const opts = { ...parent, dependsOn: [manager, checked], protect, retainOnDelete };
  const securityGroupIds = args.securityGroupIds ?? [createClosedGroup(name, vpcId, parent).id];
  const interfaces = Array.from({ length: poolSize(args) }, (_, slot) =>
    createInterface(name, slot, { ...args, securityGroupIds }, opts),
  );
  const publicAddresses =
    args.publicAddresses === true
      ? interfaces.map(({ id }, slot) => createPublicAddress(name, slot, args.name, id, opts))
      : [];
  return {
    place: { subnetId: args.subnetId, availabilityZone, vpcId },
    securityGroupIds,
    networkInterfaceIds: pulumi.output(interfaces.map(({ id }) => id)),
    addresses: pulumi.output(interfaces.map(({ privateIp }) => privateIp)),
    macAddresses: pulumi.output(interfaces.map(({ macAddress }) => macAddress)),
    ipv6Addresses: pulumi.output(interfaces.map(({ ipv6Addresses }) => ipv6Addresses)),
    publicIps: pulumi.output(publicAddresses.map(({ publicIp }) => publicIp)),
    resources: [...interfaces, ...publicAddresses],
  };
}

/** Asks AWS whether the subnet and its VPC give what the interfaces are to have. */
function checkSubnet(
  pool: PoolInterfacesArgs,
  subnet: pulumi.Output<aws.ec2.GetSubnetResult>,
  opts: pulumi.InvokeOptions,
): pulumi.Output<Mistake[]>[] {
  const { securityGroupIds, publicAddresses } = pool;
  const checks = [
    subnet.apply((shown) => (isAnswer(shown, "cidrBlock") ? checkPoolInSubnet(pool, shown) : [])),
  ];
  if (publicAddresses === true) {
    checks.push(subnet.vpcId.apply((vpcId) => lookUpGateway(vpcId, opts)));
  }
  if (securityGroupIds !== undefined) {
    const looks = pulumi
      .all([securityGroupIds, subnet.vpcId])
      .apply(([ids, vpcId]) => lookUpSecurityGroups(ids, vpcId, opts));
    checks.push(looks.apply((mistakes) => under("securityGroupIds", mistakes)));
  }
  return checks;
}

function createInterface(
  name: string,
  slot: number,
  args: PoolInterfacesArgs,
  opts: pulumi.CustomResourceOptions,
): aws.ec2.NetworkInterface {
  const { name: poolName, tagKey, subnetId, ipv6AddressCount, sourceDestCheck } = args;
  return new aws.ec2.NetworkInterface(
    `${name}-${slot}`,
    {
      subnetId,
      ...privateAddresses(args, slot),
      ipv6AddressCount,
      sourceDestCheck,
      securityGroups: args.securityGroupIds,
      description: `Slot ${slot} of a network interface pool`,
      tags: { Name: `${poolName}-${slot}`, [tagKey]: poolName },
    },
    pulumi.mergeOptions(opts, {
      // An address can't exist twice, not even while the new interface replaces the old.
      deleteBeforeReplace: true,
      // What the manager attaches is no drift.
      ignoreChanges: ["attachments"],
    }),
  );
}

/**
 * Which address is the first decides whether the provider replaces the interface. `privateIps` is a set, in
 * which only a single address is sure to be the first; of several, the ordered list says which one is.
 */
function privateAddresses(
  { addresses, secondaryAddresses }: PoolInterfacesArgs,
  slot: number,
): Pick<aws.ec2.NetworkInterfaceArgs, "privateIps" | "privateIpLists" | "privateIpListEnabled"> {
  const address = addresses?.[slot];
  if (address === undefined) return {};
  const others = secondaryAddresses?.[slot] ?? [];
  if (others.length === 0) return { privateIps: [address] };
  return { privateIpListEnabled: true, privateIpLists: [address, ...others] };
}

/**
 * Gives an interface an Elastic IP, kept with its first address. Association and address are two resources:
 * one alone would, on the interface's replacement, ask EC2 for the old holder, too, and fail.
 */
function createPublicAddress(
  name: string,
  slot: number,
  poolName: string,
  networkInterfaceId: pulumi.Output<string>,
  opts: pulumi.CustomResourceOptions,
): aws.ec2.EipAssociation {
  const tags = { Name: `${poolName}-${slot}` };
  const address = new aws.ec2.Eip(`${name}-${slot}`, { domain: "vpc", tags }, opts);
  return new aws.ec2.EipAssociation(
    `${name}-${slot}`,
    { allocationId: address.id, networkInterfaceId },
    // Interface and address are protected, and it goes with one of them.
    pulumi.mergeOptions(opts, { protect: false }),
  );
}
