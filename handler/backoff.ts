import type { Outcome } from "./apply";
import type { Refusal } from "./errors";
import { type Action, actionKey, type Backoff, claimKey, slotKey } from "./types";

/** What was refused, by its key; lives as long as the process. */
export type Backoffs = Map<string, Omit<Backoff, "retryInMs"> & { untilMs: number; tries: number }>;

/** EC2 is ahead of what was read, or in transition: the world has moved on already. */
const FIRST_RETRY_MS = 300;
/** An interface with another holder, or a device index, stays taken for a while; another free one is better. */
const FIRST_RETRY_OF_TAKEN_MS = 1_500;
/** What no table knows may never work: 2, 8, 32 seconds, and then a person has to look. */
const FIRST_RETRY_OF_UNKNOWN_MS = 2_000;
const GROWTH_OF_UNKNOWN = 4;
const TRIES_OF_UNKNOWN = 4;
/** Rights that were just given aren't known everywhere at once. */
const TRIES_OF_DENIED = 2;
const LONGEST_RETRY_MS = 30_000;
/** What a person has to change is tried again with each schedule: they may have changed it. */
const PERMANENT_MS = 55_000;
/** What no table knows is tried more and more rarely. */
const LONGEST_UNKNOWN_MS = 600_000;
/** What hasn't been refused for so long begins anew. */
const FORGOTTEN_AFTER_MS = 300_000;

export function createBackoffs(): Backoffs {
  return new Map();
}

/** What isn't to be tried now, by its key. */
export function currentBackoffs(backoffs: Backoffs, nowMs: number): Record<string, Backoff> {
  const current: Record<string, Backoff> = {};
  for (const [key, { reason, permanent, untilMs }] of backoffs) {
    if (nowMs < untilMs) current[key] = { reason, permanent, retryInMs: untilMs - nowMs };
    else if (nowMs > untilMs + FORGOTTEN_AFTER_MS) backoffs.delete(key);
  }
  return current;
}

/**
 * Takes in what came of an action; what works is no longer backed off from.
 *
 * @returns the outcome as it counts now: what isn't known and keeps being refused is `misconfigured`
 */
export function recordRefusal(outcome: Outcome, backoffs: Backoffs, nowMs: number): Outcome {
  const { action, refusal } = outcome;
  if (refusal === undefined || refusal.class === "done") {
    for (const key of keysOf(action)) backoffs.delete(key);
    return outcome;
  }
  const refused = { refusal, nowMs };
  const isPermanent = keepRefusal(blamedKey(action, refusal), refused, backoffs);
  if (refusal.isKnown) return outcome;
  // With one interface after the other it is the instance's matter, whatever the text names.
  const isOfClaim =
    action.kind === "attach" &&
    keepRefusal(claimKey(action.instanceId, action.pool), refused, backoffs, TRIES_OF_UNKNOWN);
  return isPermanent || isOfClaim
    ? { ...outcome, refusal: { ...refusal, class: "misconfigured" } }
    : outcome;
}

/**
 * @param from as of how many refusals it is backed off from
 * @returns whether a person has to mend it
 */
function keepRefusal(
  key: string,
  { refusal, nowMs }: { refusal: Refusal; nowMs: number },
  backoffs: Backoffs,
  from = 1,
): boolean {
  const tries = (backoffs.get(key)?.tries ?? 0) + 1;
  const permanent = tries >= permanentAfter(refusal);
  const reason = `EC2 refused: ${refusal.code}: ${refusal.message}`;
  const untilMs = tries < from ? nowMs : nowMs + pauseMs(refusal, tries);
  backoffs.set(key, { reason, permanent, tries, untilMs });
  return permanent;
}

/** As of so many refusals trying again won't help. */
function permanentAfter(refusal: Refusal): number {
  if (!refusal.isKnown) return TRIES_OF_UNKNOWN;
  if (refusal.class === "notAllowed") return TRIES_OF_DENIED;
  return refusal.class === "misconfigured" ? 1 : Infinity;
}

function pauseMs(refusal: Refusal, tries: number): number {
  const since = permanentAfter(refusal);
  if (tries >= since) {
    return refusal.isKnown
      ? PERMANENT_MS
      : Math.min(LONGEST_UNKNOWN_MS, PERMANENT_MS * 2 ** (tries - since));
  }
  if (!refusal.isKnown) return FIRST_RETRY_OF_UNKNOWN_MS * GROWTH_OF_UNKNOWN ** (tries - 1);
  const isTaken = refusal.blames === "networkInterface" || refusal.blames === "deviceIndex";
  const first = isTaken ? FIRST_RETRY_OF_TAKEN_MS : FIRST_RETRY_MS;
  return Math.min(LONGEST_RETRY_MS, first * 2 ** (tries - 1));
}

/** What isn't to be had now: the interface by anybody, the instance with any, its slot, or one for the other. */
function blamedKey(action: Action, { blames }: Refusal): string {
  const [pair, networkInterface, instance, slot] = keysOf(action);
  const blamed = { networkInterface, instance, deviceIndex: slot, pair }[blames];
  return blamed ?? pair;
}

/** An attachment may be refused for its interface, its instance or the slot, too. */
function keysOf(action: Action): [string, ...string[]] {
  const key = actionKey(action);
  if (action.kind !== "attach") return [key];
  const { networkInterfaceId, instanceId, pool } = action;
  const slot = slotKey(instanceId, action);
  return [key, networkInterfaceId, instanceId, slot, claimKey(instanceId, pool)];
}
