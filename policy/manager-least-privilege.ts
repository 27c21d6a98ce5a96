import { type PolicyResource, type StackValidationPolicy } from "@pulumi/policy";
import { allows, demandsTag, type Document, readDocuments } from "./documents";
import { judging, type Report } from "./judging";
import { readManagerFunctions } from "./managers";
import { configSchema } from "./settings";
import { labelOf, type Stack } from "./stack";
import { read, UNKNOWN, type Value } from "./values";

const MOVES = ["ec2:AttachNetworkInterface", "ec2:DetachNetworkInterface"];

const ROLE_TYPES = ["aws:iam/role:Role", "aws-native:iam:Role"];
const POLICY_TYPES = ["aws:iam/policy:Policy", "aws-native:iam:ManagedPolicy"];

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

/** Policies of AWS that let a function write logs, traces and metrics, or receive messages, and nothing else. */
const HARMLESS =
  /^arn:[^:]+:iam::aws:policy\/(service-role\/AWSLambda(Basic|SQSQueue)ExecutionRole|AWSXRayDaemonWriteAccess|CloudWatchLambdaInsightsExecutionRolePolicy)$/;

/** Who may attach any interface to any instance may give a machine another one's identity. */
export const managerLeastPrivilege: StackValidationPolicy = {
  name: "manager-least-privilege",
  description: "Rights to attach and detach network interfaces demand the pool tag.",
  configSchema,
  enforcementLevel: "mandatory",
  validateStack: judging((program, report) => {
    for (const document of readDocuments(program.stack)) {
      judgeDocument(document, program.settings.tagKey, report);
    }
    for (const role of readManagerRoles(program.stack)) judgeRole(program.stack, role, report);
  }),
};

function judgeDocument({ resource, statements }: Document, tagKey: string, report: Report): void {
  const { urn } = resource;
  const label = labelOf(resource);
  if (statements === UNKNOWN) {
    const question = `whether ${label} lets interfaces without the pool tag be attached`;
    report.undecided(urn, `${question}, since its policy document isn't known yet`);
  } else if (statements === undefined) {
    report.violation(
      urn,
      `${label} has a policy document that is no JSON. Write a document, like {"Version": "2012-10-17", "Statement": []}.`,
    );
  } else {
    for (const statement of statements) judgeStatement({ label, urn }, statement, tagKey, report);
  }
}

function judgeStatement(
  { label, urn }: { label: string; urn: string },
  statement: Value,
  tagKey: string,
  report: Report,
): void {
  const demand = demandsTag(statement, tagKey);
  const allowed = MOVES.filter((action) => allows(statement, action) === true);
  const open = MOVES.filter((action) => allows(statement, action) === UNKNOWN);
  if (demand === true || allowed.length + open.length === 0) return;
  if (allowed.length === 0 || demand === UNKNOWN) {
    const question = `whether ${label} allows ${[...allowed, ...open].join(" and ")} without the pool tag`;
    report.undecided(urn, `${question}, since its effect, actions or conditions aren't known yet`);
    return;
  }
  const found = `${label} allows ${allowed.join(" and ")} without a condition on the pool tag`;
  const condition = `"Condition": {"Null": {"aws:ResourceTag/${tagKey}": "false"}}`;
  report.violation(
    urn,
    `${found}. Write ${condition} into the statement, or StringEquals with the names of pools.`,
  );
}

/** The roles of manager functions. */
function readManagerRoles(stack: Stack): PolicyResource[] {
  const roles = readManagerFunctions(stack).flatMap(
    (one) => stack.refer(one, "role", read(one.props, "role"), ...ROLE_TYPES).certain,
  );
  return [...new Set(roles)];
}

/** What a policy elsewhere allows can't be seen; those of this stack are judged by their documents. */
function judgeRole(stack: Stack, role: PolicyResource, report: Report): void {
  const attachments = ATTACHMENTS.flatMap(({ type, roles, arns }) =>
    stack
      .ofType(type)
      .filter((one) =>
        stack.refer(one, roles, read(one.props, roles), ...ROLE_TYPES).certain.includes(role),
      )
      .map((resource) => ({ resource, arns })),
  );
  for (const { resource, arns } of [
    ...attachments,
    { resource: role, arns: "managedPolicyArns" },
  ]) {
    const { foreign, isOpen } = stack.refer(
      resource,
      arns,
      read(resource.props, arns),
      ...POLICY_TYPES,
    );
    const gives = `${labelOf(resource)} gives the manager's role "${role.name}"`;
    for (const arn of foreign.filter((one) => !HARMLESS.test(one))) {
      const found = `${gives} the policy ${arn}, whose rights can't be seen here`;
      report.violation(
        resource.urn,
        `${found}. The manager has all it needs; take the policy away.`,
      );
    }
    // What the program did not write AWS fills in, and nothing of it is new.
    if (isOpen && arns in resource.propertyDependencies)
      report.undecided(resource.urn, `whether ${gives} more rights, since ${arns} isn't known yet`);
  }
}
