import { exampleScenarios } from "../../../simulator/scenarios/examples";
import { scenarios } from "../../../simulator/scenarios/basic";
import { assertSurvives, Killer, playWhole } from "./kills";

/** Runs whose process is killed again and again cost more and tell less: so many of each scenario. */
const MAX_LOOPS = 8;
const KILLS_IN_A_ROW = 3;

describe("the function's process, killed", function () {
  this.timeout(60_000);
  for (const name of Object.keys({ ...scenarios, ...exampleScenarios })) {
    for (const side of ["before", "after"] as const) {
      it(`${side} every call of ${name}, one a run, breaks no promise once its batch is back`, async () => {
        const whole = await playWhole(name);
        for (let call = 1; call <= whole.calls; call += 1) {
          await assertSurvives(name, new Killer(call, side), whole);
        }
      });
    }

    it(`${KILLS_IN_A_ROW} times in a row, from ${MAX_LOOPS} calls of ${name} on, breaks no promise`, async () => {
      const whole = await playWhole(name);
      for (let loop = 1; loop <= MAX_LOOPS; loop += 1) {
        const call = Math.ceil((loop * whole.calls) / MAX_LOOPS);
        await assertSurvives(name, new Killer(call, "after", KILLS_IN_A_ROW), whole);
      }
    });
  }
});
