import { AddressHistory } from "./checkers/addressHistory";
import { readStartOptions, type StartOptions } from "./options";
import { Region } from "./aws/region";
import { summarise } from "./views/report";
import { measurements, scenarios } from "./scenarios";
import {
  deployScenario,
  type Measurement,
  playScenario,
  type Scenario,
} from "./scenarios/scenario";
import { jsonView, liveView, plainView, type View } from "./views/view";

/** Those that `--scenario` takes. */
const allScenarios: Record<string, Scenario | Measurement> = {
  ...scenarios,
  ...measurements,
};

const STACK = "dev";

function chooseView({ json, plain }: StartOptions): View {
  if (json) return jsonView(process.stdout);
  return plain || !process.stdout.isTTY ? plainView(process.stdout) : liveView(process.stdout);
}

/** Deploys the stack, plays the scenario, shows what it came to. */
async function main(): Promise<void> {
  const options = readStartOptions(process.argv.slice(2), Object.keys(allScenarios));
  const { scenario: name, seed } = options;
  const scenario = allScenarios[name];
  if (scenario === undefined) return;
  const view = chooseView(options);
  const deployment = await deployScenario(STACK, scenario);
  const region = await Region.open(deployment, {
    seed,
    ...("options" in scenario ? scenario.options : {}),
    listener: (entry) => {
      view.entry(entry);
    },
  });
  try {
    const addressHistory = AddressHistory.of(region);
    region.onSecond((seconds) => view.second(seconds, addressHistory));
    const stage = { region, addressHistory };
    const { faults: found, ...measured } =
      "measure" in scenario
        ? await scenario.measure(stage)
        : { faults: await playScenario(scenario, stage) };
    const faults = [...new Set([...found, ...addressHistory.findLost()])];
    const run = { scenario: name, seed, virtualSeconds: region.seconds, faults, ...measured };
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
