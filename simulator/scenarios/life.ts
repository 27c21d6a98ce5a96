import type { LifeScenario } from "./course";
import { groupScenarios } from "./group";
import { instanceScenarios } from "./instance";
import { warmPoolScenarios } from "./warmPool";
import { scenarios } from "./basic";

/** The whole life of groups and instances, by name and in the order of docs/life.md. */
export const lifeScenarios: Record<string, LifeScenario> = {
  ...groupScenarios,
  ...warmPoolScenarios,
  replace: known(
    "replace",
    "A member is terminated by hand, or dies",
    "Off as it shuts down, then the replacement's",
  ),
  "stop-start": known(
    "stop-start",
    "An instance outside of any group is stopped and started again",
    "Off as it stops, and given again as it runs: the same if no lower one is free",
  ),
  ...instanceScenarios,
};

/** One that is played for other reasons, too. */
function known(name: string, description: string, address: string): LifeScenario {
  const scenario = scenarios[name];
  if (scenario === undefined) throw new Error(`there is no scenario ${name}`);
  return { ...scenario, description, address };
}
