import { applyActions, isLostRace, type Outcome, takesAway } from "./apply";
import { assess } from "./assess";
import { type Backoffs, currentBackoffs, recordRefusal } from "./backoff";
import type { AwsCalls, Log } from "./clients";
import type { WakeUp } from "./events";
import { agesOf, type FirstSeen, noteSeen } from "./firstSeen";
import { measure } from "./metrics";
import type { Measurement } from "./names";
import { MAX_FILTER_VALUES } from "./observe";
import {
  createPendingWrites,
  isDone,
  overlay,
  type PendingWrites,
  recordWrite,
  takeAttachLatencies,
  type Wait,
} from "./pendingWrites";
import { createReader, replaceInterfaces, RESERVED_MS } from "./reader";
import { isWorthAFullRead, type Relevance } from "./relevance";
import { createReport } from "./report";
import { sleep } from "./sleep";
import {
  type Action,
  actionKey,
  type Assessment,
  type Observed,
  retrySoonMs,
  type Settings,
  type World,
} from "./types";

/** What lives as long as the function's process: never what to do, but for how long something has been so. */
export interface Memory extends Relevance {
  writes: PendingWrites;
  backoffs: Backoffs;
  firstSeen: FirstSeen;
  /** What was said of instances that aren't even waiting: the reason by instance id. */
  explained: Map<string, string>;
  /** Whether another manager was seen to work on the same pools. */
  isShared: boolean;
  /** When the last reconcile ended, by the process's clock. */
  endedMs: number;
}

export function createMemory(): Memory {
  return {
    lastRead: undefined,
    isSettled: true,
    idsReadMs: -Infinity,
    writes: createPendingWrites(),
    backoffs: new Map(),
    firstSeen: new Map(),
    explained: new Map(),
    isShared: false,
    endedMs: -Infinity,
  };
}

export interface Reconcile {
  aws: AwsCalls;
  log: Log;
  settings: Settings;
  /** What is left of the invocation's time. */
  remainingMs: () => number;
  meter: (measurements: Measurement[]) => void;
  memory: Memory;
  wakeUp: WakeUp;
}

/** After a refusal the world has moved on already. */
const REFUSED_RECHECK_MS = 300;
/** While somebody starts, only a full read shows it. */
const PENDING_RECHECK_MS = 1_000;

/** Reads of interfaces alone between two full reads, so that nobody is overlooked. */
const MAX_PARTIAL_READS = 3;
const MAX_PARTIAL_READS_OF_LATE = 1;
/** Those who wait at this pace or faster wait for what comes in a moment. */
const SOON_MS = 400;

/** What was read longer ago than this is read again before anything is taken away. */
const FRESH_EVIDENCE_MS = 2_000;

const MAX_ROUNDS = 150;

/** Actions that interfaces alone are enough for: the others may rest on who has come or gone meanwhile. */
const FINE_ON_PARTIAL: string[] = ["addressAttached", "addressReleased", "madeForIt"];

/** What a round rests on. */
interface Evidence {
  observed: Observed;
  isFullRead: boolean;
  /** When the read of what is to be taken away began. */
  beganMs: number;
  /** Interfaces that were read a second time, by their ids; nothing else is taken away on it. */
  readAgainIds?: string[];
  /** Reads of interfaces alone since the last full read. */
  partialReads: number;
}

/** What is the same in all rounds of a reconcile. */
interface Course extends Reconcile {
  reader: ReturnType<typeof createReader>;
  /** By the process's clock. */
  now: () => number;
  beganMs: number;
}

/**
 * Makes the world as promised: reads, assesses, acts, and reads again until nothing is left to do or to
 * wait for, or the time is nearly up. What is left then, the next event or the schedule takes up.
 *
 * @throws whatever a describe call throws however often it is tried, and when a launch into a warm pool
 *   can't be answered: the queue delivers the events again
 */
export async function reconcilePools(reconcile: Reconcile): Promise<void> {
  const { settings, memory, wakeUp, remainingMs } = reconcile;
  // Within an invocation the context's clock counts, which no correction of the machine's clock moves.
  const endMs = Date.now() + remainingMs();
  const now = () => endMs - remainingMs();
  // Where the clock was set back, nothing that was dated before is of use.
  if (now() < memory.endedMs) Object.assign(memory, createMemory());
  const reader = createReader(reconcile);
  const means = { settings, nowMs: now(), readInstances: reader.instances, sleep };
  try {
    if (!(await isWorthAFullRead(wakeUp, memory, means))) return;
    // Where an error ends the rounds, what is delivered again isn't answered by what was read before it.
    memory.isSettled = false;
    memory.isSettled = await runRounds({ ...reconcile, reader, now, beganMs: now() });
  } finally {
    memory.endedMs = now();
  }
}

