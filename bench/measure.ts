import { type Deployment, deployStack } from "../simulator/deploy/engine";
import { readStackSettings, withPools } from "../simulator/deploy/stackFile";
import { AddressHistory } from "../simulator/checkers/addressHistory";
import { Region } from "../simulator/aws/region";
import type { Stage } from "../simulator/scenarios/operator";
import { realisticTimings, type Timings } from "../simulator/runtime/timings";

export const STACK = "dev";

/** One invocation of the function, in milliseconds of the run. */
export interface Invocation {
  beginMs: number;
  endMs: number;
  eventCount: number;
  /** By the schedule alone. */
  isScheduled: boolean;
}

/** A stage whose function is timed. */
export interface TimedStage extends Stage {
  invocations: Invocation[];
}

/** Deploys the program with one pool and a group that is still empty. */
export function deployPool(size: number): Promise<Deployment> {
  const pools = [{ name: "fleet", size, group: { desiredCapacity: 0, maxSize: size } }];
  return deployStack(STACK, withPools(readStackSettings(STACK), pools));
}

/** Opens a Region for one measurement, and closes it. */
export async function measureIn<Result>(
  deployment: Deployment,
  options: { seed: number; timings?: Partial<Timings> },
  measure: (stage: TimedStage) => Promise<Result>,
): Promise<Result> {
  const timings = { ...realisticTimings, ...options.timings };
  const region = await Region.open(deployment, { seed: options.seed, timings });
  try {
    const addressHistory = new AddressHistory(region.ec2, region.clock, region.tagKey);
    return await measure({ region, addressHistory, invocations: timeInvocations(region) });
  } finally {
    await region.close();
  }
}

/** The calls that the function made, from a moment of the run on. */
export function callsSince(region: Region, fromMs: number) {
  return region.journal.entries.flatMap(({ atMs, source, facts }) =>
    source === "call" && atMs >= fromMs
      ? [{ atMs, action: String(facts?.action), isRefused: facts?.code !== undefined }]
      : [],
  );
}

function timeInvocations(region: Region): Invocation[] {
  const invocations: Invocation[] = [];
  const { lambda } = region;
  if (lambda === undefined) throw new Error("the stack has no function");
  const nowMs = () => Math.round(region.seconds * 1000);
  const invoke = lambda.invoke.bind(lambda);
  lambda.invoke = (event, done) => {
    const { Records } = event as { Records: { body: string }[] };
    const isScheduled = Records.every(({ body }) => body.includes('"Scheduled Event"'));
    const begun = { beginMs: nowMs(), eventCount: Records.length, isScheduled };
    invoke(event, (worked) => {
      invocations.push({ ...begun, endMs: nowMs() });
      done(worked);
    });
  };
  return invocations;
}
