import { AwsError } from "../awsError";
import { changeDesiredCapacity, demandLaunch, type Group, type Member } from "./group";
import type { GroupEngine } from "./groupEngine";

const GROUP_NAME_TAG = "aws:autoscaling:groupName";

/** Makes an instance that runs a member, without a lifecycle hook; it gets the group's tags. */
export function attachInstance(engine: GroupEngine, group: Group, instanceId: string): void {
  const { ec2 } = engine.services;
  const instance = ec2.instanceById(instanceId);
  if (instance.state !== "running" || engine.membershipsOf(instanceId).length > 0) {
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
  engine.enter(group, member, "Pending");
  engine.later(() => {
    engine.enterServiceUnheld(group, member);
  });
}

/** Lets a member go on without the group, and without a lifecycle hook; only the group's own tag goes. */
export function detachInstance(
  engine: GroupEngine,
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
  engine.enter(group, member, "Detaching");
  engine.drain(group, () => {
    const { instance } = member;
    const tags = Object.entries(instance.tags).filter(([key]) => key !== GROUP_NAME_TAG);
    engine.services.ec2.setTags(instance, Object.fromEntries(tags));
    engine.services.journal.write("aws", `${group.name}: ${instanceId} is detached`);
    engine.remove(group, member);
  });
}
