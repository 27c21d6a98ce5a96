import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { thisProgram } from "./program";

const PROJECT = thisProgram.project;

/** A stack's configuration by full key, as Pulumi keeps it: lists, objects and numbers as JSON text. */
export type StackSettings = Record<string, string>;

/** Reads the configuration of a stack: its own file over the project's defaults. */
export function readStackSettings(stack: string): StackSettings {
  const project = parse(readFileSync("Pulumi.yaml", "utf8")) as {
    config: Record<string, { default?: unknown }>;
  };
  const own = readStackFile(`Pulumi.${stack}.yaml`);
  const defaults = Object.entries(project.config).flatMap(([key, { default: value }]) =>
    value === undefined ? [] : [[`${PROJECT}:${key}`, value] as const],
  );
  const all = [...defaults, ...Object.entries(own)];
  return Object.fromEntries(all.map(([key, value]) => [key, toConfigText(value)]));
}

/** @throws Error where Pulumi would refuse the file, too */
function readStackFile(file: string): Record<string, unknown> {
  let written: { config?: Record<string, unknown> } | null;
  try {
    written = parse(readFileSync(file, "utf8")) as typeof written;
  } catch (error) {
    throw new Error(`${file}: ${String(error)}`);
  }
  const config = written?.config;
  if (config === undefined) {
    throw new Error(`${file} has no config; write config:, and below it ${PROJECT}:pools:`);
  }
  for (const key of Object.keys(config)) {
    if (key.includes(":")) continue;
    throw new Error(`${file}: ${key} is of no project; write ${PROJECT}:${key}`);
  }
  return config;
}

/** The same configuration with other pools. */
export function withPools(settings: StackSettings, pools: object[]): StackSettings {
  return { ...settings, [`${PROJECT}:pools`]: toConfigText(pools) };
}

function toConfigText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
