import type { Outcome } from "./apply";
import type { Refusal } from "./errors";
import { type FirstSight, secondsSince } from "./metrics";
import {
  type Action,
  claimSubject,
  type Deferral,
  endSubject,
  hookSubject,
  pairSubject,
  type PoolInterface,
  type Snapshot,
  type WarmingAction,
  type World,
} from "./model";
import { findUnused, sightingAges, type SightingMemory } from "./sightings";

/** What lives as long as the function's process: when something was first seen, never what to do. */
export interface Memory extends SightingMemory {
  /** Whose detachment EC2 has taken up: they don't come back, whatever reads that lag still show. */
  detachedAttachmentIds: Set<string>;
  /** Attachments that were asked for and not yet seen attached: instance id by interface id. */
  attaching: Map<string, string>;
  /** Launches into warm pools to be answered, with the moment when an event told of them, by token. */
  warmingActions: Map<string, { warmingAction: WarmingAction; sinceMs: number }>;
  /** What was said of instances that aren't even waiting: the reason by instance id. */
  explained: Map<string, string>;
  /**
   * How many tokens are used up that an interface was to be made with: what EC2 gave for them is gone,
   * or was made otherwise. By `claimSubject`.
   */
  spentTokens: Map<string, number>;
}

/** What one reconcile has learnt beyond what the reads show. */
export interface Lessons {
  look: number;
  /** By interface id. */
  recentAttachments: Map<string, { instanceId: string; look: number }>;
  /** Interfaces that were made, by their id. */
  created: Map<string, { networkInterface: PoolInterface; look: number }>;
  /** By the id of what was refused. */
  deferrals: Map<string, Deferral & { untilLook: number; tries: number }>;
}

/** A read may lag behind our own call; after this many looks it is believed rather than the call. */
const LOOKS_TO_SHOW_A_CALL = 20;

/** An interface with another holder is likely to stay taken for a while; another free one is better. */
const LOOKS_WITHOUT_A_TAKEN_INTERFACE = 4;

/** A launch hook that nobody answers has timed out by then. */
const WARMING_ACTION_LASTS_SECONDS = 600;

export function createMemory(): Memory {
  return {
    firstSeenMs: new Map(),
    forcedAttachmentIds: new Set(),
    detachedAttachmentIds: new Set(),
    attaching: new Map(),
    warmingActions: new Map(),
    explained: new Map(),
    spentTokens: new Map(),
  };
}

export function createLessons(): Lessons {
  return { look: 0, recentAttachments: new Map(), created: new Map(), deferrals: new Map() };
}

/** Lays what has been learnt over what AWS says. */
export function toSnapshot(
  world: World,
  lessons: Lessons,
  memory: Memory,
  announcedInstanceIds: string[],
  nowMs: number,
): Snapshot {
  forgetWhatShows(world, lessons, memory);
  const created = [...lessons.created.values()].map(({ networkInterface }) => networkInterface);
  const interfaces = [
    ...world.interfaces.map((one) => withoutDetached(one, memory.detachedAttachmentIds)),
    ...created,
  ];
  const detachingIds = interfaces.flatMap(({ attachment }) =>
    attachment?.status === "detaching" ? attachment.attachmentId : [],
  );
  const sighted = {
    detaching: detachingIds,
    missing: world.missingInstanceIds,
    unused: findUnused(interfaces, world.instances),
  };
  const ages = sightingAges(sighted, memory, nowMs);
  const deferred: Record<string, Deferral> = {};
  for (const [id, { reason, forGood, untilLook }] of lessons.deferrals) {
    if (forGood || lessons.look < untilLook) deferred[id] = { reason, forGood };
  }
  for (const attachmentId of memory.forcedAttachmentIds) {
    deferred[attachmentId] = { reason: "it was forced off and hasn't come off", forGood: true };
  }
  const recent = [...lessons.recentAttachments];
  return {
    ...world,
    interfaces,
    ...ages,
    spentTokens: Object.fromEntries(memory.spentTokens),
    recentAttachments: Object.fromEntries(recent.map(([id, { instanceId }]) => [id, instanceId])),
    deferred,
    announcedInstanceIds,
    warmingActions: warmingActionsOf(memory, nowMs),
  };
}

