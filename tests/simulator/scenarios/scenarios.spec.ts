import assert from "node:assert/strict";
import { resourcesOfType } from "../../../simulator/deploy/engine";
import type { NetworkInterface } from "../../../simulator/aws/ec2/ec2";
import type { Region } from "../../../simulator/aws/region";
import { scenarios } from "../../../simulator/scenarios/basic";
import { play, playAnew, type Play } from "./plays";

/** Of the router of scenario further-addresses. */
const PUBLIC_IP = "198.18.172.32";
const IPV6_ADDRESS = "2001:db8:20:0:c404:4a26:2629:f366";

const SEEDS = [1, 2, 3, 4, 5];

/** Addresses and MACs of the pools as they were deployed. */
const deployedAddresses = ({ deployment }: Play) =>
  [
    ...resourcesOfType(deployment, "aws:ec2/networkInterface:NetworkInterface").map(
      ({ id, outputs }) => [id, outputs.privateIp, outputs.macAddress],
    ),
    ...deployment.givenInterfaces.map(({ id, address, macAddress }) => [id, address, macAddress]),
  ].sort();

/** Addresses and MACs of the pools as EC2 has them in the end. */
const keptAddresses = ({ region }: Play) =>
  [...region.ec2.interfaces.values()]
    .filter(({ tags }) => tags[region.tagKey] !== undefined)
    .map(({ id, address, macAddress }) => [id, address, macAddress])
    .sort();

/** What the operator says when it kills an instance. */
function killOf({ region }: Play): { victim: string; address: string } {
  const [, victim, address] = region.journal.entries
    .map(({ text }) => /^kills (\S+), which has (\S+)$/.exec(text))
    .find((match) => match !== null) ?? ["", "", ""];
  return { victim, address };
}

/** Puts each network of a machine where the other should be. */
function swapDeviceIndexes(region: Region, { attachment }: NetworkInterface): void {
  const held = region.ec2
    .interfacesOf(attachment?.instanceId ?? "")
    .flatMap((one) => one.attachment ?? [])
    .filter(({ deviceIndex }) => deviceIndex > 0);
  const [first, second] = held;
  if (first === undefined || second === undefined) return;
  [first.deviceIndex, second.deviceIndex] = [second.deviceIndex, first.deviceIndex];
}

