import { noForeignAttachment } from "../../policy/no-foreign-attachment";
import {
  attachedInProgram,
  attaches,
  whetherAttaches,
  whetherAttachesOfPool,
  whetherGivesPoolTag,
} from "./messages";
import { asks, casesOf, configured, inPreview, inUp, table } from "./policyCases";
import { idOf, later, madeOf } from "./policyEngine";
import {
  ec2Tag,
  givenInterface,
  launchTemplate,
  nativeLaunchTemplate,
  nativeTags,
  networkInterface,
  ofPool,
  resource,
  TAG_KEY,
} from "./stackBuilders";

type Props = Record<string, unknown>;

const LICENCE_0 = 'network interface "licence-0" of pool "licence"';
const POOL_TAGS = { [TAG_KEY]: "licence" };

/** An interface of no pool. */
const plain = networkInterface("plain", { tags: { Name: "plain" } });
/** An interface that may be of a pool. */
const unsure = networkInterface("unsure", { tags: later(POOL_TAGS) });
const licence1 = networkInterface("licence-1");

const ATTACHMENT = "aws:ec2/networkInterfaceAttachment:NetworkInterfaceAttachment";
const attach = (networkInterfaceId: unknown) =>
  resource(ATTACHMENT, "taker", { networkInterfaceId });

const LABEL = 'NetworkInterfaceAttachment "taker"';
const attachesByHand = (what: string) => attaches(LABEL, what, "networkInterfaceId");
const whether = (what: string) => asks(whetherAttaches(LABEL, what, "networkInterfaceId"));

/** Where findings are about what attaches an interface, about the interface, or about a launch template. */
const ofTaker = casesOf(noForeignAttachment, "taker");
const ofInterface = casesOf(noForeignAttachment, "licence-0");
const ofTemplate = casesOf(noForeignAttachment, "launch");

