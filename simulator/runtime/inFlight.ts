/** The header that carries a request's number from the function's side of the wire to AWS's. */
export const NUMBER_HEADER = "x-simulator-number";

/** The header that says of an answer that nothing of it comes any more. */
export const STALLS_HEADER = "x-simulator-stalls";

/** Rounds of the event loop without requests after which nothing is under way in the function any more. */
const IDLE_ROUNDS = 4;

/**
 * Knows which requests of the function are on the real wire. Virtual time may only move while none is:
 * then the function has done all it can do until an answer or a timer of virtual time.
 */
export class InFlightRequests {
  private readonly moving = new Set<number>();
  private readonly over = new Set<number>();
  private lastNumber = 0;

  /** A request leaves the function; the number tells it from all others, in order. */
  leaves(): number {
    this.lastNumber += 1;
    this.moving.add(this.lastNumber);
    return this.lastNumber;
  }

  /** A request has arrived at AWS, and waits there for its answer. */
  arrives(number: number): void {
    this.moving.delete(number);
  }

  /** The answer leaves AWS; to a function that has given up it never comes. */
  returns(number: number): void {
    if (!this.over.has(number)) this.moving.add(number);
  }

  /** The function has the whole answer, or has given up. */
  ends(number: number): void {
    this.moving.delete(number);
    this.over.add(number);
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
