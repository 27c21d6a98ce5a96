import { holdHistory } from "./histories";

const SEEDS = Array.from({ length: 160 }, (_, index) => index + 1);
const SEEDS_AT_ONCE = 20;

describe("random histories under drawn faults", function () {
  this.timeout(120_000);
  for (let from = 0; from < SEEDS.length; from += SEEDS_AT_ONCE) {
    const seeds = SEEDS.slice(from, from + SEEDS_AT_ONCE);
    it(`keep every promise with the seeds ${from + 1} to ${from + seeds.length}`, async () => {
      for (const seed of seeds) await holdHistory({ seed });
    });
  }

  for (const [seed, what] of [
    [3431, "an interface made on demand was deleted, since one read lacked its instance"],
    [467, "an interface made on demand for an instance that has another's was not deleted"],
    [5249, "an instance that stops while it is parked"],
    [5291, "the token of an interface that a person gave to another instance"],
    [100069, "a doubled event that came late"],
    [1795638343395, "an instance that was told to go on without an address"],
    [195, "an address that a person took off just before a launch with another root volume"],
    [3264, "an address that lost its tag between a look and its launch going on"],
    [
      8607,
      "an address that lost its tag while its instance was being launched out of the warm pool",
    ],
    [4320, "an address that a person took off between a look and its launch going on"],
    [9344, "an address that a person took off while the function stood still"],
    [6844, "an address that the manager took off, and a read still showed"],
    [5125, "an address whose detachment got nowhere, beside its successor"],
  ] as const) {
    it(`keep them where one was broken once: ${what} (seed ${seed})`, () => holdHistory({ seed }));
  }

  for (const seed of [1, 2, 3]) {
    it(`keep them with the SDK of the archive, seed ${seed}`, () =>
      holdHistory({ seed, clients: "bundle" }));
  }
});
