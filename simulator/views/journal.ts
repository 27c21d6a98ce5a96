import type { Clock } from "../runtime/clock";

/** Who did it: AWS by itself, the manager by a call, the manager in words, or a person. */
export type JournalSource = "aws" | "call" | "manager" | "operator";

export interface JournalEntry {
  /** Milliseconds since the run began. */
  atMs: number;
  source: JournalSource;
  text: string;
  /** What a program may want to read of it. */
  facts?: Record<string, unknown>;
}

/** A line in CloudWatch's embedded metric format: names, and beside them the values by name. */
export interface EmbeddedMetrics extends Record<string, unknown> {
  _aws: {
    Timestamp: number;
    CloudWatchMetrics: {
      Namespace: string;
      Dimensions: string[][];
      Metrics: { Name: string; Unit: string }[];
    }[];
  };
}

/** Everything that happens in a run, in order: the ground of views, tables and comparisons of runs. */
export class Journal {
  readonly entries: JournalEntry[] = [];
  /** What was written for CloudWatch to measure, which is no line to read. */
  readonly metrics: EmbeddedMetrics[] = [];
  private readonly startMs: number;

  constructor(
    private readonly clock: Clock,
    private readonly listener: (entry: JournalEntry) => void = () => undefined,
  ) {
    this.startMs = clock.nowMs;
  }

  write(source: JournalSource, text: string, facts?: Record<string, unknown>): void {
    if (isEmbeddedMetrics(facts)) {
      this.metrics.push(facts);
      return;
    }
    const entry = { atMs: this.clock.nowMs - this.startMs, source, text, ...(facts && { facts }) };
    this.entries.push(entry);
    this.listener(entry);
  }
}

function isEmbeddedMetrics(facts: Record<string, unknown> | undefined): facts is EmbeddedMetrics {
  return facts !== undefined && "_aws" in facts;
}
