import * as fc from "fast-check";
import assert from "node:assert/strict";
import type { PoolShape } from "../../components/checks";
import { checkPoolInSubnet } from "../../components/subnetChecks";

const pool = (shape: Partial<PoolShape>): PoolShape => ({ name: "licence", ...shape });

describe("checkPoolInSubnet", () => {
  const subnet = { cidrBlock: "10.2.0.16/28" };
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

  it("refuses a further address that is outside", () => {
    const secondaryAddresses = [["10.2.0.26", "10.2.0.32"]];
    assert.deepEqual(
      checkPoolInSubnet(pool({ addresses: ["10.2.0.25"], secondaryAddresses }), subnet),
      [
        {
          path: ["secondaryAddresses", 0, 1],
          message: `is 10.2.0.32, which is outside subnet 10.2.0.16/28; ${usable}`,
        },
      ],
    );
  });

  it("accepts IPv6 addresses where the subnet has a range of them", () => {
    const dual = { ...subnet, ipv6CidrBlock: "2001:db8::/64" };
    assert.deepEqual(checkPoolInSubnet(pool({ size: 1, ipv6AddressCount: 2 }), dual), []);
  });

  it("accepts none of them where it has none", () => {
    assert.deepEqual(checkPoolInSubnet(pool({ size: 1, ipv6AddressCount: 0 }), subnet), []);
  });

  for (const [range, ipv6CidrBlock] of [
    ["absent", undefined],
    ["empty", ""],
  ] as const) {
    it(`refuses one where the range is ${range}`, () => {
      const single = { ...subnet, ipv6CidrBlock };
      assert.deepEqual(checkPoolInSubnet(pool({ size: 1, ipv6AddressCount: 1 }), single), [
        {
          path: ["ipv6AddressCount"],
          message:
            "is 1, but subnet 10.2.0.16/28 has no IPv6 range; give the subnet one, or leave this out",
        },
      ]);
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
        const mistakes = checkPoolInSubnet(pool({ addresses: [address] }), { cidrBlock });
        assert.equal(mistakes.length, isKept ? 1 : 0);
      }),
      { numRuns: 500 },
    );
  });
});
