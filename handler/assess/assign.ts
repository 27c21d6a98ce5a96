import { onDemandOf, whenExhaustedOf } from "../settings";
import {
  ageKey,
  type Backoff,
  type ClaimState,
  claimKey,
  type DeviceSlot,
  type InterfaceLimits,
  pairKey,
  type Settings,
  slotKey,
  type Status,
  type TakenSlot,
  type World,
} from "../types";
import type { EligibleInstance } from "./eligibility";
import { claimMadeInterface } from "./onDemand";
import { FIRST_ATTACHING_RECHECK_MS, type InterfaceStatus } from "./release";

/** In a reason, of those on their way back: everybody who waits has a line with it in the log. */
const MAX_ADDRESSES_NAMED = 10;

/** Without known limits only card 0 is searched, and no card is known to take more than this. */
const MOST_DEVICE_INDEXES = 64;

/** A detachment takes one to four seconds, a spare instance's outage with it; a termination a minute and more. */
const FIRST_RETURNING_RECHECK_MS = 400;
const FIRST_RETURNING_MS = 6_000;
const RETURNING_RECHECK_MS = 1_000;
/** What is backed off from for longer is left to the next event or the schedule. */
const LONGEST_REFUSED_RECHECK_MS = 10_000;

/** A pool that shows no interface at all has lost its last one, or the read has. */
const EMPTY_AFTER_MS = 30_000;
const EMPTY_RECHECK_MS = 5_000;

/** The interfaces of one pool in one Availability Zone. */
export interface Zone {
  /** Ready to attach, the next one last: taking it moves none of the others. */
  free: InterfaceStatus[];
  /** On their way back, and so worth waiting for. */
  returning: InterfaceStatus[];
  interfaceCount: number;
}

/** How an instance stands with one of its pools. */
export type ClaimStatus = Status<ClaimState> & { instanceId: string };

/** What a claim comes to; the reason goes on after "has no address:". */
export type Answer = Pick<ClaimStatus, "state" | "reason" | "action" | "recheckMs">;

/** What claims are answered with. */
export interface Supply {
  /** By {@link zoneKey}. */
  zones: Map<string, Zone>;
  /** Interfaces that were made for a claim, by {@link claimKey}. */
  reserved: Map<string, InterfaceStatus[]>;
  /** What instances have, by {@link claimKey}. */
  holdings: Map<string, InterfaceStatus[]>;
  /** What is coming off instances, by their id. */
  leaving: Map<string, InterfaceStatus[]>;
  world: World;
  settings: Settings;
}

/** An instance that lacks an interface of one of its pools. */
export interface Claim {
  instance: EligibleInstance;
  pool: string;
  /** Where the interface is to go: slots are given in the order of the tag, whoever comes first. */
  slot: DeviceSlot;
}

/**
 * Gives the first free address to the instance that waits longest, pool by pool and zone by zone.
 *
 * @returns how every eligible instance stands with its pools
 */
export function assignInterfaces(eligible: EligibleInstance[], supply: Supply): ClaimStatus[] {
  return eligible.flatMap((instance) => {
    const { instanceId } = instance;
    const taken = [...instance.slots];
    return instance.pools.map((pool) => {
      const { reason, ...answer } = answerClaim(instance, pool, taken, supply);
      const ofPool = instance.pools.length > 1 ? ` of pool ${pool}` : "";
      const sentence = reason === "" ? "" : `${instanceId} has no address${ofPool}: ${reason}`;
      return { pool, instanceId, ...answer, reason: sentence };
    });
  });
}

/** @param taken the instance's slots that are taken, to which the one of this claim is added */
function answerClaim(
  instance: EligibleInstance,
  pool: string,
  taken: TakenSlot[],
  supply: Supply,
): Answer {
  const { instanceId, instanceType } = instance;
  const { backoffs, interfaceLimits } = supply.world;
  const held = supply.holdings.get(claimKey(instanceId, pool));
  const isListed = held?.some(({ networkInterfaceId }) =>
    taken.some((slot) => slot.networkInterfaceId === networkInterfaceId),
  );
  const limits = interfaceLimits[instanceType];
  const slot = isListed ? undefined : findFreeSlot(taken, limits, {});
  const tried = slot && findFreeSlot(taken, limits, slotBackoffsOf(instanceId, backoffs));
  if (slot !== undefined) taken.push({ ...(tried ?? slot), networkInterfaceId: "" });
  if (held !== undefined) {
    const isServed = held.some(({ state }) => state === "attached");
    return { state: isServed ? "served" : "attaching", reason: "" };
  }
  const refusal = backoffs[instanceId] ?? backoffs[claimKey(instanceId, pool)];
  if (refusal !== undefined) return refusedBy([refusal]);
  if (slot === undefined) return waitForSlot(instance, supply);
  if (tried === undefined) return refusedBy(Object.values(slotBackoffsOf(instanceId, backoffs)));
  const claim = { instance, pool, slot: tried };
  const onDemand = onDemandOf(pool, supply.settings);
  return onDemand === undefined
    ? claimFixedInterface(claim, supply)
    : claimMadeInterface(claim, onDemand, supply);
}

