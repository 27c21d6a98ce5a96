import assert from "node:assert/strict";
import type { Ec2Change } from "../../../../simulator/aws/ec2/ec2";
import {
  addInterface,
  type Ec2Stage,
  openEc2,
  passQuickly,
  refusal,
  runInstance,
  START_MS,
  subnet,
} from "../services";

/** Writes down which states an instance enters, and when. */
function watchStates({ services, ec2 }: Ec2Stage): string[] {
  const seen: string[] = [];
  ec2.onChange((change: Ec2Change) => {
    if (change.kind !== "instance") return;
    seen.push(`${services.clock.nowMs - START_MS} ${change.instance.state}`);
  });
  return seen;
}

async function attachTo(stage: Ec2Stage, instanceId: string) {
  const networkInterface = addInterface(stage, 10);
  const { id } = stage.ec2.attachNetworkInterface("eni-10", instanceId, 1, 0);
  await passQuickly(stage.services, 1_000);
  return { networkInterface, attachmentId: id };
}

describe("Ec2.runInstance", () => {
  it("tells listeners and journal of pending at once and of running some time later", async () => {
    const stage = openEc2();
    const seen = watchStates(stage);
    const { id } = stage.ec2.runInstance("t4g.micro", subnet, {});
    await passQuickly(stage.services, 60_000);
    assert.deepEqual(seen, ["0 pending", "5000 running"]);
    assert.deepEqual(stage.services.journal.entries, [
      {
        atMs: 0,
        source: "aws",
        text: `${id} is pending`,
        facts: { instanceId: id, state: "pending" },
      },
      {
        atMs: 5_000,
        source: "aws",
        text: `${id} is running`,
        facts: { instanceId: id, state: "running" },
      },
    ]);
  });

  it("gives the instance a primary interface that is there at once", () => {
    const { ec2 } = openEc2();
    const { id } = ec2.runInstance("t4g.micro", subnet, {});
    const primaries = ec2.interfacesOf(id).map(({ attachment }) => attachment);
    assert.deepEqual(primaries, [
      {
        id: primaries[0]?.id,
        instanceId: id,
        deviceIndex: 0,
        networkCardIndex: 0,
        status: "attached",
        deleteOnTermination: true,
        attachTimeMs: START_MS,
      },
    ]);
  });

  it("gives the instance the tags, and its primary interface none", () => {
    const { ec2 } = openEc2();
    const tags = { pool: "licence" };
    const instance = ec2.runInstance("t4g.micro", subnet, tags);
    tags.pool = "changed later";
    assert.deepEqual(instance.tags, { pool: "licence" });
    assert.deepEqual(ec2.interfacesOf(instance.id)[0]?.tags, {});
  });

  it("does not model every instance type", () => {
    const { ec2 } = openEc2();
    assert.throws(() => ec2.runInstance("x1.32xlarge", subnet, {}), {
      message: /^the simulator doesn't model instance type x1.32xlarge, but t3.micro, /,
    });
    assert.equal(ec2.instances.size, 0);
  });
});

describe("Ec2.stopInstance and Ec2.startInstance", () => {
  it("stop and start an instance, each in its time", async () => {
    const stage = openEc2();
    const { id } = await runInstance(stage);
    const seen = watchStates(stage);
    stage.ec2.stopInstance(id);
    await passQuickly(stage.services, 60_000);
    stage.ec2.startInstance(id);
    await passQuickly(stage.services, 60_000);
    assert.deepEqual(seen, ["5000 stopping", "15000 stopped", "65000 pending", "70000 running"]);
  });

  it("leave secondary interfaces on the instance", async () => {
    const stage = openEc2();
    const { id } = await runInstance(stage);
    const { networkInterface } = await attachTo(stage, id);
    stage.ec2.stopInstance(id);
    await passQuickly(stage.services, 7_200_000);
    assert.equal(networkInterface.attachment?.status, "attached");
    stage.ec2.startInstance(id);
    await passQuickly(stage.services, 60_000);
    assert.equal(networkInterface.attachment.instanceId, id);
  });

  it("refuse an instance that is in another state", async () => {
    const stage = openEc2();
    const { id } = stage.ec2.runInstance("t4g.micro", subnet, {});
    const stop = () => {
      stage.ec2.stopInstance(id);
    };
    const start = () => {
      stage.ec2.startInstance(id);
    };
    const isIn = (state: string) =>
      refusal("IncorrectState", `Instance '${id}' is in state '${state}'.`);
    assert.throws(stop, isIn("pending"));
    assert.throws(start, isIn("pending"));
    await passQuickly(stage.services, 5_000);
    assert.throws(start, isIn("running"));
    stop();
    assert.throws(stop, isIn("stopping"));
    assert.throws(start, isIn("stopping"));
    await passQuickly(stage.services, 10_000);
    assert.throws(stop, isIn("stopped"));
  });

  it("refuse an instance that does not exist", () => {
    const { ec2 } = openEc2();
    const unknown = refusal("InvalidInstanceID.NotFound", "The instance ID 'i-99' does not exist");
    assert.throws(() => {
      ec2.stopInstance("i-99");
    }, unknown);
    assert.throws(() => {
      ec2.startInstance("i-99");
    }, unknown);
  });
});

