import { poolTagPropagates } from "../../policy/pool-tag-propagates";
import { namesDiffer, noPool, notPropagated, whichPoolNamed } from "./messages";
import {
  asks,
  type CasePart,
  casesOf,
  configured,
  inPreview,
  inUp,
  stops,
  table,
} from "./policyCases";
import { idOf, later } from "./policyEngine";
import {
  byTemplate,
  givenInterface,
  group,
  groupTag,
  launchTemplate,
  mixedInstances,
  nativeLaunchTemplate,
  nativeTags,
  nativeWeb,
  networkInterface,
  ofPool,
  poolTag,
  resource,
  TAG_KEY,
  web,
  webOf,
} from "./stackBuilders";

const untagged = web({ tags: [] });
const notPropagating = poolTag("licence", false);

/** The group "web" that launches from template "launch", with tags of its own or without. */
const launching = (tags: unknown[] = []) => web({ ...byTemplate({ id: idOf("launch") }), tags });
const launch = (pool: unknown) => launchTemplate("launch", { [TAG_KEY]: pool });
const nativeLaunch = (pool: string) => nativeLaunchTemplate("launch", nativeTags(pool));
const LAUNCH = 'launch template "launch"';
const GIVEN = 'tag resource "tag"';

const named = (suggested: string) => `Did you mean "${suggested}"?`;

const { holdEach } = casesOf(poolTagPropagates);

