import { activeMembers, type Group, type Member } from "../aws/autoscaling/group";
import { type Course, type LifeScenario, lifeScenario } from "./course";

/** An instance refresh takes the time that its new members warm up, for each of them. */
const REFRESH_PATIENCE_SECONDS = 3_600;

/** How soon the manager answers a lifecycle action that asks nothing else of it. */
const AT_ONCE_SECONDS = 15;

/** Refreshes a group as a change of its launch template does, and waits for the end. */
async function refresh(course: Course, group: Group, strategy: "Rolling" | "ReplaceRootVolume") {
  const { autoScaling } = course;
  if (group.refreshPreferences === undefined) throw new Error(`${group.name} has no preferences`);
  course.say(`refreshes ${group.name}`);
  autoScaling.startInstanceRefresh(group.name, strategy, group.refreshPreferences);
  const isOver = () => !autoScaling.isRefreshing(group.name);
  await course.until("the refresh is over", isOver, REFRESH_PATIENCE_SECONDS);
  await course.untilServed();
}

/** The fewest members in service at any moment until something is over. */
function fewestInService({ autoScaling }: Course, group: Group): () => number {
  const countInService = () =>
    [...group.members.values()].filter(({ lifecycleState }) => lifecycleState === "InService")
      .length;
  let fewest = countInService();
  autoScaling.onTouch(() => {
    fewest = Math.min(fewest, countInService());
  });
  return () => fewest;
}

function instancesOf(members: Member[]) {
  return members.map(({ instance }) => instance);
}

