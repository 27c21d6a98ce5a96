import { defineConfig, globalIgnores } from "eslint/config";
import sonarjs from "eslint-plugin-sonarjs";
import tseslint from "typescript-eslint";

const clocks = ["Date", "performance", "setTimeout", "setInterval", "crypto"].map((name) => ({
  name,
  message:
    "Time and chance come from outside: from the snapshot in a plan, from clock and seed here.",
}));
const chance = [
  ["Math", "random"],
  ["process", "hrtime"],
  ["globalThis", "Date"],
].map(([object, property]) => ({
  object,
  property,
  message: "Time and chance come from clock and seed, so that a run can be repeated.",
}));
const timers = {
  group: ["timers", "timers/promises", "perf_hooks", "node:timers*", "node:perf_hooks"],
  message: "Time comes from outside.",
};
const randomness = ["crypto", "node:crypto"].map((name) => ({
  name,
  importNames: ["randomUUID", "randomBytes", "randomInt", "webcrypto"],
  message: "Chance comes from the seed.",
}));

/** What Pulumi's closure serialiser miscompiles without an error (docs/adr/0003). */
const serialiser = [
  [":matches(ClassDeclaration, ClassExpression):not(:function *)", "a class"],
  ["NewExpression:not(:function *)", "an object made by new, like a Map, a Set or a Date"],
  [
    ":matches(Program, Program > ExportNamedDeclaration) > VariableDeclaration > VariableDeclarator MemberExpression[object.name='process']",
    "a value of the deploying machine's environment",
  ],
  [
    ":matches(Program, Program > ExportNamedDeclaration) > VariableDeclaration CallExpression[callee.property.name=/^(bind|freeze|for)$/]",
    "a bound function, a frozen object or a symbol",
  ],
  [
    ":matches(Program, Program > ExportNamedDeclaration) > VariableDeclaration[kind!='const']",
    "a variable that changes",
  ],
  [
    ":matches(Program, Program > ExportNamedDeclaration) > VariableDeclaration > VariableDeclarator[id.name=/^(Request|Response|Event|fetch|URL|Headers|Blob|File|FormData|structuredClone|crypto|performance)$/]",
    "a constant named like a global of Node",
  ],
  ["ImportDeclaration[importKind!='type'] > ImportDefaultSpecifier", "a default import"],
  ["ImportDeclaration[importKind!='type'] > ImportNamespaceSpecifier", "a namespace import"],
  ["ExportAllDeclaration", "a re-export"],
].map(([selector, what]) => ({
  selector,
  message: `The serialiser miscompiles ${what} at module level; keep it inside a function.`,
}));

export default defineConfig(
  globalIgnores(["node_modules", "dist", ".venv-moto"]),
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/consistent-type-imports": [
        "error",
        { fixStyle: "inline-type-imports", disallowTypeAnnotations: false },
      ],
      "no-warning-comments": ["error", { terms: ["fixme", "xxx"] }],
    },
  },
  {
    // What exceeds these is listed in eslint-suppressions.json, until it is rebuilt.
    files: ["**/*.ts"],
    plugins: { sonarjs },
    rules: {
      "max-lines": ["error", 350],
      "max-params": ["error", 4],
      "max-lines-per-function": ["error", { max: 60, skipComments: true }],
      "sonarjs/cognitive-complexity": ["error", 12],
    },
  },
  // A describe holds as many tests as its subject needs.
  { files: ["**/*.spec.ts"], rules: { "max-lines-per-function": "off" } },
  {
    files: ["handler/**/*.ts"],
    ignores: ["handler/clients.ts"],
    rules: { "no-restricted-syntax": ["error", ...serialiser] },
  },
  {
    files: ["handler/**/*.ts", "simulator/**/*.ts"],
    // These go by the clock on the wall: the loop and its pauses have to, and the soak stops by it.
    ignores: ["handler/sleep.ts", "handler/reconcile.ts", "simulator/soak.ts"],
    rules: {
      "no-restricted-globals": ["error", ...clocks],
      "no-restricted-properties": ["error", ...chance],
      "no-restricted-imports": ["error", { patterns: [timers], paths: randomness }],
    },
  },
);
