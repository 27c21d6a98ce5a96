import * as pulumi from "@pulumi/pulumi";
import { buildSync } from "esbuild";
import * as fs from "node:fs";
import * as path from "node:path";
import { startManager } from "../handler";
import { createAwsCalls, createLog, createMeter } from "../handler/clients";

const CLIENTS_ENTRY = "handler/clients.ts";
/** What the program depends on for the sake of a bundle, and without one would not. */
const BUNDLER = "esbuild";

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
    extraIncludePackages: packagesOf(CLIENTS_ENTRY),
    extraExcludePackages: ["aws-sdk", BUNDLER],
  });
  for (const [name, asset] of assets) {
    if (!(asset instanceof pulumi.asset.FileArchive)) throw new Error(`${name} is no folder`);
    fs.cpSync(await asset.path, path.join(folder, name), { recursive: true });
  }
}

/** The packages that a file of the handler imports: here they are for development alone, being bundled. */
function packagesOf(entry: string): string[] {
  const { metafile } = buildSync({
    entryPoints: [entry],
    bundle: true,
    platform: "node",
    packages: "external",
    write: false,
    metafile: true,
  });
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
  const names = imports.filter(({ external }) => external).map((one) => one.path);
  return [...new Set(names)].filter((name) => !name.startsWith("node:"));
}
