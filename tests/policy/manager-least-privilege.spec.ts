import assert from "node:assert/strict";
import { rightsOf } from "../../components/networkInterfaceManager/rights";
import { managerLeastPrivilege } from "../../policy/manager-least-privilege";
import { compliant, managerFunction, TAG_KEY, undecided, violation } from "./stackBuilders";
import { type WrittenResource, idOf, judge, later, show, type StackOptions } from "./policyEngine";

const ATTACH = "ec2:AttachNetworkInterface";
const DETACH = "ec2:DetachNetworkInterface";
const MOVES = [ATTACH, DETACH];

function judgeStack(changes: WrittenResource[], options?: StackOptions, config?: object) {
  return judge(managerLeastPrivilege, show([...compliant, ...changes], options), config);
}

/** A document of one statement that allows attaching, wherever, with changes. */
function documentOf(changes: Record<string, unknown> = {}) {
  const statement = { Effect: "Allow", Action: ATTACH, Resource: "*", ...changes };
  return { Version: "2012-10-17", Statement: [statement] };
}

const conditionOf = (operator: string, value: unknown, key = `aws:ResourceTag/${TAG_KEY}`) => ({
  Condition: { [operator]: { [key]: value } },
});

function rolePolicy(policy: unknown, name = "hand"): WrittenResource {
  return { type: "aws:iam/rolePolicy:RolePolicy", name, props: { role: "hand", policy } };
}

const policyOf = (changes: Record<string, unknown>) => [
  rolePolicy(JSON.stringify(documentOf(changes))),
];

/** That a resource allows moves without the pool tag. */
function allows(actions: string[], label = 'RolePolicy "hand"', tagKey = TAG_KEY) {
  const message =
    `${label} allows ${actions.join(" and ")} without a condition on the pool tag. Write "Condition": ` +
    `{"Null": {"aws:ResourceTag/${tagKey}": "false"}} into the statement, or StringEquals with the ` +
    "names of pools.";
  return violation(managerLeastPrivilege, "hand", message);
}

const DOCUMENT_OPEN = (label = 'RolePolicy "hand"') =>
  undecided(
    managerLeastPrivilege,
    "hand",
    `whether ${label} lets interfaces without the pool tag be attached, since its policy document isn't known yet`,
  );

const STATEMENT_OPEN = (actions: string[], label = 'RolePolicy "hand"') =>
  undecided(
    managerLeastPrivilege,
    "hand",
    `whether ${label} allows ${actions.join(" and ")} without a condition on the pool tag, since its effect, actions or ` +
      "conditions aren't known yet",
  );

/** Where documents are: as text or as an object, and how the resource is called. */
const HOLDERS: [label: string, build: (document: unknown) => WrittenResource][] = [
  ['RolePolicy "hand"', (document) => rolePolicy(document)],
  [
    'Policy "hand"',
    (document) => ({ type: "aws:iam/policy:Policy", name: "hand", props: { policy: document } }),
  ],
  [
    'Role "hand"',
    (document) => ({
      type: "aws:iam/role:Role",
      name: "hand",
      props: { inlinePolicies: [{ name: "other" }, { name: "hand", policy: document }] },
    }),
  ],
  [
    'RolePolicy "hand"',
    (document) => ({
      type: "aws-native:iam:RolePolicy",
      name: "hand",
      props: { policyDocument: document },
    }),
  ],
  [
    'ManagedPolicy "hand"',
    (document) => ({
      type: "aws-native:iam:ManagedPolicy",
      name: "hand",
      props: { policyDocument: document },
    }),
  ],
  [
    'Role "hand"',
    (document) => ({
      type: "aws-native:iam:Role",
      name: "hand",
      props: { policies: [{ policyName: "hand", policyDocument: document }] },
    }),
  ],
];

