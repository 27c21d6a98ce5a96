import assert from "node:assert/strict";
import type { Outcome } from "../../handler/apply";
import { createMemory } from "../../handler/learn";
import { metricsOf, measured, poolMetrics } from "./poolMetrics";
import { useReconcile } from "./reconcileHarness";
import {
  attach,
  detach,
  freeInterface,
  heldInterface,
  instance,
  launchedAtMinute,
  MADE_POOL,
  madeInterface,
  makingOnDemand,
  OTHER_POOL,
  OTHER_ZONE,
  place,
  POOL,
  settings,
  type SnapshotParts,
  refusal,
} from "./builders";

describe("measure", () => {
  it("measures the manager alone where there is no pool", () => {
    assert.deepEqual(measured({}), [
      { dimensions: {}, values: { PoolsExhausted: [0], LongestWait: [0] } },
    ]);
  });

  it("measures a pool whose interfaces aren't seen", () => {
    const chosen = settings({ pools: [POOL] });
    assert.deepEqual(metricsOf(measured({}, {}, chosen)), poolMetrics({}));
  });

  it("measures the pools in the order of their names, each once", () => {
    const interfaces = [freeInterface(1, { pool: OTHER_POOL }), freeInterface(2), freeInterface(3)];
    const chosen = settings({ pools: [OTHER_POOL, POOL] });
    for (const one of [chosen, settings()]) {
      assert.deepEqual(
        measured({ interfaces }, {}, one).map(({ dimensions }) => dimensions),
        [{}, { Pool: POOL }, { Pool: OTHER_POOL }],
      );
    }
  });

  it("measures no pool that it isn't asked to serve", () => {
    const interfaces = [freeInterface(1, { pool: OTHER_POOL })];
    const refused = { action: attach(1, "i-a", { pool: OTHER_POOL }), refusal: refusal("done") };
    const chosen = settings({ pools: [POOL] });
    assert.deepEqual(
      measured({ interfaces }, { outcomes: [refused] }, chosen).map(({ dimensions }) => dimensions),
      [{}, { Pool: POOL }],
    );
  });

  it("counts a look that the schedule asked for", () => {
    const [manager] = measured({}, { scheduled: true });
    assert.deepEqual(manager?.values.Syncs, [1]);
  });

  describe("addresses", () => {
    const counted: [what: string, parts: SnapshotParts, metrics: Record<string, string>][] = [
      ["free", { interfaces: [freeInterface(1), freeInterface(2)] }, { AddressesFree: "2" }],
      [
        "held by their instances",
        { interfaces: [heldInterface(1, "i-a")], instances: [instance("i-a")] },
        { AddressesHeld: "1" },
      ],
      [
        "held by a stranger",
        {
          interfaces: [heldInterface(1, "i-a")],
          instances: [instance("i-a", { poolTag: undefined })],
        },
        { AddressesHeld: "1" },
      ],
      [
        "held against a refusal",
        {
          interfaces: [heldInterface(1, "i-a", { deviceIndex: 0 })],
          instances: [instance("i-a", { state: "stopped" })],
        },
        { AddressesHeld: "1" },
      ],
      [
        "asked to attach",
        { interfaces: [freeInterface(1), freeInterface(2)], instances: [instance("i-a")] },
        {
          AddressesFree: "1",
          AddressesInTransition: "1",
          InstancesWaiting: "1",
          LongestWait: "600",
        },
      ],
      [
        "attaching",
        {
          interfaces: [heldInterface(1, "i-a", { status: "attaching" })],
          instances: [instance("i-a")],
        },
        { AddressesInTransition: "1", InstancesWaiting: "1", LongestWait: "600" },
      ],
      [
        "asked to detach",
        {
          interfaces: [heldInterface(1, "i-a")],
          instances: [instance("i-a", { state: "stopped" })],
        },
        { AddressesInTransition: "1" },
      ],
      [
        "detaching",
        {
          interfaces: [heldInterface(1, "i-a", { status: "detaching" })],
          instances: [instance("i-a", { state: "stopped" })],
        },
        { AddressesInTransition: "1" },
      ],
      [
        "not available yet",
        { interfaces: [freeInterface(1, { status: "pending" })] },
        { AddressesInTransition: "1" },
      ],
      [
        "refused to everybody",
        { interfaces: [freeInterface(1)], deferred: { "eni-1": { reason: "no", forGood: true } } },
        { AddressesInTransition: "1" },
      ],
    ];
    for (const [what, parts, expected] of counted) {
      it(`are counted when ${what}`, () => {
        assert.deepEqual(metricsOf(measured(parts)), poolMetrics(expected));
      });
    }

    it("are counted as in transition when they were made and are to be deleted", () => {
      const parts = {
        interfaces: [madeInterface(1, "i-gone")],
        unusedForSeconds: { "eni-1": 60 },
      };
      assert.deepEqual(
        metricsOf(measured(parts, {}, makingOnDemand()), MADE_POOL),
        poolMetrics({ AddressesInTransition: "1" }),
      );
    });

    it("are counted where they belong, pool by pool", () => {
      const interfaces = [freeInterface(1), freeInterface(2, { pool: OTHER_POOL })];
      const measurements = measured({ interfaces });
      assert.deepEqual(metricsOf(measurements), poolMetrics({ AddressesFree: "1" }));
      assert.deepEqual(metricsOf(measurements, OTHER_POOL), poolMetrics({ AddressesFree: "1" }));
    });
  });

  describe("instances", () => {
    const taken = [heldInterface(1, "i-old")];
    const old = instance("i-old");
    const leaving = instance("i-old", { state: "shutting-down" });
    const waiting: [why: string, parts: SnapshotParts, exhausted: string][] = [
      ["the pool is exhausted", { interfaces: taken, instances: [old, instance("i-a")] }, "1"],
      [
        "the pool has none in its zone",
        {
          interfaces: [freeInterface(1)],
          instances: [instance("i-a", { availabilityZone: OTHER_ZONE })],
        },
        "1",
      ],
      ["one comes back", { interfaces: taken, instances: [leaving, instance("i-a")] }, "0"],
      [
        "it has no room",
        {
          interfaces: [freeInterface(1)],
          instances: [instance("i-a", { places: [place(0)] })],
          interfaceLimits: { "m7i.large": [1] },
        },
        "0",
      ],
      [
        "EC2 refused it one",
        {
          interfaces: [freeInterface(1)],
          instances: [instance("i-a")],
          deferred: { "i-a": { reason: "no", forGood: true } },
        },
        "0",
      ],
      [
        "it hasn't its group's tag",
        {
          instances: [instance("i-a", { poolTag: undefined })],
          members: { "i-a": "Pending:Wait" },
        },
        "0",
      ],
    ];
    for (const [why, parts, exhausted] of waiting) {
      it(`wait since their launch while ${why}`, () => {
        const measurements = measured(parts);
        const { InstancesWaiting, LongestWait } = metricsOf(measurements);
        assert.deepEqual(
          { InstancesWaiting, LongestWait },
          {
            InstancesWaiting: "1",
            LongestWait: "600",
          },
        );
        assert.deepEqual(measurements[0]?.values, {
          PoolsExhausted: [Number(exhausted)],
          LongestWait: [600],
        });
      });
    }

    const content: [why: string, parts: SnapshotParts][] = [
      ["have an address", { interfaces: taken, instances: [old] }],
      ["are pending", { instances: [instance("i-a", { state: "pending" })] }],
      ["are stopped", { instances: [instance("i-a", { state: "stopped" })] }],
      [
        "leave their group",
        {
          interfaces: [heldInterface(1, "i-a", { status: "detaching" })],
          instances: [instance("i-a")],
          members: { "i-a": "Terminating:Wait" },
        },
      ],
    ];
    for (const [why, parts] of content) {
      it(`don't wait that ${why}`, () => {
        assert.deepEqual(measured(parts)[0]?.values, { PoolsExhausted: [0], LongestWait: [0] });
      });
    }

    it("are measured by the one that waits longest, in its pool and of all", () => {
      const instances = [
        instance("i-a", { launchTime: launchedAtMinute(9) }),
        instance("i-b", { launchTime: launchedAtMinute(8) }),
        instance("i-c", { poolTag: OTHER_POOL, launchTime: launchedAtMinute(7) }),
      ];
      const measurements = measured({ instances });
      assert.deepEqual(measurements, [
        { dimensions: {}, values: { PoolsExhausted: [2], LongestWait: [180] } },
        {
          dimensions: { Pool: POOL },
          values: {
            AddressesFree: [0],
            AddressesHeld: [0],
            AddressesInTransition: [0],
            InstancesWaiting: [2],
            LongestWait: [120],
          },
        },
        {
          dimensions: { Pool: OTHER_POOL },
          values: {
            AddressesFree: [0],
            AddressesHeld: [0],
            AddressesInTransition: [0],
            InstancesWaiting: [1],
            LongestWait: [180],
          },
        },
      ]);
    });

    it("wait for no time at all where a launch is unknown or still to come", () => {
      for (const launchTime of ["", launchedAtMinute(11)]) {
        const measurements = measured({ instances: [instance("i-a", { launchTime })] });
        assert.deepEqual(measurements[0]?.values, { PoolsExhausted: [1], LongestWait: [0] });
      }
    });

    it("wait for no time at all where no read shows them", () => {
      const parts = { interfaces: [freeInterface(1)], recentAttachments: { "eni-1": "i-a" } };
      assert.deepEqual(
        metricsOf(measured(parts)),
        poolMetrics({ AddressesInTransition: "1", InstancesWaiting: "1" }),
      );
    });

    it("wait while an interface is to be made for them", () => {
      const parts = { instances: [instance("i-a", { poolTag: MADE_POOL })] };
      assert.deepEqual(
        metricsOf(measured(parts, {}, makingOnDemand()), MADE_POOL),
        poolMetrics({ InstancesWaiting: "1", LongestWait: "600" }),
      );
    });

    it("neither wait nor are in want where they are let in as standbys", () => {
      const chosen = settings({ whenExhausted: "continue" });
      const measurements = measured({ instances: [instance("i-a")] }, {}, chosen);
      assert.deepEqual(measurements, [
        { dimensions: {}, values: { PoolsExhausted: [0], LongestWait: [0] } },
      ]);
    });
  });

  describe("failures", () => {
    const refused = (kind: "lookAgain" | "misconfigured" | "done"): Outcome => ({
      action: attach(1, "i-a"),
      refusal: refusal(kind),
    });

    it("are counted by reason, in a pool of their own", () => {
      const outcomes = [
        refused("misconfigured"),
        refused("lookAgain"),
        refused("misconfigured"),
        refused("done"),
        { action: detach(2, "i-b", "holderStopped") },
        { action: attach(3, "i-c", { pool: OTHER_POOL }), refusal: refusal("notAllowed") },
      ];
      const failures = measured({}, { outcomes }).filter(({ dimensions }) => dimensions.Reason);
      assert.deepEqual(failures, [
        { dimensions: { Pool: POOL, Reason: "lookAgain" }, values: { Failures: [1] } },
        { dimensions: { Pool: POOL, Reason: "misconfigured" }, values: { Failures: [2] } },
        { dimensions: { Pool: OTHER_POOL, Reason: "notAllowed" }, values: { Failures: [1] } },
      ]);
    });
  });

  it("tells every first sight of an attachment, in its pool", () => {
    const firstSights = [
      { pool: POOL, secondsSinceLaunch: 9 },
      { pool: OTHER_POOL, secondsSinceLaunch: 8 },
      { pool: POOL, secondsSinceLaunch: 11 },
    ];
    const interfaces = [freeInterface(1)];
    assert.deepEqual(metricsOf(measured({ interfaces }, { firstSights })).LaunchToAttached, "9,11");
  });

  describe("pools of any name", () => {
    const names: [name: string, dimension: string][] = [
      ["a, b = c", "a, b = c"],
      ["", "(blank)"],
      ["  ", "(blank)"],
      [":a:", "\\u{3a}a:"],
      ["Lizenz für 😀", "Lizenz f\\u{fc}r \\u{1f600}"],
      ["\ud800\t", "\\u{d800}\\u{9}"],
      ["__proto__", "__proto__"],
      ["😀".repeat(128), "\\u{1f600}".repeat(128).slice(0, 1024)],
    ];
    for (const [name, dimension] of names) {
      it(`are written for CloudWatch: ${JSON.stringify(name).slice(0, 30)}`, () => {
        const [, pool] = measured({ interfaces: [freeInterface(1, { pool: name })] });
        assert.equal(pool?.dimensions.Pool, dimension);
      });
    }
  });
});

