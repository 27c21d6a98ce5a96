import assert from "node:assert/strict";
import type { WhenExhausted } from "../../handler/names";
import type { Instance, PoolInterface, Settings } from "../../handler/model";
import { planPools } from "../../handler/plan";
import {
  completeTermination,
  detach,
  freeInterface,
  heldInterface,
  inPool,
  instance,
  MADE_POOL,
  madeAndHeld,
  makingOnDemand,
  OTHER_POOL,
  plan,
  POOL,
  settings,
  snapshot,
  type SnapshotParts,
} from "./builders";

/** How i-a stands with one of its pools; where that is exhausted, what its settings say of it. */
type Case = "attached" | "onItsWay" | "returning" | "refused" | WhenExhausted;

const BOTH = `${POOL},${OTHER_POOL}`;

/** What brings i-a into that case, of the pool that has the interfaces of this number. */
function partsOf(wanted: Case, pool: string, number: number) {
  const free = freeInterface(number, { pool });
  const held = (instanceId: string, status: string): PoolInterface =>
    heldInterface(number, instanceId, { deviceIndex: number, status }, { pool });
  const old: Instance = instance(`i-old-${number}`, { poolTag: pool, state: "stopped" });
  const refusal = { [`i-a/of/${pool}`]: { reason: "EC2 refused: busy", forGood: false } };
  switch (wanted) {
    case "attached":
      return { interfaces: [held("i-a", "attached")], instances: [], deferred: {} };
    case "onItsWay":
      return { interfaces: [free], instances: [], deferred: {} };
    case "returning":
      return { interfaces: [held(old.instanceId, "detaching")], instances: [old], deferred: {} };
    case "refused":
      return { interfaces: [free], instances: [], deferred: refusal };
    case "wait":
    case "abandon":
    case "continue":
      return { interfaces: [], instances: [], deferred: {} };
  }
}

/** What is answered to the launch of i-a, whose tag names two pools. */
function answerTo(first: Case, second: Case): string {
  const one = partsOf(first, POOL, 1);
  const two = partsOf(second, OTHER_POOL, 2);
  const choiceOf = (wanted: Case): { whenExhausted?: WhenExhausted } =>
    wanted === "wait" || wanted === "abandon" || wanted === "continue"
      ? { whenExhausted: wanted }
      : {};
  const chosen = settings({
    whenExhausted: "abandon",
    poolSettings: { [POOL]: choiceOf(first), [OTHER_POOL]: choiceOf(second) },
  });
  const observed = snapshot({
    interfaces: [...one.interfaces, ...two.interfaces],
    instances: [...one.instances, ...two.instances, instance("i-a", { poolTag: BOTH })],
    deferred: { ...one.deferred, ...two.deferred },
    members: { "i-a": { lifecycleState: "Pending:Wait", poolTag: BOTH } },
  });
  const answers = planPools(observed, chosen).actions.flatMap((action) => {
    if (action.kind === "heartbeat") return [`heartbeat: ${action.because}`];
    return action.kind === "complete" ? [`${action.result}: ${action.because}`] : [];
  });
  assert.ok(answers.length <= 1);
  return answers[0] ?? "none";
}

const ON = "CONTINUE: addressAttached";
const STANDBY = "CONTINUE: poolExhausted";
const END = "ABANDON: poolExhausted";
const ALIVE = "heartbeat: holderLeaves";
const NONE = "none";

const cases: Case[] = [
  ...(["attached", "onItsWay", "returning", "refused"] as const),
  ...(["wait", "abandon", "continue"] as const),
];

/** By the case of the first pool, in the order of the cases of the second. */
const answers: Record<Case, string[]> = {
  attached: [ON, NONE, ALIVE, NONE, NONE, END, STANDBY],
  onItsWay: [NONE, NONE, ALIVE, NONE, NONE, END, NONE],
  returning: [ALIVE, ALIVE, ALIVE, NONE, NONE, END, ALIVE],
  refused: [NONE, NONE, NONE, NONE, NONE, END, NONE],
  wait: [NONE, NONE, NONE, NONE, NONE, END, NONE],
  abandon: [END, END, END, END, END, END, END],
  continue: [STANDBY, NONE, ALIVE, NONE, NONE, END, STANDBY],
};

