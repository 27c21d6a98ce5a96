import assert from "node:assert/strict";
import { observeWorld } from "../../handler/observe";
import { createSmallEc2 } from "./smallEc2";
import { heldInterface, instance, OTHER_POOL, POOL, settings } from "./builders";

const ASKED = "instances by instance-id=";

/** The holders without the tag that were asked for, call by call. */
function askedFor(calls: string[]): string[][] {
  return calls
    .filter((call) => call.startsWith(ASKED))
    .map((call) => call.slice(ASKED.length).split(","));
}

describe("observeWorld, of holders without the tag", () => {
  it("shows those that EC2 knows among the instances, and the others as missing", async () => {
    const stranger = instance("i-x", { poolTag: undefined, state: "stopped" });
    const { aws } = createSmallEc2({
      interfaces: [heldInterface(1, "i-a"), heldInterface(2, "i-x"), heldInterface(3, "i-gone")],
      instances: [instance("i-a"), stranger],
    });
    const { instances, missingInstanceIds } = await observeWorld(aws, settings());
    assert.deepEqual(Object.keys(instances), ["i-a", "i-x"]);
    const { state, poolTag } = instances["i-x"] ?? {};
    assert.deepEqual([state, poolTag], ["stopped", undefined]);
    assert.deepEqual(missingInstanceIds, ["i-gone"]);
  });

  it("asks for none that holds only what is another manager's", async () => {
    const { aws, calls } = createSmallEc2({
      interfaces: [heldInterface(1, "i-x", {}, { pool: OTHER_POOL })],
    });
    const { missingInstanceIds } = await observeWorld(aws, settings({ pools: [POOL] }));
    assert.deepEqual(askedFor(calls), []);
    assert.deepEqual(missingInstanceIds, []);
  });

  // EC2 refuses a filter of more than 200 values.
  for (const [count, sizes] of [
    [200, [200]],
    [201, [200, 1]],
    [450, [200, 200, 50]],
  ] as const) {
    it(`asks for each of ${count} once, in ${sizes.length} calls of at most 200`, async () => {
      const ids = Array.from({ length: count }, (_, index) => `i-${index}`);
      const { aws, calls } = createSmallEc2({
        interfaces: ids.map((id, index) => heldInterface(index, id)),
        instances: ids.map((id) => instance(id, { poolTag: undefined })),
      });
      const { instances, missingInstanceIds } = await observeWorld(aws, settings());
      const asked = askedFor(calls);
      assert.deepEqual(
        asked.map(({ length }) => length),
        sizes,
      );
      assert.deepEqual(asked.flat(), ids);
      assert.deepEqual(Object.keys(instances), ids);
      assert.deepEqual(missingInstanceIds, []);
    });
  }
});
