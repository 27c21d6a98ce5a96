import assert from "node:assert/strict";
import { scenarios } from "../../../simulator/scenarios/basic";
import { play, type Play, playAnew } from "./plays";

const journalOf = ({ region }: Play) => JSON.stringify(region.journal.entries);

describe("a run's journal", () => {
  for (const name of Object.keys(scenarios)) {
    it(`is the same byte for byte when ${name} is played with the same seed again`, async () => {
      const first = journalOf(await play(name, 1));
      assert.ok(first.length > 10_000, `only ${first.length} characters`);
      assert.equal(journalOf(await playAnew(name, 1)), first);
    });

    it(`is another for every other seed of ${name}`, async () => {
      const journals = new Set<string>();
      for (const seed of [1, 2, 3, 4, 5]) journals.add(journalOf(await play(name, seed)));
      assert.equal(journals.size, 5);
    });
  }
});
