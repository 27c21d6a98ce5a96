import type { Attachment, Instance, NetworkInterface } from "../aws/ec2/state";
import { LAUNCH_HOOK_NAME, MADE_FOR_TAG_KEY, TERMINATE_HOOK_NAME } from "../../handler/names";
import type { Group, LifecycleState, Member } from "../aws/autoscaling/group";
import { ExpectedState, type Prospect } from "./expectedState";
import type { Region } from "../aws/region";

/** Within which a Region converges once nothing goes wrong any more, whatever has gone wrong before. */
export const RECOVERY_SECONDS = 600;
/** Two rounds of the schedule: what has converged stays as it is for as long, at least. */
export const QUIET_SECONDS = 130;

/** What EC2 refused for good is asked for again within as long. */
export const REMEMBERED_SECONDS = 600;

/** Something that isn't yet as promised. */
export interface Unmet {
  text: string;
  /** For how many seconds it may be so, once nothing goes wrong any more; Infinity where that is up to AWS. */
  seconds: number;
}

/** One interval of the schedule, and the calls. */
const SYNC = 75;
/** Holders that EC2 shows no more are doubted for so long where they are many, or all that there are. */
const DOUBTED = 300 + 2 * SYNC;
/** Until a detach that gets nowhere is forced, and an interval of the schedule. */
const STUCK = 120 + 2 * SYNC;
/** A launch into a warm pool of which there is no news runs into the launch hook's time-out. */
const HOOK = 300 + SYNC;
/** Until a manager has found out what EC2 refuses for good, and has turned to what is left. */
const TRIED = 3 * SYNC;
/** The slowest attachment that was asked for before all healed. */
const SLOW = 185;
/** Until one that gets nowhere is given up, and is off by force. */
const STUCK_ATTACHING = SLOW + STUCK;
/** EC2 may take a minute to release it, and it is deleted on a sighting a minute after the first. */
const UNUSED = 60 + 60 + 2 * SYNC;

/** Within which an instance is given what is to be had. */
const GIVEN_WITHIN: Record<Exclude<Prospect, "none">, number> = {
  clear: SYNC,
  amongRefused: TRIED,
  onceRefused: REMEMBERED_SECONDS + SYNC,
};

const MANAGER_HOOKS = [LAUNCH_HOOK_NAME, TERMINATE_HOOK_NAME];

/** Where a lifecycle hook holds a member that needs no address to go on. */
const ANSWERED_AT_ANY_RATE: LifecycleState[] = [
  "Terminating:Wait",
  "ReplacingRootVolume:Wait",
  "Warmed:Pending:Wait",
  "Warmed:Terminating:Wait",
];

/** Whether manager and AWS have done all that they do by themselves, and all is as promised. */
export function isConverged(region: Region, state?: ExpectedState): boolean {
  return findUnmet(region, state).length === 0;
}

/** What isn't yet as promised: what the manager is still to do, and what AWS is. */
export function findUnmet(region: Region, state = new ExpectedState(region)): Unmet[] {
  const { ec2, autoScaling } = region;
  const groups = [...autoScaling.groups.values()];
  const instances = [...ec2.instances.values()];
  return [
    ...[...ec2.interfaces.values()].flatMap((one) => ofInterface(one, region, state)),
    ...instances.flatMap((one) => ofInstance(one, state)),
    ...groups.flatMap((group) => ofGroup(group, region, state)),
    ...[...instances.flatMap(ofStart), ...groups.flatMap(ofSize)].map((text) => ({
      text,
      seconds: Infinity,
    })),
  ];
}

/** An instance that is on its way from one state to another. */
function ofStart({ id, state }: Instance): string[] {
  return ["running", "stopped", "terminated"].includes(state) ? [] : [`${id} is ${state}`];
}

/** A group that hasn't all its members in service, and no others but those parked in its warm pool. */
function ofSize({ name, members, desiredCapacity }: Group): string[] {
  const states = [...members.values()]
    .map(({ lifecycleState }) => lifecycleState)
    .filter((state) => !/^Warmed:(Stopped|Running|Hibernated)$/.test(state));
  const isWhole =
    states.length === desiredCapacity && states.every((state) => state === "InService");
  return isWhole
    ? []
    : [`${name} wants ${desiredCapacity} and has ${states.join(", ") || "nobody"}`];
}

function ofInterface(one: NetworkInterface, region: Region, state: ExpectedState): Unmet[] {
  const { attachment, address } = one;
  const pool = state.poolOf(one);
  // What another account holds isn't expected anywhere until it is given back.
  if (pool === undefined || attachment?.instanceOwnerId !== undefined) return [];
  if (state.isOnDemand(pool)) return ofMade(one, pool, region, state);
  if (attachment === undefined) return [];
  const holder = region.ec2.instances.get(attachment.instanceId);
  if (holder !== undefined && state.poolsOf(holder).length === 0) return [];
  if (attachment.status === "detaching") {
    const seconds = region.faults.mayStrike("detachStuck") ? STUCK : SYNC;
    return [{ text: `${address} is detaching from ${attachment.instanceId}`, seconds }];
  }
  const isHolder = holder !== undefined && state.isHealthy(holder, pool);
  return isHolder
    ? ofHolder(address, attachment, region)
    : ofFormerHolder(address, attachment, region);
}

