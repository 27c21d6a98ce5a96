import { measurements } from "../simulator/scenarios";
import { deployScenario, type Measurement } from "../simulator/scenarios/scenario";
import { formatAmount, type Target } from "../simulator/views/report";
import { medianOf, type Part, type Row } from "./figures";
import { measureSeeds, STACK } from "./measure";

/** With how many seeds a measurement is played; the others, which play for long, with one. */
const SEED_COUNTS: Record<string, number> = {
  noise: 5,
  "noise-failover": 5,
  "on-demand-launch": 9,
  "two-managers": 5,
};

/** Plays every measurement of the simulator's. */
export async function measureScale(tell: (what: string) => void): Promise<Part> {
  const rows: Row[] = [];
  for (const [name, measurement] of Object.entries(measurements)) {
    tell(`${name}: ${measurement.description}`);
    rows.push(...toRows(await playSeeds(measurement, SEED_COUNTS[name] ?? 1)));
  }
  const seeds = Object.entries(SEED_COUNTS).map(([name, count]) => `${name} ${count}`);
  const notes = [
    `What \`npm start -- --scenario NAME\` plays of ${Object.keys(measurements).join(", ")}; with one seed each, but for ${seeds.join(", ")}. Seconds are virtual, and count what the function computes at its memory size to read what AWS answers: 6 kB an instance, 1.8 a network interface and 0.6 a group member, at the speed that "Full reads through archive and wire" measures.`,
    "An unrelated instance has no pool tag; its events reach the manager's queue like those of the pools' instances. Later means later than in the same run without them, where EC2 takes as long for everything it does. No event tells of an instance that is stopping where the schedule alone finds it.",
  ];
  return { title: "Scale and noise", rows, notes };
}

async function playSeeds(measurement: Measurement, count: number): Promise<Target[][]> {
  const deployment = await deployScenario(STACK, measurement);
  const seeds = Array.from({ length: count }, (_, index) => index + 1);
  return measureSeeds(deployment, { ...measurement.options, seeds }, async (stage, seed) => {
    const { faults, targets } = await measurement.measure(stage);
    if (faults.length === 0) return targets;
    throw new Error(`${measurement.description}, seed ${seed}: ${faults.join("; ")}`);
  });
}

/** @param runs the targets of each seed, in the same order */
function toRows(runs: Target[][]): Row[] {
  const [first = []] = runs;
  return first.map(({ what, wanted, unit }, index) => {
    const targets = runs.flatMap((targets) => targets[index] ?? []);
    const found = targets.map((target) => target.found);
    const longest = Math.max(...found);
    const isOpen = targets.some((target) => target.isOpen);
    const texts = [medianOf(found), longest].map((amount) => formatAmount(amount, unit));
    const spread = texts[0] === texts[1] ? texts[0] : `${texts[0]} (longest ${texts[1]})`;
    return {
      what,
      figure: `${isOpen ? "more than " : ""}${spread}`,
      floor: "",
      target: `at most ${formatAmount(wanted, unit)}`,
      isMet: longest <= wanted,
    };
  });
}
