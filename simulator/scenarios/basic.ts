import { type Deployment, deployStack } from "../deploy/engine";
import { readStackSettings, type StackSettings, withPools } from "../deploy/stackFile";
import { killOne, PATIENCE_SECONDS, QUIET_SECONDS, waitUntilServed } from "./steps";
import type { AddressHistory } from "../checkers/addressHistory";
import type { Existing } from "../deploy/providerFunctions";
import { networkScenarios } from "./networks";
import type { Program } from "../deploy/program";
import type { Region, RegionOptions } from "../aws/region";
import type { Target } from "../views/report";

/** Where a scenario is played. */
export interface Stage {
  region: Region;
  addressHistory: AddressHistory;
}

export interface Scenario {
  description: string;
  /** What its pools name and the program doesn't make. */
  existing?: Existing;
  /** What is deployed, if not the program of this repository. */
  program?: Program;
  /** Changes the stack's configuration where the scenario needs pools of its own. */
  configure?(settings: StackSettings): StackSettings;
  /** Plays the operations; gives what went wrong in words. */
  play(stage: Stage): Promise<string[]>;
}

/** A scenario that measures what has a target, which it may miss without a fault. */
export interface Measurement extends Omit<Scenario, "play"> {
  /** How its Region is opened. */
  options: Pick<RegionOptions, "clients" | "responseCost">;
  measure(stage: Stage): Promise<{ faults: string[]; targets: Target[] }>;
}

/** Deploys a stack as a scenario wants it. */
export function deployScenario(
  stack: string,
  scenario: Omit<Scenario, "play">,
): Promise<Deployment> {
  const settings = readStackSettings(stack);
  const own = scenario.configure?.(settings) ?? settings;
  return deployStack(stack, own, scenario.existing, scenario.program);
}

/** The scenarios by name, as `npm start -- --scenario` takes them. */
export const scenarios: Record<string, Scenario> = {
  replace: {
    description: "an instance is killed, its replacement takes over its address and MAC",
    async play(stage) {
      const faults = await waitUntilServed(stage);
      return [...faults, ...(await killOne(stage))];
    },
  },
  "scale-out": {
    description: "a group goes from 0 to 20 instances at once",
    configure: (settings) =>
      withPools(settings, [
        { name: "fleet", size: 20, group: { desiredCapacity: 0, maxSize: 20 } },
      ]),
    async play(stage) {
      const { region } = stage;
      await region.run(30);
      const group = [...region.autoScaling.groups.values()][0];
      if (group === undefined) return ["there is no group"];
      region.journal.write("operator", `sets ${group.name} to 20 instances`);
      region.autoScaling.setDesiredCapacity(group.name, 20);
      const faults = await waitUntilServed(stage);
      await region.run(QUIET_SECONDS);
      return faults;
    },
  },
  "lost-event": {
    description: "all events of a replacement are lost, the schedule makes it good",
    async play(stage) {
      const faults = await waitUntilServed(stage);
      stage.region.eventBridge.loses = ({ source }) => source !== "aws.events";
      return [...faults, ...(await killOne(stage))];
    },
  },
  "stop-start": {
    description: "an instance outside of any group is stopped, started and has an address again",
    async play(stage) {
      const { region, addressHistory } = stage;
      const faults = await waitUntilServed(stage);
      const spare = addressHistory.accounts.find(
        ({ holdingPeriods }) => holdingPeriods.length === 0,
      );
      if (spare === undefined) return ["the stack has no spare address"];
      const { subnet } = region.ec2.interfaceById(spare.networkInterfaceId);
      const tags = { [region.tagKey]: spare.pool };
      const instance = region.ec2.runInstance("t4g.micro", subnet, tags);
      region.journal.write("operator", `starts ${instance.id} with the tag of ${spare.pool}`);
      faults.push(...(await waitUntilServed(stage)));
      const address = addressHistory.addressOf(instance.id);
      region.journal.write("operator", `stops ${instance.id}, which has ${address}`);
      region.ec2.stopInstance(instance.id);
      const isFree = () =>
        instance.state === "stopped" && isAvailable(stage, spare.networkInterfaceId);
      if (!(await region.run(PATIENCE_SECONDS, isFree)))
        faults.push(`${address} did not come back`);
      region.journal.write("operator", `starts ${instance.id} again`);
      region.ec2.startInstance(instance.id);
      faults.push(...(await waitUntilServed(stage)));
      await region.run(QUIET_SECONDS);
      if (addressHistory.addressOf(instance.id) !== address)
        faults.push(`${instance.id} lost ${address}`);
      return faults;
    },
  },
  ...networkScenarios,
};

function isAvailable({ region }: Stage, networkInterfaceId: string): boolean {
  return region.ec2.interfaceById(networkInterfaceId).attachment === undefined;
}
