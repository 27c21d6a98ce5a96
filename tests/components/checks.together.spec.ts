import * as fc from "fast-check";
import assert from "node:assert/strict";
import {
  checkPoolInSubnet,
  checkPoolsTogether,
  checkTagKey,
  describeMistakes,
  type PoolShape,
  under,
} from "../../components/checks";

const pool = (shape: Partial<PoolShape>): PoolShape => ({ name: "licence", ...shape });

describe("under", () => {
  it("puts a key before every path", () => {
    const mistakes = [
      { path: [], message: "is one" },
      { path: ["addresses", 2], message: "is another" },
    ];
    assert.deepEqual(under("group", mistakes), [
      { path: ["group"], message: "is one" },
      { path: ["group", "addresses", 2], message: "is another" },
    ]);
  });
});

describe("checkPoolInSubnet", () => {
  const subnet = "10.2.0.16/28";
  const usable = "write one of 10.2.0.20 to 10.2.0.30";

  for (const address of ["10.2.0.20", "10.2.0.30"]) {
    it(`accepts ${address}, at the edge of what the subnet gives`, () => {
      assert.deepEqual(checkPoolInSubnet(pool({ addresses: [address] }), subnet), []);
    });
  }

  for (const address of ["10.2.0.16", "10.2.0.17", "10.2.0.18", "10.2.0.19", "10.2.0.31"]) {
    it(`refuses ${address}, which AWS keeps`, () => {
      assert.deepEqual(checkPoolInSubnet(pool({ addresses: ["10.2.0.25", address] }), subnet), [
        {
          path: ["addresses", 1],
          message: `is ${address}, which AWS reserves in subnet 10.2.0.16/28; ${usable}`,
        },
      ]);
    });
  }

  for (const address of ["10.2.0.15", "10.2.0.32", "192.168.0.1"]) {
    it(`refuses ${address}, which is outside`, () => {
      assert.deepEqual(checkPoolInSubnet(pool({ addresses: [address] }), subnet), [
        {
          path: ["addresses", 0],
          message: `is ${address}, which is outside subnet 10.2.0.16/28; ${usable}`,
        },
      ]);
    });
  }

  for (const address of ["010.2.0.25", "::1", "224.0.0.1"]) {
    it(`leaves ${address} to the check of the pool by itself`, () => {
      assert.deepEqual(checkPoolInSubnet(pool({ addresses: [address] }), subnet), []);
    });
  }

  it("accepts a size of all the addresses that the subnet gives", () => {
    assert.deepEqual(checkPoolInSubnet(pool({ size: 11 }), subnet), []);
  });

  it("refuses a size above that", () => {
    assert.deepEqual(checkPoolInSubnet(pool({ size: 12 }), subnet), [
      {
        path: ["size"],
        message: "is 12, but subnet 10.2.0.16/28 has 11 addresses to give; write at most 11",
      },
    ]);
  });

  it("refuses the first four addresses and the last of any subnet, and no other", () => {
    const numberOf = ([a, b, c, d]: number[]) =>
      (((a ?? 0) * 256 + (b ?? 0)) * 256 + (c ?? 0)) * 256 + (d ?? 0);
    const textOf = (number: number) =>
      [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join(".");
    const place = fc
      .record({
        prefix: fc.integer({ min: 16, max: 28 }),
        network: fc.integer({ min: 0, max: 2 ** 16 - 1 }),
        offset: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        edge: fc.option(fc.integer({ min: 0, max: 5 })),
      })
      .map(({ prefix, network, offset, edge }) => {
        const count = 2 ** (32 - prefix);
        const first = numberOf([10, 0, 0, 0]) + (network % (2 ** 24 / count)) * count;
        const index = edge === null ? Math.floor(offset * count) : edge === 5 ? count - 1 : edge;
        return {
          count,
          index,
          cidrBlock: `${textOf(first)}/${prefix}`,
          address: textOf(first + index),
        };
      });
    fc.assert(
      fc.property(place, ({ count, index, cidrBlock, address }) => {
        const isKept = index < 4 || index === count - 1;
        const mistakes = checkPoolInSubnet(pool({ addresses: [address] }), cidrBlock);
        assert.equal(mistakes.length, isKept ? 1 : 0);
      }),
      { numRuns: 500 },
    );
  });
});

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
            `is "${tagKey}"; write up to 128 of letters, digits and + - = . , _ : @, ` +
            "not beginning with aws: and not Name",
        },
      ]);
    });
  }
});

describe("describeMistakes", () => {
  it("writes one mistake a line, each after its path as in configuration", () => {
    const mistakes = [
      { path: ["pools", 0, "addresses", 2], message: "is wrong" },
      { path: ["pools", 1], message: "has both" },
      { path: ["tagKey"], message: "is empty" },
    ];
    assert.equal(
      describeMistakes(mistakes),
      "pools[0].addresses[2] is wrong\npools[1] has both\ntagKey is empty",
    );
  });

  it("writes a mistake of the whole by its message alone", () => {
    assert.equal(describeMistakes([{ path: [], message: "has neither" }]), "has neither");
  });
});
