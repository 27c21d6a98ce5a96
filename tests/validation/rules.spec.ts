import * as fc from "fast-check";
import assert from "node:assert/strict";
import { checkInstanceType } from "../../components/instanceTypeChecks";
import { checkInterfaces, type ExistingInterface } from "../../components/interfaceChecks";
import { checkPoolInSubnet } from "../../components/subnetChecks";

describe("what no configuration against mocks shows", () => {
  it("AWS keeps the first four addresses and the last of any subnet, and no other", () => {
    const numberOf = (parts: number[]) => parts.reduce((sum, part) => sum * 256 + part, 0);
    const textOf = (number: number) =>
      [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join(".");
    const place = fc.record({
      prefix: fc.integer({ min: 16, max: 28 }),
      network: fc.integer({ min: 0, max: 2 ** 16 - 1 }),
      offset: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      edge: fc.option(fc.integer({ min: 0, max: 5 })),
    });
    fc.assert(
      fc.property(place, ({ prefix, network, offset, edge }) => {
        const count = 2 ** (32 - prefix);
        const first = numberOf([10, 0, 0, 0]) + (network % (2 ** 24 / count)) * count;
        const index = edge === null ? Math.floor(offset * count) : edge === 5 ? count - 1 : edge;
        const pool = { name: "licence", addresses: [textOf(first + index)] };
        const mistakes = checkPoolInSubnet(pool, { cidrBlock: `${textOf(first)}/${prefix}` });
        assert.equal(mistakes.length, index < 4 || index === count - 1 ? 1 : 0);
      }),
      { numRuns: 500 },
    );
  });

  it("a subnet without an IPv6 range has an empty one", () => {
    const subnet = { cidrBlock: "10.2.0.16/28", ipv6CidrBlock: "" };
    const pool = { name: "licence", size: 1, ipv6AddressCount: 1 };
    const found = "is 1, but subnet 10.2.0.16/28 has no IPv6 range";
    const message = `${found}; give the subnet one, or leave this out`;
    assert.deepEqual(checkPoolInSubnet(pool, subnet), [{ path: ["ipv6AddressCount"], message }]);
  });

  it("an instance type without IPv6 takes a pool without it", () => {
    const limits = {
      instanceType: "t2.small",
      maximumNetworkInterfaces: 3,
      maximumIpv4AddressesPerInterface: 4,
      maximumIpv6AddressesPerInterface: 0,
    };
    assert.deepEqual(checkInstanceType({ secondaryAddresses: [["10.0.0.20"]] }, limits), []);
  });

  it("an interface at device index 0 of a second network card can be detached", () => {
    const existing: ExistingInterface = {
      networkInterfaceId: "eni-1",
      availabilityZone: "eu-west-1a",
      subnetId: "subnet-a",
      vpcId: "vpc-1",
      privateIp: "10.1.0.10",
      macAddress: "02:00:00:00:00:01",
      ipv6Addresses: [],
      securityGroups: ["sg-1"],
      interfaceType: "interface",
      tags: { Name: "licence server", pool: "cluster" },
      attachment: {
        attachmentId: "eni-attach-1",
        instanceId: "i-1",
        instanceOwnerId: "111122223333",
        deviceIndex: 0,
        networkCardIndex: 1,
        deleteOnTermination: false,
      },
    };
    assert.deepEqual(checkInterfaces([existing], { name: "licence", tagKey: "pool-tag" }), []);
  });
});
