import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { FUNCTION_DIMENSION, type MetricName, METRICS_NAMESPACE } from "../../handler/names";
import type { EventQueue } from "./triggers";

/**
 * The longest time between two looks, in minutes. An alarm may look back for one day, and three
 * intervals without a look are the least that proves something.
 */
export const MAX_SYNC_INTERVAL = 480;

const SECONDS_PER_MINUTE = 60;

/** A look is missed now and then: a deployment, a throttled call, a long watch before it. */
const LEAST_MINUTES_WITHOUT_SYNC = 15;
const INTERVALS_WITHOUT_SYNC = 3;

/** A replacement may start before its predecessor's end is known; by the second look it is. */
const EXHAUSTED_LOOKS = 2;

/**
 * A batch is lost after five failures, a minute apart: wherever a period of five minutes ends and the next
 * begins, one of the two has three of them. Fewer errors mend themselves.
 */
const ERRORS_OF_A_LOST_BATCH = 3;
const ERRORS_PERIOD_SECONDS = 300;

const MANUAL = "docs/operations.md says how to look and what to do.";

export interface AlarmsArgs extends EventQueue {
  function: aws.lambda.Function;
  /** In minutes. */
  syncInterval: number;
  alarmAfterMinutes: number;
  alarmTopicArn?: pulumi.Input<string>;
}

/** The alarms of one manager; docs/operations.md has an entry for each, by the end of its name. */
export function createAlarms(
  name: string,
  args: AlarmsArgs,
  opts: pulumi.CustomResourceOptions,
): aws.cloudwatch.MetricAlarm[] {
  const { function: lambda, deadLetterQueue, undeliveredQueue, syncInterval } = args;
  const actions = args.alarmTopicArn === undefined ? undefined : [args.alarmTopicArn];
  const alarm = (role: string, description: string, inputs: aws.cloudwatch.MetricAlarmArgs) =>
    new aws.cloudwatch.MetricAlarm(
      `${name}-${role}`,
      {
        alarmDescription: `${description} ${MANUAL}`,
        alarmActions: actions,
        okActions: actions,
        ...inputs,
      },
      opts,
    );
  const ofManager = (metricName: MetricName) => ({
    namespace: METRICS_NAMESPACE,
    metricName,
    dimensions: { [FUNCTION_DIMENSION]: lambda.name },
  });
  const atLeast = (threshold: number) => ({
    comparisonOperator: "GreaterThanOrEqualToThreshold",
    threshold,
  });
  const messagesOf = (queue: aws.sqs.Queue) => ({
    namespace: "AWS/SQS",
    metricName: "ApproximateNumberOfMessagesVisible",
    dimensions: { QueueName: queue.name },
    statistic: "Maximum",
    period: SECONDS_PER_MINUTE,
    evaluationPeriods: 1,
    ...atLeast(1),
    // SQS measures no queue that nobody touched for six hours, and its messages still lie there.
    treatMissingData: "ignore",
  });
  return [
    alarm(
      "instance-waits",
      `An instance has been waiting for its address for more than ${args.alarmAfterMinutes} min.`,
      {
        ...ofManager("LongestWait"),
        statistic: "Maximum",
        period: SECONDS_PER_MINUTE,
        evaluationPeriods: 1,
        comparisonOperator: "GreaterThanThreshold",
        threshold: args.alarmAfterMinutes * SECONDS_PER_MINUTE,
        // Between two looks nobody has got an address; that nobody looks is another alarm.
        treatMissingData: "ignore",
      },
    ),
    alarm(
      "pool-exhausted",
      "An instance waits for an address of a pool that has none free and none on its way back.",
      {
        ...ofManager("PoolsExhausted"),
        statistic: "Maximum",
        period: syncInterval * SECONDS_PER_MINUTE,
        evaluationPeriods: EXHAUSTED_LOOKS,
        ...atLeast(1),
        // Between two looks no address has come free; that nobody looks is another alarm.
        treatMissingData: "ignore",
      },
    ),
    alarm(
      "dead-letters",
      "The manager failed five times on a batch of events.",
      messagesOf(deadLetterQueue),
    ),
    alarm(
      "undelivered",
      "EventBridge could not deliver events to the manager's queue.",
      messagesOf(undeliveredQueue),
    ),
    alarm("errors", "The manager's function fails or runs out of time.", {
      namespace: "AWS/Lambda",
      metricName: "Errors",
      dimensions: { FunctionName: lambda.name },
      statistic: "Sum",
      period: ERRORS_PERIOD_SECONDS,
      evaluationPeriods: 1,
      ...atLeast(ERRORS_OF_A_LOST_BATCH),
      // Who isn't invoked doesn't fail; that nobody looks is another alarm.
      treatMissingData: "notBreaching",
    }),
    alarm(
      "no-sync",
      `The manager has finished no sync for ${minutesWithoutSync(syncInterval)} min: this alarm goes off by INSUFFICIENT_DATA.`,
      {
        ...ofManager("Syncs"),
        statistic: "Sum",
        period: SECONDS_PER_MINUTE,
        evaluationPeriods: minutesWithoutSync(syncInterval),
        comparisonOperator: "LessThanThreshold",
        threshold: 1,
        // A manager that finishes no sync writes no value. Where values end, the alarm turns to
        // INSUFFICIENT_DATA, which tells the topic; a new alarm begins there, and no action follows.
        // With missing values that count as breaching, every first deployment would page somebody.
        treatMissingData: "missing",
        insufficientDataActions: actions,
      },
    ),
  ];
}

function minutesWithoutSync(syncInterval: number): number {
  return Math.max(LEAST_MINUTES_WITHOUT_SYNC, INTERVALS_WITHOUT_SYNC * syncInterval);
}
