import assert from "node:assert/strict";
import { describeCourses } from "./courses";
import { launchHook, lifecycleOf, onlyMember, openGroup, statesOf, terminateHook } from "./groups";
import { refusal } from "../services";

const terminateFirst = {
  minHealthyPercentage: 90,
  maxHealthyPercentage: 100,
  instanceWarmupSeconds: 0,
};
const launchFirst = { ...terminateFirst, minHealthyPercentage: 100, maxHealthyPercentage: 110 };

/** A group of three, in service. */
async function openTrio() {
  const stage = openGroup({ desiredCapacity: 3 });
  await stage.pass(60_000);
  return stage;
}

describeCourses("an instance refresh", { desiredCapacity: 3 })(`
  terminates as many at once as the least healthy percentage lets it
    60000  | refresh Rolling 30 100 0 | Terminating:Proceed Terminating:Proceed InService Pending Pending
  waits for new members to warm up before it goes on | desiredCapacity 2
    60000  | refresh Rolling 90 100 30 | Terminating:Proceed InService Pending
    50399  |                           | InService InService | members: 1 2
    1      |                           | Terminating:Proceed InService Pending | members: 1 2 3
  leaves those on standby as they are
    60000  | enterStandby web #0 true | EnteringStandby InService InService
    10000  | refresh Rolling 90 100 0 | Standby Terminating:Proceed InService Pending
    60000  |                          | Standby InService InService | members: 0 3 4 | refreshing: false
  replaces nobody more once it is cancelled, and ends what was launched beyond the desired capacity
    60000  | refresh Rolling 100 110 0 | InService InService InService Pending
    0      | cancelInstanceRefresh web | Terminating:Proceed InService InService Pending | refreshing: false
    120000 |                           | InService InService InService
  leaves those that are protected from scale-in as they are
    60000  | setInstanceProtection web #0 true | InService InService InService
    0      | refresh Rolling 90 100 0          | InService Terminating:Proceed InService Pending
    120000 |                                   | InService InService InService | members: 0 3 4 | refreshing: false
  exchanges no root volumes beside a warm pool
    60000  | putWarmPool maxGroupPreparedCapacity 0 | InService InService InService
    0      | refresh ReplaceRootVolume 90 100 0     | InService InService InService
           | refused: AutoScalingGroup web has a warm pool, which ReplaceRootVolume doesn't go with.
    0      | refresh Rolling 90 100 0               | Terminating:Proceed InService InService Pending
`);

describe("AutoScaling.startInstanceRefresh", () => {
  for (const [what, preferences, fewest, most] of [
    ["terminating first", terminateFirst, 2, 3],
    ["launching first where more are allowed than are desired", launchFirst, 3, 4],
  ] as const) {
    it(`replaces one after the other, ${what}`, async () => {
      const stage = await openTrio();
      const old = [...stage.group.members.keys()];
      const counts: number[] = [];
      stage.autoScaling.onTouch(() => {
        counts.push(statesOf(stage).filter((state) => state === "InService").length);
      });
      stage.autoScaling.startInstanceRefresh("web", "Rolling", preferences);
      await stage.pass(300_000);
      assert.equal(stage.autoScaling.isRefreshing("web"), false);
      assert.deepEqual(statesOf(stage), ["InService", "InService", "InService"]);
      assert.ok(old.every((id) => !stage.group.members.has(id)));
      assert.deepEqual([Math.min(...counts), Math.max(...counts)], [fewest, most]);
    });
  }

  it("may round down what is to stay healthy, and what is allowed beyond, but replaces one at least", async () => {
    const stage = await openTrio();
    const { faults } = stage.services;
    faults.undocumented = { ...faults.undocumented, refreshRoundsUp: false };
    const preferences = { ...terminateFirst, minHealthyPercentage: 50 };
    stage.autoScaling.startInstanceRefresh("web", "Rolling", preferences);
    // Half of three is two when rounded up.
    const leaving = statesOf(stage).filter((state) => state === "Terminating:Proceed");
    assert.equal(leaving.length, 2);
    await stage.pass(300_000);
    stage.autoScaling.startInstanceRefresh("web", "Rolling", launchFirst);
    assert.equal(stage.group.members.size, 4);
  });

  it("refuses a second one of the same group while the first is under way", async () => {
    const { autoScaling } = await openTrio();
    const start = () => {
      autoScaling.startInstanceRefresh("web", "Rolling", terminateFirst);
    };
    start();
    const message =
      "An Instance Refresh is already in progress and blocks the execution of this Instance Refresh.";
    assert.throws(start, refusal("InstanceRefreshInProgress", message));
  });

  it("exchanges root volumes alone, held by both hooks, and launches nothing", async () => {
    const stage = openGroup();
    const { autoScaling } = stage;
    await stage.pass(60_000);
    const instanceId = onlyMember(stage);
    stage.group.hooks.push(launchHook, terminateHook);
    autoScaling.startInstanceRefresh("web", "ReplaceRootVolume", terminateFirst);
    for (const { name } of [terminateHook, launchHook]) {
      await stage.pass(10_000);
      autoScaling.completeLifecycleAction("web", name, { instanceId }, "CONTINUE");
    }
    await stage.pass(60_000);
    assert.equal(autoScaling.isRefreshing("web"), false);
    assert.deepEqual(lifecycleOf(stage, instanceId).slice(2), [
      "60000 ReplacingRootVolume",
      "60700 ReplacingRootVolume:Wait",
      "70000 ReplacingRootVolume:Proceed",
      "75000 RootVolumeReplaced",
      "75700 Pending",
      "75700 Pending:Wait",
      "80000 Pending:Proceed",
      "80700 InService",
    ]);
    assert.equal(stage.ec2.instances.size, 1);
    const actions = stage.events.map(({ event: { detailType, detail } }) => [
      detailType,
      detail.Origin,
      detail.Destination,
      detail.Action,
    ]);
    const route = ["AutoScalingGroup", "AutoScalingGroup", "ReplaceRootVolume"];
    assert.deepEqual(actions, [
      ["EC2 Instance-terminate Lifecycle Action", ...route],
      ["EC2 Instance-launch Lifecycle Action", ...route],
    ]);
  });
});

describe("AutoScaling.cancelInstanceRefresh", () => {
  it("does nothing where none is under way", async () => {
    const stage = await openTrio();
    const { length } = stage.services.journal.entries;
    stage.autoScaling.cancelInstanceRefresh("web");
    await stage.pass(120_000);
    assert.equal(stage.services.journal.entries.length, length);
  });
});
