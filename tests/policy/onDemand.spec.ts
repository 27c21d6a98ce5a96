import { groupFitsPool } from "../../policy/group-fits-pool";
import { groupInPoolZone } from "../../policy/group-in-pool-zone";
import { poolInOneZone } from "../../policy/pool-in-one-zone";
import { poolTagPropagates } from "../../policy/pool-tag-propagates";
import { UNKNOWN } from "../mocks";
import { type Case, holdEach } from "./policyCases";
import {
  group,
  MANAGER_COMPONENT,
  managerFunction,
  networkInterface,
  onDemand,
  poolTag,
  subnet,
  TAG_KEY,
} from "./stackBuilders";
import { type WrittenResource, idOf, later, madeOf } from "./policyEngine";

const SUBNET_A = 'eu-west-1a (subnet "a")';
const SUBNET_B = 'eu-west-1b (subnet "b")';
const SUBNET_C = 'eu-west-1c (subnet "c")';
const POOL_A = "eu-west-1a (subnet subnet-1)";
const POOL_B = "eu-west-1b (subnet subnet-2)";

const IN_A = { "eu-west-1a": "subnet-1" };
const IN_BOTH = { ...IN_A, "eu-west-1b": "subnet-2" };

const c = subnet("c", "eu-west-1c");

/** A manager of the pool "second", which is made on demand in these subnets. */
const manager = (subnetIds: Record<string, string>, variables: Record<string, unknown> = {}) =>
  managerFunction({ POOL_SETTINGS: JSON.stringify({ second: onDemand(subnetIds) }), ...variables });

/** The group "web" of the pool "second", in these subnets. */
const webIn = (subnets: unknown, value: unknown = "second", props: Record<string, unknown> = {}) =>
  group("web", { tags: [poolTag(value)], vpcZoneIdentifiers: subnets, ...props });

const inBoth = webIn([idOf("a"), idOf("b")]);
const everywhere = webIn([idOf("a"), idOf("b"), idOf("c")]);

const MEND =
  "Give the pool a subnet in each zone of the group, or the group subnets of the pool's zones only.";
const CONFIGURE =
  "If the pool has other subnets, name their zones in the configuration of the policies, pools: " +
  '{"second": {"zones": ["eu-west-1a"]}}.';

const strays = (launches: string, where: string, ...mends: string[]) =>
  [
    `Auto Scaling group "web" uses pool "second" and ${launches}, where the pool has no subnet: its subnets ` +
      `are in ${where}. ${MEND}`,
    ...mends,
  ].join(" ");

const whether = (why: string) =>
  `whether Auto Scaling group "web" launches only in zones of pool "second", since ${why}`;
const zonesOpen = (where: string) => whether(`not every zone is known yet: ${where}`);
const subnetsOpen = (where: string) =>
  whether(`which pool has which of these subnets isn't known yet: ${where}`);

const inPreview = (cases: Case[]) => cases.map((one) => ({ ...one, preview: true }));

/** Settings that a preview doesn't know, made of new subnets or of nothing in the stack. */
const madeOfSubnets = (names: string[], pools: string[]): WrittenResource =>
  managerFunction({
    POOL_TAGS: JSON.stringify(pools),
    POOL_SETTINGS: madeOf(names, JSON.stringify({ second: onDemand(IN_BOTH) })),
  });

