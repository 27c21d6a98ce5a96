import assert from "node:assert/strict";
import { isConverged } from "../../../simulator/checkers/liveness";
import { Situation } from "./situation";

const lacking = (name: string, seconds = 75) =>
  `${name} has no address, though one is free (${seconds} s)`;
const waiting = (lifecycleState: string, seconds = 75) =>
  `web still waits for i in ${lifecycleState} (${seconds} s)`;
const held = "a is still attached to i (75 s)";

/** What is unmet in situations; what is up to AWS is left out. */
const situations: [situation: string, ...unmet: string[]][] = [
  // An interface
  [""],
  ["i holds a"],
  ["j holds l, i holds a, i stops", held],
  ["j holds l, i holds a, i stops, 15 s", held],
  ["j holds l, i holds a, i is terminated", held],
  ["j holds l, i holds a, i is terminated, 25 s", held],
  ["j holds l, i holds a, instance i is in licence", held],
  ["i holds a, i vanishes", "a is still attached to i (450 s)"],
  ["i runs, i stops, 10 s, a attaches to i", "a is still attaching to i (260 s)"],
  ["i holds l, manager detaches l", "l is detaching from i (75 s)"],
  ["i holds l, manager detaches l, i stops", "l is detaching from i (75 s)"],
  ["i holds l, manager detaches l, i stops, 3 s"],
  ["i holds l, manager detaches l, detachStuck may strike", "l is detaching from i (270 s)"],
  ["i runs in licence, l attaches to i", "l is attaching to i (185 s)"],
  ["i runs in licence, l attaches to i, 1 s"],
  ["attachStuck may strike, i runs in licence, l attaches to i", "l is attaching to i (455 s)"],
  [
    "attachStuck may strike, i runs, i stops, 10 s, a attaches to i",
    "a is still attaching to i (530 s)",
  ],
  ["i holds l, l is in none, i is terminated"],
  ["i holds a, instance i is in none, manager detaches a"],
  ["another account holds a"],
  ["another account holds a, 300 s, i runs", lacking("i")],
  ["another account holds a, other is terminated, 25 s"],
  ["i runs, a of another stack is attached to i, j holds l, i is terminated, 25 s"],
  ["i holds a, i has its tags on its primary interface"],
  ["i holds a, i has its tags on its primary interface, i stops, manager detaches a, 3 s"],
  // An instance
  ["i holds a, j holds b, k holds c, m runs", lacking("m")],
  ["i holds a, j holds b, k holds c, m runs, d is in none"],
  ["i runs elsewhere"],
  ["i runs elsewhere, there is an address elsewhere", lacking("i")],
  ["i runs as t4g.micro, i holds l", "l is still attached to i (75 s)"],
  ["i runs, i stops"],
  ["i runs, i is terminated"],
  ["i runs in none"],
  ["i runs in theirs"],
  ["i runs, i has its tags on its primary interface", lacking("i")],
  // What EC2 refuses for good
  ["i runs, EC2 refuses address a", lacking("i", 225)],
  ["j holds b, k holds c, m holds d, i runs, EC2 refuses address a"],
  [
    "j holds b, k holds c, m holds d, i runs, EC2 refuses address a, EC2 refuses nothing any more",
    lacking("i", 675),
  ],
  ["i runs, j runs, EC2 refuses instance i", lacking("j")],
  ["i runs, EC2 refuses index 1 of i", lacking("i", 225)],
  ["i runs, EC2 refuses index 1 of i, EC2 refuses index 2 of i"],
  ["i runs as t4g.micro, j runs, EC2 refuses index 1 of i", lacking("j")],
  ["i runs, i is pending"],
  ["i holds a, l is in none, i holds l"],
  ["i holds a, l is in none, i holds l, l is in cluster", "i has 2 addresses (75 s)"],
  [
    "i holds a, l is in none, i holds l, l is in cluster, manager detaches l",
    "l is detaching from i (75 s)",
  ],
  // A member of a group
  ["i runs in a group", lacking("i")],
  ["i runs in a group, a attaches to i", "a is attaching to i (185 s)"],
  ["i runs in a group, i holds a", waiting("Pending:Wait")],
  ["i runs in a group, i holds a, manager continues i"],
  ["i runs in a group, cluster may be had without", lacking("i")],
  [
    "i runs in a group, cluster may be had without, EC2 refuses instance i",
    waiting("Pending:Wait", 225),
  ],
  ["i runs in a group, EC2 refuses instance i"],
  [
    "i runs in a group, web has a hook of others, i holds a, i is replaced, manager detaches a, 3 s, manager lets i end",
  ],
  [
    "i runs in a group, web has a hook of others, i holds a, i is replaced, manager detaches a, 3 s, others let i end",
    waiting("Terminating:Wait"),
  ],
  ["i runs in a group, instance i is in licence, i holds l"],
  ["i runs in a group, i holds a, web wants nobody, i is replaced", held],
  [
    "i runs in a group, i holds a, web wants nobody, i is replaced, manager detaches a, 3 s",
    waiting("Terminating:Wait"),
  ],
  [
    "i runs in a group, i holds a, i is set to ReplacingRootVolume:Wait",
    waiting("ReplacingRootVolume:Wait"),
  ],
  [
    "i runs in a group, i holds a, i is set to Warmed:Pending:Wait",
    held,
    waiting("Warmed:Pending:Wait", 375),
  ],
  ["i runs in a group, i is set to Warmed:Terminating:Wait", waiting("Warmed:Terminating:Wait")],
  ["i runs in a group, i holds a, i is set to Warmed:Running", held],
  ["i runs in a group, i holds a, i is set to Warmed:Running, manager detaches a, 3 s"],
  ["i runs in a group, i holds a, i is set to Terminating:Retained"],
  ["i runs in a group, i holds a, i is set to Terminating:Retained, manager detaches a, 3 s"],
];

describe("what is unmet", () => {
  for (const [text, ...unmet] of situations) {
    it(`is ${unmet.join(" and ") || "nothing"}: ${text || "at first"}`, () =>
      Situation.with(async (situation) => {
        await situation.comesTrue(text);
        assert.deepEqual(
          situation.unmet().filter((one) => one.endsWith(" s)")),
          unmet,
        );
      }));
  }
});

describe("a Region", () => {
  const upToAws: [situation: string, ...unmet: string[]][] = [
    [""],
    ["i holds a"],
    ["i holds a, i stops, 3 s", held, "i is stopping"],
    ["i holds a, j holds b, k holds c, x holds d, m runs", "m has no address"],
    ["i runs elsewhere", "i has no address"],
    ["i runs in none, i is terminated", "i is shutting-down"],
    ["i runs in none, i is terminated, 25 s"],
    ["i runs in a group, i holds a", waiting("Pending:Wait"), "web wants 1 and has Pending:Wait"],
    ["i runs in a group, i holds a, manager continues i, 2 s"],
    [
      "i runs in a group, i holds a, manager continues i, 2 s, web wants nobody",
      "web wants 0 and has InService",
    ],
    ["i runs in a group, i is set to Warmed:Running", "web wants 1 and has nobody"],
  ];
  for (const [text, ...unmet] of upToAws) {
    const is = unmet.length === 0 ? "has" : "has not";
    it(`${is} converged: ${text || "at first"}`, () =>
      Situation.with(async (situation) => {
        await situation.comesTrue(text);
        assert.deepEqual(situation.unmet(), unmet);
        assert.equal(isConverged(situation.region), unmet.length === 0);
      }));
  }
});
