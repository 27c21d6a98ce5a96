import assert from "node:assert/strict";
import fc from "fast-check";
import { findUnmet } from "../../../simulator/checkers/liveness";
import type { Region } from "../../../simulator/aws/region";
import type { Queue } from "../../../simulator/aws/sqs";
import { draws } from "../../handler/arbitrarySnapshots";
import { withVariables } from "../aws/policyDocuments";
import { subnet } from "../aws/services";
import { deploy, withStage } from "../stage";

/** The message group of the triggers: one batch at a time. */
const GROUP = "network-interface-manager";

/** The queue that wakes the manager, or the one of its dead letters. */
function queueOf({ queues }: Region, name: "events" | "dead-letters"): Queue {
  const isMeant = ({ options }: Queue) => options.arn.includes(`:manager-${name}-`);
  return [...queues.values()].find(isMeant) ?? assert.fail(`there is no queue ${name}`);
}

/** Why the manager woke up from an entry of the journal on, the schedule left out. */
function reasonsFrom({ journal }: Region, start: number): string[] {
  return journal.entries.slice(start).flatMap(({ source, facts }) => {
    if (source !== "manager") return [];
    const said: { wokenBy?: string[]; summary?: { wokenBy?: string[] } } = facts ?? {};
    const { wokenBy = [] } = said.summary ?? said;
    return wokenBy.filter((reason) => reason !== "schedule");
  });
}

/** Sends messages, which may do nothing but wake the manager; gives why it woke up. */
function reasonsOfHarmless(bodies: string[]): Promise<string[]> {
  return withStage({}, async ({ region }) => {
    await region.run(90);
    const start = region.journal.entries.length;
    const events = queueOf(region, "events");
    for (const body of bodies) events.send(body, GROUP);
    await region.run(30);
    const received = region.lambda?.invocations.flatMap(({ event }) =>
      ((event as { Records?: { body: string }[] }).Records ?? []).map(({ body }) => body),
    );
    assert.deepEqual(
      bodies.filter((body) => received?.includes(body) !== true),
      [],
    );
    assert.deepEqual(region.lambda?.errors, []);
    assert.deepEqual([events.messages, queueOf(region, "dead-letters").messages], [[], []]);
    const calls = region.journal.entries.slice(start).filter(({ source }) => source === "call");
    assert.deepEqual(
      calls.filter(({ facts }) => facts?.mutates === true),
      [],
    );
    assert.deepEqual(findUnmet(region), []);
    return reasonsFrom(region, start);
  });
}

const stateChange = (detail: unknown) =>
  JSON.stringify({ "detail-type": "EC2 Instance State-change Notification", detail });
const running = (id: string) => stateChange({ "instance-id": id, state: "running" });
const nested = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;
const KB_256 = 262_144;

const unknown = "unknown event: (undefined)";
const nobody = "(undefined) is (undefined)";
/** An event of a start, whose instance EC2 doesn't show by its id, is worth no line. */
const hostile: Record<string, [body: string, reason?: string]> = {
  "of 256 KB without JSON": ["x".repeat(KB_256), unknown],
  "of 256 KB of JSON": [running("i".repeat(KB_256 - 200))],
  "nested 100,000 levels": [nested(100_000), unknown],
  "whose detail is nested 100,000 levels": [
    stateChange(0).replace(/0}$/, `${nested(100_000)}}`),
    nobody,
  ],
  empty: ["", unknown],
  "cut off": ['{"detail-type":"Scheduled', unknown],
  "of prototype keys": ['{"__proto__":{"detail-type":"x"},"constructor":1}', unknown],
  "whose detail is of prototype keys": [
    stateChange(0).replace(/0}$/, '{"__proto__":{"state":"running"}}}'),
    nobody,
  ],
  "for an instance named __proto__": [running("__proto__")],
  "for an instance named like an object's property": [running("constructor")],
  "in Unicode": [
    stateChange({ "instance-id": "池\u202e\u{1F986}\ud800", state: "läuft" }),
    "池\u202e\u{1F986}\ud800 is läuft",
  ],
  "with line breaks and quotes": [running('i-a"\n}{')],
};

