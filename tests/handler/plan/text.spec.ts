import assert from "node:assert/strict";
import type { Action } from "../../../handler/types";
import { actionLine } from "./plans";
import { readWorld } from "./worldText";

describe("the text of worlds and plans", () => {
  for (const words of [
    ...["eni-1", "eni-1 attached", "eni-1 on i-a beside i-b", "i-a paused", "i-a unseen"],
    ...["i-a running, Paused:Wait", "i-a running, and more", "eni-1 free, attaching"],
    ...["refused something", "refused eni-1 of i-a: busy", "exhausted means panic", "only groups"],
  ]) {
    it(`knows no ${words}`, () => {
      assert.throws(
        () => readWorld(`eni-7 free    i-b running\n${words}`),
        /mean|attached to nothing/,
      );
    });
  }

  it("says of a part of a plan also what it has no words for", () => {
    const { world } = readWorld("eni-1 on i-a    i-a running");
    const action = {
      kind: "delete",
      pool: "licence",
      networkInterfaceId: "eni-1",
      because: "unused",
    };
    const said = (more: object) => actionLine({ ...action, ...more } as Action, world);
    assert.equal(said({ address: "10.0.0.1" }), "delete eni-1, unused");
    assert.equal(said({ address: "10.0.0.2" }), 'delete eni-1, unused {"address":"10.0.0.2"}');
    assert.equal(said({ recheckMs: 5 }), 'delete eni-1, unused {"recheckMs":5}');
  });
});
