import type { Launch as WholeLaunch } from "../simulator/scenarios/launches";

/** What the floor of a launch follows from. */
export type Launch = Pick<WholeLaunch, "runningMs" | "attachingMs">;

interface Bucket {
  capacity: number;
  refillPerSecond: number;
}

/**
 * When the last address could be attached at the earliest: every token of the bucket, full at first, is
 * used as soon as an instance runs, and of those that wait the one that takes longest to attach comes
 * first, as nobody could know. The reads, the calls and the events take no time.
 */
export function earliestEndMs(launches: Launch[], { capacity, refillPerSecond }: Bucket): number {
  const tokenMs = 1000 / refillPerSecond;
  const left = [...launches];
  let tokens = capacity;
  let nowMs = 0;
  let endMs = 0;
  while (left.length > 0) {
    const idleMs = Math.max(0, Math.min(...left.map(({ runningMs }) => runningMs)) - nowMs);
    tokens = Math.min(capacity, tokens + idleMs / tokenMs);
    nowMs += idleMs + Math.max(0, 1 - tokens) * tokenMs;
    tokens = Math.max(1, tokens) - 1;
    const next = left
      .filter(({ runningMs }) => runningMs <= nowMs)
      .reduce((a, b) => (b.attachingMs > a.attachingMs ? b : a));
    left.splice(left.indexOf(next), 1);
    endMs = Math.max(endMs, nowMs + next.attachingMs);
  }
  return endMs;
}
