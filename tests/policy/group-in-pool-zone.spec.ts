import assert from "node:assert/strict";
import { groupInPoolZone } from "../../policy/group-in-pool-zone";
import { UNKNOWN } from "../mocks";
import { holdEach } from "./policyCases";
import { compliant, group, networkInterface, poolTag, subnet, withChanges } from "./stackBuilders";
import { type WrittenResource, idOf, judge, later, madeOf, show } from "./policyEngine";

const SUBNET_A = 'eu-west-1a (subnet "a")';
const SUBNET_B = 'eu-west-1b (subnet "b")';
const MEND_A = "Give it subnets of eu-west-1a only, or make a pool of its own for another zone.";
const BOTH = { vpcZoneIdentifiers: [idOf("a"), idOf("b")] };

const useLicence = (launching: string, pool = SUBNET_A, mend = MEND_A) =>
  `Auto Scaling group "web" uses pool "licence" and launches in ${launching}, but the pool's interfaces are in ${pool}. ${mend}`;
const launchesInB = useLicence(SUBNET_B);
const launchesInSome = (launching: string) =>
  `${useLicence(`some of ${launching}`)} If it does, pick them inside the list, like ` +
  "vpcZoneIdentifiers: [subnetIds[0]], so that a preview can tell.";
const webByZone = (zone: string): WrittenResource => ({
  type: "aws:autoscaling/group:Group",
  name: "web",
  props: { tags: [poolTag("licence")], availabilityZones: [zone] },
});
const launchesInBoth = useLicence(`${SUBNET_A} and ${SUBNET_B}`);

