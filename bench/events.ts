import type { Region } from "../simulator/aws/region";
import { deployScenario, playScenario } from "../simulator/scenarios/scenario";
import { networkScenarios } from "../simulator/scenarios/networks";
import { scenarioByName } from "../simulator/scenarios";
import { formatSpread, medianOf, type Part, type Row } from "./figures";
import { callsSince, invocationsOf, measureSeeds, STACK } from "./measure";

const SEEDS = [1, 2, 3, 4, 5];
/** Interfaces, instances, groups. */
const READS_OF_A_FULL_READ = 3;

/** What an event that isn't the schedule's costs, for the bill of a month. */
export interface EventCost {
  functionSeconds: number;
  logBytes: number;
}

/** Those that are told of in docs/performance.md. */
const NAMES = [
  "replace",
  "scale-out",
  "lost-event",
  "stop-start",
  ...Object.keys(networkScenarios),
];

/** Plays scenarios, and counts the calls that an event costs. */
export async function measureEvents(): Promise<{ part: Part; event: EventCost }> {
  const rows: Row[] = [];
  const costs: EventCost[] = [];
  for (const name of NAMES) {
    const regions = await playAll(name);
    const perEvent = regions.map(callsPerEvent);
    costs.push(...regions.map(costOf));
    rows.push({
      what: `${name}: calls per event`,
      figure: formatSpread(
        perEvent.map(({ calls }) => calls),
        2,
      ),
      floor: medianOf(perEvent.map(({ floor }) => floor)).toFixed(2),
    });
  }
  const notes = [
    `Seeds ${SEEDS.join(", ")} of each scenario named here, the schedule's events included. The floor is that of the same invocations: three reads for a full read (one where what starts isn't tagged or isn't running yet), and every attachment, detachment and lifecycle action once. What is above it are reads that see an attachment or a release through, and calls that EC2 refused.`,
  ];
  const event = {
    functionSeconds: medianOf(costs.map(({ functionSeconds }) => functionSeconds)),
    logBytes: medianOf(costs.map(({ logBytes }) => logBytes)),
  };
  return { part: { title: "Calls per event", rows, notes }, event };
}

async function playAll(name: string): Promise<Region[]> {
  const scenario = scenarioByName(name);
  const deployment = await deployScenario(STACK, scenario);
  return measureSeeds(deployment, { seeds: SEEDS, responseCost: true }, async (stage, seed) => {
    const faults = await playScenario(scenario, stage);
    if (faults.length > 0) throw new Error(`${name}, seed ${seed}: ${faults.join("; ")}`);
    return stage.region;
  });
}

function callsPerEvent(region: Region): { calls: number; floor: number } {
  const calls = callsSince(region, 0);
  const isRead = ({ action }: { action: string }) => action.startsWith("Describe");
  const needed = calls.filter(
    (call) => !isRead(call) && !call.isRefused && call.action !== "RecordLifecycleActionHeartbeat",
  );
  const invocations = invocationsOf(region);
  const reads = invocations.map((one) =>
    Math.min(READS_OF_A_FULL_READ, one.calls.filter(isRead).length),
  );
  const eventCount = sumOf(invocations.map((one) => one.eventCount));
  return {
    calls: calls.length / eventCount,
    floor: (needed.length + sumOf(reads)) / eventCount,
  };
}

function costOf(region: Region): EventCost {
  const woken = invocationsOf(region).filter(({ isScheduled }) => !isScheduled);
  const eventCount = sumOf(woken.map((one) => one.eventCount));
  const ms = sumOf(woken.map(({ beginMs, endMs }) => endMs - beginMs));
  return { functionSeconds: ms / 1000 / eventCount, logBytes: logBytesOf(region) / eventCount };
}

/** All that the function wrote from a second of the run on: its lines, and those that CloudWatch takes its metrics from. */
export function logBytesOf({ journal, clock, seconds }: Region, fromSeconds = 0): number {
  const lines = journal.entries.flatMap(({ source, atMs, facts }) =>
    source === "manager" && atMs >= fromSeconds * 1000 ? facts : [],
  );
  const fromMs = clock.nowMs - (seconds - fromSeconds) * 1000;
  const metrics = journal.metrics.filter(({ _aws }) => _aws.Timestamp >= fromMs);
  return sumOf([...lines, ...metrics].map((line) => JSON.stringify(line ?? "").length + 1));
}

function sumOf(numbers: number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
