import assert from "node:assert/strict";
import { choiceFor, isOnDemand, ownPools } from "../arbitrarySettings";
import {
  actionsIn,
  actionsOf,
  findInterface,
  givenIds,
  heldIds,
  isOver,
  stayingIds,
} from "../planQueries";
import { forAnyPlan } from "./anyPlan";

describe("assess, of lifecycle actions in any world", () => {
  it("continues a launch only when EC2 says attached of each pool in which it doesn't stand by", () => {
    forAnyPlan((planned, observed, chosen) => {
      for (const action of actionsIn(planned)) {
        if (action.kind !== "complete" || action.result === "ABANDON") continue;
        const isLaunch = ["addressAttached", "poolExhausted"].includes(action.because);
        if (!isLaunch) continue;
        const { instanceId, because } = action;
        const pools = ownPools(observed.instances[instanceId]?.poolTag, chosen);
        const missing = pools.filter((pool) => {
          const held = heldIds(observed, instanceId, pool).map((id) => findInterface(observed, id));
          return held.every(({ attachment }) => attachment?.status !== "attached");
        });
        assert.notDeepEqual(pools, []);
        assert.equal(missing.length > 0, because === "poolExhausted");
        for (const pool of missing) {
          const claim = planned.claims.find(
            (one) => one.instanceId === instanceId && one.pool === pool,
          );
          const hopeless = isOnDemand(pool, chosen) ? ["blocked"] : ["spare", "blocked"];
          assert.ok(hopeless.includes(claim?.state ?? ""));
          assert.equal(choiceFor(pool, chosen), "continue");
          assert.deepEqual(stayingIds(observed, instanceId, pool), []);
        }
      }
    });
  });

  it("ends a launch only where a pool of which it has none says so", () => {
    forAnyPlan((planned, observed, chosen) => {
      for (const action of actionsIn(planned)) {
        if (action.kind !== "complete" || action.result === "CONTINUE") continue;
        const { instanceId, because } = action;
        if (because === "instanceGone") assert.ok(isOver(observed, instanceId));
        else {
          const pools = ownPools(observed.instances[instanceId]?.poolTag, chosen);
          const asking = pools.filter(
            (pool) =>
              stayingIds(observed, instanceId, pool).length === 0 &&
              choiceFor(pool, chosen) === "abandon",
          );
          assert.notDeepEqual(asking, []);
        }
      }
    });
  });

  it("continues a termination for its address only when EC2 shows no fixed one on the instance", () => {
    forAnyPlan((planned, observed, chosen) => {
      for (const { because, ...action } of actionsIn(planned)) {
        if (because !== "addressReleased" || action.kind !== "complete") continue;
        const pools = ownPools(observed.instances[action.instanceId]?.poolTag, chosen);
        const fixed = pools.filter((pool) => !isOnDemand(pool, chosen));
        const held = fixed.flatMap((pool) => givenIds(observed, action.instanceId, pool));
        assert.deepEqual(held, []);
      }
    });
  });

  it("gives up no launch and lets none go on without its address on a read of interfaces alone", () => {
    forAnyPlan((planned, { isFullRead }) => {
      const final = actionsOf(planned, "complete").filter(
        ({ because }) => because === "poolExhausted",
      );
      if (!isFullRead) assert.deepEqual(final, []);
    });
  });
});
