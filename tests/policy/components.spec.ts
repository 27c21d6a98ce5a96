import { groupFitsPool } from "../../policy/group-fits-pool";
import { groupInPoolZone } from "../../policy/group-in-pool-zone";
import { noForeignAttachment } from "../../policy/no-foreign-attachment";
import { poolInOneZone } from "../../policy/pool-in-one-zone";
import { poolInterfaceProtected } from "../../policy/pool-interface-protected";
import { poolTagPropagates } from "../../policy/pool-tag-propagates";
import { holdEach } from "./cases";
import { group, networkInterface, poolTag, TAG_KEY } from "./parts";
import { type Description, idOf, later } from "./resources";

const component = (subnetZones: unknown): Description => ({
  type: "network-interface-pool:index:NetworkInterfacePool",
  name: "gateway",
  props: { subnetZones },
});
const web = group("web", { vpcZoneIdentifiers: ["subnet-9"] });

const unresolved =
  'Auto Scaling group "web" uses pool "licence", but the zone of subnet subnet-9 can\'t be known. ' +
  'Write into the configuration of the policies: "subnetZones": {"subnet-9": "ITS ZONE"}.';
const stray =
  'Auto Scaling group "web" uses pool "licence" and launches in eu-west-1b (subnet subnet-9), ' +
  'but the pool\'s interfaces are in eu-west-1a (subnet "a"). ' +
  "Give it subnets of eu-west-1a only, or make a pool of its own for another zone.";

describe("the zones that components have asked AWS for", () => {
  holdEach(groupInPoolZone, [
    {
      title: "pass a group in a subnet that isn't in the stack",
      changes: [component({ "subnet-9": "eu-west-1a" }), web],
    },
    {
      title: "stop a group in a subnet of another zone",
      changes: [component({ "subnet-8": "eu-west-1a", "subnet-9": "eu-west-1b" }), web],
      violations: [stray],
    },
    {
      title: "count less than the configuration",
      changes: [component({ "subnet-9": "eu-west-1a" }), web],
      config: { subnetZones: { "subnet-9": "eu-west-1b" } },
      violations: [stray],
    },
    {
      title: "are none while they aren't known, or of a component that tells none",
      changes: [component(undefined), component({ "subnet-9": later("eu-west-1a") }), web],
      preview: true,
      violations: [unresolved],
    },
  ]);
});

describe("interfaces that exist already, which a component took into its pool", () => {
  const ofZone = (availabilityZone: unknown): Description => ({
    type: "network-interface-pool:index:NetworkInterfacePool",
    name: "given",
    props: { availabilityZone },
  });
  /** An interface of pool "bound", by its tag alone. */
  const given = (name: string, props: Record<string, unknown> = {}): Description => ({
    type: "aws:ec2/tag:Tag",
    name,
    parent: "given",
    props: { resourceId: `eni-${name}`, key: TAG_KEY, value: "bound", ...props },
  });
  const inZoneA = [ofZone("eu-west-1a"), given("one"), given("two")];
  const bound = (props: Record<string, unknown> = {}) =>
    group("web", { maxSize: 2, tags: [poolTag("bound")], ...props });

  describe("pass", () => {
    for (const policy of [
      groupInPoolZone,
      poolInOneZone,
      groupFitsPool,
      poolTagPropagates,
      poolInterfaceProtected,
      noForeignAttachment,
    ]) {
      holdEach(policy, [{ title: policy.name, changes: [...inZoneA, bound()] }]);
    }
  });

  describe("have a zone", () => {
    holdEach(groupInPoolZone, [
      {
        title: "that stops a group elsewhere",
        changes: [...inZoneA, bound({ vpcZoneIdentifiers: [idOf("b")] })],
        violations: [
          'Auto Scaling group "web" uses pool "bound" and launches in eu-west-1b (subnet "b"), ' +
            "but the pool's interfaces are in eu-west-1a (interface eni-one) and eu-west-1a (interface eni-two). " +
            "Give it subnets of eu-west-1a only, or make a pool of its own for another zone.",
        ],
      },
    ]);
    holdEach(poolInOneZone, [
      {
        title: "that stops an interface of the stack elsewhere",
        resource: "stray",
        changes: [
          ...inZoneA,
          networkInterface("stray", { subnetId: idOf("b"), tags: { [TAG_KEY]: "bound" } }),
        ],
        violations: [
          'Network interface "stray" of pool "bound" is in eu-west-1b (subnet "b"), but others of the pool are in eu-west-1a (interface eni-one). ' +
            "Give it a subnet of eu-west-1a, or the tag of a pool of its own.",
        ],
      },
      {
        title: "that only up may tell",
        resource: "two",
        preview: true,
        changes: [ofZone(later("eu-west-1a")), given("one"), given("two")],
        notes: [
          'whether Network interface eni-two is in the zone of the others of pool "bound", ' +
            "since not every zone is known yet: interface eni-two and interface eni-one",
        ],
      },
    ]);
  });

  describe("are counted", () => {
    holdEach(groupFitsPool, [
      {
        title: "as the size of the pool",
        changes: [...inZoneA, bound({ maxSize: 3 })],
        violations: [
          'Auto Scaling group "web" may run 3 instances (maxSize), but pool "bound" has 2 interfaces. ' +
            "Let it run 2 at most, or give the pool 3 interfaces.",
        ],
      },
    ]);
    holdEach(poolTagPropagates, [
      {
        title: "only where a component has taken them in, by the pool tag",
        changes: [
          ofZone("eu-west-1a"),
          { ...given("by-hand"), parent: undefined },
          given("other-tag", { key: "Name" }),
          bound(),
        ],
        violations: [
          'Auto Scaling group "web" names pool "bound" in its tags, which is neither in this stack nor in the configuration. ' +
            'Pools are: licence. If it is another stack\'s, name it in the configuration of the policies, pools: {"bound": {"zone": "eu-west-1a", "size": 3}}.',
        ],
      },
    ]);
  });

  describe("are attached by the manager alone", () => {
    holdEach(noForeignAttachment, [
      {
        title: "also where another resource names one by its id",
        resource: "hand",
        changes: [
          ...inZoneA,
          {
            type: "aws:ec2/networkInterfaceAttachment:NetworkInterfaceAttachment",
            name: "hand",
            props: { networkInterfaceId: "eni-two" },
          },
        ],
        violations: [
          'NetworkInterfaceAttachment "hand" attaches network interface eni-two of pool "bound" in networkInterfaceId. ' +
            "Only the manager attaches it: take this away, and give the instance the pool tag instead.",
        ],
      },
    ]);
  });
});
