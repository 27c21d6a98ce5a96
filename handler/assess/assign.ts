import { onDemandOf, whenExhaustedOf } from "../settings";
import {
  ageKey,
  claimKey,
  type DeviceSlot,
  type InterfaceLimits,
  pairKey,
  slotKey,
  type TakenSlot,
} from "../types";
import {
  type Answer,
  attachTo,
  type Claim,
  type ClaimStatus,
  refusedBy,
  type Supply,
  type Zone,
  zoneKey,
} from "./claims";
import type { EligibleInstance } from "./eligibility";
import type { InterfaceStatus } from "./interfaces";
import { claimMadeInterface } from "./onDemand";
import { FIRST_RELEASE_MS, releaseRecheckMs } from "./release";

/** In a reason, of those on their way back: everybody who waits has a line with it in the log. */
const MAX_ADDRESSES_NAMED = 10;

/** Without known limits only card 0 is searched, and no card is known to take more than this. */
const MOST_DEVICE_INDEXES = 64;

/** A pool that shows no interface at all has lost its last one, or the read has. */
const EMPTY_AFTER_MS = 30_000;
const EMPTY_RECHECK_MS = 5_000;

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
  const { backoffs, interfaceLimits, holdings } = supply;
  const held = holdings.get(claimKey(instanceId, pool));
  const isListed = held?.some(({ networkInterfaceId }) =>
    taken.some((slot) => slot.networkInterfaceId === networkInterfaceId),
  );
  const limits = interfaceLimits[instanceType];
  const isRefused = (tried: DeviceSlot) => backoffs[slotKey(instanceId, tried)] !== undefined;
  const slot = isListed ? undefined : findFreeSlot(taken, limits, isRefused);
  if (slot !== undefined) taken.push({ ...slot, networkInterfaceId: "" });
  if (held !== undefined) {
    const isServed = held.some(({ state }) => state === "attached");
    return { state: isServed ? "served" : "attaching", reason: "" };
  }
  const refusal = backoffs[instanceId] ?? backoffs[claimKey(instanceId, pool)];
  if (refusal !== undefined) return refusedBy([refusal]);
  if (slot === undefined) return waitForSlot(instance, supply);
  const claim = { instance, pool, slot };
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
  return { state: "waiting", reason, recheckMs: returnRecheckMs(leaving, supply) };
}

function claimFixedInterface(claim: Claim, supply: Supply): Answer {
  const { pool } = claim;
  const { instanceId, availabilityZone } = claim.instance;
  const key = zoneKey(pool, availabilityZone);
  const zone = supply.zones.get(key);
  const status = zone && takeFree(zone, instanceId, supply);
  if (status !== undefined) return attachTo(claim, status, supply);
  const refusals = (zone?.free ?? [])
    .flatMap((one) => supply.backoffs[pairKey(instanceId, one.networkInterfaceId)] ?? [])
    .reverse();
  const isRefusedForNow = refusals.some(({ permanent }) => !permanent);
  if (isRefusedForNow) return refusedBy(refusals);
  if (zone !== undefined && zone.returning.length > 0) return waitForReturn(zone, supply);
  const isEmptyLately = (supply.ageMs[ageKey("empty", key)] ?? 0) < EMPTY_AFTER_MS;
  if (zone === undefined && isEmptyLately) {
    const reason = `EC2 shows no interface of pool ${pool} in ${availabilityZone}`;
    return { state: "refused", reason, recheckMs: EMPTY_RECHECK_MS };
  }
  const reason =
    zone === undefined
      ? `pool ${pool} has no interface in ${availabilityZone}`
      : refusals.length > 0
        ? refusedBy(refusals).reason
        : `all ${zone.interfaceCount} of pool ${pool} in ${availabilityZone} are taken`;
  const goesOn = whenExhaustedOf(pool, supply.settings) === "continue";
  return { state: goesOn ? "spare" : "exhausted", reason };
}

function waitForReturn(zone: Zone, supply: Supply): Answer {
  zone.wait ??= {
    state: "waiting",
    reason: `none is free, these are on their way back: ${listAddresses(zone.returning)}`,
    recheckMs: returnRecheckMs(zone.returning, supply),
  };
  return zone.wait;
}

/** The interface that comes back next may have been on its way for a while: then it takes long. */
function returnRecheckMs(returning: InterfaceStatus[], { ageMs }: Supply): number {
  const isLate = ({ networkInterfaceId }: InterfaceStatus) =>
    (ageMs[ageKey("returning", networkInterfaceId)] ?? 0) > FIRST_RELEASE_MS;
  return releaseRecheckMs(returning.every(isLate));
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
  { backoffs }: Supply,
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

/**
 * The lowest free device index on the first network card that isn't full.
 *
 * @param limits absent where the instance has its primary interface alone, since every type takes at least two
 * @param isRefused whether EC2 refused a slot lately
 * @returns undefined when every card is full
 */
function findFreeSlot(
  taken: TakenSlot[],
  limits: InterfaceLimits | undefined,
  isRefused: (slot: DeviceSlot) => boolean,
): DeviceSlot | undefined {
  const { most, cards } = limits ?? unknownLimits;
  if (taken.length >= most) return undefined;
  for (const card of cards) {
    const { networkCardIndex } = card;
    const onCard = taken.filter((slot) => slot.networkCardIndex === networkCardIndex);
    if (onCard.length >= card.most) continue;
    const isUsable = (deviceIndex: number) =>
      onCard.every((slot) => slot.deviceIndex !== deviceIndex) &&
      !isRefused({ networkCardIndex, deviceIndex });
    // Index 0 of card 0 is the primary interface's, whether or not this read shows it.
    const first = networkCardIndex === 0 ? 1 : 0;
    for (let deviceIndex = first; deviceIndex < MOST_DEVICE_INDEXES; deviceIndex += 1) {
      if (isUsable(deviceIndex)) return { networkCardIndex, deviceIndex };
    }
  }
  return undefined;
}

const unknownLimits: InterfaceLimits = {
  most: MOST_DEVICE_INDEXES,
  cards: [{ networkCardIndex: 0, most: MOST_DEVICE_INDEXES }],
};
