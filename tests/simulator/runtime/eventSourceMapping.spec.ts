import assert from "node:assert/strict";
import { EventSourceMapping, LambdaFunction } from "../../../simulator/runtime/lambda";
import { RolePermissions } from "../../../simulator/aws/iam";
import { Queue } from "../../../simulator/aws/sqs";
import { createServices, pass, type Services, START_MS } from "../aws/services";

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
function openMapping({
  actions = ACTIONS,
  throttledMs = 0,
}: { actions?: string[]; throttledMs?: number } = {}) {
  const services = createServices();
  const period = { share: 1, fromMs: START_MS, toMs: START_MS + throttledMs };
  services.faults.periods.push({ fault: "noConcurrency", ...period });
  const deadLetters = new Queue(
    { arn: "arn:dead-letters", url: "", visibilityTimeoutSeconds: 30 },
    services.clock,
  );
  const queue = new Queue(
    {
      arn: QUEUE_ARN,
      url: "",
      visibilityTimeoutSeconds: 20,
      deadLetters: { queue: deadLetters, maxReceiveCount: 3 },
    },
    services.clock,
  );
  const lambda = new LambdaFunction(
    {
      name: "manager",
      handler: "main.handler",
      archive: new Map([["main.js", HANDLER]]),
      environment: {},
      timeoutSeconds: 10,
      memoryMb: 512,
    },
    services,
  );
  const statement = { Effect: "Allow", Action: actions, Resource: QUEUE_ARN };
  const policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  const rights = new RolePermissions("123456789012", [policy]);
  new EventSourceMapping(queue, lambda, 3, rights, { ...services, region: "eu-west-1" });
  const lines = () => services.journal.entries.map(({ atMs, text }) => `${atMs} ${text}`);
  return { services, queue, deadLetters, lines };
}

interface Message {
  attributes: Record<string, string>;
}

const body = (name: string, more: object = {}) => JSON.stringify({ name, ...more });

describe("EventSourceMapping", () => {
  it("hands a message to the function as a record of SQS, and deletes it when that worked", async () => {
    const { services, queue } = openMapping();
    await pass(services, 1_000);
    queue.send(body("a"), "group");
    await pass(services, 1_000);
    assert.deepEqual(services.journal.entries[0]?.facts, {
      message: body("a"),
      Records: [
        {
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
        },
      ],
    });
    assert.deepEqual(queue.messages, []);
  });

  it("hands over what has come in, up to its batch size, and then the rest", async () => {
    const { services, queue, lines } = openMapping();
    for (const name of ["a", "b", "c", "d"]) queue.send(body(name), "group");
    await pass(services, 5_000);
    assert.deepEqual(lines(), [`550 ${body("a")},${body("b")},${body("c")}`, `600 ${body("d")}`]);
  });

  it("waits with the next batch of a group until the function is done", async () => {
    const { services, queue, lines } = openMapping();
    queue.send(body("a", { sleepMs: 4_000 }), "group");
    await pass(services, 1_000);
    queue.send(body("b"), "group");
    await pass(services, 10_000);
    assert.deepEqual(lines(), [`550 ${body("a", { sleepMs: 4_000 })}`, `4600 ${body("b")}`]);
  });

  it("brings a batch that failed back after its visibility time-out, in its order", async () => {
    const { services, queue, lines } = openMapping();
    const failing = body("a", { fails: true });
    queue.send(failing, "group");
    await pass(services, 1_000);
    queue.send(body("b"), "group");
    await pass(services, 20_000);
    assert.deepEqual(lines(), [
      `550 ${failing}`,
      "550 invocation failed: Error: broken",
      `20100 ${failing},${body("b")}`,
      "20100 invocation failed: Error: broken",
    ]);
    const { Records } = services.journal.entries[2]?.facts as { Records: Message[] };
    assert.deepEqual(
      Records.map(({ attributes }) => attributes.ApproximateReceiveCount),
      ["2", "1"],
    );
  });

  it("hands over the batch of another group when one has failed", async () => {
    const { services, queue, lines } = openMapping();
    const failing = body("a", { fails: true });
    queue.send(failing, "group");
    queue.send(body("b"), "other");
    await pass(services, 1_000);
    assert.deepEqual(lines(), [
      `550 ${failing}`,
      "550 invocation failed: Error: broken",
      `600 ${body("b")}`,
    ]);
  });

  it("brings a batch back whose invocation timed out", async () => {
    const { services, queue, lines } = openMapping();
    const hanging = body("a", { sleepMs: 60_000 });
    queue.send(hanging, "group");
    await pass(services, 21_000);
    assert.deepEqual(lines(), [
      `550 ${hanging}`,
      "10550 invocation failed: Task timed out after 10.00 seconds",
      `20600 ${hanging}`,
    ]);
  });

  it("gives a message up after three failures", async () => {
    const { services, queue, deadLetters } = openMapping();
    queue.send(body("a", { fails: true }), "group");
    await pass(services, 120_000);
    const tries = services.journal.entries.filter(({ text }) => text.startsWith("{"));
    assert.equal(tries.length, 3);
    assert.deepEqual(queue.messages, []);
    assert.deepEqual(
      deadLetters.messages.map((message) => message.body),
      [body("a", { fails: true })],
    );
  });

  for (const missing of ACTIONS) {
    it(`ends the run when the role may not ${missing}`, async () => {
      const actions = ACTIONS.filter((action) => action !== missing);
      const { services, queue } = openMapping({ actions });
      queue.send(body("a"), "group");
      const name = missing.replace("sqs:", "");
      await assert.rejects(pass(services, 1_000), {
        message: `the function's role may not ${name} on ${QUEUE_ARN}`,
      });
    });
  }
});

