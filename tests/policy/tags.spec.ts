import assert from "node:assert/strict";
import { poolsIn as poolsOfHandler } from "../../handler/names";
import { describePools, poolsIn } from "../../policy/tags";

describe("poolsIn", () => {
  const cases: [value: string, pools: string[]][] = [
    ["licence", ["licence"]],
    ["data,management", ["data", "management"]],
    ["management,data", ["management", "data"]],
    [" data , management ", ["data", "management"]],
    ["data,,management,", ["data", "management"]],
    ["data,", ["data"]],
    ["data,management,data", ["data", "management"]],
    ["two words", ["two words"]],
    [" licence ", [" licence "]],
    ["", [""]],
  ];
  for (const [value, pools] of cases) {
    it(`finds ${JSON.stringify(pools)} in "${value}", as the manager does`, () => {
      assert.deepEqual(poolsIn(value), pools);
      assert.deepEqual(poolsOfHandler(value), pools);
    });
  }

  it("takes for a name what is a list of none, so that nothing slips through", () => {
    assert.deepEqual(poolsIn(", ,"), [", ,"]);
  });
});

describe("describePools", () => {
  it("names one pool and several", () => {
    assert.equal(describePools(["data"]), 'pool "data"');
    assert.equal(describePools(["data", "management"]), 'pools "data" and "management"');
    assert.equal(describePools(["a", "b", "c"]), 'pools "a", "b" and "c"');
  });
});
