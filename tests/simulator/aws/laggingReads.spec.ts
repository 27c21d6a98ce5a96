import assert from "node:assert/strict";
import { Clock } from "../../../simulator/runtime/clock";
import { Faults } from "../../../simulator/faults";
import { LaggingReads } from "../../../simulator/aws/laggingReads";
import { striking } from "../striking";

const START_MS = 1_000_000;

/** A replica of texts; `lagsMs` says how late each change shows, one after the other. */
function open(faultsOf: (clock: Clock) => Faults, lagsMs: number[] = []) {
  const clock = new Clock(START_MS);
  const faults = faultsOf(clock);
  const drawn = [...lagsMs];
  if (lagsMs.length > 0) Object.assign(faults, { delayMs: () => drawn.shift() ?? 0 });
  const truth = new Map<string, string>();
  const replica = new LaggingReads<string>(clock, faults, (id) => truth.get(id));
  return {
    clock,
    faults,
    /** Changes a resource, or deletes it. */
    set: (id: string, view?: string) => {
      if (view === undefined) truth.delete(id);
      else truth.set(id, view);
      replica.touch(id);
    },
    read: () => replica.read(truth.keys()),
    readAt: (ms: number) => {
      clock.nowMs = START_MS + ms;
      return replica.read(truth.keys());
    },
    truth,
  };
}

const none = (clock: Clock) => Faults.none(clock);

describe("LaggingReads without stale reads", () => {
  it("shows everything as it is", () => {
    const { set, read } = open(none);
    set("a", "a1");
    set("b", "b1");
    assert.deepEqual(read(), ["a1", "b1"]);
    set("a", "a2");
    assert.deepEqual(read(), ["a2", "b1"]);
    set("a");
    assert.deepEqual(read(), ["b1"]);
  });

  it("shows even what nobody told it of", () => {
    const { truth, read } = open(none);
    truth.set("a", "a1");
    assert.deepEqual(read(), ["a1"]);
    truth.set("a", "a2");
    assert.deepEqual(read(), ["a2"]);
  });
});

describe("LaggingReads with stale reads", () => {
  /** Each change with how many milliseconds late it shows, `-` for a deletion; what is shown when. */
  const courses: [words: string, changes: string[], shown: string[]][] = [
    [
      "a change late, and what was before until then",
      ["a1 0", "a2 10000"],
      ["9999 a1", "10000 a2"],
    ],
    ["a new resource late", ["a1 10000"], ["9999", "10000 a1"]],
    ["a deletion late", ["a1 0", "a- 10000"], ["9999 a1", "10000", "3600000"]],
    [
      "a resource's changes in their order, though a later one would show earlier",
      ["a1 0", "a2 20000", "a3 5000"],
      ["5000 a1", "19999 a1", "20000 a3"],
    ],
    ["each resource late by itself", ["a1 20000", "b1 5000"], ["5000 b1", "20000 a1 b1"]],
  ];
  for (const [words, changes, shown] of courses) {
    it(`shows ${words}`, () => {
      const parts = changes.map((change) => change.split(" "));
      const { set, readAt } = open(
        striking("readStale"),
        parts.map(([, lagMs]) => Number(lagMs)),
      );
      for (const [view = ""] of parts) set(view.charAt(0), view.endsWith("-") ? undefined : view);
      assert.deepEqual(
        shown.map((line) => [line.split(" ")[0], ...readAt(parseInt(line))].join(" ")),
        shown,
      );
    });
  }

  it("shows every change between, each at its time", () => {
    const { set, readAt } = open(striking("readStale"), [0, 4_000, 6_000, 9_000]);
    set("a", "a1");
    set("a", "a2");
    const shown = [readAt(3_000)];
    set("a", "a3");
    shown.push(readAt(3_999), readAt(4_000), readAt(6_000));
    set("a", "a4");
    shown.push(readAt(8_999), readAt(9_000), readAt(14_999), readAt(15_000));
    assert.deepEqual(shown.flat(), ["a1", "a1", "a2", "a2", "a2", "a3", "a3", "a4"]);
  });

  it("shows what it was when it changed, not what it has become since", () => {
    const { set, truth, readAt } = open(striking("readStale"), [10_000]);
    set("a", "a1");
    truth.set("a", "a2");
    assert.deepEqual(readAt(10_000), ["a1"]);
  });

  it("is never older than 30 s, however much changes", () => {
    const { clock, set, read } = open(striking("readStale"));
    const lags = [];
    for (let second = 0; second < 2_000; second += 1) {
      clock.nowMs = START_MS + second * 1_000;
      set("a", String(second));
      lags.push(second - Number(read()[0] ?? 0));
    }
    assert.ok(Math.max(...lags.slice(30)) <= 30, `${Math.max(...lags)}`);
    assert.ok(Math.max(...lags) > 20, `${Math.max(...lags)}`);
    assert.ok(lags.every((lag) => lag >= 0));
  });

  it("goes on showing at once what changes once all is healed", () => {
    const { faults, set, readAt } = open(striking("readStale"));
    set("a", "a1");
    faults.heal();
    set("b", "b1");
    assert.deepEqual(readAt(0), ["b1"]);
    set("a", "a2");
    assert.deepEqual(readAt(30_000), ["a2", "b1"]);
  });
});
