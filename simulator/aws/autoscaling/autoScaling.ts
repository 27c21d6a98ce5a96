import { AwsError } from "../awsError";
import { attachInstance, detachInstance } from "./attachInstances";
import {
  type Group,
  isChecked,
  isLeaving,
  isWarm,
  type Member,
  type Process,
  type RefreshPreferences,
  type WarmPool,
} from "./group";
import { type AutoScalingServices, GroupEngine } from "./groupEngine";
import { InstanceRefresh, type RefreshStrategy } from "./instanceRefresh";
import type { Whose } from "./lifecycleActions";
import { enterStandby, exitStandby } from "./standby";

/** How long a failed status check is borne before an instance counts as unhealthy: "a few minutes". */
const IMPAIRED_MS = [120_000, 180_000] as const;

type Sizes = Pick<Group, "minSize" | "maxSize" | "desiredCapacity">;

/** Auto Scaling as people and the manager ask it. */
export class AutoScaling {
  private readonly engine: GroupEngine;
  private readonly refreshes = new Map<string, InstanceRefresh>();

  constructor(services: AutoScalingServices) {
    this.engine = new GroupEngine(services);
  }

  get groups(): Map<string, Group> {
    return this.engine.groups;
  }

  /** Undocumented: whether a launch waits while its instance is still pending, or only then running. Drawn. */
  get waitsWhilePending(): boolean {
    return this.engine.waitsWhilePending;
  }

  set waitsWhilePending(waits: boolean) {
    this.engine.waitsWhilePending = waits;
  }

  /** Calls back with the name of every group whose description changes. */
  onTouch(reader: (name: string) => void): void {
    this.engine.onTouch(reader);
  }

  createGroup(group: Omit<Group, "members" | "suspendedProcesses">): void {
    const members = new Map<string, Member>();
    const created = { ...group, suspendedProcesses: new Set<Process>(), members };
    this.groups.set(group.name, created);
    this.engine.touch(created);
    this.engine.later(() => {
      this.engine.balance(created);
    });
  }

  setDesiredCapacity(name: string, desiredCapacity: number): void {
    const { minSize, maxSize } = this.groupByName(name);
    if (desiredCapacity < minSize || desiredCapacity > maxSize) {
      const side =
        desiredCapacity > maxSize ? `above max value ${maxSize}` : `below min value ${minSize}`;
      const message = `New SetDesiredCapacity value ${desiredCapacity} is ${side} for the AutoScalingGroup.`;
      throw new AwsError("ValidationError", message);
    }
    this.updateGroup(name, { desiredCapacity });
  }

  /** Gives a group other sizes, as a person may. */
  updateGroup(name: string, sizes: Partial<Sizes>): void {
    const group = this.groupByName(name);
    Object.assign(group, sizes);
    this.engine.touch(group);
    this.engine.later(() => {
      this.engine.balance(group);
    });
  }

  /** Terminates a member with its hook and launches another, as an instance refresh does. */
  replaceInstance(instanceId: string): void {
    for (const { group, member } of this.engine.membershipsOf(instanceId)) {
      // One that is retained goes when it is asked for again.
      if (isLeaving(member) && member.lifecycleState !== "Terminating:Retained") continue;
      this.engine.terminate(group, member);
      this.engine.balance(group);
    }
  }

  /** Tells of an instance whose status checks fail; its group bears it for a while. */
  reportImpaired(instanceId: string): void {
    const { clock, random, journal } = this.engine.services;
    journal.write("aws", `${instanceId} fails its status checks`, { instanceId });
    clock.after(random.between(IMPAIRED_MS), () => {
      for (const { group, member } of this.engine.membershipsOf(instanceId)) {
        const isIgnored = group.suspendedProcesses.has("HealthCheck") || !isChecked(member);
        if (!isIgnored) this.engine.markUnhealthy(group, member);
      }
    });
  }

