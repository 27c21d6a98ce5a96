import { type StackValidationPolicy } from "@pulumi/policy";
import { type Fleet, readFleets } from "./fleets";
import { type Group } from "./groups";
import { isGiven } from "./interfaces";
import { judging, type Report } from "./judging";
import {
  describePlaces,
  mendByZones,
  type Place,
  relate,
  relateToAny,
  type Relation,
} from "./places";
import { hasPoolsOnDemand, type OnDemand, onDemandOf, placesOfPool, poolNames } from "./pools";
import { type Program } from "./program";
import { configSchema } from "./settings";
import { describePools } from "./tags";

/** A network interface never leaves its zone, so an instance elsewhere never gets an address. */
export const groupInPoolZone: StackValidationPolicy = {
  name: "group-in-pool-zone",
  description: "Auto Scaling groups that use a pool launch in the pool's Availability Zone only.",
  configSchema,
  enforcementLevel: "mandatory",
  validateStack: judging((program, report) => {
    for (const group of program.groups) {
      const tags = group.poolTags.filter(({ isCertain }) => isCertain);
      const pools = new Set(tags.flatMap((tag) => tag.pools ?? [undefined]));
      for (const pool of pools) judgeGroup(program, group, pool, report);
      if (tags.length === 0 && group.poolTags.length > 0) {
        const question = `whether ${group.label} uses a pool, since its tags aren't known yet`;
        report.undecided(group.resource.urn, question);
      }
    }
    for (const fleet of readFleets(program.stack, program.settings.tagKey))
      refuseFleet(fleet, report);
  }),
};

/** What is found of a group that uses a pool. */
interface Use {
  group: Group;
  /** Undefined while it isn't known. */
  pool: string | undefined;
  /** Like `Auto Scaling group "web" uses pool "licence"`. */
  uses: string;
}

function judgeGroup(
  program: Program,
  group: Group,
  pool: string | undefined,
  report: Report,
): void {
  if (pool === undefined) {
    const question = `which pool ${group.label} uses, since that isn't known yet`;
    report.undecided(group.resource.urn, question);
  }
  const uses = `${group.label} uses ${pool === undefined ? "a pool" : `pool "${pool}"`}`;
  const onDemand = pool === undefined ? undefined : onDemandOf(program, pool);
  if (onDemand === undefined) judgeByOneZone(program, { group, pool, uses }, report);
  else judgeBySubnets(onDemand, { group, pool, uses }, report);
}

/** A pool of interfaces that are there before the instances is in one zone. */
function judgeByOneZone(program: Program, use: Use, report: Report): void {
  const { group, pool, uses } = use;
  const { places } = group;
  const { urn } = group.resource;
  const poolPlaces = pool === undefined ? [] : placesOfPool(program, pool);
  const exists = poolNames(program).some((name) => name === pool);
  const configure = `it in the configuration of the policies, pools: {"${String(pool)}": {"zone": "eu-west-1a"}}`;
  const isUnseen = poolPlaces.length === 0 && exists;
  const areGiven = program.interfaces.some((one) => one.pool === pool && isGiven(one));
  if (isUnseen && !areGiven) {
    const found = `${uses}, whose zone can't be known: it isn't in this stack`;
    report.violation(urn, `${found}. Write ${configure}.`);
    return;
  }
  const wanted = zoneOf(poolPlaces);
  const mend =
    wanted === undefined
      ? "Give it subnets of one zone, the pool's"
      : `Give it subnets of ${wanted} only, or make a pool of its own for another zone`;
  if (places.length === 0) {
    report.violation(urn, `${uses} but ${NOWHERE}. ${mend}.`);
    return;
  }
  // One that isn't known may be made on demand, in several zones.
  const isInOneZone = exists || !hasPoolsOnDemand(program);
  const strays = placesThatAre("different", places, poolPlaces);
  if (strays.length > 0 || (isInOneZone && spansZones(places))) {
    const isSome = places.some((place) => place.isSome);
    const whereItIs = `launches in ${isSome ? "some of " : ""}${describePlaces(places)}`;
    const whereThePoolIs =
      poolPlaces.length === 0
        ? "a pool is in one zone"
        : `the pool's interfaces are in ${describePlaces(poolPlaces)}`;
    const found = `${uses} and ${whereItIs}, but ${whereThePoolIs}. ${mend}.`;
    report.violation(urn, isSome ? `${found} If it does, ${PICK}.` : found);
    return;
  }
  if (isUnseen) {
    const found = `${uses}, whose interfaces exist already, so that their zone isn't seen here`;
    report.advice(urn, `${found}. To have the group's compared with it, write ${configure}.`);
  }
  reportUnknown(use, poolPlaces, "only in the zone", report);
}

