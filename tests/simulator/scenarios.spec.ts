import assert from "node:assert/strict";
import { resourcesOfType } from "../../simulator/deployment";
import { scenarios } from "../../simulator/scenarios";
import { play, type Play } from "./plays";

const SEEDS = [1, 2, 3, 4, 5];

/** Addresses and MACs of the pools as they were deployed. */
const deployedAddresses = ({ deployment }: Play) =>
  resourcesOfType(deployment, "aws:ec2/networkInterface:NetworkInterface")
    .map(({ id, outputs }) => [id, outputs.privateIp, outputs.macAddress])
    .sort();

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
        assert.deepEqual(played.ledger.findFaults(), []);
        assert.deepEqual(keptAddresses(played), deployedAddresses(played));
      });
    }
  });
}

for (const name of ["replace", "lost-event"]) {
  describe(`scenario ${name}`, () => {
    for (const seed of SEEDS) {
      it(`gives the victim's address and MAC to its successor (seed ${seed})`, async () => {
        const played = await play(name, seed);
        const { region, ledger } = played;
        const { victim, address } = killOf(played);
        const account = ledger.accounts.find((candidate) => candidate.address === address);
        const [first, second, ...others] = account?.tenures ?? [];
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
      const waitedMs = plays.flatMap(({ ledger }) => ledger.waitedMs);
      assert.ok(waitedMs.length >= 25, `only ${waitedMs.length} attachments`);
      const median = medianOf(waitedMs);
      assert.ok(median <= 1_500, `median ${median} ms of ${waitedMs.join(", ")}`);
    });
  });
}

describe("scenario scale-out", () => {
  it("gives each of 20 instances an address of its own", async () => {
    const { ledger } = await play("scale-out", 1);
    const holders = ledger.accounts.map(({ address }) => ledger.holderOf(address));
    assert.equal(holders.length, 20);
    assert.equal(holders.includes(undefined), false);
    assert.equal(new Set(holders).size, 20);
  });
});

describe("scenario stop-start", () => {
  it("stops and starts an instance outside of any group, which has the same address twice", async () => {
    const { ledger, region } = await play("stop-start", 1);
    const account = ledger.accounts.find(({ tenures }) => tenures.length === 2);
    const [first, second] = account?.tenures ?? [];
    assert.equal(second?.instanceId, first?.instanceId);
    const groups = [...region.autoScaling.groups.values()];
    assert.equal(
      groups.some(({ members }) => members.has(first?.instanceId ?? "")),
      false,
    );
  });
});
