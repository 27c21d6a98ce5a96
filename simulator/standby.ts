import { AwsError } from "./awsError";
import type { Group, LifecycleState, Member } from "./group";
import type { GroupKeeper } from "./groupKeeper";

/** Takes a member out of service while it goes on running. */
export function enterStandby(
  keeper: GroupKeeper,
  group: Group,
  instanceId: string,
  decrement: boolean,
): void {
  const member = memberIn(group, instanceId, "InService");
  if (decrement) resize(group, -1, "To place into standby 1 instance");
  delete member.isOutgoing;
  keeper.enter(group, member, "EnteringStandby");
  keeper.later(() => {
    if (member.lifecycleState !== "EnteringStandby") return;
    keeper.enter(group, member, "Standby");
    keeper.balance(group);
  });
}

/** Takes a member back into service, without a lifecycle hook; its health counts again. */
export function exitStandby(keeper: GroupKeeper, group: Group, instanceId: string): void {
  const member = memberIn(group, instanceId, "Standby");
  resize(group, 1, "To take out of standby 1 instance");
  member.isReturning = true;
  keeper.enter(group, member, "Pending");
  keeper.later(() => {
    if (member.lifecycleState !== "Pending") return;
    delete member.isReturning;
    keeper.enter(group, member, "InService");
    keeper.balance(group);
    if (member.instance.state !== "running") keeper.checkHealth(group, member);
  });
}

function memberIn(group: Group, instanceId: string, lifecycleState: LifecycleState): Member {
  const member = group.members.get(instanceId);
  if (member?.lifecycleState === lifecycleState) return member;
  throw new AwsError("ValidationError", `The instance ${instanceId} is not in ${lifecycleState}.`);
}

/** Changes the desired capacity within the group's range. */
function resize(group: Group, by: number, purpose: string): void {
  const { name, minSize, maxSize, desiredCapacity } = group;
  const wanted = desiredCapacity + by;
  if (wanted < minSize || wanted > maxSize) {
    const sizes = `min-size=${minSize}, max-size=${maxSize}, and desired-size=${desiredCapacity}`;
    const message = `AutoScalingGroup ${name} has ${sizes}. ${purpose}, please update the AutoScalingGroup sizes appropriately.`;
    throw new AwsError("ValidationError", message);
  }
  group.desiredCapacity = wanted;
}
