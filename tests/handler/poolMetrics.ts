/** What a reconcile measures, from the last thing it saw. */
import type { Measurement } from "../../handler/names";
import { type Course, measure } from "../../handler/metrics";
import type { Settings } from "../../handler/model";
import { planPools } from "../../handler/plan";
import { launchedAtMinute, POOL, settings, snapshot, type SnapshotParts } from "./builders";

/** Ten minutes after every launch that says nothing else. */
const NOW_MS = Date.parse(launchedAtMinute(10));

/** What is measured at the end of a reconcile whose last look saw this. */
export function measured(
  parts: SnapshotParts,
  course: Partial<Course> = {},
  chosen: Settings = settings(),
): Measurement[] {
  const observed = snapshot(parts);
  const plan = planPools(observed, chosen);
  const rest = { nowMs: NOW_MS, outcomes: [], firstSights: [], scheduled: false, ...course };
  return measure({ snapshot: observed, plan, ...rest }, chosen);
}

/** The metrics of one pool that say what they say without a list. */
export function metricsOf(measurements: Measurement[], pool: string | undefined = POOL) {
  const found = measurements.find(
    ({ dimensions }) => dimensions.Pool === pool && dimensions.Reason === undefined,
  );
  return Object.fromEntries(
    Object.entries(found?.values ?? {}).map(([name, values]) => [name, values.join()]),
  );
}

export function poolMetrics(parts: Record<string, string>) {
  const none = { AddressesFree: "0", AddressesHeld: "0", AddressesInTransition: "0" };
  return { ...none, InstancesWaiting: "0", LongestWait: "0", ...parts };
}
