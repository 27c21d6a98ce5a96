import { type Board, type EligibleInstance, inAddressOrder, zoneKey } from "./board";
import { claimSubject, type Settings, type Snapshot } from "./model";
import { isManaged, judgeInterface, onDemandOf, type Verdict } from "./verdict";

/** Sorts the interfaces into free, held, returning and foreign, and asks back those to be released. */
export function planInterfaces(
  eligible: EligibleInstance[],
  snapshot: Snapshot,
  settings: Settings,
  board: Board,
): void {
  const { actions, waits, problems } = board.plan;
  const placedOn = new Map<string, EligibleInstance>();
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
    const placedOnId = witness?.pools.includes(pool) ? witness.instanceId : undefined;
    const verdict = judgeInterface(networkInterface, placedOnId, snapshot, settings);
    const subject = { pool, networkInterfaceId, address };
    // What was made on demand may end with its instance: nothing waits for it to come off.
    const holderId = onDemandOf(pool, settings) === undefined ? holderOf(verdict) : undefined;
    if (holderId !== undefined) board.occupied.add(holderId);
    switch (verdict.is) {
      case "free":
        zone.free.push(networkInterface);
        break;
      case "kept": {
        const { instanceId, notReady } = verdict;
        append(board.kept, claimSubject(instanceId, pool), { networkInterface, notReady });
        break;
      }
      case "unused":
        board.unused.push(networkInterface);
        break;
      case "held": {
        const { instanceId, attached } = verdict;
        const holding = { instanceId, networkInterface, attached };
        append(board.holdings, claimSubject(instanceId, pool), holding);
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
        actions.push({ kind: "detach", ...subject, instanceId, attachmentId, force, because });
        break;
      }
      case "returning": {
        zone.returning.push(networkInterface);
        const reason = `${address} isn't free yet: ${verdict.reason}`;
        waits.push({ kind: "releasing", ...subject, watch: false, reason });
        break;
      }
      case "refused": {
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

/** The instance that has the interface, or still has to give it back. */
function holderOf(verdict: Verdict): string | undefined {
  const isOn = ["held", "toDetach", "returning", "refused"].includes(verdict.is);
  return isOn && "instanceId" in verdict ? verdict.instanceId : undefined;
}

function append<Item>(lists: Map<string, Item[]>, key: string, item: Item): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}

/** A launch whose lifecycle action is still to come wakes the manager again, by that event. */
export function isWatched(instanceId: string, snapshot: Snapshot): boolean {
  return snapshot.memberships[instanceId]?.lifecycleState !== "Pending";
}

/**
 * An instance with two interfaces of its pool gives back those at the higher indexes; but only those that
 * it lists itself, too: the read of an interface may lag behind its move to another instance.
 */
export function planSurplus(snapshot: Snapshot, board: Board): void {
  for (const [claim, holdings] of board.holdings) {
    const [first] = holdings;
    if (first === undefined || holdings.length < 2) continue;
    const { instanceId } = first;
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
    board.holdings.set(claim, stays);
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
