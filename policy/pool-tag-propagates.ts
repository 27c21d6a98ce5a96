import { type StackValidationPolicy } from "@pulumi/policy";
import { closest, distance } from "fastest-levenshtein";
import { type Group, type PoolTag } from "./groups";
import { judging, type Report } from "./judging";
import { onDemandOf, OPEN_SETTINGS, poolNames } from "./pools";
import { type Program } from "./program";
import { configSchema } from "./settings";
import { describePools, describeValues } from "./tags";
import { UNKNOWN } from "./values";

/** The manager knows an instance of a pool by its own tag alone. */
export const poolTagPropagates: StackValidationPolicy = {
  name: "pool-tag-propagates",
  description: "Groups give their instances the pool tag, and it names a pool that exists.",
  configSchema,
  enforcementLevel: "mandatory",
  validateStack: judging((program, report) => {
    for (const group of program.groups) {
      for (const tag of group.poolTags) judgeTag(program, group, tag, report);
      judgeTogether(group, report);
    }
  }),
};

function judgeTag(program: Program, group: Group, tag: PoolTag, report: Report): void {
  const { label } = group;
  const { urn } = group.resource;
  const { tagKey } = program.settings;
  const { pools, isCertain, source, propagates } = tag;
  if (!isCertain) {
    report.undecided(
      urn,
      `whether ${label} has the tag ${tagKey} in ${source}, since that isn't known yet`,
    );
    return;
  }
  if (propagates === UNKNOWN) {
    report.undecided(urn, `whether ${label} gives its instances the tag ${tagKey} of ${source}`);
  } else if (!propagates) {
    const found = `${label} has the tag ${tagKey} in ${source} without propagateAtLaunch: true`;
    const why = "so its instances don't get the tag, and without it no address";
    report.violation(urn, `${found}, ${why}. Write propagateAtLaunch: true.`);
  }
  if (pools === undefined) {
    report.undecided(urn, `which pool ${label} names in ${source}, since that isn't known yet`);
    return;
  }
  for (const pool of pools) judgeName(program, group, { pool, source }, report);
  judgeWhole(program, group, tag, report);
}

/** The manager compares whole values: instances with one that it isn't told of it never sees. */
function judgeWhole(
  { managers }: Program,
  { resource: { urn }, label }: Group,
  { value = "", pools = [], source }: PoolTag,
  report: Report,
): void {
  // One that is told nothing looks after every value, or may yet be told of this one.
  if (managers.some(({ poolTags }) => poolTags === undefined)) return;
  const told = managers
    .filter((manager) => pools.some((pool) => manager.pools?.includes(pool)))
    .flatMap(({ poolTags = [] }) => poolTags);
  if (told.length === 0 || told.includes(value)) return;
  const found = `${label} has "${value}" in ${source}, but the manager looks after instances with ${describeValues(told)}`;
  const mend = `Write one of these, or "${value}" into the manager's pools`;
  report.violation(urn, `${found}, so its instances never get an address. ${mend}.`);
}

function judgeName(
  program: Program,
  { resource: { urn }, label }: Group,
  { pool, source }: { pool: string; source: string },
  report: Report,
): void {
  if (onDemandOf(program, pool)?.origin === "open") {
    const question = `whether there is a pool "${pool}", which ${label} names in ${source}`;
    report.undecided(urn, `${question}, since ${OPEN_SETTINGS}`);
    return;
  }
  const pools = poolNames(program);
  if (pools.includes(pool)) return;
  const found = `${label} names pool "${pool}" in ${source}, which is neither in this stack nor in the configuration`;
  if (program.interfaces.some((one) => one.pool === undefined)) {
    report.undecided(urn, `${found}; interfaces whose tags aren't known yet may be the pool's`);
    return;
  }
  const configure = `name it in the configuration of the policies, pools: {"${pool}": {"zone": "eu-west-1a", "size": 3}}`;
  report.violation(urn, `${found}. ${suggest(pool, pools)}If it is another stack's, ${configure}.`);
}

function suggest(pool: string, pools: string[]): string {
  if (pools.length === 0) return "";
  const nearest = closest(pool, pools);
  const isNear = distance(pool, nearest) <= Math.max(2, pool.length / 3);
  return isNear ? `Did you mean "${nearest}"? ` : `Pools are: ${pools.join(", ")}. `;
}

/** The tag of the group wins over that of the template; who reads the one expects the other. */
function judgeTogether({ resource, label, poolTags }: Group, report: Report): void {
  const named = poolTags.flatMap(({ pools, source }) =>
    pools === undefined ? [] : { names: describePools(pools), source },
  );
  const [first] = named;
  if (first === undefined) return;
  // The order counts, too: the device indexes follow it.
  const other = named.find(({ names }) => names !== first.names);
  if (other === undefined) return;
  const found = `${label} names ${first.names} in ${first.source} and ${other.names} in ${other.source}`;
  report.violation(resource.urn, `${found}. Write the same value in both.`);
}
