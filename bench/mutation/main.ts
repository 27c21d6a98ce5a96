import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import {
  type Explanations,
  isWhole,
  type MutationReport,
  review,
  scoreFiles,
  type Survivor,
} from "./mutants";
import { formatMutationPage, MUTATION_PAGE } from "./page";

const STRYKER = path.resolve(__dirname, "../../node_modules/@stryker-mutator/core/bin/stryker.js");
const REPORT = "dist/mutation/mutation.json";
const EXPLANATIONS = "bench/mutation/survivors.yaml";

/** Changes the code, asks of every survivor for its reason, and writes down a run of everything. */
async function main(): Promise<void> {
  const args = process.argv.slice(2);
  if (!args.includes("--report")) runStryker(args);
  const report = readReport();
  const explanations = parse(readFileSync(EXPLANATIONS, "utf8")) as Explanations;
  const { explained, unexplained, superfluous } = review(report, explanations);
  for (const { file, was, became } of superfluous) {
    console.log(`${EXPLANATIONS} explains what did not survive: ${file}: ${was} -> ${became}`);
  }
  if (unexplained.length > 0) {
    throw new Error(
      `${unexplained.length} survived without a reason. Test them, or write reasons into ${EXPLANATIONS}:\n\n${draft(unexplained)}`,
    );
  }
  if (!isWhole(report)) {
    console.log(`${MUTATION_PAGE} is left as it is: it wasn't a run of everything.`);
    return;
  }
  writeFileSync(MUTATION_PAGE, await formatMutationPage(scoreFiles(report), explained));
  console.log(`Written to ${MUTATION_PAGE}. Write date and commit into it.`);
}

/** @throws under the least score, which Stryker checks */
function runStryker(args: string[]): void {
  rmSync(REPORT, { force: true });
  const { status } = spawnSync(process.execPath, [STRYKER, "run", ...args], { stdio: "inherit" });
  if (status !== 0) throw new Error("Stryker failed, or the score is too low");
}

function readReport(): MutationReport {
  if (!existsSync(REPORT)) throw new Error(`there is no ${REPORT}; run npm run mutate`);
  return JSON.parse(readFileSync(REPORT, "utf8")) as MutationReport;
}

/** The entries to fill in. */
function draft(survivors: Survivor[]): string {
  const entries: Explanations = {};
  for (const { file, mutator, was, became } of survivors) {
    (entries[file] ??= []).push({ mutator, was, became, reason: "" });
  }
  return stringify(entries, { lineWidth: 0 });
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
