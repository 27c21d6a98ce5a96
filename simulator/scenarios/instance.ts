import type { Instance } from "../aws/ec2/state";
import type { Operator } from "./operator";
import type { Scenario } from "./scenario";

/** From EC2's warning that it takes a Spot Instance back. */
const WARNING_SECONDS = 120;

/** Expects that an instance loses its address as it stops, and has it again once it is started. */
async function startOnceStopped(operator: Operator, instance: Instance, address: string) {
  await operator.untilState(instance, "stopped");
  await operator.run(60);
  operator.expectDetached(address, instance, "stopping", "stopped");
  operator.expectNoAddress(instance);
  await operator.startAgain(instance);
  operator.expectHolder(address, instance);
}

/** Attaches an instance to a group that has room for it. */
function attach(operator: Operator, { id }: Instance): void {
  const { name } = operator.group("cluster");
  operator.autoScaling.updateGroup(name, { maxSize: 4 });
  operator.say(`attaches ${id} to ${name}`);
  operator.autoScaling.attachInstance(name, id);
}

/** Expects that an address stays until the group gives its holder up, and is the replacement's then. */
async function expectReplacedAfterWarning(
  operator: Operator,
  { instance, address }: { instance: Instance; address: string },
  ...where: string[]
): Promise<void> {
  await operator.run(WARNING_SECONDS - 1);
  operator.expectNoMoves();
  await operator.untilReplaced(instance);
  operator.expectDetached(address, instance, ...where);
  operator.expectSuccessor(address, instance);
}

