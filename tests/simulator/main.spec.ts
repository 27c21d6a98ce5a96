import assert from "node:assert/strict";
import { exampleScenarios } from "../../simulator/scenarios/examples";
import { lifeScenarios } from "../../simulator/scenarios/life";
import { summarise } from "../../simulator/views/report";
import { scenarios } from "../../simulator/scenarios/basic";
import { type CommandResult, runCommand } from "./commands";
import { play } from "./scenarios/plays";

const SEED = 3;

const names = Object.keys({ ...scenarios, ...lifeScenarios, ...exampleScenarios });

/** What the run of this seed comes to when it is played in this process. */
async function playHere(): Promise<string[]> {
  const { region, addressHistory, deployment, faults } = await play("replace", SEED);
  const run = { scenario: "replace", seed: SEED, virtualSeconds: region.seconds, faults };
  const { entries } = region.journal;
  const summary = summarise(run, addressHistory, entries, deployment.archive);
  return [...entries, { summary }].map((value) => JSON.stringify(value));
}

/** A pool without a group: nobody is there to be killed. */
const noGroup = `
config:
  aws:region: eu-west-1
  network-interface-pool:pools: [{ name: alone, size: 1 }]
`;

const tablesWithoutGroup = `

┌──────────┬───────────────────┬───────┬─────────┬──────┬────┬──────────────────┐
│ Address  │ MAC               │ Pool  │ Held by │ From │ To │ Without a holder │
│ 10.0.0.4 │ 02:65:80:07:b1:c7 │ alone │         │      │    │ spare            │
└──────────┴───────────────────┴───────┴─────────┴──────┴────┴──────────────────┘

┌──────────────┬───────┬─────────┐
│ Call to AWS  │ Count │ Refused │
│ all in 0.0 s │ 0     │         │
└──────────────┴───────┴─────────┘

From running to attached, without the attachment's own time: did not happen
From free and awaited to attached again: did not happen
The manager's archive: # kB (__index.js # kB, dist/clients.js # kB)

What went wrong:
- no group of the stack is without spare addresses, which this scenario needs; that isn't wrong: play another one
`;

describe("simulator/main.ts", () => {
  let json: CommandResult;
  let plain: CommandResult;
  let standby: CommandResult;
  let mistakes: CommandResult[];

  before(async function () {
    this.timeout(120_000);
    const main = (options: string[], stack?: string) =>
      runCommand("simulator/main.ts", options, stack);
    [json, plain, standby, ...mistakes] = await Promise.all([
      main(["--json", "--scenario", "replace", "--seed", String(SEED)]),
      main(["--plain"], noGroup),
      main(["--plain", "--scenario", "standby"]),
      main(["--scenario", "explode"]),
      main(["--seed", "1.5"]),
      main(["--speed", "2"]),
    ]);
  });

  it("prints one JSON object a line for --json, the same as another process with the same seed", async () => {
    assert.deepEqual(json.stdout.split("\n"), [...(await playHere()), ""]);
    assert.equal(json.stderr, "");
  });

  it("exits with 0 when all is well", () => {
    assert.equal(json.code, 0);
  });

  it("plays a scenario of docs/life.md by its name", () => {
    assert.equal(standby.code, 0, standby.stdout);
    assert.match(standby.stdout, / is Standby\n/);
    assert.match(standby.stdout, /instance is without one \(scenario standby, seed 1\)/);
  });

  it("plays replace when no scenario is named, and prints the tables for --plain", () => {
    assert.equal(plain.stdout.replaceAll(/\d+ kB/g, "# kB"), tablesWithoutGroup.slice(1));
    assert.equal(plain.stderr, "");
  });

  it("exits with 1 when something went wrong", () => {
    assert.equal(plain.code, 1);
  });

  it("says which scenarios there are when it does not know one", () => {
    assert.deepEqual(mistakes[0], {
      code: 1,
      stdout: "",
      stderr: `--scenario is explode; write one of ${names.join(", ")}\n`,
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
