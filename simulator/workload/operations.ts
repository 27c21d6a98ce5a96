import type { Group } from "../aws/autoscaling/group";
import type { Instance, NetworkInterface } from "../aws/ec2/state";
import { type Chance, membersIn, type Operation, to } from "./chance";
import { poolsIn } from "../../handler/names";
import { othersOperations } from "./others";
import type { Region } from "../aws/region";

/** From a recommendation to rebalance until the warning, in seconds. */
const RECOMMENDED_BEFORE_SECONDS = [0, 60] as const;
const MAX_WARMUP_SECONDS = 30;
const SUSPENDED_SECONDS = [10, 120] as const;

const WARM_POOL_STATES = ["Stopped", "Running", "Hibernated"] as const;
const PROCESSES = ["Launch", "Terminate", "HealthCheck", "ReplaceUnhealthy"] as const;

const REFRESHES = [
  ["terminating first", "Rolling", 90, 100],
  ["launching first", "Rolling", 100, 125],
  ["root volumes alone", "ReplaceRootVolume", 90, 100],
] as const;

const anyGroup = (chance: Chance) => chance.group();
const running = (chance: Chance) => chance.instance("running");
const inService = (chance: Chance) => chance.member("InService");

/** All that people, EC2 and Auto Scaling do in a history, by name. A seed draws by the order. */
const operations: Record<string, Operation> = {
  scale: to(anyGroup, ({ region, random }, { name, minSize, maxSize }) => {
    const size = random.between([minSize, maxSize]);
    region.autoScaling.setDesiredCapacity(name, size);
    return `${name} to ${size}`;
  }),
  "scale out": to(anyGroup, ({ region }, { name, maxSize }) => {
    region.autoScaling.setDesiredCapacity(name, maxSize);
    return `${name} to ${maxSize}`;
  }),
  kill: to(running, ({ region }, { id }) => {
    region.ec2.terminateInstance(id);
    return id;
  }),
  stop: to(running, (chance, { id }) => {
    // A group waits for what it warms up to run, and nobody stops that by hand.
    if (isWarming(chance, id)) return undefined;
    chance.region.ec2.stopInstance(id);
    return id;
  }),
  start: to(
    (chance) => chance.instance("stopped"),
    ({ region }, { id }) => {
      region.ec2.startInstance(id);
      return id;
    },
  ),
  replace(chance) {
    const member = chance.one([...(chance.group()?.members.values() ?? [])]);
    if (member?.lifecycleState !== "InService") return undefined;
    chance.region.autoScaling.replaceInstance(member.instance.id);
    return member.instance.id;
  },
  "launch by hand"(chance) {
    const { ec2, tagKey } = chance.region;
    const sample = chance.sampleForStandalone();
    if (sample === undefined) return undefined;
    const { type, subnet, pool } = sample;
    const instance = ec2.runInstance(type, subnet, { [tagKey]: pool });
    chance.standalone.push(instance);
    return `${instance.id} for ${pool}`;
  },
  "take the tag from": to(running, (chance, instance) => {
    takeTag(chance, instance);
    return instance.id;
  }),
  "take the tag from the address": to(
    (chance) => chance.one(chance.interfaces),
    (chance, networkInterface) => {
      takeTag(chance, networkInterface);
      return networkInterface.address;
    },
  ),
  "give the tag back to"(chance) {
    const [found] = chance.untagged;
    if (found === undefined) return undefined;
    const [resource, tags] = found;
    chance.untagged.delete(resource);
    chance.region.ec2.setTags(resource, tags);
    return resource.id;
  },
  "detach by hand"(chance) {
    const attachment = chance.one(chance.interfaces.flatMap((one) => one.attachment ?? []));
    if (attachment?.status !== "attached") return undefined;
    chance.region.ec2.detachNetworkInterface(attachment.id, false);
    return `from ${attachment.instanceId}`;
  },
  "attach by hand"(chance) {
    const { ec2, faults } = chance.region;
    const instance = chance.instance("running");
    const zone = instance?.subnet.availabilityZone;
    const free = chance.freeInterface(
      (one) => ec2.isReady(one) && one.subnet.availabilityZone === zone,
    );
    const index = instance && ec2.interfacesOf(instance.id).length;
    if (free === undefined || instance === undefined || index !== 1) return undefined;
    const ids = { networkInterfaceId: free.id, instanceId: instance.id };
    const isRefused = faults.refuses({ ...ids, deviceIndex: index, networkCardIndex: 0 });
    if (isRefused) return undefined;
    ec2.attachNetworkInterface(free.id, instance.id, index, 0);
    return `${free.address} to ${instance.id}`;
  },
  delete(chance) {
    const free = chance.freeInterface();
    if (free === undefined || !isSpare(chance, free)) return undefined;
    chance.region.ec2.deleteNetworkInterface(free.id);
    return free.address;
  },
  "enter standby": to(inService, (chance, { group, member: { instance } }) => {
    const decrement = chance.decrement(group);
    chance.region.autoScaling.enterStandby(group.name, instance.id, decrement);
    return `${instance.id}${decrement ? "" : ", which is replaced"}`;
  }),
  "leave standby": to(
    (chance) => chance.member("Standby"),
    ({ region }, { group, member: { instance } }) => {
      if (!hasRoom(group)) return undefined;
      region.autoScaling.exitStandby(group.name, instance.id);
      return instance.id;
    },
  ),
  "reclaim (spot)": to(inService, ({ region, random }, { group, member: { instance } }) => {
    const { spot, clock } = region;
    group.capacityRebalance = random.coin();
    if (random.coin()) spot.recommendRebalance(instance.id);
    clock.after(random.between(RECOMMENDED_BEFORE_SECONDS) * 1000, () => {
      spot.reclaim(instance.id, "terminate");
    });
    return instance.id;
  }),
  impair: to(inService, ({ region }, { member: { instance } }) => {
    region.autoScaling.reportImpaired(instance.id);
    return instance.id;
  }),
  protect: to(inService, ({ region }, { group, member }) => {
    const { instance, isProtectedFromScaleIn = false } = member;
    region.autoScaling.setInstanceProtection(group.name, instance.id, !isProtectedFromScaleIn);
    return `${instance.id}${isProtectedFromScaleIn ? ", no more" : ""}`;
  }),
  "detach from its group": to(inService, (chance, { group, member: { instance } }) => {
    if (!chance.hasRoomForStandalone) return undefined;
    const decrement = chance.decrement(group);
    chance.region.autoScaling.detachInstance(group.name, instance.id, decrement);
    chance.standalone.push(instance);
    return `${instance.id}${decrement ? "" : ", which is replaced"}`;
  }),
  "attach to a group"(chance) {
    const { autoScaling, ec2, tagKey } = chance.region;
    const isFree = ({ id, state, tags }: Instance) =>
      state === "running" && tagKey in tags && !autoScaling.isMember(id);
    const instance = chance.one([...ec2.instances.values()].filter(isFree));
    const group = chance.one(
      chance.groups.filter((one) => one.tags[tagKey] === instance?.tags[tagKey] && hasRoom(one)),
    );
    if (instance === undefined || group === undefined) return undefined;
    autoScaling.attachInstance(group.name, instance.id);
    return `${instance.id} to ${group.name}`;
  },
  refresh: to(anyGroup, (chance, { name, warmPool }) => {
    const { autoScaling } = chance.region;
    if (autoScaling.isRefreshing(name)) return undefined;
    const refresh = chance.one(
      REFRESHES.filter(([, kind]) => kind === "Rolling" || warmPool === undefined),
    );
    if (refresh === undefined) return undefined;
    const [how, strategy, minHealthyPercentage, maxHealthyPercentage] = refresh;
    const instanceWarmupSeconds = chance.random.between([0, MAX_WARMUP_SECONDS]);
    const percentages = { minHealthyPercentage, maxHealthyPercentage };
    autoScaling.startInstanceRefresh(name, strategy, { ...percentages, instanceWarmupSeconds });
    return `${name}, ${how}`;
  }),
  "warm pool": to(anyGroup, (chance, { name, warmPool }) => {
    const { autoScaling } = chance.region;
    const poolState = chance.one(WARM_POOL_STATES);
    if (poolState === undefined || autoScaling.isRefreshing(name)) return undefined;
    if (warmPool !== undefined) {
      autoScaling.deleteWarmPool(name);
      return `none for ${name}`;
    }
    const reuseOnScaleIn = chance.random.coin();
    autoScaling.putWarmPool(name, { poolState, minSize: 0, reuseOnScaleIn });
    return `${poolState} for ${name}${reuseOnScaleIn ? ", and back" : ""}`;
  }),
  suspend: to(anyGroup, (chance, { name }) => {
    const { autoScaling, clock } = chance.region;
    const process = chance.one(PROCESSES);
    if (process === undefined) return undefined;
    autoScaling.suspendProcesses(name, [process]);
    clock.after(chance.random.between(SUSPENDED_SECONDS) * 1000, () => {
      autoScaling.resumeProcesses(name, [process]);
    });
    return `${process} of ${name}`;
  }),
};

