import assert from "node:assert/strict";
import { Clock } from "../../simulator/runtime/clock";
import { type Fault, FAULT_NAMES, Faults } from "../../simulator/faults";
import { Random, type RangeMs } from "../../simulator/runtime/random";
import { striking } from "./striking";

const START_MS = 1_000_000;
const HOUR_MS = 3_600_000;

const draw = (seed: number, only?: Fault[], spanMs = HOUR_MS) => {
  const clock = new Clock(START_MS);
  return { clock, faults: Faults.draw(seed, clock, spanMs, only) };
};

const SEEDS = Array.from({ length: 900 }, (_, index) => index);

/** Wants values all over a range: none outside of it, and some within a fiftieth of either end. */
function assertFills(values: number[], [least, most]: RangeMs): void {
  const slack = (most - least) / 50;
  const [lowest, highest] = [Math.min(...values), Math.max(...values)];
  assert.ok(lowest >= least && lowest < least + slack, `${lowest} for ${least}`);
  assert.ok(highest <= most && highest > most - slack, `${highest} for ${most}`);
}

/** The only period of a run with one fault. */
function periodOf(faults: Faults) {
  const [period, ...others] = faults.periods;
  if (period === undefined || others.length > 0) throw new Error("not one period");
  return period;
}

/** How many draws have been made of a source of chance, by what it draws next. */
function drawsMade(faults: Faults, seed: number): number {
  const next = (Reflect.get(faults, "random") as Random).float();
  const fresh = new Random(seed);
  return Array.from({ length: 1_000 }, () => fresh.float()).indexOf(next);
}

describe("Faults.none", () => {
  it("never strikes, delays nothing, skews no clock and has nothing to describe", () => {
    const faults = Faults.none(new Clock(START_MS));
    for (const fault of FAULT_NAMES) {
      assert.equal(faults.mayStrike(fault), false);
      assert.equal(faults.strikes(fault), false);
      assert.equal(faults.delayMs(fault), 0);
    }
    assert.equal(faults.skewMs, 0);
    assert.deepEqual(faults.periods, []);
    assert.deepEqual(faults.describe(), []);
  });

  it("draws nothing", () => {
    const faults = Faults.none(new Clock(START_MS));
    for (const fault of FAULT_NAMES) faults.delayMs(fault);
    assert.equal(drawsMade(faults, 0), 0);
  });
});

describe("Faults.draw", () => {
  it("draws the same faults from the same seed, and others from another", () => {
    const [one, same, other] = [draw(7), draw(7), draw(8)];
    assert.deepEqual(one.faults.periods, same.faults.periods);
    assert.equal(one.faults.skewMs, same.faults.skewMs);
    assert.notDeepEqual(one.faults.periods, other.faults.periods);
  });

  it("strikes the same with the same seed", () => {
    const strikes = (seed: number) => {
      const { clock, faults } = draw(seed, ["callFails"]);
      const { fromMs } = periodOf(faults);
      clock.nowMs = fromMs;
      return Array.from({ length: 50 }, () => faults.strikes("callFails"));
    };
    assert.deepEqual(strikes(3), strikes(3));
    assert.notDeepEqual(strikes(3), strikes(4));
  });

  it("takes the faults that are asked for, all of them and no other", () => {
    for (const seed of [1, 2, 3]) {
      const { faults } = draw(seed, ["throttled", "eventLost"]);
      assert.deepEqual(
        faults.periods.map(({ fault }) => fault),
        ["eventLost", "throttled"],
      );
      assert.deepEqual(
        FAULT_NAMES.filter((name) => faults.mayStrike(name)),
        ["eventLost", "throttled"],
      );
    }
    assert.deepEqual(draw(1, []).faults.periods, []);
    assert.equal(draw(1, FAULT_NAMES).faults.periods.length, FAULT_NAMES.length);
  });

  it("takes about three in ten of all faults where none is asked for, each of them in some run", () => {
    const counts = new Map(FAULT_NAMES.map((name) => [name, 0]));
    for (const seed of SEEDS) {
      for (const { fault } of draw(seed).faults.periods) {
        counts.set(fault, (counts.get(fault) ?? 0) + 1);
      }
    }
    const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
    const share = total / (SEEDS.length * FAULT_NAMES.length);
    assert.ok(share > 0.28 && share < 0.32, `${share}`);
    assert.deepEqual(
      [...counts].filter(([, count]) => count < 210 || count > 330),
      [],
    );
  });

  it("skews the function's clock by up to four minutes either way, if it does at all", () => {
    const skews = SEEDS.map((seed) => draw(seed, ["clockSkewed"]).faults.skewMs);
    assertFills(skews, [-240_000, 240_000]);
    assert.ok(SEEDS.every((seed) => draw(seed, ["eventLost"]).faults.skewMs === 0));
  });
});

