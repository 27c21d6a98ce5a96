import assert from "node:assert/strict";
import {
  classifyError,
  type ErrorClass,
  isDenial,
  isNoSuchGroup,
  type Refusal,
} from "../../handler/errors";
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

function serviceError(code: string, message: string): Error {
  return Object.assign(new Error(message), { name: code });
}

/** What EC2 answers, with its own words (facts §1), and what it means for the next look. */
const ec2Errors: [
  code: string,
  message: string,
  meaning: ErrorClass,
  blames?: Refusal["blames"],
][] = [
  [
    "AttachmentLimitExceeded",
    "Interface count 4 exceeds the limit for t3.medium",
    "misconfigured",
    "instance",
  ],
  [
    "InvalidParameterValue",
    "Instance 'i-0a' already has an interface attached at device index '1'.",
    "lookAgain",
    "instance",
  ],
  ["InvalidParameterValue", "Interface: [eni-0a] in use.", "lookAgain", "networkInterface"],
  ["InvalidParameterValue", "Invalid value '99' for deviceIndex.", "lookAgain"],
  ["InvalidNetworkInterface.InUse", "Interface: [eni-0a] in use.", "lookAgain", "networkInterface"],
  ["InvalidNetworkInterface.InUse", "", "lookAgain", "networkInterface"],
  [
    "InvalidParameterCombination",
    "You may not attach a network interface to an instance if they are not in the same availability zone",
    "misconfigured",
  ],
  ["InvalidInstanceID.NotFound", "The instance ID 'i-0a' does not exist", "lookAgain", "instance"],
  [
    "InvalidNetworkInterfaceID.NotFound",
    "The networkInterface ID 'eni-0a' does not exist",
    "lookAgain",
    "networkInterface",
  ],
  ["InvalidAttachmentID.NotFound", "The attachment 'eni-attach-0a' does not exist.", "done"],
  ["IncorrectState", "Instance 'i-0a' is not 'running' or 'stopped'.", "lookAgain"],
  [
    "IncorrectInstanceState",
    "The instance 'i-0a' is not in a valid state",
    "lookAgain",
    "instance",
  ],
  [
    "OperationNotPermitted",
    "The network interface at device index 0 and networkCard index 0 cannot be detached.",
    "misconfigured",
  ],
  [
    "OperationNotPermitted",
    "You are not allowed to manage 'ela-attach' attachments.",
    "misconfigured",
  ],
  ["UnauthorizedOperation", "You are not authorized to perform this operation.", "notAllowed"],
  ["AccessDenied", "User is not authorized to perform this action", "notAllowed"],
  ["AccessDeniedException", "User is not authorized to perform this action", "notAllowed"],
  ["RequestLimitExceeded", "Request limit exceeded.", "lookAgain"],
  ["EC2ThrottledException", "Request limit exceeded.", "lookAgain"],
  ["InvalidIPAddress.InUse", "The specified address is already in use.", "lookAgain"],
  ["TimeoutError", "Connection timed out after 15000 ms", "lookAgain"],
  ["InternalError", "An internal error has occurred", "lookAgain"],
];

