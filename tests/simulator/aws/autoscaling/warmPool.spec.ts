import assert from "node:assert/strict";
import type { Group, LifecycleHook, WarmPool } from "../../../../simulator/aws/autoscaling/group";
import {
  assertInvalid,
  type GroupStage,
  launchHook,
  lifecycleOf,
  onlyMember,
  openGroup,
  type Operation,
  operations,
  statesOf,
  type Step,
  terminateHook,
} from "./groups";

const stopped: WarmPool = { poolState: "Stopped", minSize: 0, reuseOnScaleIn: false };

const putWarmPool =
  (parts: Partial<WarmPool> = {}): Operation =>
  ({ autoScaling }) => {
    autoScaling.putWarmPool("web", { ...stopped, ...parts });
  };
const deleteWarmPool: Operation = ({ autoScaling }) => {
  autoScaling.deleteWarmPool("web");
};
const { resize, addHooks, suspend, resume, inEc2, complete, ofMember } = operations;
const goOn = complete(launchHook, "CONTINUE");
const letGo = complete(terminateHook, "CONTINUE");

/** The course of a group of none to one: each step with the states then, and in the end where the first went. */
type Course = [
  what: string,
  parts: Partial<Group>,
  lifecycle: string,
  routes: string,
  ...steps: Step[],
];

const hooks: LifecycleHook[] = [launchHook, terminateHook];
const EMPTY = { desiredCapacity: 0, maxSize: 1, hooks };
const ONE = { maxSize: 1, propagatedTags: {} };
const IN = "launch EC2 WarmPool";
const BACK = "terminate AutoScalingGroup WarmPool";

const courses: Course[] = [
  [
    "stops an instance, and parks it once EC2 has stopped it",
    EMPTY,
    "6400 Warmed:Pending:Wait, 10000 Warmed:Pending:Proceed, 20700 Warmed:Stopped",
    IN,
    [0, "", putWarmPool()],
    [10_000, "Warmed:Pending:Proceed", goOn],
    [60_000, "Warmed:Stopped"],
  ],
  ...(["Hibernated", "Running"] as const).map((poolState): Course => [
    `parks an instance ${poolState}`,
    EMPTY,
    `10000 Warmed:Pending:Proceed, ${poolState === "Running" ? 10_700 : 20_700} Warmed:${poolState}`,
    IN,
    [0, "", putWarmPool({ poolState })],
    [10_000, "Warmed:Pending:Proceed", goOn],
    [60_000, `Warmed:${poolState}`],
  ]),
  [
    "terminates one whose launch is abandoned, and launches another",
    EMPTY,
    "10000 Warmed:Terminating:Wait, 10000 Warmed:Terminating:Proceed",
    `${IN}, terminate WarmPool EC2, ${IN}`,
    [0, "", putWarmPool()],
    [10_000, "Warmed:Terminating:Wait Warmed:Pending", complete(launchHook, "ABANDON")],
    [0, "Warmed:Terminating:Proceed Warmed:Pending", letGo],
    [60_000, "Warmed:Pending:Wait"],
  ],
  [
    "retains one whose end is abandoned, where the group does that, and fills its place",
    { ...EMPTY, retainsAbandoned: true },
    "10000 Warmed:Terminating:Wait, 10000 Warmed:Terminating:Retained",
    `${IN}, terminate WarmPool EC2, ${IN}`,
    [0, "", putWarmPool()],
    [10_000, "Warmed:Terminating:Wait Warmed:Pending", complete(launchHook, "ABANDON")],
    [0, "Warmed:Terminating:Retained Warmed:Pending", complete(terminateHook, "ABANDON")],
    [60_000, "Warmed:Terminating:Retained Warmed:Pending:Wait"],
  ],
  [
    "replaces one that is terminated while it is parked",
    { ...EMPTY, hooks: [] },
    "35000 Warmed:Terminating:Proceed",
    "",
    [0, "", putWarmPool()],
    [20_000, "Warmed:Stopped", inEc2("terminateInstance")],
    [120_000, "Warmed:Stopped"],
  ],
  ...(
    [
      ["Stopped", 75_700],
      ["Running", 70_700],
    ] as const
  ).map(([poolState, atMs]): Course => [
    `gives the group what is parked, ${poolState}, by way of the launch hook`,
    EMPTY,
    `70000 Pending, ${atMs} Pending:Wait, 80000 Pending:Proceed, 80700 InService`,
    `${IN}, launch WarmPool AutoScalingGroup`,
    [0, "", putWarmPool({ poolState })],
    [10_000, "Warmed:Pending:Proceed", goOn],
    [59_300, `Warmed:${poolState}`, resize(1)],
    [10_700, "Pending:Proceed", goOn],
    [10_000, "InService"],
  ]),
  [
    "leaves the group to launch where nothing is parked yet",
    EMPTY,
    "6400 Warmed:Pending:Wait",
    `${IN}, launch EC2 AutoScalingGroup`,
    [0, "", putWarmPool({ minSize: 1 })],
    [10_000, "Warmed:Pending:Wait", resize(1)],
    [10_000, "Warmed:Pending:Wait Pending:Wait"],
  ],
  ...["CONTINUE", "ABANDON"].map((result): Course => [
    `takes a member back by the terminate hook, if it is to, also after ${result}`,
    ONE,
    "20700 Warmed:Pending:Wait, 30000 Warmed:Pending:Proceed, 40700 Warmed:Stopped",
    BACK,
    [20_000, "InService", addHooks(...hooks)],
    [0, "InService", putWarmPool({ reuseOnScaleIn: true })],
    [0, "InService", resize(0)],
    [10_000, "Warmed:Pending:Proceed", complete(terminateHook, result)],
    [30_000, "Warmed:Stopped"],
  ]),
  [
    "retains a member on its way back that is abandoned, where the group does that, until it is asked again",
    { ...ONE, retainsAbandoned: true },
    "30000 Warmed:Pending:Retained, 60000 Warmed:Terminating:Wait, 60000 Warmed:Terminating:Proceed",
    `${BACK}, terminate WarmPool EC2`,
    [20_000, "InService", addHooks(terminateHook)],
    [0, "InService", putWarmPool({ reuseOnScaleIn: true })],
    [0, "InService", resize(0)],
    [10_000, "Warmed:Pending:Retained Warmed:Pending", complete(terminateHook, "ABANDON")],
    [30_000, "Warmed:Terminating:Wait Warmed:Stopped", ofMember("replaceInstance")],
    [0, "Warmed:Terminating:Proceed Warmed:Stopped", letGo],
    [30_000, "Warmed:Stopped"],
  ],
  [
    "doesn't take back who never was in service",
    { ...ONE, hooks: [launchHook] },
    "6400 Pending:Wait, 20700 Terminating:Proceed",
    "launch EC2 AutoScalingGroup",
    [20_000, "Pending:Wait", putWarmPool({ reuseOnScaleIn: true, maxGroupPreparedCapacity: 0 })],
    [0, "Pending:Wait", resize(0)],
    [1_000, "Terminating:Proceed"],
  ],
  [
    "isn't filled, nor taken from, while the group launches nobody",
    { ...EMPTY, hooks: [], maxSize: 2 },
    "60000 Pending, 60700 Pending:Proceed, 61400 InService",
    "",
    [0, "", putWarmPool({ poolState: "Running", maxGroupPreparedCapacity: 1 })],
    [20_000, "Warmed:Running", suspend("Launch", "Terminate")],
    [0, "Warmed:Running", resize(1)],
    [40_000, "Pending", resume("Launch", "Terminate")],
    [10_000, "InService"],
  ],
  [
    "is deleted with what is in it, by the terminate hook",
    EMPTY,
    "20700 Warmed:Terminating:Wait, 30000 Warmed:Terminating:Proceed",
    `${IN}, terminate WarmPool EC2`,
    [0, "", putWarmPool({ poolState: "Running" })],
    [10_000, "Warmed:Pending:Proceed", goOn],
    [10_000, "Warmed:Running", deleteWarmPool],
    [10_000, "Warmed:Terminating:Proceed", letGo],
    [60_000, ""],
  ],
];

