/**
 * The types that the manager's modules share.
 *
 * Everything in this folder is serialised by Pulumi into the function's archive, so it is written in
 * the dialect that survives it: plain functions, JSON-like constants, named imports (docs/adr/0003).
 */
import type { PoolSettings, WhenExhausted } from "./names";

export interface Settings {
  tagKey: string;
  /** The pools this manager looks after; absent: every pool with the tag key. */
  pools?: string[];
  /** The values of the tag that its rights allow where it names several pools; absent: every one. */
  poolTags?: string[];
  whenExhausted: WhenExhausted;
  /** What is particular to a pool, by its name. */
  poolSettings: Record<string, PoolSettings>;
}

export interface Attachment {
  attachmentId: string;
  status: string;
  /** Absent where a service of AWS holds the interface. */
  instanceId?: string;
  deviceIndex: number;
  networkCardIndex: number;
  /** Whether EC2 deletes the interface with the instance. */
  deleteOnTermination: boolean;
}

/** A network interface that carries the pool tag, and is no instance's primary one. */
export interface PoolInterface {
  networkInterfaceId: string;
  pool: string;
  availabilityZone: string;
  address: string;
  status: string;
  attachment?: Attachment;
  /** The instance it was made for, on demand. */
  madeFor?: string;
  /** Who else decides about it: another account's instance or a service of AWS. */
  foreign?: string;
}

/** Where an interface sits on an instance. */
export interface DeviceSlot {
  networkCardIndex: number;
  deviceIndex: number;
}

export interface TakenSlot extends DeviceSlot {
  networkInterfaceId: string;
}

export interface Instance {
  instanceId: string;
  /** The value of the pool tag, see `poolsIn`; absent on an instance without the tag. */
  poolTag?: string;
  state: string;
  availabilityZone: string;
  instanceType: string;
  /** ISO 8601, as EC2 gives it; sorts as text. */
  launchTime: string;
  slots: TakenSlot[];
}

/** An instance's membership of an Auto Scaling group that carries the pool tag. */
export interface Membership {
  groupName: string;
  /** The value of the pool tag, see `poolsIn`. */
  poolTag: string;
  lifecycleState: string;
}

/** How many interfaces an instance type takes. */
export interface InterfaceLimits {
  most: number;
  /** Those that take plain interfaces; a card for EFA alone takes none. */
  cards: { networkCardIndex: number; most: number }[];
}

/** What EC2 and Auto Scaling say. */
export interface Observed {
  interfaces: PoolInterface[];
  /** The tagged instances and every holder of a pool interface that EC2 still knows, by instance id. */
  instances: Record<string, Instance>;
  /** By instance id. */
  memberships: Record<string, Membership>;
  /** The pool tag of each tagged group, by its name. */
  groupTags: Record<string, string>;
  /** By instance type; only of types that have to be known. */
  interfaceLimits: Record<string, InterfaceLimits>;
  /** Holders of pool interfaces that EC2 doesn't know. */
  missingInstanceIds: string[];
}

/** A lifecycle action that an event told of, of an instance that is launched into a warm pool. */
export interface WarmPoolLaunch {
  instanceId: string;
  groupName: string;
  lifecycleActionToken: string;
}

/** What AWS refused, and isn't tried for now. */
export interface Backoff {
  reason: string;
  /** Whether nobody should wait for it: a person has to change something. */
  permanent: boolean;
  retryInMs: number;
}

/** Everything an assessment may depend on: what AWS says, and what the manager knows beyond that. */
export interface World extends Observed {
  /** For how long something has been seen so, in milliseconds, by {@link ageKey}. */
  ageMs: Record<string, number>;
  /** Own attachments that reads may not show yet: instance id by interface id. */
  attachedTo: Record<string, string>;
  /** How often an interface was made for a claim, by {@link claimKey}: each has a token of its own. */
  madeCounts: Record<string, number>;
  /** By {@link actionKey}, an id, {@link pairKey}, {@link claimKey} or {@link slotKey}. */
  backoffs: Record<string, Backoff>;
  /** Instances that an event called running. */
  reportedRunningIds: string[];
  /** Instances of whose launch's lifecycle action an event told. */
  reportedLaunchIds: string[];
  /** Those that events tell of. */
  warmPoolLaunches: WarmPoolLaunch[];
  /** Whether instances and groups were read with the interfaces: else nothing irrevocable is decided. */
  isFullRead: boolean;
}

interface OnInterface {
  pool: string;
  networkInterfaceId: string;
  address: string;
}

interface OnHook {
  pool: string;
  groupName: string;
  lifecycleHookName: string;
  instanceId: string;
}

