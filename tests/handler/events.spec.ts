import assert from "node:assert/strict";
import { readWakeUp, type WakeUp } from "../../handler/events";

function stateChange(instanceId: unknown, state: unknown) {
  return {
    source: "aws.ec2",
    "detail-type": "EC2 Instance State-change Notification",
    detail: { "instance-id": instanceId, state },
  };
}

function lifecycleAction(verb: "launch" | "terminate") {
  return {
    source: "aws.autoscaling",
    "detail-type": `EC2 Instance-${verb} Lifecycle Action`,
    detail: {
      LifecycleActionToken: "87654321-4321-4321-4321-210987654321",
      AutoScalingGroupName: "workers",
      LifecycleHookName: `network-interface-pool-${verb}`,
      EC2InstanceId: "i-a",
    },
  };
}

const schedule = { source: "aws.events", "detail-type": "Scheduled Event", detail: {} };

const tagChange = {
  source: "aws.tag",
  "detail-type": "Tag Change on Resource",
  detail: { "changed-tag-keys": ["pool-tag"], service: "ec2", "resource-type": "instance" },
};

const ARN = "arn:aws:ec2:eu-west-1:123456789012:instance/i-a";

/** The first was sent at millisecond 1000, each other 1 ms later, and all are received at 2000. */
function inRecords(...events: unknown[]) {
  return {
    Records: events.map((event, index) => ({
      messageId: `message-${index}`,
      eventSource: "aws:sqs",
      attributes: {
        SentTimestamp: String(1000 + index),
        ApproximateFirstReceiveTimestamp: "2000",
      },
      body: JSON.stringify(event),
    })),
  };
}

/** What an event comes to that says nothing else. */
const wakeUp = (reasons: string[], parts: Partial<WakeUp> = {}): WakeUp => ({
  ...{ reasons, news: [], tagNews: [], reportedRunningIds: [], reportedLaunchIds: [] },
  warmPoolLaunches: [],
  ...{ isScheduled: false, concernsAll: false, isFirst: false },
  ...parts,
});

const news = (kind: "start" | "end", instanceId: string, sentMs = NaN) => ({
  instanceId,
  kind,
  sentMs,
});

const unknown = (kind: string, parts: Partial<WakeUp> = {}) =>
  wakeUp([`unknown event: ${kind}`], { concernsAll: true, ...parts });

