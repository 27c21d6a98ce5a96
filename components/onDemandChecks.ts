import { DEFAULT_TAG_KEY } from "../handler/names";
import { checkFurtherPools, checkGroup, checkName, type GroupShape } from "./checks";
import { type Mistake, under } from "./mistakes";
import { type AwaitedPool, checkUserData } from "./userData";

/** EC2 gives one interface no more. */
const MAX_SECURITY_GROUPS = 16;

/** What can be said about a pool on demand before anything is created. */
export interface OnDemandShape {
  name: string;
  tagKey?: string;
  subnetCount: number;
  /** Absent while it isn't known. */
  securityGroupCount?: number;
  group?: GroupShape & { subnetIds?: unknown; securityGroupIds?: unknown };
}

/** A subnet by its id, and where it is. */
export interface SubnetZone {
  subnetId: string;
  availabilityZone: string;
}

/** Names a mistake of the component's arguments by the keys of the stack's configuration. */
export function toConfigKeys({ path: [key = "", ...rest], ...mistake }: Mistake): Mistake {
  const names: Record<string, string> = { poolName: "name", subnetIds: "onDemandSubnetIds" };
  return { ...mistake, path: [names[key] ?? key, ...rest] };
}

/** Finds every mistake in a pool on demand by itself. */
export function checkOnDemandPool({
  name,
  tagKey = DEFAULT_TAG_KEY,
  subnetCount,
  securityGroupCount,
  group,
}: OnDemandShape): Mistake[] {
  const awaited = { name, tagKey, addresses: [] };
  const none = "is an empty list; write a subnet's id for each zone in which instances run";
  return [
    ...under("poolName", checkName(name)),
    ...(subnetCount === 0 ? [{ path: ["subnetIds"], message: none }] : []),
    ...(securityGroupCount === undefined ? [] : checkSecurityGroupCount(securityGroupCount)),
    ...(group === undefined ? [] : under("group", checkGroupOnDemand(group, awaited))),
  ];
}

/** Finds that interfaces would have no security group, or too many: without one EC2 takes the VPC's default. */
export function checkSecurityGroupCount(count: number): Mistake[] {
  const path = ["securityGroupIds"];
  if (count === 0) {
    const message = "is an empty list; write a security group of the subnets' VPC";
    return [{ path, message }];
  }
  if (count <= MAX_SECURITY_GROUPS) return [];
  return [{ path, message: `has ${count} entries; write 1 to ${MAX_SECURITY_GROUPS}` }];
}

/** Finds that interfaces are to be detached late that aren't detached at all from an instance that ends. */
export function checkStaysAttached(detachAfterOtherHooks: unknown): Mistake[] {
  if (detachAfterOtherHooks === undefined) return [];
  const found = "is given, but what is made on demand stays with its instance to the end";
  return [{ path: ["detachAfterOtherHooks"], message: `${found}; leave it out` }];
}

function checkGroupOnDemand(
  group: NonNullable<OnDemandShape["group"]>,
  pool: AwaitedPool,
): Mistake[] {
  const { maxSize, subnetIds, securityGroupIds } = group;
  const unlimited = { interfaceCount: 0, hasStandbys: true };
  // A mistake is no limit of the desired capacity.
  const isLimit = Number.isInteger(maxSize) && Number(maxSize) >= 0;
  const capacities = isLimit ? group : { ...group, desiredCapacity: undefined };
  const mistakes: Mistake[] = [
    ...checkGroup(capacities, maxSize === undefined ? undefined : unlimited),
    ...checkFurtherPools(group, pool.name),
    ...checkUserData(group, pool),
  ];
  if (maxSize === undefined) {
    const message = "is missing; write the most instances, which no number of interfaces limits";
    mistakes.push({ path: ["maxSize"], message });
  }
  if (subnetIds !== undefined && securityGroupIds === undefined) {
    const message = "is missing; write the security groups of the instances in their own subnets";
    mistakes.push({ path: ["securityGroupIds"], message });
  }
  return mistakes;
}

/**
 * Finds two subnets of a pool in one zone, and subnets of its group where the pool has none. A subnet that
 * couldn't be read is undefined.
 */
export function checkOnDemandZones(
  ofPool: (SubnetZone | undefined)[],
  ofGroup: (SubnetZone | undefined)[],
): Mistake[] {
  const firstByZone = new Map<string, string>();
  const twice = ofPool.flatMap((subnet, index) => {
    if (subnet === undefined) return [];
    const { subnetId, availabilityZone } = subnet;
    const first = firstByZone.get(availabilityZone);
    if (first === undefined) {
      firstByZone.set(availabilityZone, subnetId);
      return [];
    }
    const message = `is ${subnetId} in ${availabilityZone}, as ${first} is; write one for each zone`;
    return [{ path: ["subnetIds", index], message }];
  });
  const zones = [...firstByZone.keys()];
  // Where not all of the pool's subnets can be read, that is the mistake.
  const isWhole = ofPool.length > 0 && !ofPool.includes(undefined);
  const uncovered = ofGroup.flatMap((subnet, index) => {
    if (subnet === undefined || !isWhole) return [];
    const { subnetId, availabilityZone } = subnet;
    if (zones.includes(availabilityZone)) return [];
    const found = `is ${subnetId} in ${availabilityZone}, but the pool has subnets in ${zones.join(", ")}`;
    const message = `${found}; write a subnet of one of these zones, or give the pool one in ${availabilityZone}`;
    return [{ path: ["group", "subnetIds", index], message }];
  });
  return [...twice, ...uncovered];
}