describe("the function, with a message", () => {
  for (const [what, [body, reason]] of Object.entries(hostile)) {
    it(`${what}, wakes up, does no harm and loses nothing`, async () => {
      assert.deepEqual(await reasonsOfHarmless([body]), reason === undefined ? [] : [reason]);
    });
  }
});

describe("the function, with a batch", () => {
  it("of ten broken messages, wakes up for all of them", async () => {
    const bodies = Array.from({ length: 10 }, (_, index) => "{".repeat(index + 1));
    const reasons = bodies.map(() => unknown);
    assert.deepEqual(await reasonsOfHarmless(bodies), reasons);
  });

  it("of any JSON or text, wakes up for every message", async () => {
    const anyBody = fc.oneof(fc.json(), fc.string({ unit: "binary" }));
    const bodies = [...new Set(fc.sample(anyBody, { ...draws, numRuns: 100 }))];
    const reasons = await reasonsOfHarmless(bodies);
    assert.equal(reasons.length, bodies.length);
  });

  it("of records without bodies, ends well", () =>
    withStage({}, async ({ region }) => {
      await region.run(90);
      const outcomes: boolean[] = [];
      for (const event of [{ Records: [{}, null, { body: null }] }, null, { Records: "" }, []]) {
        region.lambda?.invoke(event, (worked) => outcomes.push(worked));
        await region.run(10);
      }
      assert.deepEqual(outcomes, [true, true, true, true]);
    }));

  it("of a broken message and a launch, serves the launch", () =>
    withStage({}, async ({ region, addressHistory }) => {
      await region.run(90);
      const spare = addressHistory.records.find(
        ({ holdingPeriods }) => holdingPeriods.length === 0,
      );
      region.eventBridge.loses = () => true;
      const tags = { [region.tagKey]: spare?.pool ?? "" };
      const { id } = region.ec2.runInstance("t4g.micro", subnet, tags);
      await region.run(20);
      for (const body of [nested(100_000), running(id), "{"]) {
        queueOf(region, "events").send(body, GROUP);
      }
      assert.ok(await region.run(10, () => addressHistory.addressOf(id) !== undefined));
    }));
});

describe("the function, with a broken variable", () => {
  const broken: [variable: string, value: string, message: RegExp][] = [
    ["POOL_TAG_KEY", "", /POOL_TAG_KEY is empty; set it to the key of /],
    ["POOL_TAGS", '["licence"', /POOL_TAGS isn't JSON: SyntaxError: /],
    ["POOL_TAGS", nested(2_000).slice(1), /POOL_TAGS isn't JSON: SyntaxError: /],
    ["POOL_SETTINGS", "licence", /POOL_SETTINGS isn't JSON: SyntaxError: /],
  ];
  for (const [variable, value, message] of broken) {
    it(`says which: ${variable} of ${value.slice(0, 20)}, and keeps the messages among the dead letters`, async () => {
      const deployment = withVariables(await deploy(), { [variable]: value });
      await withStage({ deployment }, async ({ region }) => {
        queueOf(region, "events").send("first", GROUP);
        await region.run(420);
        const errors = region.lambda?.errors ?? [];
        const whole = new RegExp(`^init failed: Error: ${message.source}`);
        for (const error of errors) assert.match(error, whole);
        // Each batch is tried five times, a minute apart: this is no loop.
        assert.ok(errors.length >= 5 && errors.length <= 420 / 60 + 1, `${errors.length} tries`);
        const { messages } = queueOf(region, "dead-letters");
        assert.ok(messages.some(({ body }) => body === "first"));
      });
    });
  }

  it("takes empty optional ones for none, and serves", async () => {
    const empty = { POOL_SETTINGS: "", WHEN_POOL_IS_EXHAUSTED: "" };
    const deployment = withVariables(await deploy(), empty);
    await withStage({ deployment }, async ({ region, addressHistory }) => {
      await region.run(90);
      assert.deepEqual(region.lambda?.errors, []);
      assert.deepEqual([...findUnmet(region), ...addressHistory.findLost()], []);
    });
  });
});
