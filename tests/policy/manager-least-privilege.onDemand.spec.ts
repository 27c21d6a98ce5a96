import assert from "node:assert/strict";
import { rightsOf } from "../../components/networkInterfaceManager/rights";
import { managerLeastPrivilege } from "../../policy/manager-least-privilege";
import {
  compliant,
  MANAGER_COMPONENT,
  managerFunction,
  TAG_KEY,
  undecided,
  violation,
} from "./stackBuilders";
import { type WrittenResource, type Finding, idOf, judge, later, show } from "./policyEngine";

const POOL = `aws:ResourceTag/${TAG_KEY}`;
const MADE_FOR = "aws:ResourceTag/network-interface-pool-made-for";
const GIVEN = `aws:RequestTag/${TAG_KEY}`;

const DELETE = "ec2:DeleteNetworkInterface";
const MODIFY = "ec2:ModifyNetworkInterfaceAttribute";
const CREATE = "ec2:CreateNetworkInterface";
const TAG = "ec2:CreateTags";

const INTERFACES = "arn:aws:ec2:eu-west-1:111122223333:network-interface/*";
const INSTANCES = "arn:aws:ec2:eu-west-1:111122223333:instance/*";

const both = { Null: { [POOL]: "false", [MADE_FOR]: "false" } };
const pool = { Null: { [POOL]: "false" } };
const given = { Null: { [GIVEN]: "false" } };
const created = { StringEquals: { "ec2:CreateAction": "CreateNetworkInterface" } };

/** A manager's function and its role. */
const manager: WrittenResource[] = [
  { type: "aws:iam/role:Role", name: "role", props: {} },
  { ...managerFunction({}), props: { ...managerFunction({}).props, role: idOf("role") } },
];

const rolePolicy = (policy: unknown, role: unknown = idOf("role")): WrittenResource => ({
  type: "aws:iam/rolePolicy:RolePolicy",
  name: "hand",
  props: { role, policy },
});

const documentOf = (Action: unknown, Condition?: unknown, Resource: unknown = "*") => ({
  Statement: [{ Effect: "Allow", Action, Resource, Condition }],
});

const judgeStack = (changes: WrittenResource[], preview = true) =>
  judge(managerLeastPrivilege, show([...compliant, ...changes], { preview }));

/** Judges a statement of the manager's role. */
const judgeRight = (Action: unknown, Condition?: unknown, Resource?: unknown) =>
  judgeStack([...manager, rolePolicy(JSON.stringify(documentOf(Action, Condition, Resource)))]);

type Stop = (actions: string, label?: string, resource?: string) => Finding[];

const stop =
  (lack: string, mend: string): Stop =>
  (actions, label = 'RolePolicy "hand"', resource = "hand") => [
    violation(managerLeastPrivilege, resource, `${label} allows ${actions} ${lack}. ${mend}.`),
  ];

const notMade = stop(
  "on interfaces that the manager didn't make",
  `Write "Condition": {"Null": {"${POOL}": "false", "${MADE_FOR}": "false"}} into the statement`,
);
const anyInstance = stop(
  "on instances without the pool tag",
  `Write "Condition": {"Null": {"${POOL}": "false"}} into the statement`,
);
const untagged = stop(
  "without a condition on the pool tag that it gives",
  `Write "Condition": {"Null": {"${GIVEN}": "false"}} into the statement for interfaces, or StringEquals with ` +
    "the names of pools",
);
const writesTag = stop(
  "on what exists already, so that the manager could write the pool tag itself",
  'Write "Condition": {"StringEquals": {"ec2:CreateAction": "CreateNetworkInterface"}} into the statement',
);
const moves = stop(
  "without a condition on the pool tag",
  `Write "Condition": {"Null": {"${POOL}": "false"}} into the statement, or StringEquals with the names of pools`,
);

