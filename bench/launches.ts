import { READ_BUCKET, WRITE_BUCKET } from "../simulator/aws/throttle";
import { realisticTimings, type Timings } from "../simulator/runtime/timings";
import { launchAll, secondsOf } from "../simulator/scenarios/launches";
import type { Stage } from "../simulator/scenarios/operator";
import { earliestEndMs } from "./bucketFloor";
import { formatSpread, medianOf, type Part, type Row } from "./figures";
import { deployPool, measureSeeds } from "./measure";

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9];
const LAUNCH_COUNT = 100;
/** Of the floor, from the first instance that runs to the last address attached. */
const MOST_OF_FLOOR = 1.25;
/** One full read, an attachment and a lifecycle action for each. */
const FLOOR_CALLS = 3 + 2 * LAUNCH_COUNT;

/** What came of launches at once. */
interface Burst {
  seconds: number;
  floorSeconds: number;
  callCount: number;
  refusedCount: number;
}

/** How the instances of a burst come to run. */
const BURSTS: Record<string, Partial<Timings>> = {
  [`spread over ${realisticTimings.start.map((ms) => ms / 1000).join(" to ")} s of starting`]: {},
  "all running at the same moment": { start: [5_000, 5_000], groupStep: [500, 500] },
};

/** Sets a group of a hundred from none to all, and waits until all are in service. */
export async function measureLaunches(): Promise<Part> {
  const deployment = await deployPool(LAUNCH_COUNT);
  const rows: Row[] = [];
  for (const [how, timings] of Object.entries(BURSTS)) {
    const bursts = await measureSeeds(deployment, { seeds: SEEDS, timings }, playBurst);
    rows.push(...toRows(how, bursts));
  }
  const { capacity, refillPerSecond } = WRITE_BUCKET;
  const notes = [
    `A group goes from 0 to ${LAUNCH_COUNT} with a pool of ${LAUNCH_COUNT}, seeds ${SEEDS.join(", ")}; virtual seconds from the first \`running\` to the last \`attached\`, under EC2's token buckets (reads ${READ_BUCKET.capacity}, then ${READ_BUCKET.refillPerSecond} a second; changes ${capacity}, then ${refillPerSecond} a second).`,
    `The floor is worked out from the same run: every token is used as soon as an instance runs, those first whose attachments EC2 drew longest, which nobody can know, and each then takes that time. Events, reads and the calls themselves take no time in it. At the same moment that is (${LAUNCH_COUNT} - ${capacity}) / ${refillPerSecond} = ${(LAUNCH_COUNT - capacity) / refillPerSecond} s and an attachment; with spread starts the bucket is refilled meanwhile, and the last start counts for more.`,
  ];
  return { title: `${LAUNCH_COUNT} launches at once`, rows, notes };
}

/** Plays one burst to its end. */
export async function playBurst(stage: Stage): Promise<Burst> {
  const { launches, ...counts } = await launchAll(stage, stage.addressHistory.records.length);
  const firstMs = Math.min(...launches.map(({ runningMs }) => runningMs));
  const floorSeconds = (earliestEndMs(launches, WRITE_BUCKET) - firstMs) / 1000;
  return { seconds: secondsOf(launches), floorSeconds, ...counts };
}

function toRows(how: string, bursts: Burst[]): Row[] {
  const spread = (figureOf: (burst: Burst) => number, digits: number, unit?: string) =>
    formatSpread(bursts.map(figureOf), digits, unit);
  const ratios = bursts.map(({ seconds, floorSeconds }) => seconds / floorSeconds);
  return [
    {
      what: `${how}: last attached after`,
      figure: spread(({ seconds }) => seconds, 1, " s"),
      floor: `${medianOf(bursts.map(({ floorSeconds }) => floorSeconds)).toFixed(1)} s`,
    },
    {
      what: `${how}: times its own floor`,
      figure: formatSpread(ratios, 2),
      floor: "1",
      target: `at most ${MOST_OF_FLOOR}, every seed`,
      isMet: Math.max(...ratios) <= MOST_OF_FLOOR,
    },
    {
      what: `${how}: calls until all are in service`,
      figure: spread(({ callCount }) => callCount, 0),
      floor: String(FLOOR_CALLS),
    },
    {
      what: `${how}: of these refused by EC2`,
      figure: spread(({ refusedCount }) => refusedCount, 0),
      floor: "0",
    },
  ];
}