/** A type that takes no more takes another once what is coming off is off. */
function waitForSlot({ instanceId, instanceType }: EligibleInstance, supply: Supply): Answer {
  const leaving = supply.leaving.get(instanceId);
  const takesNoMore = `${instanceType} takes no more interfaces`;
  if (leaving === undefined) return { state: "blocked", reason: `${takesNoMore} than it has` };
  const reason = `${takesNoMore} until these are off: ${listAddresses(leaving)}`;
  return { state: "waiting", reason, recheckMs: returnRecheckMs(leaving, supply.world) };
}

/** What EC2 refused: only a person mends it if nothing of it is worth another try. */
export function refusedBy(refusals: Backoff[]): Answer {
  const reason = [...new Set(refusals.map((refusal) => refusal.reason))].join("; ");
  const passing = refusals.filter(({ permanent }) => !permanent);
  if (passing.length === 0) return { state: "blocked", reason };
  const retryInMs = Math.min(...passing.map((refusal) => refusal.retryInMs));
  const recheckMs = retryInMs > LONGEST_REFUSED_RECHECK_MS ? undefined : retryInMs;
  return { state: "refused", reason, recheckMs };
}

/** Attaches an interface, which from now on is nobody else's. */
export function attachTo(
  { instance, slot }: Claim,
  status: InterfaceStatus,
  { memberships }: World,
): Answer {
  const { instanceId } = instance;
  const { pool, networkInterfaceId, networkInterface } = status;
  const subject = { pool, networkInterfaceId, address: networkInterface.address, instanceId };
  Object.assign(status, { state: "attaching", reason: "", instanceId });
  // A launch whose lifecycle action is still to come wakes the manager again, by that event.
  const isAwaited = memberships[instanceId]?.lifecycleState !== "Pending";
  return {
    state: "attaching",
    reason: "",
    action: { kind: "attach", ...subject, ...slot, because: "instanceWaits" },
    recheckMs: isAwaited ? FIRST_ATTACHING_RECHECK_MS : undefined,
  };
}

function claimFixedInterface(claim: Claim, supply: Supply): Answer {
  const { world, settings } = supply;
  const { pool } = claim;
  const { instanceId, availabilityZone } = claim.instance;
  const key = zoneKey(pool, availabilityZone);
  const zone = supply.zones.get(key);
  const status = zone && takeFree(zone, instanceId, world);
  if (status !== undefined) return attachTo(claim, status, world);
  const refusals = (zone?.free ?? [])
    .flatMap((one) => world.backoffs[pairKey(instanceId, one.networkInterfaceId)] ?? [])
    .reverse();
  const isRefusedForNow = refusals.some(({ permanent }) => !permanent);
  if (isRefusedForNow) return refusedBy(refusals);
  if (zone !== undefined && zone.returning.length > 0) return waitForReturn(zone, world);
  const isEmptyLately = (world.ageMs[ageKey("empty", key)] ?? 0) < EMPTY_AFTER_MS;
  if (zone === undefined && isEmptyLately) {
    const reason = `EC2 shows no interface of pool ${pool} in ${availabilityZone}`;
    return { state: "waiting", reason, recheckMs: EMPTY_RECHECK_MS };
  }
  const reason =
    zone === undefined
      ? `pool ${pool} has no interface in ${availabilityZone}`
      : refusals.length > 0
        ? refusedBy(refusals).reason
        : `all ${zone.interfaceCount} of pool ${pool} in ${availabilityZone} are taken`;
  const goesOn = whenExhaustedOf(pool, settings) === "continue";
  return { state: goesOn ? "spare" : "exhausted", reason };
}

