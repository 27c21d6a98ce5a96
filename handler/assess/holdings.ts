import { groupBy } from "../groupBy";
import { onDemandOf } from "../settings";
import { claimKey } from "../types";
import type { Basis } from "./basis";
import { detach, type InterfaceStatus } from "./interfaces";
import { waitsForOtherHooks } from "./release";

/** What instances have, or are getting, by {@link claimKey}. */
export function holdingsOf(statuses: InterfaceStatus[]): Map<string, InterfaceStatus[]> {
  return groupBy(statuses, ({ state, instanceId, pool }) => {
    const isHeld = state === "attached" || state === "attaching";
    return isHeld && instanceId !== undefined ? claimKey(instanceId, pool) : undefined;
  });
}

/**
 * Has an instance with two interfaces of its pool give back those at the higher indexes; but only those that
 * it lists itself, too: the read of an interface may lag behind its move to another instance.
 */
export function releaseSurplus(holdings: Map<string, InterfaceStatus[]>, basis: Basis): void {
  for (const [claim, held] of holdings) {
    const [kept, ...surplus] = inSlotOrder(held, basis);
    if (kept === undefined || surplus.length === 0) continue;
    // A launch goes on by the one that stays.
    holdings.set(claim, [kept]);
    for (const status of surplus) {
      const { attachment } = status.networkInterface;
      if (attachment === undefined) continue;
      delete status.recheckMs;
      Object.assign(status, detach(status.networkInterface, attachment, "surplus", basis));
    }
  }
}

/** Those that their instance lists, the lowest index first. */
function inSlotOrder(held: InterfaceStatus[], { instances }: Basis): InterfaceStatus[] {
  const listed = held.flatMap((status) => {
    const { networkInterfaceId, instanceId = "", networkInterface } = status;
    const slot = networkInterface.attachment;
    const isListed = instances[instanceId]?.slots.some(
      (taken) => taken.networkInterfaceId === networkInterfaceId,
    );
    return slot !== undefined && isListed ? [{ status, slot }] : [];
  });
  listed.sort(
    ({ slot: a }, { slot: b }) =>
      a.networkCardIndex - b.networkCardIndex || a.deviceIndex - b.deviceIndex,
  );
  return listed.map(({ status }) => status);
}

/** Instances that have a fixed interface, or still have to give one back. What was made may end with them. */
export function findOccupied(statuses: InterfaceStatus[], basis: Basis): ReadonlySet<string> {
  const { settings } = basis;
  const occupied = statuses.flatMap(({ state, pool, instanceId }) => {
    const isOn = ["attached", "attaching", "returning", "blocked"].includes(state);
    if (!isOn || instanceId === undefined || onDemandOf(pool, settings) !== undefined) return [];
    return waitsForOtherHooks(instanceId, pool, basis) ? [] : instanceId;
  });
  return new Set(occupied);
}
