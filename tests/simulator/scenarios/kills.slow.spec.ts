import assert from "node:assert/strict";
import { exampleScenarios } from "../../../simulator/scenarios/examples";
import { scenarios } from "../../../simulator/scenarios";
import { assertSurvives, Killer, killMoments, patientScenarios, playWhole } from "./kills";

/** Runs whose process is killed again and again cost more and tell less: so many of each scenario. */
const MAX_LOOPS = 8;
const KILLS_IN_A_ROW = 3;

const others = [...patientScenarios, ...Object.keys(exampleScenarios)].filter(
  (name) => name !== "replace",
);
const inLife = Object.keys(scenarios).filter(
  (name) => name !== "replace" && !others.includes(name),
);

describe("the function's process, killed in every scenario", () => {
  for (const name of others) {
    it(`at any moment of ${name} breaks no promise once its batch is back`, async () => {
      const whole = await playWhole(name);
      for (const moment of killMoments(whole))
        await assertSurvives(name, new Killer(moment), whole);
    });
  }

  for (const name of ["replace", ...others]) {
    it(`${KILLS_IN_A_ROW} times in a row, from ${MAX_LOOPS} calls of ${name} on, breaks no promise`, async () => {
      const whole = await playWhole(name);
      for (let loop = 1; loop <= MAX_LOOPS; loop += 1) {
        const call = Math.ceil((loop * whole.calls) / MAX_LOOPS);
        await assertSurvives(name, new Killer({ call, side: "after" }, KILLS_IN_A_ROW), whole);
      }
    });
  }
});

describe("the function's process, killed in the life of a group", () => {
  for (const name of inLife) {
    it(`at any moment of ${name} breaks no promise once its batch is back`, async () => {
      const whole = await playWhole(name);
      const { callsBefore } = await playWhole("replace");
      // Up to its first operation each is what `replace` is, in which every moment is killed at already.
      assert.equal(whole.callsBefore, callsBefore);
      for (const moment of killMoments(whole, callsBefore + 1)) {
        await assertSurvives(name, new Killer(moment), whole);
      }
    });
  }
});
