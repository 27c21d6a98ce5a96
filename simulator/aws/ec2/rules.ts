import { AwsError, NotModelled } from "../awsError";
import type { Faults, Undocumented } from "../../faults";
import type { WantedAttachment } from "../../refusals";
import { instanceTypes, unknownType } from "./instanceTypes";
import type { Attachment, EnaSettings, Instance, NetworkInterface, Place } from "./state";

/** Refuses to attach an interface that is in use or elsewhere, or to an instance in the wrong state. */
export function checkPair(
  { id, attachment, subnet, interfaceType }: NetworkInterface,
  instance: Instance,
  undocumented: Undocumented,
): void {
  if (attachment !== undefined) {
    throw new AwsError("InvalidNetworkInterface.InUse", `Interface: [${id}] in use.`);
  }
  if (subnet.availabilityZone !== instance.subnet.availabilityZone) {
    const message =
      "You may not attach a network interface to an instance if they are not in the same availability zone";
    throw new AwsError("InvalidParameterCombination", message);
  }
  const isTaken = {
    pending: undocumented.attachesWhilePending,
    running: true,
    stopping: undocumented.attachesWhileStopping,
    stopped: true,
    "shutting-down": undocumented.attachesWhileShuttingDown,
    terminated: false,
  };
  if (!isTaken[instance.state]) throw incorrectState(instance);
  // That these can't be attached is documented, the code is not (terraform-provider-aws#44355).
  if (interfaceType === "branch" || (interfaceType === "efa" && instance.state === "running")) {
    const message = `Interface: [${id}] of type '${interfaceType}' can't be attached to '${instance.id}'.`;
    throw new AwsError("UnsupportedOperation", message);
  }
}

/** Refuses a place on an instance that isn't there or is taken, or one interface more than its type takes. */
export function checkPlace(
  { id, type }: Instance,
  interfaces: NetworkInterface[],
  { deviceIndex, networkCardIndex }: Place,
  isRefused: boolean,
): void {
  const limits = instanceTypes[type];
  if (limits === undefined) throw unknownType(type);
  const card = limits.networkCards.find((one) => one.networkCardIndex === networkCardIndex);
  if (card?.interfaceTypes.includes("interface") !== true) {
    // What EC2 says of a card that takes EFAs alone is nowhere stated.
    const fault = card === undefined ? "exceeds the number of" : "takes EFAs alone, of the";
    const message = `Network card index '${networkCardIndex}' ${fault} network cards of ${type}`;
    throw new AwsError("InvalidParameterValue", message);
  }
  const onCard = interfaces.filter(
    ({ attachment }) => attachment?.networkCardIndex === networkCardIndex,
  );
  if (isRefused || onCard.some(({ attachment }) => attachment?.deviceIndex === deviceIndex)) {
    const message = `Instance '${id}' already has an interface attached at device index '${deviceIndex}'.`;
    throw new AwsError("InvalidParameterValue", message);
  }
  for (const [{ length }, limit] of [
    [onCard, card.maximumNetworkInterfaces],
    [interfaces, limits.maximumNetworkInterfaces],
  ] as const) {
    if (length < limit) continue;
    const message = `Interface count ${length + 1} exceeds the limit for ${type}`;
    throw new AwsError("AttachmentLimitExceeded", message);
  }
}

/** Refuses what a type can't do, or not with so many queues; the codes and texts are nowhere stated. */
export function checkEnaSettings(
  { enaSrdSpecification, enaQueueCount }: EnaSettings,
  { type }: Instance,
): void {
  const { enaSrdSupported, maximumEnaQueueCountPerInterface: limit } = instanceTypes[type] ?? {};
  if (enaSrdSpecification?.enaSrdEnabled === true && enaSrdSupported !== true) {
    throw new AwsError("Unsupported", `ENA Express is not supported by ${type}`);
  }
  if (enaQueueCount === undefined) return;
  if (limit === undefined) {
    throw new AwsError("Unsupported", `The number of ENA queues can't be changed on ${type}`);
  }
  // That it is a power of two is known of cilium#48246 and terraform-provider-aws#49812.
  if (enaQueueCount > limit || !Number.isInteger(Math.log2(enaQueueCount))) {
    const message = `ENA queue count ${enaQueueCount} is no power of two up to ${limit}, the limit for ${type}`;
    throw new AwsError("InvalidParameterValue", message);
  }
}

/** What EC2 says to an interface with more addresses than the type takes is nowhere stated. */
export function checkAddresses(networkInterface: NetworkInterface, { type }: Instance): void {
  const limit = instanceTypes[type]?.addressesPerInterface ?? 0;
  const { secondaryAddresses = [], ipv6Addresses = [] } = networkInterface;
  const count = Math.max(1 + secondaryAddresses.length, ipv6Addresses.length);
  if (count <= limit) return;
  throw new NotModelled(`an interface with ${count} addresses on a ${type}, which takes ${limit}`);
}

/** Refuses what this run's EC2 never attaches, for whatever reason, to instances of the program's own account. */
export function checkNotRefused(
  faults: Faults,
  wanted: WantedAttachment,
  { ownerId }: Instance,
): void {
  if (ownerId !== undefined || !faults.refuses(wanted)) return;
  throw new AwsError(faults.refusals.code, faults.refusals.message);
}

export function isPrimary({ deviceIndex, networkCardIndex }: Place): boolean {
  return deviceIndex === 0 && networkCardIndex === 0;
}

/**
 * Refuses to detach a primary interface, and what is on its way, unless by force: that is EC2's last resort
 * for an instance that has failed, whichever way the attachment was on.
 */
export function checkDetachable(attachment: Attachment, force: boolean): void {
  if (isPrimary(attachment)) {
    const message =
      "The network interface at device index 0 and networkCard index 0 cannot be detached.";
    throw new AwsError("OperationNotPermitted", message);
  }
  const { id, status } = attachment;
  if (status !== "attached" && !force) {
    throw new AwsError("IncorrectState", `Attachment ${id} is ${status}.`);
  }
}

/** Refuses to detach from the instance of another account, which alone may (aws-k8s-tester#70). */
export function checkHolder({ instanceOwnerId }: Attachment): void {
  if (instanceOwnerId === undefined) return;
  throw new AwsError("AuthFailure", "You do not have permission to access the specified resource.");
}

type Managed = Pick<NetworkInterface, "id" | "operator" | "isRequesterManaged">;

/** Refuses what is asked of an interface or an instance by anybody but the service that manages it. */
export function checkUnmanaged({ id, operator, isRequesterManaged }: Managed): void {
  if (isRequesterManaged === true) {
    const message = "You are not allowed to manage 'ela-attach' attachments.";
    throw new AwsError("OperationNotPermitted", message);
  }
  // The wording is nowhere stated.
  if (operator !== undefined) {
    throw new AwsError("OperationNotPermitted", `${id} is managed by ${operator.principal}.`);
  }
}

export function incorrectState({ id, state }: Instance): AwsError {
  return new AwsError("IncorrectState", `Instance '${id}' is in state '${state}'.`);
}
