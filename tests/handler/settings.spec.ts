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

describe("readSettings", () => {
  it("serves every pool, and waits when one is exhausted, unless told otherwise", () => {
    assert.deepEqual(readSettings({ POOL_TAG_KEY: "pool-tag" }), {
      tagKey: "pool-tag",
      whenExhausted: "wait",
      pools: undefined,
    });
  });

  for (const whenExhausted of ["wait", "abandon", "continue"] as const) {
    it(`takes ${whenExhausted} for an exhausted pool`, () => {
      const environment = { POOL_TAG_KEY: "pool-tag", WHEN_POOL_IS_EXHAUSTED: whenExhausted };
      assert.deepEqual(readSettings(environment), {
        tagKey: "pool-tag",
        whenExhausted,
        pools: undefined,
      });
    });
  }

  it("takes a list of pools", () => {
    const environment = { POOL_TAG_KEY: "pool-tag", POOL_NAMES: '["licence","render"]' };
    assert.deepEqual(readSettings(environment), {
      tagKey: "pool-tag",
      whenExhausted: "wait",
      pools: ["licence", "render"],
    });
  });

  it("takes an empty list variable for every pool", () => {
    const environment = { POOL_TAG_KEY: "pool-tag", POOL_NAMES: "" };
    assert.equal(readSettings(environment).pools, undefined);
  });

  for (const tagKey of [undefined, ""]) {
    it(`demands the tag key when it is ${JSON.stringify(tagKey)}`, () => {
      assert.equal(
        message({ POOL_TAG_KEY: tagKey }),
        "POOL_TAG_KEY is empty; set it to the key of the pool tag",
      );
    });
  }

  for (const choice of ["Wait", "stop", " wait", "constructor"]) {
    it(`refuses "${choice}" for an exhausted pool`, () => {
      assert.equal(
        message({ POOL_TAG_KEY: "pool-tag", WHEN_POOL_IS_EXHAUSTED: choice }),
        `WHEN_POOL_IS_EXHAUSTED is "${choice}"; set it to wait, abandon, continue or nothing`,
      );
    });
  }

  for (const pools of [
    "licence",
    "[]",
    '["licence",1]',
    '"licence"',
    '{"0":"licence"}',
    "null",
    "[",
  ]) {
    it(`refuses ${pools} for the pools`, () => {
      assert.equal(
        message({ POOL_TAG_KEY: "pool-tag", POOL_NAMES: pools }),
        `POOL_NAMES is ${pools}; set it to a JSON list of pool names like ["licence"] or to nothing`,
      );
    });
  }
});
