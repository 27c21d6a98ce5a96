import assert from "node:assert/strict";
import { planPools } from "../../handler/plan";
import {
  addressWait,
  attach,
  attachingWait,
  completeLaunch,
  foreignHolder,
  freeInterface,
  heldInterface,
  instance,
  launchedAtMinute,
  OTHER_POOL,
  pendingWait,
  plan,
  POOL,
  poolExhausted,
  releasingWait,
  settings,
  snapshot,
  ZONE,
} from "./builders";

describe("planPools", () => {
  describe("what has been learnt", () => {
    it("counts an attachment of this reconcile before EC2 shows it", () => {
      const observed = snapshot({
        interfaces: [freeInterface(1), freeInterface(2)],
        instances: [instance("i-a"), instance("i-b")],
        recentAttachments: { "eni-1": "i-b" },
      });
      const actions = [attach(2, "i-a")];
      const waits = [attachingWait(1, "i-b")];
      assert.deepEqual(planPools(observed, settings()), plan({ actions, waits }));
    });

    it("believes EC2 once it shows the recent attachment", () => {
      const observed = snapshot({
        interfaces: [heldInterface(1, "i-a")],
        instances: [instance("i-a")],
        members: { "i-a": "Pending:Wait" },
        recentAttachments: { "eni-1": "i-a" },
      });
      const actions = [completeLaunch("i-a", "CONTINUE", "addressAttached")];
      assert.deepEqual(planPools(observed, settings()), plan({ actions }));
    });

    it("believes the instance's own list while the interface still looks free", () => {
      const lists = { networkInterfaceId: "eni-1", networkCardIndex: 0, deviceIndex: 1 };
      const observed = snapshot({
        interfaces: [freeInterface(1), freeInterface(2)],
        instances: [instance("i-a"), instance("i-b", { places: [lists] })],
      });
      const actions = [attach(2, "i-a")];
      const waits = [attachingWait(1, "i-b")];
      assert.deepEqual(planPools(observed, settings()), plan({ actions, waits }));
    });

    it("believes it also when an instance that is none of the pool's lists the interface, too", () => {
      const lists = { networkInterfaceId: "eni-1", networkCardIndex: 0, deviceIndex: 1 };
      const observed = snapshot({
        interfaces: [freeInterface(1)],
        instances: [
          instance("i-a", { places: [lists] }),
          instance("i-x", { places: [lists], poolTag: undefined }),
        ],
      });
      assert.deepEqual(planPools(observed, settings()), plan({ waits: [attachingWait(1, "i-a")] }));
    });

    it("takes nothing back that the instance's own list alone shows", () => {
      const lists = { networkInterfaceId: "eni-2", networkCardIndex: 0, deviceIndex: 2 };
      const observed = snapshot({
        interfaces: [heldInterface(1, "i-a"), freeInterface(2)],
        instances: [instance("i-a", { places: [lists] })],
      });
      assert.deepEqual(planPools(observed, settings()), plan({ waits: [attachingWait(2, "i-a")] }));
    });

    it("doesn't count an interface of another pool on the instance's own list", () => {
      const lists = { networkInterfaceId: "eni-1", networkCardIndex: 0, deviceIndex: 1 };
      const observed = snapshot({
        interfaces: [freeInterface(1, { pool: OTHER_POOL }), freeInterface(2)],
        instances: [instance("i-a", { places: [lists] })],
      });
      const actions = [attach(2, "i-a", { deviceIndex: 2 })];
      assert.deepEqual(planPools(observed, settings()), plan({ actions }));
    });

    it("passes over an interface that EC2 refused for now, and watches it come back", () => {
      const observed = snapshot({
        interfaces: [freeInterface(1), freeInterface(2)],
        instances: [instance("i-a"), instance("i-b")],
        deferred: { "eni-1": { reason: "EC2 refused: in use", forGood: false } },
      });
      const actions = [attach(2, "i-a")];
      const waits = [releasingWait(1, "EC2 refused: in use"), addressWait("i-b", "10.0.0.1")];
      assert.deepEqual(planPools(observed, settings()), plan({ actions, waits }));
    });

    it("leaves out an interface that EC2 refused for good", () => {
      const observed = snapshot({
        interfaces: [freeInterface(1)],
        instances: [instance("i-a")],
        deferred: { "eni-1": { reason: "EC2 refused: no rights", forGood: true } },
      });
      const reason = "10.0.0.1 is left out for now: EC2 refused: no rights";
      const subject = { pool: POOL, networkInterfaceId: "eni-1", address: "10.0.0.1" };
      const waits = [{ kind: "deferred" as const, ...subject, watch: false, reason }];
      const problems = [poolExhausted("i-a", `all 1 of pool ${POOL} in ${ZONE} are taken`)];
      assert.deepEqual(planPools(observed, settings()), plan({ waits, problems }));
    });

    for (const forGood of [false, true]) {
      const manner = forGood ? "unwatched when it is for good" : "watched when it is for now";
      it(`gives a refused instance's address to the next one, ${manner}`, () => {
        const observed = snapshot({
          interfaces: [freeInterface(1)],
          instances: [instance("i-a"), instance("i-b")],
          deferred: { "i-a": { reason: "EC2 refused: limit", forGood } },
        });
        const reason = "i-a has no address: EC2 refused: limit";
        const subject = { pool: POOL, instanceId: "i-a" };
        const waits = [{ kind: "deferred" as const, ...subject, watch: !forGood, reason }];
        const actions = [attach(1, "i-b")];
        assert.deepEqual(planPools(observed, settings()), plan({ actions, waits }));
      });
    }

    it("watches a pending instance that an event called running, and no other", () => {
      const observed = snapshot({
        interfaces: [freeInterface(1)],
        instances: [
          instance("i-b", { state: "pending" }),
          instance("i-a", { state: "pending" }),
          instance("i-c", { state: "pending", launchTime: launchedAtMinute(-1) }),
        ],
        announcedInstanceIds: ["i-a", "i-unknown"],
      });
      const waits = [pendingWait("i-c"), pendingWait("i-a", true), pendingWait("i-b")];
      assert.deepEqual(planPools(observed, settings()), plan({ waits }));
    });

    it("doesn't watch an announced instance that isn't pending or isn't managed", () => {
      const observed = snapshot({
        interfaces: [heldInterface(1, "i-a")],
        instances: [
          instance("i-a"),
          instance("i-b", { state: "pending", poolTag: undefined }),
          instance("i-c", { state: "terminated" }),
        ],
        announcedInstanceIds: ["i-a", "i-b", "i-c"],
      });
      assert.deepEqual(planPools(observed, settings()), plan());
    });
  });

  describe("the pools setting", () => {
    const onlyOther = settings({ pools: [OTHER_POOL] });

    it("leaves interfaces, instances and members of all other pools alone", () => {
      const observed = snapshot({
        interfaces: [freeInterface(1), heldInterface(2, "i-old"), heldInterface(3, "i-stranger")],
        instances: [
          instance("i-a"),
          instance("i-b", { state: "pending" }),
          instance("i-old", { state: "stopped" }),
          instance("i-stranger", { poolTag: undefined }),
        ],
        members: { "i-a": "Pending:Wait", "i-untagged": "Pending:Wait", "i-old": "Terminating" },
        announcedInstanceIds: ["i-b"],
      });
      assert.deepEqual(planPools(observed, onlyOther), plan());
    });

    it("serves the pools that are named", () => {
      const observed = snapshot({
        interfaces: [freeInterface(1), freeInterface(2, { pool: OTHER_POOL })],
        instances: [instance("i-a"), instance("i-b", { poolTag: OTHER_POOL })],
      });
      const actions = [attach(2, "i-b", { pool: OTHER_POOL })];
      assert.deepEqual(planPools(observed, onlyOther), plan({ actions }));
    });

    it("treats a holder from a pool that isn't named as foreign", () => {
      const observed = snapshot({
        interfaces: [heldInterface(1, "i-a", {}, { pool: OTHER_POOL })],
        instances: [instance("i-a")],
      });
      const problem = foreignHolder(1, "i-a holds it without the pool's tag");
      const problems = [{ ...problem, pool: OTHER_POOL }];
      assert.deepEqual(planPools(observed, onlyOther), plan({ problems }));
    });
  });
});
