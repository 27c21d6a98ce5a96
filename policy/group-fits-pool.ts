import { type StackValidationPolicy } from "@pulumi/policy";
import { readCapacity } from "./capacity";
import { type Group } from "./groups";
import { judging, type Report } from "./judging";
import { interfacesOf, onDemandOf, OPEN_SETTINGS, poolNames, whenExhaustedOf } from "./pools";
import { type Program } from "./program";
import { configSchema } from "./settings";
import { read, UNKNOWN, type Value } from "./values";

/** An instance too many waits for an address until its launch is abandoned, and then the next one waits. */
export const groupFitsPool: StackValidationPolicy = {
  name: "group-fits-pool",
  description: "Auto Scaling groups run no more instances than their pool has network interfaces.",
  configSchema,
  enforcementLevel: "mandatory",
  validateStack: judging((program, report) => {
    for (const pool of poolNames(program)) judgePool(program, pool, report);
    for (const { resource, label, poolTags } of program.groups) {
      const certain = poolTags.filter(({ isCertain }) => isCertain);
      const decisive = certain.length > 0 ? certain : poolTags;
      if (decisive.every(({ pools }) => pools !== undefined)) continue;
      const question = `whether ${label} fits its pool`;
      report.undecided(resource.urn, `${question}, since which pool it uses isn't known yet`);
    }
  }),
};

function judgePool(program: Program, pool: string, report: Report): void {
  const groups = program.groups.filter(({ poolTags }) =>
    poolTags.some(({ pools }) => pools?.includes(pool)),
  );
  const onDemand = onDemandOf(program, pool);
  if (onDemand !== undefined) {
    // As many interfaces are made as instances run.
    if (onDemand.origin !== "open") return;
    for (const { resource, label } of groups) {
      const question = `whether ${label} fits pool "${pool}"`;
      report.undecided(resource.urn, `${question}, since ${OPEN_SETTINGS}`);
    }
    return;
  }
  const size = sizeOf(program, pool);
  const whenExhausted = whenExhaustedOf(program, pool);
  if (size === undefined) {
    for (const group of groups) {
      if (mayStandBy(program, group, whenExhausted)) continue;
      const { resource, label } = group;
      const found = `${label} uses pool "${pool}", whose size can't be known: it isn't in this stack`;
      const mend = `Write it in the configuration of the policies, pools: {"${pool}": {"size": 3}}`;
      if (isSizeOpen(program)) report.undecided(resource.urn, `${found}; ${OPEN_SIZE}`);
      else report.violation(resource.urn, `${found}. ${mend}.`);
    }
    return;
  }
  const sized = { name: pool, size, whenExhausted };
  for (const group of groups) judgeGroup(program, group, sized, report);
  judgeTogether(program, groups, sized, report);
}

interface Pool {
  name: string;
  size: number;
  /** What becomes of an instance too many. */
  whenExhausted: Value;
}

function judgeGroup(program: Program, group: Group, pool: Pool, report: Report): void {
  const { urn } = group.resource;
  const { most, reason, unknown } = readCapacity(program.stack, group.resource);
  const standsBy = mayStandBy(program, group, pool.whenExhausted);
  if (most > pool.size) {
    const found = `${group.label} may run ${instances(most)} (${reason})`;
    const wanted = `pool "${pool.name}" has ${interfaces(pool.size)}`;
    const surplus = most - pool.size;
    const standbys = `${instances(surplus)} ${surplus === 1 ? "stands" : "stand"} by without an address`;
    const mend = `Let it run ${pool.size} at most, or give the pool ${interfaces(most)}`;
    if (standsBy) report.advice(urn, `${found}, and ${wanted}: ${standbys}.`);
    else if (isSizeOpen(program)) report.undecided(urn, `${found}, but ${wanted}; ${OPEN_SIZE}`);
    else if (pool.whenExhausted === UNKNOWN)
      report.undecided(urn, `${found}, but ${wanted}; ${OPEN_STANDBY}`);
    else report.violation(urn, `${found}, but ${wanted}. ${mend}.`);
  } else if (unknown.length > 0 && !standsBy) {
    const question = `whether ${group.label} fits pool "${pool.name}" with its ${interfaces(pool.size)}`;
    report.undecided(urn, `${question}, since ${unknown.join(" and ")} isn't known yet`);
  }
}

/** Two groups may share a pool, one taking over from the other; so this is no violation. */
function judgeTogether(program: Program, groups: Group[], pool: Pool, report: Report): void {
  const capacities = groups.map(({ resource }) => readCapacity(program.stack, resource).most);
  const sum = capacities.reduce((total, most) => total + most, 0);
  if (sum <= pool.size || capacities.some((most) => most > pool.size)) return;
  const labels = groups.map(({ resource }) => `"${resource.name}"`).join(", ");
  const found = `Auto Scaling groups ${labels} share pool "${pool.name}" with ${interfaces(pool.size)}`;
  const urn = groups[0]?.resource.urn ?? "";
  const outcome =
    pool.whenExhausted === "continue" ? "stand by without an address" : "wait for an address";
  report.advice(urn, `${found} and may together run ${instances(sum)}; some would ${outcome}.`);
}

/** Interfaces in this stack, or else the size in the configuration. */
function sizeOf(program: Program, pool: string): number | undefined {
  const count = interfacesOf(program, pool).length;
  return count > 0 ? count : program.settings.pools[pool]?.size;
}

const OPEN_SIZE = "interfaces whose tags aren't known yet may be the pool's";

const OPEN_STANDBY = "whether the manager lets the others stand by isn't known yet";

function isSizeOpen({ interfaces: all }: Program): boolean {
  return all.some(({ pool }) => pool === undefined);
}

/** Whether instances without an interface are meant: of a pool whose manager lets them continue, or of a group. */
function mayStandBy({ settings }: Program, { resource }: Group, whenExhausted: Value): boolean {
  if (whenExhausted === "continue") return true;
  const names = [
    resource.name,
    read(resource.props, "name"),
    read(resource.props, "autoScalingGroupName"),
  ];
  return settings.standbyGroups.some((name) => names.includes(name));
}

const instances = (count: number) => `${count} ${count === 1 ? "instance" : "instances"}`;
const interfaces = (count: number) => `${count} ${count === 1 ? "interface" : "interfaces"}`;
