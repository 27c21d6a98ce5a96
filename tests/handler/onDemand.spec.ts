import assert from "node:assert/strict";
import type { Problem, Settings, Wait } from "../../handler/model";
import { planPools } from "../../handler/plan";
import {
  attach,
  attachingWait,
  completeLaunch,
  create,
  deleteUnused,
  detach,
  endWithInstance,
  freeInterface,
  heldInterface,
  inPool,
  instance,
  launchedAtMinute,
  MADE_POOL,
  madeAndHeld,
  madeInterface,
  makingOnDemand,
  onDemand,
  OTHER_ZONE,
  place,
  plan,
  settings,
  snapshot,
  type SnapshotParts,
  unusedWait,
} from "./builders";

const inMadePool = <Item extends { pool: string }>(item: Item): Item => inPool(MADE_POOL, item);
const isA = instance("i-a", { poolTag: MADE_POOL });

/** What is planned for i-a, which wants an interface of the pool that is filled on demand. */
function planFor(parts: SnapshotParts, chosen: Settings = makingOnDemand()) {
  return planPools(snapshot({ instances: [isA], ...parts }), chosen);
}

function deferredWait(why: string, watch = true): Wait {
  const reason = `i-a has no address: ${why}`;
  return { kind: "deferred", pool: MADE_POOL, instanceId: "i-a", watch, reason };
}

describe("claimMadeInterface", () => {
  it("has one made in the subnet of the instance's zone, with the pool's security groups", () => {
    const subnetIds = { "eu-west-1a": "subnet-a", [OTHER_ZONE]: "subnet-b" };
    const chosen = settings({
      poolSettings: {
        [MADE_POOL]: { onDemand: { subnetIds, securityGroupIds: ["sg-1", "sg-2"] } },
      },
    });
    const where = { availabilityZone: OTHER_ZONE, subnetId: "subnet-b" };
    const actions = [create("i-a", { ...where, securityGroupIds: ["sg-1", "sg-2"] })];
    const instances = [{ ...isA, availabilityZone: OTHER_ZONE }];
    assert.deepEqual(planFor({ instances }, chosen), plan({ actions }));
  });

  it("has one made for each of as many as come, the longest waiting first", () => {
    const instances = [1, 2, 3].map((number) =>
      instance(`i-${number}`, { poolTag: MADE_POOL, launchTime: launchedAtMinute(9 - number) }),
    );
    const actions = [create("i-3"), create("i-2"), create("i-1")];
    assert.deepEqual(planFor({ instances }), plan({ actions }));
  });

  for (const availabilityZone of [OTHER_ZONE, "constructor", ""]) {
    it(`reports an instance in ${JSON.stringify(availabilityZone)}, where the pool has no subnet`, () => {
      const reason = `i-a has no address: pool second has no subnet in ${availabilityZone}`;
      const problem: Problem = {
        kind: "zoneWithoutSubnet",
        pool: MADE_POOL,
        instanceId: "i-a",
        reason,
      };
      const parts = {
        instances: [{ ...isA, availabilityZone }],
        members: { "i-a": { lifecycleState: "Pending:Wait", poolTag: MADE_POOL } },
      };
      assert.deepEqual(planFor(parts), plan({ problems: [problem] }));
    });
  }

  it("takes the next token when some are spent, each claim its own", () => {
    const instances = [isA, instance("i-b", { poolTag: MADE_POOL })];
    const spentTokens = { "i-a/of/second": 2, "i-b/of/third": 1 };
    const actions = [create("i-a", { token: "i-a/of/second/2" }), create("i-b")];
    assert.deepEqual(planFor({ instances, spentTokens }), plan({ actions }));
  });

  it("attaches what was made, at the lowest free index", () => {
    const parts = {
      interfaces: [madeInterface(1, "i-a")],
      instances: [{ ...isA, places: [place(0), place(1)] }],
      interfaceLimits: { "m7i.large": [3] },
    };
    const actions = [inMadePool(attach(1, "i-a", { deviceIndex: 2 }))];
    assert.deepEqual(planFor(parts), plan({ actions }));
  });

  it("leaves the rest to the launch hook's event where that is still to come", () => {
    const parts = {
      interfaces: [madeInterface(1, "i-a")],
      members: { "i-a": { lifecycleState: "Pending", poolTag: MADE_POOL } },
    };
    const actions = [inMadePool(attach(1, "i-a", { watch: false }))];
    assert.deepEqual(planFor(parts), plan({ actions }));
  });

  it("has none made while one is attaching", () => {
    const interfaces = [madeAndHeld(1, "i-a", { status: "attaching", deleteOnTermination: false })];
    const waits = [inMadePool(attachingWait(1, "i-a"))];
    assert.deepEqual(planFor({ interfaces }), plan({ waits }));
  });

  it("has none made where the type takes no more", () => {
    const reason = "i-a has no address: m7i.large takes no more interfaces than it has";
    const problem = { kind: "interfacesFull", pool: MADE_POOL, instanceId: "i-a", reason } as const;
    const interfaceLimits = { "m7i.large": [1] };
    assert.deepEqual(planFor({ interfaceLimits }), plan({ problems: [problem] }));
  });

  for (const state of ["pending", "stopping", "stopped", "shutting-down", "terminated"]) {
    it(`has none made for an instance that is ${state}`, () => {
      assert.deepEqual(planFor({ instances: [{ ...isA, state }] }).actions, []);
    });
  }

  for (const lifecycleState of ["Terminating", "Terminating:Proceed", "Warmed:Running"]) {
    it(`has none made for a member that is ${lifecycleState}`, () => {
      const members = { "i-a": { lifecycleState, poolTag: MADE_POOL } };
      assert.deepEqual(planFor({ members }), plan());
    });
  }

  describe("waits", () => {
    for (const forGood of [false, true]) {
      const manner = forGood ? "unwatched when it is for good" : "watched when it is for now";
      const refusal = { reason: "EC2 refused: busy", forGood };

      for (const subject of ["i-a/of/second", "i-a"]) {
        it(`while EC2 refuses to make one, ${manner}: ${subject}`, () => {
          const waits = [deferredWait("EC2 refused: busy", !forGood)];
          const found = planFor({ deferred: { [subject]: refusal } });
          assert.deepEqual(found, plan({ waits }));
        });
      }

      for (const subject of ["i-a/eni-1", "eni-1"]) {
        it(`while EC2 refuses what was made, ${manner}: ${subject}`, () => {
          const waits = [deferredWait("10.0.0.1 was made for it: EC2 refused: busy", !forGood)];
          const interfaces = [madeInterface(1, "i-a")];
          const found = planFor({ interfaces, deferred: { [subject]: refusal } });
          assert.deepEqual(found, plan({ waits }));
        });
      }
    }

    it("while what was made isn't available yet, and has no other one made", () => {
      const interfaces = [madeInterface(1, "i-a", { status: "pending" })];
      const waits = [deferredWait("10.0.0.1 was made for it: its status is pending")];
      assert.deepEqual(planFor({ interfaces }), plan({ waits }));
    });
  });
});

