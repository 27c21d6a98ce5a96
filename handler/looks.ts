import type { AwsCalls, Log } from "./clients";
import { isDenial } from "./errors";
import type { Instance, PoolInterface, Settings, World } from "./model";
import { observeInstances, observeInterfaces, observeWorld } from "./observe";
import { pause } from "./pause";

/** Kept back for what a look may lead to. */
export const RESERVED_MS = 2_000;

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
  /** What a look needs of the invocation's time, with what it may lead to, judged by the last ones. */
  neededMs: (kind: LookKind) => number;
}

export type LookKind = "everything" | "interfaces";

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
  const lastMs = { everything: 0, interfaces: 0 };
  // A look at the interfaces may lead to one at everything at once.
  const neededMs = (kind: LookKind) =>
    RESERVED_MS + lastMs.everything + (kind === "interfaces" ? lastMs.interfaces : 0);

  async function look<Result>(kind: LookKind, read: () => Promise<Result>): Promise<Result> {
    for (let tries = 1; ; tries += 1) {
      const beforeMs = remainingMs();
      try {
        const result = await read();
        lastMs[kind] = (kind === "everything" ? beganMs : beforeMs) - remainingMs();
        return result;
      } catch (error) {
        // The next try may take as long as this one did, or as a look that works.
        const nextMs = Math.max(neededMs(kind), beforeMs - remainingMs());
        const isLast = tries >= (isDenial(error) ? MAX_DENIED_TRIES : MAX_TRIES);
        if (isLast || remainingMs() < FAILED_TRY_PAUSE_MS + nextMs) throw error;
        log.warn(`a look failed and is tried again: ${String(error)}`);
        await pause(FAILED_TRY_PAUSE_MS);
      }
    }
  }

  return {
    instances: () =>
      look("everything", () => {
        beganMs = remainingMs();
        return observeInstances(aws, settings);
      }),
    everything: (seen) =>
      look("everything", () => {
        if (seen === undefined) beganMs = remainingMs();
        return observeWorld(aws, settings, seen);
      }),
    interfaces: () => look("interfaces", () => observeInterfaces(aws, settings)),
    ageMs: () => beganMs - remainingMs(),
    neededMs,
  };
}
