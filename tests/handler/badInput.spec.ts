import assert from "node:assert/strict";
import fc from "fast-check";
import { readWakeUp } from "../../handler/events";
import type { Plan } from "../../handler/model";
import { planPools } from "../../handler/plan";
import { readSettings } from "../../handler/settings";
import { draws } from "./arbitrarySnapshots";
import {
  freeInterface,
  heldInterface,
  instance,
  launchedAtMinute,
  OTHER_POOL,
  POOL,
  settings,
  snapshot,
  type SnapshotParts,
} from "./builders";

/** Names that every object knows something under, or that JSON and EventBridge give a meaning. */
const prototypeKeys = ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf"];

const anyText = fc.oneof(
  fc.constantFrom(...prototypeKeys, "", " ", "i-a", "running", "stopped"),
  fc.string({ unit: "binary", maxLength: 300, size: "max" }),
);

const anyPart = fc.oneof(anyText, fc.anything({ withNullPrototype: true, withSparseArray: true }));

/** Events of the types that are read, with anything in the places that are read. */
const anyEvent = fc.record(
  {
    "detail-type": fc.oneof(
      fc.constantFrom(
        "EC2 Instance State-change Notification",
        "EC2 Instance-launch Lifecycle Action",
        "EC2 Instance-terminate Lifecycle Action",
        "Scheduled Event",
      ),
      anyPart,
    ),
    detail: fc.oneof(
      fc.record(
        {
          "instance-id": anyPart,
          state: anyPart,
          EC2InstanceId: anyPart,
          AutoScalingGroupName: anyPart,
        },
        { requiredKeys: [], noNullPrototype: false },
      ),
      anyPart,
    ),
  },
  { requiredKeys: [], noNullPrototype: false },
);

const start = {
  "detail-type": "EC2 Instance State-change Notification",
  detail: { "instance-id": "i-good", state: "running" },
};

/** Its JSON, or text that is none where there can't be any. */
function toBody(event: object): string {
  try {
    return JSON.stringify(event);
  } catch {
    return "[object Object]";
  }
}

describe("readWakeUp, of an event with anything in its places", () => {
  it("gives one short reason, and ids that are short texts", () => {
    const property = fc.property(anyEvent, (event) => {
      const wakeUp = readWakeUp(event);
      const { reasons, announcedInstanceIds, startingInstanceIds = [] } = wakeUp;
      assert.equal(reasons.length, 1);
      assert.ok((reasons[0] ?? "").length < 300);
      for (const instanceId of [...announcedInstanceIds, ...startingInstanceIds]) {
        assert.equal(typeof instanceId, "string");
        assert.ok(instanceId.length <= 120);
      }
      assert.ok(startingInstanceIds.length <= 1);
    });
    fc.assert(property, draws);
  });

  it("keeps the good news beside it", () => {
    const property = fc.property(fc.array(anyEvent, { maxLength: 9 }), (events) => {
      const bodies = [...events.map(toBody), JSON.stringify(start)];
      const { reasons, announcedInstanceIds } = readWakeUp({
        Records: bodies.map((body) => ({ body })),
      });
      assert.equal(reasons.length, bodies.length);
      assert.equal(reasons.at(-1), "i-good is running");
      assert.equal(announcedInstanceIds.at(-1), "i-good");
    });
    fc.assert(property, draws);
  });
});

const variables = ["POOL_TAG_KEY", "POOL_TAGS", "POOL_SETTINGS", "WHEN_POOL_IS_EXHAUSTED"] as const;

