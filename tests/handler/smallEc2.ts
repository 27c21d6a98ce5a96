/** A double of AWS for the specs of reconciles: it models just enough to see an attachment through. */
import assert from "node:assert/strict";
import type { AutoScalingGroup } from "@aws-sdk/client-auto-scaling";
import type { Filter, Instance as Ec2Instance, NetworkInterface } from "@aws-sdk/client-ec2";
import type { AwsCalls } from "../../handler/clients";
import { MADE_FOR_TAG_KEY } from "../../handler/names";
import type { Instance, PoolInterface, Settings } from "../../handler/types";
import { GROUP, POOL, slotsOf, TAG_KEY, ZONE } from "./builders";
import { readWorld } from "./plan/worldText";

const STATES = [
  "pending",
  "running",
  "stopping",
  "stopped",
  "shutting-down",
  "terminated",
] as const;

const LIFECYCLE_STATES = [
  "Pending",
  "Pending:Wait",
  "InService",
  "Standby",
  "Terminating:Wait",
  "Terminating:Proceed",
  "Warmed:Running",
  "Warmed:Pending:Wait",
] as const;

/** The number of the first interface that is made on demand. */
const FIRST_MADE = 51;

/** How it behaves while it is watched. */
export interface Behaviour {
  /** So many reads of the interfaces still show an attachment or detachment under way. */
  readsInTransition?: number;
  /** Sees every call before it is carried out: may change the region, or throw what AWS would answer. */
  before?: (call: string, region: SmallEc2) => Promise<void> | undefined;
}

export interface SmallEc2 {
  aws: AwsCalls;
  /** Every call, in order. */
  calls: string[];
  /** What else is to know of a call. */
  onCall: (call: string) => void;
  interfaces: PoolInterface[];
  instances: Map<string, Instance>;
  members: Map<string, string>;
  /** The settings of its manager. */
  chosen: Settings;
}

export function serviceError(code: string, message = ""): Error {
  return Object.assign(new Error(message), { name: code });
}

