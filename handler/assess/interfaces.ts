import { isManaged, onDemandOf } from "../settings";
import {
  actionKey,
  type ActionOf,
  ageKey,
  type Attachment,
  type InterfaceState,
  type PoolInterface,
  retrySoonMs,
  type Status,
} from "../types";
import { type Basis, MOST_GONE_AT_ONCE } from "./basis";
import { compareText, type EligibleInstance } from "./eligibility";
import { isEnd, isEnding, isForPool, isParted, releaseOf } from "./release";

/** A plain detach gets this long; forcing it may leave the device index unusable until a stop and start. */
const FORCE_DETACH_AFTER_MS = 120_000;
/** What was forced and is still there then needs a person. */
const FORCED_PATIENCE_MS = 300_000;
/** Attachments take seconds, in bad hours minutes; some never end (amazon-ecs-agent issue 1520). */
const ATTACH_STUCK_AFTER_MS = 240_000;
/** A status between two others that lasts longer than this leads nowhere. */
const TRANSITION_PATIENCE_MS = 600_000;

/** Statuses of an interface without an attachment from which it comes back by itself. */
const TRANSITIONS = ["pending", "attaching", "detaching", "in-use"];

/** Attachments take one to three seconds: most are done at the first read, nearly all at the second. */
export const FIRST_ATTACHING_RECHECK_MS = 2_000;
const ATTACHING_RECHECK_MS = 1_500;
const LONGEST_ATTACHING_RECHECK_MS = 3_000;
/** What lasts longer is left to the schedule, since other news waits meanwhile. */
const ATTACHING_WATCHED_MS = 60_000;

/** An interface of a managed pool, and how it stands. */
export interface InterfaceStatus extends Status<InterfaceState> {
  networkInterface: PoolInterface;
  networkInterfaceId: string;
}

type Judged = Pick<InterfaceStatus, "state" | "reason" | "instanceId" | "action" | "recheckMs">;

/** Works out by itself how each interface stands, in the order of addresses, and which are to be detached. */
export function assessInterfaces(eligible: EligibleInstance[], basis: Basis): InterfaceStatus[] {
  const listedOn = new Map<string, EligibleInstance>();
  for (const instance of eligible) {
    for (const { networkInterfaceId, networkCardIndex, deviceIndex } of instance.slots) {
      // Index 0 of card 0 is the primary interface's, which nobody is given and nobody gives back.
      const isPrimary = networkCardIndex === 0 && deviceIndex === 0;
      if (!isPrimary) listedOn.set(networkInterfaceId, instance);
    }
  }
  const managed = basis.interfaces.filter(({ pool }) => isManaged(pool, basis.settings));
  return inAddressOrder(managed).map((networkInterface) => {
    const { networkInterfaceId, pool, address } = networkInterface;
    const witness = listedOn.get(networkInterfaceId);
    const listedOnId = witness?.pools.includes(pool) ? witness.instanceId : undefined;
    const judged = giveUpLate(
      networkInterface,
      judgeInterface(networkInterface, listedOnId, basis),
      basis,
    );
    return { pool, networkInterfaceId, address, networkInterface, ...judged };
  });
}

/** Nobody waits for ever for what should have come back long ago. */
function giveUpLate(
  { networkInterfaceId }: PoolInterface,
  judged: Judged,
  { ageMs }: Basis,
): Judged {
  const lastsMs = ageMs[ageKey("returning", networkInterfaceId)] ?? 0;
  const isLate = judged.state === "returning" && lastsMs >= TRANSITION_PATIENCE_MS;
  if (!isLate || judged.action !== undefined) return judged;
  const reason = judged.reason.replace("isn't free yet", "can't be used for now");
  return { ...judged, state: "blocked", reason };
}

/**
 * @param listedOnId the eligible instance that lists the interface among its own: a second witness,
 *   since the reads of interfaces and instances may lag by different times
 */
function judgeInterface(
  networkInterface: PoolInterface,
  listedOnId: string | undefined,
  basis: Basis,
): Judged {
  const { networkInterfaceId, attachment, address, foreign } = networkInterface;
  if (foreign !== undefined) return foreignFor(address, foreign, attachment?.instanceId);
  const ownId = basis.attachedTo[networkInterfaceId];
  const isUnseen = ownId !== undefined && ownId !== attachment?.instanceId;
  if (isUnseen && !isEnding(basis.instances[ownId])) {
    return attachingTo(ownId, networkInterface, basis);
  }
  if (attachment !== undefined) return judgeAttachment(networkInterface, attachment, basis);
  if (listedOnId !== undefined) return attachingTo(listedOnId, networkInterface, basis);
  return onDemandOf(networkInterface.pool, basis.settings) === undefined
    ? judgeUnattached(networkInterface, basis)
    : judgeMade(networkInterface, basis);
}

