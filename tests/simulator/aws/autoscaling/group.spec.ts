import assert from "node:assert/strict";
import type { Group } from "../../../../simulator/aws/autoscaling/group";
import {
  assertInvalid,
  follow,
  launchHook,
  lifecycleOf,
  onlyMember,
  openGroup,
  operations,
  type Operation,
  statesOf,
  type Step,
  terminateHook,
} from "./groups";
import { runInstance, subnet } from "../services";

const { resize, suspend, inEc2, enterStandby, exitStandby, detach, protect } = operations;

const PAIR = { desiredCapacity: 2, minSize: 1 };
const TRIO = { desiredCapacity: 3 };
const TWO = "InService InService";
const THREE = "InService InService InService";

/** What is refused of a group after these steps, and why; `FIRST` and `LAST` stand for members' ids. */
type Refused = [
  what: string,
  parts: Partial<Group>,
  operation: Operation,
  message: string,
  ...steps: Step[],
];

const sizes = (size: number, most: number, purpose: string) =>
  `AutoScalingGroup web has min-size=1, max-size=${most}, and desired-size=${size}. To ${purpose} 1 instance, please update the AutoScalingGroup sizes appropriately.`;
const onStandby: Step = [0, "EnteringStandby InService", enterStandby(0, true)];
const attachOther: Operation = ({ autoScaling, ec2 }) => {
  autoScaling.attachInstance("web", [...ec2.instances.keys()].at(-1) ?? "");
};
const runOther: Operation = ({ ec2 }) => ec2.runInstance("t4g.micro", subnet, {});
const NO_LAUNCH = "The process Launch of web is suspended";

const refused: Refused[] = [
  [
    "a size beyond its greatest",
    PAIR,
    resize(4),
    "New SetDesiredCapacity value 4 is above max value 3 for the AutoScalingGroup.",
  ],
  [
    "a size below its least",
    PAIR,
    resize(0),
    "New SetDesiredCapacity value 0 is below min value 1 for the AutoScalingGroup.",
  ],
  [
    "standby that goes below its least size",
    PAIR,
    enterStandby(1, true),
    sizes(1, 3, "place into standby"),
    onStandby,
  ],
  [
    "standby for who isn't in service",
    PAIR,
    enterStandby(0, false),
    "The instance FIRST is not in InService.",
    onStandby,
  ],
  ["back who isn't on standby", PAIR, exitStandby(1), "The instance LAST is not in Standby."],
  [
    "back from standby when it is full",
    { ...PAIR, maxSize: 2 },
    exitStandby(0),
    sizes(2, 2, "take out of standby"),
    [0, "EnteringStandby InService", enterStandby(0, false)],
    [60_000, "Standby InService InService"],
  ],
  [
    "back from standby while it launches nobody",
    PAIR,
    exitStandby(0),
    NO_LAUNCH,
    onStandby,
    [10_000, "Standby InService", suspend("Launch")],
  ],
  [
    "to let go who is on the way",
    PAIR,
    detach(0, false),
    "The instance FIRST is not in InService or Standby.",
    onStandby,
  ],
  [
    "to protect who isn't in service",
    PAIR,
    protect(0, true),
    "The instance FIRST is not in InService.",
    onStandby,
  ],
  [
    "who is a member already",
    PAIR,
    attachOther,
    "Invalid Instance ID(s): [LAST] specified. It is running, or in a group already",
  ],
  [
    "who doesn't run",
    PAIR,
    attachOther,
    "Invalid Instance ID(s): [LAST] specified. It is pending, or in a group already",
    [0, TWO, runOther],
  ],
  [
    "an instance when it is full",
    { ...PAIR, maxSize: 2 },
    attachOther,
    sizes(2, 2, "attach"),
    [0, TWO, runOther],
    [5_000, TWO],
  ],
  [
    "an instance while it launches nobody",
    PAIR,
    attachOther,
    NO_LAUNCH,
    [0, TWO, runOther],
    [5_000, TWO, suspend("Launch")],
  ],
];

