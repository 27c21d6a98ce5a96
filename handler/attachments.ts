import { type Board, type Claim, type EligibleInstance, type Zone, zoneKey } from "./board";
import { isWatched } from "./interfaces";
import {
  claimSubject,
  type DevicePlace,
  pairSubject,
  type PoolInterface,
  type PoolStanding,
  type Settings,
  type Snapshot,
  type Standing,
} from "./model";
import { claimMadeInterface } from "./onDemand";
import { findFreePlace } from "./place";
import { onDemandOf, whenExhaustedOf } from "./verdict";

/** In a reason, of those on their way back: everybody who waits has a line with it in the log. */
const MAX_ADDRESSES_NAMED = 10;

/**
 * Gives the first free address to the instance that waits longest, pool by pool and zone by zone.
 *
 * @returns how every eligible instance stands with its pools, by instance id
 */
export function planAttachments(
  eligible: EligibleInstance[],
  snapshot: Snapshot,
  settings: Settings,
  board: Board,
): Map<string, PoolStanding[]> {
  const standings = new Map<string, PoolStanding[]>();
  for (const instance of eligible) {
    const places = [...instance.places];
    const ofInstance = instance.pools.map((pool) => ({
      pool,
      standing: planPool(instance, pool, places, snapshot, settings, board),
    }));
    standings.set(instance.instanceId, ofInstance);
  }
  return standings;
}

/** @param places those taken, to which the one of this pool is added */
function planPool(
  instance: EligibleInstance,
  pool: string,
  places: DevicePlace[],
  snapshot: Snapshot,
  settings: Settings,
  board: Board,
): Standing {
  const { waits, problems } = board.plan;
  const { instanceId, instanceType } = instance;
  const holdings = board.holdings.get(claimSubject(instanceId, pool));
  const isPlaced = holdings?.some(({ networkInterface }) =>
    places.some((place) => place.networkInterfaceId === networkInterface.networkInterfaceId),
  );
  const place = isPlaced
    ? undefined
    : findFreePlace(places, snapshot.interfaceLimits[instanceType]);
  if (place !== undefined) places.push({ ...place, networkInterfaceId: "" });
  if (holdings !== undefined) {
    return holdings.some(({ attached }) => attached) ? "attached" : "onItsWay";
  }
  const ofPool = instance.pools.length > 1 ? ` of pool ${pool}` : "";
  const noAddress = `${instanceId} has no address${ofPool}`;
  const deferral =
    snapshot.deferred[instanceId] ?? snapshot.deferred[claimSubject(instanceId, pool)];
  if (deferral !== undefined) {
    const reason = `${noAddress}: ${deferral.reason}`;
    waits.push({ kind: "deferred", pool, instanceId, watch: !deferral.forGood, reason });
    return "refused";
  }
  if (place === undefined) {
    const reason = `${noAddress}: ${instanceType} takes no more interfaces than it has`;
    problems.push({ kind: "interfacesFull", pool, instanceId, reason });
    return "refused";
  }
  const claim = { instance, pool, place, noAddress };
  const onDemand = onDemandOf(pool, settings);
  return onDemand === undefined
    ? claimFixedInterface(claim, snapshot, settings, board)
    : claimMadeInterface(claim, onDemand, snapshot, board);
}

function claimFixedInterface(
  { instance, pool, place, noAddress }: Claim,
  snapshot: Snapshot,
  settings: Settings,
  board: Board,
): Standing {
  const { actions, waits, problems } = board.plan;
  const { instanceId, availabilityZone } = instance;
  const zone = board.zones.get(zoneKey(pool, availabilityZone));
  const networkInterface = zone && takeFree(zone, instanceId, snapshot);
  if (networkInterface !== undefined) {
    const { networkInterfaceId, address } = networkInterface;
    const subject = { pool, networkInterfaceId, address, instanceId };
    const watch = isWatched(instanceId, snapshot);
    actions.push({ kind: "attach", ...subject, ...place, watch, because: "instanceWaits" });
    return "onItsWay";
  }
  if (zone !== undefined && zone.free.length > 0) {
    const refusals = [...zone.free]
      .reverse()
      .flatMap(
        ({ networkInterfaceId }) =>
          snapshot.deferred[pairSubject(instanceId, networkInterfaceId)] ?? [],
      );
    const watch = refusals.some(({ forGood }) => !forGood);
    const reason = `${noAddress}: ${refusals.map((refusal) => refusal.reason).join("; ")}`;
    waits.push({ kind: "deferred", pool, instanceId, watch, reason });
    return "refused";
  }
  if (zone !== undefined && zone.returning.length > 0) {
    const addresses = listAddresses(zone.returning);
    const reason = `${noAddress}: none is free, these are on their way back: ${addresses}`;
    waits.push({ kind: "waitingForAddress", pool, instanceId, watch: true, reason });
    return "returning";
  }
  const found =
    zone === undefined
      ? `pool ${pool} has no interface in ${availabilityZone}`
      : `all ${zone.interfaceCount} of pool ${pool} in ${availabilityZone} are taken`;
  const reason = `${noAddress}: ${found}`;
  if (whenExhaustedOf(pool, settings) === "continue") {
    waits.push({ kind: "standingBy", pool, instanceId, watch: false, reason });
  } else {
    problems.push({ kind: "poolExhausted", pool, instanceId, reason });
  }
  return "exhausted";
}

function listAddresses(interfaces: PoolInterface[]): string {
  const named = interfaces.slice(0, MAX_ADDRESSES_NAMED).map(({ address }) => address);
  const more = interfaces.length - named.length;
  return more === 0 ? named.join(", ") : `${named.join(", ")} and ${more} more`;
}

/** Takes the first free interface that EC2 hasn't refused to this instance. */
function takeFree(zone: Zone, instanceId: string, snapshot: Snapshot): PoolInterface | undefined {
  const index = zone.free.findLastIndex(
    ({ networkInterfaceId }) =>
      snapshot.deferred[pairSubject(instanceId, networkInterfaceId)] === undefined,
  );
  return index < 0 ? undefined : zone.free.splice(index, 1)[0];
}
