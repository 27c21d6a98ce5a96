import { AwsError } from "../awsError";
import {
  changeDesiredCapacity,
  type Group,
  invalid,
  isChecked,
  isLeaving,
  isRetained,
  isWell,
  type LifecycleHook,
  type Member,
  memberIn,
  type Process,
  type RefreshPreferences,
  type WarmPool,
} from "./group";
import { GROUP_NAME_TAG, GroupEngine } from "./groupEngine";
import { InstanceRefresh, type RefreshStrategy } from "./instanceRefresh";
import type { Whose } from "./lifecycleActions";

/** How long a failed status check is borne before an instance counts as unhealthy: "a few minutes". */
const IMPAIRED_MS = [120_000, 180_000] as const;

type Settings = Pick<Group, "minSize" | "maxSize" | "desiredCapacity" | "warmPool">;

/** Auto Scaling as people and the manager ask it. */
export class AutoScaling extends GroupEngine {
  private readonly refreshes = new Map<string, InstanceRefresh>();

  createGroup(group: Omit<Group, "members" | "suspendedProcesses">): void {
    const created: Group = { ...group, suspendedProcesses: new Set(), members: new Map() };
    this.groups.set(group.name, created);
    this.balanceLater(created);
  }

  setDesiredCapacity(name: string, desiredCapacity: number): void {
    const { minSize, maxSize } = this.groupByName(name);
    if (desiredCapacity < minSize || desiredCapacity > maxSize) {
      const side =
        desiredCapacity > maxSize ? `above max value ${maxSize}` : `below min value ${minSize}`;
      throw invalid(
        `New SetDesiredCapacity value ${desiredCapacity} is ${side} for the AutoScalingGroup.`,
      );
    }
    this.updateGroup(name, { desiredCapacity });
  }

  /** Gives a group other settings, as a person may. */
  updateGroup(name: string, settings: Partial<Settings>): void {
    const group = this.groupByName(name);
    Object.assign(group, settings);
    this.balanceLater(group);
  }

  /** Terminates a member with its hook and launches another, as an instance refresh does. */
  replaceInstance(instanceId: string): void {
    for (const { group, member } of this.membershipsOf(instanceId)) {
      // One that is retained goes when it is asked for again.
      if (!isLeaving(member) || isRetained(member)) this.replace(group, member);
    }
  }

  /** Tells of an instance whose status checks fail; its group bears it for a while. */
  reportImpaired(instanceId: string): void {
    const { clock, random, journal } = this.services;
    journal.write("aws", `${instanceId} fails its status checks`, { instanceId });
    clock.after(random.between(IMPAIRED_MS), () => {
      for (const { group, member } of this.membershipsOf(instanceId)) {
        const isIgnored = group.suspendedProcesses.has("HealthCheck") || !isChecked(member);
        if (!isIgnored) this.markUnhealthy(group, member);
      }
    });
  }

  setInstanceProtection(name: string, instanceId: string, isProtected: boolean): void {
    const member = memberIn(this.groupByName(name), instanceId, "InService");
    member.isProtectedFromScaleIn = isProtected;
  }

  /** Has a group leave what it does by itself, until it is told to do it again. */
  suspendProcesses(name: string, processes: Process[]): void {
    const { suspendedProcesses } = this.groupByName(name);
    for (const process of processes) suspendedProcesses.add(process);
  }

  /** Has a group make good what it left meanwhile. */
  resumeProcesses(name: string, processes: Process[]): void {
    const group = this.groupByName(name);
    for (const process of processes) group.suspendedProcesses.delete(process);
    if (processes.includes("HealthCheck")) {
      for (const member of group.members.values()) {
        if (isChecked(member) && !isWell(member)) this.checkHealth(group, member);
      }
    }
    this.replaceUnhealthy(group);
    this.balance(group);
  }

  /** Gives a group a warm pool, or its warm pool other settings. */
  putWarmPool(name: string, warmPool: WarmPool): void {
    this.updateGroup(name, { warmPool });
  }

  /** Takes the warm pool away from a group, with its instances. */
  deleteWarmPool(name: string): void {
    const { warmPool } = this.groupByName(name);
    if (warmPool === undefined) throw invalid(`No warm pool found for group ${name}`);
    this.putWarmPool(name, { ...warmPool, isPendingDelete: true });
  }

  /** Gives a group another lifecycle hook, or the one of that name other settings, for actions that begin later. */
  putLifecycleHook(name: string, hook: LifecycleHook): void {
    const group = this.groupByName(name);
    group.hooks = [...group.hooks.filter((one) => one.name !== hook.name), hook];
  }

  isMember(instanceId: string): boolean {
    return this.membershipsOf(instanceId).length > 0;
  }

