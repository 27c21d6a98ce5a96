import { checkLeastLimits } from "../components/networkInterfaceManager/limits";
import { scopeOf } from "../components/networkInterfaceManager/pools";
import { bigRegion } from "../simulator/scenarios/bigRegion";
import { deployScenario, type Measurement } from "../simulator/scenarios/scenario";
import { OLDEST_SECONDS, playSteadyNoise, steadyNoise } from "../simulator/scenarios/steadyNoise";
import type { Part, Row } from "./figures";
import { measureIn, STACK } from "./measure";

/** What no more than one of the limits has to do with, and what AWS takes at the very most. */
const MOST_POOLS = 2_000;
const NAME_LENGTHS = [4, 10, 20, 40];

const HOLDER_COUNTS = [5_000, 10_000, 20_000, 40_000];
const EVENT_RATES = [10, 20, 50, 100, 200, 400];
const RATE_SECONDS = 60;

/** Finds how much one manager takes. */
export async function measureLimits(): Promise<Part> {
  const rows = [
    toRow(
      "Instances in sync, of which one that is stopping is detached within one sync",
      await mostOf(HOLDER_COUNTS, isDetachedInTime),
      HOLDER_COUNTS,
    ),
    toRow(
      `Unrelated events a second, none of which waits for more than ${OLDEST_SECONDS} s`,
      await mostOf(EVENT_RATES, isKeptUpWith),
      EVENT_RATES,
    ),
    ...NAME_LENGTHS.map((length): Row => ({
      what: `Pools with names of ${length} characters`,
      figure: mostPools(length).toLocaleString("en"),
      floor: "",
    })),
  ];
  const notes = [
    `Of instances and events ${[HOLDER_COUNTS, EVENT_RATES].map((tried) => tried.map((one) => one.toLocaleString("en")).join(", ")).join("; and ")} were played, at the function's memory size, until one was too many. Events come for ${RATE_SECONDS} s at the rate, with 100 instances in sync.`,
    "Pools are as many as the manager's own check of its limits takes: the policy of its role has at most 10,240 characters, and the environment of its function 4,096 bytes. Names of pools stand in both. A pool with settings of its own, or several pools on one instance, take more. Pools beyond that, and instances and events beyond the others, are for another manager.",
  ];
  return { title: "Limits of one manager", rows, notes };
}

function toRow(what: string, most: number, tried: number[]): Row {
  const isOpen = most === tried.at(-1);
  const figure = most === 0 ? `fewer than ${tried[0]}` : most.toLocaleString("en");
  return { what, figure: `${figure}${isOpen ? " or more" : ""}`, floor: "" };
}

/** The largest of these that holds, up to the first that doesn't; 0 where none does. */
async function mostOf(
  tried: number[],
  holds: (count: number) => Promise<boolean>,
): Promise<number> {
  let most = 0;
  for (const count of tried) {
    if (!(await holds(count))) break;
    most = count;
  }
  return most;
}

async function isDetachedInTime(count: number): Promise<boolean> {
  const measurement = bigRegion({}, [count]);
  const targets = await playIn(measurement, async (stage) => {
    return (await measurement.measure(stage)).targets;
  });
  return targets.every(({ found, wanted }) => found <= wanted);
}

async function isKeptUpWith(eventsPerSecond: number): Promise<boolean> {
  const load = await playIn(steadyNoise(), (stage) =>
    playSteadyNoise(stage, eventsPerSecond, RATE_SECONDS),
  );
  return load.oldestSeconds <= OLDEST_SECONDS;
}

async function playIn<Result>(
  measurement: Measurement,
  play: Parameters<typeof measureIn<Result>>[2],
): Promise<Result> {
  const deployment = await deployScenario(STACK, measurement);
  return measureIn(deployment, { ...measurement.options, seed: 1 }, play);
}

/** As many pools with names of this length as a manager takes. */
export function mostPools(nameLength: number): number {
  let [fits, tooMany] = [0, MOST_POOLS];
  while (tooMany - fits > 1) {
    const middle = (fits + tooMany) >> 1;
    if (fitsLimits(middle, nameLength)) fits = middle;
    else tooMany = middle;
  }
  return fits;
}

function fitsLimits(count: number, nameLength: number): boolean {
  const names = Array.from({ length: count }, (_, number) =>
    number.toString(36).padStart(nameLength, "p"),
  );
  return checkLeastLimits("manager", scopeOf(undefined, names), "wait").length === 0;
}
