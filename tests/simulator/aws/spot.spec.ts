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

/** A group whose member runs, and where EC2 takes it back. */
async function openSpot(group: Parameters<typeof openGroup>[0] = {}) {
  const stage: GroupStage = openGroup(group);
  await stage.pass(60_000);
  const told: unknown[] = [];
  const spot = new SpotMarket({
    ...stage.services,
    ec2: stage.ec2,
    autoScaling: stage.autoScaling,
    emit: (event) => told.push(event),
    arnOf: (resource) => `arn:${resource}`,
  });
  const pass = (ms: number) => stage.pass(ms);
  return { stage, ec2: stage.ec2, pass, spot, told, id: onlyMember(stage) };
}

describe("SpotMarket.reclaim", () => {
  for (const [action, state] of [
    ["terminate", "shutting-down"],
    ["stop", "stopping"],
  ] as const) {
    it(`warns, and two minutes later the instance is ${state}`, async () => {
      const { spot, told, id, pass, ec2 } = await openSpot();
      spot.reclaim(id, action);
      assert.deepEqual(told, [
        {
          source: "aws.ec2",
          detailType: "EC2 Spot Instance Interruption Warning",
          resources: [`arn:instance/${id}`],
          detail: { "instance-id": id, "instance-action": action },
        },
      ]);
      await pass(119_999);
      assert.equal(ec2.instanceById(id).state, "running");
      await pass(1);
      assert.equal(ec2.instanceById(id).state, state);
    });
  }

  it("waits for no lifecycle hook", async () => {
    const { stage, spot, id } = await openSpot();
    stage.group.hooks.push({ ...terminateHook, heartbeatTimeoutSeconds: 3_600 });
    spot.reclaim(id, "terminate");
    await stage.pass(100_000);
    stage.autoScaling.replaceInstance(id);
    await stage.pass(40_000);
    assert.equal(stage.ec2.instanceById(id).state, "terminated");
    assert.deepEqual(lifecycleOf(stage, id).slice(-1), ["160000 Terminating:Wait"]);
  });

  it("leaves alone what has gone meanwhile", async () => {
    const { spot, id, pass, ec2 } = await openSpot();
    spot.reclaim(id, "stop");
    ec2.terminateInstance(id);
    await pass(130_000);
    assert.equal(ec2.instanceById(id).state, "terminated");
  });
});

describe("SpotMarket.recommendRebalance", () => {
  it("has a group that rebalances launch a replacement before the member goes", async () => {
    const { stage, spot, told, id } = await openSpot({ capacityRebalance: true });
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
    const { stage, spot, id } = await openSpot();
    spot.recommendRebalance(id);
    await stage.pass(60_000);
    assert.deepEqual(statesOf(stage), ["InService"]);
    assert.equal(stage.ec2.instances.size, 1);
  });
});
