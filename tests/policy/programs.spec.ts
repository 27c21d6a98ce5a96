import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { deploy } from "../mocks";
import { allPolicies, judgeByAll } from "./allPolicies";
import { compliantPrograms } from "./compliantPrograms";
import { type Finding, showDeployment } from "./policyEngine";
import { type ViolatingProgram, violatingPrograms } from "./violatingPrograms";

/** What all policies find in a program. */
async function judgeProgram(create: () => void, preview: boolean): Promise<Finding[]> {
  return judgeByAll(showDeployment(await deploy(create, { preview }), preview));
}

/** The messages that previews of violating programs show, kept from one test to the next. */
const shown = new Map<ViolatingProgram, Promise<Finding[]>>();

function judgePreview(violating: ViolatingProgram): Promise<Finding[]> {
  const findings = shown.get(violating) ?? judgeProgram(violating.create, true);
  shown.set(violating, findings);
  return findings;
}

describe("the policies together", () => {
  for (const { title, create, note } of compliantPrograms) {
    it(`pass ${title}`, async () => {
      for (const preview of [true, false]) {
        const isPreviewOnly = note?.[1].includes("isn't known yet") === true;
        const expected = note === undefined || (isPreviewOnly && !preview) ? [] : [note];
        const findings = await judgeProgram(create, preview);
        assert.deepEqual(
          findings.map(({ level, resource }) => [level, resource]),
          expected.map(([resource]) => ["advisory", resource]),
          `preview ${preview}`,
        );
        for (const [index, [, says]] of expected.entries()) {
          const message = findings[index]?.message ?? "";
          assert.ok(message.includes(says), message);
        }
      }
    });
  }

  for (const violating of violatingPrograms) {
    const { title, policy, resource, says, create } = violating;
    it(`stop ${title} by ${policy} alone, in a preview and in an up`, async () => {
      for (const preview of [true, false]) {
        const findings = await (preview ? judgePreview(violating) : judgeProgram(create, false));
        const where = findings.map((one) => [one.policy, one.level, one.resource]);
        assert.deepEqual(where, [[policy, "mandatory", resource]], `preview ${preview}`);
        const message = findings[0]?.message ?? "";
        assert.ok(message.includes(says), message);
      }
    });
  }

  const docs = readFileSync(path.resolve(__dirname, "../../docs/policies.md"), "utf8");
  const rows = docs.split("\n").map((line) => line.split(" | "));
  for (const policy of Object.keys(allPolicies)) {
    it(`have ${policy} described with a message that a reader sees`, async () => {
      const row = rows.find(([id]) => id?.startsWith(`| \`${policy}\``));
      const messages: string[] = [];
      for (const violating of violatingPrograms.filter((one) => one.policy === policy)) {
        const [finding] = await judgePreview(violating);
        messages.push(finding?.message ?? "");
      }
      assert.ok(messages.includes(row?.[4]?.trim() ?? ""), String(row?.[4]));
    });
  }
});
