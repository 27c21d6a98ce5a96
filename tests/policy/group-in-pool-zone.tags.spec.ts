import assert from "node:assert/strict";
import { groupInPoolZone } from "../../policy/group-in-pool-zone";
import { holdEach } from "./policyCases";
import {
  group,
  launchTemplate,
  networkInterface,
  poolTag,
  subnet,
  TAG_KEY,
  withChanges,
} from "./stackBuilders";
import {
  type WrittenResource,
  type Finding,
  idOf,
  judge,
  later,
  madeOf,
  show,
} from "./policyEngine";

const SUBNET_A = 'eu-west-1a (subnet "a")';
const SUBNET_B = 'eu-west-1b (subnet "b")';
const NO_TAGS = { tags: [] };
const BOTH = { vpcZoneIdentifiers: [idOf("a"), idOf("b")] };

const useLicence = (launching: string, pool = SUBNET_A) =>
  `Auto Scaling group "web" uses pool "licence" and launches in ${launching}, but the pool's interfaces are in ${pool}. ` +
  "Give it subnets of eu-west-1a only, or make a pool of its own for another zone.";
const launchesInBoth = useLicence(`${SUBNET_A} and ${SUBNET_B}`);

function judgeStack(changes: WrittenResource[], config: object = {}): Promise<Finding[]> {
  return judge(groupInPoolZone, show(withChanges(...changes)), config);
}

function launchConfiguration(name: string): WrittenResource {
  return { type: "aws:ec2/launchConfiguration:LaunchConfiguration", name, props: {} };
}

function nativeSubnet(name: string, availabilityZone: string): WrittenResource {
  return { type: "aws-native:ec2:Subnet", name, props: { availabilityZone } };
}

function nativeInterface(name: string, subnetName: string): WrittenResource {
  const props = { subnetId: idOf(subnetName), tags: [{ key: TAG_KEY, value: "licence" }] };
  return { type: "aws-native:ec2:NetworkInterface", name, protect: true, props };
}

function nativeGroup(name: string, props: Record<string, unknown>): WrittenResource {
  return {
    type: "aws-native:autoscaling:AutoScalingGroup",
    name,
    props: { maxSize: "1", vpcZoneIdentifier: [idOf("a")], tags: [poolTag("licence")], ...props },
  };
}

function nativeTemplate(name: string, tags: unknown): WrittenResource {
  const tagSpecifications = [{ resourceType: "instance", tags }];
  const props = { launchTemplateData: { tagSpecifications } };
  return { type: "aws-native:ec2:LaunchTemplate", name, props };
}

