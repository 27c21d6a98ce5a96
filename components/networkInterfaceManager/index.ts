import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { WhenExhausted } from "../../handler/names";
import { checkTagKey } from "../checks";
import { under } from "../mistakes";
import { dependOnChecks, passChecks, refuseMistakes } from "../refusals";
import { createAlarms, MAX_SYNC_INTERVAL } from "./alarms";
import { createDashboard } from "./dashboard";
import { createManagerFunction } from "./function";
import { checkLeastLimits, checkLimits } from "./limits";
import {
  checkManagedPools,
  checkSecurityGroupsOf,
  lookUpPlaces,
  type ManagedPool,
  type Scope,
  scopeOf,
} from "./pools";
import { onDemandRightsOf, rightsOf } from "./rights";
import { createEventQueue, createTriggers } from "./triggers";

const DEFAULT_LOG_RETENTION_DAYS = 30;
const DEFAULT_ALARM_AFTER_MINUTES = 5;

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
   * too: such instances have one interface of each, in this order. Changing it touches no instance that
   * has its address.
   * @default every pool of fixed interfaces with the tag key
   * @throws ResourceError when it is empty, a name is no pool's, two entries are settings of one pool, or
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
}

/**
 * The manager: a function that gives every running instance with the pool tag one free interface of
 * its pool, and takes it back when the instance stops or goes.
 *
 * @example new NetworkInterfaceManager("manager", { pools: ["licence"] })
 */
export class NetworkInterfaceManager extends pulumi.ComponentResource {
  /** The key of the pool tag. */
  public readonly tagKey: string;
  /** The pools it looks after; undefined: every pool with the tag key. */
  public readonly pools: string[] | undefined;
  /** The values of the pool tag that instances and groups may have; undefined: every one. */
  public readonly poolTags: string[] | undefined;
  /** The pools with settings of their own. */
  public readonly poolsOfTheirOwn: ManagedPool[];
  private readonly whenExhausted: WhenExhausted;
  public readonly function: aws.lambda.Function;
  /** The function's rights, as the JSON text of its policy. */
  public readonly policy: pulumi.Output<string>;

  constructor(
    name: string,
    args: NetworkInterfaceManagerArgs = {},
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("network-interface-pool:index:NetworkInterfaceManager", name, args, opts);
    const { syncInterval = 1, whenExhausted = "wait" } = args;
    const { alarmTopicArn, alarmAfterMinutes = DEFAULT_ALARM_AFTER_MINUTES } = args;
    const scope = scopeOf(args.tagKey, args.pools);
    this.tagKey = scope.tagKey;
    this.pools = scope.pools;
    this.poolTags = scope.poolTags;
    this.poolsOfTheirOwn = scope.poolsOfTheirOwn;
    this.whenExhausted = whenExhausted;
    this.check(name, args.pools, scope, syncInterval, alarmAfterMinutes);
    const parent = { parent: this };

    const logGroup = new aws.cloudwatch.LogGroup(
      name,
      { retentionInDays: args.logRetentionInDays ?? DEFAULT_LOG_RETENTION_DAYS },
      parent,
    );
    const eventQueue = createEventQueue(name, parent);
    const role = new aws.iam.Role(
      name,
      {
        description: "Network interface manager",
        assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" }),
      },
      parent,
    );
    const looks = lookUpPlaces(args.pools ?? [], parent);
    const areRead = passChecks(this, [looks.apply(({ mistakes }) => under("pools", mistakes))]);
    const places = pulumi.all([looks, areRead]).apply(([shown]) => shown.places);
    const checked = dependOnChecks(this, role, [
      checkSecurityGroupsOf(args.pools ?? []).apply((mistakes) => under("pools", mistakes)),
    ]);
    this.policy = pulumi
      .all([eventQueue.queue.arn, logGroup.arn, places.apply(onDemandRightsOf)])
      .apply(([queueArn, logGroupArn, onDemand]) =>
        JSON.stringify(rightsOf({ ...scope, queueArn, logGroupArn, onDemand })),
      );
    const fits = dependOnChecks(this, role, [
      pulumi
        .all([this.policy, places])
        .apply(([policy, known]) => checkLimits(policy, scope, whenExhausted, known)),
    ]);
    const rolePolicy = new aws.iam.RolePolicy(
      name,
      { role: role.id, policy: this.policy },
      { ...parent, dependsOn: [checked, fits] },
    );
    this.function = createManagerFunction(
      name,
      { ...scope, whenExhausted, places, role, logGroup },
      // The function's first log line and the queue's mapping need the rights.
      { ...parent, dependsOn: [rolePolicy] },
    );
    const watched = { ...eventQueue, function: this.function };
    createTriggers(name, { ...watched, syncInterval }, parent);
    const alarms = createAlarms(
      name,
      { ...watched, syncInterval, alarmTopicArn, alarmAfterMinutes },
      parent,
    );
    createDashboard(name, { ...watched, logGroup, alarms }, parent);
    this.registerOutputs({ function: this.function.name, policy: this.policy });
  }

  /** What it does when a pool is exhausted. */
  public whenExhaustedOf(pool: string): WhenExhausted {
    const own = this.poolsOfTheirOwn.find(({ name }) => name === pool)?.whenExhausted;
    return own ?? this.whenExhausted;
  }

  private check(
    name: string,
    pools: NetworkInterfaceManagerArgs["pools"],
    scope: Scope,
    syncInterval: number,
    alarmAfterMinutes: number,
  ): void {
    const mistakes = [
      ...under("pools", pools === undefined ? [] : checkManagedPools(pools)),
      ...checkLeastLimits(name, scope, this.whenExhausted),
      ...checkTagKey(scope.tagKey),
    ];
    if (!Number.isInteger(syncInterval) || syncInterval < 1 || syncInterval > MAX_SYNC_INTERVAL) {
      const wanted = `write a whole number of minutes from 1 to ${MAX_SYNC_INTERVAL}`;
      mistakes.push({ path: ["syncInterval"], message: `is ${syncInterval}; ${wanted}` });
    }
    if (!Number.isInteger(alarmAfterMinutes) || alarmAfterMinutes < 1) {
      const message = `is ${alarmAfterMinutes}; write a whole number of minutes of 1 or more`;
      mistakes.push({ path: ["alarmAfterMinutes"], message });
    }
    refuseMistakes(this, mistakes);
  }
}
