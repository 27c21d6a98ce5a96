import assert from "node:assert/strict";
import { describeMistakes, under } from "../../components/mistakes";

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
});
