import assert from "node:assert/strict";
import { createMemory } from "../../handler/reconcile";
import { READS, refusing, useReconcile } from "./reconcileHarness";
import { serviceError } from "./smallEc2";

describe("reconcilePools, of a launch into a warm pool that an event told of", () => {
  const { clock, reconcile } = useReconcile();
  const wakeUp = {
    warmingActions: [
      { instanceId: "i-a", groupName: "workers", lifecycleActionToken: "token-1" },
      { instanceId: "i-b", groupName: "workers", lifecycleActionToken: "token-2" },
    ],
  };
  const answers = [1, 2].map(
    (number) => `complete network-interface-pool-launch of token-${number} in workers: CONTINUE`,
  );

  it("is answered by its token while the instance is pending", async () => {
    const { changes } = await reconcile("i-a pending    i-b pending", { wakeUp });
    assert.deepEqual(changes, answers);
  });

  it("is remembered until the instance is shown, and until it is answered", async () => {
    const memory = createMemory();
    const both = "i-a running    i-b running";
    const busy = refusing("complete ", serviceError("ResourceContention"), 1);
    const rounds = [
      await reconcile("", { memory, wakeUp }),
      await reconcile("i-b running", { memory }),
      await reconcile(both, { memory, before: busy, invocationMs: 2_200 }),
      await reconcile(both, { memory }),
      await reconcile(both, { memory }),
    ];
    const [first = "", second = ""] = answers;
    assert.deepEqual(
      rounds.map(({ changes }) => changes),
      [[], [second], [first], [first], []],
    );
  });

  it("is remembered where a start beside it needs no look", async () => {
    const memory = createMemory();
    const first = await reconcile("", {
      memory,
      wakeUp: { ...wakeUp, startingInstanceIds: ["i-x"] },
    });
    assert.deepEqual(first.steps, [READS[1]]);
    assert.deepEqual((await reconcile("i-a running", { memory })).changes, answers.slice(0, 1));
  });

  for (const [elapsedMs, answered] of [
    [600_000, answers.slice(0, 1)],
    [600_001, []],
  ] as const) {
    it(`is answered ${elapsedMs} ms after its event or not: its hook has timed out then`, async () => {
      const memory = createMemory();
      await reconcile("", { memory, wakeUp });
      clock.nowMs += elapsedMs;
      assert.deepEqual((await reconcile("i-a running", { memory })).changes, answered);
    });
  }
});
