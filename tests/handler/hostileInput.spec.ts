import assert from "node:assert/strict";
import fc from "fast-check";
import { assess } from "../../handler/assess";
import { readWakeUp } from "../../handler/events";
import { readSettings } from "../../handler/settings";
import { draws } from "./arbitrarySnapshots";
import {
  attach,
  createWorld,
  freeInterface,
  heldInterface,
  inPool,
  instance,
  POOL,
  settings,
} from "./builders";
import { actionsIn } from "./planQueries";

/** Names that every object knows something under, or that JSON and EventBridge give a meaning. */
const prototypeKeys = ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf"];

const anyText = fc.oneof(
  fc.constantFrom(...prototypeKeys, "", " ", "i-a", "running", "stopped"),
  fc.string({ unit: "binary", maxLength: 300, size: "max" }),
);

const anyPart = fc.oneof(anyText, fc.anything({ withNullPrototype: true, withSparseArray: true }));

/** A record with some of its parts, and any prototype. */
function anyRecord(...names: string[]): fc.Arbitrary<object> {
  const parts = Object.fromEntries(names.map((name) => [name, anyPart]));
  return fc.record(parts, { requiredKeys: [], noNullPrototype: false });
}

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
      anyRecord("instance-id", "state", "EC2InstanceId", "AutoScalingGroupName"),
      anyPart,
    ),
  },
  { requiredKeys: [], noNullPrototype: false },
);

describe("readWakeUp, of an event with anything in its places", () => {
  it("gives one short reason, and ids that are short texts", () => {
    const property = fc.property(anyEvent, (event) => {
      const { reasons, news, reportedRunningIds } = readWakeUp(event);
      assert.equal(reasons.length, 1);
      assert.ok((reasons[0] ?? "").length < 300);
      for (const instanceId of [...reportedRunningIds, ...news.map((one) => one.instanceId)]) {
        assert.ok(typeof instanceId === "string" && instanceId.length <= 120);
      }
      assert.ok(news.length <= 1);
    });
    fc.assert(property, draws);
  });

  it("keeps the good news beside it, whatever the other records hold", () => {
    const start = {
      "detail-type": "EC2 Instance State-change Notification",
      detail: { "instance-id": "i-good", state: "running" },
    };
    const good = { body: JSON.stringify(start) };
    const anyBody = fc.oneof(anyEvent.map(toBody), fc.json(), anyText);
    const anyRecords = fc.array(fc.oneof(fc.record({ body: anyBody }), anyPart), { maxLength: 9 });
    const property = fc.property(anyRecords, (records) => {
      const { reasons, reportedRunningIds } = readWakeUp({ Records: [...records, good] });
      assert.equal(reasons.length, records.length + 1);
      assert.ok(reasons.every(({ length }) => length < 300));
      assert.equal(reasons.at(-1), "i-good is running");
      assert.equal(reportedRunningIds.at(-1), "i-good");
    });
    fc.assert(property, draws);
  });
});

/** Its JSON, or text that is none where there can't be any. */
function toBody(event: object): string {
  try {
    return JSON.stringify(event);
  } catch {
    return "[object Object]";
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return text === "";
  }
}