  /** Makes an instance that runs a member, without a hook; it gets the group's tags, the group one more to be. */
  attachInstance(name: string, instanceId: string): void {
    const group = this.groupByName(name);
    const { ec2 } = this.services;
    const instance = ec2.instanceById(instanceId);
    if (instance.state !== "running" || this.isMember(instanceId)) {
      throw invalid(
        `Invalid Instance ID(s): [${instanceId}] specified. It is ${instance.state}, or in a group already`,
      );
    }
    changeDesiredCapacity(group, 1, "To attach 1 instance");
    const tags = { ...group.propagatedTags, [GROUP_NAME_TAG]: name };
    ec2.setTags(instance, { ...instance.tags, ...tags });
    const member: Member = { instance, lifecycleState: "Pending" };
    group.members.set(instanceId, member);
    this.enterServiceUnheld(group, member);
  }

  /**
   * Lets a member go on without its group, and without a hook; only the group's own tag goes.
   *
   * @param decrement whether the desired capacity goes down by one; otherwise another is launched
   */
  detachInstance(name: string, instanceId: string, decrement: boolean): void {
    const group = this.groupByName(name);
    const member = memberIn(group, instanceId, "InService", "Standby");
    if (decrement) changeDesiredCapacity(group, -1, "To detach 1 instance");
    this.enter(group, member, "Detaching");
    this.drain(group, () => {
      const { instance } = member;
      const tags = Object.entries(instance.tags).filter(([key]) => key !== GROUP_NAME_TAG);
      this.services.ec2.setTags(instance, Object.fromEntries(tags));
      this.services.journal.write("aws", `${name}: ${instanceId} is detached`);
      this.remove(group, member);
    });
  }

  /** Tells the groups that EC2 would rather have an instance replaced; those that listen launch first. */
  recommendRebalance(instanceId: string): void {
    for (const { group, member } of this.membershipsOf(instanceId)) {
      if (group.capacityRebalance !== true || member.lifecycleState !== "InService") continue;
      member.isOutgoing = true;
      this.balance(group);
    }
  }

  /**
   * Takes a member out of service while it goes on running.
   *
   * @param decrement whether the desired capacity goes down by one; otherwise another is launched
   */
  enterStandby(name: string, instanceId: string, decrement: boolean): void {
    const group = this.groupByName(name);
    const member = memberIn(group, instanceId, "InService");
    if (decrement) changeDesiredCapacity(group, -1, "To place into standby 1 instance");
    delete member.isOutgoing;
    this.enter(group, member, "EnteringStandby");
    this.drain(group, () => {
      if (member.lifecycleState !== "EnteringStandby") return;
      this.enter(group, member, "Standby");
      this.balance(group);
    });
  }

  /** Takes a member back into service, without a hook; the desired capacity goes up by one. */
  exitStandby(name: string, instanceId: string): void {
    const group = this.groupByName(name);
    const member = memberIn(group, instanceId, "Standby");
    changeDesiredCapacity(group, 1, "To take out of standby 1 instance");
    this.enterServiceUnheld(group, member);
  }

  /** Replaces all members that are in service, some at a time. */
  startInstanceRefresh(
    name: string,
    strategy: RefreshStrategy,
    preferences: RefreshPreferences,
  ): void {
    const group = this.groupByName(name);
    if (this.isRefreshing(name)) {
      const message =
        "An Instance Refresh is already in progress and blocks the execution of this Instance Refresh.";
      throw new AwsError("InstanceRefreshInProgress", message);
    }
    if (strategy === "ReplaceRootVolume" && group.warmPool !== undefined) {
      throw invalid(
        `AutoScalingGroup ${name} has a warm pool, which ReplaceRootVolume doesn't go with.`,
      );
    }
    this.refreshes.set(name, new InstanceRefresh(this, group, strategy, preferences));
  }

  isRefreshing(name: string): boolean {
    return this.refreshes.get(name)?.isUnderWay ?? false;
  }

  /** Ends an instance refresh; what it has begun with a member goes on. */
  cancelInstanceRefresh(name: string): void {
    this.refreshes.get(name)?.cancel();
  }

  /** Ends a lifecycle action; a launch goes on or is ended, a termination goes on either way. */
  completeLifecycleAction(name: string, hookName: string, whose: Whose, result: string): void {
    this.actions.complete(this.groupByName(name), hookName, whose, result);
  }

  /** Starts the time-out of a lifecycle action again. */
  recordLifecycleActionHeartbeat(name: string, hookName: string, whose: Whose): void {
    this.actions.recordHeartbeat(this.groupByName(name), hookName, whose);
  }

  groupByName(name: string): Group {
    const group = this.groups.get(name);
    if (group !== undefined) return group;
    throw invalid(`AutoScalingGroup name not found - ${name}`);
  }
}