/** @returns whether nothing is left to be done, or to be waited for */
async function runRounds(course: Course): Promise<boolean> {
  const { log, meter, settings, memory, wakeUp, reader, remainingMs, now } = course;
  const report = createReport(log, memory.explained);
  const allOutcomes: Outcome[] = [];
  const latencies: Wait[] = [];
  let evidence = await readEverything(course);
  for (let round = 1; ; round += 1) {
    const nowMs = now();
    latencies.push(...takeAttachLatencies(evidence.observed, memory.writes, nowMs));
    const world = toWorld(evidence, course, nowMs);
    const assessment = assess(world, settings);
    noteSeen(world, assessment, memory.firstSeen, nowMs);
    const due = actionsOf(assessment).filter(
      (action) => !isDone(action, memory.writes) && world.backoffs[actionKey(action)] === undefined,
    );
    const isLast = round >= MAX_ROUNDS;
    const stronger = await strengthen(evidence, due, assessment, course);
    if (stronger !== undefined) {
      evidence = stronger;
      continue;
    }
    report.assessment(assessment);
    const outcomes = await act(due, evidence, course);
    for (const outcome of outcomes) report.outcome(outcome);
    allOutcomes.push(...outcomes);
    const next = nextRound(assessment, world.backoffs, due, outcomes);
    const isOver = next === undefined || isLast;
    if (isOver || remainingMs() < next.pauseMs + reader.neededMs()) {
      report.heldBack(heldBackOf(due, outcomes, now() - evidence.beganMs));
      report.summary(
        { wokenBy: wakeUp.reasons, rounds: round, settled: next === undefined },
        assessment,
      );
      const { isScheduled } = wakeUp;
      const result = { world, assessment, nowMs, outcomes: allOutcomes, latencies, isScheduled };
      meter(measure(result, settings));
      failUnanswered(assessment, world, memory);
      return next === undefined;
    }
    await sleep(next.pauseMs);
    evidence = await readNext(evidence, assessment, next, course);
  }
}

async function readEverything({ reader, memory, wakeUp, now, beganMs }: Course): Promise<Evidence> {
  const readBeganMs = now();
  const observed = await reader.everything();
  const { receivedMs } = wakeUp;
  const queueMs = receivedMs === undefined ? undefined : receivedMs + readBeganMs - beganMs;
  memory.lastRead = { ...observed, beganMs: readBeganMs, queueMs };
  const since = { beganMs: readBeganMs, partialReads: 0 };
  return { observed, isFullRead: true, ...since };
}

function toWorld(evidence: Evidence, { memory, wakeUp }: Course, nowMs: number): World {
  const { observed, isFullRead } = evidence;
  const own = overlay(observed, memory.writes, nowMs);
  return {
    ...observed,
    ...own,
    ageMs: { ...agesOf(memory.firstSeen, observed.interfaces, nowMs), ...own.ageMs },
    backoffs: currentBackoffs(memory.backoffs, observed.instances, nowMs),
    reportedRunningIds: wakeUp.reportedRunningIds,
    reportedLaunchIds: wakeUp.reportedLaunchIds,
    warmPoolLaunches: wakeUp.warmPoolLaunches,
    isFullRead,
  };
}

/** Detachments come first, since what they rest on must not grow old, and what nobody waits for last. */
function actionsOf({ interfaces, claims, hooks }: Assessment): Action[] {
  const found = [...claims, ...interfaces, ...hooks].flatMap(({ action }) => action ?? []);
  const detaches = found.filter(({ kind }) => kind === "detach");
  return [...detaches, ...found.filter(({ kind }) => kind !== "detach")];
}

/** Reads more where what is due needs it; undefined where the evidence is good enough. */
async function strengthen(
  evidence: Evidence,
  due: Action[],
  { hooks }: Assessment,
  course: Course,
): Promise<Evidence | undefined> {
  const { reader, now } = course;
  if (!evidence.isFullRead) {
    const isHookUndecided = hooks.some(({ recheckMs }) => recheckMs === 0);
    const isFine = due.every(({ because }) => FINE_ON_PARTIAL.includes(because));
    if (isHookUndecided || !isFine) return readEverything(course);
  }
  const takenIds = due.flatMap((action) => (takesAway(action) ? action.networkInterfaceId : []));
  const isFresh = now() - evidence.beganMs < FRESH_EVIDENCE_MS;
  const isReadAgain = evidence.readAgainIds !== undefined;
  if (takenIds.length === 0 || isFresh || isReadAgain) return undefined;
  const beganMs = now();
  const readAgainIds = takenIds.slice(0, MAX_FILTER_VALUES);
  const observed = await reader.again(readAgainIds, evidence.observed);
  return { ...evidence, beganMs, readAgainIds, observed };
}

