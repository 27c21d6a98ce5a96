import assert from "node:assert/strict";
import { heldInterface, instance } from "./builders";
import {
  beforeRead,
  INTERFACES_LOOK,
  FULL_READ,
  READS,
  refusing,
  summary,
  useReconcile,
} from "./reconcileHarness";
import { serviceError, type SmallEc2 } from "./smallEc2";

const ATTACH = "attach eni-1 to i-a at 0/1";
const COMPLETE_LAUNCH = "complete network-interface-pool-launch of i-a in workers: CONTINUE";
const COMPLETE_TERMINATION =
  "complete network-interface-pool-terminate of i-a in workers: CONTINUE";
const LAUNCH = "eni-1 free    i-a running, Pending:Wait";

const interfacesLooks = (count: number) => Array<string>(count).fill(INTERFACES_LOOK);

const becomes = (instanceId: string, state: string) => (region: SmallEc2) =>
  region.instances.set(instanceId, instance(instanceId, { state }));

describe("reconcilePools", () => {
  const { clock, reconcile } = useReconcile();

  describe("looking", () => {
    it("takes one look where all is well, changes nothing and is settled", async () => {
      const run = await reconcile("eni-1 on i-a    eni-2 free    i-a running, InService");
      assert.deepEqual(run.steps, [FULL_READ]);
      assert.deepEqual(run.lines, ["info: settled"]);
      assert.deepEqual(run.summaries, [summary({})]);
      assert.deepEqual(run.pauses, []);
    });

    it("takes a fourth read for holders without the tag", async () => {
      const world = "eni-1 on i-x    eni-2 on i-y    eni-3 on i-x    i-x running, untagged";
      const { steps } = await reconcile(world, { invocationMs: 2_500 });
      assert.deepEqual(steps, [FULL_READ, "instances by instance-id=i-x,i-y"]);
    });

    it("takes another read for types that may be full", async () => {
      const { steps } = await reconcile(
        "eni-1 free    i-a running, type t3.micro, others at 0 1    t3.micro takes 2",
      );
      assert.deepEqual(steps, [FULL_READ, "types by instance-type=t3.micro"]);
    });

    for (const read of READS) {
      it(`throws what the read of ${read} throws, so that the queue delivers the event again`, async () => {
        const failure = serviceError("RequestLimitExceeded", "Request limit exceeded.");
        await assert.rejects(reconcile("", { before: refusing(read, failure) }), failure);
      });
    }
  });

  describe("news of a start", () => {
    const nothing = ["info: nothing to do: what starts isn't tagged, or isn't running yet"];

    for (const [what, ...startingInstanceIds] of [
      ["nobody who starts is tagged", "i-x", "i-unknown", "constructor"],
      ["the instance that launches is still pending", "i-b"],
    ] as const) {
      it(`costs one read when ${what}`, async () => {
        const { steps, lines, facts } = await reconcile(
          "eni-1 free    i-a running, Pending    i-b pending    i-x running, untagged",
          { wakeUp: { startingInstanceIds } },
        );
        assert.deepEqual(steps, [READS[1]]);
        assert.deepEqual(lines, nothing);
        assert.deepEqual(facts, [{ wokenBy: ["schedule"] }]);
      });
    }

    it("costs no read twice when one of those who start is tagged and runs", async () => {
      const wakeUp = { startingInstanceIds: ["i-x", "i-a"] };
      const { steps } = await reconcile("eni-1 free    i-a running, Pending", { wakeUp });
      assert.deepEqual(steps, [FULL_READ, ATTACH]);
    });

    it("leads to a look when the instance was called running and only the read lags", async () => {
      const { changes } = await reconcile("eni-1 free    i-a pending", {
        before: beforeRead(2, becomes("i-a", "running")),
        wakeUp: { startingInstanceIds: ["i-a"], announcedInstanceIds: ["i-a"] },
      });
      assert.deepEqual(changes, [ATTACH]);
    });
  });

  describe("a launch", () => {
    it("takes a look, an attachment, looks at the interfaces alone and a completion", async () => {
      const { steps, pauses, summaries } = await reconcile(LAUNCH, { readsInTransition: 2 });
      assert.deepEqual(steps, [FULL_READ, ATTACH, ...interfacesLooks(3), COMPLETE_LAUNCH]);
      assert.deepEqual(pauses, [2000, 1500, 1500]);
      assert.deepEqual(summaries, [summary({ rounds: 4, attach: 1, complete: 1 })]);
    });

    it("looks at everything again after three looks at the interfaces", async () => {
      const { steps } = await reconcile(LAUNCH, { readsInTransition: 3 });
      assert.deepEqual(steps, [FULL_READ, ATTACH, ...interfacesLooks(3), FULL_READ, COMPLETE_LAUNCH]);
    });

    it("looks at everything each time while another instance is about to run", async () => {
      const { steps, pauses } = await reconcile(`${LAUNCH}    i-b pending`);
      assert.deepEqual(steps, [FULL_READ, ATTACH, FULL_READ, FULL_READ, COMPLETE_LAUNCH]);
      assert.deepEqual(pauses, [1000, 1000]);
    });

    it("leaves an attachment to the lifecycle event that is still to come", async () => {
      const { steps, summaries } = await reconcile("eni-1 free    i-a running, Pending");
      assert.deepEqual(steps, [FULL_READ, ATTACH]);
      assert.deepEqual(summaries, [summary({ attach: 1 })]);
    });

    it("looks again for an announced instance until EC2 shows it running", async () => {
      const { steps, pauses } = await reconcile("eni-1 free    i-a pending", {
        before: beforeRead(3, becomes("i-a", "running")),
        wakeUp: { announcedInstanceIds: ["i-a"] },
      });
      assert.deepEqual(steps, [FULL_READ, FULL_READ, FULL_READ, ATTACH, ...interfacesLooks(2)]);
      assert.deepEqual(pauses, [1000, 1000, 1500, 1500]);
    });

    it("completes once when Auto Scaling's reads lag", async () => {
      const { changes } = await reconcile(
        "eni-1 on i-a    eni-2 free    i-a running, Pending:Wait    i-b running",
        { readsInTransition: 5 },
      );
      assert.deepEqual(changes, [COMPLETE_LAUNCH, "attach eni-2 to i-b at 0/1"]);
    });

    it("sends one heartbeat in a reconcile while a holder leaves", async () => {
      const { changes } = await reconcile(
        "eni-1 on i-old    i-a running, Pending:Wait    i-old terminated",
        { readsInTransition: 3 },
      );
      assert.deepEqual(changes, [
        "heartbeat network-interface-pool-launch of i-a in workers",
        "detach attach-1",
        ATTACH,
        COMPLETE_LAUNCH,
      ]);
    });
  });

  describe("an address that comes back", () => {
    const waiting = "eni-1 on i-old    i-a running 00:00    i-old shutting-down";

    it("is given out on a look at everything, after the interfaces alone showed it free", async () => {
      const { steps, pauses } = await reconcile(waiting, { readsInTransition: 0 });
      const given = [INTERFACES_LOOK, FULL_READ, ATTACH];
      assert.deepEqual(steps, [FULL_READ, "detach attach-1", ...given, INTERFACES_LOOK]);
      assert.deepEqual(pauses, [400, 1500]);
    });

    it("goes to nobody who has gone meanwhile", async () => {
      const { changes } = await reconcile(`${waiting}    i-b running 00:05`, {
        readsInTransition: 0,
        before: beforeRead(2, becomes("i-a", "terminated")),
      });
      assert.deepEqual(changes, ["detach attach-1", "attach eni-1 to i-b at 0/1"]);
    });

    it("is looked for in full and by the interfaces alone in turn", async () => {
      const { steps } = await reconcile(`${waiting}    i-b running 00:05`, {
        readsInTransition: 4,
        invocationMs: 4_500,
      });
      const looks = [...interfacesLooks(3), FULL_READ, INTERFACES_LOOK, FULL_READ];
      assert.deepEqual(steps, [FULL_READ, "detach attach-1", ...looks, ATTACH]);
    });

    it("is looked for ten times often and then each second, in full every other time", async () => {
      const { steps, pauses } = await reconcile("eni-1 on i-gone    i-a running");
      const often = [FULL_READ, ...interfacesLooks(3), FULL_READ, ...interfacesLooks(3), FULL_READ];
      const then = [FULL_READ, INTERFACES_LOOK, FULL_READ, INTERFACES_LOOK, FULL_READ];
      const looks = steps.filter((step) => step.startsWith("look "));
      assert.deepEqual(looks.slice(0, 16), [...often, ...interfacesLooks(2), ...then]);
      assert.deepEqual(pauses.slice(0, 12), [...Array<number>(10).fill(400), 1_000, 1_000]);
    });

    it("is off before the termination goes on", async () => {
      const { steps, pauses } = await reconcile("eni-1 on i-a    i-a running, Terminating:Wait");
      const looks = interfacesLooks(2);
      assert.deepEqual(steps, [FULL_READ, "detach attach-1", ...looks, COMPLETE_TERMINATION]);
      assert.deepEqual(pauses, [400, 400]);
    });

    it("is looked for as often while another address is attaching", async () => {
      const { changes, pauses } = await reconcile(
        "eni-1 on i-a    eni-2 free    i-a running, Terminating:Wait    i-b running",
      );
      const attach = "attach eni-2 to i-b at 0/1";
      assert.deepEqual(changes, ["detach attach-1", attach, COMPLETE_TERMINATION]);
      assert.deepEqual(pauses, [400, 400]);
    });

    it("is taken back on no look at the interfaces alone", async () => {
      const { steps } = await reconcile(
        "eni-1 free    eni-2 free    i-a running    i-old stopped",
        {
          before: beforeRead(2, ({ interfaces }) => {
            Object.assign(interfaces[1] ?? {}, heldInterface(2, "i-old"));
          }),
        },
      );
      const attached = [FULL_READ, ATTACH, INTERFACES_LOOK];
      assert.deepEqual(steps.slice(0, 5), [...attached, FULL_READ, "detach attach-2"]);
    });

    it("is not detached on a look of eleven seconds ago, but after a new one", async () => {
      let slowMs = 11_000;
      const { steps, pauses, summaries } = await reconcile("eni-1 on i-a    i-a stopped", {
        before: (call) => {
          if (!call.startsWith("groups by ")) return;
          clock.nowMs += slowMs;
          slowMs = 0;
        },
      });
      assert.deepEqual(steps, [FULL_READ, FULL_READ, "detach attach-1"]);
      assert.deepEqual(pauses, [300]);
      assert.deepEqual(summaries, [summary({ rounds: 2, detach: 1 })]);
    });
  });

  describe("time", () => {
    const launch = "eni-1 free    i-a running";

    it("stops when the next look would come too late, and says that it isn't settled", async () => {
      const run = await reconcile(launch, { invocationMs: 3_999 });
      assert.deepEqual(run.steps, [FULL_READ, ATTACH]);
      assert.deepEqual(run.pauses, []);
      assert.deepEqual(run.lines, [
        "info: attach 10.0.0.1 to i-a: instanceWaits",
        "info: not settled: the next event looks again",
      ]);
      assert.deepEqual(run.summaries, [summary({ settled: false, attach: 1 })]);
    });

    it("looks once more while there is time for it", async () => {
      const { pauses } = await reconcile(launch, { invocationMs: 4_000 });
      assert.deepEqual(pauses, [2000]);
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

    it("gives up after 150 looks, however much time is left", async () => {
      const { summaries } = await reconcile(launch, {
        readsInTransition: 1000,
        invocationMs: 900_000,
      });
      assert.deepEqual(summaries, [summary({ rounds: 150, settled: false, attach: 1, waits: 1 })]);
    });
  });

  it("has at most ten calls under way at once", async () => {
    const numbers = Array.from({ length: 25 }, (_, index) => index + 10);
    let underWay = 0;
    let most = 0;
    const { changes } = await reconcile(
      numbers.map((number) => `eni-${number} free    i-${number} running`).join("    "),
      {
        before: async (call) => {
          if (!call.startsWith("attach")) return;
          underWay += 1;
          most = Math.max(most, underWay);
          await new Promise((resolve) => setImmediate(resolve));
          underWay -= 1;
        },
      },
    );
    assert.deepEqual([changes.length, most], [25, 10]);
  });
});
