import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { checkInterfaces, type ExistingInterface } from "./interfaceChecks";
import { type InterfaceLooks, lookUpInterfaces } from "./lookups";
import { type Mistake, under } from "./mistakes";
import type { PoolInterfaces, PoolOwner } from "./poolInterfaces";
import { dependOnChecks } from "./refusals";

/** A pool of interfaces that exist already. */
export interface ExistingInterfacesArgs {
  name: string;
  tagKey: string;
  networkInterfaceIds: string[];
  subnetId: pulumi.Input<string> | undefined;
  /** Of the tags; absent: they may go. */
  protect?: boolean;
  retainOnDelete?: boolean;
}

/**
 * Takes interfaces that exist already into a pool, as soon as they are known to suit: by the pool tag alone,
 * which is all that goes again. Whatever else they have is theirs.
 */
export function adoptInterfaces(
  name: string,
  args: ExistingInterfacesArgs,
  { component, manager }: PoolOwner,
): PoolInterfaces {
  const { tagKey, networkInterfaceIds, protect, retainOnDelete } = args;
  const parent = { parent: component };
  const looks = pulumi.output(lookUpInterfaces(networkInterfaceIds, parent));
  const checked = dependOnChecks(component, manager, [checkLooks(looks, args)]);
  const tags = networkInterfaceIds.map(
    (resourceId) =>
      new aws.ec2.Tag(
        // Not by the slot: a tag that is replaced is given to the next interface and then taken from it.
        `${name}-${resourceId}`,
        { resourceId, key: tagKey, value: args.name },
        { ...parent, protect, retainOnDelete, dependsOn: [manager, checked] },
      ),
  );
  const ofFirst = (read: (one: ExistingInterface) => string) =>
    looks.apply(({ interfaces }) => {
      const first = interfaces.find((one) => one !== undefined);
      return first === undefined ? "" : read(first);
    });
  const ofAll = <Value>(read: (one: ExistingInterface) => Value) =>
    looks.apply(({ interfaces }) => interfaces.flatMap((one) => (one ? [read(one)] : [])));
  return {
    place: {
      subnetId: ofFirst(({ subnetId }) => subnetId),
      availabilityZone: ofFirst(({ availabilityZone }) => availabilityZone),
      vpcId: ofFirst(({ vpcId }) => vpcId),
    },
    securityGroupIds: looks.apply(({ interfaces: [first] }) => first?.securityGroups ?? []),
    networkInterfaceIds: pulumi.output(networkInterfaceIds),
    addresses: ofAll(({ privateIp }) => privateIp),
    macAddresses: ofAll(({ macAddress }) => macAddress),
    ipv6Addresses: ofAll(({ ipv6Addresses }) => ipv6Addresses),
    publicIps: pulumi.output([]),
    resources: tags,
  };
}

function checkLooks(
  looks: pulumi.Output<InterfaceLooks>,
  { name, tagKey, subnetId }: ExistingInterfacesArgs,
): pulumi.Output<Mistake[]> {
  return pulumi.all([looks, subnetId]).apply(([{ interfaces, mistakes }, id]) => {
    const pool = { name, tagKey, subnetId: id };
    return under("networkInterfaceIds", [...mistakes, ...checkInterfaces(interfaces, pool)]);
  });
}
