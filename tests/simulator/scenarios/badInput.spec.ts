import assert from "node:assert/strict";
import fc from "fast-check";
import type { Deployment } from "../../../simulator/deploy/engine";
import { AddressHistory } from "../../../simulator/checkers/addressHistory";
import { findUnmet } from "../../../simulator/checkers/liveness";
import { Region } from "../../../simulator/aws/region";
import type { Queue } from "../../../simulator/aws/sqs";
import { draws } from "../../handler/arbitrarySnapshots";
import { withVariables } from "../aws/policyDocuments";
import { subnet } from "../aws/services";
import { deploy } from "../stage";

/** The message group of the triggers: one batch at a time. */
const GROUP = "network-interface-manager";

interface BadStage {
  region: Region;
  addressHistory: AddressHistory;
  /** The queue that wakes the manager. */
  events: Queue;
  deadLetters: Queue;
}

/** Opens a Region, lets its groups come into service, and closes it after the test. */
async function withServed(
  deployment: Deployment,
  test: (stage: BadStage) => Promise<void>,
): Promise<void> {
  const region = await Region.open(deployment, { seed: 1 });
  const queueOf = (name: string): Queue =>
    [...region.queues.values()].find(({ options }) => options.arn.includes(`:${name}-`)) ??
    assert.fail(`there is no queue ${name}`);
  try {
    await test({
      region,
      addressHistory: new AddressHistory(region.ec2, region.clock, region.tagKey),
      events: queueOf("manager-events"),
      deadLetters: queueOf("manager-dead-letters"),
    });
  } finally {
    await region.close();
  }
}

/** Why the manager woke up from an entry of the journal on, the schedule left out. */
function reasonsFrom({ region }: BadStage, start: number): string[] {
  return region.journal.entries.slice(start).flatMap(({ source, facts }) => {
    if (source !== "manager") return [];
    const said: { wokenBy?: string[]; summary?: { wokenBy?: string[] } } = facts ?? {};
    const { wokenBy = [] } = said.summary ?? said;
    return wokenBy.filter((reason) => reason !== "schedule");
  });
}

/** Sends messages and demands that each wakes the manager, once, and does nothing else. */
async function assertHarmless(stage: BadStage, bodies: string[]): Promise<string[]> {
  const { region, events, deadLetters } = stage;
  await region.run(90);
  const start = region.journal.entries.length;
  for (const body of bodies) events.send(body, GROUP);
  await region.run(30);
  assert.deepEqual(region.lambda?.errors, []);
  assert.deepEqual([events.messages, deadLetters.messages], [[], []]);
  const operations = region.journal.entries
    .slice(start)
    .filter(({ source, facts }) => source === "call" && facts?.mutates === true);
  assert.deepEqual(operations, []);
  return reasonsFrom(stage, start);
}

const stateChange = (detail: unknown, more: object = {}) =>
  JSON.stringify({ "detail-type": "EC2 Instance State-change Notification", detail, ...more });
const nested = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;
const KB_256 = 262_144;

const unknown = "unknown event: (undefined)";
const hostile: [what: string, body: string, reason: string][] = [
  ["of 256 KB without JSON", "x".repeat(KB_256), unknown],
  [
    "of 256 KB of JSON",
    stateChange({ "instance-id": "i".repeat(KB_256 - 200), state: "running" }),
    `${"i".repeat(120)} is running`,
  ],
  ["nested 100,000 levels", nested(100_000), unknown],
  [
    "whose detail is nested 100,000 levels",
    stateChange(0).replace(/0}$/, `${nested(100_000)}}`),
    "(undefined) is (undefined)",
  ],
  ["empty", "", unknown],
  ["cut off", '{"detail-type":"Scheduled', unknown],
  ["of prototype keys", '{"__proto__":{"detail-type":"x"},"constructor":1}', unknown],
  [
    "whose detail is of prototype keys",
    '{"detail-type":"EC2 Instance State-change Notification","detail":{"__proto__":{"state":"running"}}}',
    "(undefined) is (undefined)",
  ],
  [
    "for an instance named __proto__",
    stateChange({ "instance-id": "__proto__", state: "running" }),
    "__proto__ is running",
  ],
  [
    "for an instance named like an object's property",
    stateChange({ "instance-id": "constructor", state: "running" }),
    "constructor is running",
  ],
  [
    "in Unicode",
    stateChange({ "instance-id": "池\u202e\u{1F986}\ud800", state: "läuft" }),
    "池\u202e\u{1F986}\ud800 is läuft",
  ],
  [
    "with line breaks and quotes",
    stateChange({ "instance-id": 'i-a"\n}{', state: "running" }),
    'i-a"\n}{ is running',
  ],
];

