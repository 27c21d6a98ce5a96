import assert from "node:assert/strict";
import { type Message, Queue } from "../../../simulator/aws/sqs";
import { createServices, passQuickly, START_MS } from "./services";

const FIVE_MINUTES_MS = 300_000;
const VISIBILITY_MS = 30_000;

const bodiesOf = (messages: Message[]) => messages.map(({ body }) => body);

/** A queue with some messages of one group, and how often its listener was told. */
function openQueue(...bodies: string[]) {
  const services = createServices();
  const options = { arn: "arn:queue", url: "", visibilityTimeoutSeconds: VISIBILITY_MS / 1000 };
  const deadLetterQueue = new Queue({ ...options, arn: "arn:dead-letters" }, services.clock);
  const deadLetters = { queue: deadLetterQueue, maxReceiveCount: 3 };
  const queue = new Queue({ ...options, deadLetters }, services.clock);
  const send = (...others: string[]) => {
    for (const body of others) queue.send(body, "group");
  };
  send(...bodies);
  const state = { told: 0 };
  queue.onMessage(() => {
    state.told += 1;
  });
  const pass = (ms: number) => passQuickly(services, ms);
  /** Receives so often, and lets each batch be visible again. */
  const receiveInVain = async (times: number) => {
    for (let time = 1; time <= times; time += 1) {
      queue.receive(10);
      await pass(VISIBILITY_MS);
    }
  };
  return { queue, deadLetterQueue, send, state, pass, receiveInVain };
}

describe("Queue.send", () => {
  it("tells its listener of every message", () => {
    const { send, state } = openQueue();
    send("a", "b");
    assert.equal(state.told, 2);
  });

  it("keeps a message with its group and its moment", async () => {
    const { queue, send, pass } = openQueue();
    await pass(1_234);
    send("a");
    const sentMs = START_MS + 1_234;
    const counts = { receiveCount: 0, firstReceivedMs: sentMs };
    assert.deepEqual(queue.messages, [
      { id: "message-1", body: "a", groupId: "group", sentMs, ...counts },
    ]);
  });

  it("drops a message of the same content within five minutes, and tells nobody", async () => {
    const { queue, send, state, pass } = openQueue("a");
    await pass(FIVE_MINUTES_MS - 1);
    send("a");
    queue.send("a", "other group");
    assert.deepEqual(bodiesOf(queue.messages), ["a"]);
    assert.equal(state.told, 0);
  });

  it("takes the same content again five minutes after it was taken last", async () => {
    const { queue, send, pass } = openQueue("a");
    await pass(200_000);
    send("a");
    await pass(100_000);
    send("a");
    assert.deepEqual(bodiesOf(queue.messages), ["a", "a"]);
  });

  it("drops the same content even when the first message is deleted by then", () => {
    const { queue, send } = openQueue("a");
    queue.delete(queue.receive(10));
    send("a");
    assert.deepEqual(queue.messages, []);
  });
});

describe("Queue.receive", () => {
  it("gives nothing from an empty queue", () => {
    assert.deepEqual(openQueue().queue.receive(10), []);
  });

  it("gives the messages of one group in the order they were sent", () => {
    const { queue } = openQueue("c", "a", "b");
    assert.deepEqual(bodiesOf(queue.receive(10)), ["c", "a", "b"]);
  });

  it("gives no more than it is asked for, and the rest next", () => {
    const { queue } = openQueue("a", "b", "c");
    const first = queue.receive(2);
    assert.deepEqual(bodiesOf(first), ["a", "b"]);
    queue.delete(first);
    assert.deepEqual(bodiesOf(queue.receive(2)), ["c"]);
  });

  it("gives one batch of a group at a time, and one of another group meanwhile", () => {
    const { queue, send } = openQueue("a");
    queue.send("b", "other");
    send("c");
    assert.deepEqual(bodiesOf(queue.receive(10)), ["a", "c"]);
    send("d");
    assert.deepEqual(bodiesOf(queue.receive(10)), ["b"]);
    assert.deepEqual(queue.receive(10), []);
  });

  it("counts how often a message was received, and since when", async () => {
    const { queue, pass, receiveInVain } = openQueue("a");
    await pass(1_000);
    await receiveInVain(1);
    const [message] = queue.receive(10);
    assert.equal(message?.receiveCount, 2);
    assert.equal(message.firstReceivedMs, START_MS + 1_000);
  });

  it("brings back a batch that was not deleted, when its visibility time-out is over", async () => {
    const { queue, state, pass } = openQueue("a");
    queue.receive(10);
    await pass(VISIBILITY_MS - 1);
    assert.deepEqual(queue.receive(10), []);
    assert.equal(state.told, 0);
    await pass(1);
    assert.equal(state.told, 1);
    assert.deepEqual(bodiesOf(queue.receive(10)), ["a"]);
  });

  it("does not open a group by the time-out of a batch that was deleted", async () => {
    const { queue, send, pass } = openQueue("a");
    queue.delete(queue.receive(10));
    await pass(20_000);
    send("b");
    queue.receive(10);
    send("c");
    await pass(10_000);
    assert.deepEqual(queue.receive(10), []);
  });
});

describe("Queue.delete", () => {
  it("opens the group for its next batch, and tells the listener that there is one", () => {
    const { queue, state } = openQueue("a", "b");
    queue.delete(queue.receive(1));
    assert.equal(state.told, 1);
    assert.deepEqual(bodiesOf(queue.receive(10)), ["b"]);
  });

  it("tells the listener nothing when nothing is left", () => {
    const { queue, state } = openQueue("a");
    queue.delete(queue.receive(10));
    assert.equal(state.told, 0);
  });
});

describe("a queue with dead letters", () => {
  it("gives a message three times, and then moves it there", async () => {
    const { queue, deadLetterQueue, pass } = openQueue("a");
    for (const count of [1, 2, 3]) {
      assert.equal(queue.receive(10)[0]?.receiveCount, count);
      await pass(VISIBILITY_MS);
    }
    assert.deepEqual(deadLetterQueue.messages, []);
    assert.deepEqual(queue.receive(10), []);
    assert.deepEqual(queue.messages, []);
    const moved = deadLetterQueue.messages.map(({ body, groupId }) => [body, groupId]);
    assert.deepEqual(moved, [["a", "group"]]);
  });

  it("keeps what was received less often", async () => {
    const { queue, deadLetterQueue, send, receiveInVain } = openQueue("a");
    await receiveInVain(2);
    send("b");
    await receiveInVain(1);
    assert.deepEqual(bodiesOf(queue.receive(10)), ["b"]);
    assert.deepEqual(bodiesOf(deadLetterQueue.messages), ["a"]);
  });

  it("does not move a batch that is being worked on for the third time", async () => {
    const { queue, deadLetterQueue, receiveInVain } = openQueue("a");
    await receiveInVain(2);
    queue.receive(10);
    queue.send("b", "other");
    assert.deepEqual(bodiesOf(queue.receive(10)), ["b"]);
    assert.deepEqual(deadLetterQueue.messages, []);
  });
});
