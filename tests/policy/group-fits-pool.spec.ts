import { groupFitsPool } from "../../policy/group-fits-pool";
import { type Case, holdEach } from "./policyCases";
import { group, launchTemplate, networkInterface, poolTag, TAG_KEY } from "./stackBuilders";
import { type WrittenResource, idOf, later, madeOf } from "./policyEngine";

const three = [1, 2].map((slot) => networkInterface(`licence-${slot}`));

const count = (many: number, what: string) => `${many} ${what}${many === 1 ? "" : "s"}`;

/** Group "web" may run that many, for that reason, of a pool of that size. */
function tooLarge(most: number, reason = "maxSize", size = 1, name = "web", pool = "licence") {
  return (
    `Auto Scaling group "${name}" may run ${count(most, "instance")} (${reason}), but pool "${pool}" has ` +
    `${count(size, "interface")}. Let it run ${size} at most, or give the pool ${count(most, "interface")}.`
  );
}

const sizeUnknown = (pool: string) =>
  `Auto Scaling group "web" uses pool "${pool}", whose size can't be known: it isn't in this stack. ` +
  `Write it in the configuration of the policies, pools: {"${pool}": {"size": 3}}.`;

const whether = (what: string, size = 1) =>
  `whether Auto Scaling group "web" fits pool "licence" with its ${count(size, "interface")}, since ${what} isn't known yet`;

const POOL_UNKNOWN =
  'whether Auto Scaling group "web" fits its pool, since which pool it uses isn\'t known yet';

function attached(
  type: string,
  props: Record<string, unknown>,
  name = "attached",
  key = "autoscalingGroupName",
): WrittenResource {
  return { type, name, props: { [key]: idOf("web"), ...props } };
}

const schedule = (props: Record<string, unknown>) =>
  attached("aws:autoscaling/schedule:Schedule", props, "night");

const nativeWarmPool = (props: Record<string, unknown>) =>
  attached("aws-native:autoscaling:WarmPool", props, "warm", "autoScalingGroupName");

function nativeGroup(props: Record<string, unknown>): WrittenResource {
  return {
    type: "aws-native:autoscaling:AutoScalingGroup",
    name: "web",
    props: { maxSize: "1", tags: [poolTag("licence")], ...props },
  };
}

const refreshed = (preferences: unknown) => ({
  instanceRefresh: { strategy: "Rolling", preferences },
});

const inPreview = (cases: Case[]) => cases.map((one) => ({ ...one, preview: true }));

