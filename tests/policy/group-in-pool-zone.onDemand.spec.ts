import { groupInPoolZone } from "../../policy/group-in-pool-zone";
import { UNKNOWN } from "../mocks";
import {
  launchesOutside,
  namesNoPlace,
  spansZones,
  SUBNET_A,
  SUBNET_B,
  SUBNET_C,
  SUBNETS_AB,
  WHICH_POOL,
  zonesUnknown,
} from "./messages";
import { asks, type CasePart, casesOf, configured, inPreview, table } from "./policyCases";
import { idOf, later, madeOf, type WrittenResource } from "./policyEngine";
import {
  BOTH,
  MANAGER_COMPONENT,
  managerFunction,
  managerOf,
  ofPool,
  onDemand,
  onDemandOfSubnets,
  poolTag,
  resource,
  subnet,
  webOf,
} from "./stackBuilders";

const POOL_A = "eu-west-1a (subnet subnet-1)";
const POOL_B = "eu-west-1b (subnet subnet-2)";

const c = subnet("c", "eu-west-1c");

/** A manager of the pool "second", which is made on demand in these subnets. */
const IN_BOTH = { second: onDemand({ "eu-west-1a": "subnet-1", "eu-west-1b": "subnet-2" }) };
const managerInA = managerOf({ second: onDemand({ "eu-west-1a": "subnet-1" }) });
const managerInBoth = managerOf(IN_BOTH);

const zonesOfPool = (...zones: string[]) => configured({ pools: { second: { zones } } });

/** The group "web" of the pool "second", in these subnets. */
const webIn = (subnets: unknown, pools: unknown = "second", props: Record<string, unknown> = {}) =>
  webOf(pools, { vpcZoneIdentifiers: subnets, ...props });

const inBoth = webIn(BOTH);
const ofLicence = webIn(BOTH, "licence");
const byZones = (...availabilityZones: string[]) => webIn([], "second", { availabilityZones });

const strays = (launches: string, where: string, mend = "") =>
  `Auto Scaling group "web" uses pool "second" and ${launches}, where the pool has no subnet: its subnets ` +
  `are in ${where}. Give the pool a subnet in each zone of the group, or the group subnets of the pool's ` +
  `zones only.${mend}`;
const spans = spansZones('pool "second"');

const whether = (why: string) =>
  asks(`whether Auto Scaling group "web" launches only in zones of pool "second", since ${why}`);
const zonesOpen = (where: string) => whether(`not every zone is known yet: ${where}`);
const subnetsOpen = (where: string) =>
  whether(`which pool has which of these subnets isn't known yet: ${where}`);

const { holdEach } = casesOf(groupInPoolZone);

