import assert from "node:assert/strict";
import type { NetworkInterface } from "../../../simulator/aws/ec2/ec2";
import { MADE_FOR_TAG_KEY } from "../../../simulator/aws/ec2/creating";
import { type Witness, withWitness } from "./witness";

/** An interface of a pool that carries the mark of having been made for an instance. */
function made(witness: Witness, instanceId: string, pool = "cluster"): NetworkInterface {
  const one = witness.address();
  witness.region.ec2.setTags(one, { ...witness.tag(pool), [MADE_FOR_TAG_KEY]: instanceId });
  return one;
}

async function remove(witness: Witness, { id }: NetworkInterface): Promise<string[]> {
  const parameters = { NetworkInterfaceId: id };
  assert.equal(await witness.call("DeleteNetworkInterface", parameters), "200");
  return witness.broken();
}

describe("the promise for what is made on demand", () => {
  it("is broken by deleting what its instance is to have, and not what it has beside another", () =>
    withWitness(async (witness) => {
      const { id } = await witness.launch();
      const one = made(witness, id);
      await witness.region.run(60);
      const deleted = `${one.address} is deleted, though ${id} is to have it`;
      assert.deepEqual(await remove(witness, one), [deleted]);
      const holder = await witness.hold();
      const other = made(witness, holder.instance.id);
      await witness.region.run(60);
      assert.deepEqual(await remove(witness, other), [deleted]);
    }));

  it("is not by deleting what was for an instance that has just got another tag, or is gone", () =>
    withWitness(async (witness) => {
      const instance = await witness.launch("licence");
      await witness.region.run(60);
      const [one, other] = [made(witness, instance.id), made(witness, "i-gone")];
      witness.region.ec2.setTags(instance, witness.tag("cluster"));
      assert.deepEqual(await remove(witness, one), []);
      assert.deepEqual(await remove(witness, other), []);
    }));

  it("is by giving it to another instance", () =>
    withWitness(async (witness) => {
      const [one, instance] = [made(witness, "i-owner"), await witness.launch()];
      const parameters = {
        NetworkInterfaceId: one.id,
        InstanceId: instance.id,
        DeviceIndex: "1",
      };
      await witness.call("AttachNetworkInterface", parameters);
      const given = `${one.address} was made for i-owner and is given to ${instance.id}`;
      assert.deepEqual(witness.broken(), [given]);
    }));
});

describe("the promise that nothing else is changed", () => {
  it("is broken by deleting an interface that wasn't made for anybody", () =>
    withWitness(async (witness) => {
      const one = witness.address();
      const deleted = `${one.address} is deleted, which was made for nobody`;
      assert.deepEqual(await remove(witness, one), [deleted]);
    }));

  it("is by deleting one that is in no pool, and not in the moment in which it lost its tag", () =>
    withWitness(async (witness) => {
      const [one, late] = [made(witness, "i-gone", ""), made(witness, "i-gone")];
      const deleted = `${one.id} is deleted, though it was in no pool`;
      assert.deepEqual(await remove(witness, one), [deleted]);
      assert.deepEqual(await remove(witness, late), [deleted]);
    }));

  it("is by changing the attachment of one that is in no pool, and not of one that is", () =>
    withWitness(async (witness) => {
      const { one } = await witness.hold();
      const change = () =>
        witness.call("ModifyNetworkInterfaceAttribute", {
          NetworkInterfaceId: one.id,
          "Attachment.AttachmentId": one.attachment?.id ?? "",
          "Attachment.DeleteOnTermination": "true",
        });
      assert.equal(await change(), "200");
      assert.deepEqual(witness.broken(), []);
      witness.region.ec2.setTags(one, {});
      assert.equal(await change(), "200");
      assert.deepEqual(witness.broken(), [`${one.address} is changed, though it is in no pool`]);
    }));
});
