import { LAUNCH_HOOK_NAME } from "./names";
import { type WarmingAction } from "./model";

/** What woke the manager up. */
export interface WakeUp {
  /** For the log. */
  reasons: string[];
  /** Instances that an event called running. */
  announcedInstanceIds: string[];
  /** Instances that start, where every event is of a start; undefined where one is not. */
  startingInstanceIds: string[] | undefined;
  /** Launches into warm pools that wait for an answer. */
  warmingActions: WarmingAction[];
  /** Whether the schedule is among what woke it. */
  scheduled: boolean;
}

/** An event of EventBridge, as far as anything is read from it; every part may be missing or of a wrong type. */
interface EventLike {
  "detail-type"?: unknown;
  detail?: unknown;
}

/** Log lines stay readable whatever a queue delivers. */
const MAX_TEXT_LENGTH = 120;

/** No name of Auto Scaling's is longer. */
const MAX_NAME_LENGTH = 255;

/**
 * Reads an event of EventBridge, or a batch of them inside SQS records. An event says when to look,
 * not what to do: one that is unknown or broken wakes the manager like any other.
 */
export function readWakeUp(event: unknown): WakeUp {
  const wakeUp: WakeUp = {
    reasons: [],
    announcedInstanceIds: [],
    startingInstanceIds: undefined,
    warmingActions: [],
    scheduled: false,
  };
  const records = property(event, "Records");
  const bodies = Array.isArray(records) ? records.map((record) => parseBody(record)) : [event];
  const starts = bodies.map((body) => readEvent(body, wakeUp));
  const startingInstanceIds = starts.filter((instanceId) => instanceId !== undefined);
  if (starts.length > 0 && startingInstanceIds.length === starts.length) {
    wakeUp.startingInstanceIds = startingInstanceIds;
  }
  return wakeUp;
}

/** @returns the instance that starts, if that is what the event says */
function readEvent(event: unknown, wakeUp: WakeUp): string | undefined {
  const { "detail-type": detailType, detail } = (isObject(event) ? event : {}) as EventLike;
  switch (detailType) {
    case "EC2 Instance State-change Notification": {
      const instanceId = property(detail, "instance-id");
      const state = property(detail, "state");
      wakeUp.reasons.push(`${text(instanceId)} is ${text(state)}`);
      if (typeof instanceId !== "string") return undefined;
      if (state !== "running") {
        // The later news counts.
        wakeUp.announcedInstanceIds = wakeUp.announcedInstanceIds.filter(
          (announced) => announced !== text(instanceId),
        );
        return undefined;
      }
      wakeUp.announcedInstanceIds.push(text(instanceId));
      return text(instanceId);
    }
    case "EC2 Instance-launch Lifecycle Action":
    case "EC2 Instance-terminate Lifecycle Action": {
      const instanceId = property(detail, "EC2InstanceId");
      const group = text(property(detail, "AutoScalingGroupName"));
      const isLaunch = detailType.includes("launch");
      wakeUp.reasons.push(`${group} ${isLaunch ? "launches" : "terminates"} ${text(instanceId)}`);
      const warmingAction = readWarmingAction(detail);
      if (warmingAction !== undefined) {
        wakeUp.warmingActions.push(warmingAction);
        return undefined;
      }
      return isLaunch && typeof instanceId === "string" ? text(instanceId) : undefined;
    }
    case "Scheduled Event":
      wakeUp.reasons.push("schedule");
      wakeUp.scheduled = true;
      return undefined;
    default:
      wakeUp.reasons.push(`unknown event: ${text(detailType)}`);
      return undefined;
  }
}

/** The hook waits for the same instance again when it leaves the pool: the token tells one from the other. */
function readWarmingAction(detail: unknown): WarmingAction | undefined {
  const instanceId = property(detail, "EC2InstanceId");
  const groupName = property(detail, "AutoScalingGroupName");
  const lifecycleActionToken = property(detail, "LifecycleActionToken");
  const isOfPool =
    property(detail, "LifecycleHookName") === LAUNCH_HOOK_NAME &&
    property(detail, "Destination") === "WarmPool";
  return isOfPool && isName(instanceId) && isName(groupName) && isName(lifecycleActionToken)
    ? { instanceId, groupName, lifecycleActionToken }
    : undefined;
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value.length <= MAX_NAME_LENGTH;
}

function parseBody(record: unknown): unknown {
  try {
    return JSON.parse(String(property(record, "body")));
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function property(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function text(value: unknown): string {
  return typeof value === "string" ? value.slice(0, MAX_TEXT_LENGTH) : `(${typeof value})`;
}
