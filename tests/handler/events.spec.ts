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

function inRecords(...events: unknown[]) {
  return {
    Records: events.map((event, index) => ({
      messageId: `message-${index}`,
      eventSource: "aws:sqs",
      body: JSON.stringify(event),
    })),
  };
}

/** What an event comes to that says nothing else. */
const wakeUp = (reasons: string[], parts: Partial<WakeUp> = {}): WakeUp => ({
  ...{ reasons, announcedInstanceIds: [], startingInstanceIds: undefined },
  ...{ warmingActions: [], scheduled: false },
  ...parts,
});

const unknown = (kind: string) => wakeUp([`unknown event: ${kind}`]);

describe("readWakeUp", () => {
  describe("a launch into a warm pool", () => {
    const launch = lifecycleAction("launch");
    const intoPool = { LifecycleActionToken: "token-1", Destination: "WarmPool" };
    const event = (parts: object) => ({ ...launch, detail: { ...launch.detail, ...parts } });
    const warmingAction = {
      instanceId: "i-a",
      groupName: "workers",
      lifecycleActionToken: "token-1",
    };

    it("is to be answered by its token, and is no start of an instance that will want an address", () => {
      assert.deepEqual(
        readWakeUp(event(intoPool)),
        wakeUp(["workers launches i-a"], { warmingActions: [warmingAction] }),
      );
    });

    it("is told from one out of it, and from a return into it", () => {
      const outOf = event({ ...intoPool, Origin: "WarmPool", Destination: "AutoScalingGroup" });
      assert.deepEqual(readWakeUp(outOf).warmingActions, []);
      assert.deepEqual(readWakeUp(outOf).startingInstanceIds, ["i-a"]);
      const terminate = lifecycleAction("terminate");
      const back = { ...terminate, detail: { ...terminate.detail, ...intoPool } };
      assert.deepEqual(readWakeUp(back).warmingActions, []);
    });

    const broken: Record<string, object> = {
      "no token": { LifecycleActionToken: undefined },
      "a token that is no text": { LifecycleActionToken: 7 },
      "an endless token": { LifecycleActionToken: "x".repeat(256) },
      "a group that is no text": { AutoScalingGroupName: ["workers"] },
      "an endless group": { AutoScalingGroupName: "x".repeat(256) },
      "an instance that is no text": { EC2InstanceId: null },
      "somebody else's hook": { LifecycleHookName: "another" },
    };
    for (const [what, parts] of Object.entries(broken)) {
      it(`is not to be answered with ${what}`, () => {
        assert.deepEqual(readWakeUp(event({ ...intoPool, ...parts })).warmingActions, []);
      });
    }

    it("is with the longest names that Auto Scaling has", () => {
      const AutoScalingGroupName = "x".repeat(255);
      const { warmingActions } = readWakeUp(event({ ...intoPool, AutoScalingGroupName }));
      assert.deepEqual(warmingActions, [{ ...warmingAction, groupName: AutoScalingGroupName }]);
    });
  });

  const kinds: [event: unknown, reason: string, announced: string[], starting?: string[]][] = [
    [stateChange("i-a", "running"), "i-a is running", ["i-a"], ["i-a"]],
    [stateChange("i-a", "pending"), "i-a is pending", []],
    [stateChange("i-a", "stopping"), "i-a is stopping", []],
    [stateChange("i-a", "stopped"), "i-a is stopped", []],
    [stateChange("i-a", "shutting-down"), "i-a is shutting-down", []],
    [stateChange("i-a", "terminated"), "i-a is terminated", []],
    [lifecycleAction("launch"), "workers launches i-a", [], ["i-a"]],
    [lifecycleAction("terminate"), "workers terminates i-a", []],
    [schedule, "schedule", []],
  ];
  for (const [event, reason, announcedInstanceIds, startingInstanceIds] of kinds) {
    const scheduled = event === schedule;
    const expected = wakeUp([reason], { announcedInstanceIds, startingInstanceIds, scheduled });
    it(`reads "${reason}" from a raw event`, () => {
      assert.deepEqual(readWakeUp(event), expected);
    });

    it(`reads "${reason}" from an SQS record`, () => {
      assert.deepEqual(readWakeUp(inRecords(event)), expected);
    });
  }

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
        announcedInstanceIds: ["i-a", "i-c"],
        scheduled: true,
      }),
    );
  });

  it("knows who starts where every record is of a start", () => {
    const batch = inRecords(stateChange("i-a", "running"), lifecycleAction("launch"));
    assert.deepEqual(readWakeUp(batch).startingInstanceIds, ["i-a", "i-a"]);
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
      wakeUp(["unknown event: (undefined)", "i-a is running"], { announcedInstanceIds: ["i-a"] }),
    );
  });

  it("names the type of what should be a text and isn't", () => {
    const event = { ...lifecycleAction("launch"), detail: { EC2InstanceId: 5 } };
    assert.deepEqual(readWakeUp(event), wakeUp(["(undefined) launches (number)"]));
  });

  for (const detail of [null, "i-a", 7, [], undefined]) {
    it(`reads a state change whose detail is ${JSON.stringify(detail)}`, () => {
      const event = { ...stateChange("i-a", "running"), detail };
      assert.deepEqual(readWakeUp(event), wakeUp(["(undefined) is (undefined)"]));
    });
  }

  it("announces no instance that stops after it ran", () => {
    const event = (state: string) => ({
      body: JSON.stringify({
        "detail-type": "EC2 Instance State-change Notification",
        detail: { "instance-id": "i-a", state },
      }),
    });
    const { announcedInstanceIds } = readWakeUp({ Records: [event("running"), event("stopping")] });
    assert.deepEqual(announcedInstanceIds, []);
  });

  it("announces no instance whose id isn't a text", () => {
    assert.deepEqual(readWakeUp(stateChange(5, "running")).announcedInstanceIds, []);
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
      wakeUp([`${cut} is running`], { announcedInstanceIds: [cut], startingInstanceIds: [cut] }),
    );
  });
});
