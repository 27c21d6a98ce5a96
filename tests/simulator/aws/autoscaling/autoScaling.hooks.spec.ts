import assert from "node:assert/strict";
import { AutoScaling } from "../../../../simulator/aws/autoscaling/autoScaling";
import type { LifecycleHook } from "../../../../simulator/aws/autoscaling/group";
import { Ec2 } from "../../../../simulator/aws/ec2/ec2";
import {
  type GroupStage,
  launchHook,
  lifecycleOf,
  onlyMember,
  openGroup,
  statesOf,
  terminateHook,
} from "./groups";
import { createServices, refusal } from "../services";

const noAction = (instanceId: string) =>
  refusal("ValidationError", `No active Lifecycle Action found with instance ID ${instanceId}`);

/** A launch that waits since millisecond 6,400 of the run, which is now at 10,000. */
async function openWaitingLaunch(hook: Partial<LifecycleHook> = {}) {
  const stage = openGroup({ hooks: [{ ...launchHook, ...hook }, terminateHook] });
  await stage.pass(10_000);
  return { stage, instanceId: onlyMember(stage) };
}

/** A termination that waits since millisecond 60,700 of the run, which is now at 61,000. */
async function openWaitingTermination() {
  const stage = openGroup({ hooks: [terminateHook] });
  await stage.pass(60_000);
  const instanceId = onlyMember(stage);
  stage.autoScaling.setDesiredCapacity("web", 0);
  await stage.pass(1_000);
  return { stage, instanceId };
}

const beat = ({ autoScaling }: GroupStage, instanceId: string, hookName = "on-launch") => {
  autoScaling.recordLifecycleActionHeartbeat("web", hookName, { instanceId });
};

const complete = (
  { autoScaling }: GroupStage,
  instanceId: string,
  result: string,
  hookName = "on-launch",
) => {
  autoScaling.completeLifecycleAction("web", hookName, { instanceId }, result);
};

/** Sends heartbeats, evenly apart since the wait began; gives how long the launch waited. */
async function beatWhileItWaits(stage: GroupStage, instanceId: string, apartMs: number) {
  const member = stage.group.members.get(instanceId);
  await stage.pass(6_400 + apartMs - 10_000);
  while (member?.lifecycleState === "Pending:Wait") {
    beat(stage, instanceId);
    await stage.pass(apartMs);
  }
  const ended = lifecycleOf(stage, instanceId).find((line) => line.endsWith("Terminating:Wait"));
  return Number.parseInt(ended ?? "", 10) - 6_400;
}

