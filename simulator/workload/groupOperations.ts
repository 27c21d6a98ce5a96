import type { Instance } from "../aws/ec2/ec2";
import type { Group, LifecycleState, Member } from "../aws/autoscaling/group";
import type { Random } from "../runtime/random";
import type { Region } from "../aws/region";

/** From a recommendation to rebalance until the warning, in seconds. */
const RECOMMENDED_BEFORE_SECONDS = [0, 60] as const;

const MAX_WARMUP_SECONDS = 30;
const SUSPENDED_SECONDS = [10, 120] as const;

/** Instances outside of any group that aren't to be there in the end. */
export interface Strays {
  isFull(): boolean;
  add(instance: Instance): void;
}

/** What is done to something, in words, or undefined if there was nothing to do it to. */
export type Operation = () => string | undefined;

/** What people and EC2 do to groups beyond their sizes. */
export function groupOperations(
  region: Region,
  random: Random,
  strays: Strays,
): Record<string, Operation> {
  return { ...memberDeeds(region, random, strays), ...groupDeeds(region, random) };
}

/** Chance over lists, and over the members of all groups. */
function drawing({ autoScaling }: Region, random: Random) {
  const draw = <Item>(items: readonly Item[]): Item | undefined =>
    items[random.between([0, Math.max(0, items.length - 1)])];
  const drawMember = (lifecycleState: LifecycleState): [Group, Member] | undefined =>
    draw(
      [...autoScaling.groups.values()].flatMap((group) =>
        membersIn(group, lifecycleState).map((member): [Group, Member] => [group, member]),
      ),
    );
  return { draw, drawMember };
}

/** What is done to members. */
function memberDeeds(region: Region, random: Random, strays: Strays): Record<string, Operation> {
  const { autoScaling, spot, clock, tagKey } = region;
  const { draw, drawMember } = drawing(region, random);
  return {
    "enter standby": () => {
      const found = drawMember("InService");
      if (found === undefined) return undefined;
      const [group, { instance }] = found;
      const decrement = group.desiredCapacity > group.minSize && random.coin();
      autoScaling.enterStandby(group.name, instance.id, decrement);
      return `${instance.id}${decrement ? "" : ", which is replaced"}`;
    },
    "leave standby": () => {
      const found = drawMember("Standby");
      if (found === undefined) return undefined;
      const [group, { instance }] = found;
      const isFull = group.desiredCapacity === group.maxSize;
      if (isFull || group.suspendedProcesses.has("Launch")) return undefined;
      autoScaling.exitStandby(group.name, instance.id);
      return instance.id;
    },
    "reclaim (spot)": () => {
      const found = drawMember("InService");
      if (found === undefined) return undefined;
      const [group, { instance }] = found;
      group.capacityRebalance = random.coin();
      if (random.coin()) spot.recommendRebalance(instance.id);
      clock.after(random.between(RECOMMENDED_BEFORE_SECONDS) * 1000, () => {
        spot.reclaim(instance.id, "terminate");
      });
      return instance.id;
    },
    impair: () => {
      const found = drawMember("InService");
      if (found !== undefined) autoScaling.reportImpaired(found[1].instance.id);
      return found?.[1].instance.id;
    },
    protect: () => {
      const found = drawMember("InService");
      if (found === undefined) return undefined;
      const [group, { instance, isProtectedFromScaleIn = false }] = found;
      autoScaling.setInstanceProtection(group.name, instance.id, !isProtectedFromScaleIn);
      return `${instance.id}${isProtectedFromScaleIn ? ", no more" : ""}`;
    },
    "detach from its group": () => {
      const found = drawMember("InService");
      if (found === undefined || strays.isFull()) return undefined;
      const [group, { instance }] = found;
      const decrement = group.desiredCapacity > group.minSize && random.coin();
      autoScaling.detachInstance(group.name, instance.id, decrement);
      strays.add(instance);
      return `${instance.id}${decrement ? "" : ", which is replaced"}`;
    },
    "attach to a group": () => {
      const { instances } = region.ec2;
      const isFree = ({ id, state, tags }: Instance) =>
        state === "running" && tagKey in tags && !autoScaling.isMember(id);
      const instance = draw([...instances.values()].filter(isFree));
      const group = draw(
        [...autoScaling.groups.values()].filter(
          (one) =>
            one.tags[tagKey] === instance?.tags[tagKey] &&
            one.desiredCapacity < one.maxSize &&
            !one.suspendedProcesses.has("Launch"),
        ),
      );
      if (instance === undefined || group === undefined) return undefined;
      autoScaling.attachInstance(group.name, instance.id);
      return `${instance.id} to ${group.name}`;
    },
  };
}

