import { execFileSync } from "node:child_process";
import * as path from "node:path";
import { createWorld, planWorld } from "./planWorlds";
import { countSteps } from "./countSteps";

/** What is compiled further is no longer counted in full. */
const INTERPRETED = ["--no-opt", "--no-maglev", "--no-sparkplug"];

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
