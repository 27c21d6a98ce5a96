import { type Runner, reporters } from "mocha";
import * as path from "node:path";

const FILES_SHOWN = 10;

/** Mocha's own reporter, and after it the files whose tests and hooks took longest, and a line of counts. */
export default class SlowestFiles extends reporters.Spec {
  constructor(runner: Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const secondsByFile = new Map<string, number>();
    const add = ({ file, duration = 0 }: Mocha.Runnable) => {
      if (file === undefined) return;
      secondsByFile.set(file, (secondsByFile.get(file) ?? 0) + duration / 1000);
    };
    runner.on("test end", add);
    runner.on("hook end", add);
    runner.once("end", () => {
      const slowest = [...secondsByFile].sort(([, a], [, b]) => b - a).slice(0, FILES_SHOWN);
      if (secondsByFile.size > FILES_SHOWN) {
        console.log(`The ${FILES_SHOWN} slowest of ${secondsByFile.size} files:`);
        for (const [file, seconds] of slowest) {
          console.log(`${seconds.toFixed(1).padStart(7)} s  ${path.relative(".", file)}`);
        }
        console.log("");
      }
      const { passes, failures, pending } = this.stats;
      console.log(`${passes} passed, ${failures} failed, ${pending} skipped`);
    });
  }
}
