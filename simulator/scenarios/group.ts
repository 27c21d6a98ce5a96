import { activeMembers, type Group } from "../aws/autoscaling/group";
import { withPools } from "../deploy/stackFile";
import type { Operator } from "./operator";
import type { Scenario } from "./scenario";

/** An instance refresh takes the time that its new members warm up, for each of them. */
const REFRESH_PATIENCE_SECONDS = 3_600;

/** Refreshes a group as a change of its launch template does, and waits for the end. */
async function refresh(
  operator: Operator,
  group: Group,
  strategy: "Rolling" | "ReplaceRootVolume",
) {
  const { autoScaling } = operator;
  const preferences = operator.need(group.refreshPreferences, `${group.name} has no preferences`);
  operator.say(`refreshes ${group.name}`);
  autoScaling.startInstanceRefresh(group.name, strategy, preferences);
  const isOver = () => !autoScaling.isRefreshing(group.name);
  await operator.until("the refresh to be over", isOver, REFRESH_PATIENCE_SECONDS);
  await operator.untilServed();
}

function countInService({ members }: Group): number {
  return [...members.values()].filter(({ lifecycleState }) => lifecycleState === "InService")
    .length;
}

/** What a group does with its members, by itself or because it is told to. */
export const groupScenarios: Record<string, Scenario> = {
  "scale-in": {
    description: "A group scales in",
    address: "Off at `Terminating:Wait`, while the instance still runs; free before it is gone",
    async steps(operator) {
      const { group, instance, address } = operator.oldest("cluster");
      operator.say(`lets ${group.name} have a member less`);
      operator.autoScaling.setDesiredCapacity(group.name, 2);
      await operator.untilState(instance, "terminated");
      operator.expectDetached(address, instance, "running in Terminating:Wait");
      operator.expectAnswered(instance, "Terminating:Wait");
    },
  },
  "scale-in-protection": {
    description: "A group scales in, and its oldest member is protected from that",
    address: "The protected member keeps its address, another gives its own back",
    async steps(operator) {
      const { group, instance, address } = operator.oldest("cluster");
      operator.say(`protects ${instance.id} and lets ${group.name} have a member less`);
      operator.autoScaling.setInstanceProtection(group.name, instance.id, true);
      const next = operator.need(activeMembers(group)[1]?.instance, "there is one member only");
      const nextAddress = operator.addressOf(next);
      operator.autoScaling.setDesiredCapacity(group.name, 2);
      await operator.untilState(next, "terminated");
      operator.expectHolder(address, instance);
      operator.expectDetached(nextAddress, next, "running in Terminating:Wait");
    },
  },
  "refresh-terminate-first": {
    description: "An instance refresh of a group without a spare interface terminates first",
    address:
      "Off at `Terminating:Wait`, then the replacement's, which waited for it at `Pending:Wait`",
    async steps(operator) {
      const { group, instance, address } = operator.oldest("licence");
      await refresh(operator, group, "Rolling");
      operator.expectDetached(address, instance, "running in Terminating:Wait");
      operator.expectSuccessor(address, instance);
    },
  },
  "refresh-launch-first": {
    description: "An instance refresh of a group with a spare interface launches first",
    address:
      "Each replacement takes the address that is free, and the one it replaces frees the next",
    async steps(operator) {
      const { group, instance: oldest, address } = operator.oldest("cluster");
      const replaced = activeMembers(group);
      let fewest = countInService(group);
      operator.autoScaling.onTouch(() => {
        fewest = Math.min(fewest, countInService(group));
      });
      await refresh(operator, group, "Rolling");
      for (const { instance } of replaced) {
        operator.expect(instance.state === "terminated", `${instance.id} to be replaced`);
        operator.expectAnswered(instance, "Terminating:Wait");
      }
      operator.expect(fewest === 3, `3 in service at any time, but there were ${fewest} once`);
      operator.expectDetached(address, oldest, "running in Terminating:Wait");
    },
  },
  "refresh-root-volumes": {
    description: "An instance refresh replaces the root volumes alone (`ReplaceRootVolume`)",
    address: "Stays: nothing is detached, and neither hook is kept waiting",
    async steps(operator) {
      const group = operator.group("cluster");
      const members = activeMembers(group);
      await refresh(operator, group, "ReplaceRootVolume");
      operator.expectNoMoves();
      for (const { instance } of members) {
        operator.expectAnswered(instance, "ReplacingRootVolume:Wait");
        // Once as it was launched, with the way of the attachment, and once with its new volume.
        operator.expectAnswered(instance, "Pending:Wait", 30, 2);
      }
    },
  },
  standby: {
    description: "A member is put on standby, without another in its place, and back",
    address: "Stays all the time",
    async steps(operator) {
      const { group, instance, address } = operator.oldest("cluster");
      operator.say(`puts ${instance.id} on standby`);
      operator.autoScaling.enterStandby(group.name, instance.id, true);
      await operator.untilIn(instance, "Standby");
      await operator.run(120);
      operator.autoScaling.exitStandby(group.name, instance.id);
      await operator.untilServed();
      operator.expectNoMoves();
      operator.expectHolder(address, instance);
    },
  },
  "standby-replaced": {
    description: "A member is put on standby and another is launched in its place",
    address: "Stays; the other takes a spare one",
    async steps(operator) {
      const { group, instance, address } = operator.oldest("cluster");
      operator.say(`puts ${instance.id} on standby and has it replaced`);
      operator.autoScaling.enterStandby(group.name, instance.id, false);
      await operator.untilIn(instance, "Standby");
      await operator.until("another to be in service", () => countInService(group) === 3);
      operator.expectHolder(address, instance);
      operator.autoScaling.updateGroup(group.name, { maxSize: 4 });
      operator.autoScaling.exitStandby(group.name, instance.id);
      await operator.untilServed();
      operator.expectHolder(address, instance);
    },
  },
  "suspend-launch": {
    description: "A member is lost while the process `Launch` is suspended",
    address: "Off and free; the replacement's once launching is resumed",
    async steps(operator) {
      const { group, instance, address } = operator.oldest("licence");
      operator.say(`suspends Launch of ${group.name} and kills ${instance.id}`);
      operator.autoScaling.suspendProcesses(group.name, ["Launch"]);
      operator.ec2.terminateInstance(instance.id);
      await operator.until(`${instance.id} to leave its group`, () => group.members.size === 0);
      await operator.run(120);
      operator.expectDetached(address, instance, "shutting-down", "terminated");
      const holder = operator.addressHistory.holderOf(address);
      operator.expect(holder === undefined, `nobody to hold ${address}, but ${holder} does`);
      operator.autoScaling.resumeProcesses(group.name, ["Launch"]);
      await operator.untilServed();
      operator.expectSuccessor(address, instance);
    },
  },
  "suspend-terminate": {
    description: "A group is to scale in while the process `Terminate` is suspended",
    address: "Stays until terminating is resumed, then off at `Terminating:Wait`",
    async steps(operator) {
      const { group, instance, address } = operator.oldest("cluster");
      operator.say(`suspends Terminate of ${group.name} and lets it have a member less`);
      operator.autoScaling.suspendProcesses(group.name, ["Terminate"]);
      operator.autoScaling.setDesiredCapacity(group.name, 2);
      await operator.run(120);
      operator.expectNoMoves();
      operator.autoScaling.resumeProcesses(group.name, ["Terminate"]);
      await operator.untilState(instance, "terminated");
      operator.expectDetached(address, instance, "running in Terminating:Wait");
    },
  },
  "suspend-health-check": {
    description: "A member is stopped and started while the process `HealthCheck` is suspended",
    address: "Off as it stops, and given again as it runs: the same if no lower one is free",
    async steps(operator) {
      const { group, instance, address } = operator.oldest("cluster");
      operator.say(`suspends HealthCheck of ${group.name} and stops ${instance.id}`);
      operator.autoScaling.suspendProcesses(group.name, ["HealthCheck"]);
      operator.ec2.stopInstance(instance.id);
      await operator.untilState(instance, "stopped");
      await operator.run(120);
      operator.expectDetached(address, instance, "stopping", "stopped");
      operator.expectNoAddress(instance);
      await operator.startAgain(instance);
      operator.autoScaling.resumeProcesses(group.name, ["HealthCheck"]);
      await operator.run(120);
      operator.expectHolder(address, instance);
    },
  },
  "suspend-replace-unhealthy": {
    description: "A member is stopped while the process `ReplaceUnhealthy` is suspended",
    address: "Off as it stops; the replacement's once replacing is resumed",
    async steps(operator) {
      const { group, instance, address } = operator.oldest("licence");
      operator.say(`suspends ReplaceUnhealthy of ${group.name} and stops ${instance.id}`);
      operator.autoScaling.suspendProcesses(group.name, ["ReplaceUnhealthy"]);
      operator.ec2.stopInstance(instance.id);
      await operator.run(180);
      operator.expectDetached(address, instance, "stopping", "stopped");
      operator.expectNoAddress(instance);
      operator.autoScaling.resumeProcesses(group.name, ["ReplaceUnhealthy"]);
      await operator.untilReplaced(instance);
      operator.expectSuccessor(address, instance);
    },
  },
  retained: {
    description: "A termination is abandoned in a group that retains such instances",
    address:
      "A retained instance keeps what it holds, and is given none; off once it is terminated after all",
    async steps(operator) {
      const { group, instance, address } = operator.oldest("cluster");
      const { eventBridge } = operator.region;
      group.retainsAbandoned = true;
      for (const hook of group.hooks) hook.defaultResult = "ABANDON";
      operator.say(`replaces ${instance.id} while the manager hears of nothing`);
      eventBridge.loses = () => true;
      operator.autoScaling.replaceInstance(instance.id);
      await operator.untilIn(instance, "Terminating:Retained");
      eventBridge.loses = () => false;
      await operator.run(180);
      operator.expectHolder(address, instance);
      operator.say(`terminates ${instance.id} after all`);
      operator.autoScaling.replaceInstance(instance.id);
      await operator.untilState(instance, "terminated");
      operator.expectDetached(address, instance, "running in Terminating:Wait");
      await operator.untilServed();
    },
  },
  "scale-out": {
    description: "a group goes from 0 to 20 instances at once",
    configure: (settings) =>
      withPools(settings, [
        { name: "fleet", size: 20, group: { desiredCapacity: 0, maxSize: 20 } },
      ]),
    async steps(operator) {
      await operator.run(30);
      const group = operator.group("fleet");
      operator.setSize(group, 20);
      await operator.untilServed();
    },
  },
};
