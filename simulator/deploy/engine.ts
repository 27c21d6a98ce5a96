import * as pulumi from "@pulumi/pulumi";
import type { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import { TAG_KEY_VARIABLE } from "../../handler/names";
import type { DeployedSubnet } from "./addresses";
import { archiveOf } from "./archive";
import { NotModelled } from "../aws/awsError";
import { type Naming, simulatedNaming } from "./naming";
import {
  answerProviderFunction,
  copyExisting,
  type Existing,
  type Fields,
  type GivenInterface,
  type Surroundings,
} from "./providerFunctions";
import { type Program, thisProgram } from "./program";
import { type Recording, recordRegistrations, type Registration } from "./registrations";
import { type Context, type Requested, resourceStates, type StateOf } from "./resourceStates";
import type { Archive } from "../runtime/sandbox";
import type { StackSettings } from "./stackFile";

export const ACCOUNT = "123456789012";

/** A resource as the program registered it, with the outputs that AWS would give. */
export interface DeployedResource {
  type: string;
  name: string;
  id: string;
  inputs: Fields;
  outputs: Fields;
}

/** What a program deployed: its resources, and the archive of its function. */
export interface Deployment {
  region: string;
  /** The key of the pool tag. */
  tagKey: string;
  resources: DeployedResource[];
  lambda: DeployedResource;
  /** The same as the program asked for them, with components and options. */
  registrations: Registration[];
  subnets: DeployedSubnet[];
  givenInterfaces: GivenInterface[];
  archive: Archive;
  /** What the program tells of its stack. */
  outputs: unknown;
}

/**
 * Runs a program, with Pulumi's mocks in the place of its engine, and keeps what it registers.
 *
 * @param program the real program of this repository if absent
 * @throws whatever the program throws, and NotModelled for a resource type that the simulator lacks
 */
export async function deployStack(
  stack: string,
  settings: StackSettings,
  existing: Existing = {},
  program: Program = thisProgram,
): Promise<Deployment> {
  const region = settings["aws:region"] ?? "eu-west-1";
  const engine = new MockEngine({ region, existing });
  await engine.start(program.project, stack);
  pulumi.runtime.setAllConfig(settings);
  const run = await program.load();
  const registered = await Promise.resolve()
    .then(run)
    .catch((error: unknown) => {
      throw engine.failures[0] ?? error;
    });
  const outputs = await valueOf(pulumi.output(registered));
  await pulumi.runtime.disconnect();
  if (engine.failures.length > 0) throw engine.failures[0];
  const resources = engine.resources.sort(compareNames);
  const lambda = resources.find(({ type }) => type === "aws:lambda/function:Function");
  if (lambda === undefined) throw new NotModelled("a stack without a function");
  const { subnets, networkInterfaces } = engine.existing;
  return {
    region,
    tagKey: variablesOf(lambda)[TAG_KEY_VARIABLE] ?? "",
    resources,
    lambda,
    registrations: engine.recording.registrations,
    subnets,
    givenInterfaces: networkInterfaces,
    archive: await archiveOf(lambda.name, lambda.inputs.code),
    outputs,
  };
}

/** The environment of a function. */
export function variablesOf({ inputs }: DeployedResource): Record<string, string> {
  const environment = inputs.environment as { variables?: Record<string, string> } | undefined;
  return environment?.variables ?? {};
}

/** The resources of one type, in the order of their names. */
export function resourcesOfType(deployment: Deployment, type: string): DeployedResource[] {
  return deployment.resources.filter((resource) => resource.type === type);
}

/** A subnet that was deployed or existed before. */
export function subnetById({ subnets }: Deployment, id: unknown): DeployedSubnet {
  const subnet = subnets.find((known) => known.id === id);
  if (subnet === undefined) throw new NotModelled(`the subnet ${String(id)}`);
  return subnet;
}

/** The value of an output. One that stays unknown never has any. */
export function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => {
    output.apply(resolve);
  });
}

/** Registration runs in parallel; by type and name the order is the same every time. */
function compareNames(a: DeployedResource, b: DeployedResource): number {
  return `${a.type} ${a.name}` < `${b.type} ${b.name}` ? -1 : 1;
}

export interface EngineOptions {
  account?: string;
  region?: string;
  existing?: Existing;
  naming?: (surroundings: Surroundings) => Naming;
  /** The states of resources by type. */
  states?: Record<string, StateOf>;
  /** In a preview nothing is known that AWS decides. */
  isPreview?: boolean;
}

/** In the place of Pulumi's engine and provider: gives every resource the outputs that AWS would. */
export class MockEngine implements pulumi.runtime.Mocks, Context {
  readonly account: string;
  readonly region: string;
  /** What exists: subnets and security groups that the program makes come to it. */
  readonly existing: Required<Existing>;
  readonly naming: Naming;
  readonly resources: DeployedResource[] = [];
  readonly recording: Recording = { registrations: [], outputs: {}, calls: [] };
  /** Errors of the program's and what isn't modelled; the SDK lets some of them pass in silence. */
  readonly failures: unknown[] = [];

  constructor(private readonly options: EngineOptions) {
    const { account = ACCOUNT, region = "eu-west-1", naming = simulatedNaming } = options;
    this.account = account;
    this.region = region;
    this.existing = copyExisting(options.existing);
    this.naming = naming(this);
  }

  /** Takes the place of Pulumi's engine, and records what a program asks for from now on. */
  async start(project: string, stack: string): Promise<MockMonitor> {
    const started = pulumi.runtime.setMocks(this, project, stack, this.options.isPreview);
    const monitor = recordRegistrations(this.recording);
    await started;
    return monitor;
  }

  newResource({ type, name, inputs }: Requested): { id: string | undefined; state: Fields } {
    try {
      const stateOf = (this.options.states ?? resourceStates)[type];
      if (stateOf === undefined) throw new NotModelled(`the resource type ${type}`);
      if (this.options.isPreview) return { id: undefined, state: {} };
      const { id, ...outputs } = stateOf({ type, name, inputs }, this);
      const state = { ...inputs, ...outputs };
      this.resources.push({ type, name, id, inputs, outputs: state });
      return { id, state };
    } catch (error) {
      this.failures.push(error);
      throw error;
    }
  }

  call({ token, inputs }: { token: string; inputs: Fields }): Fields {
    this.recording.calls.push({ token, inputs });
    try {
      return answerProviderFunction(token, inputs, this);
    } catch (error) {
      if (error instanceof NotModelled) this.failures.push(error);
      // The SDK reads the details and not the message.
      throw error instanceof Error ? Object.assign(error, { details: error.message }) : error;
    }
  }

  readonly resourceById = (id: unknown) => this.resources.find((resource) => resource.id === id);
}
