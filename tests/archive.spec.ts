import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { text } from "node:stream/consumers";
import { DEFAULT_TAG_KEY, POOL_TAGS_VARIABLE, TAG_KEY_VARIABLE } from "../handler/names";
import { writeArchive } from "../simulator/deploy/archive";
import { deployStack, type Deployment } from "../simulator/deploy/engine";
import { readStackSettings } from "../simulator/deploy/stackFile";
import type { EmbeddedMetrics } from "../simulator/views/journal";
import { deploy, withStage } from "./simulator/stage";

const MOST_BYTES = 1_200_000;

/** Runs one invocation in a process that has the archive's files and nothing else of this project. */
const invokeOnce = `
  const { handler } = require("./__index.js");
  const endMs = Date.now() + 600000;
  const context = { getRemainingTimeInMillis: () => endMs - Date.now() };
  handler(JSON.parse(process.argv[1]), context).catch((error) => {
    console.error(error);
    process.exitCode = 1;
  });
`;

const environment = (endpoint: string) => ({
  PATH: process.env.PATH,
  AWS_REGION: "eu-west-1",
  AWS_LAMBDA_FUNCTION_NAME: "manager-1a2b",
  AWS_ACCESS_KEY_ID: "AKIATEST",
  AWS_SECRET_ACCESS_KEY: "test",
  AWS_ENDPOINT_URL: endpoint,
  [TAG_KEY_VARIABLE]: DEFAULT_TAG_KEY,
  [POOL_TAGS_VARIABLE]: '["one"]',
});

describe("the archive", () => {
  let deployment: Deployment;

  before(async () => {
    deployment = await deploy();
  });

  it("holds the serialised handler and its bundle, and no package", () => {
    assert.deepEqual([...deployment.archive.keys()], ["__index.js", "dist/clients.js"]);
  });

  it(`is at most ${MOST_BYTES} bytes unpacked`, () => {
    const bytes = Buffer.byteLength([...deployment.archive.values()].join(""));
    assert.ok(bytes <= MOST_BYTES, String(bytes));
  });

  it("requires nothing but its own files and Node", () => {
    const required = [...deployment.archive.values()].flatMap((content) =>
      [...content.matchAll(/\brequire\("([^"]+)"\)/g)].map(([, name = ""]) => name),
    );
    // The SDK asks for this package only where a signing algorithm is chosen that is not ours.
    const known = ["./dist/clients.js", "@aws-sdk/signature-v4-crt"];
    assert.deepEqual(
      required.filter((name) => !known.includes(name) && !isBuiltin(name)),
      [],
    );
  });

  it("names no path of the machine that built it", () => {
    for (const content of deployment.archive.values()) {
      assert.equal(content.includes(process.cwd()), false);
    }
  });

  it("is the same, byte for byte, from a second build", async () => {
    const again = await deployStack("dev", readStackSettings("dev"));
    assert.deepEqual([...again.archive], [...deployment.archive]);
  });

  it("is the same from a copy of the tree in another folder", async () => {
    const copy = mkdtempSync(path.join(tmpdir(), "copy-"));
    try {
      const left = ["node_modules", ".git", "dist", ".venv-moto"];
      cpSync(process.cwd(), copy, {
        recursive: true,
        filter: (source) => !left.includes(path.relative(process.cwd(), source)),
      });
      symlinkSync(path.resolve("node_modules"), path.join(copy, "node_modules"));
      const script = "simulator/package.ts";
      const args = ["--require", "ts-node/register", script, "--out", path.join(copy, "out")];
      const child = spawn(process.execPath, args, { cwd: copy, stdio: ["ignore", "pipe", "pipe"] });
      const [errors, code] = await Promise.all([text(child.stderr), exitCode(child)]);
      assert.equal(code, 0, errors);
      for (const [name, content] of deployment.archive) {
        assert.equal(readFileSync(path.join(copy, "out", name), "utf8"), content, name);
      }
    } finally {
      rmSync(copy, { recursive: true });
    }
  });

  it("attaches an address over the wire, loaded outside the project in a clean process", () =>
    withStage(
      {
        pools: [{ name: "one", size: 1 }],
        timings: { readCall: [1, 1], writeCall: [1, 1], attach: [5, 5], start: [1, 1] },
      },
      async ({ region, addressHistory }) => {
        const [subnet] = (await deploy([{ name: "one", size: 1 }])).subnets;
        assert.ok(subnet);
        region.eventBridge.loses = () => true;
        const instance = region.ec2.runInstance("t4g.micro", subnet, { [region.tagKey]: "one" });
        await region.run(1);
        const folder = mkdtempSync(path.join(tmpdir(), "archive-"));
        writeArchive(deployment.archive, folder);
        try {
          const event = JSON.stringify({ "detail-type": "Scheduled Event" });
          const child = spawn(process.execPath, ["-e", invokeOnce, event], {
            cwd: folder,
            env: environment(region.endpoint),
            stdio: ["ignore", "pipe", "pipe"],
          });
          const output = Promise.all([text(child.stdout), text(child.stderr), exitCode(child)]);
          while (child.exitCode === null && child.signalCode === null) await region.run(0.01);
          const [log, errors, code] = await output;
          assert.equal(code, 0, errors);
          assert.equal(addressHistory.addressOf(instance.id), "10.0.0.4");
          const lines = log.trim().split("\n");
          const records = lines.map((line) => JSON.parse(line) as EmbeddedMetrics);
          const messages = records.flatMap(({ message }) => message ?? []);
          assert.deepEqual(messages, [
            `attach 10.0.0.4 to ${instance.id}: instanceWaits`,
            "settled",
          ]);
          assertMeasured(records.filter((record) => "_aws" in record));
        } finally {
          rmSync(folder, { recursive: true });
        }
      },
    ));
});

/** The manager's figures and the pool's, as CloudWatch's embedded metric format names and holds them. */
function assertMeasured(records: EmbeddedMetrics[]): void {
  const measured = records.map(({ _aws: { CloudWatchMetrics, Timestamp }, ...values }) => {
    assert.equal(typeof Timestamp, "number");
    const [definition] = CloudWatchMetrics;
    assert.equal(definition?.Namespace, "NetworkInterfacePool");
    const named = [...definition.Dimensions.flat(), ...definition.Metrics.map(({ Name }) => Name)];
    assert.deepEqual(named.sort(), Object.keys(values).sort());
    return values;
  });
  const { LaunchToAttached, ...counts } = measured.pop() ?? {};
  assert.equal(typeof LaunchToAttached, "number");
  assert.deepEqual(
    [...measured, counts],
    [
      { FunctionName: "manager-1a2b", Syncs: 1, PoolsExhausted: 0, LongestWait: 0 },
      {
        FunctionName: "manager-1a2b",
        Pool: "one",
        AddressesFree: 0,
        AddressesHeld: 1,
        AddressesInTransition: 0,
        InstancesWaiting: 0,
        LongestWait: 0,
      },
    ],
  );
}

function exitCode(child: ReturnType<typeof spawn>): Promise<number | null> {
  return new Promise((resolve) => {
    child.on("close", resolve);
  });
}
