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

/** Writes mistakes one a line, each with its path. */
export function describeMistakes(mistakes: Mistake[]): string {
  return mistakes
    .map(({ path, message }) => [formatPath(path), message].filter((part) => part !== "").join(" "))
    .join("\n");
}

/** Writes a path the way it is written in configuration: `pools[0].addresses[2]`. */
export function formatPath(path: (string | number)[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    return text === "" ? part : `${text}.${part}`;
  }, "");
}
