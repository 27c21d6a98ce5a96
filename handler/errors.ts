import type { Action } from "./types";

/**
 * What a refused call means for the next round:
 * - `done`: the world is already as the call wanted it;
 * - `lookAgain`: EC2 is ahead of what was read, or in transition, or the answer was lost;
 * - `notAllowed`: rights are missing, or what was to be detached is already gone;
 * - `misconfigured`: trying again can't help, a person has to change something.
 */
export type ErrorClass = "done" | "lookAgain" | "notAllowed" | "misconfigured";

/**
 * What can't be had now: the interface by anybody, the instance with any interface, the one for the other,
 * or any interface at this device index of the instance.
 */
export type Blame = "networkInterface" | "instance" | "pair" | "deviceIndex";

export interface Refusal {
  class: ErrorClass;
  code: string;
  message: string;
  /** Whether the tables know the code; an unknown one is `lookAgain`, and worth ever fewer tries. */
  isKnown: boolean;
  blames: Blame;
}

/** Name of the error that is thrown where an answer lacks what was asked for. */
export const INCOMPLETE_ANSWER = "IncompleteAnswer";

interface CodeSet {
  class: ErrorClass;
  /** Absent where the text alone says it. */
  blames?: Blame | undefined;
  codes: string[];
}

/**
 * The codes of the calls that the manager makes: as EC2's page of error codes, botocore's model of Auto Scaling,
 * and the SDK and Node under it, give them.
 */
const codeSets = {
  detachedAlready: codeSet("done", "InvalidAttachmentID.NotFound"),
  interfaceNotReady: codeSet(
    "lookAgain",
    "InvalidNetworkInterface.InUse InvalidNetworkInterface.NotFound InvalidNetworkInterfaceID.NotFound",
    "networkInterface",
  ),
  instanceNotReady: codeSet(
    "lookAgain",
    "IncorrectInstanceState InvalidInstanceID.NotFound InvalidInstanceState",
    "instance",
  ),
  inTransition: codeSet(
    "lookAgain",
    `DependencyViolation IdempotentParameterMismatch IncorrectState InvalidIPAddress.InUse InvalidState
     ResourceContention ResourceContentionFault RetryableError`,
  ),
  throttled: codeSet(
    "lookAgain",
    `BandwidthLimitExceeded EC2ThrottledException RequestLimitExceeded RequestThrottled
     RequestThrottledException ThrottledException Throttling ThrottlingException TooManyRequestsException`,
  ),
  failedInAws: codeSet(
    "lookAgain",
    "InternalError InternalFailure ServerInternal ServiceUnavailable Unavailable",
  ),
  answerLost: codeSet(
    "lookAgain",
    `${INCOMPLETE_ANSWER} EAI_AGAIN ECONNREFUSED ECONNRESET EHOSTUNREACH ENETUNREACH ENOTFOUND EPIPE
     ETIMEDOUT RequestTimeout RequestTimeoutException TimeoutError`,
  ),
  signedTooLate: codeSet(
    "lookAgain",
    `CredentialsProviderError ExpiredToken ExpiredTokenException InvalidSignatureException RequestExpired
     RequestInTheFuture RequestTimeTooSkewed SignatureDoesNotMatch`,
  ),
  denied: codeSet(
    "notAllowed",
    `AccessDenied AccessDeniedException AuthFailure Blocked InvalidClientTokenId MissingAuthenticationToken
     NotAuthorized OptInRequired PendingVerification UnauthorizedOperation UnrecognizedClientException`,
  ),
  instanceUnfit: codeSet(
    "misconfigured",
    "AttachmentLimitExceeded InvalidInstanceID InvalidInstanceType",
    "instance",
  ),
  limitReached: codeSet(
    "misconfigured",
    `InsufficientFreeAddressesInSubnet InvalidInterface.IpAddressLimitExceeded NetworkInterfaceLimitExceeded
     PrivateIpAddressLimitExceeded ResourceLimitExceeded SecurityGroupLimitExceeded
     SecurityGroupsPerInstanceLimitExceeded SecurityGroupsPerInterfaceLimitExceeded TagLimitExceeded`,
  ),
  wrongSettings: codeSet(
    "misconfigured",
    `InvalidGroup.NotFound InvalidGroupId.Malformed InvalidSecurityGroupID.NotFound
     InvalidSecurityGroupId.Malformed InvalidSubnet InvalidSubnetID.Malformed InvalidSubnetID.NotFound
     InvalidSubnetId.NotFound InvalidTagKey.Malformed TagPolicyViolation`,
  ),
  unsupported: codeSet(
    "misconfigured",
    `InvalidInput InvalidParameter InvalidParameterCombination InvalidParameterDependency
     InvalidParameterValue InvalidRequest MissingParameter OperationNotPermitted UnknownParameter
     Unsupported UnsupportedOperation ValidationError`,
  ),
};