describe("readWakeUp", () => {
  describe("a launch into a warm pool", () => {
    const launch = lifecycleAction("launch");
    const intoPool = { LifecycleActionToken: "token-1", Destination: "WarmPool" };
    const event = (parts: object) => ({ ...launch, detail: { ...launch.detail, ...parts } });
    const warmPoolLaunch = {
      instanceId: "i-a",
      groupName: "workers",
      lifecycleActionToken: "token-1",
    };

    it("is to be answered by its token, and is no start of an instance that will want an address", () => {
      assert.deepEqual(
        readWakeUp(event(intoPool)),
        wakeUp(["workers launches i-a"], { warmPoolLaunches: [warmPoolLaunch] }),
      );
    });

    it("is told from one out of it, and from a return into it", () => {
      const outOf = event({ ...intoPool, Origin: "WarmPool", Destination: "AutoScalingGroup" });
      const expected = wakeUp(["workers launches i-a"], {
        news: [news("start", "i-a")],
        reportedLaunchIds: ["i-a"],
      });
      assert.deepEqual(readWakeUp(outOf), expected);
      const terminate = lifecycleAction("terminate");
      const back = { ...terminate, detail: { ...terminate.detail, ...intoPool } };
      const end = wakeUp(["workers terminates i-a"], { news: [news("end", "i-a")] });
      assert.deepEqual(readWakeUp(back), end);
    });

    const broken: Record<string, object> = {
      "no token": { LifecycleActionToken: undefined },
      "a token that is no text": { LifecycleActionToken: 7 },
      "a group that is no text": { AutoScalingGroupName: ["workers"] },
      "an instance that is no text": { EC2InstanceId: null },
    };
    for (const [what, parts] of Object.entries(broken)) {
      it(`is not to be answered with ${what}, but leads to a full read`, () => {
        const found = readWakeUp(event({ ...intoPool, ...parts }));
        assert.deepEqual([found.warmPoolLaunches, found.news], [[], []]);
        assert.equal(found.concernsAll, true);
      });
    }

    it("is with the longest names that Auto Scaling has", () => {
      const AutoScalingGroupName = "x".repeat(255);
      const { warmPoolLaunches } = readWakeUp(event({ ...intoPool, AutoScalingGroupName }));
      const groupName = AutoScalingGroupName;
      assert.deepEqual(warmPoolLaunches, [{ ...warmPoolLaunch, groupName }]);
    });

    it("is news of a start where it waits for somebody else's hook", () => {
      const found = readWakeUp(event({ ...intoPool, LifecycleHookName: "another" }));
      assert.deepEqual(
        found,
        wakeUp(["workers launches i-a"], {
          news: [news("start", "i-a")],
          reportedLaunchIds: ["i-a"],
        }),
      );
    });
  });

  const isA = (kind: "start" | "end", parts: Partial<WakeUp> = {}) => ({
    news: [news(kind, "i-a")],
    ...parts,
  });
  const kinds: [event: unknown, reason: string, parts: Partial<WakeUp>][] = [
    [
      stateChange("i-a", "running"),
      "i-a is running",
      isA("start", { reportedRunningIds: ["i-a"] }),
    ],
    [stateChange("i-a", "pending"), "i-a is pending", { concernsAll: true }],
    [stateChange("i-a", "stopping"), "i-a is stopping", isA("end")],
    [stateChange("i-a", "stopped"), "i-a is stopped", isA("end")],
    [stateChange("i-a", "shutting-down"), "i-a is shutting-down", isA("end")],
    [stateChange("i-a", "terminated"), "i-a is terminated", isA("end")],
    [stateChange("i-a", "constructor"), "i-a is constructor", { concernsAll: true }],
    [
      lifecycleAction("launch"),
      "workers launches i-a",
      isA("start", { reportedLaunchIds: ["i-a"] }),
    ],
    [lifecycleAction("terminate"), "workers terminates i-a", isA("end")],
    [schedule, "schedule", { isScheduled: true, concernsAll: true }],
    [tagChange, "tags changed", { concernsAll: true }],
    [{ ...tagChange, resources: [ARN] }, "tags changed", { concernsAll: true }],
  ];
  for (const [event, reason, parts] of kinds) {
    it(`reads "${reason}" from a raw event`, () => {
      assert.deepEqual(readWakeUp(event), wakeUp([reason], parts));
    });

    it(`reads "${reason}" from an SQS record, with its times`, () => {
      const sent = (parts.news ?? []).map((one) => ({ ...one, sentMs: 1000 }));
      const expected = wakeUp([reason], { ...parts, news: sent, receivedMs: 2000 });
      assert.deepEqual(readWakeUp(inRecords(event)), expected);
    });
  }

  it("reads whose tags changed, and to what", () => {
    const tags = { "pool-tag": "licence" };
    const event = { ...tagChange, resources: [ARN], detail: { ...tagChange.detail, tags } };
    assert.deepEqual(
      readWakeUp(inRecords(event)),
      wakeUp(["tags of i-a changed"], {
        tagNews: [{ id: "i-a", tags, sentMs: 1000 }],
        receivedMs: 2000,
      }),
    );
  });

  it("reads every record of a batch, in order", () => {
    const batch = inRecords(
      stateChange("i-a", "running"),
      schedule,
      stateChange("i-b", "stopping"),
      stateChange("i-c", "running"),
    );
    assert.deepEqual(
      readWakeUp(batch),
      wakeUp(["i-a is running", "schedule", "i-b is stopping", "i-c is running"], {
        news: [news("start", "i-a", 1000), news("end", "i-b", 1002), news("start", "i-c", 1003)],
        reportedRunningIds: ["i-a", "i-c"],
        isScheduled: true,
        concernsAll: true,
        receivedMs: 2000,
      }),
    );
  });

  it("takes the latest time at which a record of the batch was first received", () => {
    const [first, second, third] = inRecords(schedule, schedule, schedule).Records;
    const received = (ApproximateFirstReceiveTimestamp: unknown) => ({
      attributes: { ApproximateFirstReceiveTimestamp },
    });
    const Records = [
      { ...first, ...received("2000") },
      { ...second, ...received("3000") },
      { ...third, ...received("1000") },
    ];
    assert.equal(readWakeUp({ Records }).receivedMs, 3000);
    for (const none of ["", "soon", null, {}]) {
      const broken = { Records: [{ ...first, ...received(none) }] };
      assert.equal(readWakeUp(broken).receivedMs, undefined);
    }
  });

  it("knows the call of the deployment", () => {
    assert.deepEqual(readWakeUp({ first: true }), unknown("(undefined)", { isFirst: true }));
    assert.equal(readWakeUp({ first: "true" }).isFirst, false);
  });

  it("reads an empty batch as no reason at all", () => {
    assert.deepEqual(readWakeUp({ Records: [] }), wakeUp([]));
  });

  it("wakes up for an event of an unknown type, and names it", () => {
    const event = { "detail-type": "EC2 Spot Instance Interruption Warning", detail: {} };
    assert.deepEqual(readWakeUp(event), unknown("EC2 Spot Instance Interruption Warning"));
  });

  const withoutType: [what: string, event: unknown, kind: string][] = [
    ["null", null, "(undefined)"],
    ["undefined", undefined, "(undefined)"],
    ["a number", 42, "(undefined)"],
    ["a text", "Scheduled Event", "(undefined)"],
    ["a list", [schedule], "(undefined)"],
    ["an empty object", {}, "(undefined)"],
    ["a type that is no text", { "detail-type": 7 }, "(number)"],
    ["a type that is a list", { "detail-type": ["Scheduled Event"] }, "(object)"],
    ["records that are no list", { Records: "Scheduled Event" }, "(undefined)"],
  ];
  for (const [what, event, kind] of withoutType) {
    it(`wakes up for ${what}`, () => {
      assert.deepEqual(readWakeUp(event), unknown(kind));
    });
  }

  const brokenRecords: [what: string, record: unknown][] = [
    ["whose body is no JSON", { body: "{" }],
    ["whose body is empty", { body: "" }],
    ["without a body", { messageId: "message-1" }],
    ["whose body is no text", { body: { "detail-type": "Scheduled Event" } }],
    ["whose body can't be made a text", { body: { toString: 1, valueOf: 1 } }],
    ["whose body is null in JSON", { body: "null" }],
    [
      "whose body is nested a hundred thousand times",
      { body: `${"[".repeat(1e5)}${"]".repeat(1e5)}` },
    ],
    ["that is null", null],
    ["that is a text", "Scheduled Event"],
  ];
  for (const [what, record] of brokenRecords) {
    it(`wakes up for a record ${what}`, () => {
      assert.deepEqual(readWakeUp({ Records: [record] }), unknown("(undefined)"));
    });
  }

  it("reads the other records beside a broken one", () => {
    const records = [{ body: "{" }, ...inRecords(stateChange("i-a", "running")).Records];
    assert.deepEqual(
      readWakeUp({ Records: records }),
      wakeUp(["unknown event: (undefined)", "i-a is running"], {
        news: [news("start", "i-a", 1000)],
        reportedRunningIds: ["i-a"],
        concernsAll: true,
        receivedMs: 2000,
      }),
    );
  });

  it("names the type of what should be a text and isn't", () => {
    const event = { ...lifecycleAction("launch"), detail: { EC2InstanceId: 5 } };
    assert.deepEqual(
      readWakeUp(event),
      wakeUp(["(undefined) launches (number)"], { concernsAll: true }),
    );
  });

  for (const detail of [null, "i-a", 7, [], undefined]) {
    it(`reads a state change whose detail is ${JSON.stringify(detail)}`, () => {
      const event = { ...stateChange("i-a", "running"), detail };
      assert.deepEqual(
        readWakeUp(event),
        wakeUp(["(undefined) is (undefined)"], { concernsAll: true }),
      );
    });
  }

  it("calls no instance running that stops after it ran", () => {
    const event = (state: string) => ({
      body: JSON.stringify({
        "detail-type": "EC2 Instance State-change Notification",
        detail: { "instance-id": "i-a", state },
      }),
    });
    const found = readWakeUp({ Records: [event("running"), event("stopping")] });
    assert.deepEqual(found.reportedRunningIds, []);
    assert.deepEqual(found.news, [news("start", "i-a"), news("end", "i-a")]);
  });

  it("calls no instance running whose id isn't a text", () => {
    const found = readWakeUp(stateChange(5, "running"));
    assert.deepEqual(found, wakeUp(["(number) is running"], { concernsAll: true }));
  });

  it("reads nothing from the prototype of a detail", () => {
    const body = JSON.stringify({ ...stateChange("i-a", "running"), detail: {} }).replace(
      '"detail":{}',
      '"detail":{"__proto__":{"instance-id":"i-a","state":"running"}}',
    );
    assert.deepEqual(readWakeUp({ Records: [{ body }] }).reasons, ["(undefined) is (undefined)"]);
  });

  it("reads nothing that a detail only inherits", () => {
    const detail: unknown = Object.create({ "instance-id": "i-a", state: "running" });
    const event = { ...stateChange("i-a", "running"), detail };
    assert.deepEqual(readWakeUp(event).reasons, ["(undefined) is (undefined)"]);
  });

  it("reads no property that every object has", () => {
    assert.deepEqual(readWakeUp({ "detail-type": "constructor" }), unknown("constructor"));
  });

  it("cuts a huge text after 120 characters", () => {
    const huge = "x".repeat(1e6);
    const cut = "x".repeat(120);
    assert.deepEqual(readWakeUp({ "detail-type": huge }), unknown(cut));
    assert.deepEqual(
      readWakeUp(stateChange(huge, "running")),
      wakeUp([`${cut} is running`], { news: [news("start", cut)], reportedRunningIds: [cut] }),
    );
  });
});
