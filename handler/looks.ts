import type { AwsCalls, Log } from "./clients";
import { isDenial } from "./errors";
import type { Instance, PoolInterface, Settings, World } from "./model";
import { observeInstances, observeInterfaces, observeWorld } from "./observe";
import { pause } from "./pause";

/** Kept back at least: enough for a quick look and what it may lead to. */
export const RESERVED_MS = 2_000;
/** Kept back where looks are slow: one at the interfaces may lead to one at everything at once. */
const RESERVED_LOOKS = 2;

/** After the SDK's own attempts. */
const MAX_TRIES = 3;
/** Rights that were just given are not known everywhere at once; others a person has to give. */
const MAX_DENIED_TRIES = 2;
const FAILED_TRY_PAUSE_MS = 2_000;

export interface Looks {
  instances: () => Promise<Record<string, Instance>>;
  /** @param seen the tagged instances, if they have just been looked at */
  everything: (seen?: Record<string, Instance>) => Promise<World>;
  interfaces: () => Promise<PoolInterface[]>;
  /** Since the last look at everything began. */
  ageMs: () => number;
  /** What the next look needs of the invocation's time, judged by those so far. */
  reserveMs: () => number;
}

export interface LookedAt {
  aws: AwsCalls;
  log: Log;
  settings: Settings;
  /** What is left of the invocation's time. */
  remainingMs: () => number;
}

/**
 * The looks of one invocation. What can't be read is read again, since one failed call shall not cost the
 * minute after which the queue delivers its events again; in the end the error is thrown.
 */
export function createLooks({ aws, log, settings, remainingMs }: LookedAt): Looks {
  let beganMs = remainingMs();
  let longestMs = 0;
  const reserveMs = () => Math.max(RESERVED_MS, RESERVED_LOOKS * longestMs);

  async function look<Result>(read: () => Promise<Result>): Promise<Result> {
    for (let tries = 1; ; tries += 1) {
      const beforeMs = remainingMs();
      try {
        const result = await read();
        longestMs = Math.max(longestMs, beforeMs - remainingMs());
        return result;
      } catch (error) {
        // The next try may take as long as this one did, or as a look that works.
        const nextMs = Math.max(reserveMs(), beforeMs - remainingMs());
        const isLast = tries >= (isDenial(error) ? MAX_DENIED_TRIES : MAX_TRIES);
        if (isLast || remainingMs() < FAILED_TRY_PAUSE_MS + nextMs) throw error;
        log.warn(`a look failed and is tried again: ${String(error)}`);
        await pause(FAILED_TRY_PAUSE_MS);
      }
    }
  }

  return {
    instances: () =>
      look(() => {
        beganMs = remainingMs();
        return observeInstances(aws, settings);
      }),
    everything: (seen) =>
      look(() => {
        if (seen === undefined) beganMs = remainingMs();
        return observeWorld(aws, settings, seen);
      }),
    interfaces: () => look(() => observeInterfaces(aws, settings)),
    ageMs: () => beganMs - remainingMs(),
    reserveMs,
  };
}
