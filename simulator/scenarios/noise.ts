import { Operator, type Stage } from "./operator";
import type { Measurement } from "./scenario";
import type { Region } from "../aws/region";
import { makeNoise } from "../workload/noise";

const LATER_SECONDS = 2;

/** The unrelated instances start when the replacement does: faster than the function can look at. */
const NOISE_SEED = 1;
const NOISE_SECONDS = 1;
const BURST_SIZE = 100;

/** A replacement that comes alone, and one amid the noise of a large account. */
export function noise(startCount = 1_000): Measurement {
  return {
    description: "1,000 unrelated instances start while a replacement comes",
    options: { responseCost: true },
    async measure(stage) {
      const { region } = stage;
      const operator = new Operator(stage);
      const { faults } = operator;
      await operator.untilServed();
      const waits = watchAttachments(stage);
      await operator.killOne();
      const aloneMs = waits.pop();
      makeNoiseAtLaunch(region, startCount);
      await operator.killOne();
      const amidMs = waits.pop();
      if (aloneMs === undefined || amidMs === undefined) return { faults, targets: [] };
      const target = {
        what: `Later attached amid ${startCount} starts than alone`,
        wantedSeconds: LATER_SECONDS,
        foundSeconds: Math.max(0, amidMs - aloneMs) / 1000,
      };
      return { faults, targets: [target] };
    },
  };
}

function makeNoiseAtLaunch(region: Region, count: number): void {
  const { ec2, tagKey, journal } = region;
  let hasBegun = false;
  ec2.onChange((change) => {
    if (hasBegun || change.kind !== "instance" || !(tagKey in change.instance.tags)) return;
    if (change.instance.state !== "pending") return;
    hasBegun = true;
    journal.write("operator", `starts ${count} instances without a pool tag`);
    makeNoise(region, {
      seed: NOISE_SEED,
      count,
      seconds: NOISE_SECONDS,
      burstSize: BURST_SIZE,
      lifeMs: [20_000, 60_000],
    });
  });
}

/** How long each attachment came after its instance ran and its address was free, without its own time. */
function watchAttachments({ region, addressHistory }: Stage): number[] {
  const startMs = region.clock.nowMs - region.seconds * 1000;
  const waits: number[] = [];
  const freeSinceMs = new Map<string, number>();
  region.ec2.onChange((change) => {
    if (change.kind === "instance") return;
    const { networkInterface, instanceId, kind } = change;
    if (!(region.tagKey in networkInterface.tags)) return;
    if (kind === "detached") freeSinceMs.set(networkInterface.id, region.clock.nowMs);
    const runningMs = startMs + (addressHistory.runningSinceMs.get(instanceId) ?? 0);
    const fromMs = Math.max(runningMs, freeSinceMs.get(networkInterface.id) ?? 0);
    const { attachTimeMs = 0 } = networkInterface.attachment ?? {};
    if (kind === "attached") waits.push(attachTimeMs - fromMs);
  });
  return waits;
}
