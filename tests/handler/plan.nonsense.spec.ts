import assert from "node:assert/strict";
import fc from "fast-check";
import type { Plan } from "../../handler/model";
import { planPools } from "../../handler/plan";
import { anyNonsense, anyOddSettings } from "./anyNonsense";
import { draws } from "./arbitrarySnapshots";
import {
  attach,
  freeInterface,
  heldInterface,
  instance,
  plan,
  releasingWait,
  settings,
  snapshot,
} from "./builders";

describe("planPools, in a world of nonsense", () => {
  const names = [
    ...["", "i-a", "i-b", "eni-1", "attach-1", "complete/i-a/x", "10.0.0.1"],
    ...["i-a/of/a", "i-b/of/", "end/attach-1"],
  ];

  it("gives a plan for any snapshot, whatever its texts and numbers", () => {
    const property = fc.property(anyNonsense(names), anyOddSettings, (observed, chosen) => {
      assert.deepEqual(Object.keys(planPools(observed, chosen)), Object.keys(plan()));
    });
    fc.assert(property, draws);
  });

  it("gives a plan where ids are named like what every object has", () => {
    const odd = [...names, "__proto__", "constructor", "toString", "hasOwnProperty"];
    const property = fc.property(anyNonsense(odd), anyOddSettings, (observed, chosen) => {
      assert.deepEqual(Object.keys(planPools(observed, chosen)), Object.keys(plan()));
    });
    fc.assert(property, draws);
  });

  it("finds nothing about an id where nobody put it, whatever every object has", () => {
    const free = freeInterface(1, { networkInterfaceId: "constructor" });
    const held = heldInterface(2, "valueOf", { attachmentId: "hasOwnProperty" });
    const observed = snapshot({ interfaces: [free, held], instances: [instance("toString")] });
    assert.deepEqual(
      planPools(observed, settings()),
      plan({
        actions: [attach(1, "toString", { networkInterfaceId: "constructor" })],
        waits: [releasingWait(2, "EC2 doesn't know its holder valueOf")],
      }),
    );
  });

  it("gives the same plan for any order of addresses that are no numbers", () => {
    const interfaces = [
      freeInterface(3, { address: "10.0.0.1" }),
      freeInterface(2, { address: "none" }),
      freeInterface(1, { address: "10.0.0.2" }),
    ];
    const waiting = { instances: [instance("i-a")] };
    const one = planPools(snapshot({ interfaces, ...waiting }), settings());
    for (const other of [
      interfaces.toReversed(),
      [...interfaces.slice(1), ...interfaces.slice(0, 1)],
    ]) {
      assert.deepEqual(planPools(snapshot({ interfaces: other, ...waiting }), settings()), one);
    }
  });

  it("gives the same plan for any order of announcements, and for one that comes twice", () => {
    const pending = { state: "pending" };
    const instances = [instance("i-a", pending), instance("i-b", pending)];
    const planFor = (announcedInstanceIds: string[]): Plan =>
      planPools(snapshot({ instances, announcedInstanceIds }), settings());
    assert.deepEqual(planFor(["i-b", "i-a", "i-b"]), planFor(["i-a", "i-b"]));
  });
});
