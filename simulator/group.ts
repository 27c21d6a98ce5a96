import type { Timer } from "./clock";
import type { Instance, Subnet, Tags } from "./ec2";

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
  | "Terminating:Wait"
  | "Terminating:Proceed";

export interface LifecycleHook {
  name: string;
  transition: Transition;
  heartbeatTimeoutSeconds: number;
  defaultResult: string;
}

/** A lifecycle action that is under way. */
export interface WaitingAction {
  hook: LifecycleHook;
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
  /** Comes back from standby, and so without a lifecycle hook. */
  isReturning?: boolean;
}

export interface Group {
  name: string;
  arn: string;
  subnet: Subnet;
  minSize: number;
  maxSize: number;
  desiredCapacity: number;
  instanceType: string;
  tags: Tags;
  /** The tags that instances get too. */
  propagatedTags: Tags;
  hooks: LifecycleHook[];
  /** Whether a recommendation to rebalance makes it launch a replacement at once. */
  capacityRebalance?: boolean;
  members: Map<string, Member>;
}

export function isLeaving({ lifecycleState }: Member): boolean {
  return lifecycleState.startsWith("Terminating");
}

export function isOnStandby({ lifecycleState }: Member): boolean {
  return lifecycleState === "EnteringStandby" || lifecycleState === "Standby";
}

/** The members that count towards the desired capacity and are to stay, the oldest first. */
export function activeMembers(group: Group): Member[] {
  return [...group.members.values()].filter(
    (member) => !isLeaving(member) && !isOnStandby(member) && member.isOutgoing !== true,
  );
}
