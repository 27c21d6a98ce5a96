import * as grpc from "@grpc/grpc-js";
import { type IEngineServer, EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import {
  type LogRequest,
  LogSeverity,
  SetRootResourceResponse,
} from "@pulumi/pulumi/proto/engine_pb";
import {
  type IResourceMonitorServer,
  ResourceMonitorService,
} from "@pulumi/pulumi/proto/resource_grpc_pb";
import {
  DeploymentInfo,
  type RegisterResourceRequest,
  RegisterResourceResponse,
  ResourceInvokeResponse,
  ResourceMonitorFeature,
} from "@pulumi/pulumi/proto/resource_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as path from "node:path";
import type { MockEngine } from "../simulator/deploy/engine";
import { readRegistration, shortName } from "../simulator/deploy/registrations";
import { asRecord, createEngine, type Deployment, PROJECT, throwAny } from "./mocks";

const PROGRAM_FOLDER = path.resolve(__dirname, "..");
const RUN = path.join(PROGRAM_FOLDER, "node_modules/@pulumi/pulumi/cmd/run");

/** Ends a program that hangs; alone on a machine it takes three seconds. */
export const RUN_LIMIT_MS = 600_000;

/** What the engine of the command line says it can do, as far as a program's requests depend on it. */
const FEATURES = [
  ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_SECRETS,
  ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
  ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_OUTPUT_VALUES,
  ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
  ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
];

type Methods = Pick<
  IResourceMonitorServer,
  | "getDeploymentInfo"
  | "registerResource"
  | "registerResourceOutputs"
  | "invoke"
  | "signalAndWaitForShutdown"
>;

export interface RunOptions {
  preview: boolean;
  stack: string;
  config: Record<string, string>;
}

/** What a run of the whole program left behind. */
export interface Run extends Deployment {
  exitCode: number;
  /** What the user is told: messages of the severities warning and error. */
  messages: string[];
}

/**
 * Runs the program as the command line does, in a process of its own, against an engine that creates
 * nothing.
 */
export async function runProgram(options: RunOptions): Promise<Run> {
  const engine = createEngine(options.preview);
  const messages: string[] = [];
  const server = new grpc.Server();
  server.addService(ResourceMonitorService, monitorOf(engine, options.stack));
  server.addService(EngineService, listenerOf(messages));
  try {
    const exitCode = await runAgainst(await listen(server), options);
    throwAny(engine.failures);
    return { ...engine.recording, exitCode, messages };
  } finally {
    server.forceShutdown();
  }
}

async function runAgainst(address: string, options: RunOptions): Promise<number> {
  const flags = [
    `--monitor=${address}`,
    `--engine=${address}`,
    `--project=${PROJECT}`,
    `--stack=${options.stack}`,
    "--parallel=16",
    ...(options.preview ? ["--dry-run"] : []),
  ];
  const child = spawn(process.execPath, [RUN, ...flags, "."], {
    cwd: PROGRAM_FOLDER,
    env: {
      ...process.env,
      PULUMI_NODEJS_TYPESCRIPT: "true",
      PULUMI_CONFIG: JSON.stringify(options.config),
    },
    stdio: ["ignore", "ignore", "inherit"],
    timeout: RUN_LIMIT_MS,
  });
  const [exitCode, signal] = (await once(child, "exit")) as [number | null, string | null];
  if (exitCode === null) throw new Error(`the program was ended by ${signal ?? "nobody"}`);
  return exitCode;
}

function listen(server: grpc.Server): Promise<string> {
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) resolve(`127.0.0.1:${port}`);
      else reject(error);
    });
  });
}

/** Every method that is not here is an error to the program. */
function monitorOf(engine: MockEngine, stack: string): Methods {
  const { registrations, outputs } = engine.recording;
  return {
    getDeploymentInfo: (_, callback) => {
      callback(null, new DeploymentInfo().setSupportedfeaturesList(FEATURES));
    },
    registerResource: unary((request: RegisterResourceRequest) => {
      const urn = urnOf(stack, request);
      const registration = readRegistration(request, urn);
      registrations.push(registration);
      const { id = "", state } = engine.newResource(registration);
      return new RegisterResourceResponse().setUrn(urn).setId(id).setObject(toStruct(state));
    }),
    registerResourceOutputs: unary((request) => {
      outputs[shortName(request.getUrn())] = request.getOutputs()?.toJavaScript();
      return new Empty();
    }),
    invoke: unary((request) => {
      const inputs = asRecord(request.getArgs()?.toJavaScript());
      const answer = engine.call({ token: request.getTok(), inputs });
      return new ResourceInvokeResponse().setReturn(toStruct(answer));
    }),
    signalAndWaitForShutdown: unary(() => new Empty()),
  };
}

/** Keeps what the user is told. */
function listenerOf(messages: string[]): Pick<IEngineServer, "log" | "setRootResource"> {
  return {
    log: unary((request: LogRequest) => {
      const severity = request.getSeverity();
      if (severity === LogSeverity.WARNING || severity === LogSeverity.ERROR) {
        messages.push(request.getMessage());
      }
      return new Empty();
    }),
    setRootResource: unary(() => new SetRootResourceResponse()),
  };
}

/** Makes a method of a function. What it throws is an error to the program. */
function unary<Request, Response>(
  answer: (request: Request) => Response,
): grpc.handleUnaryCall<Request, Response> {
  return ({ request }, callback) => {
    try {
      callback(null, answer(request));
    } catch (error) {
      callback({ code: grpc.status.UNKNOWN, details: String(error) });
    }
  };
}

function urnOf(stack: string, request: RegisterResourceRequest): string {
  const [, , parentTypes] = request.getParent().split("::");
  const isTopLevel = parentTypes === undefined || parentTypes === "pulumi:pulumi:Stack";
  const types = isTopLevel ? request.getType() : `${parentTypes}$${request.getType()}`;
  return `urn:pulumi:${stack}::${PROJECT}::${types}::${request.getName()}`;
}

/** Values that are undefined are left out, as JSON does. */
function toStruct(state: Record<string, unknown>): Struct {
  return Struct.fromJavaScript(
    JSON.parse(JSON.stringify(state)) as Record<string, JavaScriptValue>,
  );
}
