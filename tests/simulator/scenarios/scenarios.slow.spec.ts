import assert from "node:assert/strict";
import { scenarios } from "../../../simulator/scenarios";
import { assertPlaysWell, assertTakesOver, play, type Play, playAnew, takeovers } from "./plays";
import { patientScenarios } from "./kills";

const SEEDS = [1, 2, 3, 4, 5];
/** Of scenarios with many addresses or of other networks; of the others these. */
const FEW_SEEDS = [1, 2, 3];

const journalOf = ({ region }: Play) => JSON.stringify(region.journal.entries);

function medianOf(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

for (const name of Object.keys(scenarios)) {
  describe(`scenario ${name}`, () => {
    // What seed 1 does is in scenarios.spec.ts.
    const [, ...seeds] = patientScenarios.includes(name) ? SEEDS : FEW_SEEDS;
    for (const seed of seeds) {
      it(`goes well with seed ${seed}`, () => assertPlaysWell(name, seed));
    }

    it("has the same journal byte for byte with the same seed, and another with another", async () => {
      const first = journalOf(await play(name, 1));
      assert.ok(first.length > 10_000, `only ${first.length} characters`);
      assert.equal(journalOf(await playAnew(name, 1)), first);
      assert.notEqual(journalOf(await play(name, 2)), first);
    });
  });
}

describe("scenario replace, over HTTP and the SDK's own XML", () => {
  it("has the same journal byte for byte with the same seed", async () => {
    const [first, again] = [
      journalOf(await playAnew("replace", 1, undefined, "bundle")),
      journalOf(await playAnew("replace", 1, undefined, "bundle")),
    ];
    assert.ok(first.length > 10_000, `only ${first.length} characters`);
    assert.equal(again, first);
  });
});

for (const name of takeovers) {
  describe(`scenario ${name}`, () => {
    for (const seed of SEEDS.slice(1)) {
      it(`gives the victim's address and MAC to its successor with seed ${seed}`, () =>
        assertTakesOver(name, seed));
    }
  });
}

for (const name of ["replace", "scale-out"]) {
  describe(`scenario ${name}`, () => {
    it("has half of its instances wait 1.5 seconds for their address, or less", async () => {
      const plays = await Promise.all(SEEDS.map((seed) => play(name, seed)));
      const waitedMs = plays.flatMap(({ addressHistory }) => addressHistory.waitedMs);
      assert.ok(waitedMs.length >= 25, `only ${waitedMs.length} attachments`);
      const median = medianOf(waitedMs);
      assert.ok(median <= 1_500, `median ${median} ms of ${waitedMs.join(", ")}`);
    });
  });
}
