import { parseArgs } from "node:util";
import { FAULT_NAMES, type Fault } from "./faults";

const DEFAULT_MINUTES = 10;
const DEFAULT_STEPS = 50;

export type StartOptions = ReturnType<typeof readStartOptions>;

/** @throws Error that says what to write instead, as the other functions here do */
export function readStartOptions(args: string[], scenarios: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      scenario: { type: "string", default: "replace" },
      seed: { type: "string", default: "1" },
      plain: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    },
  });
  const seed = readSeed(values.seed);
  if (!scenarios.includes(values.scenario)) {
    throw new Error(`--scenario is ${values.scenario}; write one of ${scenarios.join(", ")}`);
  }
  return { ...values, seed };
}

/** @param from the first seed where the user gives none */
export function readSoakOptions(args: string[], from: number) {
  const { values } = parseArgs({
    args,
    options: {
      minutes: { type: "string" },
      count: { type: "string" },
      from: { type: "string", default: String(from) },
      seed: { type: "string" },
      steps: { type: "string", default: String(DEFAULT_STEPS) },
      faults: { type: "string" },
    },
  });
  const { count, minutes = count === undefined ? DEFAULT_MINUTES : Infinity } = values;
  return {
    /** One history alone, or undefined: those from a first one on. */
    seed: values.seed === undefined ? undefined : readSeed(values.seed),
    from: readNumber("from", values.from, isSeed, "the first seed, a whole number like 1"),
    /** They end after so many minutes or histories, whichever is first. */
    minutes: readNumber("minutes", minutes, (value) => value > 0, "a number like 10"),
    count: count === undefined ? Infinity : readCount("count", count, 1_000),
    steps: readCount("steps", values.steps, DEFAULT_STEPS),
    faults: values.faults === undefined ? undefined : readFaults(values.faults),
  };
}

/** The folder to write to, and which stack's archive. */
export function readPackageOptions(args: string[]): { out: string; stack: string } {
  const { out, stack } = parseArgs({
    args,
    options: { out: { type: "string" }, stack: { type: "string", default: "dev" } },
  }).values;
  if (out === undefined) throw new Error("--out is missing; write npm run package -- --out DIR");
  return { out, stack };
}

function readNumber(
  name: string,
  text: string | number,
  isFitting: (value: number) => boolean,
  wanted: string,
): number {
  const value = Number(text);
  if (!isFitting(value)) throw new Error(`--${name} is ${text}; write ${wanted}`);
  return value;
}

function readCount(name: string, text: string, example: number): number {
  const isCount = (value: number) => Number.isInteger(value) && value >= 1;
  return readNumber(name, text, isCount, `a whole number like ${example}`);
}

const isSeed = (value: number) => Number.isSafeInteger(value);

function readSeed(text: string): number {
  return readNumber("seed", text, isSeed, "a whole number like 7");
}

/** Reads names of faults that commas divide; no name stands for no fault. */
function readFaults(text: string): Fault[] {
  const names = text.split(",").filter((name) => name !== "");
  const wrong = names.find((name) => !FAULT_NAMES.includes(name as Fault));
  if (wrong === undefined) return names as Fault[];
  throw new Error(`--faults has ${wrong}; write some of ${FAULT_NAMES.join(",")}`);
}