describe("planLifecycleHooks, of an instance with several pools", () => {
  for (const first of cases) {
    for (const [index, second] of cases.entries()) {
      const answer = answers[first][index];
      it(`answers a launch by ${answer} where it stands so: ${first}, ${second}`, () => {
        assert.equal(answerTo(first, second), answer);
      });
    }
  }

  describe("a termination", () => {
    const terminating = (parts: SnapshotParts, chosen: Settings = settings(), poolTag = BOTH) =>
      planPools(
        snapshot({
          instances: [instance("i-a", { poolTag })],
          members: { "i-a": { lifecycleState: "Terminating:Wait", poolTag } },
          ...parts,
        }),
        chosen,
      );
    const second = heldInterface(2, "i-a", { deviceIndex: 2 }, { pool: OTHER_POOL });
    const wait = {
      kind: "releasing",
      pool: POOL,
      instanceId: "i-a",
      watch: true,
      reason: "i-a goes when its address is off it",
    };

    it("takes every address off and waits for them", () => {
      const { actions, waits } = terminating({ interfaces: [heldInterface(1, "i-a"), second] });
      assert.deepEqual(actions, [
        detach(1, "i-a", "holderLeavesGroup"),
        inPool(OTHER_POOL, detach(2, "i-a", "holderLeavesGroup")),
      ]);
      assert.deepEqual(waits, [wait]);
    });

    it("waits for the last of them", () => {
      const { actions, waits } = terminating({ interfaces: [freeInterface(1), second] });
      assert.deepEqual(actions, [inPool(OTHER_POOL, detach(2, "i-a", "holderLeavesGroup"))]);
      assert.deepEqual(waits, [wait]);
    });

    it("goes on when all are off, under the name of its group's first pool", () => {
      const actions = [completeTermination("i-a", "addressReleased")];
      assert.deepEqual(terminating({ interfaces: [freeInterface(1)] }), plan({ actions }));
    });

    const tag = `${POOL},${MADE_POOL}`;

    it("doesn't wait for what was made on demand, which ends with the instance", () => {
      const interfaces = [freeInterface(1), madeAndHeld(2, "i-a")];
      const actions = [completeTermination("i-a", "addressReleased")];
      assert.deepEqual(terminating({ interfaces }, makingOnDemand(), tag), plan({ actions }));
    });

    it("waits for a fixed one beside it", () => {
      const interfaces = [heldInterface(1, "i-a"), madeAndHeld(2, "i-a", { deviceIndex: 2 })];
      const { actions, waits } = terminating({ interfaces }, makingOnDemand(), tag);
      assert.deepEqual(actions, [detach(1, "i-a", "holderLeavesGroup")]);
      assert.deepEqual(waits, [wait]);
    });

    for (const [what, attachment] of [
      ["is still attaching", { status: "attaching", deleteOnTermination: false }],
      ["is coming off", { status: "detaching" }],
      ["can't be let end with it", { deleteOnTermination: false }],
    ] as const) {
      it(`doesn't wait for what was made on demand and ${what}`, () => {
        const interfaces = [madeAndHeld(1, "i-a", attachment)];
        const deferred = { "end/attach-1": { reason: "EC2 refused: no", forGood: true } };
        const { actions } = terminating({ interfaces, deferred }, makingOnDemand(), tag);
        assert.deepEqual(actions, [completeTermination("i-a", "addressReleased")]);
      });
    }

    for (const [what, attachment] of [
      ["comes off because the tag names other pools now", { deviceIndex: 2 }],
      ["is its primary interface, of a pool that the tag doesn't name", { deviceIndex: 0 }],
    ] as const) {
      it(`doesn't wait for what was made on demand and ${what}`, () => {
        const interfaces = [madeAndHeld(1, "i-a", attachment)];
        const { actions } = terminating({ interfaces }, makingOnDemand(), POOL);
        const complete = completeTermination("i-a", "addressReleased");
        assert.deepEqual(actions.at(-1), complete);
      });
    }
  });

  it("lets a launch wait while its interface is to be made, and go on when it is attached", () => {
    const launching = (interfaces: PoolInterface[]) =>
      planPools(
        snapshot({
          interfaces,
          instances: [instance("i-a", { poolTag: MADE_POOL })],
          members: { "i-a": { lifecycleState: "Pending:Wait", poolTag: MADE_POOL } },
        }),
        makingOnDemand(),
      ).actions.map(({ kind, because }) => `${kind}: ${because}`);
    assert.deepEqual(launching([]), ["create: instanceHasNone"]);
    assert.deepEqual(launching([madeAndHeld(1, "i-a", { deleteOnTermination: false })]), [
      "endWithInstance: madeForIt",
      "complete: addressAttached",
    ]);
  });
});
