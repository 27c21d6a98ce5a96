import { execFileSync } from "node:child_process";
import { type Profiler, Session } from "node:inspector";
import * as path from "node:path";
import { createWorld, planWorld } from "./planWorlds";

/** What is compiled further is no longer counted in full. */
const INTERPRETED = ["--no-opt", "--no-maglev", "--no-sparkplug"];

/**
 * Counts how often the blocks of some files' code are run: functions, branches and bodies of loops. That
 * is the same on every machine and in every run, but of what Node does inside one call (`sort`,
 * `includes`, a Map) it sees no more than the functions that are called back.
 *
 * @param isCounted whether a file's blocks count, by its address
 */
export function countSteps(run: () => unknown, isCounted: (url: string) => boolean): number {
  const session = new Session();
  session.connect();
  try {
    session.post("Profiler.enable");
    session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
    takeCoverage(session);
    run();
    const scripts = takeCoverage(session).filter(({ url }) => isCounted(url));
    const counts = scripts
      .flatMap(({ functions }) => functions)
      .flatMap(({ ranges }) => ranges)
      .map(({ count }) => count);
    return counts.reduce((sum, count) => sum + count, 0);
  } finally {
    session.disconnect();
  }
}

/** What was run since it was last taken. */
function takeCoverage(session: Session): Profiler.ScriptCoverage[] {
  let taken: Profiler.ScriptCoverage[] | undefined;
  // The session is of this very thread: it has answered when `post` returns.
  session.post("Profiler.takePreciseCoverage", (error, answer) => {
    if (error !== null) throw new Error(error.message);
    taken = answer.result;
  });
  if (taken === undefined) throw new Error("the profiler didn't answer");
  return taken;
}

/** A world by its kind and how many interfaces it has. */
export interface Size {
  kind: string;
  count: number;
}

/** Counts the steps of one plan for each of these, in a process of its own that compiles nothing. */
export function countPlanSteps(sizes: Size[]): number[] {
  const args = [...INTERPRETED, "--require", "ts-node/register", __filename, JSON.stringify(sizes)];
  return JSON.parse(execFileSync(process.execPath, args).toString()) as number[];
}

function main(sizes: Size[]): void {
  const handler = `${path.resolve(__dirname, "../handler")}${path.sep}`;
  const stepsOf = ({ kind, count }: Size) => {
    const world = createWorld(kind, count);
    return countSteps(
      () => planWorld(world),
      (url) => url.includes(handler),
    );
  };
  // What a kind of world runs for the first time is counted by other blocks.
  for (const size of sizes) stepsOf(size);
  console.log(JSON.stringify(sizes.map(stepsOf)));
}

if (require.main === module) main(JSON.parse(process.argv[2] ?? "[]") as Size[]);
