import assert from "node:assert/strict";
import {
  type AwsEvent,
  EventBridge,
  matchesPattern,
  parseRate,
} from "../../../simulator/aws/eventBridge";
import { Queue } from "../../../simulator/aws/sqs";
import { createServices, passQuickly, type Services } from "./services";

const ruleArn = (name: string) => `arn:aws:events:eu-west-1:123456789012:rule/${name}`;
const queueArn = (name: string) => `arn:aws:sqs:eu-west-1:123456789012:${name}.fifo`;

interface Statement {
  Effect: string;
  Principal: { Service: string };
  Action: string;
  Resource: string;
  Condition: { ArnEquals: { "aws:SourceArn": string[] } };
}

/** A statement by which a queue admits a rule; each test breaks one part of it. */
const admission = (queue: string, rule: string): Statement => ({
  Effect: "Allow",
  Principal: { Service: "events.amazonaws.com" },
  Action: "sqs:SendMessage",
  Resource: queueArn(queue),
  Condition: { ArnEquals: { "aws:SourceArn": [ruleArn(rule)] } },
});

function createQueue({ clock }: Services, name: string, statements?: Statement[]): Queue {
  const policy = statements && JSON.stringify({ Version: "2012-10-17", Statement: statements });
  const url = `https://sqs.eu-west-1.amazonaws.com/123456789012/${name}.fifo`;
  return new Queue({ arn: queueArn(name), url, policy, visibilityTimeoutSeconds: 30 }, clock);
}

const running: AwsEvent = {
  source: "aws.ec2",
  detailType: "EC2 Instance State-change Notification",
  resources: ["arn:aws:ec2:eu-west-1:123456789012:instance/i-1"],
  detail: { "instance-id": "i-1", state: "running" },
};

/** A bus with one rule for `aws.ec2`, whose target is one queue. */
function openBus({ admits = [admission("events", "ec2")] }: { admits?: Statement[] } = {}) {
  const services = createServices();
  const account = "123456789012";
  const bus = new EventBridge({ ...services, account, region: "eu-west-1" });
  const queue = createQueue(services, "events", admits);
  const eventPattern = JSON.stringify({ source: ["aws.ec2"] });
  bus.addRule({ name: "ec2", arn: ruleArn("ec2"), eventPattern });
  bus.addTarget({ ruleName: "ec2", queue, messageGroupId: "group" });
  return { services, bus, queue };
}

const textsOf = ({ journal }: Services) => journal.entries.map(({ text }) => text);

describe("matchesPattern", () => {
  const event = { source: "aws.ec2", detail: { state: "running", count: 2 } };

  it("matches when every key has one of its values", () => {
    const pattern = { source: ["aws.s3", "aws.ec2"], detail: { state: ["running"], count: [2] } };
    assert.equal(matchesPattern(pattern, event), true);
  });

  it("does not match another value", () => {
    assert.equal(matchesPattern({ source: ["aws.s3"] }, event), false);
  });

  it("does not match when only one of two keys does", () => {
    const pattern = { source: ["aws.ec2"], detail: { state: ["stopped"] } };
    assert.equal(matchesPattern(pattern, event), false);
  });

  it("compares values with their types", () => {
    assert.equal(matchesPattern({ detail: { count: ["2"] } }, event), false);
  });

  it("does not match an event without the key", () => {
    assert.equal(matchesPattern({ account: ["1"] }, event), false);
    assert.equal(matchesPattern({ detail: { other: ["1"] } }, event), false);
  });

  it("does not match an event without detail, or with a text for it", () => {
    const pattern = { detail: { state: ["running"] } };
    assert.equal(matchesPattern(pattern, { source: "aws.ec2" }), false);
    assert.equal(matchesPattern(pattern, { detail: null }), false);
    assert.equal(matchesPattern(pattern, { detail: "running" }), false);
  });

  it("matches anything by an empty pattern", () => {
    assert.equal(matchesPattern({}, event), true);
  });

  it("does not model a pattern that is more than exact values", () => {
    assert.throws(() => matchesPattern({ source: [{ prefix: "aws." }] }, event), {
      message: `the simulator doesn't model the pattern [{"prefix":"aws."}] of source`,
    });
  });
});

