import { type PolicyResource } from "@pulumi/policy";
import { readManagerFunctions } from "./managers";
import { type Referents, type Stack } from "./stack";
import { read } from "./values";

const ROLE_TYPES = ["aws:iam/role:Role", "aws-native:iam:Role"];
const POLICY_TYPES = ["aws:iam/policy:Policy", "aws-native:iam:ManagedPolicy"];

/** Properties that say whose the document of a resource is. */
const OWNERS: Record<string, string> = {
  "aws:iam/rolePolicy:RolePolicy": "role",
  "aws-native:iam:RolePolicy": "roleName",
  "aws-native:iam:ManagedPolicy": "roles",
};

/** Properties that give roles policies by ARN: whose roles they are, and the ARNs. */
const ATTACHMENTS = [
  { type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment", roles: "role", arns: "policyArn" },
  { type: "aws:iam/policyAttachment:PolicyAttachment", roles: "roles", arns: "policyArn" },
  {
    type: "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
    roles: "roleName",
    arns: "policyArns",
  },
];

/** What gives a role policies by their ARNs: the property, and the policies. */
export interface Gift {
  resource: PolicyResource;
  arns: string;
  policies: Referents;
}

/** The roles of manager functions. */
export function readManagerRoles(stack: Stack): PolicyResource[] {
  const roles = readManagerFunctions(stack).flatMap((one) => rolesIn(stack, one, "role"));
  return [...new Set(roles)];
}

export function readGifts(stack: Stack, role: PolicyResource): Gift[] {
  const attachments = ATTACHMENTS.flatMap(({ type, roles, arns }) =>
    stack
      .ofType(type)
      .filter((one) => rolesIn(stack, one, roles).includes(role))
      .map((resource) => ({ resource, arns })),
  );
  return [...attachments, { resource: role, arns: "managedPolicyArns" }].map(
    ({ resource, arns }) => ({
      resource,
      arns,
      policies: stack.refer(resource, arns, read(resource.props, arns), ...POLICY_TYPES),
    }),
  );
}

/** The resources of this stack whose documents are a role's. */
export function readHolders(stack: Stack, role: PolicyResource): PolicyResource[] {
  const owned = Object.entries(OWNERS).flatMap(([type, key]) =>
    stack.ofType(type).filter((one) => rolesIn(stack, one, key).includes(role)),
  );
  const given = readGifts(stack, role).flatMap(({ policies }) => policies.certain);
  return [role, ...owned, ...given];
}

function rolesIn(stack: Stack, resource: PolicyResource, key: string): PolicyResource[] {
  return stack.refer(resource, key, read(resource.props, key), ...ROLE_TYPES).certain;
}
