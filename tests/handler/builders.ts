/**
 * Worlds for the specs of the handler. A builder states only what matters: interface 7 is `eni-7` with
 * the address 10.0.0.7, and everything belongs to one pool in one zone unless a spec says otherwise.
 */
import type { Refusal } from "../../handler/errors";
import type { OnDemand } from "../../handler/names";
import type {
  ActionOf,
  Attachment,
  Instance,
  Membership,
  PoolInterface,
  Settings,
  TakenSlot,
  World,
} from "../../handler/types";

export const TAG_KEY = "pool-tag";
export const POOL = "licence";
export const OTHER_POOL = "render";
/** Its interfaces are made on demand, see {@link onDemand}. */
export const MADE_POOL = "second";
export const ZONE = "eu-west-1a";
export const OTHER_ZONE = "eu-west-1b";
export const GROUP = "workers";

export const onDemand: OnDemand = {
  subnetIds: { [ZONE]: "subnet-a" },
  securityGroupIds: ["sg-a"],
};

/** The same, of another pool. */
export function inPool<Item extends { pool: string }>(pool: string, item: Item): Item {
  return { ...item, pool };
}

export function settings(parts: Partial<Settings> = {}): Settings {
  return { tagKey: TAG_KEY, whenExhausted: "wait", poolSettings: {}, ...parts };
}

export function freeInterface(number: number, parts: Partial<PoolInterface> = {}): PoolInterface {
  return {
    networkInterfaceId: `eni-${number}`,
    pool: POOL,
    availabilityZone: ZONE,
    address: `10.0.0.${number}`,
    status: "available",
    ...parts,
  };
}

export function heldInterface(
  number: number,
  instanceId: string | undefined,
  attachment: Partial<Attachment> = {},
  parts: Partial<PoolInterface> = {},
): PoolInterface {
  const whole: Attachment = {
    attachmentId: `attach-${number}`,
    status: "attached",
    instanceId,
    deviceIndex: 1,
    networkCardIndex: 0,
    deleteOnTermination: false,
    ...attachment,
  };
  return freeInterface(number, { status: "in-use", attachment: whole, ...parts });
}

/** An interface that was made for an instance and is on none. */
export function madeInterface(
  number: number,
  instanceId: string,
  parts: Partial<PoolInterface> = {},
): PoolInterface {
  return freeInterface(number, { pool: MADE_POOL, madeFor: instanceId, ...parts });
}

/** An interface that was made for an instance, is on it, and ends with it. */
export function madeAndHeld(
  number: number,
  instanceId: string,
  attachment: Partial<Attachment> = {},
  parts: Partial<PoolInterface> = {},
): PoolInterface {
  const made = { pool: MADE_POOL, madeFor: instanceId, ...parts };
  return heldInterface(number, instanceId, { deleteOnTermination: true, ...attachment }, made);
}

/** A slot taken by an interface that is none of a pool's, like the primary one. */
export function slot(deviceIndex: number, networkCardIndex = 0): TakenSlot {
  return { networkInterfaceId: "eni-other", networkCardIndex, deviceIndex };
}

export function instance(instanceId: string, parts: Partial<Instance> = {}): Instance {
  return {
    instanceId,
    poolTag: POOL,
    state: "running",
    availabilityZone: ZONE,
    instanceType: "m7i.large",
    launchTime: launchedAtMinute(0),
    slots: [slot(0)],
    ...parts,
  };
}

export function launchedAtMinute(minute: number): string {
  return new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
}

export interface WorldParts extends Partial<
  Omit<World, "instances" | "memberships" | "missingInstanceIds">
> {
  instances?: Instance[];
  /** Lifecycle states, or whole memberships, by instance id. */
  members?: Record<string, string | Partial<Membership>>;
}

/** The age of a holder that EC2 doesn't know; see `ageKey`. */
const MISSING = "missing/";

