import { PolicyPack } from "@pulumi/policy";
import { groupFitsPool } from "./group-fits-pool";
import { groupInPoolZone } from "./group-in-pool-zone";
import { managerLeastPrivilege } from "./manager-least-privilege";
import { noForeignAttachment } from "./no-foreign-attachment";
import { poolInOneZone } from "./pool-in-one-zone";
import { poolInterfaceProtected } from "./pool-interface-protected";
import { poolTagPropagates } from "./pool-tag-propagates";

new PolicyPack("network-interface-pool", {
  enforcementLevel: "mandatory",
  policies: [
    groupInPoolZone,
    poolInOneZone,
    groupFitsPool,
    poolTagPropagates,
    poolInterfaceProtected,
    noForeignAttachment,
    managerLeastPrivilege,
  ],
});
