import assert from "node:assert/strict";
import { ACCOUNT, type Deployment } from "../../../simulator/deploy/engine";
import { AddressHistory } from "../../../simulator/checkers/addressHistory";
import { Region } from "../../../simulator/aws/region";
import { type Resource, RolePermissions } from "../../../simulator/aws/iam";
import type { Scenario, Stage } from "../../../simulator/scenarios/basic";
import {
  actionsOf,
  documentOf,
  type PolicyDocument,
  without,
  withoutCondition,
  withPolicy,
} from "./policyDocuments";
import { deploymentFor, scenarioOf } from "../scenarios/plays";

const POOL = "backend";
const MADE_FOR = "network-interface-pool-made-for";

type Story = Scenario["play"];

const scenario = scenarioOf("example-second-vpc");

/** An instance is killed as soon as an interface is made for it: that one must not stay. */
const abandon: Story = async ({ region }) => {
  const made = () => [...region.ec2.interfaces.values()].filter(({ tags }) => MADE_FOR in tags);
  await region.run(120, () => made().length > 0);
  const [first] = made();
  if (first === undefined) return ["nothing was made"];
  region.ec2.terminateInstance(first.tags[MADE_FOR] ?? "");
  await region.run(400);
  return region.ec2.interfaces.has(first.id) ? [`${first.id} stays without its instance`] : [];
};

/** Whatever is made must go with its instance, also where no manager sees that end. */
const endTogether: Story = async ({ region }) => {
  await region.run(180);
  const made = [...region.ec2.interfaces.values()].filter(({ tags }) => MADE_FOR in tags);
  if (made.length === 0) return ["nothing was made"];
  return made.flatMap(({ id, attachment }) =>
    attachment?.deleteOnTermination === true ? [] : [`${id} would outlive its instance`],
  );
};

/** What goes wrong without each right that only pools on demand need, in the document's order. */
const needs: Record<string, Story> = {
  "MakeInterfacesOnDemand ec2:CreateNetworkInterface": (stage) => scenario.play(stage),
  "MakeThemOfThese ec2:CreateNetworkInterface": (stage) => scenario.play(stage),
  "TagThemAsTheyAreMade ec2:CreateTags": (stage) => scenario.play(stage),
  "LetThemEndWithTheirInstance ec2:ModifyNetworkInterfaceAttribute": endTogether,
  "OnTheirInstance ec2:ModifyNetworkInterfaceAttribute": endTogether,
  "DeleteThemUnused ec2:DeleteNetworkInterface": abandon,
};

async function play(deployment: Deployment, story: Story): Promise<string[]> {
  const region = await Region.open(deployment, { seed: 1, clients: "inProcess" });
  try {
    const stage: Stage = { region, addressHistory: AddressHistory.of(region) };
    return await story(stage);
  } finally {
    await region.close();
  }
}

