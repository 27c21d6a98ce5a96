import { groupInPoolZone } from "../../policy/group-in-pool-zone";
import { UNKNOWN } from "../mocks";
import {
  launchesOutside,
  namesNoPlace,
  SUBNET_A,
  SUBNET_B,
  SUBNETS_AB,
  whetherInZone,
  zonesUnknown,
} from "./messages";
import { asks, casesOf, configured, inPreview, inUp, table } from "./policyCases";
import { idOf, later, madeOf } from "./policyEngine";
import {
  BOTH,
  byTemplate,
  group,
  launchTemplate,
  networkInterface,
  ofPool,
  poolTag,
  resource,
  subnet,
  subnetByZoneId,
  TAG_KEY,
  web,
  webIn,
  webInZones,
  webOf,
} from "./stackBuilders";

/** The group "web" as the program writes it, without subnets, and as AWS shows it. */
const webShown = (props: Record<string, unknown>, outputs: Record<string, unknown>) =>
  resource(
    "aws:autoscaling/group:Group",
    "web",
    { tags: [poolTag("licence")], ...props },
    { outputs },
  );

const { holdEach } = casesOf(groupInPoolZone);

describe("group-in-pool-zone", () => {
  describe("where a group launches", () => {
    const named = (zone: string) => ({ availabilityZones: [zone] });
    const defaultSubnets = ["a", "c"].map((zone) =>
      resource("aws:ec2/defaultSubnet:DefaultSubnet", `default-${zone}`, {
        availabilityZone: `eu-west-1${zone}`,
      }),
    );
    const spansTwo =
      'Auto Scaling group "web" uses pool "licence" and launches in eu-west-1a (subnet "a") and ' +
      'eu-west-1b (subnet "b"), but the pool\'s interfaces are in eu-west-1a (subnet "a"). ' +
      "Give it subnets of eu-west-1a only, or make a pool of its own for another zone.";
    const placeless = namesNoPlace(
      "Give it subnets of eu-west-1a only, or make a pool of its own for another zone.",
    );
    const madeInB = webShown(
      { availabilityZones: [madeOf(["b"], "eu-west-1b")] },
      { vpcZoneIdentifiers: ["a-id"] },
    );
    holdEach(table`
      passes the zone of its pool
      passes another subnet of the pool's zone:
        ${subnet("a2", "eu-west-1a")} ${webIn([idOf("a2"), idOf("a")])}
      passes the pool's zone by its name: ${webInZones(["eu-west-1a"])}
      passes a default subnet of the pool's zone and stops one of another:
        ${defaultSubnets} ${group("good", { vpcZoneIdentifiers: [idOf("default-a")] })}
        ${webIn([idOf("default-c")])} ${launchesOutside('eu-west-1c (subnet "default-c")')}
      stops another zone than the pool's: ${webIn([idOf("b")])} ${launchesOutside(SUBNET_B)}
      stops a group that also launches in another zone: ${webIn(BOTH)} ${spansTwo}
      stops another zone by its name:
        ${webIn([], { availabilityZones: ["eu-west-1a", "eu-west-1b"] })}
        ${launchesOutside("eu-west-1a and eu-west-1b")}
      names every zone that a group spans:
        ${subnet("c", "eu-west-1c")} ${webIn([idOf("b"), idOf("c"), idOf("a")])}
        ${launchesOutside(`${SUBNET_B}, eu-west-1c (subnet "c") and ${SUBNET_A}`)}
      stops a group that names neither subnets nor zones: ${webIn(undefined)} ${placeless}
      goes by the subnets where the program also names zones:
        ${webIn([idOf("b")], named("eu-west-1a"))} ${launchesOutside(SUBNET_B)}
      goes by the zones that the program names where AWS is to fill in the subnets:
        ${webShown(named("eu-west-1b"), { vpcZoneIdentifiers: UNKNOWN })} ${inPreview}
        ${launchesOutside("eu-west-1b")}
      passes the pool's zone by its name where AWS is to fill in the subnets:
        ${webShown(named("eu-west-1a"), { vpcZoneIdentifiers: UNKNOWN })} ${inPreview}
      goes by the subnets that AWS has filled in, or the program has changed:
        ${webShown(named("eu-west-1a"), { vpcZoneIdentifiers: ["subnet-9"] })}
        ${zonesUnknown("subnet subnet-9", ["subnet-9"])}
      goes by the subnets that the program names where AWS fills in the zones of the last up:
        ${{ ...group("web"), outputs: named("eu-west-1b") }}
      goes by the subnets that the state shows where the program's own words aren't shown:
        ${webShown({}, { ...named("eu-west-1a"), vpcZoneIdentifiers: ["b-id"] })} ${inUp}
        ${launchesOutside(SUBNET_B)}
      goes by the zones that the program makes where AWS shows the subnets of the last up:
        ${madeInB} ${inUp} ${launchesOutside("eu-west-1b")}
    `);
  });

  describe("zones by their ids", () => {
    /** A new subnet, whose zone's name only AWS will say. */
    const byId = (name: string, zoneId: string, zone = `eu-west-1${name}`) => ({
      ...subnetByZoneId(name, zoneId),
      outputs: { availabilityZone: later(zone) },
    });
    const x = byId("x", "euw1-az1");
    const pool = networkInterface("licence-0", { subnetId: idOf("x") });
    holdEach(table`
      passes two subnets of one zone id:
        ${x} ${byId("y", "euw1-az1", "eu-west-1x")} ${pool} ${webIn([idOf("y")])}
      stops another zone id in a preview, where the zone's name is unknown:
        ${x} ${byId("y", "euw1-az2")} ${pool} ${webIn([idOf("y")])} ${inPreview}
        ${launchesOutside('euw1-az2 (subnet "y")', 'euw1-az1 (subnet "x")')}
      compares a zone's id with another's name in the up, where both names are known:
        ${x} ${pool} ${inPreview} ${asks(whetherInZone('euw1-az1 (subnet "x")'))} ${inUp}
        ${launchesOutside(SUBNET_A, 'eu-west-1x (subnet "x")')}
      waits for up where a new subnet shows neither id nor name of its zone:
        ${resource("aws-native:ec2:Subnet", "y", { cidrBlock: "10.0.0.0/24" })}
        ${webIn([idOf("y")])} ${asks(whetherInZone('subnet "y"'))}
    `);
  });

  describe("several pools in one tag", () => {
    const ofBoth = (props: Record<string, unknown> = {}) => webOf("data,management", props);
    const pools = [ofPool("data"), ofPool("data", "data-1"), ofPool("management")];
    const outside = ["data", "management"].map((pool) =>
      launchesOutside(SUBNETS_AB, SUBNET_A, { pool }),
    );
    holdEach(table`
      passes a group in the zone of all of them, with blanks or without:
        ${pools} ${ofBoth()} ${group("api", { tags: [poolTag(" management , data ")] })}
      stops a group for each pool that is in another zone:
        ${pools} ${ofBoth({ vpcZoneIdentifiers: BOTH })} ${outside}
      stops a group for the one pool that is in another zone:
        ${ofPool("data")} ${ofPool("management", "management-0", { subnetId: idOf("b") })}
        ${ofBoth()} ${launchesOutside(SUBNET_A, SUBNET_B, { pool: "management" })}
      reads several pools in a launch template:
        ${pools} ${launchTemplate("lt", { [TAG_KEY]: "data,management" })}
        ${webIn(BOTH, byTemplate({ id: idOf("lt") }))} ${outside}
      takes the zone of each of them from the configuration:
        ${webOf("data,bastion")} ${ofPool("data")}
        ${configured({ pools: { bastion: { zone: "eu-west-1b" } } })}
        ${launchesOutside(SUBNET_A, "eu-west-1b (pools.bastion.zone)", { pool: "bastion" })}
      judges by both pools where group and launch template differ:
        ${launchTemplate("lt", { [TAG_KEY]: "bastion" })}
        ${ofPool("bastion", "bastion-0", { subnetId: idOf("b") })}
        ${web({ launchTemplate: { id: idOf("lt") } })}
        ${launchesOutside(SUBNET_A, SUBNET_B, { pool: "bastion" })}
    `);
  });
});
