import { type PolicyResource } from "@pulumi/policy";
import { type Settings } from "./settings";
import { type Referents, type Stack } from "./stack";
import { items, read, textOf, UNKNOWN, type Value } from "./values";

const SUBNET_TYPES = [
  "aws:ec2/subnet:Subnet",
  "aws:ec2/defaultSubnet:DefaultSubnet",
  "aws-native:ec2:Subnet",
];

/** Where interfaces are or instances are launched: a subnet, or a zone that is named. */
export interface Place {
  /** How a reader finds it, like `subnet "b"`. */
  label: string;
  /** The subnet's id, or its URN while it has none. */
  subnet?: string;
  zone?: string;
  /** Of a subnet that was made by its zone's id, like `euw1-az1`, a preview may know nothing else. */
  zoneId?: string;
  /** Whether `up` will tell its zone. */
  isPending?: boolean;
  /** Whether only some of the places are meant, and a preview can't tell which. */
  isSome?: boolean;
  /** Whether it is one of several of which fewer are picked, so that not all of them are meant. */
  isPicked?: boolean;
  /** It is one of these, and only `up` will tell which. */
  oneOf?: Place[];
}

export type Relation = "same" | "different" | "pending" | "unresolved";

/** Tells whether two places are in one zone. A subnet is in its own zone, whichever that is. */
export function relate(one: Place, other: Place): Relation {
  if (one.oneOf !== undefined) return relateAll(one.oneOf, other);
  if (other.oneOf !== undefined) return relateAll(other.oneOf, one);
  if (one.subnet !== undefined && one.subnet === other.subnet) return "same";
  for (const key of ["zone", "zoneId"] as const) {
    if (one[key] === undefined || other[key] === undefined) continue;
    return one[key] === other[key] ? "same" : "different";
  }
  return one.isPending || other.isPending ? "pending" : "unresolved";
}

function relateAll(candidates: Place[], other: Place): Relation {
  return agreeing(candidates.map((candidate) => relate(candidate, other)));
}

/** Which of the candidates is meant doesn't matter if all are in that zone, or none is. */
function agreeing(relations: Relation[]): Relation {
  return relations.reduce((relation, another) => (relation === another ? relation : "pending"));
}

/** Tells whether a place is in the zone of one of the others. */
export function relateToAny(place: Place, others: Place[]): Relation {
  if (place.oneOf !== undefined) {
    return agreeing(place.oneOf.map((candidate) => relateToAny(candidate, others)));
  }
  const relations = others.map((other) => relate(place, other));
  if (relations.includes("same")) return "same";
  if (relations.every((relation) => relation === "different")) return "different";
  return relations.includes("pending") ? "pending" : "unresolved";
}

/** The zones of places as a reader wants them: `eu-west-1a (subnet "a") and eu-west-1b (subnet "b")`. */
export function describePlaces(places: Place[]): string {
  const texts = places.map(({ zone, zoneId, label }) => {
    const name = zone ?? zoneId;
    return name === undefined || name === label ? label : `${name} (${label})`;
  });
  return new Intl.ListFormat("en-GB").format(new Set(texts));
}

/** What to write so that the zones of places can be known. */
export function mendByZones(places: Place[]): string {
  const entries = places.map(({ subnet, label }) => `"${subnet ?? label}": "ITS ZONE"`);
  const zones = [...new Set(entries)].join(", ");
  return `Write into the configuration of the policies: "subnetZones": {${zones}}`;
}

/** A place that configuration or a group names by its zone. */
export function zoneNamed(zone: string, label = zone): Place {
  return { label, zone };
}

/** The places of the subnets that a property refers to. */
export function placesOfSubnets(
  stack: Stack,
  resource: PolicyResource,
  key: string,
  settings: Settings,
): Place[] {
  const value = read(resource.props, key);
  // One subnet that isn't known yet is one of those it may be, a list of subnets may be all of them.
  const subnets = key === "subnetId" ? [value] : value;
  const referents = stack.refer(resource, key, subnets, ...SUBNET_TYPES);
  return [
    ...referents.certain.map((subnet) => ({
      ...placeOfSubnet(subnet, settings),
      isSome: referents.mayBeFewer,
    })),
    ...referents.foreign.map((id) => ({
      label: `subnet ${id}`,
      subnet: id,
      zone: settings.subnetZones[id],
    })),
    ...placesUnsure(referents, key, settings),
  ];
}

/** The places of all subnets that a property is made of. */
export function placesBehind(
  stack: Stack,
  resource: PolicyResource,
  key: string,
  settings: Settings,
): Place[] {
  const { certain } = stack.refer(resource, key, UNKNOWN, ...SUBNET_TYPES);
  return certain.map((subnet) => placeOfSubnet(subnet, settings));
}

function placeOfSubnet({ urn, name, props }: PolicyResource, { subnetZones }: Settings): Place {
  const id = textOf(read(props, "id"));
  const zone = read(props, "availabilityZone");
  const zoneId = read(props, "availabilityZoneId");
  return {
    label: `subnet "${name}"`,
    subnet: id ?? urn,
    zone: textOf(zone) ?? (id === undefined ? undefined : subnetZones[id]),
    zoneId: textOf(zoneId),
    // A subnet that has an id has a zone; one that has none yet may be shown without either.
    isPending: zone === UNKNOWN || (zone === undefined && id === undefined),
  };
}

/** Which subnet is meant doesn't matter if all that can be meant are in one zone. */
function placesUnsure(referents: Referents, key: string, settings: Settings): Place[] {
  const { oneOf, oneOfCount, isOpen } = referents;
  if (isOpen) return [{ label: `a subnet in ${key}`, isPending: true }];
  const candidates = oneOf.map((subnet) => placeOfSubnet(subnet, settings));
  const [first] = candidates;
  if (first === undefined) return [];
  if (candidates.every((candidate) => relate(first, candidate) === "same")) return [first];
  const inOneZone = candidates.map(
    (one) => candidates.filter((other) => relate(one, other) === "same").length,
  );
  // More than any zone has can't all be in one.
  if (oneOfCount > Math.max(...inOneZone))
    return candidates.map((one) => ({ ...one, isSome: true, isPicked: true }));
  return [{ label: `one of ${describePlaces(candidates)}`, oneOf: candidates }];
}

/** The zones that a list names. */
export function placesOfZones(zones: Value, key: string): Place[] {
  return items(zones).map((zone) => {
    const name = textOf(zone);
    return name === undefined ? { label: `a zone in ${key}`, isPending: true } : zoneNamed(name);
  });
}