describe("the role's rights to make interfaces on demand", () => {
  let deployment: Deployment;
  let document: PolicyDocument;
  let tagKey: string;
  before(async () => {
    deployment = await deploymentFor(scenario);
    document = documentOf(deployment);
    ({ tagKey } = deployment);
  });

  it("are the ones whose need is shown here", () => {
    const others = /^(Observe|MoveInter|OnInstancesOf|Answer|Receive|Write)/;
    assert.deepEqual(
      actionsOf(document).filter((right) => !others.test(right)),
      Object.keys(needs),
    );
  });

  it("are enough", async () => {
    for (const story of new Set(Object.values(needs))) {
      assert.deepEqual(await play(deployment, story), []);
    }
  });

  it("are enough in subnets that another account shares", async () => {
    const { existing } = scenario;
    const subnets = existing?.subnets?.map((one) => ({ ...one, ownerId: "444455556666" }));
    const shared = await deploymentFor({ ...scenario, existing: { ...existing, subnets } });
    assert.deepEqual(await play(shared, (stage) => scenario.play(stage)), []);
  });

  for (const [right, story] of Object.entries(needs)) {
    it(`are each needed: ${right}`, async () => {
      const [sid = "", action = ""] = right.split(" ");
      const lacking = withPolicy(deployment, without(document, sid, action));
      assert.notDeepEqual(await play(lacking, story), []);
    });
  }

  describe("don't reach as far as", () => {
    const arnOf = (resource: string) => `arn:aws:ec2:eu-west-1:${ACCOUNT}:${resource}`;
    const anInterface = (tags: Record<string, string>): Resource => ({
      arn: arnOf("network-interface/eni-1"),
      tags,
    });
    const asked = (
      tags: Record<string, string>,
      context: Record<string, string> = {},
    ): Resource => ({
      arn: arnOf("network-interface/*"),
      tags: {},
      context: {
        ...Object.fromEntries(
          Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value]),
        ),
        "aws:TagKeys": Object.keys(tags),
        ...context,
      },
    });
    const ofPool = () => ({ [tagKey]: POOL, [MADE_FOR]: "i-1" });
    const made = { "ec2:CreateAction": "CreateNetworkInterface" };

    /** By the statement whose condition, or list of resources, alone denies it. */
    const attempts: [sid: string, what: string, action: string, resource: () => Resource][] = [
      [
        "MakeInterfacesOnDemand",
        "an interface without the pool's tag",
        "CreateNetworkInterface",
        () => asked({}),
      ],
      [
        "MakeInterfacesOnDemand",
        "an interface of another pool",
        "CreateNetworkInterface",
        () => asked({ [tagKey]: "other" }),
      ],
      [
        "TagThemAsTheyAreMade",
        "tags of an interface that exists",
        "CreateTags",
        () => asked(ofPool()),
      ],
      [
        "TagThemAsTheyAreMade",
        "tags of another pool",
        "CreateTags",
        () => asked({ [tagKey]: "other" }, made),
      ],
      [
        "TagThemAsTheyAreMade",
        "other tags",
        "CreateTags",
        () => asked({ ...ofPool(), team: "a" }, made),
      ],
      [
        "LetThemEndWithTheirInstance",
        "attributes of an interface that wasn't made on demand",
        "ModifyNetworkInterfaceAttribute",
        () => anInterface({ [tagKey]: POOL }),
      ],
      [
        "LetThemEndWithTheirInstance",
        "attributes of an interface of another pool",
        "ModifyNetworkInterfaceAttribute",
        () => anInterface({ ...ofPool(), [tagKey]: "other" }),
      ],
      [
        "OnTheirInstance",
        "attributes on an instance without the tag",
        "ModifyNetworkInterfaceAttribute",
        () => ({ arn: arnOf("instance/i-1"), tags: {} }),
      ],
      [
        "DeleteThemUnused",
        "an interface that wasn't made on demand",
        "DeleteNetworkInterface",
        () => anInterface({ [tagKey]: POOL }),
      ],
      [
        "DeleteThemUnused",
        "an interface of another pool",
        "DeleteNetworkInterface",
        () => anInterface({ ...ofPool(), [tagKey]: "other" }),
      ],
    ];
    for (const [sid, what, action, resource] of attempts) {
      it(`${what}, by the condition of ${sid} (${action})`, async () => {
        const judge = (policy: PolicyDocument) =>
          new RolePermissions(ACCOUNT, [JSON.stringify(policy)]).allow(`ec2:${action}`, [
            resource(),
          ]);
        assert.equal(await judge(document), false);
        assert.equal(await judge(withoutCondition(document, sid)), true);
      });
    }

    for (const [what, resource] of [
      ["another subnet", "subnet/subnet-other"],
      ["another security group", "security-group/sg-other"],
    ] as const) {
      it(`${what} to make them of`, async () => {
        const rights = new RolePermissions(ACCOUNT, [JSON.stringify(document)]);
        const judge = (name: string) =>
          rights.allow("ec2:CreateNetworkInterface", [{ arn: arnOf(name), tags: {} }]);
        assert.equal(await judge(resource), false);
        assert.equal(
          await judge(
            resource.replace("subnet-other", "subnet-backend-a").replace("sg-other", "sg-backend"),
          ),
          true,
        );
      });
    }
  });
});
