import type { DeployedSubnet } from "../deploy/addresses";
import { type NetworkInterface, privateAddressesOf } from "../aws/ec2/state";
import type { GivenInterface } from "../deploy/providerFunctions";
import type { Operator } from "./operator";
import type { Scenario } from "./scenario";
import { subnetIn } from "../deploy/subnets";
import { withPools } from "../deploy/stackFile";

/** A subnet with both kinds of addresses, in a VPC with an internet gateway. */
const dualSubnet: DeployedSubnet = {
  ...subnetIn("0a1b2c3d4e5f60001", "b", "10.20.0.0/24"),
  ipv6CidrBlock: "2001:db8:20::/64",
  isPublic: true,
};

/** A VPC of its own in the zone of the other. */
const managementSubnet = subnetIn("0a1b2c3d4e5f60002", "b", "10.30.0.0/24");
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
    async steps(operator) {
      const before = describeReach(operator);
      operator.say(`finds the router at ${before}`);
      await operator.killOne();
      const after = describeReach(operator);
      operator.say(`finds the router at ${after}`);
      operator.expect(after === before, `the router to be at ${before}, but it is at ${after}`);
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
    async steps(operator) {
      await operator.killOne();
      for (const { networkInterfaceId } of operator.addressHistory.records) {
        expectHeldFromOtherVpc(operator, operator.ec2.interfaceById(networkInterfaceId));
      }
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
    async steps(operator) {
      expectNetworksInOrder(operator);
      await operator.killOne();
      expectNetworksInOrder(operator);
    },
  },
  existing: {
    description: "an interface that exists already moves from a killed instance to the next one",
    existing: { subnets: [dualSubnet], networkInterfaces: [licensedInterface] },
    configure: (settings) =>
      withPools(settings, [
        { name: "licence", networkInterfaceIds: [licensedInterface.id], group: {} },
      ]),
    async steps(operator) {
      await operator.killOne();
      const { id, address, macAddress, tags } = licensedInterface;
      const found = operator.ec2.interfaceById(id);
      const holder = operator.need(
        operator.runningHolderOf(found),
        `expected a running instance to hold ${address}`,
      );
      const before = `${macAddress}, ${address}, ${tags.Name}`;
      const after = `${found.macAddress}, ${found.address}, ${found.tags.Name}`;
      operator.expect(after === before, `${id} to be what it was, ${before}, but it is ${after}`);
      operator.say(`finds the licence's ${macAddress} on ${holder.id}`);
    },
  },
};

function membersOfFirstGroup({ region }: Operator): string[] {
  const [group] = region.autoScaling.groups.values();
  return [...(group?.members.keys() ?? [])];
}

/** By which addresses the members of the first group are reached through interfaces of its pool. */
function describeReach(operator: Operator): string {
  return membersOfFirstGroup(operator)
    .flatMap((instanceId) => operator.interfacesOf(instanceId))
    .flatMap((one) => [
      one.publicIp ?? "no public address",
      ...privateAddressesOf(one),
      ...(one.ipv6Addresses ?? []),
      one.sourceDestCheck === false ? "as a router" : "as a host",
    ])
    .join(", ");
}

function expectHeldFromOtherVpc(operator: Operator, held: NetworkInterface): void {
  const { address, attachment, subnet } = held;
  const holderId = attachment?.instanceId ?? "nobody";
  const primary = operator.ec2.interfacesOf(holderId).find(isPrimary);
  const where = `${address} of ${subnet.vpcId} is held from ${primary?.subnet.vpcId}`;
  const isElsewhere = primary !== undefined && primary.subnet.vpcId !== subnet.vpcId;
  const isAsExpected = operator.expect(
    isElsewhere,
    `${address} to be held from another VPC, but ${where}, by ${holderId}`,
  );
  if (isAsExpected) operator.say(`finds that ${where}, by ${holderId}`);
}

/** Expects that each member has an interface of each network, in the order of the tag. */
function expectNetworksInOrder(operator: Operator): void {
  const { tagKey } = operator.region;
  for (const instanceId of membersOfFirstGroup(operator)) {
    const held = operator
      .interfacesOf(instanceId)
      .sort((a, b) => deviceIndexOf(a) - deviceIndexOf(b));
    const found = held
      .map((one) => `${one.tags[tagKey]} ${one.address} at device index ${deviceIndexOf(one)}`)
      .join(", ");
    const isInOrder = held.map(({ tags }) => tags[tagKey]).join() === NETWORKS.join();
    const wanted = `${instanceId} to have ${NETWORKS.join(" before ")}, but it has ${found || "no network"}`;
    if (operator.expect(isInOrder, wanted)) operator.say(`finds ${instanceId} with ${found}`);
  }
}

function deviceIndexOf({ attachment }: NetworkInterface): number {
  return attachment?.deviceIndex ?? 0;
}

function isPrimary({ attachment }: NetworkInterface): boolean {
  return attachment?.deviceIndex === 0 && attachment.networkCardIndex === 0;
}
