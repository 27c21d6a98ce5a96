import { groupInPoolZone } from "../../policy/group-in-pool-zone";
import {
  launchesOutside,
  namesNoPlace,
  poolZoneUnknown,
  spansZones,
  SUBNET_A,
  SUBNETS_AB,
  whetherInZone,
  zonesUnknown,
} from "./messages";
import { advises, asks, casesOf, configured, inPreview, table } from "./policyCases";
import { idOf, later } from "./policyEngine";
import {
  BOTH,
  givenInterface,
  networkInterface,
  ofPool,
  POOL_COMPONENT,
  poolTag,
  resource,
  subnet,
  webIn,
  webOf,
} from "./stackBuilders";

const { holdEach } = casesOf(groupInPoolZone);

describe("group-in-pool-zone and what is elsewhere", () => {
  describe("subnets of other stacks", () => {
    const literal = webIn(["subnet-1"]);
    const poolIn = (subnetId: string) => networkInterface("licence-0", { subnetId });
    const zoneless = resource(
      "aws-native:ec2:Subnet",
      "y",
      { cidrBlock: "10.0.0.0/24" },
      { outputs: { id: "subnet-0y" } },
    );
    const zones = (subnetZones: object) => configured({ subnetZones });
    const threeUnknown = zonesUnknown("subnet subnet-1, subnet subnet-2 and subnet subnet-0", [
      "subnet-1",
      "subnet-2",
      "subnet-0",
    ]);
    const inZoneAlone = resource("aws:autoscaling/group:Group", "web", {
      tags: [poolTag("licence")],
      availabilityZones: ["eu-west-1a"],
    });
    holdEach(table`
      stops a subnet whose zone can't be known, and says what to write:
        ${literal} ${zonesUnknown("subnet subnet-1", ["subnet-1"])}
      names each subnet whose zone can't be known once, the pool's too:
        ${poolIn("subnet-0")} ${webIn(["subnet-1", "subnet-2", "subnet-1"])} ${threeUnknown}
      names the pool's subnet alone where only its zone can't be known:
        ${poolIn("subnet-0")} ${zonesUnknown("subnet subnet-0", ["subnet-0"])}
      passes it with its zone in subnetZones: ${literal} ${zones({ "subnet-1": "eu-west-1a" })}
      stops it with another zone in subnetZones:
        ${literal} ${zones({ "subnet-1": "eu-west-1b" })}
        ${launchesOutside("eu-west-1b (subnet subnet-1)")}
      passes the pool's own subnet without any configuration: ${literal} ${poolIn("subnet-1")}
      stops another subnet beside the pool's own, whose zone can't be known:
        ${poolIn("subnet-1")} ${webIn(["subnet-1", "subnet-2"])}
        ${zonesUnknown("subnet subnet-2 and subnet subnet-1", ["subnet-2", "subnet-1"])}
      stops the zone of a group beside a subnet of the pool whose zone can't be known:
        ${poolIn("subnet-0")} ${inZoneAlone} ${zonesUnknown("subnet subnet-0", ["subnet-0"])}
      names the zone of the interfaces that show one:
        ${poolIn("subnet-0")} ${networkInterface("licence-1")} ${webIn(BOTH)}
        ${launchesOutside(SUBNETS_AB, `subnet subnet-0 and ${SUBNET_A}`, { zone: "eu-west-1a" })}
      reads subnetZones for the pool's interfaces, too:
        ${poolIn("subnet-0")} ${zones({ "subnet-0": "eu-west-1b" })}
        ${launchesOutside(SUBNET_A, "eu-west-1b (subnet subnet-0)")}
      stops a subnet of this stack that shows no zone, and says what to write:
        ${zoneless} ${webIn(["subnet-0y"])} ${zonesUnknown('subnet "y"', ["subnet-0y"])}
      passes a subnet of this stack that shows no zone with its zone in subnetZones:
        ${zoneless} ${webIn(["subnet-0y"])} ${zones({ "subnet-0y": "eu-west-1a" })}
      goes by the zone that a subnet shows, not by subnetZones:
        ${{ ...subnet("a", "eu-west-1a"), outputs: { id: "subnet-0a" } }}
        ${zones({ "subnet-0a": "eu-west-1b" })}
      reports what can't be known and what only up will show, each by itself:
        ${webIn(["subnet-1", later("a-id")])} ${zonesUnknown("subnet subnet-1", ["subnet-1"])}
        ${asks(whetherInZone("a subnet in vpcZoneIdentifiers"))}
    `);
  });

  describe("zones that components have asked AWS for", () => {
    const component = (subnetZones: unknown, type = POOL_COMPONENT) =>
      resource(type, "gateway", { subnetZones });
    const known = { "subnet-9": "eu-west-1a" };
    const web = webIn(["subnet-9"]);
    const unresolved = zonesUnknown("subnet subnet-9", ["subnet-9"]);
    const outside = launchesOutside("eu-west-1b (subnet subnet-9)");
    holdEach(table`
      pass a group in a subnet that isn't in the stack: ${component(known)} ${web}
      pass it where the component makes its interfaces on demand:
        ${component(known, "network-interface-pool:index:OnDemandPool")} ${web}
      stop a group in a subnet of another zone:
        ${component({ "subnet-8": "eu-west-1a", "subnet-9": "eu-west-1b" })} ${web} ${outside}
      count less than the configuration:
        ${component(known)} ${web} ${configured({ subnetZones: { "subnet-9": "eu-west-1b" } })}
        ${outside}
      are not what something else has by that name:
        ${component(known, "acme:index:Network")} ${web} ${unresolved}
      are none while they aren't known, or of a component that tells none:
        ${component(undefined)} ${component({ "subnet-9": later("eu-west-1a") })} ${web}
        ${inPreview} ${unresolved}
    `);
  });

  describe("pools of other stacks", () => {
    const web = webOf("bastion");
    const bastion = (zone?: string) => configured({ pools: { bastion: { size: 1, zone } } });
    const inB = (launching: string) =>
      launchesOutside(launching, "eu-west-1b (pools.bastion.zone)", { pool: "bastion" });
    const spansUnknown = spansZones(
      'pool "bastion"',
      `${SUBNETS_AB.replace(" and ", ", ")} and a subnet in vpcZoneIdentifiers`,
    );
    holdEach(table`
      passes a group in the zone that the configuration gives its pool:
        ${web} ${bastion("eu-west-1a")}
      stops a group in another zone than the configuration gives its pool:
        ${web} ${bastion("eu-west-1b")} ${inB(SUBNET_A)}
      stops a group that names another zone than the configuration:
        ${webOf("bastion", { vpcZoneIdentifiers: undefined, availabilityZones: ["eu-west-1a"] })}
        ${bastion("eu-west-1b")} ${inB("eu-west-1a")}
      stops a group whose pool is configured without a zone:
        ${web} ${bastion()} ${poolZoneUnknown("bastion")}
      leaves a pool that exists nowhere to pool-tag-propagates: ${web}
      stops two zones though the pool exists nowhere:
        ${webOf("bastion", { vpcZoneIdentifiers: BOTH })} ${spansZones('pool "bastion"')}
      stops two zones of such a pool, whichever others are configured:
        ${webOf("gateway", { vpcZoneIdentifiers: BOTH })} ${bastion("eu-west-1a")}
        ${spansZones('pool "gateway"')}
      stops two zones of such a pool beside a place that isn't known:
        ${webOf("bastion", { vpcZoneIdentifiers: [...BOTH, later("subnet-later")] })} ${inPreview}
        ${spansUnknown}
      stops a group of such a pool that names no place:
        ${webOf("bastion", { vpcZoneIdentifiers: [] })}
        ${namesNoPlace("Give it subnets of one zone, the pool's.", "bastion")}
      takes the zone of the configuration beside the interfaces in this stack:
        ${webIn([idOf("b")])} ${configured({ pools: { licence: { zone: "eu-west-1b" } } })}
    `);
  });

  describe("pools of interfaces that exist already", () => {
    const web = webOf("given");
    const given = givenInterface("1");
    /** The component of a pool, whose outputs say where it is. */
    const component = (availabilityZone: unknown, type = POOL_COMPONENT) =>
      resource(type, "pool", {}, { outputs: { availabilityZone } });
    const inComponent = { ...given, parent: "pool" };
    const zone = (name: string) => configured({ pools: { given: { zone: name } } });
    const unseen = advises(
      'Auto Scaling group "web" uses pool "given", whose interfaces exist already, so that their zone isn\'t ' +
        "seen here. To have the group's compared with it, write it in the configuration of the policies, " +
        'pools: {"given": {"zone": "eu-west-1a"}}.',
    );
    const outside = (where: string) => launchesOutside(SUBNET_A, where, { pool: "given" });
    holdEach(table`
      asks for their zone in a note: ${given} ${givenInterface("2")} ${web} ${unseen}
      passes a group in the zone that the configuration gives: ${given} ${web} ${zone("eu-west-1a")}
      stops a group in another zone than the configuration gives:
        ${given} ${web} ${zone("eu-west-1b")} ${outside("eu-west-1b (pools.given.zone)")}
      passes a group in the zone that the pool's component has looked up:
        ${component("eu-west-1a")} ${inComponent} ${web}
      finds the component around another one:
        ${component("eu-west-1b")} ${resource("acme:index:Part", "part", {}, { parent: "pool" })}
        ${{ ...given, parent: "part" }} ${web} ${outside("eu-west-1b")}
      stops a group in another zone than the pool's component has looked up:
        ${component("eu-west-1b")} ${inComponent} ${web} ${outside("eu-west-1b")}
      asks where the component shows no zone:
        ${component(undefined)} ${inComponent} ${web} ${unseen}
      asks where another component shows a zone:
        ${component("eu-west-1b", "acme:index:Pool")} ${inComponent} ${web} ${unseen}
      leaves to up what the component hasn't looked up yet:
        ${component(later("eu-west-1a"))} ${inComponent} ${web}
        ${asks(whetherInZone('a zone in NetworkInterfacePool "pool"', "given"))}
      asks in no note for the zone of another pool, which must be configured:
        ${given} ${webOf("bastion")} ${configured({ pools: { bastion: { size: 1 } } })}
        ${poolZoneUnknown("bastion")}
      goes by the interfaces that the program creates beside them:
        ${given} ${ofPool("given", "given-1", { subnetId: idOf("b") })} ${web}
        ${outside('eu-west-1b (subnet "b")')}
      stops a group in two zones, whichever theirs is:
        ${given} ${webOf("given", { vpcZoneIdentifiers: BOTH })} ${spansZones('pool "given"')}
      takes what another thing is tagged with for no interface of a pool:
        ${givenInterface("1", { resourceId: "i-1" })} ${web}
      takes a machine of the program for no interface, though its id isn't known yet:
        ${resource("aws:ec2/instance:Instance", "machine")}
        ${givenInterface("1", { resourceId: idOf("machine") })} ${web} ${inPreview}
      takes another tag for none of a pool: ${givenInterface("1", { key: "Name" })} ${web}
      asks for the zone of an interface whose id isn't known yet:
        ${givenInterface("1", { resourceId: later("eni-1") })} ${web} ${inPreview} ${unseen}
    `);
  });
});
