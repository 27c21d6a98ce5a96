import type { Journal } from "../views/journal";
import type { RolePermissions } from "../aws/iam";
import { type Archive, Sandbox, type SandboxServices } from "./sandbox";
import type { Message, Queue } from "../aws/sqs";
import type { Timings } from "./timings";

export interface FunctionOptions {
  name: string;
  /** File and export, like `__index.handler`. */
  handler: string;
  archive: Archive;
  environment: Record<string, string>;
  timeoutSeconds: number;
  memoryMb: number;
}

export interface LambdaServices extends Omit<SandboxServices, "print" | "environment"> {
  journal: Journal;
  timings: Timings;
}

/** One run of the handler that has ended, without the cold start before it. */
export interface Invocation {
  event: unknown;
  beginMs: number;
  endMs: number;
}

type Handler = (event: unknown, context: unknown) => Promise<unknown>;

/** A process that stood still when it was to end goes on for so long before it does. */
const LINGERS_MS = 5_000;

/** One Lambda function: runs its archive as Lambda does, one invocation at a time in each process. */
export class LambdaFunction {
  private sandbox: Sandbox | undefined;
  private handler: Handler | undefined;
  private isBusy = false;
  /** Works while this process does. */
  private another: LambdaFunction | undefined;
  /** Ends the invocation under way, if there is one. */
  private interrupt: (failure: string) => void = () => undefined;

  constructor(
    readonly options: FunctionOptions,
    private readonly services: LambdaServices,
    readonly errors: string[] = [],
    readonly invocations: Invocation[] = [],
  ) {}

  /** @param done is told once whether it worked; a time-out and a thrown error are failures */
  invoke(event: unknown, done: (worked: boolean) => void): void {
    const { options, services, errors, invocations, handler } = this;
    const { clock, random, timings } = services;
    if (this.isBusy) {
      this.another ??= new LambdaFunction(options, services, errors, invocations);
      this.another.invoke(event, done);
      return;
    }
    this.isBusy = true;
    const end = (worked: boolean) => {
      this.isBusy = false;
      done(worked);
    };
    if (handler !== undefined) this.run(handler, event, end);
    else
      clock.after(random.between(timings.coldStart), () => {
        this.coldStart(event, end);
      });
  }

  private coldStart(event: unknown, done: (worked: boolean) => void): void {
    const [file = "", name = ""] = this.options.handler.split(".");
    try {
      const print = (line: string) => {
        this.print(line);
      };
      this.sandbox = new Sandbox(this.options.archive, {
        ...this.services,
        environment: this.environment(),
        print,
      });
      const handler = (this.sandbox.load(file) as Record<string, Handler>)[name];
      if (handler === undefined) throw new Error(`${this.options.handler} is undefined`);
      this.handler = handler;
    } catch (error) {
      this.end();
      this.fail(`init failed: ${String(error)}`);
      done(false);
      return;
    }
    this.run(this.handler, event, done);
  }

  private environment(): Record<string, string> {
    const { name, memoryMb, environment } = this.options;
    return {
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
      AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
      AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
      ...environment,
    };
  }

