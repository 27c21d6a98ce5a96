import assert from "node:assert/strict";
import { Ledger } from "../../simulator/ledger";
import { formatSummary, summarise, type Summary } from "../../simulator/report";
import { type CommandResult, runCommand } from "./commands";
import { play } from "./plays";

const SEED = 3;

/** What the run of this seed comes to when it is played in this process. */
async function playHere() {
  const { region, ledger, deployment, faults } = await play("replace", SEED);
  assert.ok(ledger instanceof Ledger);
  const run = { scenario: "replace", seed: SEED, virtualSeconds: region.seconds, faults };
  const { entries } = region.journal;
  return { entries, summary: summarise(run, ledger, entries, deployment.archive) };
}

describe("simulator/main.ts", () => {
  let json: CommandResult;
  let plain: CommandResult;
  let faulty: CommandResult;
  let mistakes: CommandResult[];

  before(async function () {
    this.timeout(60_000);
    const main = (options: string[], stack?: string) =>
      runCommand("simulator/main.ts", options, stack);
    const noGroup = `
config:
  aws:region: eu-west-1
  network-interface-pool:pools: [{ name: alone, size: 1 }]
`;
    [json, plain, faulty, ...mistakes] = await Promise.all([
      main(["--json", "--scenario", "replace", "--seed", String(SEED)]),
      main(["--plain", "--seed", String(SEED)]),
      main(["--json", "--scenario", "replace"], noGroup),
      main(["--scenario", "explode"]),
      main(["--seed", "1.5"]),
      main(["--speed", "2"]),
    ]);
  });

  it("prints the journal as one JSON object a line, and the summary at its end, for --json", async () => {
    const lines = json.stdout.trimEnd().split("\n");
    const { entries, summary } = await playHere();
    const expected = [...entries, { summary }].map((value) => JSON.stringify(value));
    assert.deepEqual(lines, expected);
    assert.equal(json.stderr, "");
  });

  it("prints the journal without calls, and then the tables, for --plain", async () => {
    const { entries, summary } = await playHere();
    const told = entries.filter(({ source }) => source !== "call");
    const tables = `\n${formatSummary(summary)}\n`;
    assert.equal(plain.stdout.endsWith(tables), true);
    const lines = plain.stdout.slice(0, -tables.length).trimEnd().split("\n");
    assert.deepEqual(
      lines,
      told.map(({ atMs, source, text }) => {
        const seconds = (atMs / 1_000).toFixed(1).padStart(7);
        return `${seconds} s  ${source.padEnd(8)}  ${text}`;
      }),
    );
    assert.equal(plain.stderr, "");
  });

  it("plays replace when no scenario is named", () => {
    assert.match(plain.stdout, /\(scenario replace, seed 3\)\.\n$/);
  });

  it("exits with 0 when all is well", () => {
    assert.deepEqual([json.code, plain.code], [0, 0]);
  });

  it("exits with 1 and says what went wrong when something did", () => {
    const { summary } = JSON.parse(faulty.stdout.trimEnd().split("\n").at(-1) ?? "") as {
      summary: Summary;
    };
    assert.deepEqual(summary.faults, ["there is nobody to kill"]);
    assert.equal(faulty.code, 1);
  });

  it("says which scenarios there are when it does not know one", () => {
    assert.deepEqual(mistakes[0], {
      code: 1,
      stdout: "",
      stderr: "--scenario is explode; write one of replace, scale-out, lost-event, stop-start\n",
    });
  });

  it("says what a seed is when it is given none", () => {
    assert.deepEqual(mistakes[1], {
      code: 1,
      stdout: "",
      stderr: "--seed is 1.5; write a whole number like 7\n",
    });
  });

  it("names an option that it does not know", () => {
    assert.equal(mistakes[2]?.code, 1);
    assert.equal(mistakes[2].stdout, "");
    assert.match(mistakes[2].stderr, /^Unknown option '--speed'/);
  });
});
