import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { writeDefaultArchive } from "../../bench/defaultPackaging";
import { weigh } from "../../bench/archiveSize";

const env = { AWS_REGION: "eu-west-1", POOL_TAG_KEY: "network-interface-manager-pool" };

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "packaging-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe("writeDefaultArchive", () => {
  it("writes a manager that starts by itself, with the packages that it needs", async () => {
    await writeDefaultArchive("__index", folder);
    const has = (name: string) => existsSync(path.join(folder, "node_modules", name));
    assert.deepEqual(
      ["@aws-sdk/client-ec2", "@smithy/core", "@pulumi/pulumi", "esbuild"].map(has),
      [true, true, false, false],
    );
    const report = `
      const { handler } = require("./__index.js");
      const loaded = Object.keys(require.cache).some((file) => file.includes("client-ec2"));
      console.log(typeof handler, loaded);
    `;
    const printed = execFileSync(process.execPath, ["-e", report], { cwd: folder, env });
    assert.equal(printed.toString(), "function true\n");
  });
});

describe("weigh", () => {
  it("is a zip file's end alone for an empty folder", () => {
    assert.deepEqual(weigh(folder), { files: 0, bytes: 0, zippedBytes: 22 });
  });

  it("counts files in folders, with what their names take in a zip file", () => {
    mkdirSync(path.join(folder, "inner"));
    writeFileSync(path.join(folder, "inner", "zeros"), Buffer.alloc(100_000));
    writeFileSync(path.join(folder, "a"), "a");
    const { files, bytes, zippedBytes } = weigh(folder);
    assert.deepEqual([files, bytes], [2, 100_001]);
    // 114 and 3 deflated, 76 of headers each, and both names twice: as Python's zipfile makes it.
    assert.equal(zippedBytes, 22 + 114 + 3 + 2 * 76 + 2 * ("inner/zeros".length + "a".length));
  });
});
