import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { resourcesOfType, variablesOf } from "../../simulator/deploy/engine";
import { runCommand } from "./commands";
import { deploy } from "./stage";

/** Every file below a folder, by its path there. */
function readFolder(folder: string): Map<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    /\.js(on)?$/.test(name),
  );
  return new Map(names.map((name) => [name, readFileSync(path.join(folder, name), "utf8")]));
}

const formatJson = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`;

describe("simulator/package.ts", () => {
  it("writes archive, variables and policy as another process deploys them, and says so", async () => {
    const deployment = await deploy();
    const [rolePolicy] = resourcesOfType(deployment, "aws:iam/rolePolicy:RolePolicy");
    const expected = [
      ...deployment.archive,
      ["environment.json", formatJson(variablesOf(deployment.lambda))] as const,
      ["role-policy.json", formatJson(JSON.parse(String(rolePolicy?.inputs.policy)))] as const,
    ];
    const folder = mkdtempSync(path.join(tmpdir(), "package-"));
    try {
      const { code, stdout, stderr } = await runCommand("simulator/package.ts", ["--out", folder]);
      assert.deepEqual([code, stderr], [0, ""]);
      const lines = expected.map(
        ([name, text]) => `${path.join(folder, name)} ${Buffer.byteLength(text)} bytes\n`,
      );
      assert.equal(stdout, lines.join(""));
      const files = readFolder(folder);
      assert.equal(files.size, expected.length);
      for (const [name, text] of expected) {
        // Not by assert.equal, which would print a megabyte.
        assert.ok(files.get(name) === text, `${name} differs`);
      }
      assert.deepEqual(JSON.parse(files.get("environment.json") ?? ""), {
        POOL_TAGS: '["licence","cluster"]',
        POOL_TAG_KEY: "network-interface-manager-pool",
        WHEN_POOL_IS_EXHAUSTED: "wait",
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("says what to write when it is not told where", async () => {
    const stderr = "--out is missing; write npm run package -- --out DIR\n";
    assert.deepEqual(await runCommand("simulator/package.ts", []), { code: 1, stdout: "", stderr });
  });
});
