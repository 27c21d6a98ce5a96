import assert from "node:assert/strict";
import { allPolicies } from "./allPolicies";
import { statement } from "./iamBuilders";
import { idOf, judge, show } from "./policyEngine";
import { networkInterface, poolTag, resource, subnet, web, withChanges } from "./stackBuilders";

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
  for (const [file, policy] of Object.entries(allPolicies)) {
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
