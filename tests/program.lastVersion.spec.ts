import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import program from "../index";
import { clearConfiguration, configure } from "./configuration";
import { deploy } from "./mocks";

/** What the last version made of a stack with all that pools and groups may have. */
interface LastVersion {
  stack: Record<string, unknown>;
  /** The parents by what Pulumi knows resources by: the types of their ancestors, type and name. */
  resources: Record<string, string>;
}

const MANAGER = "network-interface-pool:index:NetworkInterfaceManager";
const ofManager = (typeAndName: string) => [
  `${MANAGER}$${typeAndName}`,
  "NetworkInterfaceManager manager",
];

/** What this version makes beside it. */
const added = Object.fromEntries([
  ofManager("aws:cloudwatch/eventRule:EventRule::manager-tags"),
  ofManager("aws:cloudwatch/eventTarget:EventTarget::manager-tags"),
  ofManager("aws:lambda/invocation:Invocation::manager-first-sync"),
]) as Record<string, string>;

describe("program, over a stack of the last version", () => {
  after(clearConfiguration);

  it("keeps every resource by its name, type and parent, and adds these alone", async () => {
    const text = readFileSync("tests/lastVersion.json", "utf8");
    const { stack, resources } = JSON.parse(text) as LastVersion;
    configure(stack);
    const { registrations } = await deploy(() => pulumi.runtime.runInPulumiStack(program));
    const now = registrations.map(({ urn, parent }) => {
      const [, , ...typesAndName] = urn.split("::");
      return [typesAndName.join("::"), parent] as const;
    });
    assert.deepEqual(Object.fromEntries(now), { ...resources, ...added });
  });
});
