import { type StackValidationPolicy } from "@pulumi/policy";
import { isGiven, type PoolInterface, readOpenTags } from "./interfaces";
import { judging, type Report } from "./judging";
import { describePlaces, mendByZones, type Place, relate } from "./places";
import { configuredPlaces, interfacesOf, poolNames } from "./pools";
import { type Program } from "./program";
import { configSchema } from "./settings";
import { labelOf } from "./stack";

/** An instance is in one zone; interfaces of its pool in another zone are of no use to it. */
export const poolInOneZone: StackValidationPolicy = {
  name: "pool-in-one-zone",
  description: "The network interfaces of a pool are all in one Availability Zone.",
  configSchema,
  enforcementLevel: "mandatory",
  validateStack: judging((program, report) => {
    for (const { resource, label, pool } of program.interfaces) {
      if (pool === undefined) {
        report.undecided(
          resource.urn,
          `which pool ${label} is in, since its tags aren't known yet`,
        );
      } else if (pool.includes(",")) {
        const found = `${label} has the tag of pool "${pool}", but an interface is of one pool, and commas part the names of several`;
        report.violation(resource.urn, `${found}. Write a name without a comma.`);
      }
    }
    for (const tag of readOpenTags(program.stack, program.settings)) {
      report.undecided(
        tag.urn,
        `which interface ${labelOf(tag)} puts into a pool, since its id isn't known yet`,
      );
    }
    for (const pool of poolNames(program)) {
      judgePool(program, pool, report);
      adviseOnUnseen(program, pool, report);
    }
  }),
};

/** Compares every interface with the zone in the configuration and with those before it, strays aside. */
function judgePool(program: Program, pool: string, report: Report): void {
  const earlier = configuredPlaces(program, pool);
  for (const one of interfacesOf(program, pool)) {
    for (const place of one.places) {
      const other = earlier.find((known) => relate(place, known) === "different");
      if (other === undefined) {
        judgeInterface(one, place, earlier, report);
        earlier.push(place);
      } else {
        const others = `others of the pool are in ${describePlaces([other])}`;
        const subnet = `a subnet of ${other.zone ?? other.zoneId ?? "that zone"}, or `;
        const mend = `Give it ${isGiven(one) ? "" : subnet}the tag of a pool of its own`;
        report.violation(one.resource.urn, `${found(one, place)}, but ${others}. ${mend}.`);
      }
    }
  }
}

/** Where interfaces are that exist already, no program shows. */
function adviseOnUnseen(program: Program, pool: string, report: Report): void {
  const interfaces = interfacesOf(program, pool);
  const unseen = interfaces.filter((one) => one.givenId !== undefined && one.places.length === 0);
  const [first] = unseen;
  if (first === undefined || interfaces.length === 1) return;
  if (configuredPlaces(program, pool).length > 0) return;
  const labels = unseen.map(({ label }) => label).join(", ");
  const found = `Pool "${pool}" has interfaces that exist already (${labels}), so whether all are in one zone isn't seen here`;
  const mend = `If they are, write it in the configuration of the policies, pools: {"${pool}": {"zone": "eu-west-1a"}}`;
  report.advice(first.resource.urn, `${found}. ${mend}.`);
}

function judgeInterface(one: PoolInterface, place: Place, earlier: Place[], report: Report): void {
  const { urn } = one.resource;
  const relations = earlier.map((other) => relate(place, other));
  if (relations.length === 0 || relations.includes("same")) return;
  const nameless = [place, ...earlier].filter(({ zone }) => zone === undefined);
  if (relations.includes("pending")) {
    const question = `whether ${one.label} is in the zone of the others of pool "${String(one.pool)}"`;
    const why = `since not every zone is known yet: ${describePlaces(nameless)}`;
    report.undecided(urn, `${question}, ${why}`);
  } else {
    const why = "whether that is in the zone of the others can't be known";
    report.violation(urn, `${found(one, place)}; ${why}. ${mendByZones(nameless)}.`);
  }
}

function found({ label, pool }: PoolInterface, place: Place): string {
  return `${label} of pool "${String(pool)}" is in ${describePlaces([place])}`;
}
