import assert from "node:assert/strict";
import { type Message, Queue, type QueueOptions } from "../../../simulator/aws/sqs";
import { createServices, passQuickly, START_MS } from "./services";

const FIVE_MINUTES_MS = 300_000;

function openQueue(options: Partial<QueueOptions> = {}) {
  const services = createServices();
  const queue = new Queue(
    { arn: "arn:queue", url: "https://queue", visibilityTimeoutSeconds: 30, ...options },
    services.clock,
  );
  const pass = (ms: number) => passQuickly(services, ms);
  return { services, queue, pass };
}

const bodiesOf = (messages: Message[]) => messages.map(({ body }) => body);

describe("Queue.send", () => {
  it("tells its listener of every message", () => {
    const { queue } = openQueue();
    let told = 0;
    queue.onMessage(() => {
      told += 1;
    });
    queue.send("a", "group");
    queue.send("b", "group");
    assert.equal(told, 2);
  });

  it("keeps a message with its group and its moment", async () => {
    const { queue, pass } = openQueue();
    await pass(1_234);
    queue.send("a", "group");
    const sentMs = START_MS + 1_234;
    assert.deepEqual(queue.messages, [
      {
        id: "message-1",
        body: "a",
        groupId: "group",
        sentMs,
        receiveCount: 0,
        firstReceivedMs: sentMs,
      },
    ]);
  });

  it("drops a message of the same content within five minutes, and tells nobody", async () => {
    const { queue, pass } = openQueue();
    queue.send("a", "group");
    let told = 0;
    queue.onMessage(() => {
      told += 1;
    });
    await pass(FIVE_MINUTES_MS - 1);
    queue.send("a", "group");
    queue.send("a", "other group");
    assert.deepEqual(bodiesOf(queue.messages), ["a"]);
    assert.equal(told, 0);
  });

  it("takes the same content again five minutes after it was taken last", async () => {
    const { queue, pass } = openQueue();
    queue.send("a", "group");
    await pass(200_000);
    queue.send("a", "group");
    await pass(100_000);
    queue.send("a", "group");
    assert.deepEqual(bodiesOf(queue.messages), ["a", "a"]);
  });

  it("drops the same content even when the first message is deleted by then", () => {
    const { queue } = openQueue();
    queue.send("a", "group");
    queue.delete(queue.receive(10));
    queue.send("a", "group");
    assert.deepEqual(queue.messages, []);
  });
});

describe("Queue.receive", () => {
  it("gives nothing from an empty queue", () => {
    assert.deepEqual(openQueue().queue.receive(10), []);
  });

  it("gives the messages of one group in the order they were sent", () => {
    const { queue } = openQueue();
    for (const body of ["c", "a", "b"]) queue.send(body, "group");
    assert.deepEqual(bodiesOf(queue.receive(10)), ["c", "a", "b"]);
  });

  it("gives no more than it is asked for, and the rest next", () => {
    const { queue } = openQueue();
    for (const body of ["a", "b", "c"]) queue.send(body, "group");
    const first = queue.receive(2);
    assert.deepEqual(bodiesOf(first), ["a", "b"]);
    queue.delete(first);
    assert.deepEqual(bodiesOf(queue.receive(2)), ["c"]);
  });

  it("gives one batch of a group at a time", () => {
    const { queue } = openQueue();
    queue.send("a", "group");
    queue.receive(10);
    queue.send("b", "group");
    assert.deepEqual(queue.receive(10), []);
  });

  it("gives a batch of another group meanwhile", () => {
    const { queue } = openQueue();
    queue.send("a", "group");
    queue.send("b", "other");
    queue.send("c", "group");
    assert.deepEqual(bodiesOf(queue.receive(10)), ["a", "c"]);
    assert.deepEqual(bodiesOf(queue.receive(10)), ["b"]);
    assert.deepEqual(queue.receive(10), []);
  });

  it("counts how often a message was received, and since when", async () => {
    const { queue, pass } = openQueue();
    queue.send("a", "group");
    await pass(1_000);
    queue.receive(10);
    await pass(30_000);
    const [message] = queue.receive(10);
    assert.equal(message?.receiveCount, 2);
    assert.equal(message.firstReceivedMs, START_MS + 1_000);
  });

  it("brings back a batch that was not deleted, when its visibility time-out is over", async () => {
    const { queue, pass } = openQueue({ visibilityTimeoutSeconds: 30 });
    queue.send("a", "group");
    queue.receive(10);
    let told = 0;
    queue.onMessage(() => {
      told += 1;
    });
    await pass(29_999);
    assert.deepEqual(queue.receive(10), []);
    assert.equal(told, 0);
    await pass(1);
    assert.equal(told, 1);
    assert.deepEqual(bodiesOf(queue.receive(10)), ["a"]);
  });

  it("does not open a group by the time-out of a batch that was deleted", async () => {
    const { queue, pass } = openQueue({ visibilityTimeoutSeconds: 30 });
    queue.send("a", "group");
    queue.delete(queue.receive(10));
    await pass(20_000);
    queue.send("b", "group");
    queue.receive(10);
    queue.send("c", "group");
    await pass(10_000);
    assert.deepEqual(queue.receive(10), []);
  });
});

