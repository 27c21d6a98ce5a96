import { NO_SUBNET, readTable } from "./table";

const securityGroups = (count: number) => Array.from({ length: count }, () => "sg-1");
const IN_A = "onDemandSubnetIds: [subnet-a], securityGroupIds: [sg-1]";

/** Pools whose interfaces are made on demand. */
export const onDemandCases = readTable`
a pool on demand in several zones, with a group of any size in another VPC there
  pool: { onDemandSubnetIds: [subnet-a, subnet-small], securityGroupIds: [sg-1],
    group: { subnetIds: [subnet-other], securityGroupIds: [sg-other], maxSize: 5000 } }
on demand, neither subnets nor security groups nor a size of the group
  pool: { onDemandSubnetIds: [], group: {} }
  => pools[0].onDemandSubnetIds is an empty list; write a subnet's id for each zone in which instances run
  => pools[0].group.maxSize is missing; write the most instances, which no number of interfaces limits
  => pools[0].securityGroupIds is missing; write the security groups of the interfaces made on demand
on demand, an empty name and a group that is to run more than it may
  pool: { name: "", onDemandSubnetIds: [subnet-a], securityGroupIds: [sg-1],
    group: { maxSize: 1, desiredCapacity: 2, imageId: ami-1, imageParameter: /image } }
  => pools[0].name is empty; write the pool's name, the value of its tag
  => pools[0].group has both imageId and imageParameter; write one of them
  => pools[0].group.desiredCapacity is 2; write a whole number from 0 to 1, the group's maxSize
on demand, 17 security groups
  pool: { onDemandSubnetIds: [subnet-a], securityGroupIds: [${securityGroups(17)}] }
  => pools[0].securityGroupIds has 17 entries; write 1 to 16
on demand, 16 security groups
  pool: { onDemandSubnetIds: [subnet-a], securityGroupIds: [${securityGroups(16)}] }
on demand, what only a pool of fixed interfaces has
  pool: { onDemandSubnetIds: [subnet-a], securityGroupIds: [sg-1], subnetId: subnet-a, size: 1, networkInterfaceIds: [eni-free],
    sourceDestCheck: false }
  => pools[0] has onDemandSubnetIds and subnetId, size, networkInterfaceIds, sourceDestCheck; leave one or the other out: what
     is made on demand has no fixed address
on demand, more of what only a pool of fixed interfaces has
  pool: { onDemandSubnetIds: [subnet-a], securityGroupIds: [sg-1], addresses: [10.0.0.10], secondaryAddresses: [[]],
    ipv6AddressCount: 0, publicAddresses: false, whenExhausted: wait }
  => pools[0] has onDemandSubnetIds and addresses, secondaryAddresses, ipv6AddressCount, publicAddresses, whenExhausted; leave
     one or the other out: what is made on demand has no fixed address
on demand, ENA Express for both protocols, and queues
  pool: { ${IN_A}, enaSrd: tcpAndUdp, enaQueueCount: 1 }
on demand, a detachment that waits for other hooks, and no security groups
  pool: { onDemandSubnetIds: [subnet-a], detachAfterOtherHooks: false }
  => pools[0].securityGroupIds is missing; write the security groups of the interfaces made on demand
  => pools[0].detachAfterOtherHooks is given, but what is made on demand stays with its instance to the end; leave it out
on demand, a subnet that is no list, but not what would follow from it beside a size
  pool: { onDemandSubnetIds: subnet-a, securityGroupIds: [sg-1], size: 1 }
  => pools[0].onDemandSubnetIds is "subnet-a"; write a list of ids
on demand, two subnets in one zone, of two VPCs, and one that can't be read
  pool: { onDemandSubnetIds: [subnet-a, subnet-none, subnet-other], securityGroupIds: [sg-1] }
  => pools[0].onDemandSubnetIds[1] is subnet-none, ${NO_SUBNET}
  => pools[0].onDemandSubnetIds[2] is subnet-other of vpc-other, but subnet-a is of vpc-1; write subnets of one VPC
  => pools[0].onDemandSubnetIds[2] is subnet-other in eu-west-1a, as subnet-a is; write one for each zone
on demand, a group where the pool has no subnet, behind security groups of other VPCs
  pool: { onDemandSubnetIds: [subnet-small], securityGroupIds: [sg-other],
    group: { maxSize: 2, subnetIds: [subnet-a], securityGroupIds: [sg-1, sg-closed] } }
  => pools[0].group.subnetIds[0] is subnet-a in eu-west-1a, but the pool has subnets in eu-west-1b; write a subnet of one of
     these zones, or give the pool one in eu-west-1a
  => pools[0].securityGroupIds[0] is sg-other of vpc-other, but the subnet is of vpc-1; write a security group of vpc-1
  => pools[0].group.securityGroupIds[1] is sg-closed of vpc-closed, but the subnet is of vpc-1; write a security group of vpc-1
on demand, a subnet that can't be read, but not that the group has one where the pool has none
  pool: { onDemandSubnetIds: [subnet-a, subnet-none], securityGroupIds: [sg-1],
    group: { maxSize: 1, subnetIds: [subnet-small], securityGroupIds: [sg-1] } }
  => pools[0].onDemandSubnetIds[1] is subnet-none, ${NO_SUBNET}
on demand, subnets of a group that are of two VPCs, and one that can't be read
  pool: { onDemandSubnetIds: [subnet-a], securityGroupIds: [sg-1],
    group: { maxSize: 1, subnetIds: [subnet-none, subnet-a, subnet-other], securityGroupIds: [sg-1] } }
  => pools[0].group.subnetIds[0] is subnet-none, ${NO_SUBNET}
  => pools[0].group.subnetIds[2] is subnet-other of vpc-other, but subnet-a is of vpc-1; write subnets of one VPC
on demand, half an instance, but not that more are desired
  pool: { ${IN_A}, group: { maxSize: 1.5, desiredCapacity: 5 } }
  => pools[0].group.maxSize is 1.5; write a whole number of instances
on demand, a pool more than the instance type takes
  pools:
  - { name: a, onDemandSubnetIds: [subnet-a], securityGroupIds: [sg-1], group: { maxSize: 1, furtherPools: [data] } }
  - { name: data, size: 1 }
  => pools[0].group.instanceType is t4g.micro, which takes 2 network interfaces, but the instances need 3, their primary one and
     one of each pool; write a larger type, or fewer furtherPools
on demand, more user data than EC2 takes
  pool: { ${IN_A}, group: { maxSize: 1, userData: ${"x".repeat(16_385)} } }
  => pools[0].group.userData has 16385 bytes, and EC2 takes 16384; write 1 fewer
`;
