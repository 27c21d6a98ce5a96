/** A moment of virtual time as AWS writes it in answers and events: ISO 8601. */
export function isoTime(ms: number): string {
  return dateOf(ms).toISOString();
}

/** A moment of virtual time as HTTP writes it; by it the SDK judges whether its own clock is right. */
export function httpTime(ms: number): string {
  return dateOf(ms).toUTCString();
}

/** Reads a moment as AWS writes it in answers. */
export function parseTime(text: string): Date {
  // eslint-disable-next-line no-restricted-globals -- names a given moment, reads no clock
  return new Date(text);
}

function dateOf(ms: number): Date {
  // eslint-disable-next-line no-restricted-globals -- names a given moment, reads no clock
  return new Date(ms);
}