/** What is done to groups as a whole. */
function groupDeeds(region: Region, random: Random): Record<string, Operation> {
  const { autoScaling, clock } = region;
  const { draw } = drawing(region, random);
  return {
    refresh: () => {
      const group = draw([...autoScaling.groups.values()]);
      if (group === undefined || autoScaling.isRefreshing(group.name)) return undefined;
      const refresh = draw(
        REFRESHES.filter(({ strategy }) => strategy === "Rolling" || group.warmPool === undefined),
      );
      if (refresh === undefined) return undefined;
      const { how, strategy, ...percentages } = refresh;
      const instanceWarmupSeconds = random.between([0, MAX_WARMUP_SECONDS]);
      autoScaling.startInstanceRefresh(group.name, strategy, {
        ...percentages,
        instanceWarmupSeconds,
      });
      return `${group.name}, ${how}`;
    },
    "warm pool": () => {
      const group = draw([...autoScaling.groups.values()]);
      const poolState = draw(WARM_POOL_STATES);
      if (group === undefined || poolState === undefined) return undefined;
      if (autoScaling.isRefreshing(group.name)) return undefined;
      if (group.warmPool !== undefined) {
        autoScaling.deleteWarmPool(group.name);
        return `none for ${group.name}`;
      }
      const reuseOnScaleIn = random.coin();
      autoScaling.putWarmPool(group.name, { poolState, minSize: 0, reuseOnScaleIn });
      return `${poolState} for ${group.name}${reuseOnScaleIn ? ", and back" : ""}`;
    },
    suspend: () => {
      const group = draw([...autoScaling.groups.values()]);
      const process = draw(PROCESSES);
      if (group === undefined || process === undefined) return undefined;
      autoScaling.suspendProcesses(group.name, [process]);
      clock.after(random.between(SUSPENDED_SECONDS) * 1000, () => {
        autoScaling.resumeProcesses(group.name, [process]);
      });
      return `${process} of ${group.name}`;
    },
  };
}

const WARM_POOL_STATES = ["Stopped", "Running", "Hibernated"] as const;
const PROCESSES = ["Launch", "Terminate", "HealthCheck", "ReplaceUnhealthy"] as const;

const REFRESHES = [
  {
    how: "terminating first",
    strategy: "Rolling",
    minHealthyPercentage: 90,
    maxHealthyPercentage: 100,
  },
  {
    how: "launching first",
    strategy: "Rolling",
    minHealthyPercentage: 100,
    maxHealthyPercentage: 125,
  },
  {
    how: "root volumes alone",
    strategy: "ReplaceRootVolume",
    minHealthyPercentage: 90,
    maxHealthyPercentage: 100,
  },
] as const;

function membersIn({ members }: Group, lifecycleState: LifecycleState): Member[] {
  return [...members.values()].filter((member) => member.lifecycleState === lifecycleState);
}

/** Lets the groups come to rest: refreshes end, standby, protection and suspension are undone. */
export function healGroups({ autoScaling }: Region): void {
  for (const group of autoScaling.groups.values()) {
    const { name, maxSize } = group;
    autoScaling.cancelInstanceRefresh(name);
    for (const member of group.members.values()) delete member.isProtectedFromScaleIn;
    autoScaling.resumeProcesses(name, [...group.suspendedProcesses]);
    const { desiredCapacity } = group;
    const onStandby = membersIn(group, "Standby");
    if (onStandby.length === 0) continue;
    // A group that replaced them may be full; its size afterwards is what it was.
    autoScaling.updateGroup(name, { maxSize: maxSize + onStandby.length });
    for (const { instance } of onStandby) autoScaling.exitStandby(name, instance.id);
    autoScaling.updateGroup(name, {
      maxSize,
      desiredCapacity: Math.min(maxSize, desiredCapacity + onStandby.length),
    });
  }
}
