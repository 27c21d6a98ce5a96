import assert from "node:assert/strict";
import { FULL_READ, READS, summary, useReconcile } from "./reconcileHarness";
import { type Behaviour, ec2Of, serviceError } from "./smallEc2";

const ATTACH = "attach eni-1 to i-a at 0/1";
const COMPLETE_LAUNCH = "complete network-interface-pool-launch of i-a in workers: CONTINUE";
const LAUNCH = "eni-1 free    i-a running, Pending:Wait";
const WAITING = "eni-1 on i-a    i-a stopped    i-b running";

const [GROUPS, INSTANCES, INTERFACES] = READS;
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

  /** How often a read is tried by an invocation that ends well or with the failure. */
  const countTries = async (invocationMs: number, tries: Try[], read = INTERFACES) => {
    const region = ec2Of(LAUNCH, { readsInTransition: 1000, before: trying(read, ...tries) });
    const wakeUp = read === INSTANCES ? { startingInstanceIds: ["i-a"] } : {};
    await reconcile(region, { invocationMs, wakeUp }).catch((error: unknown) => {
      assert.equal(error, failure);
    });
    return region.calls.filter((call) => call === INTERFACES).length;
  };

  describe("fails at times:", () => {
    for (const [which, earlier] of [
      ["the first look", []],
      ["a later look", [{}]],
    ] as const) {
      it(`${which} is tried three times, two seconds apart`, async () => {
        const before = trying(INTERFACES, ...earlier, failed, failed);
        const run = await reconcile(LAUNCH, { before });
        assert.deepEqual(run.changes, [ATTACH, COMPLETE_LAUNCH]);
        assert.deepEqual(run.pauses, [2000, 2000, 2000, 1500]);
        const said =
          "warn: a look failed and is tried again: RequestLimitExceeded: Request limit exceeded.";
        const warnings = run.lines.filter((line) => line.startsWith("warn"));
        assert.deepEqual(warnings, [said, said]);
      });

      it(`${which} throws when it fails for the third time`, async () => {
        const region = ec2Of(LAUNCH, {
          before: trying(INTERFACES, ...earlier, failed, failed, failed),
        });
        await assert.rejects(reconcile(region), failure);
        const reads = region.calls.filter((call) => call === INTERFACES).length;
        assert.equal(reads, earlier.length + 3);
      });
    }

    it("the one read for news of a start is tried again, too", async () => {
      const before = trying(INSTANCES, failed);
      const wakeUp = { startingInstanceIds: ["i-x"] };
      const { steps, pauses } = await reconcile("", { before, wakeUp });
      assert.deepEqual(steps, [INSTANCES, INSTANCES]);
      assert.deepEqual(pauses, [2000]);
    });

    it("the look after that read is tried again, that read isn't", async () => {
      const region = ec2Of(LAUNCH, { before: trying(INTERFACES, failed) });
      await reconcile(region, { wakeUp: { startingInstanceIds: ["i-a"] } });
      const first = [INSTANCES, INTERFACES, GROUPS, INTERFACES, GROUPS, ATTACH];
      assert.deepEqual(region.calls.slice(0, 6), first);
    });

    it("a look that is denied is tried once more, and then throws", async () => {
      for (const code of ["UnauthorizedOperation", "AccessDenied"]) {
        const error = serviceError(code, "no");
        const region = ec2Of("", { before: trying(GROUPS, { error }, { error }, { error }) });
        await assert.rejects(reconcile(region), error);
        assert.equal(region.calls.filter((call) => call === GROUPS).length, 2);
      }
    });

    it("a look that is denied after two failures is not tried again", async () => {
      const before = trying(GROUPS, failed, failed, { error: denial });
      await assert.rejects(reconcile("", { before }), denial);
    });

    it("a look goes on when rights are there after all", async () => {
      const before = trying(GROUPS, { error: denial });
      const { changes } = await reconcile(LAUNCH, { before });
      assert.deepEqual(changes, [ATTACH, COMPLETE_LAUNCH]);
    });

    // On an old look nothing would be detached.
    for (const [read, startingInstanceIds] of [
      [INTERFACES, undefined],
      [INSTANCES, ["i-b"]],
    ] as const) {
      it(`a look is as old as the try that it came of, of the ${read}`, async () => {
        const { changes, pauses } = await reconcile(WAITING, {
          before: trying(read, { tookMs: 11_000, error: failure }),
          wakeUp: { startingInstanceIds: startingInstanceIds?.slice() },
        });
        assert.equal(changes[0], "detach attach-1");
        assert.deepEqual(pauses.slice(0, 2), [2000, 400]);
      });
    }
  });

  const failedSlowly = (tookMs: number): Try => ({ tookMs, error: failure });
  /** The tries of a read, and how many there are in how many milliseconds. */
  const budgets: Record<string, [tries: Try[], reads: Record<number, number>]> = {
    // After the first pause of 2 s, one more and 2 s in reserve are needed.
    "a look that failed": [[{}, failed, failed], { 5_999: 2, 6_000: 3 }],
    "a try that failed after 29 s": [Array(2).fill(failedSlowly(29_000)), { 60_000: 2 }],
    "a try that failed after more": [Array(2).fill(failedSlowly(29_001)), { 60_000: 1 }],
    // After that look and a pause of 2 s, another one is needed, as long a look at everything, and 2 s.
    "a look that failed after one of 5 s": [
      [slow(5_000), failed, failed],
      { 15_999: 2, 16_000: 3 },
    ],
    // After the look and a pause of 2 s there is to be time for another one, and for what it may lead to.
    "looks that take 5 s": [[slow(5_000), slow(5_000)], { 13_999: 1, 14_000: 2 }],
    // After pauses of 2 s and 1.5 s, the look at everything counts, and the last one at the interfaces.
    "a look of 5 s and a quick one": [[slow(5_000), {}, slow(5_000)], { 15_499: 2, 15_500: 3 }],
    "a look of 5 s and one of 3 s": [
      [slow(5_000), slow(3_000), slow(5_000)],
      { 21_499: 2, 21_500: 3 },
    ],
  };
  for (const [why, [tries, expected]] of Object.entries(budgets)) {
    for (const [invocationMs, reads] of Object.entries(expected)) {
      it(`leaves time for ${reads} reads in ${invocationMs} ms: ${why}`, async () => {
        assert.equal(await countTries(Number(invocationMs), tries), reads);
      });
    }
  }

  it("counts a read of 5 s for news of a start for the next look, too", async () => {
    assert.equal(await countTries(13_999, [slow(5_000)], INSTANCES), 1);
    assert.equal(await countTries(14_000, [slow(5_000)], INSTANCES), 2);
  });

  describe("takes long at times:", () => {
    it("a watch of slow looks ends before its time is up, and measures", async () => {
      const endMs = clock.nowMs + 60_000;
      const before = trying(INTERFACES, ...Array.from({ length: 9 }, () => slow(8_000)));
      const run = await reconcile(LAUNCH, { readsInTransition: 1000, before });
      assert.equal(endMs - clock.nowMs, 13_500);
      const watched = { rounds: 5, settled: false, attach: 1, waits: 1 };
      assert.deepEqual(run.summaries, [summary(watched)]);
      assert.equal(run.measured.length, 1);
    });

    for (const [what, tries, readsInTransition] of [
      ["one slow look leaves time to see an attachment through", [slow(25_000)], 1],
      [
        "a slow look at the interfaces doesn't count once one was quick",
        [{}, slow(12_000), {}, slow(12_000), slow(12_000)],
        3,
      ],
      ["a try that failed slowly doesn't count once another was quick", [failedSlowly(20_000)], 1],
    ] as const) {
      it(what, async () => {
        const before = trying(INTERFACES, ...tries);
        const { changes } = await reconcile(LAUNCH, { readsInTransition, before });
        assert.deepEqual(changes, [ATTACH, COMPLETE_LAUNCH]);
      });
    }

    it("a look that took more than half of the time still leads to what it calls for", async () => {
      const before = trying(INTERFACES, slow(57_000));
      const { steps, summaries } = await reconcile(LAUNCH, { before });
      assert.deepEqual(steps, [FULL_READ, ATTACH]);
      assert.deepEqual(summaries, [summary({ settled: false, attach: 1 })]);
    });

    it("a look is as old as the read for news of a start that it goes on from", async () => {
      const { steps, pauses } = await reconcile(WAITING, {
        before: trying(INSTANCES, slow(11_000)),
        wakeUp: { startingInstanceIds: ["i-b"] },
      });
      assert.deepEqual(steps.slice(0, 3), [FULL_READ, FULL_READ, "detach attach-1"]);
      assert.equal(pauses[0], 300);
    });
  });
});