  setInstanceProtection(name: string, instanceId: string, isProtected: boolean): void {
    const member = this.groupByName(name).members.get(instanceId);
    if (member?.lifecycleState !== "InService") {
      const message = `The instance ${instanceId} is not in InService.`;
      throw new AwsError("ValidationError", message);
    }
    member.isProtectedFromScaleIn = isProtected;
  }

  /** Has a group leave what it does by itself, until it is told to do it again. */
  suspendProcesses(name: string, processes: Process[]): void {
    const { suspendedProcesses } = this.groupByName(name);
    for (const process of processes) suspendedProcesses.add(process);
  }

  resumeProcesses(name: string, processes: Process[]): void {
    this.engine.resume(this.groupByName(name), processes);
  }

  /** Gives a group a warm pool, or its warm pool other settings. */
  putWarmPool(name: string, warmPool: WarmPool): void {
    this.setWarmPool(this.groupByName(name), warmPool);
  }

  /** Takes the warm pool away from a group, with its instances. */
  deleteWarmPool(name: string): void {
    const group = this.groupByName(name);
    if (group.warmPool === undefined) {
      throw new AwsError("ValidationError", `No warm pool found for group ${name}`);
    }
    this.setWarmPool(group, { ...group.warmPool, isPendingDelete: true });
  }

  private setWarmPool(group: Group, warmPool: WarmPool): void {
    group.warmPool = warmPool;
    this.engine.touch(group);
    this.engine.later(() => {
      this.engine.balance(group);
    });
  }

  isMember(instanceId: string): boolean {
    return this.engine.membershipsOf(instanceId).length > 0;
  }

  /** Whether an instance belongs to a warm pool, and so is to have no address. */
  isParked(instanceId: string): boolean {
    return this.engine.membershipsOf(instanceId).some(({ member }) => isWarm(member));
  }

  /** Makes an instance that runs a member of a group; the desired capacity goes up by one. */
  attachInstance(name: string, instanceId: string): void {
    attachInstance(this.engine, this.groupByName(name), instanceId);
  }

  /**
   * Lets a member go on without its group.
   *
   * @param decrement whether the desired capacity goes down by one; otherwise another is launched
   */
  detachInstance(name: string, instanceId: string, decrement: boolean): void {
    detachInstance(this.engine, this.groupByName(name), instanceId, decrement);
  }

  /** Tells the groups that EC2 would rather have an instance replaced; those that listen launch first. */
  recommendRebalance(instanceId: string): void {
    for (const { group, member } of this.engine.membershipsOf(instanceId)) {
      if (group.capacityRebalance !== true || member.lifecycleState !== "InService") continue;
      member.isOutgoing = true;
      this.engine.balance(group);
    }
  }

  /**
   * Takes a member out of service while it goes on running.
   *
   * @param decrement whether the desired capacity goes down by one; otherwise another is launched
   */
  enterStandby(name: string, instanceId: string, decrement: boolean): void {
    enterStandby(this.engine, this.groupByName(name), instanceId, decrement);
  }

  /** Takes a member back into service; the desired capacity goes up by one. */
  exitStandby(name: string, instanceId: string): void {
    exitStandby(this.engine, this.groupByName(name), instanceId);
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
      const message = `AutoScalingGroup ${name} has a warm pool, which ReplaceRootVolume doesn't go with.`;
      throw new AwsError("ValidationError", message);
    }
    this.refreshes.set(name, new InstanceRefresh(this.engine, group, strategy, preferences));
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
    this.engine.actions.complete(this.groupByName(name), hookName, whose, result);
  }

  /** Starts the time-out of a lifecycle action again. */
  recordLifecycleActionHeartbeat(name: string, hookName: string, whose: Whose): void {
    this.engine.actions.recordHeartbeat(this.groupByName(name), hookName, whose);
  }

  groupByName(name: string): Group {
    const group = this.groups.get(name);
    if (group !== undefined) return group;
    throw new AwsError("ValidationError", `AutoScalingGroup name not found - ${name}`);
  }
}
