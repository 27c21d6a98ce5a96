import type { Outcome } from "./apply";
import {
  type Action,
  actionKey,
  type ActionOf,
  ageKey,
  claimKey,
  type Observed,
  type PoolInterface,
  type World,
} from "./types";

/** EC2's reads may lag by half a minute (facts of eventual consistency, EC2 API guide): so long a call counts. */
const READS_LAG_MS = 30_000;

/** After this the same call may be made again, though reads still ask for it. */
const REPEAT_AFTER_MS = {
  complete: 30_000,
  endWithInstance: 30_000,
  heartbeat: 60_000,
  delete: 60_000,
};

/** How long it took, or takes, since the launch of an instance until it has an address of a pool. */
export interface Wait {
  pool: string;
  seconds: number;
}

/** The manager's own calls that AWS's reads may not show yet; they live as long as the process. */
export function createPendingWrites() {
  return {
    /** By interface id; the attachment is known once a read shows it. */
    attachments: new Map<string, { instanceId: string; atMs: number; attachmentId?: string }>(),
    /** When EC2 accepted a detachment, by attachment id: it doesn't come back, whatever reads show. */
    detachments: new Map<string, { atMs: number; forcedMs?: number }>(),
    /** Interfaces that were made, by their id. */
    made: new Map<string, { networkInterface: PoolInterface; atMs: number; isRefused: boolean }>(),
    /** How often one was made for a claim, by {@link claimKey}. */
    madeCounts: new Map<string, number>(),
    /** Until when a call that was accepted isn't to be repeated, by {@link actionKey}. */
    doneUntilMs: new Map<string, number>(),
  };
}

export type PendingWrites = ReturnType<typeof createPendingWrites>;

/**
 * Adds to AWS's answer the manager's own calls that it doesn't show yet, and forgets those that it shows.
 *
 * @returns the answer so completed, with the ages that date from own calls
 */
export function overlay(
  observed: Observed,
  writes: PendingWrites,
  nowMs: number,
): Pick<World, "interfaces" | "attachedTo" | "madeCounts" | "ageMs"> {
  forget(observed, writes, nowMs);
  const ageMs: Record<string, number> = {};
  const interfaces = observed.interfaces.map((one) => {
    const { attachment, networkInterfaceId } = one;
    const attached = writes.attachments.get(networkInterfaceId);
    if (attached !== undefined)
      ageMs[ageKey("attaching", networkInterfaceId)] = nowMs - attached.atMs;
    if (attachment === undefined) return one;
    const detached = writes.detachments.get(attachment.attachmentId);
    if (detached === undefined) return one;
    ageMs[ageKey("detaching", attachment.attachmentId)] = nowMs - detached.atMs;
    if (detached.forcedMs !== undefined) {
      ageMs[ageKey("forced", attachment.attachmentId)] = nowMs - detached.forcedMs;
    }
    return { ...one, attachment: { ...attachment, status: "detaching" } };
  });
  const made = [...writes.made.values()].map(({ networkInterface }) => networkInterface);
  const unseen = [...writes.attachments].filter(
    ([, { attachmentId }]) => attachmentId === undefined,
  );
  return {
    interfaces: [...interfaces, ...made],
    attachedTo: Object.fromEntries(unseen.map(([id, { instanceId }]) => [id, instanceId])),
    madeCounts: Object.fromEntries(writes.madeCounts),
    ageMs,
  };
}

function forget({ interfaces }: Observed, writes: PendingWrites, nowMs: number): void {
  const isOld = ({ atMs }: { atMs: number }) => nowMs - atMs > READS_LAG_MS;
  const shown = new Map(interfaces.map((one) => [one.networkInterfaceId, one]));
  const attachmentIds = new Set(interfaces.map(({ attachment }) => attachment?.attachmentId));
  forgetIf(writes.attachments, (attached, id) => {
    const { attachmentId, instanceId } = shown.get(id)?.attachment ?? {};
    if (attached.attachmentId !== undefined) return attachmentId !== attached.attachmentId;
    if (instanceId === attached.instanceId) attached.attachmentId = attachmentId;
    return attached.attachmentId === undefined && isOld(attached);
  });
  forgetIf(writes.detachments, (detached, id) => !attachmentIds.has(id) && isOld(detached));
  forgetIf(writes.made, (made, id) => shown.has(id) || isOld(made));
  forgetIf(writes.doneUntilMs, (untilMs) => nowMs > untilMs);
}

