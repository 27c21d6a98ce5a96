import assert from "node:assert/strict";
import { readSettings } from "../../handler/settings";

function message(environment: Record<string, string | undefined>): string {
  try {
    readSettings(environment);
  } catch (error) {
    if (error instanceof Error) return error.message;
  }
  return "(none)";
}

const none = {
  tagKey: "pool-tag",
  whenExhausted: "wait",
  poolTags: undefined,
  pools: undefined,
  poolSettings: {},
};

const second = {
  onDemand: { subnetIds: { "eu-west-1a": "subnet-a" }, securityGroupIds: ["sg-a", "sg-b"] },
};

describe("readSettings", () => {
  it("serves every pool, and waits when one is exhausted, unless told otherwise", () => {
    assert.deepEqual(readSettings({ POOL_TAG_KEY: "pool-tag" }), none);
  });

  for (const whenExhausted of ["wait", "abandon", "continue"] as const) {
    it(`takes ${whenExhausted} for an exhausted pool`, () => {
      const environment = { POOL_TAG_KEY: "pool-tag", WHEN_POOL_IS_EXHAUSTED: whenExhausted };
      assert.deepEqual(readSettings(environment), { ...none, whenExhausted });
    });
  }

  it("takes empty variables for none", () => {
    const environment = {
      POOL_TAG_KEY: "pool-tag",
      POOL_TAGS: "",
      POOL_SETTINGS: "",
      WHEN_POOL_IS_EXHAUSTED: "",
    };
    assert.deepEqual(readSettings(environment), none);
  });

  for (const tagKey of [undefined, ""]) {
    it(`demands the tag key when it is ${JSON.stringify(tagKey)}`, () => {
      assert.equal(
        message({ POOL_TAG_KEY: tagKey }),
        "POOL_TAG_KEY is empty; set it to the key of the pool tag",
      );
    });
  }

  for (const variable of ["POOL_TAGS", "POOL_SETTINGS"]) {
    it(`names ${variable} where it isn't JSON`, () => {
      const found = message({ POOL_TAG_KEY: "pool-tag", [variable]: "[" });
      assert.match(found, new RegExp(`^${variable} isn't JSON: SyntaxError: `));
    });
  }

  describe("of the pool tag's values", () => {
    it("takes a list of pools", () => {
      const environment = { POOL_TAG_KEY: "pool-tag", POOL_TAGS: '["licence","render"]' };
      const pools = ["licence", "render"];
      assert.deepEqual(readSettings(environment), { ...none, poolTags: pools, pools });
    });

    it("takes a value that names several pools as it is, and of the pools each once", () => {
      const poolTags = ["data,management", "management, licence", "data"];
      const environment = { POOL_TAG_KEY: "pool-tag", POOL_TAGS: JSON.stringify(poolTags) };
      const pools = ["data", "management", "licence"];
      assert.deepEqual(readSettings(environment), { ...none, poolTags, pools });
    });
  });

  describe("of single pools", () => {
    const read = (poolSettings: unknown) =>
      readSettings({ POOL_TAG_KEY: "pool-tag", POOL_SETTINGS: JSON.stringify(poolSettings) });

    it("takes what is particular to each", () => {
      const poolSettings = { pair: { whenExhausted: "continue" }, second, plain: {} };
      assert.deepEqual(read(poolSettings), { ...none, poolSettings });
    });

    for (const whenExhausted of ["wait", "abandon", "continue"]) {
      it(`takes ${whenExhausted} for its exhaustion`, () => {
        const poolSettings = { second: { ...second, whenExhausted } };
        assert.deepEqual(read(poolSettings), { ...none, poolSettings });
      });
    }

    it("takes subnets in several zones", () => {
      const subnetIds = { "eu-west-1a": "subnet-a", "eu-west-1b": "subnet-b" };
      const poolSettings = { second: { onDemand: { ...second.onDemand, subnetIds } } };
      assert.deepEqual(read(poolSettings), { ...none, poolSettings });
    });
  });
});
