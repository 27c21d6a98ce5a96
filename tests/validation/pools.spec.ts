import * as pulumi from "@pulumi/pulumi";
import { NetworkInterfaceManager } from "../../components/networkInterfaceManager";
import {
  NetworkInterfacePool,
  type NetworkInterfacePoolArgs,
} from "../../components/networkInterfacePool";
import { OnDemandPool, type OnDemandPoolArgs } from "../../components/onDemandPool";
import { deploy } from "../mocks";
import { type Create, createsNo, createsOnly, itRefusesAtOnce, itRefusesLater } from "./refusing";
import { A_TAG_KEY, NO_INTERFACE, NO_SECURITY_GROUP, NO_SUBNET, NO_TYPE, readTable } from "./table";

const POOL = "network-interface-pool:index:NetworkInterfacePool licence";
const INTERFACE = "aws:ec2/networkInterface:NetworkInterface licence-0";
const TAG_KEY = "network-interface-manager-pool";
const OWN = "is given, but interfaces that exist already keep their own; leave it out";

/** By what they know; a pool whose manager has another name makes one of its own. */
const managers: Record<string, NetworkInterfaceManager> = {};
before(async () => {
  const onDemand = { subnetIds: ["subnet-a", "subnet-small"], securityGroupIds: ["sg-1"] };
  const pair = { name: "pair", whenExhausted: "abandon" } as const;
  const pools = {
    every: undefined,
    others: ["a", "b"],
    apart: ["data", "management", pair],
    together: ["data,management"],
    onDemand: [{ name: "backend", onDemand }, "data", "backend,data"],
  };
  await deploy(() => {
    for (const [name, known] of Object.entries(pools)) {
      managers[name] = new NetworkInterfaceManager(name, { pools: known });
    }
  });
});

