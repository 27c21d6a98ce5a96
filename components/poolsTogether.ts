import { writtenAddresses } from "./addressChecks";
import { checkGroup, groupLimit, type GroupShape, type PoolShape, soundSize } from "./checks";
import { surgeSize } from "./instanceRefresh";
import { isKnown, type Mistake, shorten, show, under } from "./mistakes";
import { DEFAULT_MANAGER_NAME, instancesNameOf, resourceNameOf } from "./resourceNames";

/** A pool as far as it may be at odds with others. */
type NeighbourShape = PoolShape & {
  subnetId?: string;
  onDemandSubnetIds?: unknown;
  /** The name of its manager; empty: one that isn't known. */
  manager?: string;
  group?: GroupShape & { subnetIds?: unknown; securityGroupIds?: unknown };
};

/**
 * Finds what is in two pools: names, interfaces, and addresses of one subnet; another VPC may have the same
 * ones; and further pools that don't suffice. Paths start with the pool's index.
 */
export function checkPoolsTogether(pools: NeighbourShape[]): Mistake[] {
  const firstByName = new Map<string, number>();
  const firstByKey = new Map<string, number>();
  return pools.flatMap((pool, index) => {
    const { name, subnetId = "", networkInterfaceIds = [] } = pool;
    const mistakes: Mistake[] = [];
    const sameName = firstByName.get(name);
    if (sameName === undefined) firstByName.set(name, index);
    else {
      const message = `is ${show(name)}, as pools[${sameName}].name is; write every name once`;
      mistakes.push({ path: [index, "name"], message });
    }
    mistakes.push(...under(index, checkFurtherPoolsTogether(pool, pools)));
    mistakes.push(...under(index, checkFurtherManagers(pool, pools)));
    mistakes.push(...under(index, checkShares(pool, pools)));
    mistakes.push(...under(index, checkSecurityGroupName(pool, pools)));
    const members = [
      ...writtenAddresses(pool).map(({ path, address }) => ({
        path,
        text: address,
        key: `${subnetId} ${address}`,
      })),
      ...networkInterfaceIds.map((id, slot) => ({
        path: ["networkInterfaceIds", slot],
        text: id,
        key: id,
      })),
    ];
    for (const { path, text, key } of members) {
      const first = firstByKey.get(key);
      if (first === undefined) firstByKey.set(key, index);
      else if (first !== index) {
        const message = `is ${shorten(text)}, which pools[${first}] has too; write it in one pool`;
        mistakes.push({ path: [index, ...path], message });
      }
    }
    return mistakes;
  });
}

/** Finds further pools of a group that don't exist, or have fewer interfaces than it has instances. */
function checkFurtherPoolsTogether(pool: PoolShape, pools: PoolShape[]): Mistake[] {
  const { furtherPools = [] } = pool.group ?? {};
  const maxSize = sizesOf(pool)?.maxSize ?? 0;
  return furtherPools.flatMap((name, index): Mistake[] => {
    const path = ["group", "furtherPools", index];
    const further = pools.find((one) => one.name === name);
    if (further === undefined) {
      // It may be meant for one that has no name yet.
      if (pools.some((one) => one.name === "")) return [];
      const others = pools.map((one) => one.name).filter((other) => other !== pool.name);
      const known =
        others.length === 0
          ? "the name of another pool"
          : `one of ${shorten(others.join(", "), 400)}`;
      return [{ path, message: `is ${show(name)}, which is no pool; write ${known}` }];
    }
    const interfaceCount = isNamedOnce(further, pools) ? interfaceLimit(further) : undefined;
    if (interfaceCount === undefined || maxSize <= interfaceCount) return [];
    const found = `is ${show(name)}, which has an interface for ${interfaceCount} of ${maxSize} instances`;
    const wanted = `write group.maxSize up to ${interfaceCount}, or give it more interfaces`;
    return [{ path, message: `${found}; ${wanted}` }];
  });
}

/** Finds further pools with another manager: what an instance has of several pools one manager gives it. */
function checkFurtherManagers(pool: NeighbourShape, pools: NeighbourShape[]): Mistake[] {
  const { manager = DEFAULT_MANAGER_NAME, group } = pool;
  return (group?.furtherPools ?? []).flatMap((name, index): Mistake[] => {
    const further = pools.find((one) => one.name === name);
    const { manager: another = DEFAULT_MANAGER_NAME } = further ?? { manager };
    if (another === manager || another === "" || manager === "") return [];
    const found = `is ${show(name)} with the manager ${show(another)}, but this pool has ${show(manager)}`;
    const message = `${found}; write the same manager in both pools`;
    return [{ path: ["group", "furtherPools", index], message }];
  });
}

