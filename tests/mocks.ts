import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import {
  type Recording,
  recordRegistrations,
  type Registration,
} from "../simulator/deploy/registrations";
import { answerCall, isEngineError } from "./answers";

export { type Registration, readRegistration, shortName } from "../simulator/deploy/registrations";

export const PROJECT = "network-interface-pool";

/** What stands in the inputs for a value that a preview can't know. */
export const UNKNOWN = pulumi.runtime.unknownValue;

const DEADLINE_MS = 30_000;

export interface Call {
  token: string;
  inputs: unknown;
}

export interface DeploymentOptions {
  stack?: string;
  /** In a preview nothing is known that AWS decides. */
  preview?: boolean;
}

/** What a program asked for. */
export interface Deployment extends Recording {
  calls: Call[];
}

interface RunningDeployment {
  deployment: Deployment;
  /** Waits until everything is registered; throws where a mock does not know what is asked. */
  finish: () => Promise<void>;
}

/** Runs what creates resources against mocks, and waits until every resource is registered. */
export async function deploy<T>(
  create: () => T | Promise<T>,
  options: DeploymentOptions = {},
): Promise<Deployment & { value: T }> {
  const { deployment, finish } = await startDeployment(options);
  try {
    const value = await beforeDeadline(Promise.resolve(create()), "the program");
    return { ...deployment, value };
  } finally {
    await finish();
  }
}

/** Runs what must be refused; gives the error and all that was registered nevertheless. */
export async function refuse(
  create: () => unknown,
  options: DeploymentOptions = {},
): Promise<Deployment & { error: unknown }> {
  const { deployment, finish } = await startDeployment(options);
  try {
    await beforeDeadline(Promise.resolve(create()), "the program");
  } catch (error) {
    return { ...deployment, error };
  } finally {
    await finish();
  }
  throw new Error("expected an error, but everything was created");
}

async function startDeployment({
  stack = "production",
  preview = false,
}: DeploymentOptions): Promise<RunningDeployment> {
  const deployment: Deployment = { registrations: [], outputs: {}, calls: [] };
  // The SDK lets a resource that fails to register pass in silence.
  const failures: unknown[] = [];
  const mocks: pulumi.runtime.Mocks = {
    newResource: ({ type, name, inputs }) => {
      try {
        const { id, ...state } = stateOf(type, name, asRecord(inputs));
        return preview ? { id: undefined, state: {} } : { id, state };
      } catch (error) {
        failures.push(error);
        throw error;
      }
    },
    call: ({ token, inputs }) => {
      deployment.calls.push({ token, inputs });
      try {
        return answerCall(token, asRecord(inputs));
      } catch (error) {
        if (!isEngineError(error)) failures.push(error);
        throw error;
      }
    },
  };
  await pulumi.runtime.setMocks(mocks, PROJECT, stack, preview);
  recordRegistrations(deployment);
  const finish = async () => {
    await beforeDeadline(pulumi.runtime.disconnect(), "the registrations");
    if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join("\n"));
  };
  return { deployment, finish };
}

/** The value of an output; an output that stays unknown is an error, not a test that never asserts. */
export function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  const value = new Promise<T>((resolve) => {
    output.apply(resolve);
  });
  return beforeDeadline(value, "an output");
}

async function beforeDeadline<T>(promise: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    const fail = () => {
      reject(new Error(`${what} took more than ${DEADLINE_MS} ms`));
    };
    timer = setTimeout(fail, DEADLINE_MS);
  });
  try {
    return await Promise.race([promise, deadline]);
  } finally {
    clearTimeout(timer);
  }
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

const ARN = "eu-west-1:111122223333";

export interface State {
  id?: string;
  [output: string]: unknown;
}