describe("NetworkInterfacePool", () => {
  const create: Create = ({ manager = "every", ...args }) =>
    new NetworkInterfacePool("licence", {
      ...(args as Partial<NetworkInterfacePoolArgs>),
      manager: managers[String(manager)],
    });

  itRefusesAtOnce(create)(readTable`
no interfaces
  subnetId: subnet-a
  => has no interfaces; write addresses: ["10.0.0.10"] for fixed addresses, size: 1, or networkInterfaceIds
numbers that are none, and no subnet
  { size: .nan, ipv6AddressCount: .nan }
  => size is NaN; write a whole number from 1 to 1000
  => ipv6AddressCount is NaN; write a whole number of addresses, 0 or more
  => subnetId is missing; write the subnet of the interfaces
mistakes of pool, group and tag key
  size: 2
  subnetId: subnet-a
  poolName: " "
  tagKey: team pool
  group: { maxSize: 3, imageId: ami-1, imageParameter: /image }
  => poolName is empty; write the pool's name, the value of its tag
  => group has both imageId and imageParameter; write one of them
  => group.maxSize is 3; write a whole number from 0 to 2, the interfaces of the pool
  => tagKey is "team pool"; ${A_TAG_KEY}
  => tagKey is "team pool", but the manager's is "${TAG_KEY}"; leave it out
standbys that wait for an address, by their manager
  { manager: none, size: 1, subnetId: subnet-a, whenExhausted: continue, group: { waitForAddress: true } }
  => group.waitForAddress is true, but with whenExhausted: continue an instance enters service without an address and would
     wait for it in vain; leave this out
all that interfaces that exist already can't have
  networkInterfaceIds: [i-1, eni-free, eni-free]
  secondaryAddresses: []
  ipv6AddressCount: 0
  publicAddresses: false
  sourceDestCheck: true
  securityGroupIds: [sg-1]
  group: { maxSize: 4 }
  => networkInterfaceIds[0] is "i-1"; write a network interface id like eni-0123456789abcdef0
  => networkInterfaceIds[2] is eni-free, as networkInterfaceIds[1] is; write every interface once
  => secondaryAddresses ${OWN}
  => ipv6AddressCount ${OWN}
  => publicAddresses ${OWN}
  => sourceDestCheck ${OWN}
  => securityGroupIds ${OWN}
  => group.maxSize is 4; write a whole number from 0 to 3, the interfaces of the pool
a manager of its own for several pools
  { manager: none, poolName: data, size: 1, subnetId: subnet-a, group: { furtherPools: [management] } }
  => group.furtherPools needs a manager that knows these pools together; write "data,management" in its pools
a manager of other pools
  { manager: others, poolName: data, size: 1, subnetId: subnet-a }
  => manager looks after a, b and not data; name it in the manager's pools
a manager that doesn't know the pools together
  { manager: apart, poolName: data, size: 1, subnetId: subnet-a, group: { furtherPools: [management] } }
  => manager knows data and management and pair as values of the tag, but not data,management; write "data,management" in the
     manager's pools, too
another choice for an exhausted pool than the manager's
  { manager: apart, poolName: pair, size: 1, subnetId: subnet-a, whenExhausted: continue }
  => whenExhausted is continue, but the manager's is abandon; write { name: "pair", whenExhausted: "continue" } in the
     manager's pools
a manager that makes the pool's interfaces on demand
  { manager: onDemand, poolName: backend, size: 1, subnetId: subnet-a }
  => manager makes interfaces for backend on demand; leave onDemand out of its pools, or use OnDemandPool
`);

  for (const [title, args] of [
    ["of every pool", { manager: "every", tagKey: TAG_KEY, group: { furtherPools: ["other"] } }],
    [
      "that knows the pools together",
      { manager: "together", group: { furtherPools: ["management"] } },
    ],
    ["with the same choice", { manager: "apart", poolName: "pair", whenExhausted: "abandon" }],
  ] as const) {
    it(`accepts a manager ${title}`, async () => {
      const group = "group" in args ? { ...args.group, instanceType: "t4g.small" } : undefined;
      const pool = { poolName: "data", size: 1, subnetId: "subnet-a" };
      await deploy(() => create({ ...pool, ...args, group }));
    });
  }

  const itRefusesInterfaces = itRefusesLater(create, createsOnly(POOL));
  itRefusesInterfaces(readTable`
addresses outside the subnet, IPv6 without a range and security groups of other VPCs, all at once
  subnetId: subnet-small
  securityGroupIds: [sg-1, sg-other, sg-none]
  addresses: [10.2.0.20, 10.9.0.1]
  secondaryAddresses: [[10.9.0.2], []]
  ipv6AddressCount: 1
  => addresses[1] is 10.9.0.1, which is outside subnet 10.2.0.16/28; write one of 10.2.0.20 to 10.2.0.30
  => secondaryAddresses[0][0] is 10.9.0.2, which is outside subnet 10.2.0.16/28; write one of 10.2.0.20 to 10.2.0.30
  => ipv6AddressCount is 1, but subnet 10.2.0.16/28 has no IPv6 range; give the subnet one, or leave this out
  => securityGroupIds[1] is sg-other of vpc-other, but the subnet is of vpc-1; write a security group of vpc-1
  => securityGroupIds[2] is sg-none, ${NO_SECURITY_GROUP}
a VPC without an internet gateway
  { subnetId: subnet-dual, securityGroupIds: [sg-closed], size: 1, publicAddresses: true }
  => publicAddresses is true, but vpc-closed shows no internet gateway: no matching EC2 Internet Gateway found; attach one to
     it, or leave this out
interfaces that can't be read, are in another zone and held, though the group's subnet is in the zone of others
  networkInterfaceIds: [eni-none, eni-free, eni-other-zone, eni-primary]
  subnetId: subnet-a
  group: { subnetIds: [subnet-a2], securityGroupIds: [sg-1] }
  => networkInterfaceIds[0] is eni-none, ${NO_INTERFACE}
  => networkInterfaceIds[2] is eni-other-zone, in eu-west-1b, but eni-free is in eu-west-1a; write interfaces of one zone
  => networkInterfaceIds[2] is eni-other-zone, in subnet-small, but subnetId is subnet-a; leave subnetId out
  => networkInterfaceIds[3] is eni-primary, the primary interface of i-old, which never comes off; write one that can be
     detached
interfaces none of which can be read, but not that the group has a subnet elsewhere
  { networkInterfaceIds: [eni-none], group: { subnetIds: [subnet-small], securityGroupIds: [sg-1] } }
  => networkInterfaceIds[0] is eni-none, ${NO_INTERFACE}
`);

  const inSubnet: Create = (args) =>
    create({ size: 1, subnetId: "subnet-a", securityGroupIds: ["sg-1"], ...args });
  const itRefusesGroups = itRefusesLater(inSubnet, createsOnly(INTERFACE, POOL));
  itRefusesGroups(readTable`
an instance type that takes fewer addresses
  { subnetId: subnet-dual, securityGroupIds: [sg-closed], ipv6AddressCount: 3, group: {} }
  => ipv6AddressCount is 3, but t4g.micro takes 2 on an interface; write at most 2, or a larger group.instanceType
subnets of a group in another zone, of two VPCs, and one that can't be read
  group: { subnetIds: [subnet-small, subnet-none, subnet-other] }
  => group.subnetIds[1] is subnet-none, ${NO_SUBNET}
  => group.subnetIds[0] is subnet-small in eu-west-1b, but the pool is in eu-west-1a; write a subnet of eu-west-1a
  => group.subnetIds[2] is subnet-other of vpc-other, but subnet-small is of vpc-1; write subnets of one VPC
subnets of a group that can't be read, but not that security groups are of another VPC
  group: { subnetIds: [subnet-none], securityGroupIds: [sg-none] }
  => group.subnetIds[0] is subnet-none, ${NO_SUBNET}
no subnet in the list of a group
  group: { subnetIds: [], securityGroupIds: [sg-none] }
  => group.subnetIds is an empty list; write a subnet's id, or leave it out
security groups of a group of another VPC than its subnets
  group: { subnetIds: [subnet-other], securityGroupIds: [sg-1, sg-other] }
  => group.securityGroupIds[0] is sg-1 of vpc-1, but the subnet is of vpc-other; write a security group of vpc-other
security groups of a group of another VPC than the pool's subnet
  group: { securityGroupIds: [sg-other] }
  => group.securityGroupIds[0] is sg-other of vpc-other, but the subnet is of vpc-1; write a security group of vpc-1
`);

  const itRefusesGroupsOfExisting = itRefusesLater(
    create,
    createsOnly("aws:ec2/tag:Tag licence-eni-free", POOL),
  );
  itRefusesGroupsOfExisting(readTable`
a group in another zone than interfaces that exist already
  { networkInterfaceIds: [eni-free], group: { subnetIds: [subnet-small] } }
  => group.subnetIds[0] is subnet-small in eu-west-1b, but the pool is in eu-west-1a; write a subnet of eu-west-1a
`);

  const inOutputs: Create = ({ subnetId, instanceType, subnetIds }) =>
    inSubnet({
      subnetId: pulumi.output(subnetId as string),
      securityGroupIds: undefined,
      ipv6AddressCount: 1,
      group: {
        instanceType: pulumi.output(instanceType as string),
        subnetIds: pulumi.output(subnetIds as string[]),
      },
    });
  const itRefusesInterfacesByOutputs = itRefusesLater(
    inOutputs,
    createsNo("NetworkInterface", "Group"),
  );
  itRefusesInterfacesByOutputs(readTable`
what only outputs tell
  { subnetId: subnet-a, subnetIds: [subnet-a], instanceType: t4g.micro }
  => ipv6AddressCount is 1, but subnet 10.1.0.0/24 has no IPv6 range; give the subnet one, or leave this out
`);
  const itRefusesGroupsByOutputs = itRefusesLater(inOutputs, createsNo("Group"));
  itRefusesGroupsByOutputs(readTable`
what only outputs tell of a group
  { subnetId: subnet-dual, subnetIds: [subnet-small], instanceType: z9.nano }
  => group.subnetIds[0] is subnet-small in eu-west-1b, but the pool is in eu-west-1a; write a subnet of eu-west-1a
  => group.instanceType is z9.nano, ${NO_TYPE}
`);
});

