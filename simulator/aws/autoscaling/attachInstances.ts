import { AwsError } from "../awsError";
import { changeDesiredCapacity, demandLaunch, type Group, type Member } from "./group";
import type { GroupKeeper } from "./groupEngine";

const GROUP_NAME_TAG = "aws:autoscaling:groupName";

/** Makes an instance that runs a member, without a lifecycle hook; it gets the group's tags. */
export function attachInstance(keeper: GroupKeeper, group: Group, instanceId: string): void {
  const { ec2 } = keeper.services;
  const instance = ec2.instanceById(instanceId);
  if (instance.state !== "running" || keeper.membershipsOf(instanceId).length > 0) {
    const message = `Invalid Instance ID(s): [${instanceId}] specified. It is ${instance.state}, or in a group already`;
    throw new AwsError("ValidationError", message);
  }
  demandLaunch(group);
  changeDesiredCapacity(group, 1, "To attach 1 instance");
  ec2.setTags(instance, {
    ...instance.tags,
    ...group.propagatedTags,
    [GROUP_NAME_TAG]: group.name,
  });
  const member: Member = { instance, lifecycleState: "Pending", isReturning: true };
  group.members.set(instanceId, member);
  keeper.enter(group, member, "Pending");
  keeper.later(() => {
    keeper.enterServiceUnheld(group, member);
  });
}

/** Lets a member go on without the group, and without a lifecycle hook; only the group's own tag goes. */
export function detachInstance(
  keeper: GroupKeeper,
  group: Group,
  instanceId: string,
  decrement: boolean,
): void {
  const member = group.members.get(instanceId);
  const state = member?.lifecycleState;
  if (member === undefined || (state !== "InService" && state !== "Standby")) {
    const message = `The instance ${instanceId} is not in InService or Standby.`;
    throw new AwsError("ValidationError", message);
  }
  if (decrement) changeDesiredCapacity(group, -1, "To detach 1 instance");
  keeper.enter(group, member, "Detaching");
  keeper.drain(group, () => {
    const { instance } = member;
    const tags = Object.entries(instance.tags).filter(([key]) => key !== GROUP_NAME_TAG);
    keeper.services.ec2.setTags(instance, Object.fromEntries(tags));
    keeper.services.journal.write("aws", `${group.name}: ${instanceId} is detached`);
    keeper.remove(group, member);
  });
}
