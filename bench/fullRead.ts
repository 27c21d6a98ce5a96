import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import { writeArchive } from "../simulator/deploy/archive";
import { type Deployment, variablesOf } from "../simulator/deploy/engine";
import { readingMs } from "../simulator/runtime/responseCost";
import { mainOf } from "./archive";
import { formatSpread, medianOf, type Part, type Row } from "./figures";
import { deployPool } from "./measure";
import { WireServer } from "./wireServer";

interface Size {
  count: number;
  /** How often all are read before it counts, and how often then. */
  warmUps: number;
  runs: number;
}

const SIZES: Size[] = [
  { count: 10, warmUps: 100, runs: 30 },
  { count: 100, warmUps: 30, runs: 15 },
  { count: 1_000, warmUps: 4, runs: 7 },
  { count: 10_000, warmUps: 1, runs: 3 },
];
const MOST_SECONDS: Record<number, number> = { 1_000: 0.7, 10_000: 6 };

const POOL = "fleet";
const LARGEST_OUTPUT = 100e6;
const MANY_BYTES = 1e9;

/** Lets the handler of an archive be woken by the schedule, again and again, in a process of its own. */
const PROBE = `
const [archive, warmUps, runs] = process.argv.slice(2);
const { handler } = require(archive);
const body = JSON.stringify({ "detail-type": "Scheduled Event", source: "aws.events", detail: {} });
async function invoke(number) {
  const record = { messageId: String(number), body, attributes: { SentTimestamp: String(Date.now()) } };
  const endMs = Date.now() + 60_000;
  const context = {
    functionName: "bench",
    awsRequestId: "bench-" + number,
    getRemainingTimeInMillis: () => endMs - Date.now(),
  };
  const before = process.cpuUsage();
  await handler({ Records: [record] }, context);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
(async () => {
  const seconds = [];
  for (let number = 0; number < Number(warmUps) + Number(runs); number += 1) {
    seconds.push(await invoke(number));
  }
  const status = process.platform === "linux" ? require("node:fs").readFileSync("/proc/self/status", "utf8") : "";
  const peakKb = /VmHWM:\\s+(\\d+) kB/.exec(status)?.[1] ?? process.resourceUsage().maxRSS;
  const counted = seconds.slice(Number(warmUps));
  console.log(JSON.stringify({ first: seconds[0], counted, peakMb: Number(peakKb) / 1024 }));
})();
`;

interface FullRead {
  count: number;
  /** Of a processor: the first in a process, and those that count. */
  first: number;
  counted: number[];
  peakMb: number;
  bytes: number;
}

/** Lets the archive read pools of several sizes, all in sync, over HTTP. */
export async function measureFullReads(sizes = SIZES): Promise<Part> {
  const deployment = await deployPool(1);
  const memoryMb = Number(deployment.lambda.inputs.memorySize);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "bench-"));
  try {
    writeArchive(deployment.archive, folder);
    fs.writeFileSync(path.join(folder, "probe.js"), PROBE);
    const reads: FullRead[] = [];
    for (const size of sizes) reads.push(await readOver(deployment, folder, memoryMb, size));
    const rows = reads.flatMap((read) => toRows(read, memoryMb));
    return { title: "Full reads through archive and wire", rows, notes: notesOn(reads, memoryMb) };
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

async function readOver(
  { region, lambda, tagKey }: Deployment,
  folder: string,
  memoryMb: number,
  { count, warmUps, runs }: Size,
): Promise<FullRead> {
  const server = new WireServer(count, { tagKey, pool: POOL });
  const endpoint = await server.listen();
  try {
    const args = [path.join(folder, "probe.js"), path.join(folder, mainOf(lambda)), warmUps, runs];
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [...heapOptions(memoryMb), ...args.map(String)],
      {
        env: {
          AWS_REGION: region,
          AWS_ACCESS_KEY_ID: "AKIABENCH",
          AWS_SECRET_ACCESS_KEY: "bench",
          AWS_ENDPOINT_URL: endpoint,
          AWS_LAMBDA_FUNCTION_NAME: "bench",
          AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
          ...variablesOf(lambda),
        },
        maxBuffer: LARGEST_OUTPUT,
      },
    );
    const found = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Omit<FullRead, "bytes">;
    return { ...found, count, bytes: server.answeredBytes / (warmUps + runs) };
  } finally {
    server.close();
  }
}

/** As Lambda's runtime starts Node: of the memory nine tenths for what lives long, a twentieth for what doesn't. */
function heapOptions(memoryMb: number): string[] {
  const mb = (share: number) => String(Math.floor(memoryMb * share));
  return [`--max-old-space-size=${mb(0.9)}`, `--max-semi-space-size=${mb(0.05)}`];
}

/** How much longer something takes at this memory size than on a whole processor. */
function slownessAt(memoryMb: number): number {
  return readingMs(MANY_BYTES, memoryMb) / readingMs(MANY_BYTES, Infinity);
}

function toRows({ count, first, counted, peakMb }: FullRead, memoryMb: number): Row[] {
  const what = (which: string) => `${count.toLocaleString("en")} instances in sync: ${which}`;
  const atSize = counted.map((seconds) => seconds * slownessAt(memoryMb));
  const most = MOST_SECONDS[count];
  const target =
    most === undefined ? {} : { target: `at most ${most} s`, isMet: medianOf(atSize) <= most };
  return [
    {
      what: what(`seconds at ${memoryMb} MB`),
      figure: formatSpread(atSize, 2, " s"),
      floor: "",
      ...target,
    },
    {
      what: what("of a whole processor"),
      figure: `${formatSpread(counted, 3, " s")}, the first ${first.toFixed(2)} s`,
      floor: "",
    },
    {
      what: what("peak of memory"),
      figure: `${Math.round(peakMb)} MB`,
      floor: "",
      target: `at most ${memoryMb} MB`,
      isMet: peakMb <= memoryMb,
    },
  ];
}

function notesOn(reads: FullRead[], memoryMb: number): string[] {
  const reckoned = MANY_BYTES / readingMs(MANY_BYTES, Infinity) / 1000;
  const answers = reads.map(({ count, bytes, counted }) => {
    const kbPerMs = bytes / medianOf(counted) / 1e6;
    const size = (bytes / 1e6).toFixed(1);
    return `${count.toLocaleString("en")} instances are ${size} MB, read at ${kbPerMs.toFixed(0)} kB a millisecond`;
  });
  return [
    `The schedule wakes the archive's own handler, whose SDK clients read everything over HTTP on this machine, in XML of the size of AWS's. The process has the limits of a function of ${memoryMb} MB, and is measured by itself: seconds of a whole processor are those of this machine, seconds at ${memoryMb} MB are these on the share of a processor that Lambda gives such a function. The first full read of a process finds nothing compiled yet.`,
    `Here ${answers.join(", ")}. The simulator reckons with ${reckoned.toFixed(0)} kB a millisecond, wherever it counts what the function computes.`,
  ];
}
