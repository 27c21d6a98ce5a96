import { A_TAG_KEY, readTable } from "./table";

const POOL_KEYS =
  "write one of name, subnetId, onDemandSubnetIds, addresses, size, networkInterfaceIds, secondaryAddresses, ipv6AddressCount, " +
  "publicAddresses, sourceDestCheck, securityGroupIds, whenExhausted, detachAfterOtherHooks, enaSrd, enaQueueCount, manager, group, or leave it out";
const GROUP_KEYS =
  "write one of subnetIds, securityGroupIds, " +
  "instanceType, imageId, imageParameter, desiredCapacity, maxSize, furtherPools, userData, waitForAddress, keyName, " +
  "instanceProfile, healthCheckGracePeriod, or leave it out";
const RETENTION_STEPS =
  "write one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, " +
  "2922, 3288, 3653 days";
const POOLS = "write a list of pools, each with a name and its interfaces, like size: 1";
const UP_TO = "up to 2,147,483,647";
const ARN = "arn:aws:sns:eu-west-1:123456789012:on-call";
const of = (length: number) => "k".repeat(length);
/** The beginning of what is too long to be shown. */
const SHOWN = `"${of(79)}...`;

/** A pool with two interfaces, whose group's instances have one of another pool, too. */
const beside = (name: string, another: string, more = "") =>
  `{ name: ${name}, subnetId: subnet-a, size: 2, group: { furtherPools: [${another}], instanceType: t4g.small${more} } }`;
/** A pool of which the pool b of this one has an interface for its only instance. */
const shared = (keys: string) =>
  `{ pools: [{ name: a, subnetId: subnet-a, size: 3, ${keys} }, ${beside("b", "a", ", maxSize: 1")}] }`;

