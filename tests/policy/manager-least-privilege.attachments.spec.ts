import {
  allowsMoves,
  ATTACH,
  conditionOf,
  documentOf,
  hold,
  holdEach,
  managerWith,
  role,
} from "./iamBuilders";
import { asks, inPreview, inUp, stops, table } from "./policyCases";
import { idOf, later, type WrittenResource } from "./policyEngine";
import { MANAGER_COMPONENT, POOL_COMPONENT, resource } from "./stackBuilders";

type Props = Record<string, unknown>;

const ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess";
const BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";

const EXCLUSIVE = "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive";

/** A component with a function and its role, as the manager's is. */
const componentWith = (
  managerRole: WrittenResource,
  functionType = "aws:lambda/function:Function",
): WrittenResource[] => [
  resource(MANAGER_COMPONENT, "manager"),
  { ...managerRole, parent: "manager" },
  resource(functionType, "function", { role: idOf("role") }, { parent: "manager" }),
];
const manager = componentWith(role());

const nativeRole = (props: Props) => ({ ...role(props), type: "aws-native:iam:Role" });

const attachment = (policyArn: unknown, to: unknown = idOf("role")) =>
  resource("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "hand", { role: to, policyArn });

/** What gives the role "role" a policy, in each of the ways there are. */
const ways: [
  what: string,
  label: string,
  key: string,
  give: (arn: unknown) => WrittenResource[],
][] = [
  [
    "a RolePolicyAttachment",
    'RolePolicyAttachment "hand"',
    "policyArn",
    (arn) => [...manager, attachment(arn)],
  ],
  [
    "a PolicyAttachment",
    'PolicyAttachment "hand"',
    "policyArn",
    (policyArn) => [
      ...manager,
      resource("aws:iam/policyAttachment:PolicyAttachment", "hand", {
        roles: ["other", idOf("role")],
        policyArn,
      }),
    ],
  ],
  [
    "a RolePolicyAttachmentsExclusive",
    'RolePolicyAttachmentsExclusive "hand"',
    "policyArns",
    (arn) => [
      ...manager,
      resource(EXCLUSIVE, "hand", { roleName: idOf("role"), policyArns: [arn] }),
    ],
  ],
  [
    "the role itself",
    'Role "role"',
    "managedPolicyArns",
    (arn) => componentWith(role({ managedPolicyArns: [arn] })),
  ],
  [
    "the role itself, in aws-native",
    'Role "role"',
    "managedPolicyArns",
    (arn) => componentWith(nativeRole({ managedPolicyArns: [arn] }), "aws-native:lambda:Function"),
  ],
];

const nameIn = (label: string) => label.split('"')[1] ?? "";

const unseen = (arn: string, label = 'RolePolicyAttachment "hand"') =>
  stops(
    `${label} gives the manager's role "role" the policy ${arn}, whose rights can't be seen here. The manager has ` +
      "all it needs; take the policy away.",
    nameIn(label),
  );

const whetherMore = (label: string, key: string) =>
  asks(
    `whether ${label} gives the manager's role "role" more rights, since ${key} isn't known yet`,
    nameIn(label),
  );

describe("manager-least-privilege and policies by ARN", () => {
  for (const [what, label, key, give] of ways) {
    describe(`that ${what} gives`, () => {
      const own = "arn:aws:iam::111122223333:policy/own";
      const withOwn = (changes: Props) => [
        ...give(idOf("own")),
        resource("aws:iam/policy:Policy", "own", { policy: JSON.stringify(documentOf(changes)) }),
      ];
      holdEach(table`
        stops one of AWS of which only the ARN is known: ${give(ADMIN)} ${unseen(ADMIN, label)}
        stops one of the account of which only the ARN is known: ${give(own)} ${unseen(own, label)}
        passes one of AWS that is known to be harmless: ${give(BASIC)}
        passes one of the stack whose document is limited: ${withOwn(conditionOf("Null", "false"))}
        stops one of the stack by its document:
          ${withOwn({})} ${{ ...allowsMoves([ATTACH], 'Policy "own"'), resource: "own" }}
        asks about an ARN of which nothing is known, and decides in the up:
          ${give(later(ADMIN))} ${inPreview} ${whetherMore(label, key)} ${inUp}
          ${unseen(ADMIN, label)}
      `);
    });
  }

  describe("by their names", () => {
    const harmless = [
      BASIC,
      "arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole",
      "arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess",
      "arn:aws:iam::aws:policy/CloudWatchLambdaInsightsExecutionRolePolicy",
      "arn:aws-us-gov:iam::aws:policy/AWSXRayDaemonWriteAccess",
    ];
    const others = [
      "arn:aws:iam::aws:policy/AmazonEC2FullAccess",
      "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole",
      "arn:aws:iam::111122223333:policy/service-role/AWSLambdaBasicExecutionRole",
      "arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccessAndMore",
      "arn:aws:iam::aws:policy/service-role/AWSLambdaExecutionRole",
      "not-arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess",
    ];
    for (const arn of harmless) {
      hold(`passes ${arn}`, ...manager, attachment(arn));
    }
    for (const arn of others) {
      hold(`stops ${arn}`, ...manager, attachment(arn), unseen(arn));
    }
  });

  describe("judges", () => {
    const exclusive = 'RolePolicyAttachmentsExclusive "hand"';
    const limitedOwn = resource("aws-native:iam:ManagedPolicy", "own", {
      policyDocument: documentOf(conditionOf("Null", "false")),
    });
    const threeArns = resource(EXCLUSIVE, "hand", {
      roleName: "role-id",
      policyArns: [ADMIN, BASIC, "arn:other"],
    });
    const secondFunction = resource(
      "aws:lambda/function:Function",
      "second",
      { role: idOf("role") },
      { parent: "manager" },
    );
    const filledIn = componentWith(
      role({}, { outputs: { managedPolicyArns: later([]), inlinePolicies: later([]) } }),
    );
    holdEach(table`
      a policy of aws-native by its document:
        ${componentWith(nativeRole({ managedPolicyArns: [idOf("own")] }))} ${limitedOwn}
      every one of several:
        ${manager} ${threeArns} ${inUp} ${unseen(ADMIN, exclusive)}
        ${unseen("arn:other", exclusive)}
      a role that a function shares with another once:
        ${manager} ${secondFunction} ${attachment(ADMIN)} ${unseen(ADMIN)}
      nothing about policies that AWS fills in, since no program wrote them: ${filledIn}
      in the up a list of ARNs of which nothing is known:
        ${componentWith(role({ managedPolicyArns: later([ADMIN]) }))} ${inPreview}
        ${whetherMore('Role "role"', "managedPolicyArns")} ${inUp} ${unseen(ADMIN, 'Role "role"')}
    `);
  });

  describe("finds the manager's role", () => {
    const inComponent = manager.slice(1);
    const shown = { outputs: { arn: "arn:role", name: "role-1a2b" } };
    const byArn = resource(
      "aws:lambda/function:Function",
      "function",
      { role: "arn:role" },
      { parent: "manager" },
    );
    const otherRole = resource(
      "aws:iam/role:Role",
      "other",
      { managedPolicyArns: [ADMIN] },
      { parent: "manager" },
    );
    holdEach(table`
      in a component around it:
        ${resource(POOL_COMPONENT, "pool")}
        ${{ ...resource(MANAGER_COMPONENT, "manager"), parent: "pool" }} ${inComponent}
        ${attachment(ADMIN)} ${unseen(ADMIN)}
      by a property of it that is known:
        ${componentWith(role({}, shown)).slice(0, 2)} ${byArn} ${attachment(ADMIN, "role-1a2b")}
        ${inUp} ${unseen(ADMIN)}
      of aws-native by its name:
        ${componentWith(nativeRole({ roleName: "role-1a2b" }))} ${attachment(ADMIN, "role-1a2b")}
        ${unseen(ADMIN)}
      without its component by what the function is told:
        ${managerWith()} ${attachment(ADMIN)} ${unseen(ADMIN)}
      but leaves roles of other functions alone:
        ${resource("acme:index:Service", "manager")} ${inComponent} ${attachment(ADMIN)}
      but leaves roles alone of functions in a component whose type begins alike:
        ${resource(`${MANAGER_COMPONENT}s`, "manager")} ${inComponent} ${attachment(ADMIN)}
      but leaves other roles in the component alone:
        ${manager} ${otherRole} ${attachment(ADMIN, idOf("other"))}
    `);
  });
});