describe("a launch hook", () => {
  it("makes a launch wait once its instance runs", async () => {
    const { stage, instanceId } = await openWaitingLaunch();
    assert.deepEqual(lifecycleOf(stage, instanceId), ["6400 Pending:Wait"]);
  });

  it("makes a launch wait while its instance is pending, where that is the answer drawn", async () => {
    const stage = openGroup({ hooks: [launchHook] }, { waitsWhilePending: true });
    await stage.pass(1_400);
    const instanceId = onlyMember(stage);
    assert.deepEqual(lifecycleOf(stage, instanceId), ["1400 Pending:Wait"]);
    assert.equal(stage.ec2.instanceById(instanceId).state, "pending");
  });

  it("lets a launch that went on while pending into service as soon as it runs", async () => {
    const stage = openGroup({ hooks: [launchHook] }, { waitsWhilePending: true });
    await stage.pass(1_400);
    const instanceId = onlyMember(stage);
    complete(stage, instanceId, "CONTINUE");
    await stage.pass(60_000);
    assert.deepEqual(lifecycleOf(stage, instanceId), [
      "1400 Pending:Wait",
      "1400 Pending:Proceed",
      "5700 InService",
    ]);
  });

  it("waits in either way, as the seed has it", () => {
    const answers = [1, 2, 3, 4, 5, 6].map((seed) => {
      const services = createServices({}, seed);
      return new AutoScaling({ ...services, ec2: new Ec2(services), emit: () => undefined })
        .waitsWhilePending;
    });
    assert.deepEqual(new Set(answers), new Set([true, false]));
  });

  it("emits an event with every field", async () => {
    const { stage, instanceId } = await openWaitingLaunch();
    const [emitted, ...others] = stage.events;
    const token = String(emitted?.event.detail.LifecycleActionToken);
    assert.match(token, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.deepEqual(emitted, {
      atMs: 6_400,
      event: {
        source: "aws.autoscaling",
        detailType: "EC2 Instance-launch Lifecycle Action",
        resources: ["arn:web"],
        detail: {
          LifecycleActionToken: token,
          AutoScalingGroupName: "web",
          LifecycleHookName: "on-launch",
          EC2InstanceId: instanceId,
          LifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING",
          Origin: "EC2",
          Destination: "AutoScalingGroup",
        },
      },
    });
    assert.deepEqual(others, []);
  });

  it("abandons a launch that nobody completes in its time-out, and the group launches another", async () => {
    const { stage, instanceId } = await openWaitingLaunch();
    await stage.pass(6_400 + 300_000 - 10_000 - 1);
    assert.deepEqual(statesOf(stage), ["Pending:Wait"]);
    await stage.pass(1);
    assert.deepEqual(statesOf(stage), ["Terminating:Wait", "Pending"]);
    assert.deepEqual(
      stage.services.journal.entries.filter(({ text }) => text.includes("timed out")),
      [{ atMs: 306_400, source: "aws", text: `web: on-launch of ${instanceId} timed out` }],
    );
    await stage.pass(200_000);
    assert.equal(stage.ec2.instanceById(instanceId).state, "terminated");
    assert.equal(stage.group.members.has(instanceId), false);
    assert.equal(stage.group.members.size, 1);
  });

  it("lets a launch go on after its time-out where CONTINUE is the default", async () => {
    const { stage, instanceId } = await openWaitingLaunch({ defaultResult: "CONTINUE" });
    await stage.pass(600_000);
    assert.deepEqual(lifecycleOf(stage, instanceId), [
      "6400 Pending:Wait",
      "306400 Pending:Proceed",
      "307100 InService",
    ]);
    assert.equal(onlyMember(stage), instanceId);
  });
});

describe("a terminate hook", () => {
  it("makes a termination wait while the instance still runs, and emits an event with every field", async () => {
    const { stage, instanceId } = await openWaitingTermination();
    assert.deepEqual(statesOf(stage), ["Terminating:Wait"]);
    assert.equal(stage.ec2.instanceById(instanceId).state, "running");
    const [emitted] = stage.events;
    assert.deepEqual(emitted, {
      atMs: 60_700,
      event: {
        source: "aws.autoscaling",
        detailType: "EC2 Instance-terminate Lifecycle Action",
        resources: ["arn:web"],
        detail: {
          LifecycleActionToken: emitted?.event.detail.LifecycleActionToken,
          AutoScalingGroupName: "web",
          LifecycleHookName: "on-terminate",
          EC2InstanceId: instanceId,
          LifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
          Origin: "AutoScalingGroup",
          Destination: "EC2",
        },
      },
    });
    assert.equal(typeof emitted.event.detail.LifecycleActionToken, "string");
  });

  for (const result of ["CONTINUE", "ABANDON"]) {
    it(`lets the termination go on after ${result}`, async () => {
      const { stage, instanceId } = await openWaitingTermination();
      complete(stage, instanceId, result, "on-terminate");
      assert.deepEqual(statesOf(stage), ["Terminating:Proceed"]);
      assert.equal(stage.ec2.instanceById(instanceId).state, "shutting-down");
      await stage.pass(20_000);
      assert.deepEqual(statesOf(stage), []);
    });
  }

  it("lets the termination go on after its time-out", async () => {
    const { stage, instanceId } = await openWaitingTermination();
    await stage.pass(60_700 + 120_000 - 61_000 - 1);
    assert.equal(stage.ec2.instanceById(instanceId).state, "running");
    await stage.pass(1);
    assert.equal(stage.ec2.instanceById(instanceId).state, "shutting-down");
  });

  it("keeps a lost instance in its group until the action is completed", async () => {
    const stage = openGroup({ hooks: [terminateHook] });
    await stage.pass(60_000);
    const instanceId = onlyMember(stage);
    stage.ec2.terminateInstance(instanceId);
    await stage.pass(60_000);
    assert.equal(stage.ec2.instanceById(instanceId).state, "terminated");
    assert.deepEqual(statesOf(stage), ["Terminating:Wait", "InService"]);
    complete(stage, instanceId, "CONTINUE", "on-terminate");
    assert.deepEqual(statesOf(stage), ["InService"]);
    await stage.pass(60_000);
    assert.deepEqual(statesOf(stage), ["InService"]);
  });
});

describe("AutoScaling.completeLifecycleAction", () => {
  it("lets a launch go on after CONTINUE, and its time-out is off", async () => {
    const { stage, instanceId } = await openWaitingLaunch();
    complete(stage, instanceId, "CONTINUE");
    await stage.pass(600_000);
    assert.deepEqual(lifecycleOf(stage, instanceId), [
      "6400 Pending:Wait",
      "10000 Pending:Proceed",
      "10700 InService",
    ]);
  });

  it("ends a launch after ABANDON, and the group launches another at once", async () => {
    const { stage, instanceId } = await openWaitingLaunch();
    complete(stage, instanceId, "ABANDON");
    assert.deepEqual(statesOf(stage), ["Terminating:Wait", "Pending"]);
    complete(stage, instanceId, "CONTINUE", "on-terminate");
    await stage.pass(20_000);
    assert.notEqual(onlyMember(stage), instanceId);
  });

  it("refuses to complete an action twice", async () => {
    const { stage, instanceId } = await openWaitingLaunch();
    complete(stage, instanceId, "CONTINUE");
    assert.throws(() => {
      complete(stage, instanceId, "CONTINUE");
    }, noAction(instanceId));
  });

  it("refuses an instance that the group does not have", async () => {
    const { stage } = await openWaitingLaunch();
    assert.throws(() => {
      complete(stage, "i-99", "CONTINUE");
    }, noAction("i-99"));
  });

  it("refuses the name of another hook", async () => {
    const { stage, instanceId } = await openWaitingLaunch();
    assert.throws(() => {
      complete(stage, instanceId, "CONTINUE", "on-terminate");
    }, noAction(instanceId));
    assert.deepEqual(statesOf(stage), ["Pending:Wait"]);
  });

  it("refuses a result that is none", async () => {
    const { stage, instanceId } = await openWaitingLaunch();
    assert.throws(
      () => {
        complete(stage, instanceId, "PERHAPS");
      },
      refusal("ValidationError", "Invalid lifecycle action result PERHAPS"),
    );
    assert.deepEqual(statesOf(stage), ["Pending:Wait"]);
  });

  it("refuses a group that does not exist", async () => {
    const { stage, instanceId } = await openWaitingLaunch();
    assert.throws(
      () => {
        stage.autoScaling.completeLifecycleAction("other", "on-launch", { instanceId }, "CONTINUE");
      },
      refusal("ValidationError", "AutoScalingGroup name not found - other"),
    );
  });
});

describe("AutoScaling.recordLifecycleActionHeartbeat", () => {
  it("starts the time-out again", async () => {
    const { stage, instanceId } = await openWaitingLaunch();
    await stage.pass(190_000);
    beat(stage, instanceId);
    await stage.pass(299_999);
    assert.deepEqual(statesOf(stage), ["Pending:Wait"]);
    await stage.pass(1);
    assert.deepEqual(statesOf(stage), ["Terminating:Wait", "Pending"]);
  });

  it("keeps an action waiting for 100 time-outs in all, and no longer", async () => {
    const { stage, instanceId } = await openWaitingLaunch();
    assert.equal(await beatWhileItWaits(stage, instanceId, 150_000), 100 * 300_000);
  });

  it("keeps an action of a long time-out waiting for 48 hours, and no longer", async () => {
    const { stage, instanceId } = await openWaitingLaunch({ heartbeatTimeoutSeconds: 7_200 });
    assert.equal(await beatWhileItWaits(stage, instanceId, 3_600_000), 48 * 3_600_000);
  });

  it("refuses an instance without an action, and one that has had its action completed", async () => {
    const { stage, instanceId } = await openWaitingLaunch();
    assert.throws(() => {
      beat(stage, "i-99");
    }, noAction("i-99"));
    complete(stage, instanceId, "CONTINUE");
    assert.throws(() => {
      beat(stage, instanceId);
    }, noAction(instanceId));
  });
});

describe("AutoScaling.completeLifecycleAction by its token", () => {
  const tokenOf = ({ events }: GroupStage) =>
    String(events.at(-1)?.event.detail.LifecycleActionToken);

  it("ends the action that its event names", async () => {
    const { stage } = await openWaitingLaunch();
    const whose = { token: tokenOf(stage) };
    stage.autoScaling.completeLifecycleAction("web", "on-launch", whose, "CONTINUE");
    assert.deepEqual(statesOf(stage), ["Pending:Proceed"]);
  });

  it("refuses a token whose action is over, though the instance waits by the same hook again", async () => {
    const stage = openGroup({ desiredCapacity: 0, maxSize: 1, hooks: [launchHook] });
    stage.autoScaling.putWarmPool("web", {
      poolState: "Running",
      minSize: 0,
      reuseOnScaleIn: false,
    });
    await stage.pass(10_000);
    const token = tokenOf(stage);
    const complete = () => {
      stage.autoScaling.completeLifecycleAction("web", "on-launch", { token }, "CONTINUE");
    };
    complete();
    stage.autoScaling.setDesiredCapacity("web", 1);
    await stage.pass(10_000);
    assert.deepEqual(statesOf(stage), ["Pending:Wait"]);
    assert.throws(
      complete,
      refusal("ValidationError", `No active Lifecycle Action found with token ${token}`),
    );
    assert.deepEqual(statesOf(stage), ["Pending:Wait"]);
  });
});
