import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { resourcesOfType } from "../../simulator/deploy/engine";
import { type CommandResult, runCommand } from "./commands";
import { deploy } from "./stage";

const MOST_BYTES = 1_200_000;

/** Every file below a folder, by its path there. */
function readFolder(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    files
      .map(({ parentPath, name }) => path.join(parentPath, name))
      .sort()
      .map((file) => [path.relative(folder, file), readFileSync(file, "utf8")]),
  );
}

describe("simulator/package.ts", () => {
  let folder: string;
  let written: CommandResult;
  let mistake: CommandResult;
  let files: Record<string, string>;

  before(async function () {
    this.timeout(60_000);
    folder = mkdtempSync(path.join(tmpdir(), "package-"));
    [written, mistake] = await Promise.all([
      runCommand("simulator/package.ts", ["--out", path.join(folder, "package")]),
      runCommand("simulator/package.ts", []),
    ]);
    files = readFolder(path.join(folder, "package"));
  });

  after(() => {
    rmSync(folder, { recursive: true });
  });

  it("writes archive, variables and policy, byte for byte as another process deploys them", async () => {
    const deployment = await deploy();
    const [lambda] = resourcesOfType(deployment, "aws:lambda/function:Function");
    const [rolePolicy] = resourcesOfType(deployment, "aws:iam/rolePolicy:RolePolicy");
    const { variables } = lambda?.inputs.environment as { variables: object };
    const policy = JSON.parse(String(rolePolicy?.inputs.policy)) as object;
    const expected = {
      ...Object.fromEntries(deployment.archive),
      "environment.json": `${JSON.stringify(variables, undefined, 2)}\n`,
      "role-policy.json": `${JSON.stringify(policy, undefined, 2)}\n`,
    };
    assert.deepEqual(Object.keys(files), Object.keys(expected));
    for (const [name, text] of Object.entries(expected)) {
      // Not by assert.equal, which would print a megabyte.
      assert.ok(files[name] === text, `${name} differs`);
    }
  });

  it("writes the variables that tell the manager its pools", () => {
    assert.deepEqual(JSON.parse(files["environment.json"] ?? ""), {
      POOL_TAGS: '["licence","cluster"]',
      POOL_TAG_KEY: "network-interface-manager-pool",
      WHEN_POOL_IS_EXHAUSTED: "wait",
    });
  });

  it("writes 1.2 MB at most", () => {
    const bytes = Object.values(files).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    assert.ok(bytes > 100_000 && bytes <= MOST_BYTES, `${bytes} bytes`);
  });

  it("says which files it wrote and how big they are", () => {
    const lines = Object.entries(files).map(
      ([name, text]) => `${path.join(folder, "package", name)} ${Buffer.byteLength(text)} bytes\n`,
    );
    assert.deepEqual(written, { code: 0, stdout: lines.join(""), stderr: "" });
  });

  it("says what to write when it is not told where", () => {
    assert.deepEqual(mistake, {
      code: 1,
      stdout: "",
      stderr: "--out is missing; write npm run package -- --out DIR\n",
    });
  });
});
