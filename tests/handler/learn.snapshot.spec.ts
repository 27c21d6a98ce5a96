import assert from "node:assert/strict";
import { createLessons, createMemory, noteWarmingActions, toSnapshot } from "../../handler/learn";
import type { WarmingAction, World } from "../../handler/model";
import { emptyWorld, reconciling, refusal } from "./lessons";
import { completeLaunch, detach, freeInterface, GROUP, heldInterface } from "./builders";

describe("toSnapshot", () => {
  it("lays nothing over a world that nothing has been learnt of", () => {
    const world: World = { ...emptyWorld, interfaces: [freeInterface(1)] };
    assert.deepEqual(toSnapshot(world, createLessons(), createMemory(), ["i-a"], 5), {
      ...world,
      detachingForSeconds: {},
      missingForSeconds: {},
      unusedForSeconds: {},
      spentTokens: {},
      recentAttachments: {},
      deferred: {},
      announcedInstanceIds: ["i-a"],
      warmingActions: [],
    });
  });

  describe("launches into warm pools", () => {
    const told = (number: number): WarmingAction => ({
      instanceId: `i-${number}`,
      groupName: GROUP,
      lifecycleActionToken: `token-${number}`,
    });

    it("are there from their event on, in this process, until they are answered", () => {
      const { memory, look, learn } = reconciling();
      noteWarmingActions([told(1), told(2)], memory, 0);
      noteWarmingActions([told(1)], memory, 5_000);
      assert.deepEqual(look({}, 10).warmingActions, [told(1), told(2)]);
      const answer = completeLaunch("i-1", "CONTINUE", "parkedInWarmPool");
      learn(answer);
      learn({ ...answer, lifecycleActionToken: "token-1" }, refusal("lookAgain"));
      assert.deepEqual(reconciling(memory).look({}, 10).warmingActions, [told(1), told(2)]);
      learn({ ...answer, lifecycleActionToken: "token-1" }, refusal("done"));
      assert.deepEqual(reconciling(memory).look({}, 10).warmingActions, [told(2)]);
    });

    it("are forgotten once nobody can wait for them any more", () => {
      const { memory, look } = reconciling();
      noteWarmingActions([told(1)], memory, 1_000);
      assert.deepEqual(look({}, 601).warmingActions, [told(1)]);
      assert.deepEqual(look({}, 601.1).warmingActions, []);
      assert.equal(memory.warmingActions.size, 0);
    });
  });

  describe("sightings", () => {
    const detaching = { interfaces: [heldInterface(1, "i-a", { status: "detaching" })] };
    const attached = { interfaces: [heldInterface(1, "i-a")] };
    const missing = { missingInstanceIds: ["i-gone"] };

    it("dates what is detaching by its first sighting", () => {
      const { look } = reconciling();
      const ages = [100, 130.5, 220].map((now) => look(detaching, now).detachingForSeconds);
      assert.deepEqual(ages, [{ "attach-1": 0 }, { "attach-1": 30.5 }, { "attach-1": 120 }]);
    });

    it("dates a missing holder by its first sighting", () => {
      const { look } = reconciling();
      const ages = [100, 140].map((now) => look(missing, now).missingForSeconds);
      assert.deepEqual(ages, [{ "i-gone": 0 }, { "i-gone": 40 }]);
    });

    it("dates each by its own first sighting", () => {
      const { look } = reconciling();
      const another = heldInterface(2, "i-b", { status: "detaching" });
      look({ ...detaching, ...missing }, 100);
      const later = look(
        {
          interfaces: [...detaching.interfaces, another],
          missingInstanceIds: ["i-gone", "i-other"],
        },
        130,
      );
      assert.deepEqual(later.detachingForSeconds, { "attach-1": 30, "attach-2": 0 });
      assert.deepEqual(later.missingForSeconds, { "i-gone": 30, "i-other": 0 });
    });

    it("dates across reconciles, as long as the process lives", () => {
      const memory = createMemory();
      reconciling(memory).look(detaching, 100);
      const later = reconciling(memory).look(detaching, 160);
      assert.deepEqual(later.detachingForSeconds, { "attach-1": 60 });
    });

    it("dates nothing that is attached", () => {
      assert.deepEqual(reconciling().look(attached, 100).detachingForSeconds, {});
    });

    it("starts again for a detachment that was over in between", () => {
      const { look } = reconciling();
      look(detaching, 100);
      look(attached, 150);
      assert.deepEqual(look(detaching, 200).detachingForSeconds, { "attach-1": 0 });
    });

    it("starts again for a holder that was seen in between", () => {
      const { look } = reconciling();
      look(missing, 100);
      look({}, 120);
      assert.deepEqual(look(missing, 140).missingForSeconds, { "i-gone": 0 });
    });

    it("keeps a detachment and a missing instance of the same id apart", () => {
      const { look } = reconciling();
      look({ missingInstanceIds: ["attach-1"] }, 100);
      assert.deepEqual(look(detaching, 150).detachingForSeconds, { "attach-1": 0 });
    });

    it("keeps no memory of what is over", () => {
      const { look, memory } = reconciling();
      look({ ...detaching, ...missing }, 100);
      look({}, 200);
      assert.deepEqual([...memory.firstSeenMs.keys()], []);
    });
  });

  describe("a detachment by force", () => {
    const forced = detach(1, "i-a", "detachStuck");
    const detaching = { interfaces: [heldInterface(1, "i-a", { status: "detaching" })] };

    it("is never asked for again while the interface is detaching", () => {
      const memory = createMemory();
      reconciling(memory).learn(forced);
      const reason = "it was forced off and hasn't come off";
      assert.deepEqual(reconciling(memory).look(detaching).deferred, {
        "attach-1": { reason, forGood: true },
      });
    });

    it("is forgotten when the interface is off", () => {
      const memory = createMemory();
      reconciling(memory).learn(forced);
      reconciling(memory).look({ interfaces: [freeInterface(1)] });
      assert.deepEqual([...memory.forcedAttachmentIds], []);
    });

    it("isn't remembered of a plain detachment", () => {
      const { learn, memory } = reconciling();
      learn(detach(1, "i-a", "surplus"));
      assert.deepEqual([...memory.forcedAttachmentIds], []);
    });

    it("isn't remembered when EC2 refused it", () => {
      const { learn, memory } = reconciling();
      learn(forced, refusal("lookAgain"));
      assert.deepEqual([...memory.forcedAttachmentIds], []);
    });
  });
});
