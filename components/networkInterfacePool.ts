import * as pulumi from "@pulumi/pulumi";
import { DEFAULT_TAG_KEY, type WhenExhausted } from "../handler/names";
import { checkPool, checkTagKey, poolSize } from "./checks";
import { adoptInterfaces } from "./existingInterfaces";
import { layOutGroup } from "./groupNetwork";
import { checkManager } from "./managerChecks";
import type { Mistake } from "./mistakes";
import { NetworkInterfaceManager } from "./networkInterfaceManager";
import { createInterfaces, type PoolInterfaces, type PoolOwner } from "./poolInterfaces";
import { refuseMistakes } from "./refusals";
import { instancesNameOf } from "./resourceNames";
import { type GroupArgs, SingleZoneGroup } from "./singleZoneGroup";

/** The pool's name is an argument of another name here. */
function toArgument(mistake: Mistake): Mistake {
  return mistake.path[0] === "name" ? { ...mistake, path: ["poolName"] } : mistake;
}

/** The stack in which interfaces are not protected by default, so that it can be destroyed at will. */
const DEVELOPMENT_STACK = "dev";

export interface NetworkInterfacePoolArgs {
  /**
   * The pool's name and the value of its tag, 1 to 128 characters. Changing it moves the interfaces to
   * a pool of that name, whose instances and manager must carry the new name, too. Interfaces that exist
   * already have to be taken out of the pool by an `up` of its own first.
   * @default the resource's name
   * @throws ResourceError when it is empty, longer, or has a comma
   */
  poolName?: string;
  /**
   * The subnet of the interfaces, and so the pool's Availability Zone and VPC; not for interfaces that exist
   * already. Changing it replaces every interface, with new MAC addresses; their protection stops that.
   * @throws ResourceError when it is missing
   */
  subnetId?: pulumi.Input<string>;
  /**
   * The interfaces by their fixed private IPv4 addresses, 1 to 1,000, in slot order. Either this or `size`.
   * Removing the last ones deletes their interfaces; their protection stops that.
   * @throws ResourceError when one is no IPv4 address, reserved, or there twice
   * @example ["10.0.0.10", "10.0.0.11"]
   */
  addresses?: string[];
  /**
   * How many interfaces, 1 to 1,000, with addresses that EC2 chooses once. Either this or `addresses`.
   * Lowering it deletes the highest slots; slots never renumber.
   */
  size?: number;
  /**
   * Interfaces that exist already, by their ids, 1 to 1,000, in slot order, in place of `addresses` or
   * `size`. They get the pool tag and nothing else, and are never deleted: taking one out, or destroying the
   * pool, takes the tag away. One that an instance without the tag holds stays there until that lets it go.
   * @throws ResourceError when one is in another zone than the first, in another pool by its tag, an
   * instance's primary interface, deleted together with its holder, held by a service of AWS, or there twice
   * @throws ResourceError together with what they have of their own: `secondaryAddresses`,
   * `ipv6AddressCount`, `publicAddresses`, `sourceDestCheck` and `securityGroupIds`
   * @example ["eni-0123456789abcdef0"]
   */
  networkInterfaceIds?: string[];
  /**
   * Further fixed private IPv4 addresses of the interfaces: a list for each of `addresses`, in slot order,
   * `[]` for none. They stay beside the first one, which every interface keeps. Changing a list takes the
   * further addresses of that interface away for a moment.
   * @throws ResourceError when there are not as many lists as `addresses`, or for an address as above
   * @throws ResourceError when the group's instance type takes fewer on one interface
   * @example { addresses: ["10.0.0.10", "10.0.0.11"], secondaryAddresses: [["10.0.0.20"], []] }
   */
  secondaryAddresses?: string[][];
  /**
   * How many IPv6 addresses each interface has; EC2 chooses them once. More or fewer are assigned at once,
   * 0 takes them away, and leaving this out later leaves them as they are.
   * @default none, or as many as the subnet gives each new interface
   * @throws ResourceError when the subnet has no IPv6 range, or the group's instance type takes fewer
   */
  ipv6AddressCount?: number;
  /**
   * Whether each interface has an Elastic IP, which stays with its first address whatever instance holds
   * it. The Elastic IPs are protected and retained as the interfaces are.
   * @default false
   * @throws ResourceError when the subnet's VPC has no internet gateway
   */
  publicAddresses?: boolean;
  /**
   * False lets the instance send and receive what isn't to or from its own addresses, as a NAT instance,
   * a router or a firewall does. Changing it takes effect at once.
   * @default true
   */
  sourceDestCheck?: boolean;
  /**
   * The security groups of the interfaces, and of the group's instances. Changing it takes effect at once.
   * @default a group of its own that lets nothing in and everything out
   */
  securityGroupIds?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * The key of the pool tag; must be the manager's.
   * @default the manager's, or "network-interface-manager-pool"
   */
  tagKey?: string;
  /**
   * Whether Pulumi refuses to delete or replace the interfaces; of those that exist already, to take the tag away.
   * @default the component's own option `protect`, or true in every stack but `dev`; false for those that exist already
   */
  protect?: boolean;
  /**
   * Whether the interfaces stay in AWS when Pulumi deletes them from the stack; those that exist already stay
   * anyway, and with this keep the tag.
   * @default false
   */
  retainOnDelete?: boolean;
  /**
   * What happens to an instance that launches while the pool has no free interface and none on its way
   * back. `continue` lets it into service as a standby, so that the group may have more instances than the
   * pool has interfaces: when a holder fails, its address moves to the standby that waits longest.
   * @default the manager's: "wait"
   */
  whenExhausted?: WhenExhausted;
  /**
   * An Auto Scaling group that uses the pool.
   * @default none: the pool is for instances with its tag that are defined elsewhere
   */
  group?: GroupArgs;
  /**
   * The manager that looks after the pool.
   * @default one of its own, for this pool alone
   */
  manager?: NetworkInterfaceManager;
}

