import { type PolicyResource, type StackValidationPolicy } from "@pulumi/policy";
import { allows, demands, type Document, readDocuments } from "./documents";
import { judging, type Report } from "./judging";
import { type Rule, rulesForAll, rulesForManager } from "./rights";
import { readGifts, readHolders, readManagerRoles } from "./roles";
import { configSchema } from "./settings";
import { labelOf, type Stack } from "./stack";
import { UNKNOWN, type Value } from "./values";

/** Policies of AWS that let a function write logs, traces and metrics, or receive messages, and nothing else. */
const HARMLESS =
  /^arn:[^:]+:iam::aws:policy\/(service-role\/AWSLambda(Basic|SQSQueue)ExecutionRole|AWSXRayDaemonWriteAccess|CloudWatchLambdaInsightsExecutionRolePolicy)$/;

/** Who may attach any interface to any instance may give a machine another one's identity. */
export const managerLeastPrivilege: StackValidationPolicy = {
  name: "manager-least-privilege",
  description:
    "Roles attach only the network interfaces of pools, and the manager changes only those it made.",
  configSchema,
  enforcementLevel: "mandatory",
  validateStack: judging(({ stack, settings }, report) => {
    const roles = readManagerRoles(stack);
    const holders = new Set(roles.flatMap((role) => readHolders(stack, role)));
    const forAll = rulesForAll(settings.tagKey);
    const forManager = [...forAll, ...rulesForManager(settings.tagKey)];
    for (const document of readDocuments(stack)) {
      judgeDocument(document, holders.has(document.resource) ? forManager : forAll, report);
    }
    for (const role of roles) judgeRole(stack, role, report);
  }),
};

function judgeDocument({ resource, statements }: Document, rules: Rule[], report: Report): void {
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
    for (const statement of statements) judgeStatement({ label, urn }, statement, rules, report);
  }
}

/** Of one action, the first rule that is broken is enough to read. */
function judgeStatement(
  { label, urn }: { label: string; urn: string },
  statement: Value,
  rules: Rule[],
  report: Report,
): void {
  const reported = new Set<string>();
  for (const { actions, on, conditionKeys, lack, mend } of rules) {
    const demanded = conditionKeys.map((spellings) => demands(statement, spellings));
    if (demanded.every((isDemanded) => isDemanded === true)) continue;
    const news = actions.filter((action) => !reported.has(action));
    const allowed = news.filter((action) => allows(statement, action, on) === true);
    const open = news.filter((action) => allows(statement, action, on) === UNKNOWN);
    if (allowed.length + open.length === 0) continue;
    for (const action of [...allowed, ...open]) reported.add(action);
    if (allowed.length === 0 || !demanded.includes(false)) {
      const question = `whether ${label} allows ${listed([...allowed, ...open])} ${lack}`;
      report.undecided(
        urn,
        `${question}, since its effect, actions or conditions aren't known yet`,
      );
    } else {
      report.violation(urn, `${label} allows ${listed(allowed)} ${lack}. ${mend}.`);
    }
  }
}

function listed(actions: string[]): string {
  return new Intl.ListFormat("en-GB").format(actions);
}

/** What a policy elsewhere allows can't be seen; those of this stack are judged by their documents. */
function judgeRole(stack: Stack, role: PolicyResource, report: Report): void {
  for (const { resource, arns, policies } of readGifts(stack, role)) {
    const gives = `${labelOf(resource)} gives the manager's role "${role.name}"`;
    for (const arn of policies.foreign.filter((one) => !HARMLESS.test(one))) {
      const found = `${gives} the policy ${arn}, whose rights can't be seen here`;
      report.violation(
        resource.urn,
        `${found}. The manager has all it needs; take the policy away.`,
      );
    }
    // What the program did not write AWS fills in, and nothing of it is new.
    if (policies.isOpen && arns in resource.propertyDependencies)
      report.undecided(resource.urn, `whether ${gives} more rights, since ${arns} isn't known yet`);
  }
}
