import assert from "node:assert/strict";
import type { AwsCalls } from "../../../handler/clients";
import { createInProcessClients } from "../../../simulator/aws/inProcessClients";
import type { Answer } from "../../../simulator/aws/answer";
import { createServices, passQuickly } from "./services";
import { deploy } from "../stage";

const byKey = (...Values: string[]) => [{ Name: "tag-key", Values }];

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
      createLog: () => { warn: typeof console.log };
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
    clients.createLog().warn("words", { fact: 1 });
    assert.deepEqual(state.lines, ['{"message":"words","fact":1}']);
  });
});
