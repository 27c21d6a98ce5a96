import assert from "node:assert/strict";
import { FAULT_NAMES } from "../../simulator/faults";
import { readPackageOptions, readSoakOptions, readStartOptions } from "../../simulator/options";

const start = (...args: string[]) => readStartOptions(args, ["replace", "standby"]);
const soak = (...args: string[]) => readSoakOptions(args, 1_700);
const pack = (...args: string[]) => readPackageOptions(args);

/** Options, and what is said of them. */
type Mistakes = [args: string[], message: string | RegExp][];

function refuses(read: (...args: string[]) => unknown, mistakes: Mistakes): void {
  for (const [args, message] of mistakes) assert.throws(() => read(...args), { message });
}

describe("readStartOptions", () => {
  const defaults = { scenario: "replace", seed: 1, json: false, plain: false };

  it("plays replace with seed 1 where nothing is said", () => {
    assert.deepEqual(start(), defaults);
  });

  it("takes a scenario, a whole number as seed, and a form of output", () => {
    const own = { ...defaults, scenario: "standby", seed: -3, plain: true };
    assert.deepEqual(start("--scenario", "standby", "--seed=-3", "--plain"), own);
    assert.deepEqual(start("--json"), { ...defaults, json: true });
  });

  it("says what to write instead of what it doesn't understand", () => {
    refuses(start, [
      [["--scenario", "explode"], "--scenario is explode; write one of replace, standby"],
      [["--scenario", "toString"], "--scenario is toString; write one of replace, standby"],
      [["--seed", "1.5"], "--seed is 1.5; write a whole number like 7"],
      [["--seed", "9007199254740992"], "--seed is 9007199254740992; write a whole number like 7"],
      [["--seed", "one"], "--seed is one; write a whole number like 7"],
      [["--speed", "2"], /^Unknown option '--speed'/],
      [["replace"], /^Unexpected argument 'replace'/],
    ]);
  });
});

describe("readSoakOptions", () => {
  const defaults = {
    seed: undefined,
    from: 1_700,
    minutes: 10,
    count: Infinity,
    steps: 50,
    faults: undefined,
  };

  it("plays histories of 50 steps for ten minutes where nothing is said", () => {
    assert.deepEqual(soak(), defaults);
  });

  it("plays as many as are wanted, however long that takes, or as long as is wanted", () => {
    assert.deepEqual(soak("--count", "1"), { ...defaults, minutes: Infinity, count: 1 });
    assert.deepEqual(soak("--minutes", "0.02"), { ...defaults, minutes: 0.02 });
    assert.deepEqual(soak("--minutes=2", "--count=3"), { ...defaults, minutes: 2, count: 3 });
  });

  it("takes a first seed, or a seed alone, and a number of steps", () => {
    assert.deepEqual(soak("--from", "7"), { ...defaults, from: 7 });
    assert.deepEqual(soak("--seed", "0", "--steps", "1"), { ...defaults, seed: 0, steps: 1 });
  });

  it("takes names of faults, and none of them for no fault", () => {
    const faults = ["eventLost", "readStale"];
    assert.deepEqual(soak("--faults", "eventLost,readStale"), { ...defaults, faults });
    assert.deepEqual(soak("--faults="), { ...defaults, faults: [] });
    assert.deepEqual(soak("--faults", FAULT_NAMES.join()).faults, [...FAULT_NAMES]);
  });

  it("says what to write instead of what it doesn't understand", () => {
    refuses(soak, [
      [["--minutes", "0"], "--minutes is 0; write a number like 10"],
      [["--minutes", "long"], "--minutes is long; write a number like 10"],
      [["--count", "0"], "--count is 0; write a whole number like 1000"],
      [["--count", "2.5"], "--count is 2.5; write a whole number like 1000"],
      [["--from", "1.5"], "--from is 1.5; write the first seed, a whole number like 1"],
      [["--steps", "2.5"], "--steps is 2.5; write a whole number like 50"],
      [["--steps", "0"], "--steps is 0; write a whole number like 50"],
      [["--seed", "1.5"], "--seed is 1.5; write a whole number like 7"],
      [["--faults", "eventLost,rain"], `--faults has rain; write some of ${FAULT_NAMES.join(",")}`],
      [["--speed", "2"], /^Unknown option '--speed'/],
    ]);
  });
});

describe("readPackageOptions", () => {
  it("takes a folder, and the stack dev unless another is named", () => {
    assert.deepEqual(pack("--out", "folder"), { out: "folder", stack: "dev" });
    const options = { out: "folder", stack: "production" };
    assert.deepEqual(pack("--out", "folder", "--stack", "production"), options);
  });

  it("says what to write when it is not told where, and names what it doesn't know", () => {
    refuses(pack, [
      [[], "--out is missing; write npm run package -- --out DIR"],
      [["--speed", "2"], /^Unknown option '--speed'/],
    ]);
  });
});