/** What each variable may be, by title: empty where it is optional, and any text for a tag's key. */
const hostile: [value: string, title: string, fits: (typeof variables)[number][]][] = [
  ["", "nothing", ["POOL_TAGS", "POOL_SETTINGS", "WHEN_POOL_IS_EXHAUSTED"]],
  [" ", "a space", ["POOL_TAG_KEY"]],
  ["wait", "a word", ["POOL_TAG_KEY", "WHEN_POOL_IS_EXHAUSTED"]],
  ["1", "a number", ["POOL_TAG_KEY"]],
  ["true", "a truth", ["POOL_TAG_KEY"]],
  ["null", "null", ["POOL_TAG_KEY"]],
  ['"wait"', "a text in JSON", ["POOL_TAG_KEY"]],
  ["[]", "an empty list", ["POOL_TAG_KEY"]],
  ["[1]", "a list of numbers", ["POOL_TAG_KEY"]],
  ["[null]", "a list of null", ["POOL_TAG_KEY"]],
  ['["a"]', "a list", ["POOL_TAG_KEY", "POOL_TAGS"]],
  ["{}", "an empty object", ["POOL_TAG_KEY", "POOL_SETTINGS"]],
  ['{"a":1}', "an object of numbers", ["POOL_TAG_KEY"]],
  ['{"__proto__":{}}', "a pool named __proto__", ["POOL_TAG_KEY", "POOL_SETTINGS"]],
  ['{"toString":1}', "a pool named toString, which is a number", ["POOL_TAG_KEY"]],
  ["x".repeat(128), "128 characters", ["POOL_TAG_KEY"]],
  ["x".repeat(129), "129 characters", []],
  ["x".repeat(100_000), "100,000 characters", []],
  [JSON.stringify(["x".repeat(100_000)]), "a list of 100,000 characters", ["POOL_TAGS"]],
  [JSON.stringify(Array(10_000).fill("x")), "a list of 10,000", ["POOL_TAGS"]],
  ["[".repeat(100_000) + "]".repeat(100_000), "100,000 levels", []],
  ["池\u202e\u{1F986}\ud800", "Unicode", ["POOL_TAG_KEY"]],
  ['a\0\n"\\', "NUL, lines and quotes", ["POOL_TAG_KEY"]],
  ["__proto__", "__proto__", ["POOL_TAG_KEY"]],
  ["constructor", "constructor", ["POOL_TAG_KEY"]],
];

describe("readSettings, of a variable that is", () => {
  const right = { POOL_TAG_KEY: "pool-tag", POOL_TAGS: '["licence"]' };
  for (const [value, title, fits] of hostile) {
    it(`${title}, takes it or says what to set`, () => {
      const taken = variables.filter((variable) => {
        try {
          readSettings({ ...right, [variable]: value });
          return true;
        } catch (error) {
          const message = error instanceof Error ? error.message : "";
          assert.ok(message.startsWith(`${variable} is `) && message.includes("; set it to "));
          assert.ok(message.length < 500, `${message.length} characters`);
          return false;
        }
      });
      assert.deepEqual(taken, fits);
    });
  }
});

/** An empty variable is none. */
function toChoice(text: string | undefined): string {
  return text === undefined || text === "" ? "wait" : text;
}

describe("readSettings, of any variables", () => {
  const anyChoice = fc.constantFrom("wait", "abandon", "continue");
  const fitting = {
    POOL_TAG_KEY: anyText,
    POOL_TAGS: fc.array(anyText).map((poolTags) => JSON.stringify(poolTags)),
    POOL_SETTINGS: fc
      .dictionary(anyText, fc.record({ whenExhausted: anyChoice }))
      .map((poolSettings) => JSON.stringify(poolSettings)),
    WHEN_POOL_IS_EXHAUSTED: anyChoice,
  };
  const anyValue = fc.oneof(anyText, fc.json(), ...Object.values(fitting));
  const anyOf = (fits: fc.Arbitrary<string>) =>
    fc.option(fc.oneof({ weight: 3, arbitrary: fits }, { weight: 1, arbitrary: anyValue }), {
      nil: undefined,
    });
  const anyEnvironment = fc.record({
    POOL_TAG_KEY: anyOf(fitting.POOL_TAG_KEY),
    POOL_TAGS: anyOf(fitting.POOL_TAGS),
    POOL_SETTINGS: anyOf(fitting.POOL_SETTINGS),
    WHEN_POOL_IS_EXHAUSTED: anyOf(fitting.WHEN_POOL_IS_EXHAUSTED),
  });

  it("gives whole settings, or says which variable is wrong and what to set", () => {
    const counts = { settings: 0, errors: 0 };
    const property = fc.property(anyEnvironment, (environment) => {
      try {
        const { tagKey, whenExhausted, poolTags, poolSettings } = readSettings(environment);
        assert.equal(tagKey, environment.POOL_TAG_KEY);
        assert.equal(whenExhausted, toChoice(environment.WHEN_POOL_IS_EXHAUSTED));
        const { POOL_TAGS, POOL_SETTINGS } = environment;
        assert.deepEqual(poolTags, POOL_TAGS ? (JSON.parse(POOL_TAGS) as unknown) : undefined);
        assert.deepEqual(poolSettings, POOL_SETTINGS ? (JSON.parse(POOL_SETTINGS) as unknown) : {});
        counts.settings += 1;
      } catch (error) {
        if (error instanceof assert.AssertionError) throw error;
        const message = error instanceof Error ? error.message : "";
        assert.match(
          message,
          /^(POOL_TAG_KEY|POOL_TAGS|POOL_SETTINGS|WHEN_POOL_IS_EXHAUSTED) is [^]*; set it to /,
        );
        counts.errors += 1;
      }
    });
    fc.assert(property, draws);
    assert.ok(counts.settings > 20 && counts.errors > 20, JSON.stringify(counts));
  });

  for (const name of prototypeKeys) {
    it(`takes a pool named ${name}, and no other`, () => {
      const variables = { POOL_TAG_KEY: "pool-tag", POOL_TAGS: JSON.stringify([name]) };
      assert.deepEqual(readSettings(variables).pools, [name]);
      const { actions } = planPools(contended(name), readSettings(variables));
      assert.equal(actions.length, 3);
      assert.deepEqual(planPools(contended("other"), readSettings(variables)), nothing);
    });
  }
});

