import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { z } from "zod";
import { readConfig, stackSchema } from "../config";
import { clearConfiguration, configure } from "./configuration";
import { deploy } from "./mocks";

/** Of an error, however much is wrong. */
const MAX_LENGTH = 12_000;
const MAX_LINE_LENGTH = 500;

type Path = (string | number)[];

/** A key, or an entry of a list. */
interface Place {
  /** As errors write it. */
  name: string;
  path: Path;
  /** What ids begin with here, or in the list that is here. */
  prefix: string;
  takesKeys: boolean;
}

interface Shape {
  properties?: Record<string, Shape>;
  items?: Shape;
  pattern?: string;
}

/** Every place there is, by the configuration's own schema: a new key is tried without a word here. */
function placesIn(
  { properties, items, pattern = items?.pattern ?? "" }: Shape,
  name = "",
  path: Path = [],
): [Place, ...Place[]] {
  const prefix = /^\^([a-z]+-)/.exec(pattern)?.[1] ?? "";
  const inside = Object.entries(properties ?? {}).flatMap(([key, shape]) =>
    placesIn(shape, name === "" ? key : `${name}.${key}`, [...path, key]),
  );
  const entries = items === undefined ? [] : placesIn(items, `${name}[0]`, [...path, 0]);
  return [{ name, path, prefix, takesKeys: properties !== undefined }, ...inside, ...entries];
}

const [stack, ...places] = placesIn(z.toJSONSchema(stackSchema, { io: "input" }) as Shape);

const texts: [title: string, text: string][] = [
  ["empty", ""],
  ["a space", " "],
  ["a word", "word"],
  ["100,000 characters", "x".repeat(100_000)],
  ["Latin-1", "Zürich"],
  ["Unicode", "池"],
  ["an emoji", "\u{1F986}"],
  ["right to left", "\u202eecnecil"],
  ["half a character", "a\ud83e"],
  ["NUL", "a\0b"],
  ["lines and quotes", '"\\\n\t\u001b[2J'],
  ["__proto__", "__proto__"],
  ["constructor", "constructor"],
];

const list = (count: number, entry: (index: number) => unknown) =>
  JSON.stringify(Array.from({ length: count }, (_, index) => entry(index)));

/** As JSON, which holds what no literal of JavaScript does. */
const others: [title: string, json: string][] = [
  ["null", "null"],
  ["true", "true"],
  ["false", "false"],
  ["0", "0"],
  ["-1", "-1"],
  ["0.5", "0.5"],
  ["1e300", "1e300"],
  ["1e400", "1e400"],
  ["[]", "[]"],
  ["[null]", "[null]"],
  ["10,000 entries", list(10_000, (index) => `word${index}`)],
  ["10,000 addresses", list(10_000, (index) => `10.0.${index >> 8}.${index & 255}`)],
  ["10,000 objects", list(10_000, () => ({}))],
  ["100,000 levels", `${"[".repeat(100_000)}${"]".repeat(100_000)}`],
  ["{}", "{}"],
  ["an object without a text", '{"toString":1,"valueOf":1}'],
  ["a list of that", '[{"toString":1,"valueOf":1}]'],
  ["an object by its prototype", '{"__proto__":{"name":"word","size":1}}'],
];

/** What is tried in a place: texts, also such as begin like an id, lists full of them, and all else. */
function valuesFor({ prefix }: Place): [title: string, json: string][] {
  const asJson = (start: string, what = "") =>
    texts.map(([title, text]): [string, string] => [
      `${what}${title}`,
      JSON.stringify(start + text),
    ]);
  if (prefix === "") return [...asJson(""), ...others];
  const ids = list(10_000, (index) => `${prefix}${index}`);
  return [...asJson(""), ...asJson(prefix, "id: "), ["10,000 ids", ids], ...others];
}

/** What is taken as it is; in all other places nothing of all that. */
const words = ["a word", "__proto__", "constructor"];
const ids = ["id: a word", "id: constructor"];
const truths = ["true", "false"];
const accepted: Record<string, string[]> = {
  "pools[0].name": ["a word", "Latin-1", "__proto__", "constructor"],
  "pools[0].ipv6AddressCount": ["0"],
  "pools[0].secondaryAddresses[0]": ["[]"],
  "pools[0].publicAddresses": truths,
  "pools[0].sourceDestCheck": truths,
  "pools[0].group": ["{}"],
  "pools[0].group.instanceType": words,
  "pools[0].group.imageId": ids,
  "pools[0].group.imageParameter": words,
  "pools[0].group.desiredCapacity": ["0"],
  "pools[0].group.maxSize": ["0"],
  "pools[0].group.furtherPools": ["[]"],
  "pools[0].group.userData": texts.flatMap(([title, { length }]) => (length > 16_384 ? [] : title)),
  "pools[0].group.waitForAddress": truths,
  "pools[0].group.keyName": words,
  "pools[0].group.instanceProfile": words,
  "pools[0].group.healthCheckGracePeriod": ["0"],
  tagKey: [...words, "null", ...truths, "0", "-1", "0.5", "1e300", "1e400"],
  alarmTopicArn: ["empty"],
};

