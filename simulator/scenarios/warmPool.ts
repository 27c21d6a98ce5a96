import { type Group, isWarm, type Member, type WarmPool } from "../aws/autoscaling/group";
import { type Course, type LifeScenario, lifeScenario } from "./course";

/** How soon the manager answers a lifecycle action that asks nothing else of it, from the start of the instance. */
const AT_ONCE_SECONDS = 25;

/** Gives the cluster a warm pool of one instance and waits until that is parked. */
async function park(course: Course, poolState: WarmPool["poolState"]) {
  const group = course.group("cluster");
  course.autoScaling.updateGroup(group.name, { maxSize: 4 });
  course.say(`gives ${group.name} a warm pool (${poolState})`);
  course.autoScaling.putWarmPool(group.name, { poolState, minSize: 0, reuseOnScaleIn: false });
  await course.until("somebody is launched into it", () => warmOf(group).length === 1);
  const [member] = warmOf(group);
  if (member === undefined) throw new Error("the warm pool is empty");
  await course.untilIn(member.instance, `Warmed:${poolState}`);
  await course.run(120);
  return { group, instance: member.instance };
}

function warmOf({ members }: Group): Member[] {
  return [...members.values()].filter(isWarm);
}

/** What is parked has no address; it has one before it is in service. */
function parked(poolState: WarmPool["poolState"], what: string): LifeScenario {
  return lifeScenario(
    `An instance is parked in a warm pool, ${what}, and comes into service from there`,
    "None while parked, the launch action of `Warmed:Pending:Wait` is answered at once; given as it comes into service, before that goes on",
    async (course) => {
      const { group, instance } = await park(course, poolState);
      course.expectNoMoves();
      course.expectWithout(instance);
      course.expectAnswered(instance, "Warmed:Pending:Wait", 1, AT_ONCE_SECONDS);
      course.say(`sets ${group.name} to 4 instances`);
      course.autoScaling.setDesiredCapacity(group.name, 4);
      await course.untilServed();
      course.expectGiven(instance, ["Pending", "Pending:Wait"]);
      course.expect(group.members.has(instance.id), `${instance.id} is in the group`);
      course.expectAnswered(instance, "Pending:Wait", 1, AT_ONCE_SECONDS);
    },
  );
}

/** Groups with a warm pool beside them. */
export const warmPoolScenarios: Record<string, LifeScenario> = {
  "warm-pool-stopped": parked("Stopped", "stopped"),
  "warm-pool-running": parked("Running", "running"),
  "warm-pool-hibernated": parked("Hibernated", "hibernated"),
  "warm-pool-reuse": lifeScenario(
    "A group scales in and the member goes back into its warm pool",
    "Off at `Warmed:Pending:Wait`, while the instance still runs; given again as it comes into service, before that goes on",
    async (course) => {
      const group = course.group("cluster");
      course.autoScaling.putWarmPool(group.name, {
        poolState: "Stopped",
        minSize: 0,
        maxGroupPreparedCapacity: 3,
        reuseOnScaleIn: true,
      });
      const { instance, address } = course.oldest(group);
      course.say(`sets ${group.name} to 2 instances`);
      course.autoScaling.setDesiredCapacity(group.name, 2);
      await course.untilIn(instance, "Warmed:Stopped");
      course.expectRelease(address, instance, ["running"], "Warmed:Pending:Wait");
      course.expectAnswered(instance, "Warmed:Pending:Wait", 1, AT_ONCE_SECONDS);
      await course.run(60);
      course.expectWithout(instance);
      course.say(`sets ${group.name} to 3 instances`);
      course.autoScaling.setDesiredCapacity(group.name, 3);
      await course.untilServed();
      course.expectGiven(instance, ["Pending", "Pending:Wait"]);
    },
  ),
  "warm-pool-deleted": lifeScenario(
    "A warm pool is deleted",
    "None: the termination action of `Warmed:Terminating:Wait` is answered at once",
    async (course) => {
      const { group, instance } = await park(course, "Running");
      course.say(`deletes the warm pool of ${group.name}`);
      course.autoScaling.deleteWarmPool(group.name);
      await course.until(`${instance.id} is gone`, () => instance.state === "terminated");
      course.expectNoMoves();
      course.expectAnswered(instance, "Warmed:Terminating:Wait", 1, AT_ONCE_SECONDS);
    },
  ),
};
