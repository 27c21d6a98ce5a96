import type { Clock } from "./clock";

interface Bucket {
  capacity: number;
  refillPerSecond: number;
}

/**
 * EC2's token buckets per account and Region (EC2 developer guide, request throttling): calls that read
 * with a filter or in pages, and calls that change something.
 */
export const READ_BUCKET: Bucket = { capacity: 100, refillPerSecond: 20 };
export const WRITE_BUCKET: Bucket = { capacity: 50, refillPerSecond: 5 };

/** A token bucket in virtual time. */
export class Throttle {
  private tokens: number;
  private atMs: number;

  constructor(
    private readonly bucket: Bucket,
    private readonly clock: Clock,
  ) {
    this.tokens = bucket.capacity;
    this.atMs = clock.nowMs;
  }

  /** Takes a token; false if there is none. */
  take(): boolean {
    const { capacity, refillPerSecond } = this.bucket;
    const { nowMs } = this.clock;
    const refill = ((nowMs - this.atMs) / 1000) * refillPerSecond;
    this.tokens = Math.min(capacity, this.tokens + refill);
    this.atMs = nowMs;
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }
}
