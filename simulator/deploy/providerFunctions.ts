import { type DeployedSubnet, hexOf } from "./addresses";
import { AwsError, NotModelled } from "../aws/awsError";
import type { Tags } from "../aws/ec2/ec2";
import { addressLimits, cardLimits, unknownType } from "../aws/ec2/instanceTypes";

type Fields = Record<string, unknown>;

/** What exists before the program runs, for pools that name it. */
export interface Existing {
  subnets?: DeployedSubnet[];
  securityGroups?: { id: string; vpcId: string }[];
  networkInterfaces?: GivenInterface[];
}

/** An interface that somebody else made, free and as EC2 has it before the program runs. */
export interface GivenInterface {
  id: string;
  subnetId: string;
  address: string;
  macAddress: string;
  tags: Tags;
}

/** Answers what a program asks of what exists, as the provider's functions do. */
export function answerProviderFunction(
  token: string,
  fields: Fields,
  given: Required<Existing>,
  arnOf: (resource: string, ownerId?: string) => string,
): Fields {
  switch (token) {
    case "aws:ec2/getSubnet:getSubnet": {
      const subnet = findSubnet(given, fields.id);
      return { ...subnet, arn: arnOf(`subnet/${subnet.id}`, subnet.ownerId) };
    }
    case "aws:ec2/getNetworkInterface:getNetworkInterface":
      return showInterface(given, findInterface(given, fields.id));
    case "aws:ec2/getNetworkInterfaces:getNetworkInterfaces":
      return { ids: findDoomed(fields) };
    case "aws:ec2/getSecurityGroup:getSecurityGroup": {
      const group = given.securityGroups.find(({ id }) => id === fields.id);
      if (group === undefined) throw new Error("no matching EC2 Security Group found");
      return { ...group, arn: arnOf(`security-group/${group.id}`) };
    }
    case "aws:ec2/getInternetGateway:getInternetGateway": {
      const [filter] = fields.filters as { values: string[] }[];
      if (filter?.values.every((vpcId) => isPublic(given, vpcId))) return {};
      throw new Error("no matching EC2 Internet Gateway found");
    }
    case "aws:ec2/getInstanceType:getInstanceType": {
      const instanceType = String(fields.instanceType);
      const cards = cardLimits[instanceType];
      const limit = addressLimits[instanceType];
      if (cards === undefined || limit === undefined) throw unknownType(instanceType);
      return {
        instanceType,
        maximumNetworkInterfaces: cards.reduce((sum, count) => sum + count, 0),
        maximumIpv4AddressesPerInterface: limit,
        maximumIpv6AddressesPerInterface: limit,
      };
    }
    case "aws:ec2/getAmi:getAmi":
      return { rootDeviceName: "/dev/xvda" };
    case "aws:ssm/getParameter:getParameter":
      return { insecureValue: "ami-0123456789abcdef0" };
    default:
      throw new NotModelled(`the function call ${token}`);
  }
}

export function findSubnet({ subnets }: Required<Existing>, id: unknown): DeployedSubnet {
  const subnet = subnets.find((known) => known.id === id);
  if (subnet !== undefined) return subnet;
  throw new AwsError("InvalidSubnetID.NotFound", `The subnet ID '${String(id)}' does not exist`);
}

export function findInterface(given: Required<Existing>, id: unknown): GivenInterface {
  const found = given.networkInterfaces.find((known) => known.id === id);
  if (found !== undefined) return found;
  const message = `The networkInterface ID '${String(id)}' does not exist`;
  throw new AwsError("InvalidNetworkInterfaceID.NotFound", message);
}

/** Whether a VPC has an internet gateway. */
export function isPublic({ subnets }: Required<Existing>, vpcId: string): boolean {
  return subnets.some((subnet) => subnet.vpcId === vpcId && subnet.isPublic === true);
}

/** Which interfaces go with their holders: none has one. */
function findDoomed({ filters }: Fields): string[] {
  const names = (filters as { name: string }[]).map(({ name }) => name);
  if (names.includes("attachment.delete-on-termination")) return [];
  throw new NotModelled(`a look at network interfaces by ${names.join(", ")}`);
}

function showInterface(
  given: Required<Existing>,
  { id, subnetId, address, macAddress, tags }: GivenInterface,
): Fields {
  const { availabilityZone, vpcId } = findSubnet(given, subnetId);
  return {
    id,
    subnetId,
    availabilityZone,
    vpcId,
    privateIp: address,
    macAddress,
    ipv6Addresses: [],
    securityGroups: [`sg-${hexOf(vpcId, 17)}`],
    interfaceType: "interface",
    attachments: [],
    tags,
  };
}
