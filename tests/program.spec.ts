import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import program from "../index";
import { clearConfiguration, configure } from "./configuration";
import { asRecord, deploy, type Deployment, find, refuse, typesAndNames } from "./mocks";

const MANAGER = "network-interface-pool:index:NetworkInterfaceManager";
const POOL = "network-interface-pool:index:NetworkInterfacePool";
const INTERFACE = "aws:ec2/networkInterface:NetworkInterface";
const STACK = "Stack network-interface-pool-production";

/** A digest that changed would rename the pool's resources, and so replace its interfaces. */
const WEB = "pool-Web-servers-gr-e-74d44318";

const run = () => pulumi.runtime.runInPulumiStack(program);

function deployWith(keys: Record<string, unknown>): Promise<Deployment> {
  configure(keys);
  return deploy(run);
}

const interfaceIn = ({ registrations }: Deployment, name: string) =>
  find(registrations, INTERFACE, name).inputs;

const typesIn = ({ registrations }: Deployment) => registrations.map(({ type }) => type);

const poolsTold = ({ outputs }: Deployment) => asRecord(outputs[STACK]).pools;

describe("program", () => {
  after(clearConfiguration);

  describe("with one pool in a given subnet and one without a subnet", () => {
    let deployment: Deployment;
    before(async () => {
      deployment = await deployWith({
        pools: [
          { name: "licence", subnetId: "subnet-a", addresses: ["10.1.0.11", "10.1.0.10"] },
          { name: "Web servers / größe", size: 2, group: { maxSize: 1 } },
        ],
        tagKey: "team:pool",
        syncInterval: 5,
        logRetentionInDays: 7,
        alarmTopicArn: "arn:aws:sns:eu-west-1:123456789012:on-call",
        alarmAfterMinutes: 10,
        memorySize: 512,
      });
    });

    it("exports addresses, MACs, ids and zone of every pool by its name, and the function", () => {
      assert.deepEqual(deployment.outputs[STACK], {
        pools: {
          licence: {
            addresses: ["10.1.0.11", "10.1.0.10"],
            macAddresses: ["mac-of-licence-0", "mac-of-licence-1"],
            networkInterfaceIds: ["eni-licence-0", "eni-licence-1"],
            availabilityZone: "eu-west-1a",
          },
          "Web servers / größe": {
            addresses: [`chosen-for-${WEB}-0`, `chosen-for-${WEB}-1`],
            macAddresses: [`mac-of-${WEB}-0`, `mac-of-${WEB}-1`],
            networkInterfaceIds: [`eni-${WEB}-0`, `eni-${WEB}-1`],
            availabilityZone: "eu-west-1c",
            groupName: `${WEB}-1a2b`,
          },
        },
        managerFunctionName: "manager-1a2b",
      });
    });

    it("creates one manager, for these pools alone", () => {
      assert.equal(typesIn(deployment).filter((type) => type === MANAGER).length, 1);
      assert.deepEqual(find(deployment.registrations, MANAGER, "manager").inputs, {
        tagKey: "team:pool",
        pools: ["licence", "Web servers / größe"],
        syncInterval: 5,
        logRetentionInDays: 7,
        alarmTopicArn: "arn:aws:sns:eu-west-1:123456789012:on-call",
        alarmAfterMinutes: 10,
        memorySize: 512,
      });
    });

    it("creates a VPC with one public subnet in one zone for the pool without a subnet", () => {
      assert.deepEqual(find(deployment.registrations, "awsx:ec2:Vpc", "network").inputs, {
        cidrBlock: "10.0.0.0/20",
        numberOfAvailabilityZones: 1,
        natGateways: { strategy: "None" },
        subnetStrategy: "Auto",
        subnetSpecs: [{ type: "Public", cidrMask: 20 }],
      });
    });

    it("puts each pool into its subnet", () => {
      assert.equal(interfaceIn(deployment, "licence-0").subnetId, "subnet-a");
      assert.equal(interfaceIn(deployment, `${WEB}-0`).subnetId, "subnet-trial");
    });

    it("keeps a pool's name in tags where it can't be a resource's name", () => {
      assert.deepEqual(interfaceIn(deployment, `${WEB}-0`).tags, {
        Name: "Web servers / größe-0",
        "team:pool": "Web servers / größe",
      });
    });
  });

  describe("with a pool of public and further addresses", () => {
    let deployment: Deployment;
    before(async () => {
      deployment = await deployWith({
        pools: [
          {
            name: "nat",
            addresses: ["10.0.0.10"],
            secondaryAddresses: [["10.0.0.20"]],
            publicAddresses: true,
            sourceDestCheck: false,
          },
          { name: "dual", subnetId: "subnet-dual", size: 1, ipv6AddressCount: 1 },
        ],
      });
    });

    it("hands them to the interfaces", () => {
      const { privateIpLists, sourceDestCheck } = interfaceIn(deployment, "nat-0");
      assert.deepEqual([privateIpLists, sourceDestCheck], [["10.0.0.10", "10.0.0.20"], false]);
      assert.equal(interfaceIn(deployment, "dual-0").ipv6AddressCount, 1);
    });

    it("exports public and IPv6 addresses of the pools that have them", () => {
      assert.deepEqual(poolsTold(deployment), {
        nat: {
          addresses: ["10.0.0.10"],
          publicAddresses: ["public-ip-of-nat-0"],
          macAddresses: ["mac-of-nat-0"],
          networkInterfaceIds: ["eni-nat-0"],
          availabilityZone: "eu-west-1c",
        },
        dual: {
          addresses: ["chosen-for-dual-0"],
          ipv6Addresses: [["ipv6-0-of-dual-0"]],
          macAddresses: ["mac-of-dual-0"],
          networkInterfaceIds: ["eni-dual-0"],
          availabilityZone: "eu-west-1a",
        },
      });
    });
  });

  it("tells the manager, and not the pool, what a pool's attachments have of their own", async () => {
    const own = { detachAfterOtherHooks: true, enaSrd: "tcp", enaQueueCount: 2 };
    const { registrations } = await deployWith({
      pools: [{ name: "data", subnetId: "subnet-a", size: 1, ...own }],
    });
    assert.deepEqual(find(registrations, MANAGER, "manager").inputs.pools, [
      { name: "data", ...own },
    ]);
    const pool = find(registrations, POOL, "data").inputs;
    assert.deepEqual(
      Object.keys(own).filter((key) => key in pool),
      [],
    );
  });

  describe("with a pool of interfaces that exist already", () => {
    let deployment: Deployment;
    before(async () => {
      deployment = await deployWith({
        pools: [{ name: "licence", networkInterfaceIds: ["eni-held"], group: {} }],
      });
    });

    it("makes neither interfaces nor a VPC", () => {
      const types = typesIn(deployment);
      assert.ok(types.includes("aws:ec2/tag:Tag"));
      assert.ok(!types.includes(INTERFACE) && !types.includes("awsx:ec2:Vpc"));
    });

    it("exports what they are", () => {
      assert.deepEqual(poolsTold(deployment), {
        licence: {
          addresses: ["address-of-eni-held"],
          macAddresses: ["mac-of-eni-held"],
          networkInterfaceIds: ["eni-held"],
          availabilityZone: "eu-west-1a",
          groupName: "licence-1a2b",
        },
      });
    });
  });

  describe("with pools in given subnets", () => {
    let deployment: Deployment;
    before(async () => {
      const names = ["n".repeat(40), "m".repeat(41), "a b", "a/b", "sg-1"];
      deployment = await deployWith({
        pools: names.map((name) => ({ name, subnetId: "subnet-a", size: 1 })),
      });
    });

    it("creates no VPC", () => {
      assert.ok(!typesIn(deployment).some((type) => type.startsWith("awsx:")));
    });

    it("gives long and special names resource names of at most 40 characters, each its own", () => {
      const pools = deployment.registrations.filter(({ type }) => type === POOL);
      assert.deepEqual(
        pools.map(({ name, inputs }) => [inputs.poolName, name]),
        [
          ["n".repeat(40), "n".repeat(40)],
          ["m".repeat(41), `pool-${"m".repeat(26)}-f45be713`],
          ["a b", "pool-a-b-c8687a08"],
          ["a/b", "pool-a-b-c14cddc0"],
          ["sg-1", "pool-sg-1-133680d2"],
        ],
      );
    });
  });

  describe("with pools whose groups' instances have interfaces of each other's, too", () => {
    const shared = (name: string, further: string, size: number, maxSize: number) => ({
      name,
      subnetId: "subnet-a",
      size,
      group: { maxSize, furtherPools: [further], instanceType: "t4g.small" },
    });
    const deployPools = (...pools: object[]) => deployWith({ pools });
    const groupOf = ({ registrations }: Deployment, name: string) =>
      find(registrations, "aws:autoscaling/group:Group", name);
    const percentagesOf = (deployment: Deployment, name: string) => {
      const { instanceRefresh } = groupOf(deployment, name).inputs;
      const { preferences } = asRecord(instanceRefresh);
      const { minHealthyPercentage, maxHealthyPercentage } = asRecord(preferences);
      return [minHealthyPercentage, maxHealthyPercentage];
    };

    it("has each group wait for all interfaces, so that it goes before them", async () => {
      const deployment = await deployPools(
        shared("data", "management", 2, 1),
        shared("management", "data", 2, 1),
      );
      for (const name of ["data", "management"]) {
        const { dependencies } = groupOf(deployment, name);
        const further = name === "data" ? "management" : "data";
        for (const slot of [0, 1]) {
          assert.ok(dependencies.includes(`NetworkInterface ${further}-${slot}`), name);
        }
      }
    });

    const onDemand = (further: string, maxSize: number) => ({
      name: "backend",
      onDemandSubnetIds: ["subnet-a"],
      securityGroupIds: ["sg-1"],
      group: { maxSize, furtherPools: [further], instanceType: "t4g.small" },
    });
    const nat = { subnetId: "subnet-a", addresses: ["10.1.0.10"], publicAddresses: true };
    for (const [what, further, expected] of [
      ["tags", { networkInterfaceIds: ["eni-held"] }, ["Tag further-eni-held"]],
      ["addresses", nat, ["EipAssociation further-0", "NetworkInterface further-0"]],
    ] as const) {
      it(`has a group on demand wait for the ${what} of a further pool`, async () => {
        const pools = [onDemand("further", 1), { name: "further", ...further }];
        const { dependencies } = groupOf(await deployPools(...pools), "backend");
        assert.deepEqual(
          dependencies.filter((name) => name.includes(" further-")),
          expected,
        );
      });
    }

    const data = (size: number) => shared("data", "management", size, 3);
    const refreshes: [string, Record<string, object[]>, number[]][] = [
      [
        "first launches where every pool has room",
        {
          data: [data(4), { name: "management", subnetId: "subnet-a", size: 4 }],
          backend: [
            onDemand("management", 3),
            { name: "management", subnetId: "subnet-a", size: 4 },
          ],
        },
        [100, 133],
      ],
      [
        "first launches where there is room for those of all groups at once",
        { web: [shared("web", "api", 6, 2), shared("api", "web", 6, 2)] },
        [100, 150],
      ],
      [
        "first terminates where one of them has none, or none beside another group",
        {
          data: [data(6), { name: "management", subnetId: "subnet-a", size: 3 }],
          management: [
            shared("data", "management", 1, 1),
            { name: "management", subnetId: "subnet-a", size: 4, group: { maxSize: 3 } },
          ],
          // Each has room for one replacement, and both groups may be refreshed at once.
          web: [shared("web", "api", 5, 2), shared("api", "web", 5, 2)],
        },
        [90, 100],
      ],
    ];
    for (const [title, cases, percentages] of refreshes) {
      it(`${title}, in an instance refresh`, async () => {
        for (const [name, pools] of Object.entries(cases)) {
          const deployment = await deployPools(...pools);
          assert.deepEqual(percentagesOf(deployment, name), percentages, name);
        }
      });
    }
  });

  it("creates nothing when the configuration has a mistake", async () => {
    configure({ pools: [{ name: "licence", size: 0 }] });
    const { error, registrations } = await refuse(run);
    assert.ok(pulumi.RunError.isInstance(error));
    assert.deepEqual(typesAndNames(registrations), [
      "pulumi:pulumi:Stack network-interface-pool-production",
    ]);
  });
});