/** Carries out what is due, and keeps in mind what came of it. */
async function act(due: Action[], evidence: Evidence, course: Course): Promise<Outcome[]> {
  const { aws, settings, memory, remainingMs, now } = course;
  const { readAgainIds } = evidence;
  const isEvident = (action: Action) =>
    !takesAway(action) || (readAgainIds?.includes(action.networkInterfaceId) ?? true);
  const applied = await applyActions(due.filter(isEvident), aws, {
    settings,
    // Not all that slow reads need: where one takes half of the time it would lead to nothing.
    remainingMs: () => remainingMs() - RESERVED_MS,
    evidenceAgeMs: () => now() - evidence.beganMs,
    isShared: memory.isShared,
  });
  if (applied.filter(isLostRace).length > 1) memory.isShared = true;
  return applied.map((outcome) => {
    recordWrite(outcome, memory.writes, now());
    return recordRefusal(outcome, memory.backoffs, evidence.observed.instances, now());
  });
}

interface NextRound {
  pauseMs: number;
  /** How many times in a row interfaces alone may be read; none: everything. */
  maxPartialReads: number;
  /** Whether nothing need be read: what was just made is known from EC2's own answer. */
  isKnown?: boolean;
}

/** When to read again, and what; undefined when there is nothing to wait for. */
function nextRound(
  assessment: Assessment,
  backoffs: World["backoffs"],
  due: Action[],
  outcomes: Outcome[],
): NextRound | undefined {
  const { interfaces, claims, hooks } = assessment;
  const isRefused = outcomes.some(({ refusal }) => refusal !== undefined);
  if (isRefused || outcomes.length < due.length) {
    return { pauseMs: REFUSED_RECHECK_MS, maxPartialReads: 0 };
  }
  if (outcomes.some(({ action }) => action.kind === "create")) {
    return { pauseMs: 0, maxPartialReads: 0, isKnown: true };
  }
  const statuses = [...interfaces, ...claims, ...hooks];
  const refusals = actionsOf(assessment).flatMap((action) => backoffs[actionKey(action)] ?? []);
  const pauses = [...statuses.map(({ recheckMs }) => recheckMs), retrySoonMs(refusals)].filter(
    (pause) => pause !== undefined,
  );
  if (pauses.length === 0) return undefined;
  const pauseMs = pauses.reduce((least, one) => Math.min(least, one));
  // The event of an instance that starts meanwhile waits in the queue: only a full read shows it.
  if (claims.some(({ state }) => state === "pending")) {
    return { pauseMs: Math.min(pauseMs, PENDING_RECHECK_MS), maxPartialReads: 0 };
  }
  if (claims.some(({ state }) => state === "refused")) return { pauseMs, maxPartialReads: 0 };
  const isLate = [...claims, ...hooks].some(({ recheckMs = 0 }) => recheckMs > SOON_MS);
  return { pauseMs, maxPartialReads: isLate ? MAX_PARTIAL_READS_OF_LATE : MAX_PARTIAL_READS };
}

async function readNext(
  evidence: Evidence,
  { interfaces }: Assessment,
  { maxPartialReads, isKnown }: NextRound,
  course: Course,
): Promise<Evidence> {
  if (isKnown) return { ...evidence, readAgainIds: undefined };
  const moving = interfaces.filter(({ state }) => state === "attaching" || state === "returning");
  const ids = moving.flatMap(({ networkInterfaceId }) => networkInterfaceId ?? []);
  const isPartial = evidence.partialReads < maxPartialReads && ids.length <= MAX_FILTER_VALUES;
  if (!isPartial || ids.length === 0) return readEverything(course);
  const { observed, partialReads } = evidence;
  const read = await course.reader.interfaces(ids);
  const all = replaceInterfaces(observed.interfaces, ids, read);
  return {
    ...evidence,
    observed: { ...observed, interfaces: all },
    isFullRead: false,
    partialReads: partialReads + 1,
  };
}

/** What is due and wasn't begun. */
function heldBackOf(due: Action[], outcomes: Outcome[], evidenceAgeMs: number) {
  const begun = new Set(outcomes.map(({ action }) => action));
  const ageSeconds = Math.round(evidenceAgeMs / 1000);
  return due
    .filter((action) => !begun.has(action))
    .map((action) => ({
      action,
      why: takesAway(action)
        ? `what it rests on was read ${ageSeconds} s ago`
        : "the time of the invocation is up, or others were quicker",
    }));
}

/** @throws Error where a launch into a warm pool may still be answered, which only its event's token does */
function failUnanswered({ hooks }: Assessment, { backoffs }: World, { writes }: Memory): void {
  const open = hooks.flatMap(({ action }) => {
    if (action?.kind !== "complete" || action.lifecycleActionToken === undefined) return [];
    // Of an event that came twice it was the reconcile before that answered.
    const isHopeless = backoffs[actionKey(action)]?.permanent === true;
    return isDone(action, writes) || isHopeless ? [] : action.instanceId;
  });
  if (open.length === 0) return;
  throw new Error(`the launch of ${open.join(", ")} into its warm pool wasn't answered`);
}