function waitForReturn({ returning }: Zone, world: World): Answer {
  const reason = `none is free, these are on their way back: ${listAddresses(returning)}`;
  return { state: "waiting", reason, recheckMs: returnRecheckMs(returning, world) };
}

/** The interface that comes back next may have been on its way for a while: then it takes long. */
function returnRecheckMs(returning: InterfaceStatus[], { ageMs }: World): number {
  const isLate = ({ networkInterfaceId }: InterfaceStatus) =>
    (ageMs[ageKey("returning", networkInterfaceId)] ?? 0) > FIRST_RETURNING_MS;
  return returning.every(isLate) ? RETURNING_RECHECK_MS : FIRST_RETURNING_RECHECK_MS;
}

function listAddresses(statuses: InterfaceStatus[]): string {
  const named = statuses
    .slice(0, MAX_ADDRESSES_NAMED)
    .map(({ networkInterface }) => networkInterface.address);
  const more = statuses.length - named.length;
  return more === 0 ? named.join(", ") : `${named.join(", ")} and ${more} more`;
}

/** Takes the first free interface that EC2 hasn't refused to this instance. */
function takeFree(
  zone: Zone,
  instanceId: string,
  { backoffs }: World,
): InterfaceStatus | undefined {
  const index = zone.free.findLastIndex(
    ({ networkInterfaceId }) => backoffs[pairKey(instanceId, networkInterfaceId)] === undefined,
  );
  return index < 0 ? undefined : zone.free.splice(index, 1)[0];
}

export function zonesOf(statuses: InterfaceStatus[]): Map<string, Zone> {
  const zones = new Map<string, Zone>();
  for (const status of statuses) {
    const { pool, state, networkInterface } = status;
    const key = zoneKey(pool, networkInterface.availabilityZone);
    const zone = zones.get(key) ?? { free: [], returning: [], interfaceCount: 0 };
    zones.set(key, zone);
    zone.interfaceCount += 1;
    if (state === "free") zone.free.push(status);
    if (state === "returning" || state === "doubted") zone.returning.push(status);
  }
  for (const zone of zones.values()) zone.free.reverse();
  return zones;
}

/** A zone's name has no slash, so a pool's name can't forge another key. */
export function zoneKey(pool: string, availabilityZone: string): string {
  return `${availabilityZone}/${pool}`;
}

function slotBackoffsOf(instanceId: string, backoffs: World["backoffs"]): World["backoffs"] {
  const start = `${instanceId}@`;
  const found = Object.entries(backoffs).filter(([key]) => key.startsWith(start));
  return Object.fromEntries(found);
}

/**
 * The lowest free device index on the first network card that isn't full.
 *
 * @param limits absent where the instance has its primary interface alone, since every type takes at least two
 * @param refused slots that aren't to be tried, by {@link slotKey}
 * @returns undefined when every card is full
 */
function findFreeSlot(
  taken: TakenSlot[],
  limits: InterfaceLimits | undefined,
  refused: World["backoffs"],
): DeviceSlot | undefined {
  const { most, cards } = limits ?? unknownLimits;
  if (taken.length >= most) return undefined;
  const refusedSlots = Object.keys(refused).map((key) => key.slice(key.indexOf("@")));
  for (const card of cards) {
    const { networkCardIndex } = card;
    const onCard = taken.filter((slot) => slot.networkCardIndex === networkCardIndex);
    if (onCard.length >= card.most) continue;
    const isUsable = (deviceIndex: number) =>
      onCard.every((slot) => slot.deviceIndex !== deviceIndex) &&
      !refusedSlots.includes(slotKey("", { networkCardIndex, deviceIndex }));
    // Index 0 of card 0 is the primary interface's, whether or not this read shows it.
    let deviceIndex = networkCardIndex === 0 ? 1 : 0;
    while (deviceIndex < MOST_DEVICE_INDEXES && !isUsable(deviceIndex)) deviceIndex += 1;
    if (deviceIndex < MOST_DEVICE_INDEXES) return { networkCardIndex, deviceIndex };
  }
  return undefined;
}

const unknownLimits: InterfaceLimits = {
  most: MOST_DEVICE_INDEXES,
  cards: [{ networkCardIndex: 0, most: MOST_DEVICE_INDEXES }],
};