/**
 * A pool of network interfaces that keep their addresses and MACs while instances come and go.
 *
 * @example
 * new NetworkInterfacePool("licence", {
 *   subnetId,
 *   addresses: ["10.0.0.10"],
 *   group: { instanceType: "t4g.small" },
 * });
 */
export class NetworkInterfacePool extends pulumi.ComponentResource {
  /** The private IPv4 addresses, in slot order. */
  public readonly addresses: pulumi.Output<string[]>;
  /** In slot order. */
  public readonly macAddresses: pulumi.Output<string[]>;
  /** In slot order. */
  public readonly networkInterfaceIds: pulumi.Output<string[]>;
  /** The IPv6 addresses of each interface, in slot order. */
  public readonly ipv6Addresses: pulumi.Output<string[][]>;
  /** The Elastic IPs, in slot order; empty without `publicAddresses`. */
  public readonly publicIps: pulumi.Output<string[]>;
  public readonly availabilityZone: pulumi.Output<string>;
  /** The interfaces or their tags, and their public addresses: what a group that uses them goes before. */
  public readonly interfaces: pulumi.Resource[];
  public readonly group: SingleZoneGroup | undefined;
  public readonly manager: NetworkInterfaceManager;

  constructor(
    name: string,
    args: NetworkInterfacePoolArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("network-interface-pool:index:NetworkInterfacePool", name, args, opts);
    const poolName = args.poolName ?? name;
    const tagKey = args.tagKey ?? args.manager?.tagKey ?? DEFAULT_TAG_KEY;
    this.check(poolName, args);

    this.manager =
      args.manager ??
      new NetworkInterfaceManager(
        `${name}-manager`,
        {
          tagKey,
          pools: [
            args.whenExhausted === undefined
              ? poolName
              : { name: poolName, whenExhausted: args.whenExhausted },
          ],
        },
        { parent: this },
      );
    const owner: PoolOwner = {
      component: this,
      manager: this.manager,
      protect: args.protect ?? opts?.protect ?? pulumi.getStack() !== DEVELOPMENT_STACK,
      retainOnDelete: args.retainOnDelete,
    };
    const interfaces = this.interfacesOf(name, args, { name: poolName, tagKey }, owner);
    const { group } = args;
    const network =
      group && layOutGroup(instancesNameOf(name), { ...args, group }, interfaces, owner);
    if (network !== undefined) {
      const { subnetIds, securityGroupIds, checked } = network;
      const pool = { poolName, poolSize: poolSize(args), tagKey };
      const addresses = args.addresses ?? interfaces.addresses;
      const hasStandbys = args.whenExhausted === "continue";
      this.group = new SingleZoneGroup(
        name,
        { ...group, ...pool, addresses, hasStandbys, subnetIds, securityGroupIds },
        // And so, on the way down, the group goes first and leaves the interfaces free to delete.
        { parent: this, dependsOn: [this.manager, ...interfaces.resources, checked] },
      );
    }
    const { place, addresses, macAddresses, networkInterfaceIds, ipv6Addresses, publicIps } =
      interfaces;
    const { subnetId, availabilityZone } = place;
    this.addresses = addresses;
    this.macAddresses = macAddresses;
    this.networkInterfaceIds = networkInterfaceIds;
    this.interfaces = interfaces.resources;
    this.ipv6Addresses = ipv6Addresses;
    this.publicIps = publicIps;
    this.availabilityZone = availabilityZone;
    this.registerOutputs({
      addresses,
      macAddresses,
      networkInterfaceIds,
      ipv6Addresses,
      publicIps,
      availabilityZone,
      // For the policies, which know no subnet that is outside of the program.
      subnetZones: pulumi
        .all([subnetId, availabilityZone, network?.subnetZones ?? []])
        .apply(([id, zone, ofGroup]) => Object.fromEntries([[id, zone], ...ofGroup])),
    });
  }

  private interfacesOf(
    name: string,
    { networkInterfaceIds, subnetId, ...args }: NetworkInterfacePoolArgs,
    pool: { name: string; tagKey: string },
    owner: PoolOwner,
  ): PoolInterfaces {
    if (networkInterfaceIds !== undefined) {
      const { protect, retainOnDelete } = args;
      const adopted = { ...pool, networkInterfaceIds, subnetId, protect, retainOnDelete };
      return adoptInterfaces(name, adopted, owner);
    }
    // That it is missing was refused before.
    return createInterfaces(name, { ...args, ...pool, subnetId: subnetId ?? "" }, owner);
  }

  private check(poolName: string, args: NetworkInterfacePoolArgs): void {
    const mistakes = [
      ...checkPool({
        ...args,
        name: poolName,
        tagKey: args.tagKey ?? args.manager?.tagKey,
        whenExhausted: args.whenExhausted ?? args.manager?.whenExhaustedOf(poolName),
      }).map(toArgument),
      ...checkTagKey(args.tagKey),
      ...checkManager(poolName, args),
    ];
    if (args.subnetId === undefined && args.networkInterfaceIds === undefined) {
      const message = "is missing; write the subnet of the interfaces";
      mistakes.push({ path: ["subnetId"], message });
    }
    refuseMistakes(this, mistakes);
  }
}