/** What AWS adds to the inputs of each type, as far as the program reads it. */
const states: Record<string, (name: string, inputs: Record<string, unknown>) => State> = {
  "pulumi:pulumi:Stack": () => ({}),
  "network-interface-pool:index:NetworkInterfaceManager": () => ({}),
  "network-interface-pool:index:OnDemandPool": () => ({}),
  "network-interface-pool:index:NetworkInterfacePool": () => ({}),
  "network-interface-pool:index:SingleZoneGroup": () => ({}),
  "awsx:ec2:Vpc": () => ({ publicSubnetIds: ["subnet-trial"] }),
  "aws:ec2/subnet:Subnet": (name) => ({ id: `subnet-${name}` }),
  "aws:ec2/instance:Instance": (name) => ({ id: `i-${name}` }),
  "aws:ec2/networkInterfaceAttachment:NetworkInterfaceAttachment": (name) => ({ id: name }),
  "aws:ec2/fleet:Fleet": (name) => ({ id: `fleet-${name}` }),
  "aws:ec2/spotFleetRequest:SpotFleetRequest": (name) => ({ id: `sfr-${name}` }),
  "aws:ec2/launchConfiguration:LaunchConfiguration": (name) => ({ id: name, name }),
  "aws-native:autoscaling:AutoScalingGroup": (name) => ({ id: name }),
  "aws:ec2/securityGroup:SecurityGroup": (name) => ({ id: `sg-${name}` }),
  "aws:ec2/networkInterface:NetworkInterface": (name, inputs) => {
    const fixed = inputs.privateIpLists ?? inputs.privateIps ?? [`chosen-for-${name}`];
    const count = Number(inputs.ipv6AddressCount ?? 0);
    return {
      id: `eni-${name}`,
      privateIp: (fixed as string[])[0],
      ipv6Addresses: Array.from({ length: count }, (_, index) => `ipv6-${index}-of-${name}`),
      macAddress: `mac-of-${name}`,
    };
  },
  "aws:ec2/tag:Tag": (_, { resourceId, key }) => ({
    id: `${String(resourceId)},${String(key)}`,
  }),
  "aws:ec2/eip:Eip": (name) => ({ id: `eipalloc-${name}`, publicIp: `public-ip-of-${name}` }),
  "aws:ec2/eipAssociation:EipAssociation": (name) => ({
    id: `eipassoc-${name}`,
    publicIp: `public-ip-of-${name}`,
  }),
  "aws:ec2/launchTemplate:LaunchTemplate": (name) => ({ id: `lt-${name}`, latestVersion: 3 }),
  "aws:autoscaling/group:Group": (name) => ({ id: `${name}-1a2b`, name: `${name}-1a2b` }),
  "aws:autoscaling/lifecycleHook:LifecycleHook": (name) => ({ id: name }),
  "aws:cloudwatch/logGroup:LogGroup": (name) => ({
    id: `${name}-1a2b`,
    name: `${name}-1a2b`,
    arn: `arn:aws:logs:${ARN}:log-group:${name}-1a2b`,
  }),
  "aws:cloudwatch/metricAlarm:MetricAlarm": (name) => ({
    id: `${name}-1a2b`,
    arn: `arn:aws:cloudwatch:${ARN}:alarm:${name}-1a2b`,
  }),
  "aws:cloudwatch/dashboard:Dashboard": (name) => ({ id: name }),
  "aws:sqs/queue:Queue": (name) => ({
    id: `https://sqs/${name}`,
    name,
    url: `https://sqs/${name}`,
    arn: `arn:aws:sqs:${ARN}:${name}`,
  }),
  "aws:sqs/queuePolicy:QueuePolicy": (name) => ({ id: name }),
  "aws:iam/role:Role": (name) => ({
    id: `${name}-1a2b`,
    name: `${name}-1a2b`,
    arn: `arn:aws:iam::111122223333:role/${name}-1a2b`,
  }),
  "aws:iam/rolePolicy:RolePolicy": (name) => ({ id: name }),
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": (name) => ({ id: name }),
  "aws:lambda/function:Function": (name) => ({
    id: `${name}-1a2b`,
    name: `${name}-1a2b`,
    arn: `arn:aws:lambda:${ARN}:function:${name}-1a2b`,
  }),
  "aws:lambda/eventSourceMapping:EventSourceMapping": (name) => ({ id: name }),
  "aws:cloudwatch/eventRule:EventRule": (name) => ({
    id: `${name}-1a2b`,
    name: `${name}-1a2b`,
    arn: `arn:aws:events:${ARN}:rule/${name}-1a2b`,
  }),
  "aws:cloudwatch/eventTarget:EventTarget": (name) => ({ id: name }),
};

/** A resource's outputs, its id among them. */
export function stateOf(type: string, name: string, inputs: Record<string, unknown>): State {
  const state = states[type];
  if (state === undefined) throw new Error(`the mocks know no resource ${type}`);
  return { ...inputs, ...state(name, inputs) };
}
