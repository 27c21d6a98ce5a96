import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";

const isRoot = process.getuid?.() === 0;
/** Who isn't root becomes it in a namespace of users, where the machine allows that. */
const UNSHARED = ["--net", "--mount", ...(isRoot ? [] : ["--user", "--map-root-user"])];
const ENTERED = ["--net", "--mount", ...(isRoot ? [] : ["--user", "--preserve-credentials"])];

/** A process with a network and mounts of its own, which others can enter. */
export type Machine = ChildProcess;

/** What a command said and how it ended. */
export interface Outcome {
  code: number | null;
  /** From both of its outputs. */
  output: string;
}

/** @returns what the script says when it fails in a new machine; undefined when it passes */
export function tryMachine(script: string, env: NodeJS.ProcessEnv): string | undefined {
  const { error, status, stderr } = spawnSync("unshare", [...UNSHARED, "sh", "-c", script], {
    encoding: "utf8",
    env,
  });
  if (error !== undefined) return `unshare can't be run: ${error.message}`;
  return status === 0 ? undefined : stderr.trim();
}

/** Starts a machine with a script that says `ready` when it is and then goes on for as long as the machine is to be. */
export function startMachine(script: string, env: NodeJS.ProcessEnv): Promise<Machine> {
  return untilReady(spawn("unshare", [...UNSHARED, "sh", "-c", script], { env }));
}

/** Starts a machine that shares the other's mounts and has a network of its own. */
export function startNeighbour(machine: Machine, env: NodeJS.ProcessEnv): Promise<Machine> {
  const script = ["unshare", "--net", "sh", "-c", "echo ready; exec cat"];
  return untilReady(spawn("nsenter", [...targetOf(machine), ...script], { env }));
}

async function untilReady(child: ChildProcess): Promise<Machine> {
  const ended = outcomeOf(child).then(({ output }) => {
    throw new Error(`the machine ended: ${output}`);
  });
  if (child.stdout === null) throw new Error("nothing can be read of the machine");
  await Promise.race([once(child.stdout, "data"), ended]);
  ended.catch(() => undefined); // from here on its end is what is wanted
  return child;
}

/** Runs a shell command in a machine. */
export function runIn(machine: Machine, command: string, env: NodeJS.ProcessEnv): string {
  const { status, stdout, stderr } = spawnSync(
    "nsenter",
    [...targetOf(machine), "sh", "-c", command],
    { encoding: "utf8", env },
  );
  if (status !== 0) throw new Error(`${command}\nended with ${String(status)}: ${stderr}`);
  return stdout;
}

/** Starts a command in a machine and doesn't wait for it. */
export function startIn(
  machine: Machine,
  command: string[],
  env: NodeJS.ProcessEnv,
): { child: ChildProcess; outcome: Promise<Outcome> } {
  const child = spawn("nsenter", [...targetOf(machine), ...command], { env });
  return { child, outcome: outcomeOf(child) };
}

/** Ends a process that may have ended. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, "close");
  child.kill("SIGKILL");
  await closed;
}

function targetOf(machine: Machine): string[] {
  return ["--target", String(machine.pid), ...ENTERED];
}

async function outcomeOf(child: ChildProcess): Promise<Outcome> {
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
    });
  }
  await once(child, "close");
  return { code: child.exitCode, output };
}
