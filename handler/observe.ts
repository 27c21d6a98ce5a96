import type {
  AutoScalingGroup,
  Instance as AutoScalingInstance,
} from "@aws-sdk/client-auto-scaling";
import type { Instance as Ec2Instance, NetworkInterface } from "@aws-sdk/client-ec2";
import type { AwsCalls } from "./clients";
import { isNoSuchGroup } from "./errors";
import { MADE_FOR_TAG_KEY } from "./names";
import {
  claimSubject,
  type Instance,
  type Membership,
  type PoolInterface,
  type Settings,
  type World,
} from "./model";
import { isManaged, managedPoolsIn } from "./verdict";

/** No instance type takes fewer (`DescribeInstanceTypes`). */
const INTERFACES_OF_EVERY_TYPE = 2;

/** EC2 takes this many values in one filter. */
const MAX_FILTER_VALUES = 200;

/** Looks at the tagged instances alone, by instance id: one read. */
export async function observeInstances(
  aws: AwsCalls,
  settings: Settings,
): Promise<Record<string, Instance>> {
  const instances: Record<string, Instance> = {};
  for (const ec2Instance of await aws.describeInstances(taggedFilter(settings))) {
    addInstance(ec2Instance, settings.tagKey, instances);
  }
  return instances;
}

/**
 * Looks at everything: the tagged interfaces, instances and groups in three reads, and only where one
 * is needed another for each warm pool, for holders that are not tagged, for instance types that may be
 * full.
 *
 * @param seen the tagged instances, if they have just been looked at
 */
export async function observeWorld(
  aws: AwsCalls,
  settings: Settings,
  seen?: Record<string, Instance>,
): Promise<World> {
  const [interfaces, instances, groups] = await Promise.all([
    observeInterfaces(aws, settings),
    seen ?? observeInstances(aws, settings),
    aws.describeAutoScalingGroups({ Filters: taggedFilter(settings) }),
  ]);
  const holderIds = interfaces.flatMap(({ pool, attachment }) =>
    isManaged(pool, settings) ? (attachment?.instanceId ?? []) : [],
  );
  const strangerIds = [...new Set(holderIds)].filter((id) => !Object.hasOwn(instances, id));
  for (const values of chunksOf(strangerIds, MAX_FILTER_VALUES)) {
    const strangers = await aws.describeInstances([{ Name: "instance-id", Values: values }]);
    for (const stranger of strangers) addInstance(stranger, settings.tagKey, instances);
  }
  return {
    interfaces,
    instances,
    memberships: await observeMemberships(aws, settings, groups),
    interfaceLimits: await observeInterfaceLimits(aws, settings, interfaces, instances),
    missingInstanceIds: strangerIds.filter((id) => !Object.hasOwn(instances, id)),
  };
}

/** Looks at the tagged interfaces alone: one read, enough to see an attachment through. */
export async function observeInterfaces(
  aws: Pick<AwsCalls, "describeNetworkInterfaces">,
  settings: Settings,
): Promise<PoolInterface[]> {
  const interfaces: Record<string, PoolInterface> = {};
  // What moves between two pages while they are read is on both.
  for (const networkInterface of await aws.describeNetworkInterfaces(taggedFilter(settings))) {
    for (const poolInterface of toPoolInterface(networkInterface, settings.tagKey)) {
      interfaces[poolInterface.networkInterfaceId] = poolInterface;
    }
  }
  return Object.values(interfaces);
}

function taggedFilter({ tagKey }: Settings) {
  return [{ Name: "tag-key", Values: [tagKey] }];
}

