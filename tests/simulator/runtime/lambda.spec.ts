import assert from "node:assert/strict";
import { type FunctionOptions, LambdaFunction } from "../../../simulator/runtime/lambda";
import { addInterfaces, withCalls } from "../aws/calls";
import { createServices, pass, START_MS } from "../aws/services";

/** A function whose archive is one file; its module counts its runs, so a new process begins at 1. */
function createFunction(code: string, options: Partial<FunctionOptions> = {}) {
  const services = createServices();
  const archive = new Map([["main.js", code]]);
  const limits = { timeoutSeconds: 3, memoryMb: 512 };
  const what = { name: "manager", handler: "main.handler", archive, environment: {}, ...limits };
  const lambda = new LambdaFunction({ ...what, ...options }, services);
  const outcomes: string[] = [];
  return {
    services,
    lambda,
    outcomes,
    /** Invokes it, and lets time go by. */
    invoke: (ms: number, event: unknown = {}) => {
      lambda.invoke(event, (worked) => {
        outcomes.push(`${services.clock.nowMs - START_MS} ${worked ? "worked" : "failed"}`);
      });
      return pass(services, ms);
    },
    /** What it said and what became of it, with the moment of each. */
    lines: () => services.journal.entries.map(({ atMs, text }) => `${atMs} ${text}`),
    facts: () => services.journal.entries[0]?.facts,
  };
}

const sleeps = (ms: number) => `await new Promise((resolve) => setTimeout(resolve, ${ms}));`;

const COUNTING = `
let runs = 0;
exports.handler = async (event) => {
  runs += 1;
  console.log("run " + runs);
  if (event.hang) await new Promise(() => {});
  if (event.fail) throw new RangeError("broken");
};`;

