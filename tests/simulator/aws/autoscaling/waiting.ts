import type { LifecycleHook } from "../../../../simulator/aws/autoscaling/group";
import {
  type GroupStage,
  launchHook,
  lifecycleOf,
  onlyMember,
  openGroup,
  terminateHook,
} from "./groups";

/** An instance that waits in its group. */
export interface Waiting {
  stage: GroupStage;
  id: string;
  /** Completes the action of a hook, by the name of the instance. */
  complete: (hook: { name: string }, result: string) => unknown;
  beat: (hook?: { name: string }) => unknown;
  /** Where the instance has been, and when. */
  lifecycle: () => string[];
}

export function waiting(stage: GroupStage): Waiting {
  const id = onlyMember(stage);
  const { autoScaling } = stage;
  return {
    stage,
    id,
    complete: ({ name }, result) => {
      autoScaling.completeLifecycleAction("web", name, { instanceId: id }, result);
    },
    beat: ({ name } = launchHook) => {
      autoScaling.recordLifecycleActionHeartbeat("web", name, { instanceId: id });
    },
    lifecycle: () => lifecycleOf(stage, id),
  };
}

/** A launch that waits since millisecond 6,400 of the run, which is now at 10,000. */
export async function waitingLaunch(hook: Partial<LifecycleHook> = {}, ...others: LifecycleHook[]) {
  const stage = openGroup({ hooks: [{ ...launchHook, ...hook }, terminateHook, ...others] });
  await stage.pass(10_000);
  return waiting(stage);
}

/** A termination that waits since millisecond 60,700 of the run, which is now at 61,000. */
export async function waitingTermination(...others: LifecycleHook[]) {
  const stage = openGroup({ hooks: [terminateHook, ...others] });
  await stage.pass(60_000);
  const found = waiting(stage);
  stage.autoScaling.setDesiredCapacity("web", 0);
  await stage.pass(1_000);
  return found;
}

export const noAction = (id: string) => `No active Lifecycle Action found with instance ID ${id}`;
/** The tokens of all actions that were told of. */
export const tokensOf = ({ events }: GroupStage) =>
  events.map(({ event }) => String(event.detail.LifecycleActionToken));