/** A call of AWS's that is to be made, and why. */
export type Action =
  | (OnInterface & DeviceSlot & { kind: "attach"; instanceId: string; because: "instanceWaits" })
  | (OnInterface & {
      kind: "detach";
      instanceId: string;
      attachmentId: string;
      force: boolean;
      because: ReleaseReason | "surplus" | "detachStuck" | "attachStuck";
    })
  | {
      kind: "create";
      pool: string;
      instanceId: string;
      availabilityZone: string;
      subnetId: string;
      securityGroupIds: string[];
      /** Makes a second call of the same text do nothing more. */
      token: string;
      because: "instanceHasNone";
    }
  | (OnInterface & {
      kind: "endWithInstance";
      instanceId: string;
      attachmentId: string;
      because: "madeForIt";
    })
  | (OnInterface & { kind: "delete"; because: "unused" })
  | (OnHook & {
      kind: "complete";
      /** Names one action where the hook alone might name a later one of the instance's. */
      lifecycleActionToken?: string;
      result: "CONTINUE" | "ABANDON";
      because:
        | "addressAttached"
        | "addressReleased"
        | "instanceGone"
        | "poolExhausted"
        | "parkedInWarmPool"
        | "addressStays";
    })
  | (OnHook & { kind: "heartbeat"; because: "holderLeaves" });

export type ActionOf<Kind extends Action["kind"]> = Extract<Action, { kind: Kind }>;

/** Why a holder gives its interface back. */
export type ReleaseReason =
  | "holderStopping"
  | "holderStopped"
  | "holderShuttingDown"
  | "holderTerminated"
  | "holderGone"
  | "holderLeavesGroup"
  | "holderInWarmPool"
  | "holderChangedPool";

/** How one thing stands, why, what is to be done about it now, and when it is worth reading again. */
export interface Status<State extends string> {
  pool: string;
  state: State;
  /** A sentence for people; empty where there is nothing to say. */
  reason: string;
  instanceId?: string;
  networkInterfaceId?: string;
  address?: string;
  action?: Action;
  /** In milliseconds; absent: the next event or the schedule reads again. */
  recheckMs?: number;
}

/**
 * `returning` is on its way back, `reserved` was made for an instance that it isn't on yet, `orphaned`
 * was made for one that doesn't want it, `doubted` has a holder that EC2 shows no more, as many others at
 * once, `blocked` can't be used until a person changes something, and `foreign` is held by somebody else.
 */
export type InterfaceState =
  | "free"
  | "attached"
  | "attaching"
  | "returning"
  | "reserved"
  | "orphaned"
  | "doubted"
  | "blocked"
  | "foreign";

/**
 * How an instance stands with one of its pools. `attaching` gets its address now or next, `waiting` waits
 * for one that comes back, `refused` is tried again in a moment, `exhausted` waits while nobody gives one
 * back, `spare` goes on without one meanwhile, `blocked` can't have one until a person changes something,
 * `pending` isn't running yet, `ineligible` isn't to have one.
 */
export type ClaimState =
  | "served"
  | "attaching"
  | "waiting"
  | "refused"
  | "exhausted"
  | "spare"
  | "blocked"
  | "pending"
  | "ineligible";

export interface Assessment {
  interfaces: Status<InterfaceState>[];
  claims: Status<ClaimState>[];
  /** Whether a lifecycle action is answered now, or waits. */
  hooks: Status<"answered" | "waiting">[];
}

/**
 * What dates from when it was first seen, or from the manager's own call, by the id of the interface; but
 * `detaching` and `forced` by that of the attachment, `missing`, `launching` and `leaving` by that of the instance,
 * `empty` by zone and pool.
 */
export type AgeKind =
  | "attaching"
  | "detaching"
  | "forced"
  | "returning"
  | "missing"
  | "unused"
  | "launching"
  | "leaving"
  | "empty";

/** What is backed off from for longer is left to the next event or the schedule. */
const LONGEST_RECHECK_MS = 10_000;

/** When the first of what is backed off from may be tried again; undefined where that isn't soon. */
export function retrySoonMs(backoffs: Backoff[]): number | undefined {
  const pauses = backoffs.map(({ retryInMs }) => retryInMs);
  const leastMs = pauses.reduce((least, one) => Math.min(least, one), Infinity);
  return leastMs > LONGEST_RECHECK_MS ? undefined : leastMs;
}

export function ageKey(kind: AgeKind, id: string): string {
  return `${kind}/${id}`;
}

/** One instance's claim to an interface of one pool. */
export function claimKey(instanceId: string, pool: string): string {
  return `${instanceId}/of/${pool}`;
}

export function pairKey(instanceId: string, networkInterfaceId: string): string {
  return `${instanceId}/${networkInterfaceId}`;
}

export function slotKey(instanceId: string, slot: DeviceSlot): string {
  return `${instanceId}@${slot.networkCardIndex}/${slot.deviceIndex}`;
}

/** What two actions have in common of which the second would only repeat the first. */
export function actionKey(action: Action): string {
  switch (action.kind) {
    case "attach":
      return pairKey(action.instanceId, action.networkInterfaceId);
    case "detach":
      return action.force ? `force/${action.attachmentId}` : action.attachmentId;
    case "create":
      return claimKey(action.instanceId, action.pool);
    case "endWithInstance":
      return `end/${action.attachmentId}`;
    case "delete":
      return action.networkInterfaceId;
    case "complete":
      // The same hook may hold the instance again for another reason.
      return ["complete", action.instanceId, action.lifecycleHookName, action.because]
        .concat(action.lifecycleActionToken ?? [])
        .join("/");
    case "heartbeat":
      return `heartbeat/${action.instanceId}/${action.lifecycleHookName}`;
  }
}
