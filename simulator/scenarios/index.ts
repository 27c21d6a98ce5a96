import { bigRegion, otherStack } from "./bigRegion";
import { exampleScenarios } from "./examples";
import { groupScenarios } from "./group";
import { instanceScenarios } from "./instance";
import { networkScenarios } from "./networks";
import { onDemandLaunch, twoManagers } from "./launches";
import { failoverNoise, noise } from "./noise";
import type { Measurement, Scenario } from "./scenario";
import { severalManagers } from "./severalManagers";
import { steadyNoise } from "./steadyNoise";
import { warmPoolScenarios } from "./warmPool";

/** All scenarios by name, as `npm start -- --scenario` takes them; the order is that of docs/life.md. */
export const scenarios: Record<string, Scenario> = {
  ...groupScenarios,
  ...warmPoolScenarios,
  ...instanceScenarios,
  ...networkScenarios,
  ...exampleScenarios,
};

/** Those that measure something beside its target, by name, as `--scenario` takes them, too. */
export const measurements: Record<string, Measurement> = {
  "big-region": bigRegion(),
  "several-managers": severalManagers(),
  "other-stack": otherStack(),
  noise: noise(),
  "noise-big-pool": noise({ memberCount: 1_000 }),
  "noise-failover": failoverNoise(),
  "steady-noise": steadyNoise(),
  "on-demand-launch": onDemandLaunch(),
  "two-managers": twoManagers(),
};

export function scenarioByName(name: string): Scenario {
  const scenario = scenarios[name];
  if (scenario === undefined) throw new Error(`there is no scenario ${name}`);
  return scenario;
}
