import { type StackValidationPolicy } from "@pulumi/policy";
import { type PoolInterface } from "./interfaces";
import { judging, type Report } from "./judging";
import { describePlaces, mendByZones, type Place, relate, zoneNamed } from "./places";
import { interfacesOf, poolNames, type Program } from "./program";
import { configSchema } from "./settings";

/** An instance is in one zone; interfaces of its pool in another zone are of no use to it. */
export const poolInOneZone: StackValidationPolicy = {
  name: "pool-in-one-zone",
  description: "The network interfaces of a pool are all in one Availability Zone.",
  configSchema,
  enforcementLevel: "mandatory",
  validateStack: judging((program, report) => {
    for (const { resource, label, pool } of program.interfaces) {
      if (pool !== undefined) continue;
      report.undecided(resource.urn, `which pool ${label} is in, since its tags aren't known yet`);
    }
    for (const pool of poolNames(program)) judgePool(program, pool, report);
  }),
};

/** Compares every interface with those before it, and with the zone in the configuration. */
function judgePool(program: Program, pool: string, report: Report): void {
  const zone = program.settings.pools[pool]?.zone;
  const earlier = zone === undefined ? [] : [zoneNamed(zone, `pools.${pool}.zone`)];
  for (const one of interfacesOf(program, pool)) {
    for (const place of one.places) judgeInterface(one, place, earlier, report);
    earlier.push(...one.places);
  }
}

function judgeInterface(
  { resource, label, pool }: PoolInterface,
  place: Place,
  earlier: Place[],
  report: Report,
): void {
  const found = `${label} of pool "${String(pool)}" is in ${describePlaces([place])}`;
  const different = earlier.find((other) => relate(place, other) === "different");
  if (different !== undefined) {
    const others = `others of the pool are in ${describePlaces([different])}`;
    const mend = `Give it a subnet of ${different.zone ?? different.zoneId ?? "that zone"}, or the tag of a pool of its own`;
    report.violation(resource.urn, `${found}, but ${others}. ${mend}.`);
    return;
  }
  const relations = earlier.map((other) => relate(place, other));
  if (relations.length === 0 || relations.includes("same")) return;
  if (relations.includes("pending")) {
    const question = `whether ${label} is in the zone of the others of pool "${String(pool)}"`;
    report.undecided(
      resource.urn,
      `${question}, since ${describePlaces([place, ...earlier])} aren't all known yet`,
    );
    return;
  }
  const nameless = [place, ...earlier].filter((other) => other.zone === undefined);
  const why = `whether that is the zone of the others can't be known`;
  report.violation(resource.urn, `${found}; ${why}. ${mendByZones(nameless)}.`);
}
