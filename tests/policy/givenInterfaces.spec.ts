import { groupFitsPool } from "../../policy/group-fits-pool";
import { groupInPoolZone } from "../../policy/group-in-pool-zone";
import { noForeignAttachment } from "../../policy/no-foreign-attachment";
import { poolInOneZone } from "../../policy/pool-in-one-zone";
import { poolInterfaceProtected } from "../../policy/pool-interface-protected";
import { poolTagPropagates } from "../../policy/pool-tag-propagates";
import { type Case, holdEach } from "./policyCases";
import { group, networkInterface, poolTag, TAG_KEY } from "./stackBuilders";
import { type WrittenResource, idOf, later } from "./policyEngine";

/** A tag resource that puts an interface that exists already into a pool. */
function tag(name: string, props: Record<string, unknown> = {}): WrittenResource {
  const all = { resourceId: `eni-${name}`, key: TAG_KEY, value: "given", ...props };
  return { type: "aws:ec2/tag:Tag", name, props: all };
}

const web = (props: Record<string, unknown> = {}) =>
  group("web", { tags: [poolTag("given")], ...props });

/** The component of a pool, whose outputs say where it is. */
const component = (availabilityZone: unknown): WrittenResource => ({
  type: "network-interface-pool:index:NetworkInterfacePool",
  name: "pool",
  props: {},
  outputs: { availabilityZone },
});
const inComponent = (name: string) => ({ ...tag(name), parent: "pool" });

const BOTH = { vpcZoneIdentifiers: [idOf("a"), idOf("b")] };
const ZONE = { pools: { given: { zone: "eu-west-1a" } } };
const WRITE_ZONE =
  'it in the configuration of the policies, pools: {"given": {"zone": "eu-west-1a"}}.';

const inPreview = (cases: Case[]) => cases.map((one) => ({ ...one, preview: true }));

