import assert from "node:assert/strict";
import type { Problem, Settings, Wait } from "../../handler/model";
import { planPools } from "../../handler/plan";
import {
  attach,
  attachingWait,
  create,
  detach,
  freeInterface,
  heldInterface,
  inPool,
  instance,
  launchedAtMinute,
  MADE_POOL,
  makingOnDemand,
  OTHER_POOL,
  OTHER_ZONE,
  place,
  plan,
  POOL,
  releasingWait,
  settings,
  snapshot,
  type SnapshotParts,
  ZONE,
} from "./builders";

const BOTH = `${POOL},${OTHER_POOL}`;
const other = <Item extends { pool: string }>(item: Item): Item => inPool(OTHER_POOL, item);
const free = [freeInterface(1), freeInterface(2, { pool: OTHER_POOL })];

/** What is planned for i-a, whose tag names two pools. */
function planFor(parts: SnapshotParts, poolTag = BOTH, chosen: Settings = settings()) {
  const instances = [instance("i-a", { poolTag })];
  return planPools(snapshot({ instances, ...parts }), chosen);
}

function exhausted(pool: string, found: string): Problem {
  const reason = `i-a has no address of pool ${pool}: ${found}`;
  return { kind: "poolExhausted", pool, instanceId: "i-a", reason };
}

const noneOf = (pool: string) => exhausted(pool, `pool ${pool} has no interface in ${ZONE}`);

