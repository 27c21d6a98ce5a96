import assert from "node:assert/strict";
import { ACCOUNT, type Deployment, resourcesOfType } from "../../../simulator/deploy/engine";
import { type Resource, RolePermissions } from "../../../simulator/aws/iam";
import {
  actionsOf,
  documentOf,
  type PolicyDocument,
  without,
  withoutCondition,
} from "./policyDocuments";
import { scenarioByName } from "../../../simulator/scenarios";
import { deploymentFor } from "../scenarios/plays";
import { deploy } from "../stage";

const arnOf = (service: string, resource: string) =>
  `arn:aws:${service}:eu-west-1:${ACCOUNT}:${resource}`;

const group = "autoScalingGroup:11111111-2222-3333-4444-555555555555:autoScalingGroupName/web";

type Tags = Resource["tags"];

/** What the conditions are about, as EC2 and Auto Scaling name it. */
const kinds: Record<string, (tags: Tags) => Resource> = {
  MoveInterfacesOfPools: (tags) => ({ arn: arnOf("ec2", "network-interface/eni-1"), tags }),
  OnInstancesOfPools: (tags) => ({ arn: arnOf("ec2", "instance/i-1"), tags }),
  AnswerLifecycleActionsOfPools: (tags) => ({ arn: arnOf("autoscaling", group), tags }),
};
const sids = Object.keys(kinds);

/** Tags of what is none of the manager's business, by the words for it. */
const strangers: Record<string, (tagKey: string) => Tags> = {
  "without tags": () => ({}),
  "whose name is a pool's": () => ({ Name: "licence" }),
  "of another pool": (tagKey) => ({ [tagKey]: "other" }),
  "of a pool in capitals": (tagKey) => ({ [tagKey]: "LICENCE" }),
  "of a pool with a space": (tagKey) => ({ [tagKey]: "licence " }),
  "tagged with a wildcard": (tagKey) => ({ [tagKey]: "*" }),
  "with an empty tag": (tagKey) => ({ [tagKey]: "" }),
  "whose tag is a list": (tagKey) => ({ [tagKey]: '["licence","cluster"]' }),
};

/** What a call on a resource of one statement is judged on: what it is about, and what is ours beside it. */
function resourcesOf(sid: string, tags: Tags, tagKey: string): Resource[] {
  const other = {
    MoveInterfacesOfPools: "OnInstancesOfPools",
    OnInstancesOfPools: "MoveInterfacesOfPools",
  };
  const beside = kinds[other[sid as keyof typeof other]];
  const ours = { [tagKey]: "licence" };
  return [kinds[sid]?.(tags) ?? assert.fail(sid), ...(beside === undefined ? [] : [beside(ours)])];
}

const judge = (document: PolicyDocument) =>
  new RolePermissions(ACCOUNT, [JSON.stringify(document)]);

function arnIn(deployment: Deployment, type: string, name: string): string {
  const found = resourcesOfType(deployment, type).find((resource) => resource.name === name);
  if (found === undefined) throw new Error(`there is no ${type} ${name}`);
  return String(found.outputs.arn);
}

describe("the role's conditions", () => {
  it("are on every right that changes something", async () => {
    const conditioned = documentOf(await deploy()).Statement.filter(({ Condition }) => Condition);
    assert.deepEqual(
      conditioned.map(({ Sid }) => Sid),
      sids,
    );
  });

  for (const sid of sids) {
    for (const [words, tagsOf] of Object.entries(strangers)) {
      it(`alone deny a resource ${words}: ${sid}`, async () => {
        const deployment = await deploy();
        const { tagKey } = deployment;
        const document = documentOf(deployment);
        const actions = document.Statement.find(({ Sid }) => Sid === sid)?.Action ?? [];
        assert.equal(actions.length, 2);
        for (const action of actions) {
          const allows = (candidate: PolicyDocument, tags: Tags) =>
            judge(candidate).allow(action, resourcesOf(sid, tags, tagKey));
          assert.equal(await allows(document, { [tagKey]: "licence" }), true);
          assert.equal(await allows(document, tagsOf(tagKey)), false);
          for (const other of sids) {
            const open = withoutCondition(document, other);
            assert.equal(await allows(open, tagsOf(tagKey)), other === sid, `${action} ${other}`);
          }
        }
      });
    }
  }
});

describe("the role's rights on queue and log, judged by the document alone", () => {
  const stream = "log-stream:2026/01/01/[$LATEST]0123456789abcdef";
  const own: Record<string, (deployment: Deployment) => string> = {
    ReceiveEvents: (deployment) => arnIn(deployment, "aws:sqs/queue:Queue", "manager-events"),
    WriteLogs: (deployment) =>
      `${arnIn(deployment, "aws:cloudwatch/logGroup:LogGroup", "manager")}:${stream}`,
  };
  const foreign: Record<string, string> = {
    ReceiveEvents: arnOf("sqs", "orders.fifo"),
    WriteLogs: arnOf("logs", `log-group:orders:${stream}`),
  };

  for (const [sid, ownArnIn] of Object.entries(own)) {
    it(`are each needed, enough, and for the manager's own alone: ${sid}`, async () => {
      const deployment = await deploy();
      const document = documentOf(deployment);
      const rights = actionsOf(document).filter((right) => right.startsWith(`${sid} `));
      assert.ok(rights.length >= 2, rights.join());
      const mine = [{ arn: ownArnIn(deployment), tags: {} }];
      const theirs = [{ arn: foreign[sid] ?? "", tags: {} }];
      for (const [, action = ""] of rights.map((right) => right.split(" "))) {
        assert.equal(await judge(document).allow(action, mine), true, action);
        assert.equal(await judge(without(document, sid, action)).allow(action, mine), false);
        assert.equal(await judge(document).allow(action, theirs), false, `${action} elsewhere`);
      }
    });
  }
});

