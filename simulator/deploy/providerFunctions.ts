import { type DeployedSubnet, hexOf } from "./addresses";
import { AwsError, NotModelled } from "../aws/awsError";
import { checkFilterValues } from "../aws/queryProtocol";
import type { Tags } from "../aws/ec2/state";
import { instanceTypes, unknownType } from "../aws/ec2/instanceTypes";

export type Fields = Record<string, unknown>;

/** What exists before the program runs, for pools that name it. */
export interface Existing {
  subnets?: DeployedSubnet[];
  securityGroups?: { id: string; vpcId: string; ownerId?: string }[];
  networkInterfaces?: GivenInterface[];
  /** Images that aren't like Amazon Linux, by the parameter that names them. */
  images?: Record<string, { id: string; rootDeviceName: string }>;
  /** Instance types that don't exist; any other that isn't modelled is an error. */
  absentInstanceTypes?: string[];
  /** Ids that the provider doesn't look up: a preview doesn't know its configuration yet. */
  unansweredIds?: string[];
}

/** An interface that somebody else made, as EC2 has it before the program runs. */
export interface GivenInterface {
  id: string;
  subnetId: string;
  address: string;
  macAddress: string;
  tags: Tags;
  /** What the provider shows otherwise than of a free interface without further addresses. */
  shown?: Fields;
  /** Whether it is attached to an instance with which it is deleted. */
  deletedWithHolder?: boolean;
}

/** What exists, as lists of its own that may grow. */
export function copyExisting({ subnets = [], securityGroups = [], ...others }: Existing = {}) {
  const none = { networkInterfaces: [], images: {}, absentInstanceTypes: [], unansweredIds: [] };
  return { ...none, ...others, subnets: [...subnets], securityGroups: [...securityGroups] };
}

/** Where a program is deployed. */
export interface Surroundings {
  account: string;
  region: string;
  existing: Required<Existing>;
}

export function arnOf(
  { account, region }: Surroundings,
  service: string,
  resource: string,
  ownerId = account,
): string {
  return `arn:aws:${service}:${service === "iam" ? "" : region}:${ownerId}:${resource}`;
}

/** Answers what a program asks of what exists, as the provider's functions do. */
export function answerProviderFunction(
  token: string,
  fields: Fields,
  surroundings: Surroundings,
): Fields {
  const { existing } = surroundings;
  const id = String(fields.id);
  if (existing.unansweredIds.includes(id)) return {};
  switch (token) {
    case "aws:ec2/getSubnet:getSubnet": {
      const subnet = byId(existing.subnets, id) ?? noMatching("Subnet");
      return { ...subnet, arn: arnOf(surroundings, "ec2", `subnet/${id}`, subnet.ownerId) };
    }
    case "aws:ec2/getNetworkInterface:getNetworkInterface":
      return showInterface(existing, id);
    case "aws:ec2/getNetworkInterfaces:getNetworkInterfaces":
      return { ids: findDeletedWithHolder(existing, fields) };
    case "aws:ec2/getSecurityGroup:getSecurityGroup": {
      const group = byId(existing.securityGroups, id) ?? noMatching("Security Group");
      const arn = arnOf(surroundings, "ec2", `security-group/${id}`, group.ownerId);
      return { ...group, arn };
    }
    case "aws:ec2/getInternetGateway:getInternetGateway": {
      const [vpcIds = []] = filtersOf(token, fields, ["attachment.vpc-id"]);
      return vpcIds.some((vpcId) => isPublic(existing, vpcId))
        ? {}
        : noMatching("Internet Gateway");
    }
    case "aws:ec2/getInstanceType:getInstanceType":
      return showInstanceType(existing, String(fields.instanceType));
    case "aws:ec2/getAmi:getAmi": {
      const [[imageId] = []] = filtersOf(token, fields, ["image-id"]);
      const image = byId(Object.values(existing.images), imageId);
      return image ?? { rootDeviceName: "/dev/xvda" };
    }
    case "aws:ssm/getParameter:getParameter":
      return { insecureValue: existing.images[String(fields.name)]?.id ?? "ami-0123456789abcdef0" };
    default:
      throw new NotModelled(`the function call ${token}`);
  }
}

function noMatching(what: string): never {
  throw new Error(`no matching EC2 ${what} found`);
}

function byId<T extends { id: string }>(known: T[], id: unknown): T | undefined {
  return known.find((one) => one.id === id);
}

export function findSubnet({ subnets }: Required<Existing>, id: unknown): DeployedSubnet {
  const subnet = byId(subnets, id);
  if (subnet !== undefined) return subnet;
  throw new AwsError("InvalidSubnetID.NotFound", `The subnet ID '${String(id)}' does not exist`);
}

export function findInterface(existing: Required<Existing>, id: unknown): GivenInterface {
  const found = byId(existing.networkInterfaces, id);
  if (found !== undefined) return found;
  const message = `The networkInterface ID '${String(id)}' does not exist`;
  throw new AwsError("InvalidNetworkInterfaceID.NotFound", message);
}

/** Whether a VPC has an internet gateway. */
export function isPublic({ subnets }: Required<Existing>, vpcId: string): boolean {
  return subnets.some((subnet) => subnet.vpcId === vpcId && subnet.isPublic === true);
}

/** The values of filters, which have to be these. */
function filtersOf(token: string, { filters }: Fields, expected: string[]): string[][] {
  const given = filters as { name: string; values: string[] }[];
  const names = given.map(({ name }) => name).join();
  if (names !== expected.join()) throw new NotModelled(`the function call ${token} by ${names}`);
  for (const { values } of given) checkFilterValues(values);
  return given.map(({ values }) => values);
}

function findDeletedWithHolder({ networkInterfaces }: Required<Existing>, fields: Fields) {
  const names = ["network-interface-id", "attachment.delete-on-termination"];
  const [ids = [], ends = []] = filtersOf("getNetworkInterfaces", fields, names);
  if (ends.join() !== "true") throw new NotModelled("a look at interfaces that outlive instances");
  return networkInterfaces
    .filter(({ id, deletedWithHolder = false }) => deletedWithHolder && ids.includes(id))
    .map(({ id }) => id);
}

function showInterface(existing: Required<Existing>, id: string): Fields {
  const { subnetId, address, macAddress, tags, shown } =
    byId(existing.networkInterfaces, id) ?? noMatching("Network Interface");
  const { availabilityZone, vpcId } = findSubnet(existing, subnetId);
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
    ...shown,
  };
}

function showInstanceType({ absentInstanceTypes }: Required<Existing>, instanceType: string) {
  if (absentInstanceTypes.includes(instanceType)) noMatching("Instance Type");
  const type = instanceTypes[instanceType];
  if (type === undefined) throw unknownType(instanceType);
  return {
    instanceType,
    maximumNetworkInterfaces: type.maximumNetworkInterfaces,
    maximumIpv4AddressesPerInterface: type.addressesPerInterface,
    maximumIpv6AddressesPerInterface: type.addressesPerInterface,
  };
}