describe("Ec2.terminateInstance", () => {
  it("shuts a running instance down, and terminates it some time later", async () => {
    const stage = openEc2();
    const { id } = await runInstance(stage);
    const seen = watchStates(stage);
    stage.ec2.terminateInstance(id);
    await passQuickly(stage.services, 60_000);
    assert.deepEqual(seen, ["5000 shutting-down", "25000 terminated"]);
  });

  it("ends a pending instance that then never runs", async () => {
    const stage = openEc2();
    const { id } = stage.ec2.runInstance("t4g.micro", subnet, {});
    const seen = watchStates(stage);
    stage.ec2.terminateInstance(id);
    await passQuickly(stage.services, 60_000);
    assert.deepEqual(seen, ["0 shutting-down", "20000 terminated"]);
  });

  it("ends a stopping instance that then never is stopped", async () => {
    const stage = openEc2();
    const { id } = await runInstance(stage);
    stage.ec2.stopInstance(id);
    const seen = watchStates(stage);
    stage.ec2.terminateInstance(id);
    await passQuickly(stage.services, 60_000);
    assert.deepEqual(seen, ["5000 shutting-down", "25000 terminated"]);
  });

  it("does nothing the second time", async () => {
    const stage = openEc2();
    const { id } = await runInstance(stage);
    const seen = watchStates(stage);
    stage.ec2.terminateInstance(id);
    stage.ec2.terminateInstance(id);
    await passQuickly(stage.services, 60_000);
    stage.ec2.terminateInstance(id);
    await passQuickly(stage.services, 60_000);
    assert.deepEqual(seen, ["5000 shutting-down", "25000 terminated"]);
  });

  it("refuses an instance that does not exist", () => {
    const { ec2 } = openEc2();
    assert.throws(
      () => {
        ec2.terminateInstance("i-99");
      },
      refusal("InvalidInstanceID.NotFound", "The instance ID 'i-99' does not exist"),
    );
  });

  it("deletes the primary interface with the instance, not before", async () => {
    const stage = openEc2();
    const { id } = await runInstance(stage);
    const [primary] = stage.ec2.interfaces.keys();
    stage.ec2.terminateInstance(id);
    await passQuickly(stage.services, 19_999);
    assert.deepEqual([...stage.ec2.interfaces.keys()], [primary]);
    await passQuickly(stage.services, 1);
    assert.deepEqual([...stage.ec2.interfaces.keys()], []);
  });

  it("leaves other interfaces on the instance, and releases them some time after its end", async () => {
    const stage = openEc2();
    const { id } = await runInstance(stage);
    const { networkInterface } = await attachTo(stage, id);
    const kinds: string[] = [];
    stage.ec2.terminateInstance(id);
    await passQuickly(stage.services, 20_000);
    stage.ec2.onChange(({ kind }) => kinds.push(kind));
    await passQuickly(stage.services, 29_999);
    assert.equal(networkInterface.attachment?.status, "attached");
    assert.deepEqual(kinds, []);
    await passQuickly(stage.services, 1);
    assert.equal(networkInterface.attachment, undefined);
    assert.deepEqual(kinds, ["detached"]);
  });

  it("releases an interface that was only attaching", async () => {
    const stage = openEc2({ attach: [600_000, 600_000] });
    const networkInterface = addInterface(stage, 10);
    const { id } = await runInstance(stage);
    stage.ec2.attachNetworkInterface("eni-10", id, 1, 0);
    stage.ec2.terminateInstance(id);
    const kinds: string[] = [];
    stage.ec2.onChange(({ kind }) => kinds.push(kind));
    await passQuickly(stage.services, 50_000);
    assert.equal(networkInterface.attachment, undefined);
    await passQuickly(stage.services, 600_000);
    assert.deepEqual(kinds, ["instance", "detached"]);
  });

  it("does not release an interface again that was detached and has another holder", async () => {
    const stage = openEc2();
    const { id } = await runInstance(stage);
    const other = await runInstance(stage);
    const { networkInterface, attachmentId } = await attachTo(stage, id);
    stage.ec2.terminateInstance(id);
    await passQuickly(stage.services, 20_000);
    stage.ec2.detachNetworkInterface(attachmentId, false);
    await passQuickly(stage.services, 2_000);
    stage.ec2.attachNetworkInterface("eni-10", other.id, 1, 0);
    await passQuickly(stage.services, 600_000);
    assert.equal(networkInterface.attachment?.instanceId, other.id);
  });

  it("shows the terminated instance for an hour", async () => {
    const stage = openEc2();
    const { id } = await runInstance(stage);
    stage.ec2.terminateInstance(id);
    await passQuickly(stage.services, 20_000 + 3_599_999);
    assert.equal(stage.ec2.instanceById(id).state, "terminated");
    await passQuickly(stage.services, 1);
    assert.throws(
      () => stage.ec2.instanceById(id),
      refusal("InvalidInstanceID.NotFound", `The instance ID '${id}' does not exist`),
    );
  });
});
