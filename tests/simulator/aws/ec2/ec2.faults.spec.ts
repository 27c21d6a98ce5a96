import assert from "node:assert/strict";
import type { Instance } from "../../../../simulator/aws/ec2/ec2";
import {
  addInterface,
  attachOne,
  type Ec2Stage,
  openEc2,
  passQuickly,
  refusal,
  runInstance,
  statusOf,
  subnet,
} from "../services";
import { striking } from "../../striking";

/** EC2 with other answers to what is not documented. */
function openUnlikely() {
  const stage = openEc2();
  stage.services.faults.undocumented = {
    attachesWhilePending: true,
    attachesWhileStopping: true,
    attachesWhileShuttingDown: true,
    staysOnStopped: false,
    refusesWhatIsOff: false,
    tokenOutlivesInterface: false,
    refreshRoundsUp: false,
  };
  return stage;
}

describe("a terminated instance that vanishes", () => {
  it("is gone within 20 seconds, and then holds no interface", async () => {
    const stage = openEc2({ release: [3_600_000, 3_600_000] });
    stage.services.faults.periods.push(
      ...striking("instanceVanishes")(stage.services.clock).periods,
    );
    const { networkInterface, instance } = await attachOne(stage);
    stage.ec2.terminateInstance(instance.id);
    await passQuickly(stage.services, 20_999);
    assert.equal(stage.ec2.instances.has(instance.id), true);
    assert.equal(statusOf(networkInterface), "attached");
    await passQuickly(stage.services, 19_001);
    assert.equal(stage.ec2.instances.has(instance.id), false);
    assert.equal(statusOf(networkInterface), "available");
  });
});

/** An instance on its way into a state, and EC2 as it may be. */
async function inTransition(stage: Ec2Stage, state: string): Promise<Instance> {
  if (state === "pending") return stage.ec2.runInstance("t4g.micro", subnet, {});
  const instance = await runInstance(stage);
  if (state === "stopping") stage.ec2.stopInstance(instance.id);
  else stage.ec2.terminateInstance(instance.id);
  return instance;
}

describe("EC2, where it is not documented,", () => {
  for (const state of ["pending", "stopping", "shutting-down"]) {
    it(`may attach to an instance that is ${state}`, async () => {
      const stage = openUnlikely();
      addInterface(stage, 10);
      const { id } = await inTransition(stage, state);
      assert.equal(stage.ec2.attachNetworkInterface("eni-10", id, 1, 0).instanceId, id);
    });

    it(`may refuse to attach to an instance that is ${state}`, async () => {
      const stage = openEc2();
      addInterface(stage, 10);
      const { id } = await inTransition(stage, state);
      assert.throws(
        () => stage.ec2.attachNetworkInterface("eni-10", id, 1, 0),
        refusal("IncorrectState", `Instance '${id}' is in state '${state}'.`),
      );
    });
  }

  it("attaches to no instance that is terminated", async () => {
    const stage = openUnlikely();
    addInterface(stage, 10);
    const { id } = await inTransition(stage, "shutting-down");
    await passQuickly(stage.services, 20_000);
    assert.throws(
      () => stage.ec2.attachNetworkInterface("eni-10", id, 1, 0),
      refusal("IncorrectState", `Instance '${id}' is in state 'terminated'.`),
    );
  });

  it("may take an interface from an instance that has stopped, but never its primary one", async () => {
    const stage = openUnlikely();
    const { networkInterface, instance } = await attachOne(stage);
    stage.ec2.stopInstance(instance.id);
    await passQuickly(stage.services, 9_999);
    assert.equal(statusOf(networkInterface), "attached");
    await passQuickly(stage.services, 1);
    assert.equal(statusOf(networkInterface), "available");
    assert.equal(stage.ec2.interfacesOf(instance.id).length, 1);
  });

  it("may leave it there", async () => {
    const stage = openEc2();
    const { networkInterface, instance } = await attachOne(stage);
    stage.ec2.stopInstance(instance.id);
    await passQuickly(stage.services, 600_000);
    assert.equal(statusOf(networkInterface), "attached");
  });
});
