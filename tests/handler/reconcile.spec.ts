import assert from "node:assert/strict";
import { createMemory } from "../../handler/learn";
import { INTERFACES_LOOK, LOOK, READS, summary, useReconcile } from "./reconcileHarness";
import { createSmallEc2, type SmallEc2, serviceError } from "./smallEc2";
import {
  addressWait,
  freeInterface,
  heldInterface,
  instance,
  launchedAtMinute,
  OTHER_POOL,
  place,
  POOL,
  poolExhausted,
  releasingWait,
  settings,
  ZONE,
} from "./builders";

const COMPLETE_LAUNCH = "complete network-interface-pool-launch of i-a in workers: CONTINUE";
const COMPLETE_TERMINATION =
  "complete network-interface-pool-terminate of i-a in workers: CONTINUE";

/** Changes the region just before the nth look at its interfaces. */
function beforeLook(nth: number, change: (region: SmallEc2) => void) {
  let looks = 0;
  return (call: string, region: SmallEc2): undefined => {
    if (call !== READS[2]) return;
    looks += 1;
    if (looks === nth) change(region);
  };
}

describe("reconcilePools", () => {
  const { clock, reconcile } = useReconcile();

  describe("looking", () => {
    it("takes one look where all is well, changes nothing and is settled", async () => {
      const { steps, lines, pauses, summaries } = await reconcile({
        interfaces: [heldInterface(1, "i-a"), freeInterface(2)],
        instances: [instance("i-a")],
        members: { "i-a": "InService" },
      });
      assert.deepEqual(steps, [LOOK]);
      assert.deepEqual(lines, ["info: settled"]);
      assert.deepEqual(summaries, [summary({})]);
      assert.deepEqual(pauses, []);
    });

    it("takes a fourth read for holders without the tag", async () => {
      const { steps } = await reconcile({
        interfaces: [heldInterface(1, "i-x"), heldInterface(2, "i-y"), heldInterface(3, "i-x")],
        instances: [instance("i-x", { poolTag: undefined })],
      });
      assert.deepEqual(steps, [LOOK, "instances by instance-id=i-x,i-y"]);
    });

    it("takes another read for types that may be full", async () => {
      const { steps } = await reconcile({
        interfaces: [freeInterface(1)],
        instances: [instance("i-a", { instanceType: "t3.micro", places: [place(0), place(1)] })],
        interfaceLimits: { "t3.micro": [2] },
      });
      assert.deepEqual(steps, [LOOK, "types by instance-type=t3.micro"]);
    });

    for (const read of READS) {
      it(`throws what the read of ${read} throws, so that the queue delivers the event again`, async () => {
        const failure = serviceError("RequestLimitExceeded", "Request limit exceeded.");
        const before = (call: string): undefined => {
          if (call === read) throw failure;
        };
        await assert.rejects(reconcile({ before }), failure);
      });
    }

    it("leaves the pools alone that it isn't asked to serve", async () => {
      const { steps, summaries } = await reconcile(
        { interfaces: [freeInterface(1)], instances: [instance("i-a")] },
        { chosen: settings({ pools: [OTHER_POOL] }) },
      );
      assert.deepEqual(steps, [LOOK]);
      assert.deepEqual(summaries, [summary({})]);
    });
  });

  describe("news of a launch into a warm pool", () => {
    const warmingActions = [
      { instanceId: "i-a", groupName: "workers", lifecycleActionToken: "token-1" },
    ];
    const answer = "complete network-interface-pool-launch of token-1 in workers: CONTINUE";

    it("is answered by its token while the instance is pending", async () => {
      const instances = [instance("i-a", { state: "pending" })];
      const { changes } = await reconcile({ instances }, { wakeUp: { warmingActions } });
      assert.deepEqual(changes, [answer]);
    });

    it("is remembered until the instance is shown, and answered once", async () => {
      const memory = createMemory();
      const first = await reconcile({}, { memory, wakeUp: { warmingActions } });
      assert.deepEqual(first.changes, []);
      const second = await reconcile({ instances: [instance("i-a")] }, { memory });
      assert.deepEqual(second.changes, [answer]);
      const third = await reconcile({ instances: [instance("i-a")] }, { memory });
      assert.deepEqual(third.changes, []);
    });

    it("is remembered where a start beside it needs no look", async () => {
      const memory = createMemory();
      const wakeUp = { warmingActions, startingInstanceIds: ["i-x"] };
      const { steps } = await reconcile({}, { memory, wakeUp });
      assert.deepEqual(steps, [READS[1]]);
      assert.equal(memory.warmingActions.size, 1);
    });
  });

  describe("news of a start", () => {
    const ATTACH = "attach eni-1 to i-a at 0/1";
    const free = { interfaces: [freeInterface(1)], members: { "i-a": "Pending" } };
    const instances = [
      instance("i-a"),
      instance("i-b", { state: "pending" }),
      instance("i-x", { poolTag: undefined }),
    ];
    const nothing = ["info: nothing to do: what starts isn't tagged, or isn't running yet"];

    it("costs one read when nobody who starts is tagged", async () => {
      const wakeUp = { startingInstanceIds: ["i-x", "i-unknown", "constructor"] };
      const { steps, lines, facts } = await reconcile({ ...free, instances }, { wakeUp });
      assert.deepEqual(steps, [READS[1]]);
      assert.deepEqual(lines, nothing);
      assert.deepEqual(facts, [{ wokenBy: ["schedule"] }]);
    });

    it("costs one read when the instance that launches is still pending", async () => {
      const wakeUp = { startingInstanceIds: ["i-b"] };
      const { steps, lines } = await reconcile({ ...free, instances }, { wakeUp });
      assert.deepEqual(steps, [READS[1]]);
      assert.deepEqual(lines, nothing);
    });

    it("costs no read twice when one of those who start is tagged and runs", async () => {
      const wakeUp = { startingInstanceIds: ["i-x", "i-a"] };
      const { steps } = await reconcile({ ...free, instances: instances.slice(0, 1) }, { wakeUp });
      assert.deepEqual(steps, [LOOK, ATTACH]);
    });

    it("leads to a look when the instance was called running and only the read lags", async () => {
      const wakeUp = { startingInstanceIds: ["i-b"], announcedInstanceIds: ["i-b"] };
      const running = (region: SmallEc2): void => {
        region.instances.set("i-b", instance("i-b"));
      };
      const { changes } = await reconcile(
        { interfaces: [freeInterface(1)], instances, before: beforeLook(2, running) },
        { wakeUp },
      );
      assert.deepEqual(changes, [ATTACH]);
    });
  });

  describe("a launch", () => {
    const ATTACH = "attach eni-1 to i-a at 0/1";
    const launch = {
      interfaces: [freeInterface(1)],
      instances: [instance("i-a")],
      members: { "i-a": "Pending:Wait" },
    };

    it("takes a look, an attachment, looks at the interfaces alone and a completion", async () => {
      const { steps, pauses, summaries } = await reconcile({ ...launch, looksInTransition: 2 });
      const looks = [INTERFACES_LOOK, INTERFACES_LOOK, INTERFACES_LOOK];
      assert.deepEqual(steps, [LOOK, ATTACH, ...looks, COMPLETE_LAUNCH]);
      assert.deepEqual(pauses, [2000, 1500, 1500]);
      assert.deepEqual(summaries, [summary({ looks: 4, attach: 1, complete: 1 })]);
    });

    it("looks at everything again after three looks at the interfaces", async () => {
      const { steps } = await reconcile({ ...launch, looksInTransition: 3 });
      const looks = [INTERFACES_LOOK, INTERFACES_LOOK, INTERFACES_LOOK, LOOK];
      assert.deepEqual(steps, [LOOK, ATTACH, ...looks, COMPLETE_LAUNCH]);
    });

    it("looks at everything each time while another instance is about to run", async () => {
      const { steps, pauses } = await reconcile({
        ...launch,
        instances: [instance("i-a"), instance("i-b", { state: "pending" })],
      });
      assert.deepEqual(steps, [LOOK, ATTACH, LOOK, LOOK, COMPLETE_LAUNCH]);
      assert.deepEqual(pauses, [1000, 1000]);
    });

    it("leaves an attachment to the lifecycle event that is still to come", async () => {
      const { steps, summaries } = await reconcile({ ...launch, members: { "i-a": "Pending" } });
      assert.deepEqual(steps, [LOOK, ATTACH]);
      assert.deepEqual(summaries, [summary({ attach: 1 })]);
    });

    it("looks again for an announced instance until EC2 shows it running", async () => {
      const running = (region: SmallEc2): void => {
        region.instances.set("i-a", instance("i-a"));
      };
      const { steps, pauses } = await reconcile(
        {
          interfaces: [freeInterface(1)],
          instances: [instance("i-a", { state: "pending" })],
          before: beforeLook(3, running),
        },
        { wakeUp: { announcedInstanceIds: ["i-a"] } },
      );
      const looks = [INTERFACES_LOOK, INTERFACES_LOOK];
      assert.deepEqual(steps, [LOOK, LOOK, LOOK, ATTACH, ...looks]);
      assert.deepEqual(pauses, [1000, 1000, 1500, 1500]);
    });

    it("completes once when Auto Scaling's reads lag", async () => {
      const { changes } = await reconcile({
        interfaces: [heldInterface(1, "i-a"), freeInterface(2)],
        instances: [instance("i-a"), instance("i-b")],
        members: { "i-a": "Pending:Wait" },
        looksInTransition: 5,
      });
      assert.deepEqual(changes, [COMPLETE_LAUNCH, "attach eni-2 to i-b at 0/1"]);
    });

    it("sends one heartbeat in a reconcile while a holder leaves", async () => {
      const { changes } = await reconcile({
        interfaces: [heldInterface(1, "i-old")],
        instances: [instance("i-a"), instance("i-old", { state: "terminated" })],
        members: { "i-a": "Pending:Wait" },
        looksInTransition: 3,
      });
      assert.deepEqual(changes, [
        "heartbeat network-interface-pool-launch of i-a in workers",
        "detach attach-1",
        ATTACH,
        COMPLETE_LAUNCH,
      ]);
    });
  });

  it("takes no interface back on a look at the interfaces alone", async () => {
    const attachByHand = (region: SmallEc2): void => {
      Object.assign(region.interfaces[1] ?? {}, heldInterface(2, "i-old"));
    };
    const { steps } = await reconcile({
      interfaces: [freeInterface(1), freeInterface(2)],
      instances: [instance("i-a"), instance("i-old", { state: "stopped" })],
      before: beforeLook(2, attachByHand),
    });
    const attached = [LOOK, "attach eni-1 to i-a at 0/1", INTERFACES_LOOK];
    assert.deepEqual(steps.slice(0, 5), [...attached, LOOK, "detach attach-2"]);
  });

  it("logs with every line what it is about", async () => {
    const region = {
      interfaces: [heldInterface(1, "i-old", { status: "detaching" })],
      instances: [instance("i-old", { state: "shutting-down" }), instance("i-a")],
    };
    const { facts } = await reconcile(region, { invocationMs: 2_500 });
    const why = "it is detaching from i-old";
    assert.deepEqual(facts.slice(0, 2), [
      { wait: releasingWait(1, why) },
      { wait: addressWait("i-a", "10.0.0.1") },
    ]);
    const { facts: exhausted } = await reconcile({ instances: [instance("i-a")] });
    const problem = poolExhausted("i-a", `pool ${POOL} has no interface in ${ZONE}`);
    assert.deepEqual(exhausted[0], { problem });
  });

  describe("an address that comes back", () => {
    const waiting = {
      interfaces: [heldInterface(1, "i-old")],
      instances: [
        instance("i-a"),
        instance("i-b", { launchTime: launchedAtMinute(5) }),
        instance("i-old", { state: "shutting-down" }),
      ],
    };
    const ATTACH = "attach eni-1 to i-a at 0/1";

    it("is given out on a look at everything, after the interfaces alone showed it free", async () => {
      const instances = waiting.instances.filter(({ instanceId }) => instanceId !== "i-b");
      const { steps, pauses } = await reconcile({ ...waiting, instances, looksInTransition: 0 });
      const given = [INTERFACES_LOOK, LOOK, ATTACH];
      assert.deepEqual(steps, [LOOK, "detach attach-1", ...given, INTERFACES_LOOK]);
      assert.deepEqual(pauses, [400, 1500]);
    });

    it("goes to nobody who has gone meanwhile", async () => {
      const terminated = (region: SmallEc2): void => {
        region.instances.set("i-a", instance("i-a", { state: "terminated" }));
      };
      const { changes } = await reconcile({
        ...waiting,
        looksInTransition: 0,
        before: beforeLook(2, terminated),
      });
      assert.deepEqual(changes, ["detach attach-1", "attach eni-1 to i-b at 0/1"]);
    });

    it("is looked for in full and by the interfaces alone in turn", async () => {
      const { steps } = await reconcile(
        { ...waiting, looksInTransition: 4 },
        { invocationMs: 4_500 },
      );
      const alone = [INTERFACES_LOOK, INTERFACES_LOOK, INTERFACES_LOOK];
      const looks = [...alone, LOOK, INTERFACES_LOOK, LOOK];
      assert.deepEqual(steps, [LOOK, "detach attach-1", ...looks, ATTACH]);
    });

    it("is off before the termination goes on", async () => {
      const { steps } = await reconcile({
        interfaces: [heldInterface(1, "i-a")],
        instances: [instance("i-a")],
        members: { "i-a": "Terminating:Wait" },
      });
      const looks = [INTERFACES_LOOK, INTERFACES_LOOK];
      assert.deepEqual(steps, [LOOK, "detach attach-1", ...looks, COMPLETE_TERMINATION]);
    });

    it("is not detached on a look of eleven seconds ago, but after a new one", async () => {
      let isSlow = true;
      const { steps, pauses, summaries } = await reconcile({
        interfaces: [heldInterface(1, "i-a")],
        instances: [instance("i-a", { state: "stopped" })],
        before: (call) => {
          if (isSlow && call.startsWith("groups by ")) {
            clock.nowMs += 11_000;
            isSlow = false;
          }
          return undefined;
        },
      });
      assert.deepEqual(steps, [LOOK, LOOK, "detach attach-1"]);
      assert.deepEqual(pauses, [300]);
      assert.deepEqual(summaries, [summary({ looks: 2, detach: 1 })]);
    });

    it("is forced off once, when it has been detaching for 120 s of the process's life", async () => {
      const region = createSmallEc2({
        interfaces: [heldInterface(1, "i-old", { status: "detaching" })],
        instances: [instance("i-old", { state: "shutting-down" })],
        looksInTransition: 1000,
      });
      const memory = createMemory();
      const changesByReconcile: string[][] = [];
      const times = [
        [0, 60_000],
        [119_999, 30_000],
        [1, 45_000],
        [60_000, 60_000],
      ] as const;
      for (const [afterMs, invocationMs] of times) {
        clock.nowMs += afterMs;
        region.calls.length = 0;
        const { changes } = await reconcile(region, { memory, invocationMs });
        changesByReconcile.push(changes);
      }
      assert.deepEqual(changesByReconcile, [[], [], ["detach attach-1 with force"], []]);
    });

    it("is taken from a holder that EC2 hasn't known for 40 s, whatever the machine's clock says", async () => {
      const correct = (): void => {
        clock.correctionMs = 3_600_000;
      };
      const { changes, pauses } = await reconcile({
        interfaces: [heldInterface(1, "i-gone")],
        instances: [instance("i-a")],
        before: beforeLook(3, correct),
      });
      assert.deepEqual(changes, ["detach attach-1", ATTACH]);
      const often = Array.from({ length: 10 }, () => 400);
      const beforeDetach = [...often, ...Array.from({ length: 36 }, () => 1000)];
      assert.deepEqual(pauses.slice(0, beforeDetach.length), beforeDetach);
    });
  });

  describe("time", () => {
    const launch = { interfaces: [freeInterface(1)], instances: [instance("i-a")] };
    const ATTACH = "attach eni-1 to i-a at 0/1";

    it("stops when the next look would come too late, and says that it isn't settled", async () => {
      const { steps, lines, pauses, summaries } = await reconcile(launch, { invocationMs: 3_999 });
      assert.deepEqual(steps, [LOOK, ATTACH]);
      assert.deepEqual(pauses, []);
      assert.deepEqual(lines, [
        "info: attach 10.0.0.1 to i-a: instanceWaits",
        "info: not settled: the next event looks again",
      ]);
      assert.deepEqual(summaries, [summary({ settled: false, attach: 1 })]);
    });

    for (const [invocationMs, changed] of [
      [2_000, []],
      [2_001, [ATTACH]],
    ] as const) {
      it(`asks EC2 for ${changed.length} changes when ${invocationMs} ms are left`, async () => {
        const { changes } = await reconcile(launch, { invocationMs });
        assert.deepEqual(changes, changed);
      });
    }

    it("looks once more while there is time for it", async () => {
      const { pauses } = await reconcile(launch, { invocationMs: 4_000 });
      assert.deepEqual(pauses, [2000]);
    });

    it("gives up after 150 looks, however much time is left", async () => {
      const { summaries } = await reconcile(
        { ...launch, looksInTransition: 1000 },
        { invocationMs: 900_000 },
      );
      assert.deepEqual(summaries, [summary({ looks: 150, settled: false, attach: 1, waits: 1 })]);
    });
  });

  it("has at most ten calls under way at once", async () => {
    const numbers = Array.from({ length: 25 }, (_, index) => index + 1);
    let underWay = 0;
    let most = 0;
    const { changes } = await reconcile({
      interfaces: numbers.map((number) => freeInterface(number)),
      instances: numbers.map((number) => instance(`i-${String(number).padStart(2, "0")}`)),
      before: async (call) => {
        if (!call.startsWith("attach")) return;
        underWay += 1;
        most = Math.max(most, underWay);
        await new Promise((resolve) => setImmediate(resolve));
        underWay -= 1;
      },
    });
    assert.equal(changes.length, 25);
    assert.equal(most, 10);
  });
});
