import assert from "node:assert/strict";
import { Clock } from "../../../simulator/runtime/clock";
import { Faults } from "../../../simulator/faults";
import { striking } from "../striking";
import { addGroup, addInterfaces, type CallStage, filteredBy, poolTag, withCalls } from "./calls";

/** The reads, each by the action that an emptied one has, and as the function asks. */
const READS = {
  DescribeInstances: "describeInstances",
  DescribeNetworkInterfaces: "describeNetworkInterfaces",
  DescribeAutoScalingGroups: "describeAutoScalingGroups",
} as const;

type Action = keyof typeof READS;

const ACTIONS = Object.keys(READS) as Action[];

/** Reads of one kind show nothing, whenever they may. */
const emptying = (action: Action) => (clock: Clock) => {
  const faults = striking("emptyReads")(clock);
  faults.emptiedRead = action;
  return faults;
};

const byKey = ({ region }: CallStage) => [{ Name: "tag-key", Values: [region.tagKey] }];

async function countShown(stage: CallStage, action: Action, filters = byKey(stage)) {
  const { answer } = await stage.call(READS[action], filteredBy(READS[action], filters));
  assert.ok(Array.isArray(answer), `${action} gave no list`);
  return answer.length;
}

async function openWorld(stage: CallStage): Promise<string> {
  addGroup(stage, "web", { tags: poolTag(stage) });
  return (await stage.run(poolTag(stage))).id;
}

for (const clients of ["bundle", "inProcess"] as const) {
  describe(`reads that show nothing, by the clients of the ${clients}`, () => {
    for (const emptied of ACTIONS) {
      it(`are well-formed and without an error: ${emptied} alone`, () =>
        withCalls(
          async (stage) => {
            await openWorld(stage);
            for (const action of ACTIONS) {
              const count = await countShown(stage, action);
              assert.equal(count === 0, action === emptied, `${action}: ${count}`);
            }
            const said = stage.region.journal.entries.filter(({ source }) => source === "aws");
            assert.equal(said.at(-1)?.text ?? "", `${emptied} shows nothing`);
          },
          { clients, faults: emptying(emptied) },
        ));
    }
  });
}

describe("reads that show nothing", () => {
  it("are so by id, too", () =>
    withCalls(
      async (stage) => {
        const id = await openWorld(stage);
        const byId = [{ Name: "instance-id", Values: [id] }];
        assert.equal(await countShown(stage, "DescribeInstances", byId), 0);
      },
      { clients: "inProcess", faults: emptying("DescribeInstances") },
    ));

  it("are so from their first page on: one that has begun goes on to its end", () =>
    withCalls(
      async (stage) => {
        addInterfaces(stage, 1_001);
        const { region } = stage;
        const start = [{ Name: "tag-key", Values: ["page"] }];
        let reads = 0;
        region.wire.onCall((action) => {
          reads += 1;
          // The first page is told before the fault begins.
          const [period] = region.faults.periods;
          if (action === "DescribeNetworkInterfaces" && reads === 2 && period) period.fromMs = 0;
          return () => undefined;
        });
        const [period] = region.faults.periods;
        if (period) period.fromMs = Infinity;
        assert.equal(await countShown(stage, "DescribeNetworkInterfaces", start), 1_001);
        assert.equal(await countShown(stage, "DescribeNetworkInterfaces", start), 0);
      },
      { clients: "inProcess", faults: emptying("DescribeNetworkInterfaces") },
    ));

  it("last 2 to 60 s, and then show what there is for 30 s at least", () => {
    const lengths: number[] = [];
    const clock = new Clock(0);
    const faults = emptying("DescribeInstances")(clock);
    let fromMs: number | undefined;
    let shownMs = Infinity;
    for (; lengths.length < 400; clock.nowMs += 500) {
      const isEmpty = faults.empties("DescribeInstances");
      if (isEmpty && fromMs === undefined) {
        assert.ok(shownMs >= 30_000, `${shownMs}`);
        fromMs = clock.nowMs;
        assert.equal(faults.emptyFor.fromMs, fromMs);
      } else if (!isEmpty && fromMs !== undefined) {
        lengths.push(clock.nowMs - fromMs);
        fromMs = undefined;
        shownMs = 0;
      }
      if (!isEmpty) shownMs += 500;
    }
    const [least, most] = [Math.min(...lengths), Math.max(...lengths)];
    assert.ok(least >= 2_000 && least < 4_000, `${least}`);
    assert.ok(most <= 60_500 && most > 58_000, `${most}`);
  });

  it("have been so all the time where nobody read in between", () => {
    const clock = new Clock(0);
    const faults = emptying("DescribeInstances")(clock);
    faults.empties("DescribeInstances");
    clock.nowMs = 300_000;
    assert.equal(faults.empties("DescribeInstances"), true);
    assert.equal(faults.emptyFor.fromMs, 0);
    clock.nowMs = faults.emptyFor.toMs;
    assert.equal(faults.empties("DescribeInstances"), false);
    clock.nowMs = 600_000;
    assert.equal(faults.empties("DescribeInstances"), true);
    assert.equal(faults.emptyFor.fromMs, 600_000);
  });

  it("are of one kind a run, each kind in some run, and are described with it", () => {
    const kinds = Array.from({ length: 60 }, (_, seed) => {
      const faults = Faults.draw(seed, new Clock(0), 600_000, ["emptyReads"]);
      const [line = ""] = faults.describe();
      assert.ok(line.endsWith(`s: ${faults.emptiedRead}`), line);
      return faults.emptiedRead;
    });
    assert.deepEqual([...new Set(kinds)].sort(), [...ACTIONS].sort());
  });

  it("end when all is healed", () => {
    const clock = new Clock(0);
    const faults = emptying("DescribeInstances")(clock);
    assert.equal(faults.empties("DescribeInstances"), true);
    faults.heal();
    assert.equal(faults.empties("DescribeInstances"), false);
  });
});