/** What each key of a pool needs beside it, or can't have. */
const beside = new Map<unknown, object>(
  Object.entries({
    addresses: { size: undefined },
    networkInterfaceIds: { size: undefined },
    onDemandSubnetIds: { size: undefined, securityGroupIds: ["sg-1"] },
    secondaryAddresses: { size: undefined, addresses: ["10.0.0.10"] },
    securityGroupIds: { subnetId: "subnet-a" },
    group: { subnetId: "subnet-a", group: { instanceType: "t4g.small" } },
  }),
);

const HERE = "(here)";

/** The configuration with a value in a place and no other mistake, as Pulumi keeps it. */
function configureAt(path: Path, json: string): void {
  const [first = "", , key] = path;
  const keys: Record<string, unknown> = {
    pools: [{ name: "licence", size: 1, ...structuredClone(beside.get(key)) }],
  };
  let parent = keys as Record<string | number, unknown>;
  for (const [index, part] of path.slice(0, -1).entries()) {
    parent[part] ??= typeof path[index + 1] === "number" ? [] : {};
    parent = parent[part] as typeof parent;
  }
  const value = { value: HERE, enumerable: true, writable: true, configurable: true };
  // Otherwise __proto__ would be no key.
  Object.defineProperty(parent, path.at(-1) ?? "", value);
  const written = JSON.stringify(keys.pools).replace(JSON.stringify(HERE), () => json);
  if (path.length > 1) configure({ pools: written });
  else if (first === "pools") configure({ pools: bareText(json) });
  else configure({ pools: written, [first]: bareText(json) });
}

/** Pulumi keeps text without quotes. */
function bareText(json: string): string {
  return json.startsWith('"') ? (JSON.parse(json) as string) : json;
}

/** Reads the configuration, or the mistakes in it, one a line. */
async function read(): Promise<{ lines: string[] } | { config: unknown }> {
  try {
    return { config: await readConfig() };
  } catch (error) {
    assert.ok(pulumi.RunError.isInstance(error), String(error));
    assert.ok(error.message.length <= MAX_LENGTH, `${error.message.length} characters`);
    return { lines: error.message.split("\n").slice(1) };
  }
}

/** Demands that every line is of this place, short, and says what to write. */
function assertClear(lines: string[], name: string, what: string): void {
  assert.ok(lines.length > 0, what);
  for (const line of lines) {
    if (/^and \d+ more$/.test(line)) continue;
    assert.ok(line.startsWith(name) && line.length <= MAX_LINE_LENGTH, `${what}: ${line}`);
    assert.match(line, /; (write|leave) /);
    assert.doesNotMatch(line, /\p{C}|undefined|NaN|\[object|Error/u);
  }
}

/** What a value is taken as: the tag's key is text whatever it looks like, and an empty topic is none. */
function readAs(name: string, json: string): unknown {
  if (name === "tagKey") return bareText(json);
  return name === "alarmTopicArn" && json === '""' ? undefined : JSON.parse(json);
}

function valueAt(config: unknown, path: Path): unknown {
  return path.reduce((value, part) => (value as Record<string | number, unknown>)[part], config);
}

describe("readConfig, given anything", () => {
  after(clearConfiguration);

  it("is given it in every place there is", () => {
    const names = places.map(({ name }) => name);
    assert.ok(names.includes("pools[0].secondaryAddresses[0][0]") && names.length > 40);
    assert.deepEqual(
      Object.keys(accepted).filter((name) => !names.includes(name)),
      [],
    );
    const prefixes = new Set(places.map(({ prefix }) => prefix));
    assert.deepEqual([...prefixes].sort(), ["", "ami-", "eni-", "sg-", "subnet-"]);
  });

  for (const place of places) {
    const { name, path } = place;
    it(`takes what fits at ${name}, and says what is wrong with all else`, async function () {
      this.timeout(60_000);
      const taken: string[] = [];
      await deploy(async () => {
        for (const [title, json] of valuesFor(place)) {
          configureAt(path, json);
          const found = await read();
          if ("lines" in found) {
            assertClear(found.lines, name, title);
            continue;
          }
          taken.push(title);
          assert.deepEqual(valueAt(found.config, path), readAs(name, json));
        }
      });
      assert.deepEqual(taken, accepted[name] ?? []);
    });
  }

  for (const { name, path } of [stack, ...places].filter(({ takesKeys }) => takesKeys)) {
    it(`refuses keys that aren't any ${name === "" ? "of the stack" : `at ${name}`}`, async () => {
      await deploy(async () => {
        for (const [title, key] of texts) {
          configureAt([...path, key], "1");
          const found = await read();
          assert.ok("lines" in found, title);
          assertClear(found.lines, name, title);
          assert.equal(found.lines.length, 1, title);
          assert.match(found.lines[0] ?? "", / is no key here; write one of /);
        }
      });
    });
  }
});
