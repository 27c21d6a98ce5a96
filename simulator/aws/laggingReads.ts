import type { Clock } from "../runtime/clock";
import type { Faults } from "../faults";

interface Version<View> {
  view: View | undefined;
  visibleFromMs: number;
}

/**
 * What reads show of resources. Without a fault that is the resources as they are; with it, each change of
 * each resource becomes visible by itself, late, in the order of its changes.
 */
export class LaggingReads<View> {
  private readonly versions = new Map<string, Version<View>[]>();

  /** @param viewOf a resource as it is now; undefined when it is gone */
  constructor(
    private readonly clock: Clock,
    private readonly faults: Faults,
    private readonly viewOf: (id: string) => View | undefined,
  ) {}

  /** Takes note that a resource has changed. */
  touch(id: string): void {
    if (!this.faults.mayStrike("readStale")) return;
    const { nowMs } = this.clock;
    const versions = this.versions.get(id) ?? [];
    const next = versions.findLastIndex(({ visibleFromMs }) => visibleFromMs <= nowMs);
    const lagMs = this.faults.delayMs("readStale");
    const visibleFromMs = Math.max(nowMs + lagMs, versions.at(-1)?.visibleFromMs ?? 0);
    const kept = versions.slice(Math.max(0, next));
    this.versions.set(id, [...kept, { view: this.viewOf(id), visibleFromMs }]);
  }

  /** The resources as a read of this moment shows them; where reads may lag, all that there are or were. */
  read(ids: Iterable<string>): View[] {
    if (!this.faults.mayStrike("readStale")) {
      return [...ids].flatMap((id) => this.viewOf(id) ?? []);
    }
    return [...this.versions.values()].flatMap((versions) => this.visibleOf(versions) ?? []);
  }

  /** One resource as a read of this moment shows it; undefined while it isn't shown. */
  readOne(id: string): View | undefined {
    if (!this.faults.mayStrike("readStale")) return this.viewOf(id);
    return this.visibleOf(this.versions.get(id) ?? []);
  }

  private visibleOf(versions: Version<View>[]): View | undefined {
    const { nowMs } = this.clock;
    return versions.findLast(({ visibleFromMs }) => visibleFromMs <= nowMs)?.view;
  }
}
