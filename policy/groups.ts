import { type PolicyResource } from "@pulumi/policy";
import { type Place, placesOfSubnets, placesOfZones } from "./places";
import { type Settings } from "./settings";
import { type Stack } from "./stack";
import { findTag, OPEN_TAG, poolsIn, type Tag } from "./tags";
import { items, part, read, UNKNOWN, type Value } from "./values";

export const GROUP_TYPES = [
  "aws:autoscaling/group:Group",
  "aws-native:autoscaling:AutoScalingGroup",
];

export const TEMPLATE_TYPES = [
  "aws:ec2/launchTemplate:LaunchTemplate",
  "aws-native:ec2:LaunchTemplate",
];

/** A pool tag that a group gives its instances. */
export interface PoolTag {
  /** Undefined while it is unknown. */
  value: string | undefined;
  /** Those that the value names, in its order. */
  pools: string[] | undefined;
  /** False: the tags are unknown, and it may be among them. */
  isCertain: boolean;
  /** Where it is, like `launch template "web"`. */
  source: string;
  /** Whether a tag of the group is given to its instances; tags of a template always are. */
  propagates: boolean | typeof UNKNOWN;
}

/** An Auto Scaling group. */
export interface Group {
  resource: PolicyResource;
  label: string;
  /** Empty: it uses no pool. */
  poolTags: PoolTag[];
  /** Where it launches. */
  places: Place[];
}

/** Reads the groups, those that use no pool included. */
export function readGroups(stack: Stack, settings: Settings): Group[] {
  return stack.ofType(...GROUP_TYPES).map((resource) => ({
    resource,
    label: `Auto Scaling group "${resource.name}"`,
    poolTags: [
      ...readOwnTags(resource, settings.tagKey),
      ...readGivenTags(stack, resource, settings.tagKey),
      ...readTemplateTags(stack, resource, settings.tagKey),
    ],
    places: readPlaces(stack, resource, settings),
  }));
}

/** What is given to a group by the group's name, like a schedule. */
export interface Attached {
  resource: PolicyResource;
  /** False: the name isn't known yet, and it may be this group's. */
  isCertain: boolean;
}

export function attachedTo(stack: Stack, group: PolicyResource, ...types: string[]): Attached[] {
  const key = "autoscalingGroupName";
  return stack.ofType(...types).flatMap((resource) => {
    const nativeKey = "autoScalingGroupName";
    const usedKey = key in resource.props ? key : nativeKey;
    const name = read(resource.props, usedKey);
    const { certain, oneOf, isOpen } = stack.refer(resource, usedKey, [name], ...GROUP_TYPES);
    const isCertain = certain.includes(group);
    return isCertain || isOpen || oneOf.includes(group) ? { resource, isCertain } : [];
  });
}

function readOwnTags({ props }: PolicyResource, tagKey: string): PoolTag[] {
  const tags = read(props, "tags");
  const tag = findTag(tags, tagKey);
  if (tag === undefined) return [];
  const own = items(tags).find((one) => part(one, "key") === tagKey) ?? UNKNOWN;
  return [poolTag(tag, "its tags", part(own, "propagateAtLaunch"))];
}

function readGivenTags(stack: Stack, group: PolicyResource, tagKey: string): PoolTag[] {
  return attachedTo(stack, group, "aws:autoscaling/tag:Tag").flatMap(({ resource, isCertain }) => {
    const given = read(resource.props, "tag");
    const tag = findTag([given], tagKey);
    if (tag === undefined) return [];
    const source = `tag resource "${resource.name}"`;
    return poolTag(isCertain ? tag : OPEN_TAG, source, part(given, "propagateAtLaunch"));
  });
}

function poolTag({ value, isCertain }: Tag, source: string, propagates: Value): PoolTag {
  const isGiven = propagates === UNKNOWN ? UNKNOWN : propagates === true;
  const text = textIn(value);
  const pools = text === undefined ? undefined : poolsIn(text);
  return { value: text, pools, isCertain, source, propagates: isGiven };
}

/** What is unknown has no JSON, and so no text. */
function textIn(value: Value): string | undefined {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function templateTag(tag: Tag, source: string): PoolTag {
  return poolTag(tag, source, true);
}

/** The pool tags in the launch templates of this stack that a group launches from. */
function readTemplateTags(stack: Stack, group: PolicyResource, tagKey: string): PoolTag[] {
  const launchTemplate = read(group.props, "launchTemplate");
  const mixed = part(read(group.props, "mixedInstancesPolicy"), "launchTemplate");
  const referTo = (key: string, specification: Value) => {
    const referents = stack.refer(group, key, namesOfTemplate(specification), ...TEMPLATE_TYPES);
    const found = [...referents.certain, ...referents.oneOf];
    // AWS fills in what the program left out, and what isn't written can't be another template.
    const isWritten = key in group.propertyDependencies;
    const isOpen = referents.isOpen && [...found, ...referents.foreign].length === 0;
    return { found, isOpen: isOpen && isWritten };
  };
  const references = [
    referTo("launchTemplate", launchTemplate),
    ...[mixed, ...items(part(mixed, "overrides"))].map((one) =>
      referTo("mixedInstancesPolicy", part(one, "launchTemplateSpecification")),
    ),
  ];
  const templates = new Set(references.flatMap(({ found }) => found));
  const tags = [...templates].flatMap((template) => poolTagsOfTemplate(template, tagKey));
  if (!references.some(({ isOpen }) => isOpen)) return tags;
  return [...tags, templateTag(OPEN_TAG, "a launch template")];
}

function namesOfTemplate(specification: Value): Value[] {
  const keys = ["id", "name", "launchTemplateId", "launchTemplateName"];
  return keys.map((key) => part(specification, key));
}

/** The pool tags that a launch template gives the instances launched from it. */
export function poolTagsOfTemplate({ name, props }: PolicyResource, tagKey: string): PoolTag[] {
  return tagSpecificationsOf(props, "instance").flatMap((tags) => {
    const tag = findTag(tags, tagKey);
    return tag === undefined ? [] : templateTag(tag, `launch template "${name}"`);
  });
}

/** The tags that a launch template gives what it launches. */
export function tagSpecificationsOf(props: object, resourceType: string): Value[] {
  // In aws-native a template's content is one level deeper.
  const isNative = "launchTemplateData" in props;
  const specifications = isNative
    ? part(read(props, "launchTemplateData"), "tagSpecifications")
    : read(props, "tagSpecifications");
  return items(specifications)
    .filter((one) => [resourceType, UNKNOWN].includes(part(one, "resourceType") as string))
    .map((one) => part(one, "tags"));
}

/**
 * Where a group launches. AWS fills in whichever of subnets and zones the program left out: unknown in the
 * preview that creates the group, later as of the last `up`. The subnets decide, unless only the zones are
 * known to be the program's own.
 */
function readPlaces(stack: Stack, resource: PolicyResource, settings: Settings): Place[] {
  const subnets =
    "vpcZoneIdentifiers" in resource.props ? "vpcZoneIdentifiers" : "vpcZoneIdentifier";
  // Only what is made of other resources has dependencies; what is written out has none.
  const isMade = (key: string) => key in resource.propertyDependencies;
  const isFilledIn = read(resource.props, subnets) === UNKNOWN && !isMade(subnets);
  const zones = placesOfZones(read(resource.props, "availabilityZones"), "availabilityZones");
  if (isFilledIn || (isMade("availabilityZones") && !isMade(subnets))) return zones;
  const places = placesOfSubnets(stack, resource, subnets, settings);
  return places.length > 0 ? places : zones;
}
