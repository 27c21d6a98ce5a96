import { type GroupShape, MAX_POOL_SIZE, type PoolShape } from "./components/checks";
import { idPattern } from "./components/ids";
import {
  lookUpGateway,
  lookUpInstanceType,
  lookUpInterfaces,
  lookUpSecurityGroups,
  lookUpSubnets,
  type SubnetLooks,
} from "./components/lookups";
import { checkInterfaces } from "./components/interfaceChecks";
import { formatPath, isKnown, type Mistake, show, under } from "./components/mistakes";
import { toConfigKeys } from "./components/onDemandChecks";
import { lookUpOnDemandPlaces } from "./components/onDemandPlaces";
import { checkGroupSubnets, type SubnetPlace } from "./components/placeChecks";
import { checkFurtherZones, type PlacedPool } from "./components/poolsTogether";
import { checkPoolInSubnet, type SubnetRanges } from "./components/subnetChecks";

/** Of subnets or security groups; AWS takes fewer. */
export const MAX_IDS = 100;

const SUBNET_PREFIX = "subnet-";
const SECURITY_GROUP_PREFIX = "sg-";
const INTERFACE_PREFIX = "eni-";

/** A pool as it is written, as far as it names what is in AWS already. */
export interface WrittenPool extends PoolShape {
  subnetId?: string;
  securityGroupIds?: string[];
  /** Where interfaces are made on demand; then it names no other subnet of its own. */
  onDemandSubnetIds?: string[];
  detachAfterOtherHooks?: unknown;
  /** Empty where it is written and no name. */
  manager?: string;
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
  const looks = await Promise.all(pools.map((pool) => lookAround(pool, surroundings)));
  const placed = pools.map(({ name, group }, index) => ({
    name,
    furtherPools: group?.furtherPools,
    ...looks[index]?.places,
  }));
  const ofTypes = await Promise.all(
    pools.map(async (pool, index) => under(index, await checkFurtherAddresses(pool, pools))),
  );
  return [
    ...looks.flatMap(({ mistakes }, index) => under(index, mistakes)),
    ...checkFurtherZones(placed),
    ...ofTypes.flat(),
  ];
}

/** What was found around a pool. */
interface PoolSurroundings {
  places: Pick<PlacedPool, "zones" | "launchZones">;
  mistakes: Mistake[];
}

/** Looks at the subnets, security groups and instance type of a pool on demand and its group. */
async function lookAroundOnDemand(
  onDemandSubnetIds: string[],
  { securityGroupIds, group }: WrittenPool,
): Promise<PoolSurroundings> {
  const subnetIds = wellFormed(onDemandSubnetIds, SUBNET_PREFIX);
  const { subnets, mistakes } = await lookUpOnDemandPlaces({
    subnetIds,
    securityGroupIds: wellFormed(securityGroupIds, SECURITY_GROUP_PREFIX),
    group: group && {
      ...group,
      subnetIds: group.subnetIds && wellFormed(group.subnetIds, SUBNET_PREFIX),
      securityGroupIds: wellFormed(group.securityGroupIds, SECURITY_GROUP_PREFIX),
    },
  });
  const { ofPool, ofGroup = ofPool } = subnets;
  const places = { zones: zonesOf(ofPool), launchZones: zonesOf(ofGroup) };
  return { places, mistakes: mistakes.map(toConfigKeys) };
}

function zonesOf({ subnets }: SubnetLooks): string[] {
  return subnets.filter(isKnown).map(({ availabilityZone }) => availabilityZone);
}

async function lookAround(
  pool: WrittenPool,
  { tagKey, trialSubnet }: Surroundings,
): Promise<PoolSurroundings> {
  const { group, networkInterfaceIds, onDemandSubnetIds } = pool;
  if (onDemandSubnetIds !== undefined) return lookAroundOnDemand(onDemandSubnetIds, pool);
  const { place, mistakes } =
    networkInterfaceIds === undefined
      ? await checkSubnet(pool, trialSubnet)
      : await checkExisting(pool, networkInterfaceIds, tagKey);
  const asked = await Promise.all([checkGroup(group, place), checkInstanceType(pool)]);
  // Instances launch where the pool is, or that is a mistake.
  const zones = place && [place.availabilityZone];
  return { places: { zones, launchZones: zones }, mistakes: [...mistakes, ...asked.flat()] };
}

/** Asks AWS whether a group's instances take the addresses of its further pools, too. */
async function checkFurtherAddresses(
  { group: { furtherPools = [], instanceType = "" } = {} }: WrittenPool,
  pools: WrittenPool[],
): Promise<Mistake[]> {
  if (instanceType === "") return [];
  const looks = furtherPools.map(async (name, index) => {
    const { secondaryAddresses, ipv6AddressCount } = pools.find((one) => one.name === name) ?? {};
    const addresses = { secondaryAddresses, ipv6AddressCount };
    const mistakes = await lookUpInstanceType(addresses, instanceType);
    return mistakes.map(({ path, message }): Mistake => ({
      path: ["group", "furtherPools", index],
      message: `is ${show(name)}, whose ${formatPath(path)} ${message}`,
    }));
  });
  return (await Promise.all(looks)).flat();
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

/** Where there are none or too many, or one is of the wrong form, that is said elsewhere, and AWS isn't asked. */
function areWellFormed(ids: string[] | undefined, prefix: string): ids is string[] {
  const pattern = idPattern(prefix);
  const most = prefix === INTERFACE_PREFIX ? MAX_POOL_SIZE : MAX_IDS;
  const hasSome = ids !== undefined && ids.length > 0 && ids.length <= most;
  return hasSome && ids.every((id) => pattern.test(id));
}

function wellFormed(ids: string[] | undefined, prefix: string): string[] {
  return areWellFormed(ids, prefix) ? ids : [];
}
