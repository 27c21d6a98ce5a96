import assert from "node:assert/strict";
import { groupFitsPool } from "../../policy/group-fits-pool";
import { groupInPoolZone } from "../../policy/group-in-pool-zone";
import { managerLeastPrivilege } from "../../policy/manager-least-privilege";
import { noForeignAttachment } from "../../policy/no-foreign-attachment";
import { poolInOneZone } from "../../policy/pool-in-one-zone";
import { poolInterfaceProtected } from "../../policy/pool-interface-protected";
import { poolTagPropagates } from "../../policy/pool-tag-propagates";

const policies = {
  "group-fits-pool": groupFitsPool,
  "group-in-pool-zone": groupInPoolZone,
  "manager-least-privilege": managerLeastPrivilege,
  "no-foreign-attachment": noForeignAttachment,
  "pool-in-one-zone": poolInOneZone,
  "pool-interface-protected": poolInterfaceProtected,
  "pool-tag-propagates": poolTagPropagates,
};

describe("the policies", () => {
  for (const [file, { name, description, enforcementLevel }] of Object.entries(policies)) {
    it(`names ${file} like its file, and says in a sentence what it demands`, () => {
      assert.equal(name, file);
      assert.match(description, /^[A-Z][^.]+\.$/);
      assert.equal(enforcementLevel, "mandatory");
    });
  }
});
