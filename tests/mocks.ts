import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { MockEngine } from "../simulator/deploy/engine";
import type { Naming } from "../simulator/deploy/naming";
import { thisProgram } from "../simulator/deploy/program";
import type { Recording, Registration } from "../simulator/deploy/registrations";
import { resourceStates, type StateOf } from "../simulator/deploy/resourceStates";
import { ACCOUNT, existing } from "./existing";

export const PROJECT = thisProgram.project;

/** What stands in the inputs for a value that a preview can't know. */
export const UNKNOWN = pulumi.runtime.unknownValue;

export interface DeploymentOptions {
  stack?: string;
  /** In a preview nothing is known that AWS decides. */
  preview?: boolean;
}

/** What a program asked for. */
export type Deployment = Recording;

/** Runs what creates resources against mocks, and waits until every resource is registered. */
export async function deploy<T>(
  create: () => T | Promise<T>,
  { stack = "production", preview }: DeploymentOptions = {},
): Promise<Deployment & { value: T }> {
  const engine = createEngine(preview);
  await engine.start(PROJECT, stack);
  try {
    return { ...engine.recording, value: await create() };
  } finally {
    await pulumi.runtime.disconnect();
    throwAny(engine.failures);
  }
}

/** Runs what must be refused; gives the error and all that was registered nevertheless. */
export async function refuse(
  create: () => unknown,
  options: DeploymentOptions = {},
): Promise<Deployment & { error: unknown }> {
  const { value: error, ...deployment } = await deploy(() => errorOf(create), options);
  return { ...deployment, error };
}

async function errorOf(create: () => unknown): Promise<unknown> {
  try {
    await create();
  } catch (error) {
    return error;
  }
  throw new Error("expected an error, but everything was created");
}

/** An engine whose ids tell what they are of. */
export function createEngine(isPreview = false): MockEngine {
  return new MockEngine({ account: ACCOUNT, existing, naming: () => naming, states, isPreview });
}

/** Throws what the engine does not know, or the program let pass. */
export function throwAny(failures: unknown[]): void {
  if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join("\n"));
}

/** The one registration of this type and name. */
export function find(registrations: Registration[], type: string, name: string): Registration {
  const found = registrations.filter((one) => one.type === type && one.name === name);
  const [registration] = found;
  assert.ok(registration !== undefined && found.length === 1, `${found.length} ${type} ${name}`);
  return registration;
}

/** `type name` of all, sorted: registration order is not the program's order. */
export function typesAndNames(registrations: Registration[]): string[] {
  return registrations.map(({ type, name }) => `${type} ${name}`).sort();
}

export function asRecord(value: unknown): Record<string, unknown> {
  assert.ok(typeof value === "object" && value !== null);
  return value as Record<string, unknown>;
}

/** A resource's outputs, its id among them, as if nothing else had been made. */
export function stateOf(
  type: string,
  name: string,
  inputs: Record<string, unknown>,
): Record<string, unknown> {
  const { id, state } = createEngine().newResource({ type, name, inputs });
  return { ...state, id };
}

const naming: Naming = {
  id: (prefix, name) => `${prefix}-${name}`,
  physicalName: (_, name) => `${name}-1a2b`,
  address: (name, _, wanted) => wanted ?? `chosen-for-${name}`,
  ipv6Addresses: (name, _, count) =>
    Array.from({ length: count }, (__, index) => `ipv6-${index}-of-${name}`),
  macAddress: (name) => `mac-of-${name}`,
  publicIp: (name) => `public-ip-of-${name}`,
};

const withId =
  (prefix: string): StateOf =>
  ({ name }) => ({ id: `${prefix}-${name}` });

/** The simulator's, but for what the specs read, and more types of which it runs nothing. */
const states: Record<string, StateOf> = {
  ...resourceStates,
  "awsx:ec2:Vpc": () => ({ id: "", publicSubnetIds: ["subnet-trial"] }),
  "aws:ec2/launchTemplate:LaunchTemplate": ({ name }) => ({ id: `lt-${name}`, latestVersion: 3 }),
  "aws:ec2/eipAssociation:EipAssociation": ({ name }) => ({
    id: `eipassoc-${name}`,
    publicIp: naming.publicIp(name),
  }),
  "aws:sqs/queue:Queue": ({ name }) => ({
    id: `https://sqs/${name}`,
    name,
    url: `https://sqs/${name}`,
    arn: `arn:aws:sqs:eu-west-1:${ACCOUNT}:${name}`,
  }),
  "pulumi:providers:aws": ({ name }) => ({ id: name }),
  "aws:ec2/subnet:Subnet": withId("subnet"),
  "aws:ec2/instance:Instance": withId("i"),
  "aws:ec2/networkInterfaceAttachment:NetworkInterfaceAttachment": withId("eni-attach"),
  "aws:ec2/fleet:Fleet": withId("fleet"),
  "aws:ec2/spotFleetRequest:SpotFleetRequest": withId("sfr"),
  "aws:ec2/launchConfiguration:LaunchConfiguration": ({ name }) => ({ id: name, name }),
  "aws-native:autoscaling:AutoScalingGroup": ({ name }) => ({ id: name }),
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": ({ name }) => ({ id: name }),
};
