import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import {
  readStackSettings,
  type StackSettings,
  withPools,
} from "../../../simulator/deploy/stackFile";

const project = `
  config:
    pools: { description: no default }
    tagKey: { default: key }
    syncInterval: { type: integer, default: 1 }`;

/** Reads the stack `mine` where this is its file, beside that of a project. */
function readFrom(stack: string): StackSettings {
  const folder = mkdtempSync(path.join(tmpdir(), "stack-"));
  const before = process.cwd();
  writeFileSync(path.join(folder, "Pulumi.yaml"), project);
  writeFileSync(path.join(folder, "Pulumi.mine.yaml"), stack);
  process.chdir(folder);
  try {
    return readStackSettings("mine");
  } finally {
    process.chdir(before);
    rmSync(folder, { recursive: true });
  }
}

describe("readStackSettings", () => {
  it("fills in the project's defaults, and writes all that is no text as JSON", () => {
    const stack = `
      config:
        aws:region: eu-west-1
        network-interface-pool:pools: [{ name: a, size: 2 }]`;
    assert.deepEqual(readFrom(stack), {
      "aws:region": "eu-west-1",
      "network-interface-pool:pools": '[{"name":"a","size":2}]',
      "network-interface-pool:tagKey": "key",
      "network-interface-pool:syncInterval": "1",
    });
  });

  it("lets the stack's own value win over the default", () => {
    assert.deepEqual(readFrom("config: { network-interface-pool:syncInterval: 5 }"), {
      "network-interface-pool:tagKey": "key",
      "network-interface-pool:syncInterval": "5",
    });
  });

  for (const [what, stack, message] of [
    [
      "without config",
      "network-interface-pool:pools: []",
      /^Error: Pulumi\.mine\.yaml has no config; write config:, and below it network-interface-pool:pools:$/,
    ],
    ["that is empty", "", /^Error: Pulumi\.mine\.yaml has no config; /],
    [
      "with a key of no project",
      "config: { pools: [] }",
      /^Error: Pulumi\.mine\.yaml: pools is of no project; write network-interface-pool:pools$/,
    ],
    ["that is no YAML", "config: [", /^Error: Pulumi\.mine\.yaml: YAMLParseError: /],
  ] as const) {
    it(`says what to write in a file ${what}`, () => {
      assert.throws(() => readFrom(stack), message);
    });
  }

  it("reads the stack dev of this repository", () => {
    assert.deepEqual(Object.keys(readStackSettings("dev")).sort(), [
      "aws:region",
      "network-interface-pool:alarmAfterMinutes",
      "network-interface-pool:alarmTopicArn",
      "network-interface-pool:logRetentionInDays",
      "network-interface-pool:memorySize",
      "network-interface-pool:pools",
      "network-interface-pool:syncInterval",
      "network-interface-pool:tagKey",
    ]);
  });
});

describe("withPools", () => {
  it("changes the pools and nothing else", () => {
    const settings = { "aws:region": "eu-west-1", "network-interface-pool:pools": "[]" };
    assert.deepEqual(withPools(settings, [{ name: "a", size: 1 }]), {
      "aws:region": "eu-west-1",
      "network-interface-pool:pools": '[{"name":"a","size":1}]',
    });
    assert.equal(settings["network-interface-pool:pools"], "[]");
  });
});