describe("pools on demand", () => {
  describe("group-in-pool-zone", () => {
    describe("knows the subnets that the manager is told", () => {
      holdEach(groupInPoolZone, [
        { title: "and passes a group in all their zones", changes: [manager(IN_BOTH), inBoth] },
        {
          title: "and passes a group in one of their zones",
          changes: [manager(IN_BOTH), webIn([idOf("b")])],
        },
        {
          title: "and passes a group in zones by their names",
          changes: [
            manager(IN_BOTH),
            webIn([], "second", { availabilityZones: ["eu-west-1b", "eu-west-1a"] }),
          ],
        },
        {
          title: "and passes a group in the pool's own subnets",
          changes: [manager(IN_BOTH), webIn(["subnet-2", "subnet-1"])],
        },
        {
          title: "and passes where the program makes the manager with aws-native",
          changes: [
            managerFunction(
              { POOL_SETTINGS: JSON.stringify({ second: onDemand(IN_BOTH) }) },
              "aws-native:lambda:Function",
            ),
            inBoth,
          ],
        },
        {
          title: "and stops a group in a zone without a subnet",
          changes: [manager(IN_A), inBoth],
          violations: [strays(`launches in ${SUBNET_B}`, POOL_A)],
        },
        {
          title: "and names every zone without a subnet, and all that have one",
          changes: [
            c,
            subnet("d", "eu-west-1d"),
            manager(IN_BOTH),
            webIn([idOf("c"), idOf("a"), idOf("d")]),
          ],
          violations: [
            strays(
              `launches in ${SUBNET_C} and eu-west-1d (subnet "d")`,
              `${POOL_A} and ${POOL_B}`,
            ),
          ],
        },
        {
          title: "and stops a group in a zone without a subnet by the zone's name",
          changes: [
            manager(IN_A),
            webIn([], "second", { availabilityZones: ["eu-west-1a", "eu-west-1b"] }),
          ],
          violations: [strays("launches in eu-west-1b", POOL_A)],
        },
        {
          title: "and stops a group that names no place",
          changes: [manager(IN_A), webIn([])],
          violations: [
            'Auto Scaling group "web" uses pool "second" but names neither subnets nor Availability Zones, ' +
              "so its zone can't be known. Give it subnets of the pool's zones.",
          ],
        },
        {
          title: "and stops a subnet whose zone can't be known",
          changes: [manager(IN_A), webIn(["subnet-9"])],
          violations: [
            'Auto Scaling group "web" uses pool "second", but the zone of subnet subnet-9 can\'t be known. ' +
              'Write into the configuration of the policies: "subnetZones": {"subnet-9": "ITS ZONE"}.',
          ],
        },
        {
          title: "and judges beside it a pool that is in one zone",
          changes: [manager(IN_BOTH), webIn([idOf("a"), idOf("b")], "licence,second")],
          violations: [
            `Auto Scaling group "web" uses pool "licence" and launches in ${SUBNET_A} and ${SUBNET_B}, but the ` +
              `pool's interfaces are in ${SUBNET_A}. Give it subnets of eu-west-1a only, or make a pool of its ` +
              "own for another zone.",
          ],
        },
        {
          title: "and leaves a misspelt pool to pool-tag-propagates, though the group spans zones",
          changes: [manager(IN_BOTH), webIn([idOf("a"), idOf("b")], "secnd")],
        },
        {
          title: "but not those of a manager of another tag key",
          changes: [manager(IN_BOTH, { POOL_TAG_KEY: "team:pool" }), inBoth],
          violations: [
            `Auto Scaling group "web" uses pool "second" and launches in ${SUBNET_A} and ${SUBNET_B}, but a pool ` +
              "is in one zone. Give it subnets of one zone, the pool's.",
          ],
        },
        {
          title: "but not those of a function that is no manager",
          changes: [manager(IN_BOTH, { POOL_TAG_KEY: undefined }), inBoth],
          violations: [
            `Auto Scaling group "web" uses pool "second" and launches in ${SUBNET_A} and ${SUBNET_B}, but a pool ` +
              "is in one zone. Give it subnets of one zone, the pool's.",
          ],
        },
      ]);
    });

    describe("takes what is no such text for no settings", () => {
      const wrong: [what: string, text: unknown][] = [
        ["no text", 3],
        ["no JSON", "{second:"],
        ["no object", JSON.stringify(["second"])],
        ["without subnets", JSON.stringify({ second: { onDemand: { subnetIds: {} } } })],
        ["with a list", JSON.stringify({ second: { onDemand: { subnetIds: ["subnet-1"] } } })],
        [
          "with a number",
          JSON.stringify({ second: { onDemand: { subnetIds: { "eu-west-1a": 1 } } } }),
        ],
        ["of another pool", JSON.stringify({ third: { whenExhausted: "wait" } })],
      ];
      holdEach(
        groupInPoolZone,
        wrong.map(([what, POOL_SETTINGS]) => ({
          title: what,
          changes: [managerFunction({ POOL_SETTINGS }), inBoth],
          violations: [
            `Auto Scaling group "web" uses pool "second" and launches in ${SUBNET_A} and ${SUBNET_B}, but a pool ` +
              "is in one zone. Give it subnets of one zone, the pool's.",
          ],
        })),
      );
    });

    describe("knows the zones that the configuration gives a pool of another stack", () => {
      const zones = (...names: string[]) => ({ pools: { second: { zones: names } } });
      holdEach(groupInPoolZone, [
        {
          title: "and passes a group in all of them",
          changes: [inBoth],
          config: zones("eu-west-1a", "eu-west-1b"),
        },
        {
          title: "and stops a group in another",
          changes: [inBoth],
          config: zones("eu-west-1a"),
          violations: [strays(`launches in ${SUBNET_B}`, "eu-west-1a (pools.second.zones)")],
        },
        {
          title: "after what the manager of this stack is told",
          changes: [manager(IN_A), inBoth],
          config: zones("eu-west-1a", "eu-west-1b"),
          violations: [strays(`launches in ${SUBNET_B}`, POOL_A)],
        },
        {
          title: "and asks for no zone of a misspelt pool",
          changes: [webIn([idOf("a"), idOf("b")], "secnd")],
          config: zones("eu-west-1a", "eu-west-1b"),
        },
        {
          title: "and asks for one zone of another pool beside it",
          changes: [webIn([idOf("a"), idOf("b")], "licence")],
          config: zones("eu-west-1a", "eu-west-1b"),
          violations: [
            `Auto Scaling group "web" uses pool "licence" and launches in ${SUBNET_A} and ${SUBNET_B}, but the ` +
              `pool's interfaces are in ${SUBNET_A}. Give it subnets of eu-west-1a only, or make a pool of its ` +
              "own for another zone.",
          ],
        },
      ]);
      holdEach(groupInPoolZone, [
        {
          title: "before those of the subnets that unknown settings are made of",
          changes: [madeOfSubnets(["a"], ["second"]), inBoth],
          config: zones("eu-west-1a", "eu-west-1b"),
          preview: true,
        },
      ]);
    });

    describe("where settings are unknown", () => {
      const component = (subnets: string[]): WrittenResource[] => [
        {
          type: MANAGER_COMPONENT,
          name: "manager",
          props: { pools: [{ name: "second", onDemand: { subnetIds: [madeOf(subnets, "")] } }] },
        },
        {
          ...managerFunction({ POOL_TAGS: '["second"]', POOL_SETTINGS: later("{}") }),
          parent: "manager",
        },
      ];
      holdEach(
        groupInPoolZone,
        inPreview([
          {
            title: "passes a group in the zones of the subnets that they are made of",
            changes: [madeOfSubnets(["a", "b"], ["licence", "second"]), inBoth],
          },
          {
            title: "passes a group in the zones of the subnets that the component is made of",
            changes: [...component(["a", "b"]), inBoth],
          },
          {
            title: "stops a group in a zone in which none of these subnets is",
            changes: [c, madeOfSubnets(["a", "b"], ["second"]), everywhere],
            violations: [
              strays(`launches in ${SUBNET_C}`, `${SUBNET_A} and ${SUBNET_B}`, CONFIGURE),
            ],
          },
          {
            title: "stops a group in a zone in which none of the component's subnets is",
            changes: [...component(["a"]), inBoth],
            violations: [strays(`launches in ${SUBNET_B}`, SUBNET_A, CONFIGURE)],
          },
          {
            title: "leaves to up whose subnets these are, of several pools",
            changes: [madeOfSubnets(["a", "b"], ["third", "second"]), inBoth],
            notes: [subnetsOpen(`${SUBNET_A} and ${SUBNET_B}`)],
          },
          {
            title: "counts no pool that is known otherwise among those",
            changes: [
              madeOfSubnets(["a", "b"], ["third,second", "bastion"]),
              networkInterface("third-0", { tags: { [TAG_KEY]: "third" } }),
              inBoth,
            ],
            config: { pools: { bastion: {} } },
          },
          {
            title: "leaves to up whose subnets these are, where its pools aren't known either",
            changes: [
              managerFunction({ POOL_TAGS: later("[]"), POOL_SETTINGS: madeOf(["a", "b"], "") }),
              inBoth,
            ],
            notes: [subnetsOpen(`${SUBNET_A} and ${SUBNET_B}`)],
          },
          {
            title: "leaves to up whose subnets these are, though the zone of one is unknown",
            changes: [
              subnet("d", later("eu-west-1b")),
              madeOfSubnets(["a", "d"], ["third", "second"]),
              webIn([idOf("a")]),
            ],
            notes: [subnetsOpen(`${SUBNET_A} and subnet "d"`)],
          },
          {
            title: "leaves to up what nothing in the stack is behind",
            changes: [madeOfSubnets(["elsewhere"], ["second"]), inBoth],
            notes: [zonesOpen("the subnets of the manager's pools")],
          },
          {
            title: "asks once what nothing in the stack is behind, of several pools",
            changes: [madeOfSubnets(["elsewhere"], ["second", "third"]), inBoth],
            notes: [zonesOpen("the subnets of the manager's pools")],
          },
          {
            title: "leaves to up a subnet whose zone is unknown",
            changes: [
              subnet("d", later("eu-west-1a")),
              madeOfSubnets(["d"], ["second"]),
              webIn([idOf("a")]),
            ],
            notes: [zonesOpen('subnet "d"')],
          },
          {
            title: "takes no fixed pool of the program for one on demand",
            changes: [
              madeOfSubnets(["a", "b"], ["licence", "second"]),
              webIn([idOf("a"), idOf("b")], "licence"),
            ],
            violations: [
              `Auto Scaling group "web" uses pool "licence" and launches in ${SUBNET_A} and ${SUBNET_B}, but the ` +
                `pool's interfaces are in ${SUBNET_A}. Give it subnets of eu-west-1a only, or make a pool of its ` +
                "own for another zone.",
            ],
          },
          {
            title: "takes no pool for one on demand that the manager doesn't look after",
            changes: [madeOfSubnets(["a"], ["third"]), webIn([idOf("b")])],
          },
          {
            title: "stops no span of a pool that isn't known yet, which may be made on demand",
            changes: [
              madeOfSubnets(["a", "b"], ["second"]),
              webIn([idOf("a"), idOf("b")], later("x")),
            ],
            notes: ['which pool Auto Scaling group "web" uses, since that isn\'t known yet'],
          },
          {
            title:
              "stops no span of a pool that isn't known yet beside unknown settings of every pool",
            changes: [
              managerFunction({ POOL_SETTINGS: later("{}") }),
              webIn([idOf("a"), idOf("b")], later("x")),
            ],
            notes: ['which pool Auto Scaling group "web" uses, since that isn\'t known yet'],
          },
        ]),
      );
    });

    describe("where the group's subnets are unknown", () => {
      const PICK =
        "If it doesn't, pick them inside the list, like vpcZoneIdentifiers: [subnetIds[0]], so that a " +
        "preview can tell.";
      holdEach(
        groupInPoolZone,
        inPreview([
          {
            title: "passes one of several of which each is in a zone of the pool",
            changes: [manager(IN_BOTH), webIn([madeOf(["a", "b"], "a-id")])],
          },
          {
            title: "leaves to up one of several of which one is in no zone of the pool",
            changes: [c, manager(IN_BOTH), webIn([madeOf(["a", "c"], "a-id")])],
            notes: [zonesOpen(`one of ${SUBNET_A} and ${SUBNET_C}`)],
          },
          {
            title:
              "leaves to up which two of three are picked, of which one is in no zone of the pool",
            changes: [
              c,
              manager(IN_BOTH),
              webIn([madeOf(["a", "b", "c"], "a-id"), madeOf(["a", "b", "c"], "b-id")]),
            ],
            notes: [
              whether(
                `which of these it launches in isn't known yet: ${SUBNET_A}, ${SUBNET_B} and ${SUBNET_C}`,
              ),
            ],
          },
          {
            title: "passes a list that is unknown as a whole, all in zones of the pool",
            changes: [manager(IN_BOTH), webIn(madeOf(["a", "b"], ["a-id"]))],
          },
          {
            title: "stops a list that is unknown as a whole and may have one in another zone",
            changes: [c, manager(IN_BOTH), webIn(madeOf(["a", "b", "c"], ["a-id"]))],
            violations: [strays(`may launch in ${SUBNET_C}`, `${POOL_A} and ${POOL_B}`, PICK)],
          },
          {
            title: "stops by the zones that the program names where AWS is to fill in the subnets",
            changes: [
              manager(IN_A),
              {
                type: "aws:autoscaling/group:Group",
                name: "web",
                props: { tags: [poolTag("second")], availabilityZones: ["eu-west-1b"] },
                outputs: { vpcZoneIdentifiers: UNKNOWN },
              },
            ],
            violations: [strays("launches in eu-west-1b", POOL_A)],
          },
        ]),
      );
    });
  });

  describe("group-fits-pool", () => {
    const open =
      'whether Auto Scaling group "web" fits pool "second", since which pools the manager makes on demand ' +
      "isn't known yet";
    const large = webIn([idOf("a")], "second", { maxSize: 99 });
    holdEach(groupFitsPool, [
      {
        title: "limits no group of a pool that the manager makes",
        changes: [manager(IN_A), large],
      },
      {
        title: "limits no group of a pool of another stack's manager",
        changes: [large],
        config: { pools: { second: { zones: ["eu-west-1a"] } } },
      },
      {
        title: "advises nothing where groups share such a pool",
        changes: [manager(IN_A), large, group("api", { tags: [poolTag("second")] })],
      },
      {
        title: "limits it by another pool beside it",
        changes: [manager(IN_A), webIn([idOf("a")], "second,licence", { maxSize: 2 })],
        violations: [
          'Auto Scaling group "web" may run 2 instances (maxSize), but pool "licence" has 1 interface. Let it ' +
            "run 1 at most, or give the pool 2 interfaces.",
        ],
      },
    ]);
    holdEach(
      groupFitsPool,
      inPreview([
        {
          title: "limits no group of the one pool whose settings can be those that are unknown",
          changes: [madeOfSubnets(["a"], ["licence", "second"]), large],
        },
        {
          title: "leaves to up which of several pools has settings that are unknown",
          changes: [madeOfSubnets(["a"], ["third", "second"]), large],
          notes: [open],
        },
      ]),
    );
  });

  describe("pool-tag-propagates", () => {
    const noPool = (pool: string, suggestion: string) =>
      `Auto Scaling group "web" names pool "${pool}" in its tags, which is neither in this stack nor in the ` +
      `configuration. ${suggestion} If it is another stack's, name it in the configuration of the policies, ` +
      `pools: {"${pool}": {"zone": "eu-west-1a", "size": 3}}.`;
    const open = (pool: string) =>
      `whether there is a pool "${pool}", which Auto Scaling group "web" names in its tags, since which pools ` +
      "the manager makes on demand isn't known yet";
    holdEach(poolTagPropagates, [
      {
        title: "knows a pool that the manager makes",
        changes: [manager(IN_A), webIn([idOf("a")])],
      },
      {
        title: "knows a pool of another stack's manager",
        changes: [webIn([idOf("a")])],
        config: { pools: { second: { zones: ["eu-west-1a"] } } },
      },
      {
        title: "suggests a pool that the manager makes",
        changes: [manager(IN_A), webIn([idOf("a")], "secnd")],
        violations: [noPool("secnd", 'Did you mean "second"?')],
      },
      {
        title: "knows no pool that the manager merely looks after",
        changes: [manager(IN_A, { POOL_TAGS: '["second", "third"]' }), webIn([idOf("a")], "third")],
        violations: [noPool("third", "Pools are: licence, second.")],
      },
    ]);
    holdEach(
      poolTagPropagates,
      inPreview([
        {
          title: "knows the one pool whose settings can be those that are unknown",
          changes: [madeOfSubnets(["a"], ["licence", "second"]), webIn([idOf("a")])],
        },
        {
          title: "leaves to up which of several pools has settings that are unknown",
          changes: [madeOfSubnets(["a"], ["third", "second"]), webIn([idOf("a")])],
          notes: [open("second")],
        },
        {
          title: "suggests the pools that the manager may make",
          changes: [madeOfSubnets(["a"], ["third", "second"]), webIn([idOf("a")], "thirt")],
          violations: [noPool("thirt", 'Did you mean "third"?')],
        },
        {
          title: "leaves any name to up where the manager's pools aren't known either",
          changes: [
            managerFunction({ POOL_TAGS: later("[]"), POOL_SETTINGS: later("{}") }),
            webIn([idOf("a")], "x"),
          ],
          notes: [open("x")],
        },
      ]),
    );
  });

  describe("pool-in-one-zone", () => {
    holdEach(poolInOneZone, [
      {
        title: "has nothing to say of interfaces that the manager makes, in whatever zones",
        changes: [manager(IN_BOTH), inBoth],
        config: { pools: { third: { zones: ["eu-west-1a", "eu-west-1b"] } } },
      },
    ]);
  });
});