describe("group-in-pool-zone by pool tags", () => {
  describe("where the pool tag is", () => {
    const inBoth = (props: Record<string, unknown>) =>
      group("web", { ...BOTH, ...NO_TAGS, ...props });
    const lt = launchTemplate("lt");
    const mixed = (specification: unknown, overrides?: unknown[]) => ({
      mixedInstancesPolicy: {
        launchTemplate: { launchTemplateSpecification: specification, overrides },
      },
    });
    const tagResource = (
      tag: unknown,
      autoscalingGroupName: unknown = idOf("web"),
    ): WrittenResource => ({
      type: "aws:autoscaling/tag:Tag",
      name: "tag",
      props: { autoscalingGroupName, tag },
    });
    holdEach(groupInPoolZone, [
      {
        title: "leaves alone a group without the tag, in whatever zones",
        changes: [
          subnet("c", "eu-west-1c"),
          group("web", {
            tags: [{ key: "Name", value: "licence", propagateAtLaunch: true }],
            vpcZoneIdentifiers: [idOf("a"), idOf("b"), idOf("c")],
          }),
        ],
      },
      {
        title: "leaves alone a group without tags whose subnets are unknown",
        changes: [group("web", { tags: undefined, vpcZoneIdentifiers: later([]) })],
      },
      {
        title: "reads the tags of a launch template by reference",
        changes: [lt, inBoth({ launchTemplate: { id: idOf("lt"), version: "$Latest" } })],
        violations: [launchesInBoth],
      },
      {
        title: "reads the tags of a launch template that is unknown as a whole",
        changes: [lt, inBoth({ launchTemplate: madeOf(["lt"], { id: "lt-id" }) })],
        violations: [launchesInBoth],
      },
      {
        title: "reads the tags of a launch template by its literal id",
        changes: [
          { ...lt, outputs: { id: "lt-0123" } },
          inBoth({ launchTemplate: { id: "lt-0123" } }),
        ],
        violations: [launchesInBoth],
      },
      {
        title: "reads the tags of a launch template by its literal name",
        changes: [
          { ...lt, outputs: { name: "web-template" } },
          inBoth({ launchTemplate: { name: "web-template" } }),
        ],
        violations: [launchesInBoth],
      },
      {
        title: "reads a launch template once though its name is shown beside its id",
        changes: [
          { ...lt, outputs: { name: "web-template" } },
          inBoth({ launchTemplate: { id: idOf("lt"), name: "web-template" } }),
        ],
        violations: [launchesInBoth],
      },
      {
        title: "leaves alone a launch template that tags volumes only",
        changes: [
          {
            ...lt,
            props: {
              tagSpecifications: [{ resourceType: "volume", tags: { [TAG_KEY]: "licence" } }],
            },
          },
          inBoth({ launchTemplate: { id: idOf("lt") } }),
        ],
      },
      {
        title: "leaves alone a launch template of another stack",
        changes: [lt, inBoth({ launchTemplate: { id: "lt-of-another-stack" } })],
      },
      {
        title: "leaves alone a launch template of another stack whose name AWS fills in",
        changes: [inBoth({ launchTemplate: { id: "lt-elsewhere", name: later("web-template") } })],
      },
      {
        title: "says that a launch template isn't known yet",
        changes: [lt, inBoth({ launchTemplate: { id: later("lt-of-another-stack") } })],
        notes: ['whether Auto Scaling group "web" uses a pool, since its tags aren\'t known yet'],
        preview: true,
      },
      {
        title: "does not ask for a second launch template where AWS fills one in",
        changes: [
          launchTemplate("plain", {}),
          {
            ...inBoth({ launchTemplate: { id: idOf("plain"), name: later("plain-1a2b") } }),
            outputs: { mixedInstancesPolicy: later(undefined) },
          },
        ],
        preview: true,
      },
      {
        title: "judges once where group and launch template name one pool",
        changes: [lt, group("web", { ...BOTH, launchTemplate: { id: idOf("lt") } })],
        violations: [launchesInBoth],
      },
      {
        title: "judges by both pools where group and launch template differ",
        changes: [
          launchTemplate("lt", { [TAG_KEY]: "bastion" }),
          networkInterface("bastion-0", { subnetId: idOf("b"), tags: { [TAG_KEY]: "bastion" } }),
          group("web", { launchTemplate: { id: idOf("lt") } }),
        ],
        violations: [
          `Auto Scaling group "web" uses pool "bastion" and launches in ${SUBNET_A}, but the pool's ` +
            `interfaces are in ${SUBNET_B}. Give it subnets of eu-west-1b only, or make a pool of its own ` +
            "for another zone.",
        ],
      },
      {
        title: "reads the launch template of a mixedInstancesPolicy",
        changes: [lt, inBoth(mixed({ launchTemplateId: idOf("lt"), version: "1" }))],
        violations: [launchesInBoth],
      },
      {
        title: "reads the launch template of a mixedInstancesPolicy by its name",
        changes: [
          { ...lt, outputs: { name: "web-template" } },
          inBoth(mixed({ launchTemplateName: "web-template" })),
        ],
        violations: [launchesInBoth],
      },
      {
        title: "reads the launch template that only an override names",
        changes: [
          lt,
          launchTemplate("plain", {}),
          inBoth(
            mixed({ launchTemplateId: idOf("plain") }, [
              { instanceType: "m7g.large" },
              {
                instanceType: "m7i.large",
                launchTemplateSpecification: { launchTemplateId: idOf("lt") },
              },
            ]),
          ),
        ],
        violations: [launchesInBoth],
      },
      {
        title: "leaves alone a mixedInstancesPolicy whose templates have no pool tag",
        changes: [
          lt,
          launchTemplate("plain", {}),
          inBoth(mixed({ launchTemplateId: idOf("plain") }, [{ instanceType: "m7g.large" }])),
        ],
      },
      {
        title: "reads a mixedInstancesPolicy that is unknown as a whole",
        changes: [
          lt,
          inBoth({
            mixedInstancesPolicy: madeOf(
              ["lt"],
              mixed({ launchTemplateId: "lt-id" }).mixedInstancesPolicy,
            ),
          }),
        ],
        violations: [launchesInBoth],
      },
      {
        title: "reads a group's own tags where it launches from a LaunchConfiguration",
        changes: [
          launchConfiguration("old"),
          group("web", { ...BOTH, launchConfiguration: idOf("old") }),
        ],
        violations: [launchesInBoth],
      },
      {
        title: "reads a Tag resource of the group",
        changes: [inBoth({}), tagResource(poolTag("licence"))],
        violations: [launchesInBoth],
      },
      {
        title: "reads a Tag resource by the group's literal name",
        changes: [inBoth({ name: "web-group" }), tagResource(poolTag("licence"), "web-group")],
        violations: [launchesInBoth],
      },
      {
        title: "leaves alone a Tag resource of another group or with another key",
        changes: [
          inBoth({}),
          tagResource({ key: "Name", value: "licence" }),
          { ...tagResource(poolTag("licence"), "elsewhere"), name: "tag-elsewhere" },
        ],
      },
      {
        title: "says that tags aren't known yet",
        changes: [group("web", { ...BOTH, tags: later([]) })],
        notes: ['whether Auto Scaling group "web" uses a pool, since its tags aren\'t known yet'],
        preview: true,
      },
      {
        title: "says once that tags aren't known yet, in group and launch template",
        changes: [
          launchTemplate("lt", later({})),
          group("web", { ...BOTH, tags: [later({})], launchTemplate: { id: idOf("lt") } }),
        ],
        notes: ['whether Auto Scaling group "web" uses a pool, since its tags aren\'t known yet'],
        preview: true,
      },
      {
        title: "says that the tags of a Tag resource aren't known yet",
        changes: [inBoth({}), tagResource(later(poolTag("x")))],
        notes: ['whether Auto Scaling group "web" uses a pool, since its tags aren\'t known yet'],
        preview: true,
      },
      {
        title: "finds the tag beside one that isn't known yet",
        changes: [group("web", { ...BOTH, tags: [later({}), poolTag("licence")] })],
        violations: [launchesInBoth],
        preview: true,
      },
      {
        title:
          "does not doubt that a group uses a pool where its launch template's tags are unknown",
        changes: [
          launchTemplate("lt", later({})),
          group("web", { launchTemplate: { id: idOf("lt") } }),
        ],
        preview: true,
      },
      {
        title: "says that the pool isn't known yet, of a group in one zone",
        changes: [group("web", { tags: [poolTag(later("licence"))] })],
        notes: ['which pool Auto Scaling group "web" uses, since that isn\'t known yet'],
        preview: true,
      },
      {
        title:
          "compares a pool that isn't known yet with no interfaces, not even such as may be its own",
        changes: [
          networkInterface("unsure", { tags: later({ [TAG_KEY]: "licence" }) }),
          group("web", { tags: [poolTag(later("licence"))], vpcZoneIdentifiers: [idOf("b")] }),
        ],
        notes: ['which pool Auto Scaling group "web" uses, since that isn\'t known yet'],
        preview: true,
      },
    ]);

    it("stops two zones though the pool isn't known yet", async () => {
      const web = group("web", { ...BOTH, tags: [poolTag(later("licence"))] });
      assert.deepEqual(
        (await judgeStack([web])).map(({ level, message }) => [level, message]),
        [
          [
            "advisory",
            "cannot be checked before up: " +
              'which pool Auto Scaling group "web" uses, since that isn\'t known yet',
          ],
          [
            "mandatory",
            `Auto Scaling group "web" uses a pool and launches in ${SUBNET_A} and ${SUBNET_B}, but a pool is in one ` +
              "zone. Give it subnets of one zone, the pool's.",
          ],
        ],
      );
    });

    it("looks for the tag key of the configuration", async () => {
      const other = { tagKey: "team:pool" };
      assert.deepEqual(await judgeStack([group("web", BOTH)], other), []);
      const tagged = [
        networkInterface("licence-0", { tags: { "team:pool": "licence" } }),
        group("web", { ...BOTH, tags: [{ key: "team:pool", value: "licence" }] }),
      ];
      assert.deepEqual(
        (await judgeStack(tagged, other)).map(({ message }) => message),
        [launchesInBoth],
      );
      assert.deepEqual(await judgeStack(tagged), []);
    });
  });

  describe("of aws-native", () => {
    const spansNative = useLicence(
      'eu-west-1a (subnet "na") and eu-west-1b (subnet "nb")',
      'eu-west-1a (subnet "na")',
    );
    const stack = [
      nativeSubnet("na", "eu-west-1a"),
      nativeSubnet("nb", "eu-west-1b"),
      nativeInterface("licence-0", "na"),
    ];
    const both = { vpcZoneIdentifier: [idOf("na"), idOf("nb")] };
    holdEach(groupInPoolZone, [
      {
        title: "passes a group in the zone of its pool",
        changes: [...stack, nativeGroup("web", { vpcZoneIdentifier: [idOf("na")] })],
      },
      {
        title: "stops a group in two zones",
        changes: [...stack, nativeGroup("web", both)],
        violations: [spansNative],
      },
      {
        title: "reads the tags of a launch template by its literal id",
        changes: [
          ...stack,
          {
            ...nativeTemplate("lt", [{ key: TAG_KEY, value: "licence" }]),
            outputs: { launchTemplateId: "lt-1" },
          },
          nativeGroup("web", { ...both, tags: [], launchTemplate: { launchTemplateId: "lt-1" } }),
        ],
        violations: [spansNative],
      },
      {
        title: "stops a group in another zone by its name",
        changes: [
          ...stack,
          nativeGroup("web", { vpcZoneIdentifier: undefined, availabilityZones: ["eu-west-1b"] }),
        ],
        violations: [useLicence("eu-west-1b", 'eu-west-1a (subnet "na")')],
      },
      {
        title: "reads the tags of a launch template",
        changes: [
          ...stack,
          nativeTemplate("lt", [{ key: TAG_KEY, value: "licence" }]),
          nativeGroup("web", {
            ...both,
            tags: [],
            launchTemplate: { launchTemplateId: idOf("lt"), version: "1" },
          }),
        ],
        violations: [spansNative],
      },
      {
        title: "reads the tags of a launch template by its literal name",
        changes: [
          ...stack,
          {
            ...nativeTemplate("lt", [{ key: TAG_KEY, value: "licence" }]),
            outputs: { launchTemplateName: "web-template" },
          },
          nativeGroup("web", {
            ...both,
            tags: [],
            launchTemplate: { launchTemplateName: "web-template", version: "1" },
          }),
        ],
        violations: [spansNative],
      },
      {
        title: "reads a subnet by the id that it shows",
        changes: [
          ...stack,
          { ...nativeSubnet("nb", "eu-west-1b"), outputs: { subnetId: "subnet-0b" } },
          nativeGroup("web", { vpcZoneIdentifier: ["subnet-0b"] }),
        ].filter(({ name, outputs }) => name !== "nb" || outputs !== undefined),
        violations: [useLicence('eu-west-1b (subnet "nb")', 'eu-west-1a (subnet "na")')],
      },
      {
        title: "says that the content of a launch template isn't known yet",
        changes: [
          ...stack,
          {
            type: "aws-native:ec2:LaunchTemplate",
            name: "lt",
            props: { launchTemplateData: later({}) },
          },
          nativeGroup("web", { tags: [], launchTemplate: { launchTemplateId: idOf("lt") } }),
        ],
        notes: ['whether Auto Scaling group "web" uses a pool, since its tags aren\'t known yet'],
        preview: true,
      },
    ]);
  });
});
