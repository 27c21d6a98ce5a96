import { groupFitsPool } from "../../policy/group-fits-pool";
import { sharesPool, tooLarge, whetherFits } from "./messages";
import { advises, asks, casesOf, configured, inPreview, inUp, table } from "./policyCases";
import { idOf, later } from "./policyEngine";
import {
  byTemplate,
  ec2Tag,
  givenInterface,
  group,
  groupTag,
  launchTemplate,
  managerOf,
  mixedInstances,
  nativeTags,
  nativeWeb,
  networkInterface,
  ofPool,
  onDemand,
  onDemandOfSubnets,
  poolTag,
  resource,
  web,
  webOf,
} from "./stackBuilders";

/** Beside the one of the compliant stack. */
const twoMore = [1, 2].map((slot) => networkInterface(`licence-${slot}`));

/** A pool of two, and one of one. */
const pools = [ofPool("data"), ofPool("data", "data-1"), ofPool("management")];

const sizeUnknown = (pool: string) =>
  `Auto Scaling group "web" uses pool "${pool}", whose size can't be known: it isn't in this stack. ` +
  `Write it in the configuration of the policies, pools: {"${pool}": {"size": 3}}.`;

const bastion = (settings: object) => configured({ pools: { bastion: settings } });

const { holdEach } = casesOf(groupFitsPool);

