import { GCProfiler } from "node:v8";
import type { World } from "../handler/types";
import { formatSpread, growthAgainstSorting, medianOf, type Part, type Row } from "./figures";
import { createWorld, planWorld, WORLDS } from "./planWorlds";
import { countPlanSteps } from "./countSteps";

const COUNTS = [10, 100, 1_000, 10_000];
const LARGEST_COUNT = 10_000;
/** Below, what the plan costs by itself still shows. */
const GROWS_FROM_COUNT = 100;
const RUN_COUNT = 9;
/** Until the compiler has seen it often enough. */
const WARM_UP_COUNT = 200;
const TARGET_MS = 100;

/** One world in one size. */
export interface Timing {
  kind: string;
  count: number;
  planMs: number[];
  /** What of it went to collecting garbage. */
  garbageMs: number[];
  /** Of what no plan can do without. */
  floorMs: number[];
  /** Blocks of the handler's code that one plan runs. */
  steps: number;
}

/** Times the plan in every world and size, and counts its steps. */
export function measurePlans(): Part {
  const kinds = Object.keys(WORLDS);
  for (const kind of kinds) {
    const small = createWorld(kind, GROWS_FROM_COUNT);
    for (let run = 0; run < WARM_UP_COUNT; run += 1) {
      planWorld(small);
      touchAll(small);
    }
  }
  const sizes = kinds.flatMap((kind) => COUNTS.map((count) => ({ kind, count })));
  const steps = countPlanSteps(sizes);
  const timings = sizes.map(({ kind, count }, index) => {
    return { ...timePlan(kind, count), kind, count, steps: steps[index] ?? NaN };
  });
  return {
    title: "Plan",
    rows: [...timings.map(toRow), garbageRow(timings), ...growthRows(timings)],
    notes,
  };
}

const notes = [
  `\`assess\` alone, ${RUN_COUNT} times after the compiler has warmed up, with as many instances as interfaces; time of the processor, so that what else runs on the machine doesn't count. The floor sorts the addresses and the launch times, and looks every interface, instance and membership up by its id once, in the same process.`,
  "A growth of 1 is that of n log n, of 0.67 and 0.75 that of n in these two ranges; what is quadratic has 6.67 and 7.50. Steps are the functions, branches and bodies of loops of `handler/` that one plan runs, comparisons of its sorting included: they are the same on every machine. What Node does inside one call isn't counted, but the time of it is.",
  "Time grows faster than steps from 1,000 to 10,000, where what is assessed outgrows the processor's nearest caches, lives long enough to be copied by the collector of garbage, and has more ids than Node keeps in the fast form of an object (1,020). The floor, which decides nothing, shows how much of it is none of the plan's.",
];

function timePlan(kind: string, count: number) {
  const world = createWorld(kind, count);
  const perLargest = LARGEST_COUNT / count;
  const plans = timeRuns(2 * perLargest, () => planWorld(world));
  const floors = timeRuns(5 * perLargest, () => touchAll(world));
  return {
    planMs: plans.map(({ ms }) => ms),
    garbageMs: plans.map(({ garbageMs }) => garbageMs),
    floorMs: floors.map(({ ms }) => ms),
  };
}

/** @returns how much it came to, so that nobody optimises it away */
function touchAll({ interfaces, instances, memberships }: World): number {
  const addresses = interfaces.map(({ address }) => address).sort();
  const byId = new Map(interfaces.map((one) => [one.networkInterfaceId, one]));
  const all = Object.values(instances);
  const launches = all.map(({ launchTime }) => launchTime).sort();
  const found = all.filter(
    ({ instanceId, slots }) =>
      memberships[instanceId] !== undefined &&
      slots.some(({ networkInterfaceId }) => byId.has(networkInterfaceId)),
  );
  return addresses.length + launches.length + found.length;
}

/**
 * In milliseconds of the processor, so that what else runs on the machine doesn't count; its clock ticks
 * slowly, so each time is that of many runs.
 */
function timeRuns(repeatCount: number, run: () => number): { ms: number; garbageMs: number }[] {
  return Array.from({ length: RUN_COUNT }, () => {
    const collector = new GCProfiler();
    collector.start();
    const before = process.threadCpuUsage();
    for (let repeat = 0; repeat < repeatCount; repeat += 1) run();
    const { user, system } = process.threadCpuUsage(before);
    const garbageUs = collector.stop().statistics.reduce((sum, { cost }) => sum + cost, 0);
    return {
      ms: (user + system) / 1000 / repeatCount,
      garbageMs: garbageUs / 1000 / repeatCount,
    };
  });
}

function toRow({ kind, count, planMs, floorMs }: Timing): Row {
  const row = {
    what: `${count.toLocaleString("en")} interfaces, ${kind}`,
    figure: formatSpread(planMs, 3, " ms"),
    floor: `${medianOf(floorMs).toFixed(3)} ms`,
  };
  if (count !== LARGEST_COUNT) return row;
  return { ...row, target: `under ${TARGET_MS} ms`, isMet: medianOf(planMs) < TARGET_MS };
}

function garbageRow(timings: Timing[]): Row {
  const largest = timings.filter(({ count }) => count === LARGEST_COUNT);
  const garbageMs = largest.map((timing) => medianOf(timing.garbageMs));
  return {
    what: `${LARGEST_COUNT.toLocaleString("en")} interfaces: of it collecting garbage`,
    figure: formatSpread(garbageMs, 1, " ms"),
    floor: "0.0 ms",
  };
}

/** How steps and time grow from each size to the next, the smallest left out. */
export function growthRows(timings: Timing[]): Row[] {
  const from = COUNTS.filter((count) => count >= GROWS_FROM_COUNT && count < LARGEST_COUNT);
  return from.flatMap((small) => {
    const large = small * 10;
    const growthsOf = (costOf: (timing: Timing) => number) =>
      timings
        .filter(({ count }) => count === small)
        .map((one) => {
          const other = timings.find(({ kind, count }) => kind === one.kind && count === large);
          if (other === undefined) throw new Error(`${one.kind} of ${large} was not timed`);
          return growthAgainstSorting(
            { count: small, cost: costOf(one) },
            { count: large, cost: costOf(other) },
          );
        });
    const range = `from ${small.toLocaleString("en")} to ${large.toLocaleString("en")} over that of n log n`;
    const steps = growthsOf((timing) => timing.steps);
    const times = growthsOf(({ planMs }) => medianOf(planMs));
    const linear = growthAgainstSorting(
      { count: small, cost: small },
      { count: large, cost: large },
    );
    return [
      {
        what: `Growth of steps ${range}`,
        figure: formatSpread(steps, 2),
        floor: linear.toFixed(2),
        target: "at most 1",
        isMet: Math.max(...steps) <= 1,
      },
      {
        what: `Growth of time ${range}`,
        figure: formatSpread(times, 2),
        floor: formatSpread(
          growthsOf(({ floorMs }) => medianOf(floorMs)),
          2,
        ),
        target: "at most 1",
        isMet: Math.max(...times) <= 1,
      },
    ];
  });
}
