import assert from "node:assert/strict";
import { checkTagKey, type GroupShape, type PoolShape } from "../../components/checks";
import { checkPoolsTogether } from "../../components/poolsTogether";

const pool = (shape: Partial<PoolShape>): PoolShape => ({ name: "licence", ...shape });

describe("checkPoolsTogether", () => {
  it("accepts pools that share nothing", () => {
    const pools = [
      pool({ addresses: ["10.0.0.10"] }),
      pool({ name: "cluster", addresses: ["10.0.0.11"] }),
      pool({ name: "Licence", size: 2 }),
    ];
    assert.deepEqual(checkPoolsTogether(pools), []);
  });

  it("refuses a name that an earlier pool has", () => {
    const pools = [pool({ name: "cluster" }), pool({}), pool({}), pool({})];
    const message = 'is "licence", as pools[1].name is; write every name once';
    assert.deepEqual(checkPoolsTogether(pools), [
      { path: [2, "name"], message },
      { path: [3, "name"], message },
    ]);
  });

  it("refuses an address that an earlier pool has", () => {
    const pools = [
      pool({ addresses: ["10.0.0.10", "10.0.0.11"] }),
      pool({ name: "bastion", size: 1 }),
      pool({ name: "cluster", addresses: ["10.0.0.12", "10.0.0.11"] }),
    ];
    assert.deepEqual(checkPoolsTogether(pools), [
      {
        path: [2, "addresses", 1],
        message: "is 10.0.0.11, which pools[0] has too; write it in one pool",
      },
    ]);
  });

  it("refuses a further address that an earlier pool has, first or further", () => {
    const pools = [
      pool({ addresses: ["10.0.0.10"], secondaryAddresses: [["10.0.0.20"]] }),
      pool({
        name: "cluster",
        addresses: ["10.0.0.11"],
        secondaryAddresses: [["10.0.0.10", "10.0.0.20"]],
      }),
    ];
    assert.deepEqual(checkPoolsTogether(pools), [
      {
        path: [1, "secondaryAddresses", 0, 0],
        message: "is 10.0.0.10, which pools[0] has too; write it in one pool",
      },
      {
        path: [1, "secondaryAddresses", 0, 1],
        message: "is 10.0.0.20, which pools[0] has too; write it in one pool",
      },
    ]);
  });

  it("accepts the same address in another subnet, which may be of another VPC", () => {
    const pools = [
      { ...pool({ addresses: ["10.0.0.10"] }), subnetId: "subnet-a" },
      { ...pool({ name: "cluster", addresses: ["10.0.0.10"] }), subnetId: "subnet-other" },
      { ...pool({ name: "bastion", addresses: ["10.0.0.10"] }), subnetId: "subnet-a" },
    ];
    assert.deepEqual(checkPoolsTogether(pools), [
      {
        path: [2, "addresses", 0],
        message: "is 10.0.0.10, which pools[0] has too; write it in one pool",
      },
    ]);
  });

  it("refuses an interface that an earlier pool has", () => {
    const pools = [
      pool({ networkInterfaceIds: ["eni-1", "eni-2"] }),
      pool({ name: "cluster", networkInterfaceIds: ["eni-3", "eni-2"] }),
    ];
    assert.deepEqual(checkPoolsTogether(pools), [
      {
        path: [1, "networkInterfaceIds", 1],
        message: "is eni-2, which pools[0] has too; write it in one pool",
      },
    ]);
  });

  it("leaves an address that is twice in one pool to the check of the pool by itself", () => {
    assert.deepEqual(checkPoolsTogether([pool({ addresses: ["10.0.0.10", "10.0.0.10"] })]), []);
  });
});

describe("checkTagKey", () => {
  const longest = "k".repeat(128);
  for (const tagKey of [undefined, "team:pool", "A-Z_0.9+=,@", "awsome", "...", longest]) {
    it(`accepts ${tagKey === longest ? "128 characters" : (tagKey ?? "its absence")}`, () => {
      assert.deepEqual(checkTagKey(tagKey), []);
    });
  }

  for (const tagKey of [
    "",
    "aws:pool",
    "pool/name",
    "pool name",
    "größe",
    ".",
    "..",
    "_index",
    `${longest}k`,
  ]) {
    it(`refuses "${tagKey.length > 128 ? "129 characters" : tagKey}"`, () => {
      assert.deepEqual(checkTagKey(tagKey), [
        {
          path: ["tagKey"],
          message:
            `is ${tagKey === `${longest}k` ? `"${"k".repeat(79)}...` : `"${tagKey}"`}; write up to 128 of letters, digits and + - = . , _ : @, ` +
            "not beginning with aws: and not Name",
        },
      ]);
    });
  }
});