const routesOf = ({ events }: GroupStage) =>
  events.map(({ event: { detailType, detail } }) =>
    [detailType.split(/[- ]/)[2], detail.Origin, detail.Destination].join(" "),
  );

describe("a warm pool", () => {
  for (const [what, parts, lifecycle, routes, ...steps] of courses) {
    it(what, async () => {
      const stage = openGroup(parts);
      for (const [afterMs, states, operation] of steps) {
        await stage.pass(afterMs);
        const [first = ""] = stage.ec2.instances.keys();
        operation?.(stage, [first]);
        assert.equal(statesOf(stage).join(" "), states);
      }
      const [first = ""] = stage.ec2.instances.keys();
      const { length } = lifecycle.split(", ");
      assert.equal(lifecycleOf(stage, first).slice(-length).join(", "), lifecycle);
      assert.equal(routesOf(stage).join(", "), routes);
    });
  }

  const sizes: [desired: number, Partial<WarmPool>, size: number][] = [
    [1, {}, 2],
    [3, {}, 0],
    [1, { maxGroupPreparedCapacity: 2 }, 1],
    [2, { maxGroupPreparedCapacity: 1 }, 0],
    [2, { maxGroupPreparedCapacity: 1, minSize: 2 }, 2],
  ];
  for (const [desiredCapacity, parts, size] of sizes) {
    it(`of ${JSON.stringify(parts)} is ${size} for a group of ${desiredCapacity} of 3`, async () => {
      const stage = openGroup({ desiredCapacity, maxSize: 3 });
      await stage.pass(30_000);
      putWarmPool(parts)(stage, []);
      await stage.pass(60_000);
      const warm = statesOf(stage).filter((state) => state === "Warmed:Stopped");
      assert.deepEqual([warm.length, stage.ec2.instances.size], [size, desiredCapacity + size]);
    });
  }

  it("is entered while the instance is pending, where that is the answer drawn", async () => {
    const stage = openGroup(EMPTY, { waitsWhilePending: true });
    putWarmPool()(stage, []);
    await stage.pass(20_000);
    assert.deepEqual(lifecycleOf(stage, onlyMember(stage)), ["1400 Warmed:Pending:Wait"]);
  });

  it("is left by who goes into service, and gone once it is deleted and empty", async () => {
    const stage = openGroup({ ...EMPTY, hooks: [] });
    putWarmPool()(stage, []);
    await stage.pass(30_000);
    const id = onlyMember(stage);
    assert.equal(stage.autoScaling.isParked(id), true);
    deleteWarmPool(stage, []);
    assert.equal(stage.group.warmPool?.isPendingDelete, true);
    await stage.pass(60_000);
    assert.deepEqual([stage.autoScaling.isParked(id), stage.group.warmPool], [false, undefined]);
    assertInvalid(stage, () => deleteWarmPool(stage, []), "No warm pool found for group web");
  });
});
