import { withPools } from "../deploy/stackFile";
import { RECOVERY_SECONDS } from "../checkers/liveness";
import { Operator } from "./operator";
import type { Group } from "../aws/autoscaling/group";
import type { Instance } from "../aws/ec2/state";
import type { Invocation } from "../runtime/lambda";
import type { Measurement } from "./scenario";
import type { Region } from "../aws/region";

const LOOK_SECONDS = 0.7;
/** One interval of the schedule. */
const SYNC_SECONDS = 60;
const LONGEST_SECONDS = 3 * SYNC_SECONDS;

const POOL = "fleet";

/**
 * What the manager has to read in a large Region, and how long an address in it takes to come off.
 *
 * @param lookCount how many instances hold an address when a look of the schedule is timed
 * @param holderCount how many do when one of them stops
 */
export function bigRegion(lookCount = 1_000, holderCount = 10_000): Measurement {
  return {
    description: "1,000 and then 10,000 instances hold an address each, and one of them stops",
    // By the archive's own clients the process would parse a gigabyte of XML.
    options: { clients: "inProcess", responseCost: true },
    configure: (settings) => withPools(settings, [{ name: POOL, size: 1, group: {} }]),
    async measure(stage) {
      const { region } = stage;
      const operator = new Operator(stage);
      await operator.untilServed();
      const { faults } = operator;
      addMembers(region, lookCount);
      const { beginMs, endMs } = await nextSync(region);
      addMembers(region, holderCount - 1);
      const holder = addHolder(region, holderCount);
      await nextSync(region);
      const stopped = await stop(region, holder);
      const targets = [
        {
          what: `A look at ${lookCount} instances`,
          wantedSeconds: LOOK_SECONDS,
          foundSeconds: (endMs - beginMs) / 1000,
        },
        {
          what: `Detached from one of ${holderCount} instances that stops`,
          wantedSeconds: SYNC_SECONDS,
          ...stopped,
        },
      ];
      return { faults, targets };
    },
  };
}

/** Lets the group have so many members, each with an address of the pool, since long ago. */
function addMembers(region: Region, count: number): void {
  const group = groupOf(region);
  while (group.members.size < count) {
    const instance = addHolder(region, group.members.size);
    group.members.set(instance.id, { instance, lifecycleState: "InService" });
  }
  group.desiredCapacity = group.maxSize = count;
}

/** Adds an instance that holds the address of this number. */
function addHolder(region: Region, number: number): Instance {
  const { ec2 } = region;
  const { subnets, instanceType, propagatedTags } = groupOf(region);
  const [subnet] = subnets;
  if (subnet === undefined) throw new Error("the group has no subnet");
  const id = `eni-${number.toString(16).padStart(17, "0")}`;
  const bytes = [number >> 8, number & 255];
  const address = ["10", "1", ...bytes].join(".");
  const hexes = bytes.map((byte) => byte.toString(16).padStart(2, "0"));
  const macAddress = ["06", "00", "00", "00", ...hexes].join(":");
  const tags = { [region.tagKey]: POOL };
  ec2.createNetworkInterface({ id, subnet, address, macAddress, tags });
  return ec2.takeInInstance(instanceType, propagatedTags, ec2.interfaceById(id));
}

function groupOf({ autoScaling }: Region): Group {
  const [group] = autoScaling.groups.values();
  if (group === undefined) throw new Error("the stack has no group");
  return group;
}

/** Lets the schedule wake the function once more, and gives that run. */
async function nextSync(region: Region): Promise<Invocation> {
  const { nowMs } = region.clock;
  const find = () =>
    region.lambda?.invocations.find(
      ({ beginMs, event }) => beginMs > nowMs && JSON.stringify(event).includes("Scheduled Event"),
    );
  await region.run(RECOVERY_SECONDS, () => find() !== undefined);
  const sync = find();
  if (sync === undefined) throw new Error("the schedule doesn't wake the function");
  return sync;
}

/** Stops an instance, and says how long its address is still on it. */
async function stop(region: Region, { id }: Instance) {
  const fromSeconds = region.seconds;
  region.journal.write("operator", `stops ${id}`);
  region.ec2.stopInstance(id);
  const isDetached = () => region.ec2.interfacesOf(id).length === 1;
  const isOpen = !(await region.run(LONGEST_SECONDS, isDetached));
  return { foundSeconds: region.seconds - fromSeconds, isOpen };
}