function foreignFor(address: string, why: string, instanceId?: string): Judged {
  return { state: "foreign", reason: `${address} can't be given out: ${why}`, instanceId };
}

function returning(address: string, why: string, instanceId?: string): Judged {
  return { state: "returning", reason: `${address} isn't free yet: ${why}`, instanceId };
}

function blocked(address: string, why: string, instanceId?: string): Judged {
  return { state: "blocked", reason: `${address} can't be used for now: ${why}`, instanceId };
}

function attachingTo(
  instanceId: string,
  { networkInterfaceId, address }: PoolInterface,
  basis: Basis,
): Judged {
  const sinceMs = basis.ageMs[ageKey("attaching", networkInterfaceId)] ?? 0;
  const isAwaited = !willBeToldOf(instanceId, basis) && sinceMs < ATTACHING_WATCHED_MS;
  const pauseMs =
    sinceMs < FIRST_ATTACHING_RECHECK_MS
      ? FIRST_ATTACHING_RECHECK_MS - sinceMs
      : Math.max(ATTACHING_RECHECK_MS, sinceMs / 4);
  return {
    state: "attaching",
    reason: `${address} is attaching to ${instanceId}`,
    instanceId,
    recheckMs: isAwaited ? Math.min(pauseMs, LONGEST_ATTACHING_RECHECK_MS) : undefined,
  };
}

/** A launch whose lifecycle action is still to come wakes the manager again, by that event. */
export function willBeToldOf(
  instanceId: string,
  { memberships, reportedLaunchIds }: Basis,
): boolean {
  const isComing = memberships[instanceId]?.lifecycleState === "Pending";
  return isComing && !reportedLaunchIds.includes(instanceId);
}

function judgeUnattached(networkInterface: PoolInterface, { backoffs }: Basis): Judged {
  const { networkInterfaceId, address, status } = networkInterface;
  const refusal = backoffs[networkInterfaceId];
  if (refusal?.permanent) return blocked(address, refusal.reason);
  if (refusal !== undefined) return { ...blocked(address, refusal.reason), state: "returning" };
  if (status === "available") return { state: "free", reason: "" };
  const isPassing = TRANSITIONS.includes(status);
  return (isPassing ? returning : blocked)(address, `its status is ${status}`);
}

/** What was made on demand waits for its own instance, and for no other. */
function judgeMade({ pool, address, madeFor }: PoolInterface, { instances }: Basis): Judged {
  if (madeFor === undefined) return foreignFor(address, "nobody knows for whom it was made");
  return isForPool(instances[madeFor], pool)
    ? { state: "reserved", reason: "", instanceId: madeFor }
    : { state: "orphaned", reason: orphanedReason(address), instanceId: madeFor };
}

export function orphanedReason(address: string): string {
  return `${address} was made for an instance that doesn't use it`;
}

function judgeAttachment(
  networkInterface: PoolInterface,
  attachment: Attachment,
  basis: Basis,
): Judged {
  const { address, pool } = networkInterface;
  const { instanceId } = attachment;
  if (instanceId === undefined) return foreignFor(address, "a service of AWS holds it");
  const release = releaseOf(instanceId, pool, basis);
  const isOnDemand = onDemandOf(pool, basis.settings) !== undefined;
  if (isOnDemand && attachment.deleteOnTermination && isEnd(release)) {
    return returning(address, `it ends with its holder ${instanceId}`, instanceId);
  }
  if (release === "foreign") {
    return foreignFor(address, `${instanceId} holds it without the pool's tag`, instanceId);
  }
  if (release === "unproven") return judgeUnproven(address, instanceId, basis);
  if (attachment.status === "detaching") return judgeDetaching(networkInterface, attachment, basis);
  if (release === undefined || (isOnDemand && isParted(release))) {
    return judgeKept(networkInterface, { ...attachment, instanceId }, basis);
  }
  return detach(networkInterface, attachment, release, basis);
}

