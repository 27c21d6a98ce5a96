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
  worlds.forEach((parts, second) => {
    const world = createWorld(parts);
    noteSeen(world, assess(world, settings()), firstSeen, second * 1000);
  });
  return agesOf(firstSeen, worlds.length * 1000);
}

// What becomes of the ages is told by the specs of reconcilePools.
describe("noteSeen", () => {
  it("dates who waits in a lifecycle action by the instance", () => {
    const waits: WorldParts = { members: { "i-a": "Terminating:Wait", "i-b": "Terminating" } };
    assert.deepEqual(agesAfter(waits, waits), { "leaving/i-a": 2000 });
    assert.deepEqual(agesAfter(waits, {}, waits), { "leaving/i-a": 1000 });
  });

  it("dates a zone in which a pool that is asked for has no interface", () => {
    const interfaces = [freeInterface(1, { availabilityZone: OTHER_ZONE })];
    const empty: WorldParts = { interfaces, instances: [instance("i-a")] };
    assert.deepEqual(agesAfter(empty, empty), { "empty/eu-west-1a/licence": 2000 });
    const filled = { ...empty, interfaces: [heldInterface(1, "i-others")] };
    assert.equal(agesAfter(empty, filled)["empty/eu-west-1a/licence"], undefined);
  });

  it("dates a status on its way from which an interface comes back", () => {
    const pending: WorldParts = { interfaces: [freeInterface(1, { status: "pending" })] };
    assert.deepEqual(agesAfter(pending, pending), { "returning/eni-1": 2000 });
  });
});