describe("EventSourceMapping, while the function has no free concurrency", () => {
  const THROTTLED = "invocation throttled: the function has no free concurrency";
  const receiveCountsOf = ({ journal }: Services) =>
    journal.entries.flatMap(({ facts }) =>
      ((facts?.Records ?? []) as Message[]).map(
        ({ attributes }) => attributes.ApproximateReceiveCount,
      ),
    );

  it("tries again, later each time, with the batch that it has received", async () => {
    const { services, queue, lines } = openMapping({ throttledMs: 5_000 });
    queue.send(body("a"), "group");
    await pass(services, 2_000);
    queue.send(body("b"), "group");
    await pass(services, 8_000);
    const tries = [50, 1_050, 3_050].map((atMs) => `${atMs} ${THROTTLED}`);
    assert.deepEqual(lines(), [...tries, `7550 ${body("a")}`, `7600 ${body("b")}`]);
    assert.deepEqual(receiveCountsOf(services), ["1", "1"]);
    assert.deepEqual(queue.messages, []);
  });

  it("drops the batch when it is visible again, and so receives it once more", async () => {
    const { services, queue, lines } = openMapping({ throttledMs: 20_000 });
    queue.send(body("a"), "group");
    await pass(services, 19_999);
    queue.send(body("b"), "group");
    await pass(services, 10_000);
    const tries = [50, 1_050, 3_050, 7_050, 15_050].map((atMs) => `${atMs} ${THROTTLED}`);
    assert.deepEqual(lines(), [...tries, `20600 ${body("a")},${body("b")}`]);
    assert.deepEqual(receiveCountsOf(services), ["2", "1"]);
  });

  it("gives a message up that it has received three times, though no function saw it", async () => {
    const { services, queue, deadLetters, lines } = openMapping({ throttledMs: 60_000 });
    queue.send(body("a"), "group");
    await pass(services, 120_000);
    assert.deepEqual(queue.messages, []);
    assert.deepEqual(
      deadLetters.messages.map((message) => message.body),
      [body("a")],
    );
    assert.equal(lines().length, 3 * 5);
  });
});
