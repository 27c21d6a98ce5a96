import { execFile } from "node:child_process";
import { mkdtempSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

const ROOT = path.resolve(__dirname, "../..");

/** All that the program and the simulator are made of, and what tells Pulumi and ts-node about them. */
const PARTS = [
  "components",
  "config.ts",
  "handler",
  "index.ts",
  "node_modules",
  "package.json",
  "Pulumi.yaml",
  "simulator",
  "schema.ts",
  "surroundings.ts",
  "tsconfig.json",
];

export interface CommandResult {
  code: number;
  stdout: string;
  stderr: string;
}

/**
 * Runs a command of this repository as its scripts do, in a folder that has everything but a `dist` of
 * its own: commands that run at the same time would write and read the same bundle.
 *
 * @param stack the text of `Pulumi.dev.yaml`; this repository's when left out
 */
export async function runCommand(
  file: string,
  options: string[],
  stack?: string,
): Promise<CommandResult> {
  const folder = mkdtempSync(path.join(tmpdir(), "command-"));
  try {
    for (const part of PARTS) symlinkSync(path.join(ROOT, part), path.join(folder, part));
    mkdirSync(path.join(folder, "dist"));
    const stackFile = path.join(folder, "Pulumi.dev.yaml");
    if (stack === undefined) symlinkSync(path.join(ROOT, "Pulumi.dev.yaml"), stackFile);
    else writeFileSync(stackFile, stack);
    const words = ["--require", "ts-node/register", file, ...options];
    return await new Promise((resolve) => {
      const limits = { cwd: folder, maxBuffer: 64 * 1024 * 1024 };
      execFile(process.execPath, words, limits, (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
      });
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
