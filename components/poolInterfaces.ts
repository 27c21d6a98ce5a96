import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { poolSize } from "./checks";

/** What the interfaces of a pool are made of. */
export interface PoolInterfacesArgs {
  poolName: string;
  tagKey: string;
  subnetId: pulumi.Input<string>;
  securityGroupIds: pulumi.Input<pulumi.Input<string>[]>;
  addresses?: string[];
  size?: number;
  secondaryAddresses?: string[][];
  ipv6AddressCount?: number;
  sourceDestCheck?: boolean;
}

/** Creates the interfaces, in slot order. */
export function createInterfaces(
  name: string,
  args: PoolInterfacesArgs,
  opts: pulumi.CustomResourceOptions,
): aws.ec2.NetworkInterface[] {
  const { poolName, tagKey, subnetId, ipv6AddressCount, sourceDestCheck } = args;
  return Array.from(
    { length: poolSize(args) },
    (_, slot) =>
      new aws.ec2.NetworkInterface(
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
      ),
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
 * Gives every interface an Elastic IP, kept with the interface's first address. Association and address are
 * two resources: one alone would, on the interface's replacement, ask EC2 for the old holder, too, and fail.
 */
export function createPublicAddresses(
  name: string,
  poolName: string,
  interfaces: aws.ec2.NetworkInterface[],
  opts: pulumi.CustomResourceOptions,
): aws.ec2.EipAssociation[] {
  return interfaces.map(({ id: networkInterfaceId }, slot) => {
    const tags = { Name: `${poolName}-${slot}` };
    const address = new aws.ec2.Eip(`${name}-${slot}`, { domain: "vpc", tags }, opts);
    return new aws.ec2.EipAssociation(
      `${name}-${slot}`,
      { allocationId: address.id, networkInterfaceId },
      // Interface and address are protected, and it goes with one of them.
      pulumi.mergeOptions(opts, { protect: false }),
    );
  });
}