/** What a group does with its members, by itself or because it is told to. */
export const groupScenarios: Record<string, LifeScenario> = {
  "scale-in": lifeScenario(
    "A group scales in",
    "Off at `Terminating:Wait`, while the instance still runs; free before it is gone",
    async (course) => {
      const group = course.group("cluster");
      const { instance, address } = course.oldest(group);
      course.say(`lets ${group.name} have a member less`);
      course.autoScaling.setDesiredCapacity(group.name, 2);
      await course.until(`${instance.id} is gone`, () => instance.state === "terminated");
      course.expectRelease(address, instance, ["running"], "Terminating:Wait");
      course.expectAnswered(instance, "Terminating:Wait", 1, AT_ONCE_SECONDS);
    },
  ),
  "scale-in-protection": lifeScenario(
    "A group scales in, and its oldest member is protected from that",
    "The protected member keeps its address, another gives its own back",
    async (course) => {
      const group = course.group("cluster");
      const { instance, address } = course.oldest(group);
      course.say(`protects ${instance.id} and lets ${group.name} have a member less`);
      course.autoScaling.setInstanceProtection(group.name, instance.id, true);
      const [, next] = activeMembers(group);
      if (next === undefined) throw new Error("the cluster has one member only");
      const nextAddress = course.stage.addressHistory.addressOf(next.instance.id) ?? "";
      course.autoScaling.setDesiredCapacity(group.name, 2);
      await course.until("another is gone", () => next.instance.state === "terminated");
      course.expectHolder(address, instance);
      course.expectRelease(nextAddress, next.instance, ["running"], "Terminating:Wait");
    },
  ),
  "refresh-terminate-first": lifeScenario(
    "An instance refresh of a group without a spare interface terminates first",
    "Off at `Terminating:Wait`, then the replacement's, which waited for it at `Pending:Wait`",
    async (course) => {
      const group = course.group("licence");
      const { instance, address } = course.oldest(group);
      await refresh(course, group, "Rolling");
      course.expectRelease(address, instance, ["running"], "Terminating:Wait");
      course.expectSuccessor(address, instance);
    },
  ),
  "refresh-launch-first": lifeScenario(
    "An instance refresh of a group with a spare interface launches first",
    "Each replacement takes the address that is free, and the one it replaces frees the next",
    async (course) => {
      const group = course.group("cluster");
      const old = instancesOf(activeMembers(group));
      const { address } = course.oldest(group);
      const fewest = fewestInService(course, group);
      await refresh(course, group, "Rolling");
      for (const instance of old) {
        course.expect(instance.state === "terminated", `${instance.id} was replaced`);
        course.expectAnswered(instance, "Terminating:Wait", 1, AT_ONCE_SECONDS);
      }
      course.expect(fewest() === 3, `no fewer than 3 were in service (${fewest()})`);
      const [first] = old;
      if (first !== undefined)
        course.expectRelease(address, first, ["running"], "Terminating:Wait");
    },
  ),
  "refresh-root-volumes": lifeScenario(
    "An instance refresh replaces the root volumes alone (`ReplaceRootVolume`)",
    "Stays: nothing is detached, and neither hook is kept waiting",
    async (course) => {
      const group = course.group("cluster");
      const instances = instancesOf(activeMembers(group));
      await refresh(course, group, "ReplaceRootVolume");
      course.expectNoMoves();
      for (const instance of instances) {
        course.expectAnswered(instance, "ReplacingRootVolume:Wait", 1, AT_ONCE_SECONDS);
        // Once as it was launched, with the way of the attachment, and once with its new volume.
        course.expectAnswered(instance, "Pending:Wait", 2, 2 * AT_ONCE_SECONDS);
      }
    },
  ),
  standby: lifeScenario(
    "A member is put on standby, without another in its place, and back",
    "Stays all the time",
    async (course) => {
      const group = course.group("cluster");
      const { instance, address } = course.oldest(group);
      course.say(`puts ${instance.id} on standby`);
      course.autoScaling.enterStandby(group.name, instance.id, true);
      await course.untilIn(instance, "Standby");
      await course.run(120);
      course.autoScaling.exitStandby(group.name, instance.id);
      await course.untilServed();
      course.expectNoMoves();
      course.expectHolder(address, instance);
    },
  ),
  "standby-replaced": lifeScenario(
    "A member is put on standby and another is launched in its place",
    "Stays; the other takes a spare one",
    async (course) => {
      const group = course.group("cluster");
      const { instance, address } = course.oldest(group);
      course.say(`puts ${instance.id} on standby and has it replaced`);
      course.autoScaling.enterStandby(group.name, instance.id, false);
      await course.untilIn(instance, "Standby");
      const isReplaced = () =>
        activeMembers(group).filter(({ lifecycleState }) => lifecycleState === "InService")
          .length === 3;
      await course.until("another is in service", isReplaced);
      course.expectHolder(address, instance);
      course.autoScaling.updateGroup(group.name, { maxSize: 4 });
      course.autoScaling.exitStandby(group.name, instance.id);
      await course.untilServed();
      course.expectHolder(address, instance);
    },
  ),
  "suspend-launch": lifeScenario(
    "A member is lost while the process `Launch` is suspended",
    "Off and free; the replacement's once launching is resumed",
    async (course) => {
      const group = course.group("licence");
      const { instance, address } = course.oldest(group);
      course.say(`suspends Launch of ${group.name} and kills ${instance.id}`);
      course.autoScaling.suspendProcesses(group.name, ["Launch"]);
      course.ec2.terminateInstance(instance.id);
      await course.until(`${instance.id} has left`, () => group.members.size === 0);
      await course.run(120);
      course.expectRelease(address, instance, ["shutting-down", "terminated"]);
      course.expect(
        course.stage.addressHistory.holderOf(address) === undefined,
        `nobody holds ${address} while nobody is launched`,
      );
      course.autoScaling.resumeProcesses(group.name, ["Launch"]);
      await course.untilServed();
      course.expectSuccessor(address, instance);
    },
  ),
  "suspend-terminate": lifeScenario(
    "A group is to scale in while the process `Terminate` is suspended",
    "Stays until terminating is resumed, then off at `Terminating:Wait`",
    async (course) => {
      const group = course.group("cluster");
      const { instance, address } = course.oldest(group);
      course.say(`suspends Terminate of ${group.name} and lets it have a member less`);
      course.autoScaling.suspendProcesses(group.name, ["Terminate"]);
      course.autoScaling.setDesiredCapacity(group.name, 2);
      await course.run(120);
      course.expectNoMoves();
      course.autoScaling.resumeProcesses(group.name, ["Terminate"]);
      await course.until(`${instance.id} is gone`, () => instance.state === "terminated");
      course.expectRelease(address, instance, ["running"], "Terminating:Wait");
    },
  ),
  "suspend-health-check": lifeScenario(
    "A member is stopped and started while the process `HealthCheck` is suspended",
    "Off as it stops, and given again as it runs: the same if no lower one is free",
    async (course) => {
      const group = course.group("cluster");
      const { instance, address } = course.oldest(group);
      course.say(`suspends HealthCheck of ${group.name} and stops ${instance.id}`);
      course.autoScaling.suspendProcesses(group.name, ["HealthCheck"]);
      course.ec2.stopInstance(instance.id);
      await course.until(`${instance.id} is stopped`, () => instance.state === "stopped");
      await course.run(120);
      course.expectRelease(address, instance, ["stopping", "stopped"]);
      course.expectWithout(instance);
      course.ec2.startInstance(instance.id);
      await course.until(`${instance.id} runs`, () => instance.state === "running");
      await course.untilServed();
      course.autoScaling.resumeProcesses(group.name, ["HealthCheck"]);
      await course.run(120);
      course.expectHolder(address, instance);
    },
  ),
  "suspend-replace-unhealthy": lifeScenario(
    "A member is stopped while the process `ReplaceUnhealthy` is suspended",
    "Off as it stops; the replacement's once replacing is resumed",
    async (course) => {
      const group = course.group("licence");
      const { instance, address } = course.oldest(group);
      course.say(`suspends ReplaceUnhealthy of ${group.name} and stops ${instance.id}`);
      course.autoScaling.suspendProcesses(group.name, ["ReplaceUnhealthy"]);
      course.ec2.stopInstance(instance.id);
      await course.run(180);
      course.expectRelease(address, instance, ["stopping", "stopped"]);
      course.expectWithout(instance);
      course.autoScaling.resumeProcesses(group.name, ["ReplaceUnhealthy"]);
      await course.until("it is replaced", () => !group.members.has(instance.id));
      await course.untilServed();
      course.expectSuccessor(address, instance);
    },
  ),
  retained: lifeScenario(
    "A termination is abandoned in a group that retains such instances",
    "A retained instance keeps what it holds, and is given none; off once it is terminated after all",
    async (course) => {
      const group = course.group("cluster");
      const { instance, address } = course.oldest(group);
      const { eventBridge } = course.stage.region;
      group.retainsAbandoned = true;
      for (const hook of group.hooks) hook.defaultResult = "ABANDON";
      course.say(`replaces ${instance.id} while the manager hears of nothing`);
      eventBridge.loses = () => true;
      course.autoScaling.replaceInstance(instance.id);
      await course.untilIn(instance, "Terminating:Retained");
      eventBridge.loses = () => false;
      await course.run(180);
      course.expectHolder(address, instance);
      course.say(`terminates ${instance.id} after all`);
      course.autoScaling.replaceInstance(instance.id);
      await course.until(`${instance.id} is gone`, () => instance.state === "terminated");
      course.expectRelease(address, instance, ["running"], "Terminating:Wait");
      await course.untilServed();
    },
  ),
};
