import { poolInOneZone } from "../../policy/pool-in-one-zone";
import {
  namesSeveralPools,
  SUBNET_A,
  SUBNET_B,
  SUBNET_C,
  SUBNETS_AB,
  whichPoolHas,
} from "./messages";
import { asks, casesOf, configured, inPreview, inUp, stops, table } from "./policyCases";
import { idOf, later, madeOf } from "./policyEngine";
import {
  BOTH,
  ec2Tag,
  managerOf,
  nativeTags,
  networkInterface,
  ofPool,
  onDemand,
  resource,
  subnet,
  subnetByZoneId,
  TAG_KEY,
  vpcComponent,
  webIn,
  webOf,
} from "./stackBuilders";

type Props = Record<string, unknown>;

/** The first and the second interface of pool "licence". */
const first = (subnetId: unknown) => networkInterface("licence-0", { subnetId });
const second = (props: Props = {}) => networkInterface("licence-1", props);
const secondIn = (subnetId: unknown, props: Props = {}) => second({ subnetId, ...props });

const a2 = subnet("a2", "eu-west-1a");
const c = subnet("c", "eu-west-1c");

const nativeSecond = (subnetId: unknown, tags: unknown) =>
  resource("aws-native:ec2:NetworkInterface", "licence-1", { subnetId, tags }, { protect: true });

const zones = (subnetZones: object) => configured({ subnetZones });
const licenceIn = (zone: string) => configured({ pools: { licence: { zone } } });

const stray = (found: string, others = SUBNET_A, zone = "eu-west-1a", name = "licence-1") =>
  `Network interface "${name}" of pool "licence" is in ${found}, but others of the pool are in ${others}. ` +
  `Give it a subnet of ${zone}, or the tag of a pool of its own.`;

const unresolved = (found: string, ...ids: string[]) =>
  `Network interface "licence-1" of pool "licence" is in ${found}; whether that is in the zone of the others ` +
  'can\'t be known. Write into the configuration of the policies: "subnetZones": ' +
  `{${ids.map((id) => `"${id}": "ITS ZONE"`).join(", ")}}.`;

const whether = (why: string, name = "licence-1") =>
  asks(
    `whether Network interface "${name}" is in the zone of the others of pool "licence", since not every zone ` +
      `is known yet: ${why}`,
    name,
  );

const poolUnknown = asks(whichPoolHas('Network interface "licence-1"'));

const { holdEach } = casesOf(poolInOneZone, "licence-1");

