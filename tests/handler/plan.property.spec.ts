import assert from "node:assert/strict";
import fc from "fast-check";
import type { Action, Plan, Settings, Snapshot } from "../../handler/model";
import { planPools } from "../../handler/plan";
import { anyNonsense, anyOrderOf, anyWorld, draws, freePlaceOf } from "./anyWorld";
import { carryOut, letTimePass } from "./ec2Model";
import {
  attach,
  freeInterface,
  heldInterface,
  instance,
  OTHER_POOL,
  plan,
  POOL,
  releasingWait,
  settings,
  snapshot,
} from "./worlds";

type Attach = Extract<Action, { kind: "attach" }>;
type Detach = Extract<Action, { kind: "detach" }>;

const anySettings: fc.Arbitrary<Settings> = fc
  .record({
    whenExhausted: fc.constantFrom("wait", "abandon", "continue"),
    pools: fc.constantFrom<string[] | undefined>(undefined, [POOL], [POOL, OTHER_POOL]),
  })
  .map((parts) => settings(parts));

function forAnyPlan(check: (planned: Plan, observed: Snapshot, chosen: Settings) => void): void {
  const property = fc.property(anyWorld(), anySettings, (observed, chosen) => {
    check(planPools(observed, chosen), observed, chosen);
  });
  fc.assert(property, draws);
}

function attachesOf({ actions }: Plan): Attach[] {
  return actions.filter((action) => action.kind === "attach");
}

function detachesOf({ actions }: Plan): Detach[] {
  return actions.filter((action) => action.kind === "detach");
}

function movesOf(planned: Plan): Action[] {
  return [...attachesOf(planned), ...detachesOf(planned)];
}

function assertDistinct(ids: string[]): void {
  assert.deepEqual([...new Set(ids)], ids);
}

/** Tagged for the pool and alive, whatever its group does with it. */
function isAlive(observed: Snapshot, instanceId: string, pool: string): boolean {
  const holder = observed.instances[instanceId];
  return holder?.poolTag === pool && ["pending", "running"].includes(holder.state);
}

/** Alive, and neither leaving its group nor parked. */
function isHealthy(observed: Snapshot, instanceId: string, pool: string): boolean {
  const lifecycleState = observed.memberships[instanceId]?.lifecycleState ?? "";
  return isAlive(observed, instanceId, pool) && !/^(Terminat|Warmed:)/.test(lifecycleState);
}

/** Healthy, or kept alive for somebody to look at: what it holds stays with it. */
function isKeeper(observed: Snapshot, instanceId: string, pool: string): boolean {
  const isRetained = observed.memberships[instanceId]?.lifecycleState === "Terminating:Retained";
  return (
    isHealthy(observed, instanceId, pool) || (isRetained && isAlive(observed, instanceId, pool))
  );
}

/** The interfaces of a pool that the snapshot shows on an instance. */
function heldIds(observed: Snapshot, instanceId: string, pool: string): string[] {
  return observed.interfaces
    .filter((one) => one.pool === pool && one.attachment?.instanceId === instanceId)
    .map(({ networkInterfaceId }) => networkInterfaceId);
}

