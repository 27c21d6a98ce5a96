import assert from "node:assert/strict";
import { runCommand } from "./commands";

const soak = (...options: string[]) => runCommand("simulator/soak.ts", options);

describe("simulator/soak.ts", () => {
  it("plays one seed, tells all of it and its faults, and ends with the verdict", async () => {
    const replay = ["--seed", "7", "--steps", "3", "--faults", "eventLost,readStale"];
    const { code, stdout, stderr } = await soak(...replay);
    assert.deepEqual([code, stderr], [0, ""]);
    const lines = stdout.trimEnd().split("\n");
    assert.match(lines[0] ?? "", /^ +\d+\.\d s {2}(aws|call|manager|operator) +\S/);
    assert.equal(lines.at(-1), "Every promise was kept.");
    const faults = lines.slice(lines.indexOf("Faults:") + 1, -2);
    assert.deepEqual(
      faults.map((line) => line.replace(/ \d+ % from \d+ to \d+ s$/, "")),
      ["- eventLost", "- readStale", "- tokenOutlivesInterface: false"],
    );
  });

  it("plays as many seeds as are wanted, or until the time is up, and sums up", async () => {
    for (const limit of [
      ["--count", "2"],
      ["--minutes", "0.001"],
    ]) {
      const { code, stdout, stderr } = await soak("--from", "5", "--steps", "3", ...limit);
      assert.deepEqual([code, stderr], [0, ""]);
      const summary =
        /^(\d+) histories of 3 steps in \d+ s, seeds 5 to (\d+): every promise was kept\n$/;
      const [, count, last] = summary.exec(stdout) ?? assert.fail(stdout);
      assert.equal(Number(last), 4 + Number(count));
      if (limit[0] === "--count") assert.equal(count, "2");
    }
  });

  it("says what it doesn't understand", async () => {
    const stderr = "--steps is 0; write a whole number like 50\n";
    assert.deepEqual(await soak("--steps", "0"), { code: 1, stdout: "", stderr });
  });
});
