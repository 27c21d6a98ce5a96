import { bundledHistories, drawnHistories, foundHistories } from "./fixedHistories";
import { holdHistory } from "./histories";

const SEEDS_AT_ONCE = 20;

describe("random histories under drawn faults", function () {
  this.timeout(120_000);
  for (let from = 0; from < drawnHistories.length; from += SEEDS_AT_ONCE) {
    const histories = drawnHistories.slice(from, from + SEEDS_AT_ONCE);
    it(`keep every promise with the seeds ${from + 1} to ${from + histories.length}`, async () => {
      for (const history of histories) await holdHistory(history);
    });
  }

  for (const { found, ...history } of foundHistories) {
    it(`keep them where one was broken once: ${found} (seed ${history.seed})`, () =>
      holdHistory(history));
  }

  for (const history of bundledHistories) {
    it(`keep them with the SDK of the archive, seed ${history.seed}`, () => holdHistory(history));
  }
});
