import { strykerPlugins as plugins } from "@stryker-mutator/mocha-runner";
import { createRequire } from "node:module";
import * as path from "node:path";

const { cache } = createRequire(import.meta.url);
const [mocha] = plugins;

/**
 * Stryker's runner for mocha, which a mutant of module level gives no new process but all modules of the sandbox anew. Packages stay: to load them takes
 * most of a process's start.
 */
function createRunner(injector) {
  const runner = mocha.factory(injector);
  const mutantRun = runner.mutantRun.bind(runner);
  runner.capabilities = () => Promise.resolve({ reloadEnvironment: true });
  runner.mutantRun = async (options) => {
    if (options.reloadEnvironment) {
      await runner.dispose();
      for (const file of Object.keys(cache)) if (isOfSandbox(file)) delete cache[file];
      await runner.init();
      runner.loadedEnv = false;
    }
    return mutantRun(options);
  };
  return runner;
}
createRunner.inject = mocha.factory.inject;

function isOfSandbox(file) {
  const relative = path.relative(process.cwd(), file);
  return !relative.startsWith("..") && !relative.startsWith("node_modules");
}

export const strykerPlugins = [{ ...mocha, name: "mocha-anew", factory: createRunner }];