describe("LambdaFunction.invoke", () => {
  it("starts cold the first time and warm from then on, in one process", async () => {
    const { outcomes, invoke, lines } = createFunction(COUNTING);
    await invoke(1_000);
    await invoke(1_000);
    assert.deepEqual(lines(), ["500 run 1", "1000 run 2"]);
    assert.deepEqual(outcomes, ["500 worked", "1000 worked"]);
  });

  it("keeps when each run began and ended, without its cold start", async () => {
    const { lambda, invoke } = createFunction(`exports.handler = async () => { ${sleeps(200)} };`);
    await invoke(1_000, "first");
    await invoke(1_000, "second");
    assert.deepEqual(lambda.invocations, [
      { event: "first", beginMs: START_MS + 500, endMs: START_MS + 700 },
      { event: "second", beginMs: START_MS + 1_000, endMs: START_MS + 1_200 },
    ]);
  });

  it("hands the event and the context to the handler", async () => {
    const { invoke, facts } = createFunction(
      `exports.handler = async (event, { functionName, awsRequestId }) => {
        console.log(JSON.stringify({ message: "seen", event, functionName, awsRequestId }));
      };`,
    );
    await invoke(1_000, { a: [1] });
    const awsRequestId = String(facts()?.awsRequestId);
    assert.match(awsRequestId, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    const expected = { message: "seen", event: { a: [1] }, functionName: "manager", awsRequestId };
    assert.deepEqual(facts(), expected);
  });

  it("counts the remaining time down from the time-out", async () => {
    const { invoke, lines } = createFunction(
      `exports.handler = async (event, context) => {
        console.log("left: " + context.getRemainingTimeInMillis());
        ${sleeps(1_200)}
        console.log("left: " + context.getRemainingTimeInMillis());
      };`,
    );
    await invoke(5_000);
    assert.deepEqual(lines(), ["500 left: 3000", "1700 left: 1800"]);
  });

  it("gives the process Lambda's variables and the function's own", async () => {
    const { invoke, facts } = createFunction(
      `exports.handler = async () => {
        console.log(JSON.stringify({ message: "environment", ...process.env }));
      };`,
      { environment: { POOL: "licence" } },
    );
    await invoke(1_000);
    assert.deepEqual(facts(), {
      message: "environment",
      AWS_LAMBDA_FUNCTION_NAME: "manager",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "512",
      AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
      AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
      POOL: "licence",
    });
  });

  it("writes what the function prints to the journal, JSON or not", async () => {
    const { services, invoke } = createFunction(
      `exports.handler = async () => {
        console.log('{"message":"settled","level":"INFO"}');
        console.log("plain");
      };`,
    );
    await invoke(1_000);
    const facts = { message: "settled", level: "INFO" };
    assert.deepEqual(services.journal.entries, [
      { atMs: 500, source: "manager", text: "settled", facts },
      { atMs: 500, source: "manager", text: "plain", facts: { message: "plain" } },
    ]);
  });
});

describe("LambdaFunction, while an invocation is under way", () => {
  const SLOW = `
let runs = 0;
exports.handler = async (name) => {
  const run = (runs += 1);
  ${sleeps(1_000)}
  console.log(name + ": run " + run);
  if (name === "second") throw new Error("broken");
};`;

  it("runs the next in a process of its own, which both stay warm", async () => {
    const { lambda, outcomes, invoke, lines } = createFunction(SLOW);
    await invoke(100, "first");
    await invoke(10_000, "second");
    await invoke(100, "third");
    await invoke(10_000, "fourth");
    assert.deepEqual(lines(), [
      "1500 first: run 1",
      "1600 second: run 1",
      "1600 invocation failed: Error: broken",
      "11100 third: run 2",
      "11200 fourth: run 2",
    ]);
    assert.deepEqual(outcomes, ["1500 worked", "1600 failed", "11100 worked", "11200 worked"]);
    assert.deepEqual(lambda.errors, ["Error: broken"]);
    const events = lambda.invocations.map(({ event }) => event);
    assert.deepEqual(events, ["first", "second", "third", "fourth"]);
  });

  it("may end or stand still in the process that is at work", async () => {
    const { services, lambda, invoke, lines } = createFunction(SLOW);
    await invoke(1_000, "first");
    await invoke(800, "other");
    lambda.freeze(2_000);
    await pass(services, 5_000);
    await invoke(100, "third");
    await invoke(950, "fourth");
    lambda.kill();
    await pass(services, 5_000);
    assert.deepEqual(lines(), [
      "1500 first: run 1",
      "3800 other: run 1",
      "7800 third: run 2",
      "7850 invocation failed: Runtime exited",
    ]);
  });

  it("takes the process again that failed or was ended", async () => {
    const { lambda, invoke, lines } = createFunction(SLOW);
    await invoke(5_000, "second");
    await invoke(500, "first");
    lambda.kill();
    await invoke(5_000, "third");
    assert.deepEqual(lines(), [
      "1500 second: run 1",
      "1500 invocation failed: Error: broken",
      "5500 invocation failed: Runtime exited",
      "7000 third: run 1",
    ]);
  });
});

describe("LambdaFunction, when an invocation throws", () => {
  it("says so, and keeps the process warm", async () => {
    const { lambda, outcomes, invoke, lines } = createFunction(COUNTING);
    await invoke(1_000, { fail: true });
    await invoke(1_000);
    assert.deepEqual(lines(), [
      "500 run 1",
      "500 invocation failed: RangeError: broken",
      "1000 run 2",
    ]);
    assert.deepEqual(outcomes, ["500 failed", "1000 worked"]);
    assert.deepEqual(lambda.errors, ["RangeError: broken"]);
  });
});

describe("LambdaFunction, when an invocation takes too long", () => {
  it("ends the process at the time-out, and starts cold the next time", async () => {
    const { lambda, outcomes, invoke, lines } = createFunction(COUNTING);
    await invoke(10_000, { hang: true });
    await invoke(1_000);
    assert.deepEqual(lines(), [
      "500 run 1",
      "3500 invocation failed: Task timed out after 3.00 seconds",
      "10500 run 1",
    ]);
    assert.deepEqual(outcomes, ["3500 failed", "10500 worked"]);
    assert.deepEqual(lambda.errors, ["Task timed out after 3.00 seconds"]);
  });

  it("hears no more of what the process was about to do", async () => {
    const { outcomes, invoke, lines } = createFunction(
      `exports.handler = async () => {
        ${sleeps(5_000)}
        console.log("too late");
      };`,
    );
    await invoke(20_000);
    assert.deepEqual(lines(), ["3500 invocation failed: Task timed out after 3.00 seconds"]);
    assert.deepEqual(outcomes, ["3500 failed"]);
  });

  it("takes what is done at the last moment", async () => {
    const { outcomes, invoke } = createFunction(
      `exports.handler = async () => { ${sleeps(2_999)} };`,
    );
    await invoke(20_000);
    assert.deepEqual(outcomes, ["3499 worked"]);
  });

  it("makes no further call once the process has ended, and says nothing of an answer", () =>
    withCalls(
      async ({ region }) => {
        // Two pages: whoever has the first one wants the second.
        addInterfaces({ region }, 1_001);
        const outcomes: boolean[] = [];
        const input = [{ Name: "tag-key", Values: ["page"] }];
        region.lambda?.invoke({ call: "describeNetworkInterfaces", input }, (worked) =>
          outcomes.push(worked),
        );
        await region.run(60);
        assert.deepEqual(outcomes, [false]);
        const journal = region.journal.entries.map(({ atMs, text }) => `${atMs} ${text}`);
        assert.deepEqual(journal, [
          "3500 invocation failed: Task timed out after 3.00 seconds",
          "5500 DescribeNetworkInterfaces tag-key=page",
        ]);
      },
      { timings: { readCall: [5_000, 5_000] }, timeoutSeconds: 3 },
    ));
});

describe("LambdaFunction.freeze", () => {
  const STEADY = `
let runs = 0;
exports.handler = async (event, context) => {
  const run = (runs += 1);
  for (let step = 1; step <= 4; step += 1) {
    ${sleeps(1_000)}
    console.log("run " + run + " step " + step + " left " + context.getRemainingTimeInMillis());
  }
};`;

  it("keeps timers from the process, and lets them through when it goes on", async () => {
    const { services, lambda, outcomes, invoke, lines } = createFunction(STEADY, {
      timeoutSeconds: 10,
    });
    await invoke(2_000);
    lambda.freeze(4_000);
    await pass(services, 20_000);
    assert.deepEqual(lines(), [
      "1500 run 1 step 1 left 9000",
      "6000 run 1 step 2 left 4500",
      "7000 run 1 step 3 left 3500",
      "8000 run 1 step 4 left 2500",
    ]);
    assert.deepEqual(outcomes, ["8000 worked"]);
  });

  it("lets the time-out pass, the next process work, and the old one go on for five seconds", async () => {
    const { services, lambda, outcomes, invoke, lines } = createFunction(STEADY);
    await invoke(1_600);
    lambda.freeze(4_400);
    await pass(services, 2_000);
    await invoke(20_000);
    assert.deepEqual(lines(), [
      "1500 run 1 step 1 left 2000",
      "3500 invocation failed: Task timed out after 3.00 seconds",
      "5100 run 1 step 1 left 2000",
      "6000 run 1 step 2 left -2500",
      "6100 run 1 step 2 left 1000",
      "7000 run 1 step 3 left -3500",
      "7100 invocation failed: Task timed out after 3.00 seconds",
      "8000 run 1 step 4 left -4500",
    ]);
    assert.deepEqual(outcomes, ["3500 failed", "7100 failed"]);
  });
});

describe("LambdaFunction, when its process can't start", () => {
  it("says what the module threw, and tries anew the next time", async () => {
    const { outcomes, invoke, lines } = createFunction(`throw new Error("POOL_TAG_KEY is empty");`);
    await invoke(1_000);
    await invoke(1_000);
    const failed = "invocation failed: init failed: Error: POOL_TAG_KEY is empty";
    assert.deepEqual(lines(), [`500 ${failed}`, `1500 ${failed}`]);
    assert.deepEqual(outcomes, ["500 failed", "1500 failed"]);
  });

  for (const [what, handler, error] of [
    ["handler", "main.handler", "main.handler is undefined"],
    ["file", "index.handler", "Cannot find module './index' in the archive"],
  ] as const) {
    it(`says which ${what} it does not find`, async () => {
      const { lambda, invoke } = createFunction("exports.other = async () => {};", { handler });
      await invoke(1_000);
      assert.deepEqual(lambda.errors, [`init failed: Error: ${error}`]);
    });
  }

  it("leaves nothing of the process behind", async () => {
    const { invoke, lines } = createFunction(
      `setTimeout(() => console.log("never"), 1_000); throw new Error("broken");`,
    );
    await invoke(5_000);
    assert.deepEqual(lines(), ["500 invocation failed: init failed: Error: broken"]);
  });
});
