/** Whoever made more mistakes than this made one of them many times. */
const MAX_LINES = 50;

/** One thing wrong with what a user wrote: where, and what was found and what to write instead. */
export interface Mistake {
  /** Below the pool, like `["addresses", 2]`. */
  path: (string | number)[];
  message: string;
  /** The keys below the path that it rests on, where it is about several. */
  keys?: string[];
}

/** Whether something could be read, or else is a mistake of its own. */
export function isKnown<Value>(value: Value | undefined): value is Value {
  return value !== undefined;
}

/** Puts a key before the paths of mistakes. */
export function under(key: string | number, mistakes: Mistake[]): Mistake[] {
  return mistakes.map((mistake) => ({ ...mistake, path: [key, ...mistake.path] }));
}

/** Writes mistakes one a line, each with its path; of very many the first ones. */
export function describeMistakes(mistakes: Mistake[]): string {
  const lines = mistakes
    .slice(0, MAX_LINES)
    .map(({ path, message }) =>
      [formatPath(path), message].filter((part) => part !== "").join(" "),
    );
  const others = mistakes.length - lines.length;
  return [...lines, ...(others > 0 ? [`and ${others} more`] : [])].join("\n");
}

/** Writes a path the way it is written in configuration: `pools[0].addresses[2]`. */
export function formatPath(path: (string | number)[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    if (!/^[\w-]{1,80}$/.test(part)) return `${text}[${show(part)}]`;
    return text === "" ? part : `${text}.${part}`;
  }, "");
}

/** Shows what a user wrote, whatever it is: as JSON, and short. */
export function show(value: unknown): string {
  if (value === undefined) return "missing";
  if (typeof value === "number") return String(value);
  try {
    return shorten(JSON.stringify(value));
  } catch {
    return "nested too deeply";
  }
}

/** Leaves of a long text the beginning, and nothing in it that a terminal hides or obeys. */
export function shorten(text: string, most = 80): string {
  const start = text.length > most ? `${text.slice(0, most)}...` : text;
  return start.replaceAll(/\p{C}/gu, (hidden) => `\\u{${hidden.codePointAt(0)?.toString(16)}}`);
}
