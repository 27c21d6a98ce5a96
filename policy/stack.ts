import { type PolicyResource } from "@pulumi/policy";
import { items, read, textOf, UNKNOWN, type Value } from "./values";

/** What a property refers to, as far as is known. */
export interface Referents {
  certain: PolicyResource[];
  /** What is written out and not in this stack. */
  foreign: string[];
  /** The property depends on all that is certain, but may use fewer. */
  mayBeFewer: boolean;
  /** There are more, and they are among these. */
  oneOf: PolicyResource[];
  /** How many more are among those. */
  oneOfCount: number;
  /** There are more, and nothing is known of them. */
  isOpen: boolean;
}

/** The resources of the stack, and what refers to what. */
export interface Stack {
  all: PolicyResource[];
  /** Whether a resource has others in it. */
  isComponent: (resource: PolicyResource) => boolean;
  ofType: (...types: string[]) => PolicyResource[];
  refer: (resource: PolicyResource, key: string, value: Value, ...types: string[]) => Referents;
}

/** Outputs by which other resources name one, of aws and of aws-native. */
const NAMING_OUTPUTS = [
  "id",
  "arn",
  "name",
  "autoScalingGroupName",
  "launchTemplateId",
  "launchTemplateName",
  "roleName",
  "subnetId",
];

export function indexStack(resources: PolicyResource[]): Stack {
  const byType = groupBy(resources, ({ type }) => type);
  const children = groupBy(resources, ({ parent }) => parent?.urn);
  const withDescendants = (resource: PolicyResource): PolicyResource[] => [
    resource,
    ...(children.get(resource.urn) ?? []).flatMap(withDescendants),
  ];
  const ofType = (...types: string[]) => types.flatMap((type) => byType.get(type) ?? []);
  const named = new Map<string, Map<string | undefined, PolicyResource>>();
  const namedOfType = (type: string) => {
    const known = named.get(type) ?? nameAll(ofType(type));
    named.set(type, known);
    return known;
  };
  const find = (name: string, types: string[]) =>
    types.map((type) => namedOfType(type).get(name)).find((found) => found !== undefined);
  return {
    all: resources,
    isComponent: ({ urn }) => children.has(urn),
    ofType,
    refer: (resource, key, value, ...types) => {
      // A component stands for what is in it: a VPC of awsx for its subnets.
      const dependencies = (resource.propertyDependencies[key] ?? []).flatMap(withDescendants);
      const wanted = dependencies.filter(({ type }) => types.includes(type));
      return resolve(value, [...new Set(wanted)], (name) => find(name, types));
    },
  };
}

/**
 * Tells what a value refers to. A property depends on all that its value was made of, which may be more
 * than it uses: `vpc.privateSubnetIds[0]` depends on every private subnet. As many candidates as there
 * are unknown items are all used, and so are those of a list that is unknown as a whole.
 */
function resolve(
  value: Value,
  dependencies: PolicyResource[],
  find: (name: string) => PolicyResource | undefined,
): Referents {
  const names = items(value).flatMap((item) => textOf(item) ?? []);
  const named = new Map(names.map((name) => [name, find(name)]));
  const certain = [...named.values()].filter((found) => found !== undefined);
  const foreign = names.filter((name) => named.get(name) === undefined);
  const unknownCount = items(value).filter((item) => item === UNKNOWN).length;
  const candidates = dependencies.filter((dependency) => !certain.includes(dependency));
  const known = { certain, foreign, mayBeFewer: false, oneOf: [], oneOfCount: 0, isOpen: false };
  if (unknownCount === 0) return known;
  if (value !== UNKNOWN && candidates.length > unknownCount) {
    return { ...known, oneOf: candidates, oneOfCount: unknownCount };
  }
  const isOpen = candidates.length < unknownCount;
  const mayBeFewer = value === UNKNOWN && candidates.length > 1;
  return { ...known, certain: [...certain, ...candidates], mayBeFewer, isOpen };
}

/** What has no such output, or an unknown one, is named by nothing. */
function nameAll(resources: PolicyResource[]): Map<string | undefined, PolicyResource> {
  return new Map(
    resources.flatMap((resource) =>
      NAMING_OUTPUTS.map((output) => [textOf(read(resource.props, output)), resource] as const),
    ),
  );
}

/** A resource as a reader finds it in the program: `RolePolicy "manager"`. */
export function labelOf({ type, name }: PolicyResource): string {
  return `${type.split(":").pop() ?? type} "${name}"`;
}

function groupBy<Key>(
  resources: PolicyResource[],
  keyOf: (resource: PolicyResource) => Key,
): Map<Key, PolicyResource[]> {
  const groups = new Map<Key, PolicyResource[]>();
  for (const resource of resources) {
    const key = keyOf(resource);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [resource]);
    else group.push(resource);
  }
  return groups;
}
