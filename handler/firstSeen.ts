import { zoneKey } from "./assess/claims";
import { type AgeKind, ageKey, type Assessment, type World } from "./types";

/** When something was first seen as it is, in milliseconds, by `ageKey`; lives as long as the process. */
export type FirstSeen = Map<string, number>;

/** Dates what is so now by its first sight, since EC2 tells no times, and forgets what isn't so any more. */
export function noteSeen(
  world: World,
  assessment: Assessment,
  firstSeen: FirstSeen,
  nowMs: number,
): void {
  const seen = findSeen(world, assessment).map((key): [string, number] => [
    key,
    firstSeen.get(key) ?? nowMs,
  ]);
  firstSeen.clear();
  for (const [key, sinceMs] of seen) firstSeen.set(key, sinceMs);
}

/** For how long each has been seen, in milliseconds. */
export function agesOf(firstSeen: FirstSeen, nowMs: number): Record<string, number> {
  return Object.fromEntries([...firstSeen].map(([key, sinceMs]) => [key, nowMs - sinceMs]));
}

function findSeen(world: World, { interfaces, claims }: Assessment): string[] {
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
  const attachments = world.interfaces.flatMap(({ networkInterfaceId, attachment }) => {
    if (attachment?.status === "attaching") return ageKey("attaching", networkInterfaceId);
    return attachment?.status === "detaching" ? ageKey("detaching", attachment.attachmentId) : [];
  });
  const missing = world.missingInstanceIds.map((id) => ageKey("missing", id));
  const leaving = Object.entries(world.memberships).flatMap(([id, { lifecycleState }]) =>
    lifecycleState.endsWith(":Wait") ? ageKey("leaving", id) : [],
  );
  const filled = new Set(
    world.interfaces.map(({ pool, availabilityZone }) => zoneKey(pool, availabilityZone)),
  );
  const empty = claims.flatMap(({ pool, instanceId = "" }) => {
    const zone = zoneKey(pool, world.instances[instanceId]?.availabilityZone ?? "");
    return filled.has(zone) ? [] : ageKey("empty", zone);
  });
  return [...statuses, ...attachments, ...missing, ...leaving, ...empty];
}
