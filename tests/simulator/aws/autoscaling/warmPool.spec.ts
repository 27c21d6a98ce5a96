import assert from "node:assert/strict";
import type { WarmPool } from "../../../../simulator/aws/autoscaling/group";
import { describeCourses } from "./courses";
import {
  launchHook,
  lifecycleOf,
  onlyMember,
  openGroup,
  assertInvalid,
  statesOf,
  terminateHook,
} from "./groups";

const hooks = [launchHook, terminateHook];
const empty = { desiredCapacity: 0, maxSize: 1 };
const stopped: WarmPool = { poolState: "Stopped", minSize: 0, reuseOnScaleIn: false };

describeCourses("a warm pool with hooks", { ...empty, hooks })(`
  stops an instance, and parks it once EC2 has stopped it
    0      | putWarmPool poolState Stopped  |
    10000  | complete on-launch #0 CONTINUE | Warmed:Pending:Proceed
    60000  |                                | Warmed:Stopped | events: launch EC2 WarmPool
           | lifecycle: 6400 Warmed:Pending:Wait, 10000 Warmed:Pending:Proceed, 20700 Warmed:Stopped
  parks an instance hibernated
    0      | putWarmPool poolState Hibernated |
    10000  | complete on-launch #0 CONTINUE   | Warmed:Pending:Proceed
    60000  |                                  | Warmed:Hibernated | lifecycle: 20700 Warmed:Hibernated
  parks an instance running
    0      | putWarmPool poolState Running  |
    10000  | complete on-launch #0 CONTINUE | Warmed:Pending:Proceed
    60000  |                                | Warmed:Running | lifecycle: 10700 Warmed:Running
  terminates one whose launch is abandoned, and launches another
    0      | putWarmPool poolState Stopped     |
    10000  | complete on-launch #0 ABANDON     | Warmed:Terminating:Wait Warmed:Pending
    0      | complete on-terminate #0 CONTINUE | Warmed:Terminating:Proceed Warmed:Pending
    60000  |                                   | Warmed:Pending:Wait
            | events: launch EC2 WarmPool, terminate WarmPool EC2, launch EC2 WarmPool
  retains one whose end is abandoned, where the group does that, and fills its place | retainsAbandoned true
    0      | putWarmPool poolState Stopped    |
    10000  | complete on-launch #0 ABANDON    | Warmed:Terminating:Wait Warmed:Pending
    0      | complete on-terminate #0 ABANDON | Warmed:Terminating:Retained Warmed:Pending
    60000  |                                  | Warmed:Terminating:Retained Warmed:Pending:Wait
  gives the group what is parked, stopped, by way of the launch hook
    0      | putWarmPool poolState Stopped  |
    10000  | complete on-launch #0 CONTINUE | Warmed:Pending:Proceed
    59300  | setDesiredCapacity web 1       | Warmed:Stopped
    10700  | complete on-launch #0 CONTINUE | Pending:Proceed
            | lifecycle: 70000 Pending, 75700 Pending:Wait, 80000 Pending:Proceed
    10000  |                                | InService | events: launch EC2 WarmPool, launch WarmPool AutoScalingGroup
  gives the group what is parked, running, by way of the launch hook
    0      | putWarmPool poolState Running  |
    10000  | complete on-launch #0 CONTINUE | Warmed:Pending:Proceed
    59300  | setDesiredCapacity web 1       | Warmed:Running
    10700  | complete on-launch #0 CONTINUE | Pending:Proceed
            | lifecycle: 70000 Pending, 70700 Pending:Wait, 80000 Pending:Proceed
    10000  |                                | InService | events: launch EC2 WarmPool, launch WarmPool AutoScalingGroup
  leaves the group to launch where nothing is parked yet
    0      | putWarmPool minSize 1    |
    10000  | setDesiredCapacity web 1 | Warmed:Pending:Wait
    10000  |                          | Warmed:Pending:Wait Pending:Wait
            | events: launch EC2 WarmPool, launch EC2 AutoScalingGroup
  is deleted with what is in it, by the terminate hook
    0      | putWarmPool poolState Running     |
    10000  | complete on-launch #0 CONTINUE    | Warmed:Pending:Proceed
    10000  | deleteWarmPool web                | Warmed:Running
    10000  | complete on-terminate #0 CONTINUE | Warmed:Terminating:Proceed
           | lifecycle: 20700 Warmed:Terminating:Wait, 30000 Warmed:Terminating:Proceed
    60000  |                                   | | events: launch EC2 WarmPool, terminate WarmPool EC2
`);