function ofHolder(address: string, { status, instanceId }: Attachment, region: Region): Unmet[] {
  if (status === "attached") return [];
  return [{ text: `${address} is attaching to ${instanceId}`, seconds: attachesWithin(region) }];
}

function ofFormerHolder(
  address: string,
  { status, instanceId }: Attachment,
  region: Region,
): Unmet[] {
  const seconds = region.ec2.instances.has(instanceId) ? SYNC : DOUBTED;
  // What is attaching can't be detached yet.
  const attachingSeconds = status === "attaching" ? attachesWithin(region) : 0;
  const text = `${address} is still ${status} to ${instanceId}`;
  return [{ text, seconds: seconds + attachingSeconds }];
}

function attachesWithin({ faults }: Region): number {
  return faults.mayStrike("attachStuck") ? STUCK_ATTACHING : SLOW;
}

/** An interface made on demand ends with its instance, or, on none, is deleted. */
function ofMade(
  { attachment, address, tags }: NetworkInterface,
  pool: string,
  region: Region,
  state: ExpectedState,
): Unmet[] {
  const owner = region.ec2.instances.get(attachment?.instanceId ?? tags[MADE_FOR_TAG_KEY] ?? "");
  const isOver = owner === undefined || ["shutting-down", "terminated"].includes(owner.state);
  if (isOver) {
    const seconds = attachesWithin(region) + UNUSED;
    return [{ text: `${address} outlives its instance`, seconds }];
  }
  const isOfPool = state.poolsOf(owner).includes(pool);
  if (attachment === undefined) {
    const isWanted = isOfPool && state.interfacesOf(owner, pool).length === 0;
    return isWanted ? [] : [{ text: `${address} is used by nobody`, seconds: UNUSED }];
  }
  if (!isOfPool) return [];
  return attachment.status === "attached" && attachment.deleteOnTermination
    ? []
    : [
        {
          text: `${address} isn't yet to end with ${owner.id}`,
          seconds: attachesWithin(region) + SYNC,
        },
      ];
}

function ofInstance(instance: Instance, state: ExpectedState): Unmet[] {
  return state.poolsOf(instance).flatMap((pool) => {
    if (!state.isHealthy(instance, pool) || state.isRetained(instance)) return [];
    const interfaces = state.interfacesOf(instance, pool);
    // One that is on its way off is open by itself.
    const count = interfaces.filter(({ attachment }) => attachment?.status !== "detaching").length;
    if (count > 1) return [{ text: `${instance.id} has ${count} addresses`, seconds: SYNC }];
    if (interfaces.length > 0 || !state.hasRoom(instance)) return [];
    const prospect = state.prospectOf(instance, pool);
    if (prospect !== "none") {
      const text = `${instance.id} has no address, though one is free`;
      return [{ text, seconds: GIVEN_WITHIN[prospect] }];
    }
    return state.hasStandbys(pool)
      ? []
      : [{ text: `${instance.id} has no address`, seconds: Infinity }];
  });
}

function ofGroup(group: Group, { ec2, tagKey }: Region, state: ExpectedState): Unmet[] {
  const pools = state.poolsOf(group);
  return [...group.members.values()].flatMap((member) => {
    const { instance, lifecycleState } = member;
    if (!isHeldByManager(member)) return [];
    const has = (pool: string) => state.attachedOf(instance, pool).length > 0;
    const isServed =
      instance.tags[tagKey] === group.tags[tagKey] &&
      pools.every((pool) => has(pool) || state.goesOnWithout(instance, pool));
    const isWaiting =
      ANSWERED_AT_ANY_RATE.includes(lifecycleState) ||
      (lifecycleState === "Pending:Wait" && isServed);
    // Until it is off, what is open is the address, of whatever pool it is.
    const isToGiveBack =
      lifecycleState.endsWith("Terminating:Wait") &&
      ec2.interfacesOf(instance.id).some((one) => {
        const pool = state.poolOf(one);
        return pool !== undefined && !state.isOnDemand(pool);
      });
    if (!isWaiting || isToGiveBack) return [];
    const text = `${group.name} still waits for ${instance.id} in ${lifecycleState}`;
    if (lifecycleState === "Warmed:Pending:Wait") return [{ text, seconds: HOOK }];
    const isWithout = lifecycleState === "Pending:Wait" && !pools.every(has);
    return [{ text, seconds: isWithout ? TRIED : SYNC }];
  });
}

/** Whether it is the manager that a member waits for: what others' hooks hold is theirs to let go. */
function isHeldByManager({ waiting }: Member): boolean {
  return waiting?.actions.some(({ hook }) => MANAGER_HOOKS.includes(hook.name)) === true;
}
