/** What a reconcile measures, as text. */
import assert from "node:assert/strict";
import { assess } from "../../handler/assess";
import { measure, type Result } from "../../handler/metrics";
import type { Measurement } from "../../handler/names";
import { launchedAtMinute } from "./builders";
import { readWorld } from "./plan/worldText";

/** Ten minutes after every launch that says nothing else. */
const NOW_MS = Date.parse(launchedAtMinute(10));

/** What is measured at the end of a reconcile whose last read saw this. */
export function measured(text: string, parts: Partial<Result> = {}): Measurement[] {
  const { world, chosen } = readWorld(text);
  const assessment = assess(world, chosen);
  const rest = { nowMs: NOW_MS, outcomes: [], latencies: [], isScheduled: false, ...parts };
  return measure({ world, assessment, ...rest }, chosen);
}

/** A measurement by the name of its pool; what isn't there is 0 where it is measured. */
export function measurementLine({ dimensions, values }: Measurement): string {
  const whose = [dimensions.Pool ?? "manager", dimensions.Reason].filter(Boolean).join(" ");
  const some = Object.entries(values).filter(([, list]) => list.join() !== "0");
  const told = some.map(([name, list]) => `${name} ${list.join(" ")}`);
  return `${whose}: ${told.length === 0 ? "nothing" : told.join(", ")}`;
}

/** A case as text: its title in the first line, a world, and after `=>` each thing that is measured of it. */
export function measures(text: string): void {
  const [title = "", ...lines] = text.split("\n");
  it(title, () => {
    const [world = "", ...expected] = lines.join("\n").split("=>");
    const wanted = expected.map((line) => line.trim());
    assert.equal(measured(world).map(measurementLine).join("\n"), wanted.join("\n"));
  });
}
