import assert from "node:assert/strict";
import type { Action, Problem, Snapshot, Wait } from "../../handler/model";
import { planPools } from "../../handler/plan";
import {
  freeInterface,
  heldInterface,
  instance,
  MADE_POOL,
  onDemand,
  OTHER_POOL,
  OTHER_ZONE,
  settings,
  snapshot,
  type SnapshotParts,
  STANDBY_POOL,
} from "./builders";

// Records over the unions: a new reason doesn't compile until somebody shows when it is given.

function heldBy(parts: Parameters<typeof instance>[1], more: SnapshotParts = {}): Snapshot {
  const interfaces = [heldInterface(1, "i-a")];
  return snapshot({ interfaces, instances: [instance("i-a", parts)], ...more });
}

const detaching = [heldInterface(1, "i-old", { status: "detaching" })];
const waiting = [instance("i-a"), instance("i-old", { state: "stopped" })];
const refusedForNow = { reason: "EC2 refused: limit", forGood: false };

const becauses: Record<Action["because"], Snapshot> = {
  instanceWaits: snapshot({ interfaces: [freeInterface(1)], instances: [instance("i-a")] }),
  holderStopping: heldBy({ state: "stopping" }),
  holderStopped: heldBy({ state: "stopped" }),
  holderShuttingDown: heldBy({ state: "shutting-down" }),
  holderTerminated: heldBy({ state: "terminated" }),
  holderGone: snapshot({
    interfaces: [heldInterface(1, "i-gone")],
    missingForSeconds: { "i-gone": 60 },
  }),
  holderLeavesGroup: heldBy({}, { members: { "i-a": "Terminating" } }),
  holderInWarmPool: heldBy({}, { members: { "i-a": "Warmed:Stopped" } }),
  holderChangedPool: heldBy({ poolTag: OTHER_POOL }),
  surplus: heldBy({}, { interfaces: [heldInterface(1, "i-a"), heldInterface(2, "i-a")] }),
  detachStuck: snapshot({
    interfaces: detaching,
    instances: waiting,
    detachingForSeconds: { "attach-1": 600 },
  }),
  instanceHasNone: snapshot({ instances: [instance("i-a", { poolTag: MADE_POOL })] }),
  madeForIt: snapshot({
    interfaces: [heldInterface(1, "i-a", {}, { pool: MADE_POOL, madeFor: "i-a" })],
    instances: [instance("i-a", { poolTag: MADE_POOL })],
  }),
  unused: snapshot({
    interfaces: [freeInterface(1, { pool: MADE_POOL, madeFor: "i-gone" })],
    unusedForSeconds: { "eni-1": 60 },
  }),
  addressAttached: heldBy({}, { members: { "i-a": "Pending:Wait" } }),
  addressReleased: snapshot({
    instances: [instance("i-a")],
    members: { "i-a": "Terminating:Wait" },
  }),
  instanceGone: snapshot({ members: { "i-a": "Terminating:Wait" } }),
  poolExhausted: snapshot({ instances: [instance("i-a")], members: { "i-a": "Pending:Wait" } }),
  parkedInWarmPool: snapshot({ members: { "i-a": "Warmed:Pending:Wait" } }),
  addressStays: heldBy({}, { members: { "i-a": "ReplacingRootVolume:Wait" } }),
  holderLeaves: snapshot({
    interfaces: detaching,
    instances: waiting,
    members: { "i-a": "Pending:Wait" },
  }),
};

const waitKinds: Record<Wait["kind"], Snapshot> = {
  attaching: snapshot({
    interfaces: [heldInterface(1, "i-a", { status: "attaching" })],
    instances: [instance("i-a")],
  }),
  releasing: snapshot({ interfaces: [freeInterface(1, { status: "pending" })] }),
  waitingForAddress: snapshot({ interfaces: detaching, instances: waiting }),
  pending: snapshot({
    instances: [instance("i-a", { state: "pending" })],
    announcedInstanceIds: ["i-a"],
  }),
  standingBy: snapshot({ instances: [instance("i-a", { poolTag: STANDBY_POOL })] }),
  unused: snapshot({
    interfaces: [freeInterface(1, { pool: MADE_POOL, madeFor: "i-gone" })],
  }),
  deferred: snapshot({ instances: [instance("i-a")], deferred: { "i-a": refusedForNow } }),
};

const problemKinds: Record<Problem["kind"], Snapshot> = {
  zoneWithoutSubnet: snapshot({
    instances: [instance("i-a", { poolTag: MADE_POOL, availabilityZone: OTHER_ZONE })],
  }),
  poolExhausted: snapshot({ instances: [instance("i-a")] }),
  foreignHolder: heldBy({ poolTag: undefined }),
  interfacesFull: snapshot({
    instances: [instance("i-a")],
    interfaceLimits: { "m7i.large": [1] },
  }),
  memberWithoutTag: snapshot({
    instances: [instance("i-a", { poolTag: undefined })],
    members: { "i-a": "Pending:Wait" },
  }),
};

describe("planPools, its reasons", () => {
  const abandoning = settings({
    whenExhausted: "abandon",
    poolSettings: { [MADE_POOL]: { onDemand }, [STANDBY_POOL]: { whenExhausted: "continue" } },
  });

  for (const [because, observed] of Object.entries(becauses)) {
    it(`acts because ${because}`, () => {
      const { actions } = planPools(observed, abandoning);
      const given = new Set(actions.map((action) => action.because));
      assert.ok(given.has(because as Action["because"]), [...given].join(", "));
    });
  }

  for (const [kind, observed] of Object.entries(waitKinds)) {
    it(`waits: ${kind}`, () => {
      const { waits } = planPools(observed, abandoning);
      assert.deepEqual(
        waits.map((wait) => wait.kind).filter((given) => given === kind),
        [kind],
      );
    });
  }

  for (const [kind, observed] of Object.entries(problemKinds)) {
    it(`reports a problem: ${kind}`, () => {
      const { problems } = planPools(observed, abandoning);
      assert.deepEqual(
        problems.map((problem) => problem.kind),
        [kind],
      );
    });
  }
});
