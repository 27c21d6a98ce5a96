import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { LAUNCH_HOOK_NAME, TERMINATE_HOOK_NAME } from "../../handler/names";
import { FUNCTION_TIMEOUT_SECONDS } from "./function";

/** One group, so that one reconcile runs at a time. */
const MESSAGE_GROUP_ID = "network-interface-manager";

/** The most a FIFO queue hands to a function at once: a burst is answered by one look at the world. */
const BATCH_SIZE = 10;

/**
 * A batch whose invocation died blocks the message group until it is visible again, so this is as
 * short as Lambda allows rather than the recommended six time-outs: a second invocation does no harm.
 */
const VISIBILITY_TIMEOUT_SECONDS = FUNCTION_TIMEOUT_SECONDS;

/**
 * AWS advises five or more: a receive counts, too, where Lambda throttles the account and the function never
 * sees the batch, and a throttled minute must not cost a batch. More would only block the message group for
 * longer, a minute each time, behind a batch that nobody can handle.
 */
const MAX_RECEIVE_COUNT = 5;

const DEAD_LETTER_RETENTION_SECONDS = 14 * 24 * 3600;

export interface EventQueue {
  queue: aws.sqs.Queue;
  /** Batches that were received five times, and never handled. */
  deadLetterQueue: aws.sqs.Queue;
  /** Events that EventBridge could not deliver to the queue. */
  undeliveredQueue: aws.sqs.Queue;
}

/** The queue that events wait in, and where they go when they can't be delivered or handled. */
export function createEventQueue(name: string, opts: pulumi.CustomResourceOptions): EventQueue {
  const deadLetters = { messageRetentionSeconds: DEAD_LETTER_RETENTION_SECONDS };
  const encrypted = { sqsManagedSseEnabled: true };
  const deadLetterQueue = new aws.sqs.Queue(
    `${name}-dead-letters`,
    { fifoQueue: true, ...deadLetters, ...encrypted },
    opts,
  );
  // EventBridge sends its dead letters to standard queues only.
  const undeliveredQueue = new aws.sqs.Queue(
    `${name}-undelivered`,
    { ...deadLetters, ...encrypted },
    opts,
  );
  const queue = new aws.sqs.Queue(
    `${name}-events`,
    {
      fifoQueue: true,
      contentBasedDeduplication: true,
      visibilityTimeoutSeconds: VISIBILITY_TIMEOUT_SECONDS,
      redrivePolicy: pulumi.jsonStringify({
        deadLetterTargetArn: deadLetterQueue.arn,
        maxReceiveCount: MAX_RECEIVE_COUNT,
      }),
      ...encrypted,
    },
    opts,
  );
  return { queue, deadLetterQueue, undeliveredQueue };
}

export interface TriggersArgs extends EventQueue {
  function: aws.lambda.Function;
  /** The key of the pool tag. */
  tagKey: string;
  /** In minutes. */
  syncInterval: number;
}

/** The rules by the end of their names. */
function describeRules({
  tagKey,
  syncInterval,
}: TriggersArgs): Record<string, aws.cloudwatch.EventRuleArgs> {
  const unit = syncInterval === 1 ? "minute" : "minutes";
  return {
    "instance-state": {
      description: "Instances that start, stop or go",
      eventPattern: JSON.stringify({
        source: ["aws.ec2"],
        "detail-type": ["EC2 Instance State-change Notification"],
        detail: { state: ["running", "stopping", "stopped", "shutting-down", "terminated"] },
      }),
    },
    lifecycle: {
      description: "Launches that wait for their address, terminations that wait to give it back",
      eventPattern: JSON.stringify({
        source: ["aws.autoscaling"],
        "detail-type": [
          "EC2 Instance-launch Lifecycle Action",
          "EC2 Instance-terminate Lifecycle Action",
        ],
        detail: { LifecycleHookName: [LAUNCH_HOOK_NAME, TERMINATE_HOOK_NAME] },
      }),
    },
    tags: {
      description: "Instances and network interfaces that join a pool, or leave it",
      eventPattern: JSON.stringify({
        source: ["aws.tag"],
        "detail-type": ["Tag Change on Resource"],
        detail: {
          service: ["ec2"],
          "resource-type": ["instance", "network-interface"],
          "changed-tag-keys": [tagKey],
        },
      }),
    },
    schedule: {
      description: "Makes good what an event missed",
      scheduleExpression: `rate(${syncInterval} ${unit})`,
    },
  };
}

/**
 * Creates the rules whose events wake the manager, the queue's policy for them, and its way to the function.
 *
 * @returns what has to be there for events to reach the function
 */
export function createTriggers(
  name: string,
  args: TriggersArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  const { queue, undeliveredQueue } = args;
  const rules = Object.entries(describeRules(args)).map(
    ([role, ruleArgs]) =>
      [role, new aws.cloudwatch.EventRule(`${name}-${role}`, ruleArgs, opts)] as const,
  );
  const ruleArns = pulumi.all(rules.map(([, rule]) => rule.arn));
  const policies = [
    admitRules(`${name}-events`, queue, ruleArns, opts),
    admitRules(`${name}-undelivered`, undeliveredQueue, ruleArns, opts),
  ];
  const targets = rules.map(
    ([role, rule]) =>
      new aws.cloudwatch.EventTarget(
        `${name}-${role}`,
        {
          rule: rule.name,
          arn: queue.arn,
          sqsTarget: { messageGroupId: MESSAGE_GROUP_ID },
          deadLetterConfig: { arn: undeliveredQueue.arn },
        },
        pulumi.mergeOptions(opts, { dependsOn: policies }),
      ),
  );
  const mapping = new aws.lambda.EventSourceMapping(
    `${name}-events`,
    { eventSourceArn: queue.arn, functionName: args.function.arn, batchSize: BATCH_SIZE },
    opts,
  );
  return [...targets, mapping];
}

/** The function takes this for an event of the schedule, and never fails on it: a failure would end `up`. */
const FIRST_SYNC_EVENT = {
  "detail-type": "Scheduled Event",
  source: "network-interface-pool",
  first: true,
};

export interface FirstSyncArgs {
  function: aws.lambda.Function;
  /** The function's environment. */
  variables: Record<string, pulumi.Input<string>>;
}

/**
 * Has `up` itself ask for the first sync, and for another one when the function is told something else, so
 * that a new pool is served without waiting for the schedule. Other changes invoke nothing: by default the
 * provider invokes the function when this resource is created or replaced, which changed triggers do to it.
 */
export function createFirstSync(
  name: string,
  { function: lambda, variables }: FirstSyncArgs,
  opts: pulumi.CustomResourceOptions,
): void {
  new aws.lambda.Invocation(
    `${name}-first-sync`,
    {
      functionName: lambda.name,
      input: JSON.stringify(FIRST_SYNC_EVENT),
      triggers: variables,
    },
    opts,
  );
}

/** Lets these rules, and nothing else, send to a queue. */
function admitRules(
  name: string,
  queue: aws.sqs.Queue,
  ruleArns: pulumi.Output<string[]>,
  opts: pulumi.CustomResourceOptions,
): aws.sqs.QueuePolicy {
  return new aws.sqs.QueuePolicy(
    name,
    {
      queueUrl: queue.url,
      policy: pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "AdmitRules",
            Effect: "Allow",
            Principal: { Service: "events.amazonaws.com" },
            Action: "sqs:SendMessage",
            Resource: queue.arn,
            Condition: { ArnEquals: { "aws:SourceArn": ruleArns } },
          },
        ],
      }),
    },
    opts,
  );
}
