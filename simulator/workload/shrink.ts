import type { Fault } from "../faults";
import type { Outcome } from "./history";

/** A history that can be played again. */
export interface Played {
  seed: number;
  steps: number;
  /** Absent: drawn from the seed. */
  only?: Fault[];
}

/** The command that plays a history and tells everything. */
export function replayCommand({ seed, steps, only }: Played): string {
  // With a space, an empty list would be taken for a forgotten one.
  const faults = only === undefined ? "" : ` --faults=${only.join(",")}`;
  return `npm run soak -- --seed ${seed} --steps ${steps}${faults}`;
}

/**
 * Looks for a history with fewer faults, and then fewer steps, that breaks a promise, too.
 *
 * @param play plays a history
 * @param played one that broke a promise
 * @param outcome what became of it
 */
export async function shrink(
  play: (played: Played) => Promise<Outcome>,
  played: Played,
  outcome: Outcome,
): Promise<{ smallest: Played; broken: string[] }> {
  let smallest = played;
  let { broken } = outcome;
  const isBrokenBy = async (candidate: Played): Promise<boolean> => {
    const tried = await play(candidate);
    if (tried.broken.length === 0) return false;
    smallest = candidate;
    ({ broken } = tried);
    return true;
  };
  for (const fault of outcome.kinds) {
    const only = (smallest.only ?? outcome.kinds).filter((other) => other !== fault);
    await isBrokenBy({ ...smallest, only });
  }
  while (smallest.steps > 1 && (await isBrokenBy({ ...smallest, steps: smallest.steps - 1 })));
  return { smallest, broken };
}
