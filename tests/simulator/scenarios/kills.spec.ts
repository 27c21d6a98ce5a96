import assert from "node:assert/strict";
import { assertSurvives, type Crash, Killer, killMoments, playWhole } from "./kills";

describe("the moments at which the function's process is killed", () => {
  const crash = (calls: number, writes: number[]): Crash => ({
    broken: [],
    calls,
    firstSyncCalls: 0,
    callsBefore: 0,
    writes,
    launches: 1,
    kills: 0,
    cameBack: false,
  });
  const listed = (moments: ReturnType<typeof killMoments>) =>
    moments.map(({ call, side }) => `${side} ${call}`).join(", ");

  it("are both sides of every write, and first, middle and last read of every gap", () => {
    assert.equal(
      listed(killMoments(crash(9, [6, 7]))),
      "before 1, before 3, before 5, before 6, after 6, before 7, after 7, before 8, before 9",
    );
  });

  it("begin with the first call that counts", () => {
    assert.equal(listed(killMoments(crash(4, [1, 4]), 2)), "before 2, before 3, before 4, after 4");
  });
});

describe("the function's process, killed", () => {
  it("at any moment of replace breaks no promise once its batch is back", async () => {
    const whole = await playWhole("replace");
    for (const moment of killMoments(whole)) {
      await assertSurvives("replace", new Killer(moment), whole);
    }
  });
});
