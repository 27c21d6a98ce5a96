import assert from "node:assert/strict";
import { summarise } from "../../simulator/views/report";
import { measurements, scenarios } from "../../simulator/scenarios";
import { runCommand } from "./commands";
import { playAnew } from "./scenarios/plays";

const SEED = 3;

/** A pool without a group: nobody is there to be killed. */
const noGroup = `
config:
  aws:region: eu-west-1
  network-interface-pool:pools: [{ name: alone, size: 1 }]
`;

const main = (options: string[], stack?: string) => runCommand("simulator/main.ts", options, stack);

describe("simulator/main.ts", () => {
  it("prints one JSON object a line for --json, the same as another process, and exits with 0", async () => {
    const { code, stdout, stderr } = await main(["--json", "--seed", String(SEED)]);
    const { region, addressHistory, deployment, faults } = await playAnew(
      "replace",
      SEED,
      undefined,
      "bundle",
    );
    const run = { scenario: "replace", seed: SEED, virtualSeconds: region.seconds, faults };
    const { entries } = region.journal;
    const summary = summarise(run, addressHistory, entries, deployment.archive);
    const lines = [...entries, { summary }].map((value) => JSON.stringify(value));
    assert.deepEqual(stdout.split("\n"), [...lines, ""]);
    assert.deepEqual([code, stderr], [0, ""]);
  });

  it("prints the tables for --plain, and exits with 1 when something went wrong", async () => {
    const { code, stdout, stderr } = await main(["--plain"], noGroup);
    assert.match(
      stdout,
      /^\n┌─.*│ 10\.0\.0\.4 │ 02:65:80:07:b1:c7 │ alone .*\n\nWhat went wrong:\n- no group of the stack is without spare addresses, which .*\n$/s,
    );
    assert.deepEqual([code, stderr], [1, ""]);
  });

  it("says what it doesn't understand: it knows these scenarios alone", async () => {
    const names = Object.keys({ ...scenarios, ...measurements });
    assert.deepEqual(await main(["--scenario", "explode"]), {
      code: 1,
      stdout: "",
      stderr: `--scenario is explode; write one of ${names.join(", ")}\n`,
    });
  });
});
