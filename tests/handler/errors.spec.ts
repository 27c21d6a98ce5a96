import assert from "node:assert/strict";
import { classifyError, type ErrorClass, isDenial, isNoSuchGroup } from "../../handler/errors";
import type { Action } from "../../handler/model";
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

/** What AWS answers, with its own words (facts §1): what it means for the next look, and what it blames if not the pair. */
const answers: [actions: Action[], text: string][] = [
  [
    ofInterfaces,
    `misconfigured, instance: AttachmentLimitExceeded: Interface count 4 exceeds the limit for t3.medium
     lookAgain, instance: InvalidParameterValue: Instance 'i-0a' already has an interface attached at device index '1'.
     lookAgain, networkInterface: InvalidParameterValue: Interface: [eni-0a] in use.
     lookAgain: InvalidParameterValue: Invalid value '99' for deviceIndex.
     lookAgain, networkInterface: InvalidNetworkInterface.InUse: Interface: [eni-0a] in use.
     lookAgain, networkInterface: InvalidNetworkInterface.InUse: (whatever it says)
     misconfigured: InvalidParameterCombination: if they are not in the same availability zone
     lookAgain, instance: InvalidInstanceID.NotFound: The instance ID 'i-0a' does not exist
     lookAgain, networkInterface: InvalidNetworkInterfaceID.NotFound: The networkInterface ID 'eni-0a' does not exist
     done: InvalidAttachmentID.NotFound: The attachment 'eni-attach-0a' does not exist.
     lookAgain: IncorrectState: Instance 'i-0a' is not 'running' or 'stopped'.
     lookAgain, instance: IncorrectInstanceState: The instance 'i-0a' is not in a valid state
     misconfigured: OperationNotPermitted: The network interface at device index 0 and networkCard index 0 cannot be detached.
     misconfigured: OperationNotPermitted: You are not allowed to manage 'ela-attach' attachments.
     notAllowed: UnauthorizedOperation: You are not authorized to perform this operation.
     notAllowed: AccessDenied: User is not authorized to perform this action
     notAllowed: AccessDeniedException: User is not authorized to perform this action
     lookAgain: RequestLimitExceeded: Request limit exceeded.
     lookAgain: EC2ThrottledException: Request limit exceeded.
     lookAgain: InvalidIPAddress.InUse: The specified address is in use.
     lookAgain: ValidationError: No active Lifecycle Action found with instance ID i-0a
     lookAgain: TimeoutError: Connection timed out after 15000 ms
     lookAgain: InternalError: An internal error has occurred
     lookAgain: SomethingNew: in use
     lookAgain: constructor: (none)
     lookAgain: toString: (none)
     lookAgain: __proto__: (none)`,
  ],
  [
    [create("i-a")],
    `misconfigured: InsufficientFreeAddressesInSubnet: The specified subnet does not have enough free addresses
     misconfigured: NetworkInterfaceLimitExceeded: You have reached the limit of network interfaces for this account.
     misconfigured: InvalidSubnetID.NotFound: The subnet ID 'subnet-a' does not exist
     misconfigured: InvalidGroup.NotFound: The security group 'sg-a' does not exist
     misconfigured: InvalidSecurityGroupID.NotFound: The group 'sg-a' does not exist
     lookAgain: IdempotentParameterMismatch: The client token was used otherwise
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
    `done: ValidationError: No active Lifecycle Action found with instance ID i-0a1b2c3d4e5f67890
     misconfigured: ValidationError: AutoScalingGroup name not found - null
     lookAgain: ResourceContention: You already have a pending update`,
  ],
];

describe("classifyError", () => {
  for (const [actions, text] of answers) {
    const kinds = actions.map(({ kind }) => kind).join(", ");
    for (const line of text.split(/\n\s*/)) {
      const [, meaning, blames = "pair", code = "", message = ""] =
        /^(\w+)(?:, (\w+))?: ([\w.]+): (.+)$/.exec(line) ?? [];
      it(`reads an answer to ${kinds} as ${line}`, () => {
        for (const action of actions) {
          const refusal = classifyError(serviceError(code, message), action);
          const { isKnown } = refusal;
          assert.deepEqual(refusal, {
            class: meaning as ErrorClass,
            code,
            message,
            isKnown,
            blames,
          });
        }
      });
    }
  }

  const thrown: [thrown: unknown, message: string][] = [
    ["in use", "in use"],
    [undefined, "undefined"],
    [null, "null"],
    [42, "42"],
    [{ name: "InvalidAttachmentID.NotFound" }, "[object Object]"],
  ];
  for (const [value, message] of thrown) {
    it(`looks again when ${JSON.stringify(value)} is thrown instead of an error`, () => {
      const refusal = {
        class: "lookAgain",
        code: "Unknown",
        message,
        isKnown: false,
        blames: "pair",
      };
      assert.deepEqual(classifyError(value, attach(1, "i-a")), refusal);
    });
  }
});

describe("isDenial", () => {
  for (const code of ["UnauthorizedOperation", "AccessDenied", "AccessDeniedException"]) {
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
