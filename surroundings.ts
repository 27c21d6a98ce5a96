import type { GroupShape, PoolShape } from "./components/checks";
import {
  lookUpGateway,
  lookUpInstanceType,
  lookUpInterfaces,
  lookUpSecurityGroups,
  lookUpSubnets,
  type SubnetLooks,
} from "./components/lookups";
import { checkInterfaces } from "./components/interfaceChecks";
import { type Mistake, under } from "./components/mistakes";
import { lookUpOnDemandPlaces } from "./components/onDemandPlaces";
import { checkGroupSubnets, type SubnetPlace } from "./components/placeChecks";
import { checkPoolInSubnet, type SubnetRanges } from "./components/subnetChecks";

const SUBNET_PREFIX = "subnet-";
const SECURITY_GROUP_PREFIX = "sg-";
const INTERFACE_PREFIX = "eni-";

/** A pool as it is written, as far as it names what is in AWS already. */
export interface WrittenPool extends PoolShape {
  subnetId?: string;
  securityGroupIds?: string[];
  /** Where interfaces are made on demand; then it names no other subnet of its own. */
  onDemandSubnetIds?: string[];
  group?: WrittenGroup;
}

export interface WrittenGroup extends GroupShape {
  subnetIds?: string[];
  securityGroupIds?: string[];
  instanceType?: string;
}

export interface Surroundings {
  tagKey: string;
  /** The subnet of pools that name none. */
  trialSubnet: SubnetRanges;
}

/** Asks AWS for what pools name there, so that what doesn't fit together is found before it is tried. */
export async function checkSurroundings(
  pools: WrittenPool[],
  surroundings: Surroundings,
): Promise<Mistake[]> {
  const mistakes = await Promise.all(
    pools.map(async (pool, index) => under(index, await checkPlaces(pool, surroundings))),
  );
  return mistakes.flat();
}

/** Checks the subnets, security groups and instance type of a pool on demand and its group. */
async function checkPlacesOnDemand(
  subnetIds: string[],
  { securityGroupIds = [], group }: WrittenPool,
): Promise<Mistake[]> {
  const { mistakes } = await lookUpOnDemandPlaces({
    subnetIds: wellFormed(subnetIds, SUBNET_PREFIX),
    securityGroupIds: wellFormed(securityGroupIds, SECURITY_GROUP_PREFIX),
    group: group && {
      ...group,
      subnetIds: wellFormed(group.subnetIds, SUBNET_PREFIX),
      securityGroupIds: wellFormed(group.securityGroupIds, SECURITY_GROUP_PREFIX),
    },
  });
  return mistakes.map(({ path: [key = "", ...rest], ...mistake }) => ({
    ...mistake,
    path: [key === "subnetIds" ? "onDemandSubnetIds" : key, ...rest],
  }));
}

async function checkPlaces(
  pool: WrittenPool,
  { tagKey, trialSubnet }: Surroundings,
): Promise<Mistake[]> {
  const { group, networkInterfaceIds, onDemandSubnetIds } = pool;
  if (onDemandSubnetIds !== undefined) return checkPlacesOnDemand(onDemandSubnetIds, pool);
  const { place, mistakes } =
    networkInterfaceIds === undefined
      ? await checkSubnet(pool, trialSubnet)
      : await checkExisting(pool, networkInterfaceIds, tagKey);
  const asked = await Promise.all([checkGroup(group, place), checkInstanceType(pool)]);
  return [...mistakes, ...asked.flat()];
}

/** Where a pool is, as far as that is known. */
interface PoolLook {
  place?: SubnetPlace;
  mistakes: Mistake[];
}

