import type {
  AutoScalingGroup,
  Instance as AutoScalingInstance,
} from "@aws-sdk/client-auto-scaling";
import type {
  Filter,
  Instance as Ec2Instance,
  InstanceTypeInfo,
  NetworkInterface,
} from "@aws-sdk/client-ec2";
import type { AwsCalls } from "./clients";
import { isNoSuchGroup } from "./errors";
import { MADE_FOR_TAG_KEY } from "./names";
import { isManaged, managedPoolsIn } from "./settings";
import {
  type Attachment,
  claimKey,
  type Instance,
  type InterfaceLimits,
  type Membership,
  type Observed,
  type PoolInterface,
  type Settings,
} from "./types";

/** No instance type takes fewer (`DescribeInstanceTypes`). */
const INTERFACES_OF_EVERY_TYPE = 2;

/** EC2 takes this many values in one filter. */
export const MAX_FILTER_VALUES = 200;

/** Auto Scaling is asked for this many groups by name at once. */
const MAX_GROUP_NAMES = 50;

/**
 * Reads everything: the tagged interfaces, instances and groups in three reads, and only where one is
 * needed another for each warm pool, for holders that are not tagged, for instance types that may be full.
 */
export async function observeWorld(aws: AwsCalls, settings: Settings): Promise<Observed> {
  const [interfaces, tagged, groups] = await Promise.all([
    readInterfaces(aws, settings, filtersOf(settings, settings.pools)),
    readInstances(aws, settings, filtersOf(settings, settings.poolTags)),
    readGroups(aws, settings),
  ]);
  const holderIds = interfaces.flatMap(({ pool, foreign, attachment }) =>
    isManaged(pool, settings) && foreign === undefined ? (attachment?.instanceId ?? []) : [],
  );
  const untaggedIds = [...new Set(holderIds)].filter((id) => !Object.hasOwn(tagged, id));
  const instances = { ...tagged, ...(await observeInstances(aws, settings, untaggedIds)) };
  return {
    interfaces,
    instances,
    memberships: await observeMemberships(aws, settings, groups),
    groupTags: Object.fromEntries(
      groups.flatMap(({ AutoScalingGroupName = "", Tags }) => {
        const poolTag = tagValue(Tags, settings.tagKey);
        return poolTag === undefined ? [] : [[AutoScalingGroupName, poolTag]];
      }),
    ),
    interfaceLimits: await observeInterfaceLimits(aws, settings, interfaces, instances),
    missingInstanceIds: untaggedIds.filter((id) => !Object.hasOwn(instances, id)),
  };
}

/** Reads some instances alone, tagged or not. */
export function observeInstances(
  aws: AwsCalls,
  settings: Settings,
  instanceIds: string[],
): Promise<Record<string, Instance>> {
  return readInstances(aws, settings, filtersByValues("instance-id", instanceIds));
}

/** Reads some interfaces alone: enough to see an attachment through. */
export function observeInterfaces(
  aws: AwsCalls,
  settings: Settings,
  networkInterfaceIds: string[],
): Promise<PoolInterface[]> {
  return readInterfaces(
    aws,
    settings,
    filtersByValues("network-interface-id", networkInterfaceIds),
  );
}

/** Reads of some groups alone who belongs to them. */
export async function observeGroups(
  aws: AwsCalls,
  settings: Settings,
  groupNames: string[],
): Promise<Record<string, Membership>> {
  const groups = await readAll(chunksOf(groupNames, MAX_GROUP_NAMES), (AutoScalingGroupNames) =>
    aws.describeAutoScalingGroups({ AutoScalingGroupNames }),
  );
  return observeMemberships(aws, settings, groups);
}

/** What carries the pool tag; with the values of the manager's own pools, so that others' are never read. */
function filtersOf({ tagKey }: Settings, values: string[] | undefined): Filter[] {
  if (values === undefined) return [{ Name: "tag-key", Values: [tagKey] }];
  // In EC2's filters * and ? stand for other text, which reads too much at worst, and \\ for what follows.
  const literal = values.map((value) => value.replaceAll("\\", "\\\\"));
  return filtersByValues(`tag:${tagKey}`, literal);
}

function filtersByValues(name: string, values: string[]): Filter[] {
  return chunksOf(values, MAX_FILTER_VALUES).map((Values) => ({ Name: name, Values }));
}

function chunksOf<Item>(items: Item[], size: number): Item[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, at) => items.slice(at * size, (at + 1) * size));
}

/** Asks once for each, all at once. */
async function readAll<Asked, Item>(
  all: Asked[],
  read: (asked: Asked) => Promise<Item[]>,
): Promise<Item[]> {
  return (await Promise.all(all.map(read))).flat();
}