/** The world of a text, see plan/worldText.ts, as it is before anybody reads it. */
export function ec2Of(text: string, behaviour: Behaviour = {}): SmallEc2 {
  const { readsInTransition = 1, before } = behaviour;
  const { world, chosen } = readWorld(text);
  const { interfaces, interfaceLimits } = world;
  const memberships = Object.entries(world.memberships);
  const groupTag = memberships[0]?.[1].poolTag ?? POOL;
  const madeByToken = new Map<string, NetworkInterface>();
  const readsLeft = new Map<string, number>();
  const attachedTimes = new Map<string, number>();
  const region: SmallEc2 = {
    calls: [],
    onCall: () => undefined,
    chosen,
    interfaces,
    instances: new Map(Object.entries(world.instances)),
    members: new Map(memberships.map(([id, { lifecycleState }]) => [id, lifecycleState])),
    aws: {
      describeNetworkInterfaces: async (filters) => {
        await record(`interfaces by ${shown(filters)}`);
        const found = region.interfaces.filter(({ networkInterfaceId, pool }) =>
          isAskedFor(filters, "network-interface-id", networkInterfaceId, pool),
        );
        found.forEach(moveOn);
        return found.map(toNetworkInterface);
      },
      describeInstances: async (filters) => {
        await record(`instances by ${shown(filters)}`);
        return [...region.instances.values()]
          .filter(({ instanceId, poolTag }) =>
            isAskedFor(filters, "instance-id", instanceId, poolTag),
          )
          .map((one) => toEc2Instance(one, region.interfaces));
      },
      describeInstanceTypes: async (filters) => {
        await record(`types by ${shown(filters)}`);
        return (filters[0]?.Values ?? []).map((InstanceType) => ({
          InstanceType: instanceTypeOf(InstanceType),
          NetworkInfo: {
            NetworkCards: interfaceLimits[InstanceType]?.cards.map(
              ({ networkCardIndex, most }) => ({
                NetworkCardIndex: networkCardIndex,
                MaximumNetworkInterfaces: most,
              }),
            ),
          },
        }));
      },
      describeAutoScalingGroups: async (groups) => {
        const byName = "AutoScalingGroupNames" in groups;
        const filters = byName
          ? [{ Name: "name", Values: groups.AutoScalingGroupNames }]
          : groups.Filters;
        await record(`groups by ${shown(filters)}`);
        const isFound = isAskedFor(filters, "name", GROUP, groupTag);
        return isFound ? [toGroup(region.members, groupTag)] : [];
      },
      describeWarmPool: async (groupName) => {
        await record(`warm pool of ${groupName}`);
        return [];
      },
      attachNetworkInterface: async (input) => {
        const { NetworkInterfaceId, InstanceId, DeviceIndex, NetworkCardIndex } = input;
        const place = `${NetworkCardIndex}/${DeviceIndex}`;
        await record(`attach ${NetworkInterfaceId} to ${InstanceId} at ${place}`);
        const found = region.interfaces.find(
          ({ networkInterfaceId }) => networkInterfaceId === NetworkInterfaceId,
        );
        assert.ok(found);
        if (found.attachment) throw serviceError("InvalidNetworkInterface.InUse", "in use");
        const nth = (attachedTimes.get(found.networkInterfaceId) ?? 0) + 1;
        attachedTimes.set(found.networkInterfaceId, nth);
        found.attachment = {
          attachmentId: `attach-new${nth === 1 ? "" : nth}-${NetworkInterfaceId}`,
          status: "attaching",
          instanceId: InstanceId,
          deviceIndex: DeviceIndex ?? -1,
          networkCardIndex: NetworkCardIndex ?? -1,
          deleteOnTermination: false,
        };
        found.status = "in-use";
        readsLeft.set(found.networkInterfaceId, readsInTransition);
      },
      detachNetworkInterface: async ({ AttachmentId, Force }) => {
        await record(`detach ${AttachmentId}${Force ? " with force" : ""}`);
        const found = region.interfaces.find(
          ({ attachment }) => attachment?.attachmentId === AttachmentId,
        );
        if (!found?.attachment) throw serviceError("InvalidAttachmentID.NotFound");
        found.attachment.status = "detaching";
        readsLeft.set(found.networkInterfaceId, readsInTransition);
      },
      createNetworkInterface: async ({ subnetId, pool, instanceId, token }) => {
        await record(`create in ${subnetId} for ${token}`);
        const known = madeByToken.get(token);
        if (known !== undefined) return known;
        const number = FIRST_MADE + madeByToken.size;
        const networkInterfaceId = `eni-${number}`;
        const address = `10.0.0.${number}`;
        const made = { NetworkInterfaceId: networkInterfaceId, PrivateIpAddress: address };
        madeByToken.set(token, made);
        region.interfaces.push({
          networkInterfaceId,
          pool,
          availabilityZone: ZONE,
          address,
          status: "available",
          madeFor: instanceId,
        });
        return made;
      },
      modifyNetworkInterfaceAttribute: async ({ Attachment }) => {
        await record(`modify ${Attachment?.AttachmentId}`);
        const found = region.interfaces.find(
          ({ attachment }) => attachment?.attachmentId === Attachment?.AttachmentId,
        );
        if (!found?.attachment) throw serviceError("InvalidAttachmentID.NotFound");
        found.attachment.deleteOnTermination = Attachment?.DeleteOnTermination ?? false;
      },
      deleteNetworkInterface: async ({ NetworkInterfaceId }) => {
        await record(`delete ${NetworkInterfaceId}`);
        region.interfaces = region.interfaces.filter(
          ({ networkInterfaceId }) => networkInterfaceId !== NetworkInterfaceId,
        );
      },
      completeLifecycleAction: async (input) => {
        const { AutoScalingGroupName, LifecycleHookName } = input;
        const whose = input.LifecycleActionToken ?? input.InstanceId;
        const subject = `${LifecycleHookName} of ${whose} in ${AutoScalingGroupName}`;
        await record(`complete ${subject}: ${input.LifecycleActionResult}`);
      },
      recordLifecycleActionHeartbeat: async (input) => {
        const { AutoScalingGroupName, LifecycleHookName, InstanceId } = input;
        await record(`heartbeat ${LifecycleHookName} of ${InstanceId} in ${AutoScalingGroupName}`);
      },
    },
  };
  return region;

  /** An answer takes a moment, so that calls which may overlap do. */
  async function record(call: string): Promise<void> {
    region.calls.push(call);
    region.onCall(call);
    await before?.(call, region);
  }

  function moveOn(found: PoolInterface): void {
    const left = readsLeft.get(found.networkInterfaceId);
    if (left === undefined || found.attachment === undefined) return;
    readsLeft.set(found.networkInterfaceId, left - 1);
    if (left > 0) return;
    readsLeft.delete(found.networkInterfaceId);
    if (found.attachment.status === "attaching") {
      found.attachment.status = "attached";
    } else if (found.attachment.status === "detaching") {
      delete found.attachment;
      found.status = "available";
    }
  }
}

