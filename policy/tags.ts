import { isRecord, items, part, UNKNOWN, type Value } from "./values";

export interface Tag {
  value: Value;
  /** False: tags are unknown, and this may be among them. */
  isCertain: boolean;
}

/** What may be there and can't be seen. */
export const OPEN_TAG: Tag = { value: UNKNOWN, isCertain: false };

/** The pools that a value of the pool tag names, in its order; commas part several, as in `data,management`. */
export function poolsIn(value: string): string[] {
  const parts = value.split(",").map((part) => part.trim());
  const names = [...new Set(parts.filter((part) => part !== ""))];
  // What is no list is a name as it stands, and no pool's.
  return value.includes(",") && names.length > 0 ? names : [value];
}

/** Pools as a reader finds them: `pool "data"`, or `pools "data" and "management"`. */
export function describePools(pools: string[]): string {
  const names = new Intl.ListFormat("en-GB").format(pools.map((pool) => `"${pool}"`));
  return `${pools.length === 1 ? "pool" : "pools"} ${names}`;
}

/** Values of the pool tag as a reader finds them: `"data" or "data,management" alone`. */
export function describeValues(values: string[]): string {
  const list = new Intl.ListFormat("en-GB", { type: "disjunction" });
  return `${list.format(values.map((value) => `"${value}"`))} alone`;
}

/** Finds a tag in a map of tags or in a list of keys and values. */
export function findTag(tags: Value, tagKey: string): Tag | undefined {
  if (isRecord(tags)) {
    return tags[tagKey] === undefined ? undefined : { value: tags[tagKey], isCertain: true };
  }
  const found = items(tags).find((tag) => part(tag, "key") === tagKey);
  if (found !== undefined) return { value: part(found, "value"), isCertain: true };
  const isOpen = items(tags).some((tag) => part(tag, "key") === UNKNOWN);
  return isOpen ? OPEN_TAG : undefined;
}