describe("readSettings, of any variables", () => {
  const anyChoice = fc.constantFrom("wait", "abandon", "continue");
  const fitting = {
    POOL_TAG_KEY: anyText,
    POOL_TAGS: fc.array(anyText).map((poolTags) => JSON.stringify(poolTags)),
    POOL_SETTINGS: fc
      .dictionary(anyText, fc.record({ whenExhausted: anyChoice }))
      .map((poolSettings) => JSON.stringify(poolSettings)),
  };
  const long = ["x".repeat(100_000), "[".repeat(100_000)];
  const noJson = fc.oneof(anyText, fc.constantFrom(...long)).filter((text) => !isJson(text));
  /** What the component writes, or what somebody spoiled. */
  const anyOf = (fits: fc.Arbitrary<string>) =>
    fc.option(fc.oneof({ weight: 3, arbitrary: fits }, { weight: 1, arbitrary: noJson }), {
      nil: undefined,
    });
  const anyEnvironment = fc.record({
    POOL_TAG_KEY: fc.option(fitting.POOL_TAG_KEY, { nil: undefined }),
    POOL_TAGS: anyOf(fitting.POOL_TAGS),
    POOL_SETTINGS: anyOf(fitting.POOL_SETTINGS),
    WHEN_POOL_IS_EXHAUSTED: fc.option(anyChoice, { nil: undefined }),
  });

  it("gives whole settings, or says shortly which variable is missing or no JSON", () => {
    const counts = { settings: 0, errors: 0 };
    const property = fc.property(anyEnvironment, (environment) => {
      try {
        const { tagKey, whenExhausted, poolTags, poolSettings } = readSettings(environment);
        const { POOL_TAGS, POOL_SETTINGS, WHEN_POOL_IS_EXHAUSTED } = environment;
        assert.equal(tagKey, environment.POOL_TAG_KEY);
        assert.equal(whenExhausted, WHEN_POOL_IS_EXHAUSTED ?? "wait");
        assert.deepEqual(poolTags, POOL_TAGS ? (JSON.parse(POOL_TAGS) as unknown) : undefined);
        assert.deepEqual(poolSettings, POOL_SETTINGS ? (JSON.parse(POOL_SETTINGS) as unknown) : {});
        counts.settings += 1;
      } catch (error) {
        if (error instanceof assert.AssertionError) throw error;
        const message = error instanceof Error ? error.message : "";
        assert.match(
          message,
          /^(POOL_TAG_KEY is empty; set it to |(POOL_TAGS|POOL_SETTINGS) isn't JSON: )/,
        );
        assert.ok(message.length < 500, `${message.length} characters`);
        counts.errors += 1;
      }
    });
    fc.assert(property, draws);
    assert.ok(counts.settings > 20 && counts.errors > 20, JSON.stringify(counts));
  });
});

describe("assess, of a pool with any name", () => {
  /** A comma would make several names of it. */
  const anyName = anyText.filter((text) => !text.includes(","));

  /** What is to be done where one is to be served and one to give back, of a pool that the tag names. */
  const actionsFor = (pool: string, poolTag: string) => {
    const world = createWorld({
      interfaces: [freeInterface(1, { pool }), heldInterface(2, "i-ends", {}, { pool })],
      instances: [
        instance("i-ends", { poolTag, state: "stopping" }),
        instance("i-starts", { poolTag }),
      ],
    });
    const pools = JSON.stringify([pool, poolTag]);
    return actionsIn(assess(world, readSettings({ POOL_TAG_KEY: "pool-tag", POOL_TAGS: pools })));
  };

  it("does what it does for any other, and never takes one pool for another", () => {
    const plain = actionsFor(POOL, POOL);
    assert.deepEqual(
      plain.map(({ kind }) => kind),
      ["detach", "attach"],
    );
    const property = fc.property(anyName, anyName, (pool, other) => {
      assert.deepEqual(
        actionsFor(pool, pool),
        plain.map((action) => inPool(pool, action)),
      );
      const kinds = actionsFor(pool, other).map(({ kind }) => kind);
      assert.equal(kinds.includes("attach"), pool === other);
    });
    fc.assert(property, draws);
  });

  it("finds nothing about an id where nobody put it, whatever every object has", () => {
    const free = freeInterface(1, { networkInterfaceId: "constructor" });
    const held = heldInterface(2, "valueOf", { attachmentId: "hasOwnProperty" });
    const world = createWorld({ interfaces: [free, held], instances: [instance("toString")] });
    const assessment = assess(world, settings());
    const given = attach(1, "toString", { networkInterfaceId: "constructor" });
    assert.deepEqual(actionsIn(assessment), [given]);
    const reasons = assessment.interfaces.map(({ reason }) => reason);
    assert.deepEqual(reasons, ["", "10.0.0.2 isn't free yet: EC2 doesn't know its holder valueOf"]);
  });
});
