import type { Faults } from "../faults";
import { AwsError, NotModelled } from "./awsError";
import type { Tags } from "./ec2/state";

/** A decoded parameter of AWS's query protocol: text, or a structure by name or by 1-based number. */
type Value = string | Map<string, Value>;

/**
 * The parameters of one request in AWS's query protocol. Every one has to be read: what an action
 * doesn't read, the simulator doesn't model.
 */
export class Query {
  private readonly unread = new Set<string>();

  private constructor(
    private readonly values: Map<string, Value>,
    private readonly prefix: string,
  ) {
    for (const name of values.keys()) this.unread.add(name);
  }

  static parse(body: string): Query {
    const root = new Map<string, Value>();
    for (const [path, text] of new URLSearchParams(body)) {
      const names = path.split(".").filter((name) => name !== "member");
      const last = names.pop() ?? path;
      let place = root;
      for (const name of names) {
        const next = place.get(name) ?? new Map<string, Value>();
        if (typeof next === "string") throw new NotModelled(`parameter ${path} beside ${name}`);
        place.set(name, next);
        place = next;
      }
      place.set(last, text);
    }
    return new Query(root, "");
  }

  optional(name: string): string | undefined {
    this.unread.delete(name);
    const value = this.values.get(name);
    if (value === undefined || typeof value === "string") return value;
    throw new NotModelled(`structure ${this.prefix}${name} where text is expected`);
  }

  text(name: string): string {
    const value = this.optional(name);
    if (value !== undefined && value !== "") return value;
    const message = `The request must contain the parameter ${this.prefix}${name}`;
    throw new AwsError("MissingParameter", message);
  }

  /** One structure; an empty one where there is none. */
  structure(name: string): Query {
    this.unread.delete(name);
    const value = this.values.get(name) ?? new Map<string, Value>();
    if (typeof value !== "string") return new Query(value, `${this.prefix}${name}.`);
    throw new NotModelled(`text ${this.prefix}${name} where a structure is expected`);
  }

  number(name: string, otherwise: number): number {
    return Number(this.optional(name) ?? otherwise);
  }

  /** A list of structures. */
  list(name: string): Query[] {
    return this.elements(name).map(([number, value]) => {
      if (typeof value !== "string") return new Query(value, `${this.prefix}${name}.${number}.`);
      throw new NotModelled(`text ${this.prefix}${name}.${number} where a structure is expected`);
    });
  }

  /** A list of texts. */
  texts(name: string): string[] {
    return this.elements(name).map(([number, value]) => {
      if (typeof value === "string") return value;
      throw new NotModelled(`structure ${this.prefix}${name}.${number} where text is expected`);
    });
  }

  private elements(name: string): [string, Value][] {
    this.unread.delete(name);
    const value = this.values.get(name) ?? new Map<string, Value>();
    if (typeof value !== "string") return [...value];
    throw new NotModelled(`text ${this.prefix}${name} where a list is expected`);
  }

  /** Reads the parameter `Filters` or `Filter`; every name must be among those modelled: `tag:` is any `tag:KEY`. */
  filters(name: string, values: string, modelled: string[]): Map<string, string[]> {
    const filters = new Map<string, string[]>();
    for (const filter of this.list(name)) {
      const key = filter.text("Name");
      if (!modelled.includes(key.replace(/^tag:.+/, "tag:")))
        throw new NotModelled(`filter ${key}`);
      const wanted = filter.texts(values);
      checkFilterValues(wanted);
      filters.set(key, wanted);
      filter.end();
    }
    return filters;
  }

  /** To be called when an action has read all it knows. */
  end(): void {
    const [name] = this.unread;
    if (name !== undefined) throw new NotModelled(`parameter ${this.prefix}${name}`);
  }
}

/** EC2 takes this many values in one filter; of Auto Scaling no limit is published. */
const MOST_FILTER_VALUES = 200;

export function checkFilterValues({ length }: string[]): void {
  if (length <= MOST_FILTER_VALUES) return;
  const message = `The maximum number of filter values specified on a single call is ${MOST_FILTER_VALUES}`;
  throw new AwsError("FilterLimitExceeded", message);
}

/** What a filter by tags asks of them: their keys by `tag-key`, the value of one by `tag:KEY`. */
export function tagTexts(tags: Tags, filterName: string): string[] {
  if (filterName === "tag-key") return Object.keys(tags);
  return Object.entries(tags).flatMap(([key, value]) =>
    filterName === `tag:${key}` ? [value] : [],
  );
}

/** The fewest that AWS gives in a page that isn't the last. */
const SMALL_PAGE_SIZE = 2;

/** One page of what a read shows; in another order for each page, and short, if that fault strikes. */
export function readPage<Item>(
  faults: Faults,
  items: Item[],
  pageSize: number,
  token: string | undefined,
): { page: Item[]; nextToken: string | undefined } {
  const isShifted = faults.strikes("pagesShift");
  const start = Number(token ?? 0);
  const end = start + (isShifted ? SMALL_PAGE_SIZE : pageSize);
  return {
    page: (isShifted ? faults.shuffle(items) : items).slice(start, end),
    nextToken: end < items.length ? String(end) : undefined,
  };
}
