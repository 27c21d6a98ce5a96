import { type PolicyResource, type StackValidationPolicy } from "@pulumi/policy";
import { tagSpecificationsOf, TEMPLATE_TYPES } from "./groups";
import { INTERFACE_TYPES, type PoolInterface } from "./interfaces";
import { judging, type Report } from "./judging";
import { type Program } from "./program";
import { configSchema } from "./settings";
import { labelOf } from "./stack";
import { findTag } from "./tags";
import { items, part, read, textOf, UNKNOWN, type Value } from "./values";

/** How a resource takes an interface by its id: the property, and the ids in it. */
interface Grip {
  key: string;
  idsIn: (value: Value) => Value[];
}

const networkInterfaceId: Grip = { key: "networkInterfaceId", idsIn: (value) => [value] };
const networkInterfaces: Grip = { key: "networkInterfaces", idsIn: networkInterfaceIds };

const GRIPS: Record<string, Grip[]> = {
  "aws:ec2/networkInterfaceAttachment:NetworkInterfaceAttachment": [networkInterfaceId],
  "aws-native:ec2:NetworkInterfaceAttachment": [networkInterfaceId],
  "aws:ec2/instance:Instance": [
    networkInterfaces,
    { key: "primaryNetworkInterface", idsIn: networkInterfaceIds },
  ],
  "aws:ec2/spotInstanceRequest:SpotInstanceRequest": [networkInterfaces],
  "aws-native:ec2:Instance": [networkInterfaces],
  "aws:ec2/launchTemplate:LaunchTemplate": [networkInterfaces],
  "aws-native:ec2:SpotFleet": [
    {
      key: "spotFleetRequestConfigData",
      idsIn: (value) =>
        items(part(value, "launchSpecifications")).flatMap((one) =>
          networkInterfaceIds(part(one, "networkInterfaces")),
        ),
    },
  ],
  "aws-native:ec2:LaunchTemplate": [
    {
      key: "launchTemplateData",
      idsIn: (value) => networkInterfaceIds(part(value, "networkInterfaces")),
    },
  ],
};

/** What else attaches a pool's interface, by itself or by another hand, and the manager undo each other's work. */
export const noForeignAttachment: StackValidationPolicy = {
  name: "no-foreign-attachment",
  description: "Only the manager attaches the network interfaces of pools.",
  configSchema,
  enforcementLevel: "mandatory",
  validateStack: judging((program, report) => {
    for (const [type, grips] of Object.entries(GRIPS)) {
      for (const resource of program.stack.ofType(type)) {
        for (const grip of grips) judgeGrip(program, resource, grip, report);
      }
    }
    for (const one of program.interfaces) judgeAttachments(one, report);
    for (const template of program.stack.ofType(...TEMPLATE_TYPES)) {
      judgeTemplate(program, template, report);
    }
  }),
};

function networkInterfaceIds(value: Value): Value[] {
  return items(value).map((one) => part(one, "networkInterfaceId"));
}

function judgeGrip(
  { stack, interfaces }: Program,
  resource: PolicyResource,
  { key, idsIn }: Grip,
  report: Report,
): void {
  const ids = idsIn(read(resource.props, key));
  const referents = stack.refer(resource, key, ids, ...INTERFACE_TYPES);
  const find = (candidates: PolicyResource[]) =>
    interfaces.filter((one) => candidates.includes(one.resource));
  const label = labelOf(resource);
  const given = interfaces.filter(({ givenId }) => referents.foreign.some((id) => id === givenId));
  for (const one of [...find(referents.certain), ...given]) {
    if (one.pool === undefined) {
      report.undecided(
        resource.urn,
        `whether ${label} attaches an interface of a pool: ${one.label}, whose tags aren't known yet`,
      );
    } else {
      report.violation(resource.urn, `${label} attaches ${describe(one)} in ${key}. ${MEND}.`);
    }
  }
  const possible = find(referents.oneOf);
  if (possible.length > 0) {
    const attaches = `${label} attaches ${possible.map(describe).join(" or ")} in ${key}`;
    const isSure = referents.oneOf.every((one) => isOfPool(interfaces, one));
    if (isSure) report.violation(resource.urn, `${attaches}. ${MEND}.`);
    else report.undecided(resource.urn, `whether ${attaches}, since the id isn't known yet`);
  }
  // What the program did not write is no hand of its own.
  if (referents.isOpen && key in resource.propertyDependencies && interfaces.length > 0) {
    const attaches = `${label} attaches an interface of a pool in ${key}`;
    report.undecided(resource.urn, `whether ${attaches}, since the id isn't known yet`);
  }
}

const MEND =
  "Only the manager attaches it: take this away, and give the instance the pool tag instead";

function isOfPool(interfaces: PoolInterface[], resource: PolicyResource): boolean {
  return interfaces.some((one) => one.resource === resource && one.pool !== undefined);
}

/** EC2 shows what the manager attached, too; that has an attachment id and isn't in the program. */
function judgeAttachments({ resource, label, pool }: PoolInterface, report: Report): void {
  const key = "attachments";
  const value = read(resource.props, key);
  const attachments = items(value);
  const isWritten = key in resource.propertyDependencies;
  const isShown = (one: Value) =>
    one === UNKNOWN || textOf(part(one, "attachmentId")) !== undefined;
  if (attachments.length === 0 || (!isWritten && attachments.every(isShown))) return;
  if (pool === undefined) {
    const question = `whether ${label}, which has ${key}, is one of a pool`;
    report.undecided(resource.urn, `${question}, since its tags aren't known yet`);
  } else if (value === UNKNOWN) {
    const question = `whether ${label} of pool "${pool}" is attached to an instance`;
    report.undecided(resource.urn, `${question}, since ${key} isn't known yet`);
  } else {
    const instances = attachments.map((one) => textOf(part(one, "instance")) ?? "an instance");
    const found = `${label} of pool "${pool}" is attached to ${instances.join(", ")} in ${key}`;
    report.violation(resource.urn, `${found}. ${MEND}.`);
  }
}

/** A template that tags the interfaces it launches makes every instance's own interface one of the pool. */
function judgeTemplate({ settings }: Program, template: PolicyResource, report: Report): void {
  for (const tags of tagSpecificationsOf(template.props, "network-interface")) {
    const tag = findTag(tags, settings.tagKey);
    if (tag === undefined) continue;
    const gives = `${labelOf(template)} gives the interfaces it launches the pool tag ${settings.tagKey}`;
    if (tag.isCertain) {
      const why = "so that the manager takes them for interfaces of the pool";
      const mend = 'Take the tag out of the tagSpecifications for "network-interface"';
      report.violation(template.urn, `${gives}, ${why}. ${mend}.`);
    } else {
      report.undecided(template.urn, `whether ${gives}, since its tags aren't known yet`);
    }
  }
}

function describe({ label, pool }: PoolInterface): string {
  const which = pool === undefined ? ", whose tags aren't known yet," : ` of pool "${pool}"`;
  return `${label.charAt(0).toLowerCase()}${label.slice(1)}${which}`;
}
