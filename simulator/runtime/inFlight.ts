/** The header that carries a request's number from the function's side of the wire to AWS's. */
export const NUMBER_HEADER = "x-simulator-number";

/** The header that says of an answer that nothing of it comes any more. */
export const STALLS_HEADER = "x-simulator-stalls";

/** What may still happen in a function's process. */
export interface Process {
  isAlive(): boolean;
  /**
   * Runs something now, once the process no longer stands still, or never if it has ended.
   *
   * @param workMs how long the process computes first, in which nothing else reaches it
   */
  resume(run: () => void, workMs?: number): void;
}

/** Rounds of the event loop without requests after which nothing is under way in the function any more. */
const IDLE_ROUNDS = 4;

/**
 * Knows which requests of the function are on the real wire. Virtual time may only move while none is:
 * then the function has done all it can do until an answer or a timer of virtual time.
 */
export class InFlightRequests {
  private readonly moving = new Set<number>();
  /** Who waits for an answer, by the request's number. */
  private readonly waiting = new Map<number, Process>();
  private lastNumber = 0;

  /** A request leaves a process; the number tells it from all others, in order. */
  leaves(process: Process): number {
    this.lastNumber += 1;
    this.moving.add(this.lastNumber);
    this.waiting.set(this.lastNumber, process);
    return this.lastNumber;
  }

  /** A request has arrived at AWS, and waits there for its answer. */
  arrives(number: number): void {
    this.moving.delete(number);
  }

  /** AWS answers, and sends when the process can take it in; to one that has given up nothing comes. */
  returns(number: number, send: () => void, workMs: number): void {
    this.waiting.get(number)?.resume(() => {
      if (!this.waiting.has(number)) return;
      this.moving.add(number);
      send();
    }, workMs);
  }

  /** The process has the whole answer, or has given up. */
  ends(number: number): void {
    this.moving.delete(number);
    this.waiting.delete(number);
  }

  /** Waits until the function has nothing to do but wait. */
  async settle(): Promise<void> {
    for (let idle = 0; idle < IDLE_ROUNDS; idle += 1) {
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      if (this.moving.size > 0) idle = -1;
    }
  }
}