function forgetIf<Value>(
  all: Map<string, Value>,
  isOver: (value: Value, key: string) => boolean,
): void {
  for (const [key, value] of all) if (isOver(value, key)) all.delete(key);
}

/** Finds the own attachments that a read is the first to show attached, and counts them no longer. */
export function takeAttachLatencies(
  { interfaces, instances }: Observed,
  { attachments }: PendingWrites,
  nowMs: number,
): Wait[] {
  return interfaces.flatMap(({ networkInterfaceId, pool, attachment }) => {
    const own = attachments.get(networkInterfaceId);
    const isSeen = attachment?.status === "attached" && attachment.instanceId === own?.instanceId;
    if (own === undefined || !isSeen) return [];
    attachments.delete(networkInterfaceId);
    const seconds = secondsSince(instances[own.instanceId]?.launchTime ?? "", nowMs);
    return seconds === undefined ? [] : { pool, seconds };
  });
}

/** @returns undefined for what is no time */
export function secondsSince(time: string, nowMs: number): number | undefined {
  // eslint-disable-next-line no-restricted-globals -- It reads a time, not the clock.
  const seconds = (nowMs - Date.parse(time)) / 1000;
  // The clocks of EC2 and of the function differ a little.
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}

/** Whether a call was accepted so lately that it isn't made again. */
export function isDone(action: Action, { doneUntilMs }: PendingWrites): boolean {
  return doneUntilMs.has(actionKey(action));
}

/** Takes in what came of an action. */
export function recordWrite(outcome: Outcome, writes: PendingWrites, nowMs: number): void {
  const { action, refusal } = outcome;
  if (refusal !== undefined) {
    recordRefusedMade(action, refusal.code, writes);
    return;
  }
  switch (action.kind) {
    case "attach": {
      const { networkInterfaceId, instanceId } = action;
      writes.attachments.set(networkInterfaceId, { instanceId, atMs: nowMs });
      break;
    }
    case "detach": {
      const { attachmentId, force } = action;
      const atMs = writes.detachments.get(attachmentId)?.atMs ?? nowMs;
      writes.detachments.set(attachmentId, { atMs, ...(force ? { forcedMs: nowMs } : {}) });
      break;
    }
    case "create":
      recordMade(action, outcome.created, writes, nowMs);
      break;
    case "endWithInstance":
    case "delete":
    case "complete":
    case "heartbeat":
      writes.doneUntilMs.set(actionKey(action), nowMs + REPEAT_AFTER_MS[action.kind]);
  }
}

function recordMade(
  { pool, availabilityZone, instanceId }: ActionOf<"create">,
  created: Outcome["created"],
  writes: PendingWrites,
  nowMs: number,
): void {
  const { NetworkInterfaceId: networkInterfaceId, PrivateIpAddress: address = "" } = created ?? {};
  if (networkInterfaceId === undefined) return;
  countMade(claimKey(instanceId, pool), writes);
  const made = { networkInterfaceId, pool, availabilityZone, address, madeFor: instanceId };
  // It may be attached as soon as EC2 has it, whatever its status is in the answer.
  const networkInterface = { ...made, status: "available" };
  writes.made.set(networkInterfaceId, { networkInterface, atMs: nowMs, isRefused: false });
}

/**
 * A token gives what was made with it first, also if that is deleted, or refuses what was made otherwise:
 * the next is made with another. What was just made may not be found at once, so only the second time counts.
 */
function recordRefusedMade(action: Action, code: string, writes: PendingWrites): void {
  if (action.kind === "create" && code === "IdempotentParameterMismatch") {
    countMade(claimKey(action.instanceId, action.pool), writes);
  }
  if (action.kind !== "attach" || code !== "InvalidNetworkInterfaceID.NotFound") return;
  const made = writes.made.get(action.networkInterfaceId);
  if (made?.isRefused) writes.made.delete(action.networkInterfaceId);
  else if (made !== undefined) made.isRefused = true;
}

function countMade(claim: string, { madeCounts }: PendingWrites): void {
  madeCounts.set(claim, (madeCounts.get(claim) ?? 0) + 1);
}
