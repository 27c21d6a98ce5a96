import { AwsError } from "../awsError";
import {
  changeDesiredCapacity,
  demandLaunch,
  type Group,
  type LifecycleState,
  type Member,
} from "./group";
import type { GroupKeeper } from "./groupEngine";

/** Takes a member out of service while it goes on running. */
export function enterStandby(
  keeper: GroupKeeper,
  group: Group,
  instanceId: string,
  decrement: boolean,
): void {
  const member = memberIn(group, instanceId, "InService");
  if (decrement) changeDesiredCapacity(group, -1, "To place into standby 1 instance");
  delete member.isOutgoing;
  keeper.enter(group, member, "EnteringStandby");
  keeper.drain(group, () => {
    if (member.lifecycleState !== "EnteringStandby") return;
    keeper.enter(group, member, "Standby");
    keeper.balance(group);
  });
}

/** Takes a member back into service, without a lifecycle hook; its health counts again. */
export function exitStandby(keeper: GroupKeeper, group: Group, instanceId: string): void {
  const member = memberIn(group, instanceId, "Standby");
  demandLaunch(group);
  changeDesiredCapacity(group, 1, "To take out of standby 1 instance");
  member.isReturning = true;
  keeper.enter(group, member, "Pending");
  keeper.later(() => {
    keeper.enterServiceUnheld(group, member);
  });
}

function memberIn(group: Group, instanceId: string, lifecycleState: LifecycleState): Member {
  const member = group.members.get(instanceId);
  if (member?.lifecycleState === lifecycleState) return member;
  throw new AwsError("ValidationError", `The instance ${instanceId} is not in ${lifecycleState}.`);
}
