import assert from "node:assert/strict";
import {
  NetworkInterfaceManager,
  type NetworkInterfaceManagerArgs,
} from "../../components/networkInterfaceManager";
import { deploy, type Deployment, find, UNKNOWN } from "../mocks";

const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const TOPIC = "arn:aws:sns:eu-west-1:111122223333:on-call";
const MANUAL = "docs/operations.md says how to look and what to do.";

const create = (args?: NetworkInterfaceManagerArgs) => () =>
  new NetworkInterfaceManager("manager", args);

const alarmInputs = ({ registrations }: Deployment, role: string) =>
  find(registrations, ALARM, `manager-${role}`).inputs;

const ofManager = (metricName: string) => ({
  namespace: "NetworkInterfacePool",
  metricName,
  dimensions: { FunctionName: "manager-1a2b" },
});

const messagesIn = (queueName: string) => ({
  namespace: "AWS/SQS",
  metricName: "ApproximateNumberOfMessagesVisible",
  dimensions: { QueueName: queueName },
  statistic: "Maximum",
  period: 60,
  evaluationPeriods: 1,
  comparisonOperator: "GreaterThanOrEqualToThreshold",
  threshold: 1,
  treatMissingData: "ignore",
});

const alarms: Record<string, Record<string, unknown>> = {
  "instance-waits": {
    alarmDescription: `An instance has been waiting for its address for more than 5 min. ${MANUAL}`,
    ...ofManager("LongestWait"),
    statistic: "Maximum",
    period: 60,
    evaluationPeriods: 1,
    comparisonOperator: "GreaterThanThreshold",
    threshold: 300,
    treatMissingData: "ignore",
  },
  "pool-exhausted": {
    alarmDescription: `An instance waits for an address of a pool that has none free and none on its way back. ${MANUAL}`,
    ...ofManager("PoolsExhausted"),
    statistic: "Maximum",
    period: 60,
    evaluationPeriods: 2,
    comparisonOperator: "GreaterThanOrEqualToThreshold",
    threshold: 1,
    treatMissingData: "ignore",
  },
  "dead-letters": {
    alarmDescription: `The manager failed five times on a batch of events. ${MANUAL}`,
    ...messagesIn("manager-dead-letters"),
  },
  undelivered: {
    alarmDescription: `EventBridge could not deliver events to the manager's queue. ${MANUAL}`,
    ...messagesIn("manager-undelivered"),
  },
  errors: {
    alarmDescription: `The manager's function fails or runs out of time. ${MANUAL}`,
    namespace: "AWS/Lambda",
    metricName: "Errors",
    dimensions: { FunctionName: "manager-1a2b" },
    statistic: "Sum",
    period: 300,
    evaluationPeriods: 1,
    comparisonOperator: "GreaterThanOrEqualToThreshold",
    threshold: 3,
    treatMissingData: "notBreaching",
  },
  "no-sync": {
    alarmDescription: `The manager has finished no sync for 15 min: this alarm goes off by INSUFFICIENT_DATA. ${MANUAL}`,
    ...ofManager("Syncs"),
    statistic: "Sum",
    period: 60,
    evaluationPeriods: 15,
    comparisonOperator: "LessThanThreshold",
    threshold: 1,
    treatMissingData: "missing",
  },
};

/** Of the manager's own values silence alone is a failure; a new alarm begins silent, and tells nobody. */
const toldOfSilence = (role: string) => (role === "no-sync" ? [TOPIC] : undefined);

