import { rightsOf } from "../../components/networkInterfaceManager/rights";
import {
  allowsAnyInstance,
  allowsMoves,
  allowsNotMade,
  allowsUntagged,
  allowsWritingTag,
  documentOf,
  GIVEN_KEY,
  hold,
  holdEach,
  MADE_FOR_KEY,
  managerWith,
  MOVES,
  NOT_MADE,
  POOL_KEY,
  role,
  rolePolicy,
  statement,
  statementObject,
  whetherAllows,
  WRITES_TAG,
} from "./iamBuilders";
import { inPreview, table } from "./policyCases";
import { idOf, later, type WrittenResource } from "./policyEngine";
import { MANAGER_COMPONENT, managerFunction, resource, TAG_KEY } from "./stackBuilders";

const DELETE = "ec2:DeleteNetworkInterface";
const MODIFY = "ec2:ModifyNetworkInterfaceAttribute";
const CREATE = "ec2:CreateNetworkInterface";
const TAG = "ec2:CreateTags";
const UNTAG = "ec2:DeleteTags";

/** What changes or deletes interfaces. */
const CHANGES = [
  DELETE,
  MODIFY,
  "ec2:ResetNetworkInterfaceAttribute",
  "ec2:AssignPrivateIpAddresses",
  "ec2:UnassignPrivateIpAddresses",
  "ec2:AssignIpv6Addresses",
  "ec2:UnassignIpv6Addresses",
];

const arn = (what: string) => `arn:aws:ec2:eu-west-1:111122223333:${what}`;
const INTERFACES = arn("network-interface/*");
const INSTANCES = arn("instance/*");

const MADE = { Null: { [POOL_KEY]: "false", [MADE_FOR_KEY]: "false" } };
const OF_POOL = { Null: { [POOL_KEY]: "false" } };
const GIVEN_TAG = { Null: { [GIVEN_KEY]: "false" } };
const CREATED = { StringEquals: { "ec2:CreateAction": "CreateNetworkInterface" } };

/** A statement of the manager's role. */
const allowing = (Action: unknown, Condition?: unknown, Resource: unknown = "*") => [
  ...managerWith(),
  statement({ Action, Resource, Condition }, idOf("role")),
];

