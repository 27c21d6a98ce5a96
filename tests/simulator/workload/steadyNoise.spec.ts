import assert from "node:assert/strict";
import { makeSteadyNoise, STEADY_AFTER_SECONDS } from "../../../simulator/workload/steadyNoise";
import { withStage } from "../stage";

/** A pool of which nobody wants an address, so that all instances are noise. */
const pools = [{ name: "alone", size: 1 }];

describe("makeSteadyNoise", () => {
  /** The states, but `pending`, that instances came into, with when. */
  const play = (seed: number) =>
    withStage({ pools, clients: "inProcess" }, async ({ region }) => {
      const changes: { state: string; second: number }[] = [];
      region.ec2.onChange((change) => {
        if (change.kind !== "instance" || change.instance.state === "pending") return;
        assert.deepEqual(change.instance.tags, {});
        changes.push({ state: change.instance.state, second: region.seconds });
      });
      makeSteadyNoise(region, { seed, eventsPerSecond: 10, seconds: STEADY_AFTER_SECONDS + 60 });
      await region.run(400);
      return changes;
    });

  it("has as many events a second as it is told, once they are steady", async () => {
    const changes = await play(1);
    const steady = changes.filter(
      ({ second }) => second >= STEADY_AFTER_SECONDS && second < STEADY_AFTER_SECONDS + 60,
    );
    assert.ok(Math.abs(steady.length - 600) < 30, `${steady.length} events in a minute`);
  });

  it("lets every instance run, stop and end", async () => {
    const counts = new Map<string, number>();
    for (const { state } of await play(1)) counts.set(state, (counts.get(state) ?? 0) + 1);
    assert.deepEqual([...counts].sort(), [
      ["running", 390],
      ["shutting-down", 390],
      ["stopped", 390],
      ["stopping", 390],
      ["terminated", 390],
    ]);
  });

  it("makes the same of the same seed, and something else of another one", async () => {
    const [first, again, other] = [await play(1), await play(1), await play(2)];
    assert.deepEqual(first, again);
    assert.notDeepEqual(first, other);
  });
});
