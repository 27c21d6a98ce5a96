import { createRequire } from "node:module";
import * as vm from "node:vm";
import type { Ec2Services } from "./ec2/state";
import type { Process } from "../runtime/sandbox";
import { parseTime } from "../runtime/time";
import type { Answer } from "./answer";
import type { QueryServer } from "./queryServer";

/** How the SDK goes about a call. */
const REQUEST_TIMEOUT_MS = 5_000;
const SOCKET_TIMEOUT_MS = 5_000;
const BACKOFF_MS = 50;
const THROTTLED_BACKOFF_MS = 1_000;
const MAX_BACKOFF_MS = 20_000;
/** The SDK writes no request without one. */
const ENDPOINT = { protocol: "http:", hostname: "aws", path: "/" };
const THROTTLING_CODES = ["RequestLimitExceeded", "Throttling"];

export interface InProcessServices extends Pick<Ec2Services, "clock" | "random"> {
  wire: QueryServer;
  /** The process that calls. */
  process: Process;
  print: (line: string) => void;
}

/** The SDK's clients, and the calls made of them, as the archive's bundle exports them. */
interface Bundle {
  createAwsCalls: (tagKey: string, over: (client: SdkClient) => SdkClient) => object;
}

/** A client of the SDK, as far as a request needs it. */
interface SdkClient {
  config: {
    maxAttempts(): Promise<number>;
    protocol: {
      serializeRequest(action: object, input: object, context: object): Promise<{ body: string }>;
    };
  };
  send(command: SdkCommand): Promise<object>;
}

/** A command of the SDK; its schema has its name, and how its input is written. */
interface SdkCommand {
  input: object;
  schema: [kind: number, service: string, name: string, traits: unknown, input: unknown];
}

/**
 * The calls of the archive's bundle over a transport of their own, for where thousands of histories are
 * played: the SDK's requests reach AWS's side with the SDK's retries and time-outs, without HTTP, XML and
 * signatures, which take nine tenths of a run. `npm start`, the goldens of scenarios, budgets and a part of the histories have them all.
 *
 * @param bundle the text of the archive's SDK clients
 */
export function createInProcessClients(bundle: string, services: InProcessServices): object {
  const { createAwsCalls } = loadBundle(bundle);
  const logOf = (requestId: string) => (message: string, facts?: object) => {
    services.print(JSON.stringify({ message, function_request_id: requestId, ...facts }));
  };
  const over = (client: SdkClient): SdkClient => {
    const context = { ...client.config, endpoint: () => Promise.resolve(ENDPOINT) };
    return Object.assign(client, {
      send: (command: SdkCommand) => send(services, context, command),
    });
  };
  return {
    createLog: () => ({
      forRequest: (requestId: string) => {
        const log = logOf(requestId);
        return { info: log, warn: log, error: log };
      },
    }),
    createMeter: () => () => undefined,
    createAwsCalls: (tagKey: string) => createAwsCalls(tagKey, over),
  };
}

const bundles = new Map<string, Bundle>();
const nodeRequire = createRequire(__filename);

/** Loads a bundle once for all processes: it holds no state, and takes longer than a history. */
function loadBundle(text: string): Bundle {
  const known = bundles.get(text);
  if (known !== undefined) return known;
  const module = { exports: {} as Bundle };
  const run = vm.compileFunction(text, ["module", "exports", "require"]);
  Reflect.apply(run, undefined, [module, module.exports, nodeRequire]);
  bundles.set(text, module.exports);
  return module.exports;
}

async function send(
  services: InProcessServices,
  context: SdkClient["config"],
  { schema, input }: SdkCommand,
): Promise<object> {
  const [, , name, traits, inputSchema] = schema;
  const action = { name, traits, input: inputSchema };
  const { body } = await context.protocol.serializeRequest(action, input, context);
  const maxAttempts = await context.maxAttempts();
  for (let attempt = 1; ; attempt += 1) {
    const answer = await request(services, body);
    if (answer?.status === 200) return readAnswer(answer);
    const { code, message } = answer?.refusal ?? { code: "TimeoutError", message: "no answer" };
    const isThrottled = THROTTLING_CODES.includes(code);
    const isTransient = answer === undefined || answer.status >= 500 || isThrottled;
    if (!isTransient || attempt === maxAttempts) {
      throw Object.assign(new Error(message), { name: code });
    }
    const base = isThrottled ? THROTTLED_BACKOFF_MS : BACKOFF_MS;
    const ms = Math.min(MAX_BACKOFF_MS, services.random.float() * 2 ** (attempt - 1) * base);
    await pause(services, Math.floor(ms));
  }
}

/** One attempt; undefined if there is no answer in time, or if it stalls. */
function request({ clock, wire, process }: InProcessServices, body: string) {
  return new Promise<Answer | undefined>((resolve) => {
    if (!process.isAlive()) return;
    const giveUp = () => {
      process.resume(() => {
        resolve(undefined);
      });
    };
    const timer = clock.after(REQUEST_TIMEOUT_MS, giveUp);
    wire.receive(body, false, (answer) => {
      clock.cancel(timer);
      if (answer.damage === "stalls") {
        clock.after(SOCKET_TIMEOUT_MS, giveUp);
        return;
      }
      process.resume(() => {
        resolve(answer);
      }, answer.readingMs);
    });
  });
}

function pause({ clock, process }: InProcessServices, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, () => {
      process.resume(resolve);
    });
  });
}

/** Names under which the SDK gives parts of an answer that are named otherwise on the wire. */
const SDK_NAMES: Record<string, string[]> = {
  instanceState: ["State"],
  networkInterfaceSet: ["NetworkInterfaces"],
  reservationSet: ["Reservations"],
  instancesSet: ["Instances"],
  instanceTypeSet: ["InstanceTypes"],
  interfaceTypeSet: ["InterfaceTypes"],
  tagSet: ["Tags", "TagSet"],
};

/** Reads an answer as the SDK does: of one without AWS's XML it finds nothing, and says nothing. */
function readAnswer({ content, damage }: Answer): object {
  if (damage === "isCutOff") throw new Error("@aws-sdk XML parse error: unexpected end of input.");
  return damage === undefined ? (toFields(content) as object) : {};
}

/** Reads an answer's fields as the SDK does: lists as arrays, times as dates, names with a capital. */
function toFields(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toFields);
  if (typeof value !== "object" || value === null) return value;
  const list = "item" in value ? value.item : "member" in value ? value.member : undefined;
  if (list !== undefined) return [list].flat().map(toFields);
  const entries = Object.entries(value).flatMap(([key, inner]) => {
    const names = SDK_NAMES[key] ?? [`${key.charAt(0).toUpperCase()}${key.slice(1)}`];
    const read = key === "launchTime" ? parseTime(String(inner)) : toFields(inner);
    return names.map((name) => [name, read] as const);
  });
  return Object.fromEntries(entries);
}
