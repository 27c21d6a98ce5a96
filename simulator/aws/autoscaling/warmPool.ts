import {
  type Group,
  isLeaving,
  isWarm,
  isWell,
  LAUNCHING,
  type Member,
  membersOf,
  TERMINATING,
} from "./group";
import type { GroupSteps } from "./steps";

/** Launches what a warm pool lacks and terminates what it has too much of. */
export function sizeWarmPool(steps: GroupSteps, group: Group): void {
  const warm = membersOf(group).filter((member) => isWarm(member) && !isLeaving(member));
  const wanted = sizeOf(group);
  if (group.warmPool?.isPendingDelete === true && !membersOf(group).some(isWarm)) {
    delete group.warmPool;
    steps.touch(group);
  }
  if (!group.suspendedProcesses.has("Launch")) {
    for (let count = warm.length; count < wanted; count += 1) steps.launch(group, "Warmed:Pending");
  }
  if (group.suspendedProcesses.has("Terminate")) return;
  for (const member of warm.slice(0, Math.max(0, warm.length - wanted))) {
    steps.terminate(group, member);
  }
}

function sizeOf({ warmPool, maxSize, desiredCapacity }: Group): number {
  if (warmPool === undefined || warmPool.isPendingDelete === true) return 0;
  const { minSize, maxGroupPreparedCapacity = maxSize } = warmPool;
  return Math.max(minSize, maxGroupPreparedCapacity - desiredCapacity);
}

/** Lets the launch hooks hold an instance on its way into the pool, and parks it. */
export function beginWarming(steps: GroupSteps, group: Group, member: Member): void {
  const route = { Origin: "EC2", Destination: "WarmPool" } as const;
  const stop = { lifecycleState: "Warmed:Pending:Wait", transition: LAUNCHING, route } as const;
  steps.hold(group, member, stop, (result) => {
    if (result === "CONTINUE") park(steps, group, member);
    else steps.replace(group, member);
  });
}

/** Lets the terminate hooks hold a member on its way back into the pool, and parks it unless it is retained. */
export function returnToWarmPool(steps: GroupSteps, group: Group, member: Member): void {
  const route = { Origin: "AutoScalingGroup", Destination: "WarmPool" } as const;
  const stop = { lifecycleState: "Warmed:Pending:Wait", transition: TERMINATING, route } as const;
  steps.hold(group, member, stop, (result) => {
    if (result === "ABANDON" && group.retainsAbandoned === true) {
      steps.enter(group, member, "Warmed:Pending:Retained");
      steps.balance(group);
    } else park(steps, group, member);
  });
}

function park(steps: GroupSteps, group: Group, member: Member): void {
  steps.enter(group, member, "Warmed:Pending:Proceed");
  steps.later(() => {
    settle(steps, group, member);
  });
}

/** Brings a parked instance into the state of its pool, step by step as EC2 gets there. */
export function settle(steps: GroupSteps, group: Group, member: Member): void {
  const { ec2 } = steps.services;
  const { id, state } = member.instance;
  const poolState = group.warmPool?.poolState;
  if (member.lifecycleState !== "Warmed:Pending:Proceed" || poolState === undefined) return;
  if (poolState === "Running") {
    if (state === "running") steps.enter(group, member, "Warmed:Running");
  } else if (state === "running") {
    if (poolState === "Stopped") ec2.stopInstance(id);
    else ec2.hibernateInstance(id);
  } else if (state === "stopped") {
    steps.enter(group, member, `Warmed:${poolState}`);
  }
}

/**
 * Takes an instance that is ready out of the pool, by way of the launch hooks.
 *
 * @returns whether there was one
 */
export function takeFromWarmPool(steps: GroupSteps, group: Group): boolean {
  const isParked = ({ lifecycleState }: Member) =>
    /^Warmed:(Stopped|Running|Hibernated)$/.test(lifecycleState);
  const member = membersOf(group).find((one) => isParked(one) && isWell(one));
  if (member === undefined) return false;
  member.route = { Origin: "WarmPool", Destination: "AutoScalingGroup" };
  const isRunning = member.lifecycleState === "Warmed:Running";
  steps.enter(group, member, "Pending");
  if (!isRunning) steps.services.ec2.startInstance(member.instance.id);
  if (isRunning || steps.waitsWhilePending) steps.beginLaunchLater(group, member);
  return true;
}
