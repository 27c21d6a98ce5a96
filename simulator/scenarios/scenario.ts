import { findUnmet } from "../checkers/liveness";
import { type Deployment, deployStack } from "../deploy/engine";
import { readStackSettings, type StackSettings } from "../deploy/stackFile";
import { GivenUp, Operator, type Stage } from "./operator";
import type { Existing } from "../deploy/providerFunctions";
import type { Program } from "../deploy/program";
import type { RegionOptions } from "../aws/region";
import type { Target } from "../views/report";

export interface Scenario {
  description: string;
  /** What becomes of the address, in words; present in what docs/life.md tells of. */
  address?: string;
  /** What its pools name and the program doesn't make. */
  existing?: Existing;
  /** What is deployed, if not the program of this repository. */
  program?: Program;
  /** Changes the stack's configuration where the scenario needs pools of its own. */
  configure?(settings: StackSettings): StackSettings;
  /** What is done once all are served, and what is expected of it. */
  steps(operator: Operator): Promise<void>;
}

/** A scenario that measures what has a target, which it may miss without a fault. */
export interface Measurement extends Omit<Scenario, "steps"> {
  /** How its Region is opened. */
  options: Pick<RegionOptions, "clients" | "responseCost" | "timings" | "faults">;
  measure(stage: Stage): Promise<{ faults: string[]; targets: Target[] }>;
}

/** Deploys a stack as a scenario wants it. */
export function deployScenario(
  stack: string,
  scenario: Omit<Scenario, "steps">,
): Promise<Deployment> {
  const settings = readStackSettings(stack);
  const own = scenario.configure?.(settings) ?? settings;
  return deployStack(stack, own, scenario.existing, scenario.program);
}

/**
 * Plays a scenario: its steps begin when all are served, and what they led to must last.
 *
 * @returns what went wrong, in words
 */
export async function playScenario(scenario: Scenario, stage: Stage): Promise<string[]> {
  const operator = new Operator(stage);
  try {
    await operator.untilServed();
    await scenario.steps(operator);
    await operator.staysQuiet();
    operator.faults.push(...findUnmet(stage.region).map(({ text }) => text));
  } catch (error) {
    if (!(error instanceof GivenUp)) throw error;
  }
  return operator.faults;
}
