import type { DeployedSubnet } from "../deploy/addresses";
import { killOne, PATIENCE_SECONDS, QUIET_SECONDS, waitUntilServed } from "./steps";
import { resourcesOfType } from "../deploy/engine";
import type { StackSettings } from "../deploy/stackFile";
import type { Existing } from "../deploy/providerFunctions";
import type { Instance, NetworkInterface } from "../aws/ec2/ec2";
import type { Program } from "../deploy/program";
import type { Scenario, Stage } from "./basic";

const REGION = "eu-west-1";

/** A public subnet, as most of the examples need one. */
const subnet: DeployedSubnet = {
  id: "subnet-0a1b2c3d4e5f60011",
  vpcId: "vpc-0a1b2c3d4e5f60011",
  availabilityZone: `${REGION}a`,
  cidrBlock: "10.40.0.0/24",
  isPublic: true,
};

/** Subnets of a VPC in two zones, for the example that spans two VPCs. */
const subnetsOf = (vpc: string, network: string): DeployedSubnet[] =>
  ["a", "b"].map((zone, index) => ({
    id: `subnet-${vpc}-${zone}`,
    vpcId: `vpc-${vpc}`,
    availabilityZone: `${REGION}${zone}`,
    cidrBlock: `${network}.${index}.0/24`,
  }));

const frontSubnets = subnetsOf("front", "10.50");
const backendSubnets = subnetsOf("backend", "10.51");

const securityGroups = ["front", "backend"].map((vpc) => ({
  id: `sg-${vpc}`,
  vpcId: `vpc-${vpc}`,
}));

/** Lets clients in. */
const openGroup = { id: "sg-0a1b2c3d4e5f60011", vpcId: subnet.vpcId };

const subnetId = subnet.id;
const securityGroupId = openGroup.id;
const address = "10.40.0.10";

const around: Existing = { subnets: [subnet], securityGroups: [openGroup] };

/** The programs in examples/, each deployed and played. */
export const exampleScenarios: Record<string, Scenario> = {
  "example-licence-server": example("licence-server", {
    description: "examples/licence-server: the server is killed, its address and MAC stay",
    load: async () => (await import("../../examples/licence-server")).default,
    config: { subnetId, address, securityGroupId },
    play: async (stage) => [...(await replaceHolder(stage)), ...findWaitFaults(stage)],
  }),
  "example-nat-instance": example("nat-instance", {
    description: "examples/nat-instance: it is killed, the route points at its successor",
    load: async () => (await import("../../examples/nat-instance")).default,
    config: {
      subnetId,
      address,
      privateRouteTableId: "rtb-0a1b2c3d4e5f60011",
      privateCidrBlock: "10.40.128.0/17",
    },
    play: async (stage) => [...(await replaceHolder(stage)), ...findRouteFaults(stage)],
  }),
  "example-bastion": example("bastion", {
    description: "examples/bastion: it is killed, its public address stays",
    load: async () => (await import("../../examples/bastion")).default,
    config: { subnetId, sshCidrBlock: "203.0.113.0/24", keyName: "people" },
    play: replaceHolder,
  }),
  "example-failover-pair": example("failover-pair", {
    description:
      "examples/failover-pair: who serves is killed, the standby has its address at once",
    load: async () => (await import("../../examples/failover-pair")).default,
    config: { subnetId, address, securityGroupId },
    play: failOver,
  }),
  "example-cluster": example("cluster", {
    description: "examples/cluster: a member is killed, the others go on knowing its successor",
    load: async () => (await import("../../examples/cluster")).default,
    config: {
      subnetId,
      addresses: ["10.40.0.10", "10.40.0.11", "10.40.0.12"],
      securityGroupId,
    },
    play: replaceHolder,
  }),
  "example-second-vpc": example("second-vpc", {
    description:
      "examples/second-vpc: a machine is killed, its successor has a new interface there",
    load: async () => (await import("../../examples/second-vpc")).default,
    existing: { subnets: [...frontSubnets, ...backendSubnets], securityGroups },
    config: {
      subnetIds: frontSubnets.map(({ id }) => id),
      securityGroupId: "sg-front",
      backendSubnetIds: backendSubnets.map(({ id }) => id),
      backendSecurityGroupId: "sg-backend",
    },
    play: renewInterface,
  }),
};

