import { drawnHistories, foundHistories, holdHistory, QUICK_COUNT } from "./fixedHistories";

describe("random histories", () => {
  for (const history of drawnHistories.slice(0, QUICK_COUNT)) {
    it(`keep every promise with seed ${history.seed}`, () => holdHistory(history));
  }

  for (const { found, ...history } of foundHistories) {
    it(`keep them where one was broken once: ${found} (seed ${history.seed})`, () =>
      holdHistory(history));
  }
});