describe("a group refuses", () => {
  for (const [what, parts, operation, message, ...steps] of refused) {
    it(what, async () => {
      const { stage, ids } = await follow(parts, steps);
      const [first = "", last = ""] = [ids[0], [...stage.ec2.instances.keys()].at(-1)];
      const said = message.replace("FIRST", first).replace("LAST", last);
      assertInvalid(stage, () => operation(stage, ids), said);
    });
  }

  it("nothing that isn't there", () => {
    const stage = openGroup();
    const run = () => stage.autoScaling.groupByName("other");
    assertInvalid(stage, run, "AutoScalingGroup name not found - other");
  });
});

describe("AutoScaling.createGroup", () => {
  it("launches in the subnet where the group has fewest, and keeps its zones in balance", async () => {
    const other = { ...subnet, id: "subnet-b", availabilityZone: "eu-west-1b" };
    const { stage } = await follow({ ...TRIO, subnets: [subnet, other] }, [
      [0, THREE, inEc2("terminateInstance")],
      [60_000, THREE],
    ]);
    const zones = [...stage.ec2.instances.values()].map((one) => one.subnet.availabilityZone);
    assert.deepEqual(zones, ["eu-west-1a", "eu-west-1b", "eu-west-1a", "eu-west-1a"]);
  });

  it("launches nothing for a capacity of 0", () => follow({ desiredCapacity: 0 }, [[0, ""]]));

  it("goes from pending to in service, a step at a time", async () => {
    const stage = openGroup();
    await stage.pass(700);
    assert.deepEqual(statesOf(stage), ["Pending"]);
    await stage.pass(60_000);
    const lines = lifecycleOf(stage, onlyMember(stage));
    assert.deepEqual(lines, ["6400 Pending:Proceed", "7100 InService"]);
  });

  it("gives instances the type, the subnet and the tags that propagate, and no others", async () => {
    const { stage } = await follow(
      {
        instanceType: "t3.medium",
        tags: { pool: "licence", owner: "me" },
        propagatedTags: { pool: "licence" },
        primaryTags: { pool: "primary" },
        operator: { principal: "eks.amazonaws.com" },
      },
      [],
    );
    const [instance] = stage.ec2.instances.values();
    assert.deepEqual([instance?.type, instance?.subnet], ["t3.medium", subnet]);
    assert.deepEqual(instance?.tags, { pool: "licence", "aws:autoscaling:groupName": "web" });
    assert.deepEqual(instance.operator, { principal: "eks.amazonaws.com" });
    const [primary] = stage.ec2.interfacesOf(instance.id);
    assert.deepEqual(primary?.tags, { pool: "primary" });
  });

  it("says in the journal whom it loses, once, though it loses it in two steps", async () => {
    const { stage, ids } = await follow({}, [[0, "InService", inEc2("stopInstance")]]);
    await stage.pass(120_000);
    const said = stage.services.journal.entries.filter(({ text }) => text.includes("unhealthy"));
    assert.deepEqual(said, [
      { atMs: 75_000, source: "aws", text: `web finds ${ids[0] ?? ""} unhealthy` },
    ]);
  });
});

describe("AutoScaling.attachInstance and detachInstance", () => {
  it("give and take the tag of the group, the first its other tags and a place too, without hooks", async () => {
    const hooks = [launchHook, terminateHook];
    const stage = openGroup({ desiredCapacity: 0, hooks, propagatedTags: { pool: "licence" } });
    const instance = await runInstance(stage);
    stage.ec2.setTags(instance, { pool: "other", owner: "me" });
    stage.autoScaling.attachInstance("web", instance.id);
    await stage.pass(30_000);
    assert.deepEqual(lifecycleOf(stage, instance.id), ["5000 Pending", "5700 InService"]);
    const tags = { pool: "licence", owner: "me" };
    assert.deepEqual(instance.tags, { ...tags, "aws:autoscaling:groupName": "web" });
    assert.equal(stage.group.desiredCapacity, 1);
    stage.autoScaling.detachInstance("web", instance.id, true);
    await stage.pass(30_000);
    assert.deepEqual([instance.tags, instance.state], [tags, "running"]);
    assert.deepEqual(stage.events, []);
  });
});
