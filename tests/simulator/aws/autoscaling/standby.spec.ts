import assert from "node:assert/strict";
import {
  type GroupStage,
  launchHook,
  lifecycleOf,
  membersOf,
  onlyMember,
  openGroup,
  statesOf,
  terminateHook,
} from "./groups";
import { refusal } from "../services";

/** A group of one to three, with hooks, whose two members are in service. */
async function openPair(): Promise<{ stage: GroupStage; first: string }> {
  const stage = openGroup({ desiredCapacity: 2, minSize: 1 });
  await stage.pass(60_000);
  const [first] = stage.group.members.keys();
  return { stage, first: first ?? "" };
}

describe("AutoScaling.enterStandby", () => {
  it("replaces the member unless the desired capacity goes down", async () => {
    const { stage, first } = await openPair();
    stage.autoScaling.enterStandby("web", first, false);
    assert.deepEqual(statesOf(stage), ["EnteringStandby", "InService"]);
    await stage.pass(699);
    assert.deepEqual(statesOf(stage), ["EnteringStandby", "InService"]);
    await stage.pass(1);
    assert.deepEqual(statesOf(stage), ["Standby", "InService", "Pending"]);
    await stage.pass(60_000);
    assert.deepEqual(statesOf(stage), ["Standby", "InService", "InService"]);
    assert.equal(stage.group.desiredCapacity, 2);
  });

  it("replaces nobody if it does", async () => {
    const { stage, first } = await openPair();
    stage.autoScaling.enterStandby("web", first, true);
    await stage.pass(60_000);
    assert.deepEqual(statesOf(stage), ["Standby", "InService"]);
    assert.equal(stage.group.desiredCapacity, 1);
  });

  it("refuses to go below the group's least size, or anybody who isn't in service", async () => {
    const { stage, first } = await openPair();
    stage.autoScaling.enterStandby("web", first, true);
    const [, second] = stage.group.members.keys();
    const message =
      "AutoScalingGroup web has min-size=1, max-size=3, and desired-size=1. To place into standby 1 instance, please update the AutoScalingGroup sizes appropriately.";
    assert.throws(
      () => {
        stage.autoScaling.enterStandby("web", second ?? "", true);
      },
      refusal("ValidationError", message),
    );
    assert.throws(
      () => {
        stage.autoScaling.enterStandby("web", first, false);
      },
      refusal("ValidationError", `The instance ${first} is not in InService.`),
    );
    assert.equal(stage.group.desiredCapacity, 1);
    assert.deepEqual(statesOf(stage), ["EnteringStandby", "InService"]);
  });

  it("ends neither by a scale-in nor by a failed health check", async () => {
    const { stage, first } = await openPair();
    stage.autoScaling.enterStandby("web", first, false);
    await stage.pass(60_000);
    stage.ec2.stopInstance(first);
    stage.autoScaling.setDesiredCapacity("web", 1);
    await stage.pass(120_000);
    assert.deepEqual(statesOf(stage), ["Standby", "InService"]);
    assert.equal(stage.ec2.instanceById(first).state, "stopped");
  });
});

describe("AutoScaling.exitStandby", () => {
  it("takes the member back without a launch hook, and the desired capacity up", async () => {
    const stage = openGroup({ hooks: [launchHook, terminateHook], desiredCapacity: 1 });
    await stage.pass(10_000);
    const id = onlyMember(stage);
    stage.autoScaling.completeLifecycleAction(
      "web",
      launchHook.name,
      { instanceId: id },
      "CONTINUE",
    );
    await stage.pass(10_000);
    stage.autoScaling.enterStandby("web", id, true);
    await stage.pass(10_000);
    const { length } = stage.events;
    stage.autoScaling.exitStandby("web", id);
    await stage.pass(10_000);
    assert.deepEqual(lifecycleOf(stage, id).slice(-4), [
      "20000 EnteringStandby",
      "20700 Standby",
      "30000 Pending",
      "30700 InService",
    ]);
    assert.equal(stage.group.desiredCapacity, 1);
    assert.equal(stage.events.length, length);
  });

  it("replaces a member that was stopped meanwhile", async () => {
    const { stage, first } = await openPair();
    stage.autoScaling.enterStandby("web", first, true);
    await stage.pass(10_000);
    stage.ec2.stopInstance(first);
    await stage.pass(30_000);
    stage.autoScaling.exitStandby("web", first);
    await stage.pass(15_699);
    assert.deepEqual(statesOf(stage), ["InService", "InService"]);
    await stage.pass(60_000);
    assert.deepEqual(statesOf(stage), ["InService", "InService"]);
    assert.equal(stage.group.members.has(first), false);
  });

  it("lets no hook hold a member that is started just then", async () => {
    const stage = openGroup({ desiredCapacity: 1 });
    await stage.pass(60_000);
    const id = onlyMember(stage);
    stage.group.hooks.push(launchHook);
    stage.autoScaling.enterStandby("web", id, true);
    stage.ec2.stopInstance(id);
    await stage.pass(30_000);
    stage.services.timings.groupStep = [6_000, 6_000];
    stage.ec2.startInstance(id);
    stage.autoScaling.exitStandby("web", id);
    stage.services.timings.groupStep = [500, 500];
    await stage.pass(30_000);
    assert.deepEqual(lifecycleOf(stage, id).slice(-2), ["90000 Pending", "96000 InService"]);
  });

  it("refuses a full group, and anybody who isn't on standby", async () => {
    const { stage, first } = await openPair();
    stage.autoScaling.enterStandby("web", first, false);
    await stage.pass(60_000);
    stage.autoScaling.setDesiredCapacity("web", 3);
    await stage.pass(60_000);
    const message =
      "AutoScalingGroup web has min-size=1, max-size=3, and desired-size=3. To take out of standby 1 instance, please update the AutoScalingGroup sizes appropriately.";
    assert.throws(
      () => {
        stage.autoScaling.exitStandby("web", first);
      },
      refusal("ValidationError", message),
    );
    const second = membersOf(stage)[1]?.instance.id ?? "";
    assert.throws(
      () => {
        stage.autoScaling.exitStandby("web", second);
      },
      refusal("ValidationError", `The instance ${second} is not in Standby.`),
    );
  });
});
