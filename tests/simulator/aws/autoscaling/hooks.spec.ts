import assert from "node:assert/strict";
import { AutoScaling } from "../../../../simulator/aws/autoscaling/autoScaling";
import type { LifecycleHook } from "../../../../simulator/aws/autoscaling/group";
import { Ec2 } from "../../../../simulator/aws/ec2/ec2";
import { describeCourses } from "./courses";
import {
  launchHook,
  lifecycleOf,
  membersOf,
  onlyMember,
  openGroup,
  statesOf,
  terminateHook,
} from "./groups";
import { createServices } from "../services";

const noAction = (id: string) => `refused: No active Lifecycle Action found with instance ID ${id}`;
const noToken = (token: string) => `refused: No active Lifecycle Action found with token ${token}`;

const both = [launchHook, terminateHook];

describeCourses("a launch with a hook", { hooks: both })(`
  waits once its instance runs, until its time-out
    10000  |  | Pending:Wait
    296399 |  | Pending:Wait | lifecycle: 6400 Pending:Wait
    1      |  | Terminating:Wait Pending | lifecycle: 6400 Pending:Wait, 306400 Terminating:Wait
    200000 |  | Pending:Wait | in EC2: terminated running
  goes on after CONTINUE, and its time-out is off
    10000  | complete on-launch #0 CONTINUE | Pending:Proceed
    600000 |                                | InService | lifecycle: 6400 Pending:Wait, 10000 Pending:Proceed, 10700 InService
  is terminated after ABANDON
    10000  | complete on-launch #0 ABANDON | Terminating:Wait Pending
  waits for its time-out again after a heartbeat
    10000  | beat on-launch #0 | Pending:Wait
    299999 |                   | Pending:Wait
    1      |                   | Terminating:Wait Pending
  ends when it is no longer wanted
    10000  | setDesiredCapacity web 0 | Pending:Wait
    600000 |                          | | lifecycle: 6400 Pending:Wait, 10700 Terminating:Wait, 130700 Terminating:Proceed
`);

describeCourses("a launch that goes on by default", {
  hooks: [{ ...launchHook, defaultResult: "CONTINUE" }],
})(`
  does so after its time-out
    600000 |  | InService | lifecycle: 6400 Pending:Wait, 306400 Pending:Proceed, 307100 InService
`);

describeCourses("a launch that is no longer wanted", {
  hooks: [launchHook, { ...terminateHook, heartbeatTimeoutSeconds: 600 }],
})(`
  times out as a termination alone
    10000  | setDesiredCapacity web 0 | Pending:Wait
    600000 |                          | Terminating:Wait | lifecycle: 6400 Pending:Wait, 10700 Terminating:Wait
`);

describeCourses("a termination with a hook", { hooks: both })(`
  goes on after CONTINUE, and until then the instance runs
    10000  | complete on-launch #0 CONTINUE    | Pending:Proceed
    50000  | setDesiredCapacity web 0          | InService
    1000   |                                   | Terminating:Wait | in EC2: running
    0      | complete on-terminate #0 CONTINUE | Terminating:Proceed | in EC2: shutting-down
    20000  |                                   | | in EC2: terminated
  goes on after ABANDON, too
    10000  | complete on-launch #0 CONTINUE   | Pending:Proceed
    50000  | setDesiredCapacity web 0         | InService
    1000   | complete on-terminate #0 ABANDON | Terminating:Proceed | in EC2: shutting-down
  goes on after its time-out
    10000  | complete on-launch #0 CONTINUE | Pending:Proceed
    50000  | setDesiredCapacity web 0       | InService
    120699 |                                | Terminating:Wait
    1      |                                | Terminating:Proceed | lifecycle: 60700 Terminating:Wait, 180700 Terminating:Proceed
  keeps a lost instance in its group until the action is completed
    10000  | complete on-launch #0 CONTINUE    | Pending:Proceed
    50000  | terminateInstance #0              | InService
    60000  |                                   | Terminating:Wait Pending:Wait | in EC2: terminated running
    0      | complete on-terminate #0 CONTINUE | Pending:Wait
`);

