import type { DeployedSubnet } from "../deploy/addresses";
import type { Instance } from "../aws/ec2/state";
import { resourcesOfType } from "../deploy/engine";
import type { StackSettings } from "../deploy/stackFile";
import type { Existing } from "../deploy/providerFunctions";
import type { Operator } from "./operator";
import type { Scenario } from "./scenario";
import { subnetIn, subnetsIn } from "../deploy/subnets";

/** A public subnet, as most of the examples need one, and a security group that lets clients in. */
const subnet: DeployedSubnet = {
  ...subnetIn("0a1b2c3d4e5f60011", "a", "10.40.0.0/24"),
  isPublic: true,
};
const openGroup = { id: "sg-0a1b2c3d4e5f60011", vpcId: subnet.vpcId };
const common = { subnetId: subnet.id, securityGroupId: openGroup.id, address: "10.40.0.10" };

/** Of two VPCs, for the example that spans them. */
const frontSubnets = subnetsIn("front", "10.50");
const backendSubnets = subnetsIn("backend", "10.51");
const securityGroups = ["front", "backend"].map((vpc) => ({
  id: `sg-${vpc}`,
  vpcId: `vpc-${vpc}`,
}));

interface Example {
  /** What is done, and what is expected of it, in words. */
  what: string;
  config: Record<string, string | string[]>;
  existing?: Existing;
  steps: Scenario["steps"];
}

const examples: Record<string, Example> = {
  "licence-server": {
    what: "the server is killed, its address and MAC stay",
    config: common,
    async steps(operator) {
      await replaceHolder(operator);
      expectUserDataToWait(operator);
    },
  },
  "nat-instance": {
    what: "it is killed, the route points at its successor",
    config: {
      subnetId: common.subnetId,
      address: common.address,
      privateRouteTableId: "rtb-0a1b2c3d4e5f60011",
      privateCidrBlock: "10.40.128.0/17",
    },
    async steps(operator) {
      await replaceHolder(operator);
      expectRouteToForwarder(operator);
    },
  },
  bastion: {
    what: "it is killed, its public address stays",
    config: { subnetId: common.subnetId, sshCidrBlock: "203.0.113.0/24", keyName: "people" },
    steps: replaceHolder,
  },
  "failover-pair": {
    what: "who serves is killed, the standby has its address at once",
    config: common,
    steps: failOver,
  },
  cluster: {
    what: "a member is killed, the others go on knowing its successor",
    config: {
      subnetId: common.subnetId,
      addresses: ["10.40.0.10", "10.40.0.11", "10.40.0.12"],
      securityGroupId: common.securityGroupId,
    },
    steps: replaceHolder,
  },
  "second-vpc": {
    what: "a machine is killed, its successor has a new interface there",
    existing: { subnets: [...frontSubnets, ...backendSubnets], securityGroups },
    config: {
      subnetIds: frontSubnets.map(({ id }) => id),
      securityGroupId: "sg-front",
      backendSubnetIds: backendSubnets.map(({ id }) => id),
      backendSecurityGroupId: "sg-backend",
    },
    steps: renewInterface,
  },
};

/** The programs in examples/, each deployed and played as a project of its own. */
export const exampleScenarios: Record<string, Scenario> = Object.fromEntries(
  Object.entries(examples).map(([project, example]) => [
    `example-${project}`,
    toScenario(project, example),
  ]),
);

