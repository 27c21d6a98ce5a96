import { type PolicyResource } from "@pulumi/policy";
import { type Stack } from "./stack";
import { isAbsent, isRecord, items, part, read, textOf, UNKNOWN, type Value } from "./values";

/** Where resources that give roles rights have their policy documents. */
const DOCUMENTS: Record<string, { key: string; within?: string }> = {
  "aws:iam/rolePolicy:RolePolicy": { key: "policy" },
  "aws:iam/policy:Policy": { key: "policy" },
  "aws:iam/role:Role": { key: "inlinePolicies", within: "policy" },
  "aws-native:iam:RolePolicy": { key: "policyDocument" },
  "aws-native:iam:ManagedPolicy": { key: "policyDocument" },
  "aws-native:iam:Role": { key: "policies", within: "policyDocument" },
};

/** Operators that fail where the tag is missing; `ForAllValues` and those with `IfExists` don't. */
const LIMITING_OPERATOR = /^(ForAnyValue:)?String(Equals|EqualsIgnoreCase|Like)$/i;

/** A policy document of a role, or of what can be given to one. */
export interface Document {
  resource: PolicyResource;
  /** UNKNOWN if it isn't known yet, undefined if it is no JSON. */
  statements: Value[] | typeof UNKNOWN | undefined;
}

export function readDocuments(stack: Stack): Document[] {
  return Object.entries(DOCUMENTS).flatMap(([type, { key, within }]) =>
    stack.ofType(type).flatMap((resource) => {
      const value = read(resource.props, key);
      const documents =
        within === undefined ? [value] : items(value).map((one) => part(one, within));
      return documents
        .filter((document) => !isAbsent(document))
        .map((document) => ({ resource, statements: readStatements(document) }));
    }),
  );
}

function readStatements(document: Value): Document["statements"] {
  if (document === UNKNOWN) return UNKNOWN;
  if (typeof document !== "string") return items(part(document, "Statement"));
  try {
    return items(part(JSON.parse(document) as Value, "Statement"));
  } catch {
    return undefined;
  }
}

/** Tells whether a statement allows an action, wherever; UNKNOWN if that isn't known yet. */
export function allows(statement: Value, action: string): boolean | typeof UNKNOWN {
  if (part(statement, "Effect") === "Deny") return false;
  const patterns = items(part(statement, "Action"));
  const exceptions = items(part(statement, "NotAction"));
  if (patterns.some((pattern) => matches(pattern, action))) return true;
  if ([...patterns, ...exceptions].includes(UNKNOWN)) return UNKNOWN;
  return exceptions.length > 0 && !exceptions.some((pattern) => matches(pattern, action));
}

function matches(pattern: Value, action: string): boolean {
  const source = (textOf(pattern) ?? "")
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*/g, ".*")
    .replace(/\?/g, ".");
  return new RegExp(`^${source}$`, "i").test(action);
}

/** Tells whether a statement is for resources with a tag only; UNKNOWN if that isn't known yet. */
export function demandsTag(statement: Value, tagKey: string): boolean | typeof UNKNOWN {
  const condition = part(statement, "Condition");
  if (condition === UNKNOWN) return UNKNOWN;
  if (!isRecord(condition)) return false;
  const demands = Object.entries(condition).map(([operator, keys]) => {
    if (keys === UNKNOWN) return UNKNOWN;
    const value = isRecord(keys) ? findKey(keys, tagKey) : undefined;
    if (operator.toLowerCase() === "null")
      return items(value).some((one) => one === false || one === "false");
    return value !== undefined && LIMITING_OPERATOR.test(operator);
  });
  return demands.includes(true) || (demands.includes(UNKNOWN) ? UNKNOWN : false);
}

/** IAM doesn't mind the case of a condition key; a tag's own key it does. */
function findKey(keys: Record<string, Value>, tagKey: string): Value {
  const found = Object.keys(keys).find((key) => {
    const [prefix, ...rest] = key.split("/");
    return /^(aws|ec2):resourcetag$/i.test(prefix ?? "") && rest.join("/") === tagKey;
  });
  return found === undefined ? undefined : keys[found];
}
