import type { Action } from "./types";

export interface Refusal {
  /**
   * What it means for the next round:
   * - `done`: the world is already as the call wanted it;
   * - `lookAgain`: EC2 is ahead of what was read, or in transition, or the answer was lost;
   * - `notAllowed`: rights are missing, or what was to be detached is already gone;
   * - `misconfigured`: trying again can't help, a person has to change something.
   */
  class: "done" | "lookAgain" | "notAllowed" | "misconfigured";
  code: string;
  message: string;
  /** Whether the table knows the code; an unknown one is `lookAgain`, and worth ever fewer tries. */
  isKnown: boolean;
  /**
   * What can't be had now: the interface by anybody, the instance with any interface, the one for the other,
   * or any interface at this device index of the instance.
   */
  blames: "networkInterface" | "instance" | "pair" | "deviceIndex";
}

/** Name of the error that is thrown where an answer lacks what was asked for. */
export const INCOMPLETE_ANSWER = "IncompleteAnswer";

interface CodeSet {
  class: Refusal["class"];
  /** Absent where the text alone says it. */
  blames?: Refusal["blames"];
  /** Parted by white space. */
  codes: string;
}

/**
 * The codes of the calls that the manager makes: as EC2's page of error codes, botocore's model of Auto Scaling,
 * and the SDK and Node under it, give them.
 */
const codeSets: CodeSet[] = [
  { class: "done", codes: "InvalidAttachmentID.NotFound" },
  {
    class: "lookAgain",
    blames: "networkInterface",
    codes: `InvalidNetworkInterface.InUse InvalidNetworkInterface.NotFound
      InvalidNetworkInterfaceID.NotFound`,
  },
  {
    class: "lookAgain",
    blames: "instance",
    codes: "IncorrectInstanceState InvalidInstanceID.NotFound InvalidInstanceState",
  },
  // Something is in transition, throttled, failed in AWS, was lost on the way, or was signed too late.
  {
    class: "lookAgain",
    codes: `DependencyViolation IdempotentParameterMismatch IncorrectState InvalidIPAddress.InUse InvalidState
      ResourceContention ResourceContentionFault RetryableError
      BandwidthLimitExceeded EC2ThrottledException RequestLimitExceeded RequestThrottled
      RequestThrottledException ThrottledException Throttling ThrottlingException TooManyRequestsException
      InternalError InternalFailure ServerInternal ServiceUnavailable Unavailable
      ${INCOMPLETE_ANSWER} EAI_AGAIN ECONNREFUSED ECONNRESET EHOSTUNREACH ENETUNREACH ENOTFOUND EPIPE
      ETIMEDOUT RequestTimeout RequestTimeoutException TimeoutError
      CredentialsProviderError ExpiredToken ExpiredTokenException InvalidSignatureException RequestExpired
      RequestInTheFuture RequestTimeTooSkewed SignatureDoesNotMatch`,
  },
  {
    class: "notAllowed",
    codes: `AccessDenied AccessDeniedException AuthFailure Blocked InvalidClientTokenId MissingAuthenticationToken
      NotAuthorized OptInRequired PendingVerification UnauthorizedOperation UnrecognizedClientException`,
  },
  {
    class: "misconfigured",
    blames: "instance",
    codes: "AttachmentLimitExceeded InvalidInstanceID InvalidInstanceType",
  },
  // A limit is reached, the pool's settings are wrong, or EC2 has no such thing.
  {
    class: "misconfigured",
    codes: `InsufficientFreeAddressesInSubnet InvalidInterface.IpAddressLimitExceeded NetworkInterfaceLimitExceeded
      PrivateIpAddressLimitExceeded ResourceLimitExceeded SecurityGroupLimitExceeded
      SecurityGroupsPerInstanceLimitExceeded SecurityGroupsPerInterfaceLimitExceeded TagLimitExceeded
      InvalidGroup.NotFound InvalidGroupId.Malformed InvalidSecurityGroupID.NotFound
      InvalidSecurityGroupId.Malformed InvalidSubnet InvalidSubnetID.Malformed InvalidSubnetID.NotFound
      InvalidSubnetId.NotFound InvalidTagKey.Malformed TagPolicyViolation
      InvalidInput InvalidParameter InvalidParameterCombination InvalidParameterDependency
      InvalidParameterValue InvalidRequest MissingParameter OperationNotPermitted UnknownParameter
      Unsupported UnsupportedOperation ValidationError`,
  },
];

/** What EC2 and Auto Scaling say by a general code, and the SDK by no code at all. */
const INDEX_TAKEN = "already has an interface attached";
const INTERFACE_IN_USE = "in use";
const NO_SUCH_GROUP = "AutoScalingGroup name not found";
const NO_SUCH_LIFECYCLE_ACTION = "No active Lifecycle Action found";
const UNREADABLE_ANSWER = "@aws-sdk XML parse error";

const INTERFACE_ID = /\beni-[0-9a-f]{8}/;
const INSTANCE_ID = /\bi-[0-9a-f]{8}/;

/** Reads an error of the SDK, or whatever else was thrown. */
export function classifyError(error: unknown, action: Action): Refusal {
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  const codeSet = codeSetOf(code);
  return {
    class: specialClassOf(code, message, action) ?? codeSet?.class ?? "lookAgain",
    code,
    message,
    isKnown: codeSet !== undefined || isServerError(error),
    blames: codeSet?.blames ?? blamesOf(code, message),
  };
}

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
  return codeSets.find(({ codes }) => codes.split(/\s+/).includes(code));
}

/** Whether AWS, or what is before it, failed; an answer of that kind may have no code that can be read. */
function isServerError(error: unknown): boolean {
  const { $metadata } = Object(error) as { $metadata?: { httpStatusCode?: number } };
  return ($metadata?.httpStatusCode ?? 0) >= 500;
}

/** What a code means by its text, or for the one call. */
function specialClassOf(
  code: string,
  message: string,
  action: Action,
): Refusal["class"] | undefined {
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

function blamesOf(code: string, message: string): Refusal["blames"] {
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
function blamedByIds(message: string): Refusal["blames"] {
  const namesInterface = INTERFACE_ID.test(message);
  const namesInstance = INSTANCE_ID.test(message);
  if (namesInterface === namesInstance) return "pair";
  return namesInterface ? "networkInterface" : "instance";
}
