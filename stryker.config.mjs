import { createRequire } from "node:module";

// Runner 10.0.0 asks for files of mocha without their extension, which mocha 12 renamed to `.cjs` (stryker-mutator/stryker-js#6205). The runner's process
// imports this file too, see `testRunnerNodeArgs`.
const { extensions } = createRequire(import.meta.url);
extensions[".cjs"] ??= extensions[".js"];

/** @type {import("@stryker-mutator/api/core").PartialStrykerOptions} */
export default {
  mutate: [
    "handler/*.ts",
    "!handler/clients.ts", // other people's code, bundled
    "!handler/index.ts", // put together by Pulumi: tests/archive.spec.ts runs what it makes
    "policy/*.ts",
    "!policy/index.ts", // the pack, which runs in a process of its own
  ],
  plugins: ["@stryker-mutator/mocha-runner"],
  testRunner: "mocha",
  testRunnerNodeArgs: ["--import", import.meta.url],
  mochaOptions: {
    "no-config": true,
    require: ["ts-node/register"],
    extension: ["ts"],
    spec: ["tests/handler/*.spec.ts", "tests/policy/*.spec.ts"],
    ignore: ["tests/policy/pack.spec.ts"],
  },
  coverageAnalysis: "perTest",
  concurrency: 2,
  timeoutMS: 10000,
  reporters: ["clear-text", "html", "json"],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  htmlReporter: { fileName: "dist/mutation/index.html" },
  jsonReporter: { fileName: "dist/mutation/mutation.json" },
  ignorePatterns: ["dist"],
  thresholds: { high: 95, low: 90, break: 85 },
};
