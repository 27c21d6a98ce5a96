import { AUTO_SCALING_VERSION } from "./autoscaling/api";
import type { Clock } from "../runtime/clock";
import { EC2_VERSION } from "./ec2/api";
import { MADE_FOR_TAG_KEY } from "./ec2/creating";
import type { Random } from "../runtime/random";
import type { Process } from "../runtime/sandbox";
import { parseTime } from "../runtime/time";
import type { Answer, QueryServer } from "./queryServer";

/** What the manager asks of the SDK, and how the SDK goes about it (handler/clients.ts). */
const MAX_ATTEMPTS = 5;
const ACTIONS_TRIED_ONCE = ["DetachNetworkInterface", "DeleteNetworkInterface"];
const REQUEST_TIMEOUT_MS = 5_000;
const BACKOFF_MS = 50;
const THROTTLED_BACKOFF_MS = 1_000;
const MAX_BACKOFF_MS = 20_000;
const THROTTLING_CODES = ["RequestLimitExceeded", "Throttling"];

export interface InProcessServices {
  clock: Clock;
  random: Random;
  wire: QueryServer;
  /** The process that calls. */
  process: Process;
  print: (line: string) => void;
}

/** A call's input: texts, numbers, lists and structures of them. */
interface Input {
  [name: string]: InputValue;
}
type InputValue = string | number | boolean | undefined | InputValue[] | Input;
type Fields = Record<string, unknown>;

/**
 * Stands in for the archive's bundle of SDK clients where thousands of histories are played: the same
 * calls reach AWS's side with the same retries and time-outs, without HTTP, XML and signatures, which take
 * nine tenths of a run. The bundle itself is what scenarios, budgets and a part of the histories run.
 */
export function createInProcessClients(services: InProcessServices): object {
  const ec2 = (action: string, input: Input) => send(services, EC2_VERSION, action, input);
  const autoScaling = (action: string, input: Input) =>
    send(services, AUTO_SCALING_VERSION, action, input);
  const readEc2 = (action: string, list: string, MaxResults: number) => (filters: Filters) =>
    readPages(async (NextToken) => {
      const Filter = filters.map(({ Name, Values }) => ({ Name, Value: Values }));
      const page = await ec2(action, { Filter, MaxResults, NextToken });
      return { items: page[list] as Fields[], nextToken: page.NextToken as string | undefined };
    });
  const log = (message: string, facts?: object) => {
    services.print(JSON.stringify({ message, ...facts }));
  };
  return {
    createLog: () => ({ info: log, warn: log, error: log }),
    createMeter: () => () => undefined,
    createAwsCalls: (tagKey: string) => ({
      describeNetworkInterfaces: readEc2("DescribeNetworkInterfaces", "NetworkInterfaces", 1000),
      describeInstanceTypes: readEc2("DescribeInstanceTypes", "InstanceTypes", 100),
      describeInstances: async (filters: Filters) => {
        const read = readEc2("DescribeInstances", "Reservations", 1000);
        const reservations = await read(filters);
        return reservations.flatMap(({ Instances }) => Instances);
      },
      describeAutoScalingGroups: (Filters: Filters) =>
        readPages(async (NextToken) => {
          const input = { Filters, MaxRecords: 100, NextToken };
          const page = await autoScaling("DescribeAutoScalingGroups", input);
          const items = page.AutoScalingGroups as Fields[];
          return { items, nextToken: page.NextToken as string | undefined };
        }),
      describeWarmPool: (AutoScalingGroupName: string) =>
        readPages(async (NextToken) => {
          const input = { AutoScalingGroupName, MaxRecords: 50, NextToken };
          const page = await autoScaling("DescribeWarmPool", input);
          const items = page.Instances as Fields[];
          return { items, nextToken: page.NextToken as string | undefined };
        }),
      attachNetworkInterface: (input: Input) => ec2("AttachNetworkInterface", input),
      detachNetworkInterface: (input: Input) => ec2("DetachNetworkInterface", input),
      createNetworkInterface: async (wanted: MadeInterface) => {
        const { subnetId, securityGroupIds, pool, instanceId, token } = wanted;
        const tags = { Name: pool, [tagKey]: pool, [MADE_FOR_TAG_KEY]: instanceId };
        const answer = await ec2("CreateNetworkInterface", {
          SubnetId: subnetId,
          SecurityGroupId: securityGroupIds,
          ClientToken: token,
          TagSpecification: [
            {
              ResourceType: "network-interface",
              Tag: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
            },
          ],
        });
        return answer.NetworkInterface;
      },
      modifyNetworkInterfaceAttribute: (input: Input) =>
        ec2("ModifyNetworkInterfaceAttribute", input),
      deleteNetworkInterface: (input: Input) => ec2("DeleteNetworkInterface", input),
      completeLifecycleAction: (input: Input) => autoScaling("CompleteLifecycleAction", input),
      recordLifecycleActionHeartbeat: (input: Input) =>
        autoScaling("RecordLifecycleActionHeartbeat", input),
    }),
  };
}

