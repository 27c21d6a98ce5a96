import assert from "node:assert/strict";
import { measurements } from "../../../simulator/scenarios";
import { deployScenario } from "../../../simulator/scenarios/scenario";
import type { Target } from "../../../simulator/views/report";
import { withStage } from "../stage";

/** Those that are played within seconds, with the seeds of each; `npm run bench` plays the others, too. */
const SEEDS: Record<string, number[]> = {
  noise: [1, 2, 3],
  "noise-failover": [1, 2, 3],
  "other-stack": [1],
  "two-managers": [1, 2, 3],
};

async function play(name: string, seed: number): Promise<Target[]> {
  const measurement = measurements[name];
  assert.ok(measurement);
  const deployment = await deployScenario("dev", measurement);
  return withStage({ deployment, ...measurement.options, seed }, async (stage) => {
    const { faults, targets } = await measurement.measure(stage);
    assert.deepEqual(faults, []);
    assert.ok(targets.length > 0);
    return targets;
  });
}

for (const [name, seeds] of Object.entries(SEEDS)) {
  describe(`the scenario ${name}`, () => {
    for (const seed of seeds) {
      it(`meets its targets (seed ${seed})`, async () => {
        const targets = await play(name, seed);
        assert.deepEqual(
          targets.filter(({ found, wanted }) => found > wanted),
          [],
        );
      });
    }
  });
}

describe("the scenario on-demand-launch", () => {
  // What EC2 itself takes to make an interface and to attach it is most of it, and differs from seed to seed.
  it("meets its target in the median of nine seeds, and misses it by little in the others", async () => {
    const targets: Target[] = [];
    for (let seed = 1; seed <= 9; seed += 1)
      targets.push(...(await play("on-demand-launch", seed)));
    const found = targets.map((target) => target.found).sort((a, b) => a - b);
    const [wanted = NaN] = targets.map((target) => target.wanted);
    assert.equal(found.length, 9);
    assert.ok((found[4] ?? NaN) <= wanted, found.join(", "));
    assert.ok((found[8] ?? NaN) <= 1.5 * wanted, found.join(", "));
  });
});
