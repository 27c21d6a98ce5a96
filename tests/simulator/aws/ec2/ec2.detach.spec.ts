import assert from "node:assert/strict";
import {
  addInterface,
  attachOne,
  openEc2,
  passQuickly,
  refusal,
  runInstance,
  statusOf,
} from "../services";

describe("Ec2.detachNetworkInterface", () => {
  it("is detaching at first and available some time later", async () => {
    const stage = openEc2();
    const { networkInterface, attachmentId } = await attachOne(stage);
    stage.ec2.detachNetworkInterface(attachmentId, false);
    assert.equal(statusOf(networkInterface), "detaching");
    await passQuickly(stage.services, 1_999);
    assert.equal(statusOf(networkInterface), "detaching");
    await passQuickly(stage.services, 1);
    assert.equal(statusOf(networkInterface), "available");
  });

  it("tells listeners and journal when the interface is off, not before", async () => {
    const stage = openEc2();
    const { networkInterface, instance, attachmentId } = await attachOne(stage);
    const changes: unknown[] = [];
    stage.ec2.onChange((change) => changes.push(change));
    stage.ec2.detachNetworkInterface(attachmentId, false);
    await passQuickly(stage.services, 1_999);
    assert.deepEqual(changes, []);
    await passQuickly(stage.services, 1);
    assert.deepEqual(changes, [{ kind: "detached", networkInterface, instanceId: instance.id }]);
    assert.deepEqual(stage.services.journal.entries.at(-1), {
      atMs: 8_000,
      source: "aws",
      text: `10.0.0.10 is off ${instance.id}`,
      facts: { networkInterfaceId: "eni-10", address: "10.0.0.10", instanceId: instance.id },
    });
  });

  it("leaves the device index to the next interface", async () => {
    const stage = openEc2();
    const { instance, attachmentId } = await attachOne(stage);
    addInterface(stage, 11);
    stage.ec2.detachNetworkInterface(attachmentId, false);
    await passQuickly(stage.services, 2_000);
    stage.ec2.attachNetworkInterface("eni-11", instance.id, 1, 0);
    assert.equal(statusOf(stage.ec2.interfaceById("eni-11")), "attaching");
  });

  it("refuses an attachment that does not exist", () => {
    const { ec2 } = openEc2();
    assert.throws(
      () => {
        ec2.detachNetworkInterface("eni-attach-99", false);
      },
      refusal("InvalidAttachmentID.NotFound", "The attachment ID 'eni-attach-99' does not exist"),
    );
  });

  it("refuses an attachment that is over", async () => {
    const stage = openEc2();
    const { attachmentId } = await attachOne(stage);
    stage.ec2.detachNetworkInterface(attachmentId, false);
    await passQuickly(stage.services, 2_000);
    assert.throws(
      () => {
        stage.ec2.detachNetworkInterface(attachmentId, false);
      },
      refusal("InvalidAttachmentID.NotFound", `The attachment ID '${attachmentId}' does not exist`),
    );
  });

  for (const force of [false, true]) {
    it(`refuses the primary interface${force ? ", by force too" : ""}`, async () => {
      const stage = openEc2();
      const { id } = await runInstance(stage);
      const [primary] = stage.ec2.interfacesOf(id);
      assert.throws(
        () => {
          stage.ec2.detachNetworkInterface(primary?.attachment?.id ?? "", force);
        },
        refusal(
          "OperationNotPermitted",
          "The network interface at device index 0 and networkCard index 0 cannot be detached.",
        ),
      );
    });

    it(`refuses an interface that is still attaching${force ? ", by force too" : ""}`, async () => {
      const stage = openEc2();
      addInterface(stage, 10);
      const instance = await runInstance(stage);
      const { id } = stage.ec2.attachNetworkInterface("eni-10", instance.id, 1, 0);
      assert.throws(
        () => {
          stage.ec2.detachNetworkInterface(id, force);
        },
        refusal("IncorrectState", `Attachment ${id} is attaching.`),
      );
      await passQuickly(stage.services, 1_000);
      assert.equal(statusOf(stage.ec2.interfaceById("eni-10")), "attached");
    });
  }

  it("takes an interface off device index 0 of a further network card", async () => {
    const stage = openEc2();
    addInterface(stage, 10);
    const instance = await runInstance(stage, "c6in.32xlarge");
    const { id } = stage.ec2.attachNetworkInterface("eni-10", instance.id, 0, 1);
    await passQuickly(stage.services, 1_000);
    stage.ec2.detachNetworkInterface(id, false);
    await passQuickly(stage.services, 2_000);
    assert.equal(statusOf(stage.ec2.interfaceById("eni-10")), "available");
  });

  it("refuses an interface that is detaching already", async () => {
    const stage = openEc2();
    const { attachmentId } = await attachOne(stage);
    stage.ec2.detachNetworkInterface(attachmentId, false);
    assert.throws(
      () => {
        stage.ec2.detachNetworkInterface(attachmentId, false);
      },
      refusal("IncorrectState", `Attachment ${attachmentId} is detaching.`),
    );
  });

  it("takes a second, forced detach, after which the interface is off once", async () => {
    const stage = openEc2();
    const { networkInterface, attachmentId } = await attachOne(stage);
    const kinds: string[] = [];
    stage.ec2.onChange(({ kind }) => kinds.push(kind));
    stage.ec2.detachNetworkInterface(attachmentId, false);
    await passQuickly(stage.services, 1_000);
    stage.ec2.detachNetworkInterface(attachmentId, true);
    await passQuickly(stage.services, 10_000);
    assert.equal(statusOf(networkInterface), "available");
    assert.deepEqual(kinds, ["detached"]);
  });
});
