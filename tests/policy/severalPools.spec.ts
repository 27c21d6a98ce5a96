import { groupFitsPool } from "../../policy/group-fits-pool";
import { groupInPoolZone } from "../../policy/group-in-pool-zone";
import { poolInOneZone } from "../../policy/pool-in-one-zone";
import { poolTagPropagates } from "../../policy/pool-tag-propagates";
import { holdEach } from "./policyCases";
import {
  group,
  launchTemplate,
  managerFunction,
  networkInterface,
  poolTag,
  TAG_KEY,
} from "./stackBuilders";
import { type WrittenResource, idOf, later } from "./policyEngine";

const SUBNET_A = 'eu-west-1a (subnet "a")';
const SUBNET_B = 'eu-west-1b (subnet "b")';

const ofPool = (name: string, pool: string, subnetName = "a") =>
  networkInterface(name, { subnetId: idOf(subnetName), tags: { [TAG_KEY]: pool } });

/** A pool of two in the zone of "a", and one of one. */
const pools = [
  ofPool("data-0", "data"),
  ofPool("data-1", "data"),
  ofPool("management-0", "management"),
];

/** The group "web" with an interface of each of these pools. */
const web = (value: unknown, props: Record<string, unknown> = {}) =>
  group("web", { tags: [poolTag(value)], ...props });

const BOTH = { vpcZoneIdentifiers: [idOf("a"), idOf("b")] };

const launches = (pool: string, launching: string, where: string, zone: string) =>
  `Auto Scaling group "web" uses pool "${pool}" and launches in ${launching}, but the pool's interfaces ` +
  `are in ${where}. Give it subnets of ${zone} only, or make a pool of its own for another zone.`;

