import { type Deployment, deployStack } from "./deploy/engine";
import { readStackSettings, withPools } from "./deploy/stackFile";
import { readSoakOptions } from "./options";
import { type World, worldOf } from "./workload/worlds";
import { type Outcome, playHistory } from "./workload/history";
import type { JournalEntry } from "./views/journal";
import { formatEntry } from "./views/view";
import { replayCommand, shrink } from "./workload/shrink";

const STACK = "dev";
const PROGRESS_SECONDS = 10;

const deployments = new Map<World, Promise<Deployment>>();

/** Deploys what the history of a seed is played on; once for all that share it. */
function deploymentFor(seed: number): Promise<Deployment> {
  const world = worldOf(seed);
  const settings = withPools(readStackSettings(STACK), world.pools);
  const deployment = deployments.get(world) ?? deployStack(STACK, settings, world.existing);
  deployments.set(world, deployment);
  return deployment;
}

/** Plays one seed and tells everything, or fresh seeds until the time is up. */
async function main(): Promise<void> {
  const { seed, from, minutes, count, steps, faults } = readSoakOptions(
    process.argv.slice(2),
    Date.now(),
  );
  if (seed !== undefined) {
    const listener = (entry: JournalEntry) => {
      console.log(formatEntry(entry));
    };
    const options = { seed, steps, only: faults, listener };
    tell(await playHistory(await deploymentFor(seed), options));
    return;
  }
  const startMs = Date.now();
  const elapsedSeconds = () => (Date.now() - startMs) / 1000;
  let histories = 0;
  let broken = 0;
  for (let shown = 0; histories < count && elapsedSeconds() < minutes * 60; histories += 1) {
    const options = { seed: from + histories, steps, only: faults };
    const deployment = await deploymentFor(options.seed);
    const outcome = await playHistory(deployment, options);
    if (outcome.broken.length > 0) {
      broken += 1;
      const shrunk = await shrink((one) => playHistory(deployment, one), options, outcome);
      console.log(`seed ${options.seed} broke a promise:\n- ${shrunk.broken.join("\n- ")}`);
      console.log(`To replay it: ${replayCommand(shrunk.smallest)}`);
    } else if (elapsedSeconds() > shown + PROGRESS_SECONDS) {
      shown = elapsedSeconds();
      console.log(`${shown.toFixed(0)} s: ${histories + 1} histories, ${verdictOf(broken)}`);
    }
  }
  const range = `seeds ${from} to ${from + histories - 1}`;
  const seconds = elapsedSeconds().toFixed(0);
  console.log(
    `${histories} histories of ${steps} steps in ${seconds} s, ${range}: ${verdictOf(broken)}`,
  );
  if (broken > 0) process.exitCode = 1;
}

function verdictOf(broken: number): string {
  return broken === 0 ? "every promise was kept" : `${broken} broke a promise`;
}

/** Shows one history, all of it. */
function tell({ broken, faults }: Outcome): void {
  console.log(`\nFaults:\n${faults.map((fault) => `- ${fault}\n`).join("")}`);
  console.log(
    broken.length === 0 ? "Every promise was kept." : `Broken:\n- ${broken.join("\n- ")}`,
  );
  if (broken.length > 0) process.exitCode = 1;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
