import type { Clock } from "../../simulator/runtime/clock";
import { type Fault, Faults } from "../../simulator/faults";

/** Faults that strike on every occasion from the first moment on, as {@link Region.open} takes them. */
export function striking(...faults: Fault[]): (clock: Clock) => Faults {
  return (clock) => {
    const drawn = Faults.draw(1, clock, Infinity, []);
    for (const fault of faults) drawn.periods.push({ fault, share: 1, fromMs: 0, toMs: Infinity });
    return drawn;
  };
}