function isWarming({ groups }: Chance, instanceId: string): boolean {
  return groups.some(({ members }) =>
    members.get(instanceId)?.lifecycleState.startsWith("Warmed:Pending"),
  );
}

/** Whether a group takes another member now. */
function hasRoom({ desiredCapacity, maxSize, suspendedProcesses }: Group): boolean {
  return desiredCapacity < maxSize && !suspendedProcesses.has("Launch");
}

function takeTag({ region, untagged }: Chance, resource: Instance | NetworkInterface): void {
  const others = Object.entries(resource.tags).filter(([key]) => key !== region.tagKey);
  untagged.set(resource, resource.tags);
  region.ec2.setTags(resource, Object.fromEntries(others));
}

/** Whether the groups of its pool can do without an interface. */
function isSpare({ groups, interfaces, region }: Chance, { tags }: NetworkInterface): boolean {
  const pool = tags[region.tagKey] ?? "";
  const users = groups.filter((group) => poolsIn(group.tags[region.tagKey]).includes(pool));
  const needed = users.reduce((sum, { maxSize }) => sum + maxSize, 0);
  return interfaces.filter((one) => one.tags[region.tagKey] === pool).length > needed;
}

/** Does one thing of those that are possible. */
export function operate(chance: Chance): void {
  const left = Object.entries({ ...operations, ...othersOperations });
  while (left.length > 0) {
    const [[name, operation] = ["", () => undefined]] = left.splice(chance.index(left), 1);
    const subject = operation(chance);
    if (subject === undefined) continue;
    chance.region.journal.write("operator", `${name}: ${subject}`);
    return;
  }
}

