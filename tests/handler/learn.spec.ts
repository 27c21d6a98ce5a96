import assert from "node:assert/strict";
import type { Refusal } from "../../handler/errors";
import {
  createLessons,
  createMemory,
  learnFrom,
  type Lessons,
  type Memory,
  toSnapshot,
} from "../../handler/learn";
import type { Action, Snapshot, World } from "../../handler/model";
import {
  attach,
  completeLaunch,
  completeTermination,
  detach,
  freeInterface,
  heartbeat,
  heldInterface,
} from "./worlds";

const everyLook = Array.from({ length: 40 }, (_, index) => index + 1);

const emptyWorld: World = {
  interfaces: [],
  instances: {},
  memberships: {},
  interfaceLimits: {},
  missingInstanceIds: [],
};

/** What one reconcile knows, stepped look by look. */
function reconciling(memory: Memory = createMemory()) {
  const lessons: Lessons = createLessons();
  const at = (look: number): void => {
    lessons.look = look;
  };
  const look = (parts: Partial<World> = {}, nowSeconds = 0): Snapshot =>
    toSnapshot({ ...emptyWorld, ...parts }, lessons, memory, [], nowSeconds * 1000);
  const learn = (action: Action, refusal?: Refusal): void => {
    learnFrom({ action, refusal }, lessons, memory);
  };
  /** The looks up to the 40th at which an id isn't to be tried. */
  const deferredLooks = (id: string): number[] =>
    everyLook.filter((number) => {
      at(number);
      return Object.hasOwn(look().deferred, id);
    });
  return { memory, at, look, learn, deferredLooks };
}

function refusal(kind: Refusal["class"], parts: Partial<Refusal> = {}): Refusal {
  return {
    class: kind,
    code: "SomeCode",
    message: "some text",
    interfaceUnavailable: false,
    ...parts,
  };
}

const forGoodDeferral = { reason: "EC2 refused: SomeCode: some text", forGood: true };
function looksUpTo(last: number): number[] {
  return everyLook.slice(0, last);
}