/** A pool on demand is in each zone in which it has a subnet. */
function judgeBySubnets({ places: poolPlaces, origin }: OnDemand, use: Use, report: Report): void {
  const { group, uses } = use;
  const { urn } = group.resource;
  if (group.places.length === 0) {
    report.violation(urn, `${uses} but ${NOWHERE}. Give it subnets of the pool's zones.`);
    return;
  }
  const others = placesThatAre("different", group.places, poolPlaces);
  const strays = others.filter(({ isPicked }) => !isPicked);
  if (strays.length > 0) {
    const isSome = strays.some((place) => place.isSome);
    const whereItIs = `${isSome ? "may launch" : "launches"} in ${describePlaces(strays)}`;
    const whereThePoolIs = `its subnets are in ${describePlaces(poolPlaces)}`;
    const found = `${uses} and ${whereItIs}, where the pool has no subnet: ${whereThePoolIs}`;
    const configure = `name their zones in the configuration of the policies, pools: {"${String(use.pool)}": {"zones": ["eu-west-1a"]}}`;
    const mends = [
      "Give the pool a subnet in each zone of the group, or the group subnets of the pool's zones only",
      ...(isSome ? [`If it doesn't, ${PICK}`] : []),
      ...(origin === "settings" ? [] : [`If the pool has other subnets, ${configure}`]),
    ];
    report.violation(urn, `${[found, ...mends].join(". ")}.`);
    return;
  }
  reportUnknown(use, poolPlaces, "only in zones", report);
  const question = `whether ${group.label} launches only in zones of pool "${String(use.pool)}"`;
  if (others.length > 0) {
    const why = `since which of these it launches in isn't known yet: ${describePlaces(group.places)}`;
    report.undecided(urn, `${question}, ${why}`);
  }
  if (origin === "open" && poolPlaces.some(({ isPending }) => !isPending)) {
    const why = `since which pool has which of these subnets isn't known yet: ${describePlaces(poolPlaces)}`;
    report.undecided(urn, `${question}, ${why}`);
  }
}

const NOWHERE = "names neither subnets nor Availability Zones, so its zone can't be known";

const PICK =
  "pick them inside the list, like vpcZoneIdentifiers: [subnetIds[0]], so that a preview can tell";

/** Says of places which zones can't be known, or aren't known yet. */
function reportUnknown(
  { group, pool, uses }: Use,
  poolPlaces: Place[],
  where: string,
  report: Report,
): void {
  const { urn } = group.resource;
  const unresolved = placesThatAre("unresolved", group.places, poolPlaces);
  if (unresolved.length > 0) {
    const nameless = namelessOf([...unresolved, ...poolPlaces]);
    const found = `${uses}, but the zone of ${describePlaces(nameless)} can't be known`;
    report.violation(urn, `${found}. ${mendByZones(nameless)}.`);
  }
  const pending = placesThatAre("pending", group.places, poolPlaces);
  if (pending.length > 0) {
    const question = `whether ${group.label} launches ${where} of pool "${String(pool)}"`;
    const nameless = namelessOf([...pending, ...poolPlaces]);
    const why = `since not every zone is known yet: ${describePlaces(nameless)}`;
    report.undecided(urn, `${question}, ${why}`);
  }
}

/** Those of a group's places that are so to the pool's; none while nothing is known of the pool. */
function placesThatAre(relation: Relation, places: Place[], poolPlaces: Place[]): Place[] {
  if (poolPlaces.length === 0) return [];
  return places.filter((place) => relateToAny(place, poolPlaces) === relation);
}

function spansZones(places: Place[]): boolean {
  return places.some((one) => places.some((other) => relate(one, other) === "different"));
}

const namelessOf = (places: Place[]) => places.filter(({ zone }) => zone === undefined);

function zoneOf(places: Place[]): string | undefined {
  return places.map(({ zone, zoneId }) => zone ?? zoneId).find((zone) => zone !== undefined);
}

function refuseFleet({ resource, label, pools }: Fleet, report: Report): void {
  if (pools === undefined) {
    report.undecided(resource.urn, `whether ${label} uses a pool, since its tags aren't known yet`);
    return;
  }
  const why =
    "Only an Auto Scaling group can be held in one zone, with launches that wait for the address";
  const mend = "Use an Auto Scaling group with a mixedInstancesPolicy, or take the pool tag away";
  report.violation(
    resource.urn,
    `${label} carries the tag of ${describePools(pools)}. ${why}. ${mend}.`,
  );
}
