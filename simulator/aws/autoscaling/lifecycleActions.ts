import { AwsError } from "../awsError";
import type { Clock, Timer } from "../../runtime/clock";
import type { AwsEvent } from "../eventBridge";
import type { Group, LifecycleHook, Member, Route, WaitingAction } from "./group";
import type { Journal } from "../../views/journal";
import type { Random } from "../../runtime/random";

/** A lifecycle action can be kept waiting by heartbeats for this many time-outs, and no longer than 48 h. */
const MAX_HEARTBEATS = 100;
const MAX_WAIT_MS = 48 * 3_600_000;

/** Whose lifecycle action is meant: one alone, or whichever an instance has. */
export type Whose = { token: string } | { instanceId: string };

export interface LifecycleServices {
  clock: Clock;
  random: Random;
  journal: Journal;
  emit: (event: AwsEvent) => void;
}

/** The lifecycle actions that hold members of groups: their time-outs, heartbeats and ends. */
export class LifecycleActions {
  constructor(private readonly services: LifecycleServices) {}

  /** Holds a member until its action is completed or times out. */
  begin(
    group: Group,
    member: Member,
    hook: LifecycleHook,
    goOn: (result: string) => void,
  ): WaitingAction {
    const { random, clock } = this.services;
    const timer = this.startTimeOut(group, member, hook);
    const waiting = { hook, token: random.uuid(), timer, sinceMs: clock.nowMs, goOn };
    member.waiting = waiting;
    return waiting;
  }

  /** Tells of an action that has begun. */
  announce(group: Group, member: Member, { hook, token }: WaitingAction, route: Route): void {
    const isLaunch = hook.transition === "autoscaling:EC2_INSTANCE_LAUNCHING";
    this.services.emit({
      source: "aws.autoscaling",
      detailType: `EC2 Instance-${isLaunch ? "launch" : "terminate"} Lifecycle Action`,
      resources: [group.arn],
      detail: {
        LifecycleActionToken: token,
        AutoScalingGroupName: group.name,
        LifecycleHookName: hook.name,
        EC2InstanceId: member.instance.id,
        LifecycleTransition: hook.transition,
        ...route,
      },
    });
  }

  /** Forgets a member's action: something else happens to it. */
  cancel(member: Member): void {
    if (member.waiting === undefined) return;
    this.services.clock.cancel(member.waiting.timer);
    delete member.waiting;
  }

  private startTimeOut(group: Group, member: Member, hook: LifecycleHook): Timer {
    return this.services.clock.after(hook.heartbeatTimeoutSeconds * 1000, () => {
      const { id } = member.instance;
      this.services.journal.write("aws", `${group.name}: ${hook.name} of ${id} timed out`);
      this.end(member, hook.defaultResult);
    });
  }

  private end(member: Member, result: string): void {
    const goOn = member.waiting?.goOn;
    this.cancel(member);
    goOn?.(result);
  }

  complete(group: Group, hookName: string, whose: Whose, result: string): void {
    const { member } = this.waitingAction(group, hookName, whose);
    if (result !== "CONTINUE" && result !== "ABANDON") {
      throw new AwsError("ValidationError", `Invalid lifecycle action result ${result}`);
    }
    this.end(member, result);
  }

  recordHeartbeat(group: Group, hookName: string, whose: Whose): void {
    const { member, waiting } = this.waitingAction(group, hookName, whose);
    const { clock } = this.services;
    const { hook, sinceMs } = waiting;
    const longestMs = Math.min(MAX_WAIT_MS, MAX_HEARTBEATS * hook.heartbeatTimeoutSeconds * 1000);
    if (clock.nowMs - sinceMs + hook.heartbeatTimeoutSeconds * 1000 > longestMs) return;
    clock.cancel(waiting.timer);
    waiting.timer = this.startTimeOut(group, member, hook);
  }

  private waitingAction(group: Group, hookName: string, whose: Whose) {
    for (const member of group.members.values()) {
      const { waiting, instance } = member;
      const isIt =
        "token" in whose ? waiting?.token === whose.token : instance.id === whose.instanceId;
      if (waiting?.hook.name === hookName && isIt) return { member, waiting };
    }
    const by = "token" in whose ? `token ${whose.token}` : `instance ID ${whose.instanceId}`;
    const message = `No active Lifecycle Action found with ${by}`;
    throw new AwsError("ValidationError", message);
  }
}
