import { type ChildProcessByStdio, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import type { Readable } from "node:stream";

/** The virtual environment that `.ci/run` makes. */
const VENV = ".venv-moto";

/** No healthy start comes near it; alone on a machine it takes two seconds. */
const START_DEADLINE_MS = 600_000;

const python = path.join(VENV, "bin", "python");

/** A third party's emulator of AWS, in a process of its own on loopback. */
export interface MotoServer {
  /** For `AWS_ENDPOINT_URL`. */
  endpoint: string;
  stop(): Promise<void>;
}

/** @returns why there is no emulator here to test against; undefined where there is one */
export function whyNoMoto(): string | undefined {
  const script = "from importlib.metadata import version; print(version('moto'))";
  const { error, status, stdout } = spawnSync(python, ["-c", script], { encoding: "utf8" });
  if (error !== undefined) return `there is no Python in ${VENV}, which .ci/run makes`;
  if (status !== 0) return `moto is not installed in ${VENV}`;
  const requirements = readFileSync("tests/moto/requirements.txt", "utf8");
  const [, pinned] = /^moto\S*==(\S+)$/m.exec(requirements) ?? [];
  const installed = stdout.trim();
  return installed === pinned
    ? undefined
    : `${VENV} has moto ${installed} instead of ${String(pinned)}`;
}

/** Starts the emulator on a free port; to be stopped after use. */
export async function startMoto(): Promise<MotoServer> {
  // Port 0: the system gives a free one, and the server says which.
  const child = spawn(python, ["-m", "moto.server", "-H", "127.0.0.1", "-p", "0"], {
    env: { PATH: process.env.PATH },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  const stop = async () => {
    process.off("exit", kill);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const closed = once(child, "close");
    kill();
    await closed;
  };
  try {
    const endpoint = await endpointOf(child);
    return { endpoint, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Waits until the server says where it listens, and goes on reading lest it blocks on its log. */
function endpointOf(child: ChildProcessByStdio<null, null, Readable>): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    const fail = (what: string) => {
      clearTimeout(deadline);
      reject(new Error(`moto's server ${what}:\n${said}`));
    };
    const deadline = setTimeout(() => {
      fail(`did not start within ${START_DEADLINE_MS} ms`);
    }, START_DEADLINE_MS);
    child.on("error", ({ message }) => {
      fail(`does not start: ${message}`);
    });
    child.on("close", (code) => {
      fail(`ended with ${String(code)}`);
    });
    let isListening = false;
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      if (isListening) return;
      said += chunk;
      const [, endpoint] = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(said) ?? [];
      if (endpoint === undefined) return;
      isListening = true;
      clearTimeout(deadline);
      resolve(endpoint);
    });
  });
}
