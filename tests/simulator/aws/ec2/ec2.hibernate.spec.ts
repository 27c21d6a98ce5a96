import assert from "node:assert/strict";
import { attachOne, type Ec2Stage, openEc2, passQuickly, refusal, subnet } from "../services";

/** Writes down which states an instance enters. */
function watchStates({ ec2 }: Ec2Stage): string[] {
  const seen: string[] = [];
  ec2.onChange((change) => {
    if (change.kind === "instance") seen.push(change.instance.state);
  });
  return seen;
}

describe("Ec2.hibernateInstance", () => {
  it("stops the instance, which keeps its interfaces and starts again", async () => {
    const stage = openEc2();
    const { networkInterface, instance } = await attachOne(stage);
    const { id } = instance;
    const seen = watchStates(stage);
    stage.ec2.hibernateInstance(id);
    await passQuickly(stage.services, 10_000);
    stage.ec2.startInstance(id);
    await passQuickly(stage.services, 5_000);
    assert.deepEqual(seen, ["stopping", "stopped", "pending", "running"]);
    assert.equal(networkInterface.attachment?.instanceId, id);
  });

  it("refuses one that doesn't run", () => {
    const { ec2 } = openEc2();
    const { id } = ec2.runInstance("t4g.micro", subnet, {});
    assert.throws(
      () => {
        ec2.hibernateInstance(id);
      },
      refusal("IncorrectState", `Instance '${id}' is in state 'pending'.`),
    );
  });
});

describe("Ec2.rebootInstance", () => {
  it("leaves the instance running to everybody, with its interfaces", async () => {
    const stage = openEc2();
    const { networkInterface, instance } = await attachOne(stage);
    const { id } = instance;
    const seen = watchStates(stage);
    stage.ec2.rebootInstance(id);
    await passQuickly(stage.services, 60_000);
    assert.deepEqual(seen, []);
    assert.equal(stage.ec2.instanceById(id).state, "running");
    assert.equal(networkInterface.attachment?.status, "attached");
  });

  it("refuses one that doesn't run", () => {
    const { ec2 } = openEc2();
    const { id } = ec2.runInstance("t4g.micro", subnet, {});
    assert.throws(
      () => {
        ec2.rebootInstance(id);
      },
      refusal("IncorrectState", `Instance '${id}' is in state 'pending'.`),
    );
  });
});