  private run(handler: Handler, event: unknown, done: (worked: boolean) => void): void {
    const { clock, random } = this.services;
    const beginMs = clock.nowMs;
    const endMs = beginMs + this.options.timeoutSeconds * 1000;
    let isOver = false;
    const finish = (failure?: string) => {
      if (isOver) return;
      isOver = true;
      clock.cancel(timeOut);
      this.invocations.push({ event, beginMs, endMs: clock.nowMs });
      if (failure !== undefined) this.fail(failure);
      done(failure === undefined);
    };
    this.interrupt = (failure) => {
      this.end();
      finish(failure);
    };
    const timeOut = clock.after(endMs - beginMs, () => {
      this.interrupt(`Task timed out after ${this.options.timeoutSeconds}.00 seconds`);
    });
    const context = {
      functionName: this.options.name,
      awsRequestId: random.uuid(),
      getRemainingTimeInMillis: () => endMs - clock.nowMs,
    };
    handler(event, context).then(
      () => {
        finish();
      },
      (error: unknown) => {
        finish(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
      },
    );
  }

  /** The process that is at work: this one, where several are. */
  private get working(): LambdaFunction {
    return this.isBusy || this.another === undefined ? this : this.another.working;
  }

  /** Ends the process, as Lambda may at any moment. */
  kill(): void {
    this.working.interrupt("Runtime exited");
  }

  /** Lets the process stand still, as Lambda may, which doesn't stop the invocation's time. */
  freeze(ms: number): void {
    this.working.sandbox?.freeze(ms);
  }

  /** Lets an answer reach the process that asked for it, which computes for so long to read it. */
  resume(run: () => void, workMs: number): void {
    const { sandbox } = this.working;
    if (sandbox === undefined) run();
    else sandbox.resume(run, workMs);
  }

  private fail(failure: string): void {
    this.errors.push(failure);
    this.services.journal.write("manager", `invocation failed: ${failure}`);
  }

  /** Ends the process: the next invocation starts cold. */
  private end(): void {
    const { sandbox } = this;
    const lingersMs = sandbox?.frozenForMs ? sandbox.frozenForMs + LINGERS_MS : 0;
    if (lingersMs === 0) sandbox?.kill();
    else this.services.clock.after(lingersMs, () => sandbox?.kill());
    this.sandbox = undefined;
    this.handler = undefined;
  }

  private print(line: string): void {
    const { journal } = this.services;
    let record: { message?: unknown } = {};
    try {
      record = JSON.parse(line) as { message?: unknown };
    } catch {
      record = { message: line };
    }
    journal.write("manager", String(record.message), record);
  }
}

/** Lambda publishes no figures of how it backs off while a function is throttled. */
const FIRST_BACKOFF_MS = 1_000;
const LONGEST_BACKOFF_MS = 15_000;

/** Hands batches of a queue to a function: deletes what worked, leaves the rest to be visible again. */
export class EventSourceMapping {
  private isPolling = false;

  constructor(
    private readonly queue: Queue,
    private readonly lambda: LambdaFunction,
    private readonly options: { batchSize: number; rights: RolePermissions; region: string },
    private readonly services: LambdaServices,
  ) {
    queue.onMessage(() => {
      this.poll();
    });
  }

  private poll(): void {
    if (this.isPolling) return;
    this.isPolling = true;
    const { clock, random, timings } = this.services;
    clock.after(random.between(timings.poll), async () => {
      this.isPolling = false;
      const queue = { arn: this.queue.options.arn, tags: {} };
      for (const action of ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"]) {
        if (!(await this.options.rights.allow(`sqs:${action}`, [queue]))) {
          throw new Error(`the function's role may not ${action} on ${queue.arn}`);
        }
      }
      const batch = this.queue.receive(this.options.batchSize);
      if (batch.length === 0) return;
      const visibleAtMs = clock.nowMs + this.queue.options.visibilityTimeoutSeconds * 1000;
      this.invoke(batch, visibleAtMs, FIRST_BACKOFF_MS);
    });
  }

  /**
   * Without free concurrency Lambda tries the invocation again until the batch is visible again, and then
   * drops it: the queue counts the batch as received, though no function saw it (Lambda developer guide,
   * backoff strategy for failed invocations).
   */
  private invoke(batch: Message[], visibleAtMs: number, backoffMs: number): void {
    const { clock, faults, journal } = this.services;
    if (faults.strikes("noConcurrency")) {
      journal.write("aws", "invocation throttled: the function has no free concurrency");
      if (clock.nowMs + backoffMs >= visibleAtMs) return;
      clock.after(backoffMs, () => {
        this.invoke(batch, visibleAtMs, Math.min(2 * backoffMs, LONGEST_BACKOFF_MS));
      });
      return;
    }
    const records = batch.map((message) => this.toRecord(message));
    this.lambda.invoke({ Records: records }, (worked) => {
      if (worked && !faults.strikes("eventRedelivered")) this.queue.delete(batch);
      else if (worked) return;
      else if (this.queue.messages.length > 0) this.poll();
    });
  }

  private toRecord(message: Message) {
    return {
      messageId: message.id,
      receiptHandle: `receipt-${message.id}`,
      body: message.body,
      attributes: {
        ApproximateReceiveCount: String(message.receiveCount),
        SentTimestamp: String(message.sentMs),
        MessageGroupId: message.groupId,
        ApproximateFirstReceiveTimestamp: String(message.firstReceivedMs),
      },
      messageAttributes: {},
      eventSource: "aws:sqs",
      eventSourceARN: this.queue.options.arn,
      awsRegion: this.options.region,
    };
  }
}
