import { groupInPoolZone } from "../../policy/group-in-pool-zone";
import { carriesTag } from "./messages";
import { asks, casesOf, configured, inPreview, table } from "./policyCases";
import { idOf, later, madeOf, type WrittenResource } from "./policyEngine";
import { group, launchTemplate, nativeTags, resource, subnet, TAG_KEY } from "./stackBuilders";

type Props = Record<string, unknown>;

const POOL_TAGS = { [TAG_KEY]: "licence" };
const template = launchTemplate("lt");

/** What launches instances, "web", and the last part of its type as its label. */
const launcher =
  (type: string) =>
  (props: Props, more: Partial<WrittenResource> = {}) =>
    resource(type, "web", props, more);
const fleet = launcher("aws:ec2/fleet:Fleet");
const spotFleet = launcher("aws:ec2/spotFleetRequest:SpotFleetRequest");
const nodeGroup = launcher("aws:eks/nodeGroup:NodeGroup");
const batch = launcher("aws:batch/computeEnvironment:ComputeEnvironment");
const nativeFleet = launcher("aws-native:ec2:Ec2Fleet");
const nativeSpotFleet = launcher("aws-native:ec2:SpotFleet");
const nativeBatch = launcher("aws-native:batch:ComputeEnvironment");

const byTemplate = (id: unknown) => ({
  launchTemplateConfigs: [{ launchTemplateSpecification: { launchTemplateId: id, version: "1" } }],
});

const { holdEach } = casesOf(groupInPoolZone);

