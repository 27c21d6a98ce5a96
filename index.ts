import * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import { NetworkInterfaceManager } from "./components/networkInterfaceManager";
import type { ManagedPool } from "./components/networkInterfaceManager/pools";
import { NetworkInterfacePool } from "./components/networkInterfacePool";
import { OnDemandPool } from "./components/onDemandPool";
import { hasSurgeRoom } from "./components/poolsTogether";
import { DEFAULT_MANAGER_NAME, resourceNameOf } from "./components/resourceNames";
import { poolTagOf } from "./components/singleZoneGroup";
import { readConfig, TRIAL_CIDR_BLOCK } from "./config";
import type { PoolConfig, StackConfig } from "./schema";

export = async () => {
  const config = await readConfig();
  const managers = createManagers(config);
  const trialSubnetId = config.pools.some(needsTrialSubnet) ? createTrialSubnet() : undefined;
  const interfaces = new Map<string, pulumi.Resource[]>();
  const pools = config.pools.map((written) => {
    const pool = withSurgeRoom(written, config.pools);
    const { name, onDemandSubnetIds } = pool;
    const manager = managers.get(managerNameOf(pool));
    const opts = { transformations: [afterFurtherPools(pool, interfaces)] };
    if (onDemandSubnetIds !== undefined)
      return [name, createOnDemandPool(pool, onDemandSubnetIds, manager, opts)] as const;
    const created = createPool(pool, trialSubnetId, manager, opts);
    interfaces.set(name, created.interfaces);
    return [name, outputsOf(pool, created)] as const;
  });
  return { pools: Object.fromEntries(pools), ...outputsOfManagers(managers) };
};

/** Creates the managers that pools name, each for its own pools. */
function createManagers(config: StackConfig): Map<string, NetworkInterfaceManager> {
  const names = [...new Set(config.pools.map(managerNameOf))];
  const managers = names.map((name) => {
    const pools = config.pools.filter((pool) => managerNameOf(pool) === name);
    const manager = new NetworkInterfaceManager(name, {
      tagKey: config.tagKey,
      pools: pools.flatMap((pool) => toManagedPools(pool)),
      syncInterval: config.syncInterval,
      logRetentionInDays: config.logRetentionInDays,
      alarmTopicArn: config.alarmTopicArn,
      alarmAfterMinutes: config.alarmAfterMinutes,
      memorySize: config.memorySize,
    });
    return [name, manager] as const;
  });
  return new Map(managers);
}

function managerNameOf({ manager = DEFAULT_MANAGER_NAME }: PoolConfig): string {
  return manager;
}

/** What the stack tells of its managers: of several all, and of all one as if it were alone. */
function outputsOfManagers(managers: Map<string, NetworkInterfaceManager>) {
  const [first] = managers.values();
  const main = managers.get(DEFAULT_MANAGER_NAME) ?? first;
  const all = [...managers].map(([name, { function: lambda, logGroup }]) => {
    return [name, { functionName: lambda.name, logGroupName: logGroup.name }] as const;
  });
  return {
    managerFunctionName: main?.function.name,
    ...(managers.size > 1 && { managers: Object.fromEntries(all) }),
  };
}

/** What the manager is told of a pool: its name, and the value of its group's tag where that is another. */
function toManagedPools(pool: PoolConfig): (string | ManagedPool)[] {
  const { name, onDemandSubnetIds, securityGroupIds = [], group } = pool;
  const { furtherPools = [] } = group ?? {};
  const { whenExhausted, detachAfterOtherHooks, enaSrd, enaQueueCount } = pool;
  const onDemand = onDemandSubnetIds && { subnetIds: onDemandSubnetIds, securityGroupIds };
  const ofAttachments = { detachAfterOtherHooks, enaSrd, enaQueueCount };
  const settings = { whenExhausted, onDemand, ...ofAttachments };
  const isPlain = Object.values(settings).every((setting) => setting === undefined);
  const own = isPlain ? name : { name, ...settings };
  return furtherPools.length === 0 ? [own] : [own, poolTagOf({ poolName: name, furtherPools })];
}

/** Tells a pool's group what the pool alone doesn't know: whether its other pools have room for a replacement. */
function withSurgeRoom(pool: PoolConfig, pools: PoolConfig[]) {
  const { group } = pool;
  return { ...pool, group: group && { ...group, launchesFirst: hasSurgeRoom(pool, pools) } };
}

