import { NotModelled } from "../awsError";
import type { Ec2, Ec2Services, Instance, Subnet } from "../ec2/ec2";
import type { AwsEvent } from "../eventBridge";
import {
  activeMembers,
  type Group,
  isChecked,
  isLeaving,
  isWarm,
  isWell,
  type LifecycleState,
  type Member,
  type Process,
  type Route,
  type Transition,
} from "./group";
import { LifecycleActions } from "./lifecycleActions";
import { beginWarming, returnToWarmPool, settle, sizeWarmPool, takeFromWarmPool } from "./warmPool";

/** A group whose launch failed tries again after a while. */
const LAUNCH_RETRY_MS = 15_000;

export interface AutoScalingServices extends Ec2Services {
  ec2: Ec2;
  emit: (event: AwsEvent) => void;
}

/** A member's place on its way where a lifecycle hook may hold it. */
export interface Stop {
  lifecycleState: LifecycleState;
  transition: Transition;
  route: Route;
}

/** Keeps groups at their size: what a group does by itself, and the steps that others have it take. */
export class GroupEngine {
  readonly groups = new Map<string, Group>();
  readonly actions: LifecycleActions;
  /** Undocumented: whether a launch waits while its instance is still pending, or only then running. Drawn. */
  waitsWhilePending: boolean;

  private readonly readers: ((name: string) => void)[] = [];

  constructor(readonly services: AutoScalingServices) {
    this.actions = new LifecycleActions(services);
    this.waitsWhilePending = services.random.coin();
    services.ec2.onChange((change) => {
      if (change.kind === "instance") this.noticeInstance(change.instance);
    });
  }

  /** Calls back with the name of every group whose description changes. */
  onTouch(reader: (name: string) => void): void {
    this.readers.push(reader);
  }

  touch({ name }: Group): void {
    for (const reader of this.readers) reader(name);
  }

  later(run: () => void): void {
    const { clock, random, timings } = this.services;
    clock.after(random.between(timings.groupStep), run);
  }

  /** Goes on once the group's load balancer, if it has one, has let a member go. */
  drain({ drainingSeconds }: Group, run: () => void): void {
    if (drainingSeconds === undefined) this.later(run);
    else this.services.clock.after(drainingSeconds * 1000, run);
  }

  /** The groups that an instance is a member of. */
  membershipsOf(instanceId: string): { group: Group; member: Member }[] {
    return [...this.groups.values()].flatMap((group) => {
      const member = group.members.get(instanceId);
      return member === undefined ? [] : [{ group, member }];
    });
  }

  /** Brings in what is missing, from the warm pool first, and takes out what is too much, the oldest first. */
  balance(group: Group): void {
    const active = activeMembers(group);
    if (!group.suspendedProcesses.has("Launch")) {
      for (let count = active.length; count < group.desiredCapacity; count += 1) {
        if (!takeFromWarmPool(this, group)) this.launch(group, "Pending");
      }
    }
    const surplus = Math.max(0, active.length - group.desiredCapacity);
    const free = active.filter(
      ({ isProtectedFromScaleIn, lifecycleState }) =>
        isProtectedFromScaleIn !== true || lifecycleState !== "InService",
    );
    if (!group.suspendedProcesses.has("Terminate")) {
      for (const member of free.slice(0, surplus)) this.scaleIn(group, member);
    }
    this.endOutgoing(group);
    sizeWarmPool(this, group);
  }

  private scaleIn(group: Group, member: Member): void {
    const isReusable = member.lifecycleState === "InService" && isWell(member);
    const { reuseOnScaleIn = false, isPendingDelete = false } = group.warmPool ?? {};
    if (reuseOnScaleIn && !isPendingDelete && isReusable) returnToWarmPool(this, group, member);
    else this.terminate(group, member);
  }

  /** Terminates those in whose place others are in service. */
  private endOutgoing(group: Group): void {
    if (group.suspendedProcesses.has("Terminate")) return;
    const outgoing = [...group.members.values()].filter(
      (member) => member.isOutgoing === true && !isLeaving(member),
    );
    const inService = activeMembers(group).filter(
      ({ lifecycleState }) => lifecycleState === "InService",
    );
    const kept = Math.max(0, group.desiredCapacity - inService.length);
    for (const member of outgoing.slice(0, Math.max(0, outgoing.length - kept))) {
      this.terminate(group, member);
    }
  }

  /** Launches an instance into the group or into its warm pool. */
  launch(group: Group, lifecycleState: "Pending" | "Warmed:Pending"): void {
    const { ec2, faults, journal, clock } = this.services;
    if (faults.strikes("launchFails")) {
      journal.write("aws", `${group.name}: a launch failed`);
      clock.after(LAUNCH_RETRY_MS, () => {
        this.balance(group);
      });
      return;
    }
    const tags = { ...group.propagatedTags, "aws:autoscaling:groupName": group.name };
    const instance = ec2.runInstance(group.instanceType, emptiestSubnet(group), tags);
    const member: Member = { instance, lifecycleState };
    group.members.set(instance.id, member);
    this.touch(group);
    if (this.waitsWhilePending)
      this.later(() => {
        this.beginLaunch(group, member);
      });
  }

  private noticeInstance(instance: Instance): void {
    for (const { group, member } of this.membershipsOf(instance.id)) {
      if (instance.state === "running") {
        this.enterService(group, member);
        if (!this.waitsWhilePending)
          this.later(() => {
            this.beginLaunch(group, member);
          });
      } else if (instance.state === "terminated" && isLeaving(member)) {
        if (member.waiting === undefined) this.remove(group, member);
      }
      if (instance.state !== "pending" && !isLeaving(member) && !isWell(member)) {
        this.checkHealth(group, member);
      }
      settle(this, group, member);
    }
  }

