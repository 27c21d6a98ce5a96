import assert from "node:assert/strict";
import type { Problem } from "../../handler/model";
import { findFreePlace } from "../../handler/place";
import { planPools } from "../../handler/plan";
import { attach, freeInterface, instance, place, plan, POOL, settings, snapshot } from "./builders";

describe("findFreePlace", () => {
  it("takes the index after the primary interface's", () => {
    const found = findFreePlace([place(0)], undefined);
    assert.deepEqual(found, { networkCardIndex: 0, deviceIndex: 1 });
  });

  it("takes the lowest index in a gap", () => {
    const places = [place(0), place(1), place(3)];
    const found = findFreePlace(places, [8]);
    assert.deepEqual(found, { networkCardIndex: 0, deviceIndex: 2 });
  });

  it("takes the index after the last where there is no gap", () => {
    const places = [place(2), place(1), place(0)];
    const found = findFreePlace(places, [8]);
    assert.deepEqual(found, { networkCardIndex: 0, deviceIndex: 3 });
  });

  it("never takes the primary interface's index, even when a read doesn't show it", () => {
    const found = findFreePlace([], undefined);
    assert.deepEqual(found, { networkCardIndex: 0, deviceIndex: 1 });
  });

  it("takes index 0 of the next card when the first is full", () => {
    const places = [place(0), place(1)];
    const found = findFreePlace(places, [2, 2]);
    assert.deepEqual(found, { networkCardIndex: 1, deviceIndex: 0 });
  });

  it("takes the lowest index of the next card, whatever the first has there", () => {
    const places = [place(0), place(1), place(0, 1), place(2, 1)];
    const found = findFreePlace(places, [2, 4]);
    assert.deepEqual(found, { networkCardIndex: 1, deviceIndex: 1 });
  });

  it("takes the first card's last place before the next card", () => {
    const places = [place(0), place(1), place(0, 1)];
    const found = findFreePlace(places, [3, 4]);
    assert.deepEqual(found, { networkCardIndex: 0, deviceIndex: 2 });
  });

  it("finds nothing when every card is full", () => {
    const places = [place(0), place(1), place(0, 1)];
    assert.equal(findFreePlace(places, [2, 1]), undefined);
  });

  it("counts on 64 interfaces at most when the limits are unknown", () => {
    const places = Array.from({ length: 64 }, (_, index) => place(index));
    const last = { networkCardIndex: 0, deviceIndex: 63 };
    assert.deepEqual(findFreePlace(places.slice(0, 63), undefined), last);
    assert.equal(findFreePlace(places, undefined), undefined);
  });
});

describe("planPools, finding a place", () => {
  it("attaches at the free place, by the limits of the instance's own type", () => {
    const observed = snapshot({
      interfaces: [freeInterface(1)],
      instances: [instance("i-a", { instanceType: "c6in.32xlarge", places: [place(0), place(1)] })],
      interfaceLimits: { "c6in.32xlarge": [2, 8], "m7i.large": [3] },
    });
    const actions = [attach(1, "i-a", { networkCardIndex: 1, deviceIndex: 0 })];
    assert.deepEqual(planPools(observed, settings()), plan({ actions }));
  });

  it("reports an instance whose type takes no more, and gives its address to the next", () => {
    const observed = snapshot({
      interfaces: [freeInterface(1)],
      instances: [
        instance("i-a", { instanceType: "t3.micro", places: [place(0), place(1)] }),
        instance("i-b"),
      ],
      members: { "i-a": "Pending:Wait" },
      interfaceLimits: { "t3.micro": [2] },
    });
    const actions = [attach(1, "i-b")];
    const problems: Problem[] = [
      {
        kind: "interfacesFull",
        pool: POOL,
        instanceId: "i-a",
        reason: "i-a has no address: t3.micro takes no more interfaces than it has",
      },
    ];
    assert.deepEqual(planPools(observed, settings()), plan({ actions, problems }));
  });
});
