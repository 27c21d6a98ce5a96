import { MEMBER_COUNT, playSteadyNoise, steadyNoise } from "../simulator/scenarios/steadyNoise";
import { deployScenario } from "../simulator/scenarios/scenario";
import {
  type Configured,
  configurationOf,
  formatDollars,
  IDLE_REQUESTS_A_MONTH,
  MB_PER_GB,
} from "./bill";
import { logBytesOf } from "./events";
import type { Part, Row } from "./figures";
import { invocationsOf, measureIn, STACK } from "./measure";
import { costOf, HOURS_A_MONTH, PRICES, totalOf } from "./prices";

const EVENTS_PER_SECOND = 20;
const PLAYED_SECONDS = 900;
const SECONDS_A_MONTH = HOURS_A_MONTH * 3600;
const MOST_DOLLARS = 10;
/** Of a batch: received, and deleted. */
const REQUESTS_PER_BATCH = 2;

/** What a quarter of an hour of a busy account came to. */
export interface PlayedLoad {
  events: number;
  invocations: number;
  functionSeconds: number;
  logBytes: number;
}

/** Plays a quarter of an hour of an account in which unrelated instances start and end all the time. */
export async function measureBusyMonth(): Promise<Part> {
  const deployment = await deployScenario(STACK, steadyNoise());
  const load = await measureIn(deployment, { seed: 1, responseCost: true }, async (stage) => {
    const { fromSeconds, faults } = await playSteadyNoise(stage, EVENTS_PER_SECOND, PLAYED_SECONDS);
    if (faults.length > 0) throw new Error(faults.join("; "));
    const { region } = stage;
    const played = invocationsOf(region).filter(({ beginMs }) => beginMs >= fromSeconds * 1000);
    return {
      events: played.reduce((sum, { eventCount }) => sum + eventCount, 0),
      invocations: played.length,
      functionSeconds: played.reduce((sum, { beginMs, endMs }) => sum + endMs - beginMs, 0) / 1000,
      logBytes: logBytesOf(region, fromSeconds),
    };
  });
  return toPart(load, configurationOf(deployment));
}

/** Works out a month of which this is a quarter of an hour. */
export function toPart(load: PlayedLoad, { memoryMb, platformLogBytes }: Configured): Part {
  const times = SECONDS_A_MONTH / PLAYED_SECONDS;
  const events = load.events * times;
  const invocations = load.invocations * times;
  const seconds = load.functionSeconds * times;
  const polls = invocations * REQUESTS_PER_BATCH + IDLE_REQUESTS_A_MONTH;
  const none = { metrics: 0, alarms: 0, dashboards: 0 };
  const usage = {
    ...none,
    invocations,
    gbSeconds: seconds * (memoryMb / MB_PER_GB),
    queueRequests: events + polls,
    logBytes: load.logBytes * times + invocations * platformLogBytes,
  };
  const cost = costOf(usage);
  const total = totalOf(cost);
  const sending = SECONDS_A_MONTH * EVENTS_PER_SECOND * PRICES.sqsFifoRequest;
  const row = (what: string, dollars: number, floor: number): Row => ({
    what: `A month of ${EVENTS_PER_SECOND} unrelated events a second: ${what}`,
    figure: formatDollars(dollars),
    floor: formatDollars(floor),
  });
  const rows = [
    {
      ...row("function, queue and log", total, sending),
      target: `at most ${formatDollars(MOST_DOLLARS)}`,
      isMet: total <= MOST_DOLLARS,
    },
    row("of it the function", cost.function ?? 0, 0),
    row("of it sending events to the queue", events * PRICES.sqsFifoRequest, sending),
    row("of it asking the queue for them", polls * PRICES.sqsFifoRequest, 0),
    row("of it the log", cost.log ?? 0, 0),
  ];
  const perEvents = load.events / load.invocations;
  const notes = [
    `${PLAYED_SECONDS / 60} minutes are played, once the rate has been reached, of an account whose unrelated instances start, stop and end, while ${MEMBER_COUNT} instances of a pool are in sync: ${load.invocations.toLocaleString("en")} invocations with ${perEvents.toFixed(1)} events each, of ${(load.functionSeconds / load.invocations).toFixed(3)} s on average at ${memoryMb} MB, and ${Math.round(load.logBytes / load.invocations)} bytes of log beside Lambda's own ${platformLogBytes}. The floor is what SQS asks for the events that EventBridge sends to the queue: no manager that hears of every instance through such a queue costs less.`,
  ];
  return { title: "A month in a busy account", rows, notes };
}
