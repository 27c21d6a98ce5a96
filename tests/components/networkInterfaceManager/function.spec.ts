import esbuild from "esbuild";
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import type * as Clients from "../../../handler/clients";
import { asked } from "../../handler/answeringAws";
import { deploy } from "../../mocks";

const BUNDLE = "dist/clients.js";

/** Loads the component as a new process does, which has bundled nothing yet, and counts its builds. */
async function loadAnew() {
  const modules = ["index", "function"].map((name) =>
    require.resolve(`../../../components/networkInterfaceManager/${name}`),
  );
  const remembered = modules.map((file) => require.cache[file]);
  const bundler = require.cache[require.resolve("esbuild")];
  assert.ok(bundler);
  const exports = bundler.exports as object;
  let builds = 0;
  const buildSync = (options: esbuild.BuildOptions) => {
    builds += 1;
    return esbuild.buildSync(options);
  };
  bundler.exports = { ...exports, buildSync };
  for (const file of modules) Reflect.deleteProperty(require.cache, file);
  const { NetworkInterfaceManager } = await import("../../../components/networkInterfaceManager");
  bundler.exports = exports;
  for (const [index, file] of modules.entries()) require.cache[file] = remembered[index];
  return { NetworkInterfaceManager, countBuilds: () => builds };
}

describe("the clients' bundle", () => {
  const project = process.cwd();
  const elsewhere = mkdtempSync(path.join(tmpdir(), "program-"));
  after(() => {
    process.chdir(project);
    rmSync(elsewhere, { recursive: true });
  });

  it("keeps the names of the SDK's errors, by which Lambda tells of them", async () => {
    const { NetworkInterfaceManager } = await loadAnew();
    await deploy(() => new NetworkInterfaceManager("manager"));
    const { createAwsCalls } = (await import(path.resolve(BUNDLE))) as typeof Clients;
    const body =
      "<Response><Errors><Error><Code>AuthFailure</Code><Message>no</Message></Error></Errors></Response>";
    const { result } = await asked([{ status: 401, body }], () =>
      createAwsCalls("pool-tag").describeInstances([]),
    );
    assert.ok(result instanceof Error);
    assert.deepEqual(
      [result.name, result.constructor.name],
      ["AuthFailure", "EC2ServiceException"],
    );
  });

  it("is built once a process, and written below every program's working directory", async () => {
    const { NetworkInterfaceManager, countBuilds } = await loadAnew();
    await deploy(() => {
      new NetworkInterfaceManager("manager");
      new NetworkInterfaceManager("another");
    });
    assert.equal(countBuilds(), 1);
    const bundle = readFileSync(BUNDLE);
    process.chdir(elsewhere);
    await deploy(() => new NetworkInterfaceManager("manager"));
    assert.ok(bundle.equals(readFileSync(path.join(elsewhere, BUNDLE))));
    rmSync(BUNDLE);
    await deploy(() => new NetworkInterfaceManager("manager"));
    assert.ok(bundle.equals(readFileSync(BUNDLE)), "it is there again");
    assert.equal(countBuilds(), 1);
  });
});
