import assert from "node:assert/strict";
import fc from "fast-check";
import { assess } from "../../../handler/assess";
import { ageKey, claimKey } from "../../../handler/types";
import { anySettings, isOnDemand, ownPools, poolsOfTag } from "../arbitrarySettings";
import { anyOrderOf } from "../arbitraryOrders";
import { anyWorld, draws } from "../arbitrarySnapshots";
import {
  actionsIn,
  actionsOf,
  claimOf,
  findInterface,
  heldIds,
  isHealthy,
  isKeeper,
  isMade,
  isOver,
  isStuck,
  movesOf,
  statusesIn,
  stayingIds,
  keysOf,
} from "../planQueries";
import { forAnyPlan, forAnyWorld } from "./anyPlan";
import { carryOut } from "./ec2Rules";

function assertDistinct(ids: string[]): void {
  assert.deepEqual([...new Set(ids)], ids);
}

describe("assess, in any world", () => {
  it("has every kind of thing to do in some, for every reason, and to say", () => {
    const kinds = new Set<string>();
    forAnyPlan((planned) => {
      for (const { kind, because } of actionsIn(planned)) kinds.add(`${kind}: ${because}`);
      for (const [of, statuses] of Object.entries(planned)) {
        for (const { state } of statuses) kinds.add(`${of} ${state}`);
      }
    });
    const because = {
      ...{ attach: "instanceWaits", create: "instanceHasNone", endWithInstance: "madeForIt" },
      ...{ delete: "unused", heartbeat: "holderLeaves" },
      complete:
        "addressAttached addressReleased addressStays instanceGone parkedInWarmPool poolExhausted",
      detach: `attachStuck detachStuck holderChangedPool holderGone holderInWarmPool holderLeavesGroup
        holderShuttingDown holderStopped holderStopping holderTerminated surplus`,
    };
    const reasons = Object.entries(because).flatMap(([kind, words]) =>
      words.split(/\s+/).map((word) => `${kind}: ${word}`),
    );
    const states = {
      interfaces: `attached attaching blocked doubted foreign free orphaned reserved returning`,
      claims: `attaching blocked exhausted ineligible pending refused served spare waiting`,
      hooks: "answered waiting",
    };
    const others = Object.entries(states).flatMap(([of, words]) =>
      words.split(" ").map((word) => `${of} ${word}`),
    );
    assert.deepEqual([...kinds].sort(), [...reasons, ...others].sort());
  });

  it("never gives one interface to two instances", () => {
    forAnyPlan((planned) => {
      const attaches = actionsOf(planned, "attach");
      assertDistinct(attaches.map(({ networkInterfaceId }) => networkInterfaceId));
    });
  });

  it("never gives an instance two interfaces of one pool, nor one beside the one it has", () => {
    forAnyPlan((planned, observed) => {
      const given = [...actionsOf(planned, "attach"), ...actionsOf(planned, "create")];
      assertDistinct(given.map(({ instanceId, pool }) => claimKey(instanceId, pool)));
      for (const { instanceId, pool } of given) {
        assert.deepEqual(stayingIds(observed, instanceId, pool), []);
      }
    });
  });

  it("never gives an instance two interfaces at one place", () => {
    forAnyPlan((planned) => {
      const places = actionsOf(planned, "attach").map((one) =>
        [one.instanceId, one.networkCardIndex, one.deviceIndex].join(),
      );
      assertDistinct(places);
    });
  });

  it("never attaches across zones or pools", () => {
    forAnyPlan((planned, observed) => {
      for (const { instanceId, networkInterfaceId, pool } of actionsOf(planned, "attach")) {
        const holder = observed.instances[instanceId];
        const found = findInterface(observed, networkInterfaceId);
        assert.deepEqual([found.availabilityZone, found.pool], [holder?.availabilityZone, pool]);
        assert.ok(poolsOfTag(holder?.poolTag).includes(pool));
      }
    });
  });

  it("never attaches what was made for another instance, or nobody knows for whom", () => {
    forAnyPlan((planned, observed, chosen) => {
      for (const { instanceId, networkInterfaceId, pool } of actionsOf(planned, "attach")) {
        if (!isOnDemand(pool, chosen)) continue;
        assert.equal(findInterface(observed, networkInterfaceId).madeFor, instanceId);
      }
    });
  });

  it("never gives to an instance that isn't running, isn't tagged as the settings say, leaves or is parked", () => {
    forAnyPlan((planned, observed, chosen) => {
      const given = [...actionsOf(planned, "attach"), ...actionsOf(planned, "create")];
      for (const { instanceId, pool } of given) {
        const { state, poolTag } = observed.instances[instanceId] ?? {};
        assert.equal(state, "running");
        assert.ok(ownPools(poolTag, chosen).includes(pool));
        assert.ok(isHealthy(observed, instanceId, pool));
      }
    });
  });

  it("never has one made but on demand, in the subnet of the zone, with a token of its own", () => {
    forAnyPlan((planned, observed, chosen) => {
      const creates = actionsOf(planned, "create");
      assertDistinct(creates.map(({ token }) => token));
      for (const { instanceId, pool, subnetId, securityGroupIds } of creates) {
        const zone = observed.instances[instanceId]?.availabilityZone ?? "";
        const wanted = chosen.poolSettings[pool]?.onDemand;
        assert.equal(subnetId, wanted?.subnetIds[zone] ?? "none");
        assert.equal(securityGroupIds, wanted?.securityGroupIds);
        const kept = observed.interfaces.some(
          (one) => one.pool === pool && one.madeFor === instanceId && !one.attachment,
        );
        assert.ok(!kept, "one is kept for it");
      }
    });
  });

  it("never detaches from a healthy holder or a retained one, unless it has two, or the attachment or the detachment is stuck", () => {
    forAnyPlan((planned, observed) => {
      for (const action of actionsOf(planned, "detach")) {
        const { instanceId, networkInterfaceId, attachmentId, pool, because } = action;
        if (!isKeeper(observed, instanceId, pool)) continue;
        const stuckForMs = observed.ageMs[ageKey("detaching", attachmentId)] ?? 0;
        if (because === "detachStuck") assert.ok(stuckForMs >= 120_000);
        else if (because === "attachStuck") assert.ok(isStuck(observed, networkInterfaceId));
        else assert.equal(because, "surplus");
      }
    });
  });

  it("never takes what was made on demand from an instance that only pauses or goes its own way, nor what ends with it", () => {
    forAnyPlan((planned, observed, chosen) => {
      for (const action of actionsOf(planned, "detach")) {
        const { instanceId, networkInterfaceId, pool, because } = action;
        if (!isOnDemand(pool, chosen) || observed.instances[instanceId] === undefined) continue;
        const { attachment } = findInterface(observed, networkInterfaceId);
        const isTagged = poolsOfTag(observed.instances[instanceId].poolTag).includes(pool);
        if (isOver(observed, instanceId)) assert.ok(!attachment?.deleteOnTermination);
        else if (isTagged) assert.match(because, /^(surplus|attachStuck|detachStuck)$/);
      }
    });
  });

  it("never takes an instance's last interface of a pool for surplus", () => {
    forAnyPlan((planned, observed) => {
      for (const { instanceId, pool } of actionsOf(planned, "detach")) {
        if (!isKeeper(observed, instanceId, pool)) continue;
        const taken = actionsOf(planned, "detach").filter(
          (one) => one.instanceId === instanceId && one.pool === pool,
        );
        const surplus = taken.filter(({ because }) => because === "surplus");
        const held = heldIds(observed, instanceId, pool);
        assert.ok(surplus.length === 0 || taken.length < held.length);
      }
    });
  });

  it("never detaches from a running holder without a tag that is its own", () => {
    forAnyPlan((planned, observed, chosen) => {
      for (const { instanceId } of actionsOf(planned, "detach")) {
        const holder = observed.instances[instanceId];
        if (holder?.state !== "running") continue;
        assert.notDeepEqual(ownPools(holder.poolTag, chosen), []);
      }
    });
  });

  it("never deletes what is attached, was not made on demand, or isn't long unused", () => {
    forAnyPlan((planned, observed, chosen) => {
      const deletes = actionsOf(planned, "delete");
      assertDistinct(deletes.map(({ networkInterfaceId }) => networkInterfaceId));
      for (const { networkInterfaceId, pool } of deletes) {
        const found = findInterface(observed, networkInterfaceId);
        assert.equal(found.attachment, undefined);
        assert.equal(observed.attachedTo[networkInterfaceId], undefined);
        assert.ok(isMade(found, chosen) && found.pool === pool);
        assert.ok((observed.ageMs[ageKey("unused", networkInterfaceId)] ?? 0) >= 60_000);
      }
    });
  });

  it("never deletes the only one that an instance which still wants it has or is kept", () => {
    forAnyPlan((planned, observed) => {
      const deleted = actionsOf(planned, "delete").map((one) => one.networkInterfaceId);
      for (const networkInterfaceId of deleted) {
        const { pool, madeFor = "" } = findInterface(observed, networkInterfaceId);
        const isTagged = poolsOfTag(observed.instances[madeFor]?.poolTag).includes(pool);
        if (isOver(observed, madeFor) || !isTagged) continue;
        const others = observed.interfaces.filter(
          (one) =>
            one.pool === pool &&
            !deleted.includes(one.networkInterfaceId) &&
            (one.attachment?.instanceId === madeFor ||
              observed.attachedTo[one.networkInterfaceId] === madeFor ||
              (one.attachment === undefined && one.madeFor === madeFor)),
        );
        assert.notDeepEqual(others, []);
      }
    });
  });

  it("lets nothing end with its holder but what is of a pool on demand, attached and kept", () => {
    forAnyPlan((planned, observed, chosen) => {
      const detached = actionsOf(planned, "detach").map(({ attachmentId }) => attachmentId);
      for (const action of actionsOf(planned, "endWithInstance")) {
        const { attachment, pool } = findInterface(observed, action.networkInterfaceId);
        assert.ok(isOnDemand(pool, chosen));
        const { attachmentId, instanceId } = action;
        const wanted = { attachmentId, instanceId, status: "attached", deleteOnTermination: false };
        assert.deepEqual({ ...attachment, ...wanted }, attachment);
        assert.ok(!detached.includes(attachmentId));
      }
    });
  });

  it("never touches a pool that the settings don't name", () => {
    forAnyPlan((planned, _observed, { pools }) => {
      for (const { action, pool } of statusesIn(planned)) {
        // What its tag says is said of an instance whose pools aren't the manager's.
        if (action !== undefined) assert.ok(pools?.includes(pool) ?? true);
      }
    });
  });

  it("never acts on a foreign interface, nor counts it for anybody", () => {
    forAnyPlan((planned, { interfaces }) => {
      for (const { networkInterfaceId, foreign } of interfaces) {
        if (foreign === undefined) continue;
        const found = planned.interfaces.find(
          (one) => one.networkInterfaceId === networkInterfaceId,
        );
        assert.ok(found === undefined || found.state === "foreign");
        const touched = actionsIn(planned).filter((action) =>
          Object.values(action).includes(networkInterfaceId),
        );
        assert.deepEqual(touched, []);
      }
    });
  });

  it("takes from two holders at most at once for being gone, and from no one who was shown lately", () => {
    forAnyPlan((planned, { ageMs, missingInstanceIds }) => {
      const gone = actionsOf(planned, "detach").filter(({ because }) => because === "holderGone");
      const goneIds = new Set(gone.map(({ instanceId }) => instanceId));
      assert.ok(goneIds.size <= 2);
      for (const instanceId of goneIds) {
        assert.ok(missingInstanceIds.includes(instanceId));
        assert.ok((ageMs[ageKey("missing", instanceId)] ?? 0) >= 40_000);
      }
    });
  });

  it("never gives anybody the primary interface's slot, nor counts what sits there", () => {
    forAnyWorld(([observed, chosen]) => {
      const world = structuredClone(observed);
      // As tools do that copy an instance's tags: a read of its own shows the primary one free.
      for (const one of Object.values(world.instances)) {
        const slot = one.slots.find((at) => at.networkCardIndex === 0 && at.deviceIndex === 0);
        const free = world.interfaces.find(
          (found) => !found.attachment && !(found.networkInterfaceId in world.attachedTo),
        );
        if (slot !== undefined && free !== undefined) {
          slot.networkInterfaceId = free.networkInterfaceId;
        }
      }
      const told = assess(world, chosen);
      for (const { networkCardIndex, deviceIndex } of actionsOf(told, "attach")) {
        assert.ok(networkCardIndex > 0 || deviceIndex > 0);
      }
      assert.deepEqual(told.claims, assess(observed, chosen).claims);
    });
  });

  it("says of each instance that waits for an address why, pool by pool", () => {
    forAnyPlan((planned, observed, chosen) => {
      const said = planned.claims.map(({ instanceId = "", pool }) => claimKey(instanceId, pool));
      for (const { instanceId, poolTag } of Object.values(observed.instances)) {
        for (const pool of ownPools(poolTag, chosen)) {
          if (!isHealthy(observed, instanceId, pool)) continue;
          const isSaid = said.includes(claimKey(instanceId, pool));
          const isHeld = heldIds(observed, instanceId, pool).length > 0;
          assert.ok(isSaid || isHeld, `nothing is said of ${instanceId} and ${pool}`);
        }
      }
    });
  });

  it("asks for nothing that was refused, until that is over", () => {
    forAnyPlan((planned, { backoffs }) => {
      const refused = actionsIn(planned)
        .flatMap(keysOf)
        .filter((key) => key in backoffs);
      assert.deepEqual(refused, []);
    });
  });

  it("gives the same plan for any order of what was read", () => {
    const anyTwoOrders = anyWorld().chain((observed) =>
      fc.tuple(fc.constant(observed), anyOrderOf(observed)),
    );
    const property = fc.property(anyTwoOrders, anySettings, ([observed, reordered], chosen) => {
      assert.deepEqual(assess(reordered, chosen), assess(observed, chosen));
    });
    fc.assert(property, draws);
  });

  it("leaves the snapshot as it is", () => {
    forAnyWorld(([observed, chosen]) => {
      const before = structuredClone(observed);
      assess(observed, chosen);
      assert.deepEqual(observed, before);
    });
  });

  it("asks EC2 for nothing that it would refuse, and then only to attach what it had made, or to delete its double", () => {
    forAnyPlan((planned, observed, chosen) => {
      const made = actionsOf(planned, "create").map(claimOf);
      const given = actionsOf(planned, "attach").map(claimOf);
      const underWay = carryOut(observed, movesOf(planned, observed));
      const next = assess(underWay, chosen);
      assert.deepEqual(actionsOf(next, "attach").map(claimOf), made);
      const doubles = actionsOf(next, "delete").filter(({ networkInterfaceId, pool }) => {
        const { madeFor = "" } = findInterface(underWay, networkInterfaceId);
        return given.includes(claimKey(madeFor, pool));
      });
      assert.equal(movesOf(next, underWay).length, made.length + doubles.length);
      const last = carryOut(underWay, movesOf(next, underWay));
      assert.deepEqual(movesOf(assess(last, chosen), last), []);
    });
  });
});
