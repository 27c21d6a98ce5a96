import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

describe("docs/guarantees.md", () => {
  const page = readFileSync("docs/guarantees.md", "utf8");
  const rows = page
    .split("\n")
    .filter((line) => line.startsWith("| ") && !/^\| (Promise|-)/.test(line))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

  it("has each promise with what tries to break it and what shows that the checker sees it", () => {
    assert.equal(rows.length, 19);
    for (const [promise = "", triedBy = "", seenBy = ""] of rows) {
      assert.match(promise, /\.$/);
      assert.match(triedBy, /every history|spec\.ts/, promise);
      assert.match(seenBy, /spec\.ts/, promise);
    }
  });

  it("names specs and programs that exist", () => {
    const targets = [...page.matchAll(/\]\(([^)]+)\)/g)].map(([, target = ""]) => target);
    assert.ok(targets.length > rows.length);
    const missing = targets.filter((target) => !existsSync(path.join("docs", target)));
    assert.deepEqual(missing, []);
  });
});
