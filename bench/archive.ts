import { buildSync, type BuildOptions } from "esbuild";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { CLIENTS_BUNDLE_PATH } from "../handler/model";
import { type Deployment, resourcesOfType } from "../simulator/deployment";
import type { Archive } from "../simulator/sandbox";
import { formatSpread, medianOf, type Part, type Row } from "./figures";

const RUN_COUNT = 5;
const CLIENTS_ENTRY = "handler/clients.ts";
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
const peak = process.resourceUsage().maxRSS * 1024;
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
export function measureArchive(deployment: Deployment): Part {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "bench-"));
  try {
    const packages = closureOf(packagesOf(CLIENTS_ENTRY));
    const probes = probeAll(deployment, folder);
    return { title: "The archive", rows: toRows(deployment.archive, packages, probes), notes };
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

const notes = [
  `Each start is a fresh process of Node on this machine, ${RUN_COUNT} of each kind in turn. By default, Pulumi would put the packages of ${CLIENTS_ENTRY} into the archive as they are: that is emulated by the same closure with packages external to its bundle, resolved from \`node_modules\`. The floor is a process that loads nothing. A function on Lambda has less than a processor with 512 MB, and reads its archive from a slower place: the difference counts, not the milliseconds.`,
  `Memory is resident memory; the peak includes twenty plans for ${PLANNED_COUNT} launches at once, and what is kept of them.`,
];

interface Probes {
  bare: Probe[];
  bundled: Probe[];
  packaged: Probe[];
}

function probeAll(deployment: Deployment, folder: string): Probes {
  const [lambda] = resourcesOfType(deployment, "aws:lambda/function:Function");
  const { variables } = lambda?.inputs.environment as { variables: Record<string, string> };
  const [main = ""] = String(lambda?.inputs.handler).split(".");
  const bundled = path.join(folder, "bundled");
  writeArchive(deployment.archive, bundled);
  const packaged = path.join(folder, "packaged");
  writeArchive(deployment.archive, packaged);
  bundle(CLIENTS_ENTRY, path.join(packaged, CLIENTS_BUNDLE_PATH), { packages: "external" });
  fs.symlinkSync(path.resolve("node_modules"), path.join(packaged, "node_modules"));
  const planning = path.join(folder, "planning.js");
  bundle("bench/planning.ts", planning, {});
  const probe = path.join(folder, "probe.js");
  fs.writeFileSync(probe, PROBE);
  const start = (...args: string[]): Probe => {
    const env = { AWS_REGION: deployment.region, AWS_LAMBDA_FUNCTION_NAME: "bench", ...variables };
    return JSON.parse(
      execFileSync(process.execPath, [probe, ...args], { env }).toString(),
    ) as Probe;
  };
  const probes: Probes = { bare: [], bundled: [], packaged: [] };
  // The first of each finds its files not read yet, as no other does.
  for (let run = -1; run < RUN_COUNT; run += 1) {
    const round = {
      bare: start(),
      bundled: start(path.join(bundled, main), planning, String(PLANNED_COUNT)),
      packaged: start(path.join(packaged, main), planning, String(PLANNED_COUNT)),
    };
    if (run < 0) continue;
    probes.bare.push(round.bare);
    probes.bundled.push(round.bundled);
    probes.packaged.push(round.packaged);
  }
  return probes;
}

function writeArchive(archive: Archive, folder: string): void {
  for (const [name, text] of archive) {
    const file = path.join(folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  }
}

function bundle(entry: string, outfile: string, options: BuildOptions): void {
  const common = { bundle: true, platform: "node", target: "node24", format: "cjs" } as const;
  buildSync({ entryPoints: [entry], outfile, ...common, ...options });
}

/** The packages that a file of the handler imports. */
function packagesOf(entry: string): string[] {
  const { metafile } = buildSync({
    entryPoints: [entry],
    bundle: true,
    platform: "node",
    packages: "external",
    write: false,
    metafile: true,
  });
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
  const names = imports.filter(({ external }) => external).map((one) => one.path);
  return [...new Set(names)].filter((name) => !name.startsWith("node:"));
}

interface Weight {
  files: number;
  bytes: number;
}

/** What a list of packages and all that they depend on come to. */
function closureOf(names: string[]): Weight {
  const folders = new Set<string>();
  const add = (name: string, from: string) => {
    const folder = findPackage(name, from);
    if (folder === undefined || folders.has(folder)) return;
    folders.add(folder);
    const text = fs.readFileSync(path.join(folder, "package.json"), "utf8");
    const { dependencies = {} } = JSON.parse(text) as { dependencies?: Record<string, string> };
    for (const inner of Object.keys(dependencies)) add(inner, folder);
  };
  for (const name of names) add(name, process.cwd());
  const weights = [...folders].map(weigh);
  return {
    files: weights.reduce((sum, { files }) => sum + files, 0),
    bytes: weights.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

function findPackage(name: string, from: string): string | undefined {
  const folder = path.join(from, "node_modules", name);
  if (fs.existsSync(path.join(folder, "package.json"))) return folder;
  const parent = path.dirname(from);
  return parent === from ? undefined : findPackage(name, parent);
}

/** The files of a package, without those of packages inside of it. */
function weigh(folder: string): Weight {
  const weight: Weight = { files: 0, bytes: 0 };
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === "node_modules") continue;
    const inner = path.join(folder, entry.name);
    const { files, bytes } = entry.isDirectory()
      ? weigh(inner)
      : { files: 1, bytes: fs.statSync(inner).size };
    weight.files += files;
    weight.bytes += bytes;
  }
  return weight;
}

function toRows(archive: Archive, packages: Weight, probes: Probes): Row[] {
  const sizes = [...archive.values()].map((text) => Buffer.byteLength(text));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  const closure = bytes - Buffer.byteLength(archive.get(CLIENTS_BUNDLE_PATH) ?? "");
  const { bare, bundled, packaged } = probes;
  const times = (list: Probe[], key: "readyMs" | "loadMs") =>
    formatSpread(
      list.map((probe) => probe[key]),
      0,
      " ms",
    );
  const memory = (list: Probe[], key: "rss" | "peak") =>
    formatMb(medianOf(list.map((probe) => probe[key])));
  return [
    {
      what: "Archive, unpacked",
      figure: `${archive.size} files, ${formatMb(bytes)}`,
      floor: `1 file, ${formatMb(closure)} (the closure alone)`,
    },
    {
      what: "By default: the closure and its packages",
      figure: `${packages.files + 1} files, ${formatMb(packages.bytes + closure)}`,
      floor: "as above",
    },
    { what: "Cold start", figure: times(bundled, "readyMs"), floor: times(bare, "readyMs") },
    {
      what: "Cold start, packages by default",
      figure: times(packaged, "readyMs"),
      floor: times(bare, "readyMs"),
    },
    { what: "Of it loading the archive", figure: times(bundled, "loadMs"), floor: "0 ms" },
    {
      what: "Of it loading the archive, packages by default",
      figure: times(packaged, "loadMs"),
      floor: "0 ms",
    },
    { what: "Memory after loading", figure: memory(bundled, "rss"), floor: memory(bare, "rss") },
    {
      what: "Memory after loading, packages by default",
      figure: memory(packaged, "rss"),
      floor: memory(bare, "rss"),
    },
    {
      what: `Peak of memory while planning ${PLANNED_COUNT}`,
      figure: memory(bundled, "peak"),
      floor: memory(bare, "peak"),
    },
  ];
}

function formatMb(bytes: number): string {
  return `${(bytes / 1e6).toFixed(2)} MB`;
}
