import assert from "node:assert/strict";
import type { Group } from "../../../../simulator/aws/autoscaling/group";
import { addWaitingGroup, type CallStage, poolTag, withCalls } from "../calls";

/** A group of the pool `licence` that a service manages, and whose one instance waits. */
const withManaged = (test: (stage: CallStage, group: Group, action: object) => Promise<void>) =>
  withCalls(
    async (stage) => {
      const { action } = await addWaitingGroup(stage, poolTag(stage));
      const group = stage.region.autoScaling.groupByName("web");
      group.arn =
        "arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:1:autoScalingGroupName/web";
      group.operator = { principal: "eks.amazonaws.com" };
      await test(stage, group, action);
    },
    { clients: "inProcess" },
  );

describe("a group that a service of AWS manages", () => {
  it("has its lifecycle actions answered and prolonged by that service alone", () =>
    withManaged(async ({ call }, group, action) => {
      const calls = [
        ["completeLifecycleAction", { ...action, LifecycleActionResult: "CONTINUE" }],
        ["recordLifecycleActionHeartbeat", action],
      ] as const;
      for (const [name, input] of calls) {
        const { error } = await call(name, input);
        assert.equal(error?.name, "AccessDenied");
        assert.equal(error.message, "web is managed by eks.amazonaws.com.");
      }
      delete group.operator;
      for (const [name, input] of [...calls].reverse()) {
        assert.equal((await call(name, input)).error, undefined);
      }
    }));

  for (const [parameters, isShown] of [
    ["", true],
    ["&IncludeManagedResources=true", true],
    ["&IncludeManagedResources=false", false],
  ] as const) {
    it(`is ${isShown ? "shown to" : "hidden from"} reads with "${parameters}"`, () =>
      withManaged(async ({ post, region }) => {
        const filter = `Filters.member.1.Name=tag-key&Filters.member.1.Values.member.1=${region.tagKey}`;
        const request = `Action=DescribeAutoScalingGroups&Version=2011-01-01&${filter}${parameters}`;
        const { body } = (await post(request)).answer as { body: string };
        const shown = "<Operator><Principal>eks.amazonaws.com</Principal></Operator>";
        assert.equal(body.includes(shown), isShown);
        assert.equal(body.includes("<AutoScalingGroupName>web<"), isShown);
      }));
  }
});

describe("the state of a member", () => {
  for (const state of [
    "Quarantined",
    "RootVolumeReplaced",
    "Warmed:Pending:Retained",
    "Warmed:Terminating:Retained",
  ] as const) {
    it(`is told as it is, and nobody acts on it (${state})`, () =>
      withManaged(async ({ region, call }, group) => {
        const [member] = group.members.values();
        assert.ok(member);
        region.autoScaling.enter(group, member, state);
        await region.run(60);
        const filters = [{ Name: "tag-key", Values: [region.tagKey] }];
        const { answer } = await call("describeAutoScalingGroups", { Filters: filters });
        const [{ Instances } = { Instances: [] }] = answer as { Instances: object[] }[];
        const warm = (await call("describeWarmPool", group.name)).answer;
        const [told, others] = state.startsWith("Warmed:") ? [warm, Instances] : [Instances, warm];
        const states = (told as { LifecycleState: string }[]).map(
          ({ LifecycleState }) => LifecycleState,
        );
        assert.deepEqual([states, others], [[state], []]);
        const said = region.journal.entries.map(({ text }) => text);
        assert.ok(said.includes(`web: ${member.instance.id} is ${state}`));
      }));
  }
});
