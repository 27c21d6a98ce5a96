import { type Policy } from "@pulumi/policy";
import { type WrittenResource, type Finding, idOf } from "./policyEngine";

export const TAG_KEY = "network-interface-manager-pool";

export function subnet(name: string, zone: unknown): WrittenResource {
  return { type: "aws:ec2/subnet:Subnet", name, props: { availabilityZone: zone } };
}

/** A protected interface of pool "licence" in subnet "a". */
export function networkInterface(
  name: string,
  props: Record<string, unknown> = {},
): WrittenResource {
  return {
    type: "aws:ec2/networkInterface:NetworkInterface",
    name,
    protect: true,
    props: { subnetId: idOf("a"), tags: { [TAG_KEY]: "licence" }, ...props },
  };
}

/** A group of one instance of pool "licence" in subnet "a". */
export function group(name: string, props: Record<string, unknown> = {}): WrittenResource {
  return {
    type: "aws:autoscaling/group:Group",
    name,
    props: { maxSize: 1, vpcZoneIdentifiers: [idOf("a")], tags: [poolTag("licence")], ...props },
  };
}

/** A launch template that gives its instances these tags. */
export function launchTemplate(
  name: string,
  tags: unknown = { [TAG_KEY]: "licence" },
): WrittenResource {
  const tagSpecifications = [{ resourceType: "instance", tags }];
  return { type: "aws:ec2/launchTemplate:LaunchTemplate", name, props: { tagSpecifications } };
}

export const MANAGER_COMPONENT = "network-interface-pool:index:NetworkInterfaceManager";

/** The function of a manager, and the variables that tell it what to look after. */
export function managerFunction(
  variables: Record<string, unknown>,
  type = "aws:lambda/function:Function",
): WrittenResource {
  const props = { environment: { variables: { POOL_TAG_KEY: TAG_KEY, ...variables } } };
  return { type, name: "function", props };
}

/** What a manager is told of a pool on demand with these subnets, by zone. */
export const onDemand = (subnetIds: Record<string, string>) => ({
  onDemand: { subnetIds, securityGroupIds: ["sg-1"] },
});

export function poolTag(value: unknown, propagateAtLaunch: unknown = true) {
  return { key: TAG_KEY, value, propagateAtLaunch };
}

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

/** What a policy says when it stops a program. */
export function violation({ name }: Policy, resource: string, message: string): Finding {
  return { policy: name, level: "mandatory", resource, message };
}

/** What a policy says when it can't decide in a preview. */
export function undecided({ name }: Policy, resource: string, question: string): Finding {
  const message = `cannot be checked before up: ${question}`;
  return { policy: name, level: "advisory", resource, message };
}
