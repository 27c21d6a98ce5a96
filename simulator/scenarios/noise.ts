import { withPools } from "../deploy/stackFile";
import type { AddressRecord } from "../checkers/addressHistory";
import { findUnmet } from "../checkers/liveness";
import { addMembers, onePool, SYNC_SECONDS, untilIdle, untilServed } from "./manyHolders";
import type { Operator } from "./operator";
import type { Measurement } from "./scenario";
import type { Region } from "../aws/region";
import { realisticTimings } from "../runtime/timings";
import { makeNoise } from "../workload/noise";

const REPLACED_LATER_SECONDS = 2;
const TAKEN_OVER_LATER_SECONDS = 1;

const NOISE_SEED = 1;
const START_SECONDS = 8;
const SHUT_DOWN_SECONDS = 20;
/** From its start until an instance of the noise ends. */
const LIFE_SECONDS = 120;
const NOISE_ENDS_AFTER_SECONDS = START_SECONDS + LIFE_SECONDS + SHUT_DOWN_SECONDS;

/** What takes equally long every time, so that instances run together, and what comes later is the manager's. */
const options = {
  clients: "inProcess",
  responseCost: true,
  timings: {
    ...realisticTimings,
    start: [START_SECONDS * 1000, START_SECONDS * 1000],
    groupStep: [1_000, 1_000],
    shutDown: [SHUT_DOWN_SECONDS * 1000, SHUT_DOWN_SECONDS * 1000],
    detach: [2_000, 2_000],
    attach: [1_500, 1_500],
  },
} as const;

/** How unrelated instances come to run, with the seconds in which they do. */
const BURSTS = { "within a second": 1, "at the same moment": 0 };

/**
 * A replacement that comes alone, and ones amid the noise of a large account.
 *
 * @param memberCount how many instances of the pool are in sync meanwhile
 */
export function noise({ startCount = 1_000, memberCount = 1 } = {}): Measurement {
  return {
    description: `1,000 unrelated instances start while a replacement comes, among ${memberCount} of its pool`,
    options,
    configure: (settings) => withPools(settings, onePool),
    async measure(stage) {
      const { region } = stage;
      const { operator, group } = await untilServed(stage);
      addMembers(region, group, memberCount);
      const alone = await timeReplacement(operator);
      const targets = [];
      for (const [how, seconds] of Object.entries(BURSTS)) {
        // Of their events, nine tenths come before the replacement's.
        region.clock.after((alone.launchSeconds - 0.9 * seconds) * 1000, () => {
          startMany(region, startCount, seconds);
        });
        const amid = await timeReplacement(operator);
        targets.push({
          what: `Replacement attached later amid ${startCount} starts ${how}, with ${memberCount} in sync`,
          wanted: REPLACED_LATER_SECONDS,
          found: Math.max(0, amid.waitSeconds - alone.waitSeconds),
          unit: "s",
        });
      }
      return { faults: operator.faults, targets };
    },
  };
}

/** A failover to the spare instance that comes alone, and ones amid the noise of a large account. */
export function failoverNoise(startCount = 1_000): Measurement {
  return {
    description: "1,000 unrelated instances start while a spare instance takes over",
    options,
    configure: (settings) =>
      withPools(settings, [
        {
          name: "service",
          size: 1,
          whenExhausted: "continue",
          group: { desiredCapacity: 2, maxSize: 2 },
        },
      ]),
    async measure(stage) {
      const { operator } = await untilServed(stage);
      const aloneSeconds = await timeFailover(operator);
      const targets = [];
      for (const [how, seconds] of Object.entries(BURSTS)) {
        startMany(operator.region, startCount, seconds);
        // Half of them run, and the others are about to.
        await operator.run(START_SECONDS + seconds / 2);
        const amidSeconds = await timeFailover(operator);
        targets.push({
          what: `Spare instance takes over later amid ${startCount} starts ${how}`,
          wanted: TAKEN_OVER_LATER_SECONDS,
          found: Math.max(0, amidSeconds - aloneSeconds),
          unit: "s",
        });
      }
      return { faults: operator.faults, targets };
    },
  };
}

function startMany(region: Region, count: number, seconds: number): void {
  region.journal.write("operator", `starts ${count} instances without a pool tag`);
  const burst = {
    seed: NOISE_SEED,
    burstSize: 100,
    lifeMs: [60_000, LIFE_SECONDS * 1000],
  } as const;
  makeNoise(region, { ...burst, count, seconds });
}

/**
 * Kills the instance that has the stack's one address, and lets its group replace it.
 *
 * @returns when the replacement was launched, and how long it then ran without the address that was free
 */
async function timeReplacement(operator: Operator) {
  const { region, ec2, addressHistory } = operator;
  const { record, holder } = holdingOf(operator);
  let launchedAt: number | undefined;
  ec2.onChange((change) => {
    if (change.kind !== "instance" || !(region.tagKey in change.instance.tags)) return;
    if (change.instance.state === "pending") launchedAt ??= region.seconds;
  });
  const killedAt = region.seconds;
  await killAndWait(operator, record.address, holder);
  const attachedAt = region.seconds;
  await untilQuiet(operator);
  const next = addressHistory.holderOf(record.address) ?? "";
  const runningAt = (addressHistory.runningSinceMs.get(next) ?? 0) / 1000;
  const freeAt = (record.freeSinceMs ?? 0) / 1000;
  return {
    launchSeconds: (launchedAt ?? killedAt) - killedAt,
    waitSeconds: attachedAt - Math.max(runningAt, freeAt),
  };
}

/** Kills the instance that has the stack's one address, and says how soon the spare one has it. */
async function timeFailover(operator: Operator): Promise<number> {
  const { region } = operator;
  const { record, holder } = holdingOf(operator);
  const fromSeconds = region.seconds;
  await killAndWait(operator, record.address, holder);
  const seconds = region.seconds - fromSeconds;
  await untilQuiet(operator);
  return seconds;
}

function holdingOf(operator: Operator): { record: AddressRecord; holder: string } {
  const { addressHistory } = operator;
  const record = operator.need(addressHistory.records[0], "the stack has no address");
  const holder = operator.need(
    addressHistory.holderOf(record.address),
    `nobody has ${record.address}`,
  );
  return { record, holder };
}

async function killAndWait(operator: Operator, address: string, holder: string): Promise<void> {
  const { ec2, addressHistory } = operator;
  operator.say(`kills ${holder}, which has ${address}`);
  ec2.terminateInstance(holder);
  await operator.until(`another instance to hold ${address}`, () => {
    const next = addressHistory.holderOf(address);
    return next !== undefined && next !== holder;
  });
}

/** Waits until the noise has ended and the function has worked off its events, and judges what there is. */
async function untilQuiet(operator: Operator): Promise<void> {
  const { region, faults } = operator;
  await operator.run(NOISE_ENDS_AFTER_SECONDS);
  await untilIdle(region);
  await operator.run(SYNC_SECONDS);
  faults.push(...findUnmet(region).map(({ text }) => text));
}
