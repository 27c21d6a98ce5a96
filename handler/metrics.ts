import { POOL_DIMENSION, REASON_DIMENSION, type Measurement } from "./names";
import type { Outcome } from "./apply";
import type { ErrorClass } from "./errors";
import { claimSubject, type Plan, type Settings, type Snapshot } from "./model";
import { isManaged, onDemandOf } from "./verdict";

/** An attachment of this manager's that a look shows attached for the first time. */
export interface FirstSight {
  pool: string;
  secondsSinceLaunch: number;
}

/** What one reconcile came to. */
export interface Course {
  /** The last look, and what was planned on it. */
  snapshot: Snapshot;
  plan: Plan;
  /** The time of that look. */
  nowMs: number;
  outcomes: Outcome[];
  firstSights: FirstSight[];
  /** Whether the schedule asked for it. */
  scheduled: boolean;
}

/** CloudWatch takes no more of a dimension's value. */
const MAX_DIMENSION_LENGTH = 1024;

/** Works out what is to be measured at the end of a reconcile: the manager's figures, then each pool's. */
export function measure(course: Course, settings: Settings): Measurement[] {
  const waitingSeconds = waitsByPool(course);
  const allSeconds = [...waitingSeconds.values()].flat();
  const manager: Measurement = {
    dimensions: {},
    values: {
      ...(course.scheduled ? { Syncs: [1] } : {}),
      PoolsExhausted: [exhaustedPools(course.plan).size],
      LongestWait: [longest(allSeconds)],
    },
  };
  const pools = poolsOf(course, waitingSeconds, settings);
  return [
    manager,
    ...pools.flatMap((pool) => measurePool(pool, course, waitingSeconds.get(pool) ?? [], settings)),
  ];
}

function measurePool(
  pool: string,
  course: Course,
  waitingSeconds: number[],
  settings: Settings,
): Measurement[] {
  const { free, held, inTransition } = countAddresses(pool, course, settings);
  const dimensions = { [POOL_DIMENSION]: dimensionValueOf(pool) };
  const launchToAttached = course.firstSights
    .filter((sight) => sight.pool === pool)
    .map(({ secondsSinceLaunch }) => secondsSinceLaunch);
  const values = {
    AddressesFree: [free],
    AddressesHeld: [held],
    AddressesInTransition: [inTransition],
    InstancesWaiting: [waitingSeconds.length],
    LongestWait: [longest(waitingSeconds)],
    ...(launchToAttached.length > 0 ? { LaunchToAttached: launchToAttached } : {}),
  };
  return [{ dimensions, values }, ...measureFailures(pool, course)];
}

/** Every pool there is or should be, in an order that doesn't depend on AWS's answers. */
function poolsOf(
  course: Course,
  waitingSeconds: Map<string, number[]>,
  settings: Settings,
): string[] {
  const seen = course.snapshot.interfaces.map(({ pool }) => pool);
  const refused = course.outcomes.map(({ action }) => action.pool);
  const all = [...seen, ...waitingSeconds.keys(), ...refused];
  const managed = all.filter((pool) => isManaged(pool, settings));
  return [...new Set([...(settings.pools ?? []), ...managed])].sort();
}

/**
 * Free: to be had now, as none is that was made on demand. Held: on an instance. In transition: all
 * others, which come, go or are refused.
 */
function countAddresses(pool: string, { snapshot, plan }: Course, settings: Settings) {
  const isFixed = onDemandOf(pool, settings) === undefined;
  const moving = new Set<string | undefined>();
  for (const action of plan.actions) {
    if (action.kind === "attach" || action.kind === "detach") moving.add(action.networkInterfaceId);
  }
  const refused = new Set<string | undefined>();
  for (const { kind, networkInterfaceId } of plan.waits) {
    (kind === "deferred" ? refused : moving).add(networkInterfaceId);
  }
  const counts = { free: 0, held: 0, inTransition: 0 };
  for (const { networkInterfaceId, attachment, ...networkInterface } of snapshot.interfaces) {
    if (networkInterface.pool !== pool) continue;
    if (moving.has(networkInterfaceId)) counts.inTransition += 1;
    else if (attachment !== undefined) counts.held += 1;
    else if (isFixed && !refused.has(networkInterfaceId)) counts.free += 1;
    else counts.inTransition += 1;
  }
  return counts;
}

/** For how long each instance has been waiting since its launch, by pool. */
function waitsByPool({ snapshot, plan, nowMs }: Course) {
  const waiting = new Map<string, { instanceId: string; pool: string }>();
  const add = (instanceId: string | undefined, pool: string) => {
    if (instanceId === undefined) return;
    waiting.set(claimSubject(instanceId, pool), { instanceId, pool });
  };
  for (const action of plan.actions) {
    if (action.kind === "attach" || action.kind === "create") {
      add(action.instanceId, action.pool);
    }
  }
  for (const { kind, instanceId, pool } of plan.waits) {
    const isOwn = kind === "attaching" || kind === "waitingForAddress" || kind === "deferred";
    if (isOwn) add(instanceId, pool);
  }
  for (const { instanceId, pool } of plan.problems) add(instanceId, pool);
  const seconds = new Map<string, number[]>();
  for (const { instanceId, pool } of waiting.values()) {
    const instance = snapshot.instances[instanceId];
    const ofPool = seconds.get(pool) ?? [];
    ofPool.push((instance && secondsSince(instance.launchTime, nowMs)) ?? 0);
    seconds.set(pool, ofPool);
  }
  return seconds;
}

/** Pools of which somebody waits for an address while none is free and none on its way back. */
function exhaustedPools({ problems }: Plan): Set<string> {
  const exhausted = problems.filter(({ kind }) => kind === "poolExhausted");
  return new Set(exhausted.map(({ pool }) => pool));
}

/** By the class of the refusal: codes are many, and each would be a metric of its own. */
function measureFailures(pool: string, { outcomes }: Course): Measurement[] {
  const counts = new Map<ErrorClass, number>();
  for (const { action, refusal } of outcomes) {
    if (action.pool !== pool || refusal === undefined || refusal.class === "done") continue;
    counts.set(refusal.class, (counts.get(refusal.class) ?? 0) + 1);
  }
  return [...counts].sort().map(([reason, count]) => ({
    dimensions: { [POOL_DIMENSION]: dimensionValueOf(pool), [REASON_DIMENSION]: reason },
    values: { Failures: [count] },
  }));
}

/** @returns undefined for what is no time */
export function secondsSince(time: string, nowMs: number): number | undefined {
  // eslint-disable-next-line no-restricted-globals -- It reads a time, not the clock.
  const seconds = (nowMs - Date.parse(time)) / 1000;
  // The clocks of EC2 and of the function differ a little.
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}

function longest(seconds: number[]): number {
  return seconds.reduce((most, one) => Math.max(most, one), 0);
}

/** CloudWatch takes printable ASCII, not blank and not beginning with a colon; tags take any text. */
function dimensionValueOf(pool: string): string {
  if (pool.trim() === "") return "(blank)";
  const plain = pool.replace(/[^ -~]|^:/gu, (character) => {
    return `\\u{${Number(character.codePointAt(0)).toString(16)}}`;
  });
  return plain.slice(0, MAX_DIMENSION_LENGTH);
}
