import { groupInPoolZone } from "../../policy/group-in-pool-zone";
import {
  launchesOutside,
  SUBNET_A,
  SUBNET_B,
  SUBNET_C,
  SUBNETS_AB,
  whetherInZone,
} from "./messages";
import { asks, casesOf, inPreview, inUp, table } from "./policyCases";
import { idOf, later, madeOf } from "./policyEngine";
import { networkInterface, subnet, vpcComponent, webIn, webInZones } from "./stackBuilders";

const SUBNET_A2 = 'eu-west-1a (subnet "a2")';
const SUBNETS_PQ = 'eu-west-1a (subnet "p") and eu-west-1b (subnet "q")';

const c = subnet("c", "eu-west-1c");
const a2 = subnet("a2", "eu-west-1a");
/** Subnets whose zones are unknown. */
const d = subnet("d", later("eu-west-1a"));
const e = subnet("e", later("eu-west-1a"));

const poolIn = (subnetId: unknown) => networkInterface("licence-0", { subnetId });

const launchesInSome = (launching: string) =>
  `${launchesOutside(`some of ${launching}`)} If it does, pick them inside the list, like ` +
  "vpcZoneIdentifiers: [subnetIds[0]], so that a preview can tell.";

const { holdEach } = casesOf(groupInPoolZone);

describe("group-in-pool-zone and unknown places", () => {
  describe("where a list of subnets is unknown", () => {
    holdEach(table`
      takes it for all it depends on, and decides in the up:
        ${webIn(madeOf(["a", "b"], ["a-id"]))} ${inPreview} ${launchesInSome(SUBNETS_AB)} ${inUp}
      takes a component for the subnets in it:
        ${vpcComponent} ${webIn(madeOf(["vpc"], ["p-id", "q-id"]))} ${inPreview}
        ${launchesInSome(SUBNETS_PQ)}
      stops one that is made of one subnet in another zone, which is all of it:
        ${webIn(madeOf(["b"], ["b-id"]))} ${launchesOutside(SUBNET_B)}
      leaves to up one that nothing in the stack is behind:
        ${webIn(later(["a-id"]))} ${asks(whetherInZone("a subnet in vpcZoneIdentifiers"))}
    `);
  });

  describe("where items of a list are unknown", () => {
    holdEach(table`
      stops two of three subnets in three zones, which can't be in one zone:
        ${c} ${webIn([madeOf(["a", "b", "c"], "a-id"), madeOf(["a", "b", "c"], "b-id")])}
        ${inPreview} ${launchesInSome(`${SUBNET_A}, ${SUBNET_B} and ${SUBNET_C}`)}
      leaves to up whether two of three subnets are the two in one zone:
        ${a2} ${webIn([madeOf(["a", "b", "a2"], "a-id"), madeOf(["a", "b", "a2"], "a2-id")])}
        ${asks(whetherInZone(`one of ${SUBNET_A}, ${SUBNET_B} and ${SUBNET_A2}`))}
      takes as many candidates as unknown items for all of them:
        ${webIn([madeOf(["a", "b"], "a-id"), madeOf(["a", "b"], "b-id")])}
        ${launchesOutside(SUBNETS_AB)}
      does not count a subnet with a known id among the candidates for an unknown item:
        ${{ ...subnet("a", "eu-west-1a"), outputs: { id: "a-id" } }}
        ${webIn(["a-id", madeOf(["a", "b"], "b-id")])} ${launchesOutside(SUBNETS_AB)}
      leaves to up which of two zones is meant, and passes there the pool's:
        ${webIn([madeOf(["a", "b"], "a-id")])} ${inPreview}
        ${asks(whetherInZone(`one of ${SUBNETS_AB}`))} ${inUp}
      stops in the up if it is the other:
        ${webIn([madeOf(["a", "b"], "b-id")])} ${inUp} ${launchesOutside(SUBNET_B)}
      passes one of several subnets if all of them are in the pool's zone:
        ${a2} ${webIn([madeOf(["a", "a2"], "a2-id")])}
      stops one of several subnets if none of them is in the pool's zone:
        ${c} ${webIn([madeOf(["b", "c"], "b-id")])} ${inPreview}
        ${launchesOutside(`one of ${SUBNET_B} and ${SUBNET_C}`)}
      stops more of several subnets than any zone has, beside a known one:
        ${c} ${webIn(["subnet-1", madeOf(["b", "c"], "b-id"), madeOf(["b", "a"], "c-id")])}
        ${inPreview} ${launchesInSome(`subnet subnet-1, ${SUBNET_B}, ${SUBNET_C} and ${SUBNET_A}`)}
      stops a known subnet in another zone beside one that isn't known:
        ${webIn([idOf("b"), later("subnet-later")])} ${inPreview}
        ${launchesOutside(`${SUBNET_B} and a subnet in vpcZoneIdentifiers`)}
      leaves to up an item that nothing in the stack is behind:
        ${webIn([idOf("a"), later("a-id")])}
        ${asks(whetherInZone("a subnet in vpcZoneIdentifiers"))}
      leaves to up which subnet of a component is meant:
        ${vpcComponent} ${webIn([madeOf(["vpc"], "p-id")])}
        ${asks(whetherInZone(`one of ${SUBNETS_PQ}`))}
      leaves to up candidates whose zones are unknown:
        ${d} ${e} ${webIn([madeOf(["d", "e"], "d-id")])}
        ${asks(whetherInZone('one of subnet "d" and subnet "e"'))}
    `);
  });

  describe("where the pool's place is unknown", () => {
    holdEach(table`
      takes an interface that is in one of several subnets of one zone for one in the first:
        ${a2} ${poolIn(madeOf(["a", "a2"], "a-id"))} ${webIn([idOf("b")])} ${inPreview}
        ${launchesOutside(SUBNET_B)}
      leaves to up a pool whose zone is unknown, and names the pool's subnet:
        ${d} ${poolIn(idOf("d"))} ${asks(whetherInZone('subnet "d"'))}
      leaves to up a pool of which one interface is elsewhere and another unknown:
        ${networkInterface("licence-1", { subnetId: later("b-id") })} ${webIn([idOf("b")])}
        ${asks(whetherInZone("a subnet in subnetId"))}
      leaves to up what a literal subnet leaves open while another may settle it:
        ${poolIn("subnet-0")} ${networkInterface("licence-1", { subnetId: later("a-id") })}
        ${asks(whetherInZone("subnet subnet-0 and a subnet in subnetId"))}
      passes the pool's own subnet though its zone is unknown:
        ${d} ${poolIn(idOf("d"))} ${webIn([idOf("d")])}
    `);
  });

  describe("where zones are unknown", () => {
    holdEach(table`
      leaves to up that of a subnet: ${d} ${webIn([idOf("d")])} ${asks(whetherInZone('subnet "d"'))}
      leaves to up those that a group names:
        ${webInZones(later(["eu-west-1a"]))} ${asks(whetherInZone("a zone in availabilityZones"))}
      stops a known zone beside an unknown one:
        ${webInZones([later("eu-west-1a"), "eu-west-1b"])} ${inPreview}
        ${launchesOutside("a zone in availabilityZones and eu-west-1b")}
    `);
  });
});
