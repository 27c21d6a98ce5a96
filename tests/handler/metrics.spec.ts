import assert from "node:assert/strict";
import type { Outcome } from "../../handler/apply";
import { assess } from "../../handler/assess";
import { measure } from "../../handler/metrics";
import {
  attach,
  create,
  createWorld,
  deleteUnused,
  detach,
  endWithInstance,
  freeInterface,
  inPool,
  instance,
  refusal,
  settings,
} from "./builders";
import { measured, measurementLine, measures } from "./poolMetrics";

const NOTHING_DONE = { outcomes: [], latencies: [], isScheduled: false, nowMs: 0 };

describe("measure", () => {
  measures(`measures the manager alone where there is no pool
    => manager: nothing`);

  measures(`measures the pools that the settings name in the order of their names, each once, though none is seen
    only pools render licence    eni-1 free    eni-2 free
    => manager: nothing
    => licence: AddressesFree 2
    => render: nothing`);

  measures(`measures the pools that are seen in the order of their names
    eni-1 free, pool render    eni-2 free
    => manager: nothing
    => licence: AddressesFree 1
    => render: AddressesFree 1`);

  it("measures no pool that it isn't asked to serve", () => {
    const action = inPool("render", attach(1, "i-a"));
    const done = { outcomes: [{ action, refusal: refusal("lookAgain") }] };
    const lines = measured("only pools licence    eni-1 free, pool render", done);
    assert.deepEqual(lines.map(measurementLine), ["manager: nothing", "licence: nothing"]);
  });

  it("counts a full read that the schedule asked for", () => {
    assert.deepEqual(measured("", { isScheduled: true }).map(measurementLine), [
      "manager: Syncs 1",
    ]);
  });

  describe("addresses", () => {
    for (const [what, world, line] of [
      ["held by their instances", "eni-1 on i-a    i-a running", "AddressesHeld 1"],
      ["held by a stranger", "eni-1 on i-a    i-a running, untagged", "AddressesHeld 1"],
      [
        "held against a refusal",
        "eni-1 on i-a    i-a stopped    refused for good detach eni-1: no",
        "AddressesHeld 1",
      ],
      ["held by another account", "eni-1 on i-x, another account's", "AddressesHeld 1"],
      ["asked to detach", "eni-1 on i-a    i-a stopped", "AddressesInTransition 1"],
      ["detaching", "eni-1 on i-a, detaching    i-a stopped", "AddressesInTransition 1"],
      ["not available yet", "eni-1 pending", "AddressesInTransition 1"],
      ["refused to all", "eni-1 free    refused for good eni-1: no", "AddressesInTransition 1"],
    ] as const) {
      measures(`are counted when ${what}
        ${world}
        => manager: nothing
        => licence: ${line}`);
    }

    measures(`are counted when asked to attach, and free beside it
      eni-1 free    eni-2 free    i-a running
      => manager: LongestWait 600
      => licence: AddressesFree 1, AddressesInTransition 1, InstancesWaiting 1, LongestWait 600`);

    measures(`are counted when attaching
      eni-1 on i-a, attaching    i-a running
      => manager: LongestWait 600
      => licence: AddressesInTransition 1, InstancesWaiting 1, LongestWait 600`);
  });

  describe("instances wait since their launch while", () => {
    for (const [why, world, addresses] of [
      ["one comes back", "eni-1 on i-old    i-old shutting-down    i-a running", "InTransition"],
      ["it has no room", "eni-1 free    i-a running    m7i.large takes 1", "Free"],
      ["EC2 refused it one", "eni-1 free    i-a running    refused for good i-a: no", "Free"],
    ] as const) {
      measures(`${why}
        ${world}
        => manager: LongestWait 600
        => licence: Addresses${addresses} 1, InstancesWaiting 1, LongestWait 600`);
    }

    for (const [why, world, addresses] of [
      ["the pool is exhausted", "eni-1 on i-old    i-old running    i-a running", "Held"],
      [
        "the pool has none in its zone",
        "eni-1 free    i-a running, zone b    no interface of licence in b for 30 s",
        "Free",
      ],
    ] as const) {
      measures(`${why}
        ${world}
        => manager: PoolsExhausted 1, LongestWait 600
        => licence: Addresses${addresses} 1, InstancesWaiting 1, LongestWait 600`);
    }

    measures(`it hasn't its group's tag
      i-a running, untagged, Pending:Wait
      => manager: LongestWait 600
      => licence: InstancesWaiting 1, LongestWait 600`);

    measures(`an interface is to be made for them
      pool second on demand in a    i-a running, tag second
      => manager: LongestWait 600
      => second: InstancesWaiting 1, LongestWait 600`);
  });

  describe("instances don't wait that", () => {
    for (const [why, world] of [
      ["are pending", "i-a pending"],
      ["are stopped", "i-a stopped"],
      [
        "are let in as standbys",
        "exhausted means continue    i-a running    no interface of licence in a for 30 s",
      ],
    ] as const) {
      measures(`${why}
        ${world}
        => manager: nothing`);
    }

    measures(`leave their group
      eni-1 on i-a, detaching    i-a running, Terminating:Wait
      => manager: nothing
      => licence: AddressesInTransition 1`);
  });

  describe("the longest wait", () => {
    it("is that of the one that waits longest, in its pool and of all", () => {
      const empty = "no interface of licence in a for 30 s    no interface of render in a for 30 s";
      const world = `i-a running 00:09    i-b running 00:08    i-c running 00:07, tag render    ${empty}`;
      const none = { AddressesFree: [0], AddressesHeld: [0], AddressesInTransition: [0] };
      assert.deepEqual(measured(world), [
        { dimensions: {}, values: { PoolsExhausted: [2], LongestWait: [180] } },
        {
          dimensions: { Pool: "licence" },
          values: { ...none, InstancesWaiting: [2], LongestWait: [120] },
        },
        {
          dimensions: { Pool: "render" },
          values: { ...none, InstancesWaiting: [1], LongestWait: [180] },
        },
      ]);
    });

    measures(`is none where a launch is still to come
      i-a running 00:11    no interface of licence in a for 30 s
      => manager: PoolsExhausted 1
      => licence: InstancesWaiting 1`);

    measures(`is none where no read shows the instance
      eni-1 free, given to i-a
      => manager: nothing
      => licence: AddressesInTransition 1`);

    it("is none where EC2 tells no launch time", () => {
      const world = createWorld({ instances: [instance("i-a", { launchTime: "" })] });
      const assessment = assess(world, settings());
      const [manager] = measure({ world, assessment, ...NOTHING_DONE }, settings());
      assert.deepEqual(manager?.values, { PoolsExhausted: [0], LongestWait: [0] });
    });
  });

  describe("of several pools for one instance", () => {
    measures(`lets it wait in each of which it has no interface, and counts it once in each
      eni-1 free    i-a running, tag licence,render    no interface of render in a for 30 s
      => manager: PoolsExhausted 1, LongestWait 600
      => licence: AddressesInTransition 1, InstancesWaiting 1, LongestWait 600
      => render: InstancesWaiting 1, LongestWait 600`);

    measures(`lets it wait in the one that it lacks alone
      eni-1 on i-a    i-a running 00:08, tag licence,render    no interface of render in a for 30 s
      => manager: PoolsExhausted 1, LongestWait 120
      => licence: AddressesHeld 1
      => render: InstancesWaiting 1, LongestWait 120`);

    measures(`finds it in want of the pools alone in which it doesn't stand by
      pool licence exhausted means continue    i-a running, tag licence,render
      no interface of licence in a for 30 s    no interface of render in a for 30 s
      => manager: PoolsExhausted 1, LongestWait 600
      => render: InstancesWaiting 1, LongestWait 600`);
  });

  describe("of interfaces made on demand", () => {
    const on = "eni-1 on i-a, pool second, made for i-a, ends with it";
    const made = "pool second, made for i-a    i-a running, tag second";
    const gone = "eni-1 free, pool second, made for i-gone";
    const waits = ", InstancesWaiting 1, LongestWait 600";
    for (const [what, world, line] of [
      ["on its instance", `${on}    i-a running, tag second`, "AddressesHeld 1"],
      ["on its instance, to end with it", `eni-1 on i-a, ${made}`, "AddressesHeld 1"],
      ["on one that has stopped", `${on}    i-a stopped, tag second`, "AddressesHeld 1"],
      ["about to end", `${on}    i-a shutting-down, tag second`, "AddressesInTransition 1"],
      ["about to be attached", `eni-1 free, ${made}`, `AddressesInTransition 1${waits}`],
      ["not ready", `eni-1 pending, ${made}`, `AddressesInTransition 1${waits}`],
      [
        "kept",
        "eni-1 free, pool second, made for i-a    i-a stopped, tag second",
        "AddressesInTransition 1",
      ],
      ["unused", gone, "AddressesInTransition 1"],
      ["about to be deleted", `${gone}, seen unused for 60 s`, "AddressesInTransition 1"],
      ["of nobody knows whom", "eni-1 free, pool second", "AddressesHeld 1"],
      [
        "refused to be made",
        "i-a running, tag second    refused second to i-a: no",
        waits.slice(2),
      ],
      ["without a subnet there", "i-a running, tag second, zone b", waits.slice(2)],
    ] as const) {
      measures(`counts one that is ${what}
        pool second on demand in a    ${world}
        => manager: ${line.includes("Waiting") ? "LongestWait 600" : "nothing"}
        => second: ${line}`);
    }
  });

  describe("failures", () => {
    const failuresOf = (outcomes: Outcome[]) =>
      measured("", { outcomes })
        .map(measurementLine)
        .filter((line) => line.includes("Failures"));

    it("are counted by reason, in a pool of their own", () => {
      const refused = (kind: "lookAgain" | "misconfigured"): Outcome => ({
        action: attach(1, "i-a"),
        refusal: refusal(kind),
      });
      const failures = failuresOf([
        ...[refused("misconfigured"), refused("lookAgain"), refused("misconfigured")],
        { action: detach(2, "i-b", "holderStopped") },
        { action: inPool("render", attach(3, "i-c")), refusal: refusal("notAllowed") },
      ]);
      assert.deepEqual(failures, [
        "licence lookAgain: Failures 1",
        "licence misconfigured: Failures 2",
        "render notAllowed: Failures 1",
      ]);
    });

    it("are those to make, to change or to delete, too", () => {
      const failures = failuresOf([
        { action: create("i-a"), refusal: refusal("misconfigured") },
        { action: endWithInstance(1, "i-a"), refusal: refusal("notAllowed") },
        { action: deleteUnused(1), refusal: refusal("notAllowed") },
        { action: deleteUnused(2) },
      ]);
      assert.deepEqual(failures, [
        "second misconfigured: Failures 1",
        "second notAllowed: Failures 2",
      ]);
    });
  });

  it("tells every first sight of an attachment, in its pool", () => {
    const latencies = [
      { pool: "licence", seconds: 9 },
      { pool: "render", seconds: 8 },
      { pool: "licence", seconds: 11 },
    ];
    const [, pool] = measured("eni-1 free", { latencies });
    assert.deepEqual(pool?.values.LaunchToAttached, [9, 11]);
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
        const world = createWorld({ interfaces: [freeInterface(1, { pool: name })] });
        const assessment = assess(world, settings());
        const [, pool] = measure({ world, assessment, ...NOTHING_DONE }, settings());
        assert.equal(pool?.dimensions.Pool, dimension);
      });
    }
  });
});
