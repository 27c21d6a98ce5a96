import { deployStack, type Deployment } from "../../simulator/deploy/engine";
import { readStackSettings, withPools } from "../../simulator/deploy/stackFile";
import { exampleScenarios } from "../../simulator/scenarios/examples";
import { networkScenarios } from "../../simulator/scenarios/networks";
import type { Registration } from "../../simulator/deploy/registrations";
import { deployScenario } from "../../simulator/scenarios/scenario";
import { WORLDS } from "../../simulator/workload/worlds";

const STACK = "dev";

const managerSettings = {
  "network-interface-pool:tagKey": "team:pool",
  "network-interface-pool:syncInterval": "5",
  "network-interface-pool:logRetentionInDays": "7",
  "network-interface-pool:alarmTopicArn": "arn:aws:sns:eu-west-1:123456789012:on-call",
  "network-interface-pool:alarmAfterMinutes": "10",
  "network-interface-pool:memorySize": "3008",
};

/** Configurations that no scenario has, by what is special about them. */
const pools: Record<string, object[]> = {
  "pools without groups, of any name": [
    { name: "licence", size: 2 },
    { name: "Web servers / größe", size: 2 },
  ],
  "groups with every setting": [
    {
      name: "web",
      size: 4,
      whenExhausted: "wait",
      group: {
        desiredCapacity: 2,
        maxSize: 3,
        instanceType: "t4g.small",
        imageId: "ami-1",
        userData: "#!/bin/sh",
        waitForAddress: true,
        keyName: "admin",
        instanceProfile: "web",
        healthCheckGracePeriod: 60,
      },
    },
  ],
  "pools divided over three managers": [
    { name: "licence", size: 1 },
    { name: "data", size: 2, manager: "cluster", enaSrd: "tcp", enaQueueCount: 2 },
    { name: "web", size: 2, manager: "edge", detachAfterOtherHooks: true },
  ],
  "groups that share their pools": [
    {
      name: "web",
      size: 6,
      group: { maxSize: 2, furtherPools: ["api"], instanceType: "t4g.small" },
    },
    {
      name: "api",
      size: 6,
      group: { maxSize: 2, furtherPools: ["web"], instanceType: "t4g.small" },
    },
  ],
};

/** Every registration as JSON, and the stacks in which it is the same. */
export async function listRegistrations(): Promise<Record<string, string>> {
  const stacks = new Map<string, string[]>();
  for (const [name, { registrations }] of Object.entries(await deployStacks())) {
    for (const registration of registrations) {
      const key = JSON.stringify(toComparable(registration));
      stacks.set(key, [...(stacks.get(key) ?? []), name]);
    }
  }
  return Object.fromEntries(
    [...stacks].map(([key, names]) => [key, names.join(", ")] as const).sort(),
  );
}

async function deployStacks(): Promise<Record<string, Deployment>> {
  const settings = readStackSettings(STACK);
  const deployments: Record<string, Deployment> = {
    dev: await deployStack(STACK, settings),
    "other settings of the manager": await deployStack(STACK, { ...settings, ...managerSettings }),
  };
  for (const [name, scenario] of Object.entries({ ...exampleScenarios, ...networkScenarios })) {
    deployments[name] = await deployScenario(STACK, scenario);
  }
  for (const [index, world] of WORLDS.entries()) {
    const own = withPools(settings, world.pools);
    deployments[`world ${index} of the soak`] = await deployStack(STACK, own, world.existing);
  }
  for (const [name, own] of Object.entries(pools)) {
    deployments[name] = await deployStack(STACK, withPools(settings, own));
  }
  return deployments;
}

/** What decides about a resource: the function's text isn't compared, its files are named. */
function toComparable({ type, name, parent, dependencies, inputs, ...rest }: Registration): object {
  const { protect, retainOnDelete, deleteBeforeReplace, ignoreChanges } = rest;
  const options = { protect, retainOnDelete, deleteBeforeReplace, ignoreChanges };
  const { assets } = (inputs.code ?? {}) as { assets?: Record<string, unknown> };
  const code = assets === undefined ? {} : { code: Object.keys(assets).sort() };
  return { type, name, parent, dependencies, inputs: { ...inputs, ...code }, ...options };
}
