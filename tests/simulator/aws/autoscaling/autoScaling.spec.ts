import assert from "node:assert/strict";
import {
  launchHook,
  lifecycleOf,
  membersOf,
  onlyMember,
  openGroup,
  statesOf,
  terminateHook,
} from "./groups";
import { refusal, subnet } from "../services";

describe("AutoScaling.createGroup", () => {
  it("launches in the subnet where the group has fewest, and keeps its zones in balance", async () => {
    const other = { ...subnet, id: "subnet-b", availabilityZone: "eu-west-1b" };
    const stage = openGroup({ desiredCapacity: 3, subnets: [subnet, other] });
    await stage.pass(60_000);
    const zones = [...stage.ec2.instances.values()].map((one) => one.subnet.availabilityZone);
    assert.deepEqual(zones, ["eu-west-1a", "eu-west-1b", "eu-west-1a"]);
    const [first] = stage.ec2.instances.values();
    stage.ec2.terminateInstance(first?.id ?? "");
    await stage.pass(60_000);
    const last = [...stage.ec2.instances.values()].at(-1);
    assert.equal(last?.subnet.availabilityZone, "eu-west-1a");
  });

  it("brings the group to its desired capacity", async () => {
    const stage = openGroup({ desiredCapacity: 3 });
    await stage.pass(60_000);
    assert.deepEqual(statesOf(stage), ["InService", "InService", "InService"]);
    assert.equal(stage.ec2.instances.size, 3);
  });

  it("launches nothing for a capacity of 0", async () => {
    const stage = openGroup({ desiredCapacity: 0 });
    await stage.pass(60_000);
    assert.deepEqual(statesOf(stage), []);
  });

  it("goes from pending to in service, a step at a time", async () => {
    const stage = openGroup();
    await stage.pass(700);
    const instanceId = onlyMember(stage);
    assert.deepEqual(statesOf(stage), ["Pending"]);
    await stage.pass(60_000);
    assert.deepEqual(lifecycleOf(stage, instanceId), ["6400 Pending:Proceed", "7100 InService"]);
  });

  it("gives instances the type, the subnet and the tags that propagate, and no others", async () => {
    const stage = openGroup({
      instanceType: "t3.medium",
      tags: { pool: "licence", owner: "me" },
      propagatedTags: { pool: "licence" },
    });
    await stage.pass(700);
    const [instance] = stage.ec2.instances.values();
    assert.equal(instance?.type, "t3.medium");
    assert.equal(instance.subnet, subnet);
    assert.deepEqual(instance.tags, { pool: "licence", "aws:autoscaling:groupName": "web" });
  });
});

describe("AutoScaling.setDesiredCapacity", () => {
  it("launches what is missing", async () => {
    const stage = openGroup({ desiredCapacity: 1 });
    await stage.pass(60_000);
    const first = onlyMember(stage);
    stage.autoScaling.setDesiredCapacity("web", 3);
    await stage.pass(60_000);
    assert.deepEqual(statesOf(stage), ["InService", "InService", "InService"]);
    assert.ok(stage.group.members.has(first));
  });

  it("terminates the oldest when there are too many", async () => {
    const stage = openGroup({ desiredCapacity: 1 });
    await stage.pass(60_000);
    stage.autoScaling.setDesiredCapacity("web", 3);
    await stage.pass(60_000);
    const [first, second, third] = membersOf(stage).map(({ instance }) => instance);
    stage.autoScaling.setDesiredCapacity("web", 1);
    await stage.pass(60_000);
    assert.equal(first?.state, "terminated");
    assert.equal(second?.state, "terminated");
    assert.equal(third?.state, "running");
    assert.deepEqual([...stage.group.members.keys()], [third.id]);
  });

  it("ends a launch that is no longer wanted", async () => {
    const stage = openGroup({ hooks: [launchHook, terminateHook] });
    await stage.pass(10_000);
    const instanceId = onlyMember(stage);
    stage.autoScaling.setDesiredCapacity("web", 0);
    await stage.pass(600_000);
    assert.deepEqual(lifecycleOf(stage, instanceId), [
      "6400 Pending:Wait",
      "10700 Terminating:Wait",
      "130700 Terminating:Proceed",
    ]);
    assert.deepEqual(statesOf(stage), []);
  });

  for (const [value, message] of [
    [4, "New SetDesiredCapacity value 4 is above max value 3 for the AutoScalingGroup."],
    [1, "New SetDesiredCapacity value 1 is below min value 2 for the AutoScalingGroup."],
  ] as const) {
    it(`refuses ${value} for a group of 2 to 3`, async () => {
      const stage = openGroup({ minSize: 2, desiredCapacity: 2 });
      await stage.pass(60_000);
      assert.throws(
        () => {
          stage.autoScaling.setDesiredCapacity("web", value);
        },
        refusal("ValidationError", message),
      );
      await stage.pass(60_000);
      assert.equal(stage.group.desiredCapacity, 2);
      assert.deepEqual(statesOf(stage), ["InService", "InService"]);
    });
  }

  it("takes both ends of the group's range", async () => {
    const stage = openGroup({ minSize: 1, desiredCapacity: 1 });
    stage.autoScaling.setDesiredCapacity("web", 3);
    await stage.pass(60_000);
    assert.equal(statesOf(stage).length, 3);
    stage.autoScaling.setDesiredCapacity("web", 1);
    await stage.pass(60_000);
    assert.equal(statesOf(stage).length, 1);
  });

  it("refuses a group that does not exist", () => {
    const stage = openGroup();
    assert.throws(
      () => {
        stage.autoScaling.setDesiredCapacity("other", 1);
      },
      refusal("ValidationError", "AutoScalingGroup name not found - other"),
    );
  });
});

