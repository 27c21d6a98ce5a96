import { UnknownValueError } from "@pulumi/policy";

/** Stands for a value that only `up` will show. */
export const UNKNOWN = Symbol("unknown until up");

/** A property, or a part of one, as plain data; the one symbol in it is {@link UNKNOWN}, wherever it is. */
export type Value =
  null | undefined | boolean | number | string | symbol | Value[] | { [key: string]: Value };

/**
 * Copies a property. Policies get proxies that throw when an unknown value is touched, which would end
 * the policy for the whole stack; a copy says {@link UNKNOWN} there and leaves the rest readable.
 *
 * @example read(group.props, "vpcZoneIdentifiers") // ["subnet-1", UNKNOWN]
 */
export function read(holder: object, key: string | number): Value {
  let value: unknown;
  try {
    value = (holder as Record<string | number, unknown>)[key];
  } catch (error) {
    if (error instanceof UnknownValueError) return UNKNOWN;
    throw error;
  }
  if (Array.isArray(value)) return Array.from(value.keys(), (index) => read(value, index));
  if (typeof value === "object" && value !== null) {
    const holding = value;
    return Object.fromEntries(Object.keys(value).map((inner) => [inner, read(holding, inner)]));
  }
  return value as Value;
}

export function readKeys<Key extends string>(holder: object, ...keys: Key[]): Record<Key, Value> {
  return Object.fromEntries(keys.map((key) => [key, read(holder, key)])) as Record<Key, Value>;
}

/** A part of a value; of what is unknown, every part is. */
export function part(value: Value, ...path: string[]): Value {
  return path.reduce<Value>((whole, key) => {
    if (whole === UNKNOWN) return UNKNOWN;
    return isRecord(whole) ? whole[key] : undefined;
  }, value);
}

/** The value that a text is as JSON; undefined if it is none. */
export function parseJson(text: string): Value {
  try {
    return JSON.parse(text) as Value;
  } catch {
    return undefined;
  }
}

/** The items of a list, where a value alone is a list of one, and an unknown list is one of an unknown item. */
export function items(value: Value): Value[] {
  if (isAbsent(value)) return [];
  return Array.isArray(value) ? value : [value];
}

export function isAbsent(value: Value): boolean {
  return value === undefined || value === null;
}

/** The text of a value, if it is known and has one. */
export function textOf(value: Value): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The number of a value, if it is known and one; aws-native writes some numbers as text. */
export function numberOf(value: Value): number | undefined {
  if (typeof value === "string" && value.trim() !== "") return numberOf(Number(value));
  return Number.isFinite(value) ? Number(value) : undefined;
}

export function isRecord(value: Value): value is Record<string, Value> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether any part of a value is unknown. */
export function isPartlyUnknown(value: Value): boolean {
  if (Array.isArray(value)) return value.some(isPartlyUnknown);
  return isRecord(value) ? Object.values(value).some(isPartlyUnknown) : value === UNKNOWN;
}
