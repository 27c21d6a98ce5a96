import assert from "node:assert/strict";
import type { Process } from "../../../../simulator/aws/autoscaling/group";
import {
  type GroupStage,
  lifecycleOf,
  onlyMember,
  openGroup,
  statesOf,
  terminateHook,
} from "./groups";
import { refusal, runInstance } from "../services";

/** A group whose members are in service, told to leave something. */
async function openIdle(process: Process, desiredCapacity = 1): Promise<GroupStage> {
  const stage = openGroup({ desiredCapacity });
  await stage.pass(60_000);
  stage.autoScaling.suspendProcesses("web", [process]);
  return stage;
}

describe("AutoScaling.suspendProcesses", () => {
  it("has a group launch nobody until it is resumed, in the place of those it terminates, either", async () => {
    const stage = await openIdle("Launch");
    stage.ec2.terminateInstance(onlyMember(stage));
    stage.autoScaling.setDesiredCapacity("web", 2);
    await stage.pass(120_000);
    assert.deepEqual(statesOf(stage), []);
    stage.autoScaling.resumeProcesses("web", ["Launch"]);
    await stage.pass(60_000);
    assert.deepEqual(statesOf(stage), ["InService", "InService"]);
  });

  it("has a group that launches nobody take nobody in", async () => {
    const stage = await openIdle("Launch", 2);
    const [first = ""] = stage.group.members.keys();
    const message = "The process Launch of web is suspended";
    stage.autoScaling.enterStandby("web", first, true);
    await stage.pass(10_000);
    assert.throws(
      () => {
        stage.autoScaling.exitStandby("web", first);
      },
      refusal("ValidationError", message),
    );
    const { id } = await runInstance(stage);
    assert.throws(
      () => {
        stage.autoScaling.attachInstance("web", id);
      },
      refusal("ValidationError", message),
    );
    assert.equal(stage.group.desiredCapacity, 1);
  });

  it("has a group fill no warm pool, and take nobody from it", async () => {
    const stage = openGroup({ desiredCapacity: 0, maxSize: 2 });
    stage.autoScaling.putWarmPool("web", {
      poolState: "Running",
      minSize: 0,
      maxGroupPreparedCapacity: 1,
      reuseOnScaleIn: false,
    });
    await stage.pass(60_000);
    stage.autoScaling.suspendProcesses("web", ["Launch", "Terminate"]);
    stage.autoScaling.setDesiredCapacity("web", 1);
    await stage.pass(60_000);
    assert.deepEqual(statesOf(stage), ["Warmed:Running"]);
    stage.autoScaling.resumeProcesses("web", ["Launch", "Terminate"]);
    await stage.pass(60_000);
    assert.deepEqual(statesOf(stage), ["InService"]);
    assert.equal(stage.ec2.instances.size, 1);
  });

  it("has a group terminate nobody until it is resumed, neither surplus nor unhealthy", async () => {
    const stage = await openIdle("Terminate", 3);
    const [first = "", second = ""] = stage.group.members.keys();
    stage.autoScaling.setDesiredCapacity("web", 2);
    stage.ec2.stopInstance(second);
    await stage.pass(120_000);
    assert.deepEqual(statesOf(stage), ["InService", "InService", "InService"]);
    stage.autoScaling.resumeProcesses("web", ["Terminate"]);
    assert.deepEqual(statesOf(stage).slice(0, 3), [
      "InService",
      "Terminating:Proceed",
      "InService",
    ]);
    await stage.pass(60_000);
    assert.deepEqual(statesOf(stage), ["InService", "InService"]);
    assert.equal(stage.group.members.has(first), true);
  });

  it("has a launch that replaces go on beside the one it replaces", async () => {
    const stage = await openIdle("Terminate");
    const id = onlyMember(stage);
    stage.group.capacityRebalance = true;
    stage.autoScaling.recommendRebalance(id);
    await stage.pass(60_000);
    assert.deepEqual(statesOf(stage), ["InService", "InService"]);
    stage.autoScaling.resumeProcesses("web", ["Terminate"]);
    assert.equal(stage.group.members.get(id)?.lifecycleState, "Terminating:Proceed");
  });

  it("has a group find nobody unhealthy; what still is when it is resumed is found then", async () => {
    const stage = await openIdle("HealthCheck", 2);
    const [first = "", second = ""] = stage.group.members.keys();
    stage.ec2.stopInstance(first);
    stage.ec2.stopInstance(second);
    stage.autoScaling.reportImpaired(first);
    await stage.pass(200_000);
    assert.deepEqual(statesOf(stage), ["InService", "InService"]);
    stage.ec2.startInstance(second);
    await stage.pass(10_000);
    stage.autoScaling.resumeProcesses("web", ["HealthCheck"]);
    await stage.pass(120_000);
    assert.deepEqual(statesOf(stage), ["InService", "InService"]);
    assert.equal(stage.group.members.has(first), false);
    assert.equal(stage.group.members.has(second), true);
  });

  it("has a group replace nobody it finds unhealthy; all of them at once when it is resumed", async () => {
    const stage = await openIdle("ReplaceUnhealthy");
    const id = onlyMember(stage);
    stage.ec2.stopInstance(id);
    await stage.pass(60_000);
    stage.ec2.startInstance(id);
    await stage.pass(60_000);
    assert.deepEqual(statesOf(stage), ["InService"]);
    const said = stage.services.journal.entries.filter(({ text }) => text.includes("unhealthy"));
    assert.equal(said.length, 2);
    stage.autoScaling.resumeProcesses("web", ["ReplaceUnhealthy"]);
    assert.deepEqual(statesOf(stage), ["Terminating:Proceed", "Pending"]);
  });
});