async function readInterfaces(
  aws: AwsCalls,
  settings: Settings,
  filters: Filter[],
): Promise<PoolInterface[]> {
  const found = await readAll(filters, (filter) => aws.describeNetworkInterfaces([filter]));
  const interfaces: Record<string, PoolInterface> = {};
  // What moves between two pages while they are read is on both.
  for (const networkInterface of found) {
    const poolInterface = toPoolInterface(networkInterface, settings.tagKey);
    if (poolInterface !== undefined) interfaces[poolInterface.networkInterfaceId] = poolInterface;
  }
  return Object.values(interfaces);
}

async function readInstances(
  aws: AwsCalls,
  settings: Settings,
  filters: Filter[],
): Promise<Record<string, Instance>> {
  const found = await readAll(filters, (filter) => aws.describeInstances([filter]));
  const instances: Record<string, Instance> = {};
  for (const ec2Instance of found) {
    const instance = toInstance(ec2Instance, settings.tagKey);
    if (instance !== undefined) instances[instance.instanceId] = instance;
  }
  return instances;
}

function readGroups(aws: AwsCalls, settings: Settings): Promise<AutoScalingGroup[]> {
  const { tagKey, poolTags } = settings;
  const filters =
    poolTags === undefined
      ? filtersOf(settings, undefined)
      : filtersByValues(`tag:${tagKey}`, poolTags);
  return readAll(filters, (filter) => aws.describeAutoScalingGroups({ Filters: [filter] }));
}

/** @returns undefined for what is no interface of a pool, as an instance's primary one that carries its tags */
function toPoolInterface(
  networkInterface: NetworkInterface,
  tagKey: string,
): PoolInterface | undefined {
  const { NetworkInterfaceId, AvailabilityZone, PrivateIpAddress, Status } = networkInterface;
  const pool = tagValue(networkInterface.TagSet, tagKey);
  if (NetworkInterfaceId === undefined || pool === undefined) return undefined;
  const attachment = toAttachment(networkInterface);
  const isPrimary =
    attachment?.instanceId !== undefined &&
    attachment.deviceIndex === 0 &&
    attachment.networkCardIndex === 0;
  if (isPrimary) return undefined;
  return {
    networkInterfaceId: NetworkInterfaceId,
    pool,
    availabilityZone: AvailabilityZone ?? "",
    address: PrivateIpAddress ?? "",
    status: Status ?? "unknown",
    madeFor: tagValue(networkInterface.TagSet, MADE_FOR_TAG_KEY),
    foreign: foreignerOf(networkInterface, attachment),
    ...(attachment === undefined ? {} : { attachment }),
  };
}

function toAttachment({ Attachment }: NetworkInterface): Attachment | undefined {
  if (Attachment?.AttachmentId === undefined || Attachment.Status === "detached") return undefined;
  return {
    attachmentId: Attachment.AttachmentId,
    status: Attachment.Status ?? "unknown",
    instanceId: Attachment.InstanceId,
    deviceIndex: Attachment.DeviceIndex ?? 0,
    networkCardIndex: Attachment.NetworkCardIndex ?? 0,
    deleteOnTermination: Attachment.DeleteOnTermination ?? false,
  };
}

/** Who decides about an interface, if that isn't this account. */
function foreignerOf(
  { OwnerId, Attachment, Operator, RequesterManaged }: NetworkInterface,
  attachment: Attachment | undefined,
): string | undefined {
  if (Operator?.Managed === true || RequesterManaged === true) return "a service of AWS manages it";
  if (attachment === undefined) return undefined;
  if (attachment.instanceId === undefined) return "a service of AWS holds it";
  const holderOwnerId = Attachment?.InstanceOwnerId;
  const isOthers =
    holderOwnerId !== undefined && OwnerId !== undefined && holderOwnerId !== OwnerId;
  return isOthers ? `${attachment.instanceId} of account ${holderOwnerId} holds it` : undefined;
}

function toInstance(ec2Instance: Ec2Instance, tagKey: string): Instance | undefined {
  const { InstanceId, State, Placement, InstanceType, LaunchTime, NetworkInterfaces, Tags } =
    ec2Instance;
  if (InstanceId === undefined) return undefined;
  return {
    instanceId: InstanceId,
    poolTag: tagValue(Tags, tagKey),
    state: State?.Name ?? "unknown",
    availabilityZone: Placement?.AvailabilityZone ?? "",
    instanceType: InstanceType ?? "",
    launchTime: LaunchTime?.toISOString() ?? "",
    slots: (NetworkInterfaces ?? []).map(({ NetworkInterfaceId, Attachment }) => ({
      networkInterfaceId: NetworkInterfaceId ?? "",
      networkCardIndex: Attachment?.NetworkCardIndex ?? 0,
      deviceIndex: Attachment?.DeviceIndex ?? 0,
    })),
  };
}