describe("group-in-pool-zone", () => {
  it("passes a group in the zone of its pool, in a preview and in an up", async () => {
    for (const preview of [true, false]) {
      assert.deepEqual(await judge(groupInPoolZone, show(compliant, { preview })), []);
    }
  });

  it("stops a group that also launches in another zone", async () => {
    const web = group("web", BOTH);
    assert.deepEqual(await judge(groupInPoolZone, show(withChanges(web))), [
      {
        policy: "group-in-pool-zone",
        level: "mandatory",
        resource: "web",
        message:
          'Auto Scaling group "web" uses pool "licence" and launches in eu-west-1a (subnet "a") and ' +
          'eu-west-1b (subnet "b"), but the pool\'s interfaces are in eu-west-1a (subnet "a"). ' +
          "Give it subnets of eu-west-1a only, or make a pool of its own for another zone.",
      },
    ]);
  });

  describe("where a group launches", () => {
    holdEach(groupInPoolZone, [
      {
        title: "passes another subnet of the pool's zone",
        changes: [
          subnet("a2", "eu-west-1a"),
          group("web", { vpcZoneIdentifiers: [idOf("a2"), idOf("a")] }),
        ],
      },
      {
        title: "stops another zone than the pool's",
        changes: [group("web", { vpcZoneIdentifiers: [idOf("b")] })],
        violations: [launchesInB],
      },
      {
        title: "passes the pool's zone by its name",
        changes: [
          group("web", { vpcZoneIdentifiers: undefined, availabilityZones: ["eu-west-1a"] }),
        ],
      },
      {
        title: "stops another zone by its name",
        changes: [
          group("web", {
            vpcZoneIdentifiers: [],
            availabilityZones: ["eu-west-1a", "eu-west-1b"],
          }),
        ],
        violations: [useLicence("eu-west-1a and eu-west-1b")],
      },
      {
        title: "goes by the subnets where the program also names zones",
        changes: [
          group("web", {
            vpcZoneIdentifiers: [idOf("b")],
            availabilityZones: ["eu-west-1a"],
          }),
        ],
        violations: [launchesInB],
      },
      {
        title: "goes by the zones that the program names where AWS is to fill in the subnets",
        changes: [{ ...webByZone("eu-west-1b"), outputs: { vpcZoneIdentifiers: UNKNOWN } }],
        violations: [useLicence("eu-west-1b")],
        preview: true,
      },
      {
        title: "passes the pool's zone by its name where AWS is to fill in the subnets",
        changes: [{ ...webByZone("eu-west-1a"), outputs: { vpcZoneIdentifiers: UNKNOWN } }],
        preview: true,
      },
      {
        title: "goes by the subnets that AWS has filled in, or the program has changed",
        changes: [{ ...webByZone("eu-west-1a"), outputs: { vpcZoneIdentifiers: ["subnet-9"] } }],
        violations: [
          'Auto Scaling group "web" uses pool "licence", but the zone of subnet subnet-9 can\'t be known. ' +
            'Write into the configuration of the policies: "subnetZones": {"subnet-9": "ITS ZONE"}.',
        ],
      },
      {
        title:
          "goes by the subnets that the program names where AWS fills in the zones of the last up",
        changes: [{ ...group("web"), outputs: { availabilityZones: ["eu-west-1b"] } }],
      },
      {
        title:
          "goes by the subnets that the state shows where the program's own words aren't shown",
        changes: [
          {
            type: "aws:autoscaling/group:Group",
            name: "web",
            props: { tags: [poolTag("licence")] },
            outputs: { availabilityZones: ["eu-west-1a"], vpcZoneIdentifiers: ["b-id"] },
          },
        ],
        violations: [launchesInB],
        preview: false,
      },
      {
        title:
          "goes by the zones that the program makes where AWS shows the subnets of the last up",
        changes: [
          {
            type: "aws:autoscaling/group:Group",
            name: "web",
            props: { tags: [poolTag("licence")], availabilityZones: [madeOf(["b"], "eu-west-1b")] },
            outputs: { vpcZoneIdentifiers: ["a-id"] },
          },
        ],
        violations: [useLicence("eu-west-1b")],
        preview: false,
      },
      {
        title: "stops a group that names neither subnets nor zones",
        changes: [group("web", { vpcZoneIdentifiers: undefined })],
        violations: [
          'Auto Scaling group "web" uses pool "licence" but names neither subnets nor Availability Zones, ' +
            `so its zone can't be known. ${MEND_A}`,
        ],
      },
      {
        title: "passes a default subnet of the pool's zone and stops one of another",
        changes: [
          {
            type: "aws:ec2/defaultSubnet:DefaultSubnet",
            name: "default-a",
            props: { availabilityZone: "eu-west-1a" },
          },
          {
            type: "aws:ec2/defaultSubnet:DefaultSubnet",
            name: "default-c",
            props: { availabilityZone: "eu-west-1c" },
          },
          group("good", { vpcZoneIdentifiers: [idOf("default-a")] }),
          group("web", { vpcZoneIdentifiers: [idOf("default-c")] }),
        ],
        violations: [useLicence('eu-west-1c (subnet "default-c")')],
      },
      {
        title: "names every zone that a group spans",
        changes: [
          subnet("c", "eu-west-1c"),
          group("web", { vpcZoneIdentifiers: [idOf("b"), idOf("c"), idOf("a")] }),
        ],
        violations: [useLicence(`${SUBNET_B}, eu-west-1c (subnet "c") and ${SUBNET_A}`)],
      },
    ]);
  });

  describe("zones by their ids", () => {
    const byId = (name: string, availabilityZoneId: string): WrittenResource => ({
      type: "aws:ec2/subnet:Subnet",
      name,
      props: { availabilityZoneId },
      outputs: { availabilityZone: later(`eu-west-1${name}`) },
    });
    const pool = networkInterface("licence-0", { subnetId: idOf("x") });
    holdEach(groupInPoolZone, [
      {
        title: "passes two subnets of one zone id",
        changes: [
          byId("x", "euw1-az1"),
          { ...byId("y", "euw1-az1"), outputs: { availabilityZone: later("eu-west-1x") } },
          pool,
          group("web", { vpcZoneIdentifiers: [idOf("y")] }),
        ],
      },
      {
        title: "stops another zone id in a preview, where the zone's name is unknown",
        changes: [
          byId("x", "euw1-az1"),
          byId("y", "euw1-az2"),
          pool,
          group("web", { vpcZoneIdentifiers: [idOf("y")] }),
        ],
        violations: [
          useLicence(
            'euw1-az2 (subnet "y")',
            'euw1-az1 (subnet "x")',
            "Give it subnets of euw1-az1 only, or make a pool of its own for another zone.",
          ),
        ],
        preview: true,
      },
      {
        title: "does not compare a zone's id with another's name before up",
        changes: [byId("x", "euw1-az1"), pool],
        notes: [
          'whether Auto Scaling group "web" launches only in the zone of pool "licence", since not every ' +
            'zone is known yet: euw1-az1 (subnet "x")',
        ],
        preview: true,
      },
      {
        title: "compares by name once it is known",
        changes: [byId("x", "euw1-az1"), pool],
        violations: [
          useLicence(
            SUBNET_A,
            'eu-west-1x (subnet "x")',
            "Give it subnets of eu-west-1x only, or make a pool of its own for another zone.",
          ),
        ],
        preview: false,
      },
      {
        title: "waits for up where a new subnet shows neither id nor name of its zone",
        changes: [
          { type: "aws-native:ec2:Subnet", name: "y", props: { cidrBlock: "10.0.0.0/24" } },
          group("web", { vpcZoneIdentifiers: [idOf("y")] }),
        ],
        notes: [
          'whether Auto Scaling group "web" launches only in the zone of pool "licence", since not every ' +
            'zone is known yet: subnet "y"',
        ],
        preview: true,
      },
    ]);
  });

  describe("unknown subnets", () => {
    const c = subnet("c", "eu-west-1c");
    const a2 = subnet("a2", "eu-west-1a");
    const webIn = (vpcZoneIdentifiers: unknown) => group("web", { vpcZoneIdentifiers });
    const whether = 'whether Auto Scaling group "web" launches only in the zone of pool "licence"';
    const isOpen = [
      `${whether}, since not every zone is known yet: a subnet in vpcZoneIdentifiers`,
    ];
    const oneOfAB = `one of ${SUBNET_A} and ${SUBNET_B}`;
    const vpc: WrittenResource[] = [
      { type: "awsx:ec2:Vpc", name: "vpc", props: {} },
      {
        type: "aws:ec2/subnet:Subnet",
        name: "p",
        parent: "vpc",
        props: { availabilityZone: "eu-west-1a" },
      },
      { type: "awsx:x:Part", name: "part", parent: "vpc", props: {} },
      {
        type: "aws:ec2/subnet:Subnet",
        name: "q",
        parent: "part",
        props: { availabilityZone: "eu-west-1b" },
      },
    ];
    holdEach(groupInPoolZone, [
      {
        title: "takes a list that is unknown as a whole for all it depends on",
        changes: [webIn(madeOf(["a", "b"], ["a-id", "b-id"]))],
        violations: [launchesInSome(`${SUBNET_A} and ${SUBNET_B}`)],
        preview: true,
      },
      {
        title: "decides in the up which of them a list has",
        changes: [webIn(madeOf(["a", "b"], ["a-id"]))],
        preview: false,
      },
      {
        title: "stops two of three subnets in three zones, which can't be in one zone",
        changes: [
          subnet("c", "eu-west-1c"),
          webIn([madeOf(["a", "b", "c"], "a-id"), madeOf(["a", "b", "c"], "b-id")]),
        ],
        violations: [launchesInSome(`${SUBNET_A}, ${SUBNET_B} and eu-west-1c (subnet "c")`)],
        preview: true,
      },
      {
        title: "leaves to up whether two of three subnets are the two in one zone",
        changes: [
          subnet("a2", "eu-west-1a"),
          webIn([madeOf(["a", "b", "a2"], "a-id"), madeOf(["a", "b", "a2"], "a2-id")]),
        ],
        notes: [
          `${whether}, since not every zone is known yet: one of ${SUBNET_A}, ${SUBNET_B} and eu-west-1a (subnet "a2")`,
        ],
        preview: true,
      },
      {
        title: "takes as many candidates as unknown items for all of them",
        changes: [webIn([madeOf(["a", "b"], "a-id"), madeOf(["a", "b"], "b-id")])],
        violations: [launchesInBoth],
      },
      {
        title: "does not count a subnet with a known id among the candidates for an unknown item",
        changes: [
          { ...subnet("a", "eu-west-1a"), outputs: { id: "a-id" } },
          webIn(["a-id", madeOf(["a", "b"], "b-id")]),
        ],
        violations: [launchesInBoth],
      },
      {
        title: "reads the zones of subnets whose ids are known",
        changes: [
          { ...subnet("b", "eu-west-1b"), outputs: { id: "subnet-0b" } },
          webIn(["subnet-0b"]),
        ],
        violations: [launchesInB],
      },
      {
        title: "leaves to up which of two zones is meant",
        changes: [webIn([madeOf(["a", "b"], "a-id")])],
        notes: [`${whether}, since not every zone is known yet: ${oneOfAB}`],
        preview: true,
      },
      {
        title: "passes in the up if it is the pool's",
        changes: [webIn([madeOf(["a", "b"], "a-id")])],
        preview: false,
      },
      {
        title: "stops in the up if it is the other",
        changes: [webIn([madeOf(["a", "b"], "b-id")])],
        violations: [launchesInB],
        preview: false,
      },
      {
        title: "passes one of several subnets if all of them are in the pool's zone",
        changes: [a2, webIn([madeOf(["a", "a2"], "a2-id")])],
      },
      {
        title: "stops one of several subnets if none of them is in the pool's zone",
        changes: [c, webIn([madeOf(["b", "c"], "b-id")])],
        violations: [useLicence(`one of ${SUBNET_B} and eu-west-1c (subnet "c")`)],
        preview: true,
      },
      {
        title:
          "takes an interface that is in one of several subnets of one zone for one in the first",
        changes: [
          a2,
          networkInterface("licence-0", { subnetId: madeOf(["a", "a2"], "a-id") }),
          webIn([idOf("b")]),
        ],
        violations: [launchesInB],
        preview: true,
      },
      {
        title: "stops more of several subnets than any zone has, beside a known one",
        changes: [c, webIn(["subnet-1", madeOf(["b", "c"], "b-id"), madeOf(["b", "a"], "c-id")])],
        violations: [
          launchesInSome(`subnet subnet-1, ${SUBNET_B}, eu-west-1c (subnet "c") and ${SUBNET_A}`),
        ],
        preview: true,
      },
      {
        title: "stops a known subnet in another zone beside one that isn't known",
        changes: [webIn([idOf("b"), later("subnet-later")])],
        violations: [useLicence(`${SUBNET_B} and a subnet in vpcZoneIdentifiers`)],
        preview: true,
      },
      {
        title: "stops a list that is made of one subnet in another zone, which is all of it",
        changes: [webIn(madeOf(["b"], ["b-id"]))],
        violations: [launchesInB],
      },
      {
        title: "leaves to up a list that nothing in the stack is behind",
        changes: [webIn(later(["a-id"]))],
        notes: isOpen,
        preview: true,
      },
      {
        title: "leaves to up an item that nothing in the stack is behind",
        changes: [webIn([idOf("a"), later("a-id")])],
        notes: isOpen,
        preview: true,
      },
      {
        title: "takes a component for the subnets in it",
        changes: [...vpc, webIn(madeOf(["vpc"], ["p-id", "q-id"]))],
        violations: [launchesInSome('eu-west-1a (subnet "p") and eu-west-1b (subnet "q")')],
        preview: true,
      },
      {
        title: "leaves to up which subnet of a component is meant",
        changes: [...vpc, webIn([madeOf(["vpc"], "p-id")])],
        notes: [
          `${whether}, since not every zone is known yet: one of eu-west-1a (subnet "p") and eu-west-1b (subnet "q")`,
        ],
        preview: true,
      },
      {
        title: "leaves to up a subnet whose own zone is unknown",
        changes: [subnet("d", later("eu-west-1a")), webIn([idOf("d")])],
        notes: [`${whether}, since not every zone is known yet: subnet "d"`],
        preview: true,
      },
      {
        title: "leaves to up a pool whose zone is unknown, and names the pool's subnet",
        changes: [
          subnet("d", later("eu-west-1a")),
          networkInterface("licence-0", { subnetId: idOf("d") }),
        ],
        notes: [`${whether}, since not every zone is known yet: subnet "d"`],
        preview: true,
      },
      {
        title: "leaves to up a pool of which one interface is elsewhere and another unknown",
        changes: [networkInterface("licence-1", { subnetId: later("b-id") }), webIn([idOf("b")])],
        notes: [`${whether}, since not every zone is known yet: a subnet in subnetId`],
        preview: true,
      },
      {
        title: "leaves to up what a literal subnet leaves open while another may settle it",
        changes: [
          networkInterface("licence-0", { subnetId: "subnet-0" }),
          networkInterface("licence-1", { subnetId: later("a-id") }),
        ],
        notes: [
          `${whether}, since not every zone is known yet: subnet subnet-0 and a subnet in subnetId`,
        ],
        preview: true,
      },
      {
        title: "passes the pool's own subnet though its zone is unknown",
        changes: [
          subnet("d", later("eu-west-1a")),
          networkInterface("licence-0", { subnetId: idOf("d") }),
          webIn([idOf("d")]),
        ],
      },
      {
        title: "leaves to up candidates whose zones are unknown",
        changes: [
          subnet("d", later("eu-west-1a")),
          subnet("e", later("eu-west-1a")),
          webIn([madeOf(["d", "e"], "d-id")]),
        ],
        notes: [`${whether}, since not every zone is known yet: one of subnet "d" and subnet "e"`],
        preview: true,
      },
      {
        title: "leaves to up zones that are unknown",
        changes: [
          group("web", { vpcZoneIdentifiers: undefined, availabilityZones: later(["eu-west-1a"]) }),
        ],
        notes: [`${whether}, since not every zone is known yet: a zone in availabilityZones`],
        preview: true,
      },
      {
        title: "stops a known zone beside an unknown one",
        changes: [
          group("web", {
            vpcZoneIdentifiers: undefined,
            availabilityZones: [later("eu-west-1a"), "eu-west-1b"],
          }),
        ],
        violations: [useLicence("a zone in availabilityZones and eu-west-1b")],
        preview: true,
      },
    ]);
  });

  describe("subnets of other stacks", () => {
    const literal = group("web", { vpcZoneIdentifiers: ["subnet-1"] });
    const literalPool = networkInterface("licence-0", { subnetId: "subnet-1" });
    const zoneless: WrittenResource = {
      type: "aws-native:ec2:Subnet",
      name: "y",
      props: { cidrBlock: "10.0.0.0/24" },
      outputs: { id: "subnet-0y" },
    };
    const unresolved = (subnets: string, mend: string) =>
      `Auto Scaling group "web" uses pool "licence", but the zone of ${subnets} can't be known. ` +
      `Write into the configuration of the policies: "subnetZones": {${mend}}.`;
    holdEach(groupInPoolZone, [
      {
        title: "stops a subnet whose zone can't be known, and says what to write",
        changes: [literal],
        violations: [unresolved("subnet subnet-1", '"subnet-1": "ITS ZONE"')],
      },
      {
        title: "names each subnet whose zone can't be known once, the pool's too",
        changes: [
          networkInterface("licence-0", { subnetId: "subnet-0" }),
          group("web", { vpcZoneIdentifiers: ["subnet-1", "subnet-2", "subnet-1"] }),
        ],
        violations: [
          unresolved(
            "subnet subnet-1, subnet subnet-2 and subnet subnet-0",
            '"subnet-1": "ITS ZONE", "subnet-2": "ITS ZONE", "subnet-0": "ITS ZONE"',
          ),
        ],
      },
      {
        title: "names the pool's subnet alone where only its zone can't be known",
        changes: [networkInterface("licence-0", { subnetId: "subnet-0" })],
        violations: [unresolved("subnet subnet-0", '"subnet-0": "ITS ZONE"')],
      },
      {
        title: "passes it with its zone in subnetZones",
        changes: [literal],
        config: { subnetZones: { "subnet-1": "eu-west-1a" } },
      },
      {
        title: "stops it with another zone in subnetZones",
        changes: [literal],
        config: { subnetZones: { "subnet-1": "eu-west-1b" } },
        violations: [useLicence("eu-west-1b (subnet subnet-1)")],
      },
      {
        title: "passes the pool's own subnet without any configuration",
        changes: [literal, literalPool],
      },
      {
        title: "stops another subnet beside the pool's own, whose zone can't be known",
        changes: [literalPool, group("web", { vpcZoneIdentifiers: ["subnet-1", "subnet-2"] })],
        violations: [
          unresolved(
            "subnet subnet-2 and subnet subnet-1",
            '"subnet-2": "ITS ZONE", "subnet-1": "ITS ZONE"',
          ),
        ],
      },
      {
        title: "stops the zone of a group beside a subnet of the pool whose zone can't be known",
        changes: [networkInterface("licence-0", { subnetId: "subnet-0" }), webByZone("eu-west-1a")],
        violations: [unresolved("subnet subnet-0", '"subnet-0": "ITS ZONE"')],
      },
      {
        title: "names the zone of the interfaces that show one",
        changes: [
          networkInterface("licence-0", { subnetId: "subnet-0" }),
          networkInterface("licence-1"),
          group("web", BOTH),
        ],
        violations: [useLicence(`${SUBNET_A} and ${SUBNET_B}`, `subnet subnet-0 and ${SUBNET_A}`)],
      },
      {
        title: "reads subnetZones for the pool's interfaces, too",
        changes: [networkInterface("licence-0", { subnetId: "subnet-0" })],
        config: { subnetZones: { "subnet-0": "eu-west-1b" } },
        violations: [
          useLicence(
            SUBNET_A,
            "eu-west-1b (subnet subnet-0)",
            "Give it subnets of eu-west-1b only, or make a pool of its own for another zone.",
          ),
        ],
      },
      {
        title: "stops a subnet of this stack that shows no zone, and says what to write",
        changes: [zoneless, group("web", { vpcZoneIdentifiers: ["subnet-0y"] })],
        violations: [unresolved('subnet "y"', '"subnet-0y": "ITS ZONE"')],
      },
      {
        title: "passes a subnet of this stack that shows no zone with its zone in subnetZones",
        changes: [zoneless, group("web", { vpcZoneIdentifiers: ["subnet-0y"] })],
        config: { subnetZones: { "subnet-0y": "eu-west-1a" } },
      },
      {
        title: "goes by the zone that a subnet shows, not by subnetZones",
        changes: [{ ...subnet("a", "eu-west-1a"), outputs: { id: "subnet-0a" } }],
        config: { subnetZones: { "subnet-0a": "eu-west-1b" } },
      },
      {
        title: "reports what can't be known and what only up will show, each by itself",
        changes: [group("web", { vpcZoneIdentifiers: ["subnet-1", later("a-id")] })],
        violations: [unresolved("subnet subnet-1", '"subnet-1": "ITS ZONE"')],
        notes: [
          'whether Auto Scaling group "web" launches only in the zone of pool "licence", since not every ' +
            "zone is known yet: a subnet in vpcZoneIdentifiers",
        ],
        preview: true,
      },
    ]);
  });

  describe("pools of other stacks", () => {
    const web = group("web", { tags: [poolTag("bastion")] });
    const bastion = (zone?: string) => ({ pools: { bastion: { size: 1, zone } } });
    holdEach(groupInPoolZone, [
      {
        title: "passes a group in the zone that the configuration gives its pool",
        changes: [web],
        config: bastion("eu-west-1a"),
      },
      {
        title: "stops a group in another zone than the configuration gives its pool",
        changes: [web],
        config: bastion("eu-west-1b"),
        violations: [
          `Auto Scaling group "web" uses pool "bastion" and launches in ${SUBNET_A}, but the pool's ` +
            "interfaces are in eu-west-1b (pools.bastion.zone). Give it subnets of eu-west-1b only, or make " +
            "a pool of its own for another zone.",
        ],
      },
      {
        title: "stops a group that names another zone than the configuration",
        changes: [
          group("web", {
            tags: [poolTag("bastion")],
            vpcZoneIdentifiers: undefined,
            availabilityZones: ["eu-west-1a"],
          }),
        ],
        config: bastion("eu-west-1b"),
        violations: [
          'Auto Scaling group "web" uses pool "bastion" and launches in eu-west-1a, but the pool\'s ' +
            "interfaces are in eu-west-1b (pools.bastion.zone). Give it subnets of eu-west-1b only, or make " +
            "a pool of its own for another zone.",
        ],
      },
      {
        title: "stops a group whose pool is configured without a zone",
        changes: [web],
        config: bastion(),
        violations: [
          'Auto Scaling group "web" uses pool "bastion", whose zone can\'t be known: it isn\'t in this stack. ' +
            'Write it in the configuration of the policies, pools: {"bastion": {"zone": "eu-west-1a"}}.',
        ],
      },
      {
        title: "leaves a pool that exists nowhere to pool-tag-propagates",
        changes: [web],
      },
      {
        title: "stops two zones though the pool exists nowhere",
        changes: [group("web", { tags: [poolTag("bastion")], ...BOTH })],
        violations: [
          `Auto Scaling group "web" uses pool "bastion" and launches in ${SUBNET_A} and ${SUBNET_B}, but a ` +
            "pool is in one zone. Give it subnets of one zone, the pool's.",
        ],
      },
      {
        title: "stops two zones of such a pool, whichever others are configured",
        changes: [group("web", { tags: [poolTag("gateway")], ...BOTH })],
        config: bastion("eu-west-1a"),
        violations: [
          `Auto Scaling group "web" uses pool "gateway" and launches in ${SUBNET_A} and ${SUBNET_B}, but a ` +
            "pool is in one zone. Give it subnets of one zone, the pool's.",
        ],
      },
      {
        title: "stops two zones of such a pool beside a place that isn't known",
        changes: [
          group("web", {
            tags: [poolTag("bastion")],
            vpcZoneIdentifiers: [idOf("a"), idOf("b"), later("subnet-later")],
          }),
        ],
        violations: [
          `Auto Scaling group "web" uses pool "bastion" and launches in ${SUBNET_A}, ${SUBNET_B} and a subnet in ` +
            "vpcZoneIdentifiers, but a pool is in one zone. Give it subnets of one zone, the pool's.",
        ],
        preview: true,
      },
      {
        title: "stops a group of such a pool that names no place",
        changes: [group("web", { tags: [poolTag("bastion")], vpcZoneIdentifiers: [] })],
        violations: [
          'Auto Scaling group "web" uses pool "bastion" but names neither subnets nor Availability Zones, ' +
            "so its zone can't be known. Give it subnets of one zone, the pool's.",
        ],
      },
      {
        title: "takes the zone of the configuration beside the interfaces in this stack",
        changes: [group("web", { vpcZoneIdentifiers: [idOf("b")] })],
        config: { pools: { licence: { zone: "eu-west-1b" } } },
      },
    ]);
  });
});
