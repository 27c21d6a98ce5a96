import { withPools } from "../deploy/stackFile";
import { addMembers, onePool, untilServed, waitingSince } from "./manyHolders";
import type { Stage } from "./operator";
import type { Measurement } from "./scenario";
import type { Region } from "../aws/region";
import { makeSteadyNoise, STEADY_AFTER_SECONDS } from "../workload/steadyNoise";

/** How many instances of the pool are in sync meanwhile. */
export const MEMBER_COUNT = 100;
/** The oldest that a message in the queue may be. */
export const OLDEST_SECONDS = 10;
const READS_PER_SECOND = 6;
/** Over any so many seconds reads are averaged, to find the worst. */
const WINDOW_SECONDS = 10;
const NOISE_SEED = 1;

/** What came of events at a steady rate. */
export interface SteadyLoad {
  /** When the rate was reached, in seconds of the run. */
  fromSeconds: number;
  /** The oldest that a message in the queue ever was, of what was seen every second. */
  oldestSeconds: number;
  readsPerSecond: number;
  worstReadsPerSecond: number;
}

/** Unrelated instances start, stop and end for minutes, while a pool is in sync. */
export function steadyNoise(eventsPerSecond = 100, seconds = 600): Measurement {
  return {
    description: `${eventsPerSecond} unrelated events a second for ${seconds / 60} minutes, while ${MEMBER_COUNT} instances are in sync`,
    options: { clients: "inProcess", responseCost: true },
    configure: (settings) => withPools(settings, onePool),
    async measure(stage) {
      const { faults, ...load } = await playSteadyNoise(stage, eventsPerSecond, seconds);
      const amid = `amid ${eventsPerSecond} events a second`;
      const targets = [
        {
          what: `Oldest message in the queue ${amid}`,
          wanted: OLDEST_SECONDS,
          found: load.oldestSeconds,
          unit: "s",
        },
        {
          what: `Reads of EC2 ${amid}, on average`,
          wanted: READS_PER_SECOND,
          found: load.readsPerSecond,
          unit: "a second",
        },
        {
          what: `Reads of EC2 ${amid}, in the worst ${WINDOW_SECONDS} seconds`,
          wanted: READS_PER_SECOND,
          found: load.worstReadsPerSecond,
          unit: "a second",
        },
      ];
      return { faults, targets };
    },
  };
}

/** Plays events at a steady rate, for so long after it has been reached, while a pool is in sync. */
export async function playSteadyNoise(
  stage: Stage,
  eventsPerSecond: number,
  seconds: number,
): Promise<SteadyLoad & { faults: string[] }> {
  const { region } = stage;
  const { operator, group } = await untilServed(stage);
  addMembers(region, group, MEMBER_COUNT);
  region.journal.write("operator", "starts and ends instances without a pool tag");
  makeSteadyNoise(region, {
    seed: NOISE_SEED,
    eventsPerSecond,
    seconds: STEADY_AFTER_SECONDS + seconds,
  });
  await region.run(STEADY_AFTER_SECONDS);
  const fromSeconds = region.seconds;
  let oldestSeconds = 0;
  for (let second = 0; second < seconds; second += 1) {
    await region.run(1);
    const { nowMs } = region.clock;
    oldestSeconds = Math.max(oldestSeconds, (nowMs - (waitingSince(region) ?? nowMs)) / 1000);
  }
  const reads = readTimesMs(region, fromSeconds * 1000);
  return {
    faults: operator.faults,
    fromSeconds,
    oldestSeconds,
    readsPerSecond: reads.length / seconds,
    worstReadsPerSecond: mostWithin(reads, WINDOW_SECONDS * 1000) / WINDOW_SECONDS,
  };
}

function readTimesMs({ journal }: Region, fromMs: number): number[] {
  const isRead = (action: unknown) => /^Describe(Instance|NetworkInterface)/.test(String(action));
  return journal.entries.flatMap(({ atMs, source, facts }) =>
    source === "call" && atMs >= fromMs && isRead(facts?.action) ? [atMs] : [],
  );
}

/** How many of these moments, which are in order, there are at most in any so long a time. */
function mostWithin(timesMs: number[], windowMs: number): number {
  let first = 0;
  let most = 0;
  for (const [index, timeMs] of timesMs.entries()) {
    while ((timesMs[first] ?? timeMs) <= timeMs - windowMs) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}
