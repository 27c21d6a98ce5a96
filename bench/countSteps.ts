import { type Profiler, Session } from "node:inspector";

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
