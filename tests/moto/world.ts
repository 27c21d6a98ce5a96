import * as http from "node:http";
import { createRequire } from "node:module";
import * as vm from "node:vm";
import type * as Clients from "../../handler/clients";
import { CLIENTS_BUNDLE_PATH } from "../../handler/names";
import type { Deployment } from "../../simulator/deploy/engine";
import type { Tags } from "../../simulator/aws/ec2/state";

export const REGION = "eu-west-1";
export const ZONE = "eu-west-1a";

/** What moves in an instance's life by a person's hand. */
export type InstanceCommand = "stop" | "start" | "terminate";

/** The archive's own clients, loaded anew. */
export interface TestClients extends Pick<typeof Clients, "createAwsCalls"> {
  /** How many requests they have sent. */
  requestCount: () => number;
}

export interface GroupArgs {
  name: string;
  type: string;
  size: number;
  tags: Tags;
}

/** One AWS, be it moto's or the simulator's, with as many worlds as there are tests. */
export interface TestCloud {
  /** Opens a world that shares nothing with others, as long as its resources have the tag key. */
  openWorld(tagKey: string): Promise<TestWorld>;
  close(): Promise<void>;
}

/**
 * What a person sets up in one AWS, and the archive's own SDK clients. Resources are known by the names
 * that a test gives them.
 */
export interface TestWorld {
  tagKey: string;
  subnetId: string;
  aws: Clients.AwsCalls;
  /** Loads the clients anew, to read by pages of so many items instead of as many as they ask for. */
  loadClients(pageSize?: number): TestClients;
  /** Names by id; of groups by the group's whole name. */
  names: Map<string, string>;
  idOf(name: string): string;
  /** Waits for the answer to one or several calls of the clients. */
  answer<Answer>(call: Promise<Answer>): Promise<Answer>;
  createInterface(name: string, address: string, tags: Tags): Promise<void>;
  runInstance(name: string, type: string, tags: Tags): Promise<void>;
  createGroup(args: GroupArgs): Promise<void>;
  /** Gives a group of two a warm pool that has at least so many instances. */
  putWarmPool(group: string, minSize: number): Promise<void>;
  /** Attaches an interface by hand. */
  hold(networkInterface: string, instance: string, deviceIndex: number): Promise<void>;
  setTag(name: string, key: string, value: string): Promise<void>;
  deleteTag(name: string, key: string): Promise<void>;
  command(instance: string, command: InstanceCommand): Promise<void>;
  /** Waits until nothing moves any more. */
  settle(): Promise<void>;
}

/** Runs the bundle of an archive as a process with this endpoint would. */
export function loadClients(
  { archive }: Deployment,
  endpoint: string,
  pageSize?: number,
): TestClients {
  const env = {
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: "AKIATEST",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_ENDPOINT_URL: endpoint,
  };
  const ownProcess = Object.create(process, { env: { value: env } }) as NodeJS.Process;
  let count = 0;
  const request = (...args: unknown[]): unknown => {
    count += 1;
    return Reflect.apply(http.request, http, args);
  };
  const own: Record<string, unknown> = { process: ownProcess, http: { ...http, request } };
  const nodeRequire = createRequire(__filename);
  const require = (name: string): unknown => own[name.replace("node:", "")] ?? nodeRequire(name);
  const module = { exports: {} };
  const bundle = archive.get(CLIENTS_BUNDLE_PATH) ?? "";
  const text =
    pageSize === undefined ? bundle : bundle.replace(/\bpageSize:[\de]+/g, `pageSize:${pageSize}`);
  const parameters = ["module", "exports", "require", "process"];
  const run = vm.compileFunction(text, parameters, { filename: CLIENTS_BUNDLE_PATH });
  Reflect.apply(run, undefined, [module, module.exports, require, ownProcess]);
  const { createAwsCalls } = module.exports as typeof Clients;
  return { createAwsCalls, requestCount: () => count };
}

export class Names extends Map<string, string> {
  idOf(name: string): string {
    const found = [...this].find(([, candidate]) => candidate === name);
    if (found === undefined) throw new Error(`nothing is named ${name}`);
    return found[0];
  }
}
