import type {
  AutoScalingServices,
  Group,
  LifecycleState,
  Member,
  Route,
  Transition,
} from "./group";
import { LifecycleActions } from "./lifecycleActions";

/** A member's place on its way where lifecycle hooks may hold it. */
export interface Stop {
  lifecycleState: LifecycleState;
  transition: Transition;
  route: Route;
}

/** The groups, and the steps that their members are led by. */
export abstract class GroupSteps {
  readonly groups = new Map<string, Group>();
  /** Undocumented: whether a launch waits while its instance is still pending, or only then running. Drawn. */
  waitsWhilePending: boolean;
  protected readonly actions: LifecycleActions;
  private readonly readers: ((name: string) => void)[] = [];

  constructor(readonly services: AutoScalingServices) {
    this.actions = new LifecycleActions(services);
    this.waitsWhilePending = services.random.coin();
  }

  /** Brings a group to its desired capacity, and its warm pool to its size. */
  abstract balance(group: Group): void;

  /** Launches an instance into the group or into its warm pool. */
  abstract launch(group: Group, lifecycleState: "Pending" | "Warmed:Pending"): void;

  /** Lets the launch hooks hold a member that is pending, and takes it into service or parks it. */
  abstract beginLaunch(group: Group, member: Member): void;

  /** Lets the terminate hooks hold a member, and terminates it. */
  abstract terminate(group: Group, member: Member): void;

  /** Terminates a member, and launches another if one is wanted. */
  replace(group: Group, member: Member): void {
    this.terminate(group, member);
    this.balance(group);
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

  beginLaunchLater(group: Group, member: Member): void {
    this.later(() => {
      this.beginLaunch(group, member);
    });
  }

  /** Has a group that was changed see to its size. */
  protected balanceLater(group: Group): void {
    this.touch(group);
    this.later(() => {
      this.balance(group);
    });
  }

  /** Goes on once the group's load balancer, if it has one, has let a member go. */
  drain({ drainingSeconds }: Group, run: () => void): void {
    if (drainingSeconds === undefined) this.later(run);
    else this.services.clock.after(drainingSeconds * 1000, run);
  }

  /** Puts a member into a state, which may be one that Auto Scaling lists and nothing here leads to. */
  enter(group: Group, member: Member, lifecycleState: LifecycleState): void {
    member.lifecycleState = lifecycleState;
    this.touch(group);
    const { id } = member.instance;
    const facts = { instanceId: id, group: group.name, lifecycleState };
    this.services.journal.write("aws", `${group.name}: ${id} is ${lifecycleState}`, facts);
  }

  /** Holds a member by the group's hooks for this transition, or lets it go on at once where there is none. */
  hold(
    group: Group,
    member: Member,
    { lifecycleState, transition, route }: Stop,
    goOn: (result: string) => void,
  ): void {
    const hooks = group.hooks.filter((hook) => hook.transition === transition);
    if (hooks.length === 0) {
      goOn("CONTINUE");
      return;
    }
    const actions = this.actions.begin(group, member, hooks, goOn);
    this.enter(group, member, lifecycleState);
    for (const action of actions) this.actions.announce(group, member, action, route);
  }

  /** The groups that an instance is a member of. */
  membershipsOf(instanceId: string): { group: Group; member: Member }[] {
    return [...this.groups.values()].flatMap((group) => {
      const member = group.members.get(instanceId);
      return member === undefined ? [] : [{ group, member }];
    });
  }
}
