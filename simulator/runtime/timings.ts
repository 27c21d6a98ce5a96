import type { RangeMs } from "./random";

/** How long things take, each drawn anew from its range. Figures are of the order seen in practice. */
export interface Timings {
  readCall: RangeMs;
  writeCall: RangeMs;
  /** From the making of an interface until it can be attached. */
  create: RangeMs;
  attach: RangeMs;
  detach: RangeMs;
  start: RangeMs;
  stop: RangeMs;
  shutDown: RangeMs;
  /** From `terminated` until an interface that isn't deleted with the instance is available. */
  release: RangeMs;
  /** From something happening to its event reaching the queue. */
  eventDelivery: RangeMs;
  /** From a message in the queue to the function's invocation. */
  poll: RangeMs;
  coldStart: RangeMs;
  /** From an instance failing to its group noticing. */
  healthCheck: RangeMs;
  /** From a group's decision to what it does. */
  groupStep: RangeMs;
}

export const realisticTimings: Timings = {
  readCall: [40, 120],
  writeCall: [150, 400],
  create: [200, 1_500],
  attach: [800, 2_500],
  detach: [1_000, 4_000],
  start: [5_000, 15_000],
  stop: [10_000, 30_000],
  shutDown: [10_000, 40_000],
  release: [0, 60_000],
  eventDelivery: [150, 800],
  poll: [10, 80],
  coldStart: [350, 700],
  healthCheck: [10_000, 40_000],
  groupStep: [500, 3_000],
};