async function checkSubnet(pool: WrittenPool, trialSubnet: SubnetRanges): Promise<PoolLook> {
  const { subnetId, securityGroupIds } = pool;
  const looks = await askForSubnets(subnetId === undefined ? undefined : [subnetId]);
  const subnet = looks?.subnets[0];
  const ranges = subnetId === undefined ? trialSubnet : subnet;
  const ofSubnet = [
    ...(looks?.mistakes ?? []).map(({ message }) => ({ path: ["subnetId"], message })),
    ...(ranges === undefined ? [] : checkPoolInSubnet(pool, ranges)),
    ...(subnetId === undefined && securityGroupIds !== undefined ? [WITHOUT_SUBNET] : []),
  ];
  const asked = await Promise.all([
    checkGateway(pool, subnet),
    checkSecurityGroups(securityGroupIds, subnet),
  ]);
  return { place: subnet, mistakes: [...ofSubnet, ...asked.flat()] };
}

async function checkExisting(
  { name, subnetId }: WrittenPool,
  networkInterfaceIds: string[],
  tagKey: string,
): Promise<PoolLook> {
  if (!areWellFormed(networkInterfaceIds, INTERFACE_PREFIX)) return { mistakes: [] };
  const { interfaces, mistakes } = await lookUpInterfaces(networkInterfaceIds);
  const found = [...mistakes, ...checkInterfaces(interfaces, { name, tagKey, subnetId })];
  return { place: interfaces.find(isKnown), mistakes: under("networkInterfaceIds", found) };
}

async function checkGateway(
  { publicAddresses }: WrittenPool,
  subnet: SubnetPlace | undefined,
): Promise<Mistake[]> {
  return subnet === undefined || publicAddresses !== true ? [] : lookUpGateway(subnet.vpcId);
}

/** The VPC for trying out is yet to be made, and no security group can be of it. */
const WITHOUT_SUBNET: Mistake = {
  path: [],
  keys: ["securityGroupIds"],
  message: "has securityGroupIds but no subnetId; write the subnet that they are for, or neither",
};

/** Checks a group's own subnets and security groups, as far as the pool's subnet is known. */
async function checkGroup(
  { subnetIds, securityGroupIds }: WrittenGroup = {},
  poolSubnet: SubnetPlace | undefined,
): Promise<Mistake[]> {
  const looks = await askForSubnets(subnetIds);
  const subnet = subnetIds === undefined ? poolSubnet : looks?.subnets.find(isKnown);
  const zone = poolSubnet?.availabilityZone;
  const ofSubnets = looks && [...looks.mistakes, ...checkGroupSubnets(zone, looks.subnets)];
  const ofGroups = await checkSecurityGroups(securityGroupIds, subnet);
  return under("group", [...under("subnetIds", ofSubnets ?? []), ...ofGroups]);
}

async function checkSecurityGroups(
  securityGroupIds: string[] | undefined,
  subnet: SubnetPlace | undefined,
): Promise<Mistake[]> {
  if (subnet === undefined || !areWellFormed(securityGroupIds, SECURITY_GROUP_PREFIX)) return [];
  return under("securityGroupIds", await lookUpSecurityGroups(securityGroupIds, subnet.vpcId));
}

async function checkInstanceType(pool: WrittenPool): Promise<Mistake[]> {
  const { instanceType = "" } = pool.group ?? {};
  return instanceType === "" ? [] : lookUpInstanceType(pool, instanceType);
}

async function askForSubnets(subnetIds: string[] | undefined): Promise<SubnetLooks | undefined> {
  return areWellFormed(subnetIds, SUBNET_PREFIX) ? lookUpSubnets(subnetIds) : undefined;
}

/** Where there are none, or one is of the wrong form, that is said elsewhere, and AWS isn't asked. */
function areWellFormed(ids: string[] | undefined, prefix: string): ids is string[] {
  return ids !== undefined && ids.length > 0 && ids.every((id) => id.startsWith(prefix));
}

function wellFormed(ids: string[] | undefined, prefix: string): string[] {
  return areWellFormed(ids, prefix) ? ids : [];
}

function isKnown<Value>(value: Value | undefined): value is Value {
  return value !== undefined;
}
