import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { buildSync } from "esbuild";
import * as fs from "node:fs";
import * as path from "node:path";
import { createManager } from "../../handler";
import { CLIENTS_BUNDLE_PATH } from "../../handler/names";

/**
 * One invocation may watch an address come back for this long. Not less than the schedule's minute,
 * so that while something is awaited the next event is queued when a watch ends, unless looks are very slow.
 */
export const FUNCTION_TIMEOUT_SECONDS = 60;

export interface ManagerFunctionArgs {
  /** Its environment. */
  variables: Record<string, pulumi.Input<string>>;
  /** In MB. */
  memorySize: number;
  role: aws.iam.Role;
  logGroup: aws.cloudwatch.LogGroup;
}

/** The manager's function: the handler as a serialised closure, its third-party code bundled beside it. */
export function createManagerFunction(
  name: string,
  args: ManagerFunctionArgs,
  opts: pulumi.CustomResourceOptions,
): aws.lambda.Function {
  writeClientsBundle();
  return new aws.lambda.CallbackFunction(
    name,
    {
      callbackFactory: createManager,
      description: "Gives instances the network interfaces of their pools",
      codePathOptions: {
        extraIncludePaths: [CLIENTS_BUNDLE_PATH],
        extraExcludePackages: dependenciesOfProgram(),
      },
      role: args.role,
      runtime: aws.lambda.Runtime.NodeJS24dX,
      architectures: ["arm64"],
      timeout: FUNCTION_TIMEOUT_SECONDS,
      memorySize: args.memorySize,
      loggingConfig: {
        logFormat: "JSON",
        // Lines without a level, which metrics are, count as INFO.
        applicationLogLevel: "INFO",
        // Lambda's own lines of every invocation would be most of the log; failures and time-outs are WARN.
        systemLogLevel: "WARN",
        logGroup: args.logGroup.name,
      },
      environment: { variables: args.variables },
    },
    opts,
  );
}

/** The bundle of handler/clients.ts, built once a process: it depends on this package's own files alone. */
let clientsBundle: Uint8Array | undefined;

/**
 * Writes the bundle of the SDK clients and the logger below the working directory, from where Pulumi
 * takes it into the archive under the same relative path.
 */
function writeClientsBundle(): void {
  clientsBundle ??= bundleClients();
  replaceFile(path.resolve(CLIENTS_BUNDLE_PATH), clientsBundle);
}

/** Bundles the SDK clients and the logger into one minified file. */
function bundleClients(): Uint8Array {
  const { outputFiles } = buildSync({
    absWorkingDir: path.resolve(__dirname, "../.."),
    entryPoints: ["handler/clients.ts"],
    write: false,
    bundle: true,
    minify: true,
    // Lambda names a failure by the class of its error: a single letter would say nothing.
    keepNames: true,
    legalComments: "none",
    platform: "node",
    target: "node24",
    format: "cjs",
    mainFields: ["module", "main"],
    // What would be imported later is in the file already.
    supported: { "dynamic-import": false },
    logLevel: "error",
  });
  const [bundle] = outputFiles;
  if (bundle === undefined) throw new Error("esbuild gave no bundle of handler/clients.ts");
  return bundle.contents;
}

/** Renaming puts the whole file there at once: another program in this folder may be reading it. */
function replaceFile(file: string, contents: Uint8Array): void {
  const unfinished = `${file}.${process.pid}`;
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(unfinished, contents);
  fs.renameSync(unfinished, file);
}

/**
 * The packages that Pulumi would put into the archive: those in `dependencies` of the package.json it
 * finds from the working directory upward. The bundle has all the function needs.
 */
function dependenciesOfProgram(): string[] {
  let folder = process.cwd();
  while (!fs.existsSync(path.join(folder, "package.json"))) {
    const parent = path.dirname(folder);
    if (parent === folder) return [];
    folder = parent;
  }
  const text = fs.readFileSync(path.join(folder, "package.json"), "utf8");
  const { dependencies } = JSON.parse(text) as { dependencies?: Record<string, string> };
  return Object.keys(dependencies ?? {});
}
