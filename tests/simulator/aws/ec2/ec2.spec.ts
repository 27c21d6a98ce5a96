import assert from "node:assert/strict";
import {
  addInterface,
  attachOne,
  openEc2,
  passQuickly,
  refusal,
  runInstance,
  statusOf,
  START_MS,
  subnet,
} from "../services";

describe("Ec2.createNetworkInterface", () => {
  it("refuses an address that another interface of the VPC has", () => {
    const stage = openEc2();
    addInterface(stage, 10);
    const { address, macAddress } = stage.ec2.interfaceById("eni-10");
    assert.throws(
      () => {
        stage.ec2.createNetworkInterface({ id: "eni-11", subnet, address, macAddress, tags: {} });
      },
      refusal("InvalidIPAddress.InUse", "The specified address is already in use."),
    );
    assert.deepEqual([...stage.ec2.interfaces.keys()], ["eni-10"]);
  });

  it("refuses a secondary address that another interface of the VPC has", () => {
    const stage = openEc2();
    addInterface(stage, 10);
    const { macAddress } = stage.ec2.interfaceById("eni-10");
    const taken = refusal("InvalidIPAddress.InUse", "The specified address is already in use.");
    const other = { id: "eni-11", subnet, address: "10.0.0.11", macAddress, tags: {} };
    assert.throws(() => {
      stage.ec2.createNetworkInterface({ ...other, secondaryAddresses: ["10.0.0.10"] });
    }, taken);
    stage.ec2.createNetworkInterface({ ...other, secondaryAddresses: ["10.0.0.12"] });
    assert.throws(() => addInterface(stage, 12), taken);
  });

  it("takes the same address in another VPC", () => {
    const stage = openEc2();
    addInterface(stage, 10);
    const elsewhere = { ...subnet, id: "subnet-b", vpcId: "vpc-2" };
    const { address, macAddress } = stage.ec2.interfaceById("eni-10");
    stage.ec2.createNetworkInterface({
      id: "eni-11",
      subnet: elsewhere,
      address,
      macAddress,
      tags: {},
    });
    assert.equal(stage.ec2.interfaceById("eni-11").address, "10.0.0.10");
  });
});

describe("Ec2.deleteNetworkInterface", () => {
  it("deletes an interface, and its address may be given again", () => {
    const stage = openEc2();
    addInterface(stage, 10);
    stage.ec2.deleteNetworkInterface("eni-10");
    assert.deepEqual([...stage.ec2.interfaces.keys()], []);
    addInterface(stage, 10);
  });

  it("refuses an interface that is on an instance", async () => {
    const stage = openEc2();
    await attachOne(stage);
    assert.throws(
      () => {
        stage.ec2.deleteNetworkInterface("eni-10");
      },
      refusal("InvalidParameterValue", "Network interface 'eni-10' is currently in use."),
    );
    assert.ok(stage.ec2.interfaces.has("eni-10"));
  });

  it("refuses an interface that does not exist", () => {
    const { ec2 } = openEc2();
    assert.throws(
      () => {
        ec2.deleteNetworkInterface("eni-99");
      },
      refusal(
        "InvalidNetworkInterfaceID.NotFound",
        "The networkInterface ID 'eni-99' does not exist",
      ),
    );
  });
});

describe("Ec2.attachNetworkInterface, with further addresses", () => {
  const attach = async (type: string, further: object) => {
    const stage = openEc2();
    const networkInterface = addInterface(stage, 10);
    Object.assign(networkInterface, further);
    const instance = await runInstance(stage, type);
    return stage.ec2.attachNetworkInterface(networkInterface.id, instance.id, 1, 0).status;
  };

  for (const further of [
    { secondaryAddresses: ["10.0.0.20"] },
    { ipv6Addresses: ["2001:db8::1", "2001:db8::2"] },
  ]) {
    it(`takes two of a kind on a t4g.micro (${Object.keys(further).join()})`, async () => {
      assert.equal(await attach("t4g.micro", further), "attaching");
    });
  }

  for (const further of [
    { secondaryAddresses: ["10.0.0.20", "10.0.0.21"] },
    { ipv6Addresses: ["2001:db8::1", "2001:db8::2", "2001:db8::3"] },
  ]) {
    it(`does not model three of a kind on a t4g.micro (${Object.keys(further).join()})`, async () => {
      await assert.rejects(attach("t4g.micro", further), {
        message:
          "the simulator doesn't model an interface with 3 addresses on a t4g.micro, which takes 2",
      });
      assert.equal(await attach("t4g.small", further), "attaching");
    });
  }
});

