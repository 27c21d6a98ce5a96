import assert from "node:assert/strict";
import {
  checkInstanceType,
  type DemandingPool,
  isDemanding,
} from "../../components/instanceTypeChecks";

const pool = {
  addresses: ["10.0.0.10", "10.0.0.11"],
  secondaryAddresses: [["10.0.0.20", "10.0.0.21"], []],
};

describe("checkInstanceType", () => {
  const limits = {
    instanceType: "t4g.micro",
    maximumNetworkInterfaces: 3,
    maximumIpv4AddressesPerInterface: 2,
    maximumIpv6AddressesPerInterface: 2,
  };

  it("accepts as many addresses as the type takes, the first of each interface included", () => {
    const full = { ...pool, secondaryAddresses: [["10.0.0.20"], []], ipv6AddressCount: 2 };
    assert.deepEqual(checkInstanceType(full, limits), []);
  });

  it("accepts a pool without further addresses on a type that takes no IPv6", () => {
    assert.deepEqual(checkInstanceType({}, { ...limits, maximumIpv6AddressesPerInterface: 0 }), []);
  });

  it("refuses one more of either", () => {
    assert.deepEqual(checkInstanceType({ ...pool, ipv6AddressCount: 3 }, limits), [
      {
        path: ["secondaryAddresses", 0],
        message:
          "has 2 addresses, but t4g.micro takes 1 beside the first; write at most 1, or a larger group.instanceType",
      },
      {
        path: ["ipv6AddressCount"],
        message:
          "is 3, but t4g.micro takes 2 on an interface; write at most 2, or a larger group.instanceType",
      },
    ]);
  });

  it("accepts as many pools as the type takes beside its primary interface", () => {
    assert.deepEqual(checkInstanceType({ group: { furtherPools: ["management"] } }, limits), []);
    assert.deepEqual(
      checkInstanceType({ group: {} }, { ...limits, maximumNetworkInterfaces: 2 }),
      [],
    );
  });

  it("refuses one pool more", () => {
    const group = { furtherPools: ["management", "backup"] };
    assert.deepEqual(checkInstanceType({ group }, limits), [
      {
        path: ["group", "instanceType"],
        message:
          "is t4g.micro, which takes 3 network interfaces, but the instances need 4, " +
          "their primary one and one of each pool; write a larger type, or fewer furtherPools",
      },
    ]);
  });
});

describe("isDemanding", () => {
  for (const [what, shape, expected] of [
    [
      "a pool of one address each",
      { secondaryAddresses: [[], []], ipv6AddressCount: 0, group: {} },
      false,
    ],
    ["secondary addresses", { secondaryAddresses: [[], ["10.0.0.20"]] }, true],
    ["an IPv6 address", { ipv6AddressCount: 1 }, true],
    ["a further pool", { group: { furtherPools: ["management"] } }, true],
    ["a list of no further pools", { group: { furtherPools: [] } }, false],
  ] as [string, DemandingPool, boolean][]) {
    it(`says ${expected ? "yes" : "no"} to ${what}`, () => {
      assert.equal(isDemanding(shape), expected);
    });
  }
});