describe("toSnapshot", () => {
  it("lays nothing over a world that nothing has been learnt of", () => {
    const world: World = { ...emptyWorld, interfaces: [freeInterface(1)] };
    assert.deepEqual(toSnapshot(world, createLessons(), createMemory(), ["i-a"], 5), {
      ...world,
      detachingForSeconds: {},
      missingForSeconds: {},
      recentAttachments: {},
      deferred: {},
      announcedInstanceIds: ["i-a"],
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

describe("learnFrom", () => {
  describe("an attachment", () => {
    const free = { interfaces: [freeInterface(1)] };

    it("counts for 20 looks while EC2 doesn't show it", () => {
      const { at, learn, look } = reconciling();
      at(3);
      learn(attach(1, "i-a"));
      at(23);
      assert.deepEqual(look(free).recentAttachments, { "eni-1": "i-a" });
      at(24);
      assert.deepEqual(look(free).recentAttachments, {});
    });

    it("is forgotten as soon as EC2 shows it", () => {
      const { learn, look } = reconciling();
      learn(attach(1, "i-a"));
      assert.deepEqual(look({ interfaces: [heldInterface(1, "i-a")] }).recentAttachments, {});
      assert.deepEqual(look(free).recentAttachments, {});
    });

    it("counts while EC2 still shows the former holder", () => {
      const { learn, look } = reconciling();
      learn(attach(1, "i-a"));
      const { recentAttachments } = look({ interfaces: [heldInterface(1, "i-old")] });
      assert.deepEqual(recentAttachments, { "eni-1": "i-a" });
    });

    it("counts when EC2's answer means that it was done already", () => {
      const { learn, look } = reconciling();
      learn(attach(1, "i-a"), refusal("done"));
      assert.deepEqual(look(free).recentAttachments, { "eni-1": "i-a" });
    });

    it("doesn't count when EC2 refused it", () => {
      const { learn, look } = reconciling();
      learn(attach(1, "i-a"), refusal("lookAgain"));
      assert.deepEqual(look(free).recentAttachments, {});
    });
  });

  describe("what is accepted", () => {
    it("isn't asked for again for 20 looks, when it is a detachment", () => {
      const { at, learn, look, deferredLooks } = reconciling();
      at(3);
      learn(detach(1, "i-a", "surplus"));
      const deferral = { reason: "its detachment was asked for", forGood: false };
      assert.deepEqual(look().deferred, { "attach-1": deferral });
      assert.deepEqual(deferredLooks("attach-1"), looksUpTo(22));
    });

    for (const [action, subject] of [
      [
        completeLaunch("i-a", "CONTINUE", "addressAttached"),
        "complete/i-a/network-interface-pool-launch",
      ],
      [
        completeTermination("i-a", "addressReleased"),
        "complete/i-a/network-interface-pool-terminate",
      ],
      [heartbeat("i-a"), "heartbeat/i-a/network-interface-pool-launch"],
    ] as const) {
      it(`isn't asked for again in the reconcile, when it is ${subject}`, () => {
        const { learn, look, deferredLooks } = reconciling();
        learn(action);
        const deferral = { reason: "done in this reconcile", forGood: true };
        assert.deepEqual(look().deferred, { [subject]: deferral });
        assert.deepEqual(deferredLooks(subject), everyLook);
      });
    }
  });

  describe("what is refused for now", () => {
    it("is tried again at the next look, then after twice as many looks each time", () => {
      const { at, learn, deferredLooks } = reconciling();
      const tried: number[] = [];
      for (let look = 1; tried.length < 5; look = (deferredLooks("i-a").at(-1) ?? look) + 1) {
        at(look);
        learn(attach(1, "i-a"), refusal("lookAgain"));
        tried.push(look);
        if (tried.length === 1) assert.deepEqual(deferredLooks("i-a"), [1]);
      }
      assert.deepEqual(tried, [1, 2, 4, 8, 16]);
    });

    it("leaves a taken interface alone for 4 looks, and for 8 the second time", () => {
      const { at, learn, deferredLooks } = reconciling();
      at(1);
      learn(attach(1, "i-a"), refusal("lookAgain", { interfaceUnavailable: true }));
      assert.deepEqual(deferredLooks("eni-1"), looksUpTo(4));
      at(5);
      learn(attach(1, "i-b"), refusal("lookAgain", { interfaceUnavailable: true }));
      assert.deepEqual(deferredLooks("eni-1"), looksUpTo(12));
    });

    it("is said with the code and the text of EC2", () => {
      const { learn, look } = reconciling();
      learn(attach(1, "i-a"), refusal("lookAgain"));
      const deferral = { reason: "EC2 refused: SomeCode: some text", forGood: false };
      assert.deepEqual(look().deferred, { "i-a": deferral });
    });
  });

  describe("what is refused for good", () => {
    it("isn't tried again in the reconcile when somebody has to change something", () => {
      const { learn, look, deferredLooks } = reconciling();
      learn(attach(1, "i-a"), refusal("misconfigured", { code: "AttachmentLimitExceeded" }));
      const reason = "EC2 refused: AttachmentLimitExceeded: some text";
      assert.deepEqual(look().deferred, { "i-a": { reason, forGood: true } });
      assert.deepEqual(deferredLooks("i-a"), everyLook);
    });

    it("is tried once more when rights are missing", () => {
      const { at, learn, look } = reconciling();
      at(1);
      learn(detach(1, "i-a", "surplus"), refusal("notAllowed"));
      at(2);
      assert.deepEqual(look().deferred, {});
      learn(detach(1, "i-a", "surplus"), refusal("notAllowed"));
      assert.deepEqual(look().deferred, { "attach-1": forGoodDeferral });
    });

    it("is tried anew in the next reconcile", () => {
      const memory = createMemory();
      reconciling(memory).learn(attach(1, "i-a"), refusal("misconfigured"));
      assert.deepEqual(reconciling(memory).look().deferred, {});
    });
  });

  describe("whom a refusal concerns", () => {
    const refused = attach(1, "i-a");
    const cases: [what: string, action: Action, refusal: Refusal, ids: string[]][] = [
      [
        "the interface, when it is taken",
        refused,
        refusal("lookAgain", { interfaceUnavailable: true }),
        ["eni-1"],
      ],
      ["the instance, when it is in transition", refused, refusal("lookAgain"), ["i-a"]],
      [
        "the instance, when it is full",
        refused,
        refusal("misconfigured", { code: "AttachmentLimitExceeded" }),
        ["i-a"],
      ],
      [
        "both, when their zones differ",
        refused,
        refusal("misconfigured", { code: "InvalidParameterCombination" }),
        ["i-a", "eni-1"],
      ],
      ["both, when rights are missing", refused, refusal("notAllowed"), ["i-a", "eni-1"]],
      [
        "the attachment, when it is a detachment",
        detach(1, "i-a", "surplus"),
        refusal("misconfigured"),
        ["attach-1"],
      ],
      [
        "the lifecycle action, when it is completed",
        completeLaunch("i-a", "CONTINUE", "addressAttached"),
        refusal("lookAgain"),
        ["complete/i-a/network-interface-pool-launch"],
      ],
      [
        "the lifecycle action, when it is a heartbeat",
        heartbeat("i-a"),
        refusal("lookAgain"),
        ["heartbeat/i-a/network-interface-pool-launch"],
      ],
    ];
    for (const [what, action, refused, ids] of cases) {
      it(`concerns ${what}`, () => {
        const { learn, look } = reconciling();
        learn(action, refused);
        assert.deepEqual(Object.keys(look().deferred), ids);
      });
    }
  });
});