/** A comma would make several names of it. */
const anyName = anyText.filter((text) => !text.includes(","));

const nothing: Plan = { actions: [], waits: [], problems: [] };

/** One to be served, one to give back, and one that waits for it. */
function contended(pool: string, more: Partial<SnapshotParts> = {}) {
  return snapshot({
    interfaces: [freeInterface(1, { pool }), heldInterface(2, "i-ends", {}, { pool })],
    instances: [
      instance("i-ends", { poolTag: pool, state: "stopping" }),
      instance("i-first", { poolTag: pool, launchTime: launchedAtMinute(1) }),
      instance("i-second", { poolTag: pool, launchTime: launchedAtMinute(2) }),
      ...(more.instances ?? []),
    ],
    members: { "i-second": { lifecycleState: "Pending:Wait", poolTag: pool } },
  });
}

const withoutNames = (plan: Plan) =>
  plan.actions.map(({ pool, ...action }) => ({ ...action, isOfPool: typeof pool === "string" }));

describe("planPools, of a pool with any name", () => {
  const planPlain = () => planPools(contended(POOL), settings());

  it("plans what it plans for any other", () => {
    const plain = planPlain();
    assert.deepEqual(
      plain.actions.map(({ kind }) => kind),
      ["detach", "attach", "heartbeat"],
    );
    const property = fc.property(anyName, (pool) => {
      const plan = planPools(contended(pool), settings());
      assert.deepEqual(withoutNames(plan), withoutNames(plain));
      assert.ok(plan.actions.every((action) => action.pool === pool));
    });
    fc.assert(property, draws);
  });

  it("never takes one pool for another", () => {
    const property = fc.property(anyName, anyName, (pool, other) => {
      fc.pre(pool !== other);
      const observed = snapshot({
        interfaces: [freeInterface(1, { pool })],
        instances: [instance("i-a", { poolTag: other })],
      });
      assert.deepEqual(planPools(observed, settings()).actions, []);
    });
    fc.assert(property, draws);
  });

  it("plans the same among 10,000 instances of other managers and 1,000 interfaces of theirs", () => {
    const strangers = Array.from({ length: 10_000 }, (_, index) =>
      instance(`i-${index}`, { poolTag: index % 2 === 0 ? OTHER_POOL : undefined }),
    );
    const observed = contended(POOL, { instances: strangers });
    observed.interfaces.push(
      ...Array.from({ length: 1_000 }, (_, index) =>
        freeInterface(index + 10, { pool: OTHER_POOL }),
      ),
    );
    assert.deepEqual(planPools(observed, settings({ pools: [POOL] })), planPlain());
  });
});
