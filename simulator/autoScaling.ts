import { AwsError } from "./awsError";
import type { Timer } from "./clock";
import type { Ec2, Ec2Services, Instance, Subnet, Tags } from "./ec2";
import type { AwsEvent } from "./eventBridge";

/** A lifecycle action can be kept waiting by heartbeats for this many time-outs, and no longer than 48 h. */
const MAX_HEARTBEATS = 100;
const MAX_WAIT_MS = 48 * 3_600_000;

/** A group whose launch failed tries again after a while. */
const LAUNCH_RETRY_MS = 15_000;

export type Transition =
  "autoscaling:EC2_INSTANCE_LAUNCHING" | "autoscaling:EC2_INSTANCE_TERMINATING";

export interface LifecycleHook {
  name: string;
  transition: Transition;
  heartbeatTimeoutSeconds: number;
  defaultResult: string;
}

interface WaitingAction {
  hook: LifecycleHook;
  timer: Timer;
  sinceMs: number;
}

export interface Member {
  instance: Instance;
  lifecycleState: string;
  waiting?: WaitingAction;
}

export interface Group {
  name: string;
  arn: string;
  subnet: Subnet;
  minSize: number;
  maxSize: number;
  desiredCapacity: number;
  instanceType: string;
  tags: Tags;
  /** The tags that instances get too. */
  propagatedTags: Tags;
  hooks: LifecycleHook[];
  members: Map<string, Member>;
}

export interface AutoScalingServices extends Ec2Services {
  ec2: Ec2;
  emit: (event: AwsEvent) => void;
}

/** Auto Scaling: keeps groups at their size, and lets lifecycle hooks hold launches and terminations. */
export class AutoScaling {
  readonly groups = new Map<string, Group>();
  /** Undocumented: whether a launch waits while its instance is still pending, or only then running. Drawn. */
  waitsWhilePending: boolean;

  private readonly readers: ((name: string) => void)[] = [];

  constructor(private readonly services: AutoScalingServices) {
    this.waitsWhilePending = services.random.coin();
    services.ec2.onChange((change) => {
      if (change.kind === "instance") this.noticeInstance(change.instance);
    });
  }

  /** Calls back with the name of every group whose description changes. */
  onTouch(reader: (name: string) => void): void {
    this.readers.push(reader);
  }

  private touch({ name }: Group): void {
    for (const reader of this.readers) reader(name);
  }

  createGroup(group: Omit<Group, "members">): void {
    const created = { ...group, members: new Map<string, Member>() };
    this.groups.set(group.name, created);
    this.touch(created);
    this.later(() => {
      this.balance(created);
    });
  }

  setDesiredCapacity(name: string, desiredCapacity: number): void {
    const group = this.groupByName(name);
    const { minSize, maxSize } = group;
    if (desiredCapacity < minSize || desiredCapacity > maxSize) {
      const side =
        desiredCapacity > maxSize ? `above max value ${maxSize}` : `below min value ${minSize}`;
      const message = `New SetDesiredCapacity value ${desiredCapacity} is ${side} for the AutoScalingGroup.`;
      throw new AwsError("ValidationError", message);
    }
    group.desiredCapacity = desiredCapacity;
    this.touch(group);
    this.later(() => {
      this.balance(group);
    });
  }

  /** Terminates a member with its hook and launches another, as an instance refresh does. */
  replaceInstance(instanceId: string): void {
    for (const group of this.groups.values()) {
      const member = group.members.get(instanceId);
      if (member === undefined || isLeaving(member)) continue;
      this.terminate(group, member);
      this.balance(group);
    }
  }

  private later(run: () => void): void {
    const { clock, random, timings } = this.services;
    clock.after(random.between(timings.groupStep), run);
  }

  /** Launches what is missing and terminates what is too much, the oldest first. */
  private balance(group: Group): void {
    const active = [...group.members.values()].filter((member) => !isLeaving(member));
    for (let count = active.length; count < group.desiredCapacity; count += 1) this.launch(group);
    for (const member of active.slice(0, Math.max(0, active.length - group.desiredCapacity))) {
      this.terminate(group, member);
    }
  }

  private launch(group: Group): void {
    const { ec2, faults } = this.services;
    if (faults.strikes("launchFails")) {
      this.services.journal.write("aws", `${group.name}: a launch failed`);
      this.services.clock.after(LAUNCH_RETRY_MS, () => {
        this.balance(group);
      });
      return;
    }
    const tags = { ...group.propagatedTags, "aws:autoscaling:groupName": group.name };
    const instance = ec2.runInstance(group.instanceType, group.subnet, tags);
    const member: Member = { instance, lifecycleState: "Pending" };
    group.members.set(instance.id, member);
    this.touch(group);
    if (this.waitsWhilePending)
      this.later(() => {
        this.beginLaunch(group, member);
      });
  }

  private noticeInstance(instance: Instance): void {
    const { clock, random, timings } = this.services;
    for (const group of this.groups.values()) {
      const member = group.members.get(instance.id);
      if (member === undefined) continue;
      if (instance.state === "running") {
        this.enterService(group, member);
        if (!this.waitsWhilePending)
          this.later(() => {
            this.beginLaunch(group, member);
          });
      } else if (instance.state === "terminated" && isLeaving(member)) {
        if (member.waiting === undefined) this.remove(group, member);
      } else if (instance.state !== "pending" && !isLeaving(member)) {
        clock.after(random.between(timings.healthCheck), () => {
          if (instance.state === "running" || isLeaving(member)) return;
          this.services.journal.write("aws", `${group.name} finds ${instance.id} unhealthy`);
          this.terminate(group, member);
          this.balance(group);
        });
      }
    }
  }

