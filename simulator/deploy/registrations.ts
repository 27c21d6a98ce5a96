import * as pulumi from "@pulumi/pulumi";
import type {
  RegisterResourceOutputsRequest,
  RegisterResourceRequest,
  RegisterResourceResponse,
} from "@pulumi/pulumi/proto/resource_pb";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import { NotModelled } from "../aws/awsError";

/** A resource as the program asks the engine for it. Other resources appear as `Type name`. */
export interface Registration {
  type: string;
  name: string;
  urn: string;
  parent: string;
  /** The URN of the parent, empty for the stack itself. */
  parentUrn: string;
  /** Those named by dependsOn and those whose outputs are among the inputs, sorted. */
  dependencies: string[];
  /** The URNs of the resources whose outputs are in each input. */
  propertyDependencies: Record<string, string[]>;
  protect: boolean;
  retainOnDelete: boolean;
  deleteBeforeReplace: boolean;
  ignoreChanges: string[];
  inputs: Record<string, unknown>;
}

/** What a program asked the engine for. */
export interface Recording {
  registrations: Registration[];
  /** What components registered as their outputs, by `Type name`. */
  outputs: Record<string, unknown>;
  /** The provider's functions that it called. */
  calls: { token: string; inputs: unknown }[];
}

/**
 * Records what the program asks for from now on. Pulumi's mocks are told only type, name and inputs; the
 * requests have the options, too.
 */
export function recordRegistrations({ registrations, outputs }: Recording): MockMonitor {
  const monitor: unknown = pulumi.runtime.getMonitor();
  if (!(monitor instanceof MockMonitor)) throw new NotModelled("an engine without mocks");
  const registerResource = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request: RegisterResourceRequest, callback) => {
    return registerResource(request, (error: unknown, response: RegisterResourceResponse) => {
      registrations.push(readRegistration(request, error ? "" : response.getUrn()));
      callback(error, response);
    });
  };
  const registerResourceOutputs = monitor.registerResourceOutputs.bind(monitor);
  monitor.registerResourceOutputs = (request: RegisterResourceOutputsRequest, callback) => {
    outputs[shortName(request.getUrn())] = request.getOutputs()?.toJavaScript();
    registerResourceOutputs(request, callback);
  };
  return monitor;
}

function readRegistration(request: RegisterResourceRequest, urn: string): Registration {
  const propertyDependencies = [...request.getPropertydependenciesMap().entries()].map(
    ([key, dependencies]): [string, string[]] => [key, dependencies.getUrnsList().sort()],
  );
  return {
    type: request.getType(),
    name: request.getName(),
    urn,
    parent: shortName(request.getParent()),
    parentUrn: request.getParent(),
    dependencies: request.getDependenciesList().map(shortName).sort(),
    propertyDependencies: Object.fromEntries(propertyDependencies),
    protect: request.getProtect() ?? false,
    retainOnDelete: request.getRetainondelete() ?? false,
    deleteBeforeReplace: request.getDeletebeforereplace(),
    ignoreChanges: request.getIgnorechangesList(),
    inputs: request.getObject()?.toJavaScript() ?? {},
  };
}

/** `NetworkInterface web-0` from a URN. */
export function shortName(urn: string): string {
  const [, , types = "", name = ""] = urn.split("::");
  return `${types.split(":").at(-1) ?? ""} ${name}`.trim();
}
