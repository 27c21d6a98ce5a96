import { withPools } from "../deploy/stackFile";
import {
  addHolder,
  addInstance,
  addMembers,
  nextSync,
  onePool,
  SYNC_SECONDS,
  untilSchedule,
  untilServed,
} from "./manyHolders";
import type { Instance } from "../aws/ec2/state";
import type { Measurement } from "./scenario";
import type { Region } from "../aws/region";
import type { Target } from "../views/report";

/** How long a full read may take, in seconds, by how many instances hold an address. */
const FULL_READ_SECONDS = { 1_000: 0.7, 10_000: 6 };

/** For how long a detachment is waited for. */
export const LONGEST_SECONDS = 3 * SYNC_SECONDS;

/** By the archive's own clients the process would parse gigabytes of XML. */
const options = { clients: "inProcess", responseCost: true } as const;

/**
 * Times full reads in a large Region, and how long an address stays on a holder that no longer runs.
 *
 * @param fullReads the longest that a full read may take, in seconds, by how many hold an address
 * @param stoppingCounts among how many one is stopping, of which no event tells
 */
export function bigRegion(
  fullReads: Record<number, number> = FULL_READ_SECONDS,
  stoppingCounts = [4_000, 10_000],
): Measurement {
  return {
    description:
      "1,000 and then 10,000 instances hold an address each; one is stopping, another one stops",
    options,
    configure: (settings) => withPools(settings, onePool),
    async measure(stage) {
      const { region } = stage;
      const { operator, group } = await untilServed(stage);
      const counts = [...new Set([...Object.keys(fullReads).map(Number), ...stoppingCounts])];
      const targets: Target[] = [];
      for (const count of counts.sort((a, b) => a - b)) {
        addMembers(region, group, count);
        const wanted = fullReads[count];
        if (wanted !== undefined) targets.push(await timeFullRead(region, count, wanted));
        if (!stoppingCounts.includes(count)) continue;
        const holder = addHolder(region, group);
        targets.push(await timeSilentEnd(region, count, holder));
      }
      const holder = addHolder(region, group);
      targets.push(await timeStop(region, group.members.size, holder));
      return { faults: operator.faults, targets };
    },
  };
}

async function timeFullRead(region: Region, count: number, wanted: number): Promise<Target> {
  // The first one after a change of thousands may have more to do.
  await nextSync(region);
  const { beginMs, endMs } = await nextSync(region);
  const what = `Full read of ${count} instances in sync`;
  return { what, wanted, found: (endMs - beginMs) / 1000, unit: "s" };
}

/** Lets the schedule alone find a holder that is stopping; that it runs again ends the measurement. */
async function timeSilentEnd(region: Region, count: number, holder: Instance): Promise<Target> {
  await untilSchedule(region);
  region.journal.write("operator", `finds ${holder.id} stopping, of which no event tells`);
  holder.state = "stopping";
  const what = `Detached from one of ${count} instances that is stopping, which no event told`;
  const target = await timeDetachment(region, what, holder);
  holder.state = "running";
  return target;
}

async function timeStop(region: Region, count: number, holder: Instance): Promise<Target> {
  await nextSync(region);
  region.journal.write("operator", `stops ${holder.id}`);
  region.ec2.stopInstance(holder.id);
  return timeDetachment(region, `Detached from one of ${count} instances that stops`, holder);
}

/** Says how long an instance still has the address of its pool. */
async function timeDetachment(region: Region, what: string, { id }: Instance): Promise<Target> {
  const fromSeconds = region.seconds;
  const isDetached = () => region.ec2.interfacesOf(id).length === 1;
  const isOpen = !(await region.run(LONGEST_SECONDS, isDetached));
  const found = region.seconds - fromSeconds;
  return { what, wanted: SYNC_SECONDS, found, unit: "s", isOpen };
}

const BYTES_PER_MB = 1e6;

/** How much more the function reads where another stack has many instances of pools of its own. */
export function otherStack(ownCount = 100, otherCount = 1_000): Measurement {
  return {
    description: "another stack's 1,000 instances hold addresses of pools of that one",
    options,
    configure: (settings) => withPools(settings, onePool),
    async measure(stage) {
      const { region } = stage;
      const { operator, group } = await untilServed(stage);
      addMembers(region, group, ownCount);
      await nextSync(region);
      const before = await nextSync(region);
      const [subnet] = group.subnets;
      for (let number = 0; subnet !== undefined && number < otherCount; number += 1) {
        const tags = { [region.tagKey]: `other-${number % 10}` };
        addInstance(region, { subnet, tags, type: group.instanceType });
      }
      await nextSync(region);
      const after = await nextSync(region);
      const target = {
        what: `More to read for another stack's ${otherCount} instances than without`,
        wanted: 0,
        found: (after.bytes - before.bytes) / BYTES_PER_MB,
        unit: "MB",
      };
      return { faults: operator.faults, targets: [target] };
    },
  };
}
