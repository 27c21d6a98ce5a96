import assert from "node:assert/strict";
import { createMemory } from "../../handler/reconcile";
import { attach } from "./builders";
import { refusing, summary, useReconcile } from "./reconcileHarness";
import { serviceError } from "./smallEc2";

describe("reconcilePools, its log", () => {
  const { reconcile } = useReconcile();

  it("has a line for each decision, and none twice while nothing changes", async () => {
    const { lines, summaries } = await reconcile(
      `eni-1 on i-old    i-a running    i-old shutting-down
       i-full running, type t3.micro, others at 0 1    t3.micro takes 2`,
      { readsInTransition: 3 },
    );
    assert.deepEqual(lines, [
      "info: i-a has no address: none is free, these are on their way back: 10.0.0.1",
      "warn: i-full has no address: t3.micro takes no more interfaces than it has",
      "info: detach 10.0.0.1 from i-old: holderShuttingDown",
      "info: 10.0.0.1 isn't free yet: it is detaching from i-old",
      "info: attach 10.0.0.1 to i-a: instanceWaits",
      "info: 10.0.0.1 is attaching to i-a",
      "info: settled",
    ]);
    assert.deepEqual(summaries, [summary({ rounds: 9, attach: 1, detach: 1, problems: 1 })]);
  });

  it("says of a lifecycle action which, whose and why", async () => {
    const { lines } = await reconcile(
      `eni-1 on i-old, detaching    i-a running, Pending:Wait    i-old terminated
       i-b unseen, Terminating:Wait`,
      { readsInTransition: 1000, invocationMs: 3_999 },
    );
    assert.deepEqual(lines.slice(2), [
      "info: heartbeat network-interface-pool-launch of i-a: holderLeaves",
      "info: CONTINUE network-interface-pool-terminate of i-b: instanceGone",
      "info: not settled: the next event goes on",
    ]);
  });

  it("carries beside each line what it is about", async () => {
    const { facts } = await reconcile("eni-1 free    i-a running", { invocationMs: 3_999 });
    assert.deepEqual(facts, [
      { action: attach(1, "i-a") },
      { summary: summary({ settled: false, attach: 1, waits: 1 }) },
    ]);
    const pool = "licence";
    const { facts: others } = await reconcile(
      "eni-1 on i-d    i-a running    i-b pending    i-c stopped    i-d running",
    );
    assert.deepEqual(JSON.parse(JSON.stringify(others.slice(0, 3))), [
      { problem: { pool, state: "exhausted", instanceId: "i-a" } },
      { waiting: { pool, state: "pending", instanceId: "i-b" } },
      { ineligible: { pool, state: "ineligible", instanceId: "i-c" } },
    ]);
  });

  it("says of each instance once why it has no address", async () => {
    const { lines } = await reconcile(
      `eni-1 free, pool render    eni-2 on i-b at 1, pool pair, detaching    pool pair exhausted means continue
       only pools licence render pair third
       i-a running, tag render    i-b shutting-down, tag pair    i-c running, tag pair    i-d running
       i-e pending                i-f stopped, tag render        i-g running, tag other   i-h unseen, InService
       i-i running, tag third     i-j terminated`,
      {
        before: refusing("attach", serviceError("AttachmentLimitExceeded", "limit")),
        invocationMs: 9_000,
      },
    );
    const found = lines.filter((line) => line.includes(" has no address")).sort();
    assert.deepEqual(found, [
      "info: i-c has no address: none is free, these are on their way back: 10.0.0.2",
      // A pool that shows no interface at all has lost its last one, or the read has: that is seen in half a minute.
      "info: i-d has no address: EC2 shows no interface of pool licence in eu-west-1a",
      "info: i-e has no address: EC2 shows it pending",
      "info: i-f has no address: EC2 shows it stopped",
      'info: i-g has no address: this manager isn\'t configured for the pool tag "other"',
      "info: i-h has no address: its group workers has the tag pool-tag, the instance hasn't",
      "info: i-i has no address: EC2 shows no interface of pool third in eu-west-1a",
      "warn: i-a has no address: EC2 refused: AttachmentLimitExceeded: limit",
    ]);
  });

  it("says again in a process why one isn't even waiting only when that has changed, or was over", async () => {
    const memory = createMemory();
    const counts: number[] = [];
    for (const state of ["stopping", "stopping", "stopped", "terminated", "stopped"]) {
      const { lines } = await reconcile(`i-a ${state}`, { memory });
      counts.push(lines.filter((line) => line.includes("i-a has no address")).length);
    }
    assert.deepEqual(counts, [1, 0, 1, 0, 1]);
  });
});