/** Makes a scenario of an example: its own project with its own configuration. */
function example(
  project: string,
  parts: Pick<Scenario, "description" | "play"> &
    Pick<Program, "load"> & { existing?: Existing; config: Record<string, unknown> },
): Scenario {
  const { description, load, existing = around, config, play } = parts;
  const own = Object.entries(config).map(([key, value]) => [
    `${project}:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const settings = { "aws:region": REGION, ...Object.fromEntries(own) } as StackSettings;
  return { description, existing, program: { project, load }, configure: () => settings, play };
}

/** Kills a holder; what the pool's interfaces have must then be with running instances again. */
async function replaceHolder(stage: Stage): Promise<string[]> {
  const faults = await waitUntilServed(stage);
  const before = describeHeld(stage);
  stage.region.journal.write("operator", `finds ${before}`);
  faults.push(...(await killOne(stage)));
  const after = describeHeld(stage);
  stage.region.journal.write("operator", `finds ${after}`);
  if (after !== before) faults.push(`found ${after} instead of ${before}`);
  return faults;
}

/** What is held, with all by which clients and routes know it. */
function describeHeld({ region, addressHistory }: Stage): string {
  return addressHistory.accounts
    .map(({ networkInterfaceId }) => {
      const one = region.ec2.interfaceById(networkInterfaceId);
      const holder = region.ec2.instances.get(one.attachment?.instanceId ?? "");
      const parts = [
        one.publicIp === undefined ? "no public address" : `public address ${one.publicIp}`,
        `source/destination check ${one.sourceDestCheck === false ? "off" : "on"}`,
        holder?.state === "running" ? "held" : "not held",
      ];
      return `${one.address} (MAC ${one.macAddress}): ${parts.join(", ")}`;
    })
    .join("; ");
}

/** In words, which routes lead to an interface that nobody forwards from. */
function findRouteFaults({ region }: Stage): string[] {
  const routes = resourcesOfType(region.deployment, "aws:ec2/route:Route");
  if (routes.length === 0) return ["there is no route"];
  return routes.flatMap(({ name, inputs }) => {
    const target = region.ec2.interfaces.get(String(inputs.networkInterfaceId));
    const holder = region.ec2.instances.get(target?.attachment?.instanceId ?? "");
    if (target?.sourceDestCheck === false && holder?.state === "running") {
      region.journal.write("operator", `finds that route ${name} leads to ${holder.id}`);
      return [];
    }
    return [`route ${name} leads to nobody who forwards`];
  });
}

/** In words, which holders' user data doesn't wait for what they hold. */
function findWaitFaults({ region, addressHistory }: Stage): string[] {
  const templates = resourcesOfType(region.deployment, "aws:ec2/launchTemplate:LaunchTemplate");
  return addressHistory.accounts.flatMap(({ address, pool }) => {
    const awaits = `user data of ${addressHistory.holderOf(address) ?? "nobody"}`;
    // A group and its template have the name of its pool.
    const userData = templates.find(({ name }) => name === pool)?.inputs.userData;
    const text = Buffer.from(String(userData), "base64").toString();
    if (!text.includes(`\n${address} ${pool}\n`)) {
      return [`the ${awaits} doesn't wait for ${address}`];
    }
    region.journal.write("operator", `finds that the ${awaits} waits for ${address}`);
    return [];
  });
}

/** Kills who serves; the standby must have the address before anybody else runs. */
async function failOver(stage: Stage): Promise<string[]> {
  const { region, addressHistory } = stage;
  const faults = await waitUntilServed(stage);
  const [account] = addressHistory.accounts;
  const server = account && addressHistory.holderOf(account.address);
  const standby = instancesOf(stage).find(({ id }) => id !== server);
  if (account === undefined || server === undefined || standby === undefined) {
    return [...faults, "there is no pair"];
  }
  region.journal.write("operator", `kills ${server}, while ${standby.id} stands by`);
  region.ec2.terminateInstance(server);
  const known = new Set([server, standby.id]);
  const hasMoved = () => addressHistory.holderOf(account.address) === standby.id;
  const isReplaced = () =>
    instancesOf(stage).some(({ id, state }) => !known.has(id) && state === "running");
  await region.run(PATIENCE_SECONDS, () => hasMoved() || isReplaced());
  if (!hasMoved()) faults.push(`${standby.id} had not got ${account.address} before a launch`);
  faults.push(...(await waitUntilServed(stage)));
  await region.run(QUIET_SECONDS);
  if (!hasMoved()) faults.push(`${standby.id} lost ${account.address} again`);
  return faults;
}

/** Kills a machine with an interface made for it: that one must end, and its successor have one there. */
async function renewInterface(stage: Stage): Promise<string[]> {
  const { region } = stage;
  const faults = await waitUntilServed(stage);
  const [victim] = instancesOf(stage);
  const [old] = victim === undefined ? [] : interfacesIn(stage, victim);
  if (victim === undefined || old === undefined) return [...faults, "there is nobody to kill"];
  region.journal.write(
    "operator",
    `kills ${victim.id}, which has ${old.id} in ${old.subnet.vpcId}`,
  );
  region.ec2.terminateInstance(victim.id);
  const isGone = () => victim.state === "terminated" && !region.ec2.interfaces.has(old.id);
  if (!(await region.run(PATIENCE_SECONDS, isGone))) faults.push(`${old.id} outlived ${victim.id}`);
  faults.push(...(await waitUntilServed(stage)));
  await region.run(QUIET_SECONDS);
  return [...faults, ...findMadeFaults(stage)];
}

/** In words, what isn't one interface of the other VPC for each machine, and none besides. */
function findMadeFaults(stage: Stage): string[] {
  const { region } = stage;
  const machines = instancesOf(stage);
  const made = [...region.ec2.interfaces.values()].filter(({ tags }) => region.tagKey in tags);
  const faults = machines.flatMap((machine) => {
    const [one] = interfacesIn(stage, machine);
    const isThere = one !== undefined && one.subnet.vpcId !== machine.subnet.vpcId;
    return isThere ? [] : [`${machine.id} has no interface in the other VPC`];
  });
  return made.length === machines.length
    ? faults
    : [...faults, `there are ${made.length} interfaces for ${machines.length} machines`];
}

/** The group's machines that are not on their way out. */
function instancesOf({ region }: Stage): Instance[] {
  return [...region.ec2.instances.values()].filter(
    ({ state }) => state === "pending" || state === "running",
  );
}

/** What an instance has of its pools. */
function interfacesIn({ region }: Stage, { id }: Instance): NetworkInterface[] {
  return region.ec2.interfacesOf(id).filter(({ tags }) => region.tagKey in tags);
}
