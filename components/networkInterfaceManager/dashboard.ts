import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import {
  FUNCTION_DIMENSION,
  type MetricName,
  METRICS_NAMESPACE,
  POOL_DIMENSION,
  REASON_DIMENSION,
} from "../../handler/names";
import type { EventQueue } from "./triggers";

/** A dashboard is 24 columns wide: three graphs a row. */
const GRAPH = { width: 8, height: 6 };
const ALARMS = { width: 24, height: 2 };
const LOG = { width: 24, height: 6 };

const SECONDS_PER_MINUTE = 60;

export interface DashboardArgs extends EventQueue {
  function: aws.lambda.Function;
  logGroup: aws.cloudwatch.LogGroup;
  alarms: aws.cloudwatch.MetricAlarm[];
}

/** One page on a manager: its alarms, every pool's figures, how it fares itself, and its warnings. */
export function createDashboard(
  name: string,
  args: DashboardArgs,
  opts: pulumi.CustomResourceOptions,
): aws.cloudwatch.Dashboard {
  const { function: lambda, logGroup, queue, deadLetterQueue, undeliveredQueue } = args;
  const facts = pulumi.output({
    functionName: lambda.name,
    functionArn: lambda.arn,
    logGroupName: logGroup.name,
    alarmArns: args.alarms.map(({ arn }) => arn),
    queueNames: [queue.name, deadLetterQueue.name, undeliveredQueue.name],
  });
  return new aws.cloudwatch.Dashboard(
    name,
    {
      dashboardName: lambda.name,
      dashboardBody: facts.apply((known) => JSON.stringify(dashboardBody(known))),
    },
    opts,
  );
}

interface DashboardFacts {
  functionName: string;
  /** Tells the Region of everything else, too. */
  functionArn: string;
  logGroupName: string;
  alarmArns: string[];
  queueNames: string[];
}

function dashboardBody(facts: DashboardFacts): object {
  const { functionName, functionArn, logGroupName, alarmArns, queueNames } = facts;
  const [, , , region] = functionArn.split(":");
  const graph = (title: string, metrics: unknown[]) => ({
    type: "metric",
    ...GRAPH,
    properties: { title, region, period: SECONDS_PER_MINUTE, metrics },
  });
  const searched = (title: string, metric: MetricName, statistic: string, by = [POOL_DIMENSION]) =>
    graph(title, [search(functionName, by, metric, statistic)]);
  const ofManager = (metric: MetricName) => [
    METRICS_NAMESPACE,
    metric,
    FUNCTION_DIMENSION,
    functionName,
  ];
  const ofLambda = (metric: string) => ["AWS/Lambda", metric, "FunctionName", functionName];
  const sum = { stat: "Sum" };
  const most = { stat: "Maximum" };
  return {
    widgets: [
      { type: "alarm", ...ALARMS, properties: { title: "Alarms", alarms: alarmArns } },
      searched("Addresses free", "AddressesFree", "Minimum"),
      searched("Addresses held", "AddressesHeld", "Maximum"),
      searched("Addresses in transition", "AddressesInTransition", "Maximum"),
      searched("Instances waiting", "InstancesWaiting", "Maximum"),
      searched("Longest wait in seconds", "LongestWait", "Maximum"),
      searched("Launch to attached in seconds", "LaunchToAttached", "Maximum"),
      searched("Failures by reason", "Failures", "Sum", [POOL_DIMENSION, REASON_DIMENSION]),
      graph("Looks by the schedule, exhausted pools", [
        [...ofManager("Syncs"), sum],
        [...ofManager("PoolsExhausted"), most],
      ]),
      graph("Function: invocations and errors, longest duration in ms", [
        [...ofLambda("Invocations"), sum],
        [...ofLambda("Errors"), sum],
        [...ofLambda("Duration"), { ...most, yAxis: "right" }],
      ]),
      graph(
        "Messages in the queues",
        queueNames.map((queueName) => [
          ...["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", queueName],
          most,
        ]),
      ),
      {
        type: "log",
        ...LOG,
        properties: {
          title: "Who has no address, and why",
          region,
          view: "table",
          query: [
            `SOURCE '${logGroupName}'`,
            "fields @timestamp, message",
            'filter level = "WARN" or message like /has no address/',
            "sort @timestamp desc",
            "limit 50",
          ].join(" | "),
        },
      },
    ],
  };
}

/** A line for every value of these dimensions, also of pools that are still to come. */
function search(
  functionName: string,
  dimensions: string[],
  metric: MetricName,
  statistic: string,
): unknown[] {
  const schema = [METRICS_NAMESPACE, FUNCTION_DIMENSION, ...dimensions].join(",");
  const terms = `MetricName="${metric}" ${FUNCTION_DIMENSION}="${functionName}"`;
  const label = dimensions.map((dimension) => `\${PROP('Dim.${dimension}')}`).join(" ");
  const expression = `SEARCH('{${schema}} ${terms}', '${statistic}', ${SECONDS_PER_MINUTE})`;
  return [{ expression, label }];
}