describe("manager-least-privilege and interfaces made on demand", () => {
  describe("of the project's own manager", () => {
    const text = JSON.stringify(
      rightsOf({
        tagKey: TAG_KEY,
        pools: ["licence", "second"],
        poolTags: ["licence,second"],
        onDemand: {
          pools: ["second"],
          madeOf: ["subnet/subnet-1", "security-group/sg-1"].map(
            (resource) => `arn:aws:ec2:eu-west-1:111122223333:${resource}`,
          ),
        },
        queueArn: "arn:aws:sqs:eu-west-1:111122223333:events",
        logGroupArn: "arn:aws:logs:eu-west-1:111122223333:log-group:manager",
      }),
    );
    const rights = JSON.parse(text) as { Statement: { Sid: string }[] };

    it("passes its rights", async () => {
      for (const preview of [true, false]) {
        const findings = await judgeStack([...manager, rolePolicy(text)], preview);
        assert.deepEqual(findings, []);
      }
    });

    const needed: [sid: string, findings: Finding[]][] = [
      ["MoveInterfacesOfPools", moves("ec2:AttachNetworkInterface and ec2:DetachNetworkInterface")],
      ["OnInstancesOfPools", moves("ec2:AttachNetworkInterface and ec2:DetachNetworkInterface")],
      ["MakeInterfacesOnDemand", untagged(CREATE)],
      ["TagThemAsTheyAreMade", writesTag(TAG)],
      ["LetThemEndWithTheirInstance", notMade(MODIFY)],
      ["OnTheirInstance", anyInstance(MODIFY)],
      ["DeleteThemUnused", notMade(DELETE)],
    ];
    for (const [sid, findings] of needed) {
      it(`stops ${sid} once it loses its condition`, async () => {
        const Statement = rights.Statement.map((statement) =>
          statement.Sid === sid ? { ...statement, Condition: undefined } : statement,
        );
        const changes = [...manager, rolePolicy(JSON.stringify({ Statement }))];
        assert.deepEqual(await judgeStack(changes), findings);
      });
    }
  });

  describe("judges what changes or deletes interfaces", () => {
    const actions = [
      DELETE,
      MODIFY,
      "ec2:ResetNetworkInterfaceAttribute",
      "ec2:AssignPrivateIpAddresses",
      "ec2:UnassignPrivateIpAddresses",
      "ec2:AssignIpv6Addresses",
      "ec2:UnassignIpv6Addresses",
    ];
    for (const action of actions) {
      it(`stops ${action} on any, and passes it on those it made`, async () => {
        assert.deepEqual(await judgeRight(action), notMade(action));
        assert.deepEqual(await judgeRight(action, both), []);
      });
    }

    it("stops it on interfaces of pools that are there for good", async () => {
      assert.deepEqual(await judgeRight(DELETE, pool), notMade(DELETE));
    });

    it("stops it on interfaces that another manager made", async () => {
      assert.deepEqual(
        await judgeRight(DELETE, { Null: { [MADE_FOR]: "false" } }),
        notMade(DELETE),
      );
    });

    it("passes names of pools and any spelling of the keys", async () => {
      const condition = {
        StringEquals: { [`ec2:resourcetag/${TAG_KEY}`]: ["second"] },
        StringLike: { "ec2:ResourceTag/Network-Interface-Pool-Made-For": "i-*" },
      };
      assert.deepEqual(await judgeRight([DELETE, MODIFY], condition), []);
    });

    it("passes changes of an instance with the pool tag alone", async () => {
      assert.deepEqual(await judgeRight(MODIFY, pool, INSTANCES), []);
      assert.deepEqual(await judgeRight(MODIFY, undefined, INSTANCES), anyInstance(MODIFY));
    });

    it("stops changes of interfaces and instances once, by what interfaces need", async () => {
      assert.deepEqual(
        await judgeRight(MODIFY, undefined, [INSTANCES, INTERFACES]),
        notMade(MODIFY),
      );
    });

    it("passes changes of what is neither", async () => {
      const securityGroup = "arn:aws:ec2:eu-west-1:111122223333:security-group/*";
      assert.deepEqual(await judgeRight(MODIFY, undefined, securityGroup), []);
    });
  });

  describe("judges what makes interfaces", () => {
    it("stops it without the pool tag, which the interfaces would be lost without", async () => {
      assert.deepEqual(await judgeRight(CREATE), untagged(CREATE));
      assert.deepEqual(await judgeRight(CREATE, undefined, INTERFACES), untagged(CREATE));
      assert.deepEqual(await judgeRight(CREATE, pool, INTERFACES), untagged(CREATE));
    });

    it("passes it with the pool tag, and of subnets and security groups", async () => {
      assert.deepEqual(await judgeRight(CREATE, given, INTERFACES), []);
      const Resource = [
        "arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-1",
        "arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1",
      ];
      assert.deepEqual(await judgeRight(CREATE, undefined, Resource), []);
    });
  });

  describe("judges what writes tags", () => {
    it("stops it on what exists already, and passes it as an interface is made", async () => {
      for (const action of [TAG, "ec2:DeleteTags"]) {
        for (const resource of [INTERFACES, INSTANCES, "*"]) {
          assert.deepEqual(await judgeRight(action, undefined, resource), writesTag(action));
          assert.deepEqual(await judgeRight(action, created, resource), []);
        }
      }
    });

    const open: [what: string, condition: unknown][] = [
      ["with the pool tag", pool],
      ["with other tags only", { "ForAllValues:StringEquals": { "aws:TagKeys": ["Name"] } }],
      ["that may be made", { StringEqualsIfExists: created.StringEquals }],
      ["that isn't made", { StringNotEquals: created.StringEquals }],
    ];
    for (const [what, condition] of open) {
      it(`stops it on what exists already ${what}`, async () => {
        assert.deepEqual(await judgeRight(TAG, condition), writesTag(TAG));
      });
    }

    it("passes tags of what is neither interface nor instance", async () => {
      const volumes = "arn:aws:ec2:eu-west-1:111122223333:volume/*";
      assert.deepEqual(await judgeRight([TAG, "ec2:DeleteTags"], undefined, volumes), []);
    });
  });

  it("stops a right to do everything by every rule", async () => {
    assert.deepEqual(await judgeRight("ec2:*"), [
      ...moves("ec2:AttachNetworkInterface and ec2:DetachNetworkInterface"),
      ...notMade(
        `${DELETE}, ${MODIFY}, ec2:ResetNetworkInterfaceAttribute, ec2:AssignPrivateIpAddresses, ` +
          "ec2:UnassignPrivateIpAddresses, ec2:AssignIpv6Addresses and ec2:UnassignIpv6Addresses",
      ),
      ...untagged(CREATE),
      ...writesTag(`${TAG} and ec2:DeleteTags`),
    ]);
  });

  describe("knows the manager's role", () => {
    const wide = documentOf(DELETE);
    const text = JSON.stringify(wide);
    const withRole = (props: Record<string, unknown>, type = "aws:iam/role:Role") =>
      manager.map((one) => (one.name === "role" ? { ...one, type, props } : one));
    const own: WrittenResource = {
      type: "aws:iam/policy:Policy",
      name: "hand",
      props: { policy: text },
    };
    const attached: WrittenResource = {
      type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
      name: "attachment",
      props: { role: idOf("role"), policyArn: idOf("hand") },
    };
    const ways: [what: string, changes: WrittenResource[], label: string, resource: string][] = [
      ["by a RolePolicy", [...manager, rolePolicy(text)], 'RolePolicy "hand"', "hand"],
      [
        "by its own documents",
        withRole({ inlinePolicies: [{ policy: text }] }),
        'Role "role"',
        "role",
      ],
      [
        "by its own documents in aws-native",
        withRole({ policies: [{ policyDocument: wide }] }, "aws-native:iam:Role"),
        'Role "role"',
        "role",
      ],
      [
        "by a RolePolicy of aws-native",
        [
          ...manager,
          {
            type: "aws-native:iam:RolePolicy",
            name: "hand",
            props: { roleName: idOf("role"), policyDocument: wide },
          },
        ],
        'RolePolicy "hand"',
        "hand",
      ],
      [
        "by a ManagedPolicy of aws-native",
        [
          ...manager,
          {
            type: "aws-native:iam:ManagedPolicy",
            name: "hand",
            props: { roles: ["other", idOf("role")], policyDocument: wide },
          },
        ],
        'ManagedPolicy "hand"',
        "hand",
      ],
      ["by a Policy that it is given", [...manager, own, attached], 'Policy "hand"', "hand"],
      [
        "by a Policy that it has itself",
        [...withRole({ managedPolicyArns: [idOf("hand")] }), own],
        'Policy "hand"',
        "hand",
      ],
      [
        "of a function in the manager's component",
        [
          { type: MANAGER_COMPONENT, name: "manager", props: {} },
          { type: "aws:iam/role:Role", name: "role", props: {} },
          {
            type: "aws:lambda/function:Function",
            name: "function",
            props: { role: idOf("role") },
            parent: "manager",
          },
          rolePolicy(text),
        ],
        'RolePolicy "hand"',
        "hand",
      ],
    ];
    for (const [what, changes, label, resource] of ways) {
      it(`${what}, in a preview and in an up`, async () => {
        for (const preview of [true, false]) {
          assert.deepEqual(await judgeStack(changes, preview), notMade(DELETE, label, resource));
        }
      });
    }

    it("lets other roles change and delete interfaces, as functions in a VPC must", async () => {
      const actions = [CREATE, DELETE, MODIFY, TAG];
      const other = rolePolicy(JSON.stringify(documentOf(actions)), "other");
      const unattached = { ...own, name: "unattached" };
      assert.deepEqual(await judgeStack([...manager, other, unattached]), []);
    });

    it("lets the roles of other functions do so", async () => {
      const [role] = manager;
      assert.ok(role !== undefined);
      const changes: WrittenResource[] = [
        role,
        {
          ...managerFunction({ POOL_TAG_KEY: undefined }),
          props: { role: idOf("role"), environment: { variables: { OTHER: "x" } } },
        },
        rolePolicy(text),
      ];
      assert.deepEqual(await judgeStack(changes), []);
    });
  });

  describe("where parts of a document are unknown", () => {
    const judgeObject = (Action: unknown, Condition?: unknown) =>
      judgeStack([
        ...manager,
        {
          type: "aws-native:iam:RolePolicy",
          name: "hand",
          props: { roleName: idOf("role"), policyDocument: documentOf(Action, Condition) },
        },
      ]);
    const asked = (actions: string, lack: string) => [
      undecided(
        managerLeastPrivilege,
        "hand",
        `whether RolePolicy "hand" allows ${actions} ${lack}, since its effect, actions or conditions aren't ` +
          "known yet",
      ),
    ];

    it("asks about a condition that isn't known", async () => {
      assert.deepEqual(
        await judgeObject(DELETE, later({})),
        asked(DELETE, "on interfaces that the manager didn't make"),
      );
    });

    it("asks where one tag is demanded, and whether the other isn't known", async () => {
      const condition = { Null: { [POOL]: "false", [MADE_FOR]: later("false") } };
      assert.deepEqual(
        await judgeObject(DELETE, condition),
        asked(DELETE, "on interfaces that the manager didn't make"),
      );
    });

    it("stops where one tag isn't demanded, whatever the other", async () => {
      const condition = { Null: { [POOL]: later("false") } };
      assert.deepEqual(await judgeObject(DELETE, condition), notMade(DELETE));
    });

    it("asks once for each rule about an action that isn't known", async () => {
      const findings = await judgeObject(later(DELETE));
      assert.deepEqual(
        findings.map(({ level, message }) => [
          level,
          message.split(", since")[0]?.split(" allows ")[1],
        ]),
        [
          [
            "advisory",
            "ec2:AttachNetworkInterface and ec2:DetachNetworkInterface without a condition on the pool tag",
          ],
          [
            "advisory",
            `${DELETE}, ${MODIFY}, ec2:ResetNetworkInterfaceAttribute, ec2:AssignPrivateIpAddresses, ` +
              "ec2:UnassignPrivateIpAddresses, ec2:AssignIpv6Addresses and ec2:UnassignIpv6Addresses on " +
              "interfaces that the manager didn't make",
          ],
          ["advisory", `${CREATE} without a condition on the pool tag that it gives`],
          [
            "advisory",
            `${TAG} and ec2:DeleteTags on what exists already, so that the manager could write the pool tag itself`,
          ],
        ],
      );
    });
  });
});