describe("the time of a fault", () => {
  it("begins in the first half of the run and lasts 20 s to 10 min, but not longer than the run", () => {
    const spanMs = 1_200_000;
    const periods = SEEDS.map((seed) => periodOf(draw(seed, ["rightsTaken"], spanMs).faults));
    assertFills(
      periods.map(({ fromMs }) => fromMs - START_MS),
      [0, 600_000],
    );
    assertFills(
      periods.map(({ fromMs, toMs }) => toMs - fromMs),
      [20_000, 600_000],
    );
    for (const seed of SEEDS) {
      const { fromMs, toMs } = periodOf(draw(seed, ["rightsTaken"], 30_000).faults);
      assert.ok(fromMs <= START_MS + 15_000);
      assert.ok(toMs <= START_MS + 30_000);
    }
  });

  /** A run with a fault that strikes on every occasion, and what is asked of it at some moments. */
  const asked = (ask: (faults: Faults) => boolean) => {
    const { clock, faults } = draw(5, ["rightsTaken"]);
    const at = (ms: number) => {
      clock.nowMs = ms;
      return ask(faults);
    };
    return { faults, ...periodOf(faults), at };
  };

  it("is when it strikes: from its first millisecond to the one before its end", () => {
    const { fromMs, toMs, at } = asked((faults) => faults.strikes("rightsTaken"));
    const moments = [fromMs - 1, fromMs, toMs - 1, toMs];
    assert.deepEqual(moments.map(at), [false, true, true, false]);
  });

  it("is over once all is healed, though it may have struck", () => {
    const { faults, fromMs, at } = asked((all) => all.strikes("rightsTaken"));
    assert.equal(at(fromMs), true);
    faults.heal();
    assert.equal(at(fromMs), false);
    assert.equal(faults.mayStrike("rightsTaken"), true);
  });

  it("is remembered for as long as one asks", () => {
    const { faults, fromMs, toMs, at } = asked((all) => all.mayHaveStruck("rightsTaken", 1_000));
    const moments = [fromMs - 1, fromMs, toMs + 999, toMs + 1_000];
    assert.deepEqual(moments.map(at), [false, true, true, false]);
    at(fromMs);
    assert.equal(faults.mayHaveStruck("eventLost", 1_000), false);
  });

  it("draws nothing before it begins", () => {
    const { clock, faults } = draw(5, ["rightsTaken"]);
    clock.nowMs = periodOf(faults).fromMs - 1;
    const before = drawsMade(draw(5, ["rightsTaken"]).faults, 5);
    faults.strikes("rightsTaken");
    assert.equal(drawsMade(faults, 5), before);
  });
});

describe("the share of a fault", () => {
  it("is drawn from its range", () => {
    const shares = SEEDS.map((seed) => periodOf(draw(seed, ["callLate"]).faults).share);
    assertFills(shares, [0.05, 0.2]);
    assert.equal(periodOf(draw(1, ["secondManager"]).faults).share, 1);
  });

  it("is that of the occasions on which it strikes", () => {
    const { clock, faults } = draw(9, ["throttled"]);
    const period = periodOf(faults);
    clock.nowMs = period.fromMs;
    const struck = Array.from({ length: 4_000 }, () => faults.strikes("throttled"));
    const share = struck.filter(Boolean).length / struck.length;
    assert.ok(Math.abs(share - period.share) < 0.03, `${share} for ${period.share}`);
  });
});