/** Undoes what people did against the groups: standby, tags taken away, instances that take their addresses. */
export function undoOperations({ region, standalone, untagged }: Chance): void {
  healGroups(region);
  for (const { id, state } of standalone) {
    if (state !== "terminated") region.ec2.terminateInstance(id);
  }
  for (const [resource, tags] of untagged) region.ec2.setTags(resource, tags);
  untagged.clear();
}

/** Lets the groups come to rest: refreshes end, standby, protection and suspension are undone. */
function healGroups({ autoScaling }: Region): void {
  for (const group of autoScaling.groups.values()) {
    const { name, maxSize } = group;
    autoScaling.cancelInstanceRefresh(name);
    for (const member of group.members.values()) delete member.isProtectedFromScaleIn;
    autoScaling.resumeProcesses(name, [...group.suspendedProcesses]);
    const onStandby = membersIn(group, "Standby");
    if (onStandby.length === 0) continue;
    const { desiredCapacity } = group;
    // A group that replaced them may be full; its size afterwards is what it was.
    autoScaling.updateGroup(name, { maxSize: maxSize + onStandby.length });
    for (const { instance } of onStandby) autoScaling.exitStandby(name, instance.id);
    autoScaling.updateGroup(name, {
      maxSize,
      desiredCapacity: Math.min(maxSize, desiredCapacity + onStandby.length),
    });
  }
}
