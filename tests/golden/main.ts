import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { parseArgs } from "node:util";
import { readConfig } from "../../config";
import { clearConfiguration, configure } from "../configuration";
import { refuse } from "../mocks";
import { wrongConfigurations } from "../validation/cases";
import { digestDrawnHistories, digestHistoriesByFaults, digestScenarios } from "./journals";
import { listRegistrations } from "./registrations";

/** What must not move by accident, each kept in a file of `kept/`. The longest come first. */
const goldens = {
  scenarios: digestScenarios,
  "histories-by-faults": digestHistoriesByFaults,
  "histories-drawn": digestDrawnHistories,
  registrations: listRegistrations,
  messages: listMessages,
} satisfies Record<string, () => Promise<Record<string, string>>>;

type Golden = keyof typeof goldens;
const NAMES = Object.keys(goldens) as Golden[];

const PROCESSES = 2;
const MOST_SHOWN = 10;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { write: { type: "boolean", default: false } },
    allowPositionals: true,
  });
  const wrong = positionals.find((name) => !Object.hasOwn(goldens, name));
  if (wrong !== undefined) {
    throw new Error(`there is no golden ${wrong}; write some of ${NAMES.join(" ")}`);
  }
  const names = positionals.length > 0 ? (positionals as Golden[]) : NAMES;
  const [only, ...more] = names;
  if (only !== undefined && more.length === 0) await holdOne(only, values.write);
  else await hold(names, values.write);
}

/** Plays several, each in a process of its own, as many at a time as pay on two cores. */
async function hold(names: string[], write: boolean): Promise<void> {
  const left = [...names];
  const work = async () => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) {
      const args = [
        "--require",
        "ts-node/register",
        __filename,
        name,
        ...(write ? ["--write"] : []),
      ];
      const child = spawn(process.execPath, args, { stdio: "inherit" });
      const [exitCode] = (await once(child, "exit")) as [number | null];
      if (exitCode !== 0) process.exitCode = 1;
    }
  };
  await Promise.all(Array.from({ length: PROCESSES }, work));
}

/** Compares what is with what is kept, or keeps it. */
async function holdOne(name: Golden, write: boolean): Promise<void> {
  const file = path.join(__dirname, "kept", `${name}.json`);
  const found = await goldens[name]();
  if (write) {
    writeFileSync(file, `${JSON.stringify(found, null, 1)}\n`);
    console.log(`${name}: ${Object.keys(found).length} kept`);
    return;
  }
  const kept = existsSync(file)
    ? (JSON.parse(readFileSync(file, "utf8")) as Record<string, string>)
    : {};
  const differences = compare(kept, found);
  for (const difference of differences.slice(0, MOST_SHOWN)) console.log(difference);
  const count = Object.keys(found).length;
  console.log(`${name}: ${count} compared, ${differences.length} differ from what is kept`);
  if (differences.length > 0) process.exitCode = 1;
}

/** What is said of every wrong configuration, by its title. */
async function listMessages(): Promise<Record<string, string>> {
  const messages: Record<string, string> = {};
  for (const { title, keys } of wrongConfigurations) {
    configure(keys);
    const { error } = await refuse(readConfig);
    messages[title] = error instanceof Error ? error.message : String(error);
  }
  clearConfiguration();
  return messages;
}

function compare(kept: Record<string, string>, found: Record<string, string>): string[] {
  return [...new Set([...Object.keys(kept), ...Object.keys(found)])]
    .filter((key) => kept[key] !== found[key])
    .map((key) => `${key}\n  was ${kept[key] ?? "absent"}\n  is  ${found[key] ?? "absent"}`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
