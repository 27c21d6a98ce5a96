import { writeFileSync } from "node:fs";
import * as os from "node:os";
import { deployStack } from "../simulator/deploy/engine";
import { readStackSettings } from "../simulator/deploy/stackFile";
import { createTable } from "../simulator/views/report";
import { measureArchive } from "./archive";
import { drawUpBill } from "./bill";
import { formatDocument } from "./page";
import { measureEvents } from "./events";
import { measureFailovers } from "./failover";
import type { Part } from "./figures";
import { measureLaunches } from "./launches";
import { measurePlans } from "./planCost";
import { STACK } from "./measure";
import { measureSyncs } from "./sync";

const DOCUMENT = "docs/performance.md";

/** Measures everything, shows it as one table, and writes it down. */
async function main(): Promise<void> {
  const deployment = await deployStack(STACK, readStackSettings(STACK));
  const memoryMb = Number(deployment.lambda.inputs.memorySize);
  tell("what the plan takes");
  const plans = measurePlans();
  tell("the archive");
  const archive = await measureArchive(deployment);
  tell("the scenarios");
  const { part: events, event } = await measureEvents();
  tell("a hundred launches");
  const launches = await measureLaunches();
  tell("failovers");
  const failovers = await measureFailovers();
  tell("a thousand interfaces");
  const { part: syncs, sync } = await measureSyncs();
  const bill = drawUpBill({ memoryMb, sync, event });
  const parts = [events, launches, failovers, syncs, plans, archive, bill];
  console.log(formatTable(parts));
  const circumstances = { date: new Date().toISOString().slice(0, 10), machine: describeMachine() };
  writeFileSync(DOCUMENT, await formatDocument(parts, circumstances));
  console.log(`Written to ${DOCUMENT}.`);
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
