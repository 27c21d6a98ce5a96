import assert from "node:assert/strict";
import type { Clock } from "../../../simulator/runtime/clock";
import { type Fault, Faults } from "../../../simulator/faults";
import { findUnmet } from "../../../simulator/checkers/liveness";
import { SafetyChecker } from "../../../simulator/checkers/safety";
import { scenarioByName } from "../../../simulator/scenarios";
import { networkScenarios } from "../../../simulator/scenarios/networks";
import { playScenario } from "../../../simulator/scenarios/scenario";
import { type StageOptions, withStage } from "../stage";
import { deploymentFor } from "./plays";

/** Those that wait for what they expect, however long a kill delays it. */
export const patientScenarios = [
  "replace",
  "scale-out",
  "lost-event",
  "stop-start",
  ...Object.keys(networkScenarios),
];

/** Where the function's process ends: before AWS has carried out this call, or after. Calls count from 1. */
export interface KillMoment {
  call: number;
  side: "before" | "after";
}

/** A batch that was lost with its process comes back after the queue's visibility time-out. */
const BLOCKED_SECONDS = 60;
/** What wakes the manager when nothing happens. */
const tick = { source: "aws.events", detailType: "Scheduled Event", resources: [], detail: {} };
/** One round of the schedule. */
const ROUND_SECONDS = 65;

/** What was on its way when a process ended is over by then, and no batch is back. */
const NEXT_PROCESS_MS = 10_000;

/** Counts the calls of a run that AWS takes up, and ends the function's process at one of them. */
export class Killer {
  calls = 0;
  kills = 0;
  lastKillMs = -Infinity;

  /** @param maxKills more than one: the next processes end at their first calls */
  constructor(
    readonly moment: KillMoment,
    readonly maxKills = 1,
  ) {}

  /** No other faults than these. */
  faults(clock: Clock): Faults {
    const strikes = (fault: Fault): boolean => {
      if (fault !== "functionKilled") return false;
      this.calls += 1;
      const isInProcess = clock.nowMs >= this.lastKillMs + NEXT_PROCESS_MS;
      if (this.calls < this.moment.call || this.kills === this.maxKills || !isInProcess)
        return false;
      this.kills += 1;
      this.lastKillMs = clock.nowMs;
      return true;
    };
    // What the wire tosses for is the side.
    return Object.assign(Faults.none(clock), {
      strikes,
      coin: () => this.moment.side === "before",
    });
  }
}

/** What became of a run whose process was killed. */
export interface Crash {
  /** Everything that is not as promised, in words. */
  broken: string[];
  /** Calls up to the end of the scenario. */
  calls: number;
  /** Those of them of the first sync, whose event no queue delivers again. */
  firstSyncCalls: number;
  /** Those of them before the first operation. */
  callsBefore: number;
  /** Those of them that change something, by their numbers. */
  writes: number[];
  /** Instances that ever were: one more than without kills is a launch that was given up. */
  launches: number;
  kills: number;
  /** Whether a message was received again. */
  cameBack: boolean;
}

