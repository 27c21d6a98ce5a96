import { deployStack, type Deployment } from "../../simulator/deploy/engine";
import { readStackSettings, withPools } from "../../simulator/deploy/stackFile";
import { AddressHistory } from "../../simulator/checkers/addressHistory";
import type { Existing } from "../../simulator/deploy/providerFunctions";
import { Region, type RegionOptions } from "../../simulator/aws/region";
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

export interface StageOptions extends Partial<Omit<RegionOptions, "timings">> {
  /** What is deployed; absent: the program with these pools. */
  deployment?: Deployment;
  pools?: object[];
  /** What doesn't take as long as it really does. */
  timings?: Partial<Timings>;
}

/** Opens a Region for one test and closes it afterwards. */
export async function withStage<Result>(
  { deployment, pools, timings, ...options }: StageOptions,
  test: (stage: Stage) => Result | Promise<Result>,
): Promise<Result> {
  const region = await Region.open(deployment ?? (await deploy(pools)), {
    seed: 1,
    timings: { ...realisticTimings, ...timings },
    ...options,
  });
  try {
    return await test({ region, addressHistory: AddressHistory.of(region) });
  } finally {
    await region.close();
  }
}

/** The actions that the manager called, in order, from an entry of the journal on. */
export function callsFrom({ journal }: Region, start: number): string[] {
  const calls = journal.entries.slice(start).filter(({ source }) => source === "call");
  return calls.map(({ facts }) => String(facts?.action));
}

/** How often each action was called. */
export function countCalls(actions: string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const action of actions) counts[action] = (counts[action] ?? 0) + 1;
  return counts;
}
