import assert from "node:assert/strict";
import { Clock } from "../../../simulator/runtime/clock";
import { Random } from "../../../simulator/runtime/random";

/** A clock at 1,000 whose timers write down their names and moments. */
function openClock() {
  const clock = new Clock(1_000);
  const ran: string[] = [];
  const set = (name: string, delayMs: number) =>
    clock.after(delayMs, () => {
      ran.push(`${name} at ${clock.nowMs}`);
    });
  const passTo = async (untilMs: number) => {
    while (await clock.step(untilMs));
  };
  return { clock, ran, set, passTo };
}

describe("Clock", () => {
  it("runs hundreds of timers in their order, those of one moment as they were set, and no cancelled one", async () => {
    const { clock, ran, set, passTo } = openClock();
    const random = new Random(1);
    const delays = Array.from({ length: 500 }, () => random.between([0, 99]));
    const timers = delays.map((delayMs, number) => set(String(number), delayMs));
    const isCancelled = (number: number) => number % 100 === 77;
    for (const timer of timers.filter((_, number) => isCancelled(number))) clock.cancel(timer);
    await passTo(2_000);
    const expected = delays
      .map((delayMs, number) => ({ number, atMs: 1_000 + delayMs }))
      .filter(({ number }) => !isCancelled(number))
      .sort((a, b) => a.atMs - b.atMs || a.number - b.number);
    assert.deepEqual(
      ran,
      expected.map(({ number, atMs }) => `${number} at ${atMs}`),
    );
  });

  it("runs what is due at the very end of the time, and nothing later", async () => {
    const { clock, ran, set, passTo } = openClock();
    set("now", 500);
    set("later", 501);
    await passTo(1_500);
    assert.deepEqual(ran, ["now at 1500"]);
    assert.equal(clock.nowMs, 1_500);
  });

  it("goes on to the end of the time when nothing is due", async () => {
    const { clock } = openClock();
    assert.equal(await clock.step(1_700), false);
    assert.equal(clock.nowMs, 1_700);
  });

  it("runs a timer that a timer sets, at once if it has no delay", async () => {
    const { clock, ran, set, passTo } = openClock();
    clock.after(100, () => {
      set("inner", 0);
      set("past", -50);
    });
    await passTo(2_000);
    assert.deepEqual(ran, ["inner at 1100", "past at 1100"]);
  });

  it("waits for a timer that takes its time", async () => {
    const { clock, ran, passTo } = openClock();
    clock.after(100, async () => {
      await new Promise((resolve) => setImmediate(resolve));
      ran.push(`done at ${clock.nowMs}`);
    });
    await passTo(2_000);
    assert.deepEqual(ran, ["done at 1100"]);
  });
});

describe("Random", () => {
  const draw = (seed: number) => {
    const random = new Random(seed);
    return [random.between([1, 1_000_000]), random.float(), random.coin(), random.hex(17)];
  };

  it("draws the same from the same seed, and other things from another", () => {
    assert.deepEqual(draw(7), draw(7));
    assert.notDeepEqual(draw(7), draw(8));
  });

  it("draws whole numbers from both ends of a range and from between them", () => {
    const random = new Random(1);
    const drawn = new Set(Array.from({ length: 100 }, () => random.between([3, 5])));
    assert.deepEqual([...drawn].sort(), [3, 4, 5]);
  });

  it("draws fractions from 0 to below 1", () => {
    const random = new Random(1);
    const drawn = Array.from({ length: 1_000 }, () => random.float());
    assert.ok(Math.min(...drawn) >= 0 && Math.min(...drawn) < 0.05);
    assert.ok(Math.max(...drawn) < 1 && Math.max(...drawn) > 0.95);
  });

  it("draws ids like EC2's", () => {
    const random = new Random(1);
    assert.match(random.hex(17), /^[0-9a-f]{17}$/);
    assert.match(random.uuid(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