describeCourses("a lifecycle action", { hooks: both })(`
  is refused to be completed or prolonged twice, by another hook's name, for others, and by no result
    10000  | complete on-terminate #0 CONTINUE | Pending:Wait | ${noAction("#0")}
    0      | complete on-launch #0 PERHAPS     | Pending:Wait | refused: Invalid lifecycle action result PERHAPS
    0      | complete on-launch i-99 CONTINUE  | Pending:Wait | ${noAction("i-99")}
    0      | beat on-launch i-99               | Pending:Wait | ${noAction("i-99")}
    0      | complete on-launch #0 CONTINUE    | Pending:Proceed
    0      | complete on-launch #0 CONTINUE    | Pending:Proceed | ${noAction("#0")}
    0      | beat on-launch #0                 | Pending:Proceed | ${noAction("#0")}
  is completed by its token, unless it is over, though the instance waits by the same hook again | desiredCapacity 0, maxSize 1
    0      | putWarmPool poolState Running |
    10000  | completeLifecycleAction web on-launch {"token":"@0"} CONTINUE | Warmed:Pending:Proceed
    0      | setDesiredCapacity web 1      | Warmed:Pending:Proceed
    10000  | completeLifecycleAction web on-launch {"token":"@0"} CONTINUE | Pending:Wait | ${noToken("@0")}
`);

const secondLaunchHook = { ...launchHook, name: "on-launch-2", heartbeatTimeoutSeconds: 600 };
const drainHook = { ...terminateHook, name: "drain", heartbeatTimeoutSeconds: 300 };

describeCourses("two hooks of a launch", { hooks: [launchHook, secondLaunchHook, terminateHook] })(`
  let it go on once both are to continue
    10000  | complete on-launch-2 #0 CONTINUE | Pending:Wait
    0      | complete on-launch #0 CONTINUE   | Pending:Proceed
    700    |                                  | InService | lifecycle: 6400 Pending:Wait, 10000 Pending:Proceed, 10700 InService
  hold it while one is to continue and the other unanswered, until that times out
    10000  | complete on-launch-2 #0 CONTINUE | Pending:Wait
    296399 |                                  | Pending:Wait
    1      |                                  | Terminating:Wait Pending
  have heartbeats of their own
    10000  | beat on-launch-2 #0 | Pending:Wait
    296400 |                     | Terminating:Wait Pending
  time out each by itself
    10000  | complete on-launch #0 CONTINUE | Pending:Wait
    596399 |                                | Pending:Wait
    1      |                                | Terminating:Wait Pending
  end it as soon as one is abandoned
    10000  | complete on-launch-2 #0 ABANDON | Terminating:Wait Pending
  are answered by their tokens, each by its own
    10000  | completeLifecycleAction web on-launch {"token":"@1"} CONTINUE | Pending:Wait | ${noToken("@1")}
    0      | completeLifecycleAction web on-launch-2 {"token":"@1"} CONTINUE | Pending:Wait
    0      | completeLifecycleAction web on-launch {"token":"@0"} CONTINUE | Pending:Proceed
`);

describeCourses("two hooks of a termination", { hooks: [terminateHook, drainHook] })(`
  hold it until the last has timed out
    60000  | setDesiredCapacity web 0          | InService
    1000   | complete on-terminate #0 CONTINUE | Terminating:Wait
    299699 |                                   | Terminating:Wait
    1      |                                   | Terminating:Proceed
  are answered once each
    60000  | setDesiredCapacity web 0          | InService
    1000   | complete on-terminate #0 CONTINUE | Terminating:Wait
    0      | complete on-terminate #0 CONTINUE | Terminating:Wait | ${noAction("#0")}
    0      | complete drain #0 CONTINUE        | Terminating:Proceed
  let it go on once one is abandoned, which stops the other
    60000  | setDesiredCapacity web 0          | InService
    1000   | complete drain #0 ABANDON         | Terminating:Proceed
    0      | complete on-terminate #0 CONTINUE | Terminating:Proceed | ${noAction("#0")}
`);

describe("AutoScaling.putLifecycleHook", () => {
  it("adds a hook for what begins later, which somebody else completes and the group's own doesn't", async () => {
    const stage = openGroup({ desiredCapacity: 2, hooks: [terminateHook] });
    await stage.pass(60_000);
    const [first, second] = membersOf(stage).map(({ instance }) => instance.id);
    const complete = (name: string, instanceId = "") => {
      stage.autoScaling.completeLifecycleAction("web", name, { instanceId }, "CONTINUE");
    };
    stage.autoScaling.setDesiredCapacity("web", 1);
    await stage.pass(1_000);
    stage.autoScaling.putLifecycleHook("web", drainHook);
    complete("on-terminate", first);
    assert.deepEqual(statesOf(stage), ["Terminating:Proceed", "InService"]);
    stage.autoScaling.setDesiredCapacity("web", 0);
    await stage.pass(1_000);
    complete("on-terminate", second);
    assert.deepEqual(statesOf(stage), ["Terminating:Proceed", "Terminating:Wait"]);
    complete("drain", second);
    assert.deepEqual(statesOf(stage), ["Terminating:Proceed", "Terminating:Proceed"]);
  });

  it("gives the hook of that name other settings", async () => {
    const stage = openGroup({ hooks: [terminateHook] });
    await stage.pass(60_000);
    const changed = { ...terminateHook, heartbeatTimeoutSeconds: 30 };
    stage.autoScaling.putLifecycleHook("web", changed);
    assert.deepEqual(stage.group.hooks, [changed]);
    stage.autoScaling.setDesiredCapacity("web", 0);
    await stage.pass(30_699);
    assert.deepEqual(statesOf(stage), ["Terminating:Wait"]);
    await stage.pass(1);
    assert.deepEqual(statesOf(stage), ["Terminating:Proceed"]);
  });
});

