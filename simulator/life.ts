import type { LifeScenario } from "./life/course";
import { groupScenarios } from "./life/group";
import { instanceScenarios } from "./life/instance";
import { warmPoolScenarios } from "./life/warmPool";

/** The whole life of groups and instances, by name and in the order of docs/life.md. */
export const lifeScenarios: Record<string, LifeScenario> = {
  ...groupScenarios,
  ...warmPoolScenarios,
  ...instanceScenarios,
};