/** Finds a pool whose security group would have the name of another's, that of its group's instances. */
function checkSecurityGroupName(pool: NeighbourShape, pools: NeighbourShape[]): Mistake[] {
  const { name, onDemandSubnetIds, networkInterfaceIds } = pool;
  const isGiven = [pool.securityGroupIds, onDemandSubnetIds, networkInterfaceIds].some(isKnown);
  if (isGiven) return [];
  const index = pools.findIndex(
    (other) =>
      other.onDemandSubnetIds === undefined &&
      other.group?.subnetIds !== undefined &&
      other.group.securityGroupIds === undefined &&
      instancesNameOf(resourceNameOf(other.name)) === resourceNameOf(name),
  );
  if (index < 0) return [];
  const found = `is ${show(name)}, as the security group of pools[${index}]'s instances is called`;
  const message = `${found}; write another name, securityGroupIds here, or group.securityGroupIds there`;
  return [{ path: ["name"], message }];
}

/**
 * Finds whether groups that fit a pool each by itself want more instances together than it has interfaces. Up
 * to their `maxSize` they may be more, one taking over from the other.
 */
function checkShares(pool: PoolShape, pools: PoolShape[]): Mistake[] {
  const interfaceCount = interfaceLimit(pool);
  if (interfaceCount === undefined || !isNamedOnce(pool, pools)) return [];
  const groups = groupsOf(pool, pools).flatMap((one) => {
    const sizes = isNamedOnce(one, pools) ? sizesOf(one) : undefined;
    return sizes === undefined ? [] : { name: one.name, ...sizes };
  });
  // One of them that is too large by itself is a mistake by itself.
  if (groups.some(({ maxSize }) => maxSize > interfaceCount)) return [];
  const wantedCount = sum(groups.map(({ desiredCapacity }) => desiredCapacity));
  if (wantedCount <= interfaceCount) return [];
  const names = shorten(groups.map(({ name }) => name).join(" and "), 400);
  const found = `has an interface for ${interfaceCount} of ${wantedCount} instances, the desired capacities of the groups of ${names} together`;
  const wanted = `write a smaller group.desiredCapacity in one of them, give it more interfaces, or write whenExhausted: continue`;
  return [{ path: [], message: `${found}; ${wanted}` }];
}

/** Whether it is clear which groups mean a pool. */
function isNamedOnce({ name }: PoolShape, pools: PoolShape[]): boolean {
  return name !== "" && pools.filter((one) => one.name === name).length === 1;
}

/** For how many instances a pool has interfaces, where more can't be run and nothing of that is a mistake by itself. */
function interfaceLimit(pool: PoolShape): number | undefined {
  const { whenExhausted = "wait" } = pool;
  return ["wait", "abandon"].includes(whenExhausted) ? soundSize(pool) : undefined;
}

/**
 * Whether every pool of a group has interfaces for an instance refresh that launches first, while those of all
 * its groups may do so at once. A pool on demand always has.
 */
export function hasSurgeRoom(pool: PoolShape, pools: PoolShape[]): boolean {
  return pools.every((one) => {
    const groups = groupsOf(one, pools);
    const size = soundSize(one);
    if (size === undefined || !groups.includes(pool)) return true;
    return sum(groups.map((group) => surgeSize(sizesOf(group)?.maxSize ?? 0))) <= size;
  });
}

/** The pools whose groups' instances have an interface of this pool. */
function groupsOf<Pool extends PoolShape>({ name }: PoolShape, pools: Pool[]): Pool[] {
  return pools.filter(
    ({ name: own, group }) => group && [own, ...(group.furtherPools ?? [])].includes(name),
  );
}

/** How many instances a pool's group has, unless that is a mistake by itself. */
function sizesOf(pool: PoolShape): { maxSize: number; desiredCapacity: number } | undefined {
  const limit = groupLimit(pool) ?? { interfaceCount: 0, hasStandbys: true };
  const { maxSize = soundSize(pool), desiredCapacity = maxSize } = pool.group ?? {};
  if (maxSize === undefined || desiredCapacity === undefined) return undefined;
  const mistakes = checkGroup({ maxSize, desiredCapacity }, limit);
  return mistakes.length > 0 ? undefined : { maxSize, desiredCapacity };
}

function sum(counts: number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

/** Where a pool's interfaces are, and where the instances of its group launch; absent while that isn't known. */
export interface PlacedPool {
  name: string;
  furtherPools?: string[];
  zones?: string[];
  launchZones?: string[];
}

/** Finds further pools that have no interfaces where the group's instances launch. Paths start with the pool's index. */
export function checkFurtherZones(pools: PlacedPool[]): Mistake[] {
  return pools.flatMap(({ furtherPools = [], launchZones = [] }, index) =>
    furtherPools.flatMap((name, place): Mistake[] => {
      const zones = pools.find((one) => one.name === name)?.zones;
      if (zones === undefined || launchZones.every((zone) => zones.includes(zone))) return [];
      const found = `is ${show(name)} with interfaces in ${zones.join(", ")}`;
      const launches = `but the instances launch in ${launchZones.join(", ")}`;
      const message = `${found}, ${launches}; write a pool that is there, too`;
      return [{ path: [index, "group", "furtherPools", place], message }];
    }),
  );
}