describe("what a fault delays", () => {
  const ranges: Partial<Record<Fault, RangeMs>> = {
    eventLate: [5_000, 180_000],
    readStale: [1_000, 30_000],
    callLate: [20_000, 90_000],
    attachSlow: [5_000, 180_000],
    releaseSlow: [30_000, 60_000],
    tagsLate: [1_000, 40_000],
  };
  for (const [name, range] of Object.entries(ranges)) {
    it(`is ${range.join(" to ")} ms late for ${name}, drawn each time`, () => {
      const fault = name as Fault;
      const faults = striking(fault)(new Clock(START_MS));
      assertFills(
        Array.from({ length: 2_000 }, () => faults.delayMs(fault)),
        range,
      );
    });
  }

  it("is nothing for what can't be late, whether it strikes or not", () => {
    const faults = striking("callFails")(new Clock(START_MS));
    assert.equal(faults.delayMs("callFails"), 0);
    assert.equal(faults.delayMs("eventLate"), 0);
  });
});

describe("what is drawn beside faults", () => {
  it("is a list's items in other orders, each of them still once", () => {
    const { faults } = draw(1);
    const items = ["a", "b", "c"];
    const orders = new Set(Array.from({ length: 200 }, () => faults.shuffle(items).join("")));
    assert.deepEqual([...orders].sort(), ["abc", "acb", "bac", "bca", "cab", "cba"]);
    assert.deepEqual(items, ["a", "b", "c"]);
  });

  it("is a coin with two sides", () => {
    const { faults } = draw(1);
    const heads = Array.from({ length: 1_000 }, () => faults.coin()).filter(Boolean).length;
    assert.ok(heads > 450 && heads < 550, `${heads}`);
  });

  it("is described with its share and its seconds since the run began, and what is unlikely", () => {
    const { faults } = draw(1, []);
    const toMs = START_MS + 99_600;
    faults.periods.push({ fault: "callLies", share: 0.256, fromMs: START_MS + 12_400, toMs });
    faults.periods.push({ fault: "tagsLate", share: 1, fromMs: START_MS, toMs });
    const likely = Faults.none(new Clock(START_MS)).undocumented;
    faults.undocumented = { ...likely, staysOnStopped: false, attachesWhilePending: true };
    assert.deepEqual(faults.describe(), [
      "callLies 26 % from 12 to 100 s",
      "tagsLate 100 % from 0 to 100 s",
      "attachesWhilePending: true",
      "staysOnStopped: false",
    ]);
  });
});

describe("what AWS leaves undocumented", () => {
  it("is drawn each by itself: all answers to any two occur together, and with any launch", () => {
    const worlds = SEEDS.map((seed) => ({
      ...draw(seed).faults.undocumented,
      waitsWhilePending: new Random(seed).coin(),
    }));
    const names = Object.keys(worlds[0] ?? {}) as (keyof (typeof worlds)[0])[];
    assert.equal(names.length, 9);
    for (const one of names) {
      for (const other of names.filter((name) => name > one)) {
        const both = worlds.map((world) => `${world[one]} and ${world[other]}`);
        const counts = [...new Set(both)].map(
          (pair) => both.filter((found) => found === pair).length,
        );
        assert.equal(counts.length, 4);
        assert.ok(
          Math.min(...counts) > SEEDS.length / 8,
          `${one} with ${other}: ${counts.join(", ")}`,
        );
      }
    }
  });

  it("is as is likely in some run", () => {
    const likely = JSON.stringify(Faults.none(new Clock(START_MS)).undocumented);
    assert.ok(SEEDS.some((seed) => JSON.stringify(draw(seed).faults.undocumented) === likely));
  });
});
