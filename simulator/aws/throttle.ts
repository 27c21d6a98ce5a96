import type { Clock } from "../runtime/clock";

interface Bucket {
  capacity: number;
  refillPerSecond: number;
}

/**
 * EC2's token buckets per account and Region (EC2 developer guide, request throttling): calls that read
 * with a filter or in pages share one, and so do calls that change something, but for a few.
 */
export const READ_BUCKET: Bucket = { capacity: 100, refillPerSecond: 20 };
export const WRITE_BUCKET: Bucket = { capacity: 50, refillPerSecond: 5 };
/** These have one each. */
const OWN_BUCKET: Bucket = { capacity: 100, refillPerSecond: 5 };
const ACTIONS_WITH_OWN_BUCKET = [
  "CreateNetworkInterface",
  "DeleteNetworkInterface",
  "ModifyNetworkInterfaceAttribute",
];

/** All of EC2's buckets, in virtual time. */
export class Throttles {
  private readonly read: Throttle;
  private readonly write: Throttle;
  private readonly own: Map<string, Throttle>;

  constructor(clock: Clock) {
    this.read = new Throttle(READ_BUCKET, clock);
    this.write = new Throttle(WRITE_BUCKET, clock);
    this.own = new Map(
      ACTIONS_WITH_OWN_BUCKET.map((action) => [action, new Throttle(OWN_BUCKET, clock)]),
    );
  }

  /** Takes a token for a call; false if there is none. */
  take(action: string, mutates: boolean): boolean {
    return (this.own.get(action) ?? (mutates ? this.write : this.read)).take();
  }
}

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
