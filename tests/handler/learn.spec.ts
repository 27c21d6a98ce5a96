import assert from "node:assert/strict";
import type { Refusal } from "../../handler/errors";
import { createMemory } from "../../handler/learn";
import type { Action, PoolInterface } from "../../handler/model";
import { everyLook, reconciling, refusal } from "./lessons";
import {
  attach,
  completeLaunch,
  completeTermination,
  create,
  deleteUnused,
  detach,
  endWithInstance,
  freeInterface,
  heartbeat,
  heldInterface,
} from "./builders";

const forGoodDeferral = { reason: "EC2 refused: SomeCode: some text", forGood: true };

function looksUpTo(last: number): number[] {
  return everyLook.slice(0, last);
}

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

    it("defers nothing", () => {
      const { learn, look } = reconciling();
      learn(attach(1, "i-a"));
      assert.deepEqual(look(free).deferred, {});
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
    it("is under way, whatever reads still show, when it is a detachment; until they show another", () => {
      const { learn, look } = reconciling();
      const held = heldInterface(1, "i-a");
      const statusOf = (one: PoolInterface) =>
        look({ interfaces: [one] }).interfaces[0]?.attachment?.status;
      assert.equal(statusOf(held), "attached");
      learn(detach(1, "i-a", "surplus"));
      assert.equal(statusOf(held), "detaching");
      assert.equal(statusOf(held), "detaching");
      assert.equal(statusOf(heldInterface(2, "i-b")), "attached");
      assert.equal(statusOf(held), "attached");
    });

    it("is dated from when it was taken up, when it is a detachment", () => {
      const { learn, look } = reconciling();
      learn(detach(1, "i-a", "surplus"));
      const { detachingForSeconds } = look({ interfaces: [heldInterface(1, "i-a")] });
      assert.deepEqual(Object.keys(detachingForSeconds), ["attach-1"]);
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
      [endWithInstance(1, "i-a"), "end/attach-1"],
      [deleteUnused(1), "eni-1"],
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
      for (let look = 1; tried.length < 5; look = (deferredLooks("i-a/eni-1").at(-1) ?? look) + 1) {
        at(look);
        learn(attach(1, "i-a"), refusal("lookAgain"));
        tried.push(look);
        if (tried.length === 1) assert.deepEqual(deferredLooks("i-a/eni-1"), [1]);
      }
      assert.deepEqual(tried, [1, 2, 4, 8, 16]);
    });

    it("leaves a taken interface alone for 4 looks, and for 8 the second time", () => {
      const { at, learn, deferredLooks } = reconciling();
      at(1);
      learn(attach(1, "i-a"), refusal("lookAgain", { blames: "networkInterface" }));
      assert.deepEqual(deferredLooks("eni-1"), looksUpTo(4));
      at(5);
      learn(attach(1, "i-b"), refusal("lookAgain", { blames: "networkInterface" }));
      assert.deepEqual(deferredLooks("eni-1"), looksUpTo(12));
    });

    it("counts from the start again after it was accepted once", () => {
      const { at, learn, deferredLooks } = reconciling();
      at(1);
      learn(detach(1, "i-a", "surplus"), refusal("lookAgain"));
      at(2);
      learn(detach(1, "i-a", "surplus"));
      at(30);
      learn(detach(1, "i-a", "surplus"), refusal("lookAgain"));
      assert.deepEqual(deferredLooks("attach-1"), looksUpTo(30));
    });

    it("is said with the code and the text of EC2", () => {
      const { learn, look } = reconciling();
      learn(attach(1, "i-a"), refusal("lookAgain"));
      const deferral = { reason: "EC2 refused: SomeCode: some text", forGood: false };
      assert.deepEqual(look().deferred, { "i-a/eni-1": deferral });
    });
  });

  describe("what is refused for good", () => {
    it("isn't tried again in the reconcile when somebody has to change something", () => {
      const { learn, look, deferredLooks } = reconciling();
      const code = "AttachmentLimitExceeded";
      learn(attach(1, "i-a"), refusal("misconfigured", { code, blames: "instance" }));
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
        refusal("lookAgain", { blames: "networkInterface" }),
        ["eni-1"],
      ],
      [
        "the instance, when it is in transition",
        refused,
        refusal("lookAgain", { blames: "instance" }),
        ["i-a"],
      ],
      [
        "the two together, when either may be at fault",
        refused,
        refusal("misconfigured", { code: "InvalidParameterCombination" }),
        ["i-a/eni-1"],
      ],
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
        "the instance's claim to its pool, when an interface is to be made",
        create("i-a"),
        refusal("misconfigured"),
        ["i-a/of/second"],
      ],
      [
        "the end of the attachment alone, when it is to be with the instance",
        endWithInstance(1, "i-a"),
        refusal("misconfigured"),
        ["end/attach-1"],
      ],
      ["the interface, when it is deleted", deleteUnused(1), refusal("misconfigured"), ["eni-1"]],
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
