import * as pulumi from "@pulumi/pulumi";
import { DEFAULT_TAG_KEY } from "../handler/names";
import { checkTagKey } from "./checks";
import { checkInstanceType } from "./groupNetwork";
import { checkManager } from "./managerChecks";
import { type Mistake, under } from "./mistakes";
import { NetworkInterfaceManager } from "./networkInterfaceManager";
import { checkOnDemandPool, checkSecurityGroupCount } from "./onDemandChecks";
import {
  checkOnDemandSubnets,
  lookUpGroupsIn,
  lookUpOnDemandSubnets,
  type OnDemandSubnets,
  zonesById,
} from "./onDemandPlaces";
import { passChecks, refuseMistakes } from "./refusals";
import { type GroupArgs, SingleZoneGroup } from "./singleZoneGroup";

export interface OnDemandPoolArgs {
  /**
   * The pool's name and the value of its tag, 1 to 128 characters.
   * @default the resource's name
   * @throws ResourceError when it is empty, longer, or has a comma
   */
  poolName?: string;
  /**
   * The subnets in which interfaces are made, one in each Availability Zone in which instances run; they
   * may be of another VPC of the same account than the instances. Changing them concerns interfaces
   * made from then on.
   * @throws ResourceError when there is none, or two are in one zone
   * @example [subnetInA.id, subnetInB.id]
   */
  subnetIds: pulumi.Input<string>[];
  /**
   * The security groups of the interfaces, 1 to 16, of the VPC of their subnets.
   * @throws ResourceError when there is none, or are more
   */
  securityGroupIds: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * The key of the pool tag; must be the manager's.
   * @default the manager's, or "network-interface-manager-pool"
   */
  tagKey?: string;
  /**
   * An Auto Scaling group that uses the pool, of any size: `maxSize` must be given.
   * @default none: the pool is for instances with its tag that are defined elsewhere
   */
  group?: GroupArgs;
  /**
   * The manager that makes the interfaces; its `pools` must have this one with the same subnets and
   * security groups.
   * @default one of its own, for this pool alone
   */
  manager?: NetworkInterfaceManager;
}

/**
 * A pool whose network interfaces are made when an instance launches and end with it: a second network
 * without fixed addresses, for groups of any size, in several Availability Zones.
 *
 * @example
 * new OnDemandPool("backend", {
 *   subnetIds: [backendSubnet.id],
 *   securityGroupIds: [backendSecurityGroup.id],
 *   group: { subnetIds: [frontSubnet.id], maxSize: 4 },
 * });
 */
export class OnDemandPool extends pulumi.ComponentResource {
  public readonly group: SingleZoneGroup | undefined;
  public readonly manager: NetworkInterfaceManager;

  constructor(name: string, args: OnDemandPoolArgs, opts?: pulumi.ComponentResourceOptions) {
    super("network-interface-pool:index:OnDemandPool", name, args, opts);
    const { subnetIds, securityGroupIds, group } = args;
    const poolName = args.poolName ?? name;
    const tagKey = args.tagKey ?? args.manager?.tagKey ?? DEFAULT_TAG_KEY;
    refuseMistakes(this, [
      ...checkOnDemandPool({
        name: poolName,
        tagKey,
        subnetCount: subnetIds.length,
        securityGroupCount: Array.isArray(securityGroupIds) ? securityGroupIds.length : undefined,
        group,
      }),
      ...checkTagKey(args.tagKey),
      ...checkManager(poolName, { ...args, isOnDemand: true }),
    ]);
    const parent = { parent: this };
    const subnets = pulumi
      .all([pulumi.output(subnetIds), pulumi.output(group?.subnetIds)])
      .apply(([ofPool, ofGroup]) => lookUpOnDemandSubnets(ofPool, ofGroup, parent));
    // By themselves, since a preview may know the subnets and not the security groups.
    const placed = passChecks(this, [subnets.apply(checkOnDemandSubnets)]);
    const guarded = passChecks(this, [checkInterfaceGroups(args, subnets, parent)]);
    const passed = pulumi.all([placed, guarded]);
    const checked = passChecks(
      this,
      group === undefined ? [] : checkInstances(group, subnets, parent),
    );
    // A manager of its own asks AWS for no more than has passed, so that a mistake is told once.
    const onDemand = {
      subnetIds: subnetIds.map((id) => passed.apply(() => pulumi.output(id))),
      securityGroupIds: passed.apply(() => pulumi.output(securityGroupIds)),
    };
    this.manager =
      args.manager ??
      new NetworkInterfaceManager(
        `${name}-manager`,
        { tagKey, pools: [{ name: poolName, onDemand }] },
        parent,
      );
    const gates = [placed, guarded, checked].map((gate) => gate.apply(() => this.manager));
    if (group !== undefined) {
      this.group = new SingleZoneGroup(
        name,
        {
          ...group,
          poolName,
          tagKey,
          subnetIds: group.subnetIds ?? subnetIds,
          securityGroupIds: group.securityGroupIds ?? securityGroupIds,
        },
        { ...parent, dependsOn: [this.manager, ...gates] },
      );
    }
    this.registerOutputs({
      groupName: this.group?.group.name,
      // For the policies, which know no subnet that is outside of the program.
      subnetZones: pulumi.all([subnets, passed, checked]).apply(([looks]) => zonesById(looks)),
    });
  }
}

function checkInterfaceGroups(
  { securityGroupIds }: OnDemandPoolArgs,
  subnets: pulumi.Output<OnDemandSubnets>,
  opts: pulumi.InvokeOptions,
): pulumi.Output<Mistake[]> {
  return pulumi
    .all([subnets, securityGroupIds])
    .apply(async ([{ ofPool }, ids]) => [
      ...checkSecurityGroupCount(ids.length),
      ...(await lookUpGroupsIn(ofPool, ids, opts)),
    ]);
}

function checkInstances(
  group: GroupArgs,
  subnets: pulumi.Output<OnDemandSubnets>,
  opts: pulumi.InvokeOptions,
): pulumi.Input<Mistake[]>[] {
  const ofType = checkInstanceType(group, { group }, opts);
  if (group.securityGroupIds === undefined) return [ofType];
  const ofGroups = pulumi
    .all([subnets, group.securityGroupIds])
    .apply(([{ ofPool, ofGroup = ofPool }, ids]) => lookUpGroupsIn(ofGroup, ids, opts));
  return [ofGroups.apply((mistakes) => under("group", mistakes)), ofType];
}