  private beginLaunch(group: Group, member: Member): void {
    if (member.lifecycleState !== "Pending") return;
    const hook = hookOf(group, "autoscaling:EC2_INSTANCE_LAUNCHING");
    if (hook === undefined) this.proceedLaunch(group, member);
    else this.wait(group, member, hook, "Pending:Wait");
  }

  private proceedLaunch(group: Group, member: Member): void {
    this.enter(group, member, "Pending:Proceed");
    this.later(() => {
      this.enterService(group, member);
    });
  }

  private enterService(group: Group, member: Member): void {
    if (member.lifecycleState !== "Pending:Proceed" || member.instance.state !== "running") return;
    this.enter(group, member, "InService");
  }

  private terminate(group: Group, member: Member): void {
    if (member.waiting !== undefined) this.services.clock.cancel(member.waiting.timer);
    const hook = hookOf(group, "autoscaling:EC2_INSTANCE_TERMINATING");
    if (hook === undefined) this.proceedTermination(group, member);
    else this.wait(group, member, hook, "Terminating:Wait");
  }

  private proceedTermination(group: Group, member: Member): void {
    this.enter(group, member, "Terminating:Proceed");
    if (member.instance.state === "terminated") this.remove(group, member);
    else this.services.ec2.terminateInstance(member.instance.id);
  }

  private remove(group: Group, member: Member): void {
    group.members.delete(member.instance.id);
    this.touch(group);
    this.later(() => {
      this.balance(group);
    });
  }

  private enter(group: Group, member: Member, lifecycleState: string): void {
    member.lifecycleState = lifecycleState;
    this.touch(group);
    const { id } = member.instance;
    const facts = { instanceId: id, group: group.name, lifecycleState };
    this.services.journal.write("aws", `${group.name}: ${id} is ${lifecycleState}`, facts);
  }

  private wait(group: Group, member: Member, hook: LifecycleHook, lifecycleState: string): void {
    const { clock, random, emit } = this.services;
    const timer = this.startTimeOut(group, member, hook);
    member.waiting = { hook, timer, sinceMs: clock.nowMs };
    this.enter(group, member, lifecycleState);
    const isLaunch = hook.transition === "autoscaling:EC2_INSTANCE_LAUNCHING";
    emit({
      source: "aws.autoscaling",
      detailType: `EC2 Instance-${isLaunch ? "launch" : "terminate"} Lifecycle Action`,
      resources: [group.arn],
      detail: {
        LifecycleActionToken: random.uuid(),
        AutoScalingGroupName: group.name,
        LifecycleHookName: hook.name,
        EC2InstanceId: member.instance.id,
        LifecycleTransition: hook.transition,
        Origin: isLaunch ? "EC2" : "AutoScalingGroup",
        Destination: isLaunch ? "AutoScalingGroup" : "EC2",
      },
    });
  }

  private startTimeOut(group: Group, member: Member, hook: LifecycleHook): Timer {
    return this.services.clock.after(hook.heartbeatTimeoutSeconds * 1000, () => {
      const { id } = member.instance;
      this.services.journal.write("aws", `${group.name}: ${hook.name} of ${id} timed out`);
      this.endWait(group, member, hook.defaultResult);
    });
  }

  /** Ends a lifecycle action; a launch goes on or is ended, a termination goes on either way. */
  completeLifecycleAction(
    name: string,
    hookName: string,
    instanceId: string,
    result: string,
  ): void {
    const { group, member, waiting } = this.waitingAction(name, hookName, instanceId);
    if (result !== "CONTINUE" && result !== "ABANDON") {
      throw new AwsError("ValidationError", `Invalid lifecycle action result ${result}`);
    }
    this.services.clock.cancel(waiting.timer);
    this.endWait(group, member, result);
  }

  private endWait(group: Group, member: Member, result: string): void {
    const isLaunch = member.lifecycleState === "Pending:Wait";
    delete member.waiting;
    if (!isLaunch) this.proceedTermination(group, member);
    else if (result === "CONTINUE") this.proceedLaunch(group, member);
    else {
      this.terminate(group, member);
      this.balance(group);
    }
  }

  /** Starts the time-out of a lifecycle action again. */
  recordLifecycleActionHeartbeat(name: string, hookName: string, instanceId: string): void {
    const { group, member, waiting } = this.waitingAction(name, hookName, instanceId);
    const { clock } = this.services;
    const { hook, sinceMs } = waiting;
    const longestMs = Math.min(MAX_WAIT_MS, MAX_HEARTBEATS * hook.heartbeatTimeoutSeconds * 1000);
    if (clock.nowMs - sinceMs + hook.heartbeatTimeoutSeconds * 1000 > longestMs) return;
    clock.cancel(waiting.timer);
    waiting.timer = this.startTimeOut(group, member, hook);
  }

  private waitingAction(name: string, hookName: string, instanceId: string) {
    const group = this.groupByName(name);
    const member = group.members.get(instanceId);
    const waiting = member?.waiting;
    if (member !== undefined && waiting?.hook.name === hookName) return { group, member, waiting };
    const message = `No active Lifecycle Action found with instance ID ${instanceId}`;
    throw new AwsError("ValidationError", message);
  }

  groupByName(name: string): Group {
    const group = this.groups.get(name);
    if (group !== undefined) return group;
    throw new AwsError("ValidationError", `AutoScalingGroup name not found - ${name}`);
  }
}

function hookOf(group: Group, transition: Transition): LifecycleHook | undefined {
  return group.hooks.find((hook) => hook.transition === transition);
}

function isLeaving(member: Member): boolean {
  return member.lifecycleState.startsWith("Terminating");
}
