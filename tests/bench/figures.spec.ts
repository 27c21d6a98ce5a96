import assert from "node:assert/strict";
import { earliestEndMs, type Launch } from "../../bench/bucketFloor";
import { formatSpread, growthAgainstSorting, medianOf } from "../../bench/figures";
import { WRITE_BUCKET } from "../../simulator/aws/throttle";

const launchesAt = (...runningMs: number[]): Launch[] =>
  runningMs.map((ms) => ({ runningMs: ms, attachingMs: 0 }));

describe("medianOf", () => {
  it("is the middle one, in whatever order they come", () => {
    assert.equal(medianOf([30, 4, 100]), 30);
  });

  it("is halfway between the two in the middle", () => {
    assert.equal(medianOf([4, 1, 2, 100]), 3);
  });

  it("doesn't exist for nothing", () => {
    assert.throws(() => medianOf([]), /no median of nothing/);
  });
});

describe("formatSpread", () => {
  it("gives the longest beside the median, where it differs as written", () => {
    assert.equal(formatSpread([1, 2, 9], 1, " s"), "2.0 s (longest 9.0 s)");
    assert.equal(formatSpread([3, 3.01, 3.02], 1, " s"), "3.0 s");
  });
});

describe("growthAgainstSorting", () => {
  it("is 1 for what grows as n log n does", () => {
    const timing = (count: number) => ({ count, cost: 7 * count * Math.log(count) });
    assert.ok(Math.abs(growthAgainstSorting(timing(100), timing(10_000)) - 1) < 1e-9);
  });

  it("is 50 for what is quadratic, from 100 to 10,000", () => {
    const timing = (count: number) => ({ count, cost: count ** 2 });
    assert.ok(Math.abs(growthAgainstSorting(timing(100), timing(10_000)) - 50) < 1e-9);
  });
});

describe("earliestEndMs", () => {
  it("is when the last one runs and is attached, while the bucket has tokens", () => {
    const launches = [
      { runningMs: 9_000, attachingMs: 1_000 },
      { runningMs: 5_000, attachingMs: 4_000 },
    ];
    assert.equal(earliestEndMs(launches, WRITE_BUCKET), 10_000);
  });

  it("is (100 - 50) / 5 s after a hundred that run at the same moment", () => {
    const launches = launchesAt(...Array<number>(100).fill(5_000));
    assert.equal(earliestEndMs(launches, WRITE_BUCKET), 15_000);
  });

  it("adds the attachment's own time of the one that ends last", () => {
    const launches = Array<Launch>(100).fill({ runningMs: 0, attachingMs: 2_000 });
    assert.equal(earliestEndMs(launches, WRITE_BUCKET), 12_000);
  });

  it("lets the longest attachments begin first", () => {
    const launches = launchesAt(...Array<number>(99).fill(0));
    const long = { runningMs: 0, attachingMs: 9_000 };
    assert.equal(earliestEndMs([...launches, long], WRITE_BUCKET), 10_000);
  });

  it("counts what the bucket is refilled by between two waves, but no more than it holds", () => {
    const wave = (ms: number) => Array<number>(50).fill(ms);
    const end = (ms: number) => earliestEndMs(launchesAt(...wave(0), ...wave(ms)), WRITE_BUCKET);
    assert.deepEqual(
      [end(0), end(4_000), end(10_000), end(60_000)],
      [10_000, 10_000, 10_000, 60_000],
    );
    const three = launchesAt(...wave(0), ...wave(60_000), ...wave(60_000));
    assert.equal(earliestEndMs(three, WRITE_BUCKET), 70_000);
  });
});
