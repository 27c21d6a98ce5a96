import assert from "node:assert/strict";
import { Clock } from "../../../simulator/runtime/clock";
import { READ_BUCKET, Throttle, WRITE_BUCKET } from "../../../simulator/aws/throttle";

const START_MS = 1_000_000;

function open(capacity: number, refillPerSecond: number) {
  const clock = new Clock(START_MS);
  const throttle = new Throttle({ capacity, refillPerSecond }, clock);
  /** Takes tokens until there are none. */
  const drain = () => {
    let taken = 0;
    while (taken < 1_000 && throttle.take()) taken += 1;
    return taken;
  };
  return { clock, throttle, drain };
}

describe("Throttle", () => {
  it("is full at first", () => {
    assert.equal(open(50, 5).drain(), 50);
  });

  it("gives nothing more in the same moment", () => {
    const { throttle, drain } = open(2, 5);
    drain();
    assert.deepEqual([throttle.take(), throttle.take()], [false, false]);
  });

  it("refills by the second, and by parts of it", () => {
    const { clock, drain } = open(50, 5);
    drain();
    clock.nowMs += 3_000;
    assert.equal(drain(), 15);
    clock.nowMs += 400;
    assert.equal(drain(), 2);
  });

  it("gives a token at the moment when it is whole, however often it was asked before", () => {
    const { clock, throttle, drain } = open(3, 5);
    drain();
    const asked = Array.from({ length: 8 }, () => {
      clock.nowMs += 50;
      return throttle.take();
    });
    assert.deepEqual(asked, [false, false, false, true, false, false, false, true]);
  });

  it("holds no more than its capacity, however long nobody asks", () => {
    const { clock, drain } = open(50, 5);
    clock.nowMs += 3_600_000;
    assert.equal(drain(), 50);
    clock.nowMs += 3_600_000;
    assert.equal(drain(), 50);
  });

  it("has EC2's buckets: 100 and 20 a second to read, 50 and 5 a second to change", () => {
    assert.deepEqual(READ_BUCKET, { capacity: 100, refillPerSecond: 20 });
    assert.deepEqual(WRITE_BUCKET, { capacity: 50, refillPerSecond: 5 });
  });
});