describe("pools of interfaces that exist already", () => {
  describe("group-in-pool-zone", () => {
    const unseen =
      'Auto Scaling group "web" uses pool "given", whose interfaces exist already, so that their zone isn\'t ' +
      `seen here. To have the group's compared with it, write ${WRITE_ZONE}`;
    const launchesInA = (where: string) =>
      'Auto Scaling group "web" uses pool "given" and launches in eu-west-1a (subnet "a"), but the pool\'s ' +
      `interfaces are in ${where}. Give it subnets of eu-west-1b only, or make a pool of its own for another zone.`;
    holdEach(groupInPoolZone, [
      {
        title: "asks for their zone in a note",
        changes: [tag("1"), tag("2"), web()],
        advice: [unseen],
      },
      {
        title: "passes a group in the zone that the configuration gives",
        changes: [tag("1"), web()],
        config: ZONE,
      },
      {
        title: "stops a group in another zone than the configuration gives",
        changes: [tag("1"), web()],
        config: { pools: { given: { zone: "eu-west-1b" } } },
        violations: [launchesInA("eu-west-1b (pools.given.zone)")],
      },
      {
        title: "passes a group in the zone that the pool's component has looked up",
        changes: [component("eu-west-1a"), inComponent("1"), web()],
      },
      {
        title: "finds the component around another one",
        changes: [
          component("eu-west-1b"),
          { type: "acme:index:Part", name: "part", props: {}, parent: "pool" },
          { ...tag("1"), parent: "part" },
          web(),
        ],
        violations: [launchesInA("eu-west-1b")],
      },
      {
        title: "stops a group in another zone than the pool's component has looked up",
        changes: [component("eu-west-1b"), inComponent("1"), web()],
        violations: [launchesInA("eu-west-1b")],
      },
      {
        title: "asks where the component shows no zone",
        changes: [component(undefined), inComponent("1"), web()],
        advice: [unseen],
      },
      {
        title: "asks where another component shows a zone",
        changes: [{ ...component("eu-west-1b"), type: "acme:index:Pool" }, inComponent("1"), web()],
        advice: [unseen],
      },
      {
        title: "asks in no note for the zone of another pool, which must be configured",
        changes: [tag("1"), web({ tags: [poolTag("bastion")] })],
        config: { pools: { bastion: { size: 1 } } },
        violations: [
          'Auto Scaling group "web" uses pool "bastion", whose zone can\'t be known: it isn\'t in this stack. ' +
            'Write it in the configuration of the policies, pools: {"bastion": {"zone": "eu-west-1a"}}.',
        ],
      },
      {
        title: "goes by the interfaces that the program creates beside them",
        changes: [
          tag("1"),
          networkInterface("given-1", { subnetId: idOf("b"), tags: { [TAG_KEY]: "given" } }),
          web(),
        ],
        violations: [launchesInA('eu-west-1b (subnet "b")')],
      },
      {
        title: "stops a group in two zones, whichever theirs is",
        changes: [tag("1"), web(BOTH)],
        violations: [
          'Auto Scaling group "web" uses pool "given" and launches in eu-west-1a (subnet "a") and eu-west-1b ' +
            '(subnet "b"), but a pool is in one zone. Give it subnets of one zone, the pool\'s.',
        ],
      },
      {
        title: "takes what another thing is tagged with for no interface of a pool",
        changes: [tag("1", { resourceId: "i-1" }), web()],
      },
      {
        title: "takes another tag for none of a pool",
        changes: [tag("1", { key: "Name" }), web()],
      },
    ]);
    holdEach(
      groupInPoolZone,
      inPreview([
        {
          title: "leaves to up what the component hasn't looked up yet",
          changes: [component(later("eu-west-1a")), inComponent("1"), web()],
          notes: [
            'whether Auto Scaling group "web" launches only in the zone of pool "given", since not every zone ' +
              'is known yet: a zone in NetworkInterfacePool "pool"',
          ],
        },
        {
          title: "asks for the zone of an interface whose id isn't known yet",
          changes: [tag("1", { resourceId: later("eni-1") }), web()],
          advice: [unseen],
        },
        {
          title: "takes a machine of the program for no interface, though its id isn't known yet",
          changes: [
            { type: "aws:ec2/instance:Instance", name: "machine", props: {} },
            tag("1", { resourceId: idOf("machine") }),
            web(),
          ],
        },
      ]),
    );
  });

  describe("pool-in-one-zone", () => {
    const unseen = (names: string) =>
      `Pool "given" has interfaces that exist already (${names}), so whether all are in one zone isn't seen ` +
      `here. If they are, write ${WRITE_ZONE}`;
    const first = "Network interface eni-1";
    holdEach(poolInOneZone, [
      { title: "has nothing to ask of one alone", changes: [tag("1"), web()] },
      {
        title: "asks once of several whether they are in one zone",
        changes: [tag("1"), tag("2"), tag("3", { key: "Name" }), web()],
        resource: "1",
        advice: [unseen(`${first}, Network interface eni-2`)],
      },
      {
        title: "asks of one beside those that the program creates",
        changes: [tag("1"), networkInterface("given-1", { tags: { [TAG_KEY]: "given" } })],
        resource: "1",
        advice: [unseen(first)],
      },
      {
        title: "believes the configuration",
        changes: [tag("1"), tag("2"), web()],
        config: ZONE,
      },
      {
        title: "believes the component, which looks before it tags them",
        changes: [component("eu-west-1a"), inComponent("1"), inComponent("2"), web()],
      },
      {
        title: "stops one that the configuration says is in another zone than the component",
        changes: [component("eu-west-1b"), inComponent("1")],
        config: ZONE,
        resource: "1",
        violations: [
          'Network interface eni-1 of pool "given" is in eu-west-1b, but others of the pool are in eu-west-1a ' +
            "(pools.given.zone). Give it the tag of a pool of its own.",
        ],
      },
      {
        title: "stops one that is given the names of several pools",
        changes: [tag("1", { value: "data,management" })],
        resource: "1",
        violations: [
          'Network interface eni-1 has the tag of pool "data,management", but an interface is of one pool, ' +
            "and commas part the names of several. Write a name without a comma.",
        ],
      },
    ]);
    holdEach(
      poolInOneZone,
      inPreview([
        {
          title: "leaves to up which pool one is in",
          changes: [tag("1", { value: later("given") })],
          resource: "1",
          notes: ["which pool Network interface eni-1 is in, since its tags aren't known yet"],
        },
        {
          title: "leaves to up which one is in which pool",
          changes: [tag("1", { resourceId: later("eni-1"), value: later("given") })],
          resource: "1",
          notes: [
            'which pool Network interface of Tag "1" is in, since its tags aren\'t known yet',
            'which interface Tag "1" puts into a pool, since its id isn\'t known yet',
          ],
        },
        {
          title: "asks of no machine of the program which interface it is",
          changes: [
            { type: "aws:ec2/instance:Instance", name: "machine", props: {} },
            tag("1", { resourceId: idOf("machine") }),
          ],
        },
        {
          title: "asks nothing of a tag that may be another while its id isn't known either",
          changes: [tag("1", { resourceId: later("eni-1"), key: later("Name") })],
        },
      ]),
    );
  });

  describe("group-fits-pool", () => {
    holdEach(groupFitsPool, [
      {
        title: "counts them",
        changes: [tag("1"), tag("2"), tag("3", { resourceId: "i-3" }), web({ maxSize: 2 })],
      },
      {
        title: "stops a group larger than they are",
        changes: [tag("1"), tag("2"), web({ maxSize: 3 })],
        violations: [
          'Auto Scaling group "web" may run 3 instances (maxSize), but pool "given" has 2 interfaces. Let it ' +
            "run 2 at most, or give the pool 3 interfaces.",
        ],
      },
    ]);
  });

  describe("pool-tag-propagates", () => {
    holdEach(poolTagPropagates, [
      { title: "knows their pool", changes: [tag("1"), web()] },
      {
        title: "suggests their pool",
        changes: [tag("1"), group("web", { tags: [poolTag("givn")] })],
        violations: [
          'Auto Scaling group "web" names pool "givn" in its tags, which is neither in this stack nor in the ' +
            'configuration. Did you mean "given"? If it is another stack\'s, name it in the configuration of ' +
            'the policies, pools: {"givn": {"zone": "eu-west-1a", "size": 3}}.',
        ],
      },
    ]);
    holdEach(
      poolTagPropagates,
      inPreview([
        {
          title: "knows their pool while no id is known",
          changes: [tag("1", { resourceId: later("eni-1") }), web()],
        },
      ]),
    );
  });

  describe("pool-interface-protected", () => {
    holdEach(poolInterfaceProtected, [
      {
        title: "asks for no protection of a tag, which leaves address and MAC where they are",
        changes: [tag("1"), tag("2", { value: later("given") }), web()],
      },
    ]);
  });

  describe("no-foreign-attachment", () => {
    const attachment = (networkInterfaceId: unknown): WrittenResource => ({
      type: "aws:ec2/networkInterfaceAttachment:NetworkInterfaceAttachment",
      name: "hand",
      props: { networkInterfaceId },
    });
    holdEach(noForeignAttachment, [
      {
        title: "stops what else attaches one by its id",
        changes: [tag("1"), tag("2"), attachment("eni-2")],
        resource: "hand",
        violations: [
          'NetworkInterfaceAttachment "hand" attaches network interface eni-2 of pool "given" in ' +
            "networkInterfaceId. Only the manager attaches it: take this away, and give the instance the pool " +
            "tag instead.",
        ],
      },
      {
        title: "leaves alone what attaches others",
        changes: [tag("1"), attachment("eni-2")],
      },
    ]);
    holdEach(
      noForeignAttachment,
      inPreview([
        {
          title: "leaves to up whether one that is attached is of a pool",
          changes: [tag("1", { key: later(TAG_KEY) }), attachment("eni-1")],
          resource: "hand",
          notes: [
            'whether NetworkInterfaceAttachment "hand" attaches an interface of a pool: Network interface eni-1, ' +
              "whose tags aren't known yet",
          ],
        },
      ]),
    );
  });
});
