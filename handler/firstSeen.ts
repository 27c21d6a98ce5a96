import { zoneKey } from "./assess/claims";
import { type AgeKind, ageKey, type Assessment, type PoolInterface, type World } from "./types";

/**
 * When something was first seen as it is, in milliseconds, by `ageKey`, and with which attachment, where that
 * matters; lives as long as the process.
 */
export type FirstSeen = Map<string, { sinceMs: number; attachmentId?: string }>;

/** Dates what is so now by its first sight, since EC2 tells no times, and forgets what isn't so any more. */
export function noteSeen(
  world: World,
  assessment: Assessment,
  firstSeen: FirstSeen,
  nowMs: number,
): void {
  const seen = findSeen(world, assessment).map(([key, attachmentId]) => {
    const before = firstSeen.get(key);
    const isSame = before?.attachmentId === attachmentId;
    return [
      key,
      before !== undefined && isSame ? before : { sinceMs: nowMs, attachmentId },
    ] as const;
  });
  firstSeen.clear();
  for (const [key, dated] of seen) firstSeen.set(key, dated);
}

/** For how long each has been seen, in milliseconds; an attachment that isn't there any more doesn't count. */
export function agesOf(
  firstSeen: FirstSeen,
  interfaces: PoolInterface[],
  nowMs: number,
): Record<string, number> {
  const shown = new Set(interfaces.map(({ attachment }) => attachment?.attachmentId));
  const current = [...firstSeen].filter(
    ([, { attachmentId }]) => attachmentId === undefined || shown.has(attachmentId),
  );
  return Object.fromEntries(current.map(([key, { sinceMs }]) => [key, nowMs - sinceMs]));
}

type Seen = [key: string, attachmentId?: string];

/** What is so, by its key, and the attachment that it is so with. */
function findSeen(world: World, { interfaces, claims }: Assessment): Seen[] {
  const kinds: Partial<Record<string, AgeKind>> = {
    attaching: "attaching",
    returning: "returning",
    blocked: "returning",
    orphaned: "unused",
  };
  const statuses = interfaces.flatMap(({ state, networkInterfaceId = "" }) => {
    const kind = kinds[state];
    return kind === undefined ? [] : ageKey(kind, networkInterfaceId);
  });
  const attachments = world.interfaces.flatMap(({ networkInterfaceId, attachment }): Seen[] => {
    const { attachmentId = "", status } = attachment ?? {};
    if (status === "attaching") return [[ageKey("attaching", networkInterfaceId), attachmentId]];
    return status === "detaching" ? [[ageKey("detaching", attachmentId)]] : [];
  });
  const missing = world.missingInstanceIds.map((id) => ageKey("missing", id));
  const waiting = Object.entries(world.memberships).flatMap(([id, { lifecycleState }]) => {
    if (!lifecycleState.endsWith(":Wait")) return [];
    return ageKey(lifecycleState === "Pending:Wait" ? "launching" : "leaving", id);
  });
  const filled = new Set(
    world.interfaces.map(({ pool, availabilityZone }) => zoneKey(pool, availabilityZone)),
  );
  const empty = claims.flatMap(({ pool, instanceId = "" }) => {
    const zone = zoneKey(pool, world.instances[instanceId]?.availabilityZone ?? "");
    return filled.has(zone) ? [] : ageKey("empty", zone);
  });
  const others = [...statuses, ...missing, ...waiting, ...empty].map((key): Seen => [key]);
  return [...others, ...attachments];
}
