import { type PolicyResource } from "@pulumi/policy";
import { POOL_COMPONENT } from "./components";
import { MACHINE_TYPES } from "./fleets";
import { type Place, placesOfSubnets, placesOfZones } from "./places";
import { type Settings } from "./settings";
import { labelOf, type Referents, type Stack } from "./stack";
import { findTag, OPEN_TAG, type Tag } from "./tags";
import { read, readKeys, UNKNOWN } from "./values";

export const INTERFACE_TYPES = [
  "aws:ec2/networkInterface:NetworkInterface",
  "aws-native:ec2:NetworkInterface",
];

const TAG_TYPE = "aws:ec2/tag:Tag";

/** A network interface that carries the pool tag, or may carry it. */
export interface PoolInterface {
  /** The interface, or the tag resource of one that isn't of this stack. */
  resource: PolicyResource;
  label: string;
  /** The id of one that exists already and is given the tag only; absent on one that this stack creates. */
  givenId?: string;
  /** Undefined while its tags are unknown. */
  pool: string | undefined;
  /** Where it is: one place, or none if its subnet is not known. */
  places: Place[];
}

/** Reads the interfaces of pools: those with the tag, and those that a tag resource gives it. */
export function readInterfaces(stack: Stack, settings: Settings): PoolInterface[] {
  return [...readOwnInterfaces(stack, settings), ...readGivenInterfaces(stack, settings)];
}

function readOwnInterfaces(stack: Stack, settings: Settings): PoolInterface[] {
  const given = readGivenTags(stack, settings.tagKey);
  return stack.ofType(...INTERFACE_TYPES).flatMap((resource) => {
    const own = findOwnTag(resource, settings.tagKey);
    const tag = own?.isCertain === true ? own : (given.get(resource) ?? own);
    if (tag === undefined) return [];
    return {
      resource,
      label: `Network interface "${resource.name}"`,
      pool: typeof tag.value === "string" ? tag.value : undefined,
      places: placesOfSubnets(stack, resource, "subnetId", settings),
    };
  });
}

/** A tag of the interface itself, or one that its provider gives everything. */
function findOwnTag({ props }: PolicyResource, tagKey: string): Tag | undefined {
  const own = findTag(read(props, "tags"), tagKey);
  if (own !== undefined) return own;
  const all = findTag(read(props, "tagsAll"), tagKey);
  return all?.isCertain === true ? all : undefined;
}

/** Interfaces that exist already: all that this stack has of them is a tag resource with their id. */
function readGivenInterfaces(stack: Stack, { tagKey }: Settings): PoolInterface[] {
  return readTags(stack, tagKey).flatMap(({ resource, tag, to }) => {
    const givenId = to.foreign.find((id) => id.startsWith("eni-"));
    if (givenId === undefined && !isOpen(stack, resource, tag, to)) return [];
    return {
      resource,
      label: `Network interface ${givenId ?? `of ${labelOf(resource)}`}`,
      givenId,
      pool: typeof tag.value === "string" ? tag.value : undefined,
      places: placesOfComponent(resource),
    };
  });
}

/** Whether an interface exists already, and this stack has its tag only. */
export function isGiven({ resource }: PoolInterface): boolean {
  return resource.type === TAG_TYPE;
}

/** The component of a pool looks up where interfaces are that exist already. */
function placesOfComponent({ parent }: PolicyResource): Place[] {
  if (parent === undefined) return [];
  if (parent.type !== POOL_COMPONENT) return placesOfComponent(parent);
  return placesOfZones(read(parent.props, "availabilityZone"), labelOf(parent));
}

/** Tag resources that give an interface a pool, of which nothing is known yet. */
export function readOpenTags(stack: Stack, { tagKey }: Settings): PolicyResource[] {
  return readTags(stack, tagKey)
    .filter(({ resource, tag, to }) => isOpen(stack, resource, tag, to))
    .map(({ resource }) => resource);
}

/** A tag resource with the pool tag, or with a tag that may be it, and the interfaces it is for. */
interface TagResource {
  resource: PolicyResource;
  tag: Tag;
  to: Referents;
}

function readTags(stack: Stack, tagKey: string): TagResource[] {
  return stack.ofType(TAG_TYPE).flatMap((resource) => {
    const { key, resourceId, value } = readKeys(resource.props, "key", "resourceId", "value");
    const tag = findTag([{ key, value }], tagKey);
    const to = stack.refer(resource, "resourceId", [resourceId], ...INTERFACE_TYPES);
    return tag === undefined ? [] : { resource, tag, to };
  });
}

/** Whether an interface gets the tag, and it isn't known yet which; a machine of this stack is none. */
function isOpen(stack: Stack, resource: PolicyResource, tag: Tag, to: Referents): boolean {
  if (!tag.isCertain || !to.isOpen) return false;
  const id = [UNKNOWN];
  return stack.refer(resource, "resourceId", id, ...MACHINE_TYPES).isOpen;
}

function readGivenTags(stack: Stack, tagKey: string): Map<PolicyResource, Tag> {
  const pairs = readTags(stack, tagKey).flatMap(({ tag, to }) => [
    ...to.oneOf.map((one) => [one, OPEN_TAG] as const),
    ...to.certain.map((one) => [one, tag] as const),
  ]);
  // Of two tags, the one that is certain counts.
  return new Map(
    pairs.sort(([, one], [, other]) => Number(one.isCertain) - Number(other.isCertain)),
  );
}
