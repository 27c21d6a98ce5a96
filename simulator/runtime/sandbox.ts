import * as http from "node:http";
import { Console } from "node:console";
import { createRequire } from "node:module";
import * as path from "node:path";
import { Writable } from "node:stream";
import * as vm from "node:vm";
import { NotModelled } from "../aws/awsError";
import type { Clock, Timer } from "./clock";
import type { Faults } from "../faults";
import type { Random } from "./random";
import { type InFlightRequests, NUMBER_HEADER, STALLS_HEADER } from "./inFlight";

/** The files of a function's archive: text by path. */
export type Archive = ReadonlyMap<string, string>;

export interface SandboxServices {
  clock: Clock;
  random: Random;
  inFlight: InFlightRequests;
  environment: Record<string, string>;
  /** Gives modules in place of files of the archive, by path. */
  substitutes?: ReadonlyMap<string, (process: Process) => object>;
  faults: Faults;
  /** Takes what the function writes to its standard output, a line at a time. */
  print: (line: string) => void;
}

/** What may still happen in a function's process. */
export interface Process {
  isAlive(): boolean;
  /**
   * Runs something now, once the process no longer stands still, or never if it has ended.
   *
   * @param workMs how long the process computes first, in which nothing else reaches it
   */
  resume(run: () => void, workMs?: number): void;
}

const nodeRequire = createRequire(__filename);

/**
 * One process of a function: runs the files of its archive with virtual clock, timers and chance, its
 * own environment, no files of this machine, and no module that isn't in the archive or in Node.
 */
export class Sandbox implements Process {
  private readonly modules = new Map<string, { exports: unknown }>();
  private readonly timers = new Set<Timer>();
  private readonly globals: Record<string, unknown>;
  private hasEnded = false;
  private thawMs = 0;
  private idleFromMs = 0;

  constructor(
    private readonly archive: Archive,
    private readonly services: SandboxServices,
  ) {
    this.globals = this.createGlobals();
  }

  /** Loads a module of the archive, as `require` would from its root. */
  load(name: string): unknown {
    return this.requireFrom("", `./${name}`);
  }

  /** Ends the process: nothing of it runs any more, and no call leaves it. */
  kill(): void {
    this.hasEnded = true;
    for (const timer of this.timers) this.services.clock.cancel(timer);
  }

  isAlive(): boolean {
    return !this.hasEnded;
  }

  /** Lets the process stand still: no answer and no timer reaches it, while AWS goes on. */
  freeze(ms: number): void {
    this.thawMs = Math.max(this.thawMs, this.services.clock.nowMs + ms);
  }

  get frozenForMs(): number {
    return Math.max(0, this.thawMs - this.services.clock.nowMs);
  }

  resume(run: () => void, workMs = 0): void {
    if (this.hasEnded) return;
    const { clock } = this.services;
    const waitMs = Math.max(this.frozenForMs, this.idleFromMs - clock.nowMs);
    if (waitMs > 0) {
      clock.after(waitMs, () => {
        this.resume(run, workMs);
      });
    } else if (workMs > 0) {
      this.idleFromMs = clock.nowMs + workMs;
      clock.after(workMs, () => {
        this.resume(run);
      });
    } else run();
  }

  private requireFrom(folder: string, name: string): unknown {
    if (!name.startsWith(".")) return this.requireBuiltin(name);
    const file = path.posix.join(folder, name);
    const found = [file, `${file}.js`].find((candidate) => this.archive.has(candidate));
    if (found === undefined) throw new Error(`Cannot find module '${name}' in the archive`);
    const substitute = this.services.substitutes?.get(found);
    if (substitute !== undefined) return substitute(this);
    const loaded = this.modules.get(found);
    if (loaded !== undefined) return loaded.exports;
    const module: { exports: unknown } = { exports: {} };
    this.modules.set(found, module);
    const scope = {
      exports: module.exports,
      require: (inner: string) => this.requireFrom(path.posix.dirname(found), inner),
      module,
      __filename: found,
      __dirname: "/var/task",
      ...this.globals,
    };
    const text = this.archive.get(found) ?? "";
    const run = vm.compileFunction(text, Object.keys(scope), { filename: found });
    Reflect.apply(run, module.exports, Object.values(scope));
    return module.exports;
  }

  private requireBuiltin(name: string): unknown {
    switch (name.replace(/^node:/, "")) {
      case "http":
        return { ...http, request: this.createRequest() };
      case "fs":
      case "fs/promises":
        return noFiles;
      case "process":
        return this.globals.process;
      default:
        return nodeRequire(name) as unknown;
    }
  }

