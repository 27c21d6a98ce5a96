import { type StackValidationPolicy } from "@pulumi/policy";
import { groupFitsPool } from "../../policy/group-fits-pool";
import { groupInPoolZone } from "../../policy/group-in-pool-zone";
import { managerLeastPrivilege } from "../../policy/manager-least-privilege";
import { noForeignAttachment } from "../../policy/no-foreign-attachment";
import { poolInOneZone } from "../../policy/pool-in-one-zone";
import { poolInterfaceProtected } from "../../policy/pool-interface-protected";
import { poolTagPropagates } from "../../policy/pool-tag-propagates";
import { type Finding, judge, type ShownResource } from "./policyEngine";

/** The policies by the files that they are in, in the order of the pack. */
export const allPolicies: Record<string, StackValidationPolicy> = {
  "group-in-pool-zone": groupInPoolZone,
  "pool-in-one-zone": poolInOneZone,
  "group-fits-pool": groupFitsPool,
  "pool-tag-propagates": poolTagPropagates,
  "pool-interface-protected": poolInterfaceProtected,
  "no-foreign-attachment": noForeignAttachment,
  "manager-least-privilege": managerLeastPrivilege,
};

/** Lets all policies judge a stack. */
export async function judgeByAll(resources: ShownResource[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const policy of Object.values(allPolicies)) {
    findings.push(...(await judge(policy, resources)));
  }
  return findings;
}
