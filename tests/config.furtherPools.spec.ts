import { assertRefuses, clearConfiguration, type Refusal } from "./configuration";

/** Two pools, of which the first one's instances have an interface of each. */
const both = (data: Record<string, unknown>, management: Record<string, unknown>) => ({
  pools: [
    {
      name: "data",
      subnetId: "subnet-a",
      size: 1,
      group: { furtherPools: ["management"], instanceType: "t4g.small" },
      ...data,
    },
    { name: "management", size: 1, ...management },
  ],
});

describe("readConfig, of several pools for one instance", () => {
  after(clearConfiguration);

  const refusals: Refusal[] = [
    [
      "more pools than the instance type takes",
      both({ group: { furtherPools: ["management"] } }, { subnetId: "subnet-a" }),
      [
        "pools[0].group.instanceType is t4g.micro, which takes 2 network interfaces, but the instances need 3, " +
          "their primary one and one of each pool; write a larger type, or fewer furtherPools",
      ],
    ],
    [
      "a pool in another zone, where it could never be attached",
      both({}, { subnetId: "subnet-small" }),
      [
        'pools[0].group.furtherPools[0] is "management" with interfaces in eu-west-1b, but the instances launch in ' +
          "eu-west-1a; write a pool that is there, too",
      ],
    ],
    [
      "a pool on demand that has no subnet where the instances launch",
      both(
        {},
        { size: undefined, onDemandSubnetIds: ["subnet-small"], securityGroupIds: ["sg-1"] },
      ),
      [
        'pools[0].group.furtherPools[0] is "management" with interfaces in eu-west-1b, but the instances launch in ' +
          "eu-west-1a; write a pool that is there, too",
      ],
    ],
    [
      "more addresses of a further pool than the instance type takes",
      both(
        {},
        {
          size: undefined,
          subnetId: "subnet-a2",
          addresses: ["10.1.1.10"],
          secondaryAddresses: [["10.1.1.20", "10.1.1.21", "10.1.1.22", "10.1.1.23"]],
        },
      ),
      [
        'pools[0].group.furtherPools[0] is "management", whose secondaryAddresses[0] has 4 addresses, but t4g.small ' +
          "takes 3 beside the first; write at most 3, or a larger group.instanceType",
      ],
    ],
  ];
  for (const [title, keys, mistakes] of refusals) {
    it(`refuses ${title}`, () => assertRefuses(keys, mistakes));
  }

  it("refuses a pool that is in one of the zones only in which the instances launch", () =>
    assertRefuses(
      {
        pools: [
          {
            name: "front",
            onDemandSubnetIds: ["subnet-a", "subnet-small"],
            securityGroupIds: ["sg-1"],
            group: { maxSize: 2, instanceType: "t4g.small", furtherPools: ["data"] },
          },
          { name: "data", subnetId: "subnet-a", size: 2 },
        ],
      },
      [
        'pools[0].group.furtherPools[0] is "data" with interfaces in eu-west-1a, but the instances launch in ' +
          "eu-west-1a, eu-west-1b; write a pool that is there, too",
      ],
    ));
});
