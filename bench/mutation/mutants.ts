/** What Stryker's report says of a change of the code, as far as anything is read from it. */
export interface Mutant {
  mutatorName: string;
  replacement?: string;
  status: string;
  location: { start: Position; end: Position };
}

/** Both counted from 1. */
interface Position {
  line: number;
  column: number;
}

export interface MutationReport {
  config?: { mutate?: string[] };
  files: Record<string, { source: string; mutants: Mutant[] }>;
}

/** How one file, or several, stood the changes. */
export interface Score {
  mutants: number;
  killed: number;
  timedOut: number;
  survived: number;
}

/** A change that no spec noticed, told by the text of its line, which outlives edits elsewhere in the file. */
export interface Change {
  mutator: string;
  /** The line as it is; the first one, where the change takes several. */
  was: string;
  /** The same with the change in it. */
  became: string;
}

export interface Survivor extends Change {
  file: string;
  line: number;
}

/** Why nobody can notice a change, or needs to. */
export interface Explanation extends Change {
  reason: string;
}

/** What is known of survivors, by file. */
export type Explanations = Record<string, Explanation[]>;

export interface Review {
  explained: (Survivor & { reason: string })[];
  unexplained: Survivor[];
  /** What explains nothing: its change is noticed now, or its line is another. */
  superfluous: (Explanation & { file: string })[];
}

/** A run of everything, not of one file. */
export function isWhole({ config }: MutationReport): boolean {
  return ["handler/**/*.ts", "policy/*.ts"].every((files) => config?.mutate?.includes(files));
}

/** By file, in the order of their names. */
export function scoreFiles(report: MutationReport): Record<string, Score> {
  const files = Object.entries(report.files).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(files.map(([file, { mutants }]) => [file, scoreOf(mutants)]));
}

function scoreOf(mutants: Mutant[]): Score {
  const count = (...statuses: string[]) =>
    mutants.filter(({ status }) => statuses.includes(status)).length;
  const killed = count("Killed");
  const timedOut = count("Timeout");
  const survived = count(...SURVIVED);
  return { mutants: killed + timedOut + survived, killed, timedOut, survived };
}

const SURVIVED = ["Survived", "NoCoverage"];

export function sumUp(scores: Score[]): Score {
  const sum = (key: keyof Score) => scores.reduce((total, score) => total + score[key], 0);
  return {
    mutants: sum("mutants"),
    killed: sum("killed"),
    timedOut: sum("timedOut"),
    survived: sum("survived"),
  };
}

/** The share of changes that were noticed, in per cent; a test that hangs on one has noticed it. */
export function percentOf({ mutants, killed, timedOut }: Score): number {
  return ((killed + timedOut) / mutants) * 100;
}

/** By file and line. */
export function findSurvivors(report: MutationReport): Survivor[] {
  return Object.keys(report.files)
    .sort()
    .flatMap((file) => {
      const { source = "", mutants = [] } = report.files[file] ?? {};
      const lines = source.split("\n");
      return mutants
        .filter(({ status }) => SURVIVED.includes(status))
        .map((mutant) => ({ file, line: mutant.location.start.line, ...changeOf(mutant, lines) }))
        .sort((one, other) => one.line - other.line);
    });
}

function changeOf({ mutatorName, replacement = "", location }: Mutant, lines: string[]): Change {
  const { start, end } = location;
  const first = lines[start.line - 1] ?? "";
  const last = lines[end.line - 1] ?? "";
  const became = first.slice(0, start.column - 1) + replacement + last.slice(end.column - 1);
  return { mutator: mutatorName, was: inOneLine(first), became: inOneLine(became) };
}

function inOneLine(text: string): string {
  return text.trim().replace(/\s+/g, " ");
}

/** Gives every survivor its explanation. One explains one: of two changes that read the same, each needs its own. */
export function review(report: MutationReport, explanations: Explanations): Review {
  const open = Object.entries(explanations)
    .filter(([file]) => isWhole(report) || file in report.files)
    .flatMap(([file, ofFile]) => ofFile.map((explanation) => ({ ...explanation, file })))
    .filter(({ reason }) => reason !== "");
  const explained: Review["explained"] = [];
  const unexplained: Survivor[] = [];
  for (const survivor of findSurvivors(report)) {
    const index = open.findIndex((one) => isSameChange(one, survivor));
    const [found] = index < 0 ? [] : open.splice(index, 1);
    if (found === undefined) unexplained.push(survivor);
    else explained.push({ ...survivor, reason: found.reason });
  }
  return { explained, unexplained, superfluous: open };
}

function isSameChange(one: Explanation & { file: string }, other: Survivor): boolean {
  return (["file", "mutator", "was", "became"] as const).every((key) => one[key] === other[key]);
}
