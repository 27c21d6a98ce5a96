import { poolInterfaceProtected } from "../../policy/pool-interface-protected";
import {
  asks,
  type CasePart,
  casesOf,
  configured,
  inPreview,
  inStack,
  inUp,
  stops,
  table,
} from "./policyCases";
import { idOf, later, madeOf, type WrittenResource } from "./policyEngine";
import {
  ec2Tag,
  givenInterface,
  nativeTags,
  networkInterface,
  POOL_COMPONENT,
  resource,
  TAG_KEY,
  webOf,
} from "./stackBuilders";

type Props = Record<string, unknown>;

const unprotected = (name: string, pool: string) =>
  `Network interface "${name}" of pool "${pool}" isn't protected, so a change or a destroy may take its address ` +
  "and MAC away. Write protect: true in its options, or name the pool in this policy's configuration, " +
  `allowReplace: ["${pool}"].`;
const UNPROTECTED = unprotected("licence-0", "licence");

const OPEN = asks(
  'whether Network interface "licence-0" must be protected, since its tags aren\'t known yet',
);
const decidedInUp = [inPreview, OPEN, inUp, UNPROTECTED];

const POOL_TAGS = { [TAG_KEY]: "licence" };

/** The interface "licence-0" without protection. */
const bare = (changes: Partial<WrittenResource> = {}) => ({
  ...networkInterface("licence-0"),
  protect: false,
  ...changes,
});

/** The same with other properties. */
const bareWith = (props: Props, outputs: Props = {}) => bare({ props, outputs });

/** A tag that a resource of its own gives the interface "licence-0". */
const given = (props: Props = {}, name = "given") =>
  ec2Tag(name, { resourceId: idOf("licence-0"), ...props });

const { holdEach } = casesOf(poolInterfaceProtected, "licence-0");