/** Plays a scenario with a killer, then a round of the schedule in which nothing may be left to do. */
async function playKilled(name: string, killer: Killer): Promise<Crash> {
  const scenario = scenarioByName(name);
  let callsBefore: number | undefined;
  let firstSyncCalls = 0;
  const writes: number[] = [];
  const options: StageOptions = {
    deployment: await deploymentFor(scenario),
    clients: "inProcess",
    faults: (clock) => killer.faults(clock),
    listener: ({ source, text, facts }) => {
      if (text.endsWith("-first-sync was answered")) firstSyncCalls = killer.calls;
      if (source === "operator") callsBefore ??= killer.calls;
      if (source === "call" && facts?.mutates === true) writes.push(killer.calls);
    },
  };
  return withStage(options, async (stage) => {
    const { region, addressHistory } = stage;
    const promises = new SafetyChecker(region);
    let cameBack = false;
    region.wire.onCall(() => {
      const messages = [...region.queues.values()].flatMap((queue) => queue.messages);
      cameBack ||= messages.some(({ receiveCount }) => receiveCount > 1);
      return () => undefined;
    });
    // From the moment when the last batch is back, what is open has the time that is promised, unless all
    // events are lost by the scenario's will, those of the schedule included.
    region.onSecond(() => {
      const { kills, maxKills, lastKillMs } = killer;
      const isBack = region.clock.nowMs >= lastKillMs + BLOCKED_SECONDS * 1000;
      if (kills === maxKills && isBack && !region.eventBridge.loses(tick)) promises.sample();
      return Promise.resolve();
    });
    const faults = await playScenario(scenario, stage);
    // Others look after a time, and a batch that is back after minutes may come later: what is so in the end counts.
    const broken = killer.maxKills === 0 || patientScenarios.includes(name) ? faults : [];
    const { calls } = killer;
    const writesTo = [...writes];
    await region.run(BLOCKED_SECONDS * Math.max(1, killer.maxKills));
    const from = region.journal.entries.length;
    await region.run(ROUND_SECONDS);
    const thrash = region.journal.entries
      .slice(from)
      .filter(({ facts }) => facts?.mutates === true);
    broken.push(...promises.broken, ...addressHistory.findLost());
    broken.push(...findUnmet(region).map(({ text }) => `in the end: ${text}`));
    broken.push(...thrash.map(({ text }) => `no rest: ${text}`));
    const errors = region.lambda?.errors ?? [];
    broken.push(...errors.filter((error) => error !== "Runtime exited"));
    return {
      broken,
      calls,
      firstSyncCalls,
      callsBefore: callsBefore ?? 0,
      writes: writesTo,
      launches: region.ec2.instances.size,
      kills: errors.length,
      cameBack,
    };
  });
}

/** Plays a scenario in which nobody is killed, which tells what it takes; nothing is broken then. */
export async function playWhole(name: string): Promise<Crash> {
  const crash = await playKilled(name, new Killer({ call: Infinity, side: "before" }, 0));
  const { broken, kills, cameBack } = crash;
  assert.deepEqual({ broken, kills, cameBack }, { broken: [], kills: 0, cameBack: false });
  assert.ok(crash.calls >= 30, `${name} makes ${crash.calls} calls`);
  return crash;
}

/**
 * The moments worth a kill: both sides of each call that changes something, and up to three calls of each
 * gap between two such, in which AWS moves by itself. A kill at any other read leaves AWS as these do.
 *
 * @param from the first call that counts
 */
export function killMoments({ calls, writes }: Crash, from = 1): KillMoment[] {
  const moments: KillMoment[] = [];
  let last = from - 1;
  for (const write of [...writes, calls + 1].filter((call) => call >= from)) {
    const gap = Array.from({ length: write - last - 1 }, (_, index) => last + 1 + index);
    const picked = new Set([gap[0], gap[Math.floor(gap.length / 2)], gap.at(-1)]);
    for (const call of picked) if (call !== undefined) moments.push({ call, side: "before" });
    if (write <= calls) {
      moments.push({ call: write, side: "before" }, { call: write, side: "after" });
    }
    last = write;
  }
  return moments;
}

/** Plays with a killer: it killed, a batch of the queue's came back, nothing was broken and no launch given up. */
export async function assertSurvives(name: string, killer: Killer, whole: Crash): Promise<void> {
  const { broken, kills, cameBack, launches } = await playKilled(name, killer);
  const { moment, maxKills } = killer;
  const isOfQueue = maxKills > 1 || moment.call > whole.firstSyncCalls;
  const expected = { broken: [], kills: maxKills, cameBack: isOfQueue, launches: whole.launches };
  assert.deepEqual({ moment, broken, kills, cameBack, launches }, { moment, ...expected });
}
