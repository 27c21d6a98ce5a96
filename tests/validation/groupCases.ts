import { readTable } from "./table";

const TOGETHER =
  "together; write a smaller group.desiredCapacity in one of them, give it more interfaces, or write whenExhausted: continue";
const ONCE = "once more; write every pool once, and the group's own not at all";

const grouped = (name: string, size: number, group: string, more = "") =>
  `{ name: ${name}, size: ${size}, group: { instanceType: t4g.small, ${group} }${more} }`;
/** A pool of three interfaces whose group's instances have one of the pool management, too. */
const data = (group = "") => grouped("data", 3, `furtherPools: [management], ${group}`);
/** A pool of two interfaces whose group's instances have one of the pool shared, too. */
const sharer = (name: string, group: string) =>
  grouped(name, 2, `furtherPools: [shared], ${group}`);
const SHARERS = `${sharer("a", "maxSize: 2")}, ${sharer("b", "maxSize: 2")}`;
const desiring = (name: string, desired: number) =>
  sharer(name, `maxSize: 2, desiredCapacity: ${desired}`);
const shared = (size: number, desired: number) =>
  grouped("shared", size, `maxSize: 2, desiredCapacity: ${desired}`);

/** The group of a pool, and what pools have together. */
export const groupCases = readTable`
two images
  pool: { group: { imageId: ami-1, imageParameter: /images/debian } }
  => pools[0].group has both imageId and imageParameter; write one of them
a maxSize of $ for 3 interfaces
  pool: { size: 3, group: { maxSize: $ } }
  => pools[0].group.maxSize is $; write a whole number from 0 to 3, the interfaces of the pool
  each 4 | -1 | 1.5
a maxSize above the interfaces that exist already
  pool: { networkInterfaceIds: [eni-free], group: { maxSize: 2 } }
  => pools[0].group.maxSize is 2; write a whole number from 0 to 1, the interfaces of the pool
a maxSize above the addresses
  pool: { addresses: [10.0.0.10], group: { maxSize: 2 } }
  => pools[0].group.maxSize is 2; write a whole number from 0 to 1, the interfaces of the pool
a desiredCapacity of $ for 3 interfaces
  pool: { size: 3, group: { desiredCapacity: $ } }
  => pools[0].group.desiredCapacity is $; write a whole number from 0 to 3, the group's maxSize
  each 4 | -1 | 1.5
a desiredCapacity above maxSize
  pool: { size: 3, group: { maxSize: 2, desiredCapacity: 3 } }
  => pools[0].group.desiredCapacity is 3; write a whole number from 0 to 2, the group's maxSize
the group { $ } for 3 interfaces
  pool: { size: 3, group: { $ } }
  each  | maxSize: 0 | maxSize: 3 | desiredCapacity: 0 | desiredCapacity: 3 | desiredCapacity: 2, maxSize: 2 | imageId: ami-1
a group with standbys, of any number
  pool: { size: 3, whenExhausted: continue, group: { maxSize: 9, desiredCapacity: 8 } }
a group with standbys that is to run more than it may
  pool: { size: 3, whenExhausted: continue, group: { maxSize: 9, desiredCapacity: 10 } }
  => pools[0].group.desiredCapacity is 10; write a whole number from 0 to 9, the group's maxSize
a group with half a standby
  pool: { size: 3, whenExhausted: continue, group: { maxSize: 4.5 } }
  => pools[0].group.maxSize is 4.5; write a whole number of instances
a further pool with another manager, which would give its instances that interface
  pools: [${data()}, { name: management, size: 3, manager: east }]
  => pools[0].group.furtherPools[0] is "management" with the manager "east", but this pool has "manager"; write the same
     manager in both pools
a further pool with the default manager of a pool with another one
  pools: [${grouped("data", 3, "furtherPools: [management]", ", manager: east")}, { name: management, size: 3 }]
  => pools[0].group.furtherPools[0] is "management" with the manager "manager", but this pool has "east"; write the same
     manager in both pools
further pools with the same manager, beside a pool with another one
  pools:
  - ${grouped("data", 3, "furtherPools: [management]", ", manager: east")}
  - { name: management, size: 3, manager: east }
  - { name: licence, size: 1, manager: manager }
standbys that wait for an address
  pool: { whenExhausted: continue, group: { waitForAddress: true } }
  => pools[0].group.waitForAddress is true, but with whenExhausted: continue an instance enters service without an address
     and would wait for it in vain; leave this out
instances that wait for an address, and standbys that don't
  pools:
  - { name: a, size: 1, whenExhausted: abandon, group: { waitForAddress: true } }
  - { name: b, size: 1, whenExhausted: continue, group: {} }
more user data than EC2 takes
  pool: { group: { userData: ${"x".repeat(16_385)} } }
  => pools[0].group.userData has 16385 bytes, and EC2 takes 16384; write 1 fewer
as much user data as EC2 takes
  pool: { group: { userData: ${"ä".repeat(8_192)} } }
a further pool twice
  pools: [${grouped("data", 1, "furtherPools: [management, management]")}, { name: management, size: 1 }]
  => pools[0].group.furtherPools[1] is "management" ${ONCE}
  => pools[0].group.instanceType is t4g.small, which takes 3 network interfaces, but the instances need 4, their primary one
     and one of each pool; write a larger type, or fewer furtherPools
the group's own pool as a further one
  pool: { name: data, group: { furtherPools: [data], instanceType: t4g.small } }
  => pools[0].group.furtherPools[0] is "data" ${ONCE}
a further pool without a name
  pools: [${grouped("data", 1, 'furtherPools: [""]')}, { name: management, size: 1 }]
  => pools[0].group.furtherPools[0] is empty; write the pool's name, the value of its tag
  => pools[0].group.furtherPools[0] is "", which is no pool; write one of management
a further pool that doesn't exist
  pools: [${grouped("data", 1, "furtherPools: [backup]")}, { name: management, size: 1 }]
  => pools[0].group.furtherPools[0] is "backup", which is no pool; write one of management
a further pool where there is no other
  pool: { group: { furtherPools: [backup], instanceType: t4g.small } }
  => pools[0].group.furtherPools[0] is "backup", which is no pool; write the name of another pool
a further pool with fewer interfaces than the group may have instances ($)
  pools: [${data("$")}, { name: management, size: 2 }]
  => pools[0].group.furtherPools[0] is "management", which has an interface for 2 of 3 instances; write group.maxSize up to 2,
     or give it more interfaces
  each  | maxSize: 3
further pools of groups with a maxSize of $
  pools: [${data("maxSize: $")}, { name: management, size: $ }]
  each 2 | 3
a further pool with standbys, which need no interface
  pools: [${data("")}, { name: management, size: 2, whenExhausted: continue }]
a further pool of no size, without what would follow from it
  pools: [${data("")}, { name: management, size: 1.5 }]
  => pools[1].size is 1.5; write a whole number from 1 to 1000
a pool with an interface for every instance of the groups that share it
  pools: [${sharer("a", "maxSize: 1")}, ${sharer("b", "maxSize: 1")}, { name: shared, size: 2 }]
a pool with an interface for every instance of the one group that is to run any
  pools: [${sharer("a", "maxSize: 2")}, ${sharer("b", "maxSize: 0")}, { name: shared, size: 2, group: { maxSize: 0 } }]
a pool with an interface for the instances that are to run, though not for all that may
  pools: [${shared(3, 1)}, ${desiring("a", 1)}]
a pool that suffices for each of the groups that share it, but not for all of them
  pools: [${sharer("a", "maxSize: 2")}, ${sharer("b", "maxSize: 1")}, { name: shared, size: 2 }]
  => pools[2] has an interface for 2 of 3 instances, the desired capacities of the groups of a and b ${TOGETHER}
a pool that doesn't suffice for the instances that are to run
  pools: [${shared(3, 1)}, ${desiring("a", 1)}, ${desiring("b", 2)}]
  => pools[0] has an interface for 3 of 4 instances, the desired capacities of the groups of shared and a and b ${TOGETHER}
a pool that its own group fills where nothing else is said
  pools: [{ name: shared, size: 2, group: {} }, ${sharer("a", "maxSize: 1")}]
  => pools[0] has an interface for 2 of 3 instances, the desired capacities of the groups of shared and a ${TOGETHER}
a shared pool with standbys
  pools: [${SHARERS}, { name: shared, size: 2, whenExhausted: continue }]
a shared pool of no size, without what would follow from it
  pools: [${SHARERS}, { name: shared, size: 1.5 }]
  => pools[2].size is 1.5; write a whole number from 1 to 1000
a shared pool with a mistake in whenExhausted, without what would follow from it
  pools: [${SHARERS}, { name: shared, size: 2, whenExhausted: continu }]
  => pools[2].whenExhausted is "continu"; write wait, abandon or continue
a group of $ that shares a pool, without what would follow from it
  pools: [${sharer("a", "maxSize: $")}, ${sharer("b", "maxSize: 1")}, { name: shared, size: 2 }]
  => pools[0].group.maxSize is $; write a whole number from 0 to 2, the interfaces of the pool
  each 1.5 | 3
a shared pool that suffices for none of the groups, by each of them
  pools: [${SHARERS}, { name: shared, size: 1 }]
  => pools[0].group.furtherPools[0] is "shared", which has an interface for 1 of 2 instances; write group.maxSize up to 1, or
     give it more interfaces
  => pools[1].group.furtherPools[0] is "shared", which has an interface for 1 of 2 instances; write group.maxSize up to 1, or
     give it more interfaces
pools that share nothing, of names that differ in case
  pools: [{ name: licence, addresses: [10.0.0.10] }, { name: cluster, addresses: [10.0.0.11] }, { name: Licence, size: 2 }]
a name that an earlier pool has
  pools: [{ name: cluster, size: 1 }, { name: licence, size: 1 }, { name: licence, size: 2 }, { name: licence, size: 1 }]
  => pools[2].name is "licence", as pools[1].name is; write every name once
  => pools[3].name is "licence", as pools[1].name is; write every name once
an address that an earlier pool has
  pools: [{ name: a, addresses: [10.0.0.10, 10.0.0.11] }, { name: b, size: 1 }, { name: c, addresses: [10.0.0.12, 10.0.0.11] }]
  => pools[2].addresses[1] is 10.0.0.11, which pools[0] has too; write it in one pool
further addresses that an earlier pool has, first or further
  pools:
  - { name: a, addresses: [10.0.0.10], secondaryAddresses: [[10.0.0.20]] }
  - { name: b, addresses: [10.0.0.11], secondaryAddresses: [[10.0.0.10, 10.0.0.20]] }
  => pools[1].secondaryAddresses[0][0] is 10.0.0.10, which pools[0] has too; write it in one pool
  => pools[1].secondaryAddresses[0][1] is 10.0.0.20, which pools[0] has too; write it in one pool
one address in two VPCs with the same range
  pools: [{ name: a, subnetId: subnet-a, addresses: [10.1.0.10] }, { name: b, subnetId: subnet-other, addresses: [10.1.0.10] }]
one address in two VPCs, and twice in one of them
  pools:
  - { name: a, subnetId: subnet-a, addresses: [10.1.0.10] }
  - { name: b, subnetId: subnet-other, addresses: [10.1.0.10] }
  - { name: c, subnetId: subnet-a, addresses: [10.1.0.10] }
  => pools[2].addresses[0] is 10.1.0.10, which pools[0] has too; write it in one pool
an interface that an earlier pool has
  pools: [{ name: a, networkInterfaceIds: [eni-held, eni-free] }, { name: b, networkInterfaceIds: [eni-neighbour, eni-free] }]
  => pools[1].networkInterfaceIds[1] is eni-free, which pools[0] has too; write it in one pool
a pool named as the security group of another's instances
  pools: [{ name: licence, size: 1, group: { subnetIds: [subnet-small] } }, { name: licence-instances, size: 1 }]
  => pools[1].name is "licence-instances", as the security group of pools[0]'s instances is called; write another name,
     securityGroupIds here, or group.securityGroupIds there
a pool named as another's instances, where $ has no security group of its own
  pools:
  - { name: licence, size: 1, group: { subnetIds: [subnet-small], securityGroupIds: [sg-1] } }
  - { name: licence-instances, $ }
  each size: 1 | networkInterfaceIds: [eni-free]
the pool licence-instances of $ beside licence
  pools: [{ name: licence, size: 1, group: { subnetIds: [subnet-small] } }, { name: licence-instances, $ }]
  each subnetId: subnet-a, size: 1, securityGroupIds: [sg-1] | networkInterfaceIds: [eni-free]
the pool licence-instances beside licence, whose instances are in the pool's subnet
  pools: [{ name: licence, size: 1, group: {} }, { name: licence-instances, size: 1 }]
the pool licence-instances on demand, without security groups
  pools:
  - { name: licence, size: 1, group: { subnetIds: [subnet-small] } }
  - { name: licence-instances, onDemandSubnetIds: [subnet-a] }
  => pools[1].securityGroupIds is missing; write the security groups of the interfaces made on demand
the pool licence-instances beside licence on demand, whose instances have no security groups
  pools:
  - { name: licence, onDemandSubnetIds: [subnet-a], securityGroupIds: [sg-1], group: { maxSize: 1, subnetIds: [subnet-a] } }
  - { name: licence-instances, size: 1 }
  => pools[0].group.securityGroupIds is missing; write the security groups of the instances in their own subnets
names that are too long for the resources to be called as the pools are
  pools:
  - { name: ${"n".repeat(40)}, size: 1, group: { subnetIds: [subnet-small] } }
  - { name: ${"n".repeat(40)}-instances, size: 1 }
`;
