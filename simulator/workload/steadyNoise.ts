import type { Region } from "../aws/region";
import { Random, type RangeMs } from "../runtime/random";

/** `running`, `stopping`, `stopped`, `shutting-down`, `terminated`: the rule leaves out `pending`. */
const EVENTS_OF_A_LIFE = 5;

/** How long an instance of the steady noise runs, and how long it is stopped or on its way there. */
const RUNNING_MS: RangeMs = [20_000, 40_000];
const STOPPED_MS: RangeMs = [30_000, 40_000];

/** From the first start until as many instances end as start: the longest life of one. */
export const STEADY_AFTER_SECONDS = 135;

export interface SteadyNoiseOptions {
  seed: number;
  eventsPerSecond: number;
  /** For how long instances start; those that there are then go on to their ends. */
  seconds: number;
}

/** Lets instances without a pool tag start, stop and end one after the other, at a steady rate of events. */
export function makeSteadyNoise(region: Region, options: SteadyNoiseOptions): void {
  const { seed, eventsPerSecond, seconds } = options;
  const { clock, ec2 } = region;
  const [subnet] = region.deployment.subnets;
  if (subnet === undefined) throw new Error("the deployment has no subnet");
  const random = new Random(seed);
  const count = Math.round((seconds * eventsPerSecond) / EVENTS_OF_A_LIFE);
  const stepMs = (1000 * EVENTS_OF_A_LIFE) / eventsPerSecond;
  const startMs = clock.nowMs;
  const live = () => {
    const { id } = ec2.runInstance("t4g.micro", subnet, {});
    // EC2 takes up to 15 s to start it.
    clock.after(15_000 + random.between(RUNNING_MS), () => {
      ec2.stopInstance(id);
      clock.after(random.between(STOPPED_MS), () => {
        ec2.terminateInstance(id);
      });
    });
  };
  const startFrom = (number: number) => {
    if (number === count) return;
    clock.after(startMs + number * stepMs - clock.nowMs, () => {
      live();
      startFrom(number + 1);
    });
  };
  startFrom(0);
}
