import assert from "node:assert/strict";
import { POOL_TAGS_VARIABLE } from "../../../handler/names";
import { variablesOf } from "../../../simulator/deploy/engine";
import { readingMs } from "../../../simulator/runtime/responseCost";
import { bigRegion, otherStack } from "../../../simulator/scenarios/bigRegion";
import { onDemandLaunch, twoManagers } from "../../../simulator/scenarios/launches";
import { failoverNoise, noise } from "../../../simulator/scenarios/noise";
import { deployScenario, type Measurement } from "../../../simulator/scenarios/scenario";
import { steadyNoise } from "../../../simulator/scenarios/steadyNoise";
import type { Region } from "../../../simulator/aws/region";
import type { Target } from "../../../simulator/views/report";
import { type StageOptions, withStage } from "../stage";
import { striking } from "../striking";

/** Measures in a Region of its own, and gives what was found by what. */
async function measure(
  measurement: Measurement,
  options: StageOptions = {},
  prepare?: (region: Region) => void,
) {
  const deployment = await deployScenario("dev", measurement);
  const { timings, ...own } = measurement.options;
  const all = { deployment, ...own, ...options, timings: { ...timings, ...options.timings } };
  return withStage(all, async (stage) => {
    prepare?.(stage.region);
    const { faults, targets } = await measurement.measure(stage);
    assert.deepEqual(faults, []);
    return { targets, memoryMb: stage.region.lambda?.options.memoryMb ?? NaN };
  });
}

const namesOf = (targets: Target[]) => targets.map(({ what }) => what);
const wantedOf = (targets: Target[]) => targets.map(({ wanted, unit }) => `${wanted} ${unit}`);

/** So rarely is the queue asked that nobody keeps up with hundreds of events. */
const poll = [3_000, 3_000] as const;

/** From that second on only the schedule tells the manager anything. */
const losesEventsFrom = (seconds: number) => (region: Region) => {
  region.clock.after(seconds * 1000, () => {
    region.eventBridge.loses = ({ source }) => source !== "aws.events";
  });
};

describe("the scenario noise", () => {
  it("says that a replacement doesn't wait behind the events of unrelated starts", async () => {
    const { targets } = await measure(noise({ startCount: 200 }), { timings: { poll } });
    assert.deepEqual(namesOf(targets), [
      "Replacement attached later amid 200 starts within a second, with 1 in sync",
      "Replacement attached later amid 200 starts at the same moment, with 1 in sync",
    ]);
    assert.deepEqual(wantedOf(targets), ["2 s", "2 s"]);
    for (const { found, wanted } of targets) assert.ok(found <= wanted, `${found} s`);
  });

  it("says that it comes late where its own events are lost amid them", async () => {
    // The one that comes alone has its address by then.
    const { targets } = await measure(noise({ startCount: 20 }), {}, losesEventsFrom(240));
    assert.ok(Math.max(...targets.map(({ found }) => found)) > 10);
  });

  it("says that it doesn't where there are hardly any, and that many are in sync", async () => {
    const { targets } = await measure(noise({ startCount: 2, memberCount: 30 }));
    assert.match(targets[0]?.what ?? "", /with 30 in sync$/);
    for (const { found } of targets) assert.ok(found < 1, `${found} s`);
  });
});

describe("the scenario noise-failover", () => {
  it("says that the spare instance doesn't wait behind the events of unrelated starts", async () => {
    const { targets } = await measure(failoverNoise(200), { timings: { poll } });
    assert.deepEqual(namesOf(targets), [
      "Spare instance takes over later amid 200 starts within a second",
      "Spare instance takes over later amid 200 starts at the same moment",
    ]);
    assert.deepEqual(wantedOf(targets), ["1 s", "1 s"]);
    for (const { found, wanted } of targets) assert.ok(found <= wanted, `${found} s`);
  });

  it("says that it waits where the end of the other is told by nothing but the schedule", async () => {
    // The first takeover, without noise, is over by then.
    const { targets } = await measure(failoverNoise(20), {}, losesEventsFrom(220));
    assert.ok(Math.max(...targets.map(({ found }) => found)) > 10);
  });

  it("says that it doesn't where there are hardly any", async () => {
    const { targets } = await measure(failoverNoise(2));
    for (const { found } of targets) assert.ok(found < 1, `${found} s`);
  });
});

describe("the scenario steady-noise", () => {
  it("says how old messages become, and how often EC2 is read", async () => {
    const { targets } = await measure(steadyNoise(2, 30));
    assert.deepEqual(namesOf(targets), [
      "Oldest message in the queue amid 2 events a second",
      "Reads of EC2 amid 2 events a second, on average",
      "Reads of EC2 amid 2 events a second, in the worst 10 seconds",
    ]);
    assert.deepEqual(wantedOf(targets), ["10 s", "6 a second", "6 a second"]);
    const [oldest = NaN, average = NaN, worst = NaN] = targets.map(({ found }) => found);
    assert.ok(oldest < 10);
    assert.ok(average > 0 && average <= worst && worst < 6);
  });

  it("says that messages wait where the queue is asked too rarely", async () => {
    const { targets } = await measure(steadyNoise(10, 60), { timings: { poll } });
    assert.ok((targets[0]?.found ?? 0) > 10);
  });
});

