import type { Instance, NetworkInterface } from "../aws/ec2/ec2";
import { MADE_FOR_TAG_KEY } from "../aws/ec2/creating";
import type { Group, LifecycleState } from "../aws/autoscaling/group";
import type { ExpectedState } from "./expectedState";
import type { Region } from "../aws/region";

/** Something that the manager is still to do. */
export interface UnmetPromise {
  text: string;
  /** For how many seconds it may be open, once nothing goes wrong any more. */
  seconds: number;
}

/** One interval of the schedule, and the calls. */
const SYNC = 75;
/** Until a detach that gets nowhere is forced, and an interval of the schedule. */
const STUCK = 120 + 2 * SYNC;
/** A launch into a warm pool of which there is no news runs into the launch hook's time-out. */
const HOOK = 300 + SYNC;
/** The slowest attachment that was asked for before all healed. */
const SLOW = 185;
/** EC2 may take a minute to release it, and it is deleted on a sighting a minute after the first. */
const UNUSED = 60 + 60 + 2 * SYNC;

/** Where a lifecycle hook holds a member that needs no address to go on. */
const ANSWERED_AT_ANY_RATE: LifecycleState[] = [
  "Terminating:Wait",
  "ReplacingRootVolume:Wait",
  "Warmed:Pending:Wait",
  "Warmed:Terminating:Wait",
];

/** What is still to be done; nothing once all is as promised. */
export function findUnmetPromises(region: Region, state: ExpectedState): UnmetPromise[] {
  const { ec2, autoScaling, faults, tagKey } = region;
  const holderOf = (instanceId: string) => ec2.instances.get(instanceId);
  const detachingSeconds = faults.mayStrike("detachStuck") ? STUCK : SYNC;
  return [
    ...[...ec2.interfaces.values()].flatMap((one) =>
      ofInterface(one, holderOf, state, detachingSeconds),
    ),
    ...[...ec2.instances.values()].flatMap((one) => ofInstance(one, state)),
    ...[...autoScaling.groups.values()].flatMap((group) => ofGroup(group, tagKey, state)),
  ];
}

function ofInterface(
  networkInterface: NetworkInterface,
  instanceOf: (instanceId: string) => Instance | undefined,
  state: ExpectedState,
  detachingSeconds: number,
): UnmetPromise[] {
  const { attachment, address } = networkInterface;
  const pool = state.poolOf(networkInterface);
  if (pool === undefined) return [];
  if (state.isOnDemand(pool)) return ofMade(networkInterface, pool, instanceOf, state);
  if (attachment === undefined) return [];
  const holder = instanceOf(attachment.instanceId);
  if (holder !== undefined && state.poolsOf(holder).length === 0) return [];
  const isKept = holder !== undefined && state.isHealthy(holder, pool);
  if (attachment.status === "detaching") {
    const text = `${address} is detaching from ${attachment.instanceId}`;
    return [{ text, seconds: detachingSeconds }];
  }
  if (!isKept) {
    // What is attaching can't be detached yet.
    const seconds = attachment.status === "attaching" ? SLOW + SYNC : SYNC;
    return [
      { text: `${address} is still ${attachment.status} to ${attachment.instanceId}`, seconds },
    ];
  }
  return attachment.status === "attached"
    ? []
    : [{ text: `${address} is attaching to ${attachment.instanceId}`, seconds: SLOW }];
}

/** An interface made on demand ends with its instance, or, on none, is deleted. */
function ofMade(
  { attachment, address, tags }: NetworkInterface,
  pool: string,
  instanceOf: (instanceId: string) => Instance | undefined,
  state: ExpectedState,
): UnmetPromise[] {
  const owner = instanceOf(attachment?.instanceId ?? tags[MADE_FOR_TAG_KEY] ?? "");
  const isOver = owner === undefined || ["shutting-down", "terminated"].includes(owner.state);
  if (isOver) return [{ text: `${address} outlives its instance`, seconds: SLOW + UNUSED }];
  const isOfPool = state.poolsOf(owner).includes(pool);
  if (attachment === undefined) {
    const isWanted = isOfPool && state.interfacesOf(owner, pool).length === 0;
    return isWanted ? [] : [{ text: `${address} is used by nobody`, seconds: UNUSED }];
  }
  if (!isOfPool) return [];
  return attachment.status === "attached" && attachment.deleteOnTermination
    ? []
    : [{ text: `${address} isn't yet to end with ${owner.id}`, seconds: SLOW + SYNC }];
}

function ofInstance(instance: Instance, state: ExpectedState): UnmetPromise[] {
  return state.poolsOf(instance).flatMap((pool) => {
    if (!state.isHealthy(instance, pool) || state.isRetained(instance)) return [];
    const interfaces = state.interfacesOf(instance, pool);
    // One that is on its way off is open by itself.
    const count = interfaces.filter(({ attachment }) => attachment?.status !== "detaching").length;
    if (count > 1) return [{ text: `${instance.id} has ${count} addresses`, seconds: SYNC }];
    return interfaces.length === 0 && state.isOneToBeHad(instance, pool) && state.hasRoom(instance)
      ? [{ text: `${instance.id} has no address, though one is free`, seconds: SYNC }]
      : [];
  });
}

function ofGroup(group: Group, tagKey: string, state: ExpectedState): UnmetPromise[] {
  const pools = state.poolsOf(group);
  return [...group.members.values()].flatMap(({ instance, lifecycleState }) => {
    const isServed =
      instance.tags[tagKey] === group.tags[tagKey] &&
      pools.every((pool) => state.attachedOf(instance, pool).length > 0);
    const isWaiting =
      ANSWERED_AT_ANY_RATE.includes(lifecycleState) ||
      (lifecycleState === "Pending:Wait" && isServed);
    // Until it is off, what is open is the address.
    const isToGiveBack =
      lifecycleState.endsWith("Terminating:Wait") &&
      pools.some(
        (pool) => !state.isOnDemand(pool) && state.interfacesOf(instance, pool).length > 0,
      );
    if (!isWaiting || isToGiveBack) return [];
    const text = `${group.name} still waits for ${instance.id} in ${lifecycleState}`;
    return [{ text, seconds: lifecycleState === "Warmed:Pending:Wait" ? HOOK : SYNC }];
  });
}
