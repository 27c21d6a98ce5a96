import type { Outcome } from "./apply";
import { groupBy } from "./groupBy";
import { type Measurement, POOL_DIMENSION, REASON_DIMENSION } from "./names";
import { secondsSince, type Wait } from "./pendingWrites";
import { isManaged } from "./settings";
import type { Assessment, ClaimState, InterfaceState, Settings, Status, World } from "./types";

/** What one reconcile came to. */
export interface Result {
  /** The last round's, as are the assessment and the time. */
  world: World;
  assessment: Assessment;
  nowMs: number;
  outcomes: Outcome[];
  /** Of attachments that were seen attached first. */
  latencies: Wait[];
  isScheduled: boolean;
}

/** CloudWatch takes no more of a dimension's value. */
const MAX_DIMENSION_LENGTH = 1024;

/** Held: on an instance, or out of reach. Free: to be had now. All others come or go, or can't be used. */
const HELD: InterfaceState[] = ["attached", "foreign"];
/** Instances that are to have an address and have none. */
const WAITING: ClaimState[] = ["attaching", "waiting", "refused", "exhausted", "blocked"];

/** Works out what is to be measured at the end of a reconcile: the manager's figures, then each pool's. */
export function measure(result: Result, settings: Settings): Measurement[] {
  const waits = waitsOf(result);
  const exhausted = result.assessment.claims.filter(({ state }) => state === "exhausted");
  const manager: Measurement = {
    dimensions: {},
    values: {
      ...(result.isScheduled ? { Syncs: [1] } : {}),
      PoolsExhausted: [new Set(exhausted.map(({ pool }) => pool)).size],
      LongestWait: [longest(waits)],
    },
  };
  const pools = poolsOf(result, waits, settings);
  const interfacesOf = groupBy(result.assessment.interfaces, ({ pool }) => pool);
  const waitsByPool = groupBy(waits, ({ pool }) => pool);
  return [
    manager,
    ...pools.flatMap((pool) =>
      measurePool(pool, interfacesOf.get(pool) ?? [], waitsByPool.get(pool) ?? [], result),
    ),
  ];
}

function measurePool(
  pool: string,
  interfaces: Status<InterfaceState>[],
  waits: Wait[],
  { latencies, outcomes }: Result,
): Measurement[] {
  const dimensions = { [POOL_DIMENSION]: dimensionValueOf(pool) };
  const launchToAttached = latencies
    .filter((latency) => latency.pool === pool)
    .map(({ seconds }) => seconds);
  const free = interfaces.filter(({ state }) => state === "free").length;
  const held = interfaces.filter(
    ({ state, instanceId }) =>
      HELD.includes(state) || (state === "blocked" && instanceId !== undefined),
  ).length;
  const values = {
    AddressesFree: [free],
    AddressesHeld: [held],
    AddressesInTransition: [interfaces.length - free - held],
    InstancesWaiting: [waits.length],
    LongestWait: [longest(waits)],
    ...(launchToAttached.length > 0 ? { LaunchToAttached: launchToAttached } : {}),
  };
  return [{ dimensions, values }, ...measureFailures(pool, outcomes)];
}

/** Every pool there is or should be, in an order that doesn't depend on AWS's answers. */
function poolsOf({ assessment, outcomes }: Result, waits: Wait[], settings: Settings): string[] {
  const seen = [...assessment.interfaces, ...waits, ...outcomes.map(({ action }) => action)];
  const managed = seen.map(({ pool }) => pool).filter((pool) => isManaged(pool, settings));
  return [...new Set([...(settings.pools ?? []), ...managed])].sort();
}

/** For how long each instance has been waiting since its launch. */
function waitsOf({ assessment, world, nowMs }: Result): Wait[] {
  return assessment.claims
    .filter(({ state }) => WAITING.includes(state))
    .map(({ pool, instanceId = "" }) => {
      const instance = Object.hasOwn(world.instances, instanceId)
        ? world.instances[instanceId]
        : undefined;
      return { pool, seconds: secondsSince(instance?.launchTime ?? "", nowMs) ?? 0 };
    });
}

/** By the class of the refusal: codes are many, and each would be a metric of its own. */
function measureFailures(pool: string, outcomes: Outcome[]): Measurement[] {
  const counts = new Map<string, number>();
  for (const { action, refusal } of outcomes) {
    if (action.pool !== pool || refusal === undefined) continue;
    counts.set(refusal.class, (counts.get(refusal.class) ?? 0) + 1);
  }
  return [...counts].sort().map(([reason, count]) => ({
    dimensions: { [POOL_DIMENSION]: dimensionValueOf(pool), [REASON_DIMENSION]: reason },
    values: { Failures: [count] },
  }));
}

function longest(waits: Wait[]): number {
  return waits.reduce((most, { seconds }) => Math.max(most, seconds), 0);
}

/** CloudWatch takes printable ASCII, not blank and not beginning with a colon; tags take any text. */
function dimensionValueOf(pool: string): string {
  if (pool.trim() === "") return "(blank)";
  const plain = pool.replace(/[^ -~]|^:/gu, (character) => {
    return `\\u{${Number(character.codePointAt(0)).toString(16)}}`;
  });
  return plain.slice(0, MAX_DIMENSION_LENGTH);
}
