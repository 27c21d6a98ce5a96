import assert from "node:assert/strict";
import type { News } from "../../handler/events";
import { createMemory } from "../../handler/reconcile";
import { instance } from "./builders";
import { FULL_READ, newsOf, useReconcile } from "./reconcileHarness";
import { ec2Of, type SmallEc2 } from "./smallEc2";

/** A queue hands over so many at once. */
const BATCH_SIZE = 10;
/** What one call takes, and an invocation beside its calls. */
const CALL_MS = 40;
const INVOCATION_MS = 5;
const HOUR_MS = 3_600_000;

/** What happens to the region, in milliseconds from the beginning; where it is news, the queue has it at once. */
interface Happening {
  atMs: number;
  change?: (region: SmallEc2) => void;
  news?: Pick<News, "kind" | "instanceId">;
}

const perSecond = (rate: number, seconds: number, kind: News["kind"]): Happening[] =>
  Array.from({ length: rate * seconds }, (_, number) => ({
    atMs: (number * 1000) / rate,
    news: { kind, instanceId: `i-stranger${kind}${number}` },
  }));

describe("reconcilePools, among other events of the account", () => {
  const { clock, reconcile } = useReconcile();

  /** Plays happenings through a queue into one process, which has read everything before. */
  async function play(world: string, happenings: Happening[]) {
    const beginMs = clock.nowMs;
    const sinceMs = () => clock.nowMs - beginMs;
    const changes = [...happenings].sort((a, b) => a.atMs - b.atMs);
    const queue = changes.filter(({ news }) => news !== undefined);
    const memory = createMemory();
    const region = ec2Of(world, {
      before: (_call, ec2): undefined => {
        clock.nowMs += CALL_MS;
        while ((changes[0]?.atMs ?? Infinity) <= sinceMs()) changes.shift()?.change?.(ec2);
      },
    });
    await reconcile(region, { memory });
    const callsBefore = region.calls.length;
    const asked: Record<string, number> = {};
    let oldestMs = 0;
    while (queue[0] !== undefined) {
      clock.nowMs = INVOCATION_MS + Math.max(clock.nowMs, beginMs + queue[0].atMs);
      const waiting = queue.filter(({ atMs }) => atMs <= sinceMs()).length;
      const batch = queue.splice(0, Math.min(BATCH_SIZE, waiting));
      oldestMs = Math.max(oldestMs, sinceMs() - (batch[0]?.atMs ?? 0));
      const startMs = sinceMs();
      const wakeUp = newsOf("end", [], clock.nowMs);
      wakeUp.news = batch.flatMap(({ atMs, news }) =>
        news === undefined ? [] : { ...news, sentMs: beginMs + atMs },
      );
      const { timeline } = await reconcile(region, { memory, wakeUp });
      for (const line of timeline) {
        const [seconds = "", ...call] = line.split(" s: ");
        asked[call.join()] = startMs / 1000 + Number(seconds);
      }
    }
    const reads = region.calls.slice(callsBefore).filter((call) => call.includes(" by "));
    const ofEc2 = reads.filter((call) => !call.startsWith("groups "));
    return { asked, oldestMs, reads: reads.length, ofEc2: ofEc2.length, lastedMs: sinceMs() };
  }

  it("spends no call on ends of strangers, however many", async () => {
    const { reads, oldestMs } = await play(
      "eni-1 on i-a    i-a running",
      perSecond(100, 60, "end"),
    );
    assert.deepEqual([reads, oldestMs < 1_000], [0, true]);
  });

  it("says nothing and measures nothing where news concerns nobody", async () => {
    const memory = createMemory();
    const region = ec2Of("eni-1 on i-a    i-a running");
    await reconcile(region, { memory });
    const end = newsOf("end", ["i-x"], clock.nowMs);
    const { steps, lines, measured } = await reconcile(region, { memory, wakeUp: end });
    assert.deepEqual([steps, lines, measured], [[], [], []]);
  });

  it("reads everything at the end of whoever in a new process, once", async () => {
    const memory = createMemory();
    const region = ec2Of("eni-1 on i-a    i-a running");
    const steps: string[][] = [];
    for (const id of ["i-x", "i-y"]) {
      const wakeUp = newsOf("end", [id], clock.nowMs);
      steps.push((await reconcile(region, { memory, wakeUp })).steps);
      clock.nowMs += 1_000;
    }
    assert.deepEqual(steps, [[FULL_READ], []]);
  });

  for (const [what, skewMs] of [
    ["", 0],
    [", by a clock that is an hour fast", HOUR_MS],
    [", by a clock that is an hour slow", -HOUR_MS],
  ] as const) {
    it(`asks EC2 six times a second at most at 100 starts of strangers a second${what}`, async () => {
      clock.correctionMs = skewMs;
      const seconds = 60;
      const found = await play("eni-1 on i-a    i-a running", perSecond(100, seconds, "start"));
      assert.ok(found.ofEc2 <= 6 * seconds, String(found.ofEc2));
      assert.ok(found.oldestMs < 10_000, String(found.oldestMs));
      assert.ok(found.lastedMs < (seconds + 10) * 1000, String(found.lastedMs));
      assert.deepEqual(found.asked, {});
    });

    describe(`during 1,000 starts and ends of strangers${what}`, () => {
      const noise = [...perSecond(100, 5, "start"), ...perSecond(100, 5, "end")];
      const stops: Happening = {
        atMs: 2_500,
        change: ({ instances }) =>
          instances.set("i-a", instance("i-a", { state: "shutting-down" })),
        news: { kind: "end", instanceId: "i-a" },
      };
      const starts: Happening = {
        atMs: 2_500,
        change: ({ instances }) => instances.set("i-new", instance("i-new")),
        news: { kind: "start", instanceId: "i-new" },
      };

      it("a standby takes over at most a second later than without", async () => {
        clock.correctionMs = skewMs;
        const attach = "attach eni-1 to i-b at 0/1";
        const world = "eni-1 on i-a    i-a running    i-b running";
        const quiet = await play(world, [stops]);
        const { asked } = await play(world, [...noise, stops]);
        const laterBy = (asked[attach] ?? Infinity) - (quiet.asked[attach] ?? NaN);
        assert.ok(laterBy <= 1, String(laterBy));
      });

      it("a new instance is served at most two seconds later than without", async () => {
        clock.correctionMs = skewMs;
        const attach = "attach eni-2 to i-new at 0/1";
        const world = "eni-1 on i-a    eni-2 free    i-a running";
        const quiet = await play(world, [starts]);
        const { asked } = await play(world, [...noise, starts]);
        const laterBy = (asked[attach] ?? Infinity) - (quiet.asked[attach] ?? NaN);
        assert.ok(laterBy <= 2, String(laterBy));
      });
    });
  }

  it("begins anew where the process's clock was set back, and doesn't wait for it", async () => {
    const memory = createMemory();
    const region = ec2Of("eni-1 on i-a    i-a running");
    clock.correctionMs = HOUR_MS;
    const wakeUp = newsOf("start", ["i-x"], clock.nowMs);
    await reconcile(region, { memory });
    await reconcile(region, { memory, wakeUp });
    clock.correctionMs = 0;
    const { steps, pauses } = await reconcile(region, { memory, wakeUp });
    assert.deepEqual([steps, pauses], [["instances by instance-id=i-x"], []]);
  });
});