/** What happens to single instances: by hand, by EC2, and as members come and go without a hook. */
export const instanceScenarios: Record<string, Scenario> = {
  replace: {
    description: "A member is terminated by hand, or dies",
    address: "Off as it shuts down, then the replacement's",
    steps: (operator) => operator.killOne(),
  },
  "lost-event": {
    description: "all events of a replacement are lost, the schedule makes it good",
    async steps(operator) {
      operator.region.eventBridge.loses = ({ source }) => source !== "aws.events";
      await operator.killOne();
    },
  },
  "stop-start": {
    description: "An instance outside of any group is stopped and started again",
    address: "Off as it stops, and given again as it runs: the same if no lower one is free",
    async steps(operator) {
      const { addressHistory, ec2, region } = operator;
      const spare = operator.need(
        addressHistory.records.find(({ holdingPeriods }) => holdingPeriods.length === 0),
        "the stack has no spare address",
      );
      const networkInterface = ec2.interfaceById(spare.networkInterfaceId);
      const tags = { [region.tagKey]: spare.pool };
      const instance = ec2.runInstance("t4g.micro", networkInterface.subnet, tags);
      operator.say(`starts ${instance.id} with the tag of ${spare.pool}`);
      await operator.untilServed();
      const address = operator.addressOf(instance);
      operator.say(`stops ${instance.id}, which has ${address}`);
      ec2.stopInstance(instance.id);
      const isFree = () =>
        instance.state === "stopped" && networkInterface.attachment === undefined;
      await operator.until(`${instance.id} to be stopped and ${address} to be free`, isFree);
      operator.say(`starts ${instance.id} again`);
      await operator.startAgain(instance);
      await operator.staysQuiet();
      operator.expectHolder(address, instance);
    },
  },
  "stop-member": {
    description: "A member is stopped or hibernated by hand",
    address: "Off as it stops; the replacement's, as the group replaces what doesn't run",
    async steps(operator) {
      const { instance, address } = operator.oldest("licence");
      operator.say(`stops ${instance.id}`);
      operator.ec2.stopInstance(instance.id);
      await operator.untilReplaced(instance);
      operator.expectDetached(address, instance, "stopping", "stopped");
      operator.expectSuccessor(address, instance);
    },
  },
  "hibernate-alone": {
    description: "An instance outside of any group is hibernated and started again",
    address:
      "Off as it goes to sleep, and given again as it runs: the same if no lower one is free",
    async steps(operator) {
      const instance = await operator.launchAlone("cluster");
      const address = operator.addressOf(instance);
      operator.say(`hibernates ${instance.id}`);
      operator.ec2.hibernateInstance(instance.id);
      await startOnceStopped(operator, instance, address);
    },
  },
  reboot: {
    description: "An instance is rebooted, a member or one outside of any group",
    address: "Stays: to EC2 it runs all the time",
    async steps(operator) {
      const member = operator.oldest("cluster").instance;
      const alone = await operator.launchAlone("cluster");
      operator.say(`reboots ${member.id} and ${alone.id}`);
      operator.ec2.rebootInstance(member.id);
      operator.ec2.rebootInstance(alone.id);
      await operator.run(120);
      operator.expectNoMoves();
    },
  },
  "status-check": {
    description: "A member fails its status checks for minutes",
    address:
      "Stays until its group gives it up; then off at `Terminating:Wait`, while it still runs",
    async steps(operator) {
      const oldest = operator.oldest("licence");
      operator.say(`sees ${oldest.instance.id} fail`);
      operator.autoScaling.reportImpaired(oldest.instance.id);
      await expectReplacedAfterWarning(operator, oldest, "running in Terminating:Wait");
    },
  },
  "spot-interruption": {
    description: "EC2 takes a Spot Instance back, two minutes after its warning",
    address: "Stays through the warning; off as the instance shuts down, then the replacement's",
    async steps(operator) {
      const oldest = operator.oldest("licence");
      operator.say(`sees ${oldest.instance.id} taken back`);
      operator.region.spot.reclaim(oldest.instance.id, "terminate");
      await expectReplacedAfterWarning(operator, oldest, "shutting-down", "terminated");
    },
  },
  "spot-stop": {
    description: "EC2 stops a Spot Instance outside of any group, and starts it again",
    address: "Stays through the warning; off as it stops, and given again as it runs",
    async steps(operator) {
      const instance = await operator.launchAlone("cluster");
      const address = operator.addressOf(instance);
      operator.say(`sees ${instance.id} stopped`);
      operator.region.spot.reclaim(instance.id, "stop");
      await operator.run(WARNING_SECONDS - 1);
      operator.expectNoMoves();
      await startOnceStopped(operator, instance, address);
    },
  },
  "capacity-rebalancing": {
    description: "EC2 advises to replace a Spot Instance, and its group rebalances",
    address:
      "The replacement takes a spare one first; then off at `Terminating:Wait`, while the old one runs",
    async steps(operator) {
      const { group, instance, address } = operator.oldest("cluster");
      group.capacityRebalance = true;
      operator.say(`sees ${instance.id} at risk`);
      operator.region.spot.recommendRebalance(instance.id);
      await operator.until("another to be launched", () => group.members.size === 4);
      const next = operator.need(
        [...group.members.values()].at(-1)?.instance,
        "nobody is launched",
      );
      await operator.untilIn(next, "InService");
      operator.expectHolder(address, instance);
      await operator.untilReplaced(instance);
      operator.expectDetached(address, instance, "running in Terminating:Wait");
    },
  },
  "detach-instance": {
    description: "A member is detached from its group and goes on by itself",
    address: "Stays: the pool's tag is still on it; the replacement takes a spare one",
    async steps(operator) {
      const { group, instance, address } = operator.oldest("cluster");
      group.drainingSeconds = 90;
      operator.say(`detaches ${instance.id} from ${group.name}`);
      operator.autoScaling.detachInstance(group.name, instance.id, false);
      await operator.untilReplaced(instance);
      operator.expectHolder(address, instance);
      operator.expectNoMoves(address);
      operator.say(`terminates ${instance.id}`);
      operator.ec2.terminateInstance(instance.id);
      await operator.untilState(instance, "terminated");
      await operator.run(120);
      operator.expectDetached(address, instance, "shutting-down", "terminated");
    },
  },
  "attach-instance": {
    description: "An instance of the pool is attached to the pool's group",
    address: "Stays: attaching meets no hook",
    async steps(operator) {
      const instance = await operator.launchAlone("cluster");
      attach(operator, instance);
      await operator.untilIn(instance, "InService");
      await operator.run(120);
      operator.expectNoMoves();
    },
  },
  "attach-untagged": {
    description:
      "An instance without the pool's tag is attached to the pool's group, which tags it",
    address: "Given within seconds: EventBridge tells of the new tag",
    async steps(operator) {
      const instance = await operator.launchAlone();
      operator.expectNoAddress(instance);
      attach(operator, instance);
      const isServed = () => operator.addressHistory.addressOf(instance.id) !== undefined;
      await operator.until(`${instance.id} to have an address`, isServed, 75);
      operator.expectAttached(instance, "Pending", "InService");
    },
  },
};
