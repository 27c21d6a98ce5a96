import { type PolicyResource } from "@pulumi/policy";
import { attachedTo } from "./groups";
import { type Stack } from "./stack";
import { isPartlyUnknown, numberOf, part, read, readKeys, UNKNOWN, type Value } from "./values";

/** How many instances of a group may run at once. */
export interface Capacity {
  /** As far as it is known. */
  most: number;
  /** How that comes about, like `maxSize, instance refresh up to 150 %`. */
  reason: string;
  /** What may make it more and isn't known yet, like `warmPool`. */
  unknown: string[];
}

/** A number of instances and how it comes about. */
type Count = [most: number, reason: string];

const SCHEDULE_TYPES = [
  "aws:autoscaling/schedule:Schedule",
  "aws-native:autoscaling:ScheduledAction",
];
const WARM_POOL_TYPE = "aws-native:autoscaling:WarmPool";
const ALL_PERCENT = 100;

/** Reads how many instances of a group may run at once, while it is refreshed and with its warm pool. */
export function readCapacity(stack: Stack, group: PolicyResource): Capacity {
  const maxSizes = readMaxSizes(stack, group);
  const maxSize = greatest(maxSizes.map(([size, what]) => [numberOf(size) ?? 0, what]));
  const instanceRefresh = part(read(group.props, "instanceRefresh"), "preferences");
  const instanceMaintenancePolicy = read(group.props, "instanceMaintenancePolicy");
  const warmPool = readWarmPool(stack, group);
  const surged = greatest([
    maxSize,
    withSurge(maxSize, instanceRefresh, "instance refresh"),
    withSurge(maxSize, instanceMaintenancePolicy, "instanceMaintenancePolicy"),
  ]);
  const [most, reason] = withWarmPool(surged, warmPool);
  const settings: [key: string, value: Value][] = [
    ["maxSize", maxSizes.map(([size]) => size)],
    ["instanceRefresh", instanceRefresh],
    ["instanceMaintenancePolicy", instanceMaintenancePolicy],
    ["warmPool", warmPool],
  ];
  const unknown = settings.filter(([, value]) => isPartlyUnknown(value)).map(([key]) => key);
  return { most, reason, unknown };
}

function greatest(counts: Count[]): Count {
  return counts.reduce((one, other) => (other[0] > one[0] ? other : one));
}

/** The group's own `maxSize`, and those that scheduled actions set. */
function readMaxSizes(stack: Stack, group: PolicyResource): [size: Value, reason: string][] {
  const schedules = attachedTo(stack, group, ...SCHEDULE_TYPES);
  return [
    [read(group.props, "maxSize"), "maxSize"],
    ...schedules.map(({ resource, isCertain }): [Value, string] => [
      isCertain ? readScheduledMaxSize(resource) : UNKNOWN,
      `maxSize of schedule "${resource.name}"`,
    ]),
  ];
}

/** What a schedule leaves out is unknown in a preview, and no more than 0 in the up. */
function readScheduledMaxSize({ props, propertyDependencies }: PolicyResource): Value {
  const size = read(props, "maxSize");
  return size === UNKNOWN && !("maxSize" in propertyDependencies) ? undefined : size;
}

/**
 * What is launched before the old is terminated comes on top. Instances are whole: how AWS rounds is not
 * documented, so up. To keep 100 % healthy a group launches first, one at least.
 */
function withSurge([most, reason]: Count, settings: Value, what: string): Count {
  const atMost = numberOf(part(settings, "maxHealthyPercentage")) ?? ALL_PERCENT;
  if (atMost > ALL_PERCENT) {
    return [Math.ceil((most * atMost) / ALL_PERCENT), `${reason}, ${what} up to ${atMost} %`];
  }
  const atLeast = numberOf(part(settings, "minHealthyPercentage"));
  const launchesFirst = atLeast === ALL_PERCENT && most > 0;
  return [launchesFirst ? most + 1 : most, `${reason}, ${what} that launches first`];
}

/** In aws a property of the group, in aws-native a resource. */
function readWarmPool(stack: Stack, group: PolicyResource): Value {
  const [native] = attachedTo(stack, group, WARM_POOL_TYPE);
  if (native === undefined) return read(group.props, "warmPool");
  if (!native.isCertain) return UNKNOWN;
  return readKeys(native.resource.props, "poolState", "maxGroupPreparedCapacity", "minSize");
}

/** Warm-pool instances that are stopped or hibernated hold nothing. */
function withWarmPool(count: Count, warmPool: Value): Count {
  if (part(warmPool, "poolState") !== "Running") return count;
  const [most, reason] = count;
  const prepared = numberOf(part(warmPool, "maxGroupPreparedCapacity")) ?? 0;
  const running = Math.max(prepared, most + (numberOf(part(warmPool, "minSize")) ?? 0));
  return greatest([count, [running, `${reason}, with the warm pool's running instances`]]);
}
