import assert from "node:assert/strict";
import type { Deferral, Wait } from "../../handler/model";
import { planPools } from "../../handler/plan";
import {
  attach,
  freeInterface,
  instance,
  plan,
  POOL,
  settings,
  snapshot,
  type SnapshotParts,
} from "./builders";

const busy: Deferral = { reason: "EC2 refused: busy", forGood: false };
const wrong: Deferral = { reason: "EC2 refused: wrong", forGood: true };

/** What is planned for i-a, to which EC2 refused these of its pool's interfaces, by their numbers. */
function planFor(refused: Record<number, Deferral>, parts: SnapshotParts = {}) {
  const pairs = Object.entries(refused).map(([number, refusal]) => [`i-a/eni-${number}`, refusal]);
  const deferred = Object.fromEntries(pairs) as Record<string, Deferral>;
  const interfaces = Object.keys(refused).map((number) => freeInterface(Number(number)));
  const instances = [instance("i-a")];
  return planPools(snapshot({ interfaces, instances, deferred, ...parts }), settings());
}

function refusedWait(why: string, watch: boolean): Wait {
  const reason = `i-a has no address: ${why}`;
  return { kind: "deferred", pool: POOL, instanceId: "i-a", watch, reason };
}

describe("planAttachments, of interfaces that EC2 refused to one instance alone", () => {
  it("says of each why, in the order of their addresses", () => {
    const waits = [refusedWait("EC2 refused: wrong; EC2 refused: busy", true)];
    assert.deepEqual(planFor({ 1: wrong, 2: busy }), plan({ waits }));
    const reversed = [refusedWait("EC2 refused: busy; EC2 refused: wrong", true)];
    assert.deepEqual(planFor({ 1: busy, 2: wrong }), plan({ waits: reversed }));
  });

  it("looks again while one of them is not refused for good", () => {
    const waits = [refusedWait("EC2 refused: busy", true)];
    assert.deepEqual(planFor({ 1: busy }), plan({ waits }));
  });

  it("leaves it to the next event when all of them are refused for good", () => {
    const waits = [refusedWait("EC2 refused: wrong; EC2 refused: wrong", false)];
    assert.deepEqual(planFor({ 1: wrong, 2: wrong }), plan({ waits }));
  });

  it("gives it the first one that is not refused", () => {
    const interfaces = [1, 2, 3].map((number) => freeInterface(number));
    const found = planFor({ 1: busy }, { interfaces });
    assert.deepEqual(found, plan({ actions: [attach(2, "i-a")] }));
  });

  it("gives them to whoever waits next", () => {
    const instances = [instance("i-a"), instance("i-b")];
    const waits = [refusedWait("EC2 refused: wrong", false)];
    const actions = [attach(1, "i-b")];
    assert.deepEqual(planFor({ 1: wrong }, { instances }), plan({ actions, waits }));
  });

  it("doesn't let its launch go on", () => {
    const members = { "i-a": "Pending:Wait" };
    const waits = [refusedWait("EC2 refused: wrong", false)];
    assert.deepEqual(planFor({ 1: wrong }, { members }), plan({ waits }));
  });
});
