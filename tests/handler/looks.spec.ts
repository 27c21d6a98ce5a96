import assert from "node:assert/strict";
import { LOOK, READS, summary, useReconcile } from "./reconcileHarness";
import { createSmallEc2, type SmallEc2Parts, serviceError } from "./smallEc2";
import { freeInterface, heldInterface, instance } from "./builders";

const ATTACH = "attach eni-1 to i-a at 0/1";
const COMPLETE_LAUNCH = "complete network-interface-pool-launch of i-a in workers: CONTINUE";

describe("reconcilePools, looking", () => {
  const { clock, reconcile } = useReconcile();
  const failure = serviceError("RequestLimitExceeded", "Request limit exceeded.");
  const launch = {
    interfaces: [freeInterface(1)],
    instances: [instance("i-a")],
    members: { "i-a": "Pending:Wait" },
  };

  interface Try {
    tookMs?: number;
    error?: Error;
  }

  /** What a read comes to, try by try; those not told of are quick and well. */
  const trying = (read: string | undefined, ...tries: Try[]): SmallEc2Parts["before"] => {
    const left = [...tries];
    return (call): undefined => {
      if (call !== read) return;
      const { tookMs = 0, error } = left.shift() ?? {};
      clock.nowMs += tookMs;
      if (error !== undefined) throw error;
    };
  };
  const [GROUPS, INSTANCES, INTERFACES] = READS;
  const failed: Try = { error: failure };

  /** How often the interfaces are read by an invocation that ends well or with the failure. */
  const countReads = async (invocationMs: number, ...tries: Try[]): Promise<number> => {
    const before = trying(INTERFACES, ...tries);
    const region = createSmallEc2({ ...launch, looksInTransition: 1000, before });
    await reconcile(region, { invocationMs }).catch((error: unknown) => {
      assert.equal(error, failure);
    });
    return region.calls.filter((call) => call === INTERFACES).length;
  };

  describe("fails at times:", () => {
    const FAILED =
      "warn: a look failed and is tried again: RequestLimitExceeded: Request limit exceeded.";

    for (const [which, earlier] of [
      ["the first look", []],
      ["a later look", [{}]],
    ] as const) {
      it(`${which} is tried three times, two seconds apart`, async () => {
        const before = trying(INTERFACES, ...earlier, failed, failed);
        const run = await reconcile({ ...launch, before });
        assert.deepEqual(run.changes, [ATTACH, COMPLETE_LAUNCH]);
        assert.deepEqual(run.pauses, [2000, 2000, 2000, 1500]);
        assert.deepEqual(
          run.lines.filter((line) => line.startsWith("warn")),
          [FAILED, FAILED],
        );
      });

      it(`${which} throws when it fails for the third time`, async () => {
        const before = trying(INTERFACES, ...earlier, failed, failed, failed);
        const region = createSmallEc2({ ...launch, before });
        await assert.rejects(reconcile(region), failure);
        const reads = region.calls.filter((call) => call === INTERFACES).length;
        assert.equal(reads, earlier.length + 3);
      });
    }

    it("the one read for news of a start is tried again, too", async () => {
      const before = trying(INSTANCES, failed);
      const wakeUp = { startingInstanceIds: ["i-x"] };
      const { steps, pauses } = await reconcile({ before }, { wakeUp });
      assert.deepEqual(steps, [INSTANCES, INSTANCES]);
      assert.deepEqual(pauses, [2000]);
    });

    it("the look after that read is tried again, that read isn't", async () => {
      const region = createSmallEc2({ ...launch, before: trying(INTERFACES, failed) });
      await reconcile(region, { wakeUp: { startingInstanceIds: ["i-a"] } });
      const first = [INSTANCES, INTERFACES, GROUPS, INTERFACES, GROUPS, ATTACH];
      assert.deepEqual(region.calls.slice(0, 6), first);
    });

    for (const code of ["UnauthorizedOperation", "AccessDenied"]) {
      it(`a look that is denied by ${code} is tried once more, and then throws`, async () => {
        const denial = serviceError(code, "no");
        const denied = { error: denial };
        const region = createSmallEc2({ before: trying(GROUPS, denied, denied, denied) });
        await assert.rejects(reconcile(region), denial);
        assert.equal(region.calls.filter((call) => call === GROUPS).length, 2);
      });
    }

    it("a look that is denied after two failures is not tried again", async () => {
      const denial = serviceError("UnauthorizedOperation", "no");
      const before = trying(GROUPS, failed, failed, { error: denial });
      await assert.rejects(reconcile({ before }), denial);
    });

    it("a look goes on when rights are there after all", async () => {
      const before = trying(GROUPS, { error: serviceError("UnauthorizedOperation", "no") });
      const { changes } = await reconcile({ ...launch, before });
      assert.deepEqual(changes, [ATTACH, COMPLETE_LAUNCH]);
    });

    // After the first pause of 2 s, one more and 2 s in reserve are needed.
    for (const [invocationMs, reads] of [
      [5999, 2],
      [6000, 3],
    ] as const) {
      it(`an invocation of ${invocationMs} ms reads ${reads} times in all`, async () => {
        assert.equal(await countReads(invocationMs, {}, failed, failed), reads);
      });
    }

    for (const [tookMs, reads] of [
      [29_000, 2],
      [29_001, 1],
    ] as const) {
      it(`a try that took ${tookMs} ms of a minute is one of ${reads}, since the next may take as long`, async () => {
        const slow = { tookMs, error: failure };
        assert.equal(await countReads(60_000, slow, slow), reads);
      });
    }

    // After that look and a pause of 2 s, another one is needed, as long a look at everything, and 2 s.
    for (const [invocationMs, reads] of [
      [15_999, 2],
      [16_000, 3],
    ] as const) {
      it(`a look after one of 5 s is read ${reads} times in all by an invocation of ${invocationMs} ms`, async () => {
        assert.equal(await countReads(invocationMs, { tookMs: 5_000 }, failed, failed), reads);
      });
    }

    // On an old look nothing would be detached.
    for (const [read, startingInstanceIds] of [
      [INTERFACES, undefined],
      [INSTANCES, ["i-b"]],
    ] as const) {
      it(`a look is as old as the try that it came of, of the ${read}`, async () => {
        const region = createSmallEc2({
          interfaces: [heldInterface(1, "i-a")],
          instances: [instance("i-a", { state: "stopped" }), instance("i-b")],
          before: trying(read, { tookMs: 11_000, error: failure }),
        });
        const wakeUp = { startingInstanceIds: startingInstanceIds?.slice() };
        const { changes, pauses } = await reconcile(region, { wakeUp });
        assert.equal(changes[0], "detach attach-1");
        assert.deepEqual(pauses.slice(0, 2), [2000, 400]);
      });
    }
  });

  describe("takes long at times:", () => {
    it("a watch of slow looks ends before its time is up, and measures", async () => {
      const slow = Array.from({ length: 9 }, () => ({ tookMs: 8_000 }));
      const endMs = clock.nowMs + 60_000;
      const before = trying(INTERFACES, ...slow);
      const run = await reconcile({ ...launch, looksInTransition: 1000, before });
      assert.equal(endMs - clock.nowMs, 13_500);
      const watched = { looks: 5, settled: false, attach: 1, waits: 1 };
      assert.deepEqual(run.summaries, [summary(watched)]);
      assert.equal(run.measured.length, 1);
    });

    // After the look and a pause of 2 s there is to be time for another one, and for what it may lead to.
    for (const [invocationMs, reads] of [
      [13_999, 1],
      [14_000, 2],
    ] as const) {
      it(`an invocation of ${invocationMs} ms whose looks take 5 s has ${reads}`, async () => {
        const slow = { tookMs: 5_000 };
        assert.equal(await countReads(invocationMs, slow, slow), reads);
      });
    }

    // After pauses of 2 s and 1.5 s, the look at everything counts, and the last one at the interfaces.
    for (const [secondMs, invocationMs, reads] of [
      [0, 15_499, 2],
      [0, 15_500, 3],
      [3_000, 21_499, 2],
      [3_000, 21_500, 3],
    ] as const) {
      it(`a look of 5 s and one of ${secondMs} ms count for the next: ${reads} in ${invocationMs} ms`, async () => {
        const tries = [{ tookMs: 5_000 }, { tookMs: secondMs }, { tookMs: 5_000 }];
        assert.equal(await countReads(invocationMs, ...tries), reads);
      });
    }

    for (const [invocationMs, reads] of [
      [13_999, 1],
      [14_000, 2],
    ] as const) {
      it(`a read of 5 s for news of a start counts for the next look, too: ${reads} in ${invocationMs} ms`, async () => {
        const before = trying(INSTANCES, { tookMs: 5_000 });
        const region = createSmallEc2({ ...launch, looksInTransition: 1000, before });
        await reconcile(region, { invocationMs, wakeUp: { startingInstanceIds: ["i-a"] } });
        assert.equal(region.calls.filter((call) => call === INTERFACES).length, reads);
      });
    }

    it("one slow look leaves time to see an attachment through", async () => {
      const before = trying(INTERFACES, { tookMs: 25_000 });
      const { changes } = await reconcile({ ...launch, before });
      assert.deepEqual(changes, [ATTACH, COMPLETE_LAUNCH]);
    });

    it("a slow look at the interfaces doesn't count once one was quick", async () => {
      const twice = { tookMs: 12_000 };
      const before = trying(INTERFACES, {}, twice, {}, twice, twice);
      const run = await reconcile({ ...launch, looksInTransition: 3, before });
      assert.deepEqual(run.changes, [ATTACH, COMPLETE_LAUNCH]);
    });

    it("a try that failed slowly doesn't count once another was quick", async () => {
      const before = trying(INTERFACES, { tookMs: 20_000, error: failure });
      const { changes, pauses } = await reconcile({ ...launch, before });
      assert.deepEqual(changes, [ATTACH, COMPLETE_LAUNCH]);
      assert.deepEqual(pauses, [2000, 2000, 1500]);
    });

    it("a look that took more than half of the time still leads to what it calls for", async () => {
      const before = trying(INTERFACES, { tookMs: 57_000 });
      const { steps, summaries } = await reconcile({ ...launch, before });
      assert.deepEqual(steps, [LOOK, ATTACH]);
      assert.deepEqual(summaries, [summary({ settled: false, attach: 1 })]);
    });

    it("a look is as old as the read for news of a start that it goes on from", async () => {
      const { steps, pauses } = await reconcile(
        {
          interfaces: [heldInterface(1, "i-a")],
          instances: [instance("i-a", { state: "stopped" }), instance("i-b")],
          before: trying(INSTANCES, { tookMs: 11_000 }),
        },
        { wakeUp: { startingInstanceIds: ["i-b"] } },
      );
      assert.deepEqual(steps.slice(0, 3), [LOOK, LOOK, "detach attach-1"]);
      assert.equal(pauses[0], 300);
    });
  });
});
