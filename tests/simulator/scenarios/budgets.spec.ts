import assert from "node:assert/strict";
import type { Region } from "../../../simulator/aws/region";
import { callsFrom, countCalls, withStage } from "../stage";

const one = [{ name: "one", size: 1, group: {} }];
const ten = [{ name: "ten", size: 10, group: {} }];
const mutating = [
  "AttachNetworkInterface",
  "DetachNetworkInterface",
  "CompleteLifecycleAction",
  "RecordLifecycleActionHeartbeat",
];

const isInService = (region: Region, count: number) => () => {
  const members = [...region.autoScaling.groups.values()].flatMap(({ members: all }) => [
    ...all.values(),
  ]);
  return members.filter(({ lifecycleState }) => lifecycleState === "InService").length === count;
};

/** Ten launches at the same moment, whose events are all in the queue before the function gets any. */
const atOnce = { start: [5_000, 5_000], groupStep: [500, 500], poll: [1_000, 1_000] } as const;

const LOOK = 3;

function assertAtMost(limit: number, region: Region): void {
  const calls = callsFrom(region, 0);
  assert.ok(calls.length <= limit, `${calls.length} calls: ${JSON.stringify(countCalls(calls))}`);
}

describe("the manager's budget of calls", () => {
  it("is three reads and no change for a healthy look by the schedule", () =>
    withStage({ pools: one }, async ({ region }) => {
      assert.ok(await region.run(300, isInService(region, 1)));
      await region.run(10);
      const start = region.journal.entries.length;
      await region.run(60);
      assert.deepEqual(countCalls(callsFrom(region, start)), {
        DescribeNetworkInterfaces: 1,
        DescribeInstances: 1,
        DescribeAutoScalingGroups: 1,
      });
    }));

  it("is nothing for a duplicate of an event, and three reads for a like one", () =>
    withStage({ pools: one }, async ({ region }) => {
      assert.ok(await region.run(300, isInService(region, 1)));
      await region.run(61 - (region.seconds % 60));
      const [instance] = region.ec2.instances.values();
      const [queue] = [...region.queues.values()].filter(({ options }) => options.deadLetters);
      const start = region.journal.entries.length;
      const body = JSON.stringify({
        "detail-type": "EC2 Instance State-change Notification",
        detail: { "instance-id": instance?.id, state: "running" },
      });
      queue?.send(body, "network-interface-manager");
      queue?.send(body, "network-interface-manager");
      await region.run(20);
      assert.equal(callsFrom(region, start).length, 3);
    }));

  for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
    it(`is at most 8 for the event of one launch with its hook (seed ${seed})`, () =>
      withStage({ pools: one, seed }, async ({ region }) => {
        region.eventBridge.loses = ({ source }) => source === "aws.ec2";
        region.autoScaling.waitsWhilePending = false;
        assert.ok(await region.run(59, isInService(region, 1)));
        assertAtMost(8, region);
      }));

    it(`is at most 9 for one launch whose two events come apart (seed ${seed})`, () =>
      withStage({ pools: one, seed }, async ({ region }) => {
        assert.ok(await region.run(59, isInService(region, 1)));
        assertAtMost(9, region);
      }));

    it(`is at most 3 + 10 + 10 and two looks for the events of ten launches (seed ${seed})`, () =>
      withStage({ pools: ten, seed, timings: atOnce }, async ({ region }) => {
        region.eventBridge.loses = ({ source }) => source === "aws.ec2";
        region.autoScaling.waitsWhilePending = false;
        assert.ok(await region.run(59, isInService(region, 10)));
        assertAtMost(LOOK + 10 + 10 + 2 * LOOK, region);
      }));

    it(`is a look more for ten launches whose twenty events come apart (seed ${seed})`, () =>
      withStage(
        { pools: ten, seed, timings: { ...atOnce, poll: [10, 80] } },
        async ({ region }) => {
          assert.ok(await region.run(59, isInService(region, 10)));
          assertAtMost(LOOK + 10 + 10 + 3 * LOOK, region);
        },
      ));
  }

  it("has no change left once all is well", () =>
    withStage({ pools: ten }, async ({ region }) => {
      assert.ok(await region.run(300, isInService(region, 10)));
      await region.run(10);
      const start = region.journal.entries.length;
      await region.run(300);
      const changes = callsFrom(region, start).filter((action) => mutating.includes(action));
      assert.deepEqual(changes, []);
    }));
});
