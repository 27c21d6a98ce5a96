import assert from "node:assert/strict";
import { formatMutationPage } from "../../../bench/mutation/page";

const scores = {
  "handler/plan.ts": { mutants: 8, killed: 5, timedOut: 1, survived: 2 },
  "policy/tags.ts": { mutants: 2, killed: 2, timedOut: 0, survived: 0 },
};

const survivor = { file: "handler/plan.ts", mutator: "StringLiteral", line: 7 };

/** The lines of the page that begin with a text. */
async function linesOf(page: Promise<string>, start: string): Promise<string[]> {
  return (await page).split("\n").filter((line) => line.startsWith(start));
}

describe("formatMutationPage", () => {
  it("gives the score of folders and files", async () => {
    const rows = await linesOf(formatMutationPage(scores, []), "|");
    const cellsOf = (row: string) => row.split("|").map((cell) => cell.trim());
    assert.deepEqual(rows.filter((row) => !row.startsWith("| --")).map(cellsOf), [
      ["", "Folder", "Mutants", "Killed", "Timed out", "Survived", "Score", ""],
      ["", "`handler/`", "8", "5", "1", "2", "75.0 %", ""],
      ["", "`policy/`", "2", "2", "0", "0", "100.0 %", ""],
      ["", "both", "10", "7", "1", "2", "80.0 %", ""],
      ["", "File", "Mutants", "Killed", "Timed out", "Survived", "Score", ""],
      ["", "`handler/plan.ts`", "8", "5", "1", "2", "75.0 %", ""],
      ["", "`policy/tags.ts`", "2", "2", "0", "0", "100.0 %", ""],
    ]);
  });

  it("says of each survivor what it was, what it became, and why that is all right", async () => {
    const explained = [{ ...survivor, was: 'return "a";', became: 'return "";', reason: "So." }];
    assert.deepEqual(await linesOf(formatMutationPage(scores, explained), "-"), [
      '- Line 7: `return "a";` became `return "";`. So.',
    ]);
  });

  it("shows backticks of the code", async () => {
    const explained = [{ ...survivor, was: "say(`${kind}`);", became: "say(``);", reason: "So." }];
    assert.deepEqual(await linesOf(formatMutationPage(scores, explained), "-"), [
      "- Line 7: ``say(`${kind}`);`` became `say(``);`. So.",
    ]);
  });
});
