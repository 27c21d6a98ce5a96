import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** A range of milliseconds, both ends included. */
export type RangeMs = readonly [fromMs: number, toMs: number];

/** All chance of a run: the same seed gives the same draws in the same order. */
export class Random {
  private readonly generator;

  constructor(seed: number) {
    this.generator = xoroshiro128plus(seed);
  }

  /** A whole number of milliseconds. */
  between([fromMs, toMs]: RangeMs): number {
    return uniformInt(this.generator, fromMs, toMs);
  }

  /** From 0 to 1, like `Math.random`. */
  float(): number {
    return uniformFloat64(this.generator);
  }

  /** True as often as false. */
  coin(): boolean {
    return uniformInt(this.generator, 0, 1) === 1;
  }

  /** A hexadecimal id like those of EC2. */
  hex(digits: number): string {
    return Array.from({ length: digits }, () =>
      uniformInt(this.generator, 0, 15).toString(16),
    ).join("");
  }

  /** A version 4 UUID. */
  uuid(): string {
    return `${this.hex(8)}-${this.hex(4)}-4${this.hex(3)}-8${this.hex(3)}-${this.hex(12)}`;
  }
}
