import assert from "node:assert/strict";
import { describeCourses } from "./courses";
import {
  assertInvalid,
  launchHook,
  lifecycleOf,
  onlyMember,
  openGroup,
  terminateHook,
} from "./groups";
import { runInstance, subnet } from "../services";

const sizes = (size: number, most: number, purpose: string) =>
  `AutoScalingGroup web has min-size=1, max-size=${most}, and desired-size=${size}. ` +
  `To ${purpose} 1 instance, please update the AutoScalingGroup sizes appropriately.`;

describeCourses("a group refuses", { desiredCapacity: 2, minSize: 1 })(`
  a size beyond its greatest
    60000  | setDesiredCapacity web 4 | InService InService
           | refused: New SetDesiredCapacity value 4 is above max value 3 for the AutoScalingGroup.
  a size below its least
    60000  | setDesiredCapacity web 0 | InService InService
           | refused: New SetDesiredCapacity value 0 is below min value 1 for the AutoScalingGroup.
  standby that goes below its least size
    60000  | enterStandby web #0 true | EnteringStandby InService
    0      | enterStandby web #1 true | EnteringStandby InService | refused: ${sizes(1, 3, "place into standby")}
  standby for who isn't in service
    60000  | enterStandby web #0 true  | EnteringStandby InService
    0      | enterStandby web #0 false | EnteringStandby InService | refused: The instance #0 is not in InService.
  back who isn't on standby
    60000  | exitStandby web #1 | InService InService | refused: The instance #1 is not in Standby.
  back from standby when it is full | maxSize 2
    60000  | enterStandby web #0 false | EnteringStandby InService
    60000  | exitStandby web #0        | Standby InService InService | refused: ${sizes(2, 2, "take out of standby")}
  back from standby while it launches nobody
    60000  | enterStandby web #0 true        | EnteringStandby InService
    10000  | suspendProcesses web ["Launch"] | Standby InService
    0      | exitStandby web #0              | Standby InService | refused: The process Launch of web is suspended
  to let go who is on the way
    60000  | enterStandby web #0 true    | EnteringStandby InService
    0      | detachInstance web #0 false | EnteringStandby InService
           | refused: The instance #0 is not in InService or Standby.
  to protect who isn't in service
    60000  | enterStandby web #0 true          | EnteringStandby InService
    0      | setInstanceProtection web #0 true | EnteringStandby InService | refused: The instance #0 is not in InService.
  who is a member already
    60000  | attachInstance web #1 | InService InService
           | refused: Invalid Instance ID(s): [#1] specified. It is running, or in a group already
  who doesn't run
    60000  | runInstance           | InService InService
    0      | attachInstance web #2 | InService InService
           | refused: Invalid Instance ID(s): [#2] specified. It is pending, or in a group already
  an instance when it is full | maxSize 2
    60000  | runInstance           | InService InService
    5000   | attachInstance web #2 | InService InService | refused: ${sizes(2, 2, "attach")}
  an instance while it launches nobody
    60000  | runInstance; suspendProcesses web ["Launch"] | InService InService
    5000   | attachInstance web #2                        | InService InService | refused: The process Launch of web is suspended
`);

describeCourses("AutoScaling.createGroup")(`
  launches nothing for a capacity of 0 | desiredCapacity 0
    60000  |  |
  goes from pending to in service, a step at a time
    700    |  | Pending
    60000  |  | InService | lifecycle: 6400 Pending:Proceed, 7100 InService
`);

describe("a group", () => {
  it("that isn't there is refused", () => {
    const stage = openGroup();
    const run = () => stage.autoScaling.groupByName("other");
    assertInvalid(stage, run, "AutoScalingGroup name not found - other");
  });

  it("launches in the subnet where it has fewest, and keeps its zones in balance", async () => {
    const other = { ...subnet, id: "subnet-b", availabilityZone: "eu-west-1b" };
    const { ec2, ...stage } = openGroup({ desiredCapacity: 3, subnets: [subnet, other] });
    await stage.pass(60_000);
    const [first = ""] = ec2.instances.keys();
    ec2.terminateInstance(first);
    await stage.pass(60_000);
    const zones = [...ec2.instances.values()].map((one) => one.subnet.availabilityZone);
    assert.deepEqual(zones, ["eu-west-1a", "eu-west-1b", "eu-west-1a", "eu-west-1a"]);
  });

  it("gives instances the type, the subnet and the tags that propagate, and no others", async () => {
    const { ec2, ...stage } = openGroup({
      instanceType: "t3.medium",
      tags: { pool: "licence", owner: "me" },
      propagatedTags: { pool: "licence" },
      primaryTags: { pool: "primary" },
      operator: { principal: "eks.amazonaws.com" },
    });
    await stage.pass(60_000);
    const [instance] = ec2.instances.values();
    assert.deepEqual([instance?.type, instance?.subnet], ["t3.medium", subnet]);
    assert.deepEqual(instance?.tags, { pool: "licence", "aws:autoscaling:groupName": "web" });
    assert.deepEqual(instance.operator, { principal: "eks.amazonaws.com" });
    const [primary] = ec2.interfacesOf(instance.id);
    assert.deepEqual(primary?.tags, { pool: "primary" });
  });

  it("says in the journal whom it loses, once, though it loses it in two steps", async () => {
    const stage = openGroup();
    await stage.pass(60_000);
    const id = onlyMember(stage);
    stage.ec2.stopInstance(id);
    await stage.pass(120_000);
    const said = stage.services.journal.entries.filter(({ text }) => text.includes("unhealthy"));
    assert.deepEqual(said, [{ atMs: 75_000, source: "aws", text: `web finds ${id} unhealthy` }]);
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
