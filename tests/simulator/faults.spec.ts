import assert from "node:assert/strict";
import { Clock } from "../../simulator/runtime/clock";
import {
  type Fault,
  DRAWN_FAULT_NAMES,
  FAULT_NAMES,
  Faults,
  type Undocumented,
} from "../../simulator/faults";
import { Random } from "../../simulator/runtime/random";
import { striking } from "./striking";

const START_MS = 1_000_000;
const HOUR_MS = 3_600_000;

const draw = (seed: number, only?: Fault[], spanMs = HOUR_MS) => {
  const clock = new Clock(START_MS);
  return { clock, faults: Faults.draw(seed, clock, spanMs, only) };
};

const SEEDS = Array.from({ length: 300 }, (_, index) => index);

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
    const counts = new Map(DRAWN_FAULT_NAMES.map((name) => [name, 0]));
    for (const seed of SEEDS) {
      for (const { fault } of draw(seed).faults.periods) {
        counts.set(fault, (counts.get(fault) ?? 0) + 1);
      }
    }
    const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
    const share = total / (SEEDS.length * DRAWN_FAULT_NAMES.length);
    assert.ok(share > 0.28 && share < 0.32, `${share}`);
    assert.deepEqual(
      [...counts].filter(([, count]) => count < 60 || count > 130),
      [],
    );
  });

  it("skews the function's clock by up to four minutes either way, if it does at all", () => {
    const skews = SEEDS.map((seed) => draw(seed, ["clockSkewed"]).faults.skewMs);
    assert.ok(Math.min(...skews) >= -240_000 && Math.min(...skews) < -200_000);
    assert.ok(Math.max(...skews) <= 240_000 && Math.max(...skews) > 200_000);
    assert.ok(SEEDS.every((seed) => draw(seed, ["eventLost"]).faults.skewMs === 0));
  });
});

describe("the time of a fault", () => {
  it("begins in the first half of the run and lasts 20 s to 10 min, but not longer than the run", () => {
    const spanMs = 1_200_000;
    const periods = SEEDS.map((seed) => periodOf(draw(seed, ["rightsTaken"], spanMs).faults));
    const begins = periods.map(({ fromMs }) => fromMs - START_MS);
    assert.ok(Math.min(...begins) >= 0 && Math.min(...begins) < 20_000);
    assert.ok(Math.max(...begins) <= 600_000 && Math.max(...begins) > 580_000);
    const lengths = periods.map(({ fromMs, toMs }) => toMs - fromMs);
    assert.ok(Math.min(...lengths) >= 20_000 && Math.min(...lengths) < 30_000);
    assert.ok(Math.max(...lengths) <= 600_000 && Math.max(...lengths) > 590_000);
    for (const seed of SEEDS) {
      const { fromMs, toMs } = periodOf(draw(seed, ["rightsTaken"], 30_000).faults);
      assert.ok(fromMs <= START_MS + 15_000);
      assert.ok(toMs <= START_MS + 30_000);
    }
  });

  it("is when it strikes: from its first millisecond to the one before its end", () => {
    const { clock, faults } = draw(5, ["rightsTaken"]);
    const { fromMs, toMs } = periodOf(faults);
    const strikesAt = (ms: number) => {
      clock.nowMs = ms;
      return faults.strikes("rightsTaken");
    };
    assert.deepEqual([fromMs - 1, fromMs, toMs - 1, toMs].map(strikesAt), [
      false,
      true,
      true,
      false,
    ]);
    assert.equal(faults.mayStrike("rightsTaken"), true);
  });

  it("is over once all is healed, though it may have struck", () => {
    const { clock, faults } = draw(5, ["rightsTaken"]);
    clock.nowMs = periodOf(faults).fromMs;
    assert.equal(faults.strikes("rightsTaken"), true);
    faults.heal();
    assert.equal(faults.strikes("rightsTaken"), false);
    assert.equal(faults.mayStrike("rightsTaken"), true);
  });

  it("is remembered for as long as one asks", () => {
    const { clock, faults } = draw(5, ["rightsTaken"]);
    const { fromMs, toMs } = periodOf(faults);
    const hasStruckAt = (ms: number) => {
      clock.nowMs = ms;
      return faults.mayHaveStruck("rightsTaken", 1_000);
    };
    assert.deepEqual([fromMs - 1, fromMs, toMs + 999, toMs + 1_000].map(hasStruckAt), [
      false,
      true,
      true,
      false,
    ]);
    clock.nowMs = fromMs;
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
    assert.ok(Math.min(...shares) >= 0.05 && Math.min(...shares) < 0.06);
    assert.ok(Math.max(...shares) <= 0.2 && Math.max(...shares) > 0.19);
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
  const ranges: [Fault, number, number][] = [
    ["eventLate", 5_000, 180_000],
    ["readStale", 1_000, 30_000],
    ["callLate", 20_000, 90_000],
    ["attachSlow", 5_000, 180_000],
    ["releaseSlow", 30_000, 60_000],
    ["tagsLate", 1_000, 40_000],
  ];
  for (const [fault, least, most] of ranges) {
    it(`is ${least / 1000} to ${most / 1000} s late for ${fault}, drawn each time`, () => {
      const faults = striking(fault)(new Clock(START_MS));
      const delays = Array.from({ length: 2_000 }, () => faults.delayMs(fault));
      const slack = (most - least) / 50;
      assert.ok(Math.min(...delays) >= least && Math.min(...delays) < least + slack);
      assert.ok(Math.max(...delays) <= most && Math.max(...delays) > most - slack);
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

  it("is described with its share and its seconds since the run began", () => {
    const { faults } = draw(1, []);
    const [fromMs, toMs] = [START_MS + 12_400, START_MS + 99_600];
    faults.periods.push({ fault: "callLies", share: 0.256, fromMs, toMs });
    faults.periods.push({ fault: "tagsLate", share: 1, fromMs: START_MS, toMs });
    assert.deepEqual(faults.describe(), [
      "callLies 26 % from 12 to 100 s",
      "tagsLate 100 % from 0 to 100 s",
      ...unlikelyOf(faults),
    ]);
  });
});

/** What AWS is unlikely to be like, in words. */
function unlikelyOf({ undocumented }: Faults): string[] {
  return Object.entries(undocumented)
    .filter(
      ([name, answer]) =>
        answer !== Faults.none(new Clock(START_MS)).undocumented[name as keyof Undocumented],
    )
    .map(([name, answer]) => `${name}: ${answer}`);
}

describe("what AWS leaves undocumented", () => {
  it("is drawn each by itself: all answers to any two occur together, and with any launch", () => {
    const worlds = SEEDS.map((seed) => ({
      ...draw(seed).faults.undocumented,
      waitsWhilePending: new Random(seed).coin(),
    }));
    const names = Object.keys(worlds[0] ?? {}) as (keyof (typeof worlds)[0])[];
    assert.equal(names.length, 8);
    for (const one of names) {
      for (const other of names.filter((name) => name > one)) {
        const counts = [true, false].flatMap((answer) =>
          [true, false].map(
            (beside) =>
              worlds.filter((world) => world[one] === answer && world[other] === beside).length,
          ),
        );
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
