import { AwsError } from "../awsError";
import type { Timer } from "../../runtime/clock";
import type { Ec2 } from "../ec2/ec2";
import type { Ec2Services, Instance, Operator, Subnet, Tags } from "../ec2/state";
import type { AwsEvent } from "../eventBridge";

export interface AutoScalingServices extends Ec2Services {
  ec2: Ec2;
  emit: (event: AwsEvent) => void;
}

export const LAUNCHING = "autoscaling:EC2_INSTANCE_LAUNCHING";
export const TERMINATING = "autoscaling:EC2_INSTANCE_TERMINATING";

export type Transition = typeof LAUNCHING | typeof TERMINATING;

/** Where a member is on its way, in Auto Scaling's words. */
export type LifecycleState =
  | `${"" | "Warmed:"}Pending${"" | ":Wait" | ":Proceed"}`
  | `${"" | "Warmed:"}Terminating:${"Wait" | "Proceed" | "Retained"}`
  | `ReplacingRootVolume${"" | ":Wait" | ":Proceed"}`
  | `Warmed:${WarmPool["poolState"]}`
  | "Warmed:Pending:Retained"
  | "Quarantined"
  | "InService"
  | "EnteringStandby"
  | "Standby"
  | "RootVolumeReplaced"
  | "Detaching";

export interface LifecycleHook {
  name: string;
  transition: Transition;
  heartbeatTimeoutSeconds: number;
  defaultResult: string;
}

/** Where an instance comes from and goes to, as the event of its lifecycle action says it. */
export interface Route {
  Origin: "EC2" | "AutoScalingGroup" | "WarmPool";
  Destination: "EC2" | "AutoScalingGroup" | "WarmPool";
  Action?: "ReplaceRootVolume";
}

/** Instances that are made ready beside a group, to come into service sooner. */
export interface WarmPool {
  /** What they do meanwhile. */
  poolState: "Stopped" | "Running" | "Hibernated";
  /** The fewest, whatever the group's size. */
  minSize: number;
  /** Of the group and its warm pool together; absent: the group's most. */
  maxGroupPreparedCapacity?: number;
  /** Whether what the group has too much of goes back into the pool. */
  reuseOnScaleIn: boolean;
  /** It ends, and is gone once the last of its instances is. */
  isPendingDelete?: boolean;
}

/** How an instance refresh goes about; the percentages are of the desired capacity. */
export interface RefreshPreferences {
  /** How many members are to be in service at least. */
  minHealthyPercentage: number;
  /** How many members there may be; above 100 replacements are launched first. */
  maxHealthyPercentage: number;
  /** For how long a new member must have been in service before the next ones are replaced. */
  instanceWarmupSeconds: number;
}

/** What a group does by itself, and can be told to leave. */
export type Process = "Launch" | "Terminate" | "HealthCheck" | "ReplaceUnhealthy";

/** A lifecycle action that is under way. */
export interface LifecycleAction {
  hook: LifecycleHook;
  /** Names it, as its event does. */
  token: string;
  timer: Timer;
  sinceMs: number;
}

export interface Member {
  instance: Instance;
  lifecycleState: LifecycleState;
  /** The actions that hold it, one for each hook that is still to be answered, and what comes after the last. */
  waiting?: { actions: LifecycleAction[]; goOn: (result: string) => void };
  /** Goes as soon as another is in service in its place. */
  isOutgoing?: boolean;
  /** Comes back from standby, or was launched by somebody else, and so meets no launch hook. */
  isReturning?: boolean;
  /** Isn't taken when the group has too many. */
  isProtectedFromScaleIn?: boolean;
  isUnhealthy?: boolean;
  /** How it comes into service, where that isn't by a launch. */
  route?: Route;
}

