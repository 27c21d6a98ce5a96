import type { AwsCalls } from "./clients";
import { classifyError, type Refusal } from "./errors";
import type { Action } from "./model";

/** Calls under way at once: enough to use EC2's bucket of 50, few enough for its refill of 5 a second. */
const MAX_CALLS_AT_ONCE = 10;

export interface Outcome {
  action: Action;
  /** Absent when AWS accepted the call. */
  refusal?: Refusal;
}

/**
 * Carries the actions out, a few at once, lifecycle actions first; an error becomes an outcome, never an
 * exception.
 *
 * @param hasTime asked before every call; what is left when it says no has no outcome
 */
export async function applyActions(
  actions: Action[],
  aws: AwsCalls,
  hasTime: () => boolean,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const isOfHook = ({ kind }: Action) => kind === "complete" || kind === "heartbeat";
  const queue = [...actions.filter(isOfHook), ...actions.filter((action) => !isOfHook(action))];
  const workers = Array.from({ length: Math.min(MAX_CALLS_AT_ONCE, queue.length) }, async () => {
    while (hasTime()) {
      const action = queue.shift();
      if (action === undefined) return;
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
        InstanceId: action.instanceId,
        LifecycleActionResult: action.result,
      });
    case "heartbeat":
      return aws.recordLifecycleActionHeartbeat({
        AutoScalingGroupName: action.groupName,
        LifecycleHookName: action.lifecycleHookName,
        InstanceId: action.instanceId,
      });
  }
}
