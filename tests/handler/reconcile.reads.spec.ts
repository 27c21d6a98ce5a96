import assert from "node:assert/strict";
import { FULL_READ, newsOf, readOf, READS, summary, useReconcile } from "./reconcileHarness";
import { type Behaviour, ec2Of, serviceError } from "./smallEc2";

const ATTACH = "attach eni-1 to i-a at 0/1";
const COMPLETE_LAUNCH = "complete network-interface-pool-launch of i-a in workers: CONTINUE";
const LAUNCH = "eni-1 free    i-a running, Pending:Wait";
const WAITING = "eni-1 on i-a    i-a stopped    i-b running";

const [GROUPS, , INTERFACES] = READS;
const failure = serviceError("RequestLimitExceeded", "Request limit exceeded.");
const denial = serviceError("UnauthorizedOperation", "no");

/** What one try of a read comes to. */
interface Try {
  tookMs?: number;
  error?: Error;
}
const failed: Try = { error: failure };
const slow = (tookMs: number): Try => ({ tookMs });

describe("reconcilePools, reading", () => {
  const { clock, reconcile } = useReconcile();

  /** What a read comes to, try by try; those not told of are quick and well. */
  const trying = (read: string | undefined, ...tries: Try[]): Behaviour["before"] => {
    const left = [...tries];
    return (call): undefined => {
      if (call !== read) return;
      const { tookMs = 0, error } = left.shift() ?? {};
      clock.nowMs += tookMs;
      if (error !== undefined) throw error;
    };
  };

  /** How many full reads there are in an invocation that ends well or with the failure. */
  const countReads = async (invocationMs: number, tries: Try[]) => {
    // Another instance that is about to run is shown by full reads alone.
    const world = `${LAUNCH}    i-b pending`;
    const region = ec2Of(world, { readsInTransition: 1000, before: trying(INTERFACES, ...tries) });
    await reconcile(region, { invocationMs }).catch((error: unknown) => {
      assert.equal(error, failure);
    });
    return region.calls.filter((call) => call === INTERFACES).length;
  };

  describe("fails at times:", () => {
    const watched = `${LAUNCH}    i-b pending`;
    for (const [which, earlier, pauses] of [
      ["the first read", [], [2000, 2000, 1000, 1000]],
      ["a later full read", [{}], [1000, 2000, 2000, 1000]],
    ] as const) {
      it(`${which} is tried three times, two seconds apart`, async () => {
        const before = trying(INTERFACES, ...earlier, failed, failed);
        const run = await reconcile(watched, { before });
        assert.deepEqual(run.changes, [ATTACH, COMPLETE_LAUNCH]);
        assert.deepEqual(run.pauses, pauses);
        const said =
          "warn: a read failed and is tried again: RequestLimitExceeded: Request limit exceeded.";
        const warnings = run.lines.filter((line) => line.startsWith("warn"));
        assert.deepEqual(warnings, [said, said]);
      });

      it(`${which} throws when it fails for the third time`, async () => {
        const region = ec2Of(watched, {
          before: trying(INTERFACES, ...earlier, failed, failed, failed),
        });
        await assert.rejects(reconcile(region), failure);
        const reads = region.calls.filter((call) => call === INTERFACES).length;
        assert.equal(reads, earlier.length + 3);
      });
    }

    it("the read by id for news of a start is tried again, too", async () => {
      const byId = "instances by instance-id=i-x";
      const wakeUp = newsOf("start", ["i-x"], clock.nowMs);
      const { steps, pauses } = await reconcile("", { before: trying(byId, failed), wakeUp });
      assert.deepEqual(steps, [byId, byId]);
      assert.deepEqual(pauses, [2000]);
    });

    it("a read of the interface alone is tried again, too, and throws in the end", async () => {
      const byId = readOf("eni-1");
      const { changes } = await reconcile(LAUNCH, { before: trying(byId, failed, failed) });
      assert.deepEqual(changes, [ATTACH, COMPLETE_LAUNCH]);
      const before = trying(byId, failed, failed, failed);
      await assert.rejects(reconcile(LAUNCH, { before }), failure);
    });

    it("a read that is denied is tried once more, and then throws", async () => {
      for (const code of ["UnauthorizedOperation", "AccessDenied"]) {
        const error = serviceError(code, "no");
        const region = ec2Of("", { before: trying(GROUPS, { error }, { error }, { error }) });
        await assert.rejects(reconcile(region), error);
        assert.equal(region.calls.filter((call) => call === GROUPS).length, 2);
      }
    });

    it("a read that is denied after two failures is not tried again", async () => {
      const before = trying(GROUPS, failed, failed, { error: denial });
      await assert.rejects(reconcile("", { before }), denial);
    });

    it("a read goes on when rights are there after all", async () => {
      const before = trying(GROUPS, { error: denial });
      const { changes } = await reconcile(LAUNCH, { before });
      assert.deepEqual(changes, [ATTACH, COMPLETE_LAUNCH]);
    });

    it("a read that failed slowly makes what the next try shows old: it is read again by id", async () => {
      const before = trying(INTERFACES, { tookMs: 11_000, error: failure });
      const { steps } = await reconcile(WAITING, { before });
      const again = [readOf("eni-1"), "instances by instance-id=i-a", "detach attach-1"];
      assert.ok(steps.join().includes(again.join()), steps.join("\n"));
    });
  });

  const failedSlowly = (tookMs: number): Try => ({ tookMs, error: failure });
  /** The tries of a full read, and how many there are in how many milliseconds. */
  const budgets: Record<string, [tries: Try[], reads: Record<number, number>]> = {
    // After the first pause of 1 s, one of 2 s and 2 s in reserve are needed.
    "a read that failed": [[{}, failed, failed], { 4_999: 2, 5_000: 3 }],
    // The next may take as long: 28 s, a pause of 2 s, 28 s and 2 s in reserve.
    "a try that failed after 28 s": [Array(2).fill(failedSlowly(28_000)), { 60_000: 2 }],
    "a try that failed after more": [Array(2).fill(failedSlowly(28_001)), { 60_000: 1 }],
    // After that read and two pauses of 1 and 2 s another one is needed, as long as the first, and 2 s.
    "a read that failed after one of 5 s": [
      [slow(5_000), failed, failed],
      { 14_999: 2, 15_000: 3 },
    ],
    // After the read and a pause of 1 s there is to be time for another one, and for what it may lead to.
    "reads that take 5 s": [[slow(5_000), slow(5_000)], { 12_999: 1, 13_000: 2 }],
    "a read of 5 s and a quick one": [[slow(5_000), {}, slow(5_000)], { 12_999: 1, 13_000: 3 }],
    "a read of 5 s and one of 3 s": [
      [slow(5_000), slow(3_000), slow(5_000)],
      { 14_999: 2, 15_000: 3 },
    ],
  };
  for (const [why, [tries, expected]] of Object.entries(budgets)) {
    for (const [invocationMs, reads] of Object.entries(expected)) {
      it(`leaves time for ${reads} full reads in ${invocationMs} ms: ${why}`, async () => {
        assert.equal(await countReads(Number(invocationMs), tries), reads);
      });
    }
  }

  for (const [count, isPartial] of [
    [200, true],
    [201, false],
  ] as const) {
    it(`reads ${count} that are attaching ${isPartial ? "alone" : "with everything else"}, since a filter takes 200 ids`, async () => {
      const numbers = Array.from({ length: count }, (_, index) => index + 1);
      const world = numbers.map((one) => `eni-${one} on i-${one}, attaching    i-${one} running`);
      const { steps } = await reconcile(world.join("    "), { readsInTransition: 9 });
      assert.equal(steps[0], FULL_READ);
      assert.equal(steps[1] === FULL_READ, !isPartial);
    });
  }

  describe("takes long at times:", () => {
    it("a watch of slow reads ends before its time is up, and measures", async () => {
      const endMs = clock.nowMs + 60_000;
      const before = trying(INTERFACES, ...Array.from({ length: 9 }, () => slow(8_000)));
      const world = `${LAUNCH}    i-b pending`;
      const run = await reconcile(world, { readsInTransition: 1000, before });
      // Each takes 9 s with its pause; after the sixth there is no time for another and 2 s.
      assert.equal(endMs - clock.nowMs, 7_000);
      const watched = { rounds: 6, settled: false, attach: 1, waits: 2 };
      assert.deepEqual(run.summaries, [summary(watched)]);
      assert.equal(run.measured.length, 1);
    });

    for (const [what, read, tries] of [
      ["one slow read leaves time to see an attachment through", INTERFACES, [slow(25_000)]],
      [
        "slow reads of the interface alone don't count, since they are few",
        readOf("eni-1"),
        [slow(12_000), slow(12_000)],
      ],
      [
        "a try that failed slowly doesn't count once another was quick",
        INTERFACES,
        [failedSlowly(28_000)],
      ],
    ] as const) {
      it(what, async () => {
        const { changes } = await reconcile(LAUNCH, { before: trying(read, ...tries) });
        assert.deepEqual(changes, [ATTACH, COMPLETE_LAUNCH]);
      });
    }

    it("a read that took more than half of the time still leads to what it calls for", async () => {
      const before = trying(INTERFACES, slow(57_000));
      const { steps, summaries } = await reconcile(LAUNCH, { before });
      assert.deepEqual(steps, [FULL_READ, ATTACH]);
      assert.deepEqual(summaries, [summary({ settled: false, attach: 1, waits: 1 })]);
    });
  });
});