  /** Node's own request, numbered, so that the clock stands still while it is on its way. */
  private createRequest() {
    const { inFlight } = this.services;
    return (
      options: http.RequestOptions,
      callback: (response: http.IncomingMessage) => void,
    ): http.ClientRequest => {
      if (this.hasEnded) throw new Error("the process of the function has ended");
      const number = inFlight.leaves();
      const request = http.request(options, callback);
      request.setHeader(NUMBER_HEADER, String(number));
      this.watchIdle(request);
      request.on("response", (response) => {
        if (response.headers[STALLS_HEADER] !== undefined) inFlight.ends(number);
        response.on("close", () => {
          inFlight.ends(number);
        });
      });
      request.on("close", () => {
        inFlight.ends(number);
      });
      return request;
    };
  }

  /**
   * Gives the request's socket a time-out of virtual time. Something moves on it when the answer comes, all at
   * once, as far as it comes.
   */
  private watchIdle(request: http.ClientRequest): void {
    request.once("socket", (socket) => {
      let timer: TimerHandle | undefined;
      socket.setTimeout = (timeoutMs, onTimeout = () => undefined) => {
        const begin = () => {
          this.clearTimer(timer);
          timer = this.setTimer(onTimeout, timeoutMs);
        };
        begin();
        request.once("response", begin);
        return socket;
      };
      request.once("close", () => {
        this.clearTimer(timer);
        Reflect.deleteProperty(socket, "setTimeout");
      });
    });
  }

  private createGlobals(): Record<string, unknown> {
    const { clock, random, faults, environment } = this.services;
    const output = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        if (!this.hasEnded)
          for (const line of chunk.toString().trimEnd().split("\n")) this.services.print(line);
        done();
      },
    });
    const globals: Record<string, unknown> = {
      Date: virtualDate(clock, faults.skewMs),
      Math: Object.create(Math, { random: { value: () => random.float() } }),
      performance: { now: () => clock.nowMs },
      process: Object.create(process, {
        env: { value: { ...environment } },
        stdout: { value: output },
        stderr: { value: output },
      }) as object,
      console: new Console(output),
      setTimeout: (run: (...args: unknown[]) => void, delayMs = 0, ...args: unknown[]) =>
        this.setTimer(() => {
          run(...args);
        }, delayMs),
      clearTimeout: (handle: TimerHandle | undefined) => {
        this.clearTimer(handle);
      },
      setInterval: () => {
        throw new NotModelled("setInterval in a function");
      },
    };
    // Defined, not assigned: Node's own setters would reach through to the real global object.
    const globalObject = Object.create(
      globalThis,
      Object.getOwnPropertyDescriptors(globals),
    ) as object;
    return { ...globals, globalThis: globalObject, global: globalObject };
  }

  private setTimer(run: () => void, delayMs: number): TimerHandle {
    const timer = this.services.clock.after(delayMs, () => {
      // It may yet be cleared, while the process stands still.
      this.resume(() => {
        if (this.timers.delete(timer)) run();
      });
    });
    this.timers.add(timer);
    const handle = { timer, ref: () => handle, unref: () => handle, hasRef: () => true };
    return handle;
  }

  private clearTimer(handle: TimerHandle | undefined): void {
    if (handle === undefined) return;
    this.timers.delete(handle.timer);
    this.services.clock.cancel(handle.timer);
  }
}

/** What `setTimeout` gives, as far as libraries use it. */
interface TimerHandle {
  timer: Timer;
  ref(): TimerHandle;
  unref(): TimerHandle;
  hasRef(): boolean;
}

/** A function on Lambda finds no configuration files; nor may it find those of this machine. */
const noFiles = {
  readFile: () => Promise.reject(noSuchFile()),
  readFileSync: () => {
    throw noSuchFile();
  },
  existsSync: () => false,
  promises: { readFile: () => Promise.reject(noSuchFile()) },
};

function noSuchFile(): Error {
  return Object.assign(new Error("ENOENT: no such file or directory"), { code: "ENOENT" });
}

function virtualDate(clock: Clock, skewMs: number) {
  // eslint-disable-next-line no-restricted-globals -- the class that virtual time is given to
  return class extends Date {
    constructor(...args: [] | [number | string]) {
      super(args[0] ?? clock.nowMs + skewMs);
    }

    static override now(): number {
      return clock.nowMs + skewMs;
    }
  };
}