describeCourses(
  "a warm pool without hooks",
  empty,
)(`
  replaces one that is terminated while it is parked
    0      | putWarmPool poolState Stopped |
    20000  | terminateInstance #0          | Warmed:Stopped
    120000 |                               | Warmed:Stopped
            | lifecycle: 35000 Warmed:Terminating:Proceed | in EC2: terminated stopped
  isn't filled, nor taken from, while the group launches nobody | maxSize 2
    0      | putWarmPool poolState Running, maxGroupPreparedCapacity 1 |
    20000  | suspendProcesses web ["Launch","Terminate"]; setDesiredCapacity web 1 | Warmed:Running
    40000  | resumeProcesses web ["Launch","Terminate"] | Pending
    10000  |                                            | InService
            | lifecycle: 60000 Pending, 60700 Pending:Proceed, 61400 InService
`);

describeCourses("a warm pool that is to be used again", { maxSize: 1 })(`
  takes a member back by the terminate hook
    20000  | addHooks on-launch on-terminate; putWarmPool reuseOnScaleIn true | InService
    0      | setDesiredCapacity web 0          | InService
    10000  | complete on-terminate #0 CONTINUE | Warmed:Pending:Proceed
    30000  |                                   | Warmed:Stopped | events: terminate AutoScalingGroup WarmPool
           | lifecycle: 20700 Warmed:Pending:Wait, 30000 Warmed:Pending:Proceed, 40700 Warmed:Stopped
  takes a member back also after ABANDON
    20000  | addHooks on-launch on-terminate; putWarmPool reuseOnScaleIn true | InService
    0      | setDesiredCapacity web 0         | InService
    10000  | complete on-terminate #0 ABANDON | Warmed:Pending:Proceed
    30000  |                                  | Warmed:Stopped
  retains a member on its way back that is abandoned, where the group does that, until it is asked again | retainsAbandoned true
    20000  | addHooks on-terminate; putWarmPool reuseOnScaleIn true; setDesiredCapacity web 0 | InService
    10000  | complete on-terminate #0 ABANDON  | Warmed:Pending:Retained Warmed:Pending
    30000  | replaceInstance #0                | Warmed:Terminating:Wait Warmed:Stopped
    0      | complete on-terminate #0 CONTINUE | Warmed:Terminating:Proceed Warmed:Stopped
    30000  |                                   | Warmed:Stopped
            | events: terminate AutoScalingGroup WarmPool, terminate WarmPool EC2
  doesn't take back who never was in service
    0      | addHooks on-launch |
    20000  | putWarmPool reuseOnScaleIn true, maxGroupPreparedCapacity 0; setDesiredCapacity web 0 | Pending:Wait
    1000   |                    | Terminating:Proceed | events: launch EC2 AutoScalingGroup
`);

describe("a warm pool", () => {
  for (const [desiredCapacity, parts, size] of [
    [1, {}, 2],
    [3, {}, 0],
    [1, { maxGroupPreparedCapacity: 2 }, 1],
    [2, { maxGroupPreparedCapacity: 1 }, 0],
    [2, { maxGroupPreparedCapacity: 1, minSize: 2 }, 2],
  ] as const) {
    it(`of ${JSON.stringify(parts)} is ${size} for a group of ${desiredCapacity} of 3`, async () => {
      const stage = openGroup({ desiredCapacity });
      await stage.pass(30_000);
      stage.autoScaling.putWarmPool("web", { ...stopped, ...parts });
      await stage.pass(60_000);
      const warm = statesOf(stage).filter((state) => state === "Warmed:Stopped");
      assert.deepEqual([warm.length, stage.ec2.instances.size], [size, desiredCapacity + size]);
    });
  }

  it("is entered while the instance is pending, where that is the answer drawn", async () => {
    const stage = openGroup({ ...empty, hooks }, { waitsWhilePending: true });
    stage.autoScaling.putWarmPool("web", stopped);
    await stage.pass(20_000);
    assert.deepEqual(lifecycleOf(stage, onlyMember(stage)), ["1400 Warmed:Pending:Wait"]);
  });

  it("is gone once it is deleted and empty", async () => {
    const stage = openGroup(empty);
    const { autoScaling } = stage;
    autoScaling.putWarmPool("web", stopped);
    await stage.pass(30_000);
    autoScaling.deleteWarmPool("web");
    await stage.pass(10_000);
    assert.equal(stage.group.warmPool?.isPendingDelete, true);
    await stage.pass(60_000);
    assert.equal(stage.group.warmPool, undefined);
    const remove = () => {
      autoScaling.deleteWarmPool("web");
    };
    assertInvalid(stage, remove, "No warm pool found for group web");
  });
});
