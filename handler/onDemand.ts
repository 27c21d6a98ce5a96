import type { Board, Claim } from "./board";
import { isWatched } from "./interfaces";
import type { OnDemand } from "./names";
import {
  claimSubject,
  endSubject,
  pairSubject,
  type PoolInterface,
  type Settings,
  type Snapshot,
  type Standing,
} from "./model";
import { onDemandOf } from "./verdict";

/** EC2's reads may lag by half a minute, so what is seen on no instance for longer is on none. */
const UNUSED_AFTER_SECONDS = 60;

/** Attaches the interface that was made for an instance, or has it made. */
export function claimMadeInterface(
  { instance, pool, place, noAddress }: Claim,
  onDemand: OnDemand,
  snapshot: Snapshot,
  board: Board,
): Standing {
  const { actions, waits, problems } = board.plan;
  const { instanceId, availabilityZone } = instance;
  const claim = claimSubject(instanceId, pool);
  const [made] = board.kept.get(claim) ?? [];
  if (made !== undefined) {
    const { networkInterfaceId, address } = made.networkInterface;
    const refusal = made.notReady ?? snapshot.deferred[pairSubject(instanceId, networkInterfaceId)];
    if (refusal !== undefined) {
      const reason = `${noAddress}: ${address} was made for it: ${refusal.reason}`;
      waits.push({ kind: "deferred", pool, instanceId, watch: !refusal.forGood, reason });
      return "refused";
    }
    const subject = { pool, networkInterfaceId, address, instanceId };
    const watch = isWatched(instanceId, snapshot);
    actions.push({ kind: "attach", ...subject, ...place, watch, because: "instanceWaits" });
    return "onItsWay";
  }
  const { subnetIds, securityGroupIds } = onDemand;
  const subnetId = Object.hasOwn(subnetIds, availabilityZone)
    ? subnetIds[availabilityZone]
    : undefined;
  if (subnetId === undefined) {
    const reason = `${noAddress}: pool ${pool} has no subnet in ${availabilityZone}`;
    problems.push({ kind: "zoneWithoutSubnet", pool, instanceId, reason });
    return "refused";
  }
  const spent = snapshot.spentTokens[claim] ?? 0;
  const token = spent === 0 ? claim : `${claim}/${spent}`;
  const where = { availabilityZone, subnetId, securityGroupIds };
  actions.push({ kind: "create", pool, instanceId, ...where, token, because: "instanceHasNone" });
  return "onItsWay";
}

/** Lets interfaces made on demand end with their instance, and deletes those that nobody uses. */
export function planMadeOnDemand(snapshot: Snapshot, settings: Settings, board: Board): void {
  const { actions, waits } = board.plan;
  for (const holdings of board.holdings.values()) {
    for (const { instanceId, networkInterface, attached } of holdings) {
      const { networkInterfaceId, pool, address, attachment } = networkInterface;
      if (!attached || attachment === undefined || attachment.deleteOnTermination) continue;
      if (onDemandOf(pool, settings) === undefined) continue;
      const { attachmentId } = attachment;
      if (snapshot.deferred[endSubject(attachmentId)] !== undefined) continue;
      const subject = { pool, networkInterfaceId, address, instanceId, attachmentId };
      actions.push({ kind: "endWithInstance", ...subject, because: "madeForIt" });
    }
  }
  for (const { networkInterfaceId, pool, address } of [...board.unused, ...findSpare(board)]) {
    const subject = { pool, networkInterfaceId, address };
    const unusedForSeconds = snapshot.unusedForSeconds[networkInterfaceId] ?? 0;
    const isRefused = snapshot.deferred[networkInterfaceId] !== undefined;
    if (unusedForSeconds >= UNUSED_AFTER_SECONDS && !isRefused) {
      actions.push({ kind: "delete", ...subject, because: "unused" });
    } else {
      const reason = `${address} was made for an instance that doesn't use it`;
      waits.push({ kind: "unused", ...subject, watch: false, reason });
    }
  }
}

/** What was made for an instance twice. */
function findSpare(board: Board): PoolInterface[] {
  return [...board.kept].flatMap(([claim, made]) =>
    made.slice(board.holdings.has(claim) ? 0 : 1).map(({ networkInterface }) => networkInterface),
  );
}