describe("Queue.delete", () => {
  it("opens the group for its next batch, and tells the listener that there is one", () => {
    const { queue } = openQueue();
    queue.send("a", "group");
    const batch = queue.receive(10);
    queue.send("b", "group");
    let told = 0;
    queue.onMessage(() => {
      told += 1;
    });
    queue.delete(batch);
    assert.equal(told, 1);
    assert.deepEqual(bodiesOf(queue.receive(10)), ["b"]);
  });

  it("tells the listener nothing when nothing is left", () => {
    const { queue } = openQueue();
    queue.send("a", "group");
    const batch = queue.receive(10);
    let told = 0;
    queue.onMessage(() => {
      told += 1;
    });
    queue.delete(batch);
    assert.equal(told, 0);
  });
});

describe("a queue with dead letters", () => {
  const openWithDeadLetters = () => {
    const { queue: deadLetterQueue, services } = openQueue({ arn: "arn:dead-letters" });
    const queue = new Queue(
      {
        arn: "arn:queue",
        url: "https://queue",
        visibilityTimeoutSeconds: 30,
        deadLetters: { queue: deadLetterQueue, maxReceiveCount: 3 },
      },
      services.clock,
    );
    return { queue, deadLetterQueue, pass: (ms: number) => passQuickly(services, ms) };
  };

  it("gives a message three times, and then moves it there", async () => {
    const { queue, deadLetterQueue, pass } = openWithDeadLetters();
    queue.send("a", "group");
    for (const count of [1, 2, 3]) {
      assert.equal(queue.receive(10)[0]?.receiveCount, count);
      await pass(30_000);
    }
    assert.deepEqual(deadLetterQueue.messages, []);
    assert.deepEqual(queue.receive(10), []);
    assert.deepEqual(queue.messages, []);
    assert.deepEqual(
      deadLetterQueue.messages.map(({ body, groupId }) => [body, groupId]),
      [["a", "group"]],
    );
  });

  it("keeps what was received less often", async () => {
    const { queue, deadLetterQueue, pass } = openWithDeadLetters();
    queue.send("a", "group");
    for (let count = 1; count <= 2; count += 1) {
      queue.receive(10);
      await pass(30_000);
    }
    queue.send("b", "group");
    queue.receive(10);
    await pass(30_000);
    assert.deepEqual(bodiesOf(queue.receive(10)), ["b"]);
    assert.deepEqual(bodiesOf(deadLetterQueue.messages), ["a"]);
  });

  it("does not move a batch that is being worked on for the third time", async () => {
    const { queue, deadLetterQueue, pass } = openWithDeadLetters();
    queue.send("a", "group");
    for (let count = 1; count <= 2; count += 1) {
      queue.receive(10);
      await pass(30_000);
    }
    queue.receive(10);
    queue.send("b", "other");
    assert.deepEqual(bodiesOf(queue.receive(10)), ["b"]);
    assert.deepEqual(deadLetterQueue.messages, []);
  });
});
