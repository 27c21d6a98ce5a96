import { formatSpread, growthAgainstSorting, medianOf, type Part, type Row } from "./figures";
import { createWorld, planWorld, WORLDS } from "./planning";

const COUNTS = [10, 100, 1_000, 10_000];
const LARGEST_COUNT = 10_000;
/** Below, what the plan costs by itself still shows. */
const GROWS_FROM_COUNT = 100;
const RUN_COUNT = 9;
/** Until the compiler has seen it often enough. */
const WARM_UP_COUNT = 200;
const TARGET_MS = 100;
/** What is quadratic grows fifty times as fast in this range; what caches and garbage cost is less. */
const MOST_OVER_SORTING = 2;

interface Timing {
  count: number;
  planMs: number[];
  /** Of a mere sorting of what is planned for. */
  sortMs: number[];
}

/** Times the plan in every world and size. */
export function measurePlans(): Part {
  const kinds = Object.keys(WORLDS);
  for (const kind of kinds) {
    const small = createWorld(kind, GROWS_FROM_COUNT);
    for (let run = 0; run < WARM_UP_COUNT; run += 1) planWorld(small);
  }
  const timings = kinds.map((kind) => COUNTS.map((count) => timePlan(kind, count)));
  const rows = timings.flatMap((ofKind, index) => ofKind.map((one) => toRow(kinds[index], one)));
  const growths = timings.map((ofKind) => growthOf(ofKind, ({ planMs }) => planMs));
  const floors = timings.map((ofKind) => growthOf(ofKind, ({ sortMs }) => sortMs));
  rows.push({
    what: `Growth from ${GROWS_FROM_COUNT} to ${LARGEST_COUNT.toLocaleString("en")} over that of n log n`,
    figure: formatSpread(growths, 2),
    floor: formatSpread(floors, 2),
    target: `that of n log n: below ${MOST_OVER_SORTING}`,
    isMet: Math.max(...growths) < MOST_OVER_SORTING,
  });
  const notes = [
    `\`planPools\` alone, ${RUN_COUNT} times after the compiler has warmed up, with as many instances as interfaces; time of the processor, so that what else runs on the machine doesn't count. The floor is the sorting of the addresses and of the launch times alone, in the same process. A growth over that of n log n of 1 is just as fast; what is quadratic would have 50, and what is above 1 goes to the processor's caches and to collecting garbage.`,
  ];
  return { title: "Plan", rows, notes };
}

function timePlan(kind: string, count: number): Timing {
  const world = createWorld(kind, count);
  const addresses = world.interfaces.map(({ address }) => address);
  const launches = Object.values(world.instances).map(({ launchTime }) => launchTime);
  const perLargest = LARGEST_COUNT / count;
  return {
    count,
    planMs: timeRuns(2 * perLargest, () => planWorld(world)),
    sortMs: timeRuns(
      20 * perLargest,
      () => [...addresses].sort().length + [...launches].sort().length,
    ),
  };
}

/**
 * In milliseconds of the processor, so that what else runs on the machine doesn't count; its clock ticks
 * slowly, so each time is that of many runs.
 */
function timeRuns(repeatCount: number, run: () => number): number[] {
  return Array.from({ length: RUN_COUNT }, () => {
    const before = process.threadCpuUsage();
    for (let repeat = 0; repeat < repeatCount; repeat += 1) run();
    const { user, system } = process.threadCpuUsage(before);
    return (user + system) / 1000 / repeatCount;
  });
}

function toRow(kind: string | undefined, { count, planMs, sortMs }: Timing): Row {
  const row = {
    what: `${count.toLocaleString("en")} interfaces, ${kind}`,
    figure: formatSpread(planMs, 3, " ms"),
    floor: `${medianOf(sortMs).toFixed(3)} ms`,
  };
  if (count !== LARGEST_COUNT) return row;
  return { ...row, target: `under ${TARGET_MS} ms`, isMet: medianOf(planMs) < TARGET_MS };
}

function growthOf(timings: Timing[], timesOf: (timing: Timing) => number[]): number {
  const at = (wanted: number) => {
    const found = timings.find(({ count }) => count === wanted);
    if (found === undefined) throw new Error(`${wanted} was not timed`);
    return { count: wanted, ms: medianOf(timesOf(found)) };
  };
  return growthAgainstSorting(at(GROWS_FROM_COUNT), at(LARGEST_COUNT));
}
