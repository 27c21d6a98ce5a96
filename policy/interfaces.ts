import { type PolicyResource } from "@pulumi/policy";
import { placeInComponent, POOL_COMPONENT } from "./components";
import { type Place, placesOfSubnets } from "./places";
import { type Settings } from "./settings";
import { type Stack } from "./stack";
import { findTag, type Tag } from "./tags";
import { read, readKeys, textOf, UNKNOWN } from "./values";

export const INTERFACE_TYPES = [
  "aws:ec2/networkInterface:NetworkInterface",
  "aws-native:ec2:NetworkInterface",
];

const TAG_TYPE = "aws:ec2/tag:Tag";

/** A network interface that carries the pool tag, or may carry it. */
export interface PoolInterface {
  resource: PolicyResource;
  label: string;
  /** Undefined while its tags are unknown. */
  pool: string | undefined;
  /** Where it is: one place, or none if its subnet is not known. */
  places: Place[];
  /** The id of one that exists outside of the stack, of which only the pool tag is in it. */
  givenId?: string;
}

/** Reads the interfaces of pools: those with the tag, and those that a tag resource gives it. */
export function readInterfaces(stack: Stack, settings: Settings): PoolInterface[] {
  // Those from elsewhere are where they are; one of the stack can be told another subnet.
  return [...readGivenInterfaces(stack, settings), ...readOwnInterfaces(stack, settings)];
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

/** Interfaces from elsewhere that the component took into a pool; it has asked AWS for their zone. */
function readGivenInterfaces(stack: Stack, { tagKey }: Settings): PoolInterface[] {
  return stack.ofType(TAG_TYPE).flatMap((resource) => {
    const { key, resourceId, value } = readKeys(resource.props, "key", "resourceId", "value");
    const { foreign } = stack.refer(resource, "resourceId", [resourceId], ...INTERFACE_TYPES);
    const [givenId] = foreign;
    const component = resource.parent;
    if (key !== tagKey || givenId === undefined || component?.type !== POOL_COMPONENT) return [];
    return {
      resource,
      label: `Network interface ${givenId}`,
      pool: textOf(value),
      places: [placeInComponent(component, `interface ${givenId}`)],
      givenId,
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

/** Tag resources that give an interface a pool, of which nothing is known yet. */
export function readOpenTags(stack: Stack, { tagKey }: Settings): PolicyResource[] {
  return stack.ofType(TAG_TYPE).filter((resource) => {
    const { key, resourceId } = readKeys(resource.props, "key", "resourceId");
    const { isOpen } = stack.refer(resource, "resourceId", [resourceId], ...INTERFACE_TYPES);
    return key === tagKey && isOpen;
  });
}

function readGivenTags(stack: Stack, tagKey: string): Map<PolicyResource, Tag> {
  const pairs = stack.ofType(TAG_TYPE).flatMap((resource) => {
    const { key, resourceId, value } = readKeys(resource.props, "key", "resourceId", "value");
    const tag = findTag([{ key, value }], tagKey);
    const to = stack.refer(resource, "resourceId", [resourceId], ...INTERFACE_TYPES);
    if (tag === undefined) return [];
    const unsure: Tag = { value: UNKNOWN, isCertain: false };
    return [
      ...to.oneOf.map((one) => [one, unsure] as const),
      ...to.certain.map((one) => [one, tag] as const),
    ];
  });
  // Of two tags, the one that is certain counts.
  return new Map(
    pairs.sort(([, one], [, other]) => Number(one.isCertain) - Number(other.isCertain)),
  );
}
