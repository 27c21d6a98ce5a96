import assert from "node:assert/strict";
import { metricsOf, measured, poolMetrics } from "./poolMetrics";
import {
  create,
  deleteUnused,
  endWithInstance,
  freeInterface,
  heldInterface,
  instance,
  launchedAtMinute,
  MADE_POOL,
  madeAndHeld,
  madeInterface,
  makingOnDemand,
  OTHER_POOL,
  OTHER_ZONE,
  POOL,
  settings,
  type SnapshotParts,
  refusal,
} from "./builders";

const BOTH = `${POOL},${OTHER_POOL}`;

describe("measure, of several pools for one instance", () => {
  const standbyIn = (...pools: string[]) =>
    settings({
      poolSettings: Object.fromEntries(pools.map((pool) => [pool, { whenExhausted: "continue" }])),
    });

  it("lets it wait in each of which it has no interface, and counts it once in each", () => {
    const instances = [instance("i-a", { poolTag: BOTH })];
    const measurements = measured({ instances, interfaces: [freeInterface(1)] });
    const waits = { InstancesWaiting: "1", LongestWait: "600" };
    const expected = poolMetrics({ AddressesInTransition: "1", ...waits });
    assert.deepEqual(metricsOf(measurements), expected);
    assert.deepEqual(metricsOf(measurements, OTHER_POOL), poolMetrics(waits));
    assert.deepEqual(measurements[0]?.values, { PoolsExhausted: [1], LongestWait: [600] });
  });

  it("lets it wait in the one that it lacks alone", () => {
    const instances = [instance("i-a", { poolTag: BOTH, launchTime: launchedAtMinute(8) })];
    const measurements = measured({ instances, interfaces: [heldInterface(1, "i-a")] });
    assert.deepEqual(metricsOf(measurements), poolMetrics({ AddressesHeld: "1" }));
    const waits = poolMetrics({ InstancesWaiting: "1", LongestWait: "120" });
    assert.deepEqual(metricsOf(measurements, OTHER_POOL), waits);
  });

  it("finds it in want of the pools alone in which it doesn't stand by", () => {
    const instances = [instance("i-a", { poolTag: BOTH })];
    const measurements = measured({ instances }, {}, standbyIn(POOL));
    assert.deepEqual(
      measurements.map(({ dimensions }) => dimensions),
      [{}, { Pool: OTHER_POOL }],
    );
    assert.deepEqual(measurements[0]?.values, { PoolsExhausted: [1], LongestWait: [600] });
    const content = measured({ instances }, {}, standbyIn(POOL, OTHER_POOL));
    assert.deepEqual(content[0]?.values, { PoolsExhausted: [0], LongestWait: [0] });
  });
});

describe("measure, of interfaces made on demand", () => {
  const isA = instance("i-a", { poolTag: MADE_POOL });
  const waits = { InstancesWaiting: "1", LongestWait: "600" };
  const refused = { reason: "EC2 refused: busy", forGood: false };

  const cases: [what: string, parts: SnapshotParts, metrics: Record<string, string>][] = [
    [
      "on its instance",
      { interfaces: [madeAndHeld(1, "i-a")], instances: [isA] },
      { AddressesHeld: "1" },
    ],
    [
      "on its instance, to end with it",
      {
        interfaces: [madeAndHeld(1, "i-a", { deleteOnTermination: false })],
        instances: [isA],
      },
      { AddressesHeld: "1" },
    ],
    [
      "on one that has stopped",
      {
        interfaces: [madeAndHeld(1, "i-a")],
        instances: [instance("i-a", { poolTag: MADE_POOL, state: "stopped" })],
      },
      { AddressesHeld: "1" },
    ],
    [
      "about to end with its instance",
      {
        interfaces: [madeAndHeld(1, "i-a")],
        instances: [instance("i-a", { poolTag: MADE_POOL, state: "shutting-down" })],
      },
      { AddressesInTransition: "1" },
    ],
    ["still to be made", { instances: [isA] }, waits],
    [
      "about to be attached",
      { interfaces: [madeInterface(1, "i-a")], instances: [isA] },
      { AddressesInTransition: "1", ...waits },
    ],
    [
      "not ready",
      { interfaces: [madeInterface(1, "i-a", { status: "pending" })], instances: [isA] },
      { AddressesInTransition: "1", ...waits },
    ],
    [
      "kept for one that has stopped",
      {
        interfaces: [madeInterface(1, "i-a")],
        instances: [instance("i-a", { poolTag: MADE_POOL, state: "stopped" })],
      },
      { AddressesInTransition: "1" },
    ],
    ["unused", { interfaces: [madeInterface(1, "i-gone")] }, { AddressesInTransition: "1" }],
    [
      "about to be deleted",
      { interfaces: [madeInterface(1, "i-gone")], unusedForSeconds: { "eni-1": 60 } },
      { AddressesInTransition: "1" },
    ],
    [
      "of nobody knows whom",
      { interfaces: [freeInterface(1, { pool: MADE_POOL })] },
      { AddressesInTransition: "1" },
    ],
    ["refused to be made", { instances: [isA], deferred: { "i-a/of/second": refused } }, waits],
    [
      "without a subnet in the instance's zone",
      { instances: [{ ...isA, availabilityZone: OTHER_ZONE }] },
      waits,
    ],
  ];
  for (const [what, parts, expected] of cases) {
    it(`counts one that is ${what}`, () => {
      const measurements = measured(parts, {}, makingOnDemand());
      assert.deepEqual(metricsOf(measurements, MADE_POOL), poolMetrics(expected));
      assert.deepEqual(measurements[0]?.values.PoolsExhausted, [0]);
    });
  }

  it("counts what EC2 refuses to make, to change or to delete", () => {
    const outcomes = [
      { action: create("i-a"), refusal: refusal("misconfigured") },
      { action: endWithInstance(1, "i-a"), refusal: refusal("notAllowed") },
      { action: deleteUnused(1), refusal: refusal("notAllowed") },
      { action: deleteUnused(2), refusal: refusal("done") },
    ];
    const failures = measured({}, { outcomes }).filter(({ dimensions }) => dimensions.Reason);
    assert.deepEqual(failures, [
      { dimensions: { Pool: MADE_POOL, Reason: "misconfigured" }, values: { Failures: [1] } },
      { dimensions: { Pool: MADE_POOL, Reason: "notAllowed" }, values: { Failures: [2] } },
    ]);
  });
});
