import type { Action } from "./model";

/**
 * What a refused call means for the next look:
 * - `done`: the world is already as the call wanted it;
 * - `lookAgain`: EC2 is ahead of what was seen, or in transition, or the answer was lost;
 * - `notAllowed`: rights are missing, or what was to be detached is already gone;
 * - `misconfigured`: trying again can't help, a person has to change something.
 */
export type ErrorClass = "done" | "lookAgain" | "notAllowed" | "misconfigured";

/** Name of the error that is thrown where an answer lacks what was asked for. */
export const INCOMPLETE_ANSWER = "IncompleteAnswer";

/** Codes as EC2 and Auto Scaling give them; what is not in this table is looked at again. */
const classByCode: Partial<Record<string, ErrorClass>> = {
  "InvalidAttachmentID.NotFound": "done",
  "InvalidNetworkInterface.InUse": "lookAgain",
  "InvalidNetworkInterfaceID.NotFound": "lookAgain",
  "InvalidInstanceID.NotFound": "lookAgain",
  IncorrectState: "lookAgain",
  IncorrectInstanceState: "lookAgain",
  UnauthorizedOperation: "notAllowed",
  AccessDenied: "notAllowed",
  AccessDeniedException: "notAllowed",
  AttachmentLimitExceeded: "misconfigured",
  InsufficientFreeAddressesInSubnet: "misconfigured",
  NetworkInterfaceLimitExceeded: "misconfigured",
  IdempotentParameterMismatch: "lookAgain",
  "InvalidSubnetID.NotFound": "misconfigured",
  "InvalidGroup.NotFound": "misconfigured",
  "InvalidSecurityGroupID.NotFound": "misconfigured",
  InvalidParameterCombination: "misconfigured",
  OperationNotPermitted: "misconfigured",
};

const INTERFACE_NOT_FOUND = "InvalidNetworkInterfaceID.NotFound";
const NO_SUCH_GROUP = "AutoScalingGroup name not found";
const NO_SUCH_LIFECYCLE_ACTION = "No active Lifecycle Action found";
const INDEX_TAKEN = "already has an interface attached";
const INTERFACE_IN_USE = "in use";

export interface Refusal {
  class: ErrorClass;
  code: string;
  message: string;
  /** Whether the tables know the code, or the text; what they don't know is worth ever fewer tries. */
  isKnown: boolean;
  /**
   * What can't be had now: the interface by anybody, the instance with any interface, the one for the other,
   * or any interface at this device index of the instance.
   */
  blames: "networkInterface" | "instance" | "pair" | "deviceIndex";
}

/** Reads an error of the SDK, or whatever else was thrown. */
export function classifyError(error: unknown, action: Action): Refusal {
  const code = error instanceof Error ? error.name : "Unknown";
  const message = error instanceof Error ? error.message : String(error);
  const isKnown = classOfCode(code) !== undefined;
  const blames = blamesOf(code, message);
  return { class: classOf(code, message, action), code, message, isKnown, blames };
}

/** Whether rights are missing. */
export function isDenial(error: unknown): boolean {
  return error instanceof Error && classOfCode(error.name) === "notAllowed";
}

/** Whether Auto Scaling knows no group of the name that it was asked about; it has no code of its own for that. */
export function isNoSuchGroup(error: unknown): boolean {
  return (
    error instanceof Error &&
    error.name === "ValidationError" &&
    error.message.startsWith(NO_SUCH_GROUP)
  );
}

function blamesOf(code: string, message: string): Refusal["blames"] {
  switch (code) {
    case "InvalidNetworkInterface.InUse":
    case INTERFACE_NOT_FOUND:
      return "networkInterface";
    case "InvalidInstanceID.NotFound":
    case "IncorrectInstanceState":
    case "AttachmentLimitExceeded":
      return "instance";
    case "InvalidParameterValue":
      if (message.includes(INDEX_TAKEN)) return "instance";
      // EC2 has been seen to say it by this general code, too: "Interface: [eni-..] in use."
      return message.includes(INTERFACE_IN_USE) ? "networkInterface" : "pair";
    default:
      return "pair";
  }
}

function classOf(code: string, message: string, action: Action): ErrorClass {
  if (code === "ValidationError" && (action.kind === "complete" || action.kind === "heartbeat")) {
    return message.includes(NO_SUCH_LIFECYCLE_ACTION) ? "done" : "misconfigured";
  }
  if (code === INTERFACE_NOT_FOUND && action.kind === "delete") return "done";
  return classOfCode(code) ?? "lookAgain";
}

function classOfCode(code: string): ErrorClass | undefined {
  return Object.hasOwn(classByCode, code) ? classByCode[code] : undefined;
}
