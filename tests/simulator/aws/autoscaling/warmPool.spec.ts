import assert from "node:assert/strict";
import type { WarmPool } from "../../../../simulator/aws/autoscaling/group";
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

const stopped: WarmPool = { poolState: "Stopped", minSize: 0, reuseOnScaleIn: false };

/** A group of none to two with a warm pool of one, which isn't ready yet. */
async function openWarm(
  parts: Partial<WarmPool> = {},
  hooks = [launchHook, terminateHook],
): Promise<{ stage: GroupStage; id: string }> {
  const stage = openGroup({ desiredCapacity: 0, maxSize: 1, hooks });
  await stage.pass(1_000);
  stage.autoScaling.putWarmPool("web", { ...stopped, ...parts });
  await stage.pass(9_000);
  return { stage, id: onlyMember(stage) };
}

const complete = (
  { autoScaling }: GroupStage,
  hook: { name: string },
  id: string,
  result: string,
) => {
  autoScaling.completeLifecycleAction("web", hook.name, { instanceId: id }, result);
};

const routesOf = ({ events }: GroupStage) =>
  events.map(({ event: { detailType, detail } }) => [
    detailType.includes("launch") ? "launch" : "terminate",
    detail.Origin,
    detail.Destination,
  ]);

describe("AutoScaling.putWarmPool", () => {
  it("launches what the group could still grow by, or is prepared to, and the least at any rate", async () => {
    const sizes: [desired: number, Partial<WarmPool>, number][] = [
      [1, {}, 2],
      [3, {}, 0],
      [1, { maxGroupPreparedCapacity: 2 }, 1],
      [2, { maxGroupPreparedCapacity: 1 }, 0],
      [2, { maxGroupPreparedCapacity: 1, minSize: 2 }, 2],
    ];
    for (const [desiredCapacity, parts, size] of sizes) {
      const stage = openGroup({ desiredCapacity, maxSize: 3 });
      await stage.pass(30_000);
      stage.autoScaling.putWarmPool("web", { ...stopped, ...parts });
      await stage.pass(60_000);
      const warm = statesOf(stage).filter((state) => state === "Warmed:Stopped");
      assert.equal(warm.length, size, JSON.stringify(parts));
      assert.equal(stage.ec2.instances.size, desiredCapacity + size);
    }
  });

  for (const waitsWhilePending of [false, true]) {
    const when = waitsWhilePending ? "while it is pending" : "once it runs";
    it(`holds an instance by the launch hook on its way in, ${when}`, async () => {
      const stage = openGroup(
        { desiredCapacity: 0, maxSize: 1, hooks: [launchHook, terminateHook] },
        { waitsWhilePending },
      );
      stage.autoScaling.putWarmPool("web", stopped);
      await stage.pass(20_000);
      const waited = waitsWhilePending ? "1400 Warmed:Pending:Wait" : "6400 Warmed:Pending:Wait";
      assert.deepEqual(lifecycleOf(stage, onlyMember(stage)), [waited]);
      assert.deepEqual(routesOf(stage), [["launch", "EC2", "WarmPool"]]);
    });
  }

  it("stops it then, and has it parked once EC2 has stopped it", async () => {
    const { stage, id } = await openWarm();
    complete(stage, launchHook, id, "CONTINUE");
    await stage.pass(60_000);
    assert.deepEqual(lifecycleOf(stage, id).slice(1), [
      "10000 Warmed:Pending:Proceed",
      "20700 Warmed:Stopped",
    ]);
    assert.equal(stage.ec2.instanceById(id).state, "stopped");
  });

  it("hibernates it, or lets it run", async () => {
    for (const [poolState, state] of [
      ["Hibernated", "stopped"],
      ["Running", "running"],
    ] as const) {
      const { stage, id } = await openWarm({ poolState });
      complete(stage, launchHook, id, "CONTINUE");
      await stage.pass(60_000);
      assert.deepEqual(statesOf(stage), [`Warmed:${poolState}`]);
      assert.equal(stage.ec2.instanceById(id).state, state);
      const said = stage.services.journal.entries.map(({ text }) => text);
      assert.equal(said.includes(`${id} hibernates`), poolState === "Hibernated");
    }
  });

  it("terminates one whose launch is abandoned, and launches another", async () => {
    const { stage, id } = await openWarm();
    complete(stage, launchHook, id, "ABANDON");
    assert.deepEqual(statesOf(stage), ["Warmed:Terminating:Wait", "Warmed:Pending"]);
    complete(stage, terminateHook, id, "CONTINUE");
    await stage.pass(60_000);
    assert.equal(stage.ec2.instanceById(id).state, "terminated");
    assert.equal(stage.group.members.has(id), false);
    assert.deepEqual(routesOf(stage)[1], ["terminate", "WarmPool", "EC2"]);
  });

  it("replaces one that is terminated while it is parked", async () => {
    const { stage, id } = await openWarm({}, []);
    await stage.pass(60_000);
    assert.deepEqual(statesOf(stage), ["Warmed:Stopped"]);
    stage.ec2.terminateInstance(id);
    await stage.pass(120_000);
    assert.deepEqual(statesOf(stage), ["Warmed:Stopped"]);
    assert.notEqual(onlyMember(stage), id);
  });
});