describe("group-fits-pool", () => {
  describe("compares maxSize and interfaces", () => {
    holdEach(groupFitsPool, [
      { title: "passes as many instances as interfaces", changes: [] },
      { title: "passes fewer instances than interfaces", changes: three },
      {
        title: "passes as many as three",
        changes: [...three, group("web", { maxSize: 3 })],
      },
      {
        title: "stops one more than one",
        changes: [group("web", { maxSize: 2 })],
        violations: [tooLarge(2)],
      },
      {
        title: "stops one more than three",
        changes: [...three, group("web", { maxSize: 4 })],
        violations: [tooLarge(4, "maxSize", 3)],
      },
      {
        title: "does not count interfaces of other pools, nor those without the tag",
        changes: [
          networkInterface("bastion-0", { tags: { [TAG_KEY]: "bastion" } }),
          networkInterface("bare", { tags: { Name: "licence" } }),
          group("web", { maxSize: 2 }),
        ],
        violations: [tooLarge(2)],
      },
      {
        title: "counts interfaces of aws-native, and those that a Tag resource gives the tag",
        changes: [
          {
            type: "aws-native:ec2:NetworkInterface",
            name: "licence-1",
            props: { subnetId: idOf("a"), tags: [{ key: TAG_KEY, value: "licence" }] },
          },
          networkInterface("licence-2", { tags: undefined }),
          {
            type: "aws:ec2/tag:Tag",
            name: "tag",
            props: { resourceId: idOf("licence-2"), key: TAG_KEY, value: "licence" },
          },
          group("web", { maxSize: 4 }),
        ],
        violations: [tooLarge(4, "maxSize", 3)],
      },
      {
        title: "leaves alone a group without the tag, however large",
        changes: [group("web", { tags: [], maxSize: 99 })],
      },
      {
        title: "passes a group of no instances",
        changes: [group("web", { maxSize: 0 })],
      },
    ]);
  });

  describe("judges every kind of group", () => {
    const large = { maxSize: 2, tags: [] };
    holdEach(groupFitsPool, [
      {
        title: "by the tag in its launch template",
        changes: [
          launchTemplate("lt"),
          group("web", { ...large, launchTemplate: { id: idOf("lt") } }),
        ],
        violations: [tooLarge(2)],
      },
      {
        title: "once, by the tag in both",
        changes: [
          launchTemplate("lt"),
          group("web", { maxSize: 2, launchTemplate: { id: idOf("lt") } }),
        ],
        violations: [tooLarge(2)],
      },
      {
        title: "by the tag in an override of its mixedInstancesPolicy",
        changes: [
          launchTemplate("lt"),
          group("web", {
            ...large,
            mixedInstancesPolicy: {
              launchTemplate: {
                launchTemplateSpecification: { launchTemplateId: "lt-elsewhere" },
                overrides: [{ launchTemplateSpecification: { launchTemplateId: idOf("lt") } }],
              },
            },
          }),
        ],
        violations: [tooLarge(2)],
      },
      {
        title: "by a Tag resource",
        changes: [
          group("web", large),
          attached("aws:autoscaling/tag:Tag", { tag: poolTag("licence") }),
        ],
        violations: [tooLarge(2)],
      },
      {
        title: "with a LaunchConfiguration",
        changes: [group("web", { maxSize: 2, launchConfiguration: "old" })],
        violations: [tooLarge(2)],
      },
      {
        title: "of aws-native, whose sizes are texts",
        changes: [nativeGroup({ maxSize: "10" })],
        violations: [tooLarge(10)],
      },
      {
        title: "of aws-native that fits",
        changes: [nativeGroup({})],
      },
    ]);
  });

  describe("counts what scheduled actions allow", () => {
    const NATIVE = "aws-native:autoscaling:ScheduledAction";
    holdEach(groupFitsPool, [
      {
        title: "and stops one that allows too many",
        changes: [schedule({ maxSize: 3 })],
        violations: [tooLarge(3, 'maxSize of schedule "night"')],
      },
      {
        title: "and stops one of aws-native",
        changes: [
          nativeGroup({}),
          attached(NATIVE, { maxSize: 3 }, "night", "autoScalingGroupName"),
        ],
        violations: [tooLarge(3, 'maxSize of schedule "night"')],
      },
      {
        title: "and names the greatest of several",
        changes: [
          schedule({ maxSize: 3 }),
          { ...schedule({ maxSize: 5 }), name: "day" },
          { ...schedule({ maxSize: 4 }), name: "noon" },
          group("web", { maxSize: 2 }),
        ],
        violations: [tooLarge(5, 'maxSize of schedule "day"')],
      },
      {
        title: "by the literal name of the group",
        changes: [
          group("web", { name: "web-group" }),
          schedule({ autoscalingGroupName: "web-group", maxSize: 3 }),
        ],
        violations: [tooLarge(3, 'maxSize of schedule "night"')],
      },
      {
        title: "by the literal name of a group of aws-native",
        changes: [
          nativeGroup({ autoScalingGroupName: "web-group" }),
          schedule({ autoscalingGroupName: "web-group", maxSize: 3 }),
        ],
        violations: [tooLarge(3, 'maxSize of schedule "night"')],
      },
      {
        title: "and passes those that allow fewer, or leave maxSize as it is",
        changes: [
          schedule({ maxSize: 1 }),
          { ...schedule({ maxSize: -1 }), name: "day" },
          { ...schedule({ desiredCapacity: 0 }), name: "noon" },
        ],
      },
      {
        title: "but not those of other groups",
        changes: [
          group("other", { tags: [] }),
          schedule({ autoscalingGroupName: idOf("other"), maxSize: 9 }),
          { ...schedule({ autoscalingGroupName: "elsewhere", maxSize: 9 }), name: "day" },
        ],
      },
    ]);
    holdEach(
      groupFitsPool,
      inPreview([
        {
          title: "and leaves to up one whose maxSize is unknown",
          changes: [schedule({ maxSize: later(3) })],
          notes: [whether("maxSize")],
        },
        {
          title: "and does not ask for a maxSize that the program left out",
          changes: [{ ...schedule({ desiredCapacity: 1 }), outputs: { maxSize: later(0) } }],
        },
        {
          title: "and leaves to up one whose group is one of two",
          changes: [
            group("other", { tags: [] }),
            schedule({ autoscalingGroupName: madeOf(["other", "web"], "web-id"), maxSize: 9 }),
          ],
          notes: [whether("maxSize")],
        },
        {
          title: "and leaves to up one whose group is unknown",
          changes: [schedule({ autoscalingGroupName: later("web-id"), maxSize: 9 })],
          notes: [whether("maxSize")],
        },
      ]),
    );
  });

  describe("adds the surge of an instance refresh", () => {
    const surged = (percent: number) => `maxSize, instance refresh up to ${percent} %`;
    const FIRST = "maxSize, instance refresh that launches first";
    holdEach(groupFitsPool, [
      {
        title: "that may go beyond 100 %",
        changes: [
          group("web", refreshed({ minHealthyPercentage: 100, maxHealthyPercentage: 200 })),
        ],
        violations: [tooLarge(2, surged(200))],
      },
      {
        title: "rounded up to whole instances",
        changes: [
          ...three,
          group("web", { maxSize: 3, ...refreshed({ maxHealthyPercentage: 101 }) }),
        ],
        violations: [tooLarge(4, surged(101), 3)],
      },
      {
        title: "but not rounded where it is whole",
        changes: [
          ...three,
          group("web", { maxSize: 2, ...refreshed({ maxHealthyPercentage: 150 }) }),
        ],
      },
      {
        title: "to what a scheduled action allows",
        changes: [schedule({ maxSize: 2 }), group("web", refreshed({ maxHealthyPercentage: 150 }))],
        violations: [tooLarge(3, 'maxSize of schedule "night", instance refresh up to 150 %')],
      },
      {
        title: "that keeps 100 % healthy and so launches first",
        changes: [group("web", refreshed({ minHealthyPercentage: 100 }))],
        violations: [tooLarge(2, FIRST)],
      },
      {
        title: "but none where instances end first",
        changes: [group("web", refreshed({ minHealthyPercentage: 99, maxHealthyPercentage: 100 }))],
      },
      { title: "but none by default", changes: [group("web", refreshed(undefined))] },
      {
        title: "but none to a group of no instances",
        changes: [
          group("web", {
            maxSize: 0,
            tags: [poolTag("bastion")],
            ...refreshed({ minHealthyPercentage: 100 }),
          }),
          group("other", {
            maxSize: 0,
            tags: [poolTag("bastion")],
            ...refreshed({ maxHealthyPercentage: 200 }),
          }),
        ],
        config: { pools: { bastion: { size: 0 } } },
      },
    ]);
  });

  describe("adds the surge of an instanceMaintenancePolicy", () => {
    const policy = (minHealthyPercentage: number, maxHealthyPercentage: number) => ({
      instanceMaintenancePolicy: { minHealthyPercentage, maxHealthyPercentage },
    });
    holdEach(groupFitsPool, [
      {
        title: "that may go beyond 100 %",
        changes: [group("web", policy(90, 110))],
        violations: [tooLarge(2, "maxSize, instanceMaintenancePolicy up to 110 %")],
      },
      {
        title: "that launches first",
        changes: [group("web", policy(100, 100))],
        violations: [tooLarge(2, "maxSize, instanceMaintenancePolicy that launches first")],
      },
      {
        title: "of aws-native",
        changes: [nativeGroup(policy(100, 200))],
        violations: [tooLarge(2, "maxSize, instanceMaintenancePolicy up to 200 %")],
      },
      {
        title: "or of the refresh, whichever is more",
        changes: [
          group("web", {
            ...policy(100, 200),
            maxSize: 2,
            ...refreshed({ maxHealthyPercentage: 110 }),
          }),
        ],
        violations: [tooLarge(4, "maxSize, instanceMaintenancePolicy up to 200 %")],
      },
      { title: "but none where instances end first", changes: [group("web", policy(0, 100))] },
      { title: "but none that is taken away by -1", changes: [group("web", policy(-1, -1))] },
    ]);
  });

  describe("adds the running instances of a warm pool", () => {
    const WARM = "with the warm pool's running instances";
    const warm = (props: Record<string, unknown>) => group("web", { warmPool: props });
    holdEach(groupFitsPool, [
      { title: "but not stopped ones", changes: [warm({ poolState: "Stopped", minSize: 5 })] },
      {
        title: "but not hibernated ones",
        changes: [warm({ poolState: "Hibernated", maxGroupPreparedCapacity: 5 })],
      },
      { title: "but not those of the default state", changes: [warm({ minSize: 5 })] },
      {
        title: "beside a full group",
        changes: [warm({ poolState: "Running", minSize: 2 })],
        violations: [tooLarge(3, `maxSize, ${WARM}`)],
      },
      {
        title: "up to the prepared capacity",
        changes: [warm({ poolState: "Running", minSize: 1, maxGroupPreparedCapacity: 5 })],
        violations: [tooLarge(5, `maxSize, ${WARM}`)],
      },
      {
        title: "but none beyond maxSize where nothing more is prepared",
        changes: [warm({ poolState: "Running" })],
      },
      {
        title: "but none beyond maxSize by a prepared capacity below it",
        changes: [
          ...three,
          group("web", {
            maxSize: 3,
            warmPool: { poolState: "Running", maxGroupPreparedCapacity: 2 },
          }),
        ],
      },
      {
        title: "beside the surge of a refresh",
        changes: [
          group("web", {
            warmPool: { poolState: "Running", minSize: 1 },
            ...refreshed({ maxHealthyPercentage: 200 }),
          }),
        ],
        violations: [tooLarge(3, `maxSize, instance refresh up to 200 %, ${WARM}`)],
      },
      {
        title: "of a WarmPool resource of aws-native",
        changes: [nativeGroup({}), nativeWarmPool({ poolState: "Running", minSize: 2 })],
        violations: [tooLarge(3, `maxSize, ${WARM}`)],
      },
      {
        title: "of a WarmPool resource by its prepared capacity, which is a text",
        changes: [
          nativeGroup({}),
          nativeWarmPool({ poolState: "Running", maxGroupPreparedCapacity: "4" }),
        ],
        violations: [tooLarge(4, `maxSize, ${WARM}`)],
      },
      {
        title: "but not of a stopped WarmPool resource, nor of another group's",
        changes: [
          nativeGroup({}),
          nativeWarmPool({ poolState: "Stopped", minSize: 2 }),
          {
            ...nativeWarmPool({
              autoScalingGroupName: "elsewhere",
              poolState: "Running",
              minSize: 2,
            }),
            name: "other",
          },
        ],
      },
    ]);
    holdEach(
      groupFitsPool,
      inPreview([
        {
          title: "and leaves to up a state that is unknown",
          changes: [warm({ poolState: later("Running"), minSize: 2 })],
          notes: [whether("warmPool")],
        },
        {
          title: "and leaves to up a WarmPool resource whose group is unknown",
          changes: [
            nativeGroup({}),
            nativeWarmPool({
              autoScalingGroupName: later("web-id"),
              poolState: "Running",
              minSize: 2,
            }),
          ],
          notes: [whether("warmPool")],
        },
      ]),
    );
  });

  describe("takes from the configuration", () => {
    const web = group("web", { maxSize: 3, tags: [poolTag("bastion")] });
    holdEach(groupFitsPool, [
      {
        title: "the size of a pool of another stack, which it passes",
        changes: [web],
        config: { pools: { bastion: { size: 3 } } },
      },
      {
        title: "the size of a pool of another stack, by which it stops",
        changes: [web],
        config: { pools: { bastion: { size: 2 } } },
        violations: [tooLarge(3, "maxSize", 2, "web", "bastion")],
      },
      {
        title: "that a pool has no interfaces",
        changes: [web],
        config: { pools: { bastion: { size: 0 } } },
        violations: [tooLarge(3, "maxSize", 0, "web", "bastion")],
      },
      {
        title: "that a pool has no interfaces, so that it stops a single instance",
        changes: [group("web", { maxSize: 1, tags: [poolTag("bastion")] })],
        config: { pools: { bastion: { size: 0 } } },
        violations: [tooLarge(1, "maxSize", 0, "web", "bastion")],
      },
      {
        title: "no size, and stops what it can't compare",
        changes: [web],
        config: { pools: { bastion: { zone: "eu-west-1a" } } },
        violations: [sizeUnknown("bastion")],
      },
      { title: "no pool, and leaves that to pool-tag-propagates", changes: [web] },
      {
        title: "no size where the interfaces are in this stack",
        changes: [group("web", { maxSize: 2 })],
        config: { pools: { licence: { size: 9 } } },
        violations: [tooLarge(2)],
      },
      {
        title: "the tag key",
        changes: [group("web", { maxSize: 2 })],
        config: { tagKey: "team:pool" },
      },
    ]);
  });

  describe("only advises on a standby group", () => {
    const standby =
      'Auto Scaling group "web" may run 2 instances (maxSize), and pool "licence" has 1 interface: 1 instance ' +
      "stands by without an address.";
    holdEach(groupFitsPool, [
      {
        title: "that is named by its resource",
        changes: [group("web", { maxSize: 2 })],
        config: { standbyGroups: ["web"] },
        advice: [standby],
      },
      {
        title: "that is named by its own name",
        changes: [group("web", { maxSize: 2, name: "web-group" })],
        config: { standbyGroups: ["other", "web-group"] },
        advice: [standby],
      },
      {
        title: "of aws-native that is named by its own name",
        changes: [nativeGroup({ maxSize: "2", autoScalingGroupName: "web-group" })],
        config: { standbyGroups: ["web-group"] },
        advice: [standby],
      },
      {
        title: "and on no other",
        changes: [group("web", { maxSize: 2, name: "web-group" })],
        config: { standbyGroups: ["web-groups", "we"] },
        violations: [tooLarge(2)],
      },
    ]);
  });

  describe("advises where groups share a pool", () => {
    const shared = (names: string, size: number, sum: number) =>
      `Auto Scaling groups ${names} share pool "licence" with ${count(size, "interface")} and may together ` +
      `run ${count(sum, "instance")}; some would wait for an address.`;
    holdEach(groupFitsPool, [
      {
        title: "that they fill together",
        changes: [group("blue")],
        advice: [shared('"web", "blue"', 1, 2)],
      },
      {
        title: "of three interfaces, three groups",
        changes: [...three, group("web", { maxSize: 2 }), group("blue"), group("green")],
        advice: [shared('"web", "blue", "green"', 3, 4)],
      },
      {
        title: "but not where all fit together",
        changes: [...three, group("web", { maxSize: 2 }), group("blue")],
      },
      {
        title: "but not again where one is stopped by itself",
        changes: [group("blue"), group("web", { maxSize: 2 })],
        violations: [tooLarge(2)],
      },
      {
        title: "but not those of different pools",
        changes: [
          networkInterface("bastion-0", { tags: { [TAG_KEY]: "bastion" } }),
          group("blue", { tags: [poolTag("bastion")] }),
        ],
      },
    ]);
  });

  describe("leaves to up", () => {
    const openInterface = networkInterface("later", { tags: later({}) });
    const OPEN = "interfaces whose tags aren't known yet may be the pool's";
    const found = (most: number) =>
      `Auto Scaling group "web" may run ${most} instances (maxSize), but pool "licence" has 1 interface; ${OPEN}`;
    holdEach(
      groupFitsPool,
      inPreview([
        {
          title: "a maxSize that is unknown",
          changes: [group("web", { maxSize: later(1) })],
          notes: [whether("maxSize")],
        },
        {
          title: "a maxSize that is unknown, of a pool without interfaces",
          changes: [group("web", { maxSize: later(0), tags: [poolTag("bastion")] })],
          config: { pools: { bastion: { size: 0 } } },
          notes: [
            'whether Auto Scaling group "web" fits pool "bastion" with its 0 interfaces, since maxSize ' +
              "isn't known yet",
          ],
        },
        {
          title: "a refresh that is unknown",
          changes: [...three, group("web", { instanceRefresh: later({}) })],
          notes: [whether("instanceRefresh", 3)],
        },
        {
          title: "a part of a refresh that is unknown",
          changes: [group("web", refreshed({ maxHealthyPercentage: later(100) }))],
          notes: [whether("instanceRefresh")],
        },
        {
          title: "several settings that are unknown",
          changes: [
            group("web", {
              maxSize: later(1),
              instanceMaintenancePolicy: later({}),
              warmPool: later({}),
            }),
          ],
          notes: [whether("maxSize and instanceMaintenancePolicy and warmPool")],
        },
        {
          title: "a pool that is unknown",
          changes: [group("web", { tags: [poolTag(later("licence"))], maxSize: 9 })],
          notes: [POOL_UNKNOWN],
        },
        {
          title: "tags that are unknown",
          changes: [group("web", { tags: later([]), maxSize: 9 })],
          notes: [POOL_UNKNOWN],
        },
        {
          title: "a Tag resource whose group is unknown",
          changes: [
            group("web", { tags: [], maxSize: 9 }),
            attached("aws:autoscaling/tag:Tag", {
              autoscalingGroupName: later("web-id"),
              tag: poolTag("licence"),
            }),
          ],
          notes: [POOL_UNKNOWN],
        },
        {
          title: "nothing of a group whose pool is known beside tags that aren't",
          changes: [group("web", { tags: [later({}), poolTag("licence")] })],
        },
        {
          title: "nothing of a group whose pool is known beside a template whose tags aren't",
          changes: [
            launchTemplate("lt", later({})),
            group("web", { launchTemplate: { id: idOf("lt") } }),
          ],
        },
        {
          title: "interfaces whose tags are unknown, which may be the pool's",
          changes: [openInterface, group("web", { maxSize: 2 })],
          notes: [found(2)],
        },
        {
          title: "nothing where the known interfaces are enough",
          changes: [openInterface],
        },
        {
          title: "a pool without a size in the configuration while interfaces may be its own",
          changes: [openInterface, group("web", { tags: [poolTag("bastion")] })],
          config: { pools: { bastion: { zone: "eu-west-1a" } } },
          notes: [
            'Auto Scaling group "web" uses pool "bastion", whose size can\'t be known: it isn\'t in this stack; ' +
              OPEN,
          ],
        },
      ]),
    );
    holdEach(groupFitsPool, [
      {
        title: "nothing that is too much already, whatever else is unknown",
        changes: [group("web", { maxSize: 2, warmPool: later({}) })],
        violations: [tooLarge(2)],
      },
      {
        title: "and stops there a maxSize that was unknown",
        changes: [group("web", { maxSize: later(2) })],
        violations: [tooLarge(2)],
        preview: false,
      },
    ]);
  });
});