describe("group-in-pool-zone and pools on demand", () => {
  describe("knows the subnets that the manager is told", () => {
    holdEach(table`
      and passes a group in all their zones: ${managerInBoth} ${inBoth}
      and passes a group in one of their zones: ${managerInBoth} ${webIn([idOf("b")])}
      and passes a group in zones by their names:
        ${managerInBoth} ${byZones("eu-west-1b", "eu-west-1a")}
      and passes a group in the pool's own subnets:
        ${managerInBoth} ${webIn(["subnet-2", "subnet-1"])}
      and passes where the program makes the manager with aws-native:
        ${{ ...managerInBoth, type: "aws-native:lambda:Function" }} ${inBoth}
      and stops a group in a zone without a subnet:
        ${managerInA} ${inBoth} ${strays(`launches in ${SUBNET_B}`, POOL_A)}
      and names every zone without a subnet, and all that have one:
        ${c} ${subnet("d", "eu-west-1d")} ${managerInBoth}
        ${webIn([idOf("c"), idOf("a"), idOf("d")])}
        ${strays(`launches in ${SUBNET_C} and eu-west-1d (subnet "d")`, `${POOL_A} and ${POOL_B}`)}
      and stops a group in a zone without a subnet by the zone's name:
        ${managerInA} ${byZones("eu-west-1a", "eu-west-1b")}
        ${strays("launches in eu-west-1b", POOL_A)}
      and stops a group that names no place:
        ${managerInA} ${webIn([])} ${namesNoPlace("Give it subnets of the pool's zones.", "second")}
      and stops a subnet whose zone can't be known:
        ${managerInA} ${webIn(["subnet-9"])}
        ${zonesUnknown("subnet subnet-9", ["subnet-9"], "second")}
      and judges beside it a pool that is in one zone:
        ${managerInBoth} ${webIn(BOTH, "licence,second")} ${launchesOutside(SUBNETS_AB)}
      and leaves a misspelt pool to pool-tag-propagates, though the group spans zones:
        ${managerInBoth} ${webIn(BOTH, "secnd")}
      but not those of a manager of another tag key:
        ${managerOf(IN_BOTH, { POOL_TAG_KEY: "team:pool" })} ${inBoth} ${spans}
      but not those of a function that is no manager:
        ${managerOf(IN_BOTH, { POOL_TAG_KEY: undefined })} ${inBoth} ${spans}
    `);
  });

  describe("takes what is no such text for no settings", () => {
    const told = (POOL_SETTINGS: unknown): CasePart[] => [
      managerFunction({ POOL_SETTINGS }),
      inBoth,
      spans,
    ];
    const subnets = (subnetIds: unknown) => JSON.stringify({ second: { onDemand: { subnetIds } } });
    holdEach(table`
      no text: ${told(3)}
      no JSON: ${told("{second:")}
      no object: ${told(JSON.stringify(["second"]))}
      without subnets: ${told(subnets({}))}
      with a list: ${told(subnets(["subnet-1"]))}
      with a number: ${told(subnets({ "eu-west-1a": 1 }))}
      of another pool: ${told(JSON.stringify({ third: { whenExhausted: "wait" } }))}
    `);
  });

  describe("knows the zones that the configuration gives a pool of another stack", () => {
    const inTwo = zonesOfPool("eu-west-1a", "eu-west-1b");
    holdEach(table`
      and passes a group in all of them: ${inBoth} ${inTwo}
      and stops a group in another:
        ${inBoth} ${zonesOfPool("eu-west-1a")}
        ${strays(`launches in ${SUBNET_B}`, "eu-west-1a (pools.second.zones)")}
      after what the manager of this stack is told:
        ${managerInA} ${inBoth} ${inTwo} ${strays(`launches in ${SUBNET_B}`, POOL_A)}
      before those of the subnets that unknown settings are made of:
        ${onDemandOfSubnets(["a"], ["second"])} ${inBoth} ${inTwo} ${inPreview}
      and asks for no zone of a misspelt pool: ${webIn(BOTH, "secnd")} ${inTwo}
      and asks for one zone of another pool beside it:
        ${ofLicence} ${inTwo} ${launchesOutside(SUBNETS_AB)}
    `);
  });

  describe("where settings are unknown", () => {
    const CONFIGURE =
      " If the pool has other subnets, name their zones in the configuration of the policies, pools: " +
      '{"second": {"zones": ["eu-west-1a"]}}.';
    const component = (subnets: string[]): WrittenResource[] => [
      resource(MANAGER_COMPONENT, "manager", {
        pools: [{ name: "second", onDemand: { subnetIds: [madeOf(subnets, "")] } }],
      }),
      {
        ...managerFunction({ POOL_TAGS: '["second"]', POOL_SETTINGS: later("{}") }),
        parent: "manager",
      },
    ];
    holdEach(table`
      passes a group in the zones of the subnets that they are made of:
        ${onDemandOfSubnets(["a", "b"], ["licence", "second"])} ${inBoth} ${inPreview}
      passes a group in the zones of the subnets that the component is made of:
        ${component(["a", "b"])} ${inBoth} ${inPreview}
      stops a group in a zone in which none of these subnets is:
        ${c} ${onDemandOfSubnets(["a", "b"], ["second"])} ${webIn([...BOTH, idOf("c")])}
        ${inPreview} ${strays(`launches in ${SUBNET_C}`, SUBNETS_AB, CONFIGURE)}
      stops a group in a zone in which none of the component's subnets is:
        ${component(["a"])} ${inBoth} ${inPreview}
        ${strays(`launches in ${SUBNET_B}`, SUBNET_A, CONFIGURE)}
      leaves to up whose subnets these are, of several pools:
        ${onDemandOfSubnets(["a", "b"], ["third", "second"])} ${inBoth} ${subnetsOpen(SUBNETS_AB)}
      counts no pool that is known otherwise among those:
        ${onDemandOfSubnets(["a", "b"], ["third,second", "bastion"])} ${ofPool("third")} ${inBoth}
        ${configured({ pools: { bastion: {} } })} ${inPreview}
      leaves to up whose subnets these are, where its pools aren't known either:
        ${managerFunction({ POOL_TAGS: later("[]"), POOL_SETTINGS: madeOf(["a", "b"], "") })}
        ${inBoth} ${subnetsOpen(SUBNETS_AB)}
      leaves to up whose subnets these are, though the zone of one is unknown:
        ${subnet("d", later("eu-west-1b"))} ${onDemandOfSubnets(["a", "d"], ["third", "second"])}
        ${webIn([idOf("a")])} ${subnetsOpen(`${SUBNET_A} and subnet "d"`)}
      leaves to up what nothing in the stack is behind:
        ${onDemandOfSubnets(["elsewhere"], ["second"])} ${inBoth}
        ${zonesOpen("the subnets of the manager's pools")}
      asks once what nothing in the stack is behind, of several pools:
        ${onDemandOfSubnets(["elsewhere"], ["second", "third"])} ${inBoth}
        ${zonesOpen("the subnets of the manager's pools")}
      leaves to up a subnet whose zone is unknown:
        ${subnet("d", later("eu-west-1a"))} ${onDemandOfSubnets(["d"], ["second"])}
        ${webIn([idOf("a")])} ${zonesOpen('subnet "d"')}
      takes no fixed pool of the program for one on demand:
        ${onDemandOfSubnets(["a", "b"], ["licence", "second"])} ${ofLicence} ${inPreview}
        ${launchesOutside(SUBNETS_AB)}
      takes no pool for one on demand that the manager doesn't look after:
        ${onDemandOfSubnets(["a"], ["third"])} ${webIn([idOf("b")])} ${inPreview}
      stops no span of a pool that isn't known yet, which may be made on demand:
        ${onDemandOfSubnets(["a", "b"], ["second"])} ${webIn(BOTH, later("x"))} ${asks(WHICH_POOL)}
      stops no span of a pool that isn't known yet beside unknown settings of every pool:
        ${managerFunction({ POOL_SETTINGS: later("{}") })} ${webIn(BOTH, later("x"))}
        ${asks(WHICH_POOL)}
    `);
  });

  describe("where the group's subnets are unknown", () => {
    const PICK =
      " If it doesn't, pick them inside the list, like vpcZoneIdentifiers: [subnetIds[0]], so that a " +
      "preview can tell.";
    const twoOfThree = whether(
      `which of these it launches in isn't known yet: ${SUBNET_A}, ${SUBNET_B} and ${SUBNET_C}`,
    );
    const filledInLater = resource(
      "aws:autoscaling/group:Group",
      "web",
      { tags: [poolTag("second")], availabilityZones: ["eu-west-1b"] },
      { outputs: { vpcZoneIdentifiers: UNKNOWN } },
    );
    holdEach(table`
      passes one of several of which each is in a zone of the pool:
        ${managerInBoth} ${webIn([madeOf(["a", "b"], "a-id")])} ${inPreview}
      leaves to up one of several of which one is in no zone of the pool:
        ${c} ${managerInBoth} ${webIn([madeOf(["a", "c"], "a-id")])}
        ${zonesOpen(`one of ${SUBNET_A} and ${SUBNET_C}`)}
      leaves to up which two of three are picked, of which one is in no zone of the pool:
        ${c} ${managerInBoth}
        ${webIn([madeOf(["a", "b", "c"], "a-id"), madeOf(["a", "b", "c"], "b-id")])} ${twoOfThree}
      passes a list that is unknown as a whole, all in zones of the pool:
        ${managerInBoth} ${webIn(madeOf(["a", "b"], ["a-id"]))} ${inPreview}
      stops a list that is unknown as a whole and may have one in another zone:
        ${c} ${managerInBoth} ${webIn(madeOf(["a", "b", "c"], ["a-id"]))} ${inPreview}
        ${strays(`may launch in ${SUBNET_C}`, `${POOL_A} and ${POOL_B}`, PICK)}
      stops by the zones that the program names where AWS is to fill in the subnets:
        ${managerInA} ${filledInLater} ${inPreview} ${strays("launches in eu-west-1b", POOL_A)}
    `);
  });
});
