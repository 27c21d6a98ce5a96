/** List prices in US dollars: check them before relying on them. Events of AWS and of schedules cost nothing. */
export const PRICES = {
  date: "2026-11",
  region: "us-east-1",
  lambdaGbSecond: 0.0000133334,
  lambdaRequest: 0.2 / 1e6,
  sqsFifoRequest: 0.5 / 1e6,
  logGb: 0.5,
  metricMonth: 0.3,
  alarmMonth: 0.1,
  dashboardMonth: 3,
  loadBalancerHour: 0.0225,
  loadBalancerUnitHour: 0.006,
};

/** As AWS reckons a month. */
export const HOURS_A_MONTH = 730;

/** What is used of everything in a month. */
export interface Usage {
  invocations: number;
  gbSeconds: number;
  queueRequests: number;
  logBytes: number;
  metrics: number;
  alarms: number;
  dashboards: number;
}

/** What a usage costs, by what it is paid for. */
export function costOf(usage: Usage): Record<string, number> {
  return {
    function: usage.invocations * PRICES.lambdaRequest + usage.gbSeconds * PRICES.lambdaGbSecond,
    queue: usage.queueRequests * PRICES.sqsFifoRequest,
    log: (usage.logBytes / 1e9) * PRICES.logGb,
    "metrics, alarms, dashboard":
      usage.metrics * PRICES.metricMonth +
      usage.alarms * PRICES.alarmMonth +
      usage.dashboards * PRICES.dashboardMonth,
  };
}

/** What a network load balancer costs, of which so many capacity units are used on average. */
export function loadBalancerCost(units: number): number {
  return HOURS_A_MONTH * (PRICES.loadBalancerHour + units * PRICES.loadBalancerUnitHour);
}

export function totalOf(cost: Record<string, number>): number {
  return Object.values(cost).reduce((sum, part) => sum + part, 0);
}
