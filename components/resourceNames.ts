import { createHash } from "node:crypto";

/** Leaves room for the suffixes within the 64 characters of a role's name and the 80 of a queue's. */
const MAX_RESOURCE_NAME_LENGTH = 40;

/** The manager of pools that name none. */
export const DEFAULT_MANAGER_NAME = "manager";

/** Of a rule's 64 characters the longest suffix, `-instance-state` and what Pulumi appends, takes 23. */
export const MAX_MANAGER_NAME_LENGTH = 40;

/** Tags take any name, names of AWS resources don't: those that can't be one are cut and made unique. */
export function resourceNameOf(poolName: string): string {
  // A security group's name can't begin with sg-.
  const isPlain = /^(?!sg-)[A-Za-z][A-Za-z0-9-]*$/.test(poolName);
  if (isPlain && poolName.length <= MAX_RESOURCE_NAME_LENGTH) return poolName;
  const digest = createHash("sha256").update(poolName).digest("hex").slice(0, 8);
  const plain = `pool-${poolName.replaceAll(/[^A-Za-z0-9-]+/g, "-")}`;
  return `${plain.slice(0, MAX_RESOURCE_NAME_LENGTH - digest.length - 1)}-${digest}`;
}

/** The name of a security group for a group's instances, beside that of its pool's interfaces. */
export function instancesNameOf(resourceName: string): string {
  return `${resourceName}-instances`;
}
