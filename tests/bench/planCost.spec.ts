import assert from "node:assert/strict";
import { growthRows, type Timing } from "../../bench/planCost";
import { WORLDS } from "../../bench/planWorlds";
import { countPlanSteps, countSteps } from "../../bench/countSteps";

const isThisFile = (url: string) => url.includes(__filename);

const timingsOf = (costOf: (count: number) => number): Timing[] =>
  [10, 100, 1_000, 10_000].map((count) => ({
    kind: "in sync",
    count,
    planMs: [costOf(count)],
    garbageMs: [0],
    floorMs: [count],
    steps: count * Math.log(count) * 0.9999,
  }));

const verdictsOf = (timings: Timing[]) =>
  growthRows(timings).map(({ what, figure, isMet }) => [
    what.replace(/ over .*/, ""),
    figure,
    isMet,
  ]);

describe("growthRows", () => {
  it("judges steps and time from each size to the next, so that the last jump shows", () => {
    const jump = (count: number) => (count === 10_000 ? 25_000 : count);
    assert.deepEqual(verdictsOf(timingsOf(jump)), [
      ["Growth of steps from 100 to 1,000", "1.00", true],
      ["Growth of time from 100 to 1,000", "0.67", true],
      ["Growth of steps from 1,000 to 10,000", "1.00", true],
      ["Growth of time from 1,000 to 10,000", "1.88", false],
    ]);
  });

  it("judges by the world that grows fastest", () => {
    const slow = timingsOf((count) => count);
    const fast = timingsOf((count) => count ** 2).map((one) => ({
      ...one,
      kind: "all launch at once",
      steps: one.count ** 2,
    }));
    const both = verdictsOf([...slow, ...fast]);
    assert.deepEqual(
      both.map(([, figure]) => figure),
      ["3.83 (longest 6.67)", "3.67 (longest 6.67)", "4.25 (longest 7.50)", "4.13 (longest 7.50)"],
    );
    assert.ok(both.every(([, , isMet]) => isMet === false));
  });
});

describe("countSteps", () => {
  const items = (count: number) => Array.from({ length: count }, (_, index) => index);
  const once = (list: number[]) => list.filter((item) => item % 2 === 0).length;
  const pairs = (list: number[]) => list.filter((item) => list.some((other) => other === -item));

  const stepsOf = (run: (list: number[]) => unknown, count: number) => {
    const list = items(count);
    return countSteps(() => run(list), isThisFile);
  };

  it("counts what is called back, every time", () => {
    stepsOf(once, 10);
    assert.equal(stepsOf(once, 20) - stepsOf(once, 10), 10);
  });

  it("sees what grows with the square", () => {
    // Few enough that nothing of it is compiled further, which would no longer be counted.
    stepsOf(pairs, 4);
    assert.ok(stepsOf(pairs, 8) - stepsOf(pairs, 4) > 8 * 7 - 4 * 3);
  });

  it("leaves out the files that don't count", () => {
    assert.equal(
      countSteps(
        () => once(items(10)),
        () => false,
      ),
      0,
    );
  });
});

describe("countPlanSteps", () => {
  it("gives the same number every time, and one that grows no faster than n log n", () => {
    const counts = [100, 100, 1_000];
    const kinds = Object.keys(WORLDS);
    const steps = countPlanSteps(kinds.flatMap((kind) => counts.map((count) => ({ kind, count }))));
    assert.equal(steps.length, 9);
    for (const [index, kind] of kinds.entries()) {
      const [first = 0, again = 0, large = 0] = steps.slice(index * counts.length);
      assert.ok(first > 1_000, `${kind}: ${first}`);
      assert.equal(again, first, kind);
      assert.ok(large / first <= 15, `${kind}: ${first} steps for 100, ${large} for 1,000`);
    }
  });
});
