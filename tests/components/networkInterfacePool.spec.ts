import * as aws from "@pulumi/aws";
import assert from "node:assert/strict";
import { NetworkInterfaceManager } from "../../components/networkInterfaceManager";
import {
  NetworkInterfacePool,
  type NetworkInterfacePoolArgs,
} from "../../components/networkInterfacePool";
import { type Registration, shortName } from "../../simulator/deploy/registrations";
import { valueOf } from "../../simulator/deploy/engine";
import {
  deploy,
  type Deployment,
  type DeploymentOptions,
  find,
  typesAndNames,
  UNKNOWN,
} from "../mocks";

const INTERFACE = "aws:ec2/networkInterface:NetworkInterface";
const SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup";
const MANAGER = "network-interface-pool:index:NetworkInterfaceManager";
const POOL = "network-interface-pool:index:NetworkInterfacePool licence";
const GROUP = "network-interface-pool:index:SingleZoneGroup";

/** `Type name` of the resources of a component. */
const childrenOf = (registrations: Registration[], parent: string) =>
  registrations
    .filter((registration) => registration.parent === parent)
    .map(({ type, name }) => shortName(`::::${type}::${name}`));

describe("NetworkInterfacePool", () => {
  // Serialising a manager's function takes a second, so the specs share what they only look at.
  let shared: NetworkInterfaceManager;
  let managerResources: string[];
  let whole: Deployment & { value: NetworkInterfacePool };
  before(async () => {
    const manager = await deploy(
      () => new NetworkInterfaceManager("shared", { tagKey: "team:pool" }),
    );
    shared = manager.value;
    managerResources = childrenOf(manager.registrations, "NetworkInterfaceManager shared").sort();
    whole = await deploy(
      () =>
        new NetworkInterfacePool("licence", {
          subnetId: "subnet-a",
          addresses: ["10.1.0.11", "10.1.0.10"],
          group: { maxSize: 1 },
        }),
    );
  });

  /** A pool with the shared manager. */
  const deployPool = (args: Partial<NetworkInterfacePoolArgs>, options?: DeploymentOptions) => {
    const defaults = { subnetId: "subnet-a", manager: shared, securityGroupIds: ["sg-1"] };
    return deploy(() => new NetworkInterfacePool("licence", { ...defaults, ...args }), options);
  };

  const interfacesOf = ({ registrations }: Deployment) =>
    registrations
      .filter(({ type }) => type === INTERFACE)
      .sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));

  const onlyInterface = (deployment: Deployment): Registration => {
    const [first, ...others] = interfacesOf(deployment);
    assert.ok(first !== undefined && others.length === 0);
    return first;
  };

  it("creates interfaces, a security group, a manager and a group", () => {
    assert.deepEqual(childrenOf(whole.registrations, "NetworkInterfacePool licence").sort(), [
      "NetworkInterface licence-0",
      "NetworkInterface licence-1",
      "NetworkInterfaceManager licence-manager",
      "SecurityGroup licence",
      "SingleZoneGroup licence",
    ]);
  });

  it("creates nothing else beside them", () => {
    const top = whole.registrations.filter(({ parent }) => parent === "");
    assert.deepEqual(typesAndNames(top), [POOL]);
  });

  it("creates interfaces alone where manager, security groups and no group are given", async () => {
    const { value, registrations } = await deployPool({ size: 2 });
    assert.equal(value.group, undefined);
    assert.deepEqual(typesAndNames(registrations), [
      `${INTERFACE} licence-0`,
      `${INTERFACE} licence-1`,
      POOL,
    ]);
  });

  describe("interfaces", () => {
    it("have the fixed addresses in slot order", () => {
      const slot = (index: number, address: string) => ({
        subnetId: "subnet-a",
        privateIps: [address],
        securityGroups: ["sg-licence"],
        description: `Slot ${index} of a network interface pool`,
        tags: { Name: `licence-${index}`, "network-interface-manager-pool": "licence" },
      });
      assert.deepEqual(
        interfacesOf(whole).map(({ inputs }) => inputs),
        [slot(0, "10.1.0.11"), slot(1, "10.1.0.10")],
      );
    });

    it("leave the address to EC2 where only a size is given", async () => {
      assert.deepEqual(onlyInterface(await deployPool({ size: 1 })).inputs, {
        subnetId: "subnet-a",
        securityGroups: ["sg-1"],
        description: "Slot 0 of a network interface pool",
        tags: { Name: "licence-0", "team:pool": "licence" },
      });
    });

    it("keep resource, address and tags when others are added after them", async () => {
      const before = interfacesOf(await deployPool({ addresses: ["10.1.0.11", "10.1.0.10"] }));
      const addresses = ["10.1.0.11", "10.1.0.10", "10.1.0.9"];
      const after = interfacesOf(await deployPool({ addresses }));
      assert.deepEqual(after.slice(0, 2), before);
      assert.equal(after.length, 3);
    });

    it("carry the pool's name in their tags, while the resource's name stays", async () => {
      const { name, inputs } = onlyInterface(await deployPool({ size: 1, poolName: "Röntgen 1" }));
      assert.equal(name, "licence-0");
      assert.deepEqual(inputs.tags, {
        Name: "Röntgen 1-0",
        "team:pool": "Röntgen 1",
      });
    });

    for (const [stack, protect, expected] of [
      ["production", undefined, true],
      ["develop", undefined, true],
      ["dev", undefined, false],
      ["dev", true, true],
      ["production", false, false],
    ] as const) {
      it(`are ${expected ? "" : "not "}protected in stack ${stack} by protect: ${protect}`, async () => {
        const pool = await deployPool({ size: 1, protect }, { stack });
        assert.equal(onlyInterface(pool).protect, expected);
      });
    }

    it("go from AWS when they go from the stack, unless they are to stay", async () => {
      const kept = onlyInterface(await deployPool({ size: 1, retainOnDelete: true }));
      const all = [...interfacesOf(whole), kept];
      assert.deepEqual(
        all.map(({ retainOnDelete }) => retainOnDelete),
        [false, false, true],
      );
    });

    it("give up their address before the one that replaces them takes it, and ignore what the manager attaches", () => {
      for (const { deleteBeforeReplace, ignoreChanges } of interfacesOf(whole)) {
        assert.equal(deleteBeforeReplace, true);
        assert.deepEqual(ignoreChanges, ["attachments"]);
      }
      assert.equal(interfacesOf(whole).length, 2);
    });
  });

  describe("security groups", () => {
    it("are one group that lets nothing in where none is given", () => {
      assert.deepEqual(find(whole.registrations, SECURITY_GROUP, "licence").inputs, {
        description: "Network interface pool: nothing in, everything out",
        vpcId: "vpc-1",
        ingress: [],
        egress: [
          {
            protocol: "-1",
            fromPort: 0,
            toPort: 0,
            cidrBlocks: ["0.0.0.0/0"],
            ipv6CidrBlocks: ["::/0"],
          },
        ],
      });
    });

    it("are those that are given, on interfaces and instances", async () => {
      const pool = await deployPool({ size: 1, group: {}, securityGroupIds: ["sg-1", "sg-2"] });
      assert.deepEqual(onlyInterface(pool).inputs.securityGroups, ["sg-1", "sg-2"]);
      const { inputs } = find(pool.registrations, GROUP, "licence");
      assert.deepEqual(inputs.securityGroupIds, ["sg-1", "sg-2"]);
    });
  });

  describe("manager", () => {
    it("is one of the pool's own, for this pool alone", () => {
      assert.deepEqual(find(whole.registrations, MANAGER, "licence-manager").inputs, {
        tagKey: "network-interface-manager-pool",
        pools: ["licence"],
      });
    });

    it("looks after the pool's name and tag key where they are given", async () => {
      const { registrations, value } = await deploy(
        () =>
          new NetworkInterfacePool("web", {
            subnetId: "subnet-a",
            size: 1,
            poolName: "Web servers",
            tagKey: "team:pool",
            group: {},
          }),
      );
      assert.deepEqual(find(registrations, MANAGER, "web-manager").inputs, {
        tagKey: "team:pool",
        pools: ["Web servers"],
      });
      assert.equal(value.manager.tagKey, "team:pool");
      assert.deepEqual(find(registrations, INTERFACE, "web-0").inputs.tags, {
        Name: "Web servers-0",
        "team:pool": "Web servers",
      });
      assert.equal(find(registrations, GROUP, "web").inputs.tagKey, "team:pool");
    });

    it("is the one that is given, which also gives the tag key", async () => {
      const { value, registrations } = await deployPool({ size: 1, group: {} });
      assert.equal(value.manager, shared);
      assert.equal(find(registrations, GROUP, "licence").inputs.tagKey, "team:pool");
    });
  });

  describe("group", () => {
    it("knows the pool's name, size, addresses, subnet and security groups", () => {
      assert.deepEqual(find(whole.registrations, GROUP, "licence").inputs, {
        maxSize: 1,
        hasStandbys: false,
        poolName: "licence",
        poolSize: 2,
        addresses: ["10.1.0.11", "10.1.0.10"],
        tagKey: "network-interface-manager-pool",
        subnetIds: ["subnet-a"],
        securityGroupIds: ["sg-licence"],
      });
    });
  });

  describe("order", () => {
    it("has the interfaces wait for the whole manager", async () => {
      assert.deepEqual(onlyInterface(await deployPool({ size: 1 })).dependencies, managerResources);
    });

    it("has the group wait for the manager and every interface", async () => {
      const { registrations } = await deployPool({ size: 2, group: {} });
      assert.deepEqual(
        find(registrations, GROUP, "licence").dependencies,
        [...managerResources, "NetworkInterface licence-0", "NetworkInterface licence-1"].sort(),
      );
    });

    it("registers manager, interfaces and group one after the other", () => {
      const places = (parent: string, type: RegExp) =>
        whole.registrations.flatMap((one, place) =>
          one.parent === parent && type.test(one.type) ? [place] : [],
        );
      const manager = places("NetworkInterfaceManager licence-manager", /./);
      const interfaces = places("NetworkInterfacePool licence", /:NetworkInterface$/);
      const group = places("SingleZoneGroup licence", /./);
      assert.deepEqual([manager.length, interfaces.length, group.length], [26, 2, 4]);
      assert.ok(Math.max(...manager) < Math.min(...interfaces));
      assert.ok(Math.max(...interfaces) < Math.min(...group));
    });
  });

  describe("outputs", () => {
    it("are the addresses, MACs and ids in slot order, past the tenth slot too", async () => {
      const { value, outputs } = await deployPool({ size: 12 });
      const slots = Array.from({ length: 12 }, (_, slot) => slot);
      assert.deepEqual(
        await valueOf(value.addresses),
        slots.map((slot) => `chosen-for-licence-${slot}`),
      );
      assert.deepEqual(outputs, {
        "NetworkInterfacePool licence": {
          addresses: slots.map((slot) => `chosen-for-licence-${slot}`),
          macAddresses: slots.map((slot) => `mac-of-licence-${slot}`),
          networkInterfaceIds: slots.map((slot) => `eni-licence-${slot}`),
          ipv6Addresses: slots.map(() => []),
          publicIps: [],
          availabilityZone: "eu-west-1a",
          subnetZones: { "subnet-a": "eu-west-1a" },
        },
      });
    });
  });

  describe("preview", () => {
    let preview: Deployment;
    before(async () => {
      preview = await deploy(
        () => {
          const subnet = new aws.ec2.Subnet("new", { vpcId: "vpc-1" });
          return new NetworkInterfacePool("licence", {
            subnetId: subnet.id,
            addresses: ["10.1.0.11", "10.1.0.10"],
            group: { maxSize: 1 },
          });
        },
        { preview: true },
      );
    });

    it("has the same resources while the subnet is unknown, and asks AWS nothing about it", () => {
      const withoutSubnet = preview.registrations.filter(({ name }) => name !== "new");
      assert.deepEqual(typesAndNames(withoutSubnet), typesAndNames(whole.registrations));
      assert.deepEqual(preview.calls, []);
    });

    it("shows the addresses and tags", () => {
      assert.deepEqual(find(preview.registrations, INTERFACE, "licence-1").inputs, {
        subnetId: UNKNOWN,
        privateIps: ["10.1.0.10"],
        securityGroups: [UNKNOWN],
        description: "Slot 1 of a network interface pool",
        tags: { Name: "licence-1", "network-interface-manager-pool": "licence" },
      });
    });

    it("shows what is protected, retained and ignored as the update does", () => {
      const optionsOf = (deployment: Deployment) =>
        interfacesOf(deployment).map(
          ({ name, parent, protect, retainOnDelete, deleteBeforeReplace, ignoreChanges }) =>
            [name, parent, protect, retainOnDelete, deleteBeforeReplace, ignoreChanges] as const,
        );
      assert.deepEqual(optionsOf(preview), optionsOf(whole));
    });

    it("leaves the outputs unknown", () => {
      assert.deepEqual(preview.outputs["NetworkInterfacePool licence"], {
        addresses: UNKNOWN,
        macAddresses: UNKNOWN,
        networkInterfaceIds: UNKNOWN,
        ipv6Addresses: UNKNOWN,
        publicIps: [],
        availabilityZone: UNKNOWN,
        subnetZones: UNKNOWN,
      });
    });
  });
});
