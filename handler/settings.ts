import {
  POOL_SETTINGS_VARIABLE,
  POOL_TAGS_VARIABLE,
  type PoolSettings,
  poolsIn,
  TAG_KEY_VARIABLE,
  WHEN_EXHAUSTED_VARIABLE,
  type WhenExhausted,
} from "./names";
import { type Settings } from "./model";

/** EC2 has no longer ones. */
const MAX_TAG_KEY_LENGTH = 128;

const MAX_SHOWN_LENGTH = 200;

const EXHAUSTED_CHOICES: WhenExhausted[] = ["wait", "abandon", "continue"];

/**
 * Reads the function's environment variables.
 *
 * @throws Error that names the variable, what was found and what to set instead
 */
export function readSettings(environment: Record<string, string | undefined>): Settings {
  const poolTags = readPoolTags(environment[POOL_TAGS_VARIABLE]);
  return {
    tagKey: readTagKey(environment[TAG_KEY_VARIABLE]),
    whenExhausted: readWhenExhausted(environment[WHEN_EXHAUSTED_VARIABLE]),
    poolTags,
    pools: poolTags && [...new Set(poolTags.flatMap((poolTag) => poolsIn(poolTag)))],
    poolSettings: readPoolSettings(environment[POOL_SETTINGS_VARIABLE]),
  };
}

function readTagKey(text: string | undefined): string {
  const wanted = "set it to the key of the pool tag";
  if (!text) throw new Error(`${TAG_KEY_VARIABLE} is empty; ${wanted}`);
  if (text.length <= MAX_TAG_KEY_LENGTH) return text;
  throw new Error(
    `${TAG_KEY_VARIABLE} is "${shorten(text)}"; ${wanted}, up to ${MAX_TAG_KEY_LENGTH} characters`,
  );
}

function readWhenExhausted(text: string | undefined): WhenExhausted {
  if (!text) return "wait";
  if (isChoice(text)) return text;
  throw new Error(
    `${WHEN_EXHAUSTED_VARIABLE} is "${shorten(text)}"; set it to ${EXHAUSTED_CHOICES.join(", ")} or nothing`,
  );
}

function isChoice(value: unknown): value is WhenExhausted {
  return EXHAUSTED_CHOICES.some((known) => known === value);
}

function readPoolTags(text: string | undefined): string[] | undefined {
  if (!text) return undefined;
  const poolTags = parseJson(text);
  if (isListOfTexts(poolTags)) return poolTags;
  throw new Error(
    `${POOL_TAGS_VARIABLE} is ${shorten(text)}; set it to a JSON list of the pool tag's values like ["licence"] or to nothing`,
  );
}

function readPoolSettings(text: string | undefined): Record<string, PoolSettings> {
  if (!text) return {};
  const poolSettings = parseJson(text);
  if (isRecord(poolSettings) && Object.values(poolSettings).every((one) => isPoolSettings(one))) {
    return poolSettings as Record<string, PoolSettings>;
  }
  const example = `{"standby": {"whenExhausted": "continue"}, "second": {"onDemand": {"subnetIds": {"eu-west-1a": "subnet-1"}, "securityGroupIds": ["sg-1"]}}}`;
  throw new Error(
    `${POOL_SETTINGS_VARIABLE} is ${shorten(text)}; set it to a JSON object by pool like ${example} or to nothing`,
  );
}

function isPoolSettings(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { whenExhausted, onDemand } = value;
  return (
    (whenExhausted === undefined || isChoice(whenExhausted)) &&
    (onDemand === undefined || isOnDemand(onDemand))
  );
}

function isOnDemand(value: unknown): boolean {
  if (!isRecord(value) || !isRecord(value.subnetIds)) return false;
  // Without a security group EC2 would take the VPC's default one.
  return isListOfTexts(Object.values(value.subnetIds)) && isListOfTexts(value.securityGroupIds);
}

/** At least one. */
function isListOfTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === "string");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Of what is long the beginning. */
function shorten(text: string): string {
  return text.length > MAX_SHOWN_LENGTH ? `${text.slice(0, MAX_SHOWN_LENGTH)}...` : text;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
