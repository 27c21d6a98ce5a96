import { historiesByFaults } from "./fixedHistories";
import { holdHistory } from "./histories";

describe("random histories under set faults", function () {
  this.timeout(120_000);
  for (const [faults, histories] of Object.entries(historiesByFaults)) {
    it(`keep every promise with ${faults}`, async () => {
      for (const history of histories) await holdHistory(history);
    });
  }
});
