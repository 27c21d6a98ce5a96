import assert from "node:assert/strict";
import { scenarios, type Stage } from "../../../simulator/scenarios/basic";
import { playAnew } from "../scenarios/plays";

const unserved =
  /^(after 600 s not all is as it should be|i-[0-9a-f]{17} of pool (licence|cluster|fleet|router|gateway|data|management) holds 0 addresses)$/;

/** Loses every event from the moment when something is true, the schedule's too: nothing wakes the manager. */
function loseAll({ region }: Stage, isLost: () => boolean): void {
  // One of the scenarios says itself what is lost; here that has no effect.
  Object.defineProperty(region.eventBridge, "loses", { get: () => isLost, set: () => undefined });
}

describe("a scenario without a manager", () => {
  const [first, second] = ["i-b1e90f585471a9121", "i-cd053d59a9f50974c"]; // of scenario several-pools
  const otherFaults: Record<string, string[]> = {
    replace: ["there is nobody to kill"],
    "lost-event": ["there is nobody to kill"],
    "scale-out": [],
    "stop-start": [],
    "further-addresses": ["there is nobody to kill"],
    "other-vpc": ["there is nobody to kill", "nobody holds 10.20.0.10", "nobody holds 10.20.0.11"],
    "several-pools": [
      `${first} has no network`,
      `${second} has no network`,
      "there is nobody to kill",
      `${first} has no network`,
      `${second} has no network`,
    ],
    existing: ["there is nobody to kill", "nobody holds 06:5e:a1:ed:0f:77"],
  };

  for (const name of Object.keys(scenarios)) {
    it(`is judged faulty: ${name}`, async () => {
      const { faults, region } = await playAnew(name, 1, (stage) => {
        loseAll(stage, () => true);
      });
      assert.deepEqual(
        region.journal.entries.filter(({ source }) => source === "call"),
        [],
      );
      assert.equal(faults[0], "after 600 s not all is as it should be");
      assert.deepEqual(
        faults.filter((fault) => !unserved.test(fault)),
        otherFaults[name],
      );
    });
  }
});

describe("a scenario whose manager does nothing any more after the operation", () => {
  const isDone =
    (stage: Stage, operation: string): (() => boolean) =>
    () =>
      stage.region.journal.entries.some(
        ({ source, text }) => source === "operator" && text.startsWith(operation),
      );

  const expected: [name: string, operation: string, fault: RegExp][] = [
    ["replace", "kills", /^nobody took over 10\.0\.0\.10$/],
    ["lost-event", "kills", /^nobody took over 10\.0\.0\.10$/],
    ["scale-out", "sets", /^after 600 s not all is as it should be$/],
    ["stop-start", "stops", /^10\.0\.0\.23 did not come back$/],
    ["further-addresses", "kills", /^nobody took over 10\.20\.0\.10$/],
    ["other-vpc", "kills", /^nobody took over 10\.20\.0\.10$/],
    ["existing", "kills", /^nobody took over 10\.20\.0\.77$/],
  ];
  for (const [name, operation, fault] of expected) {
    it(`is judged faulty: ${name}`, async () => {
      const { faults } = await playAnew(name, 1, (stage) => {
        loseAll(stage, isDone(stage, operation));
      });
      assert.match(faults[0] ?? "", fault);
    });
  }
});
