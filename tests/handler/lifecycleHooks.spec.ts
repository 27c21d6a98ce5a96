import assert from "node:assert/strict";
import type { Problem, Wait } from "../../handler/model";
import { planPools } from "../../handler/plan";
import {
  addressWait,
  attach,
  attachingWait,
  completeLaunch,
  completeTermination,
  detach,
  foreignHolder,
  freeInterface,
  GROUP,
  heartbeat,
  heldInterface,
  instance,
  OTHER_POOL,
  pendingWait,
  plan,
  POOL,
  poolExhausted,
  releasingWait,
  settings,
  snapshot,
  type SnapshotParts,
  standbyWait,
  ZONE,
} from "./builders";

function memberWithoutTag(instanceId: string): Problem {
  const reason = `${instanceId} has no address: its group ${GROUP} has the tag pool-tag, the instance hasn't`;
  return { kind: "memberWithoutTag", pool: POOL, instanceId, reason };
}

function terminationWait(instanceId: string): Wait {
  const reason = `${instanceId} goes when its address is off it`;
  return { kind: "releasing", pool: POOL, instanceId, watch: true, reason };
}

describe("planLifecycleHooks", () => {
  describe("a launch", () => {
    const members = { "i-a": "Pending:Wait" };

    it("goes on when the address is attached", () => {
      const observed = snapshot({
        interfaces: [heldInterface(1, "i-a")],
        instances: [instance("i-a")],
        members,
      });
      const actions = [completeLaunch("i-a", "CONTINUE", "addressAttached")];
      assert.deepEqual(planPools(observed, settings()), plan({ actions }));
    });

    it("goes on when one of two addresses is attached", () => {
      const observed = snapshot({
        interfaces: [
          heldInterface(1, "i-a", { deviceIndex: 2, status: "attaching" }),
          heldInterface(2, "i-a"),
        ],
        instances: [instance("i-a")],
        members,
      });
      const actions = [
        detach(1, "i-a", "surplus"),
        completeLaunch("i-a", "CONTINUE", "addressAttached"),
      ];
      const waits = [attachingWait(1, "i-a")];
      assert.deepEqual(planPools(observed, settings()), plan({ actions, waits }));
    });

    it("waits while the address is given but not yet attached", () => {
      const observed = snapshot({
        interfaces: [freeInterface(1)],
        instances: [instance("i-a")],
        members,
      });
      assert.deepEqual(planPools(observed, settings()), plan({ actions: [attach(1, "i-a")] }));
    });

    it("waits while the address is attaching", () => {
      const observed = snapshot({
        interfaces: [heldInterface(1, "i-a", { status: "attaching" })],
        instances: [instance("i-a")],
        members,
      });
      const waits = [attachingWait(1, "i-a")];
      assert.deepEqual(planPools(observed, settings()), plan({ waits }));
    });

    it("waits while the instance is pending", () => {
      const observed = snapshot({
        interfaces: [freeInterface(1)],
        instances: [instance("i-a", { state: "pending" })],
        members,
      });
      const waits = [pendingWait("i-a")];
      assert.deepEqual(planPools(observed, settings()), plan({ waits }));
    });

    it("waits while EC2 refuses the instance an address", () => {
      const observed = snapshot({
        interfaces: [freeInterface(1)],
        instances: [instance("i-a")],
        members,
        deferred: { "i-a": { reason: "EC2 refused: limit", forGood: true } },
      });
      const reason = "i-a has no address: EC2 refused: limit";
      const subject = { pool: POOL, instanceId: "i-a" };
      const waits = [{ kind: "deferred" as const, ...subject, watch: false, reason }];
      assert.deepEqual(planPools(observed, settings()), plan({ waits }));
    });

    for (const whenExhausted of ["wait", "abandon", "continue"] as const) {
      it(`is kept alive while a holder leaves, when exhaustion means ${whenExhausted}`, () => {
        const observed = snapshot({
          interfaces: [heldInterface(1, "i-old", { status: "detaching" })],
          instances: [instance("i-a"), instance("i-old", { state: "shutting-down" })],
          members,
        });
        const actions = [heartbeat("i-a")];
        const waits = [
          releasingWait(1, "it is detaching from i-old"),
          addressWait("i-a", "10.0.0.1"),
        ];
        assert.deepEqual(
          planPools(observed, settings({ whenExhausted })),
          plan({ actions, waits }),
        );
      });
    }

    const found = `all 1 of pool ${POOL} in ${ZONE} are taken`;
    const whenExhausted = {
      wait: { problems: [poolExhausted("i-a", found)] },
      abandon: {
        actions: [completeLaunch("i-a", "ABANDON", "poolExhausted")],
        problems: [poolExhausted("i-a", found)],
      },
      continue: {
        actions: [completeLaunch("i-a", "CONTINUE", "poolExhausted")],
        waits: [standbyWait("i-a", found)],
      },
    };
    for (const choice of ["wait", "abandon", "continue"] as const) {
      it(`follows the setting ${choice} when no address is free and nobody leaves`, () => {
        const observed = snapshot({
          interfaces: [heldInterface(1, "i-b")],
          instances: [instance("i-a"), instance("i-b")],
          members,
        });
        assert.deepEqual(
          planPools(observed, settings({ whenExhausted: choice })),
          plan(whenExhausted[choice]),
        );
      });
    }

    for (const state of ["stopping", "stopped"]) {
      it(`waits while its instance is ${state}, which may be a read that lags`, () => {
        const observed = snapshot({ instances: [instance("i-a", { state })], members });
        assert.deepEqual(planPools(observed, settings()), plan());
      });
    }

    for (const state of ["shutting-down", "terminated"]) {
      it(`is abandoned when its instance is ${state}`, () => {
        const observed = snapshot({ instances: [instance("i-a", { state })], members });
        const actions = [completeLaunch("i-a", "ABANDON", "instanceGone")];
        assert.deepEqual(planPools(observed, settings()), plan({ actions }));
      });
    }

    it("waits for an instance that EC2 doesn't show yet", () => {
      const reason = "i-a has no address: EC2 doesn't show it with the tag pool-tag yet";
      const wait = { pool: POOL, instanceId: "i-a", watch: true, reason };
      const waits = [{ kind: "pending" as const, ...wait }];
      assert.deepEqual(planPools(snapshot({ members }), settings()), plan({ waits }));
    });

    it("is reported when the instance hasn't the tag", () => {
      const observed = snapshot({ instances: [instance("i-a", { poolTag: undefined })], members });
      const problems = [memberWithoutTag("i-a")];
      assert.deepEqual(planPools(observed, settings()), plan({ problems }));
    });

    it("is reported when the instance holds an address without the tag", () => {
      const observed = snapshot({
        interfaces: [heldInterface(1, "i-a")],
        instances: [instance("i-a", { poolTag: undefined })],
        members,
      });
      const problems = [
        foreignHolder(1, "i-a holds it without the pool's tag"),
        memberWithoutTag("i-a"),
      ];
      assert.deepEqual(planPools(observed, settings()), plan({ problems }));
    });

    it("isn't completed again in the same reconcile", () => {
      const observed = snapshot({
        interfaces: [heldInterface(1, "i-a")],
        instances: [instance("i-a")],
        members,
        deferred: {
          "complete/i-a/network-interface-pool-launch": { reason: "done", forGood: true },
        },
      });
      assert.deepEqual(planPools(observed, settings()), plan());
    });
  });

  describe("the replacement of a root volume", () => {
    it("goes on at once, and the address stays", () => {
      const observed = snapshot({
        interfaces: [heldInterface(1, "i-a")],
        instances: [instance("i-a")],
        members: { "i-a": "ReplacingRootVolume:Wait" },
      });
      const actions = [completeTermination("i-a", "addressStays")];
      assert.deepEqual(planPools(observed, settings()), plan({ actions }));
    });

    for (const lifecycleState of [
      "ReplacingRootVolume",
      "ReplacingRootVolume:Proceed",
      "RootVolumeReplaced",
    ]) {
      it(`asks for nothing at ${lifecycleState}`, () => {
        const observed = snapshot({
          interfaces: [heldInterface(1, "i-a")],
          instances: [instance("i-a")],
          members: { "i-a": lifecycleState },
        });
        assert.deepEqual(planPools(observed, settings()), plan());
      });
    }
  });

  describe("a warm pool", () => {
    const warming = { instanceId: "i-a", groupName: GROUP, lifecycleActionToken: "token-1" };
    const parked = {
      ...completeLaunch("i-a", "CONTINUE", "parkedInWarmPool"),
      lifecycleActionToken: "token-1",
    };
    const returned = completeTermination("i-a", "parkedInWarmPool");
    const atPool = { "i-a": "Warmed:Pending:Wait" };

    for (const members of [atPool, { "i-a": "Pending:Wait" }, {}]) {
      const shown = JSON.stringify(members);
      it(`is entered by the token of the launch's event, whatever a look shows: ${shown}`, () => {
        const observed = snapshot({
          instances: [instance("i-a", { state: "stopped" })],
          members,
          warmingActions: [warming],
        });
        assert.deepEqual(planPools(observed, settings()).actions, [parked]);
      });
    }

    it("is entered by those alone that are of a pool of this manager's, and shown", () => {
      const planFor = (parts: SnapshotParts) =>
        planPools(snapshot({ warmingActions: [warming], ...parts }), settings({ pools: [POOL] }));
      assert.deepEqual(planFor({}), plan());
      const others = instance("i-a", { poolTag: OTHER_POOL, state: "pending" });
      assert.deepEqual(planFor({ instances: [others], members: {} }), plan());
    });

    it("is entered once in a reconcile", () => {
      const done = { reason: "done", forGood: true };
      const observed = snapshot({
        instances: [instance("i-a")],
        members: atPool,
        warmingActions: [warming],
        deferred: { "complete/i-a/network-interface-pool-launch/token-1": done },
      });
      assert.deepEqual(planPools(observed, settings()), plan());
    });

    it("is never entered by the instance's id: the same hook waits as it leaves the pool", () => {
      const observed = snapshot({ instances: [instance("i-a")], members: atPool });
      assert.deepEqual(planPools(observed, settings()), plan({ actions: [returned] }));
    });

    it("is returned to once the address is off", () => {
      const instances = [instance("i-a")];
      const interfaces = [heldInterface(1, "i-a")];
      const held = snapshot({ interfaces, instances, members: atPool });
      const reason = "i-a is parked when its address is off it";
      const wait: Wait = { kind: "releasing", pool: POOL, instanceId: "i-a", watch: true, reason };
      const actions = [detach(1, "i-a", "holderInWarmPool")];
      assert.deepEqual(planPools(held, settings()), plan({ actions, waits: [wait] }));
      const free = snapshot({ interfaces: [freeInterface(1)], instances, members: atPool });
      assert.deepEqual(planPools(free, settings()), plan({ actions: [returned] }));
    });

    it("is returned to at once by an instance that stops anyway", () => {
      const observed = snapshot({
        interfaces: [heldInterface(1, "i-a")],
        instances: [instance("i-a", { state: "stopping" })],
        members: atPool,
      });
      const actions = [detach(1, "i-a", "holderStopping"), returned];
      assert.deepEqual(planPools(observed, settings()), plan({ actions }));
    });

    it("gives an address at the second hook, when the instance enters service", () => {
      const observed = snapshot({
        interfaces: [freeInterface(1)],
        instances: [instance("i-a")],
        members: { "i-a": "Pending:Wait" },
      });
      assert.deepEqual(planPools(observed, settings()), plan({ actions: [attach(1, "i-a")] }));
    });

    it("lets a parked instance go", () => {
      const observed = snapshot({
        instances: [instance("i-a")],
        members: { "i-a": "Warmed:Terminating:Wait" },
      });
      const actions = [completeTermination("i-a", "addressReleased")];
      assert.deepEqual(planPools(observed, settings()), plan({ actions }));
    });
  });

  describe("a termination", () => {
    const members = { "i-a": "Terminating:Wait" };

    it("takes the address off and waits while the instance still runs", () => {
      const observed = snapshot({
        interfaces: [heldInterface(1, "i-a")],
        instances: [instance("i-a")],
        members,
      });
      const actions = [detach(1, "i-a", "holderLeavesGroup")];
      const waits = [terminationWait("i-a")];
      assert.deepEqual(planPools(observed, settings()), plan({ actions, waits }));
    });

    it("waits while the address is detaching", () => {
      const observed = snapshot({
        interfaces: [heldInterface(1, "i-a", { status: "detaching" })],
        instances: [instance("i-a")],
        members,
      });
      const waits = [releasingWait(1, "it is detaching from i-a"), terminationWait("i-a")];
      assert.deepEqual(planPools(observed, settings()), plan({ waits }));
    });

    it("waits for an address that this reconcile attached and EC2 doesn't show yet", () => {
      const observed = snapshot({
        interfaces: [freeInterface(1)],
        instances: [instance("i-a")],
        members,
        recentAttachments: { "eni-1": "i-a" },
      });
      const waits = [attachingWait(1, "i-a"), terminationWait("i-a")];
      assert.deepEqual(planPools(observed, settings()), plan({ waits }));
    });

    it("goes on when the address is off", () => {
      const observed = snapshot({
        interfaces: [freeInterface(1)],
        instances: [instance("i-a")],
        members,
      });
      const actions = [completeTermination("i-a", "addressReleased")];
      assert.deepEqual(planPools(observed, settings()), plan({ actions }));
    });

    it("goes on when the instance has stopped already, and takes the address off", () => {
      const observed = snapshot({
        interfaces: [heldInterface(1, "i-a")],
        instances: [instance("i-a", { state: "shutting-down" })],
        members,
      });
      const actions = [
        detach(1, "i-a", "holderShuttingDown"),
        completeTermination("i-a", "instanceGone"),
      ];
      assert.deepEqual(planPools(observed, settings()), plan({ actions }));
    });

    it("goes on when EC2 knows no such instance", () => {
      const actions = [completeTermination("i-a", "instanceGone")];
      assert.deepEqual(planPools(snapshot({ members }), settings()), plan({ actions }));
    });

    it("isn't completed again in the same reconcile", () => {
      const observed = snapshot({
        instances: [instance("i-a")],
        members,
        deferred: {
          "complete/i-a/network-interface-pool-terminate": { reason: "done", forGood: true },
        },
      });
      assert.deepEqual(planPools(observed, settings()), plan());
    });
  });

  it("takes members in the order of their ids", () => {
    const members = { "i-b": "Terminating:Wait", "i-c": "Pending:Wait", "i-a": "Terminating:Wait" };
    const instances = [instance("i-c", { state: "terminated" })];
    const actions = [
      completeTermination("i-a", "instanceGone"),
      completeTermination("i-b", "instanceGone"),
      completeLaunch("i-c", "ABANDON", "instanceGone"),
    ];
    assert.deepEqual(planPools(snapshot({ members, instances }), settings()), plan({ actions }));
  });

  it("leaves the hooks of groups from other pools alone", () => {
    const members = { "i-a": "Terminating:Wait" };
    const onlyOther = settings({ pools: [OTHER_POOL] });
    assert.deepEqual(planPools(snapshot({ members }), onlyOther), plan());
  });

  for (const lifecycleState of ["Pending", "Pending:Proceed", "InService", "Terminating:Proceed"]) {
    it(`asks nothing of Auto Scaling for a member that is ${lifecycleState}`, () => {
      const observed = snapshot({ members: { "i-a": lifecycleState } });
      assert.deepEqual(planPools(observed, settings()), plan());
    });
  }
});
