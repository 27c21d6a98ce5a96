import assert from "node:assert/strict";
import { AutoScaling } from "../../../../simulator/aws/autoscaling/autoScaling";
import type { AwsEvent } from "../../../../simulator/aws/eventBridge";
import type {
  Group,
  LifecycleHook,
  Member,
  Process,
} from "../../../../simulator/aws/autoscaling/group";
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

/** Something that is done to a group whose members at first were these. */
export type Operation = (stage: GroupStage, ids: string[]) => unknown;

const withId = (index: number, run: (stage: GroupStage, id: string) => void): Operation => {
  return (stage, ids) => {
    run(stage, ids[index] ?? "");
  };
};

/** What may be done to a group, and to one of its first members by its number. */
export const operations = {
  resize:
    (size: number): Operation =>
    ({ autoScaling }) => {
      autoScaling.setDesiredCapacity("web", size);
    },
  addHooks:
    (...hooks: LifecycleHook[]): Operation =>
    ({ group }) => {
      group.hooks.push(...hooks);
    },
  suspend:
    (...processes: Process[]): Operation =>
    ({ autoScaling }) => {
      autoScaling.suspendProcesses("web", processes);
    },
  resume:
    (...processes: Process[]): Operation =>
    ({ autoScaling }) => {
      autoScaling.resumeProcesses("web", processes);
    },
  inEc2: (operation: "stopInstance" | "startInstance" | "terminateInstance", index = 0) =>
    withId(index, ({ ec2 }, id) => {
      ec2[operation](id);
    }),
  enterStandby: (index: number, decrement: boolean) =>
    withId(index, ({ autoScaling }, id) => {
      autoScaling.enterStandby("web", id, decrement);
    }),
  exitStandby: (index: number) =>
    withId(index, ({ autoScaling }, id) => {
      autoScaling.exitStandby("web", id);
    }),
  detach: (index: number, decrement: boolean) =>
    withId(index, ({ autoScaling }, id) => {
      autoScaling.detachInstance("web", id, decrement);
    }),
  protect: (index: number, isProtected: boolean) =>
    withId(index, ({ autoScaling }, id) => {
      autoScaling.setInstanceProtection("web", id, isProtected);
    }),
  ofMember: (name: "replaceInstance" | "reportImpaired" | "recommendRebalance", index = 0) =>
    withId(index, ({ autoScaling }, id) => {
      autoScaling[name](id);
    }),
  complete: ({ name }: { name: string }, result: string, index = 0) =>
    withId(index, ({ autoScaling }, instanceId) => {
      autoScaling.completeLifecycleAction("web", name, { instanceId }, result);
    }),
};

/** The states of all members, after so many milliseconds and, if there is one, an operation at their end. */
export type Step = [afterMs: number, states: string, operation?: Operation];

/** Follows a group, whose members are in service after 60 seconds, step by step. */
export async function follow(parts: Partial<Group>, steps: Step[], expected: Expected = {}) {
  const stage = openGroup(parts);
  await stage.pass(60_000);
  const ids = [...stage.group.members.keys()];
  for (const [afterMs, states, operation] of steps) {
    await stage.pass(afterMs);
    operation?.(stage, ids);
    assert.equal(statesOf(stage).join(" "), states, `at ${stage.services.clock.nowMs - START_MS}`);
  }
  const kept = ids.flatMap((id, index) => (stage.group.members.has(id) ? [index] : []));
  const inEc2 = ids.map((id) => stage.ec2.instances.get(id)?.state);
  const actual = { kept, inEc2, desired: stage.group.desiredCapacity, events: stage.events.length };
  assert.deepEqual({ ...actual, ...expected }, actual);
  return { stage, ids };
}

/** What is to be so in the end: which of the first members are left, what EC2 says of them, and so on. */
export interface Expected {
  kept?: number[];
  inEc2?: string[];
  desired?: number;
  events?: number;
}

/** Asserts that something is refused as invalid, and nothing changed by it. */
export function assertInvalid(stage: GroupStage, run: () => void, message: string): void {
  const before = [...statesOf(stage), stage.group.desiredCapacity];
  assert.throws(run, refusal("ValidationError", message));
  assert.deepEqual([...statesOf(stage), stage.group.desiredCapacity], before);
}
