import { groupInPoolZone } from "../../policy/group-in-pool-zone";
import { holdEach } from "./policyCases";
import { TAG_KEY, group, launchTemplate, subnet } from "./stackBuilders";
import { type WrittenResource, idOf, later, madeOf } from "./policyEngine";

const POOL_TAGS = { [TAG_KEY]: "licence" };
const NATIVE_POOL_TAGS = [{ key: TAG_KEY, value: "licence" }];
const template = launchTemplate("lt");

function refused(label: string, pool = "licence"): string[] {
  return [
    `${label} "web" carries the tag of pool "${pool}". Only an Auto Scaling group can be held in one zone, ` +
      "with launches that wait for the address. Use an Auto Scaling group with a " +
      "mixedInstancesPolicy, or take the pool tag away.",
  ];
}

const doubted = (label: string) => [
  `whether ${label} "web" uses a pool, since its tags aren't known yet`,
];

function fleet(props: Record<string, unknown>, type = "aws:ec2/fleet:Fleet"): WrittenResource {
  return { type, name: "web", props };
}

function spotFleet(props: Record<string, unknown>): WrittenResource {
  return fleet(props, "aws:ec2/spotFleetRequest:SpotFleetRequest");
}

const byTemplate = (id: unknown) => ({
  launchTemplateConfigs: [{ launchTemplateSpecification: { launchTemplateId: id, version: "1" } }],
});

