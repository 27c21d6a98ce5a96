import assert from "node:assert/strict";
import { poolInOneZone } from "../../policy/pool-in-one-zone";
import { type Case, holdEach } from "./policyCases";
import { group, networkInterface, subnet, TAG_KEY, withChanges } from "./stackBuilders";
import { type WrittenResource, idOf, judge, later, madeOf, show } from "./policyEngine";

const SUBNET_A = 'eu-west-1a (subnet "a")';
const SUBNET_B = 'eu-west-1b (subnet "b")';

/** The second interface of pool "licence". */
const second = (props: Record<string, unknown>) => networkInterface("licence-1", props);

const stray = (found: string, others = SUBNET_A, zone = "eu-west-1a", name = "licence-1") =>
  `Network interface "${name}" of pool "licence" is in ${found}, but others of the pool are in ${others}. ` +
  `Give it a subnet of ${zone}, or the tag of a pool of its own.`;

const unresolved = (found: string, mend: string) =>
  `Network interface "licence-1" of pool "licence" is in ${found}; whether that is in the zone of the ` +
  `others can't be known. Write into the configuration of the policies: "subnetZones": {${mend}}.`;

const whether = (why: string) =>
  `whether Network interface "licence-1" is in the zone of the others of pool "licence", since not every zone is known yet: ${why}`;

const poolUnknown =
  'which pool Network interface "licence-1" is in, since its tags aren\'t known yet';

function nativeInterface(name: string, subnetId: unknown, tags: unknown): WrittenResource {
  const type = "aws-native:ec2:NetworkInterface";
  return { type, name, protect: true, props: { subnetId, tags } };
}

function holdEachOfSecond(cases: Case[]): void {
  holdEach(
    poolInOneZone,
    cases.map((one) => ({ resource: "licence-1", ...one })),
  );
}

