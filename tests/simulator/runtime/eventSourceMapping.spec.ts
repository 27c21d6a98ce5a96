import assert from "node:assert/strict";
import { EventSourceMapping, LambdaFunction } from "../../../simulator/runtime/lambda";
import { RolePermissions } from "../../../simulator/aws/iam";
import { Queue } from "../../../simulator/aws/sqs";
import { createServices, pass, START_MS } from "../aws/services";

const QUEUE_ARN = "arn:aws:sqs:eu-west-1:123456789012:events.fifo";
const ACTIONS = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];

/** Says what it gets, sleeps for as long as it is told, and fails if it is told to. */
const HANDLER = `
exports.handler = async ({ Records }) => {
  console.log(JSON.stringify({ message: Records.map(({ body }) => body).join(), Records }));
  const { sleepMs = 0, fails = false } = JSON.parse(Records[0].body);
  await new Promise((resolve) => setTimeout(resolve, sleepMs));
  if (fails) throw new Error("broken");
};`;

/** A queue whose batches of up to 3 go to a function with a time-out of 10 seconds. */
function openMapping({ actions = ACTIONS, throttledMs = 0 } = {}) {
  const services = createServices();
  const { clock, journal, faults } = services;
  const period = { share: 1, fromMs: START_MS, toMs: START_MS + throttledMs };
  faults.periods.push({ fault: "noConcurrency", ...period });
  const options = { arn: QUEUE_ARN, url: "", visibilityTimeoutSeconds: 20 };
  const deadLetterQueue = new Queue({ ...options, arn: "arn:dead-letters" }, clock);
  const deadLetters = { queue: deadLetterQueue, maxReceiveCount: 3 };
  const queue = new Queue({ ...options, deadLetters }, clock);
  const archive = new Map([["main.js", HANDLER]]);
  const limits = { timeoutSeconds: 10, memoryMb: 512 };
  const what = { name: "manager", handler: "main.handler", archive, environment: {}, ...limits };
  const lambda = new LambdaFunction(what, services);
  const statement = { Effect: "Allow", Action: actions, Resource: QUEUE_ARN };
  const policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  const rights = new RolePermissions("123456789012", [policy]);
  new EventSourceMapping(queue, lambda, { batchSize: 3, rights, region: "eu-west-1" }, services);
  const receiveCounts = () =>
    journal.entries.flatMap(({ facts }) =>
      ((facts?.Records ?? []) as Message[]).map(
        ({ attributes }) => attributes.ApproximateReceiveCount,
      ),
    );
  return {
    queue,
    deadLetterQueue,
    journal,
    receiveCounts,
    lines: () => journal.entries.map(({ atMs, text }) => `${atMs} ${text}`),
    /** Sends messages of one group, and lets time go by. */
    sendAndPass: (bodies: string[], ms: number) => {
      for (const one of bodies) queue.send(one, "group");
      return pass(services, ms);
    },
  };
}

interface Message {
  attributes: Record<string, string>;
}

const bodiesOf = ({ messages }: Queue) => messages.map((message) => message.body);
const body = (name: string, more: object = {}) => JSON.stringify({ name, ...more });

const FAILING = body("a", { fails: true });
const FAILED = "invocation failed: Error: broken";

