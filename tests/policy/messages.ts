/** What the policies say, in whole: where nothing else is named, of the group "web". */

const count = (many: number, what: string) => `${many} ${what}${many === 1 ? "" : "s"}`;

const WEB = 'Auto Scaling group "web"';

/** The group may run that many instances, for that reason, of a pool of that size. */
export const tooLarge = (most: number, reason = "maxSize", size = 1, pool = "licence") =>
  `${WEB} may run ${count(most, "instance")} (${reason}), but pool "${pool}" has ${count(size, "interface")}. ` +
  `Let it run ${size} at most, or give the pool ${count(most, "interface")}.`;

/** Instances beyond the pool's size stand by. */
export const standsBy = (most: number, size = 1, pool = "licence") =>
  `${WEB} may run ${count(most, "instance")} (maxSize), and pool "${pool}" has ${count(size, "interface")}: ` +
  `${count(most - size, "instance")} ${most - size === 1 ? "stands" : "stand"} by without an address.`;

/** Groups by their quoted names share a pool that is too small for all of them. */
export const sharesPool = (
  names: string,
  size: number,
  sum: number,
  { pool = "licence", outcome = "wait for" } = {},
) =>
  `Auto Scaling groups ${names} share pool "${pool}" with ${count(size, "interface")} and may together run ` +
  `${count(sum, "instance")}; some would ${outcome} an address.`;

/** Whether the group fits its pool. */
export const whetherFits = (why: string, size = 1, pool = "licence") =>
  `whether ${WEB} fits pool "${pool}" with its ${count(size, "interface")}, since ${why} isn't known yet`;

export const SUBNET_A = 'eu-west-1a (subnet "a")';
export const SUBNET_B = 'eu-west-1b (subnet "b")';
export const SUBNET_C = 'eu-west-1c (subnet "c")';
export const SUBNETS_AB = `${SUBNET_A} and ${SUBNET_B}`;

/** The group launches elsewhere than its pool's interfaces are; by default the first word says their zone. */
export const launchesOutside = (
  launching: string,
  where = SUBNET_A,
  { pool = "licence", zone = where.split(" ")[0] ?? "" } = {},
) =>
  `${WEB} uses pool "${pool}" and launches in ${launching}, but the pool's interfaces are in ${where}. ` +
  `Give it subnets of ${zone} only, or make a pool of its own for another zone.`;

/** The group launches in several zones, whichever the pool's is. */
export const spansZones = (pool: string, launching = SUBNETS_AB) =>
  `${WEB} uses ${pool} and launches in ${launching}, but a pool is in one zone. ` +
  "Give it subnets of one zone, the pool's.";

export const namesNoPlace = (mend: string, pool = "licence") =>
  `${WEB} uses pool "${pool}" but names neither subnets nor Availability Zones, so its zone can't be known. ${mend}`;

/** The zones of subnets can't be known; `ids` are to be written into the configuration. */
export const zonesUnknown = (subnets: string, ids: string[], pool = "licence") =>
  `${WEB} uses pool "${pool}", but the zone of ${subnets} can't be known. Write into the configuration of the ` +
  `policies: "subnetZones": {${ids.map((id) => `"${id}": "ITS ZONE"`).join(", ")}}.`;

export const poolZoneUnknown = (pool: string) =>
  `${WEB} uses pool "${pool}", whose zone can't be known: it isn't in this stack. Write it in the configuration ` +
  `of the policies, pools: {"${pool}": {"zone": "eu-west-1a"}}.`;

/** Whether the group launches in the pool's zone, where these places aren't known. */
export const whetherInZone = (where: string, pool = "licence") =>
  `whether ${WEB} launches only in the zone of pool "${pool}", since not every zone is known yet: ${where}`;

export const WHETHER_USES_POOL = `whether ${WEB} uses a pool, since its tags aren't known yet`;
export const WHICH_POOL = `which pool ${WEB} uses, since that isn't known yet`;

/** Something else than a group carries the tag of pools. */
export const carriesTag = (label: string, pools = 'pool "licence"') =>
  `${label} "web" carries the tag of ${pools}. Only an Auto Scaling group can be held in one zone, with launches ` +
  "that wait for the address. Use an Auto Scaling group with a mixedInstancesPolicy, or take the pool tag away.";

export const namesSeveralPools = (label: string) =>
  `${label} has the tag of pool "data,management", but an interface is of one pool, and commas part the names ` +
  "of several. Write a name without a comma.";

export const whichPoolHas = (label: string) =>
  `which pool ${label} is in, since its tags aren't known yet`;

/** A tag names a pool that doesn't exist. */
export const noPool = (pool: string, suggestion: string, where = "its tags") =>
  `${WEB} names pool "${pool}" in ${where}, which is neither in this stack nor in the configuration. ` +
  `${suggestion}${suggestion && " "}If it is another stack's, name it in the configuration of the policies, ` +
  `pools: {"${pool}": {"zone": "eu-west-1a", "size": 3}}.`;

/** Tags name other pools in one place than in another. */
export const namesDiffer = (own: string, given: string, where = "its tags") =>
  `${WEB} names ${own} in ${where} and ${given}. Write the same value in both.`;

/** Instances don't get a tag of the group. */
export const notPropagated = (where = "its tags", tagKey = "network-interface-manager-pool") =>
  `${WEB} has the tag ${tagKey} in ${where} without propagateAtLaunch: true, so its instances don't get the tag, ` +
  "and without it no address. Write propagateAtLaunch: true.";

export const whichPoolNamed = (where = "its tags") =>
  `which pool ${WEB} names in ${where}, since that isn't known yet`;

const ONLY_THE_MANAGER =
  "Only the manager attaches it: take this away, and give the instance the pool tag instead.";

/** Something else than the manager attaches an interface. */
export const attaches = (label: string, what: string, key: string) =>
  `${label} attaches ${what} in ${key}. ${ONLY_THE_MANAGER}`;

export const attachedInProgram = (instances: string) =>
  `Network interface "licence-0" of pool "licence" is attached to ${instances} in attachments. ${ONLY_THE_MANAGER}`;

export const whetherAttaches = (label: string, what: string, key: string) =>
  `whether ${label} attaches ${what} in ${key}, since the id isn't known yet`;

export const whetherAttachesOfPool = (label: string, what: string) =>
  `whether ${label} attaches an interface of a pool: Network interface ${what}, whose tags aren't known yet`;

export const whetherGivesPoolTag = (label: string) =>
  `whether ${label} gives the interfaces it launches the pool tag network-interface-manager-pool, since its tags ` +
  "aren't known yet";