describe("parseRate", () => {
  for (const [expression, ms] of [
    ["rate(1 minute)", 60_000],
    ["rate(2 minutes)", 120_000],
    ["rate(10 minutes)", 600_000],
    ["rate(90 minutes)", 5_400_000],
  ] as const) {
    it(`reads ${expression}`, () => {
      assert.equal(parseRate(expression), ms);
    });
  }

  for (const expression of [
    "rate(1 minutes)",
    "rate(2 minute)",
    "rate(0 minutes)",
    "rate(05 minutes)",
    "rate(1.5 minutes)",
    "rate(1 hour)",
    "cron(0 12 * * ? *)",
    " rate(1 minute)",
    "rate(1 minute) ",
  ]) {
    it(`does not model "${expression}"`, () => {
      assert.throws(() => parseRate(expression), {
        message: `the simulator doesn't model the schedule ${expression}`,
      });
    });
  }
});

describe("EventBridge.emit", () => {
  it("brings an event that a rule matches to its queue, some time later and in full", async () => {
    const { services, bus, queue } = openBus();
    bus.emit(running);
    await passQuickly(services, 299);
    assert.equal(queue.messages.length, 0);
    await passQuickly(services, 1);
    const [message, ...others] = queue.messages;
    const body = JSON.parse(message?.body ?? "") as { id: string };
    assert.equal(message?.groupId, "group");
    assert.match(body.id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.deepEqual(body, {
      version: "0",
      id: body.id,
      "detail-type": "EC2 Instance State-change Notification",
      source: "aws.ec2",
      account: "123456789012",
      time: "2026-01-01T00:00:00Z",
      region: "eu-west-1",
      resources: ["arn:aws:ec2:eu-west-1:123456789012:instance/i-1"],
      detail: { "instance-id": "i-1", state: "running" },
    });
    assert.deepEqual(others, []);
  });

  it("brings nothing to a rule that does not match", async () => {
    const { services, bus, queue } = openBus();
    bus.emit({ ...running, source: "aws.autoscaling" });
    await passQuickly(services, 60_000);
    assert.deepEqual(queue.messages, []);
  });

  it("gives two like events ids of their own, so that neither is taken for the other", async () => {
    const { services, bus, queue } = openBus();
    bus.emit(running);
    bus.emit(running);
    await passQuickly(services, 60_000);
    assert.equal(queue.messages.length, 2);
  });

  it("brings an event to the targets of its rule only", async () => {
    const { services, bus, queue } = openBus();
    const admissions = [admission("other", "other"), admission("other", "ec2")];
    const other = createQueue(services, "other", admissions);
    bus.addRule({ name: "other", arn: ruleArn("other"), eventPattern: '{"source":["aws.s3"]}' });
    bus.addTarget({ ruleName: "other", queue: other, messageGroupId: "group" });
    bus.emit(running);
    await passQuickly(services, 60_000);
    assert.equal(queue.messages.length, 1);
    assert.deepEqual(other.messages, []);
  });

  it("loses the events that a scenario names, and says so", async () => {
    const { services, bus, queue } = openBus();
    bus.loses = ({ detail }) => detail["instance-id"] === "i-1";
    bus.emit(running);
    bus.emit({ ...running, detail: { "instance-id": "i-2" } });
    await passQuickly(services, 60_000);
    assert.deepEqual(
      queue.messages.map(({ body }) => (JSON.parse(body) as AwsEvent).detail),
      [{ "instance-id": "i-2" }],
    );
    assert.deepEqual(services.journal.entries, [
      {
        atMs: 0,
        source: "aws",
        text: "event lost: EC2 Instance State-change Notification",
        facts: { detail: { "instance-id": "i-1", state: "running" } },
      },
    ]);
  });
});

describe("EventBridge.addRule", () => {
  it("sends an event of the schedule at every interval", async () => {
    const { services, bus, queue } = openBus({ admits: [admission("events", "schedule")] });
    bus.addRule({
      name: "schedule",
      arn: ruleArn("schedule"),
      scheduleExpression: "rate(2 minutes)",
    });
    bus.addTarget({ ruleName: "schedule", queue, messageGroupId: "group" });
    await passQuickly(services, 119_999);
    assert.equal(queue.messages.length, 0);
    await passQuickly(services, 360_000);
    const bodies = queue.messages.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
    assert.deepEqual(
      bodies.map((body) => [body.time, body["detail-type"], body.source, body.resources]),
      ["00:02:00", "00:04:00", "00:06:00"].map((time) => [
        `2026-01-01T${time}Z`,
        "Scheduled Event",
        "aws.events",
        [ruleArn("schedule")],
      ]),
    );
  });

  it("refuses a schedule that is not modelled at once", () => {
    const { bus } = openBus();
    assert.throws(
      () => {
        bus.addRule({ name: "x", arn: ruleArn("x"), scheduleExpression: "cron(0 12 * * ? *)" });
      },
      { message: "the simulator doesn't model the schedule cron(0 12 * * ? *)" },
    );
  });
});

describe("a queue's policy", () => {
  const right = admission("events", "ec2");
  const mistakes: Record<string, Statement[]> = {
    "no statement": [],
    "another rule": [admission("events", "other")],
    "another queue": [{ ...right, Resource: queueArn("other") }],
    "another service": [{ ...right, Principal: { Service: "sns.amazonaws.com" } }],
    "another action": [{ ...right, Action: "sqs:ReceiveMessage" }],
    "a denial": [{ ...right, Effect: "Deny" }],
  };
  for (const [name, statements] of Object.entries(mistakes)) {
    it(`drops the events of a rule with ${name}, and the journal says so`, async () => {
      const { services, bus, queue } = openBus({ admits: statements });
      bus.emit(running);
      await passQuickly(services, 60_000);
      assert.deepEqual(queue.messages, []);
      assert.deepEqual(textsOf(services), ["event dropped: no queue admits ec2"]);
    });
  }

  it("admits a rule by any of its statements", async () => {
    const { services, bus, queue } = openBus({ admits: [admission("events", "other"), right] });
    bus.emit(running);
    await passQuickly(services, 60_000);
    assert.equal(queue.messages.length, 1);
  });

  it("admits nobody when there is none", async () => {
    const { services, bus } = openBus();
    const bare = createQueue(services, "bare");
    bus.addRule({ name: "bare", arn: ruleArn("bare"), eventPattern: '{"source":["aws.ec2"]}' });
    bus.addTarget({ ruleName: "bare", queue: bare, messageGroupId: "group" });
    bus.emit(running);
    await passQuickly(services, 60_000);
    assert.deepEqual(bare.messages, []);
  });

  it("that does not admit a rule sends its events to the target's dead letters", async () => {
    const { services, bus } = openBus({ admits: [] });
    const refusing = createQueue(services, "refusing", []);
    const undelivered = createQueue(services, "undelivered", [admission("undelivered", "twice")]);
    bus.addRule({ name: "twice", arn: ruleArn("twice"), eventPattern: '{"source":["aws.ec2"]}' });
    bus.addTarget({ ruleName: "twice", queue: refusing, messageGroupId: "group", undelivered });
    bus.emit(running);
    await passQuickly(services, 60_000);
    assert.deepEqual(refusing.messages, []);
    assert.equal(undelivered.messages.length, 1);
  });

  it("that admits a rule leaves the target's dead letters empty", async () => {
    const { services, bus } = openBus({ admits: [] });
    const admitting = createQueue(services, "admitting", [admission("admitting", "once")]);
    const undelivered = createQueue(services, "undelivered", [admission("undelivered", "once")]);
    bus.addRule({ name: "once", arn: ruleArn("once"), eventPattern: '{"source":["aws.ec2"]}' });
    bus.addTarget({ ruleName: "once", queue: admitting, messageGroupId: "group", undelivered });
    bus.emit(running);
    await passQuickly(services, 60_000);
    assert.equal(admitting.messages.length, 1);
    assert.deepEqual(undelivered.messages, []);
  });
});

describe("an event that EventBridge delivers again", () => {
  it("is dropped by a queue within five minutes, and is a message once more after that", async () => {
    for (const [againMs, count] of [
      [200_000, 1],
      [310_000, 2],
    ] as const) {
      const { services, bus, queue } = openBus();
      services.faults.delayMs = (fault) => (fault === "eventDoubled" ? againMs : 0);
      bus.emit(running);
      await passQuickly(services, 400_000);
      assert.equal(queue.messages.length, count);
      assert.equal(new Set(queue.messages.map(({ body }) => body)).size, 1);
    }
  });
});
