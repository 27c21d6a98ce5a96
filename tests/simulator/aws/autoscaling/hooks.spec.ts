import assert from "node:assert/strict";
import { AutoScaling } from "../../../../simulator/aws/autoscaling/autoScaling";
import type { LifecycleHook } from "../../../../simulator/aws/autoscaling/group";
import { Ec2 } from "../../../../simulator/aws/ec2/ec2";
import { assertInvalid, launchHook, openGroup, statesOf, terminateHook } from "./groups";
import {
  noAction,
  tokensOf,
  type Waiting,
  waiting,
  waitingLaunch,
  waitingTermination,
} from "./waiting";
import { createServices } from "../services";

/** How an action of one hook goes on after what is done and the time that passes. */
const launches: [string, Partial<LifecycleHook>, (world: Waiting) => unknown, number, string][] = [
  ["waits once its instance runs", {}, () => undefined, 296_399, "6400 Pending:Wait"],
  ["is terminated after its time-out", {}, () => undefined, 296_400, "306400 Terminating:Wait"],
  [
    "goes on after its time-out where CONTINUE is the default",
    { defaultResult: "CONTINUE" },
    () => undefined,
    600_000,
    "306400 Pending:Proceed, 307100 InService",
  ],
  [
    "goes on after CONTINUE, and its time-out is off",
    {},
    ({ complete }) => complete(launchHook, "CONTINUE"),
    600_000,
    "10000 Pending:Proceed, 10700 InService",
  ],
  [
    "is terminated after ABANDON",
    {},
    ({ complete }) => complete(launchHook, "ABANDON"),
    0,
    "6400 Pending:Wait, 10000 Terminating:Wait",
  ],
  [
    "waits for its time-out again after a heartbeat",
    {},
    ({ beat }) => beat(),
    299_999,
    "6400 Pending:Wait",
  ],
  [
    "is terminated a time-out after the last heartbeat",
    {},
    ({ beat }) => beat(),
    300_000,
    "310000 Terminating:Wait",
  ],
  [
    "ends when it is no longer wanted",
    {},
    ({ stage }) => {
      stage.autoScaling.setDesiredCapacity("web", 0);
    },
    600_000,
    "10700 Terminating:Wait, 130700 Terminating:Proceed",
  ],
];

describe("a launch with a hook", () => {
  for (const [what, hook, run, ms, expected] of launches) {
    it(what, async () => {
      const world = await waitingLaunch(hook);
      run(world);
      await world.stage.pass(ms);
      const { length } = expected.split(", ");
      assert.equal(world.lifecycle().slice(-length).join(", "), expected);
    });
  }

  it("waits while its instance is pending, where that is the answer drawn, and enters service once it runs", async () => {
    const stage = openGroup({ hooks: [launchHook] }, { waitsWhilePending: true });
    await stage.pass(1_400);
    const { id, complete, lifecycle } = waiting(stage);
    assert.equal(stage.ec2.instanceById(id).state, "pending");
    complete(launchHook, "CONTINUE");
    await stage.pass(60_000);
    const expected = ["1400 Pending:Wait", "1400 Pending:Proceed", "5700 InService"];
    assert.deepEqual(lifecycle(), expected);
  });

  it("waits in either way, as the seed has it", () => {
    const answers = [1, 2, 3, 4, 5, 6].map((seed) => {
      const services = createServices({}, seed);
      const ec2 = new Ec2(services);
      return new AutoScaling({ ...services, ec2, emit: () => undefined }).waitsWhilePending;
    });
    assert.deepEqual(new Set(answers), new Set([true, false]));
  });

  it("is said to have timed out, and another is launched", async () => {
    const { stage, id } = await waitingLaunch();
    await stage.pass(296_400);
    assert.deepEqual(statesOf(stage), ["Terminating:Wait", "Pending"]);
    const said = stage.services.journal.entries.filter(({ text }) => text.includes("timed out"));
    assert.deepEqual(said, [
      { atMs: 306_400, source: "aws", text: `web: on-launch of ${id} timed out` },
    ]);
    await stage.pass(200_000);
    assert.equal(stage.ec2.instanceById(id).state, "terminated");
    assert.deepEqual(statesOf(stage), ["Pending:Wait"]);
  });

  for (const [seconds, apartMs, longestMs] of [
    [300, 150_000, 100 * 300_000],
    [7_200, 3_600_000, 48 * 3_600_000],
  ] as const) {
    it(`is kept waiting by heartbeats for ${longestMs / 3_600_000} hours at a time-out of ${seconds} s, and no longer`, async () => {
      const { stage, id, beat, lifecycle } = await waitingLaunch({
        heartbeatTimeoutSeconds: seconds,
      });
      await stage.pass(6_400 + apartMs - 10_000);
      while (stage.group.members.get(id)?.lifecycleState === "Pending:Wait") {
        beat();
        await stage.pass(apartMs);
      }
      assert.equal(lifecycle()[1], `${6_400 + longestMs} Terminating:Wait`);
    });
  }
});

