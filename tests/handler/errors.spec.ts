import assert from "node:assert/strict";
import { classifyError, isDenial, isNoSuchGroup, type Refusal } from "../../handler/errors";
import type { Action } from "../../handler/types";
import {
  attach,
  completeLaunch,
  completeTermination,
  create,
  deleteUnused,
  detach,
  endWithInstance,
  heartbeat,
} from "./builders";
import { serviceError } from "./smallEc2";

const ofInterfaces = [attach(1, "i-a"), detach(1, "i-a", "surplus")];
const ofHooks = [
  completeLaunch("i-a", "CONTINUE", "addressAttached"),
  completeTermination("i-a", "addressReleased"),
  heartbeat("i-a"),
];

const I = "i-0a1b2c3d4e5f67890";
const ENI = "eni-0a1b2c3d4e5f67890";
const ATTACHMENT = "eni-attach-0a1b2c3d4e5f67890";

/** What AWS answers, with its own words: what it means for the next round, and what it blames if not the pair. */
const answers: [actions: Action[], text: string][] = [
  [
    ofInterfaces,
    `misconfigured, instance: AttachmentLimitExceeded: Interface count 4 exceeds the limit for t3.medium
     lookAgain, deviceIndex: InvalidParameterValue: Instance '${I}' already has an interface attached at device index '1'.
     lookAgain, networkInterface: InvalidParameterValue: Interface: [${ENI}] in use.
     misconfigured, deviceIndex: InvalidParameterValue: Invalid value '99' for deviceIndex.
     misconfigured, deviceIndex: InvalidParameterValue: Network card index '1' exceeds the network cards of t3.medium
     misconfigured, deviceIndex: InvalidParameterCombination: networkCardIndex and EFA exclude each other
     misconfigured, networkInterface: InvalidParameterValue: Interface [${ENI}] is of a type that can't be attached
     misconfigured, instance: InvalidParameterValue: ${I} takes no ENA queue count
     misconfigured: InvalidParameterValue: EnaQueueCount must be a power of two
     misconfigured: InvalidParameterValue: ${ENI} has more ENA queues than ${I} has left
     misconfigured: InvalidParameterValue: The attachment '${ATTACHMENT}' can't be had
     lookAgain, networkInterface: InvalidNetworkInterface.InUse: Interface: [${ENI}] in use.
     lookAgain, networkInterface: InvalidNetworkInterface.InUse: (whatever it says)
     misconfigured: InvalidParameterCombination: You may not attach it if they are not in the same availability zone
     lookAgain, instance: InvalidInstanceID.NotFound: The instance ID '${I}' does not exist
     lookAgain, networkInterface: InvalidNetworkInterfaceID.NotFound: The networkInterface ID '${ENI}' does not exist
     done: InvalidAttachmentID.NotFound: The attachment '${ATTACHMENT}' does not exist.
     lookAgain, instance: IncorrectState: Instance '${I}' is not 'running' or 'stopped'.
     lookAgain: IncorrectState: Attachment ${ATTACHMENT} is detaching.
     lookAgain, instance: IncorrectInstanceState: The instance is not in a valid state
     misconfigured: OperationNotPermitted: The network interface at device index 0 and networkCard index 0 cannot be detached.
     misconfigured, networkInterface: OperationNotPermitted: You are not allowed to manage 'ela-attach' attachments.
     misconfigured, networkInterface: OperationNotPermitted: The network interface is managed by a service.
     misconfigured, networkInterface: OperationNotPermitted: ${ENI} is managed by eks.amazonaws.com.
     misconfigured, instance: OperationNotPermitted: ${I} is managed by eks.amazonaws.com.
     misconfigured: OperationNotPermitted: ${ENI} can't be attached to the managed instance ${I}.
     misconfigured: PrivateIpAddressLimitExceeded: Number of private addresses will exceed limit.
     misconfigured: Unsupported: The requested configuration is currently not supported.
     misconfigured, networkInterface: UnsupportedOperation: Interface: [${ENI}] of type 'efa' can't be attached.
     misconfigured: UnsupportedOperation: Interface: [${ENI}] of type 'efa' can't be attached to '${I}'.
     notAllowed: UnauthorizedOperation: You are not authorized to perform this operation.
     notAllowed, instance: UnauthorizedOperation: not on resource: arn:aws:ec2:eu-west-1:123456789012:instance/${I}
     notAllowed, networkInterface: UnauthorizedOperation: not on resource: arn:aws:ec2:eu-west-1:123456789012:network-interface/${ENI}
     notAllowed: AuthFailure: You do not have permission to access the specified resource.
     lookAgain: RequestLimitExceeded: Request limit exceeded.
     lookAgain: TimeoutError: Connection timed out after 15000 ms
     lookAgain: IncompleteAnswer: the answer to AttachNetworkInterface has no AttachmentId
     misconfigured: ValidationError: No active Lifecycle Action found with instance ID i-0a
     unknown: SomethingNew: in use
     unknown, networkInterface: SomethingNew: ${ENI} is not as it was
     unknown, instance: SomethingNew: ${I} is not as it was
     unknown: TypeError: Cannot read properties of undefined
     unknown: constructor: (none)
     unknown: toString: (none)
     unknown: __proto__: (none)`,
  ],
  [
    [create("i-a")],
    `misconfigured: InsufficientFreeAddressesInSubnet: The specified subnet does not have enough free addresses
     lookAgain: IdempotentParameterMismatch: The client token was used otherwise
     lookAgain: InvalidIPAddress.InUse: The specified address is already in use.
     lookAgain, networkInterface: InvalidNetworkInterfaceID.NotFound: gone
     notAllowed: UnauthorizedOperation: You are not authorized to perform this operation.`,
  ],
  [
    [deleteUnused(1)],
    `done, networkInterface: InvalidNetworkInterfaceID.NotFound: gone
     lookAgain, networkInterface: InvalidParameterValue: Network interface 'eni-1' is currently in use.`,
  ],
  [
    [endWithInstance(1, "i-a")],
    `lookAgain, networkInterface: InvalidNetworkInterfaceID.NotFound: gone
     done: InvalidAttachmentID.NotFound: gone`,
  ],
  [
    ofHooks,
    `done, instance: ValidationError: No active Lifecycle Action found with instance ID ${I}
     misconfigured: ValidationError: AutoScalingGroup name not found - null
     lookAgain: ResourceContention: You already have a pending update`,
  ],
];

