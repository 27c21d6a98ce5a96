import assert from "node:assert/strict";
import {
  type Explanations,
  findSurvivors,
  isWhole,
  type Mutant,
  type MutationReport,
  percentOf,
  review,
  scoreFiles,
  sumUp,
} from "../../../bench/mutation/mutants";

const SOURCE = ["function isFree(count: number) {", "  return count === 0;", "}"].join("\n");

/** A change from a position to another, each as line and column. */
function mutant(
  [startLine, startColumn]: [number, number],
  [endLine, endColumn]: [number, number],
  changes: Partial<Mutant> = {},
): Mutant {
  const start = { line: startLine, column: startColumn };
  const end = { line: endLine, column: endColumn };
  const location = { start, end };
  return {
    mutatorName: "ConditionalExpression",
    replacement: "true",
    status: "Survived",
    location,
    ...changes,
  };
}

const always = (changes?: Partial<Mutant>) => mutant([2, 10], [2, 21], changes);

function reportOf(
  files: Record<string, Mutant[]>,
  mutate = ["handler/**/*.ts", "policy/*.ts"],
): MutationReport {
  const entries = Object.entries(files).map(([file, mutants]) => [
    file,
    { source: SOURCE, mutants },
  ]);
  return { config: { mutate }, files: Object.fromEntries(entries) as MutationReport["files"] };
}

const ALWAYS = {
  mutator: "ConditionalExpression",
  was: "return count === 0;",
  became: "return true;",
};

describe("isWhole", () => {
  it("tells a run of everything from one of a file", () => {
    assert.equal(isWhole(reportOf({})), true);
    assert.equal(isWhole(reportOf({}, ["handler/plan.ts"])), false);
    assert.equal(isWhole(reportOf({}, ["policy/*.ts"])), false);
  });
});

describe("findSurvivors", () => {
  it("tells a change by its line before and after", () => {
    assert.deepEqual(findSurvivors(reportOf({ "policy/a.ts": [always()] })), [
      { file: "policy/a.ts", line: 2, ...ALWAYS },
    ]);
  });

  it("tells a change of several lines by the first, in one line", () => {
    const block = mutant([1, 32], [3, 2], {
      mutatorName: "BlockStatement",
      replacement: "{\n  }",
    });
    assert.deepEqual(findSurvivors(reportOf({ "policy/a.ts": [block] })), [
      {
        file: "policy/a.ts",
        line: 1,
        mutator: "BlockStatement",
        was: "function isFree(count: number) {",
        became: "function isFree(count: number) { }",
      },
    ]);
  });

  it("takes what no test ran for survived, and leaves out what was noticed", () => {
    const statuses = ["NoCoverage", "Killed", "Timeout", "Ignored", "RuntimeError"];
    const mutants = statuses.map((status) => always({ status }));
    assert.equal(findSurvivors(reportOf({ "policy/a.ts": mutants })).length, 1);
  });

  it("goes by file and line", () => {
    const block = mutant([1, 32], [3, 2]);
    const report = reportOf({ "policy/b.ts": [always(), block], "policy/a.ts": [always()] });
    assert.deepEqual(
      findSurvivors(report).map(({ file, line }) => [file, line]),
      [
        ["policy/a.ts", 2],
        ["policy/b.ts", 1],
        ["policy/b.ts", 2],
      ],
    );
  });
});

describe("review", () => {
  const explained: Explanations = { "policy/a.ts": [{ ...ALWAYS, reason: "Nobody asks." }] };

  it("gives a survivor its reason, wherever its line is by now", () => {
    assert.deepEqual(review(reportOf({ "policy/a.ts": [always()] }), explained), {
      explained: [{ file: "policy/a.ts", line: 2, ...ALWAYS, reason: "Nobody asks." }],
      unexplained: [],
      superfluous: [],
    });
  });

  for (const [what, changes] of Object.entries({
    mutator: { mutatorName: "BooleanLiteral" },
    change: { replacement: "false" },
  })) {
    it(`takes no reason for that of another ${what}`, () => {
      const { unexplained } = review(reportOf({ "policy/a.ts": [always(changes)] }), explained);
      assert.equal(unexplained.length, 1);
    });
  }

  it("takes no reason for that of another file", () => {
    assert.equal(review(reportOf({ "policy/b.ts": [always()] }), explained).unexplained.length, 1);
  });

  it("wants a reason each for changes that read the same", () => {
    const report = reportOf({ "policy/a.ts": [always(), always()] });
    assert.equal(review(report, explained).unexplained.length, 1);
  });

  it("takes no empty reason", () => {
    const empty = { "policy/a.ts": [{ ...ALWAYS, reason: "" }] };
    assert.equal(review(reportOf({ "policy/a.ts": [always()] }), empty).unexplained.length, 1);
  });

  it("names what explains nothing", () => {
    const killed = reportOf({ "policy/a.ts": [always({ status: "Killed" })] });
    assert.deepEqual(review(killed, explained).superfluous, [
      { file: "policy/a.ts", ...ALWAYS, reason: "Nobody asks." },
    ]);
  });

  it("names what explains a file that is gone, after a run of everything only", () => {
    assert.equal(review(reportOf({}), explained).superfluous.length, 1);
    assert.equal(review(reportOf({}, ["policy/b.ts"]), explained).superfluous.length, 0);
  });
});

describe("scoreFiles", () => {
  it("counts what a test hangs on as noticed, and what can't be run not at all", () => {
    const statuses = ["Killed", "Killed", "Timeout", "Survived", "NoCoverage", "Ignored"];
    const mutants = statuses.map((status) => always({ status }));
    const score = { mutants: 5, killed: 2, timedOut: 1, survived: 2 };
    assert.deepEqual(scoreFiles(reportOf({ "policy/a.ts": mutants })), { "policy/a.ts": score });
    assert.equal(percentOf(score), 60);
  });

  it("goes by the names of files", () => {
    const scores = scoreFiles(reportOf({ "policy/b.ts": [], "handler/c.ts": [] }));
    assert.deepEqual(Object.keys(scores), ["handler/c.ts", "policy/b.ts"]);
  });
});

describe("sumUp", () => {
  it("adds what several files have", () => {
    const one = { mutants: 10, killed: 7, timedOut: 2, survived: 1 };
    const other = { mutants: 100, killed: 50, timedOut: 20, survived: 30 };
    const sum = { mutants: 110, killed: 57, timedOut: 22, survived: 31 };
    assert.deepEqual(sumUp([one, other]), sum);
  });
});
