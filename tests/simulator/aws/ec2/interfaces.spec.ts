import assert from "node:assert/strict";
import type { Ec2 } from "../../../../simulator/aws/ec2/ec2";
import type { NetworkInterface } from "../../../../simulator/aws/ec2/state";
import { addInterface, attachOne, openEc2, refusal, subnet } from "../services";

const taken = refusal("InvalidIPAddress.InUse", "The specified address is already in use.");

/** EC2 with the interface eni-10 of 10.0.0.10, to which another one is to be added. */
function openWithOne() {
  const stage = openEc2();
  addInterface(stage, 10);
  return (parts: Partial<NetworkInterface>) => {
    const other = { id: "eni-11", subnet, address: "10.0.0.11", macAddress: "", tags: {} };
    stage.ec2.createNetworkInterface({ ...other, ...parts });
    return [...stage.ec2.interfaces.keys()];
  };
}

describe("Ec2.createNetworkInterface", () => {
  const same: [string, Partial<NetworkInterface>][] = [
    ["an address", { address: "10.0.0.10" }],
    ["a secondary address", { secondaryAddresses: ["10.0.0.12", "10.0.0.10"] }],
  ];
  for (const [what, parts] of same) {
    it(`refuses ${what} that another interface of the VPC has`, () => {
      const add = openWithOne();
      assert.throws(() => add(parts), taken);
      assert.deepEqual(add({}), ["eni-10", "eni-11"]);
    });
  }

  it("refuses an address that another interface has as a secondary one", () => {
    const add = openWithOne();
    add({ secondaryAddresses: ["10.0.0.12"] });
    assert.throws(() => add({ id: "eni-12", address: "10.0.0.12" }), taken);
  });

  it("takes the same address in another VPC", () => {
    const elsewhere = { subnet: { ...subnet, vpcId: "vpc-2" }, address: "10.0.0.10" };
    assert.deepEqual(openWithOne()(elsewhere), ["eni-10", "eni-11"]);
  });
});

describe("Ec2.deleteNetworkInterface", () => {
  const remove = (ec2: Ec2, id: string) => () => {
    ec2.deleteNetworkInterface(id);
  };

  it("deletes an interface, and its address may be given again", () => {
    const stage = openEc2();
    addInterface(stage, 10);
    remove(stage.ec2, "eni-10")();
    assert.deepEqual([...stage.ec2.interfaces.keys()], []);
    addInterface(stage, 10);
  });

  it("refuses an interface that is on an instance, and one that does not exist", async () => {
    const stage = openEc2();
    await attachOne(stage);
    const inUse = "Network interface 'eni-10' is currently in use.";
    assert.throws(remove(stage.ec2, "eni-10"), refusal("InvalidParameterValue", inUse));
    assert.ok(stage.ec2.interfaces.has("eni-10"));
    const unknown = "The networkInterface ID 'eni-99' does not exist";
    assert.throws(
      remove(stage.ec2, "eni-99"),
      refusal("InvalidNetworkInterfaceID.NotFound", unknown),
    );
  });
});