/** Takes note of launches into warm pools: reads may show their instances only later. */
export function noteWarmingActions(
  warmingActions: WarmingAction[],
  memory: Memory,
  nowMs: number,
): void {
  for (const warmingAction of warmingActions) {
    memory.warmingActions.set(warmingAction.lifecycleActionToken, {
      warmingAction,
      sinceMs: nowMs,
    });
  }
}

function warmingActionsOf(memory: Memory, nowMs: number): WarmingAction[] {
  for (const [token, { sinceMs }] of memory.warmingActions) {
    const ageSeconds = (nowMs - sinceMs) / 1000;
    if (ageSeconds > WARMING_ACTION_LASTS_SECONDS) memory.warmingActions.delete(token);
  }
  return [...memory.warmingActions.values()].map(({ warmingAction }) => warmingAction);
}

function withoutDetached(one: PoolInterface, detachedIds: Set<string>): PoolInterface {
  const { attachment } = one;
  return attachment !== undefined && detachedIds.has(attachment.attachmentId)
    ? { ...one, attachment: { ...attachment, status: "detaching" } }
    : one;
}

function forgetWhatShows(world: World, lessons: Lessons, memory: Memory): void {
  for (const [networkInterfaceId, { networkInterface: made, look }] of lessons.created) {
    const shown = world.interfaces.find((one) => one.networkInterfaceId === networkInterfaceId);
    if (shown !== undefined && isOutOfReach(shown, made)) {
      spendToken(claimSubject(made.madeFor ?? "", made.pool), memory);
    }
    if (shown !== undefined || lessons.look > look + LOOKS_TO_SHOW_A_CALL) {
      lessons.created.delete(networkInterfaceId);
    }
  }
  for (const { networkInterfaceId, attachment } of world.interfaces) {
    const recent = lessons.recentAttachments.get(networkInterfaceId);
    if (recent === undefined) continue;
    const shows = attachment?.instanceId === recent.instanceId;
    if (shows || lessons.look > recent.look + LOOKS_TO_SHOW_A_CALL) {
      lessons.recentAttachments.delete(networkInterfaceId);
    }
  }
  const shown = new Set(world.interfaces.map(({ attachment }) => attachment?.attachmentId));
  for (const attachmentId of memory.detachedAttachmentIds) {
    if (!shown.has(attachmentId)) memory.detachedAttachmentIds.delete(attachmentId);
  }
}

/** Whether what a token gave has meanwhile become another's, as by hand. */
function isOutOfReach({ pool, madeFor, attachment }: PoolInterface, made: PoolInterface): boolean {
  const isElsewhere = attachment !== undefined && attachment.instanceId !== made.madeFor;
  return isElsewhere || pool !== made.pool || madeFor !== made.madeFor;
}

/** Takes note of attachments that a look is the first to show attached, and forgets lost ones. */
export function seeAttached(world: World, memory: Memory, nowMs: number): FirstSight[] {
  const { attaching } = memory;
  const firstSights: FirstSight[] = [];
  const shown = new Set<string>();
  for (const { networkInterfaceId, pool, attachment } of world.interfaces) {
    const instanceId = attaching.get(networkInterfaceId);
    const instance = instanceId === undefined ? undefined : world.instances[instanceId];
    if (instance === undefined) continue;
    shown.add(networkInterfaceId);
    // A read that lags may still show the holder before.
    if (attachment?.status !== "attached" || attachment.instanceId !== instanceId) continue;
    attaching.delete(networkInterfaceId);
    const secondsSinceLaunch = secondsSince(instance.launchTime, nowMs);
    if (secondsSinceLaunch !== undefined) firstSights.push({ pool, secondsSinceLaunch });
  }
  for (const networkInterfaceId of attaching.keys()) {
    if (!shown.has(networkInterfaceId)) attaching.delete(networkInterfaceId);
  }
  return firstSights;
}

