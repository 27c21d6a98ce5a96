import assert from "node:assert/strict";
import type { AwsCalls } from "../../../handler/clients";
import type { Fault } from "../../../simulator/faults";
import { createInProcessClients } from "../../../simulator/aws/inProcessClients";
import type { Answer } from "../../../simulator/aws/answer";
import {
  addInterfaces,
  addWaitingGroup,
  attachTo,
  type CallStage,
  interfaceOf,
  poolTag,
  withCalls,
} from "./calls";
import { createServices, passQuickly } from "./services";
import { deploy } from "../stage";
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

/** Attaches an interface of the pool to a new instance with its tag. */
async function attachToNew(stage: CallStage): Promise<string> {
  const { id } = await stage.run(poolTag(stage));
  await stage.call("attachNetworkInterface", attachTo(interfaceOf(stage).id, id));
  return id;
}

const describeTagged = async (stage: CallStage, call: keyof AwsCalls, key = stage.region.tagKey) =>
  (await stage.call(call, byKey(key))).answer;

const describeGroups = async (stage: CallStage, key = stage.region.tagKey) =>
  (await stage.call("describeAutoScalingGroups", { Filters: byKey(key) })).answer;

const lengthsOf = (lists: unknown) => (lists as object[][]).map(({ length }) => length);

