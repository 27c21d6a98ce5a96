import assert from "node:assert/strict";
import {
  type AddressShape,
  checkAddresses,
  isUsableAddress,
  writtenAddresses,
} from "../../components/addressChecks";
import type { Mistake } from "../../components/mistakes";

const pool: AddressShape = {
  addresses: ["10.0.0.10", "10.0.0.11"],
  secondaryAddresses: [["10.0.0.20", "10.0.0.21"], []],
};

describe("writtenAddresses", () => {
  it("gives the first address of every interface, then the others, with their paths", () => {
    assert.deepEqual(writtenAddresses(pool), [
      { path: ["addresses", 0], address: "10.0.0.10" },
      { path: ["addresses", 1], address: "10.0.0.11" },
      { path: ["secondaryAddresses", 0, 0], address: "10.0.0.20" },
      { path: ["secondaryAddresses", 0, 1], address: "10.0.0.21" },
    ]);
  });

  it("gives none of a pool that has only a size", () => {
    assert.deepEqual(writtenAddresses({}), []);
  });
});

describe("isUsableAddress", () => {
  for (const [address, isUsable] of [
    ["10.0.0.10", true],
    ["203.0.113.10", true],
    ["224.0.0.1", false],
    ["::1", false],
  ] as const) {
    it(`says ${isUsable ? "yes" : "no"} to ${address}`, () => {
      assert.equal(isUsableAddress(address), isUsable);
    });
  }
});

describe("checkAddresses", () => {
  const cases: [string, AddressShape, Mistake[]][] = [
    ["accepts further addresses", pool, []],
    ["accepts 0 and more IPv6 addresses", { ipv6AddressCount: 0 }, []],
    [
      "refuses a further address that is none",
      { ...pool, secondaryAddresses: [[], ["10.0.0.20", "::1"]] },
      [
        {
          path: ["secondaryAddresses", 1, 1],
          message: 'is "::1"; write an IPv4 address like 10.0.0.10',
        },
      ],
    ],
    [
      "refuses a further address that is another interface's first, and names that one's place",
      { ...pool, secondaryAddresses: [["10.0.0.11"], []] },
      [
        {
          path: ["secondaryAddresses", 0, 0],
          message: "is 10.0.0.11, as addresses[1] is; write every address once",
        },
      ],
    ],
    [
      "refuses a further address that is there three times, and names the first place twice",
      { ...pool, secondaryAddresses: [["10.0.0.20", "10.0.0.20"], ["10.0.0.20"]] },
      [
        {
          path: ["secondaryAddresses", 0, 1],
          message: "is 10.0.0.20, as secondaryAddresses[0][0] is; write every address once",
        },
        {
          path: ["secondaryAddresses", 1, 0],
          message: "is 10.0.0.20, as secondaryAddresses[0][0] is; write every address once",
        },
      ],
    ],
    ...[-1, 1.5, NaN].map((count): [string, AddressShape, Mistake[]] => [
      `refuses ${count} IPv6 addresses`,
      { ipv6AddressCount: count },
      [
        {
          path: ["ipv6AddressCount"],
          message: `is ${count}; write a whole number of addresses, 0 or more`,
        },
      ],
    ]),
  ];
  for (const [behaviour, shape, mistakes] of cases) {
    it(behaviour, () => {
      assert.deepEqual(checkAddresses(shape), mistakes);
    });
  }
});
