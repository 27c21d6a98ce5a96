import * as fc from "fast-check";
import assert from "node:assert/strict";
import {
  checkGroup,
  checkName,
  checkPool,
  poolSize,
  type PoolShape,
} from "../../components/checks";
import type { Mistake } from "../../components/mistakes";

const pool = (shape: Partial<PoolShape>): PoolShape => ({ name: "licence", ...shape });
const numbered = (count: number) => Array.from({ length: count }, (_, index) => index);

describe("poolSize", () => {
  it("counts the addresses where they are given", () => {
    assert.equal(poolSize({ addresses: ["10.0.0.10", "10.0.0.11"] }), 2);
  });

  it("is the size where that is given", () => {
    assert.equal(poolSize({ size: 3 }), 3);
  });

  it("counts the interfaces that exist already where they are given", () => {
    assert.equal(poolSize({ networkInterfaceIds: ["eni-1", "eni-2"] }), 2);
  });

  it("is zero while none is given", () => {
    assert.equal(poolSize({}), 0);
  });
});

describe("checkPool", () => {
  for (const size of [1, 1000]) {
    it(`accepts a size of ${size}`, () => {
      assert.deepEqual(checkPool(pool({ size })), []);
    });
  }

  for (const count of [1, 1000]) {
    it(`accepts a list of addresses of length ${count}`, () => {
      const addresses = numbered(count).map((i) => `10.0.${Math.floor(i / 250)}.${i % 250}`);
      assert.deepEqual(checkPool(pool({ addresses })), []);
    });
  }

  const range = "write a whole number from 1 to 1000";
  const cases: [string, PoolShape, Mistake[]][] = [
    [
      "refuses both addresses and size",
      pool({ addresses: ["10.0.0.10"], size: 2 }),
      [
        {
          path: [],
          keys: ["addresses", "size", "networkInterfaceIds"],
          message: "has addresses (1) and size (2); write one of them",
        },
      ],
    ],
    [
      "refuses neither addresses nor size",
      pool({}),
      [
        {
          path: [],
          keys: ["addresses", "size", "networkInterfaceIds"],
          message:
            'has no interfaces; write addresses: ["10.0.0.10"] for fixed addresses, size: 1, or networkInterfaceIds',
        },
      ],
    ],
    ["refuses size 0", pool({ size: 0 }), [{ path: ["size"], message: `is 0; ${range}` }]],
    ["refuses size -1", pool({ size: -1 }), [{ path: ["size"], message: `is -1; ${range}` }]],
    ["refuses size 1.5", pool({ size: 1.5 }), [{ path: ["size"], message: `is 1.5; ${range}` }]],
    ["refuses size 1001", pool({ size: 1001 }), [{ path: ["size"], message: `is 1001; ${range}` }]],
    ["refuses size NaN", pool({ size: NaN }), [{ path: ["size"], message: `is NaN; ${range}` }]],
    [
      "refuses an empty list of addresses",
      pool({ addresses: [] }),
      [{ path: ["addresses"], message: "has 0 entries; write 1 to 1000" }],
    ],
    [
      "refuses 1001 addresses",
      pool({ addresses: numbered(1001).map((i) => `10.1.${Math.floor(i / 250)}.${i % 250}`) }),
      [{ path: ["addresses"], message: "has 1001 entries; write 1 to 1000" }],
    ],
    [
      "refuses an address that is there twice, and names its first place",
      pool({ addresses: ["10.0.0.9", "10.0.0.10", "10.0.0.10"] }),
      [
        {
          path: ["addresses", 2],
          message: "is 10.0.0.10, as addresses[1] is; write every address once",
        },
      ],
    ],
    [
      "puts a mistake of the name under the name",
      pool({ name: "", size: 1 }),
      [
        {
          path: ["name"],
          message: "is empty; write the pool's name, the value of its tag",
        },
      ],
    ],
    [
      "puts a mistake of the group under the group, measured by the pool",
      pool({ addresses: ["10.0.0.10"], group: { maxSize: 2 } }),
      [
        {
          path: ["group", "maxSize"],
          message: "is 2; write a whole number from 0 to 1, the interfaces of the pool",
        },
      ],
    ],
    [
      "says nothing of a group's capacity while the pool has no size",
      pool({ group: { maxSize: 2 } }),
      [
        {
          path: [],
          keys: ["addresses", "size", "networkInterfaceIds"],
          message:
            'has no interfaces; write addresses: ["10.0.0.10"] for fixed addresses, size: 1, or networkInterfaceIds',
        },
      ],
    ],
    [
      "blames the size alone when the group's capacity follows from it",
      pool({ size: 1.5, group: {} }),
      [{ path: ["size"], message: `is 1.5; ${range}` }],
    ],
    [
      "takes an address of a range for documentation, which a VPC may use",
      pool({ addresses: ["203.0.113.10"] }),
      [],
    ],
    [
      "refuses an address that no VPC can use",
      pool({ addresses: ["240.0.0.1"] }),
      [
        {
          path: ["addresses", 0],
          message:
            "is 240.0.0.1, which is reserved (reserved); write an address of the pool's subnet",
        },
      ],
    ],
    [
      "refuses a name with characters that rights can't name",
      pool({ name: "pool-東京", size: 1 }),
      [
        {
          path: ["name"],
          message:
            "has the character \"東\", which the manager's rights can't name; write characters of Latin-1",
        },
      ],
    ],
    [
      "accepts a list of further addresses for each address",
      pool({ addresses: ["10.0.0.10", "10.0.0.11"], secondaryAddresses: [["10.0.0.20"], []] }),
      [],
    ],
    [
      "refuses fewer lists of further addresses than there are addresses",
      pool({ addresses: ["10.0.0.10", "10.0.0.11"], secondaryAddresses: [["10.0.0.20"]] }),
      [
        {
          path: ["secondaryAddresses"],
          message:
            "has 1 lists for 2 addresses; write one for each address in the same order, [] for none",
        },
      ],
    ],
    [
      "refuses further addresses beside a size",
      pool({ size: 1, secondaryAddresses: [["10.0.0.20"]] }),
      [
        {
          path: [],
          keys: ["addresses", "secondaryAddresses"],
          message: "has secondaryAddresses and size; write addresses, one for each list",
        },
      ],
    ],
    [
      "blames the missing addresses alone where there are further ones",
      pool({ secondaryAddresses: [["10.0.0.20"]] }),
      [
        {
          path: [],
          keys: ["addresses", "size", "networkInterfaceIds"],
          message:
            'has no interfaces; write addresses: ["10.0.0.10"] for fixed addresses, size: 1, or networkInterfaceIds',
        },
      ],
    ],
    [
      "accepts interfaces that exist already",
      pool({ networkInterfaceIds: ["eni-1", "eni-2"] }),
      [],
    ],
    [
      "refuses interfaces that exist already beside addresses and size",
      pool({ addresses: ["10.0.0.10"], size: 2, networkInterfaceIds: ["eni-1"] }),
      [
        {
          path: [],
          keys: ["addresses", "size", "networkInterfaceIds"],
          message: "has addresses (1) and size (2) and networkInterfaceIds (1); write one of them",
        },
      ],
    ],
    [
      "refuses an empty list of interfaces",
      pool({ networkInterfaceIds: [] }),
      [{ path: ["networkInterfaceIds"], message: "has 0 entries; write 1 to 1000" }],
    ],
    [
      "refuses what is no id of an interface, and one that is there twice",
      pool({ networkInterfaceIds: ["eni-1", "i-1", "eni-1"] }),
      [
        {
          path: ["networkInterfaceIds", 1],
          message: 'is "i-1"; write a network interface id like eni-0123456789abcdef0',
        },
        {
          path: ["networkInterfaceIds", 2],
          message: "is eni-1, as networkInterfaceIds[0] is; write every interface once",
        },
      ],
    ],
    [
      "refuses what interfaces that exist already have of their own",
      pool({ networkInterfaceIds: ["eni-1"], ipv6AddressCount: 0, securityGroupIds: ["sg-1"] }),
      ["ipv6AddressCount", "securityGroupIds"].map((key) => ({
        path: [key],
        message: "is given, but interfaces that exist already keep their own; leave it out",
      })),
    ],
    [
      "measures a group by the interfaces that exist already",
      pool({ networkInterfaceIds: ["eni-1"], group: { maxSize: 2 } }),
      [
        {
          path: ["group", "maxSize"],
          message: "is 2; write a whole number from 0 to 1, the interfaces of the pool",
        },
      ],
    ],
    [
      "reports all mistakes of a pool in the order of its keys",
      pool({ name: " ", addresses: ["10.0.0.1", "::1"], group: { maxSize: 3 } }),
      [
        { path: ["name"], message: "is empty; write the pool's name, the value of its tag" },
        { path: ["addresses", 1], message: 'is "::1"; write an IPv4 address like 10.0.0.10' },
        {
          path: ["group", "maxSize"],
          message: "is 3; write a whole number from 0 to 2, the interfaces of the pool",
        },
      ],
    ],
  ];
  for (const [behaviour, shape, mistakes] of cases) {
    it(behaviour, () => {
      assert.deepEqual(checkPool(shape), mistakes);
    });
  }

  const noAddresses = [
    "",
    "10",
    "10.0.0",
    "10.0.0.256",
    "010.0.0.10",
    "10.0.0.010",
    "0x0a.0.0.10",
    " 10.0.0.10",
    "10.0.0.10/32",
    "10.0.0.10.",
    "::1",
    "::ffff:10.0.0.10",
    "ip-10-0-0-10",
  ];
  for (const address of noAddresses) {
    it(`refuses "${address}" as an address`, () => {
      assert.deepEqual(checkPool(pool({ addresses: [address] })), [
        {
          path: ["addresses", 0],
          message: `is "${address}"; write an IPv4 address like 10.0.0.10`,
        },
      ]);
    });
  }

  const reserved = {
    "0.0.0.0": "unspecified",
    "127.0.0.1": "loopback",
    "169.254.169.254": "linkLocal",
    "224.0.0.1": "multicast",
    "240.0.0.1": "reserved",
    "255.255.255.255": "broadcast",
  };
  for (const [address, kind] of Object.entries(reserved)) {
    it(`refuses ${address}, which is ${kind}`, () => {
      assert.deepEqual(checkPool(pool({ addresses: [address] })), [
        {
          path: ["addresses", 0],
          message: `is ${address}, which is reserved (${kind}); write an address of the pool's subnet`,
        },
      ]);
    });
  }

  it("accepts every address of the private ranges as it is written by its four numbers", () => {
    const byte = fc.integer({ min: 0, max: 255 });
    const address = fc.oneof(
      fc.tuple(fc.constant(10), byte, byte, byte),
      fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), byte, byte),
      fc.tuple(fc.constant(192), fc.constant(168), byte, byte),
    );
    fc.assert(
      fc.property(address, (parts) => {
        assert.deepEqual(checkPool(pool({ addresses: [parts.join(".")] })), []);
      }),
    );
  });
});

