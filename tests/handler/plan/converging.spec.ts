import assert from "node:assert/strict";
import { assess } from "../../../handler/assess";
import type { Instance, PoolInterface, Settings, World } from "../../../handler/types";
import { isOnDemand, poolSettings, poolsOfTag } from "../arbitrarySettings";
import { freeSlotCount } from "../arbitraryLimits";
import { anyWorld } from "../arbitrarySnapshots";
import {
  actionsOf,
  drawnOnce,
  heldIds,
  isHealthy,
  isKeeper,
  isMade,
  isOver,
  movesOf,
} from "../planQueries";
import { settings } from "../builders";
import { carryOut, letTimePass } from "./ec2Rules";

/** Has every pool, and none on demand outside the first zone. */
const chosen: Settings = settings({ poolSettings: poolSettings(false) });

/** Plans and carries out until nothing moves; a world this small needs a few rounds at most. */
function converge(observed: World): World {
  let now = letTimePass(observed);
  for (let round = 0; round < 12; round++) {
    const moves = movesOf(assess(now, chosen), now);
    if (moves.length === 0) return now;
    now = letTimePass(carryOut(now, moves));
  }
  return assert.fail("it never comes to rest");
}

const forAnyWorld = drawnOnce(anyWorld());

function inAnyEnd(check: (end: World, observed: World) => void): void {
  forAnyWorld((observed) => {
    check(converge(observed), observed);
  });
}

/** Whether an instance, in the zone of which its pool has no subnet, can have none made. */
function isToBeHad(end: World, pool: string, { availabilityZone }: Instance): boolean {
  const wanted = chosen.poolSettings[pool]?.onDemand;
  if (wanted !== undefined) return wanted.subnetIds[availabilityZone] !== undefined;
  return end.interfaces.some(
    (one) =>
      one.pool === pool &&
      one.availabilityZone === availabilityZone &&
      one.attachment === undefined,
  );
}

/** The instance that an interface on no instance is kept for: it may have it yet. */
function keeperOf({ pool, madeFor = "" }: PoolInterface, end: World): string | undefined {
  const isWanted = poolsOfTag(end.instances[madeFor]?.poolTag).includes(pool);
  return isWanted && !isOver(end, madeFor) ? madeFor : undefined;
}

/** Whether all is done that the lifecycle action of an instance waits for. */
function isReady(end: World, instanceId: string, lifecycleState: string): boolean {
  const { poolTag, state } = end.instances[instanceId] ?? {};
  const pools = poolsOfTag(poolTag);
  switch (lifecycleState) {
    case "Pending:Wait":
      if (pools.length === 0 || state !== "running") return false;
      return pools.every((pool) => heldIds(end, instanceId, pool).length > 0);
    case "Terminating:Wait":
    case "Warmed:Terminating:Wait":
      return end.interfaces.every(
        ({ pool, attachment }) => isOnDemand(pool, chosen) || attachment?.instanceId !== instanceId,
      );
    default:
      return lifecycleState === "ReplacingRootVolume:Wait";
  }
}

