import * as pulumi from "@pulumi/pulumi";
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { Addresses, type DeployedSubnet, hexOf, ipv6AddressesOf, publicIpOf } from "./addresses";
import { AwsError, NotModelled } from "../aws/awsError";
import {
  answerProviderFunction,
  type Existing,
  findInterface,
  findSubnet,
  type GivenInterface,
  isPublic,
} from "./providerFunctions";
import { type Program, thisProgram } from "./program";
import { type Recording, recordRegistrations, type Registration } from "./registrations";
import type { Archive } from "../runtime/sandbox";

export const ACCOUNT = "123456789012";
const PROJECT = thisProgram.project;

/** The variable of the manager's function that has the key of the pool tag. */
const TAG_KEY_VARIABLE = "POOL_TAG_KEY";

type Fields = Record<string, unknown>;

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
  /** The same as the program asked for them, with components and options. */
  registrations: Registration[];
  subnets: DeployedSubnet[];
  givenInterfaces: GivenInterface[];
  archive: Archive;
  /** What the program tells of its stack. */
  outputs: unknown;
}

/** A stack's configuration by full key, as Pulumi keeps it: lists, objects and numbers as JSON text. */
export type StackSettings = Record<string, string>;

/** Reads the configuration of a stack: its own file over the project's defaults. */
export function readStackSettings(stack: string): StackSettings {
  const project = parse(readFileSync("Pulumi.yaml", "utf8")) as {
    config: Record<string, { default?: unknown }>;
  };
  const own = readStackFile(`Pulumi.${stack}.yaml`);
  const defaults = Object.entries(project.config).flatMap(([key, { default: value }]) =>
    value === undefined ? [] : [[`${PROJECT}:${key}`, value] as const],
  );
  const all = [...defaults, ...Object.entries(own)];
  return Object.fromEntries(all.map(([key, value]) => [key, toConfigText(value)]));
}

/** @throws Error where Pulumi would refuse the file, too */
function readStackFile(file: string): Fields {
  let written: { config?: Fields } | null;
  try {
    written = parse(readFileSync(file, "utf8")) as { config?: Fields } | null;
  } catch (error) {
    throw new Error(`${file}: ${String(error)}`);
  }
  const config = written?.config;
  if (config === undefined) {
    throw new Error(`${file} has no config; write config:, and below it ${PROJECT}:pools:`);
  }
  for (const key of Object.keys(config)) {
    if (key.includes(":")) continue;
    throw new Error(`${file}: ${key} is of no project; write ${PROJECT}:${key}`);
  }
  return config;
}

/** The same configuration with other pools. */
export function withPools(settings: StackSettings, pools: object[]): StackSettings {
  return { ...settings, [`${PROJECT}:pools`]: toConfigText(pools) };
}