describe("the scenario big-region", () => {
  it("times full reads, and the way of an address off a holder that no longer runs", async () => {
    const { targets, memoryMb } = await measure(bigRegion({ 500: 0.7 }, [500, 1_000]));
    assert.deepEqual(namesOf(targets), [
      "Full read of 500 instances in sync",
      "Detached from one of 500 instances that is stopping, which no event told",
      "Detached from one of 1000 instances that is stopping, which no event told",
      "Detached from one of 1000 instances that stops",
    ]);
    assert.deepEqual(wantedOf(targets), ["0.7 s", "60 s", "60 s", "60 s"]);
    const [read = NaN, ...detached] = targets.map(({ found }) => found);
    // 500 instances, interfaces and members of 8.4 kB.
    const leastSeconds = readingMs(500 * 8_400, memoryMb) / 1000;
    assert.ok(read >= leastSeconds && read < leastSeconds + 0.3, `${read} s`);
    for (const seconds of detached) assert.ok(seconds > 2 * leastSeconds && seconds < 20);
  });

  it("says when an address is off that only force detaches, and that it is still on by the end", async () => {
    const options = { faults: striking("detachStuck") };
    const { targets } = await measure(bigRegion({}, [20]), options);
    const [forced, open] = targets;
    // The manager waits for two minutes, and the schedule tells it when they are over.
    assert.ok(forced && forced.found > 120 && forced.found < 130, `${forced?.found} s`);
    assert.deepEqual([forced.isOpen, open?.isOpen, open?.found], [false, true, 180]);
  });
});

describe("the scenario other-stack", () => {
  /** The same stack, whose function is told of no pools and so reads those of every stack. */
  const readingAll = async (measurement: Measurement) => {
    const deployment = await deployScenario("dev", measurement);
    const variables = { ...variablesOf(deployment.lambda), [POOL_TAGS_VARIABLE]: "" };
    const inputs = { ...deployment.lambda.inputs, environment: { variables } };
    const lambda = { ...deployment.lambda, inputs };
    const others = deployment.resources.filter((one) => one !== deployment.lambda);
    return { ...deployment, lambda, resources: [...others, lambda] };
  };

  it("says how much more is read than without the other stack's instances", async () => {
    const measurement = otherStack(5, 200);
    const deployment = await readingAll(measurement);
    const { targets } = await measure(measurement, { deployment });
    const what = "More to read for another stack's 200 instances than without";
    // 200 instances of 6 kB, and interfaces of 1.8 kB.
    assert.deepEqual(targets, [{ what, wanted: 0, found: 1.56, unit: "MB" }]);
  });

  it("says that it is nothing where there are none", async () => {
    const { targets } = await measure(otherStack(5, 0));
    assert.equal(targets[0]?.found, 0);
  });
});

describe("the scenario on-demand-launch", () => {
  it("says how long an instance runs before its interface is attached", async () => {
    const attach = [30_000, 30_000] as const;
    const { targets } = await measure(onDemandLaunch(), { timings: { attach } });
    const [target, ...others] = targets;
    assert.deepEqual(others, []);
    assert.deepEqual([target?.wanted, target?.unit], [4, "s"]);
    assert.ok(target && target.found > 30 && target.found < 40, `${target?.found} s`);
  });
});

describe("the scenario two-managers", () => {
  it("says when the last of many launches is attached, and with how many calls", async () => {
    const { targets } = await measure(twoManagers(4));
    assert.deepEqual(namesOf(targets), [
      "Last of 4 launches attached by two managers",
      "Calls of two managers until 4 are in service",
    ]);
    assert.deepEqual(wantedOf(targets), ["20 s", "300 calls"]);
    const [seconds = NaN, calls = NaN] = targets.map(({ found }) => found);
    assert.ok(seconds > 1 && seconds < 20);
    // Four attachments, four lifecycle actions, three reads.
    assert.ok(calls >= 11 && calls < 300, `${calls} calls`);
  });

  it("lets a second one work beside the first", async () => {
    const deployment = await deployScenario("dev", twoManagers(1));
    await withStage({ deployment, ...twoManagers(1).options }, async ({ region }) => {
      await region.run(125);
      const reads = region.journal.entries.filter(({ source }) => source === "call");
      const invocations = region.lambda?.invocations ?? [];
      assert.ok(reads.length > 3 * invocations.length, `${reads.length} reads`);
    });
  });
});
