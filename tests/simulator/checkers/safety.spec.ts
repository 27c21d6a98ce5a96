import assert from "node:assert/strict";
import { Situation } from "./situation";

const taken = (address: string) => `${address} is taken from i, which is healthy and has no other`;
const without = "i is to enter service without an address";

/** Of one who is launched again while its only address goes. */
const launchedAgain = (taking: string) =>
  `i runs in a group, i holds a, i enters Warmed:Running, ${taking}, 3 s, i enters Pending, i enters Pending:Wait`;
const newRootVolume =
  "i runs in a group, i holds a, i enters InService, i enters Pending, i enters Pending:Wait";

/** Three, and two more, hold addresses while EC2 shows nobody. */
const threeUnseen =
  "i holds a, j holds b, k holds c, m holds d, n holds l, EC2 has shown no instance for 35 s";
const twoDetached = "manager detaches a, manager detaches b";
const unseen = " healthy holders in one invocation, since EC2 shows none";

type Situations = [situation: string, ...broken: string[]][];

/** What is broken in situations, by promise. */
const promises: Record<string, Situations> = {
  "an interface is never taken from a healthy holder": [
    ["i holds a, manager detaches a", taken("a")],
    ["i runs, a attaches to i, EC2 refuses to detach a"],
    ["EC2 refuses to detach a"],
    // What doesn't get on in two minutes may be given up.
    [
      "attachStuck may strike, i runs, a attaches to i, 119 s, manager detaches a by force",
      taken("a"),
    ],
    ["attachStuck may strike, i runs, a attaches to i, 120 s, manager detaches a by force"],
    ["i holds a, 120 s, manager detaches a by force", taken("a")],
    ["i holds a, i holds b, manager detaches a"],
    ["i holds a, i holds b, manager detaches a, 3 s, manager detaches b", taken("b")],
    // A manager may still see a tag that was there a moment ago.
    ["i holds a, i holds b, b is in none, 39 s, manager detaches a"],
    ["i holds a, i holds b, b is in none, 41 s, manager detaches a", taken("a")],
    ["i holds a, i holds l, manager detaches a", taken("a")],
    // A primary interface counts for nothing, whatever its tags.
    ["i holds a, i has its tags on its primary interface, manager detaches a", taken("a")],
    [
      "i holds a, i has its tags on its primary interface, EC2 refuses to detach the primary of i",
      "i0 is to be taken from i, whose primary one it is",
    ],
    ["i holds a, a is detached by hand, manager detaches a by force"],
    ["i holds a, i stops, 1 s, manager detaches a"],
    ["i holds a, i stops, 15 s, manager detaches a"],
    ["i holds a, i is terminated, 1 s, manager detaches a"],
    ["i holds a, i is terminated, 25 s, manager detaches a"],
    ["i holds a, instance i is in licence, manager detaches a"],
    ["i runs in a group, i holds a, manager detaches a", taken("a")],
    ["i runs in a group, i holds a, manager continues i, 2 s, i is replaced, manager detaches a"],
    ["i runs in a group, i holds a, i is set to Warmed:Running, manager detaches a"],
    [
      "i runs in a group, i holds a, i is set to Terminating:Retained, manager detaches a",
      taken("a"),
    ],
    // One that was stopped and runs again may still seem stopped.
    // A start takes five seconds, and a call that rests on what was read before it is on its way for three.
    ["i holds a, i stops, 10 s, i starts, 7.9 s, manager detaches a"],
    ["i holds a, i stops, 10 s, i starts, 8 s, manager detaches a", taken("a")],
    ["readStale may strike, i holds a, i stops, 10 s, i starts, 34.9 s, manager detaches a"],
    [
      "readStale may strike, i holds a, i stops, 10 s, i starts, 35 s, manager detaches a",
      taken("a"),
    ],
    ["readStale may strike, i holds a, manager detaches a", taken("a")],
  ],
  "an empty world never costs healthy holders their address": [
    ["i holds a, EC2 has shown no instance for 29 s, manager detaches a", taken("a")],
    [
      "i holds a, j holds b, EC2 has shown no instance for 30 s, manager detaches a, manager detaches b",
    ],
    [
      `${threeUnseen}, ${twoDetached}, manager detaches c`,
      "c is taken from k, as one of 3" + unseen,
    ],
    [`${threeUnseen}, ${twoDetached}, another invocation begins, manager detaches c`],
    [
      "i runs, j holds b, k holds c, a attaches to i, EC2 has shown no instance for 35 s, EC2 refuses to detach a, EC2 refuses to detach a, manager detaches b",
    ],
    [
      `secondManager may strike, ${threeUnseen}, ${twoDetached}, manager detaches c, manager detaches d`,
    ],
    [
      `secondManager may strike, ${threeUnseen}, ${twoDetached}, manager detaches c, manager detaches d, manager detaches l`,
      "l is taken from n, as one of 5" + unseen,
    ],
    ["i holds a, EC2 has shown no instance for 50 s, 39 s, manager detaches a"],
    ["i holds a, EC2 has shown no instance for 50 s, 40 s, manager detaches a", taken("a")],
    // An instance may hold one of each of its pools.
    [
      "i holds a, j holds b, instance j is in cluster,licence, l attaches to j, 5 s, EC2 has shown no instance for 35 s, manager detaches a, manager detaches b, manager detaches l",
    ],
    // What is to go anyway isn't counted.
    [`${threeUnseen}, i stops, j stops, k stops, ${twoDetached}, manager detaches c`],
  ],
  "only what is tagged is given and taken": [
    [
      "i holds a, instance i is in none, manager detaches a",
      "a is taken from i, which has no pool tag",
    ],
    ["i holds a, a is in none, manager detaches a", "a is taken from i, though it is in no pool"],
    [
      "i runs, a of another stack is attached to i, manager detaches a",
      "a is taken from i, though it is in no pool",
    ],
    ["i runs in theirs, i holds a, manager detaches a", "a is taken from i, which has no pool tag"],
    [
      "i runs in theirs, manager attaches a to i",
      "a is given, of pool cluster to i of pool undefined",
    ],
    [
      "another account holds a, EC2 refuses to detach a",
      "a is to be taken from other, which another account runs",
    ],
    ["i runs, manager attaches a to i"],
    [
      "i runs in licence, manager attaches a to i",
      "a is given, of pool cluster to i of pool licence",
    ],
    [
      "i runs in none, manager attaches a to i",
      "a is given, of pool cluster to i of pool undefined",
    ],
    [
      "i runs in none, a is in none, manager attaches a to i",
      "a is given, of pool undefined to i of pool undefined",
    ],
  ],
  "what is made on demand is given to its instance, and kept for it": [
    [
      "i runs, a of cluster is made for i, 60 s, manager deletes a",
      "a is deleted, though i is to have it",
    ],
    ["i holds b, a of cluster is made for i, 60 s, manager deletes a"],
    ["i runs, a of cluster is made for i, b of cluster is made for i, 60 s, manager deletes a"],
    [
      "i runs, a of cluster is made for i, b of cluster is made for j, 60 s, manager deletes a",
      "a is deleted, though i is to have it",
    ],
    [
      "i runs, 60 s, a of cluster is made for i, EC2 has shown no instance for 60 s, manager deletes a",
      "a is deleted, though i is to have it",
    ],
    // Reads that show nothing, and reads that lag or whose pages shift, may follow each other.
    [
      "pagesShift may strike, i runs, a of cluster is made for i, EC2 has shown no instance for 60 s, 99 s, manager deletes a",
    ],
    [
      "readStale may strike, i runs, a of cluster is made for i, EC2 has shown no instance for 60 s, 99 s, manager deletes a",
    ],
    [
      "readStale may strike, i runs, a of cluster is made for i, EC2 has shown no instance for 60 s, 100 s, manager deletes a",
      "a is deleted, though i is to have it",
    ],
    [
      "i runs in licence, 60 s, a of cluster is made for i, instance i is in cluster, manager deletes a",
    ],
    ["a of cluster is made for gone, manager deletes a"],
    [
      "i runs, a of cluster is made for other, manager attaches a to i",
      "a was made for other and is given to i",
    ],
  ],
  "nothing else is changed": [
    ["a is in cluster, manager deletes a", "a is deleted, which was made for nobody"],
    [
      "a of none is made for gone, b of cluster is made for gone, manager deletes a, manager deletes b",
      "a is deleted, though it was in no pool",
    ],
    ["i holds a, manager changes a"],
    ["i holds a, a is in none, manager changes a", "a is changed, though it is in no pool"],
    [
      "i runs in a group, web has no pool, manager continues i",
      "web is told what to do with i, and has no pool",
    ],
  ],
  "a launch goes on only with an address": [
    ["i runs in a group, manager continues i", without],
    ["i runs in a group, a attaches to i, manager continues i", without],
    ["i runs in a group, i holds l, manager continues i", without],
    ["i runs in a group, i has its tags on its primary interface, manager continues i", without],
    ["i runs in a group, i holds a, manager continues i"],
    ["i runs in a group, i holds a, a is detached by hand, 3 s, manager continues i"],
    ["i runs in a group, manager abandons i"],
    ["i runs in a group, i is replaced, manager lets i end"],
    // What an earlier launch had counts only where reads may still show it.
    [`${launchedAgain("manager detaches a")}, 1 s, manager continues i`, without],
    [`${launchedAgain("a is detached by hand")}, 30 s, manager continues i`, without],
    [`readStale may strike, ${launchedAgain("a is detached by hand")}, 30 s, manager continues i`],
    [
      `readStale may strike, ${launchedAgain("a is detached by hand")}, 40 s, manager continues i`,
      without,
    ],
    [
      `readStale may strike, ${launchedAgain("manager detaches a")}, 1 s, manager continues i`,
      without,
    ],
    // An address that it had when its launch began counts, unless a manager took it.
    [`${newRootVolume}, a is in none, 60 s, manager continues i`],
    [`${newRootVolume}, a is detached by hand, 60 s, manager continues i`],
    [`${newRootVolume}, manager detaches a, 60 s, manager continues i`, taken("a"), without],
    // An address may get its tag when it is attached already, or come off what nobody saw it attached to.
    ["i runs in a group, a is in none, i holds a, a is in cluster, manager continues i"],
    [
      "i runs in a group, i holds a, another checker begins, a is detached by hand, 3 s, manager continues i",
      without,
    ],
  ],
};

