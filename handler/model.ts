/**
 * The types that the manager's modules share, and the keys under which calls are deferred.
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

/** A network interface that carries the pool tag. */
export interface PoolInterface {
  networkInterfaceId: string;
  pool: string;
  availabilityZone: string;
  address: string;
  status: string;
  attachment?: Attachment;
  /** The instance it was made for, on demand. */
  madeFor?: string;
}

/** A place on an instance where an interface sits. */
export interface DevicePlace {
  networkInterfaceId: string;
  networkCardIndex: number;
  deviceIndex: number;
}

export interface Instance {
  instanceId: string;
  /** The value of the pool tag, see {@link poolsIn}; absent on an instance without the tag. */
  poolTag?: string;
  state: string;
  availabilityZone: string;
  instanceType: string;
  /** ISO 8601, as EC2 gives it; sorts as text. */
  launchTime: string;
  places: DevicePlace[];
}

/** An instance's membership of an Auto Scaling group that carries the pool tag. */
export interface Membership {
  groupName: string;
  /** The value of the pool tag, see {@link poolsIn}. */
  poolTag: string;
  lifecycleState: string;
}

export interface Deferral {
  reason: string;
  /** Whether another look in this reconcile can't change it. */
  forGood: boolean;
}

/** What EC2 and Auto Scaling say. */
export interface World {
  interfaces: PoolInterface[];
  /** The tagged instances and every holder of a pool interface that EC2 still knows, by instance id. */
  instances: Record<string, Instance>;
  /** By instance id. */
  memberships: Record<string, Membership>;
  /** Interfaces each network card takes, by instance type; only of types that a plan needs to know. */
  interfaceLimits: Record<string, number[]>;
  /** Holders of pool interfaces that EC2 doesn't know. */
  missingInstanceIds: string[];
}

/** A lifecycle action that an event told of, of an instance that is launched into a warm pool. */
export interface WarmingAction {
  instanceId: string;
  groupName: string;
  lifecycleActionToken: string;
}

/** Everything a plan may depend on: the world, and what the manager has learnt about it. */
export interface Snapshot extends World {
  /** For how long an attachment has been seen `detaching`, in seconds, by attachment id. */
  detachingForSeconds: Record<string, number>;
  /** For how long a holder has not been seen at all, in seconds, by instance id. */
  missingForSeconds: Record<string, number>;
  /** For how long an interface made on demand has been seen unused, in seconds, by its id. */
  unusedForSeconds: Record<string, number>;
  /** How many idempotency tokens are used up, by {@link claimSubject}. */
  spentTokens: Record<string, number>;
  /** Attachments made by this reconcile that a look may not show yet: instance id by interface id. */
  recentAttachments: Record<string, string>;
  /**
   * What EC2 refused and is not to be tried for now, by the id of an interface, an instance or an
   * attachment, by {@link pairSubject}, {@link claimSubject}, {@link endSubject} or {@link hookSubject}.
   */
  deferred: Record<string, Deferral>;
  /** Instances that an event called running. */
  announcedInstanceIds: string[];
  /** Those that weren't answered yet. */
  warmingActions: WarmingAction[];
}

export type Action =
  | {
      kind: "attach";
      pool: string;
      networkInterfaceId: string;
      address: string;
      instanceId: string;
      networkCardIndex: number;
      deviceIndex: number;
      /** Whether to see the attachment through now; otherwise a later event does. */
      watch: boolean;
      because: "instanceWaits";
    }
  | {
      kind: "detach";
      pool: string;
      networkInterfaceId: string;
      address: string;
      instanceId: string;
      attachmentId: string;
      force: boolean;
      because: ReleaseReason | "surplus" | "detachStuck";
    }
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
  | {
      kind: "endWithInstance";
      pool: string;
      networkInterfaceId: string;
      address: string;
      instanceId: string;
      attachmentId: string;
      because: "madeForIt";
    }
  | {
      kind: "delete";
      pool: string;
      networkInterfaceId: string;
      address: string;
      because: "unused";
    }
  | {
      kind: "complete";
      pool: string;
      groupName: string;
      lifecycleHookName: string;
      instanceId: string;
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
    }
  | {
      kind: "heartbeat";
      pool: string;
      groupName: string;
      lifecycleHookName: string;
      instanceId: string;
      because: "holderLeaves";
    };

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

/** Something that only time, or another look, resolves. */
export interface Wait {
  kind:
    | "attaching"
    | "releasing"
    | "waitingForAddress"
    | "standingBy"
    | "unused"
    | "pending"
    | "deferred";
  pool: string;
  instanceId?: string;
  networkInterfaceId?: string;
  address?: string;
  /** Whether it is worth looking again now; otherwise the next event or the schedule looks. */
  watch: boolean;
  reason: string;
}

/** Something that no waiting mends: a person has to look. */
export interface Problem {
  kind:
    "poolExhausted" | "foreignHolder" | "interfacesFull" | "memberWithoutTag" | "zoneWithoutSubnet";
  pool: string;
  instanceId?: string;
  networkInterfaceId?: string;
  address?: string;
  reason: string;
}

/** One interface that counts as an instance's own. */
export interface Holding {
  instanceId: string;
  networkInterface: PoolInterface;
  attached: boolean;
}

/**
 * How an eligible instance stands with its address of one pool: `attached`; `onItsWay`, attaching now or next;
 * `returning`, none is free but one comes back; `exhausted`, none does; `refused`, EC2 said no.
 */
export type Standing = "attached" | "onItsWay" | "returning" | "exhausted" | "refused";

/** How an eligible instance stands with each of its pools. */
export interface PoolStanding {
  pool: string;
  standing: Standing;
}

export interface Plan {
  actions: Action[];
  waits: Wait[];
  problems: Problem[];
}

/** The id of one instance's claim to an interface of one pool. */
export function claimSubject(instanceId: string, pool: string): string {
  return `${instanceId}/of/${pool}`;
}

/** The id under which a call about a lifecycle action is deferred. */
export function hookSubject(action: Extract<Action, { kind: "complete" | "heartbeat" }>): string {
  const subject = `${action.kind}/${action.instanceId}/${action.lifecycleHookName}`;
  const token = action.kind === "complete" ? action.lifecycleActionToken : undefined;
  return token === undefined ? subject : `${subject}/${token}`;
}

/** The id under which letting an interface end with its instance is deferred: it stays held meanwhile. */
export function endSubject(attachmentId: string): string {
  return `end/${attachmentId}`;
}

/** The id under which one interface for one instance is deferred. */
export function pairSubject(instanceId: string, networkInterfaceId: string): string {
  return `${instanceId}/${networkInterfaceId}`;
}
