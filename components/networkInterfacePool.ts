import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { DEFAULT_TAG_KEY } from "../handler/model";
import { checkPool, checkTagKey, describeMistakes, type Mistake, poolSize } from "./checks";
import { NetworkInterfaceManager } from "./networkInterfaceManager";
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
   * a pool of that name, whose instances and manager must carry the new name, too.
   * @default the resource's name
   * @throws ResourceError when it is empty or longer
   */
  poolName?: string;
  /**
   * The subnet of the interfaces, and so the pool's Availability Zone and VPC. Changing it replaces every
   * interface, with new MAC addresses; their protection stops that.
   */
  subnetId: pulumi.Input<string>;
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
   * Whether Pulumi refuses to delete or replace the interfaces.
   * @default the component's own option `protect`, or true in every stack but `dev`
   */
  protect?: boolean;
  /**
   * Whether the interfaces stay in AWS when Pulumi deletes them from the stack.
   * @default false
   */
  retainOnDelete?: boolean;
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
  public readonly availabilityZone: pulumi.Output<string>;
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

    const subnet = aws.ec2.getSubnetOutput({ id: args.subnetId }, { parent: this });
    this.availabilityZone = subnet.availabilityZone;
    const securityGroupIds = args.securityGroupIds ?? [
      this.createSecurityGroup(name, subnet.vpcId).id,
    ];
    this.manager =
      args.manager ??
      new NetworkInterfaceManager(
        `${name}-manager`,
        { tagKey, pools: [poolName] },
        { parent: this },
      );
    const protect = args.protect ?? opts?.protect ?? pulumi.getStack() !== DEVELOPMENT_STACK;
    const interfaces = this.createInterfaces(name, {
      ...args,
      poolName,
      tagKey,
      securityGroupIds,
      protect,
    });
    this.addresses = pulumi.output(interfaces.map(({ privateIp }) => privateIp));
    if (args.group !== undefined) {
      this.group = new SingleZoneGroup(
        name,
        {
          ...args.group,
          poolName,
          poolSize: interfaces.length,
          addresses: args.addresses ?? this.addresses,
          tagKey,
          subnetId: args.subnetId,
          securityGroupIds,
        },
        // And so, on the way down, the group goes first and leaves the interfaces free to delete.
        { parent: this, dependsOn: [this.manager, ...interfaces] },
      );
    }
    this.macAddresses = pulumi.output(interfaces.map(({ macAddress }) => macAddress));
    this.networkInterfaceIds = pulumi.output(interfaces.map(({ id }) => id));
    this.registerOutputs({
      addresses: this.addresses,
      macAddresses: this.macAddresses,
      networkInterfaceIds: this.networkInterfaceIds,
      availabilityZone: this.availabilityZone,
    });
  }

  private check(poolName: string, args: NetworkInterfacePoolArgs): void {
    const { addresses, size, group, manager, tagKey } = args;
    const mistakes = [
      ...checkPool({
        name: poolName,
        addresses,
        size,
        group,
        tagKey: tagKey ?? manager?.tagKey,
      }).map(toArgument),
      ...checkTagKey(tagKey),
    ];
    if (manager !== undefined && tagKey !== undefined && tagKey !== manager.tagKey) {
      const message = `is "${tagKey}", but the manager's is "${manager.tagKey}"; leave it out`;
      mistakes.push({ path: ["tagKey"], message });
    }
    if (manager?.pools !== undefined && !manager.pools.includes(poolName)) {
      const found = `looks after ${manager.pools.join(", ")} and not ${poolName}`;
      mistakes.push({ path: ["manager"], message: `${found}; name it in the manager's pools` });
    }
    if (mistakes.length > 0) throw new pulumi.ResourceError(describeMistakes(mistakes), this, true);
  }

  private createSecurityGroup(name: string, vpcId: pulumi.Output<string>): aws.ec2.SecurityGroup {
    return new aws.ec2.SecurityGroup(
      name,
      {
        description: "Network interface pool: nothing in, everything out",
        vpcId,
        ingress: [],
        egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }],
      },
      { parent: this },
    );
  }

  private createInterfaces(
    name: string,
    args: NetworkInterfacePoolArgs & { poolName: string; tagKey: string },
  ): aws.ec2.NetworkInterface[] {
    const { poolName, tagKey, subnetId, addresses } = args;
    return Array.from({ length: poolSize(args) }, (_, slot) => {
      const address = addresses?.[slot];
      return new aws.ec2.NetworkInterface(
        `${name}-${slot}`,
        {
          subnetId,
          privateIps: address === undefined ? undefined : [address],
          securityGroups: args.securityGroupIds,
          description: `Slot ${slot} of a network interface pool`,
          tags: { Name: `${poolName}-${slot}`, [tagKey]: poolName },
        },
        {
          parent: this,
          dependsOn: [this.manager],
          protect: args.protect,
          retainOnDelete: args.retainOnDelete,
          // An address can't exist twice, not even while the new interface replaces the old.
          deleteBeforeReplace: true,
          // What the manager attaches is no drift.
          ignoreChanges: ["attachments"],
        },
      );
    });
  }
}
