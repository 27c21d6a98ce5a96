import { createRequire } from "node:module";

// The runner's process imports this file too, see `testRunnerNodeArgs`.
const { extensions } = createRequire(import.meta.url);
// Runner 10.0.0 asks for files of mocha without their extension, which mocha 12 renamed to `.cjs` (stryker-mutator/stryker-js#6205).
extensions[".cjs"] ??= extensions[".js"];
// What is built keeps its name, by which the report knows the specs.
extensions[".ts"] = extensions[".js"];

/** @type {import("@stryker-mutator/api/core").PartialStrykerOptions} */
export default {
  mutate: [
    "handler/**/*.ts",
    "!handler/clients.ts", // other people's code, bundled
    "!handler/index.ts", // put together by Pulumi: tests/archive.spec.ts runs what it makes
    "policy/*.ts",
    "!policy/index.ts", // the pack, which runs in a process of its own
  ],
  plugins: ["@stryker-mutator/mocha-runner", "./bench/mutation/strykerMocha.mjs"],
  testRunner: "mocha-anew",
  testRunnerNodeArgs: ["--import", import.meta.url],
  // A mutant of module level loads everything anew, so everything is compiled before.
  buildCommand:
    "esbuild **/*.ts --outdir=. --outbase=. --out-extension:.js=.ts --allow-overwrite --format=cjs --platform=node --log-level=warning",
  mochaOptions: {
    "no-config": true,
    extension: ["ts"],
    // The first failure ends a run, so the quick specs come first.
    spec: [
      "tests/policy/*.spec.ts",
      "tests/handler/plan/!(converging|property).spec.ts",
      "tests/handler/!(hostileInput).spec.ts",
      "tests/handler/hostileInput.spec.ts",
      "tests/handler/plan/property.spec.ts",
      "tests/handler/plan/converging.spec.ts",
    ],
    // They deploy whole programs.
    ignore: ["tests/policy/{pack,programs}.spec.ts"],
  },
  coverageAnalysis: "perTest",
  concurrency: 2,
  // A busy machine is no test's verdict.
  timeoutMS: 20_000,
  // It takes mutants of module level for as slow as with Stryker's own runner.
  warnings: { slow: false },
  reporters: ["clear-text", "html", "json"],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  htmlReporter: { fileName: "dist/mutation/index.html" },
  jsonReporter: { fileName: "dist/mutation/mutation.json" },
  ignorePatterns: ["dist"],
  thresholds: { high: 95, low: 90, break: 85 },
};
