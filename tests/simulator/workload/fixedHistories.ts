import assert from "node:assert/strict";
import { type Fault, FAULT_NAMES } from "../../../simulator/faults";
import {
  type HistoryOptions,
  type Outcome,
  playHistory,
} from "../../../simulator/workload/history";
import { replayCommand } from "../../../simulator/workload/shrink";
import { worldOf } from "../../../simulator/workload/worlds";
import { deploy } from "../stage";

const STEPS = 50;

/** A history that is played again whenever the code changes. */
export interface FixedHistory extends Omit<HistoryOptions, "steps" | "listener"> {
  /** What a history like this one once found. */
  found?: string;
}

const numbersTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

/** Faults are drawn from the seed. */
export const drawnHistories: FixedHistory[] = numbersTo(160).map((seed) => ({ seed }));

/** So many of the drawn ones are played at every change, the others in the slow tier. */
export const QUICK_COUNT = 7;

/** Histories in which a promise was broken once. */
export const foundHistories: FixedHistory[] = Object.entries({
  3431: "an interface made on demand was deleted, since one read lacked its instance",
  467: "an interface made on demand for an instance that has another's was not deleted",
  5249: "an instance that stops while it is parked",
  5291: "the token of an interface that a person gave to another instance",
  100069: "a doubled event that came late",
  1795638343395: "an instance that was told to go on without an address",
  195: "an address that a person took off just before a launch with another root volume",
  3264: "an address that lost its tag between a look and its launch going on",
  8607: "an address that lost its tag while its instance was being launched out of the warm pool",
  4320: "an address that a person took off between a look and its launch going on",
  9344: "an address that a person took off while the function stood still",
  6844: "an address that the manager took off, and a read still showed",
  5125: "an address whose detachment got nowhere, beside its successor",
}).map(([seed, found]) => ({ seed: Number(seed), found }));

/** The function calls AWS by the SDK of its archive. */
export const bundledHistories: FixedHistory[] = numbersTo(3).map((seed) => ({
  seed,
  clients: "bundle",
}));

/** Faults that found something together, or should have. */
const TOGETHER: Fault[][] = [
  ["readStale", "pagesShift"],
  ["readStale", "tagsLate", "launchFails"],
  ["functionKilled", "answerLost", "callLies"],
  ["secondManager", "callLate", "readStale"],
];

/** By the faults that are set in the place of drawn ones: each alone, some together, and none. */
export const historiesByFaults: Record<string, FixedHistory[]> = Object.fromEntries(
  [...FAULT_NAMES.map((name) => [name]), ...TOGETHER, []].map((only) => [
    only.length === 0 ? "no fault" : only.join(", "),
    numbersTo(5).map((seed) => ({ seed, only })),
  ]),
);

/** Plays a history of so many steps as all fixed ones have, in the world of its seed. */
export async function playFixed(options: Omit<HistoryOptions, "steps">): Promise<Outcome> {
  const { pools, existing } = worldOf(options.seed);
  return playHistory(await deploy(pools, existing), { ...options, steps: STEPS });
}

/** Plays a history and wants every promise kept; the command in the message replays it. */
export async function holdHistory(options: Omit<HistoryOptions, "steps">): Promise<void> {
  const { broken, faults } = await playFixed(options);
  const replay = replayCommand({ ...options, steps: STEPS });
  assert.deepEqual(broken, [], `${replay}\n${faults.join("\n")}`);
}
