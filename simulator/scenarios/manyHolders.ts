import { RECOVERY_SECONDS } from "../checkers/liveness";
import { Operator, type Stage } from "./operator";
import type { Group } from "../aws/autoscaling/group";
import type { Instance, Subnet } from "../aws/ec2/state";
import type { Invocation } from "../runtime/lambda";
import type { Region } from "../aws/region";

/** One interval of the schedule. */
export const SYNC_SECONDS = 60;

/** A manager that reads much with every event needs long for thousands of them. */
const IDLE_PATIENCE_SECONDS = 3_600;

/** The stack of a pool of one address with a group of one instance, to which others are added. */
export const onePool = [{ name: "fleet", size: 1, group: {} }];

/** Waits until a stack with one group is as promised. */
export async function untilServed(stage: Stage): Promise<{ operator: Operator; group: Group }> {
  const operator = new Operator(stage);
  await operator.untilServed();
  return { operator, group: onlyGroupOf(stage.region) };
}

function onlyGroupOf({ autoScaling }: Region): Group {
  const [group, ...others] = autoScaling.groups.values();
  if (group === undefined || others.length > 0) throw new Error("the stack has not one group");
  return group;
}

/** Lets a group have so many members, each with an address of its pool, since long ago. */
export function addMembers(region: Region, group: Group, count: number): void {
  while (group.members.size < count) {
    const instance = addHolder(region, group);
    group.members.set(instance.id, { instance, lifecycleState: "InService" });
  }
  group.desiredCapacity = group.maxSize = count;
}

/** Adds an instance that is no member of the group, but is of its pool and holds an address. */
export function addHolder(region: Region, group: Group): Instance {
  const { subnets, propagatedTags, instanceType } = group;
  const [subnet] = subnets;
  if (subnet === undefined) throw new Error("the group has no subnet");
  return addInstance(region, { subnet, tags: propagatedTags, type: instanceType });
}

/** Adds an instance with an address of the pool that its tag names. */
export function addInstance(
  region: Region,
  { subnet, tags, type }: { subnet: Subnet; tags: Record<string, string>; type: string },
): Instance {
  const { ec2, tagKey } = region;
  const number = ec2.interfaces.size;
  const id = `eni-${number.toString(16).padStart(17, "0")}`;
  const bytes = [(number >> 16) + 1, (number >> 8) & 255, number & 255];
  const address = ["10", ...bytes].join(".");
  const hexes = bytes.map((byte) => byte.toString(16).padStart(2, "0"));
  const macAddress = ["06", "00", "00", ...hexes].join(":");
  const ofPool = { [tagKey]: tags[tagKey] ?? "" };
  ec2.createNetworkInterface({ id, subnet, address, macAddress, tags: ofPool });
  return ec2.takeInInstance(type, tags, ec2.interfaceById(id));
}

/** Lets the schedule wake the function once more, and gives that run with the bytes that were read in it. */
export async function nextSync(region: Region): Promise<Invocation & { bytes: number }> {
  const { nowMs } = region.clock;
  await untilIdle(region);
  const bytesBefore = region.answeredBytes;
  const find = () =>
    region.lambda?.invocations.find(
      ({ beginMs, event }) => beginMs > nowMs && JSON.stringify(event).includes("Scheduled Event"),
    );
  await region.run(RECOVERY_SECONDS, () => find() !== undefined);
  const sync = find();
  if (sync === undefined) throw new Error("the schedule doesn't wake the function");
  return { ...sync, bytes: region.answeredBytes - bytesBefore };
}

/** Waits until the function has nothing to do. */
export async function untilIdle(region: Region): Promise<void> {
  const isIdle = () => waitingSince(region) === undefined;
  if (await region.run(IDLE_PATIENCE_SECONDS, isIdle)) return;
  throw new Error(`events still wait after ${IDLE_PATIENCE_SECONDS} s`);
}

/** When the oldest event was sent that waits for a function, in milliseconds of the clock. */
export function waitingSince({ queues }: Region): number | undefined {
  const ofEvents = [...queues.values()].filter(({ options }) => options.deadLetters !== undefined);
  const sentMs = ofEvents.flatMap(({ messages }) => messages[0]?.sentMs ?? []);
  return sentMs.length === 0 ? undefined : Math.min(...sentMs);
}

/** Lets time go by until the schedule is about to wake the functions. */
export async function untilSchedule(region: Region): Promise<void> {
  await region.run(SYNC_SECONDS - (region.seconds % SYNC_SECONDS));
}
