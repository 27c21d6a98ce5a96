import type {
  AutoScalingGroup,
  Instance as AutoScalingInstance,
} from "@aws-sdk/client-auto-scaling";
import type { Instance as Ec2Instance, NetworkInterface } from "@aws-sdk/client-ec2";
import type { AwsCalls } from "./clients";
import { isManaged } from "./verdict";
import type { Instance, Membership, PoolInterface, Settings, World } from "./model";

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
    aws.describeAutoScalingGroups(taggedFilter(settings)),
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
    pool: tagValue(Tags, tagKey),
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
      WarmPoolConfiguration !== undefined && isManaged(tagValue(Tags, tagKey), settings),
  );
  await Promise.all(
    withWarmPool.map(async (group) => {
      const warm = await aws.describeWarmPool(group.AutoScalingGroupName ?? "");
      addMembers(group, warm, tagKey, memberships);
    }),
  );
  // A read that lags may show in the pool who has left it for the group, and is in service with an address.
  for (const group of groups) addMembers(group, group.Instances ?? [], tagKey, memberships);
  return memberships;
}

function addMembers(
  { AutoScalingGroupName, Tags }: AutoScalingGroup,
  instances: AutoScalingInstance[],
  tagKey: string,
  memberships: Record<string, Membership>,
): void {
  const pool = tagValue(Tags, tagKey);
  if (AutoScalingGroupName === undefined || pool === undefined) return;
  for (const { InstanceId, LifecycleState } of instances) {
    if (InstanceId === undefined || LifecycleState === undefined) continue;
    memberships[InstanceId] = {
      groupName: AutoScalingGroupName,
      pool,
      lifecycleState: LifecycleState,
    };
  }
}

/** A type's limits matter once an instance without an address has more than its primary interface. */
async function observeInterfaceLimits(
  aws: AwsCalls,
  settings: Settings,
  interfaces: PoolInterface[],
  instances: Record<string, Instance>,
): Promise<Record<string, number[]>> {
  const holderIds = new Set(interfaces.map(({ attachment }) => attachment?.instanceId));
  const crowded = Object.values(instances).filter(
    ({ instanceId, pool, state, places }) =>
      isManaged(pool, settings) &&
      state === "running" &&
      places.length > 1 &&
      !holderIds.has(instanceId),
  );
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