/** Stories by what they have described, each with a sign that it was there. */
const described: Record<string, [story: (stage: CallStage) => Promise<unknown>, sign: RegExp]> = {
  "interfaces, attached and free": [
    async (stage) => {
      await attachToNew(stage);
      await stage.region.run(5);
      return describeTagged(stage, "describeNetworkInterfaces");
    },
    /"Status":"available".*"TagSet":\[.*"Status":"in-use"/,
  ],
  "instances with their interfaces, tags and states": [
    async (stage) => {
      const id = await attachToNew(stage);
      await stage.run({});
      stage.region.ec2.stopInstance(id);
      return describeTagged(stage, "describeInstances");
    },
    /^(?!.*"InstanceId".*"InstanceId").*"DeviceIndex":1.*"stopping".*"2026-01-01T00:00:00.000Z"/,
  ],
  "instances by their ids": [
    async (stage) => {
      const [one, other] = [await stage.run({}), await stage.run({})];
      await stage.run({});
      const Values = [other.id, one.id];
      return (await stage.call("describeInstances", [{ Name: "instance-id", Values }])).answer;
    },
    /"InstanceId".*"InstanceId"/,
  ],
  "a group with its members, and its warm pool, if it has one": [
    async (stage) => {
      await addWaitingGroup(stage, poolTag(stage));
      const none = await stage.call("describeWarmPool", "web");
      const warmPool = { poolState: "Running", minSize: 1, reuseOnScaleIn: true } as const;
      stage.region.autoScaling.putWarmPool("web", warmPool);
      await stage.region.run(10);
      const groups = await describeGroups(stage);
      return [none.answer, (await stage.call("describeWarmPool", "web")).answer, groups];
    },
    /^\[\[\],\[.*"Warmed:Pending:Wait".*\],\[.*"Pending:Wait"/,
  ],
  "instance types": [
    async ({ call }) => {
      const filters = [{ Name: "instance-type", Values: ["c6in.32xlarge", "t4g.nano"] }];
      return (await call("describeInstanceTypes", filters)).answer;
    },
    /"MaximumNetworkCards":1.*"MaximumNetworkCards":2|"MaximumNetworkCards":2.*"MaximumNetworkCards":1/,
  ],
};

describe("the in-process clients, beside the SDK of the archive", () => {
  for (const [what, [story, sign]] of Object.entries(described)) {
    it(`describe ${what}`, async () => {
      const [sdk, inProcess] = await both(story);
      assert.deepEqual(likewise(inProcess, sdk), sdk);
      assert.match(JSON.stringify(sdk), sign);
    });
  }

  it("describe what fills several pages, and what fills none", async () => {
    const [sdk, inProcess] = await both(async (stage) => {
      addInterfaces(stage, 2_001);
      return [
        await describeTagged(stage, "describeNetworkInterfaces", "page"),
        await describeTagged(stage, "describeNetworkInterfaces", "none"),
        await describeTagged(stage, "describeInstances", "none"),
        await describeGroups(stage, "none"),
      ];
    });
    assert.deepEqual(lengthsOf(sdk), [2_001, 0, 0, 0]);
    assert.deepEqual(likewise(inProcess, sdk), sdk);
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
      const [sdk, inProcess] = await both(async (stage) => {
        const { error } = await stage.call(call, inputOf(stage));
        return { name: error?.name, message: error?.message, journal: said(stage) };
      });
      assert.ok(sdk.name);
      assert.deepEqual(inProcess, sdk);
      assert.equal(inProcess.journal.length, 1);
    });
  }

  // Each pause may be twice as long as the one before.
  for (const [fault, baseMs] of [
    ["callFails", 50],
    ["throttled", 1_000],
  ] as const) {
    it(`try five times under ${fault}, after pauses that grow from ${baseMs} ms at most`, async () => {
      const told = await both(async (stage) => {
        await stage.call("attachNetworkInterface", attachTo("eni-0", "i-0"));
        const times = stage.region.journal.entries
          .filter(({ source }) => source === "call")
          .map(({ atMs }) => atMs);
        return times.slice(1).map((atMs, index) => atMs - (times[index] ?? 0) - 200);
      }, fault);
      for (const paused of told) {
        assert.equal(paused.length, 4);
        paused.forEach((ms, index) => {
          assert.ok(ms >= 0 && ms <= 2 ** index * baseMs, paused.join(", "));
        });
        assert.ok(Math.max(...paused) > baseMs, paused.join(", "));
      }
    });
  }

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

describe("createInProcessClients", () => {
  /** Clients whose requests a test answers itself. */
  async function open() {
    const bundle = (await deploy()).archive.get("dist/clients.js") ?? assert.fail();
    const services = createServices();
    const state = { isAlive: true, lines: [] as string[] };
    const requests: { atMs: number; body: string; reply: (answer: Answer) => void }[] = [];
    const startMs = services.clock.nowMs;
    const wire = {
      receive: (body: string, _isForeign: boolean, reply: (answer: Answer) => void) =>
        requests.push({ atMs: services.clock.nowMs - startMs, body, reply }),
    };
    const clients = createInProcessClients(bundle, {
      ...services,
      wire: wire as never,
      process: {
        isAlive: () => state.isAlive,
        resume: (run) => {
          if (state.isAlive) run();
        },
      },
      print: (line) => state.lines.push(line),
    }) as {
      createAwsCalls: (tagKey: string) => AwsCalls;
      createLog: () => { forRequest: (id: string) => { warn: typeof console.log } };
    };
    const outcome: unknown[] = [];
    const settle = () => new Promise((resolve) => setImmediate(resolve));
    const start = async () => {
      clients
        .createAwsCalls("pool-tag")
        .describeInstances(byKey("x"))
        .then(
          (answer) => outcome.push(answer),
          (error: unknown) => outcome.push(String(error)),
        );
      await settle();
    };
    const pass = async (ms: number) => {
      await passQuickly(services, ms);
      await settle();
    };
    return { services, state, requests, outcome, start, pass, clients };
  }

  const done: Answer = { version: "", name: "", status: 200, content: {}, readingMs: 0 };

  it("asks again 5 s after it was not answered, and takes no answer to the first try", async () => {
    const { requests, outcome, start, pass } = await open();
    await start();
    await pass(4_999);
    assert.equal(requests.length, 1);
    await pass(101);
    await pass(101);
    assert.equal(requests.length, 2);
    assert.ok((requests[1]?.atMs ?? 0) >= 5_000 && (requests[1]?.atMs ?? 0) <= 5_100);
    requests[0]?.reply({ ...done, status: 400, refusal: { code: "Late", message: "late" } });
    await pass(0);
    assert.deepEqual(outcome, []);
    requests[1]?.reply({ ...done, content: { reservationSet: { item: [] } } });
    await pass(60_000);
    assert.deepEqual(outcome, [[]]);
    assert.equal(requests.length, 2);
  });

  it("gives a launch time as a date", async () => {
    const { requests, outcome, start, pass } = await open();
    await start();
    const item = [{ instancesSet: { item: { launchTime: "2026-01-01T00:00:00.000Z" } } }];
    requests[0]?.reply({ ...done, content: { reservationSet: { item } } });
    await pass(0);
    const LaunchTime = new Date("2026-01-01T00:00:00.000Z");
    assert.deepEqual(outcome, [[{ LaunchTime }]]);
  });

  it("tells a dead process nothing: no answer, no time-out, no further try", async () => {
    for (const answerOf of [done, undefined, { ...done, status: 500 }]) {
      const { state, requests, outcome, start, pass } = await open();
      await start();
      state.isAlive = false;
      if (answerOf !== undefined) requests[0]?.reply(answerOf);
      await pass(60_000);
      assert.deepEqual([outcome, requests.length], [[], 1]);
    }
  });

  it("doesn't go on after a pause in which the process died, and asks nothing for a dead one", async () => {
    const { state, requests, outcome, start, pass } = await open();
    await start();
    requests[0]?.reply({ ...done, status: 500, refusal: { code: "Oops", message: "oops" } });
    await pass(0);
    state.isAlive = false;
    await pass(60_000);
    await start();
    await pass(60_000);
    assert.deepEqual([outcome, requests.length], [[], 1]);
  });

  it("says nothing of its last time-out to a process that died meanwhile", async () => {
    const { services, state, requests, outcome, start, pass } = await open();
    services.random.float = () => 0;
    await start();
    for (let attempt = 1; attempt < 5; attempt += 1) {
      await pass(5_000);
      await pass(0);
    }
    assert.equal(requests.length, 5);
    state.isAlive = false;
    await pass(60_000);
    assert.deepEqual(outcome, []);
  });

  const pauses: [string, number, number[]][] = [
    ["InternalError", 500, [49, 99, 199, 399]],
    ["RequestLimitExceeded", 503, [999, 1_999, 3_999, 7_999]],
    ["Throttling", 400, [999, 1_999, 3_999, 7_999]],
  ];
  for (const [code, status, expected] of pauses) {
    it(`pauses twice as long after every ${code}, at most`, async () => {
      const { services, requests, outcome, start, pass } = await open();
      services.random.float = () => 0.999_99;
      await start();
      for (let attempt = 0; attempt < 5; attempt += 1) {
        requests[attempt]?.reply({ ...done, status, refusal: { code, message: "no" } });
        await pass(0);
        await pass(expected[attempt] ?? 0);
      }
      const times = requests.map(({ atMs }) => atMs);
      assert.deepEqual(
        times.slice(1).map((atMs, index) => atMs - (times[index] ?? 0)),
        expected,
      );
      assert.deepEqual(outcome, [`${code}: no`]);
    });
  }

  it("prints what is logged, as one line of JSON", async () => {
    const { state, clients } = await open();
    clients.createLog().forRequest("1").warn("words", { fact: 1 });
    assert.deepEqual(state.lines, ['{"message":"words","function_request_id":"1","fact":1}']);
  });
});
