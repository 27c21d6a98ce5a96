import { managerLeastPrivilege } from "../../policy/manager-least-privilege";
import { asks, casesOf, stops } from "./policyCases";
import { idOf, type WrittenResource } from "./policyEngine";
import { managerFunction, resource, TAG_KEY } from "./stackBuilders";

type Props = Record<string, unknown>;

export const ATTACH = "ec2:AttachNetworkInterface";
export const DETACH = "ec2:DetachNetworkInterface";
export const MOVES = [ATTACH, DETACH];

export const POOL_KEY = `aws:ResourceTag/${TAG_KEY}`;
export const MADE_FOR_KEY = "aws:ResourceTag/network-interface-pool-made-for";
export const GIVEN_KEY = `aws:RequestTag/${TAG_KEY}`;

/** A document of one statement that allows attaching, wherever, with changes. */
export const documentOf = (changes: Props = {}) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: ATTACH, Resource: "*", ...changes }],
});

export const conditionOf = (operator: string, value: unknown, key = POOL_KEY) => ({
  Condition: { [operator]: { [key]: value } },
});

export const ONLY_POOLS = conditionOf("StringEquals", "licence");

/** A policy "hand" of a role that no manager has, or of another. */
export const rolePolicy = (policy: unknown, role: unknown = "hand") =>
  resource("aws:iam/rolePolicy:RolePolicy", "hand", { role, policy });

export const statement = (changes: Props, role?: unknown) =>
  rolePolicy(JSON.stringify(documentOf(changes)), role);

/** The same as an object, of which parts may be unknown. */
export const statementObject = (changes: Props, props: Props = {}) =>
  resource("aws-native:iam:RolePolicy", "hand", { policyDocument: documentOf(changes), ...props });

export const role = (props: Props = {}, more: Partial<WrittenResource> = {}) =>
  resource("aws:iam/role:Role", "role", props, more);

/** A manager's function and its role, which nothing but its variables tell. */
export function managerWith(managerRole: WrittenResource = role()): WrittenResource[] {
  const { type, name, props } = managerFunction({});
  return [managerRole, { type, name, props: { ...props, role: idOf("role") } }];
}

const list = (actions: string[]) => new Intl.ListFormat("en-GB").format(actions);

const HAND = 'RolePolicy "hand"';

/** How a statement allows too much, and what is to be written into it. */
const allowing =
  (lack: string, mend: string) =>
  (actions: string[], label = HAND, name = "hand") =>
    stops(`${label} allows ${list(actions)} ${lack}. ${mend}.`, name);

const onPoolTag = (tagKey: string) =>
  allowing(
    "without a condition on the pool tag",
    `Write "Condition": {"Null": {"aws:ResourceTag/${tagKey}": "false"}} into the statement, or StringEquals with ` +
      "the names of pools",
  );

/** That a resource allows moves without the pool tag. */
export const allowsMoves = (actions: string[], label?: string, tagKey = TAG_KEY) =>
  onPoolTag(tagKey)(actions, label);

export const NOT_MADE = "on interfaces that the manager didn't make";
export const allowsNotMade = allowing(
  NOT_MADE,
  `Write "Condition": {"Null": {"${POOL_KEY}": "false", "${MADE_FOR_KEY}": "false"}} into the statement`,
);

export const allowsAnyInstance = allowing(
  "on instances without the pool tag",
  `Write "Condition": {"Null": {"${POOL_KEY}": "false"}} into the statement`,
);

export const allowsUntagged = allowing(
  "without a condition on the pool tag that it gives",
  `Write "Condition": {"Null": {"${GIVEN_KEY}": "false"}} into the statement for interfaces, or StringEquals with ` +
    "the names of pools",
);

export const WRITES_TAG =
  "on what exists already, so that the manager could write the pool tag itself";
export const allowsWritingTag = allowing(
  WRITES_TAG,
  'Write "Condition": {"StringEquals": {"ec2:CreateAction": "CreateNetworkInterface"}} into the statement',
);

export const whetherAllows = (actions: string[], lack = "without a condition on the pool tag") =>
  asks(
    `whether ${HAND} allows ${list(actions)} ${lack}, since its effect, actions or conditions aren't known yet`,
    "hand",
  );

/** What manager-least-privilege finds, where nothing else is named in the resource "hand". */
export const { hold, holdEach } = casesOf(managerLeastPrivilege, "hand");
