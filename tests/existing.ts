import type { DeployedSubnet } from "../simulator/deploy/addresses";
import type { Existing, GivenInterface } from "../simulator/deploy/providerFunctions";

/** The account of the specs, and one that shares what is of the other VPC. */
export const ACCOUNT = "111122223333";
const OTHER_ACCOUNT = "444455556666";

const inZoneA = { availabilityZone: "eu-west-1a", vpcId: "vpc-1", isPublic: true };

const subnets: DeployedSubnet[] = [
  { ...inZoneA, id: "subnet-a", cidrBlock: "10.1.0.0/24" },
  { ...inZoneA, id: "subnet-a2", cidrBlock: "10.1.1.0/24" },
  {
    ...inZoneA,
    id: "subnet-other",
    vpcId: "vpc-other",
    cidrBlock: "10.1.0.0/24",
    ownerId: OTHER_ACCOUNT,
  },
  {
    ...inZoneA,
    id: "subnet-small",
    availabilityZone: "eu-west-1b",
    cidrBlock: "10.2.0.16/28",
  },
  {
    ...inZoneA,
    id: "subnet-dual",
    vpcId: "vpc-closed",
    cidrBlock: "10.3.0.0/24",
    ipv6CidrBlock: "2001:db8::/64",
    isPublic: false,
  },
  {
    ...inZoneA,
    id: "subnet-trial",
    availabilityZone: "eu-west-1c",
    vpcId: "vpc-2",
    cidrBlock: "10.0.0.0/20",
  },
];

const attachedTo = (instanceId: string, deviceIndex: number) => ({
  attachments: [
    {
      attachmentId: `eni-attach-${instanceId}`,
      instanceId,
      instanceOwnerId: instanceId === "" ? "amazon-elb" : ACCOUNT,
      deviceIndex,
      networkCardIndex: 0,
    },
  ],
});

const ofPool = (pool: string) => ({ tags: { "network-interface-manager-pool": pool } });

/** An interface in subnet-a, with what is special about it. */
function networkInterface(
  id: string,
  { shown, ...changes }: Partial<GivenInterface> = {},
): GivenInterface {
  return {
    id,
    subnetId: "subnet-a",
    address: `address-of-${id}`,
    macAddress: `mac-of-${id}`,
    tags: { Name: "theirs" },
    shown: { ipv6Addresses: [`ipv6-of-${id}`], securityGroups: ["sg-1", "sg-2"], ...shown },
    ...changes,
  };
}

/** What the specs take for existing before a program runs. */
export const existing: Existing = {
  subnets,
  securityGroups: [
    { id: "sg-1", vpcId: "vpc-1" },
    { id: "sg-2", vpcId: "vpc-1" },
    { id: "sg-other", vpcId: "vpc-other", ownerId: OTHER_ACCOUNT },
    { id: "sg-closed", vpcId: "vpc-closed" },
  ],
  networkInterfaces: [
    networkInterface("eni-0"),
    networkInterface("eni-free"),
    networkInterface("eni-neighbour", { subnetId: "subnet-a2" }),
    networkInterface("eni-held", { shown: attachedTo("i-old", 1) }),
    networkInterface("eni-ours", { ...ofPool("licence"), shown: attachedTo("i-ours", 1) }),
    networkInterface("eni-other-zone", { subnetId: "subnet-small" }),
    networkInterface("eni-primary", { shown: attachedTo("i-old", 0) }),
    networkInterface("eni-service", { shown: attachedTo("", 1) }),
    networkInterface("eni-nat", { shown: { interfaceType: "nat_gateway" } }),
    networkInterface("eni-doomed", { shown: attachedTo("i-old", 1), deletedWithHolder: true }),
    networkInterface("eni-pooled", ofPool("cluster")),
  ],
  images: { "/images/debian": { id: "ami-debian", rootDeviceName: "/dev/sda1" } },
  absentInstanceTypes: ["z9.nano"],
  unansweredIds: ["subnet-later", "subnet-2-later", "sg-later", "eni-later"],
};
