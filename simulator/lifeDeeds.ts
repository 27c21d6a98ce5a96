import type { Group, LifecycleState, Member } from "./group";
import type { Random } from "./random";
import type { Region } from "./region";

/** From a recommendation to rebalance until the warning, in seconds. */
const RECOMMENDED_BEFORE_SECONDS = [0, 60] as const;

const MAX_WARMUP_SECONDS = 30;

/** What is done to something, in words, or undefined if there was nothing to do it to. */
export type Deed = () => string | undefined;

/** What people and EC2 do to groups beyond their sizes: standby, refreshes, Spot reclamation. */
export function lifeDeeds(region: Region, random: Random): Record<string, Deed> {
  const { autoScaling, spot, clock } = region;
  const draw = <Item>(items: readonly Item[]): Item | undefined =>
    items[random.between([0, Math.max(0, items.length - 1)])];
  const drawMember = (lifecycleState: LifecycleState): [Group, Member] | undefined =>
    draw(
      [...autoScaling.groups.values()].flatMap((group) =>
        membersIn(group, lifecycleState).map((member): [Group, Member] => [group, member]),
      ),
    );
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
      if (group.desiredCapacity === group.maxSize) return undefined;
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
    refresh: () => {
      const group = draw([...autoScaling.groups.values()]);
      if (group === undefined || autoScaling.isRefreshing(group.name)) return undefined;
      const refresh = draw(REFRESHES);
      if (refresh === undefined) return undefined;
      const { how, strategy, ...percentages } = refresh;
      const instanceWarmupSeconds = random.between([0, MAX_WARMUP_SECONDS]);
      autoScaling.startInstanceRefresh(group.name, strategy, {
        ...percentages,
        instanceWarmupSeconds,
      });
      return `${group.name}, ${how}`;
    },
  };
}

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

/** Lets the groups come to rest: refreshes end, and whoever is on standby goes back into service. */
export function healGroups({ autoScaling }: Region): void {
  for (const group of autoScaling.groups.values()) {
    autoScaling.cancelInstanceRefresh(group.name);
    const { name, maxSize, desiredCapacity } = group;
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
