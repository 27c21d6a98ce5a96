import assert from "node:assert/strict";
import type { AwsCalls } from "../../../handler/clients";
import type { Fault } from "../../../simulator/faults";
import {
  addWaitingGroup,
  attachTo,
  type CallStage,
  interfaceOf,
  poolTag,
  withCalls,
} from "./calls";
import { subnet } from "./services";
import { striking } from "../striking";

const byKey = (...Values: string[]) => [{ Name: "tag-key", Values }];

/** What both kinds of clients make of the same story: the SDK of the archive first. */
async function both<Told>(
  story: (stage: CallStage) => Promise<Told>,
  ...faults: Fault[]
): Promise<[Told, Told]> {
  const told: Told[] = [];
  for (const clients of ["bundle", "inProcess"] as const) {
    const options = { clients, ...(faults.length > 0 && { faults: striking(...faults) }) };
    await withCalls(async (stage) => {
      told.push(await story(stage));
    }, options);
  }
  return told as [Told, Told];
}

/** The parts of an answer that another has, too: AWS says more than the SDK hands on, under more names. */
function likewise(answer: unknown, sample: unknown): unknown {
  if (Array.isArray(answer) && Array.isArray(sample)) {
    return answer.map((item, index) => likewise(item, sample[index]));
  }
  if (typeof answer !== "object" || typeof sample !== "object" || !answer || !sample) return answer;
  const fields = answer as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(sample).map(([key, inner]) => [key, likewise(fields[key], inner)]),
  );
}

async function sameAnswers(story: (stage: CallStage) => Promise<unknown>): Promise<unknown> {
  const [sdk, direct] = await both(story);
  assert.deepEqual(likewise(direct, sdk), sdk);
  return sdk;
}