/** Every code that the tables know, as AWS's documentation, the SDK and Node have it, by what it means. */
const knownCodes: [meaning: string, codes: string][] = [
  ["done", "InvalidAttachmentID.NotFound"],
  [
    "lookAgain, networkInterface",
    "InvalidNetworkInterface.InUse InvalidNetworkInterface.NotFound InvalidNetworkInterfaceID.NotFound",
  ],
  ["lookAgain, instance", "IncorrectInstanceState InvalidInstanceID.NotFound InvalidInstanceState"],
  [
    "lookAgain",
    `DependencyViolation IdempotentParameterMismatch IncorrectState InvalidIPAddress.InUse InvalidState
     ResourceContention ResourceContentionFault RetryableError BandwidthLimitExceeded EC2ThrottledException
     RequestLimitExceeded RequestThrottled RequestThrottledException ThrottledException Throttling
     ThrottlingException TooManyRequestsException InternalError InternalFailure ServerInternal
     ServiceUnavailable Unavailable IncompleteAnswer EAI_AGAIN ECONNREFUSED ECONNRESET EHOSTUNREACH
     ENETUNREACH ENOTFOUND EPIPE ETIMEDOUT RequestTimeout RequestTimeoutException TimeoutError
     CredentialsProviderError ExpiredToken ExpiredTokenException InvalidSignatureException RequestExpired
     RequestInTheFuture RequestTimeTooSkewed SignatureDoesNotMatch`,
  ],
  [
    "notAllowed",
    `AccessDenied AccessDeniedException AuthFailure Blocked InvalidClientTokenId MissingAuthenticationToken
     NotAuthorized OptInRequired PendingVerification UnauthorizedOperation UnrecognizedClientException`,
  ],
  ["misconfigured, instance", "AttachmentLimitExceeded InvalidInstanceID InvalidInstanceType"],
  [
    "misconfigured",
    `InsufficientFreeAddressesInSubnet InvalidInterface.IpAddressLimitExceeded NetworkInterfaceLimitExceeded
     PrivateIpAddressLimitExceeded ResourceLimitExceeded SecurityGroupLimitExceeded
     SecurityGroupsPerInstanceLimitExceeded SecurityGroupsPerInterfaceLimitExceeded TagLimitExceeded
     InvalidGroup.NotFound InvalidGroupId.Malformed InvalidSecurityGroupID.NotFound
     InvalidSecurityGroupId.Malformed InvalidSubnet InvalidSubnetID.Malformed InvalidSubnetID.NotFound
     InvalidSubnetId.NotFound InvalidTagKey.Malformed TagPolicyViolation InvalidInput InvalidParameter
     InvalidParameterCombination InvalidParameterDependency InvalidParameterValue InvalidRequest
     MissingParameter OperationNotPermitted UnknownParameter Unsupported UnsupportedOperation ValidationError`,
  ],
];

/** Reads a meaning of the tables: the class, or that nobody knows the code, and what it blames if not the pair. */
function toRefusal(meaning: string, code: string, message: string): Refusal {
  const [ofClass, blames = "pair"] = meaning.split(", ") as [
    Refusal["class"] | "unknown",
    Refusal["blames"]?,
  ];
  const isKnown = ofClass !== "unknown";
  return { class: isKnown ? ofClass : "lookAgain", code, message, isKnown, blames };
}

