import assert from "node:assert/strict";
import { groupFitsPool } from "../../policy/group-fits-pool";
import { groupInPoolZone } from "../../policy/group-in-pool-zone";
import { managerLeastPrivilege } from "../../policy/manager-least-privilege";
import { noForeignAttachment } from "../../policy/no-foreign-attachment";
import { poolInOneZone } from "../../policy/pool-in-one-zone";
import { poolInterfaceProtected } from "../../policy/pool-interface-protected";
import { poolTagPropagates } from "../../policy/pool-tag-propagates";
import { statement } from "./iamBuilders";
import { idOf, judge, show } from "./policyEngine";
import { networkInterface, poolTag, resource, subnet, web, withChanges } from "./stackBuilders";

const policies = {
  "group-fits-pool": groupFitsPool,
  "group-in-pool-zone": groupInPoolZone,
  "manager-least-privilege": managerLeastPrivilege,
  "no-foreign-attachment": noForeignAttachment,
  "pool-in-one-zone": poolInOneZone,
  "pool-interface-protected": poolInterfaceProtected,
  "pool-tag-propagates": poolTagPropagates,
};

/** A stack in which every policy finds something. */
const wrong = withChanges(
  subnet("c", "eu-west-1c"),
  web({ maxSize: 9, vpcZoneIdentifiers: [idOf("b")], tags: [poolTag("licence", false)] }),
  { ...networkInterface("licence-1", { subnetId: idOf("c") }), protect: false },
  resource("aws:ec2/networkInterfaceAttachment:NetworkInterfaceAttachment", "hand", {
    networkInterfaceId: idOf("licence-0"),
  }),
  statement({}),
);

describe("the policies", () => {
  for (const [file, policy] of Object.entries(policies)) {
    const { name, description, enforcementLevel } = policy;

    it(`names ${file} like its file, and says in a sentence what it demands`, () => {
      assert.equal(name, file);
      assert.match(description, /^[A-Z][^.]+\.$/);
      assert.equal(enforcementLevel, "mandatory");
    });

    it(`lets ${file} stop the wrong stack`, async () => {
      const findings = await judge(policy, show(wrong));
      assert.ok(findings.some(({ level }) => level === "mandatory"));
    });

    it(`lets ${file} refuse a wrong configuration, and judge nothing by it`, async () => {
      assert.deepEqual(await judge(policy, show(wrong), { tagKey: "", pool: {} }), [
        {
          policy: name,
          level: "mandatory",
          resource: undefined,
          message:
            "The configuration of this policy can't be used:\n" +
            '✖ Unrecognized key: "pool"\n' +
            "✖ write the key of the pool tag\n" +
            "  → at tagKey",
        },
      ]);
    });
  }
});
