import { unknownCheckingProxy } from "@pulumi/policy";
import assert from "node:assert/strict";
import { inspect } from "node:util";
import {
  isAbsent,
  isPartlyUnknown,
  isRecord,
  items,
  numberOf,
  part,
  read,
  readKeys,
  textOf,
  UNKNOWN,
  type Value,
} from "../../policy/values";
import { UNKNOWN as SENTINEL } from "../mocks";

/** Properties as a policy gets them: proxies that throw where a value is unknown. */
function shown(props: object): object {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-call -- The package strips its types.
  return unknownCheckingProxy(props) as object;
}

describe("read", () => {
  const values: [what: string, value: unknown][] = [
    ["a text", "eu-west-1a"],
    ["an empty text", ""],
    ["a number", 0],
    ["a boolean", false],
    ["null", null],
    ["undefined", undefined],
    ["an empty list", []],
    ["an empty object", {}],
    ["a nested value", { tags: [{ key: "pool", value: "licence" }, { sizes: [1, 2] }] }],
  ];
  for (const [what, value] of values) {
    it(`copies ${what}`, () => {
      assert.deepEqual(read(shown({ value }), "value"), value);
    });
  }

  it("gives undefined for what isn't there", () => {
    assert.equal(read(shown({}), "tags"), undefined);
  });

  /** What the engine sends for a value that isn't known, by the type the value will have. */
  const sentinels: [type: string, sentinel: string][] = [
    ["boolean", "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7"],
    ["number", "3eeb2bf0-c639-47a8-9e75-3b44932eb421"],
    ["text", "04da6b54-80e4-46f7-96ec-b56ff0331ba9"],
    ["list", "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2"],
    ["asset", "030794c1-ac77-496b-92df-f27374a8bd58"],
    ["archive", "e48ece36-62e2-4504-bad9-02848725956a"],
    ["object", "dd056dcd-154b-4c76-9bd3-c8f88648b5ff"],
  ];
  for (const [type, sentinel] of sentinels) {
    it(`says that a value of type ${type} is unknown`, () => {
      assert.equal(read(shown({ value: sentinel }), "value"), UNKNOWN);
    });
  }

  it("says where parts are unknown and copies the rest", () => {
    const props = {
      subnets: ["subnet-1", SENTINEL, "subnet-3"],
      tags: [{ key: "pool", value: SENTINEL }, SENTINEL],
      policy: { Statement: { Action: [SENTINEL], Effect: "Allow" } },
    };
    assert.deepEqual(read(shown(props), "subnets"), ["subnet-1", UNKNOWN, "subnet-3"]);
    assert.deepEqual(read(shown(props), "tags"), [{ key: "pool", value: UNKNOWN }, UNKNOWN]);
    assert.deepEqual(read(shown(props), "policy"), {
      Statement: { Action: [UNKNOWN], Effect: "Allow" },
    });
  });

  it("gives plain data, which no later touch can make throw", () => {
    const copy = read(shown({ tags: { pool: SENTINEL, name: "web" } }), "tags");
    assert.equal(isRecord(copy), true);
    assert.deepEqual(Object.entries(copy as object), [
      ["pool", UNKNOWN],
      ["name", "web"],
    ]);
  });

  it("throws on any other error", () => {
    const holder = {
      get broken(): never {
        throw new TypeError("broken");
      },
    };
    assert.throws(() => read(holder, "broken"), new TypeError("broken"));
    assert.throws(() => read({ outer: holder }, "outer"), new TypeError("broken"));
  });
});

describe("readKeys", () => {
  it("reads each key by itself, whichever are unknown or missing", () => {
    const props = shown({ key: "pool", value: SENTINEL, other: 1 });
    assert.deepEqual(readKeys(props, "key", "value", "resourceId"), {
      key: "pool",
      value: UNKNOWN,
      resourceId: undefined,
    });
  });
});

