import type { Outcome } from "./apply";
import type { Refusal } from "./errors";
import { type Action, actionKey, type Backoff, claimKey, slotKey, type World } from "./types";

/** What was refused, by its key; lives as long as the process. */
export type Backoffs = Map<
  string,
  Omit<Backoff, "retryInMs"> & { untilMs: number; tries: number; shape: string | undefined }
>;

type Instances = World["instances"];

/** EC2 is ahead of what was read, or in transition: the world has moved on already. */
const FIRST_RETRY_MS = 300;
/** An interface with another holder, or a device index, stays taken for a while; another free one is better. */
const FIRST_RETRY_OF_TAKEN_MS = 1_500;
/**
 * What no table knows may never work, and rights or tags that were just given aren't known everywhere at
 * once: 2, 8, 32 seconds, and then a person has to look.
 */
const FIRST_RETRY_OF_DOUBTFUL_MS = 2_000;
const GROWTH_OF_DOUBTFUL = 4;
const TRIES_OF_DOUBTFUL = 4;
const LONGEST_RETRY_MS = 30_000;
/** What a person has to change is tried again with each schedule: they may have changed it. */
const PERMANENT_MS = 55_000;
/** What no table knows is tried more and more rarely. */
const LONGEST_UNKNOWN_MS = 600_000;
/** So many interfaces are tried with one instance before it is left alone for a while. */
const REFUSALS_OF_CLAIM = 4;
/** What hasn't been refused for so long begins anew. */
const FORGOTTEN_AFTER_MS = 300_000;

/** What isn't to be tried now, by its key. What was refused to an instance counts while that is as it was. */
export function currentBackoffs(
  backoffs: Backoffs,
  instances: Instances,
  nowMs: number,
): Record<string, Backoff> {
  const current: Record<string, Backoff> = {};
  for (const [key, { reason, permanent, untilMs, shape }] of backoffs) {
    if (Object.hasOwn(instances, key) && shapeOf(key, instances) !== shape) backoffs.delete(key);
    else if (nowMs < untilMs) current[key] = { reason, permanent, retryInMs: untilMs - nowMs };
    else if (nowMs > untilMs + FORGOTTEN_AFTER_MS) backoffs.delete(key);
  }
  return current;
}

/**
 * Takes in what came of an action; what works is no longer backed off from.
 *
 * @returns the outcome as it counts now: what isn't known and keeps being refused is `misconfigured`
 */
export function recordRefusal(
  outcome: Outcome,
  backoffs: Backoffs,
  instances: Instances,
  nowMs: number,
): Outcome {
  const { action, refusal } = outcome;
  if (refusal === undefined) {
    for (const key of keysOf(action)) backoffs.delete(key);
    return outcome;
  }
  const keep = (key: string, from: number): boolean => {
    const tries = (backoffs.get(key)?.tries ?? 0) + 1;
    const permanent = tries >= permanentAfter(refusal);
    const reason = `EC2 refused: ${refusal.code}: ${refusal.message}`;
    const untilMs = tries < from ? nowMs : nowMs + pauseMs(refusal, tries);
    backoffs.set(key, { reason, permanent, tries, untilMs, shape: shapeOf(key, instances) });
    return permanent;
  };
  const isPermanent = keep(blamedKey(action, refusal), 1);
  // With one interface after the other it is the instance's matter, whatever the text names.
  const isLasting = !refusal.isKnown || (isPermanent && refusal.blames === "pair");
  const isOfClaim =
    isLasting &&
    action.kind === "attach" &&
    keep(claimKey(action.instanceId, action.pool), REFUSALS_OF_CLAIM);
  return !refusal.isKnown && (isPermanent || isOfClaim)
    ? { ...outcome, refusal: { ...refusal, class: "misconfigured" } }
    : outcome;
}

/** What decides whether an instance takes an interface; undefined for what is no instance. */
function shapeOf(key: string, instances: Instances): string | undefined {
  const instance = Object.hasOwn(instances, key) ? instances[key] : undefined;
  return instance && [instance.instanceType, instance.state, instance.slots.length].join();
}

function isDoubtful(refusal: Refusal): boolean {
  return !refusal.isKnown || refusal.class === "notAllowed";
}

/** As of so many refusals trying again won't help. */
function permanentAfter(refusal: Refusal): number {
  if (isDoubtful(refusal)) return TRIES_OF_DOUBTFUL;
  return refusal.class === "misconfigured" ? 1 : Infinity;
}

function pauseMs(refusal: Refusal, tries: number): number {
  const since = permanentAfter(refusal);
  if (tries >= since) {
    return refusal.isKnown
      ? PERMANENT_MS
      : Math.min(LONGEST_UNKNOWN_MS, PERMANENT_MS * 2 ** (tries - since));
  }
  if (isDoubtful(refusal)) return FIRST_RETRY_OF_DOUBTFUL_MS * GROWTH_OF_DOUBTFUL ** (tries - 1);
  // A new interface isn't ready for a moment only.
  const isOfThing = refusal.blames === "networkInterface" || refusal.blames === "deviceIndex";
  const isTaken = isOfThing && refusal.code !== "IncorrectState";
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