describe("classifyError", () => {
  for (const [actions, text] of answers) {
    const kinds = actions.map(({ kind }) => kind).join(", ");
    for (const line of text.split(/\n\s*/)) {
      const [, meaning = "", code = "", message = ""] =
        /^(\w+(?:, \w+)?): ([\w.]+): (.+)$/.exec(line) ?? [];
      it(`reads an answer to ${kinds} as ${line}`, () => {
        for (const action of actions) {
          const refusal = classifyError(serviceError(code, message), action);
          assert.deepEqual(refusal, toRefusal(meaning, code, message));
        }
      });
    }
  }

  for (const [meaning, codes] of knownCodes) {
    for (const code of codes.split(/\s+/)) {
      it(`knows ${code} as ${meaning}`, () => {
        const refusal = classifyError(serviceError(code, "no"), attach(1, "i-a"));
        assert.deepEqual(refusal, toRefusal(meaning, code, "no"));
      });
    }
  }

  const ofNode = (name: string, code?: unknown) => Object.assign(new Error("no"), { name, code });
  const errorsOfNode: [title: string, error: Error, meaning: string, code: string][] = [
    ["an error of Node by its code", ofNode("Error", "ECONNREFUSED"), "lookAgain", "ECONNREFUSED"],
    ["several by their code", ofNode("AggregateError", "ENOTFOUND"), "lookAgain", "ENOTFOUND"],
    ["one with a name by that", ofNode("TimeoutError", "ELOST"), "lookAgain", "TimeoutError"],
    ["a code that nobody knows as unknown", ofNode("Error", "ELOST"), "unknown", "ELOST"],
    ["an error without a code as unknown", ofNode("Error"), "unknown", "Error"],
    ["an error whose code is no text as unknown", ofNode("Error", 7), "unknown", "Error"],
  ];
  for (const [title, error, meaning, code] of errorsOfNode) {
    it(`reads ${title}`, () => {
      assert.deepEqual(classifyError(error, attach(1, "i-a")), toRefusal(meaning, code, "no"));
    });
  }

  it("takes an answer that the SDK can't read for an incomplete one", () => {
    const message = "@aws-sdk XML parse error: unexpected end of input.";
    const refusal = classifyError(new Error(message), attach(1, "i-a"));
    assert.deepEqual(refusal, toRefusal("lookAgain", "IncompleteAnswer", message));
  });

  for (const [status, meaning] of [
    [500, "lookAgain"],
    [503, "lookAgain"],
    [499, "unknown"],
    [undefined, "unknown"],
  ] as const) {
    it(`takes a failure without a code of its own, with status ${status}, for ${meaning}`, () => {
      const metadata = { $metadata: { httpStatusCode: status } };
      const error = Object.assign(serviceError("Unknown", "Unknown"), metadata);
      const refusal = classifyError(error, attach(1, "i-a"));
      assert.deepEqual(refusal, toRefusal(meaning, "Unknown", "Unknown"));
    });
  }

  it("believes the code rather than the status", () => {
    const error = serviceError("AttachmentLimitExceeded", "no");
    const refusal = classifyError(
      Object.assign(error, { $metadata: { httpStatusCode: 500 } }),
      attach(1, "i-a"),
    );
    assert.equal(refusal.class, "misconfigured");
  });

  const thrown: [thrown: unknown, message: string][] = [
    ["in use", "in use"],
    [undefined, "undefined"],
    [null, "null"],
    [42, "42"],
    [{ name: "InvalidAttachmentID.NotFound" }, "[object Object]"],
  ];
  for (const [value, message] of thrown) {
    it(`looks again when ${JSON.stringify(value)} is thrown instead of an error`, () => {
      const refusal = classifyError(value, attach(1, "i-a"));
      assert.deepEqual(refusal, toRefusal("unknown", "Unknown", message));
    });
  }
});

describe("isDenial", () => {
  for (const code of [
    "UnauthorizedOperation",
    "AccessDenied",
    "AccessDeniedException",
    "AuthFailure",
  ]) {
    it(`is true of ${code}`, () => {
      assert.equal(isDenial(serviceError(code, "no")), true);
    });
  }

  it("is false of everything else", () => {
    const codes = [
      "RequestLimitExceeded",
      "AttachmentLimitExceeded",
      "SomethingNew",
      "constructor",
    ];
    const errors = codes.map((code) => serviceError(code, "no"));
    for (const error of [...errors, { name: "AccessDenied" }, null]) {
      assert.equal(isDenial(error), false);
    }
  });
});

describe("isNoSuchGroup", () => {
  for (const message of [
    "AutoScalingGroup name not found - No such Auto Scaling group: workers",
    "AutoScalingGroup name not found - workers",
    "AutoScalingGroup name not found - null",
  ]) {
    it(`is true of "${message}"`, () => {
      assert.equal(isNoSuchGroup(serviceError("ValidationError", message)), true);
    });
  }

  const message = "AutoScalingGroup name not found - workers";
  const others: [what: string, error: unknown][] = [
    ["another ValidationError", serviceError("ValidationError", "1 validation error detected")],
    ["one that has these words within", serviceError("ValidationError", `No: ${message}`)],
    ["another code", serviceError("InternalFailure", message)],
    ["what isn't an error", { name: "ValidationError", message }],
  ];
  for (const [what, error] of others) {
    it(`is false of ${what}`, () => {
      assert.equal(isNoSuchGroup(error), false);
    });
  }
});
