import assert from "node:assert/strict";
import { describeMistakes, formatPath, shorten, show } from "../../components/mistakes";

describe("describeMistakes", () => {
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
