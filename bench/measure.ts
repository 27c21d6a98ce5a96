import { type Deployment, deployStack } from "../simulator/deploy/engine";
import { readStackSettings, withPools } from "../simulator/deploy/stackFile";
import { AddressHistory } from "../simulator/checkers/addressHistory";
import { Region, type RegionOptions } from "../simulator/aws/region";
import type { Stage } from "../simulator/scenarios/operator";
import { realisticTimings, type Timings } from "../simulator/runtime/timings";

export const STACK = "dev";

/** One invocation of the function, in milliseconds of the run. */
interface Invocation {
  beginMs: number;
  endMs: number;
  eventCount: number;
  /** By the schedule alone. */
  isScheduled: boolean;
  calls: Call[];
}

interface Call {
  atMs: number;
  action: string;
  isRefused: boolean;
}

/** Deploys the program with one pool and a group that is still empty. */
export function deployPool(size: number): Promise<Deployment> {
  const pools = [{ name: "fleet", size, group: { desiredCapacity: 0, maxSize: size } }];
  return deployStack(STACK, withPools(readStackSettings(STACK), pools));
}

interface Options extends Omit<RegionOptions, "seed" | "timings"> {
  timings?: Partial<Timings>;
}

/** Measures the same with one seed after the other. */
export async function measureSeeds<Result>(
  deployment: Deployment,
  { seeds, ...options }: Options & { seeds: number[] },
  measure: (stage: Stage, seed: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const seed of seeds) {
    const result = await measureIn(deployment, { ...options, seed }, (stage) =>
      measure(stage, seed),
    );
    results.push(result);
  }
  return results;
}

/** Opens a Region for one measurement, and closes it. */
export async function measureIn<Result>(
  deployment: Deployment,
  options: Options & { seed: number },
  measure: (stage: Stage) => Promise<Result>,
): Promise<Result> {
  const timings = { ...realisticTimings, ...options.timings };
  const region = await Region.open(deployment, { ...options, timings });
  try {
    return await measure({ region, addressHistory: AddressHistory.of(region) });
  } finally {
    await region.close();
  }
}

/** The calls that the function made, from a moment of the run on. */
export function callsSince(region: Region, fromMs: number): Call[] {
  return region.journal.entries.flatMap(({ atMs, source, facts }) =>
    source === "call" && atMs >= fromMs
      ? [{ atMs, action: String(facts?.action), isRefused: facts?.code !== undefined }]
      : [],
  );
}

/** What the function was invoked for until now, and what it called for that. */
export function invocationsOf(region: Region): Invocation[] {
  const startMs = region.clock.nowMs - Math.round(region.seconds * 1000);
  const calls = callsSince(region, 0);
  return (region.lambda?.invocations ?? []).map(({ event, ...invocation }) => {
    // The program's own first invocation comes through no queue.
    const { Records: records } = event as { Records?: { body: string }[] };
    const beginMs = invocation.beginMs - startMs;
    const endMs = invocation.endMs - startMs;
    return {
      beginMs,
      endMs,
      eventCount: records?.length ?? 1,
      isScheduled: (records ?? []).every(({ body }) => body.includes('"Scheduled Event"')),
      calls: calls.filter(({ atMs }) => atMs > beginMs && atMs <= endMs),
    };
  });
}