describe("AutoScaling.setInstanceProtection", () => {
  it("leaves the protected out when there are too many, and none if all are", async () => {
    const stage = openGroup({ desiredCapacity: 3 });
    await stage.pass(60_000);
    const [first = "", second = "", third = ""] = stage.group.members.keys();
    stage.autoScaling.setInstanceProtection("web", first, true);
    stage.autoScaling.setInstanceProtection("web", third, true);
    stage.autoScaling.setDesiredCapacity("web", 1);
    await stage.pass(120_000);
    assert.deepEqual([...stage.group.members.keys()], [first, third]);
    assert.equal(stage.ec2.instanceById(second).state, "terminated");
    stage.autoScaling.setInstanceProtection("web", third, false);
    stage.autoScaling.setDesiredCapacity("web", 1);
    await stage.pass(120_000);
    assert.deepEqual([...stage.group.members.keys()], [first]);
  });

  it("protects nobody who is unhealthy", async () => {
    const stage = openGroup();
    await stage.pass(60_000);
    const id = onlyMember(stage);
    stage.autoScaling.setInstanceProtection("web", id, true);
    stage.ec2.stopInstance(id);
    await stage.pass(120_000);
    assert.notEqual(onlyMember(stage), id);
  });

  it("refuses anybody who isn't in service", async () => {
    const stage = openGroup();
    await stage.pass(1_000);
    const id = onlyMember(stage);
    assert.throws(
      () => {
        stage.autoScaling.setInstanceProtection("web", id, true);
      },
      refusal("ValidationError", `The instance ${id} is not in InService.`),
    );
  });
});

describe("AutoScaling.reportImpaired", () => {
  it("has the member replaced after two or three minutes, with its terminate hook", async () => {
    const stage = openGroup();
    await stage.pass(60_000);
    const id = onlyMember(stage);
    stage.group.hooks.push(terminateHook);
    stage.autoScaling.reportImpaired(id);
    await stage.pass(119_999);
    assert.deepEqual(statesOf(stage), ["InService"]);
    await stage.pass(60_001);
    assert.equal(stage.group.members.get(id)?.lifecycleState, "Terminating:Wait");
    assert.equal(stage.ec2.instanceById(id).state, "running");
    assert.equal(stage.events.length, 1);
  });

  it("leaves one on standby alone", async () => {
    const stage = openGroup();
    await stage.pass(60_000);
    const id = onlyMember(stage);
    stage.autoScaling.enterStandby("web", id, true);
    stage.autoScaling.reportImpaired(id);
    await stage.pass(300_000);
    assert.deepEqual(statesOf(stage), ["Standby"]);
  });
});

describe("a group that retains what is abandoned", () => {
  it("keeps it running, launches another, and terminates it when it is asked again", async () => {
    const stage = openGroup({ retainsAbandoned: true });
    await stage.pass(60_000);
    const id = onlyMember(stage);
    stage.group.hooks.push({ ...terminateHook, defaultResult: "ABANDON" });
    stage.autoScaling.replaceInstance(id);
    await stage.pass(200_000);
    assert.deepEqual(lifecycleOf(stage, id).slice(2), [
      "60000 Terminating:Wait",
      "180000 Terminating:Retained",
    ]);
    assert.deepEqual(statesOf(stage), ["Terminating:Retained", "InService"]);
    assert.equal(stage.ec2.instanceById(id).state, "running");
    stage.autoScaling.replaceInstance(id);
    stage.autoScaling.completeLifecycleAction(
      "web",
      terminateHook.name,
      { instanceId: id },
      "CONTINUE",
    );
    await stage.pass(60_000);
    assert.deepEqual(statesOf(stage), ["InService"]);
    assert.equal(stage.ec2.instanceById(id).state, "terminated");
  });

  it("lets go what is abandoned in any other", async () => {
    const stage = openGroup();
    await stage.pass(60_000);
    const id = onlyMember(stage);
    stage.group.hooks.push(terminateHook);
    stage.autoScaling.replaceInstance(id);
    stage.autoScaling.completeLifecycleAction(
      "web",
      terminateHook.name,
      { instanceId: id },
      "ABANDON",
    );
    await stage.pass(60_000);
    assert.equal(stage.ec2.instanceById(id).state, "terminated");
  });
});
