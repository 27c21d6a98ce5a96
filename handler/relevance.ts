import type { News, TagNews, WakeUp } from "./events";
import { isManaged, managedPoolsIn } from "./settings";
import type { Instance, Observed, Settings } from "./types";

/** What the last full read of this process showed, against which later news is held. */
type LastRead = Omit<Observed, "groupTags" | "interfaceLimits"> & {
  /** By the process's clock. */
  beganMs: number;
  /** By the queue's clock, not later than it was; absent where no queue told the time. */
  queueMs?: number;
};

export interface Relevance {
  lastRead?: LastRead;
  /** Whether the last reconcile left nothing to be done, or to be waited for. */
  isSettled: boolean;
  /** When instances were last read by their ids alone, by the process's clock. */
  idsReadMs: number;
}

/** A read may lag a little behind what a queue tells later; where more lags, the schedule repairs it. */
const READ_LAG_MS = 500;
/** The schedule reads each minute; a process that it passed over doesn't know who came meanwhile. */
const LAST_READ_COUNTS_MS = 90_000;

/**
 * Where news comes faster than it is read, full reads show what the queue has yet to tell: so often they
 * are made then, and so rarely that EC2 is asked six times a second at most.
 */
const FULL_READ_PACE_MS = 800;
const IDS_READ_PACE_MS = 250;
const LATE_AFTER_MS = 1_000;

/**
 * Decides whether news is worth a full read. Most news of an account is of instances that are none of the
 * manager's: the end of one that the last full read didn't show costs nothing, a start one read by id, and
 * what was told before the last full read began is answered by that. What a reconcile left open goes on with
 * whatever news is next.
 */
export async function isWorthAFullRead(
  wakeUp: WakeUp,
  relevance: Relevance,
  means: {
    settings: Settings;
    nowMs: number;
    readInstances: (instanceIds: string[]) => Promise<Record<string, Instance>>;
    sleep: (ms: number) => Promise<void>;
  },
): Promise<boolean> {
  const { concernsAll, warmPoolLaunches } = wakeUp;
  if (concernsAll || warmPoolLaunches.length > 0 || !relevance.isSettled) return true;
  const sinceReadMs = means.nowMs - (relevance.lastRead?.beganMs ?? -Infinity);
  const lastRead = sinceReadMs < LAST_READ_COUNTS_MS ? relevance.lastRead : undefined;
  if (wakeUp.tagNews.some((news) => concernsTags(news, lastRead, means.settings))) return true;
  const open = wakeUp.news.filter((news) => !isAnswered(news, lastRead));
  const concerns = ({ instanceId, kind }: News) => {
    if (lastRead === undefined) return kind === "end";
    const isRunning = wakeUp.reportedRunningIds.includes(instanceId);
    // As long as it is pending there is nothing to do for it.
    const mayBePending = kind === "start" && lastRead.instances[instanceId]?.state === "pending";
    return isKnown(instanceId, lastRead) && (isRunning || !mayBePending);
  };
  if (open.some(concerns)) return true;
  if (isLate(wakeUp) && sinceReadMs >= FULL_READ_PACE_MS) return true;
  const startIds = open.flatMap(({ instanceId, kind }) => (kind === "start" ? instanceId : []));
  if (startIds.length === 0) return false;
  if (means.nowMs - relevance.idsReadMs < IDS_READ_PACE_MS) {
    await means.sleep(Math.max(0, FULL_READ_PACE_MS - sinceReadMs));
    return true;
  }
  relevance.idsReadMs = means.nowMs;
  const instances = await means.readInstances([...new Set(startIds)]);
  return Object.values(instances).some(
    ({ instanceId, poolTag, state }) =>
      managedPoolsIn(poolTag, means.settings).length > 0 &&
      (state !== "pending" || wakeUp.reportedRunningIds.includes(instanceId)),
  );
}

/** Whether tags that the last full read can't show yet are of a pool, or of what was in one. */
function concernsTags(
  { id, tags, sentMs }: TagNews,
  lastRead: LastRead | undefined,
  settings: Settings,
): boolean {
  if (lastRead !== undefined && isBefore(sentMs, lastRead)) return false;
  const tag = Object.hasOwn(tags, settings.tagKey) ? tags[settings.tagKey] : undefined;
  const poolTag = typeof tag === "string" ? tag : undefined;
  const isOfPool = isManaged(poolTag, settings) || managedPoolsIn(poolTag, settings).length > 0;
  const isPoolInterface = lastRead?.interfaces.some((one) => one.networkInterfaceId === id);
  const wasOfPool = lastRead === undefined || isPoolInterface === true || isKnown(id, lastRead);
  return isOfPool || wasOfPool;
}

/** Whether the last full read began after the queue was given something. */
function isBefore(sentMs: number, { queueMs }: LastRead): boolean {
  return queueMs !== undefined && sentMs <= queueMs - READ_LAG_MS;
}

/** Whether the last full read began after the queue was given the news, and shows what it tells. */
function isAnswered({ instanceId, kind, sentMs }: News, lastRead: LastRead | undefined): boolean {
  if (lastRead === undefined || !isBefore(sentMs, lastRead)) return false;
  const instance = lastRead.instances[instanceId];
  const lifecycleState = lastRead.memberships[instanceId]?.lifecycleState;
  if (kind === "end") {
    const isActive = instance?.state === "running" || instance?.state === "pending";
    return !isActive && (lifecycleState?.includes("Terminat") ?? true);
  }
  const isShown = instance === undefined || instance.state === "running";
  // The launch's lifecycle action is still to be shown.
  const isComing = lifecycleState === "Pending" || lifecycleState?.startsWith("Warmed:");
  return isShown && isComing !== true;
}

function isKnown(instanceId: string, lastRead: LastRead): boolean {
  return (
    Object.hasOwn(lastRead.instances, instanceId) ||
    Object.hasOwn(lastRead.memberships, instanceId) ||
    lastRead.missingInstanceIds.includes(instanceId)
  );
}

/** Whether even the newest of the batch waited in the queue, so that more waits behind it. */
function isLate({ news, tagNews, receivedMs }: WakeUp): boolean {
  const newestMs = Math.max(...[...news, ...tagNews].map(({ sentMs }) => sentMs));
  return receivedMs !== undefined && receivedMs - newestMs > LATE_AFTER_MS;
}
