import assert from "node:assert/strict";
import { poolsIn } from "../../handler/names";
import { isManaged } from "../../handler/settings";
import { settings } from "./builders";

describe("poolsIn", () => {
  const cases: [poolTag: string | undefined, pools: string[]][] = [
    [undefined, []],
    ["licence", ["licence"]],
    ["data,management", ["data", "management"]],
    ["management,data", ["management", "data"]],
    [" data , management ", ["data", "management"]],
    ["data,management,data", ["data", "management"]],
    ["data,", ["data"]],
    [",,data,,", ["data"]],
    [",", []],
    [" , ", []],
    // What isn't parted is a name as it is, and EC2 takes any.
    ["", [""]],
    [" licence ", [" licence "]],
    ["two words", ["two words"]],
    ["__proto__,constructor", ["__proto__", "constructor"]],
  ];
  for (const [poolTag, pools] of cases) {
    it(`reads ${JSON.stringify(pools)} in ${JSON.stringify(poolTag)}`, () => {
      assert.deepEqual(poolsIn(poolTag), pools);
    });
  }
});

describe("isManaged", () => {
  it("takes every pool where none is named, and nothing that has none", () => {
    assert.deepEqual(
      [isManaged("licence", settings()), isManaged(undefined, settings())],
      [true, false],
    );
  });
});