describe("group-in-pool-zone and fleets", () => {
  describe("refuses", () => {
    const unknownConfigs = fleet({
      launchTemplateConfigs: madeOf(["lt"], byTemplate("lt-id").launchTemplateConfigs),
    });
    const byName = spotFleet({
      launchTemplateConfigs: [{ launchTemplateSpecification: { name: "web-template" } }],
    });
    const byEitherTemplate = spotFleet({
      launchTemplateConfigs: [
        { launchTemplateSpecification: { id: madeOf(["plain", "lt"], "lt-id") } },
      ],
    });
    const nativeByTags = nativeSpotFleet({
      spotFleetRequestConfigData: {
        launchSpecifications: [{ tagSpecifications: [{ tags: nativeTags() }] }],
      },
    });
    const batchByTemplate = batch({
      computeResources: {
        subnets: [idOf("a"), idOf("b")],
        launchTemplate: { launchTemplateId: idOf("lt") },
      },
    });
    holdEach(table`
      a fleet with the pool tag: ${fleet({ tags: POOL_TAGS })} ${carriesTag("Fleet")}
      a fleet whose tag the provider gives:
        ${fleet({}, { outputs: { tagsAll: POOL_TAGS } })} ${carriesTag("Fleet")}
      a fleet that launches from a template with the tag:
        ${template}
        ${fleet({ launchTemplateConfig: byTemplate(idOf("lt")).launchTemplateConfigs[0] })}
        ${carriesTag("Fleet")}
      a fleet whose template configuration is unknown as a whole:
        ${template} ${unknownConfigs} ${carriesTag("Fleet")}
      a fleet with a tag that names no pool:
        ${fleet({ tags: { [TAG_KEY]: "" } })} ${carriesTag("Fleet", 'pool ""')}
      a fleet with the tag key of the configuration:
        ${fleet({ tags: { "team:pool": "licence" } })} ${configured({ tagKey: "team:pool" })}
        ${carriesTag("Fleet")}
      a fleet with a tag of several pools, and names them all:
        ${fleet({ tags: { [TAG_KEY]: "data, management" } })}
        ${carriesTag("Fleet", 'pools "data" and "management"')}
      a spot fleet by the tags of a launch specification:
        ${spotFleet({ launchSpecifications: [{ instanceType: "m7g.large" }, { tags: POOL_TAGS }] })}
        ${carriesTag("SpotFleetRequest")}
      a spot fleet by its template's tags:
        ${template} ${spotFleet(byTemplate(idOf("lt")))} ${carriesTag("SpotFleetRequest")}
      a spot fleet by the literal name of its template:
        ${{ ...template, outputs: { name: "web-template" } }} ${byName}
        ${carriesTag("SpotFleetRequest")}
      a spot fleet that may use either of two templates:
        ${template} ${launchTemplate("plain", {})} ${byEitherTemplate}
        ${carriesTag("SpotFleetRequest")}
      a spot fleet by the tag that is known beside those that aren't:
        ${spotFleet({ launchSpecifications: [{ tags: later({}) }, { tags: POOL_TAGS }] })}
        ${inPreview} ${carriesTag("SpotFleetRequest")}
      a spot fleet by the known tag of its template though its own tags aren't known:
        ${template} ${spotFleet({ tags: later({}), ...byTemplate(idOf("lt")) })} ${inPreview}
        ${carriesTag("SpotFleetRequest")}
      a fleet of aws-native by its tag specifications:
        ${nativeFleet({ tagSpecifications: [{ resourceType: "instance", tags: nativeTags() }] })}
        ${carriesTag("Ec2Fleet")}
      a spot fleet of aws-native by its launch specifications:
        ${nativeByTags} ${carriesTag("SpotFleet")}
      a spot fleet of aws-native with a tagged template:
        ${template} ${nativeSpotFleet({ spotFleetRequestConfigData: byTemplate(idOf("lt")) })}
        ${carriesTag("SpotFleet")}
      a node group of EKS with a tagged template:
        ${template} ${nodeGroup({ launchTemplate: { id: idOf("lt"), version: "1" } })}
        ${carriesTag("NodeGroup")}
      a node group of EKS with a template of several pools, and names them all:
        ${launchTemplate("lt", { [TAG_KEY]: "data, management" })}
        ${nodeGroup({ launchTemplate: { id: idOf("lt") } })}
        ${carriesTag("NodeGroup", 'pools "data" and "management"')}
      a compute environment of Batch with a tagged template:
        ${template} ${batchByTemplate} ${carriesTag("ComputeEnvironment")}
      a compute environment of Batch that tags its instances:
        ${batch({ computeResources: { tags: POOL_TAGS } })} ${carriesTag("ComputeEnvironment")}
      a compute environment of Batch of aws-native that tags its instances:
        ${nativeBatch({ computeResources: { tags: POOL_TAGS } })}
        ${carriesTag("ComputeEnvironment")}
    `);
  });

  describe("leaves to up", () => {
    const doubted = (label: string) =>
      asks(`whether ${label} "web" uses a pool, since its tags aren't known yet`);
    holdEach(table`
      a fleet whose tags are unknown: ${fleet({ tags: later({}) })} ${doubted("Fleet")}
      a fleet whose pool is unknown:
        ${fleet({ tags: { [TAG_KEY]: later("licence") } })} ${doubted("Fleet")}
      a spot fleet whose launch specifications are unknown:
        ${spotFleet({ launchSpecifications: later([]) })} ${doubted("SpotFleetRequest")}
      a spot fleet with one launch specification that is unknown:
        ${spotFleet({ launchSpecifications: [{ tags: {} }, later({})] })}
        ${doubted("SpotFleetRequest")}
      a spot fleet whose template's tags are unknown:
        ${launchTemplate("lt", later({}))} ${spotFleet(byTemplate(idOf("lt")))}
        ${doubted("SpotFleetRequest")}
      a fleet of aws-native whose tag specifications are unknown:
        ${nativeFleet({ tagSpecifications: [{ tags: later([]) }] })} ${doubted("Ec2Fleet")}
      a fleet of aws-native whose tag specifications are unknown as a whole:
        ${nativeFleet({ tagSpecifications: later([]) })} ${doubted("Ec2Fleet")}
      a spot fleet of aws-native that is unknown as a whole:
        ${nativeSpotFleet({ spotFleetRequestConfigData: later({}) })} ${doubted("SpotFleet")}
      a compute environment of Batch whose resources are unknown:
        ${batch({ computeResources: later({}) })} ${doubted("ComputeEnvironment")}
    `);
  });

  describe("leaves alone", () => {
    const singleInstances = [
      "aws:ec2/instance:Instance",
      "aws:ec2/spotInstanceRequest:SpotInstanceRequest",
      "aws-native:ec2:Instance",
    ].map((type) => resource(type, type, { tags: POOL_TAGS, launchTemplate: { id: idOf("lt") } }));
    const spotInC = spotFleet(
      { launchSpecifications: [{ subnetId: idOf("c"), ami: later("ami-1") }] },
      { name: "spot" },
    );
    const namedTemplate = resource("aws-native:ec2:LaunchTemplate", "native", {
      launchTemplateName: "web-template",
      launchTemplateData: { tagSpecifications: [{ resourceType: "instance", tags: nativeTags() }] },
    });
    holdEach(table`
      fleets without the tag, in two zones:
        ${launchTemplate("plain", { Name: "licence" })} ${subnet("c", "eu-west-1c")}
        ${fleet({ tags: { Name: "licence" }, ...byTemplate(idOf("plain")) }, { name: "fleet" })}
        ${spotInC}
      a template that tags volumes only:
        ${launchTemplate("lt", POOL_TAGS, "volume")} ${fleet(byTemplate(idOf("lt")))}
      a component that is given a tagged template for the group in it:
        ${template} ${launcher("acme:index:WebGroup")({ launchTemplateId: idOf("lt") })}
        ${{ ...group("inner", { launchTemplate: { id: idOf("lt") } }), parent: "web" }}
      single instances with the tag, which are where they are: ${template} ${singleInstances}
      a template that names itself: ${namedTemplate}
      what names a tagged template and launches nothing:
        ${template} ${launcher("aws:ssm/parameter:Parameter")({ value: idOf("lt") })}
        ${resource("aws:ec2/tag:Tag", "tag", { resourceId: idOf("lt") })}
      other resources with the tag: ${launcher("aws:s3/bucket:Bucket")({ tags: POOL_TAGS })}
    `);
  });
});
