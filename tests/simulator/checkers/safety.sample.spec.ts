import assert from "node:assert/strict";
import { type Witness, withWitness } from "./witness";

describe("SafetyChecker.sample", () => {
  /** Samples every so many seconds, and gives what is broken after each. */
  const sampleEvery = async ({ region, promises, broken }: Witness, steps: number[]) => {
    const counts: number[] = [];
    for (const seconds of steps) {
      await region.run(seconds);
      promises.sample();
      counts.push(broken().length);
    }
    return counts;
  };

  it("says once what has been open for longer than promised, and not before", () =>
    withWitness(async (witness) => {
      const { id } = await witness.launch();
      const counts = await sampleEvery(witness, [0, 74, 1, 1, 1, 1, 300]);
      assert.deepEqual(counts, [0, 0, 0, 1, 1, 1, 1]);
      const text = `for 76 s ${id} has no address, though one is free`;
      assert.deepEqual(witness.promises.broken, [`81.0 s: ${text}`]);
    }));

  it("says it as well when nothing happens for longer than a second", () =>
    withWitness(async (witness) => {
      await witness.launch();
      assert.deepEqual(await sampleEvery(witness, [0, 70, 10, 0, 0.5, 10]), [0, 0, 1, 1, 1, 1]);
    }));

  it("counts from anew what was done in between", () =>
    withWitness(async (witness) => {
      const { ec2 } = witness.region;
      const instance = await witness.launch();
      await sampleEvery(witness, [0, 70]);
      ec2.setTags(instance, {});
      await sampleEvery(witness, [1]);
      ec2.setTags(instance, witness.tag("cluster"));
      assert.deepEqual(await sampleEvery(witness, [1, 74, 1, 1]), [0, 0, 0, 1]);
    }));
});
