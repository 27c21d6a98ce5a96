/** What woke the manager up, for the log, and which instances were called running. */
export interface WakeUp {
  reasons: string[];
  announcedInstanceIds: string[];
}

/** An event of EventBridge, as far as anything is read from it; every part may be missing or of a wrong type. */
interface EventLike {
  "detail-type"?: unknown;
  detail?: unknown;
}

/** Log lines stay readable whatever a queue delivers. */
const MAX_TEXT_LENGTH = 120;

/**
 * Reads an event of EventBridge, or a batch of them inside SQS records. An event says when to look,
 * not what to do: one that is unknown or broken wakes the manager like any other.
 */
export function readWakeUp(event: unknown): WakeUp {
  const wakeUp: WakeUp = { reasons: [], announcedInstanceIds: [] };
  const records = property(event, "Records");
  const bodies = Array.isArray(records) ? records.map((record) => parseBody(record)) : [event];
  for (const body of bodies) readEvent(body, wakeUp);
  return wakeUp;
}

function readEvent(event: unknown, wakeUp: WakeUp): void {
  const { "detail-type": detailType, detail } = (isObject(event) ? event : {}) as EventLike;
  switch (detailType) {
    case "EC2 Instance State-change Notification": {
      const instanceId = text(property(detail, "instance-id"));
      const state = text(property(detail, "state"));
      if (state === "running") wakeUp.announcedInstanceIds.push(instanceId);
      wakeUp.reasons.push(`${instanceId} is ${state}`);
      break;
    }
    case "EC2 Instance-launch Lifecycle Action":
    case "EC2 Instance-terminate Lifecycle Action": {
      const instanceId = text(property(detail, "EC2InstanceId"));
      const group = text(property(detail, "AutoScalingGroupName"));
      const verb = detailType.includes("launch") ? "launches" : "terminates";
      wakeUp.reasons.push(`${group} ${verb} ${instanceId}`);
      break;
    }
    case "Scheduled Event":
      wakeUp.reasons.push("schedule");
      break;
    default:
      wakeUp.reasons.push(`unknown event: ${text(detailType)}`);
  }
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
