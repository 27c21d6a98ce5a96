import type { Ec2, Ec2Services, Instance } from "./ec2";
import type { AwsEvent } from "./eventBridge";
import {
  activeMembers,
  type Group,
  isLeaving,
  isOnStandby,
  type LifecycleState,
  type Member,
  type Transition,
} from "./group";
import { LifecycleActions, type Route } from "./lifecycleActions";

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
export class GroupKeeper {
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

  /** The groups that an instance is a member of. */
  membershipsOf(instanceId: string): { group: Group; member: Member }[] {
    return [...this.groups.values()].flatMap((group) => {
      const member = group.members.get(instanceId);
      return member === undefined ? [] : [{ group, member }];
    });
  }

  /** Launches what is missing and terminates what is too much, the oldest first. */
  balance(group: Group): void {
    const active = activeMembers(group);
    for (let count = active.length; count < group.desiredCapacity; count += 1) this.launch(group);
    for (const member of active.slice(0, Math.max(0, active.length - group.desiredCapacity))) {
      this.terminate(group, member);
    }
    this.endOutgoing(group);
  }

  /** Terminates those in whose place others are in service. */
  private endOutgoing(group: Group): void {
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

  private launch(group: Group): void {
    const { ec2, faults, journal, clock } = this.services;
    if (faults.strikes("launchFails")) {
      journal.write("aws", `${group.name}: a launch failed`);
      clock.after(LAUNCH_RETRY_MS, () => {
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
    for (const { group, member } of this.membershipsOf(instance.id)) {
      if (instance.state === "running") {
        this.enterService(group, member);
        if (!this.waitsWhilePending)
          this.later(() => {
            this.beginLaunch(group, member);
          });
      } else if (instance.state === "terminated" && isLeaving(member)) {
        if (member.waiting === undefined) this.remove(group, member);
      } else if (instance.state !== "pending" && !isLeaving(member)) {
        this.checkHealth(group, member);
      }
    }
  }

  /** Replaces a member that doesn't run, some time later; what is on standby isn't checked. */
  checkHealth(group: Group, member: Member): void {
    const { clock, random, timings, journal } = this.services;
    clock.after(random.between(timings.healthCheck), () => {
      const { id, state } = member.instance;
      if (state === "running" || isLeaving(member) || isOnStandby(member)) return;
      journal.write("aws", `${group.name} finds ${id} unhealthy`);
      this.terminate(group, member);
      this.balance(group);
    });
  }

  /** Lets the launch hook hold a member that is pending, and takes it into service. */
  beginLaunch(group: Group, member: Member, route = fromEc2): void {
    if (member.lifecycleState !== "Pending" || member.isReturning === true) return;
    const transition = "autoscaling:EC2_INSTANCE_LAUNCHING";
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
    this.enter(group, member, "InService");
    this.endOutgoing(group);
  }

  /** Lets the terminate hook hold a member, and terminates it. */
  terminate(group: Group, member: Member): void {
    this.actions.cancel(member);
    const transition = "autoscaling:EC2_INSTANCE_TERMINATING";
    const route: Route = { Origin: "AutoScalingGroup", Destination: "EC2" };
    const stop: Stop = { lifecycleState: "Terminating:Wait", transition, route };
    this.hold(group, member, stop, () => {
      this.enter(group, member, "Terminating:Proceed");
      if (member.instance.state === "terminated") this.remove(group, member);
      else this.services.ec2.terminateInstance(member.instance.id);
    });
  }

  private remove(group: Group, member: Member): void {
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
    this.actions.begin(group, member, hook, goOn);
    this.enter(group, member, lifecycleState);
    this.actions.announce(group, member, hook, route);
  }
}

const fromEc2: Route = { Origin: "EC2", Destination: "AutoScalingGroup" };
