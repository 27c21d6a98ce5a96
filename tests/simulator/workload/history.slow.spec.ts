import {
  bundledHistories,
  drawnHistories,
  historiesByFaults,
  holdHistory,
  QUICK_COUNT,
} from "./fixedHistories";

const SEEDS_AT_ONCE = 17;

describe("random histories under drawn faults", () => {
  for (let from = QUICK_COUNT; from < drawnHistories.length; from += SEEDS_AT_ONCE) {
    const histories = drawnHistories.slice(from, from + SEEDS_AT_ONCE);
    it(`keep every promise with the seeds ${from + 1} to ${from + histories.length}`, async () => {
      for (const history of histories) await holdHistory(history);
    });
  }

  for (const history of bundledHistories) {
    it(`keep them with the SDK of the archive, seed ${history.seed}`, () => holdHistory(history));
  }
});

describe("random histories under set faults", () => {
  for (const [faults, histories] of Object.entries(historiesByFaults)) {
    it(`keep every promise with ${faults}`, async () => {
      for (const history of histories) await holdHistory(history);
    });
  }
});
