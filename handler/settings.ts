import {
  POOLS_VARIABLE,
  type Settings,
  TAG_KEY_VARIABLE,
  WHEN_EXHAUSTED_VARIABLE,
  type WhenExhausted,
} from "./model";

const EXHAUSTED_CHOICES: WhenExhausted[] = ["wait", "abandon", "continue"];

/**
 * Reads the function's environment variables.
 *
 * @throws Error that names the variable, what was found and what to set instead
 */
export function readSettings(environment: Record<string, string | undefined>): Settings {
  const tagKey = environment[TAG_KEY_VARIABLE];
  if (!tagKey) throw new Error(`${TAG_KEY_VARIABLE} is empty; set it to the key of the pool tag`);
  const whenExhausted = environment[WHEN_EXHAUSTED_VARIABLE] ?? "wait";
  const choice = EXHAUSTED_CHOICES.find((known) => known === whenExhausted);
  if (choice === undefined) {
    throw new Error(
      `${WHEN_EXHAUSTED_VARIABLE} is "${whenExhausted}"; set it to ${EXHAUSTED_CHOICES.join(", ")} or nothing`,
    );
  }
  const pools = environment[POOLS_VARIABLE];
  return { tagKey, whenExhausted: choice, pools: pools ? parsePools(pools) : undefined };
}

function parsePools(value: string): string[] {
  let pools: unknown;
  try {
    pools = JSON.parse(value);
  } catch {
    pools = undefined;
  }
  if (Array.isArray(pools) && pools.length > 0 && pools.every((name) => typeof name === "string")) {
    return pools;
  }
  throw new Error(
    `${POOLS_VARIABLE} is ${value}; set it to a JSON list of pool names like ["licence"] or to nothing`,
  );
}