describe("OnDemandPool", () => {
  const create: Create = ({ manager = "onDemand", ...args }) =>
    new OnDemandPool("backend", {
      subnetIds: ["subnet-a", "subnet-small"],
      securityGroupIds: ["sg-1"],
      ...(args as Partial<OnDemandPoolArgs>),
      manager: managers[String(manager)],
    });

  itRefusesAtOnce(create)(readTable`
what can be seen at once
  { subnetIds: [], securityGroupIds: [], tagKey: team pool, group: { subnetIds: [subnet-a] } }
  => subnetIds is an empty list; write a subnet's id for each zone in which instances run
  => securityGroupIds is an empty list; write a security group of the subnets' VPC
  => group.maxSize is missing; write the most instances, which no number of interfaces limits
  => group.securityGroupIds is missing; write the security groups of the instances in their own subnets
  => tagKey is "team pool"; ${A_TAG_KEY}
  => tagKey is "team pool", but the manager's is "${TAG_KEY}"; leave it out
a manager that makes no interfaces for it
  { manager: apart, poolName: data, subnetIds: [subnet-a] }
  => manager makes no interfaces for data; write { name: "data", onDemand: {...} } in its pools
`);

  const itRefusesInstances = itRefusesLater(create, createsNo("Group", "LaunchTemplate"));
  itRefusesInstances(readTable`
two subnets in one zone, also without a group
  subnetIds: [subnet-a, subnet-a2]
  => subnetIds[1] is subnet-a2 in eu-west-1a, as subnet-a is; write one for each zone
security groups of another VPC
  { securityGroupIds: [sg-1, sg-other], group: { maxSize: 1 } }
  => securityGroupIds[1] is sg-other of vpc-other, but the subnet is of vpc-1; write a security group of vpc-1
security groups of a group of another VPC
  { group: { maxSize: 1, subnetIds: [subnet-other], securityGroupIds: [sg-1] } }
  => group.securityGroupIds[0] is sg-1 of vpc-1, but the subnet is of vpc-other; write a security group of vpc-other
an instance type that takes too few interfaces
  group: { maxSize: 1, furtherPools: [data] }
  => group.instanceType is t4g.micro, which takes 2 network interfaces, but the instances need 3, their primary one and one of
     each pool; write a larger type, or fewer furtherPools
`);

  const itRefusesManagers = itRefusesLater(create, createsNo("Function"));
  itRefusesManagers(readTable`
a subnet that can't be read, and says it once where it has a manager of its own
  { manager: none, subnetIds: [subnet-none], group: { maxSize: 1 } }
  => subnetIds[0] is subnet-none, ${NO_SUBNET}
a security group that can't be read, and says it once where it has a manager of its own
  { manager: none, securityGroupIds: [sg-none], group: { maxSize: 1 } }
  => securityGroupIds[0] is sg-none, ${NO_SECURITY_GROUP}
`);

  const ofNone: Create = (args) => create({ ...args, securityGroupIds: pulumi.output([]) });
  const itRefusesEmpty = itRefusesLater(ofNone, createsNo("Group", "LaunchTemplate", "Function"));
  itRefusesEmpty(readTable`
a list of security groups that turns out empty, with the manager $
  { manager: $, group: { maxSize: 1 } }
  => securityGroupIds is an empty list; write a security group of the subnets' VPC
  each none | onDemand
`);
});