function medianOf(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

for (const name of Object.keys(scenarios)) {
  describe(`scenario ${name}`, () => {
    for (const seed of SEEDS) {
      it(`plays without faults, and every address and MAC is kept (seed ${seed})`, async () => {
        const played = await play(name, seed);
        assert.deepEqual(played.faults, []);
        assert.deepEqual(played.addressHistory.findFaults(), []);
        assert.deepEqual(keptAddresses(played), deployedAddresses(played));
      });
    }
  });
}

for (const name of ["replace", "lost-event", "further-addresses", "other-vpc", "existing"]) {
  describe(`scenario ${name}`, () => {
    for (const seed of SEEDS) {
      it(`gives the victim's address and MAC to its successor (seed ${seed})`, async () => {
        const played = await play(name, seed);
        const { region, addressHistory } = played;
        const { victim, address } = killOf(played);
        const account = addressHistory.accounts.find((candidate) => candidate.address === address);
        const [first, second, ...others] = account?.holdingPeriods ?? [];
        assert.equal(first?.instanceId, victim);
        assert.deepEqual(others, []);
        const successor = region.ec2.instanceById(second?.instanceId ?? "");
        assert.equal(successor.state, "running");
        const [networkInterface, ...more] = region.ec2
          .interfacesOf(successor.id)
          .filter(({ attachment }) => attachment?.deleteOnTermination === false);
        assert.equal(networkInterface?.address, address);
        assert.equal(networkInterface.macAddress, account?.macAddress);
        assert.deepEqual(more, []);
      });
    }
  });
}

for (const name of ["replace", "scale-out"]) {
  describe(`scenario ${name}`, () => {
    it("has half of its instances wait 1.5 seconds for their address, or less", async () => {
      const plays = await Promise.all(SEEDS.map((seed) => play(name, seed)));
      const waitedMs = plays.flatMap(({ addressHistory }) => addressHistory.waitedMs);
      assert.ok(waitedMs.length >= 25, `only ${waitedMs.length} attachments`);
      const median = medianOf(waitedMs);
      assert.ok(median <= 1_500, `median ${median} ms of ${waitedMs.join(", ")}`);
    });
  });
}

describe("scenario scale-out", () => {
  it("gives each of 20 instances an address of its own", async () => {
    const { addressHistory } = await play("scale-out", 1);
    const holders = addressHistory.accounts.map(({ address }) => addressHistory.holderOf(address));
    assert.equal(holders.length, 20);
    assert.equal(holders.includes(undefined), false);
    assert.equal(new Set(holders).size, 20);
  });
});

describe("scenario stop-start", () => {
  it("stops and starts an instance outside of any group, which has the same address twice", async () => {
    const { addressHistory, region } = await play("stop-start", 1);
    const account = addressHistory.accounts.find(
      ({ holdingPeriods }) => holdingPeriods.length === 2,
    );
    const [first, second] = account?.holdingPeriods ?? [];
    assert.equal(second?.instanceId, first?.instanceId);
    const groups = [...region.autoScaling.groups.values()];
    assert.equal(
      groups.some(({ members }) => members.has(first?.instanceId ?? "")),
      false,
    );
  });
});

describe("scenario several-pools", () => {
  it("gives the successor both addresses of the victim, in the order of the tag", async () => {
    const played = await play("several-pools", 1);
    const { region } = played;
    const { victim } = killOf(played);
    const found = region.journal.entries
      .map(({ text }) => /^finds (\S+) with (.*)$/.exec(text))
      .filter((match) => match !== null)
      .map(([, id = "", networks = ""]) => ({ id, networks }));
    assert.equal(found.length, 4);
    const before = found.slice(0, 2);
    const after = found.slice(2);
    assert.deepEqual(
      after.map(({ networks }) => networks).sort(),
      before.map(({ networks }) => networks).sort(),
    );
    assert.ok(before.some(({ id }) => id === victim));
    assert.ok(!after.some(({ id }) => id === victim));
    assert.match(
      after[0]?.networks ?? "",
      /^data 10\.20\.0\.1\d at device index 1, management 10\.30\.0\.1\d at device index 2$/,
    );
  });

  it("is a fault when a machine has its networks in another order", async () => {
    const { faults } = await playAnew("several-pools", 1, ({ region }) => {
      region.ec2.onChange((change) => {
        if (change.kind !== "attached") return;
        const { networkInterface } = change;
        if (networkInterface.tags[region.tagKey] === "management") {
          swapDeviceIndexes(region, networkInterface);
        }
      });
    });
    assert.match(faults[0] ?? "", /^i-\w+ has management \S+ at device index 1, data /);
  });
});

describe("scenario further-addresses", () => {
  it("finds the successor at all addresses of the victim, and as a router", async () => {
    const played = await play("further-addresses", 1);
    const { region } = played;
    const [router] = [...region.ec2.interfaces.values()].filter(
      ({ address }) => address === "10.20.0.10",
    );
    assert.ok(router);
    assert.equal(router.publicIp, PUBLIC_IP);
    assert.deepEqual(router.secondaryAddresses, ["10.20.0.11"]);
    assert.deepEqual(router.ipv6Addresses, [IPV6_ADDRESS]);
    assert.equal(router.sourceDestCheck, false);
    const reach = `${PUBLIC_IP}, 10.20.0.10, 10.20.0.11, ${IPV6_ADDRESS}, as a router`;
    const found = region.journal.entries.filter(({ text }) => text.startsWith("finds the router"));
    assert.deepEqual(
      found.map(({ text }) => text),
      [`finds the router at ${reach}`, `finds the router at ${reach}`],
    );
    assert.notEqual(router.attachment?.instanceId, killOf(played).victim);
  });

  for (const [what, lose] of Object.entries<(router: NetworkInterface) => void>({
    "a public address": (router) => delete router.publicIp,
    "a secondary address": (router) => (router.secondaryAddresses = []),
    "an IPv6 address": (router) => (router.ipv6Addresses = ["2001:db8:20::1"]),
    "what makes it a router": (router) => (router.sourceDestCheck = true),
  })) {
    it(`is a fault when it loses ${what}`, async () => {
      const { faults } = await playAnew("further-addresses", 1, ({ region }) => {
        region.ec2.onChange((change) => {
          if (change.kind === "detached") lose(change.networkInterface);
        });
      });
      assert.equal(faults.length, 1);
      assert.match(faults[0] ?? "", /^the router is at .* instead of /);
    });
  }
});

describe("scenario other-vpc", () => {
  it("has both addresses held by instances whose own interface is in the other VPC", async () => {
    const { region, addressHistory } = await play("other-vpc", 1);
    const [gateway, management] = ["vpc-0a1b2c3d4e5f60001", "vpc-0a1b2c3d4e5f60002"];
    const interfaces = ["10.20.0.10", "10.20.0.11"].map((address) =>
      region.ec2.interfacesOf(addressHistory.holderOf(address) ?? ""),
    );
    assert.deepEqual(
      interfaces.map((held) =>
        held
          .map(({ subnet, attachment }) => [attachment?.deviceIndex, subnet.vpcId] as const)
          .sort(([one = 0], [another = 0]) => one - another),
      ),
      [
        [
          [0, management],
          [1, gateway],
        ],
        [
          [0, management],
          [1, gateway],
        ],
      ],
    );
  });

  it("is a fault when the instances are in the addresses' own VPC", async () => {
    const { faults } = await playAnew("other-vpc", 1, ({ region }) => {
      const [group] = region.autoScaling.groups.values();
      const [gateway] = region.ec2.interfaces.values();
      assert.ok(group !== undefined && gateway !== undefined);
      group.subnets = [gateway.subnet];
    });
    assert.equal(faults.length, 2);
    for (const fault of faults) {
      assert.match(
        fault,
        /^i-\w+, which holds 10\.20\.0\.1[01], is in vpc-0a1b2c3d4e5f60001 itself$/,
      );
    }
  });
});

describe("scenario existing", () => {
  it("keeps the MAC and the tags that were there before the program, and adds the pool's", async () => {
    const played = await play("existing", 1);
    const found = played.region.ec2.interfaceById("eni-0a1b2c3d4e5f60003");
    assert.equal(found.macAddress, "06:5e:a1:ed:0f:77");
    assert.deepEqual(found.tags, {
      Name: "licence server",
      "network-interface-manager-pool": "licence",
    });
    const made = resourcesOfType(played.deployment, "aws:ec2/networkInterface:NetworkInterface");
    assert.deepEqual(made, []);
    assert.notEqual(found.attachment?.instanceId, killOf(played).victim);
  });

  for (const [what, change] of Object.entries<(found: NetworkInterface) => void>({
    "another MAC": (found) => (found.macAddress = "06:00:00:00:00:01"),
    "another name": (found) => (found.tags = { ...found.tags, Name: "renamed" }),
  })) {
    it(`is a fault when it has ${what} in the end`, async () => {
      const { faults } = await playAnew("existing", 1, ({ region }) => {
        region.ec2.onChange((event) => {
          if (event.kind === "detached") change(event.networkInterface);
        });
      });
      assert.match(faults.at(-1) ?? "", /^eni-0a1b2c3d4e5f60003 isn't what it was: /);
    });
  }
});