describe("the function, with a message", () => {
  for (const [what, body, reason] of hostile) {
    it(`${what}, wakes up, does no harm and loses nothing`, async () => {
      await withServed(await deploy(), async (stage) => {
        assert.deepEqual(await assertHarmless(stage, [body]), [reason]);
        assert.deepEqual(findUnmet(stage.region), []);
      });
    });
  }
});

describe("the function, with a batch", () => {
  it("of ten broken messages, wakes up for all of them", async () => {
    await withServed(await deploy(), async (stage) => {
      const bodies = Array.from({ length: 10 }, (_, index) => "{".repeat(index + 1));
      assert.deepEqual(
        await assertHarmless(stage, bodies),
        bodies.map(() => unknown),
      );
    });
  });

  it("of any JSON or text, wakes up for every message", async () => {
    await withServed(await deploy(), async (stage) => {
      const anyBody = fc.oneof(fc.json(), fc.string({ unit: "binary" }));
      const bodies = [...new Set(fc.sample(anyBody, { ...draws, numRuns: 100 }))];
      const reasons = await assertHarmless(stage, bodies);
      assert.equal(reasons.length, bodies.length);
    });
  });

  it("of records without bodies, ends well", async () => {
    await withServed(await deploy(), async ({ region }) => {
      await region.run(90);
      const outcomes: boolean[] = [];
      for (const event of [{ Records: [{}, null, { body: null }] }, null, { Records: "" }, []]) {
        region.lambda?.invoke(event, (worked) => outcomes.push(worked));
        await region.run(10);
      }
      assert.deepEqual(outcomes, [true, true, true, true]);
    });
  });

  it("of a broken message and a launch, serves the launch", async () => {
    await withServed(await deploy(), async (stage) => {
      const { region, addressHistory, events } = stage;
      await region.run(90);
      const pool =
        addressHistory.accounts.find(({ holdingPeriods }) => holdingPeriods.length === 0)?.pool ??
        "";
      region.eventBridge.loses = () => true;
      const { id } = region.ec2.runInstance("t4g.micro", subnet, { [region.tagKey]: pool });
      await region.run(20);
      events.send(nested(100_000), GROUP);
      events.send(stateChange({ "instance-id": id, state: "running" }), GROUP);
      events.send("{", GROUP);
      assert.ok(await region.run(10, () => addressHistory.addressOf(id) !== undefined));
    });
  });
});

describe("the function, with a broken variable", () => {
  const broken: [variable: string, value: string, message: RegExp][] = [
    ["POOL_TAG_KEY", "", /^init failed: Error: POOL_TAG_KEY is empty; set it to the key of /],
    ["POOL_TAGS", '["licence"', /^init failed: Error: POOL_TAGS is \["licence"; set it to a /],
    [
      "POOL_SETTINGS",
      '["licence"]',
      /^init failed: Error: POOL_SETTINGS is \["licence"\]; set it to a /,
    ],
    ["WHEN_POOL_IS_EXHAUSTED", "池", /^init failed: Error: WHEN_POOL_IS_EXHAUSTED is "池"; set /],
    [
      "POOL_TAG_KEY",
      "x".repeat(4_000),
      /^init failed: Error: POOL_TAG_KEY is "x{200}\.\.\."; set /,
    ],
    ["POOL_TAGS", nested(2_000), /^init failed: Error: POOL_TAGS is \[{200}\.\.\.; set it to a /],
    [
      "POOL_SETTINGS",
      '{"__proto__":{"whenExhausted":"never"}}',
      /^init failed: Error: POOL_SETTINGS is \{"__proto__":.*\}; set it to a /,
    ],
  ];
  for (const [variable, value, message] of broken) {
    it(`says which: ${variable} of ${value.slice(0, 20)}, and keeps the messages among the dead letters`, async () => {
      const deployment = withVariables(await deploy(), { [variable]: value });
      await withServed(deployment, async ({ region, events, deadLetters }) => {
        events.send("first", GROUP);
        await region.run(300);
        const errors = region.lambda?.errors ?? [];
        for (const error of errors) assert.match(error, message);
        // Each batch is tried three times, a minute apart: this is no loop.
        assert.ok(errors.length >= 3 && errors.length <= 300 / 60 + 1, `${errors.length} tries`);
        assert.ok(deadLetters.messages.some(({ body }) => body === "first"));
      });
    });
  }

  it("takes empty optional ones for none, and serves", async () => {
    const empty = { POOL_SETTINGS: "", WHEN_POOL_IS_EXHAUSTED: "" };
    await withServed(withVariables(await deploy(), empty), async ({ region, addressHistory }) => {
      await region.run(90);
      assert.deepEqual(region.lambda?.errors, []);
      assert.deepEqual([...findUnmet(region), ...addressHistory.findLost()], []);
    });
  });
});
