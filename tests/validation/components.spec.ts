import * as pulumi from "@pulumi/pulumi";
import { NetworkInterfaceManager } from "../../components/networkInterfaceManager";
import { SingleZoneGroup, type SingleZoneGroupArgs } from "../../components/singleZoneGroup";
import { type Create, createsNo, itRefusesAtOnce, itRefusesLater } from "./refusing";
import { A_TAG_KEY, NO_SECURITY_GROUP, NO_SUBNET, readTable } from "./table";

const MINUTES = "write a whole number of minutes";
const FEWER = "write fewer or shorter names of pools, or another manager for the rest";

const ON_DEMAND =
  "onDemand: { subnetIds: [subnet-0123456789abcdef0], securityGroupIds: [sg-0123456789abcdef0] }";
/** Names of this length, each with what stands beside it. */
const named = (count: number, length: number, beside: string) =>
  Array.from({ length: count }, (_, index) => {
    return `{ name: ${String(index).padStart(length, "n")}, ${beside} }`;
  });
const names = Array.from({ length: 24 }, (_, index) => String(index).padStart(120, "n"));
const seventeen = Array.from({ length: 17 }, (_, index) => `sg-${index}`);

describe("SingleZoneGroup", () => {
  const create: Create = (args) =>
    new SingleZoneGroup("web", {
      poolName: "Web servers",
      poolSize: 3,
      subnetIds: ["subnet-a"],
      securityGroupIds: ["sg-1", "sg-2"],
      ...(args as Partial<SingleZoneGroupArgs>),
    });

  itRefusesAtOnce(create)(readTable`
an empty pool name, two images, a maxSize above the pool and a tag key that metadata can't show
  { poolName: " ", imageId: ami-debian, imageParameter: /images/debian, maxSize: 4, tagKey: pool/name }
  => poolName is empty; write the pool's name, the value of its tag
  => has both imageId and imageParameter; write one of them
  => maxSize is 4; write a whole number from 0 to 3, the interfaces of the pool
  => tagKey is "pool/name"; ${A_TAG_KEY}
a pool name of 129 characters
  poolName: ${"n".repeat(129)}
  => poolName has 129 characters; write at most 128
a desiredCapacity above maxSize, and the group's own pool as a further one
  { maxSize: 2, desiredCapacity: 3, furtherPools: [Web servers] }
  => desiredCapacity is 3; write a whole number from 0 to 2, the group's maxSize
  => furtherPools[0] is "Web servers" once more; write every pool once, and the group's own not at all
half a standby
  { maxSize: 4.5, hasStandbys: true }
  => maxSize is 4.5; write a whole number of instances
`);
});

