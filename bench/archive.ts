import { buildSync } from "esbuild";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { CLIENTS_BUNDLE_PATH } from "../handler/names";
import { writeArchive } from "../simulator/deploy/archive";
import { type DeployedResource, type Deployment, variablesOf } from "../simulator/deploy/engine";
import { writeDefaultArchive } from "./defaultPackaging";
import { formatSpread, medianOf, type Part, type Row } from "./figures";
import { type Weight, weigh } from "./archiveSize";

const RUN_COUNT = 5;
const PLANNED_COUNT = 1_000;

/** Loads what it is told to in a process of its own, and prints what that took. */
const PROBE = `
const [archive, planning, count] = process.argv.slice(2);
const beginMs = performance.now();
if (archive && typeof require(archive).handler !== "function") throw new Error("no handler");
const readyMs = performance.now();
const { rss } = process.memoryUsage();
if (planning) {
  const { createWorld, planWorld } = require(planning);
  const world = createWorld("all launch at once", Number(count));
  for (let run = 0; run < 20; run += 1) planWorld(world);
}
// What getrusage calls the peak begins with that of the process which started this one.
const { platform } = process;
const status = platform === "linux" ? require("node:fs").readFileSync("/proc/self/status", "utf8") : "";
const peakKb = /VmHWM:\\s+(\\d+) kB/.exec(status)?.[1] ?? process.resourceUsage().maxRSS;
const peak = Number(peakKb) * 1024;
console.log(JSON.stringify({ readyMs, loadMs: readyMs - beginMs, rss, peak }));
`;

interface Probe {
  /** Since the process began. */
  readyMs: number;
  loadMs: number;
  rss: number;
  peak: number;
}

/** Weighs the archive, and starts it cold beside the same closure in Pulumi's default packaging. */
export async function measureArchive(deployment: Deployment): Promise<Part> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "bench-"));
  const folderOf = (name: string) => path.join(folder, name);
  try {
    const { archive, lambda } = deployment;
    writeArchive(archive, folderOf("bundled"));
    const alone = new Map([...archive].filter(([name]) => name !== CLIENTS_BUNDLE_PATH));
    writeArchive(alone, folderOf("closure"));
    await writeDefaultArchive(mainOf(lambda), folderOf("packaged"));
    const weights = {
      bundled: weigh(folderOf("bundled")),
      packaged: weigh(folderOf("packaged")),
      closure: weigh(folderOf("closure")),
    };
    return { title: "The archive", rows: toRows(weights, probeAll(deployment, folder)), notes };
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

const notes = [
  `Each start is a fresh process of Node on this machine, ${RUN_COUNT} of each kind in turn. By default is what Pulumi's own \`serializeFunction\` and \`computeCodePaths\` make of the same manager without a bundle, as \`CallbackFunction\` calls them: the clients captured in the closure, and beside it the packages in the program's \`dependencies\`, but for the compiler and the bundler. Both are written to a folder and started there. The floor is a process that loads nothing. A function on Lambda has another processor, and reads its archive from a slower place: the difference counts, not the milliseconds.`,
  "Zipped is reckoned: every file deflated as zlib does it by default, and the headers of a zip file. Pulumi's engine zips the archive, and may come to a little more or less.",
  `Memory is resident memory; the peak includes twenty plans for ${PLANNED_COUNT} launches at once, and what is kept of them.`,
];

type Weights = Record<"bundled" | "packaged" | "closure", Weight>;

type Probes = Record<"bare" | "bundled" | "packaged", Probe[]>;

function probeAll({ region, lambda }: Deployment, folder: string): Probes {
  const main = mainOf(lambda);
  const planning = path.join(folder, "planning.js");
  bundlePlanning(planning);
  const probe = path.join(folder, "probe.js");
  fs.writeFileSync(probe, PROBE);
  const own = { AWS_REGION: region, AWS_LAMBDA_FUNCTION_NAME: "bench" };
  const env = { ...own, ...variablesOf(lambda) };
  const start = (...args: string[]): Probe =>
    JSON.parse(execFileSync(process.execPath, [probe, ...args], { env }).toString()) as Probe;
  const startIn = (kind: string) =>
    start(path.join(folder, kind, main), planning, String(PLANNED_COUNT));
  const rounds = Array.from({ length: RUN_COUNT + 1 }, () => ({
    bare: start(),
    bundled: startIn("bundled"),
    packaged: startIn("packaged"),
  }));
  // The first of each finds its files not read yet, as no other does.
  const counted = rounds.slice(1);
  return {
    bare: counted.map(({ bare }) => bare),
    bundled: counted.map(({ bundled }) => bundled),
    packaged: counted.map(({ packaged }) => packaged),
  };
}

/** The module of the function's handler. */
export function mainOf({ inputs }: DeployedResource): string {
  const [main = ""] = String(inputs.handler).split(".");
  return main;
}

function bundlePlanning(outfile: string): void {
  const common = { bundle: true, platform: "node", target: "node24", format: "cjs" } as const;
  buildSync({ entryPoints: ["bench/planWorlds.ts"], outfile, ...common });
}

function toRows(weights: Weights, probes: Probes): Row[] {
  const times = (kind: keyof Probes, key: "readyMs" | "loadMs") =>
    formatSpread(
      probes[kind].map((probe) => probe[key]),
      0,
      " ms",
    );
  const memory = (kind: keyof Probes, key: "rss" | "peak") =>
    formatMb(medianOf(probes[kind].map((probe) => probe[key])));
  const bothWays = (
    what: string,
    figureOf: (kind: "bundled" | "packaged") => string,
    floor: string,
  ): Row[] => [
    { what, figure: figureOf("bundled"), floor },
    { what: `${what}, packages by default`, figure: figureOf("packaged"), floor },
  ];
  const { closure } = weights;
  const unpacked = `${formatFiles(closure)} (the closure alone)`;
  const zipped = `${formatMb(closure.zippedBytes)} (the closure alone)`;
  return [
    ...bothWays("Archive, unpacked", (kind) => formatFiles(weights[kind]), unpacked),
    ...bothWays("Archive, zipped", (kind) => formatMb(weights[kind].zippedBytes), zipped),
    ...bothWays("Cold start", (kind) => times(kind, "readyMs"), times("bare", "readyMs")),
    ...bothWays("Of it loading the archive", (kind) => times(kind, "loadMs"), "0 ms"),
    ...bothWays("Memory after loading", (kind) => memory(kind, "rss"), memory("bare", "rss")),
    {
      what: `Peak of memory while planning ${PLANNED_COUNT}`,
      figure: memory("bundled", "peak"),
      floor: memory("bare", "peak"),
    },
  ];
}

function formatFiles({ files, bytes }: Weight): string {
  return `${files.toLocaleString("en")} ${files === 1 ? "file" : "files"}, ${formatMb(bytes)}`;
}

function formatMb(bytes: number): string {
  return `${(bytes / 1e6).toFixed(2)} MB`;
}
