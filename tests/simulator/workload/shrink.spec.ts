import assert from "node:assert/strict";
import type { Fault } from "../../../simulator/faults";
import type { Outcome } from "../../../simulator/workload/history";
import { type Played, replayCommand, shrink } from "../../../simulator/workload/shrink";

const kinds: Fault[] = ["eventLost", "readStale", "callFails"];

/** Plays histories that break a promise in some cases. */
function playing(isBroken: (played: Played, faults: Fault[]) => boolean) {
  const tried: Played[] = [];
  const play = (played: Played): Promise<Outcome> => {
    tried.push(played);
    const faults = played.only ?? kinds;
    const broken = isBroken(played, faults) ? [`broken in ${played.steps}`] : [];
    return Promise.resolve({ broken, faults, kinds: faults });
  };
  return { tried, play };
}

const shrinkFrom = (steps: number, play: (played: Played) => Promise<Outcome>, only?: Fault[]) =>
  shrink(play, { seed: 7, steps, only }, { broken: ["broken at first"], faults: [], kinds });

describe("shrink", () => {
  it("leaves out every fault that isn't needed, then every step", async () => {
    const { play } = playing(({ steps }, faults) => steps >= 4 && faults.includes("readStale"));
    assert.deepEqual(await shrinkFrom(9, play), {
      smallest: { seed: 7, steps: 4, only: ["readStale"] },
      broken: ["broken in 4"],
    });
  });

  it("keeps faults that are needed together", async () => {
    const both = (faults: Fault[]) => faults.includes("eventLost") && faults.includes("callFails");
    const { play } = playing((_, faults) => both(faults));
    const { smallest } = await shrinkFrom(2, play);
    assert.deepEqual(smallest, { seed: 7, steps: 1, only: ["eventLost", "callFails"] });
  });

  it("gives a history as it was where nothing smaller breaks a promise", async () => {
    const { play, tried } = playing(({ steps }, faults) => steps === 9 && faults.length === 3);
    assert.deepEqual(await shrinkFrom(9, play), {
      smallest: { seed: 7, steps: 9, only: undefined },
      broken: ["broken at first"],
    });
    assert.equal(tried.length, kinds.length + 1);
  });

  it("ends with no fault and one step where none is needed", async () => {
    const { play } = playing(() => true);
    const { smallest } = await shrinkFrom(3, play);
    assert.deepEqual(smallest, { seed: 7, steps: 1, only: [] });
  });
});

describe("replayCommand", () => {
  it("names seed and steps, and the faults where they aren't those of the seed", () => {
    assert.equal(replayCommand({ seed: 7, steps: 9 }), "npm run soak -- --seed 7 --steps 9");
    assert.equal(
      replayCommand({ seed: -1, steps: 9, only: ["eventLost", "readStale"] }),
      "npm run soak -- --seed -1 --steps 9 --faults=eventLost,readStale",
    );
    assert.equal(
      replayCommand({ seed: 7, steps: 1, only: [] }),
      "npm run soak -- --seed 7 --steps 1 --faults=",
    );
  });
});
