import assert from "node:assert/strict";
import { createMemory } from "../../handler/learn";
import { reconciling, refusal } from "./lessons";
import {
  attach,
  create,
  deleteUnused,
  endWithInstance,
  freeInterface,
  inPool,
  instance,
  MADE_POOL,
  madeAndHeld,
  madeInterface,
  OTHER_POOL,
  OTHER_ZONE,
} from "./builders";

const answer = { NetworkInterfaceId: "eni-1", PrivateIpAddress: "10.0.0.1" };
const CLAIM = "i-a/of/second";
const attached = inPool(MADE_POOL, attach(1, "i-a"));

const notFound = refusal("lookAgain", {
  code: "InvalidNetworkInterfaceID.NotFound",
  blames: "networkInterface",
});
const otherParameters = refusal("lookAgain", { code: "IdempotentParameterMismatch" });

describe("learnFrom, of interfaces made on demand", () => {
  describe("one that was made", () => {
    it("is there, ready for its instance, though no read shows it", () => {
      const { learnOfMade, look } = reconciling();
      learnOfMade(create("i-a"), answer);
      assert.deepEqual(look({ interfaces: [freeInterface(2)] }).interfaces, [
        freeInterface(2),
        madeInterface(1, "i-a"),
      ]);
    });

    it("is in the zone and pool that it was made for", () => {
      const { learnOfMade, look } = reconciling();
      const wanted = { pool: OTHER_POOL, availabilityZone: OTHER_ZONE };
      learnOfMade(create("i-a", wanted), { NetworkInterfaceId: "eni-1" });
      assert.deepEqual(look().interfaces, [madeInterface(1, "i-a", { ...wanted, address: "" })]);
    });

    it("is what a read says as soon as one shows it, and gone when the next doesn't", () => {
      const { learnOfMade, look } = reconciling();
      learnOfMade(create("i-a"), answer);
      const shown = [madeInterface(1, "i-a", { status: "pending" })];
      assert.deepEqual(look({ interfaces: shown }).interfaces, shown);
      assert.deepEqual(look().interfaces, []);
    });

    it("is believed for 20 looks", () => {
      const { at, learnOfMade, look } = reconciling();
      at(3);
      learnOfMade(create("i-a"), answer);
      at(23);
      assert.equal(look().interfaces.length, 1);
      at(24);
      assert.deepEqual(look().interfaces, []);
    });

    it("is there once though EC2 has given it twice", () => {
      const { learnOfMade, look } = reconciling();
      learnOfMade(create("i-a"), answer);
      learnOfMade(create("i-a"), answer);
      assert.equal(look().interfaces.length, 1);
    });

    it("isn't there where EC2 names none, or refused", () => {
      const { learn, learnOfMade, look } = reconciling();
      learnOfMade(create("i-a"), undefined);
      learnOfMade(create("i-b"), {});
      learn(create("i-c"), refusal("lookAgain"));
      assert.deepEqual(look().interfaces, []);
    });

    it("is forgotten by the next reconcile", () => {
      const memory = createMemory();
      reconciling(memory).learnOfMade(create("i-a"), answer);
      assert.deepEqual(reconciling(memory).look().interfaces, []);
    });

    it("stays attached for the plan while no read shows it", () => {
      const { learn, learnOfMade, look } = reconciling();
      learnOfMade(create("i-a"), answer);
      learn(attached);
      const { interfaces, recentAttachments } = look();
      assert.deepEqual(interfaces, [madeInterface(1, "i-a")]);
      assert.deepEqual(recentAttachments, { "eni-1": "i-a" });
    });
  });

  describe("a token", () => {
    it("is spent when it was used with other parameters, each time anew", () => {
      const { at, learn, look } = reconciling();
      assert.deepEqual(look().spentTokens, {});
      learn(create("i-a"), otherParameters);
      assert.deepEqual(look().spentTokens, { [CLAIM]: 1 });
      at(1);
      learn(create("i-a", { token: `${CLAIM}/1` }), otherParameters);
      assert.deepEqual(look().spentTokens, { [CLAIM]: 2 });
    });

    it("is spent of the one claim alone", () => {
      const { learn, look } = reconciling();
      learn(create("i-a"), otherParameters);
      learn(create("i-a", { pool: OTHER_POOL }), otherParameters);
      learn(create("i-b"), otherParameters);
      learn(create("i-b"), otherParameters);
      assert.deepEqual(look().spentTokens, {
        [CLAIM]: 1,
        [`i-a/of/${OTHER_POOL}`]: 1,
        "i-b/of/second": 2,
      });
    });

    it("is spent when what it gave isn't found for the second time, and that is let go", () => {
      const { learn, learnOfMade, look } = reconciling();
      learnOfMade(create("i-a"), answer);
      learn(attached, notFound);
      assert.deepEqual(look().spentTokens, {});
      assert.deepEqual(look().interfaces, [madeInterface(1, "i-a")]);
      assert.ok(Object.hasOwn(look().deferred, "eni-1"));
      learn(attached, notFound);
      assert.deepEqual(look().spentTokens, { [CLAIM]: 1 });
      assert.deepEqual(look().interfaces, []);
    });

    it("isn't spent for an interface that a read shows, though EC2 doesn't find it", () => {
      const { learn, look } = reconciling();
      look({ interfaces: [madeInterface(1, "i-a")] });
      for (const refused of [notFound, notFound, notFound]) learn(attached, refused);
      assert.deepEqual(look().spentTokens, {});
    });

    for (const [what, shown] of [
      ["is on another instance, put there by hand", madeAndHeld(1, "i-b", {}, { madeFor: "i-a" })],
      ["is of another pool", madeInterface(1, "i-a", { pool: OTHER_POOL })],
      ["is another's by its tag", madeInterface(1, "i-b")],
    ] as const) {
      it(`is spent when a read shows that what it gave ${what}`, () => {
        const { learnOfMade, look } = reconciling();
        learnOfMade(create("i-a"), answer);
        assert.deepEqual(look({ interfaces: [shown] }).spentTokens, { [CLAIM]: 1 });
        assert.deepEqual(look({ interfaces: [shown] }).spentTokens, { [CLAIM]: 1 });
      });
    }

    it("isn't spent when what it gave is on its own instance", () => {
      const { learnOfMade, look } = reconciling();
      learnOfMade(create("i-a"), answer);
      assert.deepEqual(look({ interfaces: [madeAndHeld(1, "i-a")] }).spentTokens, {});
    });

    it("isn't spent by any other refusal", () => {
      const { learn, learnOfMade, look } = reconciling();
      learnOfMade(create("i-a"), answer);
      const busy = refusal("lookAgain", { blames: "networkInterface" });
      for (const refused of [busy, busy, refusal("misconfigured")]) learn(attached, refused);
      learn(create("i-a"), refusal("misconfigured", { code: "NetworkInterfaceLimitExceeded" }));
      learn(create("i-a"), refusal("lookAgain", { code: notFound.code }));
      learn(deleteUnused(1), otherParameters);
      learn(endWithInstance(1, "i-a"), notFound);
      assert.deepEqual(look().spentTokens, {});
      assert.equal(look().interfaces.length, 1);
    });

    it("stays spent as long as the process lives", () => {
      const memory = createMemory();
      reconciling(memory).learn(create("i-a"), otherParameters);
      assert.deepEqual(reconciling(memory).look().spentTokens, { [CLAIM]: 1 });
      assert.deepEqual(reconciling().look().spentTokens, {});
    });
  });

  describe("one on no instance", () => {
    const unused = { interfaces: [madeInterface(1, "i-a")] };
    const agesAt = (look: ReturnType<typeof reconciling>["look"], ...nowSeconds: number[]) =>
      nowSeconds.map((now) => look(unused, now).unusedForSeconds);

    it("is dated by its first sighting", () => {
      const { look } = reconciling();
      const ages = agesAt(look, 100, 130.5, 160);
      assert.deepEqual(ages, [{ "eni-1": 0 }, { "eni-1": 30.5 }, { "eni-1": 60 }]);
    });

    it("is dated across reconciles, as long as the process lives", () => {
      const memory = createMemory();
      agesAt(reconciling(memory).look, 100);
      assert.deepEqual(agesAt(reconciling(memory).look, 160), [{ "eni-1": 60 }]);
    });

    it("is dated anew when it was on one in between, or not there", () => {
      const { look } = reconciling();
      agesAt(look, 100);
      look({ interfaces: [madeAndHeld(1, "i-a")] }, 130);
      assert.deepEqual(agesAt(look, 160), [{ "eni-1": 0 }]);
      look({}, 190);
      assert.deepEqual(agesAt(look, 220), [{ "eni-1": 0 }]);
    });

    it("is dated from when it was made, though no read shows it", () => {
      const { learnOfMade, look } = reconciling();
      learnOfMade(create("i-a"), answer);
      assert.deepEqual(look({}, 100).unusedForSeconds, { "eni-1": 0 });
      assert.deepEqual(agesAt(look, 160), [{ "eni-1": 60 }]);
    });

    describe("whose own instance wants it", () => {
      const wanting = (...numbers: number[]) => ({
        interfaces: numbers.map((number) => madeInterface(number, "i-a")),
        instances: { "i-a": instance("i-a", { poolTag: MADE_POOL, state: "stopped" }) },
      });

      it("isn't dated, so that one read without the instance doesn't cost it", () => {
        const { look } = reconciling();
        assert.deepEqual(look(wanting(1), 100).unusedForSeconds, {});
        assert.deepEqual(agesAt(look, 160), [{ "eni-1": 0 }]);
        assert.deepEqual(look(wanting(1), 220).unusedForSeconds, {});
      });

      it("is dated where that has one which was made for another", () => {
        const { look } = reconciling();
        const { instances } = wanting();
        const given = madeAndHeld(2, "i-a", {}, { madeFor: "i-b" });
        const interfaces = [madeInterface(1, "i-a"), given];
        look({ interfaces, instances }, 100);
        assert.deepEqual(look({ interfaces, instances }, 160).unusedForSeconds, { "eni-1": 60 });
      });

      it("isn't dated where another one was made for it and is elsewhere", () => {
        const { look } = reconciling();
        const { instances } = wanting();
        const elsewhere = madeAndHeld(2, "i-b", {}, { madeFor: "i-a" });
        const interfaces = [madeInterface(1, "i-a"), elsewhere];
        assert.deepEqual(look({ interfaces, instances }, 100).unusedForSeconds, {});
      });

      it("is dated where another one was made for it, too", () => {
        const { look } = reconciling();
        look(wanting(1, 2), 100);
        assert.deepEqual(look(wanting(1, 2), 160).unusedForSeconds, { "eni-1": 60, "eni-2": 60 });
      });
    });

    it("isn't dated where nobody knows for whom it was made, or it is a fixed one", () => {
      const { look } = reconciling();
      const interfaces = [freeInterface(1, { pool: MADE_POOL }), freeInterface(2)];
      assert.deepEqual(look({ interfaces }).unusedForSeconds, {});
    });
  });
});