describe("planPools, in any world", () => {
  it("never gives one interface to two instances", () => {
    forAnyPlan((planned) => {
      assertDistinct(attachesOf(planned).map(({ networkInterfaceId }) => networkInterfaceId));
    });
  });

  it("never gives an instance two interfaces, nor one beside the one it has", () => {
    forAnyPlan((planned, observed) => {
      const attaches = attachesOf(planned);
      assertDistinct(attaches.map(({ instanceId }) => instanceId));
      for (const { instanceId, pool } of attaches) {
        const kept = heldIds(observed, instanceId, pool).filter((id) =>
          observed.interfaces.some(
            (one) => one.networkInterfaceId === id && one.attachment?.status !== "detaching",
          ),
        );
        assert.deepEqual(kept, []);
        assert.ok(!Object.values(observed.recentAttachments).includes(instanceId));
      }
    });
  });

  it("never attaches across zones or pools", () => {
    forAnyPlan((planned, observed) => {
      for (const { instanceId, networkInterfaceId, pool } of attachesOf(planned)) {
        const holder = observed.instances[instanceId];
        const found = observed.interfaces.find(
          (one) => one.networkInterfaceId === networkInterfaceId,
        );
        assert.deepEqual(
          [found?.availabilityZone, found?.pool, pool],
          [holder?.availabilityZone, holder?.poolTag, holder?.poolTag],
        );
      }
    });
  });

  it("never attaches to an instance that isn't running, isn't tagged, leaves or is parked", () => {
    forAnyPlan((planned, observed) => {
      for (const { instanceId, pool } of attachesOf(planned)) {
        assert.equal(observed.instances[instanceId]?.state, "running");
        assert.ok(isHealthy(observed, instanceId, pool));
      }
    });
  });

  it("never detaches from a healthy holder or a retained one, unless it has two or the detachment is stuck", () => {
    forAnyPlan((planned, observed) => {
      for (const { instanceId, attachmentId, pool, because } of detachesOf(planned)) {
        if (!isKeeper(observed, instanceId, pool)) continue;
        const stuckForSeconds = observed.detachingForSeconds[attachmentId] ?? 0;
        if (because === "detachStuck") assert.ok(stuckForSeconds >= 120);
        else assert.equal(because, "surplus");
      }
    });
  });

  it("never takes an instance's last interface for surplus", () => {
    forAnyPlan((planned, observed) => {
      for (const { instanceId, pool } of detachesOf(planned)) {
        if (!isKeeper(observed, instanceId, pool)) continue;
        const taken = detachesOf(planned).filter(
          (one) => one.instanceId === instanceId && one.pool === pool,
        );
        const surplus = taken.filter(({ because }) => because === "surplus");
        const held = heldIds(observed, instanceId, pool);
        assert.ok(surplus.length === 0 || taken.length < held.length);
      }
    });
  });

  it("never detaches from a running holder without the tag", () => {
    forAnyPlan((planned, observed, { pools }) => {
      for (const { instanceId } of detachesOf(planned)) {
        const holder = observed.instances[instanceId];
        if (holder?.state !== "running") continue;
        const { poolTag } = holder;
        assert.ok(poolTag !== undefined && (pools ?? [poolTag]).includes(poolTag));
      }
    });
  });

  it("never touches a pool that the settings don't name", () => {
    forAnyPlan(({ actions, waits, problems }, _observed, { pools }) => {
      for (const { pool } of [...actions, ...waits, ...problems]) {
        assert.ok(pools?.includes(pool) ?? true);
      }
    });
  });

  it("continues a launch for its address only when EC2 says attached", () => {
    forAnyPlan(({ actions }, observed) => {
      for (const action of actions) {
        if (action.because !== "addressAttached") continue;
        const attached = observed.interfaces.filter(
          ({ attachment }) =>
            attachment?.instanceId === action.instanceId && attachment.status === "attached",
        );
        assert.ok(attached.length > 0);
      }
    });
  });

  it("continues a termination for its address only when EC2 shows none on the instance", () => {
    forAnyPlan(({ actions }, observed) => {
      for (const action of actions) {
        if (action.because !== "addressReleased") continue;
        const pool = observed.instances[action.instanceId]?.poolTag;
        if (pool !== undefined) assert.deepEqual(heldIds(observed, action.instanceId, pool), []);
      }
    });
  });

  it("says of each instance that waits for an address why", () => {
    forAnyPlan((planned, observed, { pools }) => {
      for (const { instanceId, poolTag: pool, state } of Object.values(observed.instances)) {
        if (state !== "running" || pool === undefined) continue;
        if (!(pools ?? [pool]).includes(pool)) continue;
        if (!isHealthy(observed, instanceId, pool)) continue;
        const isServed =
          heldIds(observed, instanceId, pool).length > 0 ||
          [...planned.actions, ...planned.waits, ...planned.problems].some(
            (one) => "instanceId" in one && one.instanceId === instanceId,
          );
        assert.ok(isServed, `nothing is said of ${instanceId}`);
      }
    });
  });

  it("gives the same plan for any order of what was read", () => {
    const anyTwoOrders = anyWorld().chain((observed) =>
      fc.tuple(fc.constant(observed), anyOrderOf(observed)),
    );
    const property = fc.property(anyTwoOrders, anySettings, ([observed, reordered], chosen) => {
      assert.deepEqual(planPools(reordered, chosen), planPools(observed, chosen));
    });
    fc.assert(property, draws);
  });

  it("leaves the snapshot as it is", () => {
    const property = fc.property(anyWorld(), anySettings, (observed, chosen) => {
      const before = structuredClone(observed);
      planPools(observed, chosen);
      assert.deepEqual(observed, before);
    });
    fc.assert(property, draws);
  });

  it("asks EC2 for nothing that it would refuse, and nothing more once that is under way", () => {
    forAnyPlan((planned, observed, chosen) => {
      const underWay = carryOut(observed, planned.actions);
      assert.deepEqual(movesOf(planPools(underWay, chosen)), []);
    });
  });

  it("gives an address to everybody while there is one, and keeps none with anybody else", () => {
    const property = fc.property(anyWorld(), (observed) => {
      const end = converge(observed);
      for (const one of Object.values(end.instances)) {
        if (one.poolTag === undefined || !isHealthy(end, one.instanceId, one.poolTag)) continue;
        const held = heldIds(end, one.instanceId, one.poolTag);
        if (one.state === "pending") continue;
        assert.ok(held.length <= 1, `${one.instanceId} has ${held.join(" and ")}`);
        const spare = end.interfaces.filter(
          (spareOne) =>
            spareOne.pool === one.poolTag &&
            spareOne.availabilityZone === one.availabilityZone &&
            spareOne.attachment === undefined,
        );
        const isDone = held.length === 1 || spare.length === 0 || freePlaceOf(one) === undefined;
        assert.ok(isDone, `${one.instanceId} has no address`);
      }
      for (const { pool, attachment } of end.interfaces) {
        if (attachment?.instanceId === undefined) continue;
        const holder = end.instances[attachment.instanceId];
        const isForeign = holder?.poolTag === undefined && holder?.state !== "terminated";
        const isKept = isKeeper(end, attachment.instanceId, pool);
        const isStarted = observed.announcedInstanceIds.includes(attachment.instanceId);
        const stays = isKept || isStarted || (holder !== undefined && isForeign);
        assert.ok(stays, attachment.instanceId);
      }
    });
    fc.assert(property, draws);
  });
});