describe("NetworkInterfaceManager, watched", () => {
  let deployment: Deployment;
  let told: Deployment;
  let preview: Deployment;
  before(async () => {
    deployment = await deploy(create());
    told = await deploy(create({ alarmTopicArn: TOPIC, alarmAfterMinutes: 20, syncInterval: 6 }));
    preview = await deploy(create({ alarmTopicArn: TOPIC }), { preview: true });
  });

  describe("alarms", () => {
    it("are these", () => {
      const names = deployment.registrations.flatMap(({ type, name }) =>
        type === ALARM ? name : [],
      );
      assert.deepEqual(
        names.sort(),
        Object.keys(alarms)
          .map((role) => `manager-${role}`)
          .sort(),
      );
    });

    for (const [role, inputs] of Object.entries(alarms)) {
      it(`watch for ${role}, and without a topic tell nobody`, () => {
        assert.deepEqual(alarmInputs(deployment, role), inputs);
      });

      it(`tell the topic when ${role} goes off and when it is over`, () => {
        const { alarmActions, okActions, insufficientDataActions } = alarmInputs(told, role);
        assert.deepEqual([alarmActions, okActions], [[TOPIC], [TOPIC]]);
        assert.deepEqual(insufficientDataActions, toldOfSilence(role));
      });

      it(`are shown in a preview: ${role}`, () => {
        const dimensions = Object.keys(inputs.dimensions as object).map((key) => [key, UNKNOWN]);
        assert.deepEqual(alarmInputs(preview, role), {
          ...inputs,
          dimensions: Object.fromEntries(dimensions) as object,
          alarmActions: [TOPIC],
          okActions: [TOPIC],
          ...(toldOfSilence(role) && { insufficientDataActions: [TOPIC] }),
        });
      });
    }

    it("let an instance wait for as long as is asked", () => {
      const { threshold, alarmDescription } = alarmInputs(told, "instance-waits");
      assert.equal(threshold, 1200);
      assert.match(String(alarmDescription), /^An instance .* for more than 20 min\./);
    });

    it("look at an exhausted pool as often as the schedule does", () => {
      assert.equal(alarmInputs(told, "pool-exhausted").period, 360);
    });

    it("give the schedule three of its intervals", () => {
      const { evaluationPeriods, period, alarmDescription } = alarmInputs(told, "no-sync");
      assert.deepEqual([evaluationPeriods, period], [18, 60]);
      assert.match(String(alarmDescription), / for 18 min:/);
    });

    it("look back for no more than the day that CloudWatch allows", async () => {
      const slow = await deploy(create({ syncInterval: 480 }));
      for (const role of Object.keys(alarms)) {
        const { period, evaluationPeriods } = alarmInputs(slow, role);
        assert.ok(Number(period) * Number(evaluationPeriods) <= 86_400, role);
      }
    });
  });

  describe("dashboard", () => {
    const widgets = ({ registrations }: Deployment): Record<string, unknown>[] => {
      const { dashboardBody } = find(
        registrations,
        "aws:cloudwatch/dashboard:Dashboard",
        "manager",
      ).inputs;
      return (JSON.parse(String(dashboardBody)) as { widgets: Record<string, unknown>[] }).widgets;
    };
    const graph = (title: string, metrics: unknown[]) => ({
      type: "metric",
      width: 8,
      height: 6,
      properties: { title, region: "eu-west-1", period: 60, metrics },
    });
    const searched = (title: string, metric: string, statistic: string) => {
      const found = `MetricName="${metric}" FunctionName="manager-1a2b"`;
      const expression = `SEARCH('{NetworkInterfacePool,FunctionName,Pool} ${found}', '${statistic}', 60)`;
      return graph(title, [[{ expression, label: "${PROP('Dim.Pool')}" }]]);
    };

    it("is named like the function", () => {
      const type = "aws:cloudwatch/dashboard:Dashboard";
      const { dashboardName } = find(deployment.registrations, type, "manager").inputs;
      assert.equal(dashboardName, "manager-1a2b");
    });

    it("waits in a preview for what AWS decides", () => {
      const type = "aws:cloudwatch/dashboard:Dashboard";
      assert.deepEqual(find(preview.registrations, type, "manager").inputs, {
        dashboardName: UNKNOWN,
        dashboardBody: UNKNOWN,
      });
    });

    it("shows the alarms, the pools, the manager and who has no address", () => {
      const alarmArn = (role: string) =>
        `arn:aws:cloudwatch:eu-west-1:111122223333:alarm:manager-${role}-1a2b`;
      const ofLambda = (metric: string, more: object) => [
        ...["AWS/Lambda", metric, "FunctionName", "manager-1a2b"],
        more,
      ];
      const sum = { stat: "Sum" };
      const most = { stat: "Maximum" };
      assert.deepEqual(widgets(deployment), [
        {
          type: "alarm",
          width: 24,
          height: 2,
          properties: { title: "Alarms", alarms: Object.keys(alarms).map(alarmArn) },
        },
        searched("Addresses free", "AddressesFree", "Minimum"),
        searched("Addresses held", "AddressesHeld", "Maximum"),
        searched("Addresses in transition", "AddressesInTransition", "Maximum"),
        searched("Instances waiting", "InstancesWaiting", "Maximum"),
        searched("Longest wait in seconds", "LongestWait", "Maximum"),
        searched("Launch to attached in seconds", "LaunchToAttached", "Maximum"),
        graph("Failures by reason", [
          [
            {
              expression: `SEARCH('{NetworkInterfacePool,FunctionName,Pool,Reason} MetricName="Failures" FunctionName="manager-1a2b"', 'Sum', 60)`,
              label: "${PROP('Dim.Pool')} ${PROP('Dim.Reason')}",
            },
          ],
        ]),
        graph("Looks by the schedule, exhausted pools", [
          ["NetworkInterfacePool", "Syncs", "FunctionName", "manager-1a2b", sum],
          ["NetworkInterfacePool", "PoolsExhausted", "FunctionName", "manager-1a2b", most],
        ]),
        graph("Function: invocations and errors, longest duration in ms", [
          ofLambda("Invocations", sum),
          ofLambda("Errors", sum),
          ofLambda("Duration", { ...most, yAxis: "right" }),
        ]),
        graph(
          "Messages in the queues",
          ["events", "dead-letters", "undelivered"].map((role) => [
            "AWS/SQS",
            "ApproximateNumberOfMessagesVisible",
            "QueueName",
            `manager-${role}`,
            most,
          ]),
        ),
        {
          type: "log",
          width: 24,
          height: 6,
          properties: {
            title: "Who has no address, and why",
            region: "eu-west-1",
            view: "table",
            query:
              "SOURCE 'manager-1a2b' | fields @timestamp, message" +
              ' | filter level = "WARN" or message like /has no address/' +
              " | sort @timestamp desc | limit 50",
          },
        },
      ]);
    });
  });
});