describe("manager-least-privilege and interfaces made on demand", () => {
  describe("of the project's own manager", () => {
    const rights = JSON.parse(
      JSON.stringify(
        rightsOf({
          tagKey: TAG_KEY,
          pools: ["licence", "second"],
          poolTags: ["licence,second"],
          onDemand: {
            pools: ["second"],
            madeOf: [arn("subnet/subnet-1"), arn("security-group/sg-1")],
          },
          queueArn: "arn:aws:sqs:eu-west-1:111122223333:events",
          logGroupArn: "arn:aws:logs:eu-west-1:111122223333:log-group:manager",
        }),
      ),
    ) as { Statement: { Sid: string }[] };
    const having = (document: object) => [
      ...managerWith(),
      rolePolicy(JSON.stringify(document), idOf("role")),
    ];
    const without = (sid: string) =>
      having({
        Statement: rights.Statement.map((one) =>
          one.Sid === sid ? { ...one, Condition: undefined } : one,
        ),
      });
    holdEach(table`
      passes its rights: ${having(rights)}
      stops MoveInterfacesOfPools once it loses its condition:
        ${without("MoveInterfacesOfPools")} ${allowsMoves(MOVES)}
      stops OnInstancesOfPools once it loses its condition:
        ${without("OnInstancesOfPools")} ${allowsMoves(MOVES)}
      stops MakeInterfacesOnDemand once it loses its condition:
        ${without("MakeInterfacesOnDemand")} ${allowsUntagged([CREATE])}
      stops TagThemAsTheyAreMade once it loses its condition:
        ${without("TagThemAsTheyAreMade")} ${allowsWritingTag([TAG])}
      stops LetThemEndWithTheirInstance once it loses its condition:
        ${without("LetThemEndWithTheirInstance")} ${allowsNotMade([MODIFY])}
      stops OnTheirInstance once it loses its condition:
        ${without("OnTheirInstance")} ${allowsAnyInstance([MODIFY])}
      stops DeleteThemUnused once it loses its condition:
        ${without("DeleteThemUnused")} ${allowsNotMade([DELETE])}
    `);
  });

  describe("judges what changes or deletes interfaces", () => {
    for (const action of CHANGES) {
      hold(`stops ${action} on any`, ...allowing(action), allowsNotMade([action]));
      hold(`passes ${action} on those it made`, ...allowing(action, MADE));
    }
    const otherSpellings = allowing([DELETE, MODIFY], {
      StringEquals: { [`ec2:resourcetag/${TAG_KEY}`]: ["second"] },
      StringLike: { "ec2:ResourceTag/Network-Interface-Pool-Made-For": "i-*" },
    });
    holdEach(table`
      stops it on interfaces of pools that are there for good:
        ${allowing(DELETE, OF_POOL)} ${allowsNotMade([DELETE])}
      stops it on interfaces that another manager made:
        ${allowing(DELETE, { Null: { [MADE_FOR_KEY]: "false" } })} ${allowsNotMade([DELETE])}
      passes names of pools and any spelling of the keys: ${otherSpellings}
      passes changes of an instance with the pool tag alone: ${allowing(MODIFY, OF_POOL, INSTANCES)}
      stops changes of an instance without it:
        ${allowing(MODIFY, undefined, INSTANCES)} ${allowsAnyInstance([MODIFY])}
      stops changes of interfaces and instances once, by what interfaces need:
        ${allowing(MODIFY, undefined, [INSTANCES, INTERFACES])} ${allowsNotMade([MODIFY])}
      passes changes of what is neither: ${allowing(MODIFY, undefined, arn("security-group/*"))}
    `);
  });

  describe("judges what makes interfaces", () => {
    holdEach(table`
      stops it without the pool tag, which the interfaces would be lost without:
        ${allowing(CREATE)} ${allowsUntagged([CREATE])}
      stops it without the pool tag, where it names interfaces:
        ${allowing(CREATE, undefined, INTERFACES)} ${allowsUntagged([CREATE])}
      stops it with a condition on a tag that they can't have yet:
        ${allowing(CREATE, OF_POOL, INTERFACES)} ${allowsUntagged([CREATE])}
      passes it with the pool tag: ${allowing(CREATE, GIVEN_TAG, INTERFACES)}
      passes it of subnets and security groups:
        ${allowing(CREATE, undefined, [arn("subnet/subnet-1"), arn("security-group/sg-1")])}
    `);
  });

  describe("judges what writes tags", () => {
    for (const action of [TAG, UNTAG]) {
      for (const on of [INTERFACES, INSTANCES, "*"]) {
        hold(
          `stops ${action} on what exists already of ${on}`,
          ...allowing(action, undefined, on),
          allowsWritingTag([action]),
        );
        hold(`passes ${action} as an interface is made of ${on}`, ...allowing(action, CREATED, on));
      }
    }
    const stopped = (condition: unknown) => [...allowing(TAG, condition), allowsWritingTag([TAG])];
    holdEach(table`
      stops it with the pool tag: ${stopped(OF_POOL)}
      stops it with other tags only:
        ${stopped({ "ForAllValues:StringEquals": { "aws:TagKeys": ["Name"] } })}
      stops it on what may be made: ${stopped({ StringEqualsIfExists: CREATED.StringEquals })}
      stops it on what isn't made: ${stopped({ StringNotEquals: CREATED.StringEquals })}
      passes tags of what is neither interface nor instance:
        ${allowing([TAG, UNTAG], undefined, arn("volume/*"))}
    `);
  });

  holdEach(table`
    stops a right to do everything by every rule:
      ${allowing("ec2:*")} ${allowsMoves(MOVES)} ${allowsNotMade(CHANGES)}
      ${allowsUntagged([CREATE])} ${allowsWritingTag([TAG, UNTAG])}
  `);

  describe("knows the manager's role", () => {
    const document = documentOf({ Action: DELETE });
    const policy = JSON.stringify(document);
    const ofRole = rolePolicy(policy, idOf("role"));
    const own = resource("aws:iam/policy:Policy", "hand", { policy });
    const native = { type: "aws-native:iam:Role" };
    const ofHand = (label: string) => allowsNotMade([DELETE], label);
    const ofManager = allowsNotMade([DELETE], 'Role "role"', "role");
    const managedPolicy = resource("aws-native:iam:ManagedPolicy", "hand", {
      roles: ["other", idOf("role")],
      policyDocument: document,
    });
    const attachment = resource("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "attachment", {
      role: idOf("role"),
      policyArn: idOf("hand"),
    });
    const inComponent = resource(
      "aws:lambda/function:Function",
      "function",
      { role: idOf("role") },
      { parent: "manager" },
    );
    const otherFunction = {
      ...managerFunction({}),
      props: { role: idOf("role"), environment: { variables: { OTHER: "x" } } },
    };
    holdEach(table`
      by a RolePolicy: ${managerWith()} ${ofRole} ${ofHand('RolePolicy "hand"')}
      by its own documents: ${managerWith(role({ inlinePolicies: [{ policy }] }))} ${ofManager}
      by its own documents in aws-native:
        ${managerWith(role({ policies: [{ policyDocument: document }] }, native))} ${ofManager}
      by a RolePolicy of aws-native:
        ${managerWith()} ${statementObject({ Action: DELETE }, { roleName: idOf("role") })}
        ${ofHand('RolePolicy "hand"')}
      by a ManagedPolicy of aws-native:
        ${managerWith()} ${managedPolicy} ${ofHand('ManagedPolicy "hand"')}
      by a Policy that it is given: ${managerWith()} ${own} ${attachment} ${ofHand('Policy "hand"')}
      by a Policy that it has itself:
        ${managerWith(role({ managedPolicyArns: [idOf("hand")] }))} ${own}
        ${ofHand('Policy "hand"')}
      of a function in the manager's component:
        ${resource(MANAGER_COMPONENT, "manager")} ${role()} ${inComponent} ${ofRole}
        ${ofHand('RolePolicy "hand"')}
      and lets other roles change and delete interfaces, as functions in a VPC must:
        ${managerWith()} ${statement({ Action: [CREATE, DELETE, MODIFY, TAG] }, "other")}
        ${{ ...own, name: "unattached" }}
      and lets the roles of other functions do so: ${role()} ${otherFunction} ${ofRole}
    `);
  });

  describe("where parts of a document are unknown", () => {
    const having = (Action: unknown, Condition?: unknown): WrittenResource[] => [
      ...managerWith(),
      statementObject({ Action, Condition }, { roleName: idOf("role") }),
    ];
    holdEach(table`
      asks about a condition that isn't known:
        ${having(DELETE, later({}))} ${whetherAllows([DELETE], NOT_MADE)}
      asks where one tag is demanded, and whether the other isn't known:
        ${having(DELETE, { Null: { [POOL_KEY]: "false", [MADE_FOR_KEY]: later("false") } })}
        ${whetherAllows([DELETE], NOT_MADE)}
      stops where one tag isn't demanded, whatever the other:
        ${having(DELETE, { Null: { [POOL_KEY]: later("false") } })} ${inPreview}
        ${allowsNotMade([DELETE])}
      asks once for each rule about an action that isn't known:
        ${having(later(DELETE))} ${whetherAllows(MOVES)} ${whetherAllows(CHANGES, NOT_MADE)}
        ${whetherAllows([CREATE], "without a condition on the pool tag that it gives")}
        ${whetherAllows([TAG, UNTAG], WRITES_TAG)}
    `);
  });
});
