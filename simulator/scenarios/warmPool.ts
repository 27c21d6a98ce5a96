import { isWarm, type WarmPool } from "../aws/autoscaling/group";
import type { Operator } from "./operator";
import type { Scenario } from "./scenario";

/** How soon the manager answers a lifecycle action that asks nothing else of it, from the start of the instance. */
const START_SECONDS = 25;

/** Gives the cluster a warm pool of one instance and waits until that is parked. */
async function park(operator: Operator, poolState: WarmPool["poolState"]) {
  const group = operator.group("cluster");
  operator.autoScaling.updateGroup(group.name, { maxSize: 4 });
  operator.say(`gives ${group.name} a warm pool (${poolState})`);
  operator.autoScaling.putWarmPool(group.name, { poolState, minSize: 0, reuseOnScaleIn: false });
  const launched = () => [...group.members.values()].find(isWarm)?.instance;
  await operator.until("an instance to be launched into it", () => launched() !== undefined);
  const instance = operator.need(launched(), "the warm pool is empty");
  await operator.untilIn(instance, `Warmed:${poolState}`);
  await operator.run(120);
  return { group, instance };
}

/** What is parked has no address; it has one before it is in service. */
function parked(poolState: WarmPool["poolState"], what: string): Scenario {
  return {
    description: `An instance is parked in a warm pool, ${what}, and comes into service from there`,
    address:
      "None while parked, the launch action of `Warmed:Pending:Wait` is answered at once; given as it comes into service, before that goes on",
    async steps(operator) {
      const { group, instance } = await park(operator, poolState);
      operator.expectNoMoves();
      operator.expectNoAddress(instance);
      operator.expectAnswered(instance, "Warmed:Pending:Wait", START_SECONDS);
      operator.setSize(group, 4);
      await operator.untilServed();
      operator.expectAttached(instance, "Pending", "Pending:Wait");
      operator.expect(group.members.has(instance.id), `${instance.id} to be in the group`);
      operator.expectAnswered(instance, "Pending:Wait", START_SECONDS);
    },
  };
}

/** Groups with a warm pool beside them. */
export const warmPoolScenarios: Record<string, Scenario> = {
  "warm-pool-stopped": parked("Stopped", "stopped"),
  "warm-pool-running": parked("Running", "running"),
  "warm-pool-hibernated": parked("Hibernated", "hibernated"),
  "warm-pool-reuse": {
    description: "A group scales in and the member goes back into its warm pool",
    address:
      "Off at `Warmed:Pending:Wait`, while the instance still runs; given again as it comes into service, before that goes on",
    async steps(operator) {
      const group = operator.group("cluster");
      operator.autoScaling.putWarmPool(group.name, {
        poolState: "Stopped",
        minSize: 0,
        maxGroupPreparedCapacity: 3,
        reuseOnScaleIn: true,
      });
      const { instance, address } = operator.oldest("cluster");
      operator.setSize(group, 2);
      await operator.untilIn(instance, "Warmed:Stopped");
      operator.expectDetached(address, instance, "running in Warmed:Pending:Wait");
      operator.expectAnswered(instance, "Warmed:Pending:Wait", START_SECONDS);
      await operator.run(60);
      operator.expectNoAddress(instance);
      operator.setSize(group, 3);
      await operator.untilServed();
      operator.expectAttached(instance, "Pending", "Pending:Wait");
    },
  },
  "warm-pool-deleted": {
    description: "A warm pool is deleted",
    address: "None: the termination action of `Warmed:Terminating:Wait` is answered at once",
    async steps(operator) {
      const { group, instance } = await park(operator, "Running");
      operator.say(`deletes the warm pool of ${group.name}`);
      operator.autoScaling.deleteWarmPool(group.name);
      await operator.untilState(instance, "terminated");
      operator.expectNoMoves();
      operator.expectAnswered(instance, "Warmed:Terminating:Wait", START_SECONDS);
    },
  },
};
