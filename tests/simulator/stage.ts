import { deployStack, type Deployment } from "../../simulator/deploy/engine";
import { readStackSettings, withPools } from "../../simulator/deploy/stackFile";
import type { JournalEntry } from "../../simulator/views/journal";
import { AddressHistory } from "../../simulator/checkers/addressHistory";
import type { Existing } from "../../simulator/deploy/providerFunctions";
import { Region } from "../../simulator/aws/region";
import type { Stage } from "../../simulator/scenarios/operator";
import { realisticTimings, type Timings } from "../../simulator/runtime/timings";

const deployments = new Map<string, Promise<Deployment>>();

/** Deploys the program with these pools, or with those of the stack `dev`; once for all tests. */
export function deploy(pools?: object[], existing?: Existing): Promise<Deployment> {
  const key = JSON.stringify([pools, existing]);
  const settings = readStackSettings("dev");
  const deployment =
    deployments.get(key) ??
    deployStack("dev", pools === undefined ? settings : withPools(settings, pools), existing);
  deployments.set(key, deployment);
  return deployment;
}

/** Opens a Region for one test and closes it afterwards. */
export async function withStage(
  options: { pools?: object[]; seed?: number; timings?: Partial<Timings> },
  test: (stage: Stage) => Promise<void>,
): Promise<void> {
  const { pools, seed = 1, timings } = options;
  const deployment = await deploy(pools);
  const region = await Region.open(deployment, {
    seed,
    timings: { ...realisticTimings, ...timings },
  });
  try {
    await test({ region, addressHistory: AddressHistory.of(region) });
  } finally {
    await region.close();
  }
}

/** The actions that the manager called, in order, from an entry of the journal on. */
export function callsFrom(region: Region, start: number): string[] {
  return region.journal.entries
    .slice(start)
    .flatMap(({ source, facts }: JournalEntry) =>
      source === "call" ? [String(facts?.action)] : [],
    );
}

/** How often each action was called. */
export function countCalls(actions: string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const action of actions) counts[action] = (counts[action] ?? 0) + 1;
  return counts;
}
