import {
  allowsMoves,
  ATTACH,
  conditionOf,
  DETACH,
  documentOf,
  hold,
  holdEach,
  MOVES,
  ONLY_POOLS,
  statementObject,
  whetherAllows,
} from "./iamBuilders";
import { asks, inPreview, inUp, stops, table } from "./policyCases";
import { later, type WrittenResource } from "./policyEngine";
import { resource } from "./stackBuilders";

type Props = Record<string, unknown>;

/** Where documents are: the resource's type, its property, and that property's value. */
const holders: [type: string, key: string, valueOf: (document: unknown) => unknown][] = [
  ["aws:iam/rolePolicy:RolePolicy", "policy", (document) => document],
  ["aws:iam/policy:Policy", "policy", (document) => document],
  [
    "aws:iam/role:Role",
    "inlinePolicies",
    (document) => [{ name: "other" }, { name: "hand", policy: document }],
  ],
  ["aws-native:iam:RolePolicy", "policyDocument", (document) => document],
  ["aws-native:iam:ManagedPolicy", "policyDocument", (document) => document],
  [
    "aws-native:iam:Role",
    "policies",
    (document) => [{ policyName: "hand", policyDocument: document }],
  ],
];

const whetherLimited = (label: string) =>
  asks(
    `whether ${label} lets interfaces without the pool tag be attached, since its policy document isn't known yet`,
  );

describe("manager-least-privilege and documents", () => {
  for (const [type, key, valueOf] of holders) {
    describe(`of ${type}`, () => {
      const label = `${type.split(":")[2] ?? ""} "hand"`;
      const having = (document: unknown) => resource(type, "hand", { [key]: valueOf(document) });
      const open = having(documentOf());
      const limited = documentOf(ONLY_POOLS);
      const unknown = { [key]: later(undefined) };
      const stopped = allowsMoves([ATTACH], label);
      const noJson = stops(
        `${label} has a policy document that is no JSON. Write a document, like {"Version": "2012-10-17", ` +
          '"Statement": []}.',
      );
      holdEach(table`
        stops attaching without the pool tag, in an object: ${open} ${stopped}
        stops attaching without the pool tag, in text:
          ${having(JSON.stringify(documentOf()))} ${stopped}
        passes it with the pool tag, in an object: ${having(limited)}
        passes it with the pool tag, in text: ${having(JSON.stringify(limited))}
        stops what is no JSON: ${having("{Version:")} ${noJson}
        asks about a document that isn't known, and decides in the up:
          ${having(later(JSON.stringify(documentOf())))} ${inPreview} ${whetherLimited(label)}
          ${inUp} ${stopped}
        asks about a property that isn't known at all:
          ${resource(type, "hand", unknown)} ${whetherLimited(label)}
        asks nothing about what AWS fills in, since no program wrote it:
          ${resource(type, "hand", {}, { outputs: unknown })} ${inPreview}
        stops what AWS shows, though no program wrote it:
          ${resource(type, "hand", {}, { outputs: open.props })} ${stopped}
        passes an absent document: ${having(undefined)}
        passes null for a document: ${having(null)}
        passes null in text: ${having("null")}
        passes an empty text: ${having("")}
        passes an empty document: ${having({})}
        passes a document without statements: ${having({ Statement: [] })}
      `);
    });
  }

  describe("judges every document of a role and every statement by itself", () => {
    const [everything] = documentOf({ Action: "ec2:*" }).Statement;
    const policies = [
      { Statement: [...documentOf(ONLY_POOLS).Statement, everything, everything] },
      documentOf(),
    ].map((document) => ({ policy: JSON.stringify(document) }));
    const inlinePolicies = [policies[0], { policy: later("") }, policies[1]];
    const label = 'Role "hand"';
    holdEach(table`
      one of them unknown:
        ${resource("aws:iam/role:Role", "hand", { inlinePolicies })} ${inPreview}
        ${allowsMoves(MOVES, label)} ${allowsMoves(MOVES, label)} ${whetherLimited(label)}
        ${allowsMoves([ATTACH], label)}
    `);
  });

  describe("where parts are unknown", () => {
    const asked: [what: string, changes: Props, actions: string[]][] = [
      ["its action", { Action: later("ec2:*") }, MOVES],
      ["one of its actions", { Action: ["ec2:Describe*", later(ATTACH)] }, MOVES],
      ["what it doesn't allow", { Action: undefined, NotAction: later("s3:*") }, MOVES],
      [
        "one that it doesn't allow",
        { Action: undefined, NotAction: [DETACH, later(ATTACH)] },
        [ATTACH],
      ],
      ["its effect", { Effect: later("Deny") }, [ATTACH]],
      ["its condition", { Condition: later({}) }, [ATTACH]],
      ["a condition's keys", { Condition: { StringEquals: later({}) } }, [ATTACH]],
      ["a condition's keys, of Null", { Condition: { Null: later({}) } }, [ATTACH]],
      ["whether Null is false", conditionOf("Null", later("false")), [ATTACH]],
      ["one value of Null", conditionOf("Null", ["false", later("false")]), [ATTACH]],
      [
        "its action and its condition",
        { Action: [ATTACH, later("")], Condition: later({}) },
        MOVES,
      ],
    ];
    for (const [what, changes, actions] of asked) {
      hold(`asks where unknown: ${what}`, statementObject(changes), whetherAllows(actions));
    }

    const besidePool = { Null: later({}), ...ONLY_POOLS.Condition };
    const passed: [what: string, changes: Props][] = [
      ["the actions of a statement that denies", { Effect: "Deny", Action: later("*") }],
      ["the actions of one with the pool tag", { Action: later("*"), ...ONLY_POOLS }],
      ["the effect of one with the pool tag", { Effect: later("Allow"), ...ONLY_POOLS }],
      ["the effect of one for other actions", { Effect: later("Allow"), Action: "s3:*" }],
      ["the name of the pool", conditionOf("StringEquals", later("licence"))],
      ["a condition beside the pool tag", { Condition: besidePool }],
      ["its resource", { Resource: later("*"), ...ONLY_POOLS }],
      ["one action that it doesn't allow", { Action: undefined, NotAction: ["ec2:*", later("")] }],
    ];
    for (const [what, changes] of passed) {
      hold(`passes a statement, though unknown: ${what}`, statementObject(changes), inPreview);
    }

    const stopped: [what: string, changes: Props][] = [
      ["another action", { Action: [ATTACH, later("")] }],
      ["its resource", { Resource: later("*") }],
      ["keys that can't limit", { Condition: { StringNotEquals: later({}) } }],
      ["a value that can't limit", conditionOf("StringEqualsIfExists", later("x"))],
      ["another value of Null", conditionOf("Null", ["true", later("false")])],
    ];
    for (const [what, changes] of stopped) {
      hold(
        `stops a statement, though unknown: ${what}`,
        statementObject(changes),
        inPreview,
        allowsMoves([ATTACH]),
      );
    }
  });

  describe("where statements are unknown", () => {
    const having = (Statement: unknown): WrittenResource => ({
      ...statementObject({}),
      props: { policyDocument: { Statement } },
    });
    holdEach(table`
      asks about one, and judges the others:
        ${having([later({}), ...documentOf().Statement])} ${inPreview} ${whetherAllows(MOVES)}
        ${allowsMoves([ATTACH])}
      asks about all of them, and passes none in the up:
        ${having(later([]))} ${inPreview} ${whetherAllows(MOVES)} ${inUp}
    `);
  });
});