for (const [promise, situations] of Object.entries(promises)) {
  describe(`the promise that ${promise}`, () => {
    for (const [text, ...broken] of situations) {
      it(`is ${broken.length === 0 ? "kept" : "broken"}: ${text}`, () =>
        Situation.with(async (situation) => {
          await situation.comesTrue(text);
          assert.deepEqual(situation.broken(), broken);
        }));
    }
  });
}

describe("SafetyChecker", () => {
  it("says when a promise was broken", () =>
    Situation.with(async (situation) => {
      await situation.comesTrue("i holds a, manager detaches a");
      // It started for 5 s and was attached for 1 s; the call took 0.2 s.
      assert.deepEqual(
        situation.checker.broken.map((text) => situation.named(text)),
        [`6.2 s: ${taken("a")}`],
      );
    }));

  /** What is broken after each of some phrases, when it samples then. */
  const sampleAfter = async (situation: Situation, all: string[]) => {
    const counts: number[] = [];
    for (const phrases of all) {
      await situation.comesTrue(phrases);
      situation.checker.sample();
      counts.push(situation.broken().length);
    }
    return counts;
  };

  it("says once what has been unmet for longer than promised, and not before", () =>
    Situation.with(async (situation) => {
      const phrases = ["i runs", "74 s", "1 s", "1 s", "1 s", "1 s", "300 s"];
      assert.deepEqual(await sampleAfter(situation, phrases), [0, 0, 0, 1, 1, 1, 1]);
      const text = "for 76 s i has no address, though one is free";
      assert.deepEqual(
        situation.checker.broken.map((one) => situation.named(one)),
        [`81.0 s: ${text}`],
      );
    }));

  it("says it as well when nothing happens for longer than a second", () =>
    Situation.with(async (situation) => {
      const phrases = ["i runs", "70 s", "10 s", "0 s", "0.5 s", "10 s"];
      assert.deepEqual(await sampleAfter(situation, phrases), [0, 0, 1, 1, 1, 1]);
    }));

  it("counts from anew what was met in between", () =>
    Situation.with(async (situation) => {
      const phrases = [
        "i runs",
        "70 s",
        "instance i is in none, 1 s",
        "instance i is in cluster, 1 s",
      ];
      const counts = await sampleAfter(situation, [...phrases, "74 s", "1 s", "1 s"]);
      assert.deepEqual(counts, [0, 0, 0, 0, 0, 0, 1]);
    }));

  it("says nothing of what is up to AWS, however long that takes", () =>
    Situation.with(async (situation) => {
      const phrases = ["i runs in none, i is pending", "10000 s"];
      assert.deepEqual(await sampleAfter(situation, phrases), [0, 0]);
      assert.deepEqual(situation.unmet(), ["i is pending"]);
    }));
});
