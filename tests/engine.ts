import * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import {
  type LogRequest,
  LogSeverity,
  SetRootResourceResponse,
} from "@pulumi/pulumi/proto/engine_pb";
import { ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb";
import {
  DeploymentInfo,
  type RegisterResourceOutputsRequest,
  ResourceMonitorFeature,
} from "@pulumi/pulumi/proto/resource_pb";
import type { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as path from "node:path";
import { createEngine, type Deployment, PROJECT, throwAny } from "./mocks";

const PROGRAM_FOLDER = path.resolve(__dirname, "..");
const RUN = path.join(PROGRAM_FOLDER, "node_modules/@pulumi/pulumi/cmd/run");

/** Ends a program that hangs; alone on a machine it takes three seconds. */
const RUN_LIMIT_MS = 600_000;

/** What the engine of the command line says it can do, as far as a program's requests depend on it. */
const FEATURES = [
  ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_SECRETS,
  ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
  ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_OUTPUT_VALUES,
  ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
  ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
];

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
  const monitor = await engine.start(PROJECT, options.stack);
  const messages: string[] = [];
  const server = new grpc.Server();
  server.addService(ResourceMonitorService, serve(monitor));
  server.addService(EngineService, keepIn(messages));
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

/** Serves to another process what Pulumi's mocks are to this one. Methods that aren't here are errors to it. */
function serve(monitor: MockMonitor): grpc.UntypedServiceImplementation {
  return {
    getDeploymentInfo: unary(() => new DeploymentInfo().setSupportedfeaturesList(FEATURES)),
    registerResource: forward(monitor.registerResource.bind(monitor)),
    registerResourceOutputs: forward((request: RegisterResourceOutputsRequest, callback) => {
      monitor.registerResourceOutputs(request, (error: Error | null) => {
        callback(error, new Empty());
      });
    }),
    invoke: forward(monitor.invoke.bind(monitor)),
    signalAndWaitForShutdown: unary(() => new Empty()),
  };
}

/** Makes a method that another process can call. */
function forward<Request, Response>(
  method: (
    request: Request,
    callback: (error: Error | null, response: Response) => void,
  ) => unknown,
): grpc.handleUnaryCall<Request, Response> {
  return ({ request }, callback) => {
    method(request, (error, response) => {
      if (error === null) callback(null, response);
      else callback({ code: grpc.status.UNKNOWN, details: String(error) });
    });
  };
}

/** Keeps what a user is told. */
function keepIn(messages: string[]): grpc.UntypedServiceImplementation {
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

function unary<Request, Response>(
  answer: (request: Request) => Response,
): grpc.handleUnaryCall<Request, Response> {
  return ({ request }, callback) => {
    callback(null, answer(request));
  };
}
