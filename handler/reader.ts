import type { AwsCalls, Log } from "./clients";
import { isDenial } from "./errors";
import { observeGroups, observeInstances, observeInterfaces, observeWorld } from "./observe";
import { sleep } from "./sleep";
import type { Instance, Observed, PoolInterface, Settings } from "./types";

/** After the SDK's own attempts. */
const MAX_TRIES = 3;
/** Rights that were just given are not known everywhere at once; others a person has to give. */
const MAX_DENIED_TRIES = 2;
const FAILED_TRY_PAUSE_MS = 2_000;
/** Kept back of the invocation's time for what a read may lead to. */
export const RESERVED_MS = 2_000;

/**
 * Reads AWS for one invocation. What can't be read is read again, since one failed call shall not cost the
 * minute after which the queue delivers its events again; in the end the error is thrown.
 */
export function createReader({
  aws,
  log,
  settings,
  remainingMs,
}: {
  aws: AwsCalls;
  log: Log;
  settings: Settings;
  remainingMs: () => number;
}) {
  let lastFullReadMs = 0;

  async function read<Result>(call: () => Promise<Result>): Promise<Result> {
    for (let tries = 1; ; tries += 1) {
      const beforeMs = remainingMs();
      try {
        return await call();
      } catch (error) {
        // The next try may take as long as this one did, or as a read that works.
        const nextMs = RESERVED_MS + Math.max(lastFullReadMs, beforeMs - remainingMs());
        const isLast = tries >= (isDenial(error) ? MAX_DENIED_TRIES : MAX_TRIES);
        if (isLast || remainingMs() < FAILED_TRY_PAUSE_MS + nextMs) throw error;
        log.warn(`a read failed and is tried again: ${String(error)}`);
        await sleep(FAILED_TRY_PAUSE_MS);
      }
    }
  }

  return {
    /** What another round needs of the invocation's time, judged by the last one. */
    neededMs: () => RESERVED_MS + lastFullReadMs,
    everything: (): Promise<Observed> =>
      read(async () => {
        const beforeMs = remainingMs();
        const observed = await observeWorld(aws, settings);
        lastFullReadMs = beforeMs - remainingMs();
        return observed;
      }),
    instances: (ids: string[]): Promise<Record<string, Instance>> =>
      read(() => observeInstances(aws, settings, ids)),
    interfaces: (ids: string[]): Promise<PoolInterface[]> =>
      read(() => observeInterfaces(aws, settings, ids)),
    /** Reads some interfaces and their holders again by id, over what was observed before. */
    again: (interfaceIds: string[], observed: Observed): Promise<Observed> =>
      read(() => observeAgain(interfaceIds, observed, aws, settings)),
  };
}

async function observeAgain(
  interfaceIds: string[],
  observed: Observed,
  aws: AwsCalls,
  settings: Settings,
): Promise<Observed> {
  const before = observed.interfaces.filter(({ networkInterfaceId }) =>
    interfaceIds.includes(networkInterfaceId),
  );
  const holderIds = before.flatMap(
    ({ attachment, madeFor }) => attachment?.instanceId ?? madeFor ?? [],
  );
  const instanceIds = [...new Set(holderIds)];
  const groupNames = instanceIds.flatMap((id) => observed.memberships[id]?.groupName ?? []);
  const [interfaces, instances, memberships] = await Promise.all([
    observeInterfaces(aws, settings, interfaceIds),
    observeInstances(aws, settings, instanceIds),
    observeGroups(aws, settings, [...new Set(groupNames)]),
  ]);
  const others = <Value>(all: Record<string, Value>): Record<string, Value> =>
    Object.fromEntries(Object.entries(all).filter(([id]) => !instanceIds.includes(id)));
  const fresh = { ...others(observed.instances), ...instances };
  const holders = interfaces.flatMap(({ attachment }) => attachment?.instanceId ?? []);
  const missing = new Set([...observed.missingInstanceIds, ...holders]);
  return {
    ...observed,
    interfaces: replaceInterfaces(observed.interfaces, interfaceIds, interfaces),
    instances: fresh,
    // One that its group doesn't show any more has left it.
    memberships: { ...others(observed.memberships), ...memberships },
    missingInstanceIds: [...missing].filter((id) => !Object.hasOwn(fresh, id)),
  };
}

/** Puts what was read of some interfaces in the place of what was known of them. */
export function replaceInterfaces(
  all: PoolInterface[],
  readIds: string[],
  read: PoolInterface[],
): PoolInterface[] {
  const wasRead = new Set(readIds);
  return [...all.filter(({ networkInterfaceId }) => !wasRead.has(networkInterfaceId)), ...read];
}
