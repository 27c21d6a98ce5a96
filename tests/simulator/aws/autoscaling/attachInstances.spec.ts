import assert from "node:assert/strict";
import { launchHook, lifecycleOf, onlyMember, openGroup, statesOf, terminateHook } from "./groups";
import { passQuickly, refusal, runInstance, subnet } from "../services";

const hooks = [launchHook, terminateHook];

describe("AutoScaling.attachInstance", () => {
  it("takes it into service without a hook, gives it the group's tags, and raises the desired capacity", async () => {
    const stage = openGroup({ desiredCapacity: 0, hooks, propagatedTags: { pool: "licence" } });
    const instance = await runInstance(stage);
    stage.ec2.setTags(instance, { pool: "other", owner: "me" });
    stage.autoScaling.attachInstance("web", instance.id);
    await stage.pass(30_000);
    assert.deepEqual(lifecycleOf(stage, instance.id), ["5000 Pending", "5700 InService"]);
    assert.deepEqual(instance.tags, {
      pool: "licence",
      owner: "me",
      "aws:autoscaling:groupName": "web",
    });
    assert.equal(stage.group.desiredCapacity, 1);
    assert.deepEqual(stage.events, []);
  });

  it("refuses what doesn't run, what is in a group, and a group that is full", async () => {
    const stage = openGroup({ maxSize: 1 });
    await stage.pass(20_000);
    const member = onlyMember(stage);
    const attach = (id: string) => () => {
      stage.autoScaling.attachInstance("web", id);
    };
    const invalid = (id: string, state: string) =>
      refusal(
        "ValidationError",
        `Invalid Instance ID(s): [${id}] specified. It is ${state}, or in a group already`,
      );
    assert.throws(attach(member), invalid(member, "running"));
    const { id } = stage.ec2.runInstance("t4g.micro", subnet, {});
    assert.throws(attach(id), invalid(id, "pending"));
    await stage.pass(5_000);
    const message =
      "AutoScalingGroup web has min-size=0, max-size=1, and desired-size=1. To attach 1 instance, please update the AutoScalingGroup sizes appropriately.";
    assert.throws(attach(id), refusal("ValidationError", message));
    assert.deepEqual(statesOf(stage), ["InService"]);
  });
});

describe("AutoScaling.detachInstance", () => {
  it("takes the group's own tag from it and nothing else, without a hook, and launches another", async () => {
    const stage = openGroup({ propagatedTags: { pool: "licence" } });
    await stage.pass(20_000);
    const id = onlyMember(stage);
    stage.group.hooks.push(...hooks);
    stage.autoScaling.detachInstance("web", id, false);
    await stage.pass(699);
    assert.deepEqual(statesOf(stage), ["Detaching"]);
    await stage.pass(30_000);
    assert.deepEqual(statesOf(stage), ["Pending:Wait"]);
    const { state, tags } = stage.ec2.instanceById(id);
    assert.deepEqual([state, tags], ["running", { pool: "licence" }]);
    assert.notEqual(onlyMember(stage), id);
    assert.equal(stage.events.length, 1);
  });

  it("launches no other if the desired capacity goes down", async () => {
    const stage = openGroup();
    await stage.pass(20_000);
    stage.autoScaling.detachInstance("web", onlyMember(stage), true);
    await stage.pass(30_000);
    assert.deepEqual(statesOf(stage), []);
    assert.equal(stage.group.desiredCapacity, 0);
    assert.equal(stage.ec2.instances.size, 1);
  });

  it("takes as long as a load balancer drains it, while nobody checks its health", async () => {
    const stage = openGroup({ drainingSeconds: 60 });
    await stage.pass(20_000);
    const id = onlyMember(stage);
    stage.autoScaling.detachInstance("web", id, true);
    stage.ec2.stopInstance(id);
    await stage.pass(59_999);
    assert.deepEqual(statesOf(stage), ["Detaching"]);
    await stage.pass(1);
    assert.deepEqual(statesOf(stage), []);
    assert.equal(stage.ec2.instanceById(id).state, "stopped");
  });

  it("takes one from standby, too, and nobody who is still on the way", async () => {
    const stage = openGroup({ desiredCapacity: 2, minSize: 0 });
    await stage.pass(20_000);
    const [first = ""] = stage.group.members.keys();
    stage.autoScaling.enterStandby("web", first, true);
    await stage.pass(1_000);
    stage.autoScaling.detachInstance("web", first, false);
    await passQuickly(stage.services, 10_000);
    assert.deepEqual(statesOf(stage), ["InService"]);
    stage.autoScaling.setDesiredCapacity("web", 2);
    await stage.pass(1_000);
    const [, launching = ""] = stage.group.members.keys();
    assert.throws(
      () => {
        stage.autoScaling.detachInstance("web", launching, false);
      },
      refusal("ValidationError", `The instance ${launching} is not in InService or Standby.`),
    );
  });
});