describe("assess, carried out until nothing is left to do", () => {
  it("gives an address of each of its pools to everybody while there is one", () => {
    inAnyEnd((end) => {
      for (const one of Object.values(end.instances)) {
        const wanted = poolsOfTag(one.poolTag).filter((pool) =>
          isHealthy(end, one.instanceId, pool),
        );
        if (one.state === "pending") continue;
        const lacking = wanted.filter((pool) => heldIds(end, one.instanceId, pool).length === 0);
        for (const [index, pool] of lacking.entries()) {
          // A pool that the tag names before keeps its place, though it has no interface for it.
          const isFull = index >= freeSlotCount(one);
          assert.ok(isFull || !isToBeHad(end, pool, one), `${one.instanceId} has none of ${pool}`);
        }
      }
    });
  });

  it("leaves nobody two of one pool", () => {
    inAnyEnd((end) => {
      for (const { instanceId, poolTag, state } of Object.values(end.instances)) {
        if (state !== "running") continue;
        for (const pool of poolsOfTag(poolTag).filter((one) => isHealthy(end, instanceId, one))) {
          const held = heldIds(end, instanceId, pool);
          assert.ok(held.length <= 1, `${instanceId} has ${held.join(" and ")}`);
        }
      }
    });
  });

  it("leaves fixed ones with nobody but healthy holders, retained ones and strangers", () => {
    inAnyEnd((end, observed) => {
      for (const { pool, attachment, foreign } of end.interfaces) {
        if (attachment?.instanceId === undefined || isOnDemand(pool, chosen)) continue;
        if (foreign !== undefined) continue;
        const holder = end.instances[attachment.instanceId];
        const isForeign = holder?.poolTag === undefined && holder?.state !== "terminated";
        const isKept = isKeeper(end, attachment.instanceId, pool);
        const isStarted = observed.reportedRunningIds.includes(attachment.instanceId);
        const stays = isKept || isStarted || (holder !== undefined && isForeign);
        assert.ok(stays, attachment.instanceId);
      }
    });
  });

  it("leaves none made on demand with an instance that is over, and lets each end with its own", () => {
    inAnyEnd((end) => {
      for (const { pool, attachment } of end.interfaces) {
        if (attachment?.instanceId === undefined || !isOnDemand(pool, chosen)) continue;
        const { poolTag, state = "gone" } = end.instances[attachment.instanceId] ?? {};
        if (poolTag === undefined) continue;
        assert.ok(["pending", "running", "stopping", "stopped"].includes(state), state);
        const isOwn = poolsOfTag(poolTag).includes(pool);
        if (isOwn) assert.equal(attachment.deleteOnTermination, true);
      }
    });
  });

  it("leaves none made on demand that nobody uses, and keeps one for an instance unless it waits", () => {
    inAnyEnd((end) => {
      const kept = new Set<string>();
      for (const one of end.interfaces) {
        if (one.attachment !== undefined || !isMade(one, chosen)) continue;
        const keeper = keeperOf(one, end) ?? assert.fail(`nobody uses ${one.networkInterfaceId}`);
        const held = heldIds(end, keeper, one.pool);
        // Of those that it can have, one is on it by now; of the others it may have any yet.
        const isWaiting =
          end.instances[keeper]?.state === "running" && isHealthy(end, keeper, one.pool);
        const isTheOnlyOne = isWaiting || !kept.has(keeper);
        assert.ok(held.length === 0 && isTheOnlyOne, `${keeper} has another one`);
        kept.add(keeper);
      }
    });
  });

  it("leaves on it what was on a tagged instance that only pauses or goes its own way", () => {
    inAnyEnd((end, observed) => {
      for (const { networkInterfaceId, pool, attachment } of observed.interfaces) {
        const holderId = attachment?.instanceId ?? "";
        const { poolTag, state = "gone" } = observed.instances[holderId] ?? {};
        const isPaused = state === "stopping" || state === "stopped";
        if (!isOnDemand(pool, chosen) || !isPaused || !poolsOfTag(poolTag).includes(pool)) continue;
        if (attachment?.status === "detaching") continue;
        const stays = end.interfaces.some(
          (one) =>
            one.networkInterfaceId === networkInterfaceId &&
            one.attachment?.instanceId === holderId,
        );
        const isOneOfTwo = heldIds(observed, holderId, pool).length > 1;
        assert.ok(stays || isOneOfTwo, networkInterfaceId);
      }
    });
  });

  it("leaves no lifecycle action waiting whose addresses are attached, or off", () => {
    inAnyEnd((end) => {
      const answered = actionsOf(assess(end, chosen), "complete").map((one) => one.instanceId);
      for (const [instanceId, { lifecycleState }] of Object.entries(end.memberships)) {
        if (isReady(end, instanceId, lifecycleState)) assert.ok(answered.includes(instanceId));
      }
    });
  });
});