describe("a termination with a hook", () => {
  for (const result of ["CONTINUE", "ABANDON"]) {
    it(`goes on after ${result}, and until then the instance runs`, async () => {
      const { stage, id, complete } = await waitingTermination();
      assert.deepEqual(
        [statesOf(stage), stage.ec2.instanceById(id).state],
        [["Terminating:Wait"], "running"],
      );
      complete(terminateHook, result);
      assert.deepEqual(
        [statesOf(stage), stage.ec2.instanceById(id).state],
        [["Terminating:Proceed"], "shutting-down"],
      );
      await stage.pass(20_000);
      assert.deepEqual(statesOf(stage), []);
    });
  }

  it("goes on after its time-out", async () => {
    const { stage, lifecycle } = await waitingTermination();
    await stage.pass(120_000);
    assert.equal(lifecycle().at(-1), "180700 Terminating:Proceed");
  });

  it("keeps a lost instance in its group until the action is completed", async () => {
    const stage = openGroup({ hooks: [terminateHook] });
    await stage.pass(60_000);
    const { id, complete } = waiting(stage);
    stage.ec2.terminateInstance(id);
    await stage.pass(60_000);
    assert.deepEqual(statesOf(stage), ["Terminating:Wait", "InService"]);
    complete(terminateHook, "CONTINUE");
    await stage.pass(60_000);
    assert.deepEqual(statesOf(stage), ["InService"]);
  });
});

describe("a lifecycle action", () => {
  const told: [string, () => Promise<Waiting>, number, string, LifecycleHook, [string, string]][] =
    [
      ["a launch", waitingLaunch, 6_400, "launch", launchHook, ["EC2", "AutoScalingGroup"]],
      [
        "a termination",
        waitingTermination,
        60_700,
        "terminate",
        terminateHook,
        ["AutoScalingGroup", "EC2"],
      ],
    ];
  for (const [what, open, atMs, kind, hook, [Origin, Destination]] of told) {
    it(`is told of by an event with every field, for ${what}`, async () => {
      const { stage, id } = await open();
      const [token = ""] = tokensOf(stage);
      assert.match(token, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
      const detail = {
        LifecycleActionToken: token,
        AutoScalingGroupName: "web",
        LifecycleHookName: hook.name,
        EC2InstanceId: id,
        LifecycleTransition: hook.transition,
        Origin,
        Destination,
      };
      const detailType = `EC2 Instance-${kind} Lifecycle Action`;
      const event = { source: "aws.autoscaling", detailType, resources: ["arn:web"], detail };
      assert.deepEqual(stage.events, [{ atMs, event }]);
    });
  }

  it("is refused to be completed or prolonged twice, by another hook's name, for others, and by no result", async () => {
    const world = await waitingLaunch();
    const { stage, id, complete, beat } = world;
    const { autoScaling } = stage;
    const other = { instanceId: "i-99" };
    assertInvalid(stage, () => complete(terminateHook, "CONTINUE"), noAction(id));
    assertInvalid(
      stage,
      () => complete(launchHook, "PERHAPS"),
      "Invalid lifecycle action result PERHAPS",
    );
    for (const run of [
      () => {
        autoScaling.completeLifecycleAction("web", "on-launch", other, "CONTINUE");
      },
      () => {
        autoScaling.recordLifecycleActionHeartbeat("web", "on-launch", other);
      },
    ])
      assertInvalid(stage, run, noAction("i-99"));
    complete(launchHook, "CONTINUE");
    assertInvalid(stage, () => complete(launchHook, "CONTINUE"), noAction(id));
    assertInvalid(stage, () => beat(), noAction(id));
  });

  it("is completed by its token, unless it is over, though the instance waits by the same hook again", async () => {
    const stage = openGroup({ desiredCapacity: 0, maxSize: 1, hooks: [launchHook] });
    stage.autoScaling.putWarmPool("web", {
      poolState: "Running",
      minSize: 0,
      reuseOnScaleIn: false,
    });
    await stage.pass(10_000);
    const [token = ""] = tokensOf(stage);
    const complete = () => {
      stage.autoScaling.completeLifecycleAction("web", "on-launch", { token }, "CONTINUE");
    };
    complete();
    stage.autoScaling.setDesiredCapacity("web", 1);
    await stage.pass(10_000);
    assert.deepEqual(statesOf(stage), ["Pending:Wait"]);
    assertInvalid(stage, complete, `No active Lifecycle Action found with token ${token}`);
  });
});
