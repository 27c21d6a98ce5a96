import type { Timer } from "../../runtime/clock";
import {
  type AutoScalingServices,
  type Group,
  invalid,
  LAUNCHING,
  type LifecycleAction,
  type LifecycleHook,
  type Member,
  type Route,
} from "./group";

/** A lifecycle action can be kept waiting by heartbeats for this many time-outs, and no longer than 48 h. */
const MAX_HEARTBEATS = 100;
const MAX_WAIT_MS = 48 * 3_600_000;

/** Whose lifecycle action is meant: one alone, or the one that an instance has by the hook. */
export type Whose = { token: string } | { instanceId: string };

/** The lifecycle actions that hold members of groups: their time-outs, heartbeats and ends. */
export class LifecycleActions {
  constructor(private readonly services: AutoScalingServices) {}

  /** Holds a member by an action for each hook, until all are completed or timed out, or one is abandoned. */
  begin(
    group: Group,
    member: Member,
    hooks: LifecycleHook[],
    goOn: (result: string) => void,
  ): LifecycleAction[] {
    const { random, clock } = this.services;
    const actions = hooks.map((hook) => ({
      hook,
      timer: this.startTimeOut(group, member, hook),
      token: random.uuid(),
      sinceMs: clock.nowMs,
    }));
    member.waiting = { actions, goOn };
    return actions;
  }

  /** Tells of an action that has begun. */
  announce(group: Group, member: Member, { hook, token }: LifecycleAction, route: Route): void {
    const what = hook.transition === LAUNCHING ? "launch" : "terminate";
    this.services.emit({
      source: "aws.autoscaling",
      detailType: `EC2 Instance-${what} Lifecycle Action`,
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

  /** Forgets actions of a member; those of all hooks, unless it is said which. */
  cancel(member: Member, isMeant: (action: LifecycleAction) => boolean = () => true): void {
    const { waiting } = member;
    if (waiting === undefined) return;
    for (const { timer } of waiting.actions.filter(isMeant)) this.services.clock.cancel(timer);
    waiting.actions = waiting.actions.filter((action) => !isMeant(action));
    if (waiting.actions.length === 0) delete member.waiting;
  }

  private startTimeOut(group: Group, member: Member, hook: LifecycleHook): Timer {
    return this.services.clock.after(hook.heartbeatTimeoutSeconds * 1000, () => {
      const { id } = member.instance;
      this.services.journal.write("aws", `${group.name}: ${hook.name} of ${id} timed out`);
      this.end(member, hook, hook.defaultResult);
    });
  }

  /** What is abandoned stops the actions of the other hooks, too; what is to continue leaves them. */
  private end(member: Member, { name }: LifecycleHook, result: string): void {
    const { waiting } = member;
    if (waiting === undefined) return;
    this.cancel(member, ({ hook }) => hook.name === name || result === "ABANDON");
    if (waiting.actions.length === 0) waiting.goOn(result);
  }

  complete(group: Group, hookName: string, whose: Whose, result: string): void {
    const { member, action } = this.actionOf(group, hookName, whose);
    if (result !== "CONTINUE" && result !== "ABANDON") {
      throw invalid(`Invalid lifecycle action result ${result}`);
    }
    this.end(member, action.hook, result);
  }

  recordHeartbeat(group: Group, hookName: string, whose: Whose): void {
    const { member, action } = this.actionOf(group, hookName, whose);
    const { clock } = this.services;
    const { hook, sinceMs } = action;
    const timeoutMs = hook.heartbeatTimeoutSeconds * 1000;
    const longestMs = Math.min(MAX_WAIT_MS, MAX_HEARTBEATS * timeoutMs);
    if (clock.nowMs - sinceMs + timeoutMs > longestMs) return;
    clock.cancel(action.timer);
    action.timer = this.startTimeOut(group, member, hook);
  }

  private actionOf(group: Group, hookName: string, whose: Whose) {
    for (const member of group.members.values()) {
      const action = member.waiting?.actions.find(
        ({ hook, token }) =>
          hook.name === hookName &&
          ("token" in whose ? token === whose.token : member.instance.id === whose.instanceId),
      );
      if (action !== undefined) return { member, action };
    }
    const by = "token" in whose ? `token ${whose.token}` : `instance ID ${whose.instanceId}`;
    throw invalid(`No active Lifecycle Action found with ${by}`);
  }
}