describe("pool-interface-protected", () => {
  describe("stops an interface without protection", () => {
    holdEach(table`
      that has the tag: ${bare()} ${UNPROTECTED}
      of aws-native:
        ${bare({ type: "aws-native:ec2:NetworkInterface", props: { tags: nativeTags() } })}
        ${UNPROTECTED}
      that has its tag from a tag resource: ${bareWith({})} ${given()} ${UNPROTECTED}
      that has its tag from its provider: ${bareWith({}, { tagsAll: POOL_TAGS })} ${UNPROTECTED}
      that has other tags itself and the pool's from its provider:
        ${bareWith({ tags: { Name: "0" } }, { tagsAll: { Name: "0", ...POOL_TAGS } })}
        ${UNPROTECTED}
      by itself, with the pool it names:
        ${bare()} ${networkInterface("licence-1")}
        ${{ ...networkInterface("bastion-0", { tags: { [TAG_KEY]: "bastion" } }), protect: false }}
        ${UNPROTECTED} ${stops(unprotected("bastion-0", "bastion"), "bastion-0")}
      by its own tag before that of a tag resource:
        ${bare()} ${given({ value: "bastion" })} ${UNPROTECTED}
      whose tag names nothing, for that is a name, too:
        ${bareWith({ tags: { [TAG_KEY]: "" } })} ${unprotected("licence-0", "")}
    `);
  });

  describe("leaves alone", () => {
    holdEach(table`
      protected interfaces of a pool
      interfaces of no pool, and other resources with the tag:
        ${bareWith({ tags: { Name: "other" } }, { tagsAll: { Name: "other" } })}
        ${bare({ name: "plain", props: {} })}
        ${resource("aws:ec2/instance:Instance", "machine", { tags: POOL_TAGS })}
        ${given({ resourceId: idOf("machine") })} ${given({ key: "Name" }, "named")}
      a tag of an interface that exists already, which leaves address and MAC where they are:
        ${givenInterface("1")} ${givenInterface("2", { value: later("given") })} ${webOf("given")}
    `);
  });

  describe("takes from the configuration", () => {
    const allow = (...allowReplace: string[]) => configured({ allowReplace });
    const teamPool = configured({ tagKey: "team:pool" });
    holdEach(table`
      that a pool's interfaces may be replaced: ${bare()} ${allow("bastion", "licence")}
      that another pool's may: ${bare()} ${allow("bastion")} ${UNPROTECTED}
      that none may: ${bare()} ${allow()} ${UNPROTECTED}
      the tag key, by which one is of no pool: ${bare()} ${teamPool}
      the tag key, by which one is of a pool:
        ${bareWith({ tags: { "team:pool": "licence" } })} ${teamPool} ${UNPROTECTED}
    `);
  });

  describe("in the stack for development", () => {
    const dev = inStack("dev");
    const component = (type: string) => [resource(type, "licence"), bare({ parent: "licence" })];
    holdEach(table`
      leaves the interfaces of the component alone, which protects none there:
        ${component(POOL_COMPONENT)} ${dev}
      leaves them alone in a component around the component:
        ${resource("acme:index:Service", "service")}
        ${resource(POOL_COMPONENT, "licence", {}, { parent: "service" })}
        ${bare({ parent: "licence" })} ${dev}
      does not leave alone an interface by itself: ${bare()} ${dev} ${UNPROTECTED}
      does not leave alone an interface in another component:
        ${component("acme:index:NetworkInterfacePool")} ${dev} ${UNPROTECTED}
      does not leave alone an interface in a component whose type begins alike:
        ${component(`${POOL_COMPONENT}s`)} ${dev} ${UNPROTECTED}
      does not leave alone the component's in another stack:
        ${component(POOL_COMPONENT)} ${inStack("production")} ${UNPROTECTED}
      does not leave alone the component's in a stack whose name begins alike:
        ${component(POOL_COMPONENT)} ${inStack("dev2")} ${UNPROTECTED}
    `);
  });

  describe("asks in a preview and stops in the up, where unknown", () => {
    holdEach(table`
      its tags: ${bareWith({ tags: later(POOL_TAGS) })} ${decidedInUp}
      the tag's value: ${bareWith({ tags: { [TAG_KEY]: later("licence") } })} ${decidedInUp}
      the value of a tag resource:
        ${bareWith({})} ${given({ value: later("licence") })} ${decidedInUp}
      the key of a tag resource: ${bareWith({})} ${given({ key: later(TAG_KEY) })} ${decidedInUp}
      which interface a tag resource is for:
        ${bareWith({})} ${networkInterface("licence-1", { tags: {} })}
        ${given({ resourceId: madeOf(["licence-0", "licence-1"], "licence-0-id") })} ${decidedInUp}
    `);
  });

  describe("where values are unknown", () => {
    const unsure = given({ resourceId: madeOf(["licence-0", "a1"], "a1-id") }, "unsure");
    const withTags = (...tags: WrittenResource[]): CasePart[] => [
      bareWith({}),
      networkInterface("a1", { tags: {} }),
      ...tags,
      UNPROTECTED,
    ];
    holdEach(table`
      stops an interface whose id and subnet aren't known:
        ${bareWith({ subnetId: later("subnet-1"), tags: POOL_TAGS })} ${UNPROTECTED}
      stops one with a tag resource, though its own tags aren't known:
        ${bareWith({ tags: later({ Name: "0" }) })} ${given()} ${UNPROTECTED}
      asks once about one whose tags and tag resource aren't known, and passes it in the up:
        ${bareWith({ tags: later({}) })} ${given({ key: later("Name") })} ${inPreview} ${OPEN}
        ${inUp}
      stops one that has the tag of a tag resource, and then may have that of another:
        ${withTags(given(), unsure)}
      stops one that may have the tag of a tag resource, and then has that of another:
        ${withTags(unsure, given())}
      passes a protected one, whatever its tags:
        ${networkInterface("licence-0", { tags: later(POOL_TAGS) })}
      asks nothing of one whose provider alone may give it tags that aren't known:
        ${bareWith({}, { tagsAll: later({ Name: "0" }) })} ${inPreview}
    `);
  });
});
