import type { DeployedSubnet } from "../deploy/addresses";
import { killOne, waitUntilServed } from "./steps";
import { withPools } from "../deploy/stackFile";
import { type NetworkInterface, privateAddressesOf } from "../aws/ec2/ec2";
import type { GivenInterface } from "../deploy/providerFunctions";
import type { Scenario, Stage } from "./basic";

/** A subnet with both kinds of addresses, in a VPC with an internet gateway. */
const dualSubnet: DeployedSubnet = {
  id: "subnet-0a1b2c3d4e5f60001",
  vpcId: "vpc-0a1b2c3d4e5f60001",
  availabilityZone: "eu-west-1b",
  cidrBlock: "10.20.0.0/24",
  ipv6CidrBlock: "2001:db8:20::/64",
  isPublic: true,
};

/** A VPC of its own in the zone of the other. */
const managementSubnet: DeployedSubnet = {
  id: "subnet-0a1b2c3d4e5f60002",
  vpcId: "vpc-0a1b2c3d4e5f60002",
  availabilityZone: dualSubnet.availabilityZone,
  cidrBlock: "10.30.0.0/24",
};

const managementGroup = { id: "sg-0a1b2c3d4e5f60002", vpcId: managementSubnet.vpcId };

/** What a licence is bound to: made long ago, by nobody knows what. */
const licensedInterface: GivenInterface = {
  id: "eni-0a1b2c3d4e5f60003",
  subnetId: dualSubnet.id,
  address: "10.20.0.77",
  macAddress: "06:5e:a1:ed:0f:77",
  tags: { Name: "licence server" },
};

/** The pools of scenario several-pools, in the order of the group's tag. */
const NETWORKS = ["data", "management"];

/** The scenarios of what an interface has beside its address, and of where it comes from. */
export const networkScenarios: Record<string, Scenario> = {
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
      stage.region.journal.write("operator", `finds the router at ${after}`);
      if (after !== before) faults.push(`the router is at ${after} instead of ${before}`);
      return faults;
    },
  },
  "other-vpc": {
    description: "machines of one VPC have their fixed addresses in another; one is killed",
    existing: { subnets: [dualSubnet, managementSubnet], securityGroups: [managementGroup] },
    configure: (settings) =>
      withPools(settings, [
        {
          name: "gateway",
          subnetId: dualSubnet.id,
          addresses: ["10.20.0.10", "10.20.0.11"],
          group: { subnetIds: [managementSubnet.id], securityGroupIds: [managementGroup.id] },
        },
      ]),
    async play(stage) {
      const faults = await waitUntilServed(stage);
      faults.push(...(await killOne(stage)));
      return [...faults, ...findVpcFaults(stage)];
    },
  },
  "several-pools": {
    description: "machines with a data and a management network; one is killed",
    existing: { subnets: [dualSubnet, managementSubnet] },
    configure: (settings) =>
      withPools(settings, [
        {
          name: "data",
          subnetId: dualSubnet.id,
          addresses: ["10.20.0.10", "10.20.0.11"],
          group: { furtherPools: ["management"], instanceType: "t4g.small" },
        },
        {
          name: "management",
          subnetId: managementSubnet.id,
          addresses: ["10.30.0.10", "10.30.0.11"],
        },
      ]),
    async play(stage) {
      const faults = await waitUntilServed(stage);
      faults.push(...findNetworkFaults(stage));
      faults.push(...(await killOne(stage)));
      return [...faults, ...findNetworkFaults(stage)];
    },
  },
  existing: {
    description: "an interface that exists already moves from a killed instance to the next one",
    existing: { subnets: [dualSubnet], networkInterfaces: [licensedInterface] },
    configure: (settings) =>
      withPools(settings, [
        { name: "licence", networkInterfaceIds: [licensedInterface.id], group: {} },
      ]),
    async play(stage) {
      const faults = await waitUntilServed(stage);
      faults.push(...(await killOne(stage)));
      return [...faults, ...findIdentityFaults(stage)];
    },
  },
};

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

/** In words, which addresses aren't held from another VPC than their own. */
function findVpcFaults({ region, addressHistory }: Stage): string[] {
  return addressHistory.accounts.flatMap(({ networkInterfaceId, address }) => {
    const held = region.ec2.interfaceById(networkInterfaceId);
    const holder = region.ec2.instances.get(held.attachment?.instanceId ?? "");
    if (holder === undefined) return [`nobody holds ${address}`];
    const primary = region.ec2.interfacesOf(holder.id).find(isPrimary);
    const { vpcId } = held.subnet;
    if (primary !== undefined && primary.subnet.vpcId !== vpcId) {
      const where = `${address} of ${vpcId} is held from ${primary.subnet.vpcId}`;
      region.journal.write("operator", `finds that ${where}, by ${holder.id}`);
      return [];
    }
    return [`${holder.id}, which holds ${address}, is in ${vpcId} itself`];
  });
}

/** In words, which members haven't an interface of each network, in order. */
function findNetworkFaults({ region }: Stage): string[] {
  const [group] = region.autoScaling.groups.values();
  return [...(group?.members.keys() ?? [])].flatMap((instanceId) => {
    const held = region.ec2
      .interfacesOf(instanceId)
      .filter((one) => !isPrimary(one))
      .sort((a, b) => deviceIndexOf(a) - deviceIndexOf(b));
    const found = held
      .map(
        (one) => `${one.tags[region.tagKey]} ${one.address} at device index ${deviceIndexOf(one)}`,
      )
      .join(", ");
    const names = held.map(({ tags }) => tags[region.tagKey]);
    if (names.join() !== NETWORKS.join()) return [`${instanceId} has ${found || "no network"}`];
    region.journal.write("operator", `finds ${instanceId} with ${found}`);
    return [];
  });
}

function deviceIndexOf({ attachment }: NetworkInterface): number {
  return attachment?.deviceIndex ?? 0;
}

function isPrimary({ attachment }: NetworkInterface): boolean {
  return attachment?.deviceIndex === 0 && attachment.networkCardIndex === 0;
}

/** In words, what of the licensed interface isn't as it was found, or that no running instance holds it. */
function findIdentityFaults({ region }: Stage): string[] {
  const { id, address, macAddress, tags } = licensedInterface;
  const now = region.ec2.interfaceById(id);
  const holder = region.ec2.instances.get(now.attachment?.instanceId ?? "");
  if (holder?.state !== "running") return [`nobody holds ${macAddress}`];
  if (now.macAddress !== macAddress || now.address !== address || now.tags.Name !== tags.Name) {
    return [`${id} isn't what it was: ${now.macAddress}, ${now.address}, ${now.tags.Name}`];
  }
  region.journal.write("operator", `finds the licence's ${macAddress} on ${holder.id}`);
  return [];
}
