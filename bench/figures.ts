/** What one row of the table says: a figure, the floor beside it, and the target where there is one. */
export interface Row {
  what: string;
  figure: string;
  /** The fewest calls, seconds or bytes physically possible in the same run. */
  floor: string;
  target?: string;
  isMet?: boolean;
}

export interface Part {
  title: string;
  rows: Row[];
  /** What a reader has to know to believe the figures, paragraph by paragraph. */
  notes: string[];
}

/** @throws for no values: what was not measured has no median */
export function medianOf(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)];
  const lower = sorted[Math.ceil(middle) - 1];
  if (upper === undefined || lower === undefined) throw new Error("there is no median of nothing");
  return (lower + upper) / 2;
}

/** Writes the median and, where it says more, the longest. */
export function formatSpread(values: number[], digits: number, unit = ""): string {
  const median = medianOf(values).toFixed(digits);
  const longest = Math.max(...values).toFixed(digits);
  return median === longest ? `${median}${unit}` : `${median}${unit} (longest ${longest}${unit})`;
}

/**
 * How fast something grew over the growth of n log n: 1 is just as fast.
 *
 * @param small how many there were, and what it cost: time or steps
 */
export function growthAgainstSorting(
  small: { count: number; cost: number },
  large: { count: number; cost: number },
): number {
  const sorting = ({ count }: { count: number }) => count * Math.log(count);
  return large.cost / small.cost / (sorting(large) / sorting(small));
}
