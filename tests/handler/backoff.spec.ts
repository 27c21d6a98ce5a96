import assert from "node:assert/strict";
import { type Backoffs, currentBackoffs, recordRefusal } from "../../handler/backoff";
import type { Refusal } from "../../handler/errors";
import type { Action } from "../../handler/types";
import { attach, completeLaunch, detach, instance, POOL, refusal, slot } from "./builders";

const ATTACH = attach(1, "i-a");

/** For how long each of so many refusals in a row is backed off from, in milliseconds, and whether for good. */
function pausesOf(of: Refusal, count: number): string[] {
  const backoffs: Backoffs = new Map();
  let nowMs = 0;
  return Array.from({ length: count }, () => {
    recordRefusal({ action: ATTACH, refusal: of }, backoffs, {}, nowMs);
    const [found] = Object.values(currentBackoffs(backoffs, {}, nowMs));
    assert.ok(found !== undefined);
    nowMs += found.retryInMs;
    return `${found.retryInMs}${found.permanent ? " for good" : ""}`;
  });
}

describe("recordRefusal", () => {
  const cases: [what: string, of: Refusal, pauses: string][] = [
    [
      "what is in transition, each time for twice as long",
      refusal("lookAgain"),
      "300, 600, 1200, 2400, 4800, 9600, 19200, 30000, 30000",
    ],
    [
      "an interface that is taken",
      refusal("lookAgain", { blames: "networkInterface" }),
      "1500, 3000, 6000, 12000, 24000, 30000, 30000",
    ],
    [
      "an interface that isn't ready yet",
      refusal("lookAgain", { blames: "networkInterface", code: "IncorrectState" }),
      "300, 600, 1200",
    ],
    [
      "a device index that is taken",
      refusal("lookAgain", { blames: "deviceIndex" }),
      "1500, 3000, 6000, 12000, 24000, 30000, 30000",
    ],
    ["an instance that isn't ready", refusal("lookAgain", { blames: "instance" }), "300, 600"],
    [
      "a code that no table knows",
      refusal("lookAgain", { isKnown: false }),
      "2000, 8000, 32000, 55000 for good, 110000 for good, 220000 for good, 440000 for good, " +
        "600000 for good, 600000 for good",
    ],
    [
      "what a person has to mend",
      refusal("misconfigured"),
      "55000 for good, 55000 for good, 55000 for good",
    ],
    ["missing rights", refusal("notAllowed"), "2000, 8000, 32000, 55000 for good, 55000 for good"],
  ];
  for (const [what, of, pauses] of cases) {
    it(`backs off from ${what}`, () => {
      const wanted = pauses.split(", ");
      assert.deepEqual(pausesOf(of, wanted.length), wanted);
    });
  }

  it("gives the outcome as it is, but from the fourth time on for a person what no table knows", () => {
    const backoffs: Backoffs = new Map();
    const unknown = refusal("lookAgain", { isKnown: false });
    const classes = [1, 2, 3, 4, 5].map(
      () => recordRefusal({ action: ATTACH, refusal: unknown }, backoffs, {}, 0).refusal?.class,
    );
    const again = Array<string>(3).fill("lookAgain");
    assert.deepEqual(classes, [...again, "misconfigured", "misconfigured"]);
    const denied = { action: ATTACH, refusal: refusal("notAllowed") };
    for (let tries = 0; tries < 5; tries += 1) {
      assert.equal(recordRefusal(denied, backoffs, {}, 0), denied);
    }
  });

  it("gives what no table knows for a person as of the fourth refusal of one action, or of one instance", () => {
    const unknown = refusal("lookAgain", { isKnown: false });
    const classesOf = (actions: Action[]) => {
      const backoffs: Backoffs = new Map();
      const outcomes = actions.map((action) => ({ action, refusal: unknown }));
      return outcomes.map((one) => recordRefusal(one, backoffs, {}, 0).refusal?.class);
    };
    const fourth = ["lookAgain", "lookAgain", "lookAgain", "misconfigured"];
    const complete = completeLaunch("i-a", "CONTINUE", "addressAttached");
    assert.deepEqual(classesOf([complete, complete, complete, complete]), fourth);
    assert.deepEqual(classesOf([1, 2, 3, 4].map((number) => attach(number, "i-a"))), fourth);
  });

  for (const [blames, key] of [
    ["networkInterface", "eni-1"],
    ["instance", "i-a"],
    ["pair", "i-a/eni-1"],
    ["deviceIndex", "i-a@0/1"],
  ] as const) {
    it(`keeps the refusal of an attachment that blames the ${blames} by ${key}`, () => {
      const backoffs: Backoffs = new Map();
      const of = refusal("lookAgain", { blames, code: "Code", message: "text" });
      recordRefusal({ action: ATTACH, refusal: of }, backoffs, {}, 0);
      const kept = { reason: "EC2 refused: Code: text", permanent: false };
      const retryInMs = blames === "pair" || blames === "instance" ? 300 : 1500;
      assert.deepEqual(currentBackoffs(backoffs, {}, 0), { [key]: { ...kept, retryInMs } });
      recordRefusal({ action: ATTACH }, backoffs, {}, 0);
      assert.equal(backoffs.size, 0);
    });
  }

  it("keeps that of another action by the action, whatever is blamed", () => {
    const backoffs: Backoffs = new Map();
    const of = refusal("lookAgain", { blames: "instance" });
    const plain = detach(1, "i-a", "holderStopped");
    const forced = detach(1, "i-a", "detachStuck");
    const complete = completeLaunch("i-a", "CONTINUE", "addressAttached");
    for (const action of [plain, forced, complete]) {
      recordRefusal({ action, refusal: of }, backoffs, {}, 0);
    }
    const hook = "complete/i-a/network-interface-pool-launch/addressAttached";
    assert.deepEqual([...backoffs.keys()], ["attach-1", "force/attach-1", hook]);
  });

  it("forgets what was refused once it is accepted", () => {
    const backoffs: Backoffs = new Map();
    recordRefusal({ action: ATTACH, refusal: refusal("lookAgain") }, backoffs, {}, 0);
    recordRefusal({ action: ATTACH }, backoffs, {}, 0);
    assert.equal(backoffs.size, 0);
  });

  it("tries an instance anew as soon as it is another one than was refused", () => {
    const backoffs: Backoffs = new Map();
    const full = refusal("misconfigured", { blames: "instance" });
    const before = { "i-a": instance("i-a", { slots: [slot(0), slot(1)] }) };
    recordRefusal({ action: ATTACH, refusal: full }, backoffs, before, 0);
    assert.deepEqual(Object.keys(currentBackoffs(backoffs, before, 1)), ["i-a"]);
    assert.deepEqual(Object.keys(currentBackoffs(backoffs, {}, 1)), ["i-a"]);
    const after = { "i-a": instance("i-a", { slots: [slot(0)] }) };
    assert.deepEqual(currentBackoffs(backoffs, after, 1), {});
    assert.deepEqual(currentBackoffs(backoffs, before, 1), {});
  });

  for (const [what, of, isLeftAlone] of [
    ["for good", refusal("misconfigured"), true],
    ["for a code that no table knows", refusal("lookAgain", { isKnown: false }), true],
    ["for a moment", refusal("lookAgain"), false],
    ["for good, each for itself", refusal("misconfigured", { blames: "networkInterface" }), false],
  ] as const) {
    it(`${isLeftAlone ? "leaves alone" : "tries on with"} an instance that was refused four interfaces ${what}`, () => {
      const backoffs: Backoffs = new Map();
      const found = [1, 2, 3, 4].map((number) => {
        recordRefusal({ action: attach(number, "i-a"), refusal: of }, backoffs, {}, 0);
        return Object.keys(currentBackoffs(backoffs, {}, 0)).includes(`i-a/of/${POOL}`);
      });
      assert.deepEqual(found, [false, false, false, isLeftAlone]);
    });
  }

  it("begins anew five minutes after the pause was over", () => {
    const retryAfter = (ms: number) => {
      const backoffs: Backoffs = new Map();
      recordRefusal({ action: ATTACH, refusal: refusal("lookAgain") }, backoffs, {}, 0);
      assert.deepEqual(currentBackoffs(backoffs, {}, 300 + ms), {});
      recordRefusal({ action: ATTACH, refusal: refusal("lookAgain") }, backoffs, {}, 300 + ms);
      return Object.values(currentBackoffs(backoffs, {}, 300 + ms))[0]?.retryInMs;
    };
    assert.deepEqual([retryAfter(0), retryAfter(300_000), retryAfter(300_001)], [600, 600, 300]);
  });
});
