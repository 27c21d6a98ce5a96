import { type PolicyResource } from "@pulumi/policy";
import { type Stack } from "./stack";
import { isRecord, items, parseJson, part, read, UNKNOWN, type Value } from "./values";

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
      // What the program did not write AWS fills in, and nothing of it is new.
      if (value === UNKNOWN && !(key in resource.propertyDependencies)) return [];
      const documents =
        within === undefined ? [value] : items(value).map((one) => part(one, within));
      return documents
        .filter((document) => document !== "")
        .map((document) => ({ resource, statements: readStatements(document) }));
    }),
  );
}

function readStatements(document: Value): Document["statements"] {
  if (document === UNKNOWN) return UNKNOWN;
  if (typeof document !== "string") return items(part(document, "Statement"));
  const parsed = parseJson(document);
  return parsed === undefined ? undefined : items(part(parsed, "Statement"));
}

/** What a statement's resources may be. */
export type Kind = "network-interface" | "instance";

/** Tells whether a statement allows an action on one of these kinds; UNKNOWN if that isn't known yet. */
export function allows(statement: Value, action: string, kinds: Kind[]): boolean | typeof UNKNOWN {
  if (!concerns(statement, kinds)) return false;
  const effect = part(statement, "Effect");
  const isMeant = effect !== "Deny" && names(statement, action);
  return isMeant === true && effect === UNKNOWN ? UNKNOWN : isMeant;
}

function concerns(statement: Value, kinds: Kind[]): boolean {
  const patterns = items(part(statement, "Resource"));
  return (
    patterns.length === 0 ||
    patterns.some((pattern) => typeof pattern !== "string" || covers(pattern, kinds))
  );
}

/** A star at the end of a segment may stand for the segments after it, too. */
function covers(pattern: string, kinds: Kind[]): boolean {
  const [, , service = "*", , , resource = "*"] = pattern.split(":");
  return kinds.some(
    (kind) =>
      matches(pattern, `arn:aws:ec2:eu-west-1:111122223333:${kind}/id`) ||
      (matches(service, "ec2") &&
        (matches(resource, `${kind}/id`) || resource.startsWith(`${kind}/`))),
  );
}

function names(statement: Value, action: string): boolean | typeof UNKNOWN {
  const patterns = items(part(statement, "Action"));
  const exceptions = items(part(statement, "NotAction"));
  if (patterns.some((pattern) => matches(pattern, action))) return true;
  if (exceptions.some((pattern) => matches(pattern, action))) return false;
  return [...patterns, ...exceptions].includes(UNKNOWN) ? UNKNOWN : exceptions.length > 0;
}

function matches(pattern: Value, text: string): boolean {
  if (typeof pattern !== "string") return false;
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*+/g, ".*")
    .replace(/\?/g, ".");
  return new RegExp(`^${source}$`, "i").test(text);
}

/**
 * Tells whether a statement has a condition that fails where a condition key is missing, in whichever of its
 * spellings; UNKNOWN if that isn't known yet.
 */
export function demands(statement: Value, spellings: string[]): boolean | typeof UNKNOWN {
  const condition = part(statement, "Condition");
  if (condition === UNKNOWN) return UNKNOWN;
  if (!isRecord(condition)) return false;
  const found = Object.entries(condition).map(([operator, keys]) => {
    const isNull = operator.toLowerCase() === "null";
    if (!isNull && !LIMITING_OPERATOR.test(operator)) return false;
    if (keys === UNKNOWN) return UNKNOWN;
    const values = isRecord(keys) ? items(findKey(keys, spellings)) : [];
    return isNull ? saysNo(values) : values.length > 0;
  });
  return found.includes(true) || (found.includes(UNKNOWN) ? UNKNOWN : false);
}

/** Of several values one is enough for IAM, so all must be false. */
function saysNo(values: Value[]): boolean | typeof UNKNOWN {
  const known = values.filter((value) => value !== UNKNOWN);
  if (known.some((value) => value !== false && value !== "false")) return false;
  return known.length < values.length ? UNKNOWN : values.length > 0;
}

/** IAM minds the case of a condition key nowhere, not even in the tag's own key. */
function findKey(keys: Record<string, Value>, spellings: string[]): Value {
  const wanted = spellings.map((spelling) => spelling.toLowerCase());
  return Object.entries(keys).find(([key]) => wanted.includes(key.toLowerCase()))?.[1];
}