describe("part", () => {
  const whole = { a: { b: { c: 1 }, d: UNKNOWN, e: null, f: [{ b: 1 }] } };
  const cases: [path: string[], expected: Value][] = [
    [[], whole],
    [["a", "b"], { c: 1 }],
    [["a", "b", "c"], 1],
    [["a", "d"], UNKNOWN],
    [["a", "d", "deeper", "still"], UNKNOWN],
    [["a", "e"], null],
    [["a", "e", "b"], undefined],
    [["a", "f", "b"], undefined],
    [["a", "f", "0"], undefined],
    [["a", "b", "c", "length"], undefined],
    [["x", "b"], undefined],
  ];
  for (const [path, expected] of cases) {
    it(`gives what is at ${path.length === 0 ? "no path" : path.join(".")}`, () => {
      assert.deepEqual(part(whole, ...path), expected);
    });
  }

  it("takes every part of what is unknown for unknown", () => {
    assert.equal(part(UNKNOWN, "a", "b"), UNKNOWN);
  });

  it("finds nothing in what is no object", () => {
    for (const value of [undefined, null, "text", 1, true, [{ a: 1 }]]) {
      assert.equal(part(value, "a"), undefined);
    }
  });
});

describe("items", () => {
  const cases: [what: string, value: Value, expected: Value[]][] = [
    ["nothing", undefined, []],
    ["null", null, []],
    ["an empty list", [], []],
    ["a list, what is unknown or absent in it too", ["a", UNKNOWN, null], ["a", UNKNOWN, null]],
    ["a text as a list of one", "a", ["a"]],
    ["an object as a list of one", { a: 1 }, [{ a: 1 }]],
    ["what counts as false as a list of one", false, [false]],
    ["what is unknown as a list of one that is", UNKNOWN, [UNKNOWN]],
  ];
  for (const [what, value, expected] of cases) {
    it(`gives ${what}`, () => {
      assert.deepEqual(items(value), expected);
    });
  }
});

describe("numberOf", () => {
  const cases: [value: Value, expected: number | undefined][] = [
    [3, 3],
    [0, 0],
    [-1.5, -1.5],
    ["3", 3],
    [" 3 ", 3],
    ["0", 0],
    ["1e2", 100],
    ["", undefined],
    ["  ", undefined],
    ["three", undefined],
    ["3 instances", undefined],
    [NaN, undefined],
    [Infinity, undefined],
    ["Infinity", undefined],
    [true, undefined],
    [null, undefined],
    [undefined, undefined],
    [["3"], undefined],
    [[3], undefined],
    [{}, undefined],
    [UNKNOWN, undefined],
  ];
  for (const [value, expected] of cases) {
    it(`makes ${String(expected)} of ${inspect(value)}`, () => {
      assert.equal(numberOf(value), expected);
    });
  }
});

describe("textOf", () => {
  it("gives texts that aren't empty, and nothing else", () => {
    assert.equal(textOf("eni-1"), "eni-1");
    for (const value of ["", undefined, null, 1, true, UNKNOWN, ["eni-1"], { id: "eni-1" }]) {
      assert.equal(textOf(value), undefined);
    }
  });
});

describe("isAbsent", () => {
  it("is true of undefined and null alone", () => {
    assert.deepEqual([undefined, null].map(isAbsent), [true, true]);
    const present = ["", 0, false, [], {}, UNKNOWN];
    assert.deepEqual(
      present.filter((value) => isAbsent(value)),
      [],
    );
  });
});

describe("isRecord", () => {
  it("is true of objects alone", () => {
    assert.deepEqual([{}, { a: 1 }].map(isRecord), [true, true]);
    const others = [[], [{}], null, undefined, "text", 1, true, UNKNOWN];
    assert.deepEqual(
      others.filter((value) => isRecord(value)),
      [],
    );
  });
});

describe("isPartlyUnknown", () => {
  const unknown: Value[] = [
    UNKNOWN,
    [1, UNKNOWN],
    { a: 1, b: UNKNOWN },
    [{ a: [{ b: UNKNOWN }] }],
    { a: [1, { b: UNKNOWN }] },
  ];
  const known: Value[] = [
    undefined,
    null,
    "",
    0,
    false,
    [],
    {},
    [1, [2, { a: null }]],
    { a: { b: ["unknown"] } },
    Symbol("another"),
  ];

  it("is true where anything is unknown, however deep", () => {
    assert.deepEqual(
      unknown.filter((value) => !isPartlyUnknown(value)),
      [],
    );
  });

  it("is false where nothing is", () => {
    assert.deepEqual(
      known.filter((value) => isPartlyUnknown(value)),
      [],
    );
  });
});
