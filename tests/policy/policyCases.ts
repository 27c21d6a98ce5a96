import { type Policy } from "@pulumi/policy";
import assert from "node:assert/strict";
import { judge, show, type WrittenResource } from "./policyEngine";
import { withChanges } from "./stackBuilders";

/** What a policy finds. */
interface Expected {
  level: "mandatory" | "advisory";
  message: string;
  /** The name of the resource it is about. */
  resource?: string;
}

interface Circumstances {
  config?: object;
  /** The name of the stack. */
  stack?: string;
}

/** What the findings after it are expected in. */
interface Run {
  preview: boolean;
}

/** What a case is made of: resources, circumstances, and findings. A text is what stops the program. */
export type CasePart = WrittenResource | Circumstances | Run | Expected | string;

/**
 * What is other than in the compliant stack, then all that the policy finds, in this order. Findings hold in
 * a preview and in an up, those after `inPreview` or `inUp` in that alone.
 */
interface PolicyCase {
  title: string;
  parts: CasePart[];
}

export const inPreview: Run = { preview: true };
export const inUp: Run = { preview: false };

export const configured = (config: object): Circumstances => ({ config });

export const inStack = (stack: string): Circumstances => ({ stack });

/** What stops a program, about another resource than the other cases. */
export const stops = (message: string, resource?: string): Expected => ({
  level: "mandatory",
  message,
  ...(resource !== undefined && { resource }),
});

/** What is shown beside and stops nothing. */
export const advises = (message: string, resource?: string): Expected => ({
  ...stops(message, resource),
  level: "advisory",
});

/** What can't be checked before up. A case with one is judged in a preview alone, unless it has runs. */
export const asks = (question: string, resource?: string): Expected =>
  advises(`${QUESTION}${question}`, resource);

const QUESTION = "cannot be checked before up: ";

/**
 * Cases as a table: a line of text is a title, and the values after it, on its line or the next ones, are its
 * parts. A list of parts stands for all of them.
 */
export function table(text: TemplateStringsArray, ...values: (CasePart | CasePart[])[]) {
  const cases: PolicyCase[] = [];
  for (const [index, chunk] of text.entries()) {
    const titles = chunk.split("\n").map((line) => line.trim().replace(/:$/, ""));
    cases.push(...titles.filter((title) => title !== "").map((title) => ({ title, parts: [] })));
    const parts = [values[index] ?? []].flat();
    if (parts.length > 0 && cases.length === 0) throw new Error("a table begins with a title");
    cases.at(-1)?.parts.push(...parts);
  }
  return cases;
}

/** Tests of one policy, whose findings are about this resource where a case names no other. */
export function casesOf(policy: Policy, resource = "web") {
  /** Tests that the policy finds what the case says, and nothing else. */
  const hold = (title: string, ...parts: CasePart[]) => {
    it(title, async () => {
      const { changes, config, stack, runs } = readCase(parts);
      for (const { preview, expected } of runs) {
        assert.deepEqual(
          await judge(policy, show(withChanges(...changes), { preview, stack }), config),
          expected.map((finding) => ({ policy: policy.name, resource, ...finding })),
          `preview ${preview}`,
        );
      }
    });
  };
  const holdEach = (cases: PolicyCase[]) => {
    for (const { title, parts } of cases) hold(title, ...parts);
  };
  return { hold, holdEach };
}

function readCase(parts: CasePart[]) {
  const changes: WrittenResource[] = [];
  const circumstances: Circumstances = {};
  const always: Expected[] = [];
  const runs: (Run & { expected: Expected[] })[] = [];
  const expectedNow = () => runs.at(-1)?.expected ?? always;
  for (const part of parts) {
    if (typeof part === "string") expectedNow().push(stops(part));
    else if ("level" in part) expectedNow().push(part);
    else if ("preview" in part) runs.push({ ...part, expected: [...always] });
    else if ("type" in part) changes.push(part);
    else Object.assign(circumstances, part);
  }
  const isAsked = always.some(({ message }) => message.startsWith(QUESTION));
  const byDefault = (isAsked ? [inPreview] : [inPreview, inUp]).map((run) => ({
    ...run,
    expected: always,
  }));
  return { changes, ...circumstances, runs: runs.length > 0 ? runs : byDefault };
}
