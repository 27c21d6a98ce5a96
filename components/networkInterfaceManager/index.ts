import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { WhenExhausted } from "../../handler/names";
import { refuseMistakes } from "../refusals";
import { createAlarms } from "./alarms";
import { checkArguments, type NetworkInterfaceManagerArgs, withDefaults } from "./arguments";
import { createDashboard } from "./dashboard";
import { createManagerFunction } from "./function";
import { checkOtherManagers } from "./otherManagers";
import { type ManagedPool, poolSettingsOf, scopeOf, variablesOf } from "./pools";
import { createRole } from "./role";
import { createEventQueue, createFirstSync, createTriggers } from "./triggers";

export type { NetworkInterfaceManagerArgs } from "./arguments";

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
  /** Where the function's log is. */
  public readonly logGroup: aws.cloudwatch.LogGroup;
  /** The function's rights, as the JSON text of its policy. */
  public readonly policy: pulumi.Output<string>;

  constructor(
    name: string,
    args: NetworkInterfaceManagerArgs = {},
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("network-interface-pool:index:NetworkInterfaceManager", name, args, opts);
    const settings = withDefaults(args);
    const { pools = [], whenExhausted, memorySize } = settings;
    const scope = scopeOf(args.tagKey, args.pools);
    this.tagKey = scope.tagKey;
    this.pools = scope.pools;
    this.poolTags = scope.poolTags;
    this.poolsOfTheirOwn = scope.poolsOfTheirOwn;
    this.whenExhausted = whenExhausted;
    const provider = this.getProvider("aws:lambda/function:Function");
    refuseMistakes(this, [
      ...checkArguments(name, settings, scope),
      ...checkOtherManagers({ name, ...scope, provider }),
    ]);
    const parent = { parent: this };

    const logGroup = new aws.cloudwatch.LogGroup(
      name,
      { retentionInDays: settings.logRetentionInDays },
      parent,
    );
    this.logGroup = logGroup;
    const eventQueue = createEventQueue(name, parent);
    const { role, rolePolicy, policy, places } = createRole(
      name,
      { scope, pools, whenExhausted, queue: eventQueue.queue, logGroup },
      this,
    );
    this.policy = policy;
    const poolSettings = places.apply((known) =>
      JSON.stringify(poolSettingsOf(scope.poolsOfTheirOwn, known)),
    );
    const variables = variablesOf(scope, whenExhausted, poolSettings);
    this.function = createManagerFunction(
      name,
      { variables, memorySize, role, logGroup },
      // The function's first log line and the queue's mapping need the rights.
      { ...parent, dependsOn: [rolePolicy] },
    );
    const watched = { ...eventQueue, function: this.function };
    const { tagKey } = scope;
    const triggers = createTriggers(name, { ...watched, ...settings, tagKey }, parent);
    createFirstSync(name, { ...watched, variables }, { ...parent, dependsOn: triggers });
    const alarms = createAlarms(name, { ...watched, ...settings }, parent);
    createDashboard(name, { ...watched, logGroup, alarms }, parent);
    this.registerOutputs({ function: this.function.name, policy: this.policy });
  }

  /** What it does when a pool is exhausted. */
  public whenExhaustedOf(pool: string): WhenExhausted {
    const own = this.poolsOfTheirOwn.find(({ name }) => name === pool)?.whenExhausted;
    return own ?? this.whenExhausted;
  }
}