function judgeUnproven(
  address: string,
  instanceId: string,
  { missingInstanceIds, isAnyShown }: Basis,
): Judged {
  const why = `EC2 doesn't know its holder ${instanceId}`;
  if (isAnyShown && missingInstanceIds.length <= MOST_GONE_AT_ONCE) {
    return returning(address, why, instanceId);
  }
  const doubt = isAnyShown
    ? ", nor others: so many at once are doubted"
    : ", nor any instance, which is doubted";
  return { ...returning(address, why + doubt, instanceId), state: "doubted" };
}

function judgeKept(
  networkInterface: PoolInterface,
  attachment: Attachment & { instanceId: string },
  basis: Basis,
): Judged {
  const { status, instanceId } = attachment;
  if (status === "attached") return { state: "attached", reason: "", instanceId };
  return isAttachStuck(networkInterface, attachment, basis)
    ? detach(networkInterface, attachment, "attachStuck", basis)
    : attachingTo(instanceId, networkInterface, basis);
}

function judgeDetaching(
  networkInterface: PoolInterface,
  attachment: Attachment,
  { ageMs, backoffs }: Basis,
): Judged {
  const { address } = networkInterface;
  const { attachmentId, instanceId } = attachment;
  const why = `it is detaching from ${instanceId}`;
  const forcedForMs = ageMs[ageKey("forced", attachmentId)];
  if (forcedForMs !== undefined) {
    return forcedForMs < FORCED_PATIENCE_MS
      ? returning(address, `${why}, by force`, instanceId)
      : blocked(address, `it was detached by force and is still on ${instanceId}`, instanceId);
  }
  const action = detachAction(networkInterface, attachment, true, "detachStuck");
  const refusal = backoffs[actionKey(action)] ?? backoffs[attachmentId];
  if (refusal?.permanent) return blocked(address, refusal.reason, instanceId);
  const isStuck = (ageMs[ageKey("detaching", attachmentId)] ?? 0) >= FORCE_DETACH_AFTER_MS;
  const status = returning(address, why, instanceId);
  if (refusal !== undefined) return { ...status, recheckMs: retrySoonMs([refusal]) };
  return isStuck ? { ...status, action } : status;
}

/** Has an interface detached, or says why that isn't done now. */
export function detach(
  networkInterface: PoolInterface,
  attachment: Attachment,
  because: ActionOf<"detach">["because"],
  basis: Basis,
): Judged {
  const { backoffs } = basis;
  const { address } = networkInterface;
  const { instanceId } = attachment;
  const plain = detachAction(networkInterface, attachment, false, because);
  const refusal = backoffs[actionKey(plain)];
  if (refusal === undefined) return { state: "returning", reason: "", instanceId, action: plain };
  // What never got as far as attached may come off by force alone.
  const forced = { ...plain, force: true };
  const isStuck = isAttachStuck(networkInterface, attachment, basis);
  const last = isStuck ? backoffs[actionKey(forced)] : refusal;
  if (last === undefined) {
    return { ...returning(address, refusal.reason, instanceId), action: forced };
  }
  // From an instance that ends EC2 takes the interface by itself, and until then it is worth waiting for.
  const isHopeless = last.permanent && !isEnd(because);
  const status = (isHopeless ? blocked : returning)(address, last.reason, instanceId);
  return { ...status, recheckMs: retrySoonMs([last]) };
}

function isAttachStuck(
  { networkInterfaceId }: PoolInterface,
  { status }: Attachment,
  { ageMs }: Basis,
): boolean {
  const sinceMs = ageMs[ageKey("attaching", networkInterfaceId)] ?? 0;
  return status === "attaching" && sinceMs >= ATTACH_STUCK_AFTER_MS;
}

function detachAction(
  { pool, networkInterfaceId, address }: PoolInterface,
  { attachmentId, instanceId = "" }: Attachment,
  force: boolean,
  because: ActionOf<"detach">["because"],
): ActionOf<"detach"> {
  const subject = { pool, networkInterfaceId, address, instanceId, attachmentId };
  return { kind: "detach", ...subject, force, because };
}

/** What is no IPv4 address comes last. */
function addressNumber(address: string): number {
  const number = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  return Number.isNaN(number) ? Number.MAX_VALUE : number;
}

function inAddressOrder(interfaces: PoolInterface[]): PoolInterface[] {
  return interfaces
    .map((one) => ({ one, number: addressNumber(one.address) }))
    .sort(
      (a, b) =>
        a.number - b.number || compareText(a.one.networkInterfaceId, b.one.networkInterfaceId),
    )
    .map(({ one }) => one);
}