describe("pool-tag-propagates", () => {
  describe("passes a group", () => {
    holdEach(table`
      that gives its instances the tag of a pool in the stack
      of aws-native: ${nativeWeb()}
      that has the tag of its pool from a tag resource: ${untagged} ${groupTag(poolTag("licence"))}
      that has it from a launch template: ${launching()} ${launch("licence")}
      that has it from the template of its mixedInstancesPolicy:
        ${web({ tags: [], ...mixedInstances({ launchTemplateId: idOf("launch") }) })}
        ${launch("licence")}
      that has it from a launch template of aws-native: ${launching()} ${nativeLaunch("licence")}
      whose tag and template name one pool: ${launching([poolTag("licence")])} ${launch("licence")}
      whose tag is a number, as its text: ${ofPool("7", "seven-0")} ${webOf(7)}
      of another stack's pool that the configuration names:
        ${webOf("gateway")} ${configured({ pools: { gateway: {} } })}
      of a pool of interfaces that exist already: ${givenInterface("1")} ${webOf("given")}
      of such a pool while no id is known:
        ${givenInterface("1", { resourceId: later("eni-1") })} ${webOf("given")} ${inPreview}
    `);
  });

  describe("leaves alone", () => {
    const tag = { key: "Name", value: "api", propagateAtLaunch: false };
    const scalingPolicy = resource("aws:autoscaling/policy:Policy", "scaling", {
      tags: [poolTag("licences", false)],
    });
    holdEach(table`
      groups without the tag, and what is no group:
        ${group("api", { tags: [tag] })} ${group("jobs", { tags: undefined })} ${scalingPolicy}
        ${groupTag(tag, idOf("web"), "name")} ${launch("licences")}
      what a template gives to volumes:
        ${launching([poolTag("licence")])}
        ${launchTemplate("launch", { [TAG_KEY]: "licences" }, "volume")}
    `);
  });

  describe("stops a group whose instances don't get the tag", () => {
    const other = { key: "Name", value: "web", propagateAtLaunch: true };
    holdEach(table`
      when propagateAtLaunch is false: ${web({ tags: [notPropagating] })} ${notPropagated()}
      when propagateAtLaunch is absent:
        ${web({ tags: [{ key: TAG_KEY, value: "licence" }] })} ${notPropagated()}
      when propagateAtLaunch is no boolean:
        ${web({ tags: [poolTag("licence", "yes")] })} ${notPropagated()}
      when an aws-native group's propagateAtLaunch is false:
        ${nativeWeb({ tags: [notPropagating] })} ${notPropagated()}
      when a tag resource's propagateAtLaunch is false:
        ${untagged} ${groupTag(notPropagating)} ${notPropagated(GIVEN)}
      when another tag of its own gives its instances theirs:
        ${web({ tags: [other, notPropagating, other] })} ${notPropagated()}
      by itself, and not the groups after it:
        ${group("api", { tags: [notPropagating] })} ${group("jobs")}
        ${stops(notPropagated().replace('"web"', '"api"'), "api")}
      once, though the tag names several pools:
        ${ofPool("data")} ${ofPool("management")}
        ${web({ tags: [poolTag("data,management", false)] })} ${notPropagated()}
      and whose pool doesn't exist, for each mistake:
        ${web({ tags: [poolTag("licences", false)] })} ${notPropagated()}
        ${noPool("licences", named("licence"))}
    `);
  });

  describe("stops a group that names a pool that doesn't exist", () => {
    holdEach(table`
      in its tags: ${webOf("licences")} ${noPool("licences", named("licence"))}
      in tags of aws-native:
        ${nativeWeb({ tags: [poolTag("licences")] })} ${noPool("licences", named("licence"))}
      by a tag resource:
        ${untagged} ${groupTag(poolTag("Licence"))} ${noPool("Licence", named("licence"), GIVEN)}
      in its launch template:
        ${launching()} ${launch("lizence")} ${noPool("lizence", named("licence"), LAUNCH)}
      in its launch template of aws-native:
        ${launching()} ${nativeLaunch("lizence")} ${noPool("lizence", named("licence"), LAUNCH)}
      by an empty name: ${webOf("")} ${noPool("", "Pools are: licence.")}
    `);
  });

  describe("suggests", () => {
    /** The only pool, and a group of another name. */
    const only = (pool: string, name: string): CasePart[] => [
      ofPool(pool, "licence-0"),
      webOf(name),
    ];
    holdEach(table`
      all pools when none has a name like it:
        ${webOf("gateway")} ${ofPool("bastion")} ${configured({ pools: { mail: {} } })}
        ${noPool("gateway", "Pools are: licence, bastion, mail.")}
      a pool of another stack:
        ${webOf("gateway")} ${configured({ pools: { gateways: {} } })}
        ${noPool("gateway", named("gateways"))}
      a pool of interfaces that exist already:
        ${givenInterface("1")} ${webOf("givn")} ${noPool("givn", named("given"))}
      a pool whose name differs in 2 letters:
        ${only("gatewxx", "gateway")} ${noPool("gateway", named("gatewxx"))}
      no pool whose name differs in 3 letters:
        ${only("gatexxx", "gateway")} ${noPool("gateway", "Pools are: gatexxx.")}
      no pool whose name lacks 3 letters:
        ${only("gate", "gateway")} ${noPool("gateway", "Pools are: gate.")}
      a pool whose name of more letters differs in a third of them:
        ${only("licence-xxxx", "licence-serv")} ${noPool("licence-serv", named("licence-xxxx"))}
      a pool whose name of few letters differs in two of them:
        ${only("vxx", "vpn")} ${noPool("vpn", named("vxx"))}
      nothing where there is no pool at all:
        ${networkInterface("licence-0", { tags: {} })} ${webOf("gateway")} ${noPool("gateway", "")}
    `);
  });

  describe("compares tag and template", () => {
    const bastion = ofPool("bastion");
    const other = mixedInstances({ launchTemplateId: idOf("other") });
    const threeNames = web({
      tags: [poolTag(later("licence"))],
      launchTemplate: { id: idOf("launch") },
      ...other,
    });
    holdEach(table`
      and stops a group whose tag names one pool and its template another:
        ${launching([poolTag("licence")])} ${launch("bastion")} ${bastion}
        ${namesDiffer('pool "licence"', `pool "bastion" in ${LAUNCH}`)}
      but no pool with one that isn't known:
        ${launching([poolTag("licence")])} ${launch(later("licence"))}
        ${asks(whichPoolNamed(LAUNCH))}
      and stops two known pools of a group beside one that isn't known:
        ${threeNames} ${launch("licence")} ${launchTemplate("other", { [TAG_KEY]: "bastion" })}
        ${bastion} ${asks(whichPoolNamed())}
        ${namesDiffer('pool "licence"', 'pool "bastion" in launch template "other"', LAUNCH)}
    `);
  });

  describe("takes the tag key from the configuration", () => {
    const teamPool = configured({ tagKey: "team:pool" });
    const tagged = (key: string) =>
      web({ tags: [{ key, value: "licence", propagateAtLaunch: false }] });
    holdEach(table`
      and leaves alone a group with another: ${tagged(TAG_KEY)} ${teamPool}
      and judges the tag with it:
        ${tagged("team:pool")}
        ${networkInterface("licence-0", { tags: { "team:pool": "licence" } })} ${teamPool}
        ${notPropagated("its tags", "team:pool")}
    `);
  });

  describe("asks in a preview, and passes in the up, where unknown", () => {
    const asked = (question: string): CasePart[] => [inPreview, asks(question), inUp];
    const whetherTagged = (where: string) =>
      asked(
        `whether Auto Scaling group "web" has the tag ${TAG_KEY} in ${where}, since that isn't known yet`,
      );
    const whetherGiven = (where: string) =>
      asked(`whether Auto Scaling group "web" gives its instances the tag ${TAG_KEY} of ${where}`);
    const gatewayOpen = asked(
      'Auto Scaling group "web" names pool "gateway" in its tags, which is neither in this stack nor in ' +
        "the configuration; interfaces whose tags aren't known yet may be the pool's",
    );
    holdEach(table`
      its tags: ${web({ tags: later([poolTag("licence")]) })} ${whetherTagged("its tags")}
      a tag's key:
        ${web({ tags: [{ key: later("Name"), value: "web", propagateAtLaunch: false }] })}
        ${whetherTagged("its tags")}
      a tag resource's tag:
        ${untagged} ${groupTag(later(poolTag("licence")))} ${whetherTagged(GIVEN)}
      its template's tags:
        ${launching()} ${launchTemplate("launch", later({ [TAG_KEY]: "licence" }))}
        ${whetherTagged(LAUNCH)}
      its template:
        ${web(byTemplate({ id: later("lt-elsewhere") }))} ${whetherTagged("a launch template")}
      propagateAtLaunch:
        ${web({ tags: [poolTag("licence", later(true))] })} ${whetherGiven("its tags")}
      a tag resource's propagateAtLaunch:
        ${untagged} ${groupTag(poolTag("licence", later(true)))} ${whetherGiven(GIVEN)}
      the pool's name: ${webOf(later("licence"))} ${asked(whichPoolNamed())}
      the tags of an interface that may be of the pool:
        ${webOf("gateway")} ${networkInterface("other", { tags: later({ [TAG_KEY]: "gateway" }) })}
        ${gatewayOpen}
    `);
  });

  describe("stops beside what is unknown", () => {
    const givenOpen = asks(
      `whether Auto Scaling group "web" gives its instances the tag ${TAG_KEY} of its tags`,
    );
    holdEach(table`
      a group whose tag doesn't propagate, though the pool isn't known:
        ${web({ tags: [poolTag(later("licence"), false)] })} ${notPropagated()}
        ${asks(whichPoolNamed())}
      a group whose pool doesn't exist, though propagateAtLaunch isn't known:
        ${web({ tags: [poolTag("licences", later(true))] })} ${givenOpen}
        ${noPool("licences", named("licence"))}
    `);
  });
});