describe("pool-in-one-zone", () => {
  describe("passes", () => {
    const taggedInstance = resource("aws:ec2/instance:Instance", "licence-1", {
      subnetId: idOf("b"),
      tags: { [TAG_KEY]: "licence" },
    });
    const otherTags = ["Name", "team"].map((key) =>
      ec2Tag(key, { resourceId: idOf("licence-0"), key, value: "x" }),
    );
    holdEach(table`
      a pool of one interface
      two interfaces in one subnet: ${second()}
      two interfaces in two subnets of one zone: ${a2} ${secondIn(idOf("a2"))}
      two pools in two zones: ${ofPool("bastion", "licence-1", { subnetId: idOf("b") })}
      interfaces without the tag, in another zone or an unknown one:
        ${secondIn(idOf("b"), { tags: { Name: "licence" } })}
        ${networkInterface("bare", { subnetId: idOf("b"), tags: undefined })}
        ${networkInterface("later", { subnetId: later("b-id"), tags: {} })}
      groups in another zone, which group-in-pool-zone judges: ${webIn([idOf("b")])}
      other resources with the tag in another zone: ${taggedInstance}
      two interfaces in one literal subnet, whose zone can't be known:
        ${first("subnet-1")} ${secondIn("subnet-1")}
      one interface alone in a literal subnet, whose zone can't be known: ${first("subnet-1")}
      one interface alone whose subnet is unknown: ${first(later("subnet-1"))}
      two interfaces in one subnet whose zone is unknown:
        ${subnet("d", later("eu-west-1d"))} ${first(idOf("d"))} ${secondIn(idOf("d"))}
      one of several subnets if all of them are in the pool's zone:
        ${a2} ${subnet("a3", "eu-west-1a")} ${secondIn(madeOf(["a2", "a3"], "a3-id"))}
      two interfaces of which the first is in one of several subnets in one zone:
        ${first(madeOf(["a", "c"], "a-id"))} ${subnet("c", "eu-west-1a")} ${second()}
      interfaces that have other tags from Tag resources: ${otherTags}
      interfaces that the manager makes, in whatever zones:
        ${managerOf({ second: onDemand({ "eu-west-1a": "subnet-1", "eu-west-1b": "subnet-2" }) })}
        ${webOf("second", { vpcZoneIdentifiers: BOTH })}
        ${configured({ pools: { third: { zones: ["eu-west-1a", "eu-west-1b"] } } })}
    `);
  });

  describe("stops", () => {
    const defaultSubnet = resource("aws:ec2/defaultSubnet:DefaultSubnet", "default-b", {
      availabilityZone: "eu-west-1b",
    });
    const byDefaultTags = {
      ...secondIn(idOf("b"), { tags: undefined }),
      outputs: { tagsAll: { [TAG_KEY]: "licence" } },
    };
    const nameAndId = resource("aws:ec2/subnet:Subnet", "x", {
      availabilityZone: "eu-west-1a",
      availabilityZoneId: "euw1-az1",
    });
    const strayFirst = stops(
      stray(SUBNET_A, "eu-west-1b (pools.licence.zone)", "eu-west-1b", "licence-0"),
      "licence-0",
    );
    holdEach(table`
      an interface in another zone than the first: ${secondIn(idOf("b"))} ${stray(SUBNET_B)}
      the strays alone, and not those after them:
        ${secondIn(idOf("b"))} ${networkInterface("licence-2")} ${networkInterface("licence-3")}
        ${stray(SUBNET_B)}
      an interface in a default subnet of another zone:
        ${defaultSubnet} ${secondIn(idOf("default-b"))} ${stray('eu-west-1b (subnet "default-b")')}
      an interface of aws-native:
        ${resource("aws-native:ec2:Subnet", "nb", { availabilityZone: "eu-west-1b" })}
        ${nativeSecond(idOf("nb"), nativeTags())} ${stray('eu-west-1b (subnet "nb")')}
      an interface that a Tag resource makes one of the pool:
        ${secondIn(idOf("b"), { tags: undefined })}
        ${ec2Tag("tag", { resourceId: idOf("licence-1") })} ${stray(SUBNET_B)}
      an interface that its provider's default tags make one of the pool:
        ${byDefaultTags} ${stray(SUBNET_B)}
      an interface in a subnet with a known id:
        ${{ ...subnet("b", "eu-west-1b"), outputs: { id: "subnet-0b" } }} ${secondIn("subnet-0b")}
        ${stray(SUBNET_B)}
      an interface in one of several subnets of which none is in the pool's zone:
        ${c} ${secondIn(madeOf(["b", "c"], "b-id"))} ${inPreview}
        ${stray(`one of ${SUBNET_B} and ${SUBNET_C}`)}
      an interface in another zone than where the first must be, which of two isn't known:
        ${c} ${first(madeOf(["b", "c"], "b-id"))} ${second()} ${inPreview}
        ${stray(SUBNET_A, `one of ${SUBNET_B} and ${SUBNET_C}`, "that zone")}
      another zone's id:
        ${subnetByZoneId("x", "euw1-az1")} ${subnetByZoneId("y", "euw1-az2")} ${first(idOf("x"))}
        ${secondIn(idOf("y"))}
        ${stray('euw1-az2 (subnet "y")', 'euw1-az1 (subnet "x")', "euw1-az1")}
      another zone by its name where its id is known, too:
        ${nameAndId} ${first(idOf("x"))} ${secondIn(idOf("b"))}
        ${stray(SUBNET_B, 'eu-west-1a (subnet "x")')}
      an interface in another zone than the configuration says:
        ${licenceIn("eu-west-1b")} ${strayFirst}
      an interface in a subnet that subnetZones says is in another zone:
        ${secondIn("subnet-1")} ${zones({ "subnet-1": "eu-west-1b" })}
        ${stray("eu-west-1b (subnet subnet-1)")}
      an interface with the tag key of the configuration:
        ${networkInterface("licence-0", { tags: { "team:pool": "licence" } })}
        ${secondIn(idOf("b"), { tags: { "team:pool": "licence" } })}
        ${configured({ tagKey: "team:pool" })} ${stray(SUBNET_B)}
      a literal subnet whose zone can't be known, and says what to write:
        ${secondIn("subnet-1")} ${unresolved("subnet subnet-1", "subnet-1")}
      two literal subnets whose zones can't be known:
        ${first("subnet-0")} ${secondIn("subnet-1")}
        ${unresolved("subnet subnet-1", "subnet-1", "subnet-0")}
      a known zone beside a literal subnet, which it names in the mend:
        ${first("subnet-0")} ${second()} ${unresolved(SUBNET_A, "subnet-0")}
      an interface that names several pools:
        ${ofPool("data,management", "data-0")}
        ${stops(namesSeveralPools('Network interface "data-0"'), "data-0")}
    `);
  });

  describe("takes from the configuration", () => {
    holdEach(table`
      the zone of a literal subnet: ${secondIn("subnet-1")} ${zones({ "subnet-1": "eu-west-1a" })}
      the zone of a pool that is in this stack: ${second()} ${licenceIn("eu-west-1a")}
      pools of other stacks, which have no interfaces here:
        ${configured({ pools: { bastion: { zone: "eu-west-1b" }, web: { size: 3 } } })}
      a tag key by which these are no interfaces of a pool:
        ${secondIn(idOf("b"))} ${configured({ tagKey: "team:pool" })}
    `);
  });

  describe("leaves to up", () => {
    const oneOfAB = (known: string) => secondIn(madeOf(["a", "b"], known));
    const untagged = secondIn(idOf("b"), { tags: later({ [TAG_KEY]: "licence" }) });
    const bothInOneOfAB = ["licence-0", "licence-1"].map((name) =>
      networkInterface(name, { subnetId: madeOf(["a", "b"], "a-id") }),
    );
    holdEach(table`
      an interface whose subnet is unknown, and passes there what is in the pool's zone:
        ${secondIn(later("a-id"))} ${inPreview} ${whether("a subnet in subnetId")} ${inUp}
      an interface beside one whose subnet is unknown:
        ${first(later("a-id"))} ${second()} ${whether("a subnet in subnetId")}
      an interface beside one that may be in either of two zones:
        ${bothInOneOfAB} ${inPreview} ${whether(`one of ${SUBNETS_AB}`)} ${inUp}
      a subnet whose zone is unknown:
        ${subnet("d", later("eu-west-1a"))} ${secondIn(idOf("d"))} ${whether('subnet "d"')}
      a zone's id beside another's name:
        ${subnetByZoneId("x", "euw1-az1")} ${secondIn(idOf("x"))}
        ${whether('euw1-az1 (subnet "x")')}
      which of two zones is meant: ${oneOfAB("a-id")} ${whether(`one of ${SUBNETS_AB}`)}
      which of two zones is meant, and stops there the wrong one:
        ${oneOfAB("b-id")} ${inUp} ${stray(SUBNET_B)}
      which subnet of a component is meant:
        ${vpcComponent} ${secondIn(madeOf(["vpc"], "p-id"))}
        ${whether('one of eu-west-1a (subnet "p") and eu-west-1b (subnet "q")')}
      an interface whose tags are unknown, and stops there one in another zone:
        ${untagged} ${inPreview} ${poolUnknown} ${inUp} ${stray(SUBNET_B)}
      an interface whose pool is unknown:
        ${secondIn(idOf("b"), { tags: { [TAG_KEY]: later("licence") } })} ${poolUnknown}
      an interface of aws-native with a tag that is unknown:
        ${nativeSecond(idOf("b"), [{ key: "Name", value: "x" }, later({})])} ${poolUnknown}
      what a literal subnet leaves open while another interface may settle it:
        ${first("subnet-0")} ${secondIn(later("a-id"))} ${networkInterface("licence-2")}
        ${whether("a subnet in subnetId and subnet subnet-0")}
        ${whether("subnet subnet-0 and a subnet in subnetId", "licence-2")}
    `);
  });
});
