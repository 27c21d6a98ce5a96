import assert from "node:assert/strict";
import type { JournalEntry } from "../../../simulator/views/journal";
import { AddressHistory } from "../../../simulator/checkers/addressHistory";
import { formatSummary, summarise, type Summary } from "../../../simulator/views/report";
import { addInterface, openEc2, passQuickly, runInstance } from "../aws/services";

type Address = Summary["addresses"][number];

/** An address of pool licence that nobody holds, but for what is said. */
const addressOf = (number: string, held: Partial<Address> = {}): Address => ({
  address: `10.0.0.${Number(number)}`,
  macAddress: `02:00:00:00:00:${number}`,
  pool: "licence",
  holders: [],
  secondsWithoutHolder: null,
  ...held,
});

const call = (action: string, code?: string): JournalEntry => {
  const facts = { action, mutates: false, ...(code === undefined ? {} : { code }) };
  return { atMs: 0, source: "call", text: action, facts };
};

/** A run in which an instance has 10.0.0.10 from its 6th second on, and 10.0.0.9 is spare. */
async function summariseRun(parts: { faults?: string[]; entries?: JournalEntry[] } = {}) {
  const { faults = [], entries = [] } = parts;
  const stage = openEc2();
  for (const number of [10, 9]) addInterface(stage, number).tags = { pool: "licence" };
  const addressHistory = new AddressHistory(stage.ec2, stage.services.clock, "pool");
  const instance = await runInstance(stage);
  stage.ec2.attachNetworkInterface("eni-10", instance.id, 1, 0);
  await passQuickly(stage.services, 5_000);
  const run = { scenario: "replace", seed: 7, virtualSeconds: 10, faults };
  const summary = summarise(run, addressHistory, entries, new Map([["main.js", "12345"]]));
  return { summary, instance, addressHistory };
}

const figures: Summary = {
  scenario: "replace",
  seed: 7,
  virtualSeconds: 60,
  addresses: [],
  calls: [],
  waitedSeconds: { median: null, longest: null },
  tookOverSeconds: { median: 1.25, longest: 2 },
  archiveBytes: [
    { file: "a.js", bytes: 1_400 },
    { file: "b.js", bytes: 900_000 },
  ],
  faults: [],
};

describe("summarise", () => {
  it("gives every address with its holders, and a spare one with none", async () => {
    const { summary, instance } = await summariseRun();
    const holders = [{ instanceId: instance.id, fromSeconds: 6, toSeconds: null }];
    assert.deepEqual(summary.addresses, [
      addressOf("09"),
      addressOf("10", { holders, secondsWithoutHolder: 0 }),
    ]);
  });

  it("counts the calls by action, the most frequent first, and those that were refused", async () => {
    const entries: JournalEntry[] = [
      { atMs: 0, source: "aws", text: "i-1 is running", facts: { action: "none" } },
      call("AttachNetworkInterface", "InvalidNetworkInterface.InUse"),
      call("DescribeInstances"),
      call("DescribeInstances"),
      call("AttachNetworkInterface"),
      call("DescribeInstances"),
    ];
    const { summary } = await summariseRun({ entries });
    assert.deepEqual(summary.calls, [
      { action: "DescribeInstances", count: 3, refused: 0 },
      { action: "AttachNetworkInterface", count: 2, refused: 1 },
    ]);
  });

  it("gives median and longest of what was waited, in seconds", async () => {
    const { addressHistory, summary } = await summariseRun();
    assert.deepEqual(summary.waitedSeconds, { median: 0, longest: 0 });
    assert.deepEqual(summary.tookOverSeconds, { median: null, longest: null });
    addressHistory.waitedMs.splice(0, 1, 900, 100, 2_500);
    const run = { scenario: "replace", seed: 7, virtualSeconds: 10, faults: [] };
    const { waitedSeconds } = summarise(run, addressHistory, [], new Map());
    assert.deepEqual(waitedSeconds, { median: 0.9, longest: 2.5 });
  });

  it("gives the sizes of the archive's files in bytes, and the faults", async () => {
    const { summary } = await summariseRun({ faults: ["nobody took over"] });
    assert.deepEqual(summary.archiveBytes, [{ file: "main.js", bytes: 5 }]);
    assert.deepEqual(summary.faults, ["nobody took over"]);
  });
});

describe("formatSummary", () => {
  it("writes addresses, calls, figures and verdict", () => {
    const summary: Summary = {
      ...figures,
      addresses: [
        addressOf("10", {
          holders: [
            { instanceId: "i-1", fromSeconds: 6, toSeconds: 20.25 },
            { instanceId: "i-2", fromSeconds: 31, toSeconds: null },
          ],
          secondsWithoutHolder: 10.75,
        }),
        addressOf("11"),
      ],
      calls: [
        { action: "DescribeInstances", count: 9, refused: 0 },
        { action: "AttachNetworkInterface", count: 2, refused: 1 },
      ],
    };
    assert.equal(
      formatSummary(summary),
      `
┌───────────┬───────────────────┬─────────┬─────────┬────────┬────────┬──────────────────┐
│ Address   │ MAC               │ Pool    │ Held by │ From   │ To     │ Without a holder │
│ 10.0.0.10 │ 02:00:00:00:00:10 │ licence │ i-1     │ 6.0 s  │ 20.3 s │ 10.8 s           │
│           │                   │         │ i-2     │ 31.0 s │ now    │                  │
│ 10.0.0.11 │ 02:00:00:00:00:11 │ licence │         │        │        │ spare            │
└───────────┴───────────────────┴─────────┴─────────┴────────┴────────┴──────────────────┘

┌────────────────────────┬───────┬─────────┐
│ Call to AWS            │ Count │ Refused │
│ DescribeInstances      │ 9     │ 0       │
│ AttachNetworkInterface │ 2     │ 1       │
│ all in 60.0 s          │ 11    │         │
└────────────────────────┴───────┴─────────┘

From running to attached, without the attachment's own time: did not happen
From free and awaited to attached again: median 1.3 s, longest 2.0 s
The manager's archive: 901 kB (a.js 1 kB, b.js 900 kB)

No address was lost and no instance is without one (scenario replace, seed 7).
`.trim(),
    );
  });

  it("says of each target by how much it is missed, if it is, and that all went well nevertheless", () => {
    const what = "A full read";
    const targets = [
      { what, wanted: 2, found: 2, unit: "s" },
      { what, wanted: 2, found: 2.75, unit: "s" },
      { what, wanted: 60, found: 180, unit: "s", isOpen: true },
      { what: "Calls", wanted: 1_000, found: 1_200, unit: "calls" },
      { what: "More to read", wanted: 0, found: 0.25, unit: "MB" },
    ];
    assert.deepEqual(
      formatSummary({ ...figures, targets })
        .split("\n")
        .slice(-7),
      [
        "A full read: 2.0 s, at most 2.0 s: meets its target",
        "A full read: 2.8 s, at most 2.0 s: misses its target by 0.8 s",
        "A full read: more than 180.0 s, at most 60.0 s: misses its target by more than 120.0 s",
        "Calls: 1,200 calls, at most 1,000 calls: misses its target by 200 calls",
        "More to read: 0.3 MB, at most 0 MB: misses its target by 0.3 MB",
        "",
        "No address was lost and no instance is without one (scenario replace, seed 7).",
      ],
    );
  });

  it("says what went wrong instead, a line each", () => {
    const text = formatSummary({ ...figures, faults: ["address lost", "i-1 has none"] });
    assert.equal(text.endsWith("\n\nWhat went wrong:\n- address lost\n- i-1 has none"), true);
  });
});
