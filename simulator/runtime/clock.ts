/** Something that is to happen at a moment of virtual time. */
export interface Timer {
  readonly atMs: number;
  readonly run: () => void | Promise<void>;
}

/** Virtual time: it stands still while something runs and jumps from one due timer to the next. */
export class Clock {
  /** The next one is the last, so that thousands that are due later cost nothing. */
  private readonly timers: Timer[] = [];

  /** @param nowMs milliseconds since 1970, as `Date.now` gives them */
  constructor(public nowMs: number) {}

  /** Timers of the same moment run in the order in which they were set. */
  after(delayMs: number, run: Timer["run"]): Timer {
    const timer = { atMs: this.nowMs + Math.max(0, delayMs), run };
    this.timers.splice(this.placeOf(timer), 0, timer);
    return timer;
  }

  /** Where a timer belongs among the others: before those of the same moment, which run first. */
  private placeOf({ atMs }: Timer): number {
    let [from, to] = [0, this.timers.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.timers[middle]?.atMs ?? -Infinity) > atMs) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  cancel(timer: Timer): void {
    const place = this.timers.lastIndexOf(timer);
    if (place >= 0) this.timers.splice(place, 1);
  }

  /** Runs the next due timer; false when there is none before the given moment, which it then becomes. */
  async step(untilMs: number): Promise<boolean> {
    const next = this.timers.at(-1);
    if (next === undefined || next.atMs > untilMs) {
      this.nowMs = untilMs;
      return false;
    }
    this.timers.pop();
    this.nowMs = next.atMs;
    await next.run();
    return true;
  }
}
