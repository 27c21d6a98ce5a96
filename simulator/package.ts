import * as path from "node:path";
import { writeArchive } from "./deploy/archive";
import { deployStack, resourcesOfType, variablesOf } from "./deploy/engine";
import { readPackageOptions } from "./options";
import { readStackSettings } from "./deploy/stackFile";

/**
 * Writes the manager's archive as it would be uploaded, and beside it the variables the function gets
 * and its rights: for audits, and for running the function elsewhere.
 */
async function main(): Promise<void> {
  const { out, stack } = readPackageOptions(process.argv.slice(2));
  const deployment = await deployStack(stack, readStackSettings(stack));
  const [rolePolicy] = resourcesOfType(deployment, "aws:iam/rolePolicy:RolePolicy");
  const files = new Map([
    ...deployment.archive,
    ["environment.json", formatJson(variablesOf(deployment.lambda))],
    ["role-policy.json", formatJson(JSON.parse(String(rolePolicy?.inputs.policy)))],
  ]);
  writeArchive(files, out);
  for (const [name, text] of files) {
    console.log(`${path.join(out, name)} ${Buffer.byteLength(text)} bytes`);
  }
}

function formatJson(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
