import { planLifecycleHooks } from "./lifecycleHooks";
import {
  type Holding,
  type Instance,
  pairSubject,
  type Plan,
  type PoolInterface,
  type Settings,
  type Snapshot,
  type Standing,
} from "./model";
import { findFreePlace } from "./place";
import { isInWarmPool, isLeaving, isManaged, judgeInterface } from "./verdict";

/** In a reason, of those on their way back: everybody who waits has a line with it in the log. */
const MAX_ADDRESSES_NAMED = 10;

type EligibleInstance = Instance & { pool: string };

/** The interfaces of one pool in one Availability Zone. */
interface Zone {
  /** Ready to attach, the next one last: taking it moves none of the others. */
  free: PoolInterface[];
  /** On their way back, and so worth waiting for. */
  returning: PoolInterface[];
  interfaceCount: number;
}

interface Board {
  plan: Plan;
  /** By {@link zoneKey}. */
  zones: Map<string, Zone>;
  /** What an instance has of its own pool, by instance id. */
  holdings: Map<string, Holding[]>;
  /** Instances that still have to give an interface back. */
  releasing: Set<string>;
}

/**
 * Works out what is missing between the world as seen and the world as promised: every eligible
 * instance holds exactly one interface of its pool, and every other interface is free.
 *
 * Pure and total: no clock, no input or output, and the same snapshot in any order gives the same
 * plan, so that two managers at once ask EC2 for the same thing and EC2 lets one of them have it.
 */
export function planPools(observed: Snapshot, settings: Settings): Plan {
  const snapshot = withoutPrototypes(observed);
  const board: Board = {
    plan: { actions: [], waits: [], problems: [] },
    zones: new Map(),
    holdings: new Map(),
    releasing: new Set(),
  };
  const eligible = Object.values(snapshot.instances)
    .filter((instance): instance is EligibleInstance => isEligible(instance, snapshot, settings))
    .sort(byLaunchTime);
  planInterfaces(eligible, snapshot, settings, board);
  planSurplus(snapshot, board);
  const standings = planAttachments(eligible, snapshot, board);
  planPendingInstances(snapshot, settings, board);
  const occupied = new Set([...board.releasing, ...board.holdings.keys()]);
  planLifecycleHooks(standings, occupied, snapshot, settings, board.plan);
  return board.plan;
}

/** An id that is named like what every object has must not be found where nobody put it. */
function withoutPrototypes(snapshot: Snapshot): Snapshot {
  const bare = <Value>(record: Record<string, Value>): Record<string, Value> =>
    Object.assign(Object.create(null) as Record<string, Value>, record);
  return {
    ...snapshot,
    instances: bare(snapshot.instances),
    memberships: bare(snapshot.memberships),
    interfaceLimits: bare(snapshot.interfaceLimits),
    detachingForSeconds: bare(snapshot.detachingForSeconds),
    missingForSeconds: bare(snapshot.missingForSeconds),
    recentAttachments: bare(snapshot.recentAttachments),
    deferred: bare(snapshot.deferred),
  };
}

function isEligible(instance: Instance, snapshot: Snapshot, settings: Settings): boolean {
  const membership = snapshot.memberships[instance.instanceId];
  return (
    isManaged(instance.pool, settings) &&
    instance.state === "running" &&
    !isLeaving(membership) &&
    !isInWarmPool(membership)
  );
}

