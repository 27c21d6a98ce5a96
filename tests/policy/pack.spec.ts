import * as pulumi from "@pulumi/pulumi";
import { EnforcementLevel, PolicyType } from "@pulumi/pulumi/proto/analyzer_pb";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import program from "../../index";
import { clearConfiguration, configure } from "../configuration";
import { deploy, UNKNOWN } from "../mocks";
import { allPolicies } from "./allPolicies";
import { PackProcess } from "./packProcess";
import { idOf, later, madeOf, show, showDeployment, type ShownResource } from "./policyEngine";
import { createCompliant } from "./programBuilders";
import {
  compliant,
  group,
  networkInterface,
  ofPool,
  poolTag,
  resource,
  subnet,
  TAG_KEY,
  web,
  webIn,
  withChanges,
} from "./stackBuilders";
import { violatingPrograms } from "./violatingPrograms";

const POLICIES = Object.keys(allPolicies);

const LEVELS = {
  advisory: EnforcementLevel.ADVISORY,
  mandatory: EnforcementLevel.MANDATORY,
};

type Example = Record<string, { enforcementLevel: keyof typeof LEVELS } & Record<string, unknown>>;

describe("the policy pack as a process", () => {
  let pack: PackProcess;
  before(async () => {
    pack = await PackProcess.start();
  });
  after(() => pack.stop());
  afterEach(() => pack.configure({}));

  it("names its policies, all mandatory and all with the same configuration", async () => {
    const info = await pack.info();
    const policies = info.getPoliciesList();
    assert.deepEqual(
      policies.map((policy) => policy.getName()),
      POLICIES,
    );
    for (const policy of policies) {
      assert.equal(policy.getEnforcementlevel(), EnforcementLevel.MANDATORY, policy.getName());
      assert.equal(policy.getPolicyType(), PolicyType.POLICY_TYPE_STACK);
      const properties = policy.getConfigschema()?.getProperties()?.toJavaScript() ?? {};
      const defaults = Object.entries(properties).map(([key, schema]): [string, unknown] => [
        key,
        (schema as { default?: unknown }).default,
      ]);
      assert.deepEqual(Object.fromEntries(defaults), {
        tagKey: TAG_KEY,
        pools: {},
        subnetZones: {},
        standbyGroups: [],
        allowReplace: [],
      });
    }
    const { version } = JSON.parse(readText("policy/package.json")) as { version: string };
    assert.equal(info.getVersion(), version);
  });

  describe("judges whole programs as in process", () => {
    const analyze = async (create: () => void, preview: boolean) =>
      pack.analyzeStack(showDeployment(await deploy(create, { preview }), preview));

    it("passes a compliant one, in a preview and in an up", async () => {
      for (const preview of [true, false]) {
        assert.deepEqual(await analyze(createCompliant, preview), []);
      }
    });

    for (const policy of POLICIES) {
      it(`stops one by ${policy} alone, in a preview and in an up`, async () => {
        const violating = violatingPrograms.find((one) => one.policy === policy);
        assert.ok(violating !== undefined);
        const { create, resource, says } = violating;
        for (const preview of [true, false]) {
          const [finding, ...others] = await analyze(create, preview);
          assert.deepEqual(others, []);
          assert.deepEqual(
            [finding?.policy, finding?.level, finding?.resource],
            [policy, "mandatory", resource],
          );
          assert.ok(finding?.message.includes(says), finding?.message);
        }
      });
    }
  });

  describe("of the program of this project", () => {
    before(() => {
      configure({
        pools: [
          { name: "licence", subnetId: "subnet-a", addresses: ["10.1.0.11"], group: {} },
          { name: "web", size: 3, group: { maxSize: 2 } },
          {
            name: "gateway",
            subnetId: "subnet-a",
            addresses: ["10.1.0.12"],
            group: { subnetIds: ["subnet-other"] },
          },
          {
            name: "data",
            subnetId: "subnet-a",
            size: 6,
            group: { maxSize: 3, furtherPools: ["management"], instanceType: "t4g.small" },
          },
          { name: "management", subnetId: "subnet-a", size: 3 },
        ],
      });
    });
    after(clearConfiguration);
    const runStack = async (stack: string, preview: boolean) => {
      const run = () => pulumi.runtime.runInPulumiStack(program);
      const deployment = await deploy(run, { stack, preview });
      return withTrialSubnet(showDeployment(deployment, preview), preview);
    };
    /** In a preview the manager's rights name ARNs that AWS hasn't given yet. */
    const rightsNote = {
      policy: "manager-least-privilege",
      level: "advisory",
      resource: "manager",
      message:
        'cannot be checked before up: whether RolePolicy "manager" lets interfaces without the pool tag ' +
        "be attached, since its policy document isn't known yet",
    };

    for (const stack of ["production", "dev"]) {
      it(`passes in ${stack}, in a preview with one note, in an up without`, async () => {
        assert.deepEqual(await pack.analyzeStack(await runStack(stack, true)), [rightsNote]);
        assert.deepEqual(await pack.analyzeStack(await runStack(stack, false)), []);
      });
    }
  });

  describe("without configuration and with", () => {
    const tooLarge = show(withChanges(web({ maxSize: 2 })));
    const elsewhere = show(
      withChanges(group("other", { vpcZoneIdentifiers: ["subnet-1"], tags: [poolTag("bastion")] })),
    );

    it("takes the tag key of the schema when none is configured", async () => {
      assert.deepEqual(await pack.analyzeStack(show(compliant)), []);
      const [finding] = await pack.analyzeStack(tooLarge);
      assert.equal(finding?.policy, "group-fits-pool");
    });

    it("takes another tag key, by which these groups use no pool", async () => {
      await pack.configure({ "group-fits-pool": { properties: { tagKey: "team:pool" } } });
      assert.deepEqual(await pack.analyzeStack(tooLarge), []);
    });

    it("knows pools and subnets of other stacks by configuration alone", async () => {
      const [unknown] = await pack.analyzeStack(elsewhere);
      assert.equal(unknown?.policy, "pool-tag-propagates");
      const properties = {
        pools: { bastion: { zone: "eu-west-1b", size: 1 } },
        subnetZones: { "subnet-1": "eu-west-1b" },
      };
      await pack.configure(Object.fromEntries(POLICIES.map((name) => [name, { properties }])));
      assert.deepEqual(await pack.analyzeStack(elsewhere), []);
    });

    it("takes the configuration in policy-config.example.json", async () => {
      const example = JSON.parse(readText("policy/policy-config.example.json")) as Example;
      assert.deepEqual(Object.keys(example).sort(), [...POLICIES].sort());
      await pack.configure(
        Object.fromEntries(
          Object.entries(example).map(([name, { enforcementLevel, ...properties }]) => [
            name,
            { level: LEVELS[enforcementLevel], properties },
          ]),
        ),
      );
      assert.deepEqual(await pack.analyzeStack(show(compliant)), []);
    });

    it("refuses a wrong configuration at any level, with path and reason", async () => {
      const properties = { pools: { licence: { size: "three" } }, subnetZone: {} };
      await pack.configure({
        "group-fits-pool": { level: EnforcementLevel.ADVISORY, properties },
      });
      assert.deepEqual(await pack.analyzeStack(show(compliant)), [
        {
          policy: "group-fits-pool",
          level: "mandatory",
          resource: undefined,
          message:
            "The configuration of this policy can't be used:\n" +
            '✖ Unrecognized key: "subnetZone"\n' +
            "✖ Invalid input: expected number, received string\n" +
            "  → at pools.licence.size",
        },
      ]);
    });

    it("reports at the level that is configured", async () => {
      await pack.configure({ "group-fits-pool": { level: EnforcementLevel.ADVISORY } });
      const [advice] = await pack.analyzeStack(tooLarge);
      assert.deepEqual([advice?.policy, advice?.level], ["group-fits-pool", "advisory"]);
      await pack.configure({ "group-fits-pool": { level: EnforcementLevel.DISABLED } });
      assert.deepEqual(await pack.analyzeStack(tooLarge), []);
    });
  });

  it("says in an advisory note by name what a preview can't decide, and decides in the up", async () => {
    const changes = withChanges(webIn([madeOf(["a", "b"], "b-id")]));
    const [note, ...others] = await pack.analyzeStack(show(changes));
    assert.deepEqual(others, []);
    assert.deepEqual(
      [note?.policy, note?.level, note?.resource],
      ["group-in-pool-zone", "advisory", "web"],
    );
    assert.match(note?.message ?? "", /^cannot be checked before up: whether .*"web"/);
    const decided = await pack.analyzeStack(show(changes, { preview: false }));
    assert.deepEqual(
      decided.map(({ policy, level }) => [policy, level]),
      [["group-in-pool-zone", "mandatory"]],
    );
  });

  it("reports all mistakes of a stack, those beside unknown values included", async () => {
    const findings = await pack.analyzeStack(
      show(
        withChanges(
          group("first", { tags: later([]), maxSize: later(1) }),
          webIn([idOf("b")], { maxSize: 9 }),
          { ...networkInterface("licence-0"), protect: false },
        ),
      ),
    );
    const mandatory = findings.filter(({ level }) => level === "mandatory");
    assert.deepEqual(
      mandatory.map(({ policy, resource }) => [policy, resource]),
      [
        ["group-in-pool-zone", "web"],
        ["group-fits-pool", "web"],
        ["pool-interface-protected", "licence-0"],
      ],
    );
  });

  it("says nothing of a resource by itself, since stacks are judged as a whole", async () => {
    for (const one of show(compliant)) assert.deepEqual(await pack.analyze(one), []);
  });

  it("finds the one wrong group among 500 resources", async () => {
    const stack = Array.from({ length: 124 }, (_, index) => [
      subnet(`s${index}`, `eu-west-1${index % 2 === 0 ? "a" : "b"}`),
      ofPool(`pool-${index}`, `i${index}`, { subnetId: idOf(`s${index}`) }),
      resource("aws:s3/bucket:Bucket", `bucket-${index}`, {
        bucket: `bucket-${index}`,
        tags: { [TAG_KEY]: `pool-${index}` },
      }),
      group(`g${index}`, {
        vpcZoneIdentifiers: [idOf(index === 77 ? "s78" : `s${index}`)],
        tags: [poolTag(`pool-${index}`)],
      }),
    ]).flat();
    const resources = show([...compliant, ...stack]);
    assert.equal(resources.length, 500);
    const findings = await pack.analyzeStack(resources);
    assert.deepEqual(
      findings.map(({ policy, resource }) => [policy, resource]),
      [["group-in-pool-zone", "g77"]],
    );
  });
});

/** What the VPC component of awsx makes, which the engine of the tests doesn't run. */
function withTrialSubnet(resources: ShownResource[], preview: boolean): ShownResource[] {
  const vpc = resources.find(({ type }) => type === "awsx:ec2:Vpc");
  assert.ok(vpc !== undefined);
  const type = "aws:ec2/subnet:Subnet";
  const subnetOfVpc: ShownResource = {
    type,
    name: "network-public-1",
    urn: vpc.urn.replace("awsx:ec2:Vpc", `awsx:ec2:Vpc$${type}`),
    parentUrn: vpc.urn,
    protect: false,
    props: { id: preview ? UNKNOWN : "subnet-trial", availabilityZone: "eu-west-1c" },
    propertyDependencies: {},
  };
  return [...resources, subnetOfVpc];
}

function readText(file: string): string {
  return readFileSync(path.resolve(__dirname, "../..", file), "utf8");
}
