import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";

/** What `pulumi up` loads: programs, policies, and what esbuild bundles for the function. */
const LOADED = "{*,components/**/*,handler/**/*,policy/*,examples/*/index}.ts";

/** Pulumi's own TypeScript is 3.8, which can't read these files. */
const COMPILER = ["ts-node", "typescript"];

interface Package {
  dependencies: Record<string, string>;
}

/** The packages that a module imports for more than types. */
function packagesIn(file: string): string[] {
  const imports = readFileSync(file, "utf8").matchAll(
    /^(?:import|export)(?! type\b)[^;]*? from "([^".][^"]*)"/gm,
  );
  return [...imports]
    .map(([, name = ""]) => name)
    .filter((name) => !name.startsWith("node:"))
    .map((name) => name.split("/", name.startsWith("@") ? 2 : 1).join("/"));
}

describe("dependencies", () => {
  it("are what pulumi up needs: npm ci --omit=dev is enough for it", () => {
    const { dependencies } = JSON.parse(readFileSync("package.json", "utf8")) as Package;
    const loaded = new Set([...COMPILER, ...globSync(LOADED).flatMap(packagesIn)]);
    assert.deepEqual([...loaded].sort(), Object.keys(dependencies).sort());
  });
});
