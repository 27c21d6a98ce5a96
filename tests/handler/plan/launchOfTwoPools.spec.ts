import assert from "node:assert/strict";
import type { WhenExhausted } from "../../../handler/names";
import { planOf } from "./plans";
import { readWorld } from "./worldText";

/** How i-a stands with one of its pools; where that is exhausted, what its settings say of it. */
type Standing = "attached" | "onItsWay" | "returning" | "refused" | WhenExhausted;

/** What brings i-a so far with a pool, of which it is to have the interface of a number. */
function worldOf(standing: Standing, pool: string, number: number): string {
  switch (standing) {
    case "attached":
      return `eni-${number} on i-a at ${number}, pool ${pool}`;
    case "onItsWay":
      return `eni-${number} free, pool ${pool}`;
    case "returning":
      return `eni-${number} pending, pool ${pool}`;
    case "refused":
      return `eni-${number} free, pool ${pool}    refused ${pool} to i-a: busy`;
    case "wait":
    case "abandon":
    case "continue":
      return `pool ${pool} exhausted means ${standing}    no interface of ${pool} in a for 30 s`;
  }
}

describe("the answer to the launch of an instance with two pools", () => {
  const ON = "CONTINUE launch of i-a, addressAttached";
  const STANDBY = "CONTINUE launch of i-a, poolExhausted";
  const END = "ABANDON launch of i-a, poolExhausted";
  const ALIVE = "heartbeat launch of i-a, holderLeaves";
  const NONE = undefined;
  const standings: Standing[] = [
    ...(["attached", "onItsWay", "returning", "refused"] as const),
    ...(["wait", "abandon", "continue"] as const),
  ];
  /** By how it stands with the first pool, in the order in which it does with the second. */
  const answers: Record<Standing, (string | undefined)[]> = {
    attached: [ON, NONE, ALIVE, NONE, NONE, END, STANDBY],
    onItsWay: [NONE, NONE, ALIVE, NONE, NONE, END, NONE],
    returning: [ALIVE, ALIVE, ALIVE, NONE, NONE, END, ALIVE],
    refused: [NONE, NONE, NONE, NONE, NONE, END, NONE],
    wait: [NONE, NONE, NONE, NONE, NONE, END, NONE],
    abandon: [END, END, END, END, END, END, END],
    continue: [STANDBY, NONE, ALIVE, NONE, NONE, END, STANDBY],
  };
  for (const first of standings) {
    it(`is right where it stands so with the first: ${first}`, () => {
      const found = standings.map((second) => {
        const pools = `${worldOf(first, "licence", 1)}    ${worldOf(second, "render", 2)}`;
        const instance = "i-a running, tag licence,render, Pending:Wait    exhausted means abandon";
        const lines = planOf(readWorld(`${instance}    ${pools}`));
        return lines.filter((line) => line.includes(" launch of ")).join();
      });
      assert.deepEqual(
        found,
        answers[first].map((answer) => answer ?? ""),
      );
    });
  }
});
