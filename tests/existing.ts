import { DEFAULT_TAG_KEY } from "../handler/names";
import type { Existing, GivenInterface } from "../simulator/deploy/providerFunctions";

/** The account of the specs, and one that shares what is of the other VPC. */
export const ACCOUNT = "111122223333";
const OTHER_ACCOUNT = "444455556666";

/** Subnets by id: Availability Zone, VPC, range. The closed VPC alone has no internet gateway. */
const subnets = {
  "subnet-a": ["eu-west-1a", "vpc-1", "10.1.0.0/24"],
  "subnet-a2": ["eu-west-1a", "vpc-1", "10.1.1.0/24"],
  "subnet-other": ["eu-west-1a", "vpc-other", "10.1.0.0/24"],
  "subnet-small": ["eu-west-1b", "vpc-1", "10.2.0.16/28"],
  "subnet-dual": ["eu-west-1a", "vpc-closed", "10.3.0.0/24", "2001:db8::/64"],
  "subnet-trial": ["eu-west-1c", "vpc-2", "10.0.0.0/20"],
} satisfies Record<string, [string, string, string, string?]>;

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

const ofPool = (pool: string) => ({ tags: { [DEFAULT_TAG_KEY]: pool } });

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
  subnets: Object.entries(subnets).map(
    ([id, [availabilityZone, vpcId, cidrBlock, ipv6CidrBlock]]) => ({
      id,
      availabilityZone,
      vpcId,
      cidrBlock,
      ipv6CidrBlock,
      isPublic: vpcId !== "vpc-closed",
      ownerId: vpcId === "vpc-other" ? OTHER_ACCOUNT : ACCOUNT,
    }),
  ),
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
