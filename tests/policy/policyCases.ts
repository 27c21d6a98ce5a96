import { type Policy } from "@pulumi/policy";
import assert from "node:assert/strict";
import { withChanges } from "./stackBuilders";
import { type WrittenResource, judge, show } from "./policyEngine";

/** A stack and all that one policy finds in it. */
export interface Case {
  title: string;
  /** What is other than in the compliant stack. */
  changes: WrittenResource[];
  /** What stops it. */
  violations?: string[];
  /** What can't be checked before up. */
  notes?: string[];
  /** What is shown beside and stops nothing. */
  advice?: string[];
  /**
   * What all of it is about.
   * @default "web"
   */
  resource?: string;
  config?: object;
  /** @default both a preview and an up, with the same outcome */
  preview?: boolean;
}

/** Tests that a policy finds what each case says, in this order, and nothing else. */
export function holdEach(policy: Policy, cases: Case[]): void {
  for (const { title, changes, resource = "web", ...one } of cases) {
    it(title, async () => {
      const { violations = [], notes = [], advice = [], config, preview: only } = one;
      const expected = [
        ...violations.map((message) => ({ level: "mandatory", message })),
        ...notes.map((question) => ({
          level: "advisory",
          message: `cannot be checked before up: ${question}`,
        })),
        ...advice.map((message) => ({ level: "advisory", message })),
      ];
      for (const preview of only === undefined ? [true, false] : [only]) {
        assert.deepEqual(
          await judge(policy, show(withChanges(...changes), { preview }), config),
          expected.map((finding) => ({ policy: policy.name, resource, ...finding })),
          `preview ${preview}`,
        );
      }
    });
  }
}
