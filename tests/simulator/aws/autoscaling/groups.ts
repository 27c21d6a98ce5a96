import assert from "node:assert/strict";
import { AutoScaling } from "../../../../simulator/aws/autoscaling/autoScaling";
import type { AwsEvent } from "../../../../simulator/aws/eventBridge";
import type { Group, Member } from "../../../../simulator/aws/autoscaling/group";
import { type Ec2Stage, openEc2, passQuickly, refusal, START_MS, subnet } from "../services";

export const launchHook = {
  name: "on-launch",
  transition: "autoscaling:EC2_INSTANCE_LAUNCHING",
  heartbeatTimeoutSeconds: 300,
  defaultResult: "ABANDON",
} as const;

export const terminateHook = {
  name: "on-terminate",
  transition: "autoscaling:EC2_INSTANCE_TERMINATING",
  heartbeatTimeoutSeconds: 120,
  defaultResult: "CONTINUE",
} as const;

export interface GroupStage extends Ec2Stage {
  autoScaling: AutoScaling;
  group: Group;
  /** Every event that was emitted, with its moment in milliseconds of the run. */
  events: { atMs: number; event: AwsEvent }[];
  pass(ms: number): Promise<void>;
}

/** Auto Scaling with one group; launches wait once their instance runs, unless a test says otherwise. */
export function openGroup(
  parts: Partial<Group> = {},
  { waitsWhilePending = false }: { waitsWhilePending?: boolean } = {},
): GroupStage {
  const { services, ec2 } = openEc2();
  const events: GroupStage["events"] = [];
  const emit = (event: AwsEvent) => {
    events.push({ atMs: services.clock.nowMs - START_MS, event });
  };
  const autoScaling = new AutoScaling({ ...services, ec2, emit });
  autoScaling.waitsWhilePending = waitsWhilePending;
  autoScaling.createGroup({
    name: "web",
    arn: "arn:web",
    subnets: [subnet],
    minSize: 0,
    maxSize: 3,
    desiredCapacity: 1,
    instanceType: "t4g.micro",
    tags: {},
    propagatedTags: {},
    hooks: [],
    ...parts,
  });
  const group = autoScaling.groupByName(parts.name ?? "web");
  const pass = (ms: number) => passQuickly(services, ms);
  return { services, ec2, autoScaling, group, events, pass };
}

/** The group's members, the oldest first. */
export function membersOf({ group }: GroupStage): Member[] {
  return [...group.members.values()];
}

/** The only member's instance id; a test that has none or several is wrong. */
export function onlyMember(stage: GroupStage): string {
  const [member, ...others] = membersOf(stage);
  if (member === undefined || others.length > 0) throw new Error("not one member");
  return member.instance.id;
}

export function statesOf(stage: GroupStage): string[] {
  return membersOf(stage).map(({ lifecycleState }) => lifecycleState);
}

/** What the journal says of a member's lifecycle: moment in milliseconds and state. */
export function lifecycleOf({ services }: GroupStage, instanceId: string): string[] {
  return services.journal.entries.flatMap(({ atMs, facts }) =>
    facts?.instanceId === instanceId && typeof facts.lifecycleState === "string"
      ? [`${atMs} ${facts.lifecycleState}`]
      : [],
  );
}

/** The transition, the origin and the destination of every lifecycle action that was told of. */
export const routesOf = ({ events }: GroupStage) =>
  events.map(({ event: { detailType, detail } }) =>
    [detailType.split(/[- ]/)[2], detail.Origin, detail.Destination].join(" "),
  );

/** Asserts that something is refused as invalid, and nothing changed by it. */
export function assertInvalid(stage: GroupStage, run: () => void, message: string): void {
  const before = [...statesOf(stage), stage.group.desiredCapacity];
  assert.throws(run, refusal("ValidationError", message));
  assert.deepEqual([...statesOf(stage), stage.group.desiredCapacity], before);
}
