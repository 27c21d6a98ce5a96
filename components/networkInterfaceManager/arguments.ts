import type * as pulumi from "@pulumi/pulumi";
import type { WhenExhausted } from "../../handler/names";
import { checkTagKey } from "../checks";
import { type Mistake, under } from "../mistakes";
import { MAX_SYNC_INTERVAL } from "./alarms";
import { checkLeastLimits } from "./limits";
import { checkManagedPools, type ManagedPool, type Scope } from "./pools";

export interface NetworkInterfaceManagerArgs {
  /**
   * The key of the tag that ties interfaces, instances and groups to a pool. Changing it leaves what
   * carries the old key alone: interfaces stay where they are.
   * @default "network-interface-manager-pool"
   */
  tagKey?: string;
  /**
   * The pools to look after: the manager sees, and has rights on, nothing else. Each is a name, or a name
   * with settings of its own. Where the tag of instances names several pools, its whole value is an entry,
   * too: such instances have one interface of each, in this order. Where there are more pools or instances
   * than one manager serves well, several of them divide the pools. Changing it touches no instance that has
   * its address.
   * @default every pool of fixed interfaces with the tag key
   * @throws ResourceError when it is empty, another manager of the program looks after one of them, a name is no pool's, two entries are settings of one pool, or
   *   a pool on demand has no subnet, no security group or more than 16; and when they are more than fit
   *   into the role's policy or the function's environment
   * @example ["licence", "data,management", { name: "pair", whenExhausted: "continue" }]
   */
  pools?: (string | ManagedPool)[];
  /**
   * How often the manager makes good what an event missed, in minutes: a whole number from 1 to 480.
   * @default 1
   * @throws ResourceError when it is anything else
   */
  syncInterval?: number;
  /**
   * What happens to an instance that launches while its pool has no free interface and none on its way
   * back: `wait` lets the launch run into the time-out of its lifecycle hook, `abandon` ends it at
   * once, `continue` lets it into service without an address, as a standby.
   * @default "wait"
   */
  whenExhausted?: WhenExhausted;
  /**
   * How long the function's logs are kept, in days, one of CloudWatch's steps (1, 3, 5, 7, 14, 30, ...).
   * @default 30
   */
  logRetentionInDays?: pulumi.Input<number>;
  /**
   * The SNS topic that is told when an alarm goes off and when it is over. Without it the alarms show
   * their state all the same.
   * @example "arn:aws:sns:eu-west-1:123456789012:on-call"
   */
  alarmTopicArn?: pulumi.Input<string>;
  /**
   * For how many minutes since its launch an instance may wait for its address before an alarm goes
   * off: a whole number of 1 or more.
   * @default 5
   * @throws ResourceError when it is anything else
   */
  alarmAfterMinutes?: number;
  /**
   * The function's memory in MB, a whole number from 128 to 10,240. Lambda gives one whole processor with
   * 1,769 MB and less in proportion below. Most of the function's time goes into reading answers, so
   * less memory makes it slower for the same price, and more makes it dearer and no faster.
   * @default 1769
   * @throws ResourceError when it is anything else
   */
  memorySize?: number;
}

/** The numbers among the arguments: of what, and how much at least and at most. */
export const RANGES = {
  syncInterval: { unit: "minutes", from: 1, to: MAX_SYNC_INTERVAL },
  alarmAfterMinutes: { unit: "minutes", from: 1, to: Infinity },
  memorySize: { unit: "MB", from: 128, to: 10_240 },
};

/** Lambda gives one whole processor with this much. */
export const DEFAULT_MEMORY_MB = 1769;

/** The arguments with a value for each that has a default. */
export type ManagerSettings = ReturnType<typeof withDefaults>;

export function withDefaults({
  syncInterval = 1,
  whenExhausted = "wait",
  logRetentionInDays = 30,
  alarmAfterMinutes = 5,
  memorySize = DEFAULT_MEMORY_MB,
  ...others
}: NetworkInterfaceManagerArgs) {
  return {
    ...others,
    syncInterval,
    whenExhausted,
    logRetentionInDays,
    alarmAfterMinutes,
    memorySize,
  };
}

/** Says what number to write. */
export function describeRange(name: keyof typeof RANGES): string {
  const { unit, from, to } = RANGES[name];
  const range = to === Infinity ? `of ${from} or more` : `from ${from} to ${to}`;
  return `a whole number of ${unit} ${range}`;
}

/** Finds what is wrong with the arguments of a manager before anything is created. */
export function checkArguments(
  managerName: string,
  settings: ManagerSettings,
  scope: Scope,
): Mistake[] {
  const { pools, whenExhausted } = settings;
  const names = Object.keys(RANGES) as (keyof typeof RANGES)[];
  return [
    ...under("pools", pools === undefined ? [] : checkManagedPools(pools)),
    ...checkLeastLimits(managerName, scope, whenExhausted),
    ...checkTagKey(scope.tagKey),
    ...names.flatMap((name) => {
      const { from, to } = RANGES[name];
      const value = settings[name];
      if (Number.isInteger(value) && value >= from && value <= to) return [];
      return [{ path: [name], message: `is ${value}; write ${describeRange(name)}` }];
    }),
  ];
}