describe("the direct clients, beside the SDK of the archive", () => {
  it("describe interfaces, attached and free", async () => {
    const told = await sameAnswers(async (stage) => {
      const { id } = await stage.run(poolTag(stage));
      await stage.call("attachNetworkInterface", attachTo(interfaceOf(stage).id, id));
      await stage.region.run(5);
      return (await stage.call("describeNetworkInterfaces", byKey(stage.region.tagKey))).answer;
    });
    const [first] = told as { Attachment?: object; TagSet: object[] }[];
    assert.equal((told as object[]).length, 5);
    assert.ok(first?.TagSet.length);
  });

  it("describe instances with their interfaces, tags and states", async () => {
    const told = await sameAnswers(async (stage) => {
      const { id } = await stage.run(poolTag(stage));
      await stage.run({});
      await stage.call("attachNetworkInterface", attachTo(interfaceOf(stage).id, id));
      stage.region.ec2.stopInstance(id);
      return (await stage.call("describeInstances", byKey(stage.region.tagKey))).answer;
    });
    const [only, ...others] = told as { LaunchTime: string; NetworkInterfaces: object[] }[];
    assert.deepEqual(others, []);
    assert.equal(only?.LaunchTime, "2026-01-01T00:00:00.000Z");
    assert.equal(only.NetworkInterfaces.length, 2);
  });

  it("describe instances by their ids", async () => {
    const told = await sameAnswers(async (stage) => {
      const [one, other] = [await stage.run({}), await stage.run({})];
      await stage.run({});
      const Values = [other.id, one.id];
      return (await stage.call("describeInstances", [{ Name: "instance-id", Values }])).answer;
    });
    assert.equal((told as object[]).length, 2);
  });

  it("describe groups with their members", async () => {
    const told = await sameAnswers(async (stage) => {
      await addWaitingGroup(stage, poolTag(stage));
      return (await stage.call("describeAutoScalingGroups", byKey(stage.region.tagKey))).answer;
    });
    const [group] = told as { Instances: { LifecycleState: string }[] }[];
    assert.equal(group?.Instances[0]?.LifecycleState, "Pending:Wait");
  });

  it("describe the warm pool of a group, and of one without", async () => {
    const told = await sameAnswers(async (stage) => {
      const { autoScaling } = stage.region;
      await addWaitingGroup(stage, poolTag(stage));
      const none = await stage.call("describeWarmPool", "web");
      const warmPool = { poolState: "Running", minSize: 1, reuseOnScaleIn: true } as const;
      autoScaling.putWarmPool("web", warmPool);
      await stage.region.run(10);
      const groups = await stage.call("describeAutoScalingGroups", byKey(stage.region.tagKey));
      const warm = await stage.call("describeWarmPool", "web");
      return [none.answer, warm.answer, groups.answer];
    });
    const [none, warm, groups] = told as { LifecycleState: string; Instances: object[] }[][];
    assert.deepEqual(none, []);
    assert.deepEqual(
      warm?.map(({ LifecycleState }) => LifecycleState),
      ["Warmed:Pending:Wait"],
    );
    assert.equal(groups?.[0]?.Instances.length, 1);
  });

  it("describe instance types", async () => {
    const told = await sameAnswers(async ({ call }) => {
      const filters = [{ Name: "instance-type", Values: ["c6in.32xlarge", "t4g.nano"] }];
      return (await call("describeInstanceTypes", filters)).answer;
    });
    assert.equal((told as object[]).length, 2);
  });

  it("describe what fills several pages, and what fills none", async () => {
    const told = await sameAnswers(async (stage) => {
      for (let number = 0; number < 2_001; number += 1) {
        const address = `10.9.${Math.floor(number / 250)}.${number % 250}`;
        const one = { id: `eni-${number}`, subnet, address, macAddress: `mac ${number}` };
        stage.region.ec2.createNetworkInterface({ ...one, tags: { page: "" } });
      }
      const { answer } = await stage.call("describeNetworkInterfaces", byKey("page"));
      const none = [
        await stage.call("describeNetworkInterfaces", byKey("none")),
        await stage.call("describeInstances", byKey("none")),
        await stage.call("describeAutoScalingGroups", byKey("none")),
      ];
      return [answer, ...none.map((outcome) => outcome.answer)];
    });
    assert.deepEqual(
      (told as object[][]).map(({ length }) => length),
      [2_001, 0, 0, 0],
    );
  });

  const refusals: [keyof AwsCalls, (stage: CallStage) => unknown][] = [
    ["attachNetworkInterface", (stage) => attachTo(interfaceOf(stage).id, "i-0")],
    ["detachNetworkInterface", () => ({ AttachmentId: "eni-attach-0", Force: true })],
    ["completeLifecycleAction", () => ({ ...names, LifecycleActionResult: "CONTINUE" })],
    ["recordLifecycleActionHeartbeat", () => names],
  ];
  const names = { AutoScalingGroupName: "web", LifecycleHookName: "hook", InstanceId: "i-0" };
  for (const [call, inputOf] of refusals) {
    it(`give AWS's error of ${call}, by name and message, after one try`, async () => {
      const [sdk, direct] = await both(async (stage) => {
        const { error } = await stage.call(call, inputOf(stage));
        return { name: error?.name, message: error?.message, journal: said(stage) };
      });
      assert.ok(sdk.name);
      assert.deepEqual(direct, sdk);
      assert.equal(direct.journal.length, 1);
    });
  }

  const outages: [Fault, number, number][] = [
    // Each pause may be twice as long as the one before.
    ["callFails", 4, 50],
    ["throttled", 4, 1_000],
  ];
  for (const [fault, pauses, baseMs] of outages) {
    it(`try five times under ${fault}, after pauses that grow from ${baseMs} ms at most`, async () => {
      const told = await both(async (stage) => {
        await stage.call("attachNetworkInterface", attachTo("eni-0", "i-0"));
        const times = stage.region.journal.entries
          .filter(({ source }) => source === "call")
          .map(({ atMs }) => atMs);
        return times.slice(1).map((atMs, index) => atMs - (times[index] ?? 0) - 200);
      }, fault);
      for (const paused of told) {
        assert.equal(paused.length, pauses);
        paused.forEach((ms, index) => {
          assert.ok(ms >= 0 && ms <= 2 ** index * baseMs, paused.join(", "));
        });
        assert.ok(Math.max(...paused) > baseMs, paused.join(", "));
      }
    });
  }

  it("try a detachment as often", async () => {
    const [sdk, direct] = await both(async (stage) => {
      await stage.call("detachNetworkInterface", { AttachmentId: "eni-attach-0" });
      return said(stage).length;
    }, "callFails");
    assert.equal(direct, sdk);
  });

  it("give up waiting for an answer after 5 s, each of five times", async () => {
    const told = await both(async (stage) => {
      const { error } = await stage.call("describeInstances", byKey("x"));
      return { name: error?.name, seconds: stage.region.seconds };
    }, "answerLost");
    for (const { name, seconds } of told) {
      assert.equal(name, "TimeoutError");
      // The cold start, five times 5 s, and pauses of up to 0.75 s in all.
      assert.ok(seconds >= 25.5 && seconds <= 26.5, `${seconds}`);
    }
  });
});

const said = ({ region }: CallStage): string[] =>
  region.journal.entries.flatMap(({ source, text }) => (source === "call" ? [text] : []));
