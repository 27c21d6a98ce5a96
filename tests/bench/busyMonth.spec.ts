import assert from "node:assert/strict";
import { toPart } from "../../bench/busyMonth";

const configured = { memoryMb: 1_024, platformLogBytes: 100 };

describe("the month of a busy account", () => {
  it("is that of the quarter of an hour, each part by its own price", () => {
    // A month is 2,920 quarters of an hour.
    const load = { events: 18_000, invocations: 2_000, functionSeconds: 100, logBytes: 1_000_000 };
    const { rows } = toPart(load, configured);
    const figures = rows.map(({ what, figure, floor }) => [
      what.replace(/^.*: /, ""),
      figure,
      floor,
    ]);
    assert.deepEqual(figures, [
      ["function, queue and log", "US$ 39.26", "US$ 26.28"],
      // 5.84 million invocations, and 292,000 GB-seconds.
      ["of it the function", "US$ 5.06", "US$ 0.00"],
      // 52.56 million messages.
      ["of it sending events to the queue", "US$ 26.28", "US$ 26.28"],
      // Two requests for each invocation, and five long polls of 20 s all the time.
      ["of it asking the queue for them", "US$ 6.17", "US$ 0.00"],
      // 2.92 GB of the function's own, 0.584 GB of Lambda's.
      ["of it the log", "US$ 1.75", "US$ 0.00"],
    ]);
    assert.deepEqual(
      rows.map(({ isMet }) => isMet),
      [false, undefined, undefined, undefined, undefined],
    );
  });

  it("meets its target at ten dollars", () => {
    const load = { events: 600, invocations: 60, functionSeconds: 3, logBytes: 30_000 };
    assert.equal(toPart(load, configured).rows[0]?.isMet, true);
  });
});
