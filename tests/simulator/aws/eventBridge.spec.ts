import assert from "node:assert/strict";
import {
  type AwsEvent,
  EventBridge,
  matchesPattern,
  parseRate,
  type Rule,
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
  const options = { arn: queueArn(name), url: "", policy, visibilityTimeoutSeconds: 30 };
  return new Queue(options, clock);
}

const running: AwsEvent = {
  source: "aws.ec2",
  detailType: "EC2 Instance State-change Notification",
  resources: ["arn:aws:ec2:eu-west-1:123456789012:instance/i-1"],
  detail: { "instance-id": "i-1", state: "running" },
};

const ofEc2 = { eventPattern: '{"source":["aws.ec2"]}' };

/** A bus with one rule for `aws.ec2`, whose target is one queue. */
function openBus(admits = [admission("events", "ec2")]) {
  const services = createServices();
  const account = "123456789012";
  const bus = new EventBridge({ ...services, account, region: "eu-west-1" });
  const addRule = (name: string, queue: Queue, how: Partial<Rule> = ofEc2, undelivered?: Queue) => {
    bus.addRule({ name, arn: ruleArn(name), ...how });
    bus.addTarget({ ruleName: name, queue, messageGroupId: "group", undelivered });
  };
  const queue = createQueue(services, "events", admits);
  addRule("ec2", queue);
  const pass = (ms: number) => passQuickly(services, ms);
  /** Emits events, and lets them come through. */
  const emit = async (...events: AwsEvent[]) => {
    for (const event of events) bus.emit(event);
    await pass(60_000);
  };
  return { services, bus, queue, addRule, pass, emit };
}

describe("matchesPattern", () => {
  const event = { source: "aws.ec2", detail: { state: "running", count: 2, keys: ["a", "b"] } };
  const running = { detail: { state: ["running"] } };
  const cases: [
    what: string,
    isMatch: boolean,
    pattern: Parameters<typeof matchesPattern>[0],
    event: Record<string, unknown>,
  ][] = [
    [
      "every key has one of its values",
      true,
      { source: ["aws.s3", "aws.ec2"], detail: { state: ["running"], count: [2] } },
      event,
    ],
    ["the pattern is empty", true, {}, event],
    ["one of a list is one of its values", true, { detail: { keys: ["c", "b"] } }, event],
    ["none of a list is", false, { detail: { keys: ["c", "ab"] } }, event],
    ["a value is another", false, { source: ["aws.s3"] }, event],
    [
      "only one of two keys matches",
      false,
      { source: ["aws.ec2"], detail: { state: ["x"] } },
      event,
    ],
    ["a value has another type", false, { detail: { count: ["2"] } }, event],
    ["a key isn't there", false, { account: ["1"] }, event],
    ["a key of the detail isn't there", false, { detail: { other: ["1"] } }, event],
    ["there is no detail", false, running, { source: "aws.ec2" }],
    ["the detail is null", false, running, { detail: null }],
    ["the detail is a text", false, running, { detail: "running" }],
  ];
  for (const [what, isMatch, pattern, found] of cases) {
    it(`${isMatch ? "matches" : "does not match"} when ${what}`, () => {
      assert.equal(matchesPattern(pattern, found), isMatch);
    });
  }

  it("does not model a pattern that is more than exact values", () => {
    assert.throws(() => matchesPattern({ source: [{ prefix: "aws." }] }, event), {
      message: `the simulator doesn't model the pattern [{"prefix":"aws."}] of source`,
    });
  });
});

describe("parseRate", () => {
  const minutes = { "1 minute": 1, "2 minutes": 2, "10 minutes": 10, "90 minutes": 90 };
  for (const [text, count] of Object.entries(minutes)) {
    it(`reads rate(${text})`, () => {
      assert.equal(parseRate(`rate(${text})`), count * 60_000);
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
      const message = `the simulator doesn't model the schedule ${expression}`;
      assert.throws(() => parseRate(expression), { message });
    });
  }
});