function toConfigText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
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
  const engine = new MockEngine(settings["aws:region"] ?? "eu-west-1", existing);
  await pulumi.runtime.setMocks(engine, program.project, stack, false);
  const recording: Recording = { registrations: [], outputs: {} };
  recordRegistrations(recording);
  pulumi.runtime.setAllConfig(settings);
  const run = await program.load();
  const registered = await Promise.resolve()
    .then(run)
    .catch((error: unknown) => {
      throw engine.failure ?? error;
    });
  const outputs = await settled(pulumi.output(registered));
  await pulumi.runtime.disconnect();
  if (engine.failure !== undefined) throw engine.failure;
  const resources = engine.resources.sort((a, b) => compareNames(a, b));
  const lambda = resources.find(({ type }) => type === "aws:lambda/function:Function");
  if (lambda === undefined) throw new NotModelled("a stack without a function");
  return {
    region: engine.region,
    tagKey: variablesOf(lambda)[TAG_KEY_VARIABLE] ?? "",
    resources,
    registrations: recording.registrations,
    subnets: engine.given.subnets,
    givenInterfaces: engine.given.networkInterfaces,
    archive: await archiveOf(lambda),
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

function settled(output: pulumi.Output<unknown>): Promise<unknown> {
  return new Promise((resolve) => {
    output.apply(resolve);
  });
}

/** Registration runs in parallel; by type and name the order is the same every time. */
function compareNames(a: DeployedResource, b: DeployedResource): number {
  return `${a.type} ${a.name}` < `${b.type} ${b.name}` ? -1 : 1;
}

/** The files of the function's archive, just as they would be uploaded. */
async function archiveOf({ name, inputs: { code } }: DeployedResource): Promise<Archive> {
  if (!(code instanceof pulumi.asset.AssetArchive))
    throw new NotModelled(`the function ${name} without an archive of its code`);
  const files = new Map<string, string>();
  for (const [path, asset] of Object.entries(await code.assets)) {
    if (asset instanceof pulumi.asset.StringAsset) files.set(path, await asset.text);
    else if (asset instanceof pulumi.asset.FileAsset) {
      files.set(path, readFileSync(await asset.path, "utf8"));
    } else throw new NotModelled(`a folder in the archive (${path})`);
  }
  return files;
}

/** In the place of Pulumi's engine and provider: gives every resource the outputs that AWS would. */
class MockEngine implements pulumi.runtime.Mocks {
  readonly resources: DeployedResource[] = [];
  failure: Error | undefined;
  readonly given: Required<Existing>;
  private readonly addresses = new Addresses();

  constructor(
    readonly region: string,
    { subnets = [], securityGroups = [], networkInterfaces = [] }: Existing,
  ) {
    this.given = {
      subnets: [...subnets],
      securityGroups: [...securityGroups],
      networkInterfaces,
    };
    for (const { subnetId, address } of networkInterfaces) {
      this.addresses.take(findSubnet(this.given, subnetId), address);
    }
  }

  newResource({ type, name, inputs }: pulumi.runtime.MockResourceArgs): {
    id: string;
    state: Fields;
  } {
    try {
      const fields = inputs as Fields;
      const { id, ...outputs } = this.create(type, name, fields);
      const state = { ...fields, ...outputs };
      this.resources.push({ type, name, id, inputs: fields, outputs: state });
      return { id, state };
    } catch (error) {
      this.failure ??= error instanceof Error ? error : new Error(String(error));
      throw error;
    }
  }

  call({ token, inputs }: pulumi.runtime.MockCallArgs): Fields {
    try {
      return answerProviderFunction(token, inputs as Fields, this.given, (resource, ownerId) =>
        this.arn("ec2", resource, ownerId),
      );
    } catch (error) {
      if (error instanceof NotModelled) this.failure ??= error;
      // The SDK reads the details and not the message.
      throw error instanceof Error ? Object.assign(error, { details: error.message }) : error;
    }
  }

  private create(type: string, name: string, inputs: Fields): Fields & { id: string } {
    const physicalName = `${name}-${hexOf(`${type} ${name}`, 7)}`;
    const named = { id: physicalName, name: physicalName };
    switch (type) {
      case "network-interface-pool:index:NetworkInterfacePool":
      case "network-interface-pool:index:OnDemandPool":
      case "network-interface-pool:index:NetworkInterfaceManager":
      case "network-interface-pool:index:SingleZoneGroup":
        return { id: "" };
      case "awsx:ec2:Vpc":
        return this.createNetwork(name, String(inputs.cidrBlock));
      case "aws:cloudwatch/logGroup:LogGroup":
        return { ...named, arn: this.arn("logs", `log-group:${physicalName}`) };
      case "aws:cloudwatch/metricAlarm:MetricAlarm":
        return { ...named, arn: this.arn("cloudwatch", `alarm:${physicalName}`) };
      case "aws:sqs/queue:Queue": {
        const queueName = `${physicalName}${inputs.fifoQueue === true ? ".fifo" : ""}`;
        const url = `https://sqs.${this.region}.amazonaws.com/${ACCOUNT}/${queueName}`;
        return { id: url, url, name: queueName, arn: this.arn("sqs", queueName) };
      }
      case "aws:iam/role:Role":
        return { ...named, arn: `arn:aws:iam::${ACCOUNT}:role/${physicalName}` };
      case "aws:lambda/function:Function":
        return { ...named, arn: this.arn("lambda", `function:${physicalName}`) };
      case "aws:cloudwatch/eventRule:EventRule":
        return { ...named, arn: this.arn("events", `rule/${physicalName}`) };
      case "aws:ec2/securityGroup:SecurityGroup": {
        const group = { id: `sg-${hexOf(name, 17)}`, vpcId: String(inputs.vpcId) };
        this.given.securityGroups.push(group);
        return group;
      }
      case "aws:ec2/networkInterface:NetworkInterface":
        return this.createInterface(name, inputs);
      case "aws:ec2/route:Route":
        return this.createRoute(name, inputs);
      case "aws:ec2/tag:Tag":
        findInterface(this.given, inputs.resourceId);
        return { id: `${String(inputs.resourceId)},${String(inputs.key)}` };
      case "aws:ec2/eip:Eip":
        return { id: `eipalloc-${hexOf(name, 17)}`, publicIp: publicIpOf(name) };
      case "aws:ec2/eipAssociation:EipAssociation":
        return this.associate(name, inputs);
      case "aws:ec2/launchTemplate:LaunchTemplate":
        return { id: `lt-${hexOf(name, 17)}`, name: physicalName, latestVersion: 1 };
      case "aws:autoscaling/group:Group": {
        const resource = `autoScalingGroup:${hexOf(name, 8)}:autoScalingGroupName/${physicalName}`;
        return { ...named, arn: this.arn("autoscaling", resource) };
      }
      case "aws:cloudwatch/dashboard:Dashboard":
      case "aws:sqs/queuePolicy:QueuePolicy":
      case "aws:iam/rolePolicy:RolePolicy":
      case "aws:lambda/eventSourceMapping:EventSourceMapping":
      case "aws:cloudwatch/eventTarget:EventTarget":
      case "aws:autoscaling/lifecycleHook:LifecycleHook":
        return { id: physicalName };
      default:
        throw new NotModelled(`the resource type ${type}`);
    }
  }

  private arn(service: string, resource: string, account = ACCOUNT): string {
    return `arn:aws:${service}:${this.region}:${account}:${resource}`;
  }

  private createNetwork(name: string, cidrBlock: string) {
    const vpcId = `vpc-${hexOf(name, 17)}`;
    const id = `subnet-${hexOf(name, 17)}`;
    const availabilityZone = `${this.region}a`;
    this.given.subnets.push({ id, vpcId, availabilityZone, cidrBlock, isPublic: true });
    return { id: "", vpcId, publicSubnetIds: [id] };
  }

  private createInterface(name: string, inputs: Fields) {
    const subnet = findSubnet(this.given, inputs.subnetId);
    const fixed = (inputs.privateIpLists ?? inputs.privateIps) as string[] | undefined;
    const wanted = fixed ?? [undefined];
    const privateIps = wanted.map((address) => this.addresses.take(subnet, address));
    const macAddress = `02:${(hexOf(name, 10).match(/../g) ?? []).join(":")}`;
    const ipv6Addresses = ipv6AddressesOf(name, Number(inputs.ipv6AddressCount ?? 0), subnet);
    const id = `eni-${hexOf(name, 17)}`;
    return { id, privateIp: privateIps[0], privateIps, ipv6Addresses, macAddress };
  }

  /** A route to an interface; to anything else it isn't modelled. */
  private createRoute(name: string, { networkInterfaceId }: Fields) {
    const id = String(networkInterfaceId);
    if (!id.startsWith("eni-")) throw new NotModelled(`the route ${name} to no network interface`);
    if (!this.resources.some((resource) => resource.id === id)) findInterface(this.given, id);
    return { id: `r-${hexOf(name, 17)}` };
  }

  /** Gives an interface a public address. */
  private associate(name: string, { allocationId, networkInterfaceId }: Fields) {
    const resourceOf = (id: unknown) => this.resources.find((resource) => resource.id === id);
    const subnetId = resourceOf(networkInterfaceId)?.inputs.subnetId;
    const { vpcId } = findSubnet(this.given, subnetId);
    if (!isPublic(this.given, vpcId)) {
      const message = `Network ${vpcId} is not attached to any internet gateway`;
      throw new AwsError("Gateway.NotAttached", message);
    }
    const publicIp = resourceOf(allocationId)?.outputs.publicIp;
    return { id: `eipassoc-${hexOf(name, 17)}`, publicIp };
  }
}
