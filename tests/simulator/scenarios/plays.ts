import assert from "node:assert/strict";
import { type Deployment, resourcesOfType } from "../../../simulator/deploy/engine";
import { findUnmet } from "../../../simulator/checkers/liveness";
import type { RegionOptions } from "../../../simulator/aws/region";
import { scenarioByName } from "../../../simulator/scenarios";
import type { Stage } from "../../../simulator/scenarios/operator";
import { deployScenario, playScenario, type Scenario } from "../../../simulator/scenarios/scenario";
import { deploy, withStage } from "../stage";

/** A scenario that was played to its end. */
export interface Play extends Stage {
  deployment: Deployment;
  faults: string[];
}

const plays = new Map<string, Promise<Play>>();
const deployments = new Map<Scenario, Promise<Deployment>>();

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
  clients: RegionOptions["clients"] = "inProcess",
): Promise<Play> {
  const scenario = scenarioByName(name);
  const deployment = await deploymentFor(scenario);
  return withStage({ deployment, seed, clients }, async (stage) => {
    prepare(stage);
    const faults = await playScenario(scenario, stage);
    return { ...stage, deployment, faults };
  });
}

/** Gives a scenario's play with a seed; what was played once serves all tests. */
export function play(name: string, seed: number): Promise<Play> {
  const key = `${name} ${seed}`;
  const played = plays.get(key) ?? playAnew(name, seed);
  plays.set(key, played);
  return played;
}

/** Addresses and MACs of the pools as they were deployed. */
const deployedAddresses = ({ deployment }: Play) =>
  [
    ...resourcesOfType(deployment, "aws:ec2/networkInterface:NetworkInterface").map(
      ({ id, outputs }) => [id, outputs.privateIp, outputs.macAddress],
    ),
    ...deployment.givenInterfaces.map(({ id, address, macAddress }) => [id, address, macAddress]),
  ].sort();

/** Addresses and MACs of the pools as EC2 has them in the end, but for what was made on demand. */
const keptAddresses = ({ region, addressHistory }: Play) =>
  [...region.ec2.interfaces.values()]
    .filter(({ id }) => addressHistory.recordOf(id)?.isMade === false)
    .map(({ id, address, macAddress }) => [id, address, macAddress])
    .sort();

/** Plays a scenario: nothing goes wrong, all is as promised in the end, and every address and MAC is kept. */
export async function assertPlaysWell(name: string, seed: number): Promise<void> {
  const played = await play(name, seed);
  const unmet = findUnmet(played.region);
  assert.deepEqual({ faults: played.faults, unmet }, { faults: [], unmet: [] });
  assert.deepEqual(keptAddresses(played), deployedAddresses(played));
}

/** The instance that the operator kills, and its address. */
export function killOf({ region }: Play): { victim: string; address: string } {
  const [, victim, address] = region.journal.entries
    .map(({ text }) => /^kills (\S+), which has (\S+)$/.exec(text))
    .find((match) => match !== null) ?? ["", "", ""];
  return { victim, address };
}

/** Scenarios in which an instance is killed whose one address another has then. */
export const takeovers = ["replace", "lost-event", "further-addresses", "other-vpc", "existing"];

/** Wants the victim's address and MAC to be its successor's, and nothing else to be. */
export async function assertTakesOver(name: string, seed: number): Promise<void> {
  const played = await play(name, seed);
  const { region, addressHistory } = played;
  const { victim, address } = killOf(played);
  const record = addressHistory.records.find((candidate) => candidate.address === address);
  const [first, second, ...others] = record?.holdingPeriods ?? [];
  assert.equal(first?.instanceId, victim);
  assert.deepEqual(others, []);
  const successor = region.ec2.instanceById(second?.instanceId ?? "");
  assert.equal(successor.state, "running");
  const held = region.ec2
    .interfacesOf(successor.id)
    .filter(({ attachment }) => attachment?.deleteOnTermination === false)
    .map((one) => [one.address, one.macAddress]);
  assert.deepEqual(held, [[address, record?.macAddress]]);
}