describe("AutoScaling, when an instance is lost", () => {
  for (const how of ["terminateInstance", "stopInstance"] as const) {
    it(`replaces it some time after ${how}`, async () => {
      const stage = openGroup();
      await stage.pass(60_000);
      const lost = onlyMember(stage);
      stage.ec2[how](lost);
      await stage.pass(14_999);
      assert.deepEqual([...stage.group.members.keys()], [lost]);
      await stage.pass(1);
      assert.deepEqual(statesOf(stage), ["Terminating:Proceed", "Pending"]);
      await stage.pass(60_000);
      assert.notEqual(onlyMember(stage), lost);
      assert.deepEqual(statesOf(stage), ["InService"]);
      assert.equal(stage.ec2.instanceById(lost).state, "terminated");
    });
  }

  it("says so in the journal, once, though it loses it in two steps", async () => {
    const stage = openGroup();
    await stage.pass(60_000);
    const lost = onlyMember(stage);
    stage.ec2.stopInstance(lost);
    await stage.pass(120_000);
    const said = stage.services.journal.entries.filter(({ text }) => text.includes("unhealthy"));
    assert.deepEqual(said, [{ atMs: 75_000, source: "aws", text: `web finds ${lost} unhealthy` }]);
  });

  it("leaves an instance alone that runs again before it is noticed", async () => {
    const stage = openGroup();
    await stage.pass(60_000);
    const id = onlyMember(stage);
    stage.services.timings.healthCheck = [16_000, 16_000];
    stage.ec2.stopInstance(id);
    await stage.pass(10_000);
    stage.ec2.startInstance(id);
    await stage.pass(120_000);
    assert.equal(onlyMember(stage), id);
    assert.deepEqual(lifecycleOf(stage, id), ["6400 Pending:Proceed", "7100 InService"]);
  });

  it("replaces one that is lost while it launches", async () => {
    const stage = openGroup({ hooks: [launchHook, terminateHook] });
    await stage.pass(10_000);
    const lost = onlyMember(stage);
    stage.ec2.terminateInstance(lost);
    await stage.pass(200_000);
    assert.notEqual(onlyMember(stage), lost);
    assert.deepEqual(statesOf(stage), ["Pending:Wait"]);
  });

  it("leaves instances alone that are in no group", async () => {
    const stage = openGroup();
    await stage.pass(60_000);
    const { id } = stage.ec2.runInstance("t4g.micro", subnet, {});
    stage.ec2.terminateInstance(id);
    await stage.pass(120_000);
    assert.equal(stage.ec2.instances.size, 2);
    assert.deepEqual(statesOf(stage), ["InService"]);
  });
});
