/** Something that is to happen at a moment of virtual time. */
export interface Timer {
  readonly atMs: number;
  readonly run: () => void | Promise<void>;
}

/** Virtual time: it stands still while something runs and jumps from one due timer to the next. */
export class Clock {
  private timers: Timer[] = [];

  /** @param nowMs milliseconds since 1970, as `Date.now` gives them */
  constructor(public nowMs: number) {}

  /** Timers of the same moment run in the order in which they were set. */
  after(delayMs: number, run: Timer["run"]): Timer {
    const timer = { atMs: this.nowMs + Math.max(0, delayMs), run };
    const place = this.timers.findLastIndex(({ atMs }) => atMs <= timer.atMs);
    this.timers.splice(place + 1, 0, timer);
    return timer;
  }

  cancel(timer: Timer): void {
    this.timers = this.timers.filter((other) => other !== timer);
  }

  /** Runs the next due timer; false when there is none before the given moment, which it then becomes. */
  async step(untilMs: number): Promise<boolean> {
    const [next] = this.timers;
    if (next === undefined || next.atMs > untilMs) {
      this.nowMs = untilMs;
      return false;
    }
    this.timers.shift();
    this.nowMs = next.atMs;
    await next.run();
    return true;
  }
}
