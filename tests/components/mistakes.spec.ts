import assert from "node:assert/strict";
import { describeMistakes, formatPath, shorten, show, under } from "../../components/mistakes";

describe("under", () => {
  it("puts a key before every path", () => {
    const mistakes = [
      { path: [], message: "is one" },
      { path: ["addresses", 2], message: "is another" },
    ];
    assert.deepEqual(under("group", mistakes), [
      { path: ["group"], message: "is one" },
      { path: ["group", "addresses", 2], message: "is another" },
    ]);
  });
});

describe("describeMistakes", () => {
  it("writes one mistake a line, each after its path as in configuration", () => {
    const mistakes = [
      { path: ["pools", 0, "addresses", 2], message: "is wrong" },
      { path: ["pools", 1], message: "has both" },
      { path: ["tagKey"], message: "is empty" },
    ];
    assert.equal(
      describeMistakes(mistakes),
      "pools[0].addresses[2] is wrong\npools[1] has both\ntagKey is empty",
    );
  });

  it("writes a mistake of the whole by its message alone", () => {
    assert.equal(describeMistakes([{ path: [], message: "has neither" }]), "has neither");
  });

  it("writes of very many the first ones, and how many there are besides", () => {
    const wrong = (count: number) =>
      describeMistakes(
        Array.from({ length: count }, (_, index) => ({ path: [index], message: "" })),
      )
        .split("\n")
        .slice(49);
    assert.deepEqual(wrong(50), ["[49]"]);
    assert.deepEqual(wrong(10_000), ["[49]", "and 9950 more"]);
  });
});

describe("formatPath", () => {
  it("quotes keys that are no words", () => {
    assert.equal(formatPath(["pools", 0, "a b", "__proto__"]), 'pools[0]["a b"].__proto__');
    assert.equal(formatPath([""]), '[""]');
    assert.equal(formatPath(["x".repeat(81)]), `["${"x".repeat(79)}...]`);
  });
});

describe("show", () => {
  const shown: [value: unknown, text: string][] = [
    [undefined, "missing"],
    [null, "null"],
    ["Zürich", '"Zürich"'],
    [Infinity, "Infinity"],
    [{ toString: 1 }, '{"toString":1}'],
    ["x".repeat(78), `"${"x".repeat(78)}"`],
    ["x".repeat(79), `"${"x".repeat(79)}...`],
    ["a\0\n\ud83e", String.raw`"a\u0000\n\ud83e"`],
    ["\u202eecnecil\u007f", String.raw`"\u{202e}ecnecil\u{7f}"`],
  ];
  for (const [value, text] of shown) {
    it(`shows ${text.slice(0, 20)}`, () => {
      assert.equal(show(value), text);
    });
  }

  it("says what is nested too deeply to be shown", () => {
    assert.equal(show(JSON.parse("[".repeat(100_000) + "]".repeat(100_000))), "nested too deeply");
  });
});

describe("shorten", () => {
  it("leaves the beginning, and no half of a character", () => {
    assert.equal(shorten("abc", 3), "abc");
    assert.equal(shorten("abcd", 3), "abc...");
    assert.equal(shorten("ab\u{1F986}", 3), String.raw`ab\u{d83e}...`);
  });
});