describe("a launch that may wait while its instance is pending", () => {
  it("does so where that is the answer drawn, and enters service once it runs", async () => {
    const stage = openGroup({ hooks: [launchHook] }, { waitsWhilePending: true });
    await stage.pass(1_400);
    const instanceId = onlyMember(stage);
    assert.equal(stage.ec2.instanceById(instanceId).state, "pending");
    stage.autoScaling.completeLifecycleAction("web", "on-launch", { instanceId }, "CONTINUE");
    await stage.pass(60_000);
    const expected = ["1400 Pending:Wait", "1400 Pending:Proceed", "5700 InService"];
    assert.deepEqual(lifecycleOf(stage, instanceId), expected);
  });

  it("waits in either way, as the seed has it", () => {
    const answers = [1, 2, 3, 4, 5, 6].map((seed) => {
      const services = createServices({}, seed);
      const ec2 = new Ec2(services);
      return new AutoScaling({ ...services, ec2, emit: () => undefined }).waitsWhilePending;
    });
    assert.deepEqual(new Set(answers), new Set([true, false]));
  });
});

describe("the actions of a member", () => {
  it("are said in the journal to have timed out", async () => {
    const stage = openGroup({ hooks: [launchHook] });
    await stage.pass(10_000);
    const text = `web: on-launch of ${onlyMember(stage)} timed out`;
    await stage.pass(296_400);
    const said = stage.services.journal.entries.filter((entry) => entry.text.includes("timed out"));
    assert.deepEqual(said, [{ atMs: 306_400, source: "aws", text }]);
  });

  for (const [heartbeatTimeoutSeconds, apartMs, minutes] of [
    [300, 150_000, 500],
    [7_200, 3_600_000, 2_880],
  ] as const) {
    it(`are kept waiting by heartbeats for ${minutes} minutes at a time-out of ${heartbeatTimeoutSeconds} s`, async () => {
      const stage = openGroup({ hooks: [{ ...launchHook, heartbeatTimeoutSeconds }] });
      await stage.pass(6_400);
      const instanceId = onlyMember(stage);
      await stage.pass(apartMs);
      while (stage.group.members.get(instanceId)?.lifecycleState === "Pending:Wait") {
        stage.autoScaling.recordLifecycleActionHeartbeat("web", "on-launch", { instanceId });
        await stage.pass(apartMs);
      }
      const endMs = 6_400 + minutes * 60_000;
      assert.equal(lifecycleOf(stage, instanceId)[1], `${endMs} Terminating:Proceed`);
    });
  }

  it("are told of by an event each, with every field and a token of its own", async () => {
    const stage = openGroup({ hooks: [launchHook, secondLaunchHook, terminateHook, drainHook] });
    await stage.pass(10_000);
    const instanceId = onlyMember(stage);
    for (const { name } of [launchHook, secondLaunchHook]) {
      stage.autoScaling.completeLifecycleAction("web", name, { instanceId }, "CONTINUE");
    }
    await stage.pass(50_000);
    stage.autoScaling.setDesiredCapacity("web", 0);
    await stage.pass(700);
    const tokens = stage.events.map(({ event }) => String(event.detail.LifecycleActionToken));
    assert.equal(new Set(tokens).size, 4);
    const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/;
    for (const token of tokens) assert.match(token, uuid);
    const told = (atMs: number, kind: string, hook: LifecycleHook, ...route: [string, string]) => ({
      atMs,
      event: {
        source: "aws.autoscaling",
        detailType: `EC2 Instance-${kind} Lifecycle Action`,
        resources: ["arn:web"],
        detail: {
          LifecycleActionToken: tokens.shift(),
          AutoScalingGroupName: "web",
          LifecycleHookName: hook.name,
          EC2InstanceId: instanceId,
          LifecycleTransition: hook.transition,
          Origin: route[0],
          Destination: route[1],
        },
      },
    });
    assert.deepEqual(stage.events, [
      told(6_400, "launch", launchHook, "EC2", "AutoScalingGroup"),
      told(6_400, "launch", secondLaunchHook, "EC2", "AutoScalingGroup"),
      told(60_700, "terminate", terminateHook, "AutoScalingGroup", "EC2"),
      told(60_700, "terminate", drainHook, "AutoScalingGroup", "EC2"),
    ]);
  });
});
