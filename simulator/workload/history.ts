import { type Deployment } from "../deploy/engine";
import { type Fault, Faults } from "../faults";
import { Chance } from "./chance";
import { operate, undoOperations } from "./operations";
import { ExpectedState } from "../checkers/expectedState";
import {
  findUnmet,
  isConverged,
  QUIET_SECONDS,
  RECOVERY_SECONDS,
  REMEMBERED_SECONDS,
} from "../checkers/liveness";
import type { JournalEntry } from "../views/journal";
import { SafetyChecker } from "../checkers/safety";
import { Random } from "../runtime/random";
import { Region } from "../aws/region";

/** A manager that nobody coordinates with another may be at the last round of a reconcile. */
const LAST_ROUND_SECONDS = 5;
/** Between two operations, in milliseconds. */
const STEP_MS = [500, 25_000] as const;
/** A shorter history is the beginning of one with so many operations: the faults are drawn for that. */
const LEAST_STEPS_OF_FAULTS = 50;

/** Whoever was sent on standby is there by then. */
const UNDER_WAY_SECONDS = 3;
/** A batch that was lost with its process keeps the queue's group blocked for its visibility time-out. */
const BLOCKED_SECONDS = 60;
/** What faults left under way has landed by then: the latest event, the slowest attachment. */
const SETTLE_SECONDS = 365;

export interface HistoryOptions {
  seed: number;
  /** How many operations. */
  steps: number;
  /** By which clients the function calls AWS. */
  clients?: "bundle" | "inProcess";
  /** Is told everything that happens. */
  listener?: (entry: JournalEntry) => void;
  /** These faults; absent: drawn from the seed. */
  only?: Fault[];
}

/** What became of a history: what was broken, in words, and what it was made of. */
export interface Outcome {
  broken: string[];
  faults: string[];
  /** The faults by name, as {@link HistoryOptions.only} takes them. */
  kinds: Fault[];
}

/** Plays random operations of people, groups and machines under random faults, then lets all heal. */
export async function playHistory(
  deployment: Deployment,
  { seed, steps, clients = "inProcess", listener, only }: HistoryOptions,
): Promise<Outcome> {
  const spanMs = (Math.max(steps, LEAST_STEPS_OF_FAULTS) * (STEP_MS[0] + STEP_MS[1])) / 2;
  const region = await Region.open(deployment, {
    seed,
    clients,
    listener,
    faults: (clock) => Faults.draw(seed, clock, spanMs, only),
  });
  try {
    const promises = new SafetyChecker(region);
    const chance = new Chance(region, new Random(seed ^ 0x5eed));
    for (let step = 0; step < steps; step += 1) {
      operate(chance);
      await region.run(chance.random.between(STEP_MS) / 1000);
    }
    // What EC2 refuses for good must not keep others waiting meanwhile.
    region.faults.heal("placeRefused");
    await region.run(UNDER_WAY_SECONDS);
    undoOperations(chance);
    await region.run(BLOCKED_SECONDS);
    region.onSecond(() => {
      promises.sample();
      return Promise.resolve();
    });
    await region.run(SETTLE_SECONDS);
    region.faults.heal();
    const state = new ExpectedState(region);
    const recoverySeconds =
      RECOVERY_SECONDS + (region.faults.mayStrike("placeRefused") ? REMEMBERED_SECONDS : 0);
    if (!(await region.run(recoverySeconds, () => isConverged(region, state)))) {
      const unmet = findUnmet(region, state);
      promises.broken.push(...unmet.map(({ text }) => `not recovered: ${text}`));
    }
    await region.run(LAST_ROUND_SECONDS);
    const from = region.journal.entries.length;
    await region.run(QUIET_SECONDS);
    const thrash = region.journal.entries
      .slice(from)
      .filter(({ source, facts }) => source === "call" && facts?.mutates === true);
    promises.broken.push(...thrash.map(({ text }) => `no rest: ${text}`));
    return outcomeOf(region, promises.broken);
  } catch (error) {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return outcomeOf(region, [`it can't be played: ${what}`]);
  } finally {
    await region.close();
  }
}

function outcomeOf({ faults }: Region, broken: string[]): Outcome {
  const kinds = faults.periods.map(({ fault }) => fault);
  return { broken, faults: faults.describe(), kinds };
}