describe("checkPoolsTogether, of further pools,", () => {
  const checkWith = (group: GroupShape, further: Partial<PoolShape> = {}) =>
    checkPoolsTogether([
      { name: "data", size: 3, group: { furtherPools: ["management"], ...group } },
      { name: "management", size: 2, ...further },
    ]);
  const path = [0, "group", "furtherPools", 0];

  it("accepts a pool with an interface for every instance", () => {
    assert.deepEqual(checkWith({ maxSize: 2 }), []);
    assert.deepEqual(checkWith({}, { size: 3 }), []);
  });

  it("refuses one with fewer, but for standbys", () => {
    const message = `is "management", which has an interface for 2 of 3 instances; write group.maxSize up to 2, or give it more interfaces`;
    assert.deepEqual(checkWith({}), [{ path, message }]);
    assert.deepEqual(checkWith({ maxSize: 3 }), [{ path, message }]);
    assert.deepEqual(checkWith({}, { whenExhausted: "continue" }), []);
    assert.deepEqual(checkWith({}, { size: 1.5 }), []);
  });

  it("refuses one that doesn't exist", () => {
    const message = `is "backup", which is no pool; write one of management`;
    assert.deepEqual(checkWith({ furtherPools: ["backup"] }), [{ path, message }]);
  });
});

describe("checkPoolsTogether, of a pool that groups share,", () => {
  const further = (name: string, maxSize: number, group: GroupShape = {}): PoolShape => ({
    name,
    size: 2,
    group: { maxSize, furtherPools: ["shared"], ...group },
  });
  const shared = (shape: Partial<PoolShape>): PoolShape => ({ name: "shared", size: 2, ...shape });
  const mistake = (sizes: string, names: string) =>
    `has an interface for ${sizes} instances, the desired capacities of the groups of ${names} together; write a smaller ` +
    "group.desiredCapacity in one of them, give it more interfaces, or write whenExhausted: continue";

  it("accepts one that suffices for all of them", () => {
    assert.deepEqual(checkPoolsTogether([further("a", 1), further("b", 1), shared({})]), []);
    const pools = [further("a", 2), further("b", 0), shared({ group: { maxSize: 0 } })];
    assert.deepEqual(checkPoolsTogether(pools), []);
  });

  it("refuses one that suffices for each, but not for all of them", () => {
    assert.deepEqual(checkPoolsTogether([further("a", 2), further("b", 1), shared({})]), [
      { path: [2], message: mistake("2 of 3", "a and b") },
    ]);
  });

  it("accepts one that suffices for what they are to run, though not for all that they may", () => {
    const desired = { desiredCapacity: 1 };
    const pools = [
      shared({ size: 3, group: { maxSize: 2, ...desired } }),
      further("a", 2, desired),
    ];
    assert.deepEqual(checkPoolsTogether(pools), []);
    assert.deepEqual(checkPoolsTogether([...pools, further("b", 2, { desiredCapacity: 2 })]), [
      { path: [0], message: mistake("3 of 4", "shared and a and b") },
    ]);
  });

  it("counts the group of its own, which fills it where nothing else is said", () => {
    assert.deepEqual(checkPoolsTogether([shared({ group: {} }), further("a", 1)]), [
      { path: [0], message: mistake("2 of 3", "shared and a") },
    ]);
  });

  it("leaves alone what has standbys, or a mistake by itself", () => {
    const pools = [further("a", 2), further("b", 2)];
    assert.deepEqual(checkPoolsTogether([...pools, shared({ whenExhausted: "continue" })]), []);
    assert.deepEqual(checkPoolsTogether([...pools, shared({ size: 1.5 })]), []);
    assert.deepEqual(checkPoolsTogether([...pools, shared({ whenExhausted: "continu" })]), []);
    for (const maxSize of [NaN, 1.5, 3]) {
      assert.deepEqual(
        checkPoolsTogether([further("a", maxSize), further("b", 1), shared({})]),
        [],
      );
    }
    const paths = checkPoolsTogether([...pools, shared({ size: 1 })]).map(({ path }) => path);
    assert.deepEqual(paths, [
      [0, "group", "furtherPools", 0],
      [1, "group", "furtherPools", 0],
    ]);
  });
});

describe("checkPoolsTogether, of security groups,", () => {
  const checkWith = (first: object, second: object = {}) =>
    checkPoolsTogether([
      { name: "licence", size: 1, group: { subnetIds: ["subnet-b"] }, ...first },
      { name: "licence-instances", size: 1, ...second },
    ]);

  it("refuses a pool named as one of another's instances", () => {
    const message =
      `is "licence-instances", as the security group of pools[0]'s instances is called; ` +
      "write another name, securityGroupIds here, or group.securityGroupIds there";
    assert.deepEqual(checkWith({}), [{ path: [1, "name"], message }]);
  });

  it("accepts it where one of the two has no security group of its own", () => {
    const securityGroupIds = ["sg-1"];
    assert.deepEqual(checkWith({}, { securityGroupIds }), []);
    assert.deepEqual(checkWith({}, { size: undefined, networkInterfaceIds: ["eni-1"] }), []);
    assert.deepEqual(checkWith({}, { size: undefined, onDemandSubnetIds: ["subnet-a"] }), []);
    assert.deepEqual(checkWith({ group: { subnetIds: ["subnet-b"], securityGroupIds } }), []);
    assert.deepEqual(checkWith({ group: {} }), []);
    assert.deepEqual(checkWith({ onDemandSubnetIds: ["subnet-a"] }), []);
  });

  it("accepts names whose resources are called otherwise", () => {
    const name = "n".repeat(40);
    assert.deepEqual(checkWith({ name }, { name: `${name}-instances` }), []);
  });
});
