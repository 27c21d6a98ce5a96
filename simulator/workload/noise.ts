import type { NetworkInterface } from "../aws/ec2/state";
import type { Region } from "../aws/region";
import { Random, type RangeMs } from "../runtime/random";

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
const ATTACHED_AFTER_MS = 16_000;

/**
 * Starts and ends instances without a pool tag, as most of an account's are, or with another stack's: their
 * events come through the same rules and the same queue as those of the pools' instances.
 */
export function makeNoise(region: Region, options: NoiseOptions): void {
  const { seed, count, seconds, burstSize, lifeMs, interfaces = [] } = options;
  const { clock, ec2, deployment } = region;
  const [subnet] = deployment.subnets;
  if (subnet === undefined) throw new Error("the deployment has no subnet");
  const random = new Random(seed);
  let started = 0;
  const start = () => {
    const own = interfaces[started % interfaces.length];
    started += 1;
    const { id } = ec2.runInstance("t4g.micro", own?.subnet ?? subnet, own?.tags ?? {});
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
