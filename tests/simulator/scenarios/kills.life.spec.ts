import assert from "node:assert/strict";
import { lifeScenarios } from "../../../simulator/scenarios/life";
import { scenarios } from "../../../simulator/scenarios/basic";
import { assertSurvives, Killer, playWhole } from "./kills";

describe("the function's process, killed in the life of a group", function () {
  this.timeout(120_000);
  // Those that are scenarios of their own, too, are played in crash.spec.ts.
  for (const name of Object.keys(lifeScenarios).filter((one) => !(one in scenarios))) {
    for (const side of ["before", "after"] as const) {
      it(`${side} every call of ${name}, one a run, breaks no promise once its batch is back`, async () => {
        const whole = await playWhole(name);
        const { callsBefore } = await playWhole("replace");
        // Up to its first operation each is what `replace` is, whose calls are all killed at in crash.spec.ts.
        assert.equal(whole.callsBefore, callsBefore);
        for (let call = callsBefore + 1; call <= whole.calls; call += 1) {
          await assertSurvives(name, new Killer(call, side), whole);
        }
      });
    }
  }
});
