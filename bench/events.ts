import { deployScenario, playScenario, type Scenario } from "../simulator/scenarios/scenario";
import { networkScenarios } from "../simulator/scenarios/networks";
import { scenarioByName } from "../simulator/scenarios";
import { formatSpread, medianOf, type Part, type Row } from "./figures";
import { callsSince, type Invocation, measureIn, STACK, type TimedStage } from "./measure";

const SEEDS = [1, 2, 3, 4, 5];
/** Interfaces, instances, groups. */
const READS_OF_A_LOOK = 3;

/** What the function did for the events of one play. */
interface Play {
  eventCount: number;
  callCount: number;
  floorCount: number;
}

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
    const plays = await playAll(name, scenarioByName(name), costs);
    const perEvent = plays.map(({ callCount, eventCount }) => callCount / eventCount);
    const floors = plays.map(({ floorCount, eventCount }) => floorCount / eventCount);
    rows.push({
      what: `${name}: calls per event`,
      figure: formatSpread(perEvent, 2),
      floor: medianOf(floors).toFixed(2),
    });
  }
  const notes = [
    `Seeds ${SEEDS.join(", ")} of each scenario named here, the schedule's events included. The floor is that of the same invocations: three reads for a look (one where what starts isn't tagged or isn't running yet), and every attachment, detachment and lifecycle action once. What is above it are looks that see an attachment or a release through, and calls that EC2 refused.`,
  ];
  const event = {
    functionSeconds: medianOf(costs.map(({ functionSeconds }) => functionSeconds)),
    logBytes: medianOf(costs.map(({ logBytes }) => logBytes)),
  };
  return { part: { title: "Calls per event", rows, notes }, event };
}

async function playAll(name: string, scenario: Scenario, costs: EventCost[]): Promise<Play[]> {
  const deployment = await deployScenario(STACK, scenario);
  const plays: Play[] = [];
  for (const seed of SEEDS) {
    const play = await measureIn(deployment, { seed }, async (stage) => {
      const faults = await playScenario(scenario, stage);
      if (faults.length > 0) throw new Error(`${name}, seed ${seed}: ${faults.join("; ")}`);
      costs.push(costOf(stage));
      return countPlay(stage);
    });
    plays.push(play);
  }
  return plays;
}

function countPlay({ region, invocations }: TimedStage): Play {
  const calls = callsSince(region, 0);
  const isRead = ({ action }: { action: string }) => action.startsWith("Describe");
  const needed = calls.filter(
    (call) => !isRead(call) && !call.isRefused && call.action !== "RecordLifecycleActionHeartbeat",
  );
  const readsOf = ({ beginMs, endMs }: Invocation) =>
    calls.filter((call) => isRead(call) && call.atMs > beginMs && call.atMs <= endMs).length;
  const reads = invocations.map((invocation) => Math.min(READS_OF_A_LOOK, readsOf(invocation)));
  return {
    eventCount: invocations.reduce((sum, { eventCount }) => sum + eventCount, 0),
    callCount: calls.length,
    floorCount: needed.length + reads.reduce((sum, count) => sum + count, 0),
  };
}

function costOf({ region, invocations }: TimedStage): EventCost {
  const woken = invocations.filter(({ isScheduled }) => !isScheduled);
  const eventCount = woken.reduce((sum, invocation) => sum + invocation.eventCount, 0);
  const ms = woken.reduce((sum, { beginMs, endMs }) => sum + endMs - beginMs, 0);
  return { functionSeconds: ms / 1000 / eventCount, logBytes: logBytesOf(region) / eventCount };
}

/** All that the function wrote: its lines, and those that CloudWatch takes its metrics from. */
export function logBytesOf({ journal }: TimedStage["region"]): number {
  const lines = journal.entries.flatMap(({ source, facts }) => (source === "manager" ? facts : []));
  return [...lines, ...journal.metrics].reduce<number>(
    (sum, line) => sum + JSON.stringify(line ?? "").length + 1,
    0,
  );
}
