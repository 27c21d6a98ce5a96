import assert from "node:assert/strict";
import { assess } from "../../handler/assess";
import { agesOf, type FirstSeen, noteSeen } from "../../handler/firstSeen";
import {
  createWorld,
  freeInterface,
  heldInterface,
  instance,
  OTHER_ZONE,
  settings,
  type WorldParts,
} from "./builders";

/** What has been seen for how long, after these worlds, each a second after the last. */
function agesAfter(...worlds: WorldParts[]): Record<string, number> {
  const firstSeen: FirstSeen = new Map();
  const seen = worlds.map((parts) => createWorld(parts));
  seen.forEach((world, second) => {
    noteSeen(world, assess(world, settings()), firstSeen, second * 1000);
  });
  return agesOf(firstSeen, seen.at(-1)?.interfaces ?? [], worlds.length * 1000);
}

// What becomes of the ages is told by the specs of reconcilePools.
describe("noteSeen", () => {
  it("dates who waits in a lifecycle action by the instance", () => {
    const waits: WorldParts = { members: { "i-a": "Terminating:Wait", "i-b": "Terminating" } };
    assert.deepEqual(agesAfter(waits, waits), { "leaving/i-a": 2000 });
    assert.deepEqual(agesAfter(waits, {}, waits), { "leaving/i-a": 1000 });
  });

  it("dates an attachment by itself, not by its interface's last one", () => {
    const attaching = (attachmentId: string): WorldParts => ({
      interfaces: [heldInterface(1, "i-a", { attachmentId, status: "attaching" })],
      instances: [instance("i-a")],
    });
    const ages = (...ids: string[]) => agesAfter(...ids.map(attaching))["attaching/eni-1"];
    assert.deepEqual([ages("a", "a"), ages("a", "b")], [2000, 1000]);
    const firstSeen: FirstSeen = new Map();
    const world = createWorld(attaching("a"));
    noteSeen(world, assess(world, settings()), firstSeen, 0);
    const { interfaces } = createWorld(attaching("b"));
    assert.deepEqual(agesOf(firstSeen, interfaces, 1000), {});
  });

  it("dates a zone in which a pool that is asked for has no interface", () => {
    const interfaces = [freeInterface(1, { availabilityZone: OTHER_ZONE })];
    const empty: WorldParts = { interfaces, instances: [instance("i-a")] };
    assert.deepEqual(agesAfter(empty, empty), { "empty/eu-west-1a/licence": 2000 });
    const filled = { ...empty, interfaces: [heldInterface(1, "i-others")] };
    assert.equal(agesAfter(empty, filled)["empty/eu-west-1a/licence"], undefined);
  });

  for (const [what, found, key] of [
    [
      "an attachment on, though it is given up",
      heldInterface(1, "i-a", { status: "attaching" }),
      "attaching/eni-1",
    ],
    [
      "a status on its way on, though it is taken for lasting",
      freeInterface(1, { status: "pending" }),
      "returning/eni-1",
    ],
  ] as const) {
    it(`dates ${what}`, () => {
      const firstSeen: FirstSeen = new Map();
      const states = [0, 600_000, 601_000].map((nowMs) => {
        const ageMs = agesOf(firstSeen, [found], nowMs);
        const things = { interfaces: [found], instances: [instance("i-a")] };
        const world = { ...createWorld(things), ageMs };
        const assessment = assess(world, settings());
        noteSeen(world, assessment, firstSeen, nowMs);
        return assessment.interfaces[0]?.state;
      });
      assert.equal(agesOf(firstSeen, [found], 602_000)[key], 602_000);
      assert.notEqual(states[1], states[0]);
      assert.equal(states[2], states[1]);
    });
  }

  it("dates a status on its way from which an interface comes back", () => {
    const pending: WorldParts = { interfaces: [freeInterface(1, { status: "pending" })] };
    assert.deepEqual(agesAfter(pending, pending), { "returning/eni-1": 2000 });
  });
});