/** Keys of the stack, of a pool and of a group that don't exist, and values of the wrong type. */
export const shapeCases = readTable`
every key there is
  pools:
  - { name: licence, subnetId: subnet-a, addresses: [10.1.0.10, 10.1.0.11], secondaryAddresses: [[10.1.0.20], []],
    ipv6AddressCount: 0, publicAddresses: true, sourceDestCheck: false, securityGroupIds: [sg-1], whenExhausted: abandon,
    detachAfterOtherHooks: true, enaSrd: tcp, enaQueueCount: 2, manager: east-2,
    group: { subnetIds: [subnet-other], securityGroupIds: [sg-other], instanceType: t4g.micro, imageId: ami-1, desiredCapacity: 1, maxSize: 2, userData: "#!/bin/sh", waitForAddress: true, keyName: admin, instanceProfile: web, healthCheckGracePeriod: 0 } }
  - { name: cluster, size: 1000, group: { imageParameter: /images/debian } }
  tagKey: "123"
  syncInterval: 480
  logRetentionInDays: 365
  alarmTopicArn: ${ARN}
  alarmAfterMinutes: 20
  memorySize: 10240
unknown keys of the stack, of a pool and of a group
  { pool: { subnet: subnet-a, group: { keyname: admin, size: 1 } }, retention: 5 }
  => pools[0].group.keyname is no key here; ${GROUP_KEYS}
  => pools[0].group.size is no key here; ${GROUP_KEYS}
  => pools[0].subnet is no key here; ${POOL_KEYS}
  => retention is no key here; write one of pools, tagKey, syncInterval, logRetentionInDays, alarmTopicArn,
     alarmAfterMinutes, memorySize, or leave it out
no pools
  {}
  => pools is missing; ${POOLS}
an empty list of pools
  pools: []
  => pools is []; write one pool or more
pools that are no list
  pools: { licence: { size: 1 } }
  => pools is {"licence":{"size":1}}; ${POOLS}
pools that are text
  pools: "[{name"
  => pools is "[{name"; ${POOLS}
a pool that is a name
  pools: [licence, cluster]
  => pools[0] is "licence"; write the keys of a pool, like name: licence
  => pools[1] is "cluster"; write the keys of a pool, like name: licence
keys of a pool of the wrong type
  pool: { name: 5, size: "3", subnetId: vpc-1, securityGroupIds: [sg-1, default] }
  => pools[0].name is 5; write the pool's name, the value of its tag
  => pools[0].subnetId is "vpc-1"; write a subnet id like subnet-0123456789abcdef0, or leave it out
  => pools[0].size is "3"; write a whole number of interfaces
  => pools[0].securityGroupIds[1] is "default"; write a security group id like sg-0123456789abcdef0
lists of a pool that are none
  pool: { addresses: 10.0.0.10, securityGroupIds: sg-1 }
  => pools[0].addresses is "10.0.0.10"; write a list of IPv4 addresses
  => pools[0].securityGroupIds is "sg-1"; write a list of ids
further addresses of the wrong type, without what would follow from it
  pool: { addresses: [10.0.0.10, 10.0.0.11], secondaryAddresses: [[10.0.0.20, 5], 10.0.0.21], ipv6AddressCount: "1",
    publicAddresses: "yes", sourceDestCheck: 0 }
  => pools[0].secondaryAddresses[0][1] is 5; write an IPv4 address like 10.0.0.20
  => pools[0].secondaryAddresses[1] is "10.0.0.21"; write a list of IPv4 addresses, [] for none
  => pools[0].ipv6AddressCount is "1"; write a whole number of addresses
  => pools[0].publicAddresses is "yes"; write true or false
  => pools[0].sourceDestCheck is 0; write true or false
settings of attachments of the wrong type
  pool: { detachAfterOtherHooks: "yes", enaSrd: true, enaQueueCount: "2" }
  => pools[0].detachAfterOtherHooks is "yes"; write true or false
  => pools[0].enaSrd is true; write tcp or tcpAndUdp
  => pools[0].enaQueueCount is "2"; write a whole number of queues of 1 or more
an attachment of $ queues
  pool: { enaQueueCount: $ }
  => pools[0].enaQueueCount is $; write a whole number of queues of 1 or more
  each 0 | 1.5 | -1
the manager $
  pool: { manager: $ }
  => pools[0].manager is $; write the name of a manager, a letter and up to 39 letters, digits and hyphens
  each "" | "2east" | "big cluster" | "a_b" | 5 | ["east"]
the longest name of a manager, and one character more
  pools: [{ name: a, size: 1, manager: ${of(40)} }, { name: b, size: 1, manager: ${of(41)} }]
  => pools[1].manager is "${of(41)}"; write the name of a manager, a letter and up to 39 letters, digits and hyphens
a manager that is none, but not that further pools have another one
  pools:
  - { name: a, subnetId: subnet-a, size: 2, manager: 5, group: { furtherPools: [b], instanceType: t4g.small } }
  - { name: b, subnetId: subnet-a, size: 2 }
  => pools[0].manager is 5; write the name of a manager, a letter and up to 39 letters, digits and hyphens
further addresses that are no list
  pool: { addresses: [10.0.0.10], secondaryAddresses: 10.0.0.20 }
  => pools[0].secondaryAddresses is "10.0.0.20"; write a list of IPv4 addresses for each of addresses
addresses of the wrong type beside a size and further addresses
  pool: { size: 1, addresses: 5, secondaryAddresses: [[10.0.0.20]] }
  => pools[0].addresses is 5; write a list of IPv4 addresses
a number as an address
  pool: { addresses: [10] }
  => pools[0].addresses[0] is 10; write an IPv4 address like 10.0.0.10
ids of interfaces that are none, without asking for the others
  pool: { networkInterfaceIds: [eni-none, i-1, 5] }
  => pools[0].networkInterfaceIds[1] is "i-1"; write a network interface id like eni-0123456789abcdef0
  => pools[0].networkInterfaceIds[2] is 5; write a network interface id like eni-0123456789abcdef0
interfaces that are no list
  pool: { networkInterfaceIds: eni-free }
  => pools[0].networkInterfaceIds is "eni-free"; write a list of network interface ids
an instance type that is none, without asking how many addresses it takes
  pool: { addresses: [10.0.0.10], secondaryAddresses: [[10.0.0.20, 10.0.0.21, 10.0.0.22]], group: { instanceType: 5 } }
  => pools[0].group.instanceType is 5; write an instance type like t4g.micro
a subnet that is none, without measuring the addresses by the one for trying out
  pool: { addresses: [10.20.0.10], subnetId: 5 }
  => pools[0].subnetId is 5; write a subnet id like subnet-0123456789abcdef0, or leave it out
an empty list of security groups
  pool: { securityGroupIds: [] }
  => pools[0].securityGroupIds is []; write one id or more, or leave it out
subnets and security groups of a group that are none, without asking for the others
  pool: { subnetId: subnet-a, group: { subnetIds: [subnet-none, vpc-1], securityGroupIds: sg-none } }
  => pools[0].group.subnetIds[1] is "vpc-1"; write a subnet id like subnet-0123456789abcdef0
  => pools[0].group.securityGroupIds is "sg-none"; write a list of ids
empty lists of a group
  pool: { subnetId: subnet-a, group: { subnetIds: [], securityGroupIds: [] } }
  => pools[0].group.subnetIds is []; write one id or more, or leave it out
  => pools[0].group.securityGroupIds is []; write one id or more, or leave it out
a group that is an instance type
  pool: { group: t4g.micro }
  => pools[0].group is "t4g.micro"; write the keys of a group, like instanceType: t4g.micro
keys of a group of the wrong type
  pool:
    group: { instanceType: "", imageId: debian, imageParameter: 5, desiredCapacity: "1", maxSize: null,
      userData: ["#!/bin/sh"], waitForAddress: "yes", keyName: false, instanceProfile: { name: web },
      healthCheckGracePeriod: -0.5 }
  => pools[0].group.instanceType is ""; write an instance type like t4g.micro, up to 64 characters of ASCII
  => pools[0].group.imageId is "debian"; write an image id like ami-0123456789abcdef0
  => pools[0].group.imageParameter is 5; write the name of a Systems Manager parameter that names an image
  => pools[0].group.desiredCapacity is "1"; write a whole number of instances
  => pools[0].group.maxSize is null; write a whole number of instances
  => pools[0].group.userData is ["#!/bin/sh"]; write the user data as text
  => pools[0].group.waitForAddress is "yes"; write true or false
  => pools[0].group.keyName is false; write the name of an EC2 key pair
  => pools[0].group.instanceProfile is {"name":"web"}; write the name or ARN of an instance profile
  => pools[0].group.healthCheckGracePeriod is -0.5; write a whole number of seconds
the name $ of a key pair
  pool: { group: { keyName: $ } }
  => pools[0].group.keyName is $; write the name of an EC2 key pair, up to 255 characters of ASCII
  each "" | " " | " a" | "a " | "Zürich" | "a\nb"
names that are as long as AWS takes
  pool: { group: { instanceType: ${of(64)}, imageParameter: ${of(1024)}, keyName: ${of(255)}, instanceProfile: ${of(1024)} } }
names that are one character longer
  pool: { group: { instanceType: ${of(65)}, imageParameter: ${of(1025)}, keyName: ${of(256)}, instanceProfile: ${of(1025)} } }
  => pools[0].group.instanceType is "${of(65)}"; write an instance type like t4g.micro, up to 64 characters of ASCII
  => pools[0].group.imageParameter is ${SHOWN}; write the name of a Systems Manager parameter that names an image, up to 1024
     characters of ASCII
  => pools[0].group.keyName is ${SHOWN}; write the name of an EC2 key pair, up to 255 characters of ASCII
  => pools[0].group.instanceProfile is ${SHOWN}; write the name or ARN of an instance profile, up to 1024 characters of ASCII
the image $
  pool: { group: { imageId: "$" } }
  => pools[0].group.imageId is "$"; write an image id like ami-0123456789abcdef0
  each ami- | ami-a_b | ami-ü | xami-1 | ami-${"0".repeat(41)}
the longest id
  pool: { group: { imageId: ami-${"0".repeat(40)} } }
an empty list where text is wanted
  pool: { group: { keyName: [] } }
  => pools[0].group.keyName is []; write the name of an EC2 key pair
numbers that are too large, by how large they may be
  pool: { size: 3000000000, ipv6AddressCount: 3000000000, group: { maxSize: 3000000000, healthCheckGracePeriod: 3000000000 } }
  alarmAfterMinutes: 3000000000
  => pools[0].ipv6AddressCount is 3000000000; write a whole number of addresses ${UP_TO}
  => pools[0].group.maxSize is 3000000000; write a whole number of instances ${UP_TO}
  => pools[0].group.healthCheckGracePeriod is 3000000000; write a whole number of seconds ${UP_TO}
  => alarmAfterMinutes is 3000000000; write a whole number of minutes of 1 or more ${UP_TO}
  => pools[0].size is 3000000000; write a whole number from 1 to 1000
a number that is too small for any, once
  { pool: {}, alarmAfterMinutes: -3000000000 }
  => alarmAfterMinutes is -3000000000; write a whole number of minutes of 1 or more
a long value, of which it shows the beginning
  pool: { size: ${"x".repeat(100)} }
  => pools[0].size is "${"x".repeat(79)}...; write a whole number of interfaces
the interval $
  { pool: {}, syncInterval: $ }
  => syncInterval is $; write a whole number of minutes from 1 to 480
  each 0 | 481 | "often"
the retention $
  { pool: {}, logRetentionInDays: $ }
  => logRetentionInDays is $; ${RETENTION_STEPS}
  each 31 | "30 days"
an alarm after $ minutes
  { pool: {}, alarmAfterMinutes: $ }
  => alarmAfterMinutes is $; write a whole number of minutes of 1 or more
  each 0 | 1.5 | "soon"
the memory $
  { pool: {}, memorySize: $ }
  => memorySize is $; write a whole number of MB from 128 to 10240
  each 127 | 10241 | 512.5 | "512 MB"
the smallest memory
  { pool: {}, memorySize: 128 }
the topic $
  { pool: {}, alarmTopicArn: $ }
  => alarmTopicArn is $; write the ARN of an SNS topic like ${ARN}, or leave it out
  each "on-call" | "arn:aws:sqs:eu-west-1:123456789012:on-call" | "${ARN}.fifo" | "${ARN}:1" | " ${ARN}" | ["${ARN}"]
a topic in China
  { pool: {}, alarmTopicArn: "arn:aws-cn:sns:cn-north-1:123456789012:on-call" }
a topic of 256 characters
  { pool: {}, alarmTopicArn: "arn:aws:sns:eu-west-1:123456789012:${"a_B-3".repeat(51)}k" }
a topic of 257 characters
  { pool: {}, alarmTopicArn: "arn:aws:sns:eu-west-1:123456789012:${of(257)}" }
  => alarmTopicArn is "arn:aws:sns:eu-west-1:123456789012:${of(44)}...; write the ARN of an SNS topic like ${ARN}, or leave it out
the tag key $
  { pool: {}, tagKey: $ }
  => tagKey is $; ${A_TAG_KEY}
  each "" | "aws:pool" | "pool/name" | "pool name" | "größe" | "." | ".." | "_index" | "Name"
a tag key of 129 characters
  { pool: {}, tagKey: ${of(129)} }
  => tagKey is ${SHOWN}; ${A_TAG_KEY}
the tag key $, as it is
  { pool: {}, tagKey: $ }
  each "team:pool" | "A-Z_0.9+=,@" | "awsome" | "..."
a tag key of 128 characters
  { pool: {}, tagKey: ${of(128)} }
all of them in one error
  pools:
  - { name: "", addresses: [10.0.0.10, "::1"] }
  - { name: licence, subnetId: subnet-none, size: 1 }
  - { name: cluster, subnetId: subnet-small, size: 12, group: { desiredCapacity: 13 } }
  - { name: licence, addresses: [10.0.0.10, 10.0.16.0] }
  tagKey: aws:pool
  => pools[0].name is empty; write the pool's name, the value of its tag
  => pools[0].addresses[1] is "::1"; write an IPv4 address like 10.0.0.10
  => pools[2].group.desiredCapacity is 13; write a whole number from 0 to 12, the group's maxSize
  => pools[3].name is "licence", as pools[1].name is; write every name once
  => pools[3].addresses[0] is 10.0.0.10, which pools[0] has too; write it in one pool
  => tagKey is "aws:pool"; ${A_TAG_KEY}
  => pools[1].subnetId is subnet-none, which can't be read: no matching EC2 Subnet found; write a subnet of this account and
     Region
  => pools[2].size is 12, but subnet 10.2.0.16/28 has 11 addresses to give; write at most 11
  => pools[3].addresses[1] is 10.0.16.0, which is outside subnet 10.0.0.0/20; write one of 10.0.0.4 to 10.0.15.254
what is of the wrong type together with what is wrong in other pools
  pools:
  - { name: 5, size: 1 }
  - { name: licence, size: 0 }
  - { name: cluster, size: 3, group: { maxSize: 4, keyname: admin } }
  => pools[0].name is 5; write the pool's name, the value of its tag
  => pools[2].group.keyname is no key here; ${GROUP_KEYS}
  => pools[1].size is 0; write a whole number from 1 to 1000
  => pools[2].group.maxSize is 4; write a whole number from 0 to 3, the interfaces of the pool
what only the subnet tells together with an unknown key of another pool
  pools: [{ name: licence, size: 1, subnet: subnet-a }, { name: cluster, size: 12, subnetId: subnet-small }]
  => pools[0].subnet is no key here; ${POOL_KEYS}
  => pools[1].size is 12, but subnet 10.2.0.16/28 has 11 addresses to give; write at most 11
addresses beside size, and two images, behind unknown keys of the same pool and group
  pool: { size: 1, addresses: [10.0.0.10], subnet: subnet-a, group: { imageId: ami-1, imageParameter: /image, keyname: admin } }
  => pools[0].group.keyname is no key here; ${GROUP_KEYS}
  => pools[0].subnet is no key here; ${POOL_KEYS}
  => pools[0] has addresses (1) and size (1); write one of them
  => pools[0].group has both imageId and imageParameter; write one of them
a size that is none, but not the group that follows from it
  pool: { size: "3", group: { maxSize: 2 } }
  => pools[0].size is "3"; write a whole number of interfaces
a maxSize that is none, of a pool that groups share
  ${shared('group: { maxSize: "2" }')}
  => pools[0].group.maxSize is "2"; write a whole number of instances
a desiredCapacity that is none, of a pool that groups share
  ${shared('group: { maxSize: 2, desiredCapacity: "1" }')}
  => pools[0].group.desiredCapacity is "1"; write a whole number of instances
a whenExhausted that is none, of a pool that groups share
  ${shared("group: {}, whenExhausted: 5")}
  => pools[0].whenExhausted is 5; write wait, abandon or continue
names that are missing, but not that further pools are none
  pools:
  - { subnetId: subnet-a, size: 2, group: { furtherPools: [b], instanceType: t4g.small } }
  - ${beside("5", "a")}
  => pools[0].name is missing; write the pool's name, the value of its tag
  => pools[1].name is 5; write the pool's name, the value of its tag
a name that two pools have, but not that they are too small for what all of them want
  pools: [${beside("b", "a")}, ${beside("a", "b")}, ${beside("a", "b")}]
  => pools[2].name is "a", as pools[1].name is; write every name once
a group on demand by its maxSize alone
  pool: { onDemandSubnetIds: [subnet-a], securityGroupIds: [sg-1], group: { maxSize: "2", desiredCapacity: 1 } }
  => pools[0].group.maxSize is "2"; write a whole number of instances
`;