describe("planAttachments, of several pools for one instance", () => {
  it("gives one interface of each, at device indexes in the order of the tag", () => {
    const actions = [attach(1, "i-a"), other(attach(2, "i-a", { deviceIndex: 2 }))];
    assert.deepEqual(planFor({ interfaces: free }), plan({ actions }));
    const reversed = [other(attach(2, "i-a")), attach(1, "i-a", { deviceIndex: 2 })];
    assert.deepEqual(
      planFor({ interfaces: free }, `${OTHER_POOL}, ${POOL}`),
      plan({ actions: reversed }),
    );
  });

  it("gives one of a pool that the tag names twice", () => {
    const interfaces = [...free, freeInterface(3)];
    const actions = [attach(1, "i-a"), other(attach(2, "i-a", { deviceIndex: 2 }))];
    assert.deepEqual(planFor({ interfaces }, `${BOTH},${POOL}`), plan({ actions }));
  });

  it("gives none where the rights don't name the tag's value", () => {
    const chosen = settings({ pools: [POOL, OTHER_POOL], poolTags: [POOL, OTHER_POOL] });
    assert.deepEqual(planFor({ interfaces: free }, BOTH, chosen), plan());
  });

  it("gives of the pools that are this manager's, at their indexes alone", () => {
    const chosen = settings({ pools: [OTHER_POOL] });
    assert.deepEqual(
      planFor({ interfaces: free }, BOTH, chosen),
      plan({ actions: [other(attach(2, "i-a"))] }),
    );
  });

  describe("keeps the first one's index", () => {
    const second = other(attach(2, "i-a", { deviceIndex: 2 }));
    const [, freeOther] = free;
    const interfaces = freeOther === undefined ? [] : [freeOther];

    it("when its pool is exhausted", () => {
      const expected = plan({ actions: [second], problems: [noneOf(POOL)] });
      assert.deepEqual(planFor({ interfaces }), expected);
    });

    it("when its address is on its way back", () => {
      const returning = heldInterface(1, "i-old", { status: "detaching" });
      const { actions } = planFor({ interfaces: [returning, ...interfaces] });
      assert.deepEqual(actions, [second]);
    });

    it("when it is refused for now, alone", () => {
      const reason = "EC2 refused: busy";
      const deferred = { [`i-a/of/${POOL}`]: { reason, forGood: false } };
      const wait: Wait = {
        kind: "deferred",
        pool: POOL,
        instanceId: "i-a",
        watch: true,
        reason: `i-a has no address of pool ${POOL}: ${reason}`,
      };
      const expected = plan({ actions: [second], waits: [wait] });
      assert.deepEqual(planFor({ interfaces: free, deferred }), expected);
    });

    it("while EC2 doesn't show it yet", () => {
      const expected = plan({ actions: [second], waits: [attachingWait(1, "i-a")] });
      const recentAttachments = { "eni-1": "i-a" };
      assert.deepEqual(planFor({ interfaces: free, recentAttachments }), expected);
    });

    it("while the instance doesn't list it yet", () => {
      const observed = snapshot({ interfaces: [heldInterface(1, "i-a"), ...interfaces] });
      const instances = { "i-a": instance("i-a", { poolTag: BOTH }) };
      assert.deepEqual(
        planPools({ ...observed, instances }, settings()),
        plan({ actions: [second] }),
      );
    });
  });

  describe("when it has one of the two", () => {
    it("gives the second the next index", () => {
      const interfaces = [heldInterface(1, "i-a"), freeInterface(2, { pool: OTHER_POOL })];
      const actions = [other(attach(2, "i-a", { deviceIndex: 2 }))];
      assert.deepEqual(planFor({ interfaces }), plan({ actions }));
    });

    it("keeps no other index for the first while one more of that pool was asked for", () => {
      const interfaces = [...free, heldInterface(3, "i-a")];
      const recentAttachments = { "eni-1": "i-a" };
      const actions = [other(attach(2, "i-a", { deviceIndex: 2 }))];
      const waits = [attachingWait(1, "i-a")];
      assert.deepEqual(planFor({ interfaces, recentAttachments }), plan({ actions, waits }));
    });

    it("gives the first the index that was kept for it", () => {
      const held = heldInterface(2, "i-a", { deviceIndex: 2 }, { pool: OTHER_POOL });
      const actions = [attach(1, "i-a")];
      assert.deepEqual(planFor({ interfaces: [freeInterface(1), held] }), plan({ actions }));
    });

    it("moves nothing where the second has the first's index", () => {
      const held = heldInterface(2, "i-a", { deviceIndex: 1 }, { pool: OTHER_POOL });
      const actions = [attach(1, "i-a", { deviceIndex: 2 })];
      assert.deepEqual(planFor({ interfaces: [freeInterface(1), held] }), plan({ actions }));
    });

    it("moves nothing when it has both, in whatever order", () => {
      const interfaces = [
        heldInterface(1, "i-a", { deviceIndex: 2 }),
        heldInterface(2, "i-a", { deviceIndex: 1 }, { pool: OTHER_POOL }),
      ];
      assert.deepEqual(planFor({ interfaces }), plan());
    });
  });

  describe("where the type takes few interfaces", () => {
    const full: Problem = {
      kind: "interfacesFull",
      pool: OTHER_POOL,
      instanceId: "i-a",
      reason: `i-a has no address of pool ${OTHER_POOL}: m7i.large takes no more interfaces than it has`,
    };

    it("gives the first and reports the second", () => {
      const parts = { interfaces: free, interfaceLimits: { "m7i.large": [2] } };
      assert.deepEqual(planFor(parts), plan({ actions: [attach(1, "i-a")], problems: [full] }));
    });

    it("keeps the one place for the first, though its pool is exhausted", () => {
      const parts = { interfaces: free.slice(1), interfaceLimits: { "m7i.large": [2] } };
      assert.deepEqual(planFor(parts), plan({ problems: [noneOf(POOL), full] }));
    });

    it("reports nothing of what it has", () => {
      const interfaces = [heldInterface(1, "i-a"), freeInterface(2, { pool: OTHER_POOL })];
      const parts = { interfaces, interfaceLimits: { "m7i.large": [2] } };
      assert.deepEqual(planFor(parts), plan({ problems: [full] }));
    });

    it("gives the second a place on the next card", () => {
      const actions = [
        attach(1, "i-a"),
        other(attach(2, "i-a", { networkCardIndex: 1, deviceIndex: 0 })),
      ];
      const interfaceLimits = { "m7i.large": [2, 2] };
      assert.deepEqual(planFor({ interfaces: free, interfaceLimits }), plan({ actions }));
    });

    it("fills a gap before it", () => {
      const instances = [instance("i-a", { poolTag: BOTH, places: [place(0), place(2)] })];
      const actions = [attach(1, "i-a"), other(attach(2, "i-a", { deviceIndex: 3 }))];
      const interfaceLimits = { "m7i.large": [4] };
      assert.deepEqual(
        planFor({ interfaces: free, instances, interfaceLimits }),
        plan({ actions }),
      );
    });
  });

  it("gives each pool's first address to whom waits longest, instance by instance", () => {
    const instances = [
      instance("i-a", { poolTag: BOTH, launchTime: launchedAtMinute(2) }),
      instance("i-b", { poolTag: OTHER_POOL, launchTime: launchedAtMinute(1) }),
      instance("i-c", { launchTime: launchedAtMinute(3) }),
    ];
    const interfaces = [...free, freeInterface(3), freeInterface(4, { pool: OTHER_POOL })];
    const actions = [
      other(attach(2, "i-b")),
      attach(1, "i-a"),
      other(attach(4, "i-a", { deviceIndex: 2 })),
      attach(3, "i-c"),
    ];
    assert.deepEqual(planPools(snapshot({ interfaces, instances }), settings()), plan({ actions }));
  });

  it("takes each pool's interfaces of the instance's zone", () => {
    const interfaces = [
      freeInterface(1, { availabilityZone: OTHER_ZONE }),
      freeInterface(2, { pool: OTHER_POOL }),
    ];
    const problems = [noneOf(POOL)];
    const actions = [other(attach(2, "i-a", { deviceIndex: 2 }))];
    assert.deepEqual(planFor({ interfaces }), plan({ actions, problems }));
  });

  it("says of each pool why it has none of it", () => {
    const instances = [instance("i-a", { poolTag: BOTH, state: "pending" })];
    const { waits } = planFor({ interfaces: free, instances });
    const reason = "i-a has no address: EC2 shows it pending";
    const wait = { kind: "pending", instanceId: "i-a", watch: false, reason };
    assert.deepEqual(waits, [
      { ...wait, pool: POOL },
      { ...wait, pool: OTHER_POOL },
    ]);
  });

  it("says nothing of a pool of which a pending one has an interface", () => {
    const instances = [instance("i-a", { poolTag: BOTH, state: "pending" })];
    const interfaces = [heldInterface(1, "i-a"), freeInterface(2, { pool: OTHER_POOL })];
    const { waits } = planFor({ interfaces, instances });
    assert.deepEqual(
      waits.map(({ kind, pool }) => [kind, pool]),
      [["pending", OTHER_POOL]],
    );
  });

  it("gives a refused instance none of either", () => {
    const deferred = { "i-a": { reason: "EC2 refused: limit", forGood: true } };
    const { actions, waits } = planFor({ interfaces: free, deferred });
    assert.deepEqual(actions, []);
    assert.deepEqual(
      waits.map(({ pool, reason, watch }) => [pool, reason, watch]),
      [POOL, OTHER_POOL].map((pool) => [
        pool,
        `i-a has no address of pool ${pool}: EC2 refused: limit`,
        false,
      ]),
    );
  });

  it("has one made of a pool that is filled on demand, and keeps its index for it", () => {
    const tag = `${MADE_POOL},${POOL}`;
    const actions = [create("i-a"), attach(1, "i-a", { deviceIndex: 2 })];
    assert.deepEqual(planFor({ interfaces: free }, tag, makingOnDemand()), plan({ actions }));
  });

  describe("gives back", () => {
    const held = [
      heldInterface(1, "i-a"),
      heldInterface(2, "i-a", { deviceIndex: 2 }, { pool: OTHER_POOL }),
    ];

    it("what is of a pool that the tag doesn't name any more, alone", () => {
      const actions = [other(detach(2, "i-a", "holderChangedPool"))];
      assert.deepEqual(planFor({ interfaces: held }, `${POOL},third`, settings()), {
        ...plan({ actions }),
        problems: [noneOf("third")],
      });
    });

    it("all of them, when it stops", () => {
      const instances = [instance("i-a", { poolTag: BOTH, state: "stopped" })];
      const actions = [detach(1, "i-a", "holderStopped"), other(detach(2, "i-a", "holderStopped"))];
      assert.deepEqual(planFor({ interfaces: held, instances }), plan({ actions }));
    });

    it("one of two of the same pool, and none for the other pool's", () => {
      const interfaces = [...held, heldInterface(3, "i-a", { deviceIndex: 3 })];
      assert.deepEqual(planFor({ interfaces }), plan({ actions: [detach(3, "i-a", "surplus")] }));
    });

    it("no index while an interface of another pool comes off", () => {
      const interfaces = [
        heldInterface(3, "i-a", { status: "detaching" }, { pool: "third" }),
        freeInterface(1),
        freeInterface(2, { pool: OTHER_POOL }),
      ];
      const actions = [
        attach(1, "i-a", { deviceIndex: 2 }),
        other(attach(2, "i-a", { deviceIndex: 3 })),
      ];
      const waits = [inPool("third", releasingWait(3, "it is detaching from i-a"))];
      assert.deepEqual(planFor({ interfaces }), plan({ actions, waits }));
    });
  });

  describe("that stand by in one of them", () => {
    const chosen = settings({ poolSettings: { [POOL]: { whenExhausted: "continue" } } });
    const found = `all 1 of pool ${POOL} in ${ZONE} are taken`;
    const instances = [instance("i-a", { poolTag: BOTH }), instance("i-b")];

    it("says so of that pool, and reports the other", () => {
      const interfaces = [heldInterface(1, "i-b")];
      const reason = `i-a has no address of pool ${POOL}: ${found}`;
      const wait = { kind: "standingBy", pool: POOL, instanceId: "i-a", watch: false, reason };
      const { waits, problems } = planFor({ interfaces, instances }, BOTH, chosen);
      assert.deepEqual([waits, problems], [[wait], [noneOf(OTHER_POOL)]]);
    });

    it("gives it the address of a holder that fails, without a launch", () => {
      const failing = [
        instance("i-a", { poolTag: BOTH }),
        instance("i-b", { state: "shutting-down" }),
      ];
      const parts = { instances: failing, members: { "i-a": "InService" } };
      const onLeaving = planFor({ ...parts, interfaces: [heldInterface(1, "i-b")] }, BOTH, chosen);
      assert.deepEqual(onLeaving.actions, [detach(1, "i-b", "holderShuttingDown")]);
      const awaited = onLeaving.waits.map(({ kind, pool, watch }) => [kind, pool, watch]);
      assert.deepEqual(awaited, [["waitingForAddress", POOL, true]]);
      const onRelease = planFor({ ...parts, interfaces: [freeInterface(1)] }, BOTH, chosen);
      assert.deepEqual(onRelease.actions, [attach(1, "i-a")]);
    });
  });
});
