import assert from "node:assert/strict";
import { createMemory } from "../../handler/reconcile";
import { FULL_READ, newsOf, refusing, summary, useReconcile } from "./reconcileHarness";
import { ec2Of, serviceError } from "./smallEc2";

describe("reconcilePools, of a launch into a warm pool that an event told of", () => {
  const { clock, reconcile } = useReconcile();
  const launchOf = (instanceId: string, lifecycleActionToken: string) => ({
    instanceId,
    groupName: "workers",
    lifecycleActionToken,
  });
  const both = [launchOf("i-a", "token-1"), launchOf("i-b", "token-2")];
  const wakeUp = { concernsAll: false, warmPoolLaunches: both };
  const answers = [1, 2].map(
    (number) => `complete network-interface-pool-launch of token-${number} in workers: CONTINUE`,
  );
  const unanswered = (ids: string) => ({
    message: `the launch of ${ids} into its warm pool wasn't answered`,
  });

  it("is answered by its token and its group's tag, whether or not the instance is shown", async () => {
    for (const world of ["", "i-a pending    i-b pending", "i-a running, Warmed:Pending:Wait"]) {
      const { steps } = await reconcile(world, { wakeUp });
      assert.deepEqual(steps, [FULL_READ, ...answers]);
    }
  });

  it("leads to a full read and an answer beside a start that concerns nobody", async () => {
    const start = newsOf("start", ["i-x"], clock.nowMs);
    const { steps } = await reconcile("", { wakeUp: { ...start, warmPoolLaunches: both } });
    assert.deepEqual(steps, [FULL_READ, ...answers]);
  });

  it("is somebody else's where the group isn't shown with the tag, or has another manager's", async () => {
    const others = [{ ...launchOf("i-a", "token-1"), groupName: "others" }];
    const elsewhere = await reconcile("", { wakeUp: { ...wakeUp, warmPoolLaunches: others } });
    assert.deepEqual(elsewhere.changes, []);
    const unmanaged = await reconcile("only pools render    only tags render", { wakeUp });
    assert.deepEqual(unmanaged.changes, []);
  });

  it("is tried again in the same reconcile where Auto Scaling refuses it", async () => {
    const busy = refusing("complete ", serviceError("ResourceContention"), 1);
    const { changes, summaries } = await reconcile("", { wakeUp, before: busy });
    assert.deepEqual(changes, [...answers, answers[0]]);
    const counts = { complete: 2, refused: 1 };
    assert.deepEqual(summaries, [summary({ rounds: 2, ...counts })]);
  });

  it("makes a reconcile fail that couldn't answer it, so that the queue delivers the event again", async () => {
    const memory = createMemory();
    const region = ec2Of("", {
      before: refusing(
        "complete network-interface-pool-launch of token-2",
        serviceError("AccessDenied"),
      ),
    });
    await assert.rejects(reconcile(region, { memory, wakeUp }), unanswered("i-b"));
    assert.equal(memory.isSettled, false);
    // Whatever comes next goes on with it.
    const end = newsOf("end", ["i-x"], clock.nowMs, clock.nowMs);
    assert.deepEqual((await reconcile(region, { memory, wakeUp: end })).steps, [FULL_READ]);
  });

  it("fails where no time was left for it", async () => {
    await assert.rejects(reconcile("", { wakeUp, invocationMs: 2_000 }), unanswered("i-a, i-b"));
  });

  it("is answered once where its event comes twice, and doesn't fail", async () => {
    const memory = createMemory();
    const region = ec2Of("");
    const first = await reconcile(region, { memory, wakeUp });
    clock.nowMs += 5_000;
    const second = await reconcile(region, { memory, wakeUp });
    assert.deepEqual([first.changes, second.changes], [answers, []]);
  });

  it("counts as answered where Auto Scaling knows the action no more", async () => {
    const message = "No active Lifecycle Action found with token token-1";
    const gone = refusing("complete ", serviceError("ValidationError", message));
    assert.deepEqual((await reconcile("", { wakeUp, before: gone })).changes, answers);
  });
});
