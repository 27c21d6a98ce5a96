import type { Deployment } from "../simulator/deploy/engine";
import type { EventCost } from "./events";
import type { Part, Row } from "./figures";
import { costOf, HOURS_A_MONTH, loadBalancerCost, PRICES, totalOf, type Usage } from "./prices";
import type { SyncCost, SyncCosts } from "./sync";

const EVENTS_A_MONTH = 10_000;
const SYNCS_A_MONTH = HOURS_A_MONTH * 60;
/** For function, queue and log together. */
const MOST_AT_REST_DOLLARS = 0.6;
/** What one message takes: sent, received, deleted. */
const REQUESTS_PER_MESSAGE = 3;
/** Lambda asks an empty queue by five long polls of 20 s at once. */
export const IDLE_REQUESTS_A_MONTH = 5 * 3 * 60 * HOURS_A_MONTH;
/** What Lambda itself writes of an invocation, unless the function's log is to have its failures alone. */
const PLATFORM_LOG_BYTES = 800;
/** Of the manager, and of its one pool (docs/operations.md). */
const METRICS = 3 + 5;
const ALARMS = 6;
export const MB_PER_GB = 1024;

/** What a function's configuration has to do with its price. */
export interface Configured {
  memoryMb: number;
  /** What Lambda itself writes of each invocation. */
  platformLogBytes: number;
}

interface Manager extends Configured {
  sync: SyncCost;
  event: EventCost;
}

interface Bill extends Omit<Manager, "sync"> {
  costs: SyncCosts;
}

export function configurationOf({ lambda }: Deployment): Configured {
  const { systemLogLevel } = lambda.inputs.loggingConfig as { systemLogLevel?: string };
  return {
    memoryMb: Number(lambda.inputs.memorySize),
    platformLogBytes: systemLogLevel === "WARN" ? 0 : PLATFORM_LOG_BYTES,
  };
}

/** What a manager with one pool uses in a month, of which so many events are no schedule's. */
export function usageOfMonth(manager: Manager, events: number): Usage {
  const { memoryMb, platformLogBytes, sync, event } = manager;
  const invocations = SYNCS_A_MONTH + events;
  const seconds = SYNCS_A_MONTH * sync.functionSeconds + events * event.functionSeconds;
  return {
    invocations,
    gbSeconds: seconds * (memoryMb / MB_PER_GB),
    queueRequests: invocations * REQUESTS_PER_MESSAGE + IDLE_REQUESTS_A_MONTH,
    logBytes:
      invocations * platformLogBytes + SYNCS_A_MONTH * sync.logBytes + events * event.logBytes,
    metrics: METRICS,
    alarms: ALARMS,
    dashboards: 1,
  };
}

/** Works out a month of a manager with one pool, beside a network load balancer's. */
export function drawUpBill({ costs, ...common }: Bill): Part {
  const manager = { ...common, sync: costs.small };
  const large = usageOfMonth({ ...common, sync: costs.large }, 0);
  const resting = usageOfMonth(manager, 0);
  const working = usageOfMonth(manager, EVENTS_A_MONTH);
  const withEvents = `with ${EVENTS_A_MONTH.toLocaleString("en")} events`;
  const rows = [
    toRestRow("1 instance", resting),
    toRestRow("1,000 instances", large),
    toRow("at rest", resting),
    toBalancerRow("at rest", 0),
    toRow(withEvents, working),
    toBalancerRow(withEvents, 1),
  ];
  const atRest = costOf(resting);
  const { sync, event } = manager;
  const notes = [
    `List prices of ${PRICES.region}, ${PRICES.date}, without the free tier: check them before relying on it. Lambda arm64 ${PRICES.lambdaGbSecond} a GB-second and 0.20 a million requests, SQS FIFO 0.50 a million, logs ${PRICES.logGb} a GB, a metric ${PRICES.metricMonth}, an alarm ${PRICES.alarmMonth}, the dashboard ${PRICES.dashboardMonth}, a load balancer ${PRICES.loadBalancerHour} an hour and ${PRICES.loadBalancerUnitHour} for each capacity unit. Events of AWS and of the schedule, and the calls to EC2 and Auto Scaling, cost nothing.`,
    `At rest: ${formatParts(resting)}. With 1,000 instances: ${formatParts(large)}. With ${EVENTS_A_MONTH.toLocaleString("en")} events: ${formatParts(working)}. Without metrics, alarms and dashboard it would be ${formatDollars(totalOf(atRest) - (atRest["metrics, alarms, dashboard"] ?? 0))} at rest; the free tier covers those of one pool.`,
    `The function's time and log come from the runs above, which count what it computes to read AWS's answers, but neither the plan nor a cold start: a full read of one instance ${sync.functionSeconds.toFixed(2)} s and ${Math.round(sync.logBytes)} bytes, of 1,000 ${costs.large.functionSeconds.toFixed(2)} s, an event ${event.functionSeconds.toFixed(2)} s and ${Math.round(event.logBytes)} bytes, and ${manager.platformLogBytes} bytes that Lambda writes of each invocation, at ${manager.memoryMb} MB. Assumed: every event is an invocation of its own, and Lambda asks the empty queue with five long polls of 20 s, which is nearly all of the queue's price.`,
    "The load balancer: one, by the hour at rest, with one capacity unit on average beside the events. It has an address that stays, but not the machine's own address and MAC.",
    "The floor is the function's time and the messages that wake it. The load balancer's price has none: it stands there to compare with.",
  ];
  return { title: "A month of a manager with one pool, beside a load balancer", rows, notes };
}

/** The full reads and their messages by themselves: what idle polls, log, metrics and alarms cost is a choice. */
export function usageAtLeast(usage: Usage): Usage {
  const queueRequests = usage.invocations * REQUESTS_PER_MESSAGE;
  return { ...usage, queueRequests, logBytes: 0, metrics: 0, alarms: 0, dashboards: 0 };
}

/** Of what every manager needs: metrics, alarms and the dashboard are a choice, and cost the same whatever there is. */
function toRestRow(what: string, usage: Usage): Row {
  const needed = { ...usage, metrics: 0, alarms: 0, dashboards: 0 };
  const dollars = totalOf(costOf(needed));
  return {
    what: `A month at rest, ${what} in sync: function, queue and log`,
    figure: formatDollars(dollars),
    floor: formatDollars(totalOf(costOf(usageAtLeast(usage)))),
    target: `at most ${formatDollars(MOST_AT_REST_DOLLARS)}`,
    isMet: dollars <= MOST_AT_REST_DOLLARS,
  };
}

function formatParts(usage: Usage): string {
  return Object.entries(costOf(usage))
    .map(([what, dollars]) => `${what} ${formatDollars(dollars)}`)
    .join(", ");
}

function toRow(when: string, usage: Usage): Row {
  return {
    what: `A month ${when}: the manager`,
    figure: formatDollars(totalOf(costOf(usage))),
    floor: formatDollars(totalOf(costOf(usageAtLeast(usage)))),
  };
}

/** A price, which has no floor: it stands here to compare with. */
function toBalancerRow(when: string, units: number): Row {
  return {
    what: `A month ${when}: a network load balancer instead`,
    figure: formatDollars(loadBalancerCost(units)),
    floor: "",
  };
}

export function formatDollars(dollars: number): string {
  return `US$ ${dollars.toFixed(2)}`;
}
