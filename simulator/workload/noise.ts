import type { NetworkInterface, Subnet } from "../aws/ec2/state";
import type { Region } from "../aws/region";
import { Random, type RangeMs } from "../runtime/random";

const TYPE = "t4g.micro";

export interface NoiseOptions {
  /** Decides when they start and end, beside the Region's own seed. */
  seed: number;
  /** How many instances start. */
  count: number;
  /** In how many seconds they do: half of them one by one, the others in bursts. */
  seconds: number;
  /** How many of a burst start at the same moment. */
  burstSize: number;
  /** How long after its start each ends. */
  lifeMs: RangeMs;
  /** Another stack's: each instance has the tags of one of them, and gets it where it is free. */
  interfaces?: NetworkInterface[];
}

/** Another stack's manager has attached an interface by then. */
const ATTACHED_AFTER_MS = 12_000;

/**
 * Starts and ends instances without a pool tag, as most of an account's are, or with another stack's: their
 * events come through the same rules and the same queue as those of the pools' instances.
 */
export function makeNoise(region: Region, options: NoiseOptions): void {
  const { seed, count, seconds, burstSize, lifeMs, interfaces = [] } = options;
  const { clock, ec2 } = region;
  const subnet = anySubnetOf(region);
  const random = new Random(seed);
  let started = 0;
  const start = () => {
    const own = interfaces[started % interfaces.length];
    started += 1;
    const { id } = ec2.runInstance(TYPE, own?.subnet ?? subnet, own?.tags ?? {});
    clock.after(random.between(lifeMs), () => {
      ec2.terminateInstance(id);
    });
    if (own === undefined) return;
    clock.after(ATTACHED_AFTER_MS, () => {
      attachIfPossible(region, own, id);
    });
  };
  const steadyCount = Math.ceil(count / 2);
  for (let number = 0; number < steadyCount; number += 1) {
    clock.after(Math.floor((number * seconds * 1000) / steadyCount), start);
  }
  for (let left = count - steadyCount; left > 0; left -= burstSize) {
    const atMs = random.between([0, seconds * 1000]);
    for (let number = 0; number < Math.min(left, burstSize); number += 1) clock.after(atMs, start);
  }
}

function anySubnetOf({ deployment }: Region): Subnet {
  const [subnet] = deployment.subnets;
  if (subnet === undefined) throw new Error("the deployment has no subnet");
  return subnet;
}

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
  const subnet = anySubnetOf(region);
  const random = new Random(seed);
  const count = Math.round((seconds * eventsPerSecond) / EVENTS_OF_A_LIFE);
  const stepMs = (1000 * EVENTS_OF_A_LIFE) / eventsPerSecond;
  const startMs = clock.nowMs;
  const live = () => {
    const { id } = ec2.runInstance(TYPE, subnet, {});
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

function attachIfPossible(
  { ec2, faults }: Region,
  networkInterface: NetworkInterface,
  instanceId: string,
): void {
  const { id: networkInterfaceId, attachment } = networkInterface;
  const place = { deviceIndex: 1, networkCardIndex: 0 };
  const isPossible = attachment === undefined && ec2.instances.get(instanceId)?.state === "running";
  if (!isPossible || faults.refuses({ networkInterfaceId, instanceId, ...place })) return;
  ec2.attachNetworkInterface(networkInterfaceId, instanceId, place.deviceIndex, 0);
}