describe("Ec2.attachNetworkInterface", () => {
  it("is attaching at first and attached some time later", async () => {
    const stage = openEc2();
    const networkInterface = addInterface(stage, 10);
    const { id: instanceId } = await runInstance(stage);
    const attachment = stage.ec2.attachNetworkInterface("eni-10", instanceId, 1, 0);
    const expected = {
      id: attachment.id,
      instanceId,
      deviceIndex: 1,
      networkCardIndex: 0,
      deleteOnTermination: false,
      attachTimeMs: START_MS + 5_000,
    };
    assert.deepEqual(networkInterface.attachment, { ...expected, status: "attaching" });
    await passQuickly(stage.services, 999);
    assert.equal(statusOf(networkInterface), "attaching");
    await passQuickly(stage.services, 1);
    assert.deepEqual(networkInterface.attachment, { ...expected, status: "attached" });
  });

  it("tells listeners and journal when it is attached, not before", async () => {
    const stage = openEc2();
    const networkInterface = addInterface(stage, 10);
    const { id: instanceId } = await runInstance(stage);
    const changes: unknown[] = [];
    stage.ec2.onChange((change) => changes.push(change));
    stage.ec2.attachNetworkInterface("eni-10", instanceId, 1, 0);
    await passQuickly(stage.services, 999);
    assert.deepEqual(changes, []);
    await passQuickly(stage.services, 1);
    assert.deepEqual(changes, [{ kind: "attached", networkInterface, instanceId }]);
    assert.deepEqual(stage.services.journal.entries.at(-1), {
      atMs: 6_000,
      source: "aws",
      text: `10.0.0.10 is on ${instanceId}`,
      facts: { networkInterfaceId: "eni-10", address: "10.0.0.10", instanceId },
    });
  });

  it("refuses an interface that another instance holds", async () => {
    const stage = openEc2();
    const { instance } = await attachOne(stage);
    const other = await runInstance(stage);
    assert.throws(
      () => stage.ec2.attachNetworkInterface("eni-10", other.id, 1, 0),
      refusal("InvalidNetworkInterface.InUse", "Interface: [eni-10] in use."),
    );
    const { attachment } = stage.ec2.interfaceById("eni-10");
    assert.equal(attachment?.instanceId, instance.id);
  });

  it("refuses an interface that is still attaching", async () => {
    const stage = openEc2();
    addInterface(stage, 10);
    const instance = await runInstance(stage);
    stage.ec2.attachNetworkInterface("eni-10", instance.id, 1, 0);
    assert.throws(
      () => stage.ec2.attachNetworkInterface("eni-10", instance.id, 1, 0),
      refusal("InvalidNetworkInterface.InUse", "Interface: [eni-10] in use."),
    );
  });

  it("refuses an interface that is still detaching", async () => {
    const stage = openEc2();
    const { instance, attachmentId } = await attachOne(stage);
    stage.ec2.detachNetworkInterface(attachmentId, false);
    await passQuickly(stage.services, 1_999);
    assert.throws(
      () => stage.ec2.attachNetworkInterface("eni-10", instance.id, 1, 0),
      refusal("InvalidNetworkInterface.InUse", "Interface: [eni-10] in use."),
    );
  });

  it("refuses an instance in another zone", async () => {
    const stage = openEc2();
    addInterface(stage, 10);
    const zone = { ...subnet, id: "subnet-b", availabilityZone: "eu-west-1b" };
    const instance = await runInstance(stage, "t4g.micro", zone);
    assert.throws(
      () => stage.ec2.attachNetworkInterface("eni-10", instance.id, 1, 0),
      refusal(
        "InvalidParameterCombination",
        "You may not attach a network interface to an instance if they are not in the same availability zone",
      ),
    );
    assert.equal(statusOf(stage.ec2.interfaceById("eni-10")), "available");
  });

  it("takes an instance in another subnet and VPC of the same zone", async () => {
    const stage = openEc2();
    addInterface(stage, 10);
    const elsewhere = { ...subnet, id: "subnet-b", vpcId: "vpc-2" };
    const instance = await runInstance(stage, "t4g.micro", elsewhere);
    stage.ec2.attachNetworkInterface("eni-10", instance.id, 1, 0);
    assert.equal(statusOf(stage.ec2.interfaceById("eni-10")), "attaching");
  });

  it("takes a stopped instance", async () => {
    const stage = openEc2();
    addInterface(stage, 10);
    const instance = await runInstance(stage);
    stage.ec2.stopInstance(instance.id);
    await passQuickly(stage.services, 10_000);
    stage.ec2.attachNetworkInterface("eni-10", instance.id, 1, 0);
    await passQuickly(stage.services, 1_000);
    assert.equal(statusOf(stage.ec2.interfaceById("eni-10")), "attached");
  });

  it("refuses a pending instance", () => {
    const stage = openEc2();
    addInterface(stage, 10);
    const { id } = stage.ec2.runInstance("t4g.micro", subnet, {});
    assert.throws(
      () => stage.ec2.attachNetworkInterface("eni-10", id, 1, 0),
      refusal("IncorrectState", `Instance '${id}' is in state 'pending'.`),
    );
  });

  it("refuses a stopping instance", async () => {
    const stage = openEc2();
    addInterface(stage, 10);
    const { id } = await runInstance(stage);
    stage.ec2.stopInstance(id);
    assert.throws(
      () => stage.ec2.attachNetworkInterface("eni-10", id, 1, 0),
      refusal("IncorrectState", `Instance '${id}' is in state 'stopping'.`),
    );
  });

  for (const [state, afterMs] of [
    ["shutting-down", 19_999],
    ["terminated", 20_000],
  ] as const) {
    it(`refuses a ${state} instance`, async () => {
      const stage = openEc2();
      addInterface(stage, 10);
      const { id } = await runInstance(stage);
      stage.ec2.terminateInstance(id);
      await passQuickly(stage.services, afterMs);
      assert.throws(
        () => stage.ec2.attachNetworkInterface("eni-10", id, 1, 0),
        refusal("IncorrectState", `Instance '${id}' is in state '${state}'.`),
      );
    });
  }

  it("refuses a device index that is taken, the primary interface's too", async () => {
    const stage = openEc2();
    const { instance } = await attachOne(stage);
    addInterface(stage, 11);
    for (const deviceIndex of [0, 1]) {
      assert.throws(
        () => stage.ec2.attachNetworkInterface("eni-11", instance.id, deviceIndex, 0),
        refusal(
          "InvalidParameterValue",
          `Instance '${instance.id}' already has an interface attached at device index '${deviceIndex}'.`,
        ),
      );
    }
  });

  it("refuses a device index whose interface is still detaching", async () => {
    const stage = openEc2();
    const { instance, attachmentId } = await attachOne(stage);
    addInterface(stage, 11);
    stage.ec2.detachNetworkInterface(attachmentId, false);
    assert.throws(
      () => stage.ec2.attachNetworkInterface("eni-11", instance.id, 1, 0),
      refusal(
        "InvalidParameterValue",
        `Instance '${instance.id}' already has an interface attached at device index '1'.`,
      ),
    );
  });

  it("refuses more interfaces than the instance type takes", async () => {
    const stage = openEc2();
    const { instance } = await attachOne(stage);
    addInterface(stage, 11);
    assert.throws(
      () => stage.ec2.attachNetworkInterface("eni-11", instance.id, 2, 0),
      refusal("AttachmentLimitExceeded", "Interface count 3 exceeds the limit for t4g.micro"),
    );
  });

  it("counts the interfaces of each network card by themselves", async () => {
    const stage = openEc2();
    const { id } = await runInstance(stage, "c6in.32xlarge");
    for (let number = 1; number <= 16; number += 1) addInterface(stage, number);
    for (let index = 1; index <= 7; index += 1) {
      stage.ec2.attachNetworkInterface(`eni-${index}`, id, index, 0);
    }
    const full = refusal(
      "AttachmentLimitExceeded",
      "Interface count 9 exceeds the limit for c6in.32xlarge",
    );
    assert.throws(() => stage.ec2.attachNetworkInterface("eni-8", id, 8, 0), full);
    for (let index = 1; index <= 8; index += 1) {
      stage.ec2.attachNetworkInterface(`eni-${index + 7}`, id, index, 1);
    }
    assert.throws(() => stage.ec2.attachNetworkInterface("eni-16", id, 9, 1), full);
  });

  it("refuses a network card that the instance type lacks", async () => {
    const stage = openEc2();
    addInterface(stage, 10);
    const { id } = await runInstance(stage);
    assert.throws(
      () => stage.ec2.attachNetworkInterface("eni-10", id, 1, 1),
      refusal(
        "InvalidParameterValue",
        "Network card index '1' exceeds the number of network cards of t4g.micro",
      ),
    );
  });

  it("refuses an interface that does not exist", async () => {
    const stage = openEc2();
    const { id } = await runInstance(stage);
    assert.throws(
      () => stage.ec2.attachNetworkInterface("eni-99", id, 1, 0),
      refusal(
        "InvalidNetworkInterfaceID.NotFound",
        "The networkInterface ID 'eni-99' does not exist",
      ),
    );
  });

  it("refuses an instance that does not exist", () => {
    const stage = openEc2();
    addInterface(stage, 10);
    assert.throws(
      () => stage.ec2.attachNetworkInterface("eni-10", "i-99", 1, 0),
      refusal("InvalidInstanceID.NotFound", "The instance ID 'i-99' does not exist"),
    );
  });
});