/** What EC2 and Auto Scaling say by a general code, and the SDK by no code at all. */
const INDEX_TAKEN = "already has an interface attached";
const INTERFACE_IN_USE = "in use";
const NO_SUCH_GROUP = "AutoScalingGroup name not found";
const NO_SUCH_LIFECYCLE_ACTION = "No active Lifecycle Action found";
const UNREADABLE_ANSWER = "@aws-sdk XML parse error";

const INTERFACE_ID = /\beni-[0-9a-f]{8}/;
const INSTANCE_ID = /\bi-[0-9a-f]{8}/;

/** @param codes parted by white space */
function codeSet(ofClass: ErrorClass, codes: string, blames?: Blame): CodeSet {
  return { class: ofClass, codes: codes.split(/\s+/), blames };
}

/** Reads an error of the SDK, or whatever else was thrown. */
export function classifyError(error: unknown, action: Action): Refusal {
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  const codeSet = codeSetOf(code) ?? (isServerError(error) ? codeSets.failedInAws : undefined);
  return {
    class: specialClassOf(code, message, action) ?? codeSet?.class ?? "lookAgain",
    code,
    message,
    isKnown: codeSet !== undefined,
    blames: codeSet?.blames ?? blamesOf(code, message),
  };
}

/** Whether rights are missing. */
export function isDenial(error: unknown): boolean {
  return error instanceof Error && codeSetOf(error.name)?.class === "notAllowed";
}

/** Whether Auto Scaling knows no group of the name that it was asked about; it has no code of its own for that. */
export function isNoSuchGroup(error: unknown): boolean {
  return (
    error instanceof Error &&
    error.name === "ValidationError" &&
    error.message.startsWith(NO_SUCH_GROUP)
  );
}

/** The SDK names its errors by AWS's codes; those of Node have one beside a name that says nothing. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "Unknown";
  if (error.message.startsWith(UNREADABLE_ANSWER)) return INCOMPLETE_ANSWER;
  const isNamed = error.name !== "Error" && error.name !== "AggregateError";
  return !isNamed && "code" in error && typeof error.code === "string" ? error.code : error.name;
}

function codeSetOf(code: string): CodeSet | undefined {
  return Object.values(codeSets).find(({ codes }) => codes.includes(code));
}

/** Whether AWS, or what is before it, failed; an answer of that kind may have no code that can be read. */
function isServerError(error: unknown): boolean {
  const { $metadata } = Object(error) as { $metadata?: { httpStatusCode?: number } };
  return ($metadata?.httpStatusCode ?? 0) >= 500;
}

/** What a code means by its text, or for the one call. */
function specialClassOf(code: string, message: string, action: Action): ErrorClass | undefined {
  switch (code) {
    case "InvalidNetworkInterfaceID.NotFound":
      return action.kind === "delete" ? "done" : undefined;
    case "ValidationError":
      return isOfHook(action) && message.includes(NO_SUCH_LIFECYCLE_ACTION) ? "done" : undefined;
    case "InvalidParameterValue":
      // EC2 has been seen to say it by this general code, too: "Interface: [eni-..] in use."
      return [INDEX_TAKEN, INTERFACE_IN_USE].some((text) => message.includes(text))
        ? "lookAgain"
        : undefined;
    default:
      return undefined;
  }
}

function isOfHook({ kind }: Action): boolean {
  return kind === "complete" || kind === "heartbeat";
}

function blamesOf(code: string, message: string): Blame {
  switch (code) {
    case "InvalidParameterValue":
    case "InvalidParameterCombination":
      if (/device ?index|network ?card/i.test(message)) return "deviceIndex";
      return message.includes(INTERFACE_IN_USE) ? "networkInterface" : blamedByIds(message);
    case "OperationNotPermitted":
      // A service of AWS has the interface, unless the text is about an instance that a service manages.
      return /ela-attach|managed/.test(message) && !INSTANCE_ID.test(message)
        ? "networkInterface"
        : blamedByIds(message);
    default:
      return blamedByIds(message);
  }
}

/** Blames what a text names by its id: both, or none, is the pair. */
function blamedByIds(message: string): Blame {
  const namesInterface = INTERFACE_ID.test(message);
  const namesInstance = INSTANCE_ID.test(message);
  if (namesInterface === namesInstance) return "pair";
  return namesInterface ? "networkInterface" : "instance";
}