describe("planMadeOnDemand", () => {
  describe("lets an interface end with its instance", () => {
    const stays = (parts = {}) => madeAndHeld(1, "i-a", { deleteOnTermination: false, ...parts });

    it("once it is attached, while the launch goes on", () => {
      const parts = {
        interfaces: [stays()],
        members: { "i-a": { lifecycleState: "Pending:Wait", poolTag: MADE_POOL } },
      };
      const complete = completeLaunch("i-a", "CONTINUE", "addressAttached");
      const actions = [endWithInstance(1, "i-a"), inMadePool(complete)];
      assert.deepEqual(planFor(parts), plan({ actions }));
    });

    it("not while it is attaching, nor when it does already", () => {
      assert.deepEqual(planFor({ interfaces: [stays({ status: "attaching" })] }).actions, []);
      assert.deepEqual(planFor({ interfaces: [madeAndHeld(1, "i-a")] }), plan());
    });

    it("not when that is done or refused, and keeps it held", () => {
      const deferred = { "end/attach-1": { reason: "done in this reconcile", forGood: true } };
      assert.deepEqual(planFor({ interfaces: [stays()], deferred }), plan());
    });

    it("also where a person attached it to another instance", () => {
      const interfaces = [stays()].map((one) => ({ ...one, madeFor: "i-b" }));
      assert.deepEqual(planFor({ interfaces }), plan({ actions: [endWithInstance(1, "i-a")] }));
    });

    it("also without the tag that says for whom it was made", () => {
      const interfaces = [heldInterface(1, "i-a", {}, { pool: MADE_POOL })];
      assert.deepEqual(planFor({ interfaces }), plan({ actions: [endWithInstance(1, "i-a")] }));
    });

    it("and no fixed one", () => {
      const interfaces = [heldInterface(1, "i-b")];
      const instances = [instance("i-b")];
      assert.deepEqual(planFor({ interfaces, instances }), plan());
    });

    it("of two only the one that stays", () => {
      const interfaces = [stays(), madeAndHeld(2, "i-a", { deviceIndex: 2 })];
      const actions = [inMadePool(detach(2, "i-a", "surplus")), endWithInstance(1, "i-a")];
      assert.deepEqual(planFor({ interfaces }), plan({ actions }));
    });
  });

  describe("deletes an interface", () => {
    const unused = (seconds: number | undefined, parts: SnapshotParts = {}) =>
      planFor({
        interfaces: [madeInterface(1, "i-gone")],
        instances: [],
        unusedForSeconds: seconds === undefined ? {} : { "eni-1": seconds },
        ...parts,
      });

    it("that has been seen unused for 60 s, and not before", () => {
      assert.deepEqual(unused(60), plan({ actions: [deleteUnused(1)] }));
      for (const seconds of [undefined, 0, 59.9]) {
        assert.deepEqual(unused(seconds), plan({ waits: [unusedWait(1)] }));
      }
    });

    it("not again when that is done or refused", () => {
      const deferred = { "eni-1": { reason: "done in this reconcile", forGood: true } };
      assert.deepEqual(unused(60, { deferred }), plan({ waits: [unusedWait(1)] }));
    });

    it("whatever its status, since EC2 decides", () => {
      const interfaces = [madeInterface(1, "i-gone", { status: "pending" })];
      assert.deepEqual(unused(60, { interfaces }), plan({ actions: [deleteUnused(1)] }));
    });

    it("of its pool alone", () => {
      const interfaces = [freeInterface(1, { madeFor: "i-gone" })];
      assert.deepEqual(unused(600, { interfaces }), plan());
    });

    it("not while an instance lists it, which the read of the interface may lag behind", () => {
      const lists = { networkInterfaceId: "eni-1", networkCardIndex: 0, deviceIndex: 1 };
      const instances = [{ ...isA, places: [place(0), lists] }];
      assert.deepEqual(unused(600, { instances }), {
        ...plan(),
        waits: [inMadePool(attachingWait(1, "i-a"))],
      });
    });
  });

  describe("of what was made for an instance twice", () => {
    const twice = [madeInterface(2, "i-a"), madeInterface(1, "i-a")];
    const unusedForSeconds = { "eni-1": 60, "eni-2": 60 };

    it("attaches the first and deletes the other, when it has seen that unused for 60 s", () => {
      const given = inMadePool(attach(1, "i-a"));
      const expected = plan({ actions: [given], waits: [unusedWait(2)] });
      assert.deepEqual(planFor({ interfaces: twice }), expected);
      const actions = [given, deleteUnused(2)];
      assert.deepEqual(planFor({ interfaces: twice, unusedForSeconds }), plan({ actions }));
    });

    it("deletes all others when one is on its instance, or about to be", () => {
      const interfaces = [...twice, madeAndHeld(3, "i-a")];
      const actions = [deleteUnused(1), deleteUnused(2)];
      assert.deepEqual(planFor({ interfaces, unusedForSeconds }), plan({ actions }));
      const recent = planFor({
        interfaces: [...twice, madeInterface(3, "i-a")],
        recentAttachments: { "eni-3": "i-a" },
        unusedForSeconds: { ...unusedForSeconds, "eni-3": 60 },
      });
      assert.deepEqual(recent.actions, actions);
    });

    it("keeps one for an instance that isn't running now", () => {
      const instances = [{ ...isA, state: "stopped" }];
      const parts = { interfaces: twice, instances, unusedForSeconds };
      assert.deepEqual(planFor(parts), plan({ actions: [deleteUnused(2)] }));
    });

    it("keeps one of each of its pools", () => {
      const poolSettings = { [MADE_POOL]: { onDemand }, third: { onDemand } };
      const poolTag = `${MADE_POOL},third`;
      const interfaces = [madeInterface(1, "i-a"), madeInterface(2, "i-a", { pool: "third" })];
      const instances = [{ ...isA, poolTag, state: "stopped" }];
      const parts = { interfaces, instances, unusedForSeconds };
      assert.deepEqual(planFor(parts, settings({ poolSettings })), plan());
    });
  });
});
