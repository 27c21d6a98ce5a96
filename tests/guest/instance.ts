import { buildSync } from "esbuild";
import type { ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import {
  end,
  type Machine,
  type Outcome,
  runIn,
  startIn,
  startMachine,
  startNeighbour,
  tryMachine,
} from "./machine";
import { type Described, metadataOf, PRIMARY_MAC } from "./metadata";

/** What EC2 plugs in. */
export interface Link {
  /** What the system calls it. */
  name: string;
  macAddress: string;
  address: string;
}

/** A client somewhere beyond the subnet. */
export const CLIENT = "203.0.113.7";

const PRIMARY: Link = { name: "ens5", macAddress: PRIMARY_MAC, address: "10.0.0.5" };
/** The router of every subnet here. */
const ROUTER = "10.0.0.1";
const SERVICE_FILE = "/etc/systemd/system/network-interface-pool.service";

/** There is no service manager: what it is told is written down. */
const SYSTEMCTL = '#!/bin/sh\necho "$*" >>"$FOLDER/systemctl.log"\n';
/** A second is shorter here, or as long as the test holds it; the script counts its sleeps. */
const SLEEP = `#!/bin/sh
held=$(cat "$FOLDER/hold")
echo "$held" >"$FOLDER/asleep"
/bin/sleep 0.02
while [ "$held" != none ] && [ "$(cat "$FOLDER/hold")" = "$held" ]; do /bin/sleep 0.02; done
`;

/** The disk outlives the instance's end, /run doesn't. */
const SET_UP = `set -e
mount -t sysfs sysfs /sys
mount -t tmpfs tmpfs /run
mount --bind "$FOLDER/lib" /var/lib
mount --bind "$FOLDER/systemd" /etc/systemd
ip link set lo up
ip address add 169.254.169.254/32 dev lo
# EC2 answers who asks for a neighbour by any address; this router only by the link's own.
echo 2 >/proc/sys/net/ipv4/conf/all/arp_announce`;

const TRIALS = `command -v curl >/dev/null || { echo "there is no curl" >&2; exit 1; }
${SET_UP}
ip link add name ens5 type veth peer name peer-ens5
echo 1 >/proc/sys/net/ipv4/conf/peer-ens5/rp_filter
ip rule add from 10.0.0.10 table 20000 protocol kernel`;

/** @returns why this machine can't be divided into an instance and a router; undefined where it can */
export function whyNoInstance(): string | undefined {
  if (process.platform !== "linux") return "network namespaces are Linux's";
  const folder = createFolder();
  const failure = tryMachine(TRIALS, environmentOf(folder));
  rmSync(folder, { recursive: true });
  return failure;
}

/**
 * An instance as its own system sees it: network, interfaces, metadata and disk are its own, by namespaces of
 * Linux. On the other end of its links is the router of its subnet, which drops what an address sends by
 * another link than its own, as EC2 does.
 */
export class Instance {
  private readonly services: ChildProcess[] = [];
  private held = "none";

  private constructor(
    readonly folder: string,
    private readonly machine: Machine,
    private readonly router: Machine,
  ) {}

  /** Starts one with its primary interface up, and metadata of no other. */
  static async start(folder = createFolder()): Promise<Instance> {
    for (const name of ["requests.log", "systemctl.log", "asleep"]) {
      writeFileSync(path.join(folder, name), "");
    }
    writeFileSync(path.join(folder, "hold"), "none");
    writeFileSync(path.join(folder, "tree.json"), metadataOf({}));
    const env = environmentOf(folder);
    const serve = `exec "$NODE" "$FOLDER/metadataService.js" "$FOLDER/tree.json" "$FOLDER/requests.log"`;
    const machine = await startMachine(`${SET_UP}\n${serve}`, env);
    const instance = new Instance(folder, machine, await startNeighbour(machine, env));
    instance.runOnRouter(`ip link set lo up && ip address add ${CLIENT}/32 dev lo`);
    instance.plug(PRIMARY);
    instance.run(`ip link set ens5 up && ip address add ${PRIMARY.address}/24 dev ens5`);
    instance.run(`ip route add default via ${ROUTER} dev ens5`);
    return instance;
  }

  /** Runs a shell command; an error when it fails. */
  run(command: string): string {
    return runIn(this.machine, command, environmentOf(this.folder));
  }

  runOnRouter(command: string): string {
    return runIn(this.router, command, environmentOf(this.folder));
  }

  /** Says what its metadata is from now on. */
  describe(described: Described): void {
    this.replace("tree.json", metadataOf(described));
  }

  /** Plugs an interface in, as EC2 does: it is there, and down. */
  plug({ name, macAddress, address }: Link): void {
    const peer = `peer-${name}`;
    this.run(
      `ip link add name ${name} address ${macAddress} type veth peer name ${peer} && ` +
        `ip link set ${peer} netns ${String(this.router.pid)}`,
    );
    this.runOnRouter(
      `echo 1 >/proc/sys/net/ipv4/conf/${peer}/rp_filter && ip link set ${peer} up && ` +
        `ip address add ${ROUTER}/32 dev ${peer} && ip route add ${address} dev ${peer}`,
    );
  }

  /** Whether an answer from an address comes back to the client; nothing listens, so it is a refusal. */
  answers(address: string, tries = 5): boolean {
    const connect = `curl --silent --interface ${CLIENT} --max-time 1 http://${address}:8080/`;
    const codes = Array.from(
      { length: tries },
      () => `${connect}; [ $? = 7 ] && echo refused && exit`,
    );
    return this.runOnRouter(`${codes.join("\n")}\necho silent`) === "refused\n";
  }

  runBoothook(boothook: string): void {
    const file = path.join(this.folder, "boothook");
    writeFileSync(file, boothook);
    this.run(`sh ${file}`);
  }

  /** Starts what the service that the boothook installed starts, with another limit and, perhaps, another shell. */
  startService({ seconds = 60, shell = "/bin/sh" } = {}): Promise<Outcome> {
    const [, command = ""] =
      /^ExecStart=\/bin\/sh (.*) 600$/m.exec(this.run(`cat ${SERVICE_FILE}`)) ?? [];
    const whole = [shell, ...command.split(" "), String(seconds)];
    const { child, outcome } = startIn(this.machine, whole, environmentOf(this.folder));
    this.services.push(child);
    return outcome;
  }

  /** Who sleeps from now on goes on sleeping. */
  holdTime(): void {
    this.hold("1");
  }

  /** Waits until somebody sleeps. */
  async untilAsleep(): Promise<void> {
    while (this.read("asleep") !== `${this.held}\n`) await pause(10);
  }

  /** Ends the sleep that is held, and waits for the next one. */
  async passSecond(): Promise<void> {
    this.hold(String(Number(this.held) + 1));
    await this.untilAsleep();
  }

  letTimePass(): void {
    this.hold("none");
  }

  /** `METHOD path status` of all requests to its metadata. */
  requests(): string[] {
    return this.linesOf("requests.log");
  }

  /** What the service manager was told. */
  systemctlCalls(): string[] {
    return this.linesOf("systemctl.log");
  }

  /** Ends it; a next one can start with its folder, which is its disk. */
  async end(): Promise<void> {
    await Promise.all([this.machine, this.router, ...this.services].map(end));
  }

  async stop(): Promise<void> {
    await this.end();
    rmSync(this.folder, { recursive: true });
  }

  private hold(held: string): void {
    this.held = held;
    this.replace("hold", held);
  }

  /** In one step: somebody may be reading it. */
  private replace(name: string, text: string): void {
    const file = path.join(this.folder, name);
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  }

  private read(name: string): string {
    return readFileSync(path.join(this.folder, name), "utf8");
  }

  private linesOf(log: string): string[] {
    return this.read(log).split("\n").slice(0, -1);
  }
}

function createFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "instance-"));
  for (const inner of ["bin", "lib", "systemd/system"]) {
    mkdirSync(path.join(folder, inner), { recursive: true });
  }
  writeFileSync(path.join(folder, "bin/systemctl"), SYSTEMCTL, { mode: 0o755 });
  writeFileSync(path.join(folder, "bin/sleep"), SLEEP, { mode: 0o755 });
  buildSync({
    entryPoints: [path.join(__dirname, "metadataService.ts")],
    platform: "node",
    outfile: path.join(folder, "metadataService.js"),
  });
  return folder;
}

function environmentOf(folder: string): NodeJS.ProcessEnv {
  const own = path.join(folder, "bin");
  const PATH = `${own}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`;
  return { PATH, FOLDER: folder, NODE: process.execPath };
}
