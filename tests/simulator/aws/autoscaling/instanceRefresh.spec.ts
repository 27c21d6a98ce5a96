import assert from "node:assert/strict";
import type { RefreshPreferences } from "../../../../simulator/aws/autoscaling/group";
import {
  type GroupStage,
  launchHook,
  lifecycleOf,
  onlyMember,
  openGroup,
  operations,
  statesOf,
  terminateHook,
} from "./groups";
import { refusal } from "../services";

const { complete } = operations;

const terminateFirst: RefreshPreferences = {
  minHealthyPercentage: 90,
  maxHealthyPercentage: 100,
  instanceWarmupSeconds: 0,
};
const launchFirst = { ...terminateFirst, minHealthyPercentage: 100, maxHealthyPercentage: 110 };

/** Lets time go by until a refresh is over; gives the states of all members at every change. */
async function follow(stage: GroupStage): Promise<string[]> {
  const seen: string[] = [];
  stage.autoScaling.onTouch(() => seen.push(statesOf(stage).join(" ")));
  for (let passed = 0; stage.autoScaling.isRefreshing("web"); passed += 700) {
    assert.ok(passed < 600_000, "the refresh doesn't end");
    await stage.pass(700);
  }
  return seen;
}

async function openTrio(): Promise<GroupStage> {
  const stage = openGroup({ desiredCapacity: 3 });
  await stage.pass(60_000);
  return stage;
}

describe("AutoScaling.startInstanceRefresh", () => {
  it("replaces one after the other, terminating first", async () => {
    const stage = await openTrio();
    const old = [...stage.group.members.keys()];
    stage.autoScaling.startInstanceRefresh("web", "Rolling", terminateFirst);
    const seen = await follow(stage);
    assert.deepEqual(statesOf(stage), ["InService", "InService", "InService"]);
    assert.deepEqual(
      old.filter((id) => stage.group.members.has(id)),
      [],
    );
    assert.ok(seen.every((states) => states.split("Terminating:Proceed").length <= 2));
    assert.ok(seen.every((states) => states.split("InService").length > 2));
  });

  it("terminates as many at once as the least healthy percentage lets it", async () => {
    const stage = await openTrio();
    const preferences = { ...terminateFirst, minHealthyPercentage: 30 };
    stage.autoScaling.startInstanceRefresh("web", "Rolling", preferences);
    assert.deepEqual(statesOf(stage).slice(0, 3), [
      "Terminating:Proceed",
      "Terminating:Proceed",
      "InService",
    ]);
  });

  it("may round down what is to stay healthy, and what is allowed beyond, but replaces one at least", async () => {
    const stage = await openTrio();
    stage.services.faults.undocumented = {
      ...stage.services.faults.undocumented,
      refreshRoundsUp: false,
    };
    const preferences = { ...terminateFirst, minHealthyPercentage: 50 };
    stage.autoScaling.startInstanceRefresh("web", "Rolling", preferences);
    const leaving = () => statesOf(stage).filter((state) => state === "Terminating:Proceed").length;
    // Half of three is two when rounded up.
    assert.equal(leaving(), 2);
    await follow(stage);
    stage.autoScaling.startInstanceRefresh("web", "Rolling", launchFirst);
    assert.equal(stage.group.members.size, 4);
  });

  it("launches first where more are allowed than are desired", async () => {
    const stage = await openTrio();
    const old = [...stage.group.members.keys()];
    stage.autoScaling.startInstanceRefresh("web", "Rolling", launchFirst);
    const seen = await follow(stage);
    assert.deepEqual(
      old.filter((id) => stage.group.members.has(id)),
      [],
    );
    const counts = seen.map((states) => states.split("InService").length - 1);
    assert.equal(Math.min(...counts), 3);
    assert.equal(Math.max(...counts), 4);
  });

  it("waits for new members to warm up before it goes on", async () => {
    const stage = openGroup({ desiredCapacity: 2 });
    await stage.pass(60_000);
    const [, second = ""] = stage.group.members.keys();
    stage.autoScaling.startInstanceRefresh("web", "Rolling", {
      ...terminateFirst,
      instanceWarmupSeconds: 30,
    });
    await follow(stage);
    // The first goes at 60 s, is gone at 80 s, and seen to be, with its successor in service, at 80.3 s.
    assert.deepEqual(lifecycleOf(stage, second).slice(-1), ["110400 Terminating:Proceed"]);
  });

  it("leaves those on standby as they are", async () => {
    const stage = await openTrio();
    const [first = "", ...others] = stage.group.members.keys();
    stage.autoScaling.enterStandby("web", first, true);
    await stage.pass(10_000);
    stage.autoScaling.startInstanceRefresh("web", "Rolling", terminateFirst);
    await follow(stage);
    assert.deepEqual(statesOf(stage), ["Standby", "InService", "InService"]);
    assert.deepEqual(
      [first, ...others].filter((id) => stage.group.members.has(id)),
      [first],
    );
  });

  it("refuses a second one of the same group while the first is under way", async () => {
    const stage = await openTrio();
    stage.autoScaling.startInstanceRefresh("web", "Rolling", terminateFirst);
    const message =
      "An Instance Refresh is already in progress and blocks the execution of this Instance Refresh.";
    assert.throws(
      () => {
        stage.autoScaling.startInstanceRefresh("web", "Rolling", terminateFirst);
      },
      refusal("InstanceRefreshInProgress", message),
    );
  });

  it("exchanges root volumes alone, held by both hooks, and launches nothing", async () => {
    const stage = openGroup();
    await stage.pass(60_000);
    const id = onlyMember(stage);
    stage.group.hooks.push(launchHook, terminateHook);
    stage.autoScaling.startInstanceRefresh("web", "ReplaceRootVolume", terminateFirst);
    await stage.pass(10_000);
    complete(terminateHook, "CONTINUE")(stage, [id]);
    await stage.pass(10_000);
    complete(launchHook, "CONTINUE")(stage, [id]);
    await follow(stage);
    assert.deepEqual(lifecycleOf(stage, id).slice(2), [
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
  it("replaces nobody more and ends what was launched beyond the desired capacity", async () => {
    const stage = await openTrio();
    stage.autoScaling.startInstanceRefresh("web", "Rolling", launchFirst);
    assert.equal(statesOf(stage).length, 4);
    stage.autoScaling.cancelInstanceRefresh("web");
    assert.equal(stage.autoScaling.isRefreshing("web"), false);
    await stage.pass(120_000);
    assert.deepEqual(statesOf(stage), ["InService", "InService", "InService"]);
  });

  it("does nothing where none is under way", async () => {
    const stage = await openTrio();
    const { length } = stage.services.journal.entries;
    stage.autoScaling.cancelInstanceRefresh("web");
    await stage.pass(120_000);
    assert.equal(stage.services.journal.entries.length, length);
  });
});