describe("several pools in one tag", () => {
  describe("group-in-pool-zone", () => {
    const spans = (pool: string) =>
      launches(pool, `${SUBNET_A} and ${SUBNET_B}`, SUBNET_A, "eu-west-1a");
    holdEach(groupInPoolZone, [
      {
        title: "passes a group in the zone of all of them, with blanks or without",
        changes: [
          ...pools,
          web("data,management"),
          group("api", { tags: [poolTag(" management , data ")] }),
        ],
      },
      {
        title: "stops a group for each pool that is in another zone",
        changes: [...pools, web("data,management", BOTH)],
        violations: [spans("data"), spans("management")],
      },
      {
        title: "stops a group for the one pool that is in another zone",
        changes: [
          ofPool("data-0", "data"),
          ofPool("management-0", "management", "b"),
          web("data,management"),
        ],
        violations: [launches("management", SUBNET_A, SUBNET_B, "eu-west-1b")],
      },
      {
        title: "reads several pools in a launch template",
        changes: [
          ...pools,
          launchTemplate("lt", { [TAG_KEY]: "data,management" }),
          group("web", { ...BOTH, tags: [], launchTemplate: { id: idOf("lt") } }),
        ],
        violations: [spans("data"), spans("management")],
      },
      {
        title: "takes the zone of each of them from the configuration",
        changes: [web("data,bastion"), ofPool("data-0", "data")],
        config: { pools: { bastion: { zone: "eu-west-1b" } } },
        violations: [
          launches("bastion", SUBNET_A, "eu-west-1b (pools.bastion.zone)", "eu-west-1b"),
        ],
      },
      {
        title: "names them all where a fleet has the tag",
        changes: [
          {
            type: "aws:ec2/fleet:Fleet",
            name: "web",
            props: { tags: { [TAG_KEY]: "data, management" } },
          },
        ],
        violations: [
          'Fleet "web" carries the tag of pools "data" and "management". Only an Auto Scaling group can be ' +
            "held in one zone, with launches that wait for the address. Use an Auto Scaling group with a " +
            "mixedInstancesPolicy, or take the pool tag away.",
        ],
      },
      {
        title: "names them all where a fleet's launch template has the tag",
        changes: [
          launchTemplate("lt", { [TAG_KEY]: "data, management" }),
          {
            type: "aws:eks/nodeGroup:NodeGroup",
            name: "web",
            props: { launchTemplate: { id: idOf("lt") } },
          },
        ],
        violations: [
          'NodeGroup "web" carries the tag of pools "data" and "management". Only an Auto Scaling group can be ' +
            "held in one zone, with launches that wait for the address. Use an Auto Scaling group with a " +
            "mixedInstancesPolicy, or take the pool tag away.",
        ],
      },
    ]);
  });

  describe("group-fits-pool", () => {
    const tooLarge = (pool: string, size: string, mend: string) =>
      `Auto Scaling group "web" may run ${mend} (maxSize), but pool "${pool}" has ${size}`;
    holdEach(groupFitsPool, [
      {
        title: "passes a group that fits all of them",
        changes: [...pools, web("data,management")],
      },
      {
        title: "stops a group for the smaller pool alone",
        changes: [...pools, web("data,management", { maxSize: 2 })],
        violations: [
          `${tooLarge("management", "1 interface", "2 instances")}. Let it run 1 at most, or give the pool 2 interfaces.`,
        ],
      },
      {
        title: "stops a group for each pool that is too small",
        changes: [...pools, web("management, data", { maxSize: 3 })],
        violations: [
          `${tooLarge("data", "2 interfaces", "3 instances")}. Let it run 2 at most, or give the pool 3 interfaces.`,
          `${tooLarge("management", "1 interface", "3 instances")}. Let it run 1 at most, or give the pool 3 interfaces.`,
        ],
      },
      {
        title: "advises where groups share one of them",
        changes: [
          ...pools,
          web("data,management"),
          group("api", { tags: [poolTag("management")] }),
        ],
        advice: [
          'Auto Scaling groups "web", "api" share pool "management" with 1 interface and may together run 2 ' +
            "instances; some would wait for an address.",
        ],
      },
    ]);
  });

  describe("pool-tag-propagates", () => {
    const noPool = (pool: string, nearest: string) =>
      `Auto Scaling group "web" names pool "${pool}" in its tags, which is neither in this stack nor in the ` +
      `configuration. Did you mean "${nearest}"? If it is another stack's, name it in the configuration of ` +
      `the policies, pools: {"${pool}": {"zone": "eu-west-1a", "size": 3}}.`;
    const launching = (value: string) => web(value, { launchTemplate: { id: idOf("lt") } });
    const template = (value: string) => launchTemplate("lt", { [TAG_KEY]: value });
    const differs = (own: string, given: string) => [
      `Auto Scaling group "web" names ${own} in its tags and ${given} in launch template "lt". Write the same ` +
        "value in both.",
    ];
    holdEach(poolTagPropagates, [
      {
        title: "passes a group whose tag names pools of the program and of the configuration",
        changes: [...pools, web("data, management, bastion")],
        config: { pools: { bastion: {} } },
      },
      {
        title: "stops the one that is misspelt, and suggests its right name",
        changes: [...pools, web("data,managment")],
        violations: [noPool("managment", "management")],
      },
      {
        title: "stops each that is misspelt",
        changes: [...pools, web("date,managment")],
        violations: [noPool("date", "data"), noPool("managment", "management")],
      },
      {
        title: "stops once a tag that the group keeps to itself",
        changes: [...pools, group("web", { tags: [poolTag("data,management", false)] })],
        violations: [
          `Auto Scaling group "web" has the tag ${TAG_KEY} in its tags without propagateAtLaunch: true, so its ` +
            "instances don't get the tag, and without it no address. Write propagateAtLaunch: true.",
        ],
      },
      {
        title: "stops a value that the manager isn't told of, since it compares whole ones",
        changes: [
          ...pools,
          managerFunction({ POOL_TAGS: '["data","management","data,management"]' }),
          { ...managerFunction({ POOL_TAGS: '["other"]' }), name: "elsewhere" },
          web("data, management"),
        ],
        violations: [
          'Auto Scaling group "web" has "data, management" in its tags, but the manager looks after instances with ' +
            '"data", "management" or "data,management" alone, so its instances never get an address. ' +
            'Write one of these, or "data, management" into the manager\'s pools.',
        ],
      },
      {
        title: "stops a list of which the manager is told of one pool alone",
        changes: [
          ...pools,
          managerFunction({ POOL_TAGS: '["management"]' }),
          web("data,management"),
        ],
        violations: [
          'Auto Scaling group "web" has "data,management" in its tags, but the manager looks after instances with ' +
            '"management" alone, so its instances never get an address. ' +
            'Write one of these, or "data,management" into the manager\'s pools.',
        ],
      },
      {
        title: "passes a value that one of the managers is told of",
        changes: [
          ...pools,
          managerFunction({ POOL_TAGS: '["data","management"]' }),
          { ...managerFunction({ POOL_TAGS: '["data, management"]' }), name: "elsewhere" },
          web("data, management"),
        ],
      },
      {
        title: "stops one name that the manager is told of in a list only",
        changes: [...pools, managerFunction({ POOL_TAGS: '["data,management"]' }), web("data")],
        violations: [
          'Auto Scaling group "web" has "data" in its tags, but the manager looks after instances with ' +
            '"data,management" alone, so its instances never get an address. ' +
            'Write one of these, or "data" into the manager\'s pools.',
        ],
      },
      {
        title: "passes any value where the managers are told of none of its pools",
        changes: [...pools, managerFunction({ POOL_TAGS: '["other"]' }), web("data, management")],
      },
      {
        title: "passes any value where one of the managers looks after every pool",
        changes: [
          ...pools,
          managerFunction({ POOL_TAGS: '["data"]' }),
          { ...managerFunction({}), name: "elsewhere" },
          web("data, management"),
        ],
      },
      {
        title: "passes a value while what the manager is told isn't known",
        preview: true,
        changes: [
          ...pools,
          managerFunction({ POOL_TAGS: later('["data"]') }),
          web("data, management"),
        ],
      },
      {
        title: "passes a group and a template that name the same, whatever the blanks",
        changes: [...pools, launching("data,management"), template("data, management")],
      },
      {
        title: "stops a template that names one pool less",
        changes: [...pools, launching("data,management"), template("data")],
        violations: differs('pools "data" and "management"', 'pool "data"'),
      },
      {
        title: "stops a template that names them in another order, by which device indexes go",
        changes: [...pools, launching("data,management"), template("management,data")],
        violations: differs('pools "data" and "management"', 'pools "management" and "data"'),
      },
      {
        title: "leaves to up which pools a tag names",
        changes: [...pools, web(later("data,management"))],
        notes: [
          'which pool Auto Scaling group "web" names in its tags, since that isn\'t known yet',
        ],
        preview: true,
      },
    ]);
  });

  describe("pool-in-one-zone", () => {
    const tagged = (name: string, pool: string): WrittenResource => ofPool(name, pool);
    holdEach(poolInOneZone, [
      {
        title: "stops an interface that names several, since it is of one",
        changes: [tagged("data-0", "data,management")],
        resource: "data-0",
        violations: [
          'Network interface "data-0" has the tag of pool "data,management", but an interface is of one pool, ' +
            "and commas part the names of several. Write a name without a comma.",
        ],
      },
    ]);
  });
});
