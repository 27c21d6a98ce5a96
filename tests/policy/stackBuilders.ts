import { idOf, madeOf, type WrittenResource } from "./policyEngine";

export const TAG_KEY = "network-interface-manager-pool";

type Props = Record<string, unknown>;

export const resource = (
  type: string,
  name: string,
  props: Props = {},
  more: Partial<WrittenResource> = {},
): WrittenResource => ({ type, name, props, ...more });

export const subnet = (name: string, availabilityZone: unknown) =>
  resource("aws:ec2/subnet:Subnet", name, { availabilityZone });

/** A subnet that shows the id of its zone alone. */
export const subnetByZoneId = (name: string, availabilityZoneId: string) =>
  resource("aws:ec2/subnet:Subnet", name, { availabilityZoneId });

/** The subnets "p" and "q" in two zones, "q" in a component of the component "vpc". */
export const vpcComponent = [
  resource("awsx:ec2:Vpc", "vpc"),
  { ...subnet("p", "eu-west-1a"), parent: "vpc" },
  resource("awsx:x:Part", "part", {}, { parent: "vpc" }),
  { ...subnet("q", "eu-west-1b"), parent: "part" },
];

/** A protected interface of pool "licence" in subnet "a". */
export const networkInterface = (name: string, props: Props = {}) =>
  resource(
    "aws:ec2/networkInterface:NetworkInterface",
    name,
    { subnetId: idOf("a"), tags: { [TAG_KEY]: "licence" }, ...props },
    { protect: true },
  );

/** A protected interface of a pool. */
export const ofPool = (pool: string, name = `${pool}-0`, props: Props = {}) =>
  networkInterface(name, { tags: { [TAG_KEY]: pool }, ...props });

/** A tag of EC2 that is a resource of its own. */
export const ec2Tag = (name: string, props: Props) =>
  resource("aws:ec2/tag:Tag", name, { key: TAG_KEY, value: "licence", ...props });

/** A tag resource that puts an interface that exists already, by default `eni-NAME`, into pool "given". */
export const givenInterface = (name: string, props: Props = {}) =>
  ec2Tag(name, { resourceId: `eni-${name}`, value: "given", ...props });

/** The tag of a group. */
export const poolTag = (value: unknown, propagateAtLaunch: unknown = true) => ({
  key: TAG_KEY,
  value,
  propagateAtLaunch,
});

/** A group of one instance of pool "licence" in subnet "a". */
export const group = (name: string, props: Props = {}) =>
  resource("aws:autoscaling/group:Group", name, {
    maxSize: 1,
    vpcZoneIdentifiers: [idOf("a")],
    tags: [poolTag("licence")],
    ...props,
  });

export const web = (props: Props) => group("web", props);

/** The group "web" of other pools. */
export const webOf = (pools: unknown, props: Props = {}) =>
  web({ tags: [poolTag(pools)], ...props });

/** The group "web" in other subnets. */
export const webIn = (vpcZoneIdentifiers: unknown, props: Props = {}) =>
  web({ vpcZoneIdentifiers, ...props });

/** The group "web" in zones by their names. */
export const webInZones = (availabilityZones: unknown, props: Props = {}) =>
  webIn(undefined, { availabilityZones, ...props });

/** The subnets of the compliant stack. */
export const BOTH = [idOf("a"), idOf("b")];

export const nativeWeb = (props: Props = {}) =>
  resource("aws-native:autoscaling:AutoScalingGroup", "web", {
    maxSize: "1",
    tags: [poolTag("licence")],
    ...props,
  });

/** A tag of the group "web" that is a resource of its own. */
export const groupTag = (tag: unknown, autoscalingGroupName: unknown = idOf("web"), name = "tag") =>
  resource("aws:autoscaling/tag:Tag", name, { autoscalingGroupName, tag });

/** A launch template that gives its instances these tags. */
export const launchTemplate = (
  name: string,
  tags: unknown = { [TAG_KEY]: "licence" },
  resourceType = "instance",
) =>
  resource("aws:ec2/launchTemplate:LaunchTemplate", name, {
    tagSpecifications: [{ resourceType, tags }],
  });

export const nativeLaunchTemplate = (name: string, tags: unknown, resourceType = "instance") =>
  resource("aws-native:ec2:LaunchTemplate", name, {
    launchTemplateData: { tagSpecifications: [{ resourceType, tags }] },
  });

/** The tags of a resource of aws-native that has the pool tag. */
export const nativeTags = (pool = "licence") => [{ key: TAG_KEY, value: pool }];

/** The properties of a group that launches from this template, and has no tag itself. */
export const byTemplate = (launchTemplate: unknown) => ({ tags: [], launchTemplate });

export const mixedInstances = (launchTemplateSpecification: unknown, overrides?: unknown[]) => ({
  mixedInstancesPolicy: { launchTemplate: { launchTemplateSpecification, overrides } },
});

export const MANAGER_COMPONENT = "network-interface-pool:index:NetworkInterfaceManager";
export const POOL_COMPONENT = "network-interface-pool:index:NetworkInterfacePool";

/** The function of a manager, and the variables that tell it what to look after. */
export const managerFunction = (variables: Props) =>
  resource("aws:lambda/function:Function", "function", {
    environment: { variables: { POOL_TAG_KEY: TAG_KEY, ...variables } },
  });

/** A manager with these settings of pools. */
export const managerOf = (settings: object, variables: Props = {}) =>
  managerFunction({ POOL_SETTINGS: JSON.stringify(settings), ...variables });

/** What a manager is told of a pool on demand with these subnets, by zone. */
export const onDemand = (subnetIds: Record<string, string>) => ({
  onDemand: { subnetIds, securityGroupIds: ["sg-1"] },
});

/** A manager of these pools, whose settings are made of new subnets, or of nothing in the stack. */
export const onDemandOfSubnets = (names: string[], pools: string[]) =>
  managerFunction({
    POOL_TAGS: JSON.stringify(pools),
    POOL_SETTINGS: madeOf(
      names,
      JSON.stringify({ second: onDemand({ "eu-west-1a": "subnet-1", "eu-west-1b": "subnet-2" }) }),
    ),
  });

/** What no policy finds fault with: subnets in two zones, a pool of one, and a group. */
export const compliant: WrittenResource[] = [
  subnet("a", "eu-west-1a"),
  subnet("b", "eu-west-1b"),
  networkInterface("licence-0"),
  group("web"),
];

/** The compliant stack with resources in place of those of the same names, and further ones. */
export function withChanges(...changes: WrittenResource[]): WrittenResource[] {
  const names = new Set(changes.map(({ name }) => name));
  return [...compliant.filter(({ name }) => !names.has(name)), ...changes];
}