describe("classifyError", () => {
  for (const [code, message, meaning, blames = "pair"] of ec2Errors) {
    const also = blames === "pair" ? "" : `, and blames the ${blames}`;
    it(`reads ${code} "${message}" as ${meaning}${also}`, () => {
      for (const action of [attach(1, "i-a"), detach(1, "i-a", "surplus")]) {
        const refusal = classifyError(serviceError(code, message), action);
        assert.deepEqual(refusal, { class: meaning, code, message, blames });
      }
    });
  }

  const ofMaking: [code: string, message: string, meaning: ErrorClass][] = [
    [
      "InsufficientFreeAddressesInSubnet",
      "The specified subnet does not have enough free addresses to satisfy the request.",
      "misconfigured",
    ],
    [
      "NetworkInterfaceLimitExceeded",
      "You have reached the limit of network interfaces for this account.",
      "misconfigured",
    ],
    ["InvalidSubnetID.NotFound", "The subnet ID 'subnet-a' does not exist", "misconfigured"],
    ["InvalidGroup.NotFound", "The security group 'sg-a' does not exist", "misconfigured"],
    ["InvalidSecurityGroupID.NotFound", "The group 'sg-a' does not exist", "misconfigured"],
    ["IdempotentParameterMismatch", "The client token was used otherwise", "lookAgain"],
    ["UnauthorizedOperation", "You are not authorized to perform this operation.", "notAllowed"],
  ];
  for (const [code, message, meaning] of ofMaking) {
    it(`reads ${code} as ${meaning} when an interface is to be made`, () => {
      const refusal = classifyError(serviceError(code, message), create("i-a"));
      assert.deepEqual(refusal, { class: meaning, code, message, blames: "pair" });
    });
  }

  it("reads an interface that is no longer there as done when it was to be deleted, and only then", () => {
    const error = serviceError("InvalidNetworkInterfaceID.NotFound", "gone");
    const classes = [deleteUnused(1), endWithInstance(1, "i-a"), create("i-a")].map(
      (action) => classifyError(error, action).class,
    );
    assert.deepEqual(classes, ["done", "lookAgain", "lookAgain"]);
  });

  it("reads an interface that is in use as a reason to look again when it was to be deleted", () => {
    const message = "Network interface 'eni-1' is currently in use.";
    const error = serviceError("InvalidParameterValue", message);
    assert.equal(classifyError(error, deleteUnused(1)).class, "lookAgain");
  });

  it("reads an attachment that is no longer there as done when it was to end with its instance", () => {
    const error = serviceError("InvalidAttachmentID.NotFound", "gone");
    assert.equal(classifyError(error, endWithInstance(1, "i-a")).class, "done");
  });

  const lifecycleActions = [
    completeLaunch("i-a", "CONTINUE", "addressAttached"),
    completeTermination("i-a", "addressReleased"),
    heartbeat("i-a"),
  ];

  it("reads a lifecycle action that is no longer there as done", () => {
    const message = "No active Lifecycle Action found with instance ID i-0a1b2c3d4e5f67890";
    for (const action of lifecycleActions) {
      assert.deepEqual(classifyError(serviceError("ValidationError", message), action), {
        class: "done",
        code: "ValidationError",
        message,
        blames: "pair",
      });
    }
  });

  it("reads any other ValidationError of Auto Scaling as misconfigured", () => {
    const message = "AutoScalingGroup name not found - null";
    for (const action of lifecycleActions) {
      assert.deepEqual(classifyError(serviceError("ValidationError", message), action), {
        class: "misconfigured",
        code: "ValidationError",
        message,
        blames: "pair",
      });
    }
  });

  it("reads contention in Auto Scaling as a reason to look again", () => {
    for (const action of lifecycleActions) {
      const error = serviceError("ResourceContention", "You already have a pending update");
      assert.equal(classifyError(error, action).class, "lookAgain");
    }
  });

  it("reads the words about a lifecycle action as nothing special in an answer of EC2", () => {
    const message = "No active Lifecycle Action found with instance ID i-0a";
    const refusal = classifyError(serviceError("ValidationError", message), attach(1, "i-a"));
    assert.equal(refusal.class, "lookAgain");
  });

  it("reads the words 'in use' as nothing special under a code that doesn't mean it", () => {
    const error = serviceError("InvalidIPAddress.InUse", "The specified address is in use.");
    assert.equal(classifyError(error, attach(1, "i-a")).blames, "pair");
  });

  it("never takes an unknown code for success", () => {
    const refusal = classifyError(serviceError("SomethingNew", "in use"), attach(1, "i-a"));
    const expected = { class: "lookAgain", code: "SomethingNew", message: "in use" };
    assert.deepEqual(refusal, { ...expected, blames: "pair" });
  });

  it("reads an unknown code like any other, even one that names what every object has", () => {
    const codes = ["constructor", "toString", "__proto__"];
    const classes = codes.map(
      (code) => classifyError(serviceError(code, ""), attach(1, "i-a")).class,
    );
    assert.deepEqual(classes, ["lookAgain", "lookAgain", "lookAgain"]);
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
      assert.deepEqual(classifyError(value, attach(1, "i-a")), {
        class: "lookAgain",
        code: "Unknown",
        message,
        blames: "pair",
      });
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
    const others = [
      ...codes.map((code) => serviceError(code, "no")),
      { name: "AccessDenied" },
      null,
    ];
    assert.deepEqual(others.map(isDenial), [false, false, false, false, false, false]);
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
