import { NotModelled } from "../awsError";
import type { Instance, Subnet } from "../ec2/state";
import {
  activeMembers,
  type AutoScalingServices,
  type Group,
  isChecked,
  isLeaving,
  isWarm,
  isWell,
  LAUNCHING,
  type Member,
  membersOf,
  type Route,
  TERMINATING,
} from "./group";
import { GroupSteps, type Stop } from "./steps";
import { beginWarming, returnToWarmPool, settle, sizeWarmPool, takeFromWarmPool } from "./warmPool";

/** Tells of which group an instance is a member. */
export const GROUP_NAME_TAG = "aws:autoscaling:groupName";

/** A group whose launch failed tries again after a while. */
const LAUNCH_RETRY_MS = 15_000;

/** Keeps groups at their size: what a group does by itself, and the steps that others have it take. */
export class GroupEngine extends GroupSteps {
  constructor(services: AutoScalingServices) {
    super(services);
    services.ec2.onChange((change) => {
      if (change.kind === "instance") this.noticeInstance(change.instance);
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
    const outgoing = membersOf(group).filter((one) => one.isOutgoing === true && !isLeaving(one));
    const inService = activeMembers(group).filter(
      ({ lifecycleState }) => lifecycleState === "InService",
    );
    const kept = Math.max(0, group.desiredCapacity - inService.length);
    for (const member of outgoing.slice(0, Math.max(0, outgoing.length - kept))) {
      this.terminate(group, member);
    }
  }

  launch(group: Group, lifecycleState: "Pending" | "Warmed:Pending"): void {
    const { ec2, faults, journal, clock } = this.services;
    if (faults.strikes("launchFails")) {
      journal.write("aws", `${group.name}: a launch failed`);
      clock.after(LAUNCH_RETRY_MS, () => {
        this.balance(group);
      });
      return;
    }
    const tags = { ...group.propagatedTags, [GROUP_NAME_TAG]: group.name };
    const { instanceType } = group;
    const instance = ec2.runInstance(instanceType, emptiestSubnet(group), tags, group);
    const member: Member = { instance, lifecycleState };
    group.members.set(instance.id, member);
    this.touch(group);
    if (this.waitsWhilePending) this.beginLaunchLater(group, member);
  }

  private noticeInstance(instance: Instance): void {
    for (const { group, member } of this.membershipsOf(instance.id)) {
      this.noticeMember(group, member);
      settle(this, group, member);
    }
  }

  private noticeMember(group: Group, member: Member): void {
    const { state } = member.instance;
    if (state === "running") {
      this.enterService(group, member);
      if (!this.waitsWhilePending) this.beginLaunchLater(group, member);
    }
    const hasEnded = state === "terminated" && isLeaving(member);
    if (hasEnded && member.waiting === undefined) this.remove(group, member);
    if (state !== "pending" && !isLeaving(member) && !isWell(member)) {
      this.checkHealth(group, member);
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

  protected replaceUnhealthy(group: Group): void {
    const { suspendedProcesses } = group;
    if (suspendedProcesses.has("ReplaceUnhealthy") || suspendedProcesses.has("Terminate")) return;
    const unhealthy = membersOf(group).filter((one) => one.isUnhealthy === true && isChecked(one));
    for (const member of unhealthy) this.terminate(group, member);
    if (unhealthy.length > 0) this.balance(group);
  }

  beginLaunch(group: Group, member: Member): void {
    if (member.lifecycleState === "Warmed:Pending") beginWarming(this, group, member);
    if (member.lifecycleState !== "Pending" || member.isReturning === true) return;
    const { route = { Origin: "EC2", Destination: "AutoScalingGroup" } } = member;
    const stop: Stop = { lifecycleState: "Pending:Wait", transition: LAUNCHING, route };
    this.hold(group, member, stop, (result) => {
      if (result === "CONTINUE") {
        this.enter(group, member, "Pending:Proceed");
        this.later(() => {
          this.enterService(group, member);
        });
      } else this.replace(group, member);
    });
  }

  private enterService(group: Group, member: Member): void {
    if (member.lifecycleState !== "Pending:Proceed" || member.instance.state !== "running") return;
    delete member.route;
    this.enter(group, member, "InService");
    this.endOutgoing(group);
  }

  /** Takes a member into service that no launch hook holds; its health counts from then on. */
  enterServiceUnheld(group: Group, member: Member): void {
    member.isReturning = true;
    this.enter(group, member, "Pending");
    this.later(() => {
      if (member.lifecycleState !== "Pending") return;
      delete member.isReturning;
      this.enter(group, member, "InService");
      this.balance(group);
      if (!isWell(member)) this.checkHealth(group, member);
    });
  }

  terminate(group: Group, member: Member): void {
    if (group.drainingSeconds !== undefined) throw new NotModelled("a termination that drains");
    this.actions.cancel(member);
    const [prefix, Origin] = isWarm(member)
      ? (["Warmed:", "WarmPool"] as const)
      : (["", "AutoScalingGroup"] as const);
    const route: Route = { Origin, Destination: "EC2" };
    const lifecycleState = `${prefix}Terminating:Wait` as const;
    this.hold(group, member, { lifecycleState, transition: TERMINATING, route }, (result) => {
      if (result === "ABANDON" && group.retainsAbandoned === true) {
        this.enter(group, member, `${prefix}Terminating:Retained`);
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
    this.balanceLater(group);
  }
}

/** Where a group launches next, so that its zones stay in balance. */
function emptiestSubnet(group: Group): Subnet {
  const members = activeMembers(group);
  const countIn = ({ id }: Subnet) =>
    members.filter(({ instance }) => instance.subnet.id === id).length;
  const [emptiest] = [...group.subnets].sort((a, b) => countIn(a) - countIn(b));
  if (emptiest === undefined) throw new NotModelled(`the group ${group.name} without a subnet`);
  return emptiest;
}