/** Whose members are whose: a group's description has all of them but those in its warm pool. */
async function observeMemberships(
  aws: AwsCalls,
  settings: Settings,
  groups: AutoScalingGroup[],
): Promise<Record<string, Membership>> {
  const { tagKey } = settings;
  const memberships: Record<string, Membership> = {};
  const withWarmPool = groups.filter(
    ({ Tags, WarmPoolConfiguration }) =>
      WarmPoolConfiguration !== undefined &&
      managedPoolsIn(tagValue(Tags, tagKey), settings).length > 0,
  );
  await Promise.all(
    withWarmPool.map(async (group) => {
      const warm = await readWarmPool(aws, group.AutoScalingGroupName ?? "");
      addMembers(group, warm, tagKey, memberships);
    }),
  );
  // A read that lags may show in the pool who has left it for the group, and is in service with an address.
  for (const group of groups) addMembers(group, group.Instances ?? [], tagKey, memberships);
  return memberships;
}

/** A group that is deleted between the two reads has nobody parked. */
async function readWarmPool(aws: AwsCalls, groupName: string): Promise<AutoScalingInstance[]> {
  try {
    return await aws.describeWarmPool(groupName);
  } catch (error) {
    if (isNoSuchGroup(error)) return [];
    throw error;
  }
}

function addMembers(
  { AutoScalingGroupName, Tags }: AutoScalingGroup,
  instances: AutoScalingInstance[],
  tagKey: string,
  memberships: Record<string, Membership>,
): void {
  const poolTag = tagValue(Tags, tagKey);
  if (AutoScalingGroupName === undefined || poolTag === undefined) return;
  for (const { InstanceId, LifecycleState } of instances) {
    if (InstanceId === undefined || LifecycleState === undefined) continue;
    const groupName = AutoScalingGroupName;
    memberships[InstanceId] = { groupName, poolTag, lifecycleState: LifecycleState };
  }
}

/** Every type takes two interfaces: its limits matter where an instance has, or lacks, more than that. */
async function observeInterfaceLimits(
  aws: AwsCalls,
  settings: Settings,
  interfaces: PoolInterface[],
  instances: Record<string, Instance>,
): Promise<Record<string, InterfaceLimits>> {
  // What is detaching still takes its slot, and another is wanted.
  const held = new Set(
    interfaces
      .filter(({ attachment }) => attachment?.status !== "detaching")
      .map(({ pool, attachment }) => claimKey(attachment?.instanceId ?? "", pool)),
  );
  const crowded = Object.values(instances).filter(({ instanceId, poolTag, state, slots }) => {
    const lacking = managedPoolsIn(poolTag, settings).filter(
      (pool) => !held.has(claimKey(instanceId, pool)),
    );
    const wanted = slots.length + lacking.length;
    return state === "running" && lacking.length > 0 && wanted > INTERFACES_OF_EVERY_TYPE;
  });
  const types = [...new Set(crowded.map(({ instanceType }) => instanceType))];
  const filters = filtersByValues("instance-type", types);
  const limits: Record<string, InterfaceLimits> = {};
  for (const info of await readAll(filters, (filter) => aws.describeInstanceTypes([filter]))) {
    const { InstanceType } = info;
    const found = toInterfaceLimits(info);
    if (InstanceType !== undefined && found !== undefined) limits[InstanceType] = found;
  }
  return limits;
}

function toInterfaceLimits({ NetworkInfo }: InstanceTypeInfo): InterfaceLimits | undefined {
  const { MaximumNetworkInterfaces: whole, NetworkCards: cards = [] } = NetworkInfo ?? {};
  if (cards.length === 0) {
    return whole === undefined
      ? undefined
      : { most: whole, cards: [{ networkCardIndex: 0, most: whole }] };
  }
  const plain = cards
    .flatMap((card, position) => {
      if (card.InterfaceTypes?.includes("interface") === false) return [];
      const networkCardIndex = card.NetworkCardIndex ?? position;
      return { networkCardIndex, most: card.MaximumNetworkInterfaces ?? 0 };
    })
    .sort((a, b) => a.networkCardIndex - b.networkCardIndex);
  return { most: whole ?? Infinity, cards: plain };
}

function tagValue(
  tags: { Key?: string | undefined; Value?: string | undefined }[] | undefined,
  key: string,
): string | undefined {
  return tags?.find((tag) => tag.Key === key)?.Value;
}
