import assert from "node:assert/strict";
import fc from "fast-check";
import { poolsIn as poolsOfManager } from "../../../handler/names";
import { poolsIn } from "../../../simulator/checkers/expectedState";

describe("poolsIn", () => {
  const cases: [poolTag: string | undefined, pools: string[]][] = [
    [undefined, []],
    ["", [""]],
    [" ", [" "]],
    [" licence ", [" licence "]],
    ["data,management", ["data", "management"]],
    ["b, a ,b", ["b", "a"]],
    [",,a,", ["a"]],
    [",", []],
    [" , ", []],
    [",".repeat(256), []],
    ["__proto__,constructor", ["__proto__", "constructor"]],
  ];
  for (const [poolTag, pools] of cases) {
    it(`reads ${JSON.stringify(pools)} in ${JSON.stringify(poolTag ?? null).slice(0, 30)}`, () => {
      assert.deepEqual(poolsIn(poolTag), pools);
    });
  }

  it("reads in any tag what the manager does", () => {
    const anyPart = fc.oneof(fc.constantFrom(",", " ", "a", "b"), fc.string({ unit: "binary" }));
    const property = fc.property(fc.array(anyPart), (parts) => {
      const poolTag = parts.join("");
      assert.deepEqual(poolsIn(poolTag), poolsOfManager(poolTag));
    });
    fc.assert(property, { seed: 1, numRuns: 1_000 });
  });
});
