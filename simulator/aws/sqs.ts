import { createHash } from "node:crypto";
import type { Clock } from "../runtime/clock";

/** SQS drops a message with the content of one sent less than this ago. */
const DEDUPLICATION_MS = 5 * 60_000;

export interface Message {
  id: string;
  body: string;
  groupId: string;
  sentMs: number;
  receiveCount: number;
  firstReceivedMs: number;
}

export interface QueueOptions {
  arn: string;
  url: string;
  /** The JSON text of the queue's policy, once it has one. */
  policy?: string;
  visibilityTimeoutSeconds: number;
  deadLetters?: { queue: Queue; maxReceiveCount: number };
}

/** A FIFO queue: in order within a message group, and of each group one batch at a time. */
export class Queue {
  readonly messages: Message[] = [];
  private readonly busyGroups = new Set<string>();
  private readonly recentMs = new Map<string, number>();
  private listener: () => void = () => undefined;
  private sent = 0;

  constructor(
    readonly options: QueueOptions,
    private readonly clock: Clock,
  ) {}

  /** Calls back whenever a message may be received. */
  onMessage(listener: () => void): void {
    this.listener = listener;
  }

  send(body: string, groupId: string): void {
    const { nowMs } = this.clock;
    const digest = createHash("sha256").update(body).digest("hex");
    const lastMs = this.recentMs.get(digest);
    if (lastMs !== undefined && nowMs - lastMs < DEDUPLICATION_MS) return;
    this.recentMs.set(digest, nowMs);
    this.sent += 1;
    const sent = { sentMs: nowMs, receiveCount: 0, firstReceivedMs: nowMs };
    this.messages.push({ id: `message-${this.sent}`, body, groupId, ...sent });
    this.listener();
  }

  /** The next batch of one group; the group is busy until it is deleted or visible again. */
  receive(maxMessages: number): Message[] {
    this.moveDeadLetters();
    const first = this.messages.find(({ groupId }) => !this.busyGroups.has(groupId));
    if (first === undefined) return [];
    const { groupId } = first;
    const batch = this.messages.filter((one) => one.groupId === groupId).slice(0, maxMessages);
    for (const message of batch) {
      if (message.receiveCount === 0) message.firstReceivedMs = this.clock.nowMs;
      message.receiveCount += 1;
    }
    this.busyGroups.add(groupId);
    this.clock.after(this.options.visibilityTimeoutSeconds * 1000, () => {
      if (batch.some((message) => this.messages.includes(message))) this.release(groupId);
    });
    return batch;
  }

  delete(batch: Message[]): void {
    for (const message of batch) {
      const index = this.messages.indexOf(message);
      if (index >= 0) this.messages.splice(index, 1);
    }
    const [first] = batch;
    if (first !== undefined) this.release(first.groupId);
  }

  private release(groupId: string): void {
    this.busyGroups.delete(groupId);
    if (this.messages.length > 0) this.listener();
  }

  private moveDeadLetters(): void {
    const { deadLetters } = this.options;
    if (deadLetters === undefined) return;
    const spent = this.messages.filter(
      ({ groupId, receiveCount }) =>
        receiveCount >= deadLetters.maxReceiveCount && !this.busyGroups.has(groupId),
    );
    for (const message of spent) {
      this.messages.splice(this.messages.indexOf(message), 1);
      deadLetters.queue.send(message.body, message.groupId);
    }
  }
}