describe("manager-least-privilege", () => {
  const scopes: [what: string, pools: string[] | undefined][] = [
    ["every pool", undefined],
    ["pools by name", ["licence", "b${astion"]],
  ];
  for (const [what, pools] of scopes) {
    const text = JSON.stringify(
      rightsOf({
        tagKey: TAG_KEY,
        pools,
        queueArn: "arn:aws:sqs:eu-west-1:111122223333:events",
        logGroupArn: "arn:aws:logs:eu-west-1:111122223333:log-group:manager",
      }),
    );

    it(`passes the rights of the project's own manager for ${what}`, async () => {
      for (const preview of [true, false]) {
        assert.deepEqual(await judgeStack([rolePolicy(text)], { preview }), []);
      }
    });

    it(`stops them for ${what} once they lose their conditions`, async () => {
      const { Statement: written } = JSON.parse(text) as { Statement: object[] };
      const Statement = written.map((statement) => ({ ...statement, Condition: undefined }));
      assert.deepEqual(await judgeStack([rolePolicy(JSON.stringify({ Statement }))]), [
        allows(MOVES),
        allows(MOVES),
      ]);
    });

    it(`stops them for ${what} where another tag is the pool tag`, async () => {
      assert.deepEqual(await judgeStack([rolePolicy(text)], {}, { tagKey: "team:pool" }), [
        allows(MOVES, 'RolePolicy "hand"', "team:pool"),
        allows(MOVES, 'RolePolicy "hand"', "team:pool"),
      ]);
    });
  }

  it("passes a program that gives nobody rights", async () => {
    assert.deepEqual(await judgeStack([]), []);
    assert.deepEqual(await judgeStack([], { preview: false }), []);
  });

  for (const [label, build] of HOLDERS) {
    describe(`in a document of ${build("").type}`, () => {
      it("stops attaching without the pool tag, in text and in an object", async () => {
        for (const preview of [true, false]) {
          for (const document of [JSON.stringify(documentOf()), documentOf()]) {
            assert.deepEqual(await judgeStack([build(document)], { preview }), [
              allows([ATTACH], label),
            ]);
          }
        }
      });

      it("passes it with the pool tag", async () => {
        const document = documentOf(conditionOf("StringEquals", "licence"));
        assert.deepEqual(await judgeStack([build(document)]), []);
        assert.deepEqual(await judgeStack([build(JSON.stringify(document))]), []);
      });

      it("stops what is no JSON", async () => {
        assert.deepEqual(await judgeStack([build("{Version:")]), [
          violation(
            managerLeastPrivilege,
            "hand",
            `${label} has a policy document that is no JSON. Write a document, like {"Version": ` +
              '"2012-10-17", "Statement": []}.',
          ),
        ]);
      });

      it("asks about a document that isn't known, and decides in the up", async () => {
        const changes = [build(later(JSON.stringify(documentOf())))];
        assert.deepEqual(await judgeStack(changes), [DOCUMENT_OPEN(label)]);
        assert.deepEqual(await judgeStack(changes, { preview: false }), [allows([ATTACH], label)]);
      });

      it("asks about a property that isn't known at all", async () => {
        const resource = build("");
        const props = Object.fromEntries(
          Object.keys(resource.props).map((key) => [key, later(undefined)]),
        );
        assert.deepEqual(await judgeStack([{ ...resource, props }]), [DOCUMENT_OPEN(label)]);
      });

      it("asks nothing about what AWS fills in, since no program wrote it", async () => {
        const resource = build("");
        const outputs = Object.fromEntries(
          Object.keys(resource.props).map((key) => [key, later(undefined)]),
        );
        assert.deepEqual(await judgeStack([{ ...resource, props: {}, outputs }]), []);
      });

      it("stops what AWS shows, though no program wrote it", async () => {
        const { type, name, props } = build(documentOf());
        assert.deepEqual(await judgeStack([{ type, name, props: {}, outputs: props }]), [
          allows([ATTACH], label),
        ]);
      });

      it("passes a document that is empty or absent", async () => {
        for (const document of ["", undefined, null, {}, { Statement: [] }, "null"]) {
          assert.deepEqual(await judgeStack([build(document)], { preview: false }), []);
        }
      });
    });
  }

  it("judges every document of a role and every statement by itself", async () => {
    const openDocument = documentOf({ Action: "ec2:*" });
    const [open] = openDocument.Statement;
    const limited = documentOf(conditionOf("StringEquals", "licence")).Statement;
    const role: WrittenResource = {
      type: "aws:iam/role:Role",
      name: "hand",
      props: {
        inlinePolicies: [
          { policy: JSON.stringify({ Statement: [...limited, open, open] }) },
          { policy: later("") },
          { policy: JSON.stringify(documentOf()) },
        ],
      },
    };
    assert.deepEqual(await judgeStack([role]), [
      allows(MOVES, 'Role "hand"'),
      allows(MOVES, 'Role "hand"'),
      DOCUMENT_OPEN('Role "hand"'),
      allows([ATTACH], 'Role "hand"'),
    ]);
  });

  for (const Resource of [
    "arn:aws:ec2:*:*:network-interface/*",
    "arn:aws:ec2:eu-west-1:111122223333:instance/i-1",
    "arn:aws:ec2:us-east-1:*:*",
    "arn:aws:ec2:us-east-1:*",
    "arn:aws-us-gov:ec2:*",
    "arn:aws-cn:*",
    "arn:aws-*",
    "arn:aws:ec2:us-east-1:111122223333:network-*",
    "arn:*:network-interface/*",
    "arn:aws:*",
    "*",
  ]) {
    it(`stops rights on ${Resource}, which may be an interface or an instance`, async () => {
      assert.deepEqual(await judgeStack(policyOf({ Action: ATTACH, Resource })), [
        allows([ATTACH]),
      ]);
    });
  }

  it("stops rights on machines beside others", async () => {
    const Resource = ["arn:aws:s3:::bucket/*", "arn:aws:ec2:*:*:network-interface/*"];
    assert.deepEqual(await judgeStack(policyOf({ Action: ATTACH, Resource })), [allows([ATTACH])]);
  });

  it("stops rights on all but what is named", async () => {
    const changes = { Action: ATTACH, Resource: undefined, NotResource: "arn:aws:s3:::bucket/*" };
    assert.deepEqual(await judgeStack(policyOf(changes)), [allows([ATTACH])]);
  });

  it("passes rights on what is neither interface nor instance", async () => {
    const Resource = ["arn:aws:s3:::bucket/*", "arn:aws:ec2:*:*:snapshot/*"];
    assert.deepEqual(await judgeStack(policyOf({ Action: "*", Resource })), []);
  });

  it("reads a pattern of many stars as fast as one of one", async () => {
    assert.deepEqual(await judgeStack(policyOf({ Action: `${"*".repeat(60)}!` })), []);
  });

  it("judges a statement that isn't in a list", async () => {
    const [Statement] = documentOf().Statement;
    assert.deepEqual(await judgeStack([rolePolicy(JSON.stringify({ Statement }))]), [
      allows([ATTACH]),
    ]);
  });

  it("leaves resources alone that give no role rights", async () => {
    const bucketPolicy: WrittenResource = {
      type: "aws:s3/bucketPolicy:BucketPolicy",
      name: "hand",
      props: { policy: JSON.stringify(documentOf()) },
    };
    assert.deepEqual(await judgeStack([bucketPolicy]), []);
  });

  describe("judges actions", () => {
    const open: [action: unknown, allowed: string[]][] = [
      [ATTACH, [ATTACH]],
      [DETACH, [DETACH]],
      [[ATTACH], [ATTACH]],
      [["ec2:Describe*", DETACH, ATTACH], MOVES],
      ["ec2:*", MOVES],
      ["*", MOVES],
      ["*:*", MOVES],
      ["ec2:Attach*", [ATTACH]],
      ["ec2:*tachNetworkInterface", MOVES],
      ["ec2:*NetworkInterface", MOVES],
      ["e?2:DetachNetworkInterface", [DETACH]],
      ["ec2:??tachNetworkInterface", MOVES],
      ["EC2:attachnetworkinterface", [ATTACH]],
      ["Ec2:DETACH*", [DETACH]],
    ];
    for (const [action, allowed] of open) {
      it(`stops ${JSON.stringify(action)}`, async () => {
        assert.deepEqual(await judgeStack(policyOf({ Action: action })), [allows(allowed)]);
      });
    }

    const harmless: unknown[] = [
      "ec2:Describe*",
      "ec2:AttachNetworkInterfaces",
      "ec2:AttachNetwork",
      "my-ec2:AttachNetworkInterface",
      "ec2:?tachNetworkInterface",
      "ec2.AttachNetworkInterface",
      "ec.:AttachNetworkInterface",
      "ec2:(Attach|Detach)NetworkInterface",
      "ec2:(AttachNetworkInterface)",
      "ec2:?AttachNetworkInterface",
      "ec[0-9]:AttachNetworkInterface",
      "ec2:AttachVolume",
      "s3:*",
      "",
      [],
    ];
    for (const action of harmless) {
      it(`passes ${JSON.stringify(action)}`, async () => {
        assert.deepEqual(await judgeStack(policyOf({ Action: action })), []);
      });
    }

    it("passes a statement that denies", async () => {
      assert.deepEqual(await judgeStack(policyOf({ Effect: "Deny", Action: "*" })), []);
    });

    it("judges another statement, whatever one before it denies", async () => {
      const [deny] = documentOf({ Effect: "Deny", Action: "*" }).Statement;
      const Statement = [deny, ...documentOf().Statement];
      assert.deepEqual(await judgeStack([rolePolicy(JSON.stringify({ Statement }))]), [
        allows([ATTACH]),
      ]);
    });

    const exceptions: [exceptions: unknown, allowed: string[]][] = [
      ["s3:*", MOVES],
      [["iam:*", "ec2:RunInstances"], MOVES],
      [ATTACH, [DETACH]],
      ["ec2:attach*", [DETACH]],
      ["ec2:*", []],
      [MOVES, []],
      [[], []],
    ];
    for (const [exception, allowed] of exceptions) {
      const what = allowed.length === 0 ? "passes" : "stops";
      it(`${what} all but ${JSON.stringify(exception)}`, async () => {
        const changes = policyOf({ Action: undefined, NotAction: exception });
        assert.deepEqual(await judgeStack(changes), allowed.length === 0 ? [] : [allows(allowed)]);
      });
    }
  });

  describe("judges conditions", () => {
    const limiting: [operator: string, value: unknown, key?: string][] = [
      ["StringEquals", "licence"],
      ["StringEquals", ["licence", "bastion"]],
      ["StringEqualsIgnoreCase", "Licence"],
      ["StringLike", "lic*"],
      ["StringLike", "*"],
      ["stringequals", "licence"],
      ["ForAnyValue:StringEquals", ["licence"]],
      ["ForAnyValue:StringLike", ["lic*"]],
      ["ForAnyValue:StringEqualsIgnoreCase", ["LICENCE"]],
      ["Null", false],
      ["Null", "false"],
      ["Null", ["false"]],
      ["null", [false, "false"]],
      ["StringEquals", "licence", `ec2:ResourceTag/${TAG_KEY}`],
      ["StringEquals", "licence", `AWS:resourcetag/${TAG_KEY}`],
      // IAM takes a tag of any case for the key, so this is no wider.
      ["StringEquals", "licence", `aws:ResourceTag/${TAG_KEY.toUpperCase()}`],
    ];
    for (const [operator, value, key] of limiting) {
      it(`passes ${JSON.stringify(conditionOf(operator, value, key).Condition)}`, async () => {
        assert.deepEqual(
          await judgeStack(policyOf({ Action: "*", ...conditionOf(operator, value, key) })),
          [],
        );
      });
    }

    const unlimited: [operator: string, value: unknown, key?: string][] = [
      ["Null", true],
      ["Null", "true"],
      ["Null", ["true"]],
      ["Null", ["false", "true"]],
      ["Null", []],
      ["NullIfExists", "false"],
      ["StringEqualsIfExists", "licence"],
      ["StringLikeIfExists", "lic*"],
      ["ForAnyValue:StringEqualsIfExists", "licence"],
      ["ForAllValues:StringEquals", "licence"],
      ["ForAllValues:StringLike", "lic*"],
      ["StringNotEquals", "licence"],
      ["StringNotEqualsIgnoreCase", "licence"],
      ["StringNotLike", "lic*"],
      ["ForAnyValue:StringNotEquals", "licence"],
      ["ArnNotEquals", "licence"],
      ["StringEquals", []],
      ["StringEquals", null],
      ["StringEquals", "licence", `aws:RequestTag/${TAG_KEY}`],
      ["StringEquals", "licence", `aws:PrincipalTag/${TAG_KEY}`],
      ["StringEquals", "licence", `my-aws:ResourceTag/${TAG_KEY}`],
      ["StringEquals", "licence", "aws:ResourceTag/Name"],
      ["StringEquals", "licence", "aws:ResourceTag"],
      ["StringEquals", "licence", `aws:ResourceTag/${TAG_KEY}/x`],
      ["StringEquals", "licence", `aws:ResourceTag/x/${TAG_KEY}`],
      ["StringEquals", TAG_KEY, "aws:TagKeys"],
    ];
    for (const [operator, value, key] of unlimited) {
      it(`stops ${JSON.stringify(conditionOf(operator, value, key).Condition)}`, async () => {
        assert.deepEqual(await judgeStack(policyOf(conditionOf(operator, value, key))), [
          allows([ATTACH]),
        ]);
      });
    }

    for (const condition of [{}, null, "StringEquals", { StringEquals: TAG_KEY }, { Null: [] }]) {
      it(`stops ${JSON.stringify(condition)}`, async () => {
        assert.deepEqual(await judgeStack(policyOf({ Condition: condition })), [allows([ATTACH])]);
      });
    }

    it("passes a condition on the pool tag beside others, whatever their order", async () => {
      const others = { StringNotEquals: { "aws:RequestedRegion": "eu-west-1" } };
      const pool = conditionOf("StringEquals", "licence").Condition;
      const region = { StringEquals: { "ec2:Region": "eu-west-1", ...pool.StringEquals } };
      for (const Condition of [{ ...others, ...pool }, { ...pool, ...others }, region]) {
        assert.deepEqual(await judgeStack(policyOf({ Condition })), []);
      }
    });

    it("takes a tag key of any case, as IAM does", async () => {
      const condition = conditionOf("StringEquals", "licence", "aws:ResourceTag/team:pool");
      assert.deepEqual(await judgeStack(policyOf(condition), {}, { tagKey: "Team:Pool" }), []);
    });

    it("takes a tag key with a slash whole", async () => {
      const config = { tagKey: "team/pool" };
      const condition = (key: string) => policyOf(conditionOf("StringEquals", "licence", key));
      assert.deepEqual(await judgeStack(condition("aws:ResourceTag/team/pool"), {}, config), []);
      assert.deepEqual(await judgeStack(condition("aws:ResourceTag/team"), {}, config), [
        allows([ATTACH], 'RolePolicy "hand"', "team/pool"),
      ]);
    });
  });

  describe("where parts of a document are unknown", () => {
    const inObject = (changes: Record<string, unknown>): WrittenResource => ({
      type: "aws-native:iam:RolePolicy",
      name: "hand",
      props: { policyDocument: documentOf(changes) },
    });
    const limited = conditionOf("StringEquals", "licence");

    const asked: [what: string, changes: Record<string, unknown>, actions: string[]][] = [
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
      it(`asks where unknown: ${what}`, async () => {
        assert.deepEqual(await judgeStack([inObject(changes)]), [STATEMENT_OPEN(actions)]);
      });
    }

    const passed: [what: string, changes: Record<string, unknown>][] = [
      ["the actions of a statement that denies", { Effect: "Deny", Action: later("*") }],
      ["the actions of one with the pool tag", { Action: later("*"), ...limited }],
      ["the effect of one with the pool tag", { Effect: later("Allow"), ...limited }],
      ["the effect of one for other actions", { Effect: later("Allow"), Action: "s3:*" }],
      ["the name of the pool", conditionOf("StringEquals", later("licence"))],
      ["a condition beside the pool tag", { Condition: { Null: later({}), ...limited.Condition } }],
      ["its resource", { Resource: later("*"), ...limited }],
      ["one action that it doesn't allow", { Action: undefined, NotAction: ["ec2:*", later("")] }],
    ];
    for (const [what, changes] of passed) {
      it(`passes a statement, though unknown: ${what}`, async () => {
        assert.deepEqual(await judgeStack([inObject(changes)]), []);
      });
    }

    const stopped: [what: string, changes: Record<string, unknown>, actions: string[]][] = [
      ["another action", { Action: [ATTACH, later("")] }, [ATTACH]],
      ["its resource", { Resource: later("*") }, [ATTACH]],
      ["keys that can't limit", { Condition: { StringNotEquals: later({}) } }, [ATTACH]],
      ["a value that can't limit", conditionOf("StringEqualsIfExists", later("x")), [ATTACH]],
      ["another value of Null", conditionOf("Null", ["true", later("false")]), [ATTACH]],
    ];
    for (const [what, changes, actions] of stopped) {
      it(`stops a statement, though unknown: ${what}`, async () => {
        assert.deepEqual(await judgeStack([inObject(changes)]), [allows(actions)]);
      });
    }

    it("asks about a statement that isn't known, and judges the others", async () => {
      const { Statement } = documentOf();
      const build = (statements: unknown): WrittenResource => ({
        ...inObject({}),
        props: { policyDocument: { Statement: statements } },
      });
      assert.deepEqual(await judgeStack([build([later({}), ...Statement])]), [
        STATEMENT_OPEN(MOVES),
        allows([ATTACH]),
      ]);
      assert.deepEqual(await judgeStack([build(later([]))]), [STATEMENT_OPEN(MOVES)]);
      assert.deepEqual(await judgeStack([build(later([]))], { preview: false }), []);
    });
  });

  it("refuses a configuration of the wrong shape", async () => {
    assert.deepEqual(await judgeStack([], {}, { tagkey: "pool" }), [
      {
        policy: "manager-least-privilege",
        level: "mandatory",
        resource: undefined,
        message: 'The configuration of this policy can\'t be used:\n✖ Unrecognized key: "tagkey"',
      },
    ]);
  });

  describe("where the manager's role gets policies by ARN", () => {
    const MANAGER = "network-interface-pool:index:NetworkInterfaceManager";
    const ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess";

    interface Manager {
      component?: string;
      functionType?: string;
      role?: Partial<WrittenResource>;
    }

    /** A component with a function and its role, as the manager's is. */
    function manager({ component = MANAGER, functionType, role }: Manager = {}): WrittenResource[] {
      return [
        { type: component, name: "manager", props: {} },
        { type: "aws:iam/role:Role", name: "role", parent: "manager", props: {}, ...role },
        {
          type: functionType ?? "aws:lambda/function:Function",
          name: "function",
          parent: "manager",
          props: { role: idOf("role") },
        },
      ];
    }

    /** What gives the role "role" policies, in each of the ways there are. */
    const ways: [
      what: string,
      label: string,
      key: string,
      build: (arn: unknown) => WrittenResource[],
    ][] = [
      [
        "a RolePolicyAttachment",
        'RolePolicyAttachment "hand"',
        "policyArn",
        (policyArn) => [
          ...manager(),
          {
            type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
            name: "hand",
            props: { role: idOf("role"), policyArn },
          },
        ],
      ],
      [
        "a PolicyAttachment",
        'PolicyAttachment "hand"',
        "policyArn",
        (policyArn) => [
          ...manager(),
          {
            type: "aws:iam/policyAttachment:PolicyAttachment",
            name: "hand",
            props: { roles: ["other", idOf("role")], policyArn },
          },
        ],
      ],
      [
        "a RolePolicyAttachmentsExclusive",
        'RolePolicyAttachmentsExclusive "hand"',
        "policyArns",
        (arn) => [
          ...manager(),
          {
            type: "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
            name: "hand",
            props: { roleName: idOf("role"), policyArns: [arn] },
          },
        ],
      ],
      [
        "the role itself",
        'Role "role"',
        "managedPolicyArns",
        (arn) => manager({ role: { props: { managedPolicyArns: [arn] } } }),
      ],
      [
        "the role itself, in aws-native",
        'Role "role"',
        "managedPolicyArns",
        (arn) =>
          manager({
            functionType: "aws-native:lambda:Function",
            role: { type: "aws-native:iam:Role", props: { managedPolicyArns: [arn] } },
          }),
      ],
    ];
    const holderOf = (label: string) => (label.startsWith("Role ") ? "role" : "hand");
    const unseen = (label: string, arn: string) =>
      violation(
        managerLeastPrivilege,
        holderOf(label),
        `${label} gives the manager's role "role" the policy ${arn}, whose rights can't be seen here. The ` +
          "manager has all it needs; take the policy away.",
      );

    for (const [what, label, key, build] of ways) {
      describe(`by ${what}`, () => {
        it("stops a policy of which only the ARN is known", async () => {
          for (const preview of [true, false]) {
            for (const arn of [ADMIN, "arn:aws:iam::111122223333:policy/own"]) {
              assert.deepEqual(await judgeStack(build(arn), { preview }), [unseen(label, arn)]);
            }
          }
        });

        it("passes a policy of AWS that is known to be harmless", async () => {
          const arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
          assert.deepEqual(await judgeStack(build(arn)), []);
        });

        it("judges a policy of the stack by its document", async () => {
          const withPolicy = (document: object): WrittenResource[] => [
            ...build(idOf("own")),
            {
              type: "aws:iam/policy:Policy",
              name: "own",
              props: { policy: JSON.stringify(document) },
            },
          ];
          for (const preview of [true, false]) {
            const limited = documentOf(conditionOf("Null", "false"));
            assert.deepEqual(await judgeStack(withPolicy(limited), { preview }), []);
            const [finding, ...others] = await judgeStack(withPolicy(documentOf()), { preview });
            assert.deepEqual(finding, { ...allows([ATTACH], 'Policy "own"'), resource: "own" });
            assert.deepEqual(others, []);
          }
        });

        it("asks about an ARN of which nothing is known, and decides in the up", async () => {
          assert.deepEqual(await judgeStack(build(later(ADMIN))), [
            undecided(
              managerLeastPrivilege,
              holderOf(label),
              `whether ${label} gives the manager's role "role" more rights, since ${key} isn't known yet`,
            ),
          ]);
          assert.deepEqual(await judgeStack(build(later(ADMIN)), { preview: false }), [
            unseen(label, ADMIN),
          ]);
        });
      });
    }

    const attachment = (policyArn: string, role: unknown = idOf("role")): WrittenResource => ({
      type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
      name: "hand",
      props: { role, policyArn },
    });
    const unseenHere = (arn: string) => [unseen('RolePolicyAttachment "hand"', arn)];

    const harmless = [
      "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
      "arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole",
      "arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess",
      "arn:aws:iam::aws:policy/CloudWatchLambdaInsightsExecutionRolePolicy",
      "arn:aws-us-gov:iam::aws:policy/AWSXRayDaemonWriteAccess",
    ];
    for (const arn of harmless) {
      it(`passes ${arn}`, async () => {
        assert.deepEqual(await judgeStack([...manager(), attachment(arn)]), []);
      });
    }

    const others = [
      "arn:aws:iam::aws:policy/AmazonEC2FullAccess",
      "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole",
      "arn:aws:iam::111122223333:policy/service-role/AWSLambdaBasicExecutionRole",
      "arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccessAndMore",
      "arn:aws:iam::aws:policy/service-role/AWSLambdaExecutionRole",
      "not-arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess",
    ];
    for (const arn of others) {
      it(`stops ${arn}`, async () => {
        assert.deepEqual(await judgeStack([...manager(), attachment(arn)]), unseenHere(arn));
      });
    }

    it("judges a policy of aws-native by its document", async () => {
      const own: WrittenResource = {
        type: "aws-native:iam:ManagedPolicy",
        name: "own",
        props: { policyDocument: documentOf(conditionOf("Null", "false")) },
      };
      const role = { type: "aws-native:iam:Role", props: { managedPolicyArns: [idOf("own")] } };
      for (const preview of [true, false]) {
        assert.deepEqual(await judgeStack([...manager({ role }), own], { preview }), []);
      }
    });

    it("stops every one of several", async () => {
      const exclusive: WrittenResource = {
        type: "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
        name: "hand",
        props: { roleName: "role-id", policyArns: [ADMIN, harmless[0], "arn:other"] },
      };
      const label = 'RolePolicyAttachmentsExclusive "hand"';
      assert.deepEqual(await judgeStack([...manager(), exclusive], { preview: false }), [
        unseen(label, ADMIN),
        unseen(label, "arn:other"),
      ]);
    });

    it("judges a role that a function shares with another once", async () => {
      const second: WrittenResource = {
        type: "aws:lambda/function:Function",
        name: "second",
        parent: "manager",
        props: { role: idOf("role") },
      };
      assert.deepEqual(
        await judgeStack([...manager(), second, attachment(ADMIN)]),
        unseenHere(ADMIN),
      );
    });

    it("finds the manager in a component around it", async () => {
      const [component, ...rest] = manager();
      assert.ok(component);
      const pool: WrittenResource = {
        type: "network-interface-pool:index:NetworkInterfacePool",
        name: "pool",
        props: {},
      };
      const changes = [pool, { ...component, parent: "pool" }, ...rest, attachment(ADMIN)];
      assert.deepEqual(await judgeStack(changes), unseenHere(ADMIN));
    });

    it("finds the role by a property of it that is known", async () => {
      const role = { props: {}, outputs: { arn: "arn:role", name: "role-1a2b" } };
      const [component, made, called] = manager({ role });
      assert.ok(component && made && called);
      const changes = [
        component,
        made,
        { ...called, props: { role: "arn:role" } },
        attachment(ADMIN, "role-1a2b"),
      ];
      assert.deepEqual(await judgeStack(changes, { preview: false }), unseenHere(ADMIN));
    });

    it("finds a role of aws-native by its name", async () => {
      const role = { type: "aws-native:iam:Role", props: { roleName: "role-1a2b" } };
      const changes = [...manager({ role }), attachment(ADMIN, "role-1a2b")];
      assert.deepEqual(await judgeStack(changes), unseenHere(ADMIN));
    });

    it("knows a manager's function without its component by what it is told", async () => {
      const [, role] = manager();
      assert.ok(role);
      const { type, name, props } = managerFunction({});
      const called = { type, name, props: { ...props, role: idOf("role") } };
      const changes = [{ ...role, parent: undefined }, called, attachment(ADMIN)];
      assert.deepEqual(await judgeStack(changes), unseenHere(ADMIN));
    });

    it("leaves roles of other functions alone", async () => {
      for (const component of ["acme:index:Service", `${MANAGER}s`]) {
        assert.deepEqual(await judgeStack([...manager({ component }), attachment(ADMIN)]), []);
      }
    });

    it("leaves other roles in the component alone", async () => {
      const other: WrittenResource = {
        type: "aws:iam/role:Role",
        name: "other",
        parent: "manager",
        props: { managedPolicyArns: [ADMIN] },
      };
      const changes = [...manager(), other, attachment(ADMIN, idOf("other"))];
      assert.deepEqual(await judgeStack(changes), []);
    });

    it("asks nothing about policies that AWS fills in, since no program wrote them", async () => {
      const outputs = { managedPolicyArns: later([]), inlinePolicies: later([]) };
      const changes = manager({ role: { props: {}, outputs } });
      assert.deepEqual(await judgeStack(changes), []);
      assert.deepEqual(await judgeStack(changes, { preview: false }), []);
    });

    it("asks about a list of ARNs of which nothing is known", async () => {
      const changes = manager({ role: { props: { managedPolicyArns: later([ADMIN]) } } });
      assert.deepEqual(
        (await judgeStack(changes)).map(({ level, resource }) => [level, resource]),
        [["advisory", "role"]],
      );
      assert.deepEqual(await judgeStack(changes, { preview: false }), [
        unseen('Role "role"', ADMIN),
      ]);
    });
  });
});
