import assert from "node:assert/strict";
import { observeWorld } from "../../handler/observe";
import { ec2Of } from "./smallEc2";

const ASKED = "instances by instance-id=";

/** What is seen of a world, and which holders without the tag were asked for, call by call. */
async function observe(world: string) {
  const { aws, calls, chosen } = ec2Of(world);
  const { instances, missingInstanceIds } = await observeWorld(aws, chosen);
  const asked = calls.filter((call) => call.startsWith(ASKED));
  return { instances, missingInstanceIds, asked: asked.map((call) => call.slice(ASKED.length)) };
}

describe("observeWorld, of holders without the tag", () => {
  it("shows those that EC2 knows among the instances, and the others as missing", async () => {
    const { instances, missingInstanceIds } = await observe(
      "eni-1 on i-a    eni-2 on i-x    eni-3 on i-gone    i-a running    i-x stopped, untagged",
    );
    assert.deepEqual(Object.keys(instances), ["i-a", "i-x"]);
    const { state, poolTag } = instances["i-x"] ?? {};
    assert.deepEqual([state, poolTag], ["stopped", undefined]);
    assert.deepEqual(missingInstanceIds, ["i-gone"]);
  });

  it("asks for none that holds only what is another manager's", async () => {
    const { asked, missingInstanceIds } = await observe(
      "only pools licence    eni-1 on i-x, pool render",
    );
    assert.deepEqual([asked, missingInstanceIds], [[], []]);
  });

  // EC2 refuses a filter of more than 200 values.
  for (const [count, sizes] of [
    [200, [200]],
    [201, [200, 1]],
    [450, [200, 200, 50]],
  ] as const) {
    it(`asks for each of ${count} once, in ${sizes.length} calls of at most 200`, async () => {
      const ids = Array.from({ length: count }, (_, index) => `i-${index}`);
      const world = ids.map((id, index) => `eni-${index} on ${id}    ${id} running, untagged`);
      const { asked, instances, missingInstanceIds } = await observe(world.join("    "));
      assert.deepEqual(
        asked.map((call) => call.split(",").length),
        sizes,
      );
      assert.deepEqual(asked.join(",").split(","), ids);
      assert.deepEqual([Object.keys(instances), missingInstanceIds], [ids, []]);
    });
  }
});