describe("group-fits-pool", () => {
  describe("compares maxSize and interfaces", () => {
    const nativeInterface = resource("aws-native:ec2:NetworkInterface", "licence-1", {
      subnetId: idOf("a"),
      tags: nativeTags(),
    });
    holdEach(table`
      passes as many instances as interfaces
      passes fewer instances than interfaces: ${twoMore}
      passes as many as three: ${twoMore} ${web({ maxSize: 3 })}
      passes a group of no instances: ${web({ maxSize: 0 })}
      stops one more than one: ${web({ maxSize: 2 })} ${tooLarge(2)}
      stops one more than three: ${twoMore} ${web({ maxSize: 4 })} ${tooLarge(4, "maxSize", 3)}
      does not count interfaces of other pools, nor those without the tag:
        ${ofPool("bastion")} ${networkInterface("bare", { tags: { Name: "licence" } })}
        ${web({ maxSize: 2 })} ${tooLarge(2)}
      counts interfaces of aws-native, and those that a Tag resource gives the tag:
        ${nativeInterface} ${networkInterface("licence-2", { tags: undefined })}
        ${ec2Tag("tag", { resourceId: idOf("licence-2") })} ${web({ maxSize: 4 })}
        ${tooLarge(4, "maxSize", 3)}
      counts interfaces that exist already:
        ${["1", "2"].map((name) => givenInterface(name))}
        ${givenInterface("3", { resourceId: "i-3" })} ${webOf("given", { maxSize: 2 })}
      stops a group larger than they are:
        ${["1", "2"].map((name) => givenInterface(name))} ${webOf("given", { maxSize: 3 })}
        ${tooLarge(3, "maxSize", 2, "given")}
      leaves alone a group without the tag, however large: ${web({ tags: [], maxSize: 99 })}
    `);
  });

  describe("judges every kind of group", () => {
    const byOverride = web({
      maxSize: 2,
      tags: [],
      ...mixedInstances({ launchTemplateId: "lt-elsewhere" }, [
        { launchTemplateSpecification: { launchTemplateId: idOf("lt") } },
      ]),
    });
    holdEach(table`
      by the tag in its launch template:
        ${launchTemplate("lt")} ${web({ maxSize: 2, ...byTemplate({ id: idOf("lt") }) })}
        ${tooLarge(2)}
      once, by the tag in both:
        ${launchTemplate("lt")} ${web({ maxSize: 2, launchTemplate: { id: idOf("lt") } })}
        ${tooLarge(2)}
      by the tag in an override of its mixedInstancesPolicy:
        ${launchTemplate("lt")} ${byOverride} ${tooLarge(2)}
      by a Tag resource:
        ${web({ maxSize: 2, tags: [] })} ${groupTag(poolTag("licence"))} ${tooLarge(2)}
      with a LaunchConfiguration: ${web({ maxSize: 2, launchConfiguration: "old" })} ${tooLarge(2)}
      of aws-native, whose sizes are texts: ${nativeWeb({ maxSize: "10" })} ${tooLarge(10)}
      of aws-native that fits: ${nativeWeb()}
    `);
  });

  describe("judges each of several pools", () => {
    const both = (maxSize: number, value = "data,management") => webOf(value, { maxSize });
    holdEach(table`
      passes a group that fits all of them: ${pools} ${both(1)}
      stops a group for the smaller pool alone:
        ${pools} ${both(2)} ${tooLarge(2, "maxSize", 1, "management")}
      stops a group for each pool that is too small:
        ${pools} ${both(3, "management, data")} ${tooLarge(3, "maxSize", 2, "data")}
        ${tooLarge(3, "maxSize", 1, "management")}
      advises where groups share one of them:
        ${pools} ${both(1)} ${group("api", { tags: [poolTag("management")] })}
        ${advises(sharesPool('"web", "api"', 1, 2, { pool: "management" }))}
    `);
  });

  describe("limits no group of a pool on demand", () => {
    const manager = managerOf({ second: onDemand({ "eu-west-1a": "subnet-1" }) });
    const large = webOf("second", { maxSize: 99 });
    const open =
      'whether Auto Scaling group "web" fits pool "second", since which pools the manager makes on demand ' +
      "isn't known yet";
    holdEach(table`
      that the manager makes: ${manager} ${large}
      of another stack's manager:
        ${large} ${configured({ pools: { second: { zones: ["eu-west-1a"] } } })}
      and advises nothing where groups share it:
        ${manager} ${large} ${group("api", { tags: [poolTag("second")] })}
      but limits it by another pool beside it:
        ${manager} ${webOf("second,licence", { maxSize: 2 })} ${tooLarge(2)}
      that alone can have the settings that are unknown:
        ${onDemandOfSubnets(["a"], ["licence", "second"])} ${large} ${inPreview}
      and leaves to up which of several pools has settings that are unknown:
        ${onDemandOfSubnets(["a"], ["third", "second"])} ${large} ${asks(open)}
    `);
  });

  describe("takes from the configuration", () => {
    const three = webOf("bastion", { maxSize: 3 });
    holdEach(table`
      the size of a pool of another stack, which it passes: ${three} ${bastion({ size: 3 })}
      the size of a pool of another stack, by which it stops:
        ${three} ${bastion({ size: 2 })} ${tooLarge(3, "maxSize", 2, "bastion")}
      that a pool has no interfaces:
        ${three} ${bastion({ size: 0 })} ${tooLarge(3, "maxSize", 0, "bastion")}
      that a pool has no interfaces, so that it stops a single instance:
        ${webOf("bastion")} ${bastion({ size: 0 })} ${tooLarge(1, "maxSize", 0, "bastion")}
      no size, and stops what it can't compare:
        ${three} ${bastion({ zone: "eu-west-1a" })} ${sizeUnknown("bastion")}
      no pool, and leaves that to pool-tag-propagates: ${three}
      no size where the interfaces are in this stack:
        ${web({ maxSize: 2 })} ${configured({ pools: { licence: { size: 9 } } })} ${tooLarge(2)}
      the tag key: ${web({ maxSize: 2 })} ${configured({ tagKey: "team:pool" })}
    `);
  });

  describe("advises where groups share a pool", () => {
    holdEach(table`
      that they fill together: ${group("blue")} ${advises(sharesPool('"web", "blue"', 1, 2))}
      of three interfaces, three groups:
        ${twoMore} ${web({ maxSize: 2 })} ${group("blue")} ${group("green")}
        ${advises(sharesPool('"web", "blue", "green"', 3, 4))}
      but not where all fit together: ${twoMore} ${web({ maxSize: 2 })} ${group("blue")}
      but not again where one is stopped by itself:
        ${group("blue")} ${web({ maxSize: 2 })} ${tooLarge(2)}
      but not those of different pools:
        ${ofPool("bastion")} ${group("blue", { tags: [poolTag("bastion")] })}
    `);
  });

  describe("leaves to up", () => {
    const openInterface = networkInterface("later", { tags: later({}) });
    const OPEN = "interfaces whose tags aren't known yet may be the pool's";
    const poolUnknown = asks(
      'whether Auto Scaling group "web" fits its pool, since which pool it uses isn\'t known yet',
    );
    const sizeOpen = asks(
      'Auto Scaling group "web" may run 2 instances (maxSize), but pool "licence" has 1 interface; ' +
        OPEN,
    );
    const unsizedOpen = asks(
      'Auto Scaling group "web" uses pool "bastion", whose size can\'t be known: it isn\'t in this ' +
        `stack; ${OPEN}`,
    );
    holdEach(table`
      a maxSize that is unknown, of a pool without interfaces:
        ${webOf("bastion", { maxSize: later(0) })} ${bastion({ size: 0 })}
        ${asks(whetherFits("maxSize", 0, "bastion"))}
      a pool that is unknown: ${webOf(later("licence"), { maxSize: 9 })} ${poolUnknown}
      tags that are unknown: ${web({ tags: later([]), maxSize: 9 })} ${poolUnknown}
      a Tag resource whose group is unknown:
        ${web({ tags: [], maxSize: 9 })} ${groupTag(poolTag("licence"), later("web-id"))}
        ${poolUnknown}
      nothing of a group whose pool is known beside tags that aren't:
        ${web({ tags: [later({}), poolTag("licence")] })} ${inPreview}
      nothing of a group whose pool is known beside a template whose tags aren't:
        ${launchTemplate("lt", later({}))} ${web({ launchTemplate: { id: idOf("lt") } })}
        ${inPreview}
      interfaces whose tags are unknown, which may be the pool's:
        ${openInterface} ${web({ maxSize: 2 })} ${sizeOpen}
      nothing where the known interfaces are enough: ${openInterface} ${inPreview}
      a pool without a size in the configuration while interfaces may be its own:
        ${openInterface} ${webOf("bastion")} ${bastion({ zone: "eu-west-1a" })} ${unsizedOpen}
      nothing that is too much already, whatever else is unknown:
        ${web({ maxSize: 2, warmPool: later({}) })} ${tooLarge(2)}
      and stops there a maxSize that was unknown:
        ${web({ maxSize: later(2) })} ${inUp} ${tooLarge(2)}
    `);
  });
});
