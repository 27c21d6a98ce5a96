import assert from "node:assert/strict";
import type { Instance, ReleaseReason, Wait } from "../../handler/model";
import { planPools } from "../../handler/plan";
import {
  attach,
  attachingWait,
  detach,
  foreignHolder,
  freeInterface,
  heldInterface,
  instance,
  OTHER_POOL,
  plan,
  POOL,
  poolExhausted,
  releasingWait,
  settings,
  snapshot,
  type SnapshotParts,
  ZONE,
} from "./builders";

/** What becomes of interface 1 while i-a holds it. */
function planForHolder(
  holder: Partial<Instance>,
  parts: SnapshotParts = {},
  status = "attached",
): ReturnType<typeof planPools> {
  const interfaces = [heldInterface(1, "i-a", { status })];
  const observed = snapshot({ interfaces, instances: [instance("i-a", holder)], ...parts });
  return planPools(observed, settings());
}

function leftOut(why: string): Wait {
  const subject = { pool: POOL, networkInterfaceId: "eni-1", address: "10.0.0.1" };
  const reason = `10.0.0.1 is left out for now: ${why}`;
  return { kind: "deferred", ...subject, watch: false, reason };
}

describe("judgeInterface", () => {
  describe("a holder that gives its address back", () => {
    const byState: Record<string, ReleaseReason> = {
      stopping: "holderStopping",
      stopped: "holderStopped",
      "shutting-down": "holderShuttingDown",
      terminated: "holderTerminated",
    };
    for (const [state, because] of Object.entries(byState)) {
      it(`detaches from a holder that is ${state}`, () => {
        const actions = [detach(1, "i-a", because)];
        assert.deepEqual(planForHolder({ state }), plan({ actions }));
      });
    }

    const byLifecycleState: Record<string, ReleaseReason> = {
      Terminating: "holderLeavesGroup",
      "Terminating:Proceed": "holderLeavesGroup",
      Terminated: "holderLeavesGroup",
      "Warmed:Pending": "holderInWarmPool",
      "Warmed:Running": "holderInWarmPool",
      "Warmed:Hibernated": "holderInWarmPool",
    };
    for (const [lifecycleState, because] of Object.entries(byLifecycleState)) {
      it(`detaches from a member that is ${lifecycleState}`, () => {
        const actions = [detach(1, "i-a", because)];
        const members = { "i-a": lifecycleState };
        assert.deepEqual(planForHolder({}, { members }), plan({ actions }));
      });
    }

    it("keeps a holder that an event calls running while a read still shows its stop", () => {
      const announced = { announcedInstanceIds: ["i-a"] };
      assert.deepEqual(planForHolder({ state: "stopped" }, announced), plan());
      assert.deepEqual(planForHolder({ state: "stopping" }, announced), plan());
    });

    it("detaches from a holder whose tag names another pool now", () => {
      const observed = snapshot({
        interfaces: [heldInterface(1, "i-a"), freeInterface(2, { pool: OTHER_POOL })],
        instances: [instance("i-a", { poolTag: OTHER_POOL })],
      });
      const actions = [
        detach(1, "i-a", "holderChangedPool"),
        attach(2, "i-a", { pool: OTHER_POOL, deviceIndex: 2 }),
      ];
      assert.deepEqual(planPools(observed, settings()), plan({ actions }));
    });

    it("detaches from a terminated holder that has lost its tags", () => {
      const actions = [detach(1, "i-a", "holderTerminated")];
      const holder = { state: "terminated", poolTag: undefined };
      assert.deepEqual(planForHolder(holder), plan({ actions }));
    });

    it("detaches an interface that is still attaching to a holder that goes", () => {
      const actions = [detach(1, "i-a", "holderShuttingDown")];
      assert.deepEqual(
        planForHolder({ state: "shutting-down" }, {}, "attaching"),
        plan({ actions }),
      );
    });

    it("leaves out the primary interface of a holder, which EC2 doesn't detach", () => {
      const interfaces = [heldInterface(1, "i-a", { deviceIndex: 0 })];
      const instances = [instance("i-a", { state: "stopped" }), instance("i-b")];
      const { actions, waits, problems } = planPools(
        snapshot({ interfaces, instances }),
        settings(),
      );
      assert.deepEqual(actions, []);
      assert.deepEqual(
        waits.map(({ kind, watch, reason }) => [kind, watch, reason]),
        [
          [
            "deferred",
            false,
            "10.0.0.1 is left out for now: it is the primary interface of i-a (holderStopped)",
          ],
        ],
      );
      assert.deepEqual(
        problems.map(({ kind }) => kind),
        ["poolExhausted"],
      );
    });

    it("takes an interface at index 0 of another card for what it is: none that is primary", () => {
      const interfaces = [heldInterface(1, "i-a", { deviceIndex: 0, networkCardIndex: 1 })];
      const actions = [detach(1, "i-a", "holderStopped")];
      assert.deepEqual(planForHolder({ state: "stopped" }, { interfaces }), plan({ actions }));
    });

    it("lets nobody wait for what EC2 refused for good to take off", () => {
      const parts = {
        instances: [instance("i-a", { state: "stopped" }), instance("i-b")],
        deferred: { "attach-1": { reason: "EC2 refused: no right", forGood: true } },
      };
      const waits = [leftOut("EC2 refused: no right")];
      const problems = [poolExhausted("i-b", `all 1 of pool ${POOL} in ${ZONE} are taken`)];
      assert.deepEqual(planForHolder({}, parts), plan({ waits, problems }));
    });

    it("waits instead of detaching again while EC2 works on it", () => {
      const deferred = { "attach-1": { reason: "its detachment was asked for", forGood: false } };
      const waits = [releasingWait(1, "its detachment was asked for")];
      assert.deepEqual(planForHolder({ state: "stopped" }, { deferred }), plan({ waits }));
    });

    for (const state of ["shutting-down", "terminated"]) {
      it(`waits for an address that can't be asked back while its holder is ${state}`, () => {
        const deferred = { "attach-1": { reason: "EC2 refused: no right", forGood: true } };
        const waits = [releasingWait(1, "EC2 refused: no right")];
        assert.deepEqual(planForHolder({ state }, { deferred }), plan({ waits }));
      });
    }
  });

  describe("a holder that keeps its address", () => {
    for (const state of ["running", "pending"]) {
      it(`leaves the interface with a holder that is ${state}`, () => {
        assert.deepEqual(planForHolder({ state }), plan());
      });
    }

    for (const lifecycleState of [
      "InService",
      "Pending",
      "Standby",
      "EnteringStandby",
      "Detaching",
    ]) {
      it(`leaves the interface with a member that is ${lifecycleState}`, () => {
        assert.deepEqual(planForHolder({}, { members: { "i-a": lifecycleState } }), plan());
      });
    }

    it("watches an interface that is attaching", () => {
      const waits = [attachingWait(1, "i-a")];
      assert.deepEqual(planForHolder({}, {}, "attaching"), plan({ waits }));
    });

    it("leaves an interface that is attaching to a Pending member to the launch hook's event", () => {
      const waits = [attachingWait(1, "i-a", false)];
      const members = { "i-a": "Pending" };
      assert.deepEqual(planForHolder({}, { members }, "attaching"), plan({ waits }));
    });

    it("watches a recent attachment although EC2 still shows the former holder", () => {
      const observed = snapshot({
        interfaces: [heldInterface(1, "i-old")],
        instances: [instance("i-a"), instance("i-old", { state: "terminated" })],
        recentAttachments: { "eni-1": "i-a" },
      });
      assert.deepEqual(planPools(observed, settings()), plan({ waits: [attachingWait(1, "i-a")] }));
    });
  });

  describe("a holder that was never ours", () => {
    for (const state of ["running", "pending", "stopping", "stopped", "shutting-down"]) {
      it(`leaves the interface alone and reports it while the holder is ${state}`, () => {
        const problems = [foreignHolder(1, "i-a holds it without the pool's tag")];
        assert.deepEqual(planForHolder({ state, poolTag: undefined }), plan({ problems }));
      });
    }

    it("never forces an interface off it", () => {
      const problems = [foreignHolder(1, "i-a holds it without the pool's tag")];
      const parts = { detachingForSeconds: { "attach-1": 600 } };
      assert.deepEqual(
        planForHolder({ poolTag: undefined }, parts, "detaching"),
        plan({ problems }),
      );
    });

    it("reports an interface that a service of AWS holds", () => {
      const observed = snapshot({ interfaces: [heldInterface(1, undefined)] });
      const problems = [foreignHolder(1, "a service of AWS holds it")];
      assert.deepEqual(planPools(observed, settings()), plan({ problems }));
    });
  });

  describe("a holder that EC2 doesn't know", () => {
    const planForMissing = (parts: SnapshotParts) =>
      planPools(snapshot({ interfaces: [heldInterface(1, "i-gone")], ...parts }), settings());

    it("keeps the interface while the absence is short of 40 s", () => {
      const waits = [releasingWait(1, "EC2 doesn't know its holder i-gone")];
      const missingForSeconds = { "i-gone": 39.9 };
      assert.deepEqual(planForMissing({ missingForSeconds }), plan({ waits }));
    });

    it("keeps the interface when nothing says for how long the holder is missing", () => {
      const waits = [releasingWait(1, "EC2 doesn't know its holder i-gone")];
      assert.deepEqual(planForMissing({}), plan({ waits }));
    });

    it("detaches after 40 s", () => {
      const actions = [detach(1, "i-gone", "holderGone")];
      const missingForSeconds = { "i-gone": 40 };
      assert.deepEqual(planForMissing({ missingForSeconds }), plan({ actions }));
    });
  });

  describe("an interface that is detaching", () => {
    const planForDetaching = (parts: SnapshotParts, holder: Partial<Instance> = {}) =>
      planForHolder(holder, parts, "detaching");

    it("waits for it, even when its holder is healthy", () => {
      const waits = [releasingWait(1, "it is detaching from i-a")];
      const interfaces = [
        heldInterface(1, "i-a", { status: "detaching" }),
        heldInterface(2, "i-a"),
      ];
      assert.deepEqual(planForDetaching({ interfaces }), plan({ waits }));
    });

    it("waits for it short of 120 s", () => {
      const waits = [releasingWait(1, "it is detaching from i-a")];
      const detachingForSeconds = { "attach-1": 119.9 };
      assert.deepEqual(
        planForDetaching({ detachingForSeconds }, { state: "stopped" }),
        plan({ waits }),
      );
    });

    it("forces it off after 120 s", () => {
      const actions = [detach(1, "i-a", "detachStuck", { force: true })];
      const detachingForSeconds = { "attach-1": 120 };
      assert.deepEqual(
        planForDetaching({ detachingForSeconds }, { state: "stopped" }),
        plan({ actions }),
      );
    });

    it("forces it off a holder that is gone", () => {
      const actions = [detach(1, "i-gone", "detachStuck", { force: true })];
      const observed = snapshot({
        interfaces: [heldInterface(1, "i-gone", { status: "detaching" })],
        detachingForSeconds: { "attach-1": 120 },
        missingForSeconds: { "i-gone": 120 },
      });
      assert.deepEqual(planPools(observed, settings()), plan({ actions }));
    });

    for (const [state, problems] of [
      ["running", [poolExhausted("i-a", `all 1 of pool ${POOL} in ${ZONE} are taken`)]],
      ["stopped", []],
      ["shutting-down", []],
    ] as const) {
      it(`forces it only once, and no longer counts on it, while its holder is ${state}`, () => {
        const waits = [leftOut("it was forced off")];
        const parts = {
          detachingForSeconds: { "attach-1": 600 },
          deferred: { "attach-1": { reason: "it was forced off", forGood: true } },
        };
        const expected = plan({ waits, problems: [...problems] });
        assert.deepEqual(planForDetaching(parts, { state }), expected);
      });
    }

    it("forces nothing while a detachment of this reconcile is awaited", () => {
      const waits = [releasingWait(1, "it is detaching from i-a")];
      const parts = {
        detachingForSeconds: { "attach-1": 120 },
        deferred: { "attach-1": { reason: "its detachment was asked for", forGood: false } },
      };
      assert.deepEqual(planForDetaching(parts, { state: "stopped" }), plan({ waits }));
    });

    it("forces nothing that only looks stuck: an attachment that is attached", () => {
      const detachingForSeconds = { "attach-1": 600 };
      assert.deepEqual(planForHolder({}, { detachingForSeconds }), plan());
    });
  });
});

describe("judgeInterface, of a healthy holder", () => {
  it("leaves it what it has, though EC2 refused for good to take that while it was leaving", () => {
    const observed = snapshot({
      interfaces: [heldInterface(1, "i-a"), freeInterface(2)],
      instances: [instance("i-a")],
      deferred: { "attach-1": { reason: "EC2 refused", forGood: true } },
    });
    assert.deepEqual(planPools(observed, settings()), plan());
  });
});
