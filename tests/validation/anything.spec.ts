import * as pulumi from "@pulumi/pulumi";
import * as fc from "fast-check";
import assert from "node:assert/strict";
import { z } from "zod";
import { readConfig } from "../../config";
import { stackSchema } from "../../schema";
import { clearConfiguration, configure } from "../configuration";
import { deploy } from "../mocks";

/** Of an error, however much is wrong. */
const MAX_LENGTH = 12_000;
const MAX_LINE_LENGTH = 500;

/** A key, or an entry of a list. */
interface Place {
  /** As errors write it. */
  name: string;
  path: (string | number)[];
  /** What ids begin with here, or in the list that is here. */
  prefix: string;
  /** Those that are known here; undefined where a value is no object. */
  keys: string[] | undefined;
}

interface Shape {
  properties?: Record<string, Shape>;
  items?: Shape;
  pattern?: string;
}

/** Every place there is, by the configuration's own schema: a new key is tried without a word here. */
function placesIn(shape: Shape, name = "", path: Place["path"] = []): [Place, ...Place[]] {
  const { properties, items, pattern = items?.pattern ?? "" } = shape;
  const prefix = /^\^([a-z]+-)/.exec(pattern)?.[1] ?? "";
  const keys = properties && Object.keys(properties);
  const inside = Object.entries(properties ?? {}).flatMap(([key, value]) =>
    placesIn(value, name === "" ? key : `${name}.${key}`, [...path, key]),
  );
  const entries = items === undefined ? [] : placesIn(items, `${name}[0]`, [...path, 0]);
  return [{ name, path, prefix, keys }, ...inside, ...entries];
}

const [stack, ...places] = placesIn(z.toJSONSchema(stackSchema, { io: "input" }) as Shape);

const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("", " ", "__proto__", "toString", "\u202eecnecil", "a\ud83e", '"\\\n\u001b[2J'),
);
const longText = "x".repeat(100_000);

/** As JSON, which holds what no literal of JavaScript does. */
const anyJson = (prefix: string) =>
  fc.oneof(
    fc.json(),
    anyText.map((text) => JSON.stringify(text)),
    anyText.map((text) => JSON.stringify(prefix + text)),
    fc.constantFrom("0", "-1", "0.5", "1e300", "1e400", "true", "null", "[null]", "[]", "{}"),
    fc.constantFrom('{"toString":1,"valueOf":1}', '{"__proto__":{"name":"word","size":1}}'),
  );

const list = (entry: (index: number) => unknown) =>
  JSON.stringify(Array.from({ length: 10_000 }, (_, index) => entry(index)));
const largeJson = (prefix: string) => [
  JSON.stringify(longText),
  list((index) => `${prefix}${index}`),
  list((index) => `10.0.${index >> 8}.${index & 255}`),
  list(() => ({})),
  `${"[".repeat(100_000)}${"]".repeat(100_000)}`,
];

/** What each key of a pool needs beside it, or can't have. */
const beside: Record<string, object> = {
  addresses: { size: undefined },
  networkInterfaceIds: { size: undefined },
  onDemandSubnetIds: { size: undefined, securityGroupIds: ["sg-1"] },
  secondaryAddresses: { size: undefined, addresses: ["10.0.0.10"] },
  securityGroupIds: { subnetId: "subnet-a" },
  group: { subnetId: "subnet-a", group: { instanceType: "t4g.small" } },
};

/** The configuration with a value in a place and no other mistake, as Pulumi keeps it. */
function configureAt(path: Place["path"], json: string): void {
  const [first = "", , key = ""] = path;
  const more = Object.hasOwn(beside, key) ? structuredClone(beside[key]) : {};
  const keys = { pools: [{ name: "licence", size: 1, ...more }] };
  let parent = keys as Record<string | number, unknown>;
  for (const [index, part] of path.slice(0, -1).entries()) {
    parent[part] ??= typeof path[index + 1] === "number" ? [] : {};
    parent = parent[part] as typeof parent;
  }
  // Otherwise __proto__ would be no key.
  Object.defineProperty(parent, path.at(-1) ?? "", { value: "(here)", enumerable: true });
  const pools = JSON.stringify(keys.pools).replace('"(here)"', () => json);
  configure(path.length > 1 ? { pools } : { pools, [first]: bareText(json) });
}

/** Pulumi keeps text without quotes. */
function bareText(json: string): string {
  return json.startsWith('"') ? (JSON.parse(json) as string) : json;
}

/** Reads the configuration, or the mistakes in it, one a line: short ones of this place that say what to write. */
async function read(
  name: string,
  written: string,
): Promise<{ lines: string[] } | { config: unknown }> {
  try {
    return { config: await readConfig() };
  } catch (error) {
    assert.ok(pulumi.RunError.isInstance(error), String(error));
    assert.ok(error.message.length <= MAX_LENGTH, `${error.message.length} characters`);
    // Of many further pools the instance type may be too small.
    const names = name.endsWith("furtherPools") ? [name, "pools[0].group.instanceType"] : [name];
    const lines = error.message.split("\n").slice(1);
    for (const line of lines.filter((one) => !/^and \d+ more$/.test(one))) {
      assert.ok(names.some((one) => line.startsWith(one)) && line.length <= MAX_LINE_LENGTH, line);
      assert.match(line, /; (write|leave) /);
      assert.doesNotMatch(line, /\p{C}/u);
      const [odd = ""] = /undefined|NaN|\[object|Error/.exec(line) ?? [];
      assert.ok(written.includes(odd), line);
    }
    return { lines };
  }
}

const check = (
  texts: fc.Arbitrary<string>,
  examples: string[],
  holds: (text: string) => Promise<void>,
) =>
  deploy(() =>
    fc.assert(fc.asyncProperty(texts, holds), { examples: examples.map((one) => [one]) }),
  );

describe("readConfig, given anything", () => {
  after(clearConfiguration);

  it("is given it in every place, and ids where they are wanted", () => {
    const prefixes = new Set(places.map(({ prefix }) => prefix));
    assert.deepEqual([...prefixes].sort(), ["", "ami-", "eni-", "sg-", "subnet-"]);
    assert.ok(places.some(({ name }) => name === "pools[0].secondaryAddresses[0][0]"));
  });

  for (const { name, path, prefix } of places) {
    it(`takes what fits at ${name} as it is, and says what is wrong with all else`, () =>
      check(anyJson(prefix), largeJson(prefix), async (json) => {
        configureAt(path, json);
        const found = await read(name, json);
        // The keys of the stack have defaults and texts of their own.
        if ("lines" in found || path.length === 1) return;
        const valueAt = (value: unknown, part: string | number) =>
          (value as Record<string | number, unknown>)[part];
        assert.deepEqual(path.reduce(valueAt, found.config), JSON.parse(json));
      }));
  }

  for (const { name, path, keys } of [stack, ...places]) {
    if (keys === undefined) continue;
    const unknownKey = anyText.filter((key) => !keys.includes(key));
    it(`refuses keys that aren't any ${name === "" ? "of the stack" : `at ${name}`}`, () =>
      check(unknownKey, [longText], async (key) => {
        configureAt([...path, key], "1");
        const found = await read(name, key);
        assert.ok("lines" in found && found.lines.length === 1);
        assert.match(found.lines[0] ?? "", / is no key here; write one of /);
      }));
  }
});
