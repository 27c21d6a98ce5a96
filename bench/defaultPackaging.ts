import * as pulumi from "@pulumi/pulumi";
import * as fs from "node:fs";
import * as path from "node:path";
import { startManager } from "../handler";
import { createAwsCalls, createLog, createMeter } from "../handler/clients";

/** What the program depends on to compile and to bundle; and what Pulumi leaves out of every function. */
const TOOLS = ["aws-sdk", "esbuild", "ts-node", "typescript"];

/**
 * Writes the archive that Pulumi would upload if the program left the packaging to it: the closure with
 * the clients captured in it, and what it needs and the program depends on as packages. Serialised and
 * collected by Pulumi itself, by the two calls that `CallbackFunction` makes.
 */
export async function writeDefaultArchive(main: string, folder: string): Promise<void> {
  const start = () => startManager({ createAwsCalls, createLog, createMeter });
  const closure = await pulumi.runtime.serializeFunction(start, {
    serialize: () => true,
    exportName: "handler",
    isFactoryFunction: true,
  });
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, `${main}.js`), closure.text);
  const assets = await pulumi.runtime.computeCodePaths({
    extraExcludePackages: TOOLS,
  });
  for (const [name, asset] of assets) {
    if (!(asset instanceof pulumi.asset.FileArchive)) throw new Error(`${name} is no folder`);
    fs.cpSync(await asset.path, path.join(folder, name), { recursive: true });
  }
}
