import type { DeployedSubnet } from "./addresses";
import {
  type Deployment,
  deployStack,
  type Existing,
  readStackSettings,
  type StackSettings,
  withPools,
} from "./deployment";
import { type Instance, privateAddressesOf } from "./ec2";
import type { Ledger } from "./ledger";
import type { Region } from "./region";

/** The longest that anything may take in a scenario before it has failed, in virtual seconds. */
const PATIENCE_SECONDS = 600;
/** After the last deed everything must stay as it is for this long: two rounds of the schedule. */
const QUIET_SECONDS = 125;

/** Where a scenario is played. */
export interface Stage {
  region: Region;
  ledger: Ledger;
}

export interface Scenario {
  description: string;
  /** What its pools name and the program doesn't make. */
  existing?: Existing;
  /** Changes the stack's configuration where the scenario needs pools of its own. */
  configure?(settings: StackSettings): StackSettings;
  /** Plays the deeds; gives what went wrong in words. */
  play(stage: Stage): Promise<string[]>;
}

/** A subnet with both kinds of addresses, in a VPC with an internet gateway. */
const dualSubnet: DeployedSubnet = {
  id: "subnet-0a1b2c3d4e5f60001",
  vpcId: "vpc-0a1b2c3d4e5f60001",
  availabilityZone: "eu-west-1b",
  cidrBlock: "10.20.0.0/24",
  ipv6CidrBlock: "2001:db8:20::/64",
  isPublic: true,
};

/** Deploys a stack as a scenario wants it. */
export function deployScenario(stack: string, scenario: Scenario): Promise<Deployment> {
  const settings = readStackSettings(stack);
  return deployStack(stack, scenario.configure?.(settings) ?? settings, scenario.existing);
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
      const { region, ledger } = stage;
      const faults = await waitUntilServed(stage);
      const [sample] = region.ec2.instances.values();
      const spare = ledger.accounts.find(({ tenures }) => tenures.length === 0);
      if (sample === undefined || spare === undefined) return ["the stack has no spare address"];
      const tags = { [region.tagKey]: spare.pool };
      const instance = region.ec2.runInstance(sample.type, sample.subnet, tags);
      region.journal.write("operator", `starts ${instance.id} with the tag of ${spare.pool}`);
      faults.push(...(await waitUntilServed(stage)));
      const address = ledger.addressOf(instance.id);
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
      if (ledger.addressOf(instance.id) !== address) faults.push(`${instance.id} lost ${address}`);
      return faults;
    },
  },
  "further-addresses": {
    description: "a router is killed, its replacement has its public and all its other addresses",
    existing: { subnets: [dualSubnet] },
    configure: (settings) =>
      withPools(settings, [
        {
          name: "router",
          subnetId: dualSubnet.id,
          addresses: ["10.20.0.10"],
          secondaryAddresses: [["10.20.0.11"]],
          ipv6AddressCount: 1,
          publicAddresses: true,
          sourceDestCheck: false,
          group: {},
        },
      ]),
    async play(stage) {
      const faults = await waitUntilServed(stage);
      const before = describeReach(stage);
      stage.region.journal.write("operator", `finds the router at ${before}`);
      faults.push(...(await killOne(stage)));
      const after = describeReach(stage);
      if (after !== before) faults.push(`the router is at ${after} instead of ${before}`);
      return faults;
    },
  },
};

/** Lets time go by until every group is in service at its size and nobody is without an address. */
async function waitUntilServed(stage: Stage): Promise<string[]> {
  const { region, ledger } = stage;
  const isServed = () => {
    const groups = [...region.autoScaling.groups.values()];
    const instances = [...region.ec2.instances.values()];
    return (
      groups.every(({ members, desiredCapacity }) => {
        const states = [...members.values()].map(({ lifecycleState }) => lifecycleState);
        return states.length === desiredCapacity && states.every((state) => state === "InService");
      }) &&
      instances.every(({ state }) => state !== "pending") &&
      ledger.findFaults().length === 0
    );
  };
  if (await region.run(PATIENCE_SECONDS, isServed)) return [];
  return [`after ${PATIENCE_SECONDS} s not all is as it should be`, ...ledger.findFaults()];
}

/** Kills a member of a group without spare addresses; its replacement must have its address in the end. */
async function killOne(stage: Stage): Promise<string[]> {
  const { region, ledger } = stage;
  const victim = memberWithoutSpare(stage);
  const address = victim && ledger.addressOf(victim.id);
  if (victim === undefined || address === undefined) return ["there is nobody to kill"];
  region.journal.write("operator", `kills ${victim.id}, which has ${address}`);
  region.ec2.terminateInstance(victim.id);
  const isReplaced = () => {
    const holder = ledger.holderOf(address);
    return holder !== undefined && holder !== victim.id;
  };
  const faults = (await region.run(PATIENCE_SECONDS, isReplaced))
    ? []
    : [`nobody took over ${address}`];
  faults.push(...(await waitUntilServed(stage)));
  await region.run(QUIET_SECONDS);
  return faults;
}

/** By which addresses the members of the first group are reached through interfaces of its pool. */
function describeReach({ region }: Stage): string {
  const [group] = region.autoScaling.groups.values();
  const interfaces = [...(group?.members.keys() ?? [])]
    .flatMap((instanceId) => region.ec2.interfacesOf(instanceId))
    .filter(({ tags }) => tags[region.tagKey] !== undefined);
  return interfaces
    .flatMap((one) => [
      one.publicIp ?? "no public address",
      ...privateAddressesOf(one),
      ...(one.ipv6Addresses ?? []),
      one.sourceDestCheck === false ? "as a router" : "as a host",
    ])
    .join(", ");
}

function memberWithoutSpare({ region, ledger }: Stage): Instance | undefined {
  const isTight = (pool: string | undefined, size: number) =>
    ledger.accounts.filter((account) => account.pool === pool).length === size;
  const groups = [...region.autoScaling.groups.values()];
  const tight = groups.find(({ tags, desiredCapacity }) =>
    isTight(tags[region.tagKey], desiredCapacity),
  );
  return tight && [...tight.members.values()][0]?.instance;
}

function isAvailable({ region }: Stage, networkInterfaceId: string): boolean {
  return region.ec2.interfaceById(networkInterfaceId).attachment === undefined;
}
