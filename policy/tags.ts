import { isRecord, items, part, UNKNOWN, type Value } from "./values";

export interface Tag {
  value: Value;
  /** False: tags are unknown, and this may be among them. */
  isCertain: boolean;
}

/** What may be there and can't be seen. */
export const OPEN_TAG: Tag = { value: UNKNOWN, isCertain: false };

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
