import assert from "node:assert/strict";
import { groupInPoolZone } from "../../policy/group-in-pool-zone";
import { compliant, group, withChanges } from "./parts";
import { idOf, judge, show } from "./resources";

describe("group-in-pool-zone", () => {
  it("passes a group in the zone of its pool, in a preview and in an up", async () => {
    for (const preview of [true, false]) {
      assert.deepEqual(await judge(groupInPoolZone, show(compliant, { preview })), []);
    }
  });

  it("stops a group that also launches in another zone", async () => {
    const web = group("web", { vpcZoneIdentifiers: [idOf("a"), idOf("b")] });
    assert.deepEqual(await judge(groupInPoolZone, show(withChanges(web))), [
      {
        policy: "group-in-pool-zone",
        level: "mandatory",
        resource: "web",
        message:
          'Auto Scaling group "web" uses pool "licence" and launches in eu-west-1a (subnet "a") and ' +
          'eu-west-1b (subnet "b"), but the pool\'s interfaces are in eu-west-1a (subnet "a"). ' +
          "Give it subnets of eu-west-1a only, or make a pool of its own for another zone.",
      },
    ]);
  });
});
