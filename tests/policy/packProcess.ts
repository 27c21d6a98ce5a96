import * as grpc from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import {
  AnalyzerPropertyDependencies,
  AnalyzeRequest,
  type AnalyzeResponse,
  type AnalyzerInfo,
  AnalyzerResource,
  AnalyzerResourceOptions,
  AnalyzeStackRequest,
  ConfigureAnalyzerRequest,
  EnforcementLevel,
  PolicyConfig,
} from "@pulumi/pulumi/proto/analyzer_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import * as path from "node:path";
import { createInterface } from "node:readline";
import { type Finding, type ShownResource } from "./policyEngine";

const PROJECT_FOLDER = path.resolve(__dirname, "../..");
const RUN = path.join(PROJECT_FOLDER, "node_modules/@pulumi/pulumi/cmd/run-policy-pack");

/** Starting takes some seconds, since TypeScript checks the types of the pack. No healthy run comes near this. */
const PROCESS_LIMIT_MS = 600_000;

type Level = (typeof EnforcementLevel)[keyof typeof EnforcementLevel];

const LEVELS = new Map<number, string>([
  [EnforcementLevel.ADVISORY, "advisory"],
  [EnforcementLevel.MANDATORY, "mandatory"],
  [EnforcementLevel.DISABLED, "disabled"],
]);

/** The pack as a process of its own, asked over gRPC as the engine asks it. */
export class PackProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly client: AnalyzerClient,
  ) {}

  /** Starts the pack as Pulumi does: from its own folder, by the SDK's own entry. */
  static async start(): Promise<PackProcess> {
    const noEngine = "127.0.0.1:1";
    const child = spawn(process.execPath, [RUN, noEngine, "."], {
      cwd: path.join(PROJECT_FOLDER, "policy"),
      stdio: ["ignore", "pipe", "inherit"],
    });
    const limit = setTimeout(() => child.kill(), PROCESS_LIMIT_MS);
    const lines = createInterface({ input: child.stdout });
    const [port] = (await Promise.race([
      once(lines, "line"),
      once(child, "exit").then(() => {
        throw new Error("the pack ended before it said its port");
      }),
    ])) as [string];
    clearTimeout(limit);
    const credentials = grpc.credentials.createInsecure();
    return new PackProcess(child, new AnalyzerClient(`127.0.0.1:${port}`, credentials));
  }

  async stop(): Promise<void> {
    this.client.close();
    if (this.child.exitCode !== null) return;
    this.child.kill();
    await once(this.child, "exit");
  }

  info(): Promise<AnalyzerInfo> {
    return call((done) => this.client.getAnalyzerInfo(new Empty(), done));
  }

  /** Sets levels and properties of policies; those that are not named are as without configuration. */
  async configure(config: Record<string, { level?: Level; properties?: object }>): Promise<void> {
    const request = new ConfigureAnalyzerRequest();
    for (const [policy, { level = EnforcementLevel.MANDATORY, properties = {} }] of Object.entries(
      config,
    )) {
      const settings = new PolicyConfig()
        .setEnforcementlevel(level)
        .setProperties(struct(properties));
      request.getPolicyconfigMap().set(policy, settings);
    }
    await call<Empty>((done) => this.client.configure(request, done));
  }

  /** Asks for one resource before it is created, by its inputs. */
  async analyze({ type, name, urn, protect, props }: ShownResource): Promise<Finding[]> {
    const request = new AnalyzeRequest()
      .setType(type)
      .setName(name)
      .setUrn(urn)
      .setOptions(new AnalyzerResourceOptions().setProtect(protect))
      .setProperties(struct(props));
    const response = await call<AnalyzeResponse>((done) => this.client.analyze(request, done));
    return findingsIn(response, []);
  }

  /** Asks for the whole stack, by the outputs. */
  async analyzeStack(resources: ShownResource[]): Promise<Finding[]> {
    const request = new AnalyzeStackRequest().setResourcesList(resources.map(toMessage));
    const response = await call<AnalyzeResponse>((done) => this.client.analyzeStack(request, done));
    return findingsIn(response, resources);
  }
}

type Done<Response> = (error: grpc.ServiceError | null, response: Response) => void;

function call<Response>(send: (done: Done<Response>) => unknown): Promise<Response> {
  return new Promise((resolve, reject) => {
    send((error, response) => {
      if (error === null) resolve(response);
      else reject(error);
    });
  });
}

function toMessage(resource: ShownResource): AnalyzerResource {
  const { type, name, urn, parentUrn = "", protect, props, propertyDependencies } = resource;
  const message = new AnalyzerResource()
    .setType(type)
    .setName(name)
    .setUrn(urn)
    .setParent(parentUrn)
    .setOptions(new AnalyzerResourceOptions().setProtect(protect))
    .setProperties(struct(props));
  for (const [key, urns] of Object.entries(propertyDependencies)) {
    // The engine leaves out what has none (analyzer_plugin.go).
    if (urns.length === 0) continue;
    const dependencies = new AnalyzerPropertyDependencies().setUrnsList(urns);
    message.getPropertydependenciesMap().set(key, dependencies);
  }
  return message;
}

function struct(properties: object): Struct {
  return Struct.fromJavaScript(
    JSON.parse(JSON.stringify(properties)) as Record<string, JavaScriptValue>,
  );
}

function findingsIn(response: AnalyzeResponse, resources: ShownResource[]): Finding[] {
  return response.getDiagnosticsList().map((diagnostic) => ({
    policy: diagnostic.getPolicyname(),
    level: LEVELS.get(diagnostic.getEnforcementlevel()),
    resource: resources.find(({ urn }) => urn === diagnostic.getUrn())?.name,
    message: diagnostic.getMessage(),
  }));
}
