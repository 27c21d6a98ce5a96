import { type Kind } from "./documents";

/** On an interface that the manager made on demand. */
const MADE_FOR_TAG_KEY = "network-interface-pool-made-for";

/** What a statement must demand before it may allow actions. */
export interface Rule {
  actions: string[];
  /** What the actions are done to. */
  on: Kind[];
  /** Condition keys that it must demand, all of them, each in one of its spellings. */
  conditionKeys: string[][];
  /** What it allows without them, like `without a condition on the pool tag`. */
  lack: string;
  /** What to write instead. */
  mend: string;
}

/** What no role may do: who attaches any interface to any instance gives a machine another one's identity. */
export function rulesForAll(tagKey: string): Rule[] {
  return [
    {
      actions: ["ec2:AttachNetworkInterface", "ec2:DetachNetworkInterface"],
      on: ["network-interface", "instance"],
      conditionKeys: [resourceTag(tagKey)],
      lack: "without a condition on the pool tag",
      mend: `Write ${demanding(`aws:ResourceTag/${tagKey}`)} into the statement, or StringEquals with the names of pools`,
    },
  ];
}

/**
 * What the manager's role may not do beside. The interfaces of a pool are for good: it makes others, and
 * changes and deletes what it made. The pool tag is what its rights rest on, so it can't write that.
 */
export function rulesForManager(tagKey: string): Rule[] {
  return [
    {
      actions: [
        "ec2:DeleteNetworkInterface",
        "ec2:ModifyNetworkInterfaceAttribute",
        "ec2:ResetNetworkInterfaceAttribute",
        "ec2:AssignPrivateIpAddresses",
        "ec2:UnassignPrivateIpAddresses",
        "ec2:AssignIpv6Addresses",
        "ec2:UnassignIpv6Addresses",
      ],
      on: ["network-interface"],
      conditionKeys: [resourceTag(tagKey), resourceTag(MADE_FOR_TAG_KEY)],
      lack: "on interfaces that the manager didn't make",
      mend: `Write ${demanding(`aws:ResourceTag/${tagKey}`, `aws:ResourceTag/${MADE_FOR_TAG_KEY}`)} into the statement`,
    },
    {
      actions: ["ec2:ModifyNetworkInterfaceAttribute"],
      on: ["instance"],
      conditionKeys: [resourceTag(tagKey)],
      lack: "on instances without the pool tag",
      mend: `Write ${demanding(`aws:ResourceTag/${tagKey}`)} into the statement`,
    },
    {
      actions: ["ec2:CreateNetworkInterface"],
      on: ["network-interface"],
      conditionKeys: [[`aws:RequestTag/${tagKey}`]],
      lack: "without a condition on the pool tag that it gives",
      mend: `Write ${demanding(`aws:RequestTag/${tagKey}`)} into the statement for interfaces, or StringEquals with the names of pools`,
    },
    {
      actions: ["ec2:CreateTags", "ec2:DeleteTags"],
      on: ["network-interface", "instance"],
      conditionKeys: [["ec2:CreateAction"]],
      lack: "on what exists already, so that the manager could write the pool tag itself",
      mend: 'Write "Condition": {"StringEquals": {"ec2:CreateAction": "CreateNetworkInterface"}} into the statement',
    },
  ];
}

function resourceTag(tagKey: string): string[] {
  return [`aws:ResourceTag/${tagKey}`, `ec2:ResourceTag/${tagKey}`];
}

function demanding(...conditionKeys: string[]): string {
  const keys = conditionKeys.map((key) => `"${key}": "false"`).join(", ");
  return `"Condition": {"Null": {${keys}}}`;
}