/** Whether filters ask for what has this id, and this value of the pool tag. */
function isAskedFor(
  filters: Filter[],
  idName: string,
  id: string,
  poolTag: string | undefined,
): boolean {
  return filters.every(({ Name, Values = [] }) => {
    if (Name === idName) return Values.includes(id);
    if (Name === `tag:${TAG_KEY}`) return poolTag !== undefined && Values.includes(poolTag);
    assert.deepEqual([Name, Values], ["tag-key", [TAG_KEY]]);
    return poolTag !== undefined;
  });
}

function shown(filters: Filter[]): string {
  return filters.map(({ Name, Values }) => `${Name}=${Values?.join(",")}`).join(" ");
}

function tagsOf(pool: string | undefined) {
  const name = { Key: "Name", Value: "anything" };
  return pool === undefined ? [name] : [name, { Key: TAG_KEY, Value: pool }];
}

function instanceTypeOf(name: string): "t3.micro" | "m7i.large" {
  assert.ok(name === "t3.micro" || name === "m7i.large", name);
  return name;
}

function toNetworkInterface(found: PoolInterface): NetworkInterface {
  const { attachment } = found;
  return {
    NetworkInterfaceId: found.networkInterfaceId,
    AvailabilityZone: found.availabilityZone,
    PrivateIpAddress: found.address,
    Status: found.status === "available" ? "available" : "in-use",
    TagSet: [
      ...tagsOf(found.pool),
      ...(found.madeFor === undefined ? [] : [{ Key: MADE_FOR_TAG_KEY, Value: found.madeFor }]),
    ],
    Attachment: attachment && {
      AttachmentId: attachment.attachmentId,
      Status: attachmentStatusOf(attachment.status),
      InstanceId: attachment.instanceId,
      DeviceIndex: attachment.deviceIndex,
      NetworkCardIndex: attachment.networkCardIndex,
      DeleteOnTermination: attachment.deleteOnTermination,
    },
  };
}

function attachmentStatusOf(status: string): "attaching" | "attached" | "detaching" {
  assert.ok(status === "attaching" || status === "attached" || status === "detaching", status);
  return status;
}

function toEc2Instance(one: Instance, interfaces: PoolInterface[]): Ec2Instance {
  // Where a pool's interfaces are is EC2's own business: it comes from their attachments.
  const others = one.slots.filter((slot) => slot.networkInterfaceId === "eni-other");
  const slots = [...others, ...slotsOf(one.instanceId, interfaces)];
  return {
    InstanceId: one.instanceId,
    State: { Name: stateOf(one.state) },
    Placement: { AvailabilityZone: one.availabilityZone },
    InstanceType: instanceTypeOf(one.instanceType),
    LaunchTime: new Date(one.launchTime),
    Tags: tagsOf(one.poolTag),
    NetworkInterfaces: slots.map(({ networkInterfaceId, deviceIndex, networkCardIndex }) => ({
      NetworkInterfaceId: networkInterfaceId,
      Attachment: { DeviceIndex: deviceIndex, NetworkCardIndex: networkCardIndex },
    })),
  };
}

function stateOf(state: string): (typeof STATES)[number] {
  const known = STATES.find((one) => one === state);
  assert.ok(known !== undefined, state);
  return known;
}

function toGroup(members: Map<string, string>, groupTag: string): AutoScalingGroup {
  return {
    AutoScalingGroupName: GROUP,
    MinSize: 0,
    MaxSize: 10,
    DesiredCapacity: members.size,
    DefaultCooldown: 300,
    AvailabilityZones: [],
    HealthCheckType: "EC2",
    CreatedTime: new Date(0),
    Tags: tagsOf(groupTag),
    Instances: [...members].map(([InstanceId, state]) => ({
      InstanceId,
      LifecycleState: lifecycleStateOf(state),
      AvailabilityZone: "",
      HealthStatus: "Healthy",
      ProtectedFromScaleIn: false,
    })),
  };
}

function lifecycleStateOf(state: string): (typeof LIFECYCLE_STATES)[number] {
  const known = LIFECYCLE_STATES.find((one) => one === state);
  assert.ok(known !== undefined, state);
  return known;
}
