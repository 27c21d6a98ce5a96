import { type StackValidationPolicy } from "@pulumi/policy";
import { type Fleet, readFleets } from "./fleets";
import { type Group } from "./groups";
import { judging, type Report } from "./judging";
import { describePlaces, mendByZones, type Place, relate, relateToAny } from "./places";
import { placesOfPool, poolNames, type Program } from "./program";
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

function judgeGroup(
  program: Program,
  { resource, label, places }: Group,
  pool: string | undefined,
  report: Report,
): void {
  const { urn } = resource;
  if (pool === undefined) {
    report.undecided(urn, `which pool ${label} uses, since that isn't known yet`);
  }
  const poolPlaces = pool === undefined ? [] : placesOfPool(program, pool);
  const uses = pool === undefined ? `${label} uses a pool` : `${label} uses pool "${pool}"`;
  if (poolPlaces.length === 0 && poolNames(program).some((name) => name === pool)) {
    const found = `${uses}, whose zone can't be known: it isn't in this stack`;
    const mend = `Write it in the configuration of the policies, pools: {"${String(pool)}": {"zone": "eu-west-1a"}}`;
    report.violation(urn, `${found}. ${mend}.`);
    return;
  }
  const wanted = zoneOf(poolPlaces);
  const mend =
    wanted === undefined
      ? "Give it subnets of one zone, the pool's"
      : `Give it subnets of ${wanted} only, or make a pool of its own for another zone`;
  if (places.length === 0) {
    const found = `${uses} but names neither subnets nor Availability Zones, so its zone can't be known`;
    report.violation(urn, `${found}. ${mend}.`);
    return;
  }
  const relations = places.map((place) => relateToAny(place, poolPlaces));
  const placesThatAre = (relation: string) =>
    poolPlaces.length === 0 ? [] : places.filter((_, index) => relations[index] === relation);
  if (placesThatAre("different").length > 0 || spansZones(places)) {
    const isSome = places.some((place) => place.isSome);
    const whereItIs = `launches in ${isSome ? "some of " : ""}${describePlaces(places)}`;
    const whereThePoolIs =
      poolPlaces.length === 0
        ? "a pool is in one zone"
        : `the pool's interfaces are in ${describePlaces(poolPlaces)}`;
    const found = `${uses} and ${whereItIs}, but ${whereThePoolIs}. ${mend}.`;
    report.violation(urn, isSome ? `${found} ${PICK}.` : found);
    return;
  }
  const unresolved = placesThatAre("unresolved");
  if (unresolved.length > 0) {
    const nameless = namelessOf([...unresolved, ...poolPlaces]);
    const found = `${uses}, but the zone of ${describePlaces(nameless)} can't be known`;
    report.violation(urn, `${found}. ${mendByZones(nameless)}.`);
  }
  const pending = placesThatAre("pending");
  if (pending.length > 0) {
    const question = `whether ${label} launches only in the zone of pool "${String(pool)}"`;
    const nameless = namelessOf([...pending, ...poolPlaces]);
    const why = `since not every zone is known yet: ${describePlaces(nameless)}`;
    report.undecided(urn, `${question}, ${why}`);
  }
}

const PICK =
  "If it does, pick them inside the list, like vpcZoneIdentifiers: [subnetIds[0]], so that a preview can tell";

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