describe("the role's rights on what is the manager's own", () => {
  const forbidden: [action: string, resource: string][] = [
    ["ec2:CreateTags", "network-interface/eni-1"],
    ["ec2:CreateTags", "instance/i-1"],
    ["ec2:DeleteTags", "instance/i-1"],
    ["ec2:DeleteNetworkInterface", "network-interface/eni-1"],
    ["ec2:ModifyNetworkInterfaceAttribute", "network-interface/eni-1"],
    ["ec2:TerminateInstances", "instance/i-1"],
    ["ec2:StopInstances", "instance/i-1"],
    ["autoscaling:SetDesiredCapacity", group],
    ["autoscaling:CreateOrUpdateTags", group],
    ["autoscaling:TerminateInstanceInAutoScalingGroup", group],
  ];
  for (const [action, resource] of forbidden) {
    it(`don't reach as far as ${action} on ${resource.replace(/[:/].*/, "")}`, async () => {
      const deployment = await deploy();
      const [service = ""] = action.split(":");
      const ours = { arn: arnOf(service, resource), tags: { [deployment.tagKey]: "licence" } };
      const document = documentOf(deployment);
      assert.equal(await judge(document).allow(action, [ours]), false);
      const statement = { Sid: "Extra", Effect: "Allow", Action: [action], Resource: "*" };
      const wider = { ...document, Statement: [...document.Statement, statement] };
      assert.equal(await judge(wider).allow(action, [ours]), true);
    });
  }
});

describe("the role's rights to make interfaces on demand, judged by the document alone", () => {
  const POOL = "backend";
  const MADE_FOR = "network-interface-pool-made-for";
  let document: PolicyDocument;
  let tagKey: string;
  before(async () => {
    const deployment = await deploymentFor(scenarioByName("example-second-vpc"));
    document = documentOf(deployment);
    ({ tagKey } = deployment);
  });

  const anInterface = (tags: Tags): Resource => ({
    arn: arnOf("ec2", "network-interface/eni-1"),
    tags,
  });
  const asked = (tags: Tags, context: Tags = {}): Resource => {
    const pairs = Object.entries(tags).map(
      ([key, value]) => [`aws:RequestTag/${key}`, value] as const,
    );
    return {
      arn: arnOf("ec2", "network-interface/*"),
      tags: {},
      context: { ...Object.fromEntries(pairs), "aws:TagKeys": Object.keys(tags), ...context },
    };
  };
  const ofPool = (pool = POOL) => ({ [tagKey]: pool, [MADE_FOR]: "i-1" });
  const made = { "ec2:CreateAction": "CreateNetworkInterface" };

  /** What each statement's condition alone denies its action. */
  const attempts: Record<string, [action: string, denied: Record<string, () => Resource>]> = {
    MakeInterfacesOnDemand: [
      "CreateNetworkInterface",
      {
        "an interface without the pool's tag": () => asked({}),
        "an interface of another pool": () => asked({ [tagKey]: "other" }),
      },
    ],
    TagThemAsTheyAreMade: [
      "CreateTags",
      {
        "tags of an interface that exists": () => asked(ofPool()),
        "tags of another pool": () => asked({ [tagKey]: "other" }, made),
        "other tags": () => asked({ ...ofPool(), team: "a" }, made),
      },
    ],
    LetThemEndWithTheirInstance: [
      "ModifyNetworkInterfaceAttribute",
      {
        "an interface that wasn't made on demand": () => anInterface({ [tagKey]: POOL }),
        "an interface of another pool": () => anInterface(ofPool("other")),
      },
    ],
    OnTheirInstance: [
      "ModifyNetworkInterfaceAttribute",
      { "an instance without the tag": () => ({ arn: arnOf("ec2", "instance/i-1"), tags: {} }) },
    ],
    DeleteThemUnused: [
      "DeleteNetworkInterface",
      {
        "an interface that wasn't made on demand": () => anInterface({ [tagKey]: POOL }),
        "an interface of another pool": () => anInterface(ofPool("other")),
      },
    ],
  };
  for (const [sid, [action, denied]] of Object.entries(attempts)) {
    for (const [what, resourceOf] of Object.entries(denied)) {
      it(`don't reach as far as ${what}, by the condition of ${sid} (${action})`, async () => {
        const allows = (policy: PolicyDocument) =>
          judge(policy).allow(`ec2:${action}`, [resourceOf()]);
        assert.equal(await allows(document), false);
        assert.equal(await allows(withoutCondition(document, sid)), true);
      });
    }
  }

  for (const [own, other] of [
    ["subnet/subnet-backend-a", "subnet/subnet-other"],
    ["security-group/sg-backend", "security-group/sg-other"],
  ] as const) {
    it(`don't reach as far as another ${own.replace(/[/].*/, "")} to make them of`, async () => {
      const allows = (name: string) =>
        judge(document).allow("ec2:CreateNetworkInterface", [
          { arn: arnOf("ec2", name), tags: {} },
        ]);
      assert.equal(await allows(other), false);
      assert.equal(await allows(own), true);
    });
  }
});
