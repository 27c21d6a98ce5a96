import {
  activeMembers,
  type Group,
  isOnStandby,
  isWarm,
  type LifecycleState,
  type Member,
  membersOf,
  type RefreshPreferences,
  type Route,
  TERMINATING,
} from "./group";
import type { GroupEngine } from "./groupEngine";

export type RefreshStrategy = "Rolling" | "ReplaceRootVolume";

/**
 * Replaces the members of one group, or their root volumes, some at a time. Who is on standby or protected
 * from scale-in is left as it is; the instances of a warm pool, which come last, aren't modelled.
 */
export class InstanceRefresh {
  isUnderWay = true;
  private readonly old: Set<Member>;
  /** Since when all members have been in service; before the first batch nobody warms up. */
  private calmSinceMs: number | undefined = 0;

  constructor(
    private readonly engine: GroupEngine,
    private readonly group: Group,
    private readonly strategy: RefreshStrategy,
    private readonly preferences: RefreshPreferences,
  ) {
    this.old = new Set(activeMembers(group));
    engine.services.journal.write("aws", `${group.name}: an instance refresh starts`);
    this.step();
  }

  /** Replaces no more members; those marked to go in the place of others stay. */
  cancel(): void {
    if (!this.isUnderWay) return;
    this.end("is cancelled");
    for (const member of this.old) delete member.isOutgoing;
    this.engine.balance(this.group);
  }

  private end(how: string): void {
    this.isUnderWay = false;
    this.engine.services.journal.write("aws", `${this.group.name}: the instance refresh ${how}`);
  }

  private step(): void {
    if (!this.isUnderWay) return;
    if (this.isCalm()) {
      const remaining = [...this.old].filter((member) => this.isToReplace(member));
      if (remaining.length === 0) {
        this.end("has replaced all");
        return;
      }
      for (const member of remaining.slice(0, this.batchSize())) this.replace(member);
      this.calmSinceMs = undefined;
    }
    this.engine.later(() => {
      this.step();
    });
  }

  /** Whether the group is at its size, and has been for as long as new members take to warm up. */
  private isCalm(): boolean {
    const { desiredCapacity } = this.group;
    const members = membersOf(this.group).filter((one) => !isOnStandby(one) && !isWarm(one));
    const isWhole =
      members.length === desiredCapacity &&
      members.every(({ lifecycleState }) => lifecycleState === "InService");
    if (!isWhole) {
      this.calmSinceMs = undefined;
      return false;
    }
    const { nowMs } = this.engine.services.clock;
    this.calmSinceMs ??= nowMs;
    return nowMs - this.calmSinceMs >= this.preferences.instanceWarmupSeconds * 1000;
  }

  private isToReplace(member: Member): boolean {
    const { members } = this.group;
    return (
      members.get(member.instance.id) === member &&
      member.lifecycleState === "InService" &&
      member.isProtectedFromScaleIn !== true
    );
  }

  private get isLaunchFirst(): boolean {
    return this.preferences.maxHealthyPercentage > 100;
  }

  /** How many members are replaced at once: what the percentages allow, and one at least. */
  private batchSize(): number {
    const { desiredCapacity } = this.group;
    const { minHealthyPercentage, maxHealthyPercentage } = this.preferences;
    const { refreshRoundsUp } = this.engine.services.faults.undocumented;
    const round = refreshRoundsUp ? Math.ceil : Math.floor;
    const shareOf = (percentage: number) => round((desiredCapacity * percentage) / 100);
    const size = this.isLaunchFirst
      ? shareOf(maxHealthyPercentage) - desiredCapacity
      : desiredCapacity - shareOf(minHealthyPercentage);
    return Math.max(1, size);
  }

  private replace(member: Member): void {
    const { engine, group } = this;
    if (this.strategy === "ReplaceRootVolume") {
      this.old.delete(member);
      replaceRootVolume(engine, group, member);
      return;
    }
    if (this.isLaunchFirst) member.isOutgoing = true;
    else engine.terminate(group, member);
    engine.balance(group);
  }
}

/** The terminate hook holds a member before its root volume goes, the launch hook once it has another. */
function replaceRootVolume(engine: GroupEngine, group: Group, member: Member): void {
  const { clock, random, timings } = engine.services;
  const route: Route = {
    Origin: "AutoScalingGroup",
    Destination: "AutoScalingGroup",
    Action: "ReplaceRootVolume",
  };
  /** Goes on some time later, unless something else has happened to the member. */
  const after = (ms: number, lifecycleState: LifecycleState, goOn: () => void) => {
    engine.enter(group, member, lifecycleState);
    clock.after(ms, () => {
      if (member.lifecycleState === lifecycleState) goOn();
    });
  };
  const exchange = () => {
    after(random.between(timings.start), "ReplacingRootVolume:Proceed", () => {
      after(random.between(timings.groupStep), "RootVolumeReplaced", () => {
        member.route = route;
        engine.enter(group, member, "Pending");
        engine.beginLaunch(group, member);
      });
    });
  };
  after(random.between(timings.groupStep), "ReplacingRootVolume", () => {
    const lifecycleState = "ReplacingRootVolume:Wait";
    engine.hold(group, member, { lifecycleState, transition: TERMINATING, route }, exchange);
  });
}
