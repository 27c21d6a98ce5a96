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

export interface Outcome {
  action: Action;
  /** Absent when AWS accepted the call. */
  refusal?: Refusal;
}

/**
 * Carries the actions out, a few at once, those of lifecycle hooks beside those of EC2, since Auto Scaling
 * has limits of its own; an error becomes an outcome, never an exception.
 *
 * @param remainingMs asked before every call; what is left when there is none has no outcome
 */
export async function applyActions(
  actions: Action[],
  aws: AwsCalls,
  remainingMs: () => number,
): Promise<Outcome[]> {
  const isOfHook = ({ kind }: Action) => kind === "complete" || kind === "heartbeat";
  const ofHooks = actions.filter(isOfHook);
  const ofEc2 = actions.filter((action) => !isOfHook(action));
  const outcomes = await Promise.all([
    applyInOrder(ofHooks, aws, remainingMs),
    applyInOrder(ofEc2, aws, remainingMs),
  ]);
  return outcomes.flat();
}

async function applyInOrder(
  actions: Action[],
  aws: AwsCalls,
  remainingMs: () => number,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const beginMs = remainingMs();
  let begun = 0;
  const workers = Array.from({ length: Math.min(MAX_CALLS_AT_ONCE, actions.length) }, async () => {
    while (remainingMs() > 0) {
      const action = actions[begun];
      if (action === undefined) return;
      begun += 1;
      const aheadMs = remainingMs() - beginMs + fillTimeMs(action, begun);
      if (aheadMs >= remainingMs()) return;
      if (aheadMs > 0) await pause(aheadMs);
      try {
        await applyAction(action, aws);
        outcomes.push({ action });
      } catch (error) {
        outcomes.push({ action, refusal: classifyError(error, action) });
      }
    }
  });
  await Promise.all(workers);
  return outcomes;
}

/**
 * How long EC2's bucket takes to have a token for an action. Only attachments wait for it: what a
 * detachment was planned on must not grow old.
 */
function fillTimeMs({ kind }: Action, number: number): number {
  return kind === "attach" ? (number - EC2_CALLS_AT_FIRST) * EC2_REFILL_MS : 0;
}

async function applyAction(action: Action, aws: AwsCalls): Promise<void> {
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
