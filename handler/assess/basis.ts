import { ageKey, type Settings, type World } from "../types";

/** EC2's reads may lag by half a minute, so only lasting absence proves that a holder is gone. */
const HOLDER_GONE_AFTER_MS = 40_000;
/** Where EC2 shows more holders no more at once than this, its answers are doubted for longer. */
export const MOST_GONE_AT_ONCE = 2;
const MANY_GONE_AFTER_MS = 300_000;

/** What an assessment rests on. */
export interface Basis extends World {
  settings: Settings;
  /** Whether EC2 shows any instance: an answer without one proves nothing. */
  isAnyShown: boolean;
  /** Holders that are taken for gone. */
  goneIds: ReadonlySet<string>;
}

export function toBasis(observed: World, settings: Settings): Basis {
  const world = withoutPrototypes(observed);
  const isAnyShown = Object.keys(world.instances).length > 0;
  return { ...world, settings, isAnyShown, goneIds: findGone(world, isAnyShown) };
}

/** An id that is named like what every object has must not be found where nobody put it. */
function withoutPrototypes(world: World): World {
  const bare = <Value>(record: Record<string, Value>): Record<string, Value> =>
    Object.assign(Object.create(null) as Record<string, Value>, record);
  return {
    ...world,
    instances: bare(world.instances),
    memberships: bare(world.memberships),
    groupTags: bare(world.groupTags),
    interfaceLimits: bare(world.interfaceLimits),
    ageMs: bare(world.ageMs),
    attachedTo: bare(world.attachedTo),
    madeCounts: bare(world.madeCounts),
    backoffs: bare(world.backoffs),
  };
}

/**
 * Holders that EC2 hasn't shown for long enough. An empty answer, however it comes about, would take the
 * addresses of all: many at once, or all that there are, are doubted for longer, and then are gone one or two
 * at a time. What can't be detached now, or is detaching, keeps nobody else waiting.
 */
function findGone(world: World, isAnyShown: boolean): ReadonlySet<string> {
  const { missingInstanceIds, interfaces, backoffs, ageMs } = world;
  const detachable = new Set(
    interfaces.flatMap(({ attachment }) => {
      const isDue =
        attachment?.status !== "detaching" &&
        backoffs[attachment?.attachmentId ?? ""] === undefined;
      return isDue ? (attachment?.instanceId ?? []) : [];
    }),
  );
  const goneFor = (ms: number) =>
    missingInstanceIds.filter((id) => (ageMs[ageKey("missing", id)] ?? 0) >= ms);
  const gone = goneFor(HOLDER_GONE_AFTER_MS);
  if (isAnyShown && missingInstanceIds.length <= MOST_GONE_AT_ONCE) return new Set(gone);
  const next = goneFor(MANY_GONE_AFTER_MS).filter((id) => detachable.has(id));
  const underWay = gone.filter((id) => !detachable.has(id));
  return new Set([...underWay, ...next.sort().slice(0, MOST_GONE_AT_ONCE)]);
}
