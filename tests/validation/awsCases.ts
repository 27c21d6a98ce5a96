import { NO_INTERFACE, NO_SECURITY_GROUP, NO_SUBNET, NO_TYPE, readTable } from "./table";

const numbered = (prefix: string) =>
  Array.from({ length: 101 }, (_, index) => `${prefix}-${index}`);
const TAG_KEY = "network-interface-manager-pool";
const USABLE = "write one of 10.2.0.20 to 10.2.0.30";

/** A pool on t4g.small whose instances have an interface of another, too. */
const beside = (another: string, keys: string, instanceType = "t4g.small") =>
  `{ name: data, ${keys}, group: { furtherPools: [${another}], instanceType: ${instanceType} } }`;

/** What AWS says of subnets, security groups, gateways, instance types and interfaces that are named. */
export const awsCases = readTable`
$, which AWS keeps in the subnet
  pool: { subnetId: subnet-small, addresses: [10.2.0.25, $] }
  => pools[0].addresses[1] is $, which AWS reserves in subnet 10.2.0.16/28; ${USABLE}
  each 10.2.0.16 | 10.2.0.17 | 10.2.0.18 | 10.2.0.19 | 10.2.0.31
$, which is outside the subnet
  pool: { subnetId: subnet-small, addresses: [$] }
  => pools[0].addresses[0] is $, which is outside subnet 10.2.0.16/28; ${USABLE}
  each 10.2.0.15 | 10.2.0.32 | 192.168.0.1
the first and the last address that a subnet gives
  pool: { subnetId: subnet-small, addresses: [10.2.0.20, 10.2.0.30] }
a further address outside the subnet
  pool: { subnetId: subnet-small, addresses: [10.2.0.25], secondaryAddresses: [[10.2.0.26, 10.2.0.32]] }
  => pools[0].secondaryAddresses[0][1] is 10.2.0.32, which is outside subnet 10.2.0.16/28; ${USABLE}
addresses that the subnet for trying out does not give
  pool: { addresses: [10.0.0.3, 10.0.0.4, 10.0.15.254, 10.0.15.255, 10.0.16.0] }
  => pools[0].addresses[0] is 10.0.0.3, which AWS reserves in subnet 10.0.0.0/20; write one of 10.0.0.4 to 10.0.15.254
  => pools[0].addresses[3] is 10.0.15.255, which AWS reserves in subnet 10.0.0.0/20; write one of 10.0.0.4 to 10.0.15.254
  => pools[0].addresses[4] is 10.0.16.0, which is outside subnet 10.0.0.0/20; write one of 10.0.0.4 to 10.0.15.254
a size above what the subnet gives
  pool: { subnetId: subnet-small, size: 12 }
  => pools[0].size is 12, but subnet 10.2.0.16/28 has 11 addresses to give; write at most 11
$ of the 11 addresses of a subnet
  pool: { subnetId: subnet-small, size: $ }
  each 1 | 11
a subnet that can't be read
  pool: { subnetId: subnet-none }
  => pools[0].subnetId is subnet-none, ${NO_SUBNET}
IPv6 addresses of a subnet without a range
  pool: { subnetId: subnet-a, ipv6AddressCount: 1 }
  => pools[0].ipv6AddressCount is 1, but subnet 10.1.0.0/24 has no IPv6 range; give the subnet one, or leave this out
public addresses in a VPC without a gateway
  pool: { subnetId: subnet-dual, publicAddresses: true }
  => pools[0].publicAddresses is true, but vpc-closed shows no internet gateway: no matching EC2 Internet Gateway found; attach
     one to it, or leave this out
public addresses in a VPC with one, and none in one without
  pools:
  - { name: a, subnetId: subnet-a, size: 1, publicAddresses: true }
  - { name: b, subnetId: subnet-dual, size: 1, publicAddresses: false }
as many addresses as the instance type takes, the first of each interface included
  pool: { subnetId: subnet-dual, addresses: [10.3.0.10, 10.3.0.11], secondaryAddresses: [[10.3.0.20], []], ipv6AddressCount: 2,
    group: {} }
more addresses than the instance type takes
  pool: { subnetId: subnet-dual, addresses: [10.3.0.10], secondaryAddresses: [[10.3.0.20, 10.3.0.21]], ipv6AddressCount: 3,
    group: {} }
  => pools[0].secondaryAddresses[0] has 2 addresses, but t4g.micro takes 1 beside the first; write at most 1, or a larger
     group.instanceType
  => pools[0].ipv6AddressCount is 3, but t4g.micro takes 2 on an interface; write at most 2, or a larger group.instanceType
further addresses of the last interface alone, more than the instance type takes
  pool: { addresses: [10.0.0.10, 10.0.0.11], secondaryAddresses: [[], [10.0.0.20, 10.0.0.21]], group: {} }
  => pools[0].secondaryAddresses[1] has 2 addresses, but t4g.micro takes 1 beside the first; write at most 1, or a larger
     group.instanceType
an instance type that can't be read
  pool: { subnetId: subnet-dual, ipv6AddressCount: 1, group: { instanceType: z9.nano } }
  => pools[0].group.instanceType is z9.nano, ${NO_TYPE}
an instance type that can't be read, where any takes what there is
  pool: { addresses: [10.0.0.10], secondaryAddresses: [[]], ipv6AddressCount: 0, group: { instanceType: z9.nano, furtherPools: [] } }
one pool more than the instance type takes
  pools: [${beside("management", "subnetId: subnet-a, size: 1", "t4g.micro")}, { name: management, subnetId: subnet-a, size: 1 }]
  => pools[0].group.instanceType is t4g.micro, which takes 2 network interfaces, but the instances need 3, their primary one and
     one of each pool; write a larger type, or fewer furtherPools
as many pools as the instance type takes beside the primary interface
  pools: [${beside("management", "subnetId: subnet-a, size: 1")}, { name: management, subnetId: subnet-a2, size: 1 }]
a further pool in another zone, where it could never be attached
  pools: [${beside("management", "subnetId: subnet-a, size: 1")}, { name: management, subnetId: subnet-small, size: 1 }]
  => pools[0].group.furtherPools[0] is "management" with interfaces in eu-west-1b, but the instances launch in eu-west-1a; write
     a pool that is there, too
a further pool on demand without a subnet where the instances launch
  pools:
  - ${beside("management", "subnetId: subnet-a, size: 1")}
  - { name: management, onDemandSubnetIds: [subnet-small], securityGroupIds: [sg-1] }
  => pools[0].group.furtherPools[0] is "management" with interfaces in eu-west-1b, but the instances launch in eu-west-1a; write
     a pool that is there, too
a further pool in one of the zones only in which the instances launch
  pools:
  - { name: front, onDemandSubnetIds: [subnet-a, subnet-small], securityGroupIds: [sg-1],
    group: { maxSize: 2, instanceType: t4g.small, furtherPools: [data] } }
  - { name: data, subnetId: subnet-a, size: 2 }
  => pools[0].group.furtherPools[0] is "data" with interfaces in eu-west-1a, but the instances launch in eu-west-1a,
     eu-west-1b; write a pool that is there, too
more addresses of a further pool than the instance type takes
  pools:
  - ${beside("management", "subnetId: subnet-a, size: 1")}
  - { name: management, subnetId: subnet-a2, addresses: [10.1.1.10],
    secondaryAddresses: [[10.1.1.20, 10.1.1.21, 10.1.1.22, 10.1.1.23]] }
  => pools[0].group.furtherPools[0] is "management", whose secondaryAddresses[0] has 4 addresses, but t4g.small takes 3 beside
     the first; write at most 3, or a larger group.instanceType
a group's own subnets in the pool's zone, whichever VPC they are of, or where the pool is made for trying out
  pools:
  - { name: a, subnetId: subnet-a, size: 1, group: { subnetIds: [subnet-a2] } }
  - { name: b, subnetId: subnet-a, size: 1, group: { subnetIds: [subnet-other] } }
  - { name: c, size: 1, group: { subnetIds: [subnet-small] } }
subnets of a group outside the pool's zone, of two VPCs, and one that can't be read
  pool: { subnetId: subnet-a, group: { subnetIds: [subnet-small, subnet-none, subnet-other] } }
  => pools[0].group.subnetIds[1] is subnet-none, ${NO_SUBNET}
  => pools[0].group.subnetIds[0] is subnet-small in eu-west-1b, but the pool is in eu-west-1a; write a subnet of eu-west-1a
  => pools[0].group.subnetIds[2] is subnet-other of vpc-other, but subnet-small is of vpc-1; write subnets of one VPC
a subnet of another VPC than the first that can be read, where nobody knows the pool's zone
  pool: { group: { subnetIds: [subnet-none, subnet-small, subnet-other] } }
  => pools[0].group.subnetIds[0] is subnet-none, ${NO_SUBNET}
  => pools[0].group.subnetIds[2] is subnet-other of vpc-other, but subnet-small is of vpc-1; write subnets of one VPC
subnets of a group none of which can be read
  pool: { subnetId: subnet-a, group: { subnetIds: [subnet-none], securityGroupIds: [sg-none] } }
  => pools[0].group.subnetIds[0] is subnet-none, ${NO_SUBNET}
more subnets and security groups than any group has, without asking for one
  pool: { group: { subnetIds: [${numbered("subnet")}], securityGroupIds: [${numbered("sg")}] } }
  => pools[0].group.subnetIds is ${JSON.stringify(numbered("subnet")).slice(0, 80)}...; write a list of at most 100 ids
  => pools[0].group.securityGroupIds is ${JSON.stringify(numbered("sg")).slice(0, 80)}...; write a list of at most 100 ids
security groups of another VPC, for interfaces and for instances
  pool: { subnetId: subnet-a, securityGroupIds: [sg-1, sg-other],
    group: { subnetIds: [subnet-other], securityGroupIds: [sg-other, sg-1] } }
  => pools[0].securityGroupIds[1] is sg-other of vpc-other, but the subnet is of vpc-1; write a security group of vpc-1
  => pools[0].group.securityGroupIds[1] is sg-1 of vpc-1, but the subnet is of vpc-other; write a security group of vpc-other
security groups of a group in the pool's subnet that are of another VPC
  pool: { subnetId: subnet-a, group: { securityGroupIds: [sg-other] } }
  => pools[0].group.securityGroupIds[0] is sg-other of vpc-other, but the subnet is of vpc-1; write a security group of vpc-1
a security group that can't be read
  pool: { subnetId: subnet-a, securityGroupIds: [sg-none] }
  => pools[0].securityGroupIds[0] is sg-none, ${NO_SECURITY_GROUP}
security groups where the VPC is yet to be made
  pool: { securityGroupIds: [sg-1] }
  => pools[0] has securityGroupIds but no subnetId; write the subnet that they are for, or neither
the pool's subnet alone where that can't be read
  pool: { subnetId: subnet-none, securityGroupIds: [sg-1], group: { subnetIds: [subnet-other] } }
  => pools[0].subnetId is subnet-none, ${NO_SUBNET}
interfaces that exist already, of every kind that can't be in a pool
  pool: { networkInterfaceIds: [eni-none, eni-free, eni-other-zone, eni-primary, eni-service, eni-nat, eni-doomed, eni-pooled] }
  => pools[0].networkInterfaceIds[0] is eni-none, ${NO_INTERFACE}
  => pools[0].networkInterfaceIds[2] is eni-other-zone, in eu-west-1b, but eni-free is in eu-west-1a; write interfaces of one zone
  => pools[0].networkInterfaceIds[3] is eni-primary, the primary interface of i-old, which never comes off; write one that can
     be detached
  => pools[0].networkInterfaceIds[4] is eni-service, which a service of AWS holds (amazon-elb); write one of your own
  => pools[0].networkInterfaceIds[5] is eni-nat, which is of type nat_gateway; write one of type interface
  => pools[0].networkInterfaceIds[6] is eni-doomed, which EC2 deletes together with i-old; first run aws ec2
     modify-network-interface-attribute --network-interface-id eni-doomed --attachment
     AttachmentId=eni-attach-i-old,DeleteOnTermination=false
  => pools[0].networkInterfaceIds[7] is eni-pooled, which is in pool "cluster" by its tag ${TAG_KEY}; take the tag away first
interfaces that exist already, with mistakes beside them in their pool and in others
  tagKey: ${TAG_KEY}
  pools:
  - { name: licence, subnetId: subnet-a2, networkInterfaceIds: [eni-neighbour, eni-other-zone, eni-pooled, eni-none],
    securityGroupIds: [sg-1], group: { subnetIds: [subnet-small], maxSize: 5 } }
  - { name: cluster, networkInterfaceIds: [eni-primary, eni-neighbour] }
  => pools[0].securityGroupIds is given, but interfaces that exist already keep their own; leave it out
  => pools[0].group.maxSize is 5; write a whole number from 0 to 4, the interfaces of the pool
  => pools[1].networkInterfaceIds[1] is eni-neighbour, which pools[0] has too; write it in one pool
  => pools[0].networkInterfaceIds[3] is eni-none, ${NO_INTERFACE}
  => pools[0].networkInterfaceIds[1] is eni-other-zone, in eu-west-1b, but eni-neighbour is in eu-west-1a; write interfaces of
     one zone
  => pools[0].networkInterfaceIds[1] is eni-other-zone, in subnet-small, but subnetId is subnet-a2; leave subnetId out
  => pools[0].networkInterfaceIds[2] is eni-pooled, which is in pool "cluster" by its tag ${TAG_KEY}; take the tag away first
  => pools[0].networkInterfaceIds[2] is eni-pooled, in subnet-a, but subnetId is subnet-a2; leave subnetId out
  => pools[0].group.subnetIds[0] is subnet-small in eu-west-1b, but the pool is in eu-west-1a; write a subnet of eu-west-1a
  => pools[1].networkInterfaceIds[0] is eni-primary, the primary interface of i-old, which never comes off; write one that can
     be detached
an interface in another pool by another tag key, and one that a service holds
  { tagKey: "team:pool", pools: [{ name: licence, networkInterfaceIds: [eni-pooled, eni-service] }] }
  => pools[0].networkInterfaceIds[1] is eni-service, which a service of AWS holds (amazon-elb); write one of your own
interfaces that exist already, wherever their holders are, by subnet and by zone
  pools:
  - { name: licence, networkInterfaceIds: [eni-ours, eni-free, eni-held, eni-neighbour],
    group: { subnetIds: [subnet-other], securityGroupIds: [sg-other] } }
  - { name: cluster, subnetId: subnet-a, networkInterfaceIds: [eni-pooled] }
`;
