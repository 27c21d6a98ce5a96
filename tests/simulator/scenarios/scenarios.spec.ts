import assert from "node:assert/strict";
import { resourcesOfType } from "../../../simulator/deploy/engine";
import type { NetworkInterface } from "../../../simulator/aws/ec2/state";
import type { Region } from "../../../simulator/aws/region";
import { scenarios } from "../../../simulator/scenarios";
import type { Stage } from "../../../simulator/scenarios/operator";
import { patientScenarios } from "./kills";
import { assertPlaysWell, assertTakesOver, killOf, play, playAnew, takeovers } from "./plays";

/** Of the router of scenario further-addresses. */
const PUBLIC_IP = "198.18.172.32";
const IPV6_ADDRESS = "2001:db8:20:0:c404:4a26:2629:f366";

/** By then the replacement of `replace` has its address, and what is left is to stay so. */
const QUIET_ALREADY_MS = 150_000;

describe("every scenario", () => {
  for (const name of Object.keys(scenarios)) {
    it(`goes well, and every address and MAC is kept: ${name}`, () => assertPlaysWell(name, 1));
  }

  for (const name of takeovers) {
    it(`gives the victim's address and MAC to its successor: ${name}`, () =>
      assertTakesOver(name, 1));
  }
});

describe("a scenario", () => {
  it("is judged by how all is in the end: an address that comes off meanwhile is missed", async () => {
    const { faults } = await playAnew("replace", 1, ({ region }) => {
      const { clock, ec2, eventBridge, tagKey } = region;
      clock.after(QUIET_ALREADY_MS, () => {
        eventBridge.loses = () => true;
        const held = [...ec2.interfaces.values()].find(
          ({ tags, attachment }) => tagKey in tags && attachment !== undefined,
        );
        ec2.detachNetworkInterface(held?.attachment?.id ?? "", false);
      });
    });
    assert.equal(faults.length, 1);
    assert.match(faults[0] ?? "", /^i-\w+ has no address, though one is free$/);
  });

  it("scale-out gives each of 20 instances an address of its own", async () => {
    const { addressHistory } = await play("scale-out", 1);
    const holders = addressHistory.records.map(({ address }) => addressHistory.holderOf(address));
    assert.equal(holders.length, 20);
    assert.equal(holders.includes(undefined), false);
    assert.equal(new Set(holders).size, 20);
  });

  it("stop-start has an instance outside of any group hold the same address twice", async () => {
    const { addressHistory, region } = await play("stop-start", 1);
    const twice = addressHistory.records.filter(
      ({ holdingPeriods }) => holdingPeriods.length === 2,
    );
    const holders = twice.flatMap(({ holdingPeriods }) =>
      holdingPeriods.map(({ instanceId }) => instanceId),
    );
    assert.equal(holders.length, 2);
    assert.equal(holders[0], holders[1]);
    const groups = [...region.autoScaling.groups.values()];
    assert.ok(groups.every(({ members }) => !members.has(holders[0] ?? "")));
  });

  it("several-pools gives the successor both addresses of the victim, in the order of the tag", async () => {
    const played = await play("several-pools", 1);
    const found = played.region.journal.entries
      .map(({ text }) => /^finds (\S+) with (.*)$/.exec(text))
      .filter((match) => match !== null);
    const ids = found.map(([, id]) => id);
    const networks = found.map(([, , list = ""]) => list);
    assert.equal(found.length, 4);
    assert.deepEqual(networks.slice(2).sort(), networks.slice(0, 2).sort());
    assert.ok(ids.slice(0, 2).includes(killOf(played).victim));
    assert.ok(!ids.slice(2).includes(killOf(played).victim));
    assert.match(
      networks[2] ?? "",
      /^data 10\.20\.0\.1\d at device index 1, management 10\.30\.0\.1\d at device index 2$/,
    );
  });

  it("further-addresses finds the successor at all addresses of the victim, and as a router", async () => {
    const played = await play("further-addresses", 1);
    const reach = `${PUBLIC_IP}, 10.20.0.10, 10.20.0.11, ${IPV6_ADDRESS}, as a router`;
    const found = played.region.journal.entries
      .map(({ text }) => text)
      .filter((text) => text.startsWith("finds the router"));
    assert.deepEqual(found, [`finds the router at ${reach}`, `finds the router at ${reach}`]);
    const holder = played.addressHistory.holderOf("10.20.0.10");
    assert.ok(holder !== undefined && holder !== killOf(played).victim);
  });

  it("other-vpc has both addresses held by instances whose own interface is in the other VPC", async () => {
    const { region, addressHistory } = await play("other-vpc", 1);
    for (const address of ["10.20.0.10", "10.20.0.11"]) {
      const held = region.ec2
        .interfacesOf(addressHistory.holderOf(address) ?? "")
        .map(({ subnet, attachment }) => `${subnet.vpcId} at ${attachment?.deviceIndex}`);
      assert.deepEqual(held.sort(), ["vpc-0a1b2c3d4e5f60001 at 1", "vpc-0a1b2c3d4e5f60002 at 0"]);
    }
  });

  it("existing keeps the MAC and the tags that were there before the program, and adds the pool's", async () => {
    const { region, deployment } = await play("existing", 1);
    const found = region.ec2.interfaceById("eni-0a1b2c3d4e5f60003");
    assert.equal(found.macAddress, "06:5e:a1:ed:0f:77");
    assert.deepEqual(found.tags, {
      Name: "licence server",
      "network-interface-manager-pool": "licence",
    });
    const made = resourcesOfType(deployment, "aws:ec2/networkInterface:NetworkInterface");
    assert.deepEqual(made, []);
  });
});