  /** Finds a member unhealthy that isn't well some time later, whatever the group does about it. */
  checkHealth(group: Group, member: Member): void {
    const { clock, random, timings } = this.services;
    clock.after(random.between(timings.healthCheck), () => {
      if (group.suspendedProcesses.has("HealthCheck")) return;
      if (!isWell(member) && isChecked(member)) this.markUnhealthy(group, member);
    });
  }

  markUnhealthy(group: Group, member: Member): void {
    member.isUnhealthy = true;
    this.services.journal.write("aws", `${group.name} finds ${member.instance.id} unhealthy`);
    this.replaceUnhealthy(group);
  }

  private replaceUnhealthy(group: Group): void {
    const isIdle = (["ReplaceUnhealthy", "Terminate"] as const).some((process) =>
      group.suspendedProcesses.has(process),
    );
    if (isIdle) return;
    const unhealthy = [...group.members.values()].filter(
      (member) => member.isUnhealthy === true && isChecked(member),
    );
    for (const member of unhealthy) this.terminate(group, member);
    if (unhealthy.length > 0) this.balance(group);
  }

  /** Makes good what a group left while it was told to leave it. */
  resume(group: Group, processes: Process[]): void {
    for (const process of processes) group.suspendedProcesses.delete(process);
    if (processes.includes("HealthCheck")) {
      for (const member of group.members.values()) {
        if (isChecked(member) && !isWell(member)) this.checkHealth(group, member);
      }
    }
    this.replaceUnhealthy(group);
    this.balance(group);
  }

  /** Lets the launch hook hold a member that is pending, and takes it into service or parks it. */
  beginLaunch(group: Group, member: Member): void {
    if (member.lifecycleState === "Warmed:Pending") beginWarming(this, group, member);
    if (member.lifecycleState !== "Pending" || member.isReturning === true) return;
    const transition = "autoscaling:EC2_INSTANCE_LAUNCHING";
    const { route = { Origin: "EC2", Destination: "AutoScalingGroup" } } = member;
    this.hold(group, member, { lifecycleState: "Pending:Wait", transition, route }, (result) => {
      if (result === "CONTINUE") {
        this.enter(group, member, "Pending:Proceed");
        this.later(() => {
          this.enterService(group, member);
        });
      } else {
        this.terminate(group, member);
        this.balance(group);
      }
    });
  }

  private enterService(group: Group, member: Member): void {
    if (member.lifecycleState !== "Pending:Proceed" || member.instance.state !== "running") return;
    delete member.route;
    this.enter(group, member, "InService");
    this.endOutgoing(group);
  }

  /** Takes a member into service that no launch hook holds; its health counts from now on. */
  enterServiceUnheld(group: Group, member: Member): void {
    if (member.lifecycleState !== "Pending") return;
    delete member.isReturning;
    this.enter(group, member, "InService");
    this.balance(group);
    if (!isWell(member)) this.checkHealth(group, member);
  }

  /** Lets the terminate hook hold a member, and terminates it. */
  terminate(group: Group, member: Member): void {
    if (group.drainingSeconds !== undefined) throw new NotModelled("a termination that drains");
    this.actions.cancel(member);
    const transition = "autoscaling:EC2_INSTANCE_TERMINATING";
    const [prefix, Origin] = isWarm(member)
      ? (["Warmed:", "WarmPool"] as const)
      : (["", "AutoScalingGroup"] as const);
    const route: Route = { Origin, Destination: "EC2" };
    const stop: Stop = { lifecycleState: `${prefix}Terminating:Wait`, transition, route };
    this.hold(group, member, stop, (result) => {
      if (result === "ABANDON" && group.retainsAbandoned === true && prefix === "") {
        this.enter(group, member, "Terminating:Retained");
        return;
      }
      this.enter(group, member, `${prefix}Terminating:Proceed`);
      if (member.instance.state === "terminated") this.remove(group, member);
      else this.services.ec2.terminateInstance(member.instance.id);
    });
  }

  /** Forgets a member. */
  remove(group: Group, member: Member): void {
    group.members.delete(member.instance.id);
    this.touch(group);
    this.later(() => {
      this.balance(group);
    });
  }

  enter(group: Group, member: Member, lifecycleState: LifecycleState): void {
    member.lifecycleState = lifecycleState;
    this.touch(group);
    const { id } = member.instance;
    const facts = { instanceId: id, group: group.name, lifecycleState };
    this.services.journal.write("aws", `${group.name}: ${id} is ${lifecycleState}`, facts);
  }

  /** Holds a member by the group's hook for this transition, or lets it go on at once where there is none. */
  hold(
    group: Group,
    member: Member,
    { lifecycleState, transition, route }: Stop,
    goOn: (result: string) => void,
  ): void {
    const hook = group.hooks.find((candidate) => candidate.transition === transition);
    if (hook === undefined) {
      goOn("CONTINUE");
      return;
    }
    const action = this.actions.begin(group, member, hook, goOn);
    this.enter(group, member, lifecycleState);
    this.actions.announce(group, member, action, route);
  }
}

/** Where a group launches next, so that its zones stay in balance. */
function emptiestSubnet(group: Group): Subnet {
  const members = activeMembers(group);
  const counted = group.subnets.map((subnet) => ({
    subnet,
    count: members.filter(({ instance }) => instance.subnet.id === subnet.id).length,
  }));
  const [least] = counted.sort((a, b) => a.count - b.count);
  if (least === undefined) throw new NotModelled(`the group ${group.name} without a subnet`);
  return least.subnet;
}
