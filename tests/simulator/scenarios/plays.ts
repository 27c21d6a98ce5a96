import type { Deployment } from "../../../simulator/deploy/engine";
import { exampleScenarios } from "../../../simulator/scenarios/examples";
import { lifeScenarios } from "../../../simulator/scenarios/life";
import { AddressHistory } from "../../../simulator/checkers/addressHistory";
import { Region } from "../../../simulator/aws/region";
import {
  deployScenario,
  scenarios,
  type Scenario,
  type Stage,
} from "../../../simulator/scenarios/basic";
import { deploy } from "../stage";

/** A scenario that was played to its end. */
export interface Play extends Stage {
  deployment: Deployment;
  faults: string[];
}

const plays = new Map<string, Promise<Play>>();
const deployments = new Map<Scenario, Promise<Deployment>>();

export function scenarioOf(name: string): Scenario {
  const scenario = { ...scenarios, ...lifeScenarios, ...exampleScenarios }[name];
  if (scenario === undefined) throw new Error(`there is no scenario ${name}`);
  return scenario;
}

/** Deploys what a scenario wants to be played on; once for all tests. */
export function deploymentFor(scenario: Scenario): Promise<Deployment> {
  if (scenario.configure === undefined) return deploy();
  const deployment = deployments.get(scenario) ?? deployScenario("dev", scenario);
  deployments.set(scenario, deployment);
  return deployment;
}

/** Plays a scenario. */
export async function playAnew(
  name: string,
  seed: number,
  prepare: (stage: Stage) => void = () => undefined,
): Promise<Play> {
  const scenario = scenarioOf(name);
  const deployment = await deploymentFor(scenario);
  const region = await Region.open(deployment, { seed });
  try {
    const stage = { region, addressHistory: AddressHistory.of(region) };
    prepare(stage);
    const faults = await scenario.play(stage);
    return { ...stage, deployment, faults };
  } finally {
    await region.close();
  }
}

/** Gives a scenario's play with a seed; what was played once serves all tests. */
export function play(name: string, seed: number): Promise<Play> {
  const key = `${name} ${seed}`;
  const played = plays.get(key) ?? playAnew(name, seed);
  plays.set(key, played);
  return played;
}