describe("EventBridge.emit", () => {
  it("brings an event that a rule matches to its queue, some time later and in full", async () => {
    const { bus, queue, pass } = openBus();
    bus.emit(running);
    await pass(299);
    assert.equal(queue.messages.length, 0);
    await pass(1);
    const [message, ...others] = queue.messages;
    const body = JSON.parse(message?.body ?? "") as { id: string };
    assert.equal(message?.groupId, "group");
    assert.match(body.id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    const { detailType, ...parts } = running;
    assert.deepEqual(body, {
      ...parts,
      version: "0",
      id: body.id,
      "detail-type": detailType,
      account: "123456789012",
      time: "2026-01-01T00:00:00Z",
      region: "eu-west-1",
    });
    assert.deepEqual(others, []);
  });

  it("brings nothing to a rule that does not match", async () => {
    const { queue, emit } = openBus();
    await emit({ ...running, source: "aws.autoscaling" });
    assert.deepEqual(queue.messages, []);
  });

  it("gives two like events ids of their own, so that neither is taken for the other", async () => {
    const { queue, emit } = openBus();
    await emit(running, running);
    assert.equal(queue.messages.length, 2);
  });

  it("brings an event to the targets of its rule only", async () => {
    const { services, queue, addRule, emit } = openBus();
    const admissions = [admission("other", "other"), admission("other", "ec2")];
    const other = createQueue(services, "other", admissions);
    addRule("other", other, { eventPattern: '{"source":["aws.s3"]}' });
    await emit(running);
    assert.equal(queue.messages.length, 1);
    assert.deepEqual(other.messages, []);
  });

  it("loses the events that a scenario names, and says so", async () => {
    const { services, bus, queue, emit } = openBus();
    bus.loses = ({ detail }) => detail["instance-id"] === "i-1";
    const detail = { "instance-id": "i-2" };
    await emit(running, { ...running, detail });
    assert.deepEqual(
      queue.messages.map(({ body }) => (JSON.parse(body) as AwsEvent).detail),
      [detail],
    );
    const text = "event lost: EC2 Instance State-change Notification";
    const facts = { detail: running.detail };
    assert.deepEqual(services.journal.entries, [{ atMs: 0, source: "aws", text, facts }]);
  });
});

describe("EventBridge.addRule", () => {
  it("sends an event of the schedule at every interval", async () => {
    const { queue, addRule, pass } = openBus([admission("events", "schedule")]);
    addRule("schedule", queue, { scheduleExpression: "rate(2 minutes)" });
    await pass(119_999);
    assert.equal(queue.messages.length, 0);
    await pass(360_000);
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
    const { queue, addRule } = openBus();
    const message = "the simulator doesn't model the schedule cron(0 12 * * ? *)";
    const add = () => {
      addRule("x", queue, { scheduleExpression: "cron(0 12 * * ? *)" });
    };
    assert.throws(add, { message });
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
      const { services, queue, emit } = openBus(statements);
      await emit(running);
      assert.deepEqual(queue.messages, []);
      const texts = services.journal.entries.map(({ text }) => text);
      assert.deepEqual(texts, ["event dropped: no queue admits ec2"]);
    });
  }

  it("admits a rule by any of its statements", async () => {
    const { queue, emit } = openBus([admission("events", "other"), right]);
    await emit(running);
    assert.equal(queue.messages.length, 1);
  });

  it("admits nobody when there is none", async () => {
    const { services, addRule, emit } = openBus();
    const bare = createQueue(services, "bare");
    addRule("bare", bare);
    await emit(running);
    assert.deepEqual(bare.messages, []);
  });

  for (const [what, admitted, counts] of [
    ["does not admit a rule sends its events to the target's dead letters", [], [0, 1]],
    ["admits a rule leaves the target's dead letters empty", [admission("its", "its")], [1, 0]],
  ] as const) {
    it(`that ${what}`, async () => {
      const { services, addRule, emit } = openBus([]);
      const own = createQueue(services, "its", [...admitted]);
      const undelivered = createQueue(services, "undelivered", [admission("undelivered", "its")]);
      addRule("its", own, ofEc2, undelivered);
      await emit(running);
      assert.deepEqual([own.messages.length, undelivered.messages.length], counts);
    });
  }
});

describe("an event that EventBridge delivers again", () => {
  for (const [againMs, count, what] of [
    [200_000, 1, "is dropped by a queue within five minutes"],
    [310_000, 2, "is a message once more after that"],
  ] as const) {
    it(what, async () => {
      const { services, queue, emit, pass } = openBus();
      services.faults.delayMs = (fault) => (fault === "eventDoubled" ? againMs : 0);
      await emit(running);
      await pass(340_000);
      assert.equal(queue.messages.length, count);
      assert.equal(new Set(queue.messages.map(({ body }) => body)).size, 1);
    });
  }
});
