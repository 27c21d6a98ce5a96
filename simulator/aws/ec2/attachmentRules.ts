import { AwsError, NotModelled } from "../awsError";
import type { Attachment, Instance, NetworkInterface } from "./ec2";
import type { Undocumented } from "../../faults";
import { addressLimits, cardLimits } from "./instanceTypes";

/** Refuses to attach an interface that is in use or elsewhere, or to an instance in the wrong state. */
export function checkPair(
  { id, attachment, subnet }: NetworkInterface,
  instance: Instance,
  undocumented: Undocumented,
): void {
  if (attachment !== undefined) {
    throw new AwsError("InvalidNetworkInterface.InUse", `Interface: [${id}] in use.`);
  }
  if (subnet.availabilityZone !== instance.subnet.availabilityZone) {
    throw new AwsError(
      "InvalidParameterCombination",
      "You may not attach a network interface to an instance if they are not in the same availability zone",
    );
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
}

/** Refuses a place on an instance that isn't there or is taken, or one interface more than its type takes. */
export function checkPlace(
  { id, type }: Instance,
  interfaces: NetworkInterface[],
  { deviceIndex, networkCardIndex }: Pick<Attachment, "deviceIndex" | "networkCardIndex">,
): void {
  const limit = cardLimits[type]?.[networkCardIndex];
  if (limit === undefined) {
    throw new AwsError(
      "InvalidParameterValue",
      `Network card index '${networkCardIndex}' exceeds the number of network cards of ${type}`,
    );
  }
  const onCard = interfaces.filter(
    ({ attachment }) => attachment?.networkCardIndex === networkCardIndex,
  );
  if (onCard.some(({ attachment }) => attachment?.deviceIndex === deviceIndex)) {
    throw new AwsError(
      "InvalidParameterValue",
      `Instance '${id}' already has an interface attached at device index '${deviceIndex}'.`,
    );
  }
  if (onCard.length >= limit) {
    throw new AwsError(
      "AttachmentLimitExceeded",
      `Interface count ${onCard.length + 1} exceeds the limit for ${type}`,
    );
  }
}

/** What EC2 says to an interface with more addresses than the type takes is nowhere stated. */
export function checkAddresses(networkInterface: NetworkInterface, { type }: Instance): void {
  const limit = addressLimits[type] ?? 0;
  const { secondaryAddresses = [], ipv6Addresses = [] } = networkInterface;
  const count = Math.max(1 + secondaryAddresses.length, ipv6Addresses.length);
  if (count > limit) {
    throw new NotModelled(
      `an interface with ${count} addresses on a ${type}, which takes ${limit}`,
    );
  }
}

export function incorrectState({ id, state }: Instance): AwsError {
  return new AwsError("IncorrectState", `Instance '${id}' is in state '${state}'.`);
}