describe("pool-in-one-zone", () => {
  describe("passes", () => {
    holdEachOfSecond([
      { title: "a pool of one interface", changes: [] },
      { title: "two interfaces in one subnet", changes: [second({})] },
      {
        title: "two interfaces in two subnets of one zone",
        changes: [subnet("a2", "eu-west-1a"), second({ subnetId: idOf("a2") })],
      },
      {
        title: "two pools in two zones",
        changes: [second({ subnetId: idOf("b"), tags: { [TAG_KEY]: "bastion" } })],
      },
      {
        title: "interfaces without the tag, in another zone or an unknown one",
        changes: [
          second({ subnetId: idOf("b"), tags: { Name: "licence" } }),
          networkInterface("bare", { subnetId: idOf("b"), tags: undefined }),
          networkInterface("later", { subnetId: later("b-id"), tags: {} }),
        ],
      },
      {
        title: "groups in another zone, which group-in-pool-zone judges",
        changes: [group("web", { vpcZoneIdentifiers: [idOf("b")] })],
      },
      {
        title: "other resources with the tag in another zone",
        changes: [
          {
            type: "aws:ec2/instance:Instance",
            name: "licence-1",
            props: { subnetId: idOf("b"), tags: { [TAG_KEY]: "licence" } },
          },
        ],
      },
      {
        title: "two interfaces in one literal subnet, whose zone can't be known",
        changes: [
          networkInterface("licence-0", { subnetId: "subnet-1" }),
          second({ subnetId: "subnet-1" }),
        ],
      },
      {
        title: "one interface alone in a literal subnet, whose zone can't be known",
        changes: [networkInterface("licence-0", { subnetId: "subnet-1" })],
      },
      {
        title: "one interface alone whose subnet is unknown",
        changes: [networkInterface("licence-0", { subnetId: later("subnet-1") })],
      },
      {
        title: "two interfaces in one subnet whose zone is unknown",
        changes: [
          subnet("d", later("eu-west-1d")),
          networkInterface("licence-0", { subnetId: idOf("d") }),
          second({ subnetId: idOf("d") }),
        ],
      },
      {
        title: "one of several subnets if all of them are in the pool's zone",
        changes: [
          subnet("a2", "eu-west-1a"),
          subnet("a3", "eu-west-1a"),
          second({ subnetId: madeOf(["a2", "a3"], "a3-id") }),
        ],
      },
    ]);
  });

  describe("stops", () => {
    holdEachOfSecond([
      {
        title: "an interface in another zone than the first",
        changes: [second({ subnetId: idOf("b") })],
        violations: [stray(SUBNET_B)],
      },
      {
        title: "the strays alone, and not those after them",
        changes: [
          second({ subnetId: idOf("b") }),
          networkInterface("licence-2"),
          networkInterface("licence-3"),
        ],
        violations: [stray(SUBNET_B)],
      },
      {
        title: "an interface in a default subnet of another zone",
        changes: [
          {
            type: "aws:ec2/defaultSubnet:DefaultSubnet",
            name: "default-b",
            props: { availabilityZone: "eu-west-1b" },
          },
          second({ subnetId: idOf("default-b") }),
        ],
        violations: [stray('eu-west-1b (subnet "default-b")')],
      },
      {
        title: "an interface of aws-native",
        changes: [
          { type: "aws-native:ec2:Subnet", name: "nb", props: { availabilityZone: "eu-west-1b" } },
          nativeInterface("licence-1", idOf("nb"), [{ key: TAG_KEY, value: "licence" }]),
        ],
        violations: [stray('eu-west-1b (subnet "nb")')],
      },
      {
        title: "an interface that a Tag resource makes one of the pool",
        changes: [
          second({ subnetId: idOf("b"), tags: undefined }),
          {
            type: "aws:ec2/tag:Tag",
            name: "tag",
            props: { resourceId: idOf("licence-1"), key: TAG_KEY, value: "licence" },
          },
        ],
        violations: [stray(SUBNET_B)],
      },
      {
        title: "an interface that its provider's default tags make one of the pool",
        changes: [
          {
            ...second({ subnetId: idOf("b"), tags: undefined }),
            outputs: { tagsAll: { [TAG_KEY]: "licence" } },
          },
        ],
        violations: [stray(SUBNET_B)],
      },
      {
        title: "an interface in a subnet with a known id",
        changes: [
          { ...subnet("b", "eu-west-1b"), outputs: { id: "subnet-0b" } },
          second({ subnetId: "subnet-0b" }),
        ],
        violations: [stray(SUBNET_B)],
      },
      {
        title: "an interface in one of several subnets of which none is in the pool's zone",
        changes: [subnet("c", "eu-west-1c"), second({ subnetId: madeOf(["b", "c"], "b-id") })],
        violations: [stray(`one of ${SUBNET_B} and eu-west-1c (subnet "c")`)],
        preview: true,
      },
      {
        title:
          "an interface in another zone than where the first must be, which of two isn't known",
        changes: [
          subnet("c", "eu-west-1c"),
          networkInterface("licence-0", { subnetId: madeOf(["b", "c"], "b-id") }),
          second({}),
        ],
        violations: [
          stray(SUBNET_A, `one of ${SUBNET_B} and eu-west-1c (subnet "c")`, "that zone"),
        ],
        preview: true,
      },
      {
        title: "another zone's id",
        changes: [
          { type: "aws:ec2/subnet:Subnet", name: "x", props: { availabilityZoneId: "euw1-az1" } },
          { type: "aws:ec2/subnet:Subnet", name: "y", props: { availabilityZoneId: "euw1-az2" } },
          networkInterface("licence-0", { subnetId: idOf("x") }),
          second({ subnetId: idOf("y") }),
        ],
        violations: [stray('euw1-az2 (subnet "y")', 'euw1-az1 (subnet "x")', "euw1-az1")],
      },
      {
        title: "another zone by its name where its id is known, too",
        changes: [
          {
            type: "aws:ec2/subnet:Subnet",
            name: "x",
            props: { availabilityZone: "eu-west-1a", availabilityZoneId: "euw1-az1" },
          },
          networkInterface("licence-0", { subnetId: idOf("x") }),
          second({ subnetId: idOf("b") }),
        ],
        violations: [stray(SUBNET_B, 'eu-west-1a (subnet "x")')],
      },
      {
        title: "an interface in another zone than the configuration says",
        changes: [],
        config: { pools: { licence: { zone: "eu-west-1b" } } },
        resource: "licence-0",
        violations: [stray(SUBNET_A, "eu-west-1b (pools.licence.zone)", "eu-west-1b", "licence-0")],
      },
      {
        title: "an interface in a subnet that subnetZones says is in another zone",
        changes: [second({ subnetId: "subnet-1" })],
        config: { subnetZones: { "subnet-1": "eu-west-1b" } },
        violations: [stray("eu-west-1b (subnet subnet-1)")],
      },
      {
        title: "an interface with the tag key of the configuration",
        changes: [
          networkInterface("licence-0", { tags: { "team:pool": "licence" } }),
          second({ subnetId: idOf("b"), tags: { "team:pool": "licence" } }),
        ],
        config: { tagKey: "team:pool" },
        violations: [stray(SUBNET_B)],
      },
      {
        title: "a literal subnet whose zone can't be known, and says what to write",
        changes: [second({ subnetId: "subnet-1" })],
        violations: [unresolved("subnet subnet-1", '"subnet-1": "ITS ZONE"')],
      },
      {
        title: "two literal subnets whose zones can't be known",
        changes: [
          networkInterface("licence-0", { subnetId: "subnet-0" }),
          second({ subnetId: "subnet-1" }),
        ],
        violations: [
          unresolved("subnet subnet-1", '"subnet-1": "ITS ZONE", "subnet-0": "ITS ZONE"'),
        ],
      },
      {
        title: "a known zone beside a literal subnet, which it names in the mend",
        changes: [networkInterface("licence-0", { subnetId: "subnet-0" }), second({})],
        violations: [unresolved(SUBNET_A, '"subnet-0": "ITS ZONE"')],
      },
    ]);
  });

  describe("takes from the configuration", () => {
    holdEachOfSecond([
      {
        title: "the zone of a literal subnet",
        changes: [second({ subnetId: "subnet-1" })],
        config: { subnetZones: { "subnet-1": "eu-west-1a" } },
      },
      {
        title: "the zone of a pool that is in this stack",
        changes: [second({})],
        config: { pools: { licence: { zone: "eu-west-1a" } } },
      },
      {
        title: "pools of other stacks, which have no interfaces here",
        changes: [],
        config: { pools: { bastion: { zone: "eu-west-1b" }, web: { size: 3 } } },
      },
      {
        title: "a tag key by which these are no interfaces of a pool",
        changes: [second({ subnetId: idOf("b") })],
        config: { tagKey: "team:pool" },
      },
    ]);
  });

  describe("leaves to up", () => {
    const cases: Case[] = [
      {
        title: "an interface whose subnet is unknown",
        changes: [second({ subnetId: later("a-id") })],
        notes: [whether("a subnet in subnetId")],
      },
      {
        title: "an interface beside one whose subnet is unknown",
        changes: [networkInterface("licence-0", { subnetId: later("a-id") }), second({})],
        notes: [whether("a subnet in subnetId")],
      },
      {
        title: "a subnet whose zone is unknown",
        changes: [subnet("d", later("eu-west-1a")), second({ subnetId: idOf("d") })],
        notes: [whether('subnet "d"')],
      },
      {
        title: "a zone's id beside another's name",
        changes: [
          { type: "aws:ec2/subnet:Subnet", name: "x", props: { availabilityZoneId: "euw1-az1" } },
          second({ subnetId: idOf("x") }),
        ],
        notes: [whether('euw1-az1 (subnet "x")')],
      },
      {
        title: "which of two zones is meant",
        changes: [second({ subnetId: madeOf(["a", "b"], "a-id") })],
        notes: [whether(`one of ${SUBNET_A} and ${SUBNET_B}`)],
      },
      {
        title: "which subnet of a component is meant",
        changes: [
          { type: "awsx:ec2:Vpc", name: "vpc", props: {} },
          { ...subnet("p", "eu-west-1a"), parent: "vpc" },
          { ...subnet("q", "eu-west-1b"), parent: "vpc" },
          second({ subnetId: madeOf(["vpc"], "p-id") }),
        ],
        notes: [whether('one of eu-west-1a (subnet "p") and eu-west-1b (subnet "q")')],
      },
      {
        title: "an interface whose tags are unknown",
        changes: [second({ subnetId: idOf("b"), tags: later({ [TAG_KEY]: "licence" }) })],
        notes: [poolUnknown],
      },
      {
        title: "an interface whose pool is unknown",
        changes: [second({ subnetId: idOf("b"), tags: { [TAG_KEY]: later("licence") } })],
        notes: [poolUnknown],
      },
      {
        title: "an interface of aws-native with a tag that is unknown",
        changes: [
          nativeInterface("licence-1", idOf("b"), [{ key: "Name", value: "x" }, later({})]),
        ],
        notes: [poolUnknown],
      },
    ];
    holdEachOfSecond(cases.map((one) => ({ ...one, preview: true })));

    holdEachOfSecond([
      {
        title: "and stops there what was one of two zones and is the wrong one",
        changes: [second({ subnetId: madeOf(["a", "b"], "b-id") })],
        violations: [stray(SUBNET_B)],
        preview: false,
      },
      {
        title: "and stops there an interface whose tags were unknown",
        changes: [second({ subnetId: idOf("b"), tags: later({ [TAG_KEY]: "licence" }) })],
        violations: [stray(SUBNET_B)],
        preview: false,
      },
      {
        title: "and passes there an interface whose subnet was unknown",
        changes: [second({ subnetId: later("a-id") })],
        preview: false,
      },
    ]);

    it("which interface a tag resource means whose id isn't known", async () => {
      const tag = (key: string) => ({
        type: "aws:ec2/tag:Tag",
        name: "tag",
        props: { key, value: "licence", resourceId: later("eni-1") },
      });
      const [note, ...others] = await judge(poolInOneZone, show(withChanges(tag(TAG_KEY))));
      assert.deepEqual([note?.level, note?.resource, others], ["advisory", "tag", []]);
      assert.equal(
        note?.message,
        'cannot be checked before up: which interface Tag "tag" puts into a pool, since its id isn\'t known yet',
      );
      assert.deepEqual(await judge(poolInOneZone, show(withChanges(tag("Name")))), []);
    });

    it("what a literal subnet leaves open while another interface may settle it", async () => {
      const stack = withChanges(
        networkInterface("licence-0", { subnetId: "subnet-0" }),
        networkInterface("licence-1", { subnetId: later("a-id") }),
        networkInterface("licence-2"),
      );
      const findings = await judge(poolInOneZone, show(stack));
      assert.deepEqual(
        findings.map(({ level, resource, message }) => [level, resource, message]),
        [
          [
            "advisory",
            "licence-1",
            `cannot be checked before up: ${whether("a subnet in subnetId and subnet subnet-0")}`,
          ],
          [
            "advisory",
            "licence-2",
            'cannot be checked before up: whether Network interface "licence-2" is in the zone of the others ' +
              'of pool "licence", since not every zone is known yet: subnet subnet-0 and a subnet in subnetId',
          ],
        ],
      );
    });
  });
});