describe("checkName", () => {
  it("accepts 128 characters", () => {
    assert.deepEqual(checkName("n".repeat(128)), []);
  });

  it("refuses 129 characters", () => {
    const message = "has 129 characters; write at most 128";
    assert.deepEqual(checkName("n".repeat(129)), [{ path: [], message }]);
  });

  for (const name of ["", " \t"]) {
    it(`refuses ${JSON.stringify(name)}`, () => {
      const message = "is empty; write the pool's name, the value of its tag";
      assert.deepEqual(checkName(name), [{ path: [], message }]);
    });
  }

  for (const name of ["data,management", ",", "licence,"]) {
    it(`refuses ${JSON.stringify(name)}, whose comma would make several names of it`, () => {
      const found = "has a comma, which parts the names of several pools in a tag";
      const message = `${found}; write a name without one`;
      assert.deepEqual(checkName(name), [{ path: [], message }]);
    });
  }
});

/** A pool of three interfaces. */
const three = { interfaceCount: 3, hasStandbys: false };

describe("checkGroup", () => {
  const upTo = (value: number, most: number, what: string) =>
    `is ${value}; write a whole number from 0 to ${most}, ${what}`;
  const ofPool = "the interfaces of the pool";
  const ofGroup = "the group's maxSize";

  for (const group of [
    {},
    { maxSize: 0 },
    { maxSize: 3 },
    { desiredCapacity: 0 },
    { desiredCapacity: 3 },
    { desiredCapacity: 2, maxSize: 2 },
    { imageId: "ami-1" },
    { imageParameter: "/images/debian" },
  ]) {
    it(`accepts ${JSON.stringify(group)} for 3 interfaces`, () => {
      assert.deepEqual(checkGroup(group, three), []);
    });
  }

  const cases: [string, Parameters<typeof checkGroup>[0], Mistake[]][] = [
    [
      "refuses two images",
      { imageId: "ami-1", imageParameter: "/images/debian" },
      [
        {
          path: [],
          keys: ["imageId", "imageParameter"],
          message: "has both imageId and imageParameter; write one of them",
        },
      ],
    ],
    [
      "refuses a maxSize above the pool",
      { maxSize: 4 },
      [{ path: ["maxSize"], message: upTo(4, 3, ofPool) }],
    ],
    [
      "refuses a desiredCapacity above the pool",
      { desiredCapacity: 4 },
      [{ path: ["desiredCapacity"], message: upTo(4, 3, ofGroup) }],
    ],
    [
      "refuses a desiredCapacity above maxSize",
      { desiredCapacity: 3, maxSize: 2 },
      [{ path: ["desiredCapacity"], message: upTo(3, 2, ofGroup) }],
    ],
    [
      "refuses a desiredCapacity of -1",
      { desiredCapacity: -1 },
      [{ path: ["desiredCapacity"], message: upTo(-1, 3, ofGroup) }],
    ],
    [
      "refuses a desiredCapacity of 1.5",
      { desiredCapacity: 1.5 },
      [{ path: ["desiredCapacity"], message: upTo(1.5, 3, ofGroup) }],
    ],
    [
      "blames maxSize alone when it is negative",
      { maxSize: -1 },
      [{ path: ["maxSize"], message: upTo(-1, 3, ofPool) }],
    ],
    [
      "blames maxSize alone when it is no whole number",
      { maxSize: 1.5 },
      [{ path: ["maxSize"], message: upTo(1.5, 3, ofPool) }],
    ],
  ];
  for (const [behaviour, group, mistakes] of cases) {
    it(behaviour, () => {
      assert.deepEqual(checkGroup(group, three), mistakes);
    });
  }

  it("lets a group with standbys have any number of instances, but a whole one", () => {
    const limit = { ...three, hasStandbys: true };
    assert.deepEqual(checkGroup({ maxSize: 9, desiredCapacity: 8 }, limit), []);
    assert.deepEqual(checkGroup({ maxSize: 9, desiredCapacity: 10 }, limit), [
      { path: ["desiredCapacity"], message: upTo(10, 9, ofGroup) },
    ]);
    assert.deepEqual(checkGroup({ maxSize: 4.5 }, limit), [
      { path: ["maxSize"], message: "is 4.5; write a whole number of instances" },
    ]);
  });

  it("says nothing of the capacity while the size of the pool is not known", () => {
    assert.deepEqual(checkGroup({ maxSize: 4, desiredCapacity: 9 }, undefined), []);
  });
});

describe("checkPool, of further pools,", () => {
  const checkWith = (...furtherPools: string[]) =>
    checkPool({ name: "data", size: 2, group: { furtherPools } });
  const path = (index: number) => ["group", "furtherPools", index];

  it("accepts names of others", () => {
    assert.deepEqual(checkWith("management", "backup"), []);
  });

  it("refuses one that is there twice, and the group's own", () => {
    const wanted = "write every pool once, and the group's own not at all";
    assert.deepEqual(checkWith("management", "management"), [
      { path: path(1), message: `is "management" once more; ${wanted}` },
    ]);
    assert.deepEqual(checkWith("data"), [
      { path: path(0), message: `is "data" once more; ${wanted}` },
    ]);
  });

  it("refuses what can't be a pool's name", () => {
    const [mistake] = checkWith("");
    assert.deepEqual(mistake?.path, path(0));
  });
});