/** Plans and carries out until nothing moves; a world this small needs a few rounds at most. */
function converge(observed: Snapshot): Snapshot {
  let now = letTimePass(observed);
  for (let round = 0; round < 6; round++) {
    const moves = movesOf(planPools(now, settings()));
    if (moves.length === 0) return now;
    now = letTimePass(carryOut(now, moves));
  }
  return assert.fail("it never comes to rest");
}

describe("planPools, in a world of nonsense", () => {
  const names = ["", "i-a", "i-b", "eni-1", "attach-1", "complete/i-a/x", "10.0.0.1"];

  it("gives a plan for any snapshot, whatever its texts and numbers", () => {
    const property = fc.property(anyNonsense(names), anySettings, (observed, chosen) => {
      assert.deepEqual(Object.keys(planPools(observed, chosen)), Object.keys(plan()));
    });
    fc.assert(property, draws);
  });

  it("gives a plan where ids are named like what every object has", () => {
    const odd = [...names, "__proto__", "constructor", "toString", "hasOwnProperty"];
    const property = fc.property(anyNonsense(odd), anySettings, (observed, chosen) => {
      assert.deepEqual(Object.keys(planPools(observed, chosen)), Object.keys(plan()));
    });
    fc.assert(property, draws);
  });

  it("finds nothing about an id where nobody put it, whatever every object has", () => {
    const free = freeInterface(1, { networkInterfaceId: "constructor" });
    const held = heldInterface(2, "valueOf", { attachmentId: "hasOwnProperty" });
    const observed = snapshot({ interfaces: [free, held], instances: [instance("toString")] });
    assert.deepEqual(
      planPools(observed, settings()),
      plan({
        actions: [attach(1, "toString", { networkInterfaceId: "constructor" })],
        waits: [releasingWait(2, "EC2 doesn't know its holder valueOf")],
      }),
    );
  });

  it("gives the same plan for any order of addresses that are no numbers", () => {
    const interfaces = [
      freeInterface(3, { address: "10.0.0.1" }),
      freeInterface(2, { address: "none" }),
      freeInterface(1, { address: "10.0.0.2" }),
    ];
    const waiting = { instances: [instance("i-a")] };
    const one = planPools(snapshot({ interfaces, ...waiting }), settings());
    for (const other of [
      interfaces.toReversed(),
      [...interfaces.slice(1), ...interfaces.slice(0, 1)],
    ]) {
      assert.deepEqual(planPools(snapshot({ interfaces: other, ...waiting }), settings()), one);
    }
  });

  it("gives the same plan for any order of announcements, and for one that comes twice", () => {
    const pending = { state: "pending" };
    const instances = [instance("i-a", pending), instance("i-b", pending)];
    const planFor = (announcedInstanceIds: string[]): Plan =>
      planPools(snapshot({ instances, announcedInstanceIds }), settings());
    assert.deepEqual(planFor(["i-b", "i-a", "i-b"]), planFor(["i-a", "i-b"]));
  });
});