/** An interface that is to be made, as the manager asks for it. */
interface MadeInterface {
  subnetId: string;
  securityGroupIds: string[];
  pool: string;
  instanceId: string;
  token: string;
}

type Filters = { Name: string; Values: string[] }[];

interface Page {
  items: Fields[];
  nextToken: string | undefined;
}

async function readPages(read: (token: string | undefined) => Promise<Page>): Promise<Fields[]> {
  const all: Fields[] = [];
  let token: string | undefined;
  do {
    const { items, nextToken } = await read(token);
    all.push(...items);
    token = nextToken;
  } while (token !== undefined);
  return all;
}

async function send(
  services: InProcessServices,
  version: string,
  action: string,
  input: Input,
): Promise<Fields> {
  const body = new URLSearchParams(flatten({ Action: action, Version: version, ...input }));
  for (let attempt = 1; ; attempt += 1) {
    const answer = await request(services, body.toString());
    if (answer?.status === 200) return toFields(answer.content) as Fields;
    const { code, message } = answer?.refusal ?? { code: "TimeoutError", message: "no answer" };
    const isThrottled = THROTTLING_CODES.includes(code);
    const isTransient = answer === undefined || answer.status >= 500 || isThrottled;
    const isLast = attempt === MAX_ATTEMPTS || ACTIONS_TRIED_ONCE.includes(action);
    if (!isTransient || isLast) {
      throw Object.assign(new Error(message), { name: code });
    }
    const base = isThrottled ? THROTTLED_BACKOFF_MS : BACKOFF_MS;
    const ms = Math.min(MAX_BACKOFF_MS, services.random.float() * 2 ** (attempt - 1) * base);
    await pause(services, Math.floor(ms));
  }
}

/** One attempt; undefined if there is no answer in time. */
function request({ clock, wire, process }: InProcessServices, body: string) {
  return new Promise<Answer | undefined>((resolve) => {
    if (!process.isAlive()) return;
    const timer = clock.after(REQUEST_TIMEOUT_MS, () => {
      process.resume(() => {
        resolve(undefined);
      });
    });
    wire.receive(body, false, (answer) => {
      clock.cancel(timer);
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

/** Writes an input as the query protocol has it: `Filter.1.Value.1=...`. */
function flatten(input: Input, prefix = ""): Record<string, string> {
  const pairs = Object.entries(input).flatMap(([key, value]): [string, string][] => {
    if (value === undefined) return [];
    if (Array.isArray(value)) {
      const items = value.map((item, index) => [`${index + 1}`, item] as const);
      return Object.entries(flatten(Object.fromEntries(items), `${prefix}${key}.`));
    }
    if (typeof value === "object") return Object.entries(flatten(value, `${prefix}${key}.`));
    return [[`${prefix}${key}`, String(value)]];
  });
  return Object.fromEntries(pairs);
}

/** Names under which the SDK gives parts of an answer that are named otherwise on the wire. */
const SDK_NAMES: Record<string, string[]> = {
  instanceState: ["State"],
  networkInterfaceSet: ["NetworkInterfaces"],
  reservationSet: ["Reservations"],
  instancesSet: ["Instances"],
  instanceTypeSet: ["InstanceTypes"],
  tagSet: ["Tags", "TagSet"],
};

/** Reads an answer as the SDK does: lists as arrays, times as dates, names with a capital. */
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
