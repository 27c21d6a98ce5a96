import { AwsError } from "../awsError";
import {
  changeDesiredCapacity,
  demandLaunch,
  type Group,
  type LifecycleState,
  type Member,
} from "./group";
import type { GroupEngine } from "./groupEngine";

/** Takes a member out of service while it goes on running. */
export function enterStandby(
  engine: GroupEngine,
  group: Group,
  instanceId: string,
  decrement: boolean,
): void {
  const member = memberIn(group, instanceId, "InService");
  if (decrement) changeDesiredCapacity(group, -1, "To place into standby 1 instance");
  delete member.isOutgoing;
  engine.enter(group, member, "EnteringStandby");
  engine.drain(group, () => {
    if (member.lifecycleState !== "EnteringStandby") return;
    engine.enter(group, member, "Standby");
    engine.balance(group);
  });
}

/** Takes a member back into service, without a lifecycle hook; its health counts again. */
export function exitStandby(engine: GroupEngine, group: Group, instanceId: string): void {
  const member = memberIn(group, instanceId, "Standby");
  demandLaunch(group);
  changeDesiredCapacity(group, 1, "To take out of standby 1 instance");
  member.isReturning = true;
  engine.enter(group, member, "Pending");
  engine.later(() => {
    engine.enterServiceUnheld(group, member);
  });
}

function memberIn(group: Group, instanceId: string, lifecycleState: LifecycleState): Member {
  const member = group.members.get(instanceId);
  if (member?.lifecycleState === lifecycleState) return member;
  throw new AwsError("ValidationError", `The instance ${instanceId} is not in ${lifecycleState}.`);
}
