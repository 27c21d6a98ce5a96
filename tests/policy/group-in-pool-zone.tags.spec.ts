import { groupInPoolZone } from "../../policy/group-in-pool-zone";
import {
  launchesOutside,
  spansZones,
  SUBNET_B,
  SUBNETS_AB,
  WHETHER_USES_POOL,
  WHICH_POOL,
} from "./messages";
import { asks, casesOf, configured, inPreview, table } from "./policyCases";
import { idOf, later, madeOf, type WrittenResource } from "./policyEngine";
import {
  BOTH,
  byTemplate,
  groupTag,
  launchTemplate,
  mixedInstances,
  nativeLaunchTemplate,
  nativeTags,
  nativeWeb,
  networkInterface,
  poolTag,
  resource,
  subnet,
  TAG_KEY,
  web,
  webIn,
} from "./stackBuilders";

type Props = Record<string, unknown>;

/** How a provider writes what the group "web" and its tags are made of. */
interface Provider {
  /** The pool's interface and its subnet, if they aren't as in the compliant stack. */
  pool: WrittenResource[];
  subnetB: WrittenResource;
  webIn: (subnets: unknown, props?: Props) => WrittenResource;
  template: (tags: unknown) => WrittenResource;
  tags: unknown;
  /** What subnets and launch templates call their ids, and groups the id and name of a template. */
  subnetId: string;
  templateId: string;
  id: string;
  name: string;
}

const nativeSubnet = (name: string, availabilityZone: string) =>
  resource("aws-native:ec2:Subnet", name, { availabilityZone });

const providers: Record<string, Provider> = {
  aws: {
    pool: [],
    subnetB: subnet("b", "eu-west-1b"),
    webIn,
    template: (tags) => launchTemplate("lt", tags),
    tags: { [TAG_KEY]: "licence" },
    subnetId: "id",
    templateId: "id",
    id: "id",
    name: "name",
  },
  "aws-native": {
    pool: [
      nativeSubnet("a", "eu-west-1a"),
      resource(
        "aws-native:ec2:NetworkInterface",
        "licence-0",
        { subnetId: idOf("a"), tags: nativeTags() },
        { protect: true },
      ),
    ],
    subnetB: nativeSubnet("b", "eu-west-1b"),
    webIn: (vpcZoneIdentifier, props) => nativeWeb({ vpcZoneIdentifier, ...props }),
    template: (tags) => nativeLaunchTemplate("lt", tags),
    tags: nativeTags(),
    subnetId: "subnetId",
    templateId: "launchTemplateId",
    id: "launchTemplateId",
    name: "launchTemplateName",
  },
};

const inBoth = (props: Props = {}) => webIn(BOTH, { tags: [], ...props });
const launchesInBoth = launchesOutside(SUBNETS_AB);
const lt = launchTemplate("lt");
const namedTemplate = { ...lt, outputs: { name: "web-template" } };
const plain = launchTemplate("plain", {});

const { holdEach } = casesOf(groupInPoolZone);

