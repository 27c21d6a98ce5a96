import assert from "node:assert/strict";
import { FAULT_NAMES } from "../../simulator/faults";
import { type CommandResult, runCommand } from "./commands";

const refused = (stderr: string): CommandResult => ({ code: 1, stdout: "", stderr });

describe("simulator/soak.ts", () => {
  let played: CommandResult;
  let again: CommandResult;
  let short: CommandResult;
  let mistakes: CommandResult[];

  before(async function () {
    this.timeout(180_000);
    const soak = (...options: string[]) => runCommand("simulator/soak.ts", options);
    const replay = ["--seed", "7", "--steps", "3", "--faults", "eventLost,readStale"];
    [played, again, short] = await Promise.all([
      soak(...replay),
      soak(...replay),
      soak("--minutes", "0.02", "--steps", "3"),
    ]);
    mistakes = await Promise.all([
      soak("--minutes", "0"),
      soak("--steps", "2.5"),
      soak("--steps", "0"),
      soak("--seed", "1.5"),
      soak("--faults", "eventLost,rain"),
      soak("--speed", "2"),
    ]);
  });

  it("plays one seed, tells all of it and its faults, and ends with the verdict", () => {
    assert.equal(played.code, 0);
    assert.equal(played.stderr, "");
    const lines = played.stdout.trimEnd().split("\n");
    assert.match(lines[0] ?? "", /^ +\d+\.\d s {2}(aws|call|manager|operator) +\S/);
    assert.equal(lines.at(-1), "Every promise was kept.");
    const faults = lines.slice(lines.indexOf("Faults:") + 1, -2);
    assert.deepEqual(
      faults.map((line) => line.replace(/ \d+ % from \d+ to \d+ s$/, "")),
      ["- eventLost", "- readStale", "- tokenOutlivesInterface: false"],
    );
  });

  it("plays a seed the same in another process", () => {
    assert.deepEqual(again, played);
  });

  it("plays fresh seeds until the time is up, and sums up", () => {
    assert.equal(short.code, 0);
    assert.equal(short.stderr, "");
    const summary =
      /^(\d+) histories of 3 steps in \d+ s, seeds (\d+) to (\d+): every promise was kept\n$/;
    const [, count, first, last] = summary.exec(short.stdout) ?? assert.fail(short.stdout);
    assert.ok(Number(count) >= 1);
    assert.equal(Number(last) - Number(first) + 1, Number(count));
  });

  it("says what to write instead of what it does not understand", () => {
    assert.deepEqual(mistakes.slice(0, 5), [
      refused("--minutes is 0; write a number like 10\n"),
      refused("--steps is 2.5; write a whole number like 50\n"),
      refused("--steps is 0; write a whole number like 50\n"),
      refused("--seed is 1.5; write a whole number like 7\n"),
      refused(`--faults has rain; write some of ${FAULT_NAMES.join(",")}\n`),
    ]);
  });

  it("names an option that it does not know", () => {
    assert.equal(mistakes[5]?.code, 1);
    assert.match(mistakes[5].stderr, /^Unknown option '--speed'/);
  });
});