export interface Group {
  name: string;
  arn: string;
  /** One or more, each in a zone of its own: launches go where there are fewest. */
  subnets: Subnet[];
  minSize: number;
  maxSize: number;
  desiredCapacity: number;
  instanceType: string;
  tags: Tags;
  /** The tags that instances get too. */
  propagatedTags: Tags;
  /** The tags that its launch template gives to primary interfaces. */
  primaryTags?: Tags;
  /** The service that manages it, and that alone may change it. */
  operator?: Pick<Operator, "principal">;
  hooks: LifecycleHook[];
  /** Those of an instance refresh that a change of the launch template starts. */
  refreshPreferences?: RefreshPreferences;
  /** Whether a recommendation to rebalance makes it launch a replacement at once. */
  capacityRebalance?: boolean;
  /** Whether a termination that is abandoned leaves the instance running, for somebody to look at. */
  retainsAbandoned?: boolean;
  /** How long a load balancer holds up a member that is detached or put on standby. */
  drainingSeconds?: number;
  warmPool?: WarmPool;
  suspendedProcesses: Set<Process>;
  /** Those of its warm pool, too. */
  members: Map<string, Member>;
}

/** Whether it goes, or is kept running though it was to go. */
export function isLeaving(member: Member): boolean {
  return /^(Warmed:)?Terminating/.test(member.lifecycleState) || isRetained(member);
}

export function isRetained({ lifecycleState }: Member): boolean {
  return lifecycleState.endsWith(":Retained");
}

export function isOnStandby({ lifecycleState }: Member): boolean {
  return lifecycleState === "EnteringStandby" || lifecycleState === "Standby";
}

/** Whether it belongs to the warm pool and not to the group proper. */
export function isWarm({ lifecycleState }: Member): boolean {
  return lifecycleState.startsWith("Warmed:");
}

export function membersOf({ members }: Group): Member[] {
  return [...members.values()];
}

/** The members that count towards the desired capacity and are to stay, the oldest first. */
export function activeMembers(group: Group): Member[] {
  return membersOf(group).filter(
    (member) => isChecked(member) && !isWarm(member) && member.isOutgoing !== true,
  );
}

/** Whether an instance does what its member's state would have it do. */
export function isWell({ instance: { state }, lifecycleState }: Member): boolean {
  if (lifecycleState === "Warmed:Stopped" || lifecycleState === "Warmed:Hibernated") {
    return state === "stopped";
  }
  const isBeingParked = lifecycleState === "Warmed:Pending:Proceed";
  return state === "running" || (isBeingParked && (state === "stopping" || state === "stopped"));
}

/** Whether Auto Scaling looks at its health at all. */
export function isChecked(member: Member): boolean {
  return !isLeaving(member) && !isOnStandby(member) && member.lifecycleState !== "Detaching";
}

/** Changes the desired capacity within the group's range; not upwards while it is told to launch none. */
export function changeDesiredCapacity(group: Group, by: 1 | -1, purpose: string): void {
  const { name, minSize, maxSize, desiredCapacity, suspendedProcesses } = group;
  if (by === 1 && suspendedProcesses.has("Launch")) {
    throw invalid(`The process Launch of ${name} is suspended`);
  }
  const wanted = desiredCapacity + by;
  if (wanted < minSize || wanted > maxSize) {
    const sizes = `min-size=${minSize}, max-size=${maxSize}, and desired-size=${desiredCapacity}`;
    throw invalid(
      `AutoScalingGroup ${name} has ${sizes}. ${purpose}, please update the AutoScalingGroup sizes appropriately.`,
    );
  }
  group.desiredCapacity = wanted;
}

/** The member that an instance is, which must be in one of these states. */
export function memberIn(group: Group, instanceId: string, ...states: LifecycleState[]): Member {
  const member = group.members.get(instanceId);
  if (member !== undefined && states.includes(member.lifecycleState)) return member;
  throw invalid(`The instance ${instanceId} is not in ${states.join(" or ")}.`);
}

export function invalid(message: string): AwsError {
  return new AwsError("ValidationError", message);
}
