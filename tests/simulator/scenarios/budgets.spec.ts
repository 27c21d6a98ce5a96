import assert from "node:assert/strict";
import type { Region } from "../../../simulator/aws/region";
import { callsFrom, countCalls, type StageOptions, withStage } from "../stage";

const ofSize = (size: number) => [{ name: "fleet", size, group: {} }];

const isInService = (region: Region, count: number) => () => {
  const members = [...region.autoScaling.groups.values()].flatMap((one) => [
    ...one.members.values(),
  ]);
  return members.filter(({ lifecycleState }) => lifecycleState === "InService").length === count;
};

/** What is called in so many seconds once a group of that size is in service. */
async function countOnceServed(size: number, seconds: number): Promise<Record<string, number>> {
  return withStage({ pools: ofSize(size) }, async ({ region }) => {
    assert.ok(await region.run(300, isInService(region, size)));
    await region.run(10);
    const start = region.journal.entries.length;
    await region.run(seconds);
    return countCalls(callsFrom(region, start));
  });
}

const reads = (count: number) => ({
  DescribeNetworkInterfaces: count,
  DescribeInstances: count,
  DescribeAutoScalingGroups: count,
});

/** Only Auto Scaling's events come: one for each launch. */
function loseStates({ eventBridge, autoScaling }: Region): void {
  eventBridge.loses = ({ source }) => source === "aws.ec2";
  autoScaling.waitsWhilePending = false;
}

/** Ten launches at the same moment, whose events are all in the queue before the function gets any. */
const atOnce = { start: [5_000, 5_000], groupStep: [500, 500], poll: [1_000, 1_000] } as const;

const FULL_READ = 3;

interface Launches {
  what: string;
  /** Beyond the full read that comes with the deployment. */
  limit: number;
  size: number;
  timings?: StageOptions["timings"];
  prepare?: (region: Region) => void;
}

const launches: Launches[] = [
  {
    what: "a read by id, a full one, two of the interface and two changes for a launch with its hook",
    limit: 1 + FULL_READ + 2 + 2,
    size: 1,
    prepare: loseStates,
  },
  {
    what: "a full read more for one launch whose two events come apart, and one of the interface less",
    limit: 1 + 2 * FULL_READ + 1 + 2,
    size: 1,
  },
  {
    what: "no read more for the events of ten launches that come at once",
    limit: 1 + FULL_READ + 2 + 10 + 10,
    size: 10,
    timings: atOnce,
    prepare: loseStates,
  },
  {
    what: "three full reads more, and two by id, for ten launches whose twenty events come apart",
    limit: 3 + 4 * FULL_READ + 2 + 10 + 10,
    size: 10,
    timings: { ...atOnce, poll: [10, 80] },
  },
];

describe("the manager's budget of calls", () => {
  it("is three reads and no change for a healthy sync by the schedule", async () => {
    assert.deepEqual(await countOnceServed(1, 60), reads(1));
  });

  it("has no change left once all is well", async () => {
    assert.deepEqual(await countOnceServed(10, 300), reads(5));
  });

  it("is nothing for a duplicate of an event, and three reads for a like one", () =>
    withStage({ pools: ofSize(1) }, async ({ region }) => {
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

  for (const { what, limit, size, timings, prepare } of launches) {
    for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
      it(`is ${what} (seed ${seed})`, () =>
        withStage({ pools: ofSize(size), seed, timings }, async ({ region }) => {
          prepare?.(region);
          assert.ok(await region.run(59, isInService(region, size)));
          const calls = callsFrom(region, 0);
          assert.deepEqual(countCalls(calls.slice(0, FULL_READ)), reads(1));
          assert.ok(calls.length - FULL_READ <= limit, JSON.stringify(countCalls(calls)));
        }));
    }
  }
});
