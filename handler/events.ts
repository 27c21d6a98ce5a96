import { LAUNCH_HOOK_NAME } from "./names";
import type { WarmPoolLaunch } from "./types";

/** What an event tells of one instance, and when the queue was given it, in milliseconds. */
export interface News {
  instanceId: string;
  kind: "start" | "end";
  sentMs: number;
}

/** What an event tells of the tags of an instance or interface: those that it has now. */
export interface TagNews {
  id: string;
  tags: Record<string, unknown>;
  sentMs: number;
}

/** What woke the manager up. */
export interface WakeUp {
  /** For the log. */
  reasons: string[];
  news: News[];
  tagNews: TagNews[];
  /** Instances that an event called running. */
  reportedRunningIds: string[];
  /** Instances of whose launch's lifecycle action an event told. */
  reportedLaunchIds: string[];
  warmPoolLaunches: WarmPoolLaunch[];
  isScheduled: boolean;
  /** Whether some event is of no kind that tells whom it concerns. */
  concernsAll: boolean;
  /** Whether the deployment asked for it, which a failure must not end. */
  isFirst: boolean;
  /** The time by the queue's clock when it handed the batch over, as far as known. */
  receivedMs?: number;
}

/** Log lines stay readable whatever a queue delivers. */
const MAX_TEXT_LENGTH = 120;

const STATE_NEWS: Partial<Record<string, News["kind"]>> = {
  running: "start",
  stopping: "end",
  stopped: "end",
  "shutting-down": "end",
  terminated: "end",
};

/**
 * Reads an event of EventBridge, or a batch of them inside SQS records. An event says when to read AWS,
 * not what to do: one that is unknown or broken wakes the manager like any other.
 */
export function readWakeUp(event: unknown): WakeUp {
  const wakeUp: WakeUp = {
    reasons: [],
    news: [],
    tagNews: [],
    reportedRunningIds: [],
    reportedLaunchIds: [],
    warmPoolLaunches: [],
    isScheduled: false,
    concernsAll: false,
    isFirst: property(event, "first") === true,
  };
  const records = property(event, "Records");
  if (!Array.isArray(records)) {
    readEvent(event, NaN, wakeUp);
    return wakeUp;
  }
  for (const record of records) {
    const attributes = property(record, "attributes");
    const receivedMs = Number(property(attributes, "ApproximateFirstReceiveTimestamp"));
    if (receivedMs > (wakeUp.receivedMs ?? 0)) wakeUp.receivedMs = receivedMs;
    readEvent(parseBody(record), Number(property(attributes, "SentTimestamp")), wakeUp);
  }
  return wakeUp;
}

function readEvent(event: unknown, sentMs: number, wakeUp: WakeUp): void {
  const detailType = property(event, "detail-type");
  const detail = property(event, "detail");
  switch (detailType) {
    case "EC2 Instance State-change Notification":
      readStateChange(detail, sentMs, wakeUp);
      break;
    case "EC2 Instance-launch Lifecycle Action":
      readLifecycleAction(detail, "start", sentMs, wakeUp);
      break;
    case "EC2 Instance-terminate Lifecycle Action":
      readLifecycleAction(detail, "end", sentMs, wakeUp);
      break;
    case "Scheduled Event":
      wakeUp.reasons.push("schedule");
      wakeUp.isScheduled = true;
      wakeUp.concernsAll = true;
      break;
    case "Tag Change on Resource":
      readTagChange(event, sentMs, wakeUp);
      break;
    default:
      wakeUp.reasons.push(`unknown event: ${text(detailType)}`);
      wakeUp.concernsAll = true;
  }
}

function readTagChange(event: unknown, sentMs: number, wakeUp: WakeUp): void {
  const resources = property(event, "resources");
  const arn: unknown = Array.isArray(resources) ? resources[0] : undefined;
  const id = typeof arn === "string" ? arn.slice(arn.lastIndexOf("/") + 1) : undefined;
  const tags = property(property(event, "detail"), "tags");
  const isTold = id !== undefined && typeof tags === "object" && tags !== null;
  wakeUp.reasons.push(isTold ? `tags of ${text(id)} changed` : "tags changed");
  if (isTold) wakeUp.tagNews.push({ id, tags: { ...tags }, sentMs });
  else wakeUp.concernsAll = true;
}

function readStateChange(detail: unknown, sentMs: number, wakeUp: WakeUp): void {
  const id = property(detail, "instance-id");
  const instanceId = text(id);
  const state = text(property(detail, "state"));
  const isNews = typeof id === "string" && Object.hasOwn(STATE_NEWS, state);
  const kind = isNews ? STATE_NEWS[state] : undefined;
  wakeUp.reasons.push(`${instanceId} is ${state}`);
  // The later news counts.
  wakeUp.reportedRunningIds = wakeUp.reportedRunningIds.filter((id) => id !== instanceId);
  if (kind === undefined) wakeUp.concernsAll = true;
  else wakeUp.news.push({ instanceId, kind, sentMs });
  if (kind === "start") wakeUp.reportedRunningIds.push(instanceId);
}

function readLifecycleAction(
  detail: unknown,
  kind: News["kind"],
  sentMs: number,
  wakeUp: WakeUp,
): void {
  const id = property(detail, "EC2InstanceId");
  const instanceId = text(id);
  const groupName = property(detail, "AutoScalingGroupName");
  const lifecycleActionToken = property(detail, "LifecycleActionToken");
  wakeUp.reasons.push(
    `${text(groupName)} ${kind === "start" ? "launches" : "terminates"} ${instanceId}`,
  );
  const isIntoWarmPool =
    property(detail, "LifecycleHookName") === LAUNCH_HOOK_NAME &&
    property(detail, "Destination") === "WarmPool";
  if (typeof id !== "string") wakeUp.concernsAll = true;
  else if (!isIntoWarmPool) {
    wakeUp.news.push({ instanceId, kind, sentMs });
    if (kind === "start") wakeUp.reportedLaunchIds.push(instanceId);
  } else if (typeof groupName === "string" && typeof lifecycleActionToken === "string") {
    wakeUp.warmPoolLaunches.push({ instanceId, groupName, lifecycleActionToken });
  } else wakeUp.concernsAll = true;
}

function parseBody(record: unknown): unknown {
  try {
    return JSON.parse(String(property(record, "body")));
  } catch {
    return undefined;
  }
}

/** Every part of an event may be missing or of a wrong type. */
function property(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name];
}

function text(value: unknown): string {
  return typeof value === "string" ? value.slice(0, MAX_TEXT_LENGTH) : `(${typeof value})`;
}
