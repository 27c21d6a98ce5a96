import assert from "node:assert/strict";
import { poolsIn } from "../../handler/names";
import { isManaged, managedPoolsIn, onDemandOf, whenExhaustedOf } from "../../handler/verdict";
import { onDemand, settings } from "./builders";

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
  it("takes every pool where none is named, and no instance without the tag", () => {
    assert.equal(isManaged("licence", settings()), true);
    assert.equal(isManaged(undefined, settings()), false);
  });

  it("takes the pools that are named, and no other", () => {
    const chosen = settings({ pools: ["licence"] });
    const found = ["licence", "render", "", undefined].map((pool) => isManaged(pool, chosen));
    assert.deepEqual(found, [true, false, false, false]);
  });
});

describe("managedPoolsIn", () => {
  const chosen = settings({
    pools: ["licence", "data", "management"],
    poolTags: ["licence", "data,management"],
  });

  it("takes every pool of every value where none is named", () => {
    assert.deepEqual(managedPoolsIn("a,b", settings()), ["a", "b"]);
    assert.deepEqual(managedPoolsIn("a,", settings()), ["a"]);
    assert.deepEqual(managedPoolsIn(undefined, settings()), []);
  });

  it("takes of a value the pools that are named where no values are", () => {
    assert.deepEqual(managedPoolsIn("a,licence", settings({ pools: ["licence"] })), ["licence"]);
  });

  for (const [poolTag, pools] of [
    ["licence", ["licence"]],
    ["data,management", ["data", "management"]],
  ] as const) {
    it(`takes ${poolTag} where it is one of the values that the rights name`, () => {
      assert.deepEqual(managedPoolsIn(poolTag, chosen), pools);
    });
  }

  for (const poolTag of [
    ...["management,data", "data, management", "data,management,licence", "licence,"],
    ...["data", "management", "render", "", undefined],
  ]) {
    it(`takes none of ${JSON.stringify(poolTag)}, which the rights don't name`, () => {
      assert.deepEqual(managedPoolsIn(poolTag, chosen), []);
    });
  }
});

describe("onDemandOf and whenExhaustedOf", () => {
  const chosen = settings({
    whenExhausted: "abandon",
    poolSettings: { second: { onDemand }, pair: { whenExhausted: "continue" }, plain: {} },
  });

  it("say of a pool what its own settings do", () => {
    assert.equal(onDemandOf("second", chosen), onDemand);
    assert.equal(whenExhaustedOf("pair", chosen), "continue");
  });

  for (const pool of ["licence", "plain", "constructor", "__proto__", ""]) {
    it(`say of ${JSON.stringify(pool)}, which has none, what the manager's do`, () => {
      assert.equal(onDemandOf(pool, chosen), undefined);
      assert.equal(whenExhaustedOf(pool, chosen), "abandon");
    });
  }

  it("say of each only what it has", () => {
    assert.equal(onDemandOf("pair", chosen), undefined);
    assert.equal(whenExhaustedOf("second", chosen), "abandon");
  });

  it("find a pool that is named like what every object has", () => {
    const poolSettings = JSON.parse('{"__proto__":{"whenExhausted":"continue"}}') as object;
    const odd = settings({ poolSettings: { ...poolSettings } });
    assert.equal(whenExhaustedOf("__proto__", odd), "continue");
    assert.equal(whenExhaustedOf("constructor", odd), "wait");
  });
});