describe("EventSourceMapping", () => {
  it("hands a message to the function as a record of SQS, and deletes it when that worked", async () => {
    const { queue, journal, sendAndPass } = openMapping();
    await sendAndPass([], 1_000);
    await sendAndPass([body("a")], 1_000);
    const record = {
      messageId: "message-1",
      receiptHandle: "receipt-message-1",
      body: body("a"),
      attributes: {
        ApproximateReceiveCount: "1",
        SentTimestamp: String(START_MS + 1_000),
        MessageGroupId: "group",
        ApproximateFirstReceiveTimestamp: String(START_MS + 1_050),
      },
      messageAttributes: {},
      eventSource: "aws:sqs",
      eventSourceARN: QUEUE_ARN,
      awsRegion: "eu-west-1",
    };
    assert.deepEqual(journal.entries[0]?.facts, { message: body("a"), Records: [record] });
    assert.deepEqual(queue.messages, []);
  });

  it("hands over what has come in, up to its batch size, and then the rest", async () => {
    const { lines, sendAndPass } = openMapping();
    await sendAndPass(
      ["a", "b", "c", "d"].map((name) => body(name)),
      5_000,
    );
    assert.deepEqual(lines(), [`550 ${body("a")},${body("b")},${body("c")}`, `600 ${body("d")}`]);
  });

  it("waits with the next batch of a group until the function is done", async () => {
    const { lines, sendAndPass } = openMapping();
    const slow = body("a", { sleepMs: 4_000 });
    await sendAndPass([slow], 1_000);
    await sendAndPass([body("b")], 10_000);
    assert.deepEqual(lines(), [`550 ${slow}`, `4600 ${body("b")}`]);
  });

  it("brings a batch that failed back after its visibility time-out, in its order", async () => {
    const { lines, receiveCounts, sendAndPass } = openMapping();
    await sendAndPass([FAILING], 1_000);
    await sendAndPass([body("b")], 20_000);
    assert.deepEqual(lines(), [
      `550 ${FAILING}`,
      `550 ${FAILED}`,
      `20100 ${FAILING},${body("b")}`,
      `20100 ${FAILED}`,
    ]);
    assert.deepEqual(receiveCounts(), ["1", "2", "1"]);
  });

  it("hands over the batch of another group when one has failed", async () => {
    const { queue, lines, sendAndPass } = openMapping();
    queue.send(FAILING, "other");
    await sendAndPass([body("b")], 1_000);
    assert.deepEqual(lines(), [`550 ${FAILING}`, `550 ${FAILED}`, `600 ${body("b")}`]);
  });

  it("brings a batch back whose invocation timed out", async () => {
    const { lines, sendAndPass } = openMapping();
    const hanging = body("a", { sleepMs: 60_000 });
    await sendAndPass([hanging], 21_000);
    assert.deepEqual(lines(), [
      `550 ${hanging}`,
      "10550 invocation failed: Task timed out after 10.00 seconds",
      `20600 ${hanging}`,
    ]);
  });

  it("gives a message up after three failures", async () => {
    const { queue, deadLetterQueue, receiveCounts, sendAndPass } = openMapping();
    await sendAndPass([FAILING], 120_000);
    assert.deepEqual(receiveCounts(), ["1", "2", "3"]);
    assert.deepEqual(queue.messages, []);
    assert.deepEqual(bodiesOf(deadLetterQueue), [FAILING]);
  });

  for (const missing of ACTIONS) {
    it(`ends the run when the role may not ${missing}`, async () => {
      const actions = ACTIONS.filter((action) => action !== missing);
      const name = missing.replace("sqs:", "");
      await assert.rejects(openMapping({ actions }).sendAndPass([body("a")], 1_000), {
        message: `the function's role may not ${name} on ${QUEUE_ARN}`,
      });
    });
  }
});

describe("EventSourceMapping, while the function has no free concurrency", () => {
  const throttledAt = (...atMs: number[]) =>
    atMs.map((ms) => `${ms} invocation throttled: the function has no free concurrency`);

  it("tries again, later each time, with the batch that it has received", async () => {
    const { queue, lines, receiveCounts, sendAndPass } = openMapping({ throttledMs: 5_000 });
    await sendAndPass([body("a")], 2_000);
    await sendAndPass([body("b")], 8_000);
    const tries = throttledAt(50, 1_050, 3_050);
    assert.deepEqual(lines(), [...tries, `7550 ${body("a")}`, `7600 ${body("b")}`]);
    assert.deepEqual(receiveCounts(), ["1", "1"]);
    assert.deepEqual(queue.messages, []);
  });

  it("drops the batch when it is visible again, and so receives it once more", async () => {
    const { lines, receiveCounts, sendAndPass } = openMapping({ throttledMs: 20_000 });
    await sendAndPass([body("a")], 19_999);
    await sendAndPass([body("b")], 10_000);
    const tries = throttledAt(50, 1_050, 3_050, 7_050, 15_050);
    assert.deepEqual(lines(), [...tries, `20600 ${body("a")},${body("b")}`]);
    assert.deepEqual(receiveCounts(), ["2", "1"]);
  });

  it("gives a message up that it has received three times, though no function saw it", async () => {
    const { queue, deadLetterQueue, lines, sendAndPass } = openMapping({ throttledMs: 60_000 });
    await sendAndPass([body("a")], 120_000);
    assert.deepEqual(queue.messages, []);
    assert.deepEqual(bodiesOf(deadLetterQueue), [body("a")]);
    assert.equal(lines().length, 3 * 5);
  });
});