describe("group-in-pool-zone by pool tags", () => {
  for (const [name, provider] of Object.entries(providers)) {
    describe(`of ${name}`, () => {
      const { pool, subnetB, template, tags } = provider;
      const stack = [...pool, subnetB];
      const launching = (specification: unknown) => provider.webIn(BOTH, byTemplate(specification));
      const shown = (outputs: Props) => ({ ...template(tags), outputs });
      holdEach(table`
        passes a group in the zone of its pool: ${stack} ${provider.webIn([idOf("a")])}
        stops a group in two zones: ${stack} ${provider.webIn(BOTH)} ${launchesInBoth}
        stops a group in another zone by its name:
          ${stack} ${provider.webIn(undefined, { availabilityZones: ["eu-west-1b"] })}
          ${launchesOutside("eu-west-1b")}
        reads a subnet by the id that it shows:
          ${pool} ${{ ...subnetB, outputs: { [provider.subnetId]: "subnet-0b" } }}
          ${provider.webIn(["subnet-0b"])} ${launchesOutside(SUBNET_B)}
        reads the tags of a launch template by reference:
          ${stack} ${template(tags)} ${launching({ [provider.id]: idOf("lt"), version: "$Latest" })}
          ${launchesInBoth}
        reads the tags of a launch template by its literal id:
          ${stack} ${shown({ [provider.templateId]: "lt-0123" })}
          ${launching({ [provider.id]: "lt-0123" })} ${launchesInBoth}
        reads the tags of a launch template by its literal name:
          ${stack} ${shown({ [provider.name]: "web-template" })}
          ${launching({ [provider.name]: "web-template" })} ${launchesInBoth}
        reads the tags of a launch template that is unknown as a whole:
          ${stack} ${template(tags)} ${launching(madeOf(["lt"], { [provider.id]: "lt-id" }))}
          ${launchesInBoth}
        says that the tags of a launch template aren't known yet:
          ${stack} ${template(later([]))} ${launching({ [provider.id]: idOf("lt") })}
          ${asks(WHETHER_USES_POOL)}
      `);
    });
  }

  describe("in a launch template", () => {
    const referring = (specification: Props) => inBoth({ launchTemplate: specification });
    const nativeByTemplate = nativeWeb({
      vpcZoneIdentifier: [idOf("a")],
      ...byTemplate({ launchTemplateId: idOf("lt") }),
    });
    const filledIn = {
      ...referring({ id: idOf("plain"), name: later("plain-1a2b") }),
      outputs: { mixedInstancesPolicy: later(undefined) },
    };
    holdEach(table`
      reads it once though its name is shown beside its id:
        ${namedTemplate} ${referring({ id: idOf("lt"), name: "web-template" })} ${launchesInBoth}
      leaves alone one that tags volumes only:
        ${launchTemplate("lt", { [TAG_KEY]: "licence" }, "volume")} ${referring({ id: idOf("lt") })}
      leaves alone one of another stack: ${lt} ${referring({ id: "lt-of-another-stack" })}
      leaves alone one of another stack whose name AWS fills in:
        ${referring({ id: "lt-elsewhere", name: later("web-template") })}
      says that it isn't known yet:
        ${lt} ${referring({ id: later("lt-of-another-stack") })} ${asks(WHETHER_USES_POOL)}
      says that the content of one of aws-native isn't known yet:
        ${resource("aws-native:ec2:LaunchTemplate", "lt", { launchTemplateData: later({}) })}
        ${nativeByTemplate} ${asks(WHETHER_USES_POOL)}
      does not ask for a second one where AWS fills one in: ${plain} ${filledIn} ${inPreview}
      judges once where it names the group's pool:
        ${lt} ${webIn(BOTH, { launchTemplate: { id: idOf("lt") } })} ${launchesInBoth}
    `);
  });

  describe("in a mixedInstancesPolicy", () => {
    const mixed = (specification: unknown, overrides?: unknown[]) =>
      inBoth(mixedInstances(specification, overrides));
    const byOverride = mixed({ launchTemplateId: idOf("plain") }, [
      { instanceType: "m7g.large" },
      { instanceType: "m7i.large", launchTemplateSpecification: { launchTemplateId: idOf("lt") } },
    ]);
    const unknownPolicy = inBoth({
      mixedInstancesPolicy: madeOf(
        ["lt"],
        mixedInstances({ launchTemplateId: "lt-id" }).mixedInstancesPolicy,
      ),
    });
    holdEach(table`
      reads its launch template:
        ${lt} ${mixed({ launchTemplateId: idOf("lt"), version: "1" })} ${launchesInBoth}
      reads its launch template by its name:
        ${namedTemplate} ${mixed({ launchTemplateName: "web-template" })} ${launchesInBoth}
      reads the launch template that only an override names:
        ${lt} ${plain} ${byOverride} ${launchesInBoth}
      leaves alone one whose templates have no pool tag:
        ${lt} ${plain}
        ${mixed({ launchTemplateId: idOf("plain") }, [{ instanceType: "m7g.large" }])}
      reads one that is unknown as a whole: ${lt} ${unknownPolicy} ${launchesInBoth}
    `);
  });

  describe("of the group itself", () => {
    const otherTag = webIn([...BOTH, idOf("c")], {
      tags: [{ key: "Name", value: "licence", propagateAtLaunch: true }],
    });
    holdEach(table`
      leaves alone a group without the tag, in whatever zones:
        ${subnet("c", "eu-west-1c")} ${otherTag}
      leaves alone a group without tags whose subnets are unknown:
        ${webIn(later([]), { tags: undefined })}
      reads them where it launches from a LaunchConfiguration:
        ${resource("aws:ec2/launchConfiguration:LaunchConfiguration", "old")}
        ${webIn(BOTH, { launchConfiguration: idOf("old") })} ${launchesInBoth}
      reads a Tag resource of the group:
        ${inBoth()} ${groupTag(poolTag("licence"))} ${launchesInBoth}
      reads a Tag resource by the group's literal name:
        ${inBoth({ name: "web-group" })} ${groupTag(poolTag("licence"), "web-group")}
        ${launchesInBoth}
      leaves alone a Tag resource of another group or with another key:
        ${inBoth()} ${groupTag({ key: "Name", value: "licence" })}
        ${groupTag(poolTag("licence"), "elsewhere", "tag-elsewhere")}
    `);
  });

  describe("that aren't known yet", () => {
    const unknownPool = poolTag(later("licence"));
    holdEach(table`
      says so: ${webIn(BOTH, { tags: later([]) })} ${asks(WHETHER_USES_POOL)}
      says so once, of group and launch template:
        ${launchTemplate("lt", later({}))}
        ${webIn(BOTH, { tags: [later({})], launchTemplate: { id: idOf("lt") } })}
        ${asks(WHETHER_USES_POOL)}
      says so of a Tag resource:
        ${inBoth()} ${groupTag(later(poolTag("x")))} ${asks(WHETHER_USES_POOL)}
      finds the tag beside one that isn't:
        ${webIn(BOTH, { tags: [later({}), poolTag("licence")] })} ${inPreview} ${launchesInBoth}
      does not doubt that a group uses a pool where its launch template's tags aren't:
        ${launchTemplate("lt", later({}))} ${web({ launchTemplate: { id: idOf("lt") } })}
        ${inPreview}
      says that the pool isn't, of a group in one zone:
        ${web({ tags: [unknownPool] })} ${asks(WHICH_POOL)}
      compares a pool that isn't with no interfaces, not even such as may be its own:
        ${networkInterface("unsure", { tags: later({ [TAG_KEY]: "licence" }) })}
        ${webIn([idOf("b")], { tags: [unknownPool] })} ${asks(WHICH_POOL)}
      stops two zones though the pool isn't:
        ${webIn(BOTH, { tags: [unknownPool] })} ${asks(WHICH_POOL)} ${spansZones("a pool")}
    `);
  });

  describe("with the tag key of the configuration", () => {
    const other = configured({ tagKey: "team:pool" });
    const tagged = [
      networkInterface("licence-0", { tags: { "team:pool": "licence" } }),
      webIn(BOTH, { tags: [{ key: "team:pool", value: "licence" }] }),
    ];
    holdEach(table`
      leaves alone a group with another: ${webIn(BOTH)} ${other}
      stops a group with it: ${tagged} ${other} ${launchesInBoth}
      leaves that group alone where the configuration names none: ${tagged}
    `);
  });
});
