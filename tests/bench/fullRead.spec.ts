import assert from "node:assert/strict";
import { measureFullReads } from "../../bench/fullRead";

describe("measureFullReads", () => {
  it("lets the archive read pools over HTTP, and says how long and how much memory that took", async () => {
    const { rows, notes } = await measureFullReads([
      { count: 2, warmUps: 1, runs: 1 },
      { count: 1_000, warmUps: 1, runs: 1 },
    ]);
    const numberIn = (text = "") => Number(/^[\d.]+/.exec(text)?.[0]);
    const figures = rows.map(({ figure }) => numberIn(figure));
    const [, few = NaN, fewMb = NaN, , many = NaN, manyMb = NaN] = figures;
    assert.equal(rows[3]?.target, "at most 0.7 s");
    assert.ok(few > 0 && few < many, `${few} and ${many} s of a processor`);
    assert.ok(fewMb > 40 && manyMb < 1_000, `${fewMb} and ${manyMb} MB`);
    assert.match(notes.at(-1) ?? "", /1,000 instances are 8\.\d MB/);
  });
});
