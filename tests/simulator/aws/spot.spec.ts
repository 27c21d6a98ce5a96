import assert from "node:assert/strict";
import { SpotMarket } from "../../../simulator/aws/spot";
import {
  type GroupStage,
  lifecycleOf,
  onlyMember,
  openGroup,
  statesOf,
  terminateHook,
} from "./autoscaling/groups";

function openSpot(stage: GroupStage) {
  const told: unknown[] = [];
  const spot = new SpotMarket({
    ...stage.services,
    ec2: stage.ec2,
    autoScaling: stage.autoScaling,
    emit: (event) => told.push(event),
    arnOf: (resource) => `arn:${resource}`,
  });
  return { spot, told };
}

describe("SpotMarket.reclaim", () => {
  for (const [action, state] of [
    ["terminate", "shutting-down"],
    ["stop", "stopping"],
  ] as const) {
    it(`warns, and two minutes later the instance is ${state}`, async () => {
      const stage = openGroup();
      await stage.pass(60_000);
      const id = onlyMember(stage);
      const { spot, told } = openSpot(stage);
      spot.reclaim(id, action);
      assert.deepEqual(told, [
        {
          source: "aws.ec2",
          detailType: "EC2 Spot Instance Interruption Warning",
          resources: [`arn:instance/${id}`],
          detail: { "instance-id": id, "instance-action": action },
        },
      ]);
      await stage.pass(119_999);
      assert.equal(stage.ec2.instanceById(id).state, "running");
      await stage.pass(1);
      assert.equal(stage.ec2.instanceById(id).state, state);
    });
  }

  it("waits for no lifecycle hook", async () => {
    const stage = openGroup({ desiredCapacity: 1 });
    await stage.pass(60_000);
    const id = onlyMember(stage);
    stage.group.hooks.push({ ...terminateHook, heartbeatTimeoutSeconds: 3_600 });
    openSpot(stage).spot.reclaim(id, "terminate");
    await stage.pass(100_000);
    stage.autoScaling.replaceInstance(id);
    await stage.pass(40_000);
    assert.equal(stage.ec2.instanceById(id).state, "terminated");
    assert.deepEqual(lifecycleOf(stage, id).slice(-1), ["160000 Terminating:Wait"]);
  });

  it("leaves alone what has gone meanwhile", async () => {
    const stage = openGroup();
    await stage.pass(60_000);
    const id = onlyMember(stage);
    openSpot(stage).spot.reclaim(id, "stop");
    stage.ec2.terminateInstance(id);
    await stage.pass(130_000);
    assert.equal(stage.ec2.instanceById(id).state, "terminated");
  });
});

describe("SpotMarket.recommendRebalance", () => {
  it("has a group that rebalances launch a replacement before the member goes", async () => {
    const stage = openGroup({ capacityRebalance: true });
    await stage.pass(60_000);
    const id = onlyMember(stage);
    const { spot, told } = openSpot(stage);
    spot.recommendRebalance(id);
    assert.deepEqual(told, [
      {
        source: "aws.ec2",
        detailType: "EC2 Instance Rebalance Recommendation",
        resources: [`arn:instance/${id}`],
        detail: { "instance-id": id },
      },
    ]);
    assert.deepEqual(statesOf(stage), ["InService", "Pending"]);
    await stage.pass(7_000);
    assert.deepEqual(statesOf(stage), ["Terminating:Proceed", "InService"]);
  });

  it("says nothing to other groups", async () => {
    const stage = openGroup();
    await stage.pass(60_000);
    openSpot(stage).spot.recommendRebalance(onlyMember(stage));
    await stage.pass(60_000);
    assert.deepEqual(statesOf(stage), ["InService"]);
    assert.equal(stage.ec2.instances.size, 1);
  });
});
