import { AwsError } from "../awsError";
import type { Timer } from "../../runtime/clock";
import type { Instance, Subnet, Tags } from "../ec2/ec2";

export type Transition =
  "autoscaling:EC2_INSTANCE_LAUNCHING" | "autoscaling:EC2_INSTANCE_TERMINATING";

/** Where a member is on its way, in Auto Scaling's words. */
export type LifecycleState =
  | "Pending"
  | "Pending:Wait"
  | "Pending:Proceed"
  | "InService"
  | "EnteringStandby"
  | "Standby"
  | "ReplacingRootVolume"
  | "ReplacingRootVolume:Wait"
  | "ReplacingRootVolume:Proceed"
  | "RootVolumeReplaced"
  | "Detaching"
  | "Terminating:Wait"
  | "Terminating:Proceed"
  | "Terminating:Retained"
  | "Warmed:Pending"
  | "Warmed:Pending:Wait"
  | "Warmed:Pending:Proceed"
  | "Warmed:Stopped"
  | "Warmed:Running"
  | "Warmed:Hibernated"
  | "Warmed:Terminating:Wait"
  | "Warmed:Terminating:Proceed";

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
export interface WaitingAction {
  hook: LifecycleHook;
  /** Names it, as its event does. */
  token: string;
  timer: Timer;
  sinceMs: number;
  /** What comes after it. */
  goOn: (result: string) => void;
}

export interface Member {
  instance: Instance;
  lifecycleState: LifecycleState;
  waiting?: WaitingAction;
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

export function isLeaving({ lifecycleState }: Member): boolean {
  return /^(Warmed:)?Terminating/.test(lifecycleState);
}

export function isOnStandby({ lifecycleState }: Member): boolean {
  return lifecycleState === "EnteringStandby" || lifecycleState === "Standby";
}

/** Whether it belongs to the warm pool and not to the group proper. */
export function isWarm({ lifecycleState }: Member): boolean {
  return lifecycleState.startsWith("Warmed:");
}

/** The members that count towards the desired capacity and are to stay, the oldest first. */
export function activeMembers(group: Group): Member[] {
  return [...group.members.values()].filter(
    (member) =>
      !isLeaving(member) &&
      !isOnStandby(member) &&
      !isWarm(member) &&
      member.lifecycleState !== "Detaching" &&
      member.isOutgoing !== true,
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

/** Changes the desired capacity within the group's range. */
export function changeDesiredCapacity(group: Group, by: 1 | -1, purpose: string): void {
  const { name, minSize, maxSize, desiredCapacity } = group;
  const wanted = desiredCapacity + by;
  if (wanted < minSize || wanted > maxSize) {
    const sizes = `min-size=${minSize}, max-size=${maxSize}, and desired-size=${desiredCapacity}`;
    const message = `AutoScalingGroup ${name} has ${sizes}. ${purpose}, please update the AutoScalingGroup sizes appropriately.`;
    throw new AwsError("ValidationError", message);
  }
  group.desiredCapacity = wanted;
}

/** Refuses what would add a member while the group is told to launch none. */
export function demandLaunch({ name, suspendedProcesses }: Group): void {
  if (!suspendedProcesses.has("Launch")) return;
  throw new AwsError("ValidationError", `The process Launch of ${name} is suspended`);
}
