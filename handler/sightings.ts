import { claimSubject, type PoolInterface, type Snapshot, type World } from "./model";
import { isForPool } from "./verdict";

/**
 * Interfaces made on demand that are on no instance, and whose own doesn't want them or has another one. The
 * time in which it wants one doesn't count: a single read that lacks the instance must not cost it the interface.
 */
export function findUnused(interfaces: PoolInterface[], instances: World["instances"]): string[] {
  const served = new Set(
    interfaces.flatMap(({ pool, attachment }) =>
      attachment?.instanceId === undefined ? [] : claimSubject(attachment.instanceId, pool),
    ),
  );
  const loose = interfaces.flatMap(({ networkInterfaceId, pool, madeFor, attachment }) =>
    madeFor === undefined || attachment !== undefined
      ? []
      : { networkInterfaceId, pool, madeFor, claim: claimSubject(madeFor, pool) },
  );
  const counts = new Map<string, number>();
  for (const { claim } of loose) counts.set(claim, (counts.get(claim) ?? 0) + 1);
  return loose.flatMap(({ networkInterfaceId, pool, madeFor, claim }) => {
    const owner = Object.hasOwn(instances, madeFor) ? instances[madeFor] : undefined;
    const isWanted = isForPool(owner, pool) && !served.has(claim) && counts.get(claim) === 1;
    return isWanted ? [] : networkInterfaceId;
  });
}

/** What is remembered of sightings from one invocation to the next. */
export interface SightingMemory {
  /** By `detaching/` and an attachment id, `missing/` and an instance id, or `unused/` and an interface id. */
  firstSeenMs: Map<string, number>;
  forcedAttachmentIds: Set<string>;
}

type Sighted = Record<"detaching" | "missing" | "unused", string[]>;

/** Dates what is detaching, missing or unused by its first sighting, and forgets what no longer is. */
export function sightingAges(
  sighted: Sighted,
  memory: SightingMemory,
  nowMs: number,
): Pick<Snapshot, "detachingForSeconds" | "missingForSeconds" | "unusedForSeconds"> {
  const firstSeenMs = new Map<string, number>();
  const agesOf = (kind: keyof Sighted): Record<string, number> => {
    const ages = sighted[kind].map((id) => {
      const key = `${kind}/${id}`;
      const sinceMs = memory.firstSeenMs.get(key) ?? nowMs;
      firstSeenMs.set(key, sinceMs);
      return [id, (nowMs - sinceMs) / 1000];
    });
    return Object.fromEntries(ages) as Record<string, number>;
  };
  const ages = {
    detachingForSeconds: agesOf("detaching"),
    missingForSeconds: agesOf("missing"),
    unusedForSeconds: agesOf("unused"),
  };
  memory.firstSeenMs = firstSeenMs;
  for (const attachmentId of memory.forcedAttachmentIds) {
    if (!sighted.detaching.includes(attachmentId)) memory.forcedAttachmentIds.delete(attachmentId);
  }
  return ages;
}
