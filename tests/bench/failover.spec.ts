import assert from "node:assert/strict";
import {
  deployPair,
  FAILURES,
  MOST_AFTER_RELEASE_SECONDS,
  playFailover,
} from "../../bench/failover";
import { measureIn } from "../../bench/measure";
import type { Deployment } from "../../simulator/deploy/engine";

describe("a failover to a spare instance", () => {
  let deployment: Deployment;
  before(async () => {
    deployment = await deployPair();
  });

  for (const [how, fail] of Object.entries(FAILURES)) {
    for (const seed of [1, 2, 3]) {
      it(`takes the release's own time and 3 virtual seconds at most when ${how} (seed ${seed})`, async () => {
        const failover = await measureIn(deployment, { seed }, (stage) =>
          playFailover(stage, fail),
        );
        assert.ok(failover.takeoverSeconds >= failover.attachSeconds);
        assert.ok(
          failover.takeoverSeconds <= MOST_AFTER_RELEASE_SECONDS,
          `${failover.takeoverSeconds} s after the address was free`,
        );
        assert.ok(failover.releaseSeconds <= 10, `free after ${failover.releaseSeconds} s`);
      });
    }
  }
});