/**
 * Lets a pool's group come after the interfaces of its further pools, and so go before them: an interface that
 * an instance holds can't be deleted. The group alone, since two pools may name each other.
 */
function afterFurtherPools(
  { group: { furtherPools = [] } = {} }: PoolConfig,
  interfaces: Map<string, pulumi.Resource[]>,
): pulumi.ResourceTransformation {
  // All pools are there as soon as the program has run through.
  const allInterfaces = Promise.resolve().then(() =>
    furtherPools.flatMap((name) => interfaces.get(name) ?? []),
  );
  return ({ type, props, opts }) =>
    type === "aws:autoscaling/group:Group"
      ? { props, opts: pulumi.mergeOptions(opts, { dependsOn: allInterfaces }) }
      : undefined;
}

/** A small VPC with one public subnet in one zone, for trying out. */
function createTrialSubnet(): pulumi.Output<string> {
  const vpc = new awsx.ec2.Vpc("network", {
    cidrBlock: TRIAL_CIDR_BLOCK,
    numberOfAvailabilityZones: 1,
    natGateways: { strategy: "None" },
    subnetStrategy: "Auto",
    subnetSpecs: [{ type: "Public", cidrMask: Number(TRIAL_CIDR_BLOCK.split("/")[1]) }],
  });
  return vpc.publicSubnetIds.apply(([subnetId]) => {
    if (subnetId === undefined) throw new pulumi.RunError("The VPC for trying out has no subnet");
    return subnetId;
  });
}

/** Whether a pool's interfaces are to be made, and nobody has said where. */
function needsTrialSubnet({
  subnetId,
  networkInterfaceIds,
  onDemandSubnetIds,
}: PoolConfig): boolean {
  return [subnetId, networkInterfaceIds, onDemandSubnetIds].every((one) => one === undefined);
}

/** @returns what the stack tells of the pool */
function createOnDemandPool(
  { name, securityGroupIds = [], group }: PoolConfig,
  subnetIds: string[],
  manager: NetworkInterfaceManager | undefined,
  opts: pulumi.ComponentResourceOptions,
): { groupName: pulumi.Output<string> | undefined } {
  const args = { poolName: name, subnetIds, securityGroupIds, group, manager };
  const pool = new OnDemandPool(resourceNameOf(name), args, opts);
  return { groupName: pool.group?.group.name };
}

/** What a manager is told of a pool, and not the pool itself. */
const MANAGER_KEYS = ["manager", "detachAfterOtherHooks", "enaSrd", "enaQueueCount"] as const;

function withoutKeys<Keys extends object, Key extends keyof Keys>(
  all: Keys,
  left: readonly Key[],
): Omit<Keys, Key> {
  const kept = Object.entries(all).filter(([key]) => !left.some((one) => one === key));
  return Object.fromEntries(kept) as Omit<Keys, Key>;
}

function createPool(
  pool: PoolConfig,
  trialSubnetId: pulumi.Output<string> | undefined,
  manager: NetworkInterfaceManager | undefined,
  opts: pulumi.ComponentResourceOptions,
): NetworkInterfacePool {
  const { name, ...args } = withoutKeys(pool, MANAGER_KEYS);
  const subnetId = needsTrialSubnet(pool) ? trialSubnetId : args.subnetId;
  return new NetworkInterfacePool(
    resourceNameOf(name),
    { ...args, poolName: name, subnetId, manager },
    opts,
  );
}

/** What the stack tells of a pool; further addresses only of one that asks for them. */
function outputsOf(
  { publicAddresses, ipv6AddressCount }: PoolConfig,
  pool: NetworkInterfacePool,
): Record<string, pulumi.Output<unknown> | undefined> {
  return {
    addresses: pool.addresses,
    publicAddresses: publicAddresses === true ? pool.publicIps : undefined,
    ipv6Addresses: ipv6AddressCount === undefined ? undefined : pool.ipv6Addresses,
    macAddresses: pool.macAddresses,
    networkInterfaceIds: pool.networkInterfaceIds,
    availabilityZone: pool.availabilityZone,
    groupName: pool.group?.group.name,
  };
}