describe("reconcilePools, its measurements", () => {
  const { clock, reconcile } = useReconcile();

  const launching = {
    interfaces: [freeInterface(1)],
    instances: [instance("i-a")],
    members: { "i-a": "Pending:Wait" },
  };

  it("are taken once, of the last look, with what was seen on the way there", async () => {
    const { measured: taken, pauses } = await reconcile(launching);
    const seconds = pauses.reduce((sum, ms) => sum + ms, 0) / 1000;
    assert.equal(taken.length, 1);
    const [manager, pool] = taken[0] ?? [];
    assert.deepEqual(manager?.values, { Syncs: [1], PoolsExhausted: [0], LongestWait: [0] });
    assert.deepEqual(pool?.values, {
      AddressesFree: [0],
      AddressesHeld: [1],
      AddressesInTransition: [0],
      InstancesWaiting: [0],
      LongestWait: [0],
      LaunchToAttached: [seconds],
    });
  });

  it("count no sync where the schedule didn't ask", async () => {
    const { measured: taken } = await reconcile({}, { wakeUp: { scheduled: false } });
    assert.deepEqual(taken, [
      [{ dimensions: {}, values: { PoolsExhausted: [0], LongestWait: [0] } }],
    ]);
  });

  it("are not taken of a start that concerns nobody", async () => {
    const wakeUp = { startingInstanceIds: ["i-x"], scheduled: false };
    assert.deepEqual((await reconcile({}, { wakeUp })).measured, []);
  });

  it("count a refusal that a later look made good", async () => {
    let refusals = 0;
    const before = (call: string): undefined => {
      if (!call.startsWith("attach ") || refusals > 0) return;
      refusals += 1;
      throw Object.assign(new Error("busy"), { name: "RequestLimitExceeded" });
    };
    const { measured: taken } = await reconcile({ ...launching, before });
    const failures = taken.flat().filter(({ values }) => values.Failures);
    assert.deepEqual(failures, [
      { dimensions: { Pool: POOL, Reason: "lookAgain" }, values: { Failures: [1] } },
    ]);
  });

  it("tell an attachment that another invocation of the process sees through, once", async () => {
    const memory = createMemory();
    const asked = { ...launching, members: { "i-a": "Pending" } };
    const { measured: first } = await reconcile(asked, { memory });
    assert.equal(first[0]?.[1]?.values.LaunchToAttached, undefined);
    clock.nowMs += 20_000;
    const after = { interfaces: [heldInterface(1, "i-a")], instances: [instance("i-a")] };
    const seen = [await reconcile(after, { memory }), await reconcile(after, { memory })];
    assert.deepEqual(
      seen.map(({ measured: taken }) => taken[0]?.[1]?.values.LaunchToAttached),
      [[20], undefined],
    );
  });

  it("don't tell attachments that this manager didn't make", async () => {
    const after = { interfaces: [heldInterface(1, "i-a")], instances: [instance("i-a")] };
    const { measured: taken } = await reconcile(after);
    assert.equal(taken[0]?.[1]?.values.LaunchToAttached, undefined);
  });

  const neverAttached: [what: string, parts: Parameters<typeof reconcile>[0]][] = [
    ["is gone", { interfaces: [heldInterface(1, "i-b")], instances: [instance("i-b")] }],
    ["has lost its interface", { instances: [instance("i-a")] }],
  ];
  for (const [what, parts] of neverAttached) {
    it(`forget an attachment whose instance ${what}`, async () => {
      const memory = createMemory();
      memory.attaching.set("eni-1", "i-a");
      await reconcile(parts, { memory });
      assert.deepEqual([...memory.attaching], []);
    });
  }

  it("wait for an attachment that is under way, or shows its last holder", async () => {
    const memory = createMemory();
    for (const shown of [
      heldInterface(1, "i-a", { status: "attaching" }),
      heldInterface(1, "i-b"),
    ]) {
      memory.attaching.set("eni-1", "i-a");
      const instances = [instance("i-a"), instance("i-b")];
      const { measured: taken } = await reconcile(
        { interfaces: [shown], instances },
        { memory, invocationMs: 1_000 },
      );
      assert.deepEqual([...memory.attaching], [["eni-1", "i-a"]]);
      assert.equal(taken[0]?.[1]?.values.LaunchToAttached, undefined);
    }
  });
});