describe("NetworkInterfaceManager", () => {
  const create: Create = (args) => new NetworkInterfaceManager("manager", args);

  itRefusesAtOnce(create)(readTable`
an empty list of pools
  pools: []
  => pools is an empty list; write the pools' names, or leave it out to look after every pool
pools without a name, and what has none to part
  pools: [licence, "", " , ", { name: " " }]
  => pools[1] is empty; write the pool's name, the value of its tag
  => pools[2] is empty; write the pool's name, the value of its tag
  => pools[3].name is empty; write the pool's name, the value of its tag
names that its rights can't name, also among several, and settings of several pools at once
  pools: ["data,池", ${"n".repeat(129)}, { name: "data,management", whenExhausted: continue }]
  => pools[0] has the character "池", which the manager's rights can't name; write characters of Latin-1
  => pools[1] has 129 characters; write at most 128
  => pools[2].name has a comma, which parts the names of several pools in a tag; write a name without one
two settings of one pool, also where its name holds what a terminal obeys
  pools: [{ name: pair }, licence, { name: pair, whenExhausted: continue }, { name: "\"\u0085" }, { name: "\"\u0085" }]
  => pools[2].name is "pair", as pools[0].name is; write every name once
  => pools[4].name is "\"\u{85}", as pools[3].name is; write every name once
pools that are filled on demand without a subnet, without a security group, and with more than EC2 takes
  pools:
  - { name: first, onDemand: { subnetIds: [], securityGroupIds: [sg-1] } }
  - { name: second, onDemand: { subnetIds: [subnet-a], securityGroupIds: [] } }
  - { name: third, onDemand: { subnetIds: [subnet-a], securityGroupIds: [${seventeen}] } }
  => pools[0].onDemand.subnetIds is an empty list; write a subnet in each Availability Zone in which instances run
  => pools[1].onDemand.securityGroupIds is an empty list; write a security group of the subnets' VPC
  => pools[2].onDemand.securityGroupIds has 17 entries; write 1 to 16
settings of attachments that are none, and what is made on demand and to be detached
  pools:
  - { name: first, enaSrd: tcp, enaQueueCount: 0 }
  - { name: second, enaQueueCount: 1.5, detachAfterOtherHooks: true }
  - { name: third, detachAfterOtherHooks: true, enaQueueCount: 1, ${ON_DEMAND} }
  => pools[0].enaQueueCount is 0; write a whole number of queues of 1 or more
  => pools[1].enaQueueCount is 1.5; write a whole number of queues of 1 or more
  => pools[2].detachAfterOtherHooks is given, but what is made on demand stays with its instance to the end; leave it out
pools on demand that need more rights and settings than AWS takes
  pools: [${named(30, 40, ON_DEMAND)}]
  => pools make the policy of the manager's role 13461 characters long, 3221 more than AWS takes; ${FEWER}
  => pools make the environment of its function 6567 bytes long, 2471 more than AWS takes; ${FEWER}
more settings of pools than its function can be told
  pools: [${named(45, 27, "whenExhausted: continue")}]
  => pools make the environment of its function 4482 bytes long, 386 more than AWS takes; ${FEWER}
more settings of attachments than its function can be told
  pools: [${named(32, 40, "detachAfterOtherHooks: true, enaSrd: tcpAndUdp, enaQueueCount: 8")}]
  => pools make the environment of its function 5493 bytes long, 1397 more than AWS takes; ${FEWER}
longer names than its rights can hold
  pools: [${names}]
  => pools make the policy of the manager's role 10288 characters long, 48 more than AWS takes; ${FEWER}
an alarm after $ minutes
  alarmAfterMinutes: $
  => alarmAfterMinutes is $; ${MINUTES} of 1 or more
  each 0 | 0.5
a syncInterval of $
  syncInterval: $
  => syncInterval is $; ${MINUTES} from 1 to 480
  each 0 | -1 | 1.5 | 481
a memory of $ MB
  memorySize: $
  => memorySize is $; write a whole number of MB from 128 to 10240
  each 127 | 1769.5 | 10241
numbers that are none, and a tag key that metadata can't show
  { syncInterval: .nan, alarmAfterMinutes: .nan, memorySize: .nan, tagKey: Name }
  => tagKey is "Name"; ${A_TAG_KEY}
  => syncInterval is NaN; ${MINUTES} from 1 to 480
  => alarmAfterMinutes is NaN; ${MINUTES} of 1 or more
  => memorySize is NaN; write a whole number of MB from 128 to 10240
`);

  const itRefusesUnread = itRefusesLater(create, createsNo("Function"));
  itRefusesUnread(readTable`
subnets and security groups that can't be read
  pools: [a, { name: b, onDemand: { subnetIds: [subnet-none, subnet-a], securityGroupIds: [sg-none] } }]
  => pools[1].onDemand.subnetIds[0] is subnet-none, ${NO_SUBNET}
  => pools[1].onDemand.securityGroupIds[0] is sg-none, ${NO_SECURITY_GROUP}
`);

  const ofNone: Create = () => {
    const onDemand = { subnetIds: ["subnet-a"], securityGroupIds: pulumi.output<string[]>([]) };
    return create({ pools: ["licence", { name: "second", onDemand }] });
  };
  const itRefusesEmpty = itRefusesLater(ofNone, createsNo("Function"));
  itRefusesEmpty(readTable`
a list of security groups that turns out empty
  {}
  => pools[1].onDemand.securityGroupIds is an empty list; write a security group of the subnets' VPC
`);
});
