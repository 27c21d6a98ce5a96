import assert from "node:assert/strict";
import { createMemory } from "../../handler/reconcile";
import { measurementLine } from "./poolMetrics";
import { newsOf, refusing, useReconcile } from "./reconcileHarness";
import { serviceError } from "./smallEc2";

const LAUNCH = "eni-1 free    i-a running, Pending:Wait";

describe("reconcilePools, its measurements", () => {
  const { clock, reconcile } = useReconcile();

  it("are taken once, of the last round, with what was seen on the way there", async () => {
    const { measured, pauses } = await reconcile(LAUNCH);
    const seconds = pauses.reduce((sum, ms) => sum + ms, 0) / 1000;
    assert.deepEqual(
      measured.map((one) => one.map(measurementLine)),
      [["manager: Syncs 1", `licence: AddressesHeld 1, LaunchToAttached ${seconds}`]],
    );
  });

  it("count no sync where the schedule didn't ask", async () => {
    const { measured } = await reconcile("", { wakeUp: { isScheduled: false } });
    assert.deepEqual(
      measured.map((one) => one.map(measurementLine)),
      [["manager: nothing"]],
    );
  });

  it("are not taken of a start that concerns nobody", async () => {
    const wakeUp = newsOf("start", ["i-x"], clock.nowMs);
    assert.deepEqual((await reconcile("", { wakeUp })).measured, []);
  });

  it("count a refusal that a later round made good", async () => {
    const before = refusing("attach ", serviceError("RequestLimitExceeded", "busy"), 1);
    const { measured } = await reconcile(LAUNCH, { before });
    const failures = measured
      .flat()
      .map(measurementLine)
      .filter((line) => line.includes("Failures"));
    assert.deepEqual(failures, ["licence lookAgain: Failures 1"]);
  });

  describe("of an attachment that another invocation of the process sees through", () => {
    /** The seconds told by invocations, of which the first attaches and each of the others sees this. */
    async function told(...worlds: string[]): Promise<(string | undefined)[]> {
      const memory = createMemory();
      const seconds: (string | undefined)[] = [];
      for (const world of ["eni-1 free    i-a running, Pending", ...worlds]) {
        const { measured } = await reconcile(world, { memory, invocationMs: 2_100 });
        seconds.push(measured[0]?.[1]?.values.LaunchToAttached?.join());
        clock.nowMs += 10_000;
      }
      return seconds.slice(1);
    }
    const attached = "eni-1 on i-a    i-a running";

    it("tell it once", async () => {
      assert.deepEqual(await told(attached, attached), ["10", undefined]);
    });

    for (const [what, world] of [
      ["is under way", "eni-1 on i-a, attaching    i-a running"],
      ["isn't shown yet", "eni-1 free    i-a running, Terminating:Wait"],
      ["shows the last holder", "eni-1 on i-b    i-a running    i-b running"],
    ] as const) {
      it(`wait for one that ${what}`, async () => {
        assert.deepEqual(await told(world, attached), [undefined, "20"]);
      });
    }

    for (const [what, world] of [
      ["is on another", "eni-1 on i-b    i-b running"],
      ["is gone", "i-a running"],
    ] as const) {
      it(`forget one whose interface ${what} in all reads of half a minute`, async () => {
        assert.deepEqual(await told(world, world, attached), [undefined, undefined, "30"]);
        const late = await told(world, world, world, world, attached);
        assert.deepEqual(late.slice(3), [undefined, undefined]);
      });
    }
  });

  it("don't tell attachments that this manager didn't make", async () => {
    const { measured } = await reconcile("eni-1 on i-a    i-a running");
    assert.deepEqual(measured.flat().map(measurementLine), [
      "manager: Syncs 1",
      "licence: AddressesHeld 1",
    ]);
  });
});
