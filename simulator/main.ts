import { parseArgs } from "node:util";
import { exampleScenarios } from "./scenarios/examples";
import { AddressHistory } from "./checkers/addressHistory";
import { lifeScenarios } from "./scenarios/life";
import { Region } from "./aws/region";
import { summarise } from "./views/report";
import { deployScenario, type Scenario, scenarios } from "./scenarios/basic";
import { jsonView, liveView, plainView, type View } from "./views/view";

/** Those that `--scenario` takes. */
const allScenarios: Record<string, Scenario> = {
  ...scenarios,
  ...lifeScenarios,
  ...exampleScenarios,
};

const STACK = "dev";
const DEFAULT_SCENARIO = "replace";
const DEFAULT_SEED = 1;

interface Options {
  scenario: string;
  seed: number;
  view: View;
}

/** Reads the command line; a mistake is said with what to write instead. */
function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      scenario: { type: "string", default: DEFAULT_SCENARIO },
      seed: { type: "string", default: String(DEFAULT_SEED) },
      plain: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    },
  });
  const seed = Number(values.seed);
  if (!Number.isSafeInteger(seed)) {
    throw new Error(`--seed is ${values.seed}; write a whole number like 7`);
  }
  if (!Object.hasOwn(allScenarios, values.scenario)) {
    const known = Object.keys(allScenarios).join(", ");
    throw new Error(`--scenario is ${values.scenario}; write one of ${known}`);
  }
  return { scenario: values.scenario, seed, view: chooseView(values.json, values.plain) };
}

function chooseView(json: boolean, plain: boolean): View {
  if (json) return jsonView(process.stdout);
  return plain || !process.stdout.isTTY ? plainView(process.stdout) : liveView(process.stdout);
}

/** Deploys the stack, plays the scenario, shows what it came to. */
async function main(): Promise<void> {
  const { scenario: name, seed, view } = readOptions();
  const scenario = allScenarios[name];
  if (scenario === undefined) return;
  const deployment = await deployScenario(STACK, scenario);
  const region = await Region.open(deployment, {
    seed,
    listener: (entry) => {
      view.entry(entry);
    },
  });
  try {
    const addressHistory = AddressHistory.of(region);
    region.onSecond((seconds) => view.second(seconds, addressHistory));
    const faults = [
      ...(await scenario.play({ region, addressHistory })),
      ...addressHistory.findFaults(),
    ];
    const run = {
      scenario: name,
      seed,
      virtualSeconds: region.seconds,
      faults: [...new Set(faults)],
    };
    view.end(summarise(run, addressHistory, region.journal.entries, deployment.archive));
    process.exitCode = faults.length > 0 ? 1 : 0;
  } finally {
    await region.close();
  }
}

// Whoever reads only the first lines has seen enough.
process.stdout.on("error", ({ code }: NodeJS.ErrnoException) => {
  process.exit(code === "EPIPE" ? 0 : 1);
});

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