describe("group-in-pool-zone and fleets", () => {
  describe("refuses", () => {
    holdEach(groupInPoolZone, [
      {
        title: "a fleet with the pool tag",
        changes: [fleet({ tags: POOL_TAGS })],
        violations: refused("Fleet"),
      },
      {
        title: "a fleet whose tag the provider gives",
        changes: [{ ...fleet({}), outputs: { tagsAll: POOL_TAGS } }],
        violations: refused("Fleet"),
      },
      {
        title: "a fleet that launches from a template with the tag",
        changes: [
          template,
          fleet({
            launchTemplateConfig: {
              launchTemplateSpecification: { launchTemplateId: idOf("lt"), version: "1" },
            },
          }),
        ],
        violations: refused("Fleet"),
      },
      {
        title: "a fleet whose template configuration is unknown as a whole",
        changes: [
          template,
          fleet({
            launchTemplateConfigs: madeOf(["lt"], byTemplate("lt-id").launchTemplateConfigs),
          }),
        ],
        violations: refused("Fleet"),
      },
      {
        title: "a spot fleet by the tags of a launch specification",
        changes: [
          spotFleet({
            launchSpecifications: [{ instanceType: "m7g.large" }, { tags: POOL_TAGS }],
          }),
        ],
        violations: refused("SpotFleetRequest"),
      },
      {
        title: "a spot fleet by its template's tags",
        changes: [template, spotFleet(byTemplate(idOf("lt")))],
        violations: refused("SpotFleetRequest"),
      },
      {
        title: "a spot fleet by the literal name of its template",
        changes: [
          { ...template, outputs: { name: "web-template" } },
          spotFleet({
            launchTemplateConfigs: [{ launchTemplateSpecification: { name: "web-template" } }],
          }),
        ],
        violations: refused("SpotFleetRequest"),
      },
      {
        title: "a spot fleet that may use either of two templates",
        changes: [
          template,
          launchTemplate("plain", {}),
          spotFleet({
            launchTemplateConfigs: [
              { launchTemplateSpecification: { id: madeOf(["plain", "lt"], "lt-id") } },
            ],
          }),
        ],
        violations: refused("SpotFleetRequest"),
      },
      {
        title: "a fleet of aws-native by its tag specifications",
        changes: [
          fleet(
            { tagSpecifications: [{ resourceType: "instance", tags: NATIVE_POOL_TAGS }] },
            "aws-native:ec2:Ec2Fleet",
          ),
        ],
        violations: refused("Ec2Fleet"),
      },
      {
        title: "a spot fleet of aws-native by its launch specifications",
        changes: [
          fleet(
            {
              spotFleetRequestConfigData: {
                launchSpecifications: [{ tagSpecifications: [{ tags: NATIVE_POOL_TAGS }] }],
              },
            },
            "aws-native:ec2:SpotFleet",
          ),
        ],
        violations: refused("SpotFleet"),
      },
      {
        title: "a node group of EKS with a tagged template",
        changes: [
          template,
          fleet(
            { launchTemplate: { id: idOf("lt"), version: "1" } },
            "aws:eks/nodeGroup:NodeGroup",
          ),
        ],
        violations: refused("NodeGroup"),
      },
      {
        title: "a compute environment of Batch with a tagged template",
        changes: [
          template,
          fleet(
            {
              computeResources: {
                subnets: [idOf("a"), idOf("b")],
                launchTemplate: { launchTemplateId: idOf("lt") },
              },
            },
            "aws:batch/computeEnvironment:ComputeEnvironment",
          ),
        ],
        violations: refused("ComputeEnvironment"),
      },
      {
        title: "a spot fleet of aws-native with a tagged template",
        changes: [
          template,
          fleet(
            {
              spotFleetRequestConfigData: {
                launchTemplateConfigs: [
                  { launchTemplateSpecification: { launchTemplateId: idOf("lt") } },
                ],
              },
            },
            "aws-native:ec2:SpotFleet",
          ),
        ],
        violations: refused("SpotFleet"),
      },
      {
        title: "a compute environment of Batch of aws-native that tags its instances",
        changes: [
          fleet({ computeResources: { tags: POOL_TAGS } }, "aws-native:batch:ComputeEnvironment"),
        ],
        violations: refused("ComputeEnvironment"),
      },
      {
        title: "a compute environment of Batch that tags its instances",
        changes: [
          fleet(
            { computeResources: { tags: POOL_TAGS } },
            "aws:batch/computeEnvironment:ComputeEnvironment",
          ),
        ],
        violations: refused("ComputeEnvironment"),
      },
      {
        title: "a fleet with a tag that names no pool",
        changes: [fleet({ tags: { [TAG_KEY]: "" } })],
        violations: refused("Fleet", ""),
      },
      {
        title: "a fleet by the tag that is known beside those that aren't",
        changes: [spotFleet({ launchSpecifications: [{ tags: later({}) }, { tags: POOL_TAGS }] })],
        violations: refused("SpotFleetRequest"),
        preview: true,
      },
      {
        title: "a fleet by the known tag of its template though its own tags aren't known",
        changes: [template, spotFleet({ tags: later({}), ...byTemplate(idOf("lt")) })],
        violations: refused("SpotFleetRequest"),
        preview: true,
      },
      {
        title: "a fleet with the tag key of the configuration",
        changes: [fleet({ tags: { "team:pool": "licence" } })],
        config: { tagKey: "team:pool" },
        violations: refused("Fleet"),
      },
    ]);
  });

  describe("leaves to up", () => {
    const cases: [title: string, label: string, changes: WrittenResource[]][] = [
      ["a fleet whose tags are unknown", "Fleet", [fleet({ tags: later({}) })]],
      [
        "a fleet whose pool is unknown",
        "Fleet",
        [fleet({ tags: { [TAG_KEY]: later("licence") } })],
      ],
      [
        "a spot fleet whose launch specifications are unknown",
        "SpotFleetRequest",
        [spotFleet({ launchSpecifications: later([]) })],
      ],
      [
        "a spot fleet with one launch specification that is unknown",
        "SpotFleetRequest",
        [spotFleet({ launchSpecifications: [{ tags: {} }, later({})] })],
      ],
      [
        "a fleet of aws-native whose tag specifications are unknown",
        "Ec2Fleet",
        [fleet({ tagSpecifications: [{ tags: later([]) }] }, "aws-native:ec2:Ec2Fleet")],
      ],
      [
        "a fleet of aws-native whose tag specifications are unknown as a whole",
        "Ec2Fleet",
        [fleet({ tagSpecifications: later([]) }, "aws-native:ec2:Ec2Fleet")],
      ],
      [
        "a compute environment of Batch whose resources are unknown",
        "ComputeEnvironment",
        [fleet({ computeResources: later({}) }, "aws:batch/computeEnvironment:ComputeEnvironment")],
      ],
      [
        "a spot fleet of aws-native that is unknown as a whole",
        "SpotFleet",
        [fleet({ spotFleetRequestConfigData: later({}) }, "aws-native:ec2:SpotFleet")],
      ],
      [
        "a fleet whose template's tags are unknown",
        "SpotFleetRequest",
        [launchTemplate("lt", later({})), spotFleet(byTemplate(idOf("lt")))],
      ],
    ];
    holdEach(
      groupInPoolZone,
      cases.map(([title, label, changes]) => ({
        title,
        changes,
        notes: doubted(label),
        preview: true,
      })),
    );
  });

  describe("leaves alone", () => {
    holdEach(groupInPoolZone, [
      {
        title: "fleets without the tag, in two zones",
        changes: [
          launchTemplate("plain", { Name: "licence" }),
          subnet("c", "eu-west-1c"),
          { ...fleet({ tags: { Name: "licence" }, ...byTemplate(idOf("plain")) }), name: "fleet" },
          {
            ...spotFleet({ launchSpecifications: [{ subnetId: idOf("c"), ami: later("ami-1") }] }),
            name: "spot",
          },
        ],
      },
      {
        title: "a template that tags volumes only",
        changes: [
          {
            ...template,
            props: { tagSpecifications: [{ resourceType: "volume", tags: POOL_TAGS }] },
          },
          fleet(byTemplate(idOf("lt"))),
        ],
      },
      {
        title: "a component that is given a tagged template for the group in it",
        changes: [
          template,
          fleet({ launchTemplateId: idOf("lt") }, "acme:index:WebGroup"),
          { ...group("inner", { launchTemplate: { id: idOf("lt") } }), parent: "web" },
        ],
      },
      {
        title: "single instances with the tag, which are where they are",
        changes: [
          template,
          ...[
            "aws:ec2/instance:Instance",
            "aws:ec2/spotInstanceRequest:SpotInstanceRequest",
            "aws-native:ec2:Instance",
          ].map((type) => ({
            ...fleet({ tags: POOL_TAGS, launchTemplate: { id: idOf("lt") } }, type),
            name: type,
          })),
        ],
      },
      {
        title: "a template that names itself",
        changes: [
          {
            type: "aws-native:ec2:LaunchTemplate",
            name: "native",
            props: {
              launchTemplateName: "web-template",
              launchTemplateData: {
                tagSpecifications: [{ resourceType: "instance", tags: NATIVE_POOL_TAGS }],
              },
            },
          },
        ],
      },
      {
        title: "what names a tagged template and launches nothing",
        changes: [
          template,
          fleet({ value: idOf("lt") }, "aws:ssm/parameter:Parameter"),
          { ...fleet({ resourceId: idOf("lt") }, "aws:ec2/tag:Tag"), name: "tag" },
        ],
      },
      {
        title: "other resources with the tag",
        changes: [fleet({ tags: POOL_TAGS }, "aws:s3/bucket:Bucket")],
      },
    ]);
  });
});
