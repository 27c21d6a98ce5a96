import assert from "node:assert/strict";
import { assertInvalid, launchHook, statesOf, terminateHook } from "./groups";
import { noAction, tokensOf, type Waiting, waitingLaunch, waitingTermination } from "./waiting";

const secondLaunchHook = { ...launchHook, name: "on-launch-2", heartbeatTimeoutSeconds: 600 };
const drainHook = { ...terminateHook, name: "drain", heartbeatTimeoutSeconds: 300 };

describe("two hooks of one transition", () => {
  const openLaunch = () => waitingLaunch({}, secondLaunchHook);
  const openTermination = () => waitingTermination(drainHook);

  it("make an action each, with a token and an event of its own", async () => {
    for (const [{ stage, id }, names] of [
      [await openLaunch(), ["on-launch", "on-launch-2"]],
      [await openTermination(), ["on-terminate", "drain"]],
    ] as const) {
      const told = stage.events.map(({ event: { detail } }) => [
        detail.LifecycleHookName,
        detail.EC2InstanceId,
      ]);
      assert.deepEqual(
        told,
        names.map((name) => [name, id]),
      );
      assert.equal(new Set(tokensOf(stage)).size, 2);
    }
  });

  const both: [string, () => Promise<Waiting>, (world: Waiting) => unknown, number, string][] = [
    [
      "let a launch go on once both are to continue",
      openLaunch,
      ({ complete }) => {
        complete(secondLaunchHook, "CONTINUE");
        complete(launchHook, "CONTINUE");
      },
      700,
      "6400 Pending:Wait, 10000 Pending:Proceed, 10700 InService",
    ],
    [
      "hold a launch while one is to continue and the other unanswered",
      openLaunch,
      ({ complete }) => complete(secondLaunchHook, "CONTINUE"),
      296_399,
      "6400 Pending:Wait",
    ],
    [
      "end a launch by the time-out of one, though the other is to continue",
      openLaunch,
      ({ complete }) => complete(secondLaunchHook, "CONTINUE"),
      296_400,
      "6400 Pending:Wait, 306400 Terminating:Wait",
    ],
    [
      "have heartbeats of their own",
      openLaunch,
      ({ beat }) => beat(secondLaunchHook),
      296_400,
      "6400 Pending:Wait, 306400 Terminating:Wait",
    ],
    [
      "time out each by itself",
      openLaunch,
      ({ complete }) => complete(launchHook, "CONTINUE"),
      596_400,
      "6400 Pending:Wait, 606400 Terminating:Wait",
    ],
    [
      "end a launch as soon as one is abandoned",
      openLaunch,
      ({ complete }) => complete(secondLaunchHook, "ABANDON"),
      0,
      "6400 Pending:Wait, 10000 Terminating:Wait",
    ],
    [
      "hold a termination until the last has timed out",
      openTermination,
      ({ complete }) => complete(terminateHook, "CONTINUE"),
      299_700,
      "60700 Terminating:Wait, 360700 Terminating:Proceed",
    ],
    [
      "let a termination go on once one is abandoned, which stops the other",
      openTermination,
      ({ complete }) => complete(drainHook, "ABANDON"),
      0,
      "60700 Terminating:Wait, 61000 Terminating:Proceed",
    ],
  ];
  for (const [what, open, run, ms, expected] of both) {
    it(what, async () => {
      const world = await open();
      run(world);
      await world.stage.pass(ms);
      const { length } = expected.split(", ");
      assert.equal(world.lifecycle().slice(-length).join(", "), expected);
    });
  }

  it("are answered once each, the one that an abandoned one stopped not at all", async () => {
    const { stage, id, complete } = await openTermination();
    complete(terminateHook, "CONTINUE");
    assertInvalid(stage, () => complete(terminateHook, "CONTINUE"), noAction(id));
    complete(drainHook, "ABANDON");
    assertInvalid(stage, () => complete(drainHook, "CONTINUE"), noAction(id));
    const { stage: other, id: otherId, complete: completeOther } = await openTermination();
    completeOther(drainHook, "ABANDON");
    assertInvalid(other, () => completeOther(terminateHook, "CONTINUE"), noAction(otherId));
  });

  it("are answered by their tokens, each by its own", async () => {
    const { stage } = await openLaunch();
    const [first = "", second = ""] = tokensOf(stage);
    const complete = (hook: string, token: string) => () => {
      stage.autoScaling.completeLifecycleAction("web", hook, { token }, "CONTINUE");
    };
    const message = `No active Lifecycle Action found with token ${second}`;
    assertInvalid(stage, complete("on-launch", second), message);
    complete("on-launch-2", second)();
    complete("on-launch", first)();
    assert.deepEqual(statesOf(stage), ["Pending:Proceed"]);
  });
});
