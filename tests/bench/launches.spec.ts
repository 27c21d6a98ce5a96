import assert from "node:assert/strict";
import { BURSTS, MOST_OF_FLOOR, playBurst } from "../../bench/launches";
import { deployPool, measureIn } from "../../bench/stage";
import type { Deployment } from "../../simulator/deploy/engine";

describe("a hundred launches under EC2's token buckets", () => {
  let deployment: Promise<Deployment> | undefined;

  for (const [how, timings] of Object.entries(BURSTS)) {
    for (const seed of [10, 11]) {
      it(`${how}: take at most ${MOST_OF_FLOOR} times what the buckets allow (seed ${seed})`, async () => {
        deployment ??= deployPool(100);
        const burst = await measureIn(await deployment, { seed, timings }, playBurst);
        assert.ok(
          burst.seconds <= MOST_OF_FLOOR * burst.floorSeconds,
          `${burst.seconds} s of ${burst.floorSeconds} s`,
        );
        assert.ok(burst.seconds >= burst.floorSeconds, "nothing is faster than its floor");
      }).timeout(60_000);
    }
  }
});
