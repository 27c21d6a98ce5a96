import assert from "node:assert/strict";
import {
  NetworkInterfaceManager,
  type NetworkInterfaceManagerArgs,
} from "../../../components/networkInterfaceManager";
import type { Registration } from "../../../simulator/deploy/registrations";
import { asRecord, deploy, type Deployment, find } from "../../mocks";

const ACCOUNT = "eu-west-1:111122223333";
const QUEUE_ARN = `arn:aws:sqs:${ACCOUNT}:manager-events`;
const UNDELIVERED_ARN = `arn:aws:sqs:${ACCOUNT}:manager-undelivered`;

const create = (args?: NetworkInterfaceManagerArgs) => () =>
  new NetworkInterfaceManager("manager", args);

describe("NetworkInterfaceManager, woken", () => {
  // Serialising the function takes a second, so the specs share what they only look at.
  let deployment: Deployment;
  let scoped: Deployment;
  before(async () => {
    deployment = await deploy(create());
    scoped = await deploy(create({ tagKey: "team:pool", pools: ["licence"], syncInterval: 5 }));
  });

  const resource = (type: string, name: string, from: Deployment = deployment): Registration =>
    find(from.registrations, type, name);

  describe("queues", () => {
    it("keeps events in order, each once, for as long as an invocation may take", () => {
      const { redrivePolicy, ...inputs } = resource("aws:sqs/queue:Queue", "manager-events").inputs;
      assert.deepEqual(inputs, {
        fifoQueue: true,
        contentBasedDeduplication: true,
        visibilityTimeoutSeconds: 60,
        sqsManagedSseEnabled: true,
      });
      assert.deepEqual(JSON.parse(String(redrivePolicy)), {
        deadLetterTargetArn: `arn:aws:sqs:${ACCOUNT}:manager-dead-letters`,
        maxReceiveCount: 5,
      });
    });

    it("keeps batches that failed five times for two weeks, in a queue of the same kind", () => {
      assert.deepEqual(resource("aws:sqs/queue:Queue", "manager-dead-letters").inputs, {
        fifoQueue: true,
        messageRetentionSeconds: 1_209_600,
        sqsManagedSseEnabled: true,
      });
    });

    it("keeps events that could not be delivered for two weeks, in a standard queue", () => {
      assert.deepEqual(resource("aws:sqs/queue:Queue", "manager-undelivered").inputs, {
        messageRetentionSeconds: 1_209_600,
        sqsManagedSseEnabled: true,
      });
    });

    for (const name of ["manager-events", "manager-undelivered"]) {
      it(`admits the four rules, and nothing else, to ${name}`, () => {
        const { queueUrl, policy } = resource("aws:sqs/queuePolicy:QueuePolicy", name).inputs;
        assert.equal(queueUrl, `https://sqs/${name}`);
        assert.deepEqual(JSON.parse(String(policy)), {
          Version: "2012-10-17",
          Statement: [
            {
              Sid: "AdmitRules",
              Effect: "Allow",
              Principal: { Service: "events.amazonaws.com" },
              Action: "sqs:SendMessage",
              Resource: `arn:aws:sqs:${ACCOUNT}:${name}`,
              Condition: {
                ArnEquals: {
                  "aws:SourceArn": [
                    `arn:aws:events:${ACCOUNT}:rule/manager-instance-state-1a2b`,
                    `arn:aws:events:${ACCOUNT}:rule/manager-lifecycle-1a2b`,
                    `arn:aws:events:${ACCOUNT}:rule/manager-tags-1a2b`,
                    `arn:aws:events:${ACCOUNT}:rule/manager-schedule-1a2b`,
                  ],
                },
              },
            },
          ],
        });
      });
    }

    it("hands the function ten events at a time", () => {
      const type = "aws:lambda/eventSourceMapping:EventSourceMapping";
      assert.deepEqual(resource(type, "manager-events").inputs, {
        eventSourceArn: QUEUE_ARN,
        functionName: `arn:aws:lambda:${ACCOUNT}:function:manager-1a2b`,
        batchSize: 10,
      });
    });
  });

  describe("rules", () => {
    const pattern = (name: string, from?: Deployment): unknown => {
      const { eventPattern } = resource("aws:cloudwatch/eventRule:EventRule", name, from).inputs;
      return JSON.parse(String(eventPattern));
    };

    it("match instances that start, stop or go", () => {
      assert.deepEqual(pattern("manager-instance-state"), {
        source: ["aws.ec2"],
        "detail-type": ["EC2 Instance State-change Notification"],
        detail: { state: ["running", "stopping", "stopped", "shutting-down", "terminated"] },
      });
    });

    it("match the lifecycle actions of the groups' own hooks", () => {
      assert.deepEqual(pattern("manager-lifecycle"), {
        source: ["aws.autoscaling"],
        "detail-type": [
          "EC2 Instance-launch Lifecycle Action",
          "EC2 Instance-terminate Lifecycle Action",
        ],
        detail: {
          LifecycleHookName: ["network-interface-pool-launch", "network-interface-pool-terminate"],
        },
      });
    });

    it("match instances and interfaces whose pool tag comes, changes or goes", () => {
      const ofKey = (tagKey: string) => ({
        source: ["aws.tag"],
        "detail-type": ["Tag Change on Resource"],
        detail: {
          service: ["ec2"],
          "resource-type": ["instance", "network-interface"],
          "changed-tag-keys": [tagKey],
        },
      });
      assert.deepEqual(pattern("manager-tags"), ofKey("network-interface-manager-pool"));
      assert.deepEqual(pattern("manager-tags", scoped), ofKey("team:pool"));
    });

    it("run every minute, or at the interval that is asked for", () => {
      const type = "aws:cloudwatch/eventRule:EventRule";
      assert.deepEqual(resource(type, "manager-schedule").inputs, {
        description: "Makes good what an event missed",
        scheduleExpression: "rate(1 minute)",
      });
      const { scheduleExpression } = resource(type, "manager-schedule", scoped).inputs;
      assert.equal(scheduleExpression, "rate(5 minutes)");
    });

    for (const role of ["instance-state", "lifecycle", "tags", "schedule"]) {
      it(`send the events of ${role} to one message group, once the queues admit them`, () => {
        const target = resource("aws:cloudwatch/eventTarget:EventTarget", `manager-${role}`);
        assert.deepEqual(target.inputs, {
          rule: `manager-${role}-1a2b`,
          arn: QUEUE_ARN,
          sqsTarget: { messageGroupId: "network-interface-manager" },
          deadLetterConfig: { arn: UNDELIVERED_ARN },
        });
        assert.deepEqual(target.dependencies, [
          `EventRule manager-${role}`,
          "Queue manager-events",
          "Queue manager-undelivered",
          "QueuePolicy manager-events",
          "QueuePolicy manager-undelivered",
        ]);
      });
    }
  });

  describe("first sync", () => {
    const INVOCATION = "aws:lambda/invocation:Invocation";
    const NAME = "manager-first-sync";

    it("asks the function for one as the schedule does, and again when its settings change", () => {
      const variables = (from: Deployment) => {
        const { environment } = resource("aws:lambda/function:Function", "manager", from).inputs;
        return asRecord(environment).variables;
      };
      for (const from of [deployment, scoped]) {
        const { input, ...inputs } = resource(INVOCATION, NAME, from).inputs;
        assert.deepEqual(inputs, { functionName: "manager-1a2b", triggers: variables(from) });
        const event: unknown = JSON.parse(String(input));
        const source = "network-interface-pool";
        assert.deepEqual(event, { "detail-type": "Scheduled Event", source, first: true });
      }
    });

    it("comes when events reach the function, which has its rights by then", () => {
      const { dependencies } = resource(INVOCATION, NAME);
      const roles = ["instance-state", "lifecycle", "schedule", "tags"];
      const targets = roles.map((role) => `EventTarget manager-${role}`);
      const mapping = "EventSourceMapping manager-events";
      assert.deepEqual(dependencies, [mapping, ...targets, "Function manager"].sort());
    });

    it("is the same in a second deployment, so that it isn't asked for again", async () => {
      const again = await deploy(create());
      assert.deepEqual(
        find(again.registrations, INVOCATION, NAME).inputs,
        resource(INVOCATION, NAME).inputs,
      );
    });
  });
});