/** Changes every interface that is detached. */
const asDetached =
  (change: (one: NetworkInterface) => unknown) =>
  ({ region }: Stage): void => {
    region.ec2.onChange((event) => {
      if (event.kind === "detached") change(event.networkInterface);
    });
  };

/** Puts each network of a machine where the other should be. */
function swapDeviceIndexes(region: Region, { attachment }: NetworkInterface): void {
  const [first, second] = region.ec2
    .interfacesOf(attachment?.instanceId ?? "")
    .flatMap((one) => one.attachment ?? [])
    .filter(({ deviceIndex }) => deviceIndex > 0);
  if (first === undefined || second === undefined) return;
  [first.deviceIndex, second.deviceIndex] = [second.deviceIndex, first.deviceIndex];
}

const wrongRouter = /^expected the router to be at .*, but it is at /;
const wrongLicence = /^expected eni-0a1b2c3d4e5f60003 to be what it was, .*, but it is /;

describe("a scenario with something wrong", () => {
  const wrong: [name: string, what: string, prepare: (stage: Stage) => void, fault: RegExp][] = [
    [
      "several-pools",
      "has a machine with its networks in another order",
      ({ region }) => {
        region.ec2.onChange((change) => {
          if (change.kind !== "attached") return;
          const { networkInterface } = change;
          if (networkInterface.tags[region.tagKey] !== "management") return;
          swapDeviceIndexes(region, networkInterface);
        });
      },
      /^expected i-\w+ to have data before management, but it has management \S+ at device index 1, data /,
    ],
    [
      "other-vpc",
      "has its instances in the addresses' own VPC",
      ({ region }) => {
        const [group] = region.autoScaling.groups.values();
        const [gateway] = region.ec2.interfaces.values();
        assert.ok(group !== undefined && gateway !== undefined);
        group.subnets = [gateway.subnet];
      },
      /^expected 10\.20\.0\.10 to be held from another VPC, but 10\.20\.0\.10 of vpc-0a1b2c3d4e5f60001 is held from vpc-0a1b2c3d4e5f60001, by i-/,
    ],
    ...Object.entries<(router: NetworkInterface) => unknown>({
      "a public address": (router) => delete router.publicIp,
      "a secondary address": (router) => (router.secondaryAddresses = []),
      "an IPv6 address": (router) => (router.ipv6Addresses = ["2001:db8:20::1"]),
      "what makes it a router": (router) => (router.sourceDestCheck = true),
    }).map(([what, lose]): (typeof wrong)[number] => [
      "further-addresses",
      `loses ${what}`,
      asDetached(lose),
      wrongRouter,
    ]),
    [
      "existing",
      "has another MAC",
      asDetached((one) => (one.macAddress = "06:00:00:00:00:01")),
      wrongLicence,
    ],
    [
      "existing",
      "has another name",
      asDetached((one) => (one.tags = { ...one.tags, Name: "renamed" })),
      wrongLicence,
    ],
  ];
  for (const [name, what, prepare, fault] of wrong) {
    it(`fails when it ${what}: ${name}`, async () => {
      const { faults } = await playAnew(name, 1, prepare);
      assert.match(faults[0] ?? "", fault);
    });
  }
});

/** Loses every event while something is true, the schedule's too: nothing wakes the manager. */
function loseAll({ region }: Stage, isLost: () => boolean): void {
  // One of the scenarios says itself what is lost; here that has no effect.
  Object.defineProperty(region.eventBridge, "loses", { get: () => isLost, set: () => undefined });
}

describe("a scenario without a manager", () => {
  for (const name of patientScenarios) {
    it(`fails, and says what isn't as promised: ${name}`, async () => {
      const { faults, region } = await playAnew(name, 1, (stage) => {
        loseAll(stage, () => true);
      });
      const { entries } = region.journal;
      const answered = entries.findIndex(({ text }) => text.endsWith("-first-sync was answered"));
      const isCall = ({ source }: (typeof entries)[number]) => source === "call";
      assert.ok(answered > 0 && !entries.slice(answered).some(isCall));
      // The sync that comes with the deployment finds no instance yet.
      assert.ok(entries.filter(isCall).every(({ facts }) => facts?.mutates === false));
      // The group of one of them is empty until it is scaled out.
      assert.equal(faults[0], "expected all to be served within 600 s");
      assert.match(faults.join("\n"), /^i-[0-9a-f]{17} has no address, though one is free$/m);
    });
  }
});

describe("a scenario whose manager does nothing any more after the operation", () => {
  const expected: [operation: string, fault: RegExp, ...names: string[]][] = [
    [
      "kills",
      /^expected another instance than i-\w+ to hold 10\.0\.0\.10 /,
      "replace",
      "lost-event",
    ],
    ["kills", /^expected another .* to hold 10\.20\.0\.10 /, "further-addresses", "other-vpc"],
    ["kills", /^expected another instance than i-\w+ to hold 10\.20\.0\.77 /, "existing"],
    ["sets", /^expected all to be served within 600 s$/, "scale-out"],
    ["stops", /^expected i-\w+ to be stopped and 10\.0\.0\.23 to be free /, "stop-start"],
  ];
  for (const [operation, fault, ...names] of expected) {
    for (const name of names) {
      it(`fails: ${name}`, async () => {
        const { faults } = await playAnew(name, 1, (stage) => {
          const { entries } = stage.region.journal;
          loseAll(stage, () =>
            entries.some(({ source, text }) => source === "operator" && text.startsWith(operation)),
          );
        });
        assert.match(faults[0] ?? "", fault);
      });
    }
  }
});