/** Takes in what came of an action. */
export function learnFrom(outcome: Outcome, lessons: Lessons, memory: Memory): void {
  const { action, refusal } = outcome;
  if (refusal === undefined || refusal.class === "done") {
    learnFromSuccess(outcome, lessons, memory);
    return;
  }
  learnOfTokens(action, refusal, lessons, memory);
  const reason = `EC2 refused: ${refusal.code}: ${refusal.message}`;
  const subjects = subjectsOf(action, refusal);
  for (const subject of subjects) {
    const tries = (lessons.deferrals.get(subject)?.tries ?? 0) + 1;
    const forGood =
      refusal.class === "misconfigured" || (refusal.class === "notAllowed" && tries > 1);
    const looks =
      (refusal.blames === "networkInterface" ? LOOKS_WITHOUT_A_TAKEN_INTERFACE : 1) *
      2 ** (tries - 1);
    lessons.deferrals.set(subject, { reason, forGood, untilLook: lessons.look + looks, tries });
  }
}

/**
 * A token gives what was made with it first, also if that is deleted or was to be made otherwise. What was
 * just made may not be found at once, so that only the second time it is taken for gone.
 */
function learnOfTokens(
  action: Action,
  { code }: Refusal,
  { created, deferrals }: Lessons,
  memory: Memory,
): void {
  const isGone =
    action.kind === "attach" &&
    code === "InvalidNetworkInterfaceID.NotFound" &&
    deferrals.has(action.networkInterfaceId) &&
    created.delete(action.networkInterfaceId);
  const isOther = action.kind === "create" && code === "IdempotentParameterMismatch";
  if (!isGone && !isOther) return;
  spendToken(claimSubject(action.instanceId, action.pool), memory);
}

function spendToken(claim: string, { spentTokens }: Memory): void {
  spentTokens.set(claim, (spentTokens.get(claim) ?? 0) + 1);
}

function learnFromSuccess(outcome: Outcome, lessons: Lessons, memory: Memory): void {
  const { action, created } = outcome;
  const { look } = lessons;
  switch (action.kind) {
    case "attach":
      lessons.recentAttachments.set(action.networkInterfaceId, {
        instanceId: action.instanceId,
        look,
      });
      memory.attaching.set(action.networkInterfaceId, action.instanceId);
      break;
    case "detach":
      if (action.force) memory.forcedAttachmentIds.add(action.attachmentId);
      memory.detachedAttachmentIds.add(action.attachmentId);
      lessons.deferrals.delete(action.attachmentId);
      break;
    case "create": {
      const networkInterfaceId = created?.NetworkInterfaceId;
      if (networkInterfaceId === undefined) break;
      const { pool, availabilityZone, instanceId } = action;
      const address = created?.PrivateIpAddress ?? "";
      const made = { networkInterfaceId, pool, availabilityZone, address, status: "available" };
      const networkInterface = { ...made, madeFor: instanceId };
      lessons.created.set(networkInterfaceId, { networkInterface, look });
      break;
    }
    case "endWithInstance":
      deferAsDone(endSubject(action.attachmentId), lessons);
      break;
    case "delete":
      deferAsDone(action.networkInterfaceId, lessons);
      break;
    case "complete":
    case "heartbeat":
      if (action.kind === "complete" && action.lifecycleActionToken !== undefined) {
        memory.warmingActions.delete(action.lifecycleActionToken);
      }
      deferAsDone(hookSubject(action), lessons);
  }
}

function deferAsDone(subject: string, { deferrals, look }: Lessons): void {
  const reason = "done in this reconcile";
  deferrals.set(subject, { reason, forGood: true, untilLook: look, tries: 0 });
}

/** The ids that a refusal speaks of. */
function subjectsOf(action: Action, refusal: Refusal): string[] {
  switch (action.kind) {
    case "attach":
      if (refusal.blames === "networkInterface") return [action.networkInterfaceId];
      if (refusal.blames === "instance") return [action.instanceId];
      // The instance may have another interface, and the interface another instance.
      return [pairSubject(action.instanceId, action.networkInterfaceId)];
    case "detach":
      return [action.attachmentId];
    case "endWithInstance":
      return [endSubject(action.attachmentId)];
    case "create":
      return [claimSubject(action.instanceId, action.pool)];
    case "delete":
      return [action.networkInterfaceId];
    case "complete":
    case "heartbeat":
      return [hookSubject(action)];
  }
}
