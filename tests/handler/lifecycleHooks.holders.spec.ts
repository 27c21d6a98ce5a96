import assert from "node:assert/strict";
import { planPools } from "../../handler/plan";
import {
  attachingWait,
  completeLaunch,
  completeTermination,
  detach,
  foreignHolder,
  freeInterface,
  heldInterface,
  instance,
  pendingWait,
  placesOf,
  plan,
  POOL,
  settings,
  snapshot,
} from "./builders";

describe("planLifecycleHooks, by what the instance holds", () => {
  describe("a launch", () => {
    const members = { "i-a": "Pending:Wait" };
    const actions = [completeLaunch("i-a", "CONTINUE", "addressAttached")];

    it("goes on by the address that is attached, though another was asked for beside it", () => {
      const observed = snapshot({
        interfaces: [heldInterface(1, "i-a"), freeInterface(2)],
        instances: [instance("i-a")],
        members,
        recentAttachments: { "eni-2": "i-a" },
      });
      const waits = [attachingWait(2, "i-a")];
      assert.deepEqual(planPools(observed, settings()), plan({ actions, waits }));
    });

    it("goes on by the address that is attached, though the instance lists only another yet", () => {
      const attaching = heldInterface(2, "i-a", { deviceIndex: 2, status: "attaching" });
      const observed = snapshot({ interfaces: [heldInterface(1, "i-a"), attaching], members });
      const places = placesOf("i-a", [attaching]);
      const instances = { "i-a": instance("i-a", { places }) };
      const waits = [attachingWait(2, "i-a")];
      assert.deepEqual(planPools({ ...observed, instances }, settings()), plan({ actions, waits }));
    });
  });

  describe("a termination", () => {
    const members = { "i-a": "Terminating:Wait" };

    it("waits for the address of an instance that EC2 shows pending", () => {
      const observed = snapshot({
        interfaces: [heldInterface(1, "i-a")],
        instances: [instance("i-a", { state: "pending" })],
        members,
      });
      const actions = [detach(1, "i-a", "holderLeavesGroup")];
      const reason = "i-a goes when its address is off it";
      const goes = {
        kind: "releasing",
        pool: POOL,
        instanceId: "i-a",
        watch: true,
        reason,
      } as const;
      const waits = [pendingWait("i-a"), goes];
      assert.deepEqual(planPools(observed, settings()), plan({ actions, waits }));
    });

    it("doesn't go on with an address that EC2 refused for good to take off", () => {
      const observed = snapshot({
        interfaces: [heldInterface(1, "i-a")],
        instances: [instance("i-a")],
        members,
        deferred: { "attach-1": { reason: "EC2 refused: no right", forGood: true } },
      });
      assert.deepEqual(planPools(observed, settings()).actions, []);
    });
  });

  for (const [lifecycleState, because] of [
    ["Terminating:Wait", "addressReleased"],
    ["Warmed:Terminating:Wait", "addressReleased"],
    ["Warmed:Pending:Wait", "parkedInWarmPool"],
  ] as const) {
    it(`doesn't wait at ${lifecycleState} for an address that nobody takes off a stranger`, () => {
      const observed = snapshot({
        interfaces: [heldInterface(1, "i-a")],
        instances: [instance("i-a", { poolTag: undefined })],
        members: { "i-a": lifecycleState },
      });
      const actions = [completeTermination("i-a", because)];
      const problems = [foreignHolder(1, "i-a holds it without the pool's tag")];
      assert.deepEqual(planPools(observed, settings()), plan({ actions, problems }));
    });
  }
});
