import assert from "node:assert/strict";
import { bigRegion } from "../../../simulator/scenarios/bigRegion";
import { noise } from "../../../simulator/scenarios/noise";
import { deployScenario, type Measurement } from "../../../simulator/scenarios/scenario";
import { type StageOptions, withStage } from "../stage";
import { striking } from "../striking";

/** Measures in a Region of its own, and gives what was found by what. */
async function measure(measurement: Measurement, options: StageOptions = {}) {
  const deployment = await deployScenario("dev", measurement);
  return withStage({ deployment, ...measurement.options, ...options }, async (stage) => {
    const { faults, targets } = await measurement.measure(stage);
    assert.deepEqual(faults, []);
    return targets;
  });
}

describe("the scenario noise", () => {
  const measureLater = async (startCount: number, pollMs: number) => {
    const poll = [pollMs, pollMs] as const;
    const [target, ...others] = await measure(noise(startCount), { timings: { poll } });
    assert.deepEqual(others, []);
    assert.equal(target?.what, `Later attached amid ${startCount} starts than alone`);
    assert.equal(target.wantedSeconds, 2);
    return target.foundSeconds;
  };

  it("says that a replacement waits behind the events of unrelated starts", async () => {
    const seconds = await measureLater(200, 3_000);
    assert.ok(seconds > 2, `${seconds} s`);
  });

  it("says that it doesn't where there are hardly any", async () => {
    const seconds = await measureLater(2, 50);
    assert.ok(seconds < 1, `${seconds} s`);
  });
});

describe("the scenario big-region", () => {
  it("times a look at many instances, and the way of an address off one that stops", async () => {
    const [look, detached, ...others] = await measure(bigRegion(500, 1_000));
    assert.deepEqual(others, []);
    // 500 instances, interfaces and members of 8.4 kB, at 14 kB a millisecond of a whole processor: 0.3 s.
    assert.equal(look?.what, "A look at 500 instances");
    assert.ok(Math.abs(look.foundSeconds - 0.4) < 0.05, `${look.foundSeconds} s`);
    assert.equal(look.wantedSeconds, 0.7);
    assert.equal(detached?.what, "Detached from one of 1000 instances that stops");
    assert.ok(detached.foundSeconds > 2.1 && detached.foundSeconds < 15);
    assert.deepEqual([detached.wantedSeconds, detached.isOpen], [60, false]);
  });

  it("says that the address is still on the instance where the manager doesn't detach it", async () => {
    const [, detached] = await measure(bigRegion(10, 20), { faults: striking("detachStuck") });
    assert.deepEqual([detached?.foundSeconds, detached?.isOpen], [180, true]);
  });
});
