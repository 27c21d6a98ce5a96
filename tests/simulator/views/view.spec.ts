import assert from "node:assert/strict";
import { WriteStream } from "node:tty";
import { formatSummary, summarise, type Summary } from "../../../simulator/views/report";
import { jsonView, liveView, plainView, type View } from "../../../simulator/views/view";
import { play, type Play } from "../scenarios/plays";

/** A terminal with a small window that keeps what is written to it. */
function openTerminal() {
  let written = "";
  const write = (text: string) => {
    written += text;
    return true;
  };
  const own = { columns: { value: 60 }, rows: { value: 12 }, write: { value: write } };
  const out = Object.create(WriteStream.prototype, own) as WriteStream;
  return { out, text: () => written };
}

function summaryOf({ region, addressHistory, deployment, faults }: Play): Summary {
  const run = { scenario: "replace", seed: 1, virtualSeconds: region.seconds, faults };
  return summarise(run, addressHistory, region.journal.entries, deployment.archive);
}

/** Shows a whole run as it went, without the pauses between its seconds. */
function show(view: View, played: Play): void {
  for (const entry of played.region.journal.entries) view.entry(entry);
  view.end(summaryOf(played));
}

describe("jsonView", () => {
  it("writes one JSON object a line: the journal, and the summary at its end", async () => {
    const { out, text } = openTerminal();
    const played = await play("replace", 1);
    show(jsonView(out), played);
    const expected = [...played.region.journal.entries, { summary: summaryOf(played) }];
    assert.equal(text(), expected.map((value) => `${JSON.stringify(value)}\n`).join(""));
  });
});

describe("plainView", () => {
  it("writes a line for each entry that is no call, and then the tables", async () => {
    const { out, text } = openTerminal();
    const played = await play("replace", 1);
    show(plainView(out), played);
    const lines = played.region.journal.entries
      .filter(({ source }) => source !== "call")
      .map((entry) => {
        const seconds = (entry.atMs / 1_000).toFixed(1).padStart(7);
        return `${seconds} s  ${entry.source.padEnd(8)}  ${entry.text}\n`;
      });
    assert.ok(lines.length > 30);
    assert.equal(text(), `${lines.join("")}\n${formatSummary(summaryOf(played))}\n`);
  });
});

describe("liveView", () => {
  it("draws the addresses with their holders and the last lines that fit the window", async () => {
    const { out, text } = openTerminal();
    const { addressHistory, region } = await play("replace", 1);
    const view = liveView(out);
    for (const entry of region.journal.entries.slice(0, 40)) view.entry(entry);
    await view.second(7, addressHistory);
    const rows = text()
      .replaceAll(/\u001b\[[0-9;]*[A-Za-z]/g, "")
      .trimEnd()
      .split("\n");
    assert.equal(rows[0], "Virtual time 7 s");
    assert.equal(rows[2], `  10.0.0.10       licence      ${addressHistory.holderOf("10.0.0.10")}`);
    assert.equal(rows[6], "  10.0.0.23       cluster      -");
    assert.ok(rows.length <= 11, `${rows.length} rows`);
    for (const row of rows) assert.ok(row.length <= 59, row);
  });

  it("ends with the tables", async () => {
    const { out, text } = openTerminal();
    const summary = summaryOf(await play("replace", 1));
    liveView(out).end(summary);
    assert.equal(text(), `\n${formatSummary(summary)}\n`);
  });
});