function byLaunchTime(a: Instance, b: Instance): number {
  return compareText(a.launchTime, b.launchTime) || compareText(a.instanceId, b.instanceId);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What is no IPv4 address comes last. */
function addressNumber(address: string): number {
  const number = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  return Number.isNaN(number) ? Number.MAX_VALUE : number;
}

function inAddressOrder(interfaces: PoolInterface[]): PoolInterface[] {
  return interfaces
    .map((networkInterface) => ({
      networkInterface,
      number: addressNumber(networkInterface.address),
    }))
    .sort(
      (a, b) =>
        a.number - b.number ||
        compareText(a.networkInterface.networkInterfaceId, b.networkInterface.networkInterfaceId),
    )
    .map(({ networkInterface }) => networkInterface);
}

/** A zone's name has no slash, so a pool's name can't forge another key. */
function zoneKey(pool: string | undefined, availabilityZone: string): string {
  return `${availabilityZone}/${pool}`;
}

/** Sorts the interfaces into free, held, returning and foreign, and asks back those to be released. */
function planInterfaces(
  eligible: Instance[],
  snapshot: Snapshot,
  settings: Settings,
  board: Board,
): void {
  const { actions, waits, problems } = board.plan;
  const placedOn = new Map<string, Instance>();
  for (const instance of eligible) {
    for (const place of instance.places) placedOn.set(place.networkInterfaceId, instance);
  }
  const managed = snapshot.interfaces.filter(({ pool }) => isManaged(pool, settings));
  for (const networkInterface of inAddressOrder(managed)) {
    const { networkInterfaceId, pool, address, availabilityZone } = networkInterface;
    const key = zoneKey(pool, availabilityZone);
    const zone = board.zones.get(key) ?? { free: [], returning: [], interfaceCount: 0 };
    board.zones.set(key, zone);
    zone.interfaceCount += 1;
    const witness = placedOn.get(networkInterfaceId);
    const placedOnId = witness?.pool === pool ? witness.instanceId : undefined;
    const verdict = judgeInterface(networkInterface, placedOnId, snapshot, settings);
    const subject = { pool, networkInterfaceId, address };
    switch (verdict.is) {
      case "free":
        zone.free.push(networkInterface);
        break;
      case "held": {
        const { instanceId, attached } = verdict;
        const holdings = board.holdings.get(instanceId) ?? [];
        board.holdings.set(instanceId, [...holdings, { networkInterface, attached }]);
        if (!attached) {
          const reason = `${address} is attaching to ${instanceId}`;
          const watch = isWatched(instanceId, snapshot);
          waits.push({ kind: "attaching", ...subject, instanceId, watch, reason });
        }
        break;
      }
      case "toDetach": {
        const { instanceId, attachmentId, force, because } = verdict;
        zone.returning.push(networkInterface);
        board.releasing.add(instanceId);
        actions.push({ kind: "detach", ...subject, instanceId, attachmentId, force, because });
        break;
      }
      case "returning": {
        zone.returning.push(networkInterface);
        if (verdict.instanceId !== undefined) board.releasing.add(verdict.instanceId);
        const reason = `${address} isn't free yet: ${verdict.reason}`;
        waits.push({ kind: "releasing", ...subject, watch: false, reason });
        break;
      }
      case "refused": {
        if (verdict.instanceId !== undefined) board.releasing.add(verdict.instanceId);
        const reason = `${address} is left out for now: ${verdict.reason}`;
        waits.push({ kind: "deferred", ...subject, watch: false, reason });
        break;
      }
      case "foreign": {
        const reason = `${address} can't be given out: ${verdict.reason}`;
        problems.push({ kind: "foreignHolder", ...subject, reason });
      }
    }
  }
  for (const zone of board.zones.values()) zone.free.reverse();
}

/** A launch whose lifecycle action is still to come wakes the manager again, by that event. */
function isWatched(instanceId: string, snapshot: Snapshot): boolean {
  return snapshot.memberships[instanceId]?.lifecycleState !== "Pending";
}

/**
 * An instance with two interfaces of its pool gives back those at the higher indexes; but only those that
 * it lists itself, too: the read of an interface may lag behind its move to another instance.
 */
function planSurplus(snapshot: Snapshot, board: Board): void {
  for (const [instanceId, holdings] of board.holdings) {
    if (holdings.length < 2) continue;
    const listed = snapshot.instances[instanceId]?.places.map((place) => place.networkInterfaceId);
    const placed = holdings.flatMap(({ networkInterface }) => {
      const { attachment, networkInterfaceId } = networkInterface;
      const isListed = listed?.includes(networkInterfaceId);
      return attachment !== undefined && isListed ? [{ ...networkInterface, attachment }] : [];
    });
    if (placed.length < 2) continue;
    placed.sort(
      (a, b) =>
        a.attachment.networkCardIndex - b.attachment.networkCardIndex ||
        a.attachment.deviceIndex - b.attachment.deviceIndex,
    );
    const [kept] = placed;
    if (kept === undefined) continue;
    // A launch goes on by the one that stays.
    const stays = holdings.filter(
      ({ networkInterface }) => networkInterface.networkInterfaceId === kept.networkInterfaceId,
    );
    board.holdings.set(instanceId, stays);
    for (const surplus of placed.slice(1)) {
      const { networkInterfaceId, pool, address, availabilityZone } = surplus;
      const { attachmentId } = surplus.attachment;
      board.zones.get(zoneKey(pool, availabilityZone))?.returning.push(surplus);
      if (snapshot.deferred[attachmentId] !== undefined) continue;
      const subject = { pool, networkInterfaceId, address, instanceId, attachmentId };
      board.plan.actions.push({ kind: "detach", ...subject, force: false, because: "surplus" });
    }
  }
}

/**
 * Gives the first free address to the instance that waits longest, zone by zone.
 *
 * @returns how every eligible instance stands, by instance id
 */
function planAttachments(
  eligible: EligibleInstance[],
  snapshot: Snapshot,
  board: Board,
): Map<string, Standing> {
  const { actions, waits, problems } = board.plan;
  const standings = new Map<string, Standing>();
  for (const instance of eligible) {
    const { instanceId, pool, availabilityZone, instanceType } = instance;
    const holdings = board.holdings.get(instanceId);
    if (holdings !== undefined) {
      standings.set(
        instanceId,
        holdings.some(({ attached }) => attached) ? "attached" : "onItsWay",
      );
      continue;
    }
    const noAddress = `${instanceId} has no address`;
    const deferral = snapshot.deferred[instanceId];
    if (deferral !== undefined) {
      const reason = `${noAddress}: ${deferral.reason}`;
      waits.push({ kind: "deferred", pool, instanceId, watch: !deferral.forGood, reason });
      standings.set(instanceId, "refused");
      continue;
    }
    const place = findFreePlace(instance, snapshot.interfaceLimits[instanceType]);
    if (place === undefined) {
      const reason = `${noAddress}: ${instanceType} takes no more interfaces than it has`;
      problems.push({ kind: "interfacesFull", pool, instanceId, reason });
      standings.set(instanceId, "refused");
      continue;
    }
    const zone = board.zones.get(zoneKey(pool, availabilityZone));
    const networkInterface = zone && takeFree(zone, instanceId, snapshot);
    if (networkInterface !== undefined) {
      const { networkInterfaceId, address } = networkInterface;
      const subject = { pool, networkInterfaceId, address, instanceId };
      const watch = isWatched(instanceId, snapshot);
      actions.push({ kind: "attach", ...subject, ...place, watch, because: "instanceWaits" });
      standings.set(instanceId, "onItsWay");
    } else if (zone !== undefined && zone.free.length > 0) {
      const refusals = [...zone.free]
        .reverse()
        .flatMap(
          ({ networkInterfaceId }) =>
            snapshot.deferred[pairSubject(instanceId, networkInterfaceId)] ?? [],
        );
      const watch = refusals.some(({ forGood }) => !forGood);
      const reason = `${noAddress}: ${refusals.map((refusal) => refusal.reason).join("; ")}`;
      waits.push({ kind: "deferred", pool, instanceId, watch, reason });
      standings.set(instanceId, "refused");
    } else if (zone !== undefined && zone.returning.length > 0) {
      const addresses = listAddresses(zone.returning);
      const reason = `${noAddress}: none is free, these are on their way back: ${addresses}`;
      waits.push({ kind: "waitingForAddress", pool, instanceId, watch: true, reason });
      standings.set(instanceId, "returning");
    } else {
      const found =
        zone === undefined
          ? `pool ${pool} has no interface in ${availabilityZone}`
          : `all ${zone.interfaceCount} of pool ${pool} in ${availabilityZone} are taken`;
      problems.push({ kind: "poolExhausted", pool, instanceId, reason: `${noAddress}: ${found}` });
      standings.set(instanceId, "exhausted");
    }
  }
  return standings;
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

/** Instances that will want an address soon; those that an event called running show a read that lags. */
function planPendingInstances(snapshot: Snapshot, settings: Settings, board: Board): void {
  const announced = new Set(snapshot.announcedInstanceIds);
  const pending = Object.values(snapshot.instances).filter(({ state }) => state === "pending");
  for (const { instanceId, pool } of pending.sort(byLaunchTime)) {
    if (!isManaged(pool, settings)) continue;
    if (board.holdings.has(instanceId)) continue;
    const watch = announced.has(instanceId);
    const reason = `${instanceId} has no address: EC2 shows it pending`;
    board.plan.waits.push({ kind: "pending", pool, instanceId, watch, reason });
  }
}