describe("a group with a warm pool", () => {
  for (const [poolState, startMs] of [
    ["Stopped", 5_700],
    ["Running", 700],
  ] as const) {
    it(`takes what is parked, ${poolState}, by way of the launch hook`, async () => {
      const { stage, id } = await openWarm({ poolState });
      complete(stage, launchHook, id, "CONTINUE");
      await stage.pass(50_000);
      stage.autoScaling.setDesiredCapacity("web", 1);
      await stage.pass(10_000);
      assert.deepEqual(lifecycleOf(stage, id).slice(3), [
        "60700 Pending",
        `${60_700 + startMs} Pending:Wait`,
      ]);
      assert.deepEqual(routesOf(stage)[1], ["launch", "WarmPool", "AutoScalingGroup"]);
      complete(stage, launchHook, id, "CONTINUE");
      await stage.pass(10_000);
      assert.deepEqual(statesOf(stage), ["InService"]);
      assert.equal(stage.ec2.instances.size, 1);
    });
  }

  it("launches where nothing is parked yet", async () => {
    const { stage, id } = await openWarm({ minSize: 1 });
    stage.autoScaling.setDesiredCapacity("web", 1);
    await stage.pass(10_000);
    assert.deepEqual(statesOf(stage), ["Warmed:Pending:Wait", "Pending:Wait"]);
    assert.equal(membersOf(stage)[0]?.instance.id, id);
  });

  it("takes members back into it by the terminate hook, if it is to, whatever is answered", async () => {
    for (const result of ["CONTINUE", "ABANDON"]) {
      const stage = openGroup({ maxSize: 1 });
      await stage.pass(20_000);
      const id = onlyMember(stage);
      stage.group.hooks.push(launchHook, terminateHook);
      stage.autoScaling.putWarmPool("web", { ...stopped, reuseOnScaleIn: true });
      stage.autoScaling.setDesiredCapacity("web", 0);
      await stage.pass(10_000);
      assert.deepEqual(routesOf(stage), [["terminate", "AutoScalingGroup", "WarmPool"]]);
      complete(stage, terminateHook, id, result);
      await stage.pass(30_000);
      assert.deepEqual(lifecycleOf(stage, id).slice(2), [
        "20700 Warmed:Pending:Wait",
        "30000 Warmed:Pending:Proceed",
        "40700 Warmed:Stopped",
      ]);
    }
  });

  it("doesn't take back who never was in service", async () => {
    const stage = openGroup({ maxSize: 1, hooks: [launchHook] });
    await stage.pass(20_000);
    const id = onlyMember(stage);
    stage.autoScaling.putWarmPool("web", { ...stopped, reuseOnScaleIn: true });
    stage.autoScaling.setDesiredCapacity("web", 0);
    await stage.pass(1_000);
    assert.equal(stage.group.members.get(id)?.lifecycleState, "Terminating:Proceed");
  });
});

describe("AutoScaling.deleteWarmPool", () => {
  it("terminates what is in it, by the terminate hook, and is gone with the last", async () => {
    const { stage, id } = await openWarm({ poolState: "Running" });
    complete(stage, launchHook, id, "CONTINUE");
    await stage.pass(10_000);
    stage.autoScaling.deleteWarmPool("web");
    await stage.pass(10_000);
    assert.deepEqual(statesOf(stage), ["Warmed:Terminating:Wait"]);
    assert.equal(stage.group.warmPool?.isPendingDelete, true);
    assert.equal(stage.autoScaling.isParked(id), true);
    complete(stage, terminateHook, id, "CONTINUE");
    await stage.pass(60_000);
    assert.deepEqual(statesOf(stage), []);
    assert.equal(stage.group.warmPool, undefined);
    assert.equal(stage.autoScaling.isParked(id), false);
  });

  it("refuses a group that has none", () => {
    const stage = openGroup();
    assert.throws(
      () => {
        stage.autoScaling.deleteWarmPool("web");
      },
      refusal("ValidationError", "No warm pool found for group web"),
    );
  });
});
