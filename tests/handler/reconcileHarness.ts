/** Reconciles against the small EC2, on a clock that only pauses and specs move. */
import { mock } from "node:test";
import type { Log } from "../../handler/clients";
import type { News, WakeUp } from "../../handler/events";
import type { Measurement } from "../../handler/names";
import { createMemory, type Memory, reconcilePools } from "../../handler/reconcile";
import { type Behaviour, ec2Of, type SmallEc2 } from "./smallEc2";

export interface Circumstances {
  /** How long the invocation may take. */
  invocationMs?: number;
  memory?: Memory;
  /** What woke it; the schedule if absent. */
  wakeUp?: Partial<WakeUp>;
}

export interface Run {
  /** What was called, in order, the three parts of a full read put together. */
  steps: string[];
  /** Of the calls, those that change something. */
  changes: string[];
  /** The same, each with the seconds since the reconcile began. */
  timeline: string[];
  pauses: number[];
  /** What was logged: the level and the text of each line. */
  lines: string[];
  /** What was logged beside each line. */
  facts: unknown[];
  summaries: unknown[];
  /** What was measured, reconcile by reconcile. */
  measured: Measurement[][];
}

export interface Clock {
  nowMs: number;
  /** How far a correction has moved the machine's clock, but not the invocation's. */
  correctionMs: number;
}

interface Reconcile {
  (world: string, circumstances?: Circumstances & Behaviour): Promise<Run>;
  (region: SmallEc2, circumstances?: Circumstances): Promise<Run>;
}

/** To be called in a describe: time stands still until a pause, and every pause is over at once. */
export function useReconcile(): { clock: Clock; reconcile: Reconcile } {
  const clock: Clock = { nowMs: 0, correctionMs: 0 };
  let pauses: number[] = [];

  beforeEach(() => {
    clock.nowMs = Date.UTC(2026, 0, 1);
    clock.correctionMs = 0;
    mock.method(Date, "now", () => clock.nowMs + clock.correctionMs);
    mock.method(globalThis, "setTimeout", (resume: () => void, ms: number) => {
      pauses.push(ms);
      clock.nowMs += ms;
      resume();
    });
  });

  afterEach(() => {
    mock.restoreAll();
  });

  return {
    clock,
    reconcile: async (world: string | SmallEc2, circumstances: Circumstances & Behaviour = {}) => {
      pauses = [];
      const region = typeof world === "string" ? ec2Of(world, circumstances) : world;
      const { invocationMs = 60_000, memory = createMemory(), wakeUp } = circumstances;
      const beginMs = clock.nowMs;
      const endMs = beginMs + invocationMs;
      const changes: string[] = [];
      const timeline: string[] = [];
      region.onCall = (call) => {
        if (!/^(create|attach|modify|detach|delete|complete|heartbeat) /.test(call)) return;
        changes.push(call);
        timeline.push(`${Math.round((clock.nowMs - beginMs) / 100) / 10} s: ${call}`);
      };
      const callsBefore = region.calls.length;
      const { log, ...book } = createLogbook();
      const measured: Measurement[][] = [];
      await reconcilePools({
        aws: region.aws,
        log,
        meter: (measurements) => measured.push(measurements),
        settings: region.chosen,
        memory,
        wakeUp: {
          ...{ reasons: ["schedule"], isScheduled: true, concernsAll: true, isFirst: false },
          ...{ news: [], tagNews: [], reportedRunningIds: [], reportedLaunchIds: [] },
          warmPoolLaunches: [],
          ...wakeUp,
        },
        remainingMs: () => endMs - clock.nowMs,
      });
      const steps = stepsOf(region.calls.slice(callsBefore));
      return { steps, changes, timeline, pauses, measured, ...book };
    },
  };
}

/** News of some instances, of which the queue was given the last just now, as a rule. */
export function newsOf(
  kind: News["kind"],
  instanceIds: string[],
  sentMs: number,
  receivedMs = sentMs,
): Partial<WakeUp> {
  return {
    reasons: instanceIds.map((id) => `${kind} of ${id}`),
    isScheduled: false,
    concernsAll: false,
    news: instanceIds.map((instanceId) => ({ instanceId, kind, sentMs })),
    receivedMs,
  };
}

/** Throws an error at calls that begin like this, so many times. */
export function refusing(start: string, error: Error, times = Infinity): Behaviour["before"] {
  let left = times;
  return (call) => {
    if (!call.startsWith(start) || left === 0) return;
    left -= 1;
    throw error;
  };
}

/** Changes the region just before the nth read of interfaces, all or some. */
export function beforeRead(nth: number, change: (region: SmallEc2) => void): Behaviour["before"] {
  let reads = 0;
  return (call, region) => {
    if (!call.startsWith("interfaces by ")) return;
    reads += 1;
    if (reads === nth) change(region);
  };
}

function createLogbook(): { log: Log } & Pick<Run, "lines" | "facts" | "summaries"> {
  const lines: string[] = [];
  const facts: unknown[] = [];
  const summaries: unknown[] = [];
  const writer =
    (level: string): Log["info"] =>
    (input, ...extra) => {
      lines.push(`${level}: ${typeof input === "string" ? input : input.message}`);
      const [fact] = extra;
      facts.push(fact);
      if (typeof fact === "object" && "summary" in fact) summaries.push(fact.summary);
    };
  const log = { info: writer("info"), warn: writer("warn"), error: writer("error") };
  return { log, lines, facts, summaries };
}

/** The facts of a reconcile of one round that found nothing to do, but for what is given. */
export function summary(facts: object): object {
  const moves = { create: 0, attach: 0, endWithInstance: 0, detach: 0, delete: 0 };
  const counts = { ...moves, complete: 0, heartbeat: 0, refused: 0 };
  const rest = { wokenBy: ["schedule"], rounds: 1, settled: true, waits: 0, problems: 0 };
  return { ...rest, ...counts, ...facts };
}

export const FULL_READ = "read everything";

/** The parts of a full read; they run at once, so their order means nothing. */
export const READS = [
  "groups by tag-key=pool-tag",
  "instances by tag-key=pool-tag",
  "interfaces by tag-key=pool-tag",
];

/** The read of some interfaces alone. */
export function readOf(...networkInterfaceIds: string[]): string {
  return `interfaces by network-interface-id=${networkInterfaceIds.join(",")}`;
}

function stepsOf(calls: string[]): string[] {
  const steps: string[] = [];
  for (let at = 0; at < calls.length; at++) {
    const kinds = calls.slice(at, at + 3).map((call) => /^(\w+) by tag/.exec(call)?.[1]);
    const isFullRead = kinds.sort().join() === "groups,instances,interfaces";
    if (isFullRead) at += 2;
    steps.push(isFullRead ? FULL_READ : (calls[at] ?? ""));
  }
  return steps;
}
