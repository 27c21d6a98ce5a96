import assert from "node:assert/strict";
import { mostPools } from "../../bench/limits";
import { checkLeastLimits } from "../../components/networkInterfaceManager/limits";
import { scopeOf } from "../../components/networkInterfaceManager/pools";

const areRefused = (count: number, nameLength: number) => {
  const names = Array.from({ length: count }, (_, number) =>
    String(number).padStart(nameLength, "x"),
  );
  return checkLeastLimits("manager", scopeOf(undefined, names), "wait").length > 0;
};

describe("mostPools", () => {
  for (const length of [4, 10, 20, 40]) {
    it(`is as many names of ${length} characters as a manager takes, and not one more`, () => {
      const most = mostPools(length);
      assert.equal(areRefused(most, length), false);
      assert.equal(areRefused(most + 1, length), true);
    });
  }
});
