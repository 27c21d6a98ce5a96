import assert from "node:assert/strict";
import { checkManager, type ManagedShape } from "../../components/managerChecks";

type Manager = NonNullable<ManagedShape["manager"]>;

const manager = (parts: Partial<Manager> = {}): Manager => ({
  tagKey: "pool-tag",
  pools: undefined,
  poolTags: undefined,
  poolsOfTheirOwn: [],
  whenExhaustedOf: () => "wait",
  ...parts,
});

describe("checkManager", () => {
  it("accepts a manager of its own for one pool", () => {
    assert.deepEqual(checkManager("data", { tagKey: "any", whenExhausted: "continue" }), []);
  });

  it("refuses a manager of its own for several pools", () => {
    const message = `needs a manager that knows these pools together; write "data,management" in its pools`;
    assert.deepEqual(checkManager("data", { group: { furtherPools: ["management"] } }), [
      { path: ["group", "furtherPools"], message },
    ]);
  });

  it("accepts a manager of every pool, and one that names it and the tag", () => {
    const group = { furtherPools: ["management"] };
    assert.deepEqual(checkManager("data", { manager: manager(), group }), []);
    const named = manager({ pools: ["data", "management"], poolTags: ["data,management"] });
    assert.deepEqual(checkManager("data", { manager: named, group }), []);
  });

  it("refuses another tag key than the manager's", () => {
    assert.deepEqual(checkManager("data", { manager: manager(), tagKey: "other" }), [
      { path: ["tagKey"], message: `is "other", but the manager's is "pool-tag"; leave it out` },
    ]);
    assert.deepEqual(checkManager("data", { manager: manager(), tagKey: "pool-tag" }), []);
  });

  it("refuses a manager of other pools", () => {
    const other = manager({ pools: ["a", "b"], poolTags: ["a", "b"] });
    assert.deepEqual(checkManager("data", { manager: other }), [
      {
        path: ["manager"],
        message: "looks after a, b and not data; name it in the manager's pools",
      },
    ]);
  });

  it("refuses a manager that doesn't know the pools together", () => {
    const apart = manager({ pools: ["data", "management"], poolTags: ["data", "management"] });
    const group = { furtherPools: ["management"] };
    const found = "knows data and management as values of the tag, but not data,management";
    assert.deepEqual(checkManager("data", { manager: apart, group }), [
      {
        path: ["manager"],
        message: `${found}; write "data,management" in the manager's pools, too`,
      },
    ]);
  });

  it("refuses another choice for an exhausted pool than the manager's", () => {
    const asked: string[] = [];
    const whenExhaustedOf = (pool: string) => {
      asked.push(pool);
      return "abandon" as const;
    };
    const shape = { manager: manager({ whenExhaustedOf }), whenExhausted: "continue" } as const;
    const wanted = `write { name: "pair", whenExhausted: "continue" } in the manager's pools`;
    assert.deepEqual(checkManager("pair", shape), [
      {
        path: ["whenExhausted"],
        message: `is continue, but the manager's is abandon; ${wanted}`,
      },
    ]);
    assert.deepEqual(asked, ["pair"]);
    assert.deepEqual(checkManager("pair", { ...shape, whenExhausted: "abandon" }), []);
    assert.deepEqual(checkManager("pair", { manager: shape.manager }), []);
  });

  it("refuses a manager that makes no interfaces for a pool on demand, and one that does for another", () => {
    const onDemand = { subnetIds: ["subnet-1"], securityGroupIds: ["sg-1"] };
    const makes = manager({ poolsOfTheirOwn: [{ name: "data", onDemand }] });
    const makesNone = manager({ poolsOfTheirOwn: [{ name: "data" }] });
    assert.deepEqual(checkManager("data", { manager: makes, isOnDemand: true }), []);
    assert.deepEqual(checkManager("data", { manager: makesNone, isOnDemand: true }), [
      {
        path: ["manager"],
        message: `makes no interfaces for data; write { name: "data", onDemand: {...} } in its pools`,
      },
    ]);
    assert.deepEqual(checkManager("data", { manager: makes }), [
      {
        path: ["manager"],
        message:
          "makes interfaces for data on demand; leave onDemand out of its pools, or use OnDemandPool",
      },
    ]);
  });
});