describe("no-foreign-attachment", () => {
  describe("where an interface is attached", () => {
    const INSTANCE = "aws:ec2/instance:Instance";
    const teamPool = configured({ tagKey: "team:pool" });
    const unknownKey = givenInterface("1", { key: later(TAG_KEY) });
    const instanceAttaches = (what: string, key = "networkInterfaces") =>
      attaches('Instance "taker"', what, key);
    const takesAll = resource(INSTANCE, "taker", {
      networkInterfaces: ["licence-0", "licence-1", "plain"].map((name) => ({
        networkInterfaceId: idOf(name),
      })),
      primaryNetworkInterface: { networkInterfaceId: idOf("licence-1") },
    });
    const asPrimary = instanceAttaches(
      'network interface "licence-1" of pool "licence"',
      "primaryNetworkInterface",
    );
    const filledIn = resource(
      INSTANCE,
      "machine",
      { subnetId: idOf("a") },
      {
        outputs: {
          networkInterfaces: later([]),
          primaryNetworkInterface: later({ networkInterfaceId: "eni-1" }),
        },
      },
    );
    const association = resource("aws:ec2/eipAssociation:EipAssociation", "address", {
      networkInterfaceId: idOf("licence-0"),
    });
    ofTaker.holdEach(table`
      passes a program that attaches nothing
      stops every interface of a pool that an instance takes, each for itself:
        ${licence1} ${plain} ${takesAll} ${instanceAttaches(LICENCE_0)}
        ${instanceAttaches('network interface "licence-1" of pool "licence"')} ${asPrimary}
      stops an interface that has its tag from a tag resource:
        ${plain} ${ec2Tag("given", { resourceId: idOf("plain"), value: "bastion" })}
        ${attach(idOf("plain"))} ${attachesByHand('network interface "plain" of pool "bastion"')}
      stops an interface of aws-native:
        ${resource("aws-native:ec2:NetworkInterface", "licence-0", { tags: nativeTags() })}
        ${attach(idOf("licence-0"))} ${attachesByHand(LICENCE_0)}
      stops what attaches one that exists already by its id:
        ${givenInterface("1")} ${givenInterface("2")} ${attach("eni-2")}
        ${attachesByHand('network interface eni-2 of pool "given"')}
      leaves alone what attaches others: ${givenInterface("1")} ${attach("eni-2")}
      leaves to up whether one that exists already is of a pool:
        ${unknownKey} ${attach("eni-1")} ${asks(whetherAttachesOfPool(LABEL, "eni-1"))}
      asks nothing about ids when the stack has no interface of a pool:
        ${networkInterface("licence-0", { tags: {} })} ${attach(later("eni-1"))} ${inPreview}
      asks nothing about what AWS fills in, since no program wrote it: ${filledIn}
      leaves other resources alone that name an interface of a pool: ${association}
      judges none without the tag key of the configuration: ${attach(idOf("licence-0"))} ${teamPool}
      judges those with the tag key of the configuration:
        ${networkInterface("other", { tags: { "team:pool": "licence" } })} ${attach(idOf("other"))}
        ${teamPool} ${attachesByHand('network interface "other" of pool "licence"')}
    `);
  });

  describe("where an id may be one of several", () => {
    const oneOf = (...names: string[]) => attach(madeOf(names, `${names[0] ?? ""}-id`));
    ofTaker.holdEach(table`
      stops it when all of them are of pools:
        ${ofPool("bastion")} ${oneOf("licence-0", "bastion-0")} ${inPreview}
        ${attachesByHand(`${LICENCE_0} or network interface "bastion-0" of pool "bastion"`)}
      asks when some are of no pool, and decides in the up:
        ${plain} ${oneOf("plain", "licence-0")} ${inPreview} ${whether(LICENCE_0)} ${inUp}
      asks when some are of no pool, whatever others are of one:
        ${licence1} ${plain} ${oneOf("plain", "licence-0")} ${whether(LICENCE_0)}
      asks when the tags of some aren't known:
        ${unsure} ${oneOf("unsure", "licence-0")}
        ${whether(`${LICENCE_0} or network interface "unsure", whose tags aren't known yet,`)}
      passes it when none is of a pool:
        ${plain} ${networkInterface("other", { tags: {} })} ${oneOf("plain", "other")}
    `);
  });

  describe("where an interface has attachments", () => {
    const attachment = (more: Props = {}) => ({ instance: "i-1", deviceIndex: 1, ...more });
    const byEc2 = attachment({ attachmentId: "eni-attach-1" });
    const written = (attachments: unknown, props: Props = {}) =>
      networkInterface("licence-0", { attachments, ...props });
    const shown = (attachments: unknown) => ({
      ...networkInterface("licence-0"),
      outputs: { attachments },
    });
    const second = attachment({ instance: "i-2" });
    const attachmentsUnknown = asks(
      'whether Network interface "licence-0" of pool "licence" is attached to an instance, since ' +
        "attachments isn't known yet",
    );
    const poolUnknown = asks(
      'whether Network interface "licence-0", which has attachments, is one of a pool, since its tags ' +
        "aren't known yet",
    );
    ofInterface.holdEach(table`
      stops attachments written in the program:
        ${written([attachment()])} ${attachedInProgram("i-1")}
      stops attachments to two instances:
        ${written([attachment(), second])} ${attachedInProgram("i-1, i-2")}
      stops one alone, not in a list: ${written(attachment())} ${attachedInProgram("i-1")}
      stops one without an id, so not EC2's: ${shown([attachment()])} ${attachedInProgram("i-1")}
      stops attachments of which one has no id:
        ${shown([byEc2, second])} ${attachedInProgram("i-1, i-2")}
      stops one with an empty id:
        ${shown([attachment({ attachmentId: "" })])} ${attachedInProgram("i-1")}
      stops one of an instance of the program in the up, where EC2 has added its id:
        ${written([{ ...byEc2, instance: idOf("web") }])} ${inUp} ${attachedInProgram("web-id")}
      can't tell one that is written out from the manager's in the up, and passes it:
        ${written([byEc2])} ${inUp}
      stops an attachment to an instance that isn't known yet:
        ${resource("aws:ec2/instance:Instance", "machine")}
        ${written([attachment({ instance: idOf("machine") })])} ${inPreview}
        ${attachedInProgram("an instance")} ${inUp} ${attachedInProgram("machine-id")}
      stops an attachment in a list of which a part isn't known:
        ${written([later(attachment())])} ${inPreview} ${attachedInProgram("an instance")}
      passes those that EC2 shows after the manager attached: ${shown([byEc2])}
      passes those that EC2 shows, one known and one not:
        ${shown([byEc2, later(attachment({ attachmentId: "x" }))])}
      passes those that EC2 will show: ${shown(later([byEc2]))}
      passes an empty list: ${written([])}
      passes none: ${written(undefined)}
      passes those of an interface of no pool:
        ${written([attachment()], { tags: { Name: "plain" } })}
      asks about written attachments that aren't known:
        ${written(later([]))} ${inPreview} ${attachmentsUnknown} ${inUp}
      asks about written attachments of an interface whose tags aren't known:
        ${written([attachment()], { tags: later(POOL_TAGS) })} ${inPreview} ${poolUnknown} ${inUp}
        ${attachedInProgram("i-1")}
      asks nothing about an interface whose tags aren't known, if it has no attachments:
        ${unsure} ${inPreview}
    `);
  });

  describe("where a launch template tags the interfaces it launches", () => {
    const template = (tags: unknown, resourceType = "network-interface") =>
      launchTemplate("launch", tags, resourceType);
    const native = (tags: unknown) => nativeLaunchTemplate("launch", tags, "network-interface");
    const gives = (tagKey = TAG_KEY) =>
      `LaunchTemplate "launch" gives the interfaces it launches the pool tag ${tagKey}, so that the manager takes ` +
      "them for interfaces of the pool. Take the tag out of the tagSpecifications for " +
      '"network-interface".';
    const tagsUnknown = [inPreview, asks(whetherGivesPoolTag('LaunchTemplate "launch"')), inUp];
    const teamPool = configured({ tagKey: "team:pool" });
    const afterOthers = resource("aws:ec2/launchTemplate:LaunchTemplate", "launch", {
      tagSpecifications: [{ Name: "web" }, POOL_TAGS].map((tags) => ({
        resourceType: "network-interface",
        tags,
      })),
    });
    const allUnknown = resource("aws:ec2/launchTemplate:LaunchTemplate", "launch", {
      tagSpecifications: later([]),
    });
    ofTemplate.holdEach(table`
      stops the pool tag: ${template(POOL_TAGS)} ${gives()}
      stops the pool tag, in aws-native: ${native(nativeTags())} ${gives()}
      stops the pool tag, whatever its value: ${template({ [TAG_KEY]: later("other") })} ${gives()}
      stops it after other tags, which it passes: ${afterOthers} ${gives()}
      passes the pool tag on instances: ${template(POOL_TAGS, "instance")}
      passes other tags on interfaces: ${template({ Name: "web" })}
      passes other tags on interfaces, in aws-native: ${native([{ key: "Name", value: "web" }])}
      stops the tag that the configuration names:
        ${template({ "team:pool": "licence" })} ${teamPool} ${gives("team:pool")}
      passes another than the configuration names: ${template(POOL_TAGS)} ${teamPool}
      asks about tags that aren't known: ${template(later({ Name: "web" }))} ${tagsUnknown}
      asks about tags that aren't known as a whole: ${allUnknown} ${tagsUnknown}
    `);
  });
});
