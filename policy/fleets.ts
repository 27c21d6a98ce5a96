import { type PolicyResource } from "@pulumi/policy";
import { GROUP_TYPES, poolTagsOfTemplate, TEMPLATE_TYPES } from "./groups";
import { labelOf, type Stack } from "./stack";
import { poolsIn } from "./tags";
import { isRecord, items, read, UNKNOWN, type Value } from "./values";

const FLEET_TYPES = [
  "aws:ec2/fleet:Fleet",
  "aws:ec2/spotFleetRequest:SpotFleetRequest",
  "aws-native:ec2:Ec2Fleet",
  "aws-native:ec2:SpotFleet",
  "aws:batch/computeEnvironment:ComputeEnvironment",
  "aws-native:batch:ComputeEnvironment",
];

/** One machine by itself is where it is, and no fleet. */
export const MACHINE_TYPES = [
  "aws:ec2/instance:Instance",
  "aws:ec2/spotInstanceRequest:SpotInstanceRequest",
  "aws-native:ec2:Instance",
];

/** Properties that name launch templates, or hold such. */
const TEMPLATE_HOLDER = /launchTemplate|computeResources|spotFleetRequestConfigData/i;

/** Properties of fleets that are tags or hold them. */
const TAG_HOLDERS = [
  "tags",
  "tagSpecifications",
  "launchSpecifications",
  "spotFleetRequestConfigData",
  "computeResources",
];

/** What launches instances of a pool and is no Auto Scaling group. */
export interface Fleet {
  resource: PolicyResource;
  label: string;
  /** Undefined while its tags are unknown. */
  pools: string[] | undefined;
}

/**
 * Reads what carries the pool tag and launches: fleets, by a tag anywhere in them, and whatever else
 * launches from a launch template with the tag, like the node groups of EKS and the compute environments of Batch.
 */
export function readFleets(stack: Stack, tagKey: string): Fleet[] {
  return stack.all.flatMap((resource) => {
    const value = carriedBy(stack, resource, tagKey);
    const label = labelOf(resource);
    if (value === undefined) return [];
    return { resource, label, pools: typeof value === "string" ? poolsIn(value) : undefined };
  });
}

/** The value of the pool tag. */
function carriedBy(stack: Stack, resource: PolicyResource, tagKey: string): Value {
  const isJudgedElsewhere = [...GROUP_TYPES, ...TEMPLATE_TYPES, ...MACHINE_TYPES].includes(
    resource.type,
  );
  // What a component launches is in it.
  if (isJudgedElsewhere || stack.isComponent(resource)) return undefined;
  const own = FLEET_TYPES.includes(resource.type)
    ? Object.keys(resource.props).map((key) =>
        findWithin({ [key]: read(resource.props, key) }, tagKey),
      )
    : [];
  const templates = Object.keys(resource.props)
    .filter((key) => TEMPLATE_HOLDER.test(key))
    .flatMap((key) => {
      const texts = textsWithin(read(resource.props, key));
      const { certain, oneOf } = stack.refer(resource, key, texts, ...TEMPLATE_TYPES);
      return [...certain, ...oneOf];
    });
  const given = templates.flatMap((template) => poolTagsOfTemplate(template, tagKey));
  const found = [...own, ...given.map(({ value }) => value ?? UNKNOWN)];
  return surest(found);
}

/** The value of a tag anywhere within; UNKNOWN where it may be. */
function findWithin(value: Value, tagKey: string): Value {
  if (Array.isArray(value)) return surest(value.map((item) => findWithin(item, tagKey)));
  if (!isRecord(value)) return undefined;
  if (value.key === tagKey) return value.value;
  const isOpen = TAG_HOLDERS.some((key) => items(value[key]).includes(UNKNOWN));
  const inner = Object.values(value).map((one) => findWithin(one, tagKey));
  return surest([value[tagKey], ...inner, isOpen ? UNKNOWN : undefined]);
}

function surest(values: Value[]): Value {
  return (
    values.find((value) => typeof value === "string") ?? values.find((value) => value !== undefined)
  );
}

/** All texts within, and UNKNOWN for each that is unknown. */
function textsWithin(value: Value): Value[] {
  if (isRecord(value)) return Object.values(value).flatMap(textsWithin);
  if (Array.isArray(value)) return value.flatMap(textsWithin);
  return items(value);
}