function toScenario(project: string, { what, config, existing, steps }: Example): Scenario {
  const own = Object.entries(config).map(([key, value]) => [
    `${project}:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const settings = Object.fromEntries([["aws:region", "eu-west-1"], ...own]) as StackSettings;
  const load = async () =>
    ((await import(`../../examples/${project}`)) as { default: () => object }).default;
  return {
    description: `examples/${project}: ${what}`,
    existing: existing ?? { subnets: [subnet], securityGroups: [openGroup] },
    program: { project, load },
    configure: () => settings,
    steps,
  };
}

/** Kills a holder; what the pool's interfaces have must then be with running instances again. */
async function replaceHolder(operator: Operator): Promise<void> {
  const before = describeHeld(operator);
  operator.say(`finds ${before}`);
  await operator.killOne();
  const after = describeHeld(operator);
  operator.say(`finds ${after}`);
  operator.expect(after === before, `${before}, but found ${after}`);
}

/** What is held, with all by which clients and routes know it. */
function describeHeld(operator: Operator): string {
  return operator.addressHistory.records
    .map(({ networkInterfaceId }) => {
      const one = operator.ec2.interfaceById(networkInterfaceId);
      const parts = [
        one.publicIp === undefined ? "no public address" : `public address ${one.publicIp}`,
        `source/destination check ${one.sourceDestCheck === false ? "off" : "on"}`,
        operator.runningHolderOf(one) === undefined ? "not held" : "held",
      ];
      return `${one.address} (MAC ${one.macAddress}): ${parts.join(", ")}`;
    })
    .join("; ");
}

/** Expects that the route leads to an instance that forwards. */
function expectRouteToForwarder(operator: Operator): void {
  const { ec2, region } = operator;
  const [route] = resourcesOfType(region.deployment, "aws:ec2/route:Route");
  const { name, inputs } = operator.need(route, "there is no route");
  const target = ec2.interfaceById(String(inputs.networkInterfaceId));
  const forwarder = target.sourceDestCheck === false ? operator.runningHolderOf(target) : undefined;
  const { id } = operator.need(
    forwarder,
    `expected route ${name} to lead to an instance that forwards`,
  );
  operator.say(`finds that route ${name} leads to ${id}`);
}

/** Expects that the user data of each holder waits for what it holds. */
function expectUserDataToWait(operator: Operator): void {
  const { addressHistory, region } = operator;
  const templates = resourcesOfType(region.deployment, "aws:ec2/launchTemplate:LaunchTemplate");
  for (const { address: held, pool } of addressHistory.records) {
    const holder = addressHistory.holderOf(held) ?? "nobody";
    // A group and its template have the name of its pool.
    const userData = templates.find(({ name }) => name === pool)?.inputs.userData;
    const text = Buffer.from(String(userData), "base64").toString();
    const isAwaited = text.includes(`\n${held} ${pool}\n`);
    if (operator.expect(isAwaited, `the user data of ${holder} to wait for ${held}`)) {
      operator.say(`finds that the user data of ${holder} waits for ${held}`);
    }
  }
}

/** Kills who serves; the standby must have the address before anybody else runs. */
async function failOver(operator: Operator): Promise<void> {
  const { addressHistory, ec2 } = operator;
  const [record] = addressHistory.records;
  const { address: served } = operator.need(record, "there is no address");
  const server = operator.need(addressHistory.holderOf(served), "there is nobody who serves");
  const other = machines(operator).find(({ id }) => id !== server);
  const standby = operator.need(other, "there is no standby");
  operator.say(`kills ${server}, while ${standby.id} stands by`);
  ec2.terminateInstance(server);
  const hasMoved = () => addressHistory.holderOf(served) === standby.id;
  const isReplaced = () =>
    machines(operator).some(
      ({ id, state }) => state === "running" && ![server, standby.id].includes(id),
    );
  await operator.until("a failover", () => hasMoved() || isReplaced());
  operator.expect(hasMoved(), `${standby.id} to hold ${served} before anybody else runs`);
  await operator.untilServed();
  await operator.staysQuiet();
  operator.expectHolder(served, standby);
}

/** Kills a machine with an interface made for it: that one must end, and its successor have one there. */
async function renewInterface(operator: Operator): Promise<void> {
  const { ec2 } = operator;
  const victim = operator.need(machines(operator)[0], "there is nobody to kill");
  const old = operator.need(operator.interfacesOf(victim.id)[0], `${victim.id} has no interface`);
  operator.say(`kills ${victim.id}, which has ${old.id} in ${old.subnet.vpcId}`);
  ec2.terminateInstance(victim.id);
  const isGone = () => victim.state === "terminated" && !ec2.interfaces.has(old.id);
  await operator.until(`${old.id} to end with ${victim.id}`, isGone);
  await operator.untilServed();
  await operator.staysQuiet();
  for (const { id, subnet: own } of machines(operator)) {
    const vpcs = operator.interfacesOf(id).map(({ subnet: { vpcId } }) => vpcId);
    const isElsewhere = vpcs.length === 1 && vpcs[0] !== own.vpcId;
    operator.expect(isElsewhere, `${id} to have one interface in the other VPC`);
  }
  const made = [...ec2.interfaces.values()].filter(({ tags }) => operator.region.tagKey in tags);
  const { length } = machines(operator);
  operator.expect(made.length === length, `${length} interfaces, but there are ${made.length}`);
}

/** The group's machines that are not on their way out. */
function machines({ ec2 }: Operator): Instance[] {
  return [...ec2.instances.values()].filter(
    ({ state }) => state === "pending" || state === "running",
  );
}
