import { writeFileSync } from "node:fs";
import * as os from "node:os";
import { deployStack } from "../simulator/deploy/engine";
import { readStackSettings } from "../simulator/deploy/stackFile";
import { createTable } from "../simulator/views/report";
import { measureArchive } from "./archive";
import { configurationOf, drawUpBill } from "./bill";
import { measureBusyMonth } from "./busyMonth";
import { formatDocument } from "./page";
import { measureEvents } from "./events";
import { measureFailovers } from "./failover";
import { measureFullReads } from "./fullRead";
import type { Part } from "./figures";
import { measureLaunches } from "./launches";
import { measureLimits } from "./limits";
import { measurePlans } from "./planCost";
import { STACK } from "./measure";
import { measureScale } from "./scale";
import { measureSyncs } from "./sync";

const DOCUMENT = "docs/performance.md";

/** Measures everything, shows it as one table, and writes it down. */
async function main(): Promise<void> {
  const deployment = await deployStack(STACK, readStackSettings(STACK));
  const scale = await timed("scale and noise", () => measureScale(tell));
  const fullReads = await timed("full reads over HTTP", () => measureFullReads());
  const limits = await timed("limits", measureLimits);
  const { part: events, event } = await timed("the scenarios", measureEvents);
  const launches = await timed("a hundred launches", measureLaunches);
  const failovers = await timed("failovers", measureFailovers);
  const { part: syncs, costs } = await timed("a thousand interfaces", measureSyncs);
  const plans = await timed("what the plan takes", () => Promise.resolve(measurePlans()));
  const archive = await timed("the archive", () => measureArchive(deployment));
  const bill = drawUpBill({ ...configurationOf(deployment), costs, event });
  const busyMonth = await timed("a month in a busy account", measureBusyMonth);
  const parts = [
    ...[scale, fullReads, limits],
    ...[events, launches, failovers, syncs, plans, archive],
    ...[bill, busyMonth],
  ];
  console.log(formatTable(parts));
  const circumstances = { date: new Date().toISOString().slice(0, 10), machine: describeMachine() };
  writeFileSync(DOCUMENT, await formatDocument(parts, circumstances));
  console.log(`Written to ${DOCUMENT}.`);
}

/** Says what is measured, and how long that took. */
async function timed<Result>(what: string, measure: () => Promise<Result>): Promise<Result> {
  tell(what);
  const beginMs = performance.now();
  const result = await measure();
  process.stderr.write(`  ${((performance.now() - beginMs) / 1000).toFixed(0)} s\n`);
  return result;
}

function tell(what: string): void {
  process.stderr.write(`Measuring ${what} ...\n`);
}

function describeMachine(): string {
  const cores = os.availableParallelism();
  const memoryGb = Math.round(os.totalmem() / 2 ** 30);
  const load = (os.loadavg()[0] ?? 0).toFixed(1);
  return `Node.js ${process.version} on ${cores} cores of ${process.arch}, ${memoryGb} GB, ${os.type()}, with a load of ${load} at the end`;
}

function formatTable(parts: Part[]): string {
  const table = createTable(["What", "Figure", "Floor", "Target"]);
  for (const { title, rows } of parts) {
    table.push([title.toUpperCase(), "", "", ""]);
    for (const { what, figure, floor, target, isMet } of rows) {
      const verdict = isMet === undefined ? "" : isMet ? ": met" : ": MISSED";
      table.push([`  ${what}`, figure, floor, `${target ?? ""}${verdict}`]);
    }
  }
  return table.toString();
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
