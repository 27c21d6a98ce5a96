import { type Group, isLeaving, isWarm, isWell, type Member, type Route } from "./group";
import type { GroupEngine } from "./groupEngine";

/** Launches what a warm pool lacks and terminates what it has too much of. */
export function sizeWarmPool(engine: GroupEngine, group: Group): void {
  const warm = [...group.members.values()].filter((member) => isWarm(member) && !isLeaving(member));
  const wanted = sizeOf(group);
  if (group.warmPool?.isPendingDelete === true && ![...group.members.values()].some(isWarm)) {
    delete group.warmPool;
    engine.touch(group);
  }
  if (!group.suspendedProcesses.has("Launch")) {
    for (let count = warm.length; count < wanted; count += 1)
      engine.launch(group, "Warmed:Pending");
  }
  if (group.suspendedProcesses.has("Terminate")) return;
  for (const member of warm.slice(0, Math.max(0, warm.length - wanted))) {
    engine.terminate(group, member);
  }
}

function sizeOf({ warmPool, maxSize, desiredCapacity }: Group): number {
  if (warmPool === undefined || warmPool.isPendingDelete === true) return 0;
  const { minSize, maxGroupPreparedCapacity = maxSize } = warmPool;
  return Math.max(minSize, maxGroupPreparedCapacity - desiredCapacity);
}

/** Lets the launch hook hold an instance on its way into the pool, and parks it. */
export function beginWarming(engine: GroupEngine, group: Group, member: Member): void {
  const transition = "autoscaling:EC2_INSTANCE_LAUNCHING";
  const route: Route = { Origin: "EC2", Destination: "WarmPool" };
  engine.hold(
    group,
    member,
    { lifecycleState: "Warmed:Pending:Wait", transition, route },
    (result) => {
      if (result === "CONTINUE") park(engine, group, member);
      else {
        engine.terminate(group, member);
        engine.balance(group);
      }
    },
  );
}

/** Lets the terminate hook hold a member on its way back into the pool, and parks it whatever comes of that. */
export function returnToWarmPool(engine: GroupEngine, group: Group, member: Member): void {
  const transition = "autoscaling:EC2_INSTANCE_TERMINATING";
  const route: Route = { Origin: "AutoScalingGroup", Destination: "WarmPool" };
  engine.hold(group, member, { lifecycleState: "Warmed:Pending:Wait", transition, route }, () => {
    park(engine, group, member);
  });
}

function park(engine: GroupEngine, group: Group, member: Member): void {
  engine.enter(group, member, "Warmed:Pending:Proceed");
  engine.later(() => {
    settle(engine, group, member);
  });
}

/** Brings a parked instance into the state of its pool, step by step as EC2 gets there. */
export function settle(engine: GroupEngine, group: Group, member: Member): void {
  const { ec2 } = engine.services;
  const { id, state } = member.instance;
  const poolState = group.warmPool?.poolState;
  if (member.lifecycleState !== "Warmed:Pending:Proceed" || poolState === undefined) return;
  if (poolState === "Running") {
    if (state === "running") engine.enter(group, member, "Warmed:Running");
  } else if (state === "running") {
    if (poolState === "Stopped") ec2.stopInstance(id);
    else ec2.hibernateInstance(id);
  } else if (state === "stopped") {
    engine.enter(group, member, poolState === "Stopped" ? "Warmed:Stopped" : "Warmed:Hibernated");
  }
}

/** Whether a member is in its warm pool and on no way. */
export function isParked({ lifecycleState }: Member): boolean {
  return /^Warmed:(Stopped|Running|Hibernated)$/.test(lifecycleState);
}

/**
 * Takes an instance that is ready out of the pool, by way of the launch hook.
 *
 * @returns whether there was one
 */
export function takeFromWarmPool(engine: GroupEngine, group: Group): boolean {
  const member = [...group.members.values()].find((one) => isParked(one) && isWell(one));
  if (member === undefined) return false;
  member.route = { Origin: "WarmPool", Destination: "AutoScalingGroup" };
  const isRunning = member.lifecycleState === "Warmed:Running";
  engine.enter(group, member, "Pending");
  if (!isRunning) engine.services.ec2.startInstance(member.instance.id);
  if (isRunning || engine.waitsWhilePending)
    engine.later(() => {
      engine.beginLaunch(group, member);
    });
  return true;
}
