import type { Stage } from "../simulator/scenarios/operator";
import { realisticTimings } from "../simulator/runtime/timings";
import { logBytesOf } from "./events";
import { formatSpread, medianOf, type Part } from "./figures";
import { playBurst } from "./launches";
import { deployPool, invocationsOf, measureIn } from "./measure";

const INTERFACE_COUNT = 1_000;
const SEED = 1;
const SYNC_COUNT = 5;
const SYNC_SECONDS = 60;
const PATIENCE_SECONDS = 600;

/** What a full read by the schedule costs that finds all well, for the bill of a month. */
export interface SyncCost {
  functionSeconds: number;
  logBytes: number;
}

/** What the schedule's full reads cost of one instance, and of a thousand. */
export interface SyncCosts {
  small: SyncCost;
  large: SyncCost;
}

const OPTIONS = { seed: SEED, responseCost: true };

/** Fills a large pool and a small one, and waits while the schedule finds them well. */
export async function measureSyncs(): Promise<{ part: Part; costs: SyncCosts }> {
  const { filled, large } = await measureIn(
    await deployPool(INTERFACE_COUNT),
    OPTIONS,
    async (stage) => ({ filled: await playBurst(stage), large: await watchSyncs(stage) }),
  );
  const small = await measureIn(await deployPool(1), OPTIONS, async (stage) => {
    await playBurst(stage);
    return watchSyncs(stage);
  });
  const { syncs } = large;
  const seconds = syncs.map((sync) => sync.seconds);
  const rows = [
    {
      what: `1,000 interfaces in sync: calls`,
      figure: formatSpread(
        syncs.map(({ callCount }) => callCount),
        0,
      ),
      floor: "3",
    },
    {
      what: `1,000 interfaces in sync: virtual seconds`,
      figure: formatSpread(seconds, 3, " s"),
      floor: `${slowestReadSeconds().toFixed(3)} s`,
    },
    {
      what: `1,000 launches at once: last attached after`,
      figure: `${filled.seconds.toFixed(1)} s`,
      floor: `${filled.floorSeconds.toFixed(1)} s`,
    },
  ];
  const notes = [
    `A group of ${INTERFACE_COUNT} is filled (seed ${SEED}), then ${SYNC_COUNT} full reads of the schedule are watched. The floor is one page of each of the three reads, and the time that the slowest of three at once takes on average. Virtual seconds are those of the calls, and those that the function computes at its memory size to read what AWS answers; what it computes besides is under "Plan".`,
  ];
  const costs = { small: costOf(small), large: costOf(large) };
  return { part: { title: "Full reads by the schedule", rows, notes }, costs };
}

function costOf({ syncs, logBytes }: Awaited<ReturnType<typeof watchSyncs>>): SyncCost {
  return { functionSeconds: medianOf(syncs.map(({ seconds }) => seconds)), logBytes };
}

async function watchSyncs({ region }: Stage) {
  const isIdle = () => [...region.queues.values()].every(({ messages }) => messages.length === 0);
  if (!(await region.run(PATIENCE_SECONDS, isIdle))) throw new Error("events keep coming");
  await region.run(SYNC_SECONDS * 1.5 - (region.seconds % SYNC_SECONDS));
  const before = invocationsOf(region).length;
  const bytesBefore = logBytesOf(region);
  await region.run(SYNC_COUNT * SYNC_SECONDS);
  const syncs = invocationsOf(region)
    .slice(before)
    .filter(({ isScheduled }) => isScheduled)
    .map(({ beginMs, endMs, calls }) => ({
      seconds: (endMs - beginMs) / 1000,
      callCount: calls.length,
    }));
  return { syncs, logBytes: (logBytesOf(region) - bytesBefore) / syncs.length };
}

/** Of three draws from a range, the largest is three quarters up on average. */
function slowestReadSeconds(): number {
  const [fromMs, toMs] = realisticTimings.readCall;
  return (fromMs + (toMs - fromMs) * 0.75) / 1000;
}
