import { type Fault, FAULT_NAMES } from "../../simulator/faults";
import { holdHistory } from "./histories";

const SEEDS = [1, 2, 3, 4, 5];

/** Those that found something, or should have. */
const TOGETHER: Fault[][] = [
  ["readStale", "pagesShift"],
  ["readStale", "tagsLate", "launchFails"],
  ["functionKilled", "answerLost", "callLies"],
  ["secondManager", "callLate", "readStale"],
];

describe("random histories under one fault", function () {
  this.timeout(120_000);
  for (const fault of FAULT_NAMES) {
    it(`keep every promise with ${fault}`, async () => {
      for (const seed of SEEDS) await holdHistory({ seed, only: [fault] });
    });
  }

  for (const only of TOGETHER) {
    it(`keep every promise with ${only.join(", ")}`, async () => {
      for (const seed of SEEDS) await holdHistory({ seed, only });
    });
  }

  it("keep every promise without any fault", async () => {
    for (const seed of SEEDS) await holdHistory({ seed, only: [] });
  });
});
