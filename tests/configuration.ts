import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { readConfig } from "../config";
import { PROJECT, refuse } from "./mocks";

/** Sets the stack's configuration as Pulumi keeps it: text as it is, all else as JSON. */
export function configure(keys: Record<string, unknown>): void {
  const entries = Object.entries(keys).map(([key, value]): [string, string] => [
    `${PROJECT}:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  pulumi.runtime.setAllConfig({ "aws:region": "eu-west-1", ...Object.fromEntries(entries) });
}

/** Configuration outlives a deployment, and other specs run in the same process. */
export function clearConfiguration(): void {
  pulumi.runtime.setAllConfig({});
}

/** A pool without a mistake but for these keys; a key that is undefined is left out. */
export function pool(keys: Record<string, unknown>): Record<string, unknown> {
  return { pools: [{ name: "licence", size: 1, ...keys }] };
}

export async function assertRefuses(
  keys: Record<string, unknown>,
  mistakes: string[],
): Promise<void> {
  configure(keys);
  const { error } = await refuse(readConfig);
  assert.ok(pulumi.RunError.isInstance(error));
  const [heading, ...lines] = error.message.split("\n");
  assert.equal(
    heading,
    "The configuration of stack production can't be used; nothing was created. " +
      "Mend these in Pulumi.production.yaml:",
  );
  assert.deepEqual(lines, mistakes);
}
