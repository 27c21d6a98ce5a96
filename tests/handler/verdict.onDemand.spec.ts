import assert from "node:assert/strict";
import type { Instance, Plan, PoolInterface } from "../../handler/model";
import { planPools } from "../../handler/plan";
import {
  attach,
  attachingWait,
  create,
  detach,
  endWithInstance,
  foreignHolder,
  freeInterface,
  inPool,
  instance,
  MADE_POOL,
  madeAndHeld,
  madeInterface,
  makingOnDemand,
  OTHER_POOL,
  pendingWait,
  placesOf,
  plan,
  releasingWait,
  settings,
  snapshot,
  type SnapshotParts,
  unusedWait,
} from "./builders";

const inMadePool = <Item extends { pool: string }>(item: Item): Item => inPool(MADE_POOL, item);

/** What becomes of an interface of the pool that is filled on demand, while i-a is like this. */
function planFor(
  made: PoolInterface,
  isA: Partial<Instance> | undefined,
  parts: SnapshotParts = {},
): Plan {
  const instances = isA === undefined ? [] : [instance("i-a", { poolTag: MADE_POOL, ...isA })];
  return planPools(snapshot({ interfaces: [made], instances, ...parts }), makingOnDemand());
}

describe("judgeInterface, of one made on demand", () => {
  describe("on its holder", () => {
    const held = madeAndHeld(1, "i-a");

    for (const state of ["running", "pending", "stopping", "stopped"]) {
      it(`stays while that is ${state}`, () => {
        assert.deepEqual(planFor(held, { state }), plan());
      });
    }

    for (const lifecycleState of [
      ...["InService", "Standby", "Terminating", "Terminating:Proceed", "Terminating:Retained"],
      ...["Detaching", "Detached", "Warmed:Pending", "Warmed:Stopped", "Warmed:Running"],
    ]) {
      it(`stays while that is ${lifecycleState}`, () => {
        assert.deepEqual(planFor(held, {}, { members: { "i-a": lifecycleState } }), plan());
      });
    }

    it("stays on a stopped one that doesn't take it along yet, and will", () => {
      const stays = madeAndHeld(1, "i-a", { deleteOnTermination: false });
      const actions = [endWithInstance(1, "i-a")];
      assert.deepEqual(planFor(stays, { state: "stopped" }), plan({ actions }));
    });

    for (const state of ["shutting-down", "terminated"]) {
      it(`ends with it while that is ${state}`, () => {
        const waits = [inMadePool(releasingWait(1, "it ends with its holder i-a"))];
        assert.deepEqual(planFor(held, { state }), plan({ waits }));
      });

      it(`is taken off it while that is ${state} and leaves it behind`, () => {
        const stays = madeAndHeld(1, "i-a", { deleteOnTermination: false });
        const because = state === "terminated" ? "holderTerminated" : "holderShuttingDown";
        const actions = [inMadePool(detach(1, "i-a", because))];
        assert.deepEqual(planFor(stays, { state }), plan({ actions }));
      });
    }

    it("ends with one that has lost its tags", () => {
      const waits = [inMadePool(releasingWait(1, "it ends with its holder i-a"))];
      const ended = { state: "terminated", poolTag: undefined };
      assert.deepEqual(planFor(held, ended), plan({ waits }));
    });

    it("is taken off one whose tag names other pools now", () => {
      const changed = { state: "stopped", poolTag: `${OTHER_POOL},third` };
      // What stops gives back nothing that was made for it, so this is seen when it starts again.
      assert.deepEqual(planFor(held, changed), plan());
      const { actions } = planFor(held, { ...changed, state: "running" });
      assert.deepEqual(actions, [inMadePool(detach(1, "i-a", "holderChangedPool"))]);
    });

    it("is left out where it is the primary interface of one whose tag names another pool", () => {
      const primary = madeAndHeld(1, "i-a", { deviceIndex: 0 });
      const { actions, waits } = planFor(primary, { poolTag: OTHER_POOL });
      assert.deepEqual(actions, []);
      assert.deepEqual(
        waits.map(({ reason }) => reason),
        ["10.0.0.1 is left out for now: it is the primary interface of i-a (holderChangedPool)"],
      );
    });

    it("is a stranger's where that has no tag", () => {
      const problems = [inMadePool(foreignHolder(1, "i-a holds it without the pool's tag"))];
      assert.deepEqual(planFor(held, { poolTag: undefined }), plan({ problems }));
    });

    it("is taken off one that EC2 hasn't known for 40 s, and no sooner", () => {
      const missing = (seconds: number) =>
        planFor(held, undefined, { missingForSeconds: { "i-a": seconds } });
      const unproven = inMadePool(releasingWait(1, "EC2 doesn't know its holder i-a"));
      assert.deepEqual(missing(39.9), plan({ waits: [unproven] }));
      const actions = [inMadePool(detach(1, "i-a", "holderGone"))];
      assert.deepEqual(missing(40), plan({ actions }));
    });

    it("is forced off a stopped one when its detachment is stuck", () => {
      const stuck = madeAndHeld(1, "i-a", { status: "detaching" });
      const detachingForSeconds = { "attach-1": 120 };
      const actions = [inMadePool(detach(1, "i-a", "detachStuck"))];
      assert.deepEqual(
        planFor(stuck, { state: "stopped" }, { detachingForSeconds }),
        plan({ actions }),
      );
    });
  });

  describe("on no instance", () => {
    const made = madeInterface(1, "i-a");

    it("is kept for its own and for no other, whoever waits longer", () => {
      const instances = ["i-a", "i-b"].map((id) => instance(id, { poolTag: MADE_POOL }));
      for (const madeFor of ["i-a", "i-b"]) {
        const other = madeFor === "i-a" ? "i-b" : "i-a";
        const { actions } = planFor(madeInterface(1, madeFor), undefined, { instances });
        const given = [inMadePool(attach(1, madeFor)), create(other)];
        assert.deepEqual(actions, madeFor === "i-a" ? given : given.reverse());
      }
    });

    for (const state of ["stopping", "stopped"]) {
      it(`is kept while its own is ${state}, however long`, () => {
        const unusedForSeconds = { "eni-1": 600 };
        assert.deepEqual(planFor(made, { state }, { unusedForSeconds }), plan());
      });
    }

    it("is kept while its own is pending", () => {
      const waits = [inMadePool(pendingWait("i-a"))];
      const unusedForSeconds = { "eni-1": 600 };
      assert.deepEqual(planFor(made, { state: "pending" }, { unusedForSeconds }), plan({ waits }));
    });

    for (const lifecycleState of ["Terminating:Proceed", "Terminated", "Warmed:Running"]) {
      it(`is kept while its own is ${lifecycleState}`, () => {
        const parts = { members: { "i-a": lifecycleState }, unusedForSeconds: { "eni-1": 600 } };
        assert.deepEqual(planFor(made, {}, parts), plan());
      });
    }

    it("is kept for one whose tag names the pool, but not so that the rights reach it", () => {
      const chosen = makingOnDemand({ pools: [MADE_POOL], poolTags: [MADE_POOL] });
      const observed = snapshot({
        interfaces: [made],
        instances: [instance("i-a", { poolTag: `${MADE_POOL},${OTHER_POOL}` })],
        unusedForSeconds: { "eni-1": 600 },
      });
      assert.deepEqual(planPools(observed, chosen), plan());
    });

    const unused: Record<string, Partial<Instance> | undefined> = {
      "isn't there": undefined,
      "shuts down": { state: "shutting-down" },
      "has ended": { state: "terminated" },
      "has another pool's tag": { poolTag: OTHER_POOL, state: "stopped" },
      "has no tag": { poolTag: undefined },
    };
    for (const [what, isA] of Object.entries(unused)) {
      it(`is unused when its own ${what}`, () => {
        assert.deepEqual(planFor(made, isA), plan({ waits: [unusedWait(1)] }));
      });
    }

    it("is a stranger when nothing says for whom it was made, and is neither given nor deleted", () => {
      const strange = freeInterface(1, { pool: MADE_POOL });
      const problems = [inMadePool(foreignHolder(1, "nobody knows for whom it was made"))];
      const unusedForSeconds = { "eni-1": 600 };
      const expected = plan({ actions: [create("i-a")], problems });
      assert.deepEqual(planFor(strange, {}, { unusedForSeconds }), expected);
    });

    it("is attaching where this reconcile attached it, or its own lists it", () => {
      const waits = [inMadePool(attachingWait(1, "i-a"))];
      const recentAttachments = { "eni-1": "i-a" };
      assert.deepEqual(planFor(made, {}, { recentAttachments }), plan({ waits }));
      const places = placesOf("i-a", [madeAndHeld(1, "i-a")]);
      assert.deepEqual(planFor(made, { places }), plan({ waits }));
    });
  });

  it("is an interface like any other where the pool isn't filled on demand", () => {
    const instances = [instance("i-b", { poolTag: MADE_POOL })];
    const observed = snapshot({ interfaces: [madeInterface(1, "i-a")], instances });
    const actions = [inMadePool(attach(1, "i-b"))];
    assert.deepEqual(planPools(observed, settings()), plan({ actions }));
    const ending = snapshot({
      interfaces: [madeAndHeld(1, "i-a")],
      instances: [instance("i-a", { poolTag: MADE_POOL, state: "stopped" })],
    });
    const detaches = [inMadePool(detach(1, "i-a", "holderStopped"))];
    assert.deepEqual(planPools(ending, settings()), plan({ actions: detaches }));
  });
});
