import { type Course, type LifeScenario, lifeScenario } from "./course";

/** From EC2's warning that it takes a Spot Instance back. */
const WARNING_SECONDS = 120;

/** Waits until a member is replaced and the group is whole. */
async function untilReplaced(course: Course, id: string): Promise<void> {
  await course.until(`${id} is replaced`, () => course.lifecycleStateOf(id) === undefined);
  await course.untilServed();
}

/** What happens to single instances: by hand, by EC2, and as members come and go without a hook. */
export const instanceScenarios: Record<string, LifeScenario> = {
  "stop-member": lifeScenario(
    "A member is stopped or hibernated by hand",
    "Off as it stops; the replacement's, as the group replaces what doesn't run",
    async (course) => {
      const { instance, address } = course.oldest(course.group("licence"));
      course.say(`stops ${instance.id}`);
      course.ec2.stopInstance(instance.id);
      await untilReplaced(course, instance.id);
      course.expectRelease(address, instance, ["stopping", "stopped"]);
      course.expectSuccessor(address, instance);
    },
  ),
  "hibernate-alone": lifeScenario(
    "An instance outside of any group is hibernated and started again",
    "Off as it goes to sleep, and given again as it runs: the same if no lower one is free",
    async (course) => {
      const instance = await course.launchAlone("cluster");
      const address = course.stage.addressHistory.addressOf(instance.id) ?? "none";
      course.say(`hibernates ${instance.id}`);
      course.ec2.hibernateInstance(instance.id);
      await course.until(`${instance.id} sleeps`, () => instance.state === "stopped");
      await course.run(60);
      course.expectRelease(address, instance, ["stopping", "stopped"]);
      course.expectWithout(instance);
      course.ec2.startInstance(instance.id);
      await course.until(`${instance.id} runs`, () => instance.state === "running");
      await course.untilServed();
      course.expectHolder(address, instance);
    },
  ),
  reboot: lifeScenario(
    "An instance is rebooted, a member or one outside of any group",
    "Stays: to EC2 it runs all the time",
    async (course) => {
      const member = course.oldest(course.group("cluster")).instance;
      const alone = await course.launchAlone("cluster");
      course.say(`reboots ${member.id} and ${alone.id}`);
      course.ec2.rebootInstance(member.id);
      course.ec2.rebootInstance(alone.id);
      await course.run(120);
      course.expectNoMoves();
    },
  ),
  "status-check": lifeScenario(
    "A member fails its status checks for minutes",
    "Stays until its group gives it up; then off at `Terminating:Wait`, while it still runs",
    async (course) => {
      const { instance, address } = course.oldest(course.group("licence"));
      course.say(`sees ${instance.id} fail`);
      course.autoScaling.reportImpaired(instance.id);
      await course.run(WARNING_SECONDS - 1);
      course.expectNoMoves();
      await untilReplaced(course, instance.id);
      course.expectRelease(address, instance, ["running"], "Terminating:Wait");
      course.expectSuccessor(address, instance);
    },
  ),
  "spot-interruption": lifeScenario(
    "EC2 takes a Spot Instance back, two minutes after its warning",
    "Stays through the warning; off as the instance shuts down, then the replacement's",
    async (course) => {
      const { instance, address } = course.oldest(course.group("licence"));
      course.say(`sees ${instance.id} taken back`);
      course.stage.region.spot.reclaim(instance.id, "terminate");
      await course.run(WARNING_SECONDS - 1);
      course.expectNoMoves();
      await untilReplaced(course, instance.id);
      course.expectRelease(address, instance, ["shutting-down", "terminated"]);
      course.expectSuccessor(address, instance);
    },
  ),
  "spot-stop": lifeScenario(
    "EC2 stops a Spot Instance outside of any group, and starts it again",
    "Stays through the warning; off as it stops, and given again as it runs",
    async (course) => {
      const instance = await course.launchAlone("cluster");
      const address = course.stage.addressHistory.addressOf(instance.id) ?? "none";
      course.say(`sees ${instance.id} stopped`);
      course.stage.region.spot.reclaim(instance.id, "stop");
      await course.run(WARNING_SECONDS - 1);
      course.expectNoMoves();
      await course.until(`${instance.id} is stopped`, () => instance.state === "stopped");
      await course.run(60);
      course.expectRelease(address, instance, ["stopping", "stopped"]);
      course.ec2.startInstance(instance.id);
      await course.until(`${instance.id} runs`, () => instance.state === "running");
      await course.untilServed();
      course.expectHolder(address, instance);
    },
  ),
  "capacity-rebalancing": lifeScenario(
    "EC2 advises to replace a Spot Instance, and its group rebalances",
    "The replacement takes a spare one first; then off at `Terminating:Wait`, while the old one runs",
    async (course) => {
      const group = course.group("cluster");
      const { instance, address } = course.oldest(group);
      group.capacityRebalance = true;
      course.say(`sees ${instance.id} at risk`);
      course.stage.region.spot.recommendRebalance(instance.id);
      await course.until("another is launched", () => group.members.size === 4);
      const next = [...group.members.values()].at(-1)?.instance;
      if (next === undefined) throw new Error("nobody was launched");
      await course.untilIn(next, "InService");
      course.expectHolder(address, instance);
      await untilReplaced(course, instance.id);
      course.expectRelease(address, instance, ["running"], "Terminating:Wait");
    },
  ),
  "detach-instance": lifeScenario(
    "A member is detached from its group and goes on by itself",
    "Stays: the pool's tag is still on it; the replacement takes a spare one",
    async (course) => {
      const group = course.group("cluster");
      const { instance, address } = course.oldest(group);
      group.drainingSeconds = 90;
      course.say(`detaches ${instance.id} from ${group.name}`);
      course.autoScaling.detachInstance(group.name, instance.id, false);
      await untilReplaced(course, instance.id);
      course.expectHolder(address, instance);
      const came = course.stage.addressHistory.accounts.find(
        (account) => account.address === address,
      );
      course.expect(came?.holdingPeriods.length === 1, `${address} never came off ${instance.id}`);
      course.say(`terminates ${instance.id}`);
      course.ec2.terminateInstance(instance.id);
      await course.until(`${instance.id} is gone`, () => instance.state === "terminated");
      await course.run(120);
      course.expectRelease(address, instance, ["shutting-down", "terminated"]);
    },
  ),
  "attach-instance": lifeScenario(
    "An instance of the pool is attached to the pool's group",
    "Stays: attaching meets no hook",
    async (course) => {
      const group = course.group("cluster");
      const instance = await course.launchAlone("cluster");
      course.autoScaling.updateGroup(group.name, { maxSize: 4 });
      course.say(`attaches ${instance.id} to ${group.name}`);
      course.autoScaling.attachInstance(group.name, instance.id);
      await course.untilIn(instance, "InService");
      await course.run(120);
      course.expectNoMoves();
    },
  ),
  "attach-untagged": lifeScenario(
    "An instance without the pool's tag is attached to the pool's group, which tags it",
    "Given within an interval of the schedule: no event tells of it",
    async (course) => {
      const group = course.group("cluster");
      const instance = await course.launchAlone(undefined);
      course.expectWithout(instance);
      course.autoScaling.updateGroup(group.name, { maxSize: 4 });
      course.say(`attaches ${instance.id} to ${group.name}`);
      course.autoScaling.attachInstance(group.name, instance.id);
      await course.until(
        `${instance.id} has an address`,
        () => course.stage.addressHistory.addressOf(instance.id) !== undefined,
        75,
      );
      course.expectGiven(instance, ["Pending", "InService"]);
    },
  ),
};
