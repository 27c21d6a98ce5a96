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

  it("shows up to 200 characters of what is wrong, and of more these and that there are more", () => {
    for (const [length, shown] of [
      [200, "x".repeat(200)],
      [201, `${"x".repeat(200)}...`],
    ] as const) {
      const environment = { POOL_TAG_KEY: "k", WHEN_POOL_IS_EXHAUSTED: "x".repeat(length) };
      const wanted = `WHEN_POOL_IS_EXHAUSTED is "${shown}"; set it to wait, abandon, continue or nothing`;
      assert.equal(message(environment), wanted);
    }
  });

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

  it("takes as long a tag key as EC2 has, and no longer one", () => {
    assert.equal(readSettings({ POOL_TAG_KEY: "x".repeat(128) }).tagKey.length, 128);
    assert.equal(
      message({ POOL_TAG_KEY: "x".repeat(129) }),
      `POOL_TAG_KEY is "${"x".repeat(129)}"; set it to the key of the pool tag, up to 128 characters`,
    );
  });

  for (const choice of ["Wait", "stop", " wait", "constructor"]) {
    it(`refuses "${choice}" for an exhausted pool`, () => {
      assert.equal(
        message({ POOL_TAG_KEY: "pool-tag", WHEN_POOL_IS_EXHAUSTED: choice }),
        `WHEN_POOL_IS_EXHAUSTED is "${choice}"; set it to wait, abandon, continue or nothing`,
      );
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

    for (const poolTags of [
      "licence",
      "[]",
      '["licence",1]',
      '"licence"',
      '{"0":"licence"}',
      "null",
      "[",
    ]) {
      it(`refuses ${poolTags}`, () => {
        assert.equal(
          message({ POOL_TAG_KEY: "pool-tag", POOL_TAGS: poolTags }),
          `POOL_TAGS is ${poolTags}; set it to a JSON list of the pool tag's values like ["licence"] or to nothing`,
        );
      });
    }
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

    const wrongOnDemand: unknown[] = [
      null,
      "subnet-a",
      ["subnet-a"],
      {},
      { subnetIds: second.onDemand.subnetIds },
      { securityGroupIds: ["sg-a"] },
      { subnetIds: {}, securityGroupIds: ["sg-a"] },
      { subnetIds: ["subnet-a"], securityGroupIds: ["sg-a"] },
      { subnetIds: null, securityGroupIds: ["sg-a"] },
      { subnetIds: "subnet-a", securityGroupIds: ["sg-a"] },
      { subnetIds: { "eu-west-1a": 1 }, securityGroupIds: ["sg-a"] },
      { ...second.onDemand, securityGroupIds: [] },
      { ...second.onDemand, securityGroupIds: "sg-a" },
      { ...second.onDemand, securityGroupIds: ["sg-a", null] },
      { ...second.onDemand, securityGroupIds: { 0: "sg-a" } },
    ];
    const wrong = [
      "second",
      "[",
      "null",
      "1",
      '"second"',
      '["second"]',
      ...[null, "continue", ["continue"]].map((one) => JSON.stringify({ second: one })),
      ...["Wait", "", null, 1, ["wait"]].map((whenExhausted) =>
        JSON.stringify({ second: { whenExhausted } }),
      ),
      ...wrongOnDemand.map((onDemand) => JSON.stringify({ second: { onDemand } })),
      JSON.stringify({ second, pair: { whenExhausted: "stop" } }),
    ];
    for (const poolSettings of wrong) {
      it(`refuses ${poolSettings}`, () => {
        assert.equal(
          message({ POOL_TAG_KEY: "pool-tag", POOL_SETTINGS: poolSettings }),
          `POOL_SETTINGS is ${poolSettings}; set it to a JSON object by pool like {"standby": {"whenExhausted": "continue"}, "second": {"onDemand": {"subnetIds": {"eu-west-1a": "subnet-1"}, "securityGroupIds": ["sg-1"]}}} or to nothing`,
        );
      });
    }
  });
});
