import type { OnDemand } from "../names";
import { onDemandOf } from "../settings";
import { type Action, ageKey, claimKey, pairKey } from "../types";
import type { Basis } from "./basis";
import {
  type Answer,
  attachTo,
  type Claim,
  type ClaimStatus,
  refusedBy,
  type Supply,
} from "./claims";
import { type InterfaceStatus, orphanedReason } from "./interfaces";

/** EC2's reads may lag by half a minute, so what is seen on no instance for longer is on none. */
const UNUSED_AFTER_MS = 60_000;
/** An answer without any instance proves nothing for longer. */
const UNUSED_IN_DOUBT_AFTER_MS = 300_000;
/** A new interface is there within a second or two. */
const NOT_READY_RECHECK_MS = 300;

/** Attaches the interface that was made for an instance, or has it made. */
export function claimMadeInterface(claim: Claim, onDemand: OnDemand, supply: Supply): Answer {
  const { instance, pool } = claim;
  const { instanceId, availabilityZone } = instance;
  const key = claimKey(instanceId, pool);
  const [made] = supply.reserved.get(key) ?? [];
  if (made !== undefined) return claimReserved(claim, made, supply);
  const { subnetIds, securityGroupIds } = onDemand;
  const subnetId = Object.hasOwn(subnetIds, availabilityZone)
    ? subnetIds[availabilityZone]
    : undefined;
  if (subnetId === undefined) {
    return { state: "blocked", reason: `pool ${pool} has no subnet in ${availabilityZone}` };
  }
  const count = supply.madeCounts[key] ?? 0;
  const token = count === 0 ? key : `${key}/${count}`;
  const where = { availabilityZone, subnetId, securityGroupIds };
  const create = { pool, instanceId, ...where, token, because: "instanceHasNone" } as const;
  return { state: "attaching", reason: "", action: { kind: "create", ...create }, recheckMs: 0 };
}

function claimReserved(claim: Claim, made: InterfaceStatus, basis: Basis): Answer {
  const { networkInterfaceId, networkInterface } = made;
  const { status, address } = networkInterface;
  const wasMade = `${address} was made for it`;
  const refusal =
    basis.backoffs[networkInterfaceId] ??
    basis.backoffs[pairKey(claim.instance.instanceId, networkInterfaceId)];
  if (refusal !== undefined) {
    const answer = refusedBy([refusal]);
    return { ...answer, reason: `${wasMade}: ${answer.reason}` };
  }
  if (status === "available") return attachTo(claim, made, basis);
  const reason = `${wasMade}: its status is ${status}`;
  return { state: "refused", reason, recheckMs: NOT_READY_RECHECK_MS };
}

/** Lets interfaces made on demand end with their instance, and has those deleted that nobody uses. */
export function settleMadeInterfaces(
  interfaces: InterfaceStatus[],
  claims: ClaimStatus[],
  supply: Supply,
): void {
  const { reserved, holdings, settings } = supply;
  // What was made for an instance twice.
  const surplus = [...reserved].flatMap(([claim, made]) => made.slice(holdings.has(claim) ? 0 : 1));
  for (const status of surplus) {
    const reason = orphanedReason(status.networkInterface.address);
    Object.assign(status, { state: "orphaned", reason });
  }
  // Of those the first is attached now, or refused.
  const claimed = claims.map(({ instanceId, pool }) => claimKey(instanceId, pool));
  const unheld = new Set(claimed.filter((claim) => !holdings.has(claim)));
  for (const status of interfaces) {
    const { state, pool, instanceId = "" } = status;
    const isMade = onDemandOf(pool, settings) !== undefined;
    if (isMade && state === "attached") status.action = endWithHolder(status);
    const isUnused = state === "orphaned" && !unheld.has(claimKey(instanceId, pool));
    if (isUnused) status.action = deleteUnused(status, supply);
  }
}

function endWithHolder({ networkInterface, instanceId = "" }: InterfaceStatus): Action | undefined {
  const { networkInterfaceId, pool, address, attachment } = networkInterface;
  if (attachment === undefined || attachment.deleteOnTermination) return undefined;
  const { attachmentId } = attachment;
  const subject = { pool, networkInterfaceId, address, instanceId, attachmentId };
  return { kind: "endWithInstance", ...subject, because: "madeForIt" };
}

function deleteUnused(
  { networkInterface }: InterfaceStatus,
  { ageMs, isAnyShown }: Basis,
): Action | undefined {
  const { networkInterfaceId, pool, address } = networkInterface;
  const unusedForMs = ageMs[ageKey("unused", networkInterfaceId)] ?? 0;
  if (unusedForMs < (isAnyShown ? UNUSED_AFTER_MS : UNUSED_IN_DOUBT_AFTER_MS)) return undefined;
  return { kind: "delete", pool, networkInterfaceId, address, because: "unused" };
}