/** A full read, in which every instance also lists the interfaces that say they are attached to it. */
export function createWorld(parts: WorldParts): World {
  const { interfaces = [], instances = [], members = {}, ...rest } = parts;
  const memberships = Object.entries(members).map(([instanceId, member]) => {
    const membership = typeof member === "string" ? { lifecycleState: member } : member;
    return [
      instanceId,
      { groupName: GROUP, poolTag: POOL, lifecycleState: "InService", ...membership },
    ] as const;
  });
  const ages = Object.keys(rest.ageMs ?? {});
  return {
    interfaces,
    instances: Object.fromEntries(
      instances.map((one) => [
        one.instanceId,
        { ...one, slots: [...one.slots, ...slotsOf(one.instanceId, interfaces)] },
      ]),
    ),
    memberships: Object.fromEntries(memberships),
    groupTags: Object.fromEntries(
      memberships.map(([, { groupName, poolTag }]) => [groupName, poolTag]),
    ),
    interfaceLimits: {},
    missingInstanceIds: ages.flatMap((key) =>
      key.startsWith(MISSING) ? key.slice(MISSING.length) : [],
    ),
    ageMs: {},
    attachedTo: {},
    madeCounts: {},
    backoffs: {},
    reportedRunningIds: [],
    reportedLaunchIds: [],
    warmPoolLaunches: [],
    isFullRead: true,
    ...rest,
  };
}

export function slotsOf(instanceId: string, interfaces: PoolInterface[]): TakenSlot[] {
  return interfaces.flatMap(({ networkInterfaceId, attachment }) => {
    if (attachment?.instanceId !== instanceId) return [];
    const { deviceIndex, networkCardIndex } = attachment;
    return [{ networkInterfaceId, networkCardIndex, deviceIndex }];
  });
}

export function attach(
  number: number,
  instanceId: string,
  parts: Partial<ActionOf<"attach">> = {},
): ActionOf<"attach"> {
  return {
    kind: "attach",
    pool: POOL,
    networkInterfaceId: `eni-${number}`,
    address: `10.0.0.${number}`,
    instanceId,
    networkCardIndex: 0,
    deviceIndex: 1,
    because: "instanceWaits",
    ...parts,
  };
}

export function detach(
  number: number,
  instanceId: string,
  because: ActionOf<"detach">["because"],
  parts: Partial<ActionOf<"detach">> = {},
): ActionOf<"detach"> {
  return {
    kind: "detach",
    pool: POOL,
    networkInterfaceId: `eni-${number}`,
    address: `10.0.0.${number}`,
    instanceId,
    attachmentId: `attach-${number}`,
    force: because === "detachStuck",
    because,
    ...parts,
  };
}

export function create(
  instanceId: string,
  parts: Partial<ActionOf<"create">> = {},
): ActionOf<"create"> {
  return {
    kind: "create",
    pool: MADE_POOL,
    instanceId,
    availabilityZone: ZONE,
    subnetId: "subnet-a",
    securityGroupIds: ["sg-a"],
    token: `${instanceId}/of/${MADE_POOL}`,
    because: "instanceHasNone",
    ...parts,
  };
}

export function endWithInstance(number: number, instanceId: string): ActionOf<"endWithInstance"> {
  const subject = { ...interfaceSubject(number, MADE_POOL), instanceId };
  const attachmentId = `attach-${number}`;
  return { kind: "endWithInstance", ...subject, attachmentId, because: "madeForIt" };
}

export function deleteUnused(number: number): ActionOf<"delete"> {
  return { kind: "delete", ...interfaceSubject(number, MADE_POOL), because: "unused" };
}

export function completeLaunch(
  instanceId: string,
  result: "CONTINUE" | "ABANDON",
  because: ActionOf<"complete">["because"],
): ActionOf<"complete"> {
  const lifecycleHookName = "network-interface-pool-launch";
  const subject = { pool: POOL, groupName: GROUP, lifecycleHookName, instanceId };
  return { kind: "complete", ...subject, result, because };
}

export function completeTermination(
  instanceId: string,
  because: ActionOf<"complete">["because"],
): ActionOf<"complete"> {
  const lifecycleHookName = "network-interface-pool-terminate";
  const subject = { pool: POOL, groupName: GROUP, lifecycleHookName, instanceId };
  return { kind: "complete", ...subject, result: "CONTINUE", because };
}

export function heartbeat(instanceId: string): ActionOf<"heartbeat"> {
  const lifecycleHookName = "network-interface-pool-launch";
  const subject = { pool: POOL, groupName: GROUP, lifecycleHookName, instanceId };
  return { kind: "heartbeat", ...subject, because: "holderLeaves" };
}

function interfaceSubject(number: number, pool = POOL) {
  return { pool, networkInterfaceId: `eni-${number}`, address: `10.0.0.${number}` };
}

export function refusal(kind: Refusal["class"], parts: Partial<Refusal> = {}): Refusal {
  const general = {
    code: "SomeCode",
    message: "some text",
    isKnown: true,
    blames: "pair",
  } as const;
  return { class: kind, ...general, ...parts };
}