function toPoolInterface(networkInterface: NetworkInterface, tagKey: string): PoolInterface[] {
  const { NetworkInterfaceId, AvailabilityZone, PrivateIpAddress, Status, Attachment } =
    networkInterface;
  const pool = tagValue(networkInterface.TagSet, tagKey);
  if (NetworkInterfaceId === undefined || pool === undefined) return [];
  const poolInterface = {
    networkInterfaceId: NetworkInterfaceId,
    pool,
    availabilityZone: AvailabilityZone ?? "",
    address: PrivateIpAddress ?? "",
    status: Status ?? "unknown",
    madeFor: tagValue(networkInterface.TagSet, MADE_FOR_TAG_KEY),
  };
  if (Attachment?.AttachmentId === undefined || Attachment.Status === "detached") {
    return [poolInterface];
  }
  const attachment = {
    attachmentId: Attachment.AttachmentId,
    status: Attachment.Status ?? "unknown",
    instanceId: Attachment.InstanceId,
    deviceIndex: Attachment.DeviceIndex ?? 0,
    networkCardIndex: Attachment.NetworkCardIndex ?? 0,
    deleteOnTermination: Attachment.DeleteOnTermination ?? false,
  };
  return [{ ...poolInterface, attachment }];
}

function addInstance(
  ec2Instance: Ec2Instance,
  tagKey: string,
  instances: Record<string, Instance>,
): void {
  const { InstanceId, State, Placement, InstanceType, LaunchTime, NetworkInterfaces, Tags } =
    ec2Instance;
  if (InstanceId === undefined) return;
  instances[InstanceId] = {
    instanceId: InstanceId,
    poolTag: tagValue(Tags, tagKey),
    state: State?.Name ?? "unknown",
    availabilityZone: Placement?.AvailabilityZone ?? "",
    instanceType: InstanceType ?? "",
    launchTime: LaunchTime?.toISOString() ?? "",
    places: (NetworkInterfaces ?? []).map(({ NetworkInterfaceId, Attachment }) => ({
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
      const warm = await observeWarmPool(aws, group.AutoScalingGroupName ?? "");
      addMembers(group, warm, tagKey, memberships);
    }),
  );
  // A read that lags may show in the pool who has left it for the group, and is in service with an address.
  for (const group of groups) addMembers(group, group.Instances ?? [], tagKey, memberships);
  return memberships;
}

/** A group that is deleted between the two reads has nobody parked. */
async function observeWarmPool(aws: AwsCalls, groupName: string): Promise<AutoScalingInstance[]> {
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
    memberships[InstanceId] = {
      groupName: AutoScalingGroupName,
      poolTag,
      lifecycleState: LifecycleState,
    };
  }
}

/** Every type takes two interfaces: its limits matter where an instance has, or lacks, more than that. */
async function observeInterfaceLimits(
  aws: AwsCalls,
  settings: Settings,
  interfaces: PoolInterface[],
  instances: Record<string, Instance>,
): Promise<Record<string, number[]>> {
  const held = new Set(
    interfaces.map(({ pool, attachment }) => claimSubject(attachment?.instanceId ?? "", pool)),
  );
  const crowded = Object.values(instances).filter(({ instanceId, poolTag, state, places }) => {
    const lacking = managedPoolsIn(poolTag, settings).filter(
      (pool) => !held.has(claimSubject(instanceId, pool)),
    );
    const wanted = places.length + lacking.length;
    return state === "running" && lacking.length > 0 && wanted > INTERFACES_OF_EVERY_TYPE;
  });
  const limits: Record<string, number[]> = {};
  const types = [...new Set(crowded.map(({ instanceType }) => instanceType))];
  for (const values of chunksOf(types, MAX_FILTER_VALUES)) {
    const infos = await aws.describeInstanceTypes([{ Name: "instance-type", Values: values }]);
    for (const { InstanceType, NetworkInfo } of infos) {
      const cards = NetworkInfo?.NetworkCards?.map((card) => card.MaximumNetworkInterfaces ?? 0);
      const whole = NetworkInfo?.MaximumNetworkInterfaces;
      if (InstanceType === undefined) continue;
      if (cards !== undefined && cards.length > 0) limits[InstanceType] = cards;
      else if (whole !== undefined) limits[InstanceType] = [whole];
    }
  }
  return limits;
}

function tagValue(
  tags: { Key?: string | undefined; Value?: string | undefined }[] | undefined,
  key: string,
): string | undefined {
  return tags?.find((tag) => tag.Key === key)?.Value;
}

function chunksOf<Item>(items: Item[], size: number): Item[][] {
  const chunks: Item[][] = [];
  for (let start = 0; start < items.length; start += size) {
    chunks.push(items.slice(start, start + size));
  }
  return chunks;
}
