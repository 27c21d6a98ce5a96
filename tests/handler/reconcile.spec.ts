import assert from "node:assert/strict";
import { createMemory } from "../../handler/reconcile";
import { heldInterface, instance } from "./builders";
import {
  beforeRead,
  FULL_READ,
  newsOf,
  readOf,
  READS,
  refusing,
  summary,
  useReconcile,
} from "./reconcileHarness";
import { ec2Of, serviceError, type SmallEc2 } from "./smallEc2";

const ATTACH = "attach eni-1 to i-a at 0/1";
const COMPLETE_LAUNCH = "complete network-interface-pool-launch of i-a in workers: CONTINUE";
const COMPLETE_TERMINATION =
  "complete network-interface-pool-terminate of i-a in workers: CONTINUE";
const LAUNCH = "eni-1 free    i-a running, Pending:Wait";

const reads = (count: number) => Array<string>(count).fill(readOf("eni-1"));

const becomes = (instanceId: string, state: string) => (region: SmallEc2) =>
  region.instances.set(instanceId, instance(instanceId, { state }));

describe("reconcilePools", () => {
  const { clock, reconcile } = useReconcile();

  describe("reading", () => {
    it("takes one full read where all is well, changes nothing and is settled", async () => {
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

  describe("a launch", () => {
    it("takes a full read, an attachment, reads of the interface alone and a completion", async () => {
      const { steps, pauses, summaries } = await reconcile(LAUNCH, { readsInTransition: 2 });
      assert.deepEqual(steps, [FULL_READ, ATTACH, ...reads(3), COMPLETE_LAUNCH]);
      assert.deepEqual(pauses, [2000, 1500, 1500]);
      assert.deepEqual(summaries, [summary({ rounds: 4, attach: 1, complete: 1 })]);
    });

    it("reads everything again after three reads of the interface", async () => {
      const { steps } = await reconcile(LAUNCH, { readsInTransition: 3 });
      assert.deepEqual(steps, [FULL_READ, ATTACH, ...reads(3), FULL_READ, COMPLETE_LAUNCH]);
    });

    it("reads everything each second while another instance is about to run", async () => {
      const { steps, pauses } = await reconcile(`${LAUNCH}    i-b pending`);
      assert.deepEqual(steps, [FULL_READ, ATTACH, FULL_READ, FULL_READ, COMPLETE_LAUNCH]);
      assert.deepEqual(pauses, [1000, 1000]);
    });

    it("leaves an attachment to the lifecycle event that is still to come", async () => {
      const { steps, summaries } = await reconcile("eni-1 free    i-a running, Pending");
      assert.deepEqual(steps, [FULL_READ, ATTACH]);
      assert.deepEqual(summaries, [summary({ attach: 1, waits: 1 })]);
    });

    it("reads again for an instance that an event called running until EC2 shows it so", async () => {
      const { steps, pauses } = await reconcile("eni-1 free    i-a pending", {
        before: beforeRead(3, becomes("i-a", "running")),
        wakeUp: { reportedRunningIds: ["i-a"] },
      });
      assert.deepEqual(steps, [FULL_READ, FULL_READ, FULL_READ, ATTACH, ...reads(2)]);
      assert.deepEqual(pauses, [1000, 1000, 2000, 1500]);
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

    it("is given out on a full read, after a read of it alone showed it free", async () => {
      const { steps, pauses } = await reconcile(waiting, { readsInTransition: 0 });
      const given = [readOf("eni-1"), FULL_READ, ATTACH];
      assert.deepEqual(steps, [FULL_READ, "detach attach-1", ...given, readOf("eni-1")]);
      assert.deepEqual(pauses, [400, 2000]);
    });

    it("goes to nobody who has gone meanwhile", async () => {
      const { changes } = await reconcile(`${waiting}    i-b running 00:05`, {
        readsInTransition: 0,
        before: beforeRead(2, becomes("i-a", "terminated")),
      });
      assert.deepEqual(changes, ["detach attach-1", "attach eni-1 to i-b at 0/1"]);
    });

    it("is read for by a full read after each three reads of it alone", async () => {
      const { steps } = await reconcile(`${waiting}    i-b running 00:05`, {
        readsInTransition: 4,
        invocationMs: 4_500,
      });
      const looks = [...reads(3), FULL_READ, readOf("eni-1"), FULL_READ];
      assert.deepEqual(steps, [FULL_READ, "detach attach-1", ...looks, ATTACH]);
    });

    it("is read for often for six seconds and then each second, in full every other time", async () => {
      const { steps, pauses } = await reconcile(
        "eni-1 on i-gone    eni-2 on i-b    i-a running    i-b running",
      );
      const often = [FULL_READ, ...reads(3)];
      const found = steps.filter((step) => !step.startsWith("instances by "));
      const then = [FULL_READ, ...reads(1), FULL_READ, ...reads(1)];
      assert.deepEqual(found.slice(0, 20), [...often, ...often, ...often, ...often, ...then]);
      assert.deepEqual(pauses.slice(0, 18), [...Array<number>(16).fill(400), 1_000, 1_000]);
    });

    it("is read for by full reads alone while its holder is one of many that are doubted", async () => {
      const held = [1, 2, 3].map((number) => `eni-${number} on i-gone${number}`).join("    ");
      const { steps } = await reconcile(`${held}    i-a running`, { invocationMs: 3_400 });
      const found = steps.filter((step) => !step.startsWith("instances by "));
      assert.deepEqual(found, Array<string>(4).fill(FULL_READ));
    });

    it("is off before the termination goes on", async () => {
      const { steps, pauses } = await reconcile("eni-1 on i-a    i-a running, Terminating:Wait");
      const looks = reads(2);
      assert.deepEqual(steps, [FULL_READ, "detach attach-1", ...looks, COMPLETE_TERMINATION]);
      assert.deepEqual(pauses, [400, 400]);
    });

    it("is read for as often while another address is attaching", async () => {
      const { changes, pauses } = await reconcile(
        "eni-1 on i-a    eni-2 free    i-a running, Terminating:Wait    i-b running",
      );
      const attach = "attach eni-2 to i-b at 0/1";
      assert.deepEqual(changes, ["detach attach-1", attach, COMPLETE_TERMINATION]);
      assert.deepEqual(pauses, [400, 400]);
    });

    it("is detached on no read of interfaces alone", async () => {
      const { steps } = await reconcile("eni-1 on i-gone    i-a running    i-old stopped", {
        before: beforeRead(2, (region) => {
          region.interfaces = [heldInterface(1, "i-old")];
        }),
      });
      const gone = [FULL_READ, "instances by instance-id=i-gone"];
      assert.deepEqual(steps.slice(0, 5), [...gone, ...reads(1), FULL_READ, "detach attach-1"]);
    });

    /** A full read takes so long, the first time. */
    const slowRead = (ms: number) => {
      let left = ms;
      return (call: string): undefined => {
        if (!call.startsWith("groups by tag")) return;
        clock.nowMs += left;
        left = 0;
      };
    };

    it("is read again with its holder and the group, where it was read two seconds ago", async () => {
      const leaving = "eni-1 on i-a    i-a running, Terminating:Wait";
      const again = [...reads(1), "instances by instance-id=i-a", "groups by name=workers"];
      for (const [ms, more] of [
        [1_999, []],
        [2_000, again],
        [20_000, again],
      ] as const) {
        const { steps, pauses } = await reconcile(leaving, { before: slowRead(ms) });
        const until = [...more, "detach attach-1", ...reads(2), COMPLETE_TERMINATION];
        assert.deepEqual(steps, [FULL_READ, ...until]);
        assert.deepEqual(pauses, [400, 400]);
      }
    });

    for (const [what, change] of [
      ["runs again", becomes("i-a", "running")],
      [
        "has lost it to another",
        ({ interfaces }: SmallEc2) => {
          Object.assign(interfaces[0] ?? {}, heldInterface(1, "i-b"));
        },
      ],
    ] as const) {
      it(`is not detached where its holder ${what} by then`, async () => {
        const { changes, summaries } = await reconcile(
          "eni-1 on i-a    i-a stopped    i-b running",
          {
            before: (call, region) => {
              slowRead(3_000)(call);
              if (call === readOf("eni-1")) change(region);
            },
          },
        );
        assert.deepEqual(changes, []);
        assert.equal(summaries.length, 1);
      });
    }

    it("is not detached where the group doesn't show its holder any more, which goes on without it", async () => {
      const { changes } = await reconcile("eni-1 on i-a    i-a running, Terminating:Wait", {
        before: (call, { members }) => {
          slowRead(3_000)(call);
          if (call === readOf("eni-1")) members.delete("i-a");
        },
      });
      assert.deepEqual(changes, []);
    });

    it("is read again once, however slow reads are, and detached", async () => {
      const { steps } = await reconcile("eni-1 on i-a    i-a stopped", {
        before: (call): undefined => {
          if (call.startsWith("instances by ")) clock.nowMs += 3_000;
        },
      });
      const again = [...reads(1), "instances by instance-id=i-a"];
      assert.deepEqual(steps, [FULL_READ, ...again, "detach attach-1"]);
    });

    it("is held back while what shows it is ten seconds old whenever it is read, with one line", async () => {
      const { changes, lines } = await reconcile("eni-1 on i-a    i-a stopped", {
        before: (call): undefined => {
          if (call.startsWith("instances by ")) clock.nowMs += 10_001;
        },
      });
      assert.deepEqual(changes, []);
      assert.deepEqual(lines, [
        "warn: held back: detach 10.0.0.1 from i-a: holderStopped (what it rests on was read 10 s ago)",
        "info: not settled: the next event goes on",
      ]);
    });
  });

  describe("time", () => {
    const launch = "eni-1 free    i-a running";

    it("stops when the next read would come too late, and says that it isn't settled", async () => {
      const run = await reconcile(launch, { invocationMs: 3_999 });
      assert.deepEqual(run.steps, [FULL_READ, ATTACH]);
      assert.deepEqual(run.pauses, []);
      assert.deepEqual(run.lines, [
        "info: attach 10.0.0.1 to i-a: instanceWaits",
        "info: not settled: the next event goes on",
      ]);
      assert.deepEqual(run.summaries, [summary({ settled: false, attach: 1, waits: 1 })]);
    });

    it("leaves to any news what it had no time for", async () => {
      const memory = createMemory();
      const news = newsOf("end", ["i-x"], clock.nowMs);
      const region = ec2Of(launch, { readsInTransition: 0 });
      await reconcile(region, { memory, invocationMs: 3_999 });
      assert.equal(memory.isSettled, false);
      assert.deepEqual((await reconcile(region, { memory, wakeUp: news })).steps, [FULL_READ]);
      assert.equal(memory.isSettled, true);
      assert.deepEqual((await reconcile(region, { memory, wakeUp: news })).steps, []);
    });

    it("reads once more while there is time for it", async () => {
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

    it("gives up after 150 rounds, however much time is left", async () => {
      const { summaries, pauses } = await reconcile("i-a pending", {
        wakeUp: { reportedRunningIds: ["i-a"] },
        invocationMs: 900_000,
      });
      assert.deepEqual(summaries, [summary({ rounds: 150, settled: false, waits: 1 })]);
      assert.equal(pauses.length, 149);
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
