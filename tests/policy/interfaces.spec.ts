import assert from "node:assert/strict";
import { poolInOneZone } from "../../policy/pool-in-one-zone";
import { networkInterface, withChanges } from "./stackBuilders";
import { idOf, judge, madeOf, show } from "./policyEngine";

describe("readInterfaces", () => {
  it("takes a subnet that may be one of several for one of them, not for all", async () => {
    const inOneOfTwo = (name: string) =>
      networkInterface(name, { subnetId: madeOf(["a", "b"], "a-id") });
    const changes = withChanges(inOneOfTwo("licence-0"), inOneOfTwo("licence-1"));
    const inPreview = await judge(poolInOneZone, show(changes));
    assert.deepEqual(
      inPreview.map(({ level, resource }) => [level, resource]),
      [["advisory", "licence-1"]],
    );
    assert.deepEqual(await judge(poolInOneZone, show(changes, { preview: false })), []);
  });

  it("leaves alone what Tag resources give besides the pool", async () => {
    const tags = ["Name", "team"].map((key) => ({
      type: "aws:ec2/tag:Tag",
      name: key,
      props: { resourceId: idOf("licence-0"), key, value: "x" },
    }));
    assert.deepEqual(await judge(poolInOneZone, show(withChanges(...tags))), []);
  });

  it("knows the zone of a subnet that may be one of several in one zone", async () => {
    const changes = [
      ...withChanges(networkInterface("licence-0", { subnetId: madeOf(["a", "c"], "a-id") })),
      {
        type: "aws:ec2/subnet:Subnet",
        name: "c",
        props: { availabilityZone: "eu-west-1a" },
      },
      networkInterface("licence-1"),
    ];
    assert.deepEqual(await judge(poolInOneZone, show(changes)), []);
  });
});
