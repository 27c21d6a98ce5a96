import assert from "node:assert/strict";
import {
  createLessons,
  createMemory,
  learnFrom,
  seeAttached,
  toSnapshot,
} from "../../handler/learn";
import type { World } from "../../handler/model";
import {
  completeLaunch,
  create,
  deleteUnused,
  endWithInstance,
  heldInterface,
  instance,
  launchedAtMinute,
  refusal,
  snapshot,
} from "./builders";

// What is learnt is told by the specs of reconcilePools; here is what no reconcile can bring about.

describe("learnFrom", () => {
  it("takes no token for spent by an action that has none", () => {
    const [lessons, memory] = [createLessons(), createMemory()];
    const gone = refusal("lookAgain", { code: "InvalidNetworkInterfaceID.NotFound" });
    const created = { NetworkInterfaceId: "eni-1" };
    learnFrom({ action: create("i-a"), created }, lessons, memory);
    learnFrom({ action: deleteUnused(1), refusal: gone }, lessons, memory);
    learnFrom({ action: endWithInstance(1, "i-a"), refusal: gone }, lessons, memory);
    const code = "IdempotentParameterMismatch";
    learnFrom(
      { action: deleteUnused(1), refusal: refusal("lookAgain", { code }) },
      lessons,
      memory,
    );
    assert.deepEqual([...memory.spentTokens], []);
  });

  it("says of what is done that it is", () => {
    const [lessons, memory] = [createLessons(), createMemory()];
    learnFrom({ action: completeLaunch("i-a", "CONTINUE", "addressAttached") }, lessons, memory);
    const { deferred } = toSnapshot(snapshot({}), lessons, memory, [], 0);
    assert.deepEqual(Object.values(deferred), [
      { reason: "done in this reconcile", forGood: true },
    ]);
  });
});

describe("seeAttached", () => {
  const see = (
    launchTime: string,
    ...asked: [networkInterfaceId: string, instanceId: string][]
  ) => {
    const memory = { ...createMemory(), attaching: new Map(asked) };
    const instances = { "i-a": instance("i-a", { launchTime }) };
    const world: World = { ...snapshot({ interfaces: [heldInterface(1, "i-a")] }), instances };
    return seeAttached(world, memory, Date.parse(launchedAtMinute(1)));
  };

  it("measures nothing where EC2 tells no launch time, or nobody asked for the attachment", () => {
    assert.deepEqual(see(launchedAtMinute(0), ["eni-1", "i-a"]), [
      { pool: "licence", secondsSinceLaunch: 60 },
    ]);
    assert.deepEqual(see("", ["eni-1", "i-a"]), []);
    assert.deepEqual(see(launchedAtMinute(0)), []);
  });
});
