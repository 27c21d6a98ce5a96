import type { NetworkInterface } from "@aws-sdk/client-ec2";
import type { AwsCalls } from "./clients";
import { classifyError, type Refusal } from "./errors";
import type { Action } from "./model";
import { pause } from "./pause";

/** To one service: enough to empty EC2's bucket of 50 in two seconds. */
const MAX_CALLS_AT_ONCE = 10;

/**
 * EC2's bucket of calls that change something, per account and Region, and how fast it is filled. Calls
 * that find it empty wait longer than those that come as it is filled: with every refusal the SDK
 * doubles its pause.
 */
const EC2_CALLS_AT_FIRST = 50;
const EC2_REFILL_MS = 200;

/** What was seen longer ago than this may be over, and with it the reason to take an interface away. */
const MAX_LOOK_AGE_MS = 10_000;

/** The time of a reconcile, in milliseconds; asked before every call. */
export interface Time {
  /** What is left; when there is none, no call is begun. */
  remainingMs: () => number;
  /** Since the look began that the actions were planned on; on an old one nothing is taken away. */
  lookAgeMs: () => number;
}

export interface Outcome {
  action: Action;
  /** The interface that was made, as EC2 answered. */
  created?: NetworkInterface;
  /** Absent when AWS accepted the call. */
  refusal?: Refusal;
}

/**
 * Carries the actions out, a few at once, those of lifecycle hooks beside those of EC2, since Auto Scaling
 * has limits of its own; an error becomes an outcome, never an exception.
 *
 * @returns nothing of actions that were not begun
 */
export async function applyActions(
  actions: Action[],
  aws: AwsCalls,
  time: Time,
): Promise<Outcome[]> {
  const isOfHook = ({ kind }: Action) => kind === "complete" || kind === "heartbeat";
  const ofHooks = actions.filter(isOfHook);
  const ofEc2 = actions.filter((action) => !isOfHook(action));
  const outcomes = await Promise.all([
    applyInOrder(ofHooks, aws, time),
    applyInOrder(ofEc2, aws, time),
  ]);
  return outcomes.flat();
}

async function applyInOrder(
  actions: Action[],
  aws: AwsCalls,
  { remainingMs, lookAgeMs }: Time,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const beginMs = remainingMs();
  let begun = 0;
  const workers = Array.from({ length: Math.min(MAX_CALLS_AT_ONCE, actions.length) }, async () => {
    while (remainingMs() > 0) {
      const action = actions[begun];
      if (action === undefined) return;
      begun += 1;
      if (takesAway(action) && lookAgeMs() > MAX_LOOK_AGE_MS) continue;
      const aheadMs = remainingMs() - beginMs + fillTimeMs(action, begun);
      if (aheadMs >= remainingMs()) return;
      if (aheadMs > 0) await pause(aheadMs);
      try {
        outcomes.push(await carryOut(action, aws));
      } catch (error) {
        outcomes.push({ action, refusal: classifyError(error, action) });
      }
    }
  });
  await Promise.all(workers);
  return outcomes;
}

function takesAway({ kind }: Action): boolean {
  return kind === "detach" || kind === "delete";
}

/**
 * How long EC2's bucket takes to have a token for an action. Only attachments wait for it: what a
 * detachment was planned on must not grow old.
 */
function fillTimeMs({ kind }: Action, number: number): number {
  return kind === "attach" ? (number - EC2_CALLS_AT_FIRST) * EC2_REFILL_MS : 0;
}

async function carryOut(action: Action, aws: AwsCalls): Promise<Outcome> {
  if (action.kind === "create") {
    const { subnetId, securityGroupIds, pool, instanceId, token } = action;
    const wanted = { subnetId, securityGroupIds, pool, instanceId, token };
    return { action, created: await aws.createNetworkInterface(wanted) };
  }
  await applyAction(action, aws);
  return { action };
}

async function applyAction(
  action: Exclude<Action, { kind: "create" }>,
  aws: AwsCalls,
): Promise<void> {
  switch (action.kind) {
    case "attach":
      return aws.attachNetworkInterface({
        NetworkInterfaceId: action.networkInterfaceId,
        InstanceId: action.instanceId,
        DeviceIndex: action.deviceIndex,
        NetworkCardIndex: action.networkCardIndex,
      });
    case "detach":
      return aws.detachNetworkInterface({
        AttachmentId: action.attachmentId,
        Force: action.force,
      });
    case "endWithInstance":
      return aws.modifyNetworkInterfaceAttribute({
        NetworkInterfaceId: action.networkInterfaceId,
        Attachment: { AttachmentId: action.attachmentId, DeleteOnTermination: true },
      });
    case "delete":
      return aws.deleteNetworkInterface({ NetworkInterfaceId: action.networkInterfaceId });
    case "complete":
      return aws.completeLifecycleAction({
        AutoScalingGroupName: action.groupName,
        LifecycleHookName: action.lifecycleHookName,
        LifecycleActionResult: action.result,
        ...(action.lifecycleActionToken === undefined
          ? { InstanceId: action.instanceId }
          : { LifecycleActionToken: action.lifecycleActionToken }),
      });
    case "heartbeat":
      return aws.recordLifecycleActionHeartbeat({
        AutoScalingGroupName: action.groupName,
        LifecycleHookName: action.lifecycleHookName,
        InstanceId: action.instanceId,
      });
  }
}
