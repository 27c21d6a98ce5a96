import { createHash } from "node:crypto";
import type { JournalEntry } from "../../simulator/views/journal";
import { scenarios } from "../../simulator/scenarios";
import {
  bundledHistories,
  drawnHistories,
  type FixedHistory,
  foundHistories,
  historiesByFaults,
  playFixed,
} from "../simulator/workload/fixedHistories";
import { playAnew } from "../simulator/scenarios/plays";

/** What is kept of a run, by what was run. */
export type Digests = Record<string, string>;

const SEEDS = [1, 2, 3];

/** Plays every scenario; `npm start -- --json --scenario NAME --seed N` prints the journal behind a digest. */
export async function digestScenarios(): Promise<Digests> {
  const digests: Digests = {};
  for (const name of Object.keys(scenarios)) {
    for (const seed of SEEDS) {
      const { region, faults } = await playAnew(name, seed, undefined, "bundle");
      digests[`${name}, seed ${seed}`] = describeRun(region.journal.entries, faults);
    }
  }
  return digests;
}

/** Plays those of the fixed histories that have drawn faults; `npm run soak -- --seed N` prints one. */
export function digestDrawnHistories(): Promise<Digests> {
  return digestHistories([...drawnHistories, ...foundHistories, ...bundledHistories]);
}

/** Plays those of the fixed histories that have set faults; `npm run soak -- --seed N --faults=F` prints one. */
export function digestHistoriesByFaults(): Promise<Digests> {
  return digestHistories(Object.values(historiesByFaults).flat());
}

async function digestHistories(histories: FixedHistory[]): Promise<Digests> {
  const digests: Digests = {};
  for (const history of histories) {
    const { seed, clients = "inProcess", only } = history;
    const entries: JournalEntry[] = [];
    const { broken } = await playFixed({ ...history, listener: (entry) => entries.push(entry) });
    const faults = only === undefined ? "drawn faults" : only.join(", ") || "no fault";
    digests[`seed ${seed}, ${clients}, ${faults}`] = describeRun(entries, broken);
  }
  return digests;
}

function describeRun(entries: JournalEntry[], broken: string[]): string {
  const digest = createHash("sha256").update(JSON.stringify(entries)).digest("hex").slice(0, 16);
  const outcome = broken.length === 0 ? "kept" : `broken: ${broken.join("; ")}`;
  return `${digest} of ${entries.length} entries, ${outcome}`;
}
