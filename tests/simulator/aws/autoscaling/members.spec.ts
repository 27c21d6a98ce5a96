import type { Group } from "../../../../simulator/aws/autoscaling/group";
import { type Expected, follow, launchHook, operations, type Step, terminateHook } from "./groups";
import { subnet } from "../services";

const { resize, addHooks, suspend, resume, inEc2, ofMember, complete } = operations;
const { enterStandby, exitStandby, detach, protect } = operations;

const PAIR = { desiredCapacity: 2, minSize: 1 };
const TRIO = { desiredCapacity: 3 };
const TWO = "InService InService";
const THREE = "InService InService InService";

type Course = [what: string, parts: Partial<Group>, expected: Expected, ...steps: Step[]];

const courses: Record<string, Course[]> = {
  "a group that is resized": [
    ["launches what is missing", {}, { kept: [0] }, [0, "InService", resize(3)], [60_000, THREE]],
    [
      "terminates the oldest when there are too many",
      TRIO,
      { kept: [2], inEc2: ["terminated", "terminated", "running"] },
      [0, THREE, resize(1)],
      [60_000, "InService"],
    ],
    [
      "takes both ends of its range",
      { minSize: 1 },
      {},
      [0, "InService", resize(3)],
      [60_000, THREE, resize(1)],
      [60_000, "InService"],
    ],
  ],
  "a group that loses an instance": [
    ...(["terminateInstance", "stopInstance"] as const).map((how): Course => [
      `replaces it some time after ${how}`,
      {},
      { kept: [], inEc2: ["terminated"] },
      [0, "InService", inEc2(how)],
      [14_999, "InService"],
      [1, "Terminating:Proceed Pending"],
      [60_000, "InService"],
    ]),
    [
      "leaves it alone if it runs again before it is noticed",
      {},
      { kept: [0] },
      [0, "InService", ({ services }) => (services.timings.healthCheck = [16_000, 16_000])],
      [0, "InService", inEc2("stopInstance")],
      [10_000, "InService", inEc2("startInstance")],
      [120_000, "InService"],
    ],
    [
      "leaves one alone that is no member",
      {},
      { kept: [0] },
      [
        0,
        "InService",
        ({ ec2 }) => {
          ec2.terminateInstance(ec2.runInstance("t4g.micro", subnet, {}).id);
        },
      ],
      [120_000, "InService"],
    ],
  ],
  "AutoScaling.enterStandby": [
    [
      "replaces the member",
      PAIR,
      { desired: 2 },
      [0, "EnteringStandby InService", enterStandby(0, false)],
      [699, "EnteringStandby InService"],
      [1, "Standby InService Pending"],
      [60_000, "Standby InService InService"],
    ],
    [
      "replaces nobody if the desired capacity goes down",
      PAIR,
      { desired: 1 },
      [0, "EnteringStandby InService", enterStandby(0, true)],
      [60_000, "Standby InService"],
    ],
    [
      "ends neither by a scale-in nor by a failed health check",
      PAIR,
      { kept: [0], inEc2: ["stopped", "terminated"] },
      [0, "EnteringStandby InService", enterStandby(0, false)],
      [60_000, "Standby InService InService", inEc2("stopInstance")],
      [0, "Standby InService InService", resize(1)],
      [120_000, "Standby InService"],
    ],
  ],
  "AutoScaling.exitStandby": [
    [
      "takes the member back without a launch hook, and the desired capacity up",
      {},
      { desired: 1, events: 0 },
      [0, "EnteringStandby", enterStandby(0, true)],
      [10_000, "Standby", addHooks(launchHook, terminateHook)],
      [0, "Pending", exitStandby(0)],
      [699, "Pending"],
      [1, "InService"],
    ],
    [
      "replaces a member that was stopped meanwhile",
      PAIR,
      { kept: [1] },
      [0, "EnteringStandby InService", enterStandby(0, true)],
      [10_000, "Standby InService", inEc2("stopInstance")],
      [30_000, "Pending InService", exitStandby(0)],
      [15_699, TWO],
      [60_000, TWO],
    ],
    [
      "lets no hook hold a member that is started just then",
      {},
      { events: 0 },
      [0, "EnteringStandby", enterStandby(0, true)],
      [0, "EnteringStandby", inEc2("stopInstance")],
      [30_000, "Standby", addHooks(launchHook)],
      [0, "Standby", ({ services }) => (services.timings.groupStep = [6_000, 6_000])],
      [0, "Standby", inEc2("startInstance")],
      [0, "Pending", exitStandby(0)],
      [0, "Pending", ({ services }) => (services.timings.groupStep = [500, 500])],
      [5_999, "Pending"],
      [1, "InService"],
    ],
  ],
  "AutoScaling.detachInstance": [
    [
      "lets the member go without a hook, and launches another",
      {},
      { kept: [], inEc2: ["running"], events: 1 },
      [0, "InService", addHooks(launchHook, terminateHook)],
      [0, "Detaching", detach(0, false)],
      [699, "Detaching"],
      [30_000, "Pending:Wait"],
    ],
    [
      "launches no other if the desired capacity goes down",
      {},
      { desired: 0 },
      [0, "Detaching", detach(0, true)],
      [30_000, ""],
    ],
    [
      "takes as long as a load balancer drains it, while nobody checks its health",
      { drainingSeconds: 60 },
      { inEc2: ["stopped"] },
      [0, "Detaching", detach(0, true)],
      [0, "Detaching", inEc2("stopInstance")],
      [59_999, "Detaching"],
      [1, ""],
    ],
    [
      "takes one from standby, too",
      { desiredCapacity: 2 },
      { kept: [1] },
      [0, "EnteringStandby InService", enterStandby(0, true)],
      [1_000, "Detaching InService", detach(0, false)],
      [10_000, "InService"],
    ],
  ],
  "AutoScaling.suspendProcesses": [
    [
      "has a group launch nobody until it is resumed, in the place of whom it terminates, either",
      {},
      {},
      [0, "InService", suspend("Launch")],
      [0, "InService", inEc2("terminateInstance")],
      [0, "InService", resize(2)],
      [119_000, ""],
      [0, "Pending Pending", resume("Launch")],
      [60_000, TWO],
    ],
    [
      "has a group terminate nobody until it is resumed, neither surplus nor unhealthy",
      TRIO,
      { kept: [0, 2] },
      [0, THREE, suspend("Terminate")],
      [0, THREE, resize(2)],
      [0, THREE, inEc2("stopInstance", 1)],
      [120_000, "InService Terminating:Proceed InService", resume("Terminate")],
      [60_000, TWO],
    ],
    [
      "has a launch that replaces go on beside the one it replaces",
      { capacityRebalance: true },
      {},
      [0, "InService", suspend("Terminate")],
      [0, "InService Pending", ofMember("recommendRebalance")],
      [60_000, TWO],
      [0, "Terminating:Proceed InService", resume("Terminate")],
    ],
    [
      "has a group find nobody unhealthy; what still is when it is resumed is found then",
      { desiredCapacity: 2 },
      { kept: [1] },
      [0, TWO, suspend("HealthCheck")],
      [0, TWO, inEc2("stopInstance")],
      [0, TWO, inEc2("stopInstance", 1)],
      [0, TWO, ofMember("reportImpaired")],
      [200_000, TWO, inEc2("startInstance", 1)],
      [10_000, TWO, resume("HealthCheck")],
      [120_000, TWO],
    ],
    [
      "has a group replace nobody it finds unhealthy; all at once when it is resumed",
      {},
      {},
      [0, "InService", suspend("ReplaceUnhealthy")],
      [0, "InService", inEc2("stopInstance")],
      [60_000, "InService", inEc2("startInstance")],
      [60_000, "InService"],
      [0, "Terminating:Proceed Pending", resume("ReplaceUnhealthy")],
    ],
  ],
  "AutoScaling.setInstanceProtection": [
    [
      "leaves the protected out when there are too many, and none if all are",
      TRIO,
      { kept: [0] },
      [0, THREE, protect(0, true)],
      [0, THREE, protect(2, true)],
      [0, THREE, resize(1)],
      [120_000, TWO, protect(2, false)],
      [0, TWO, resize(1)],
      [120_000, "InService"],
    ],
    [
      "protects nobody who is unhealthy",
      {},
      { kept: [] },
      [0, "InService", protect(0, true)],
      [0, "InService", inEc2("stopInstance")],
      [120_000, "InService"],
    ],
  ],
  "AutoScaling.reportImpaired": [
    [
      "has the member replaced after two or three minutes, with its terminate hook",
      {},
      { inEc2: ["running"], events: 1 },
      [0, "InService", addHooks(terminateHook)],
      [0, "InService", ofMember("reportImpaired")],
      [119_999, "InService"],
      [60_001, "Terminating:Wait InService"],
    ],
    [
      "leaves one on standby alone",
      {},
      {},
      [0, "EnteringStandby", enterStandby(0, true)],
      [0, "EnteringStandby", ofMember("reportImpaired")],
      [300_000, "Standby"],
    ],
  ],
  "a group that retains what is abandoned": [
    [
      "keeps it running, launches another, and terminates it when it is asked again",
      { retainsAbandoned: true },
      { inEc2: ["terminated"] },
      [0, "InService", addHooks({ ...terminateHook, defaultResult: "ABANDON" })],
      [0, "Terminating:Wait Pending", ofMember("replaceInstance")],
      [119_999, "Terminating:Wait InService"],
      [1, "Terminating:Retained InService"],
      [80_000, "Terminating:Wait InService", ofMember("replaceInstance")],
      [0, "Terminating:Proceed InService", complete(terminateHook, "CONTINUE")],
      [60_000, "InService"],
    ],
    [
      "lets go what is abandoned in any other",
      {},
      { inEc2: ["terminated"] },
      [0, "InService", addHooks(terminateHook)],
      [0, "Terminating:Wait Pending", ofMember("replaceInstance")],
      [0, "Terminating:Proceed Pending", complete(terminateHook, "ABANDON")],
      [60_000, "InService"],
    ],
  ],
};

for (const [subject, rows] of Object.entries(courses)) {
  describe(subject, () => {
    for (const [what, parts, expected, ...steps] of rows) {
      it(what, async () => {
        await follow(parts, steps, expected);
      });
    }
  });
}
