/**
 * The names that the function shares with what deploys, judges and simulates it: tag keys, hooks, environment
 * variables and metrics. The rest of the program imports nothing else of this folder.
 */

/** The tag that ties interfaces, instances and groups to a pool; the key of ec2-network-interface-manager. */
export const DEFAULT_TAG_KEY = "network-interface-manager-pool";

/** Groups that use a pool carry lifecycle hooks of these names; the manager completes no others. */
export const LAUNCH_HOOK_NAME = "network-interface-pool-launch";
export const TERMINATE_HOOK_NAME = "network-interface-pool-terminate";

/** Where the bundle of handler/clients.ts lies: in the archive, and below the program's working directory. */
export const CLIENTS_BUNDLE_PATH = "dist/clients.js";

/** On an interface made on demand: the id of the instance it was made for. Without it none is deleted. */
export const MADE_FOR_TAG_KEY = "network-interface-pool-made-for";

/** The function's environment variables. */
export const TAG_KEY_VARIABLE = "POOL_TAG_KEY";
export const POOL_TAGS_VARIABLE = "POOL_TAGS";
export const WHEN_EXHAUSTED_VARIABLE = "WHEN_POOL_IS_EXHAUSTED";
export const POOL_SETTINGS_VARIABLE = "POOL_SETTINGS";

/**
 * What happens to a launching instance when its pool has no free interface and nobody is leaving:
 * `wait` lets the lifecycle hook run into its time-out, `abandon` ends the launch at once, `continue`
 * lets the instance into service as a standby without an address.
 */
export type WhenExhausted = "wait" | "abandon" | "continue";

export interface PoolSettings {
  /** In place of the manager's. */
  whenExhausted?: WhenExhausted;
  /** Present where the pool's interfaces are made when an instance launches, and end with it. */
  onDemand?: OnDemand;
  /**
   * Whether a member that leaves its group keeps its address while other lifecycle hooks of the group hold it.
   * @default false: the address is detached first
   */
  detachAfterOtherHooks?: boolean;
  /** ENA Express, set with every attachment, since it belongs to the attachment; absent: EC2's default. */
  enaSrd?: EnaSrd;
  /** ENA queues of the attachment, 1 or more; absent: EC2's default for the instance type. */
  enaQueueCount?: number;
}

/** ENA Express for TCP alone, or for UDP, too. */
export type EnaSrd = "tcp" | "tcpAndUdp";

export interface OnDemand {
  /** The subnet of the interfaces, by Availability Zone. */
  subnetIds: Record<string, string>;
  securityGroupIds: string[];
}

/**
 * The pools that a value of the pool tag names, in its order: device indexes follow it. Commas part
 * several, as in `data,management`.
 */
export function poolsIn(poolTag: string | undefined): string[] {
  if (poolTag === undefined) return [];
  if (!poolTag.includes(",")) return [poolTag];
  const names = poolTag.split(",").map((name) => name.trim());
  return [...new Set(names.filter((name) => name !== ""))];
}

/** Where CloudWatch keeps what the manager measures. */
export const METRICS_NAMESPACE = "NetworkInterfacePool";

/** The manager; every metric has it, by the name that Lambda's own metrics have for it. */
export const FUNCTION_DIMENSION = "FunctionName";
export const POOL_DIMENSION = "Pool";
export const REASON_DIMENSION = "Reason";

/** Every metric with its unit; docs/operations.md says what each means and costs. */
export const METRIC_UNITS = {
  AddressesFree: "Count",
  AddressesHeld: "Count",
  AddressesInTransition: "Count",
  InstancesWaiting: "Count",
  LongestWait: "Seconds",
  LaunchToAttached: "Seconds",
  Failures: "Count",
  PoolsExhausted: "Count",
  Syncs: "Count",
} as const;

export type MetricName = keyof typeof METRIC_UNITS;

/** Values that belong to the manager and these dimensions. */
export interface Measurement {
  dimensions: { [POOL_DIMENSION]?: string; [REASON_DIMENSION]?: string };
  values: Partial<Record<MetricName, number[]>>;
}
