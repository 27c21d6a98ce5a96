import * as pulumi from "@pulumi/pulumi";
import * as ipaddr from "ipaddr.js";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { AwsError, NotModelled } from "./awsError";
import type { Subnet } from "./ec2";
import type { Archive } from "./sandbox";

export const ACCOUNT = "123456789012";
const PROJECT = "network-interface-pool";
const FIRST_USABLE_OFFSET = 4;

type Fields = Record<string, unknown>;

/** A resource as the program registered it, with the outputs that AWS would give. */
export interface DeployedResource {
  type: string;
  name: string;
  id: string;
  inputs: Fields;
  outputs: Fields;
}

/** A subnet that exists before the program runs, or that the network of the program brings. */
export interface DeployedSubnet extends Subnet {
  cidrBlock: string;
}

/** What a program deployed: its resources, and the archive of its function. */
export interface Deployment {
  region: string;
  /** The key of the pool tag. */
  tagKey: string;
  resources: DeployedResource[];
  subnets: DeployedSubnet[];
  archive: Archive;
}

/** A stack's configuration by full key, as Pulumi keeps it: lists, objects and numbers as JSON text. */
export type StackSettings = Record<string, string>;

/** Reads the configuration of a stack: its own file over the project's defaults. */
export function readStackSettings(stack: string): StackSettings {
  const project = parse(readFileSync("Pulumi.yaml", "utf8")) as {
    config: Record<string, { default?: unknown }>;
  };
  const own = parse(readFileSync(`Pulumi.${stack}.yaml`, "utf8")) as { config: Fields };
  const defaults = Object.entries(project.config).flatMap(([key, { default: value }]) =>
    value === undefined ? [] : [[`${PROJECT}:${key}`, value] as const],
  );
  const all = [...defaults, ...Object.entries(own.config)];
  return Object.fromEntries(all.map(([key, value]) => [key, toConfigText(value)]));
}

/** The same configuration with other pools. */
export function withPools(settings: StackSettings, pools: object[]): StackSettings {
  return { ...settings, [`${PROJECT}:pools`]: toConfigText(pools) };
}

function toConfigText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/**
 * Runs the real program, with Pulumi's mocks in the place of its engine, and keeps what it registers.
 *
 * @param subnets those that exist already, for pools that name one
 * @throws whatever the program throws, and NotModelled for a resource type that the simulator lacks
 */
export async function deployStack(
  stack: string,
  settings: StackSettings,
  subnets: DeployedSubnet[] = [],
): Promise<Deployment> {
  const engine = new MockEngine(settings["aws:region"] ?? "eu-west-1", [...subnets]);
  await pulumi.runtime.setMocks(engine, PROJECT, stack, false);
  pulumi.runtime.setAllConfig(settings);
  const { default: program } = (await import("../index")) as { default: () => Promise<Fields> };
  const outputs = await program();
  await settled(pulumi.output(outputs));
  await pulumi.runtime.disconnect();
  if (engine.failure !== undefined) throw engine.failure;
  const resources = engine.resources.sort((a, b) => compareNames(a, b));
  const tagKey = settings[`${PROJECT}:tagKey`] ?? "";
  return {
    region: engine.region,
    tagKey,
    resources,
    subnets: engine.subnets,
    archive: await archiveOf(resources),
  };
}

/** The resources of one type, in the order of their names. */
export function resourcesOfType(deployment: Deployment, type: string): DeployedResource[] {
  return deployment.resources.filter((resource) => resource.type === type);
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
async function archiveOf(resources: DeployedResource[]): Promise<Archive> {
  const lambda = resources.find(({ type }) => type === "aws:lambda/function:Function");
  const code = lambda?.inputs.code;
  if (!(code instanceof pulumi.asset.AssetArchive))
    throw new NotModelled("a stack without a function");
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
  private readonly addresses = new Set<number>();

  constructor(
    readonly region: string,
    readonly subnets: DeployedSubnet[],
  ) {}

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
    const fields = inputs as Fields;
    switch (token) {
      case "aws:ec2/getSubnet:getSubnet": {
        const { id, ...subnet } = this.subnetById(String(fields.id));
        return { id, ...subnet };
      }
      case "aws:ec2/getAmi:getAmi":
        return { rootDeviceName: "/dev/xvda" };
      case "aws:ssm/getParameter:getParameter":
        return { insecureValue: "ami-0123456789abcdef0" };
      default:
        throw new NotModelled(`the function call ${token}`);
    }
  }

  private create(type: string, name: string, inputs: Fields): Fields & { id: string } {
    const physicalName = `${name}-${hexOf(`${type} ${name}`, 7)}`;
    const named = { id: physicalName, name: physicalName };
    switch (type) {
      case "network-interface-pool:index:NetworkInterfacePool":
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
      case "aws:ec2/securityGroup:SecurityGroup":
        return { id: `sg-${hexOf(name, 17)}` };
      case "aws:ec2/networkInterface:NetworkInterface":
        return this.createInterface(name, inputs);
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

  private arn(service: string, resource: string): string {
    return `arn:aws:${service}:${this.region}:${ACCOUNT}:${resource}`;
  }

  private createNetwork(name: string, cidrBlock: string) {
    const vpcId = `vpc-${hexOf(name, 17)}`;
    const id = `subnet-${hexOf(name, 17)}`;
    this.subnets.push({ id, vpcId, availabilityZone: `${this.region}a`, cidrBlock });
    return { id: "", vpcId, publicSubnetIds: [id] };
  }

  private subnetById(id: string): DeployedSubnet {
    const subnet = this.subnets.find((known) => known.id === id);
    if (subnet !== undefined) return subnet;
    throw new AwsError("InvalidSubnetID.NotFound", `The subnet ID '${id}' does not exist`);
  }

  private createInterface(name: string, inputs: Fields) {
    const { cidrBlock } = this.subnetById(String(inputs.subnetId));
    const [wanted] = (inputs.privateIps ?? []) as string[];
    const first = numberOf(ipaddr.IPv4.networkAddressFromCIDR(cidrBlock));
    const last = numberOf(ipaddr.IPv4.broadcastAddressFromCIDR(cidrBlock));
    let number =
      wanted === undefined ? first + FIRST_USABLE_OFFSET : numberOf(ipaddr.IPv4.parse(wanted));
    while (wanted === undefined && this.addresses.has(number)) number += 1;
    if (this.addresses.has(number)) {
      throw new AwsError("InvalidIPAddress.InUse", "The specified address is already in use.");
    }
    if (number < first + FIRST_USABLE_OFFSET || number >= last) {
      throw new AwsError(
        "InvalidParameterValue",
        "Address does not fall within the subnet's address range",
      );
    }
    this.addresses.add(number);
    const privateIp = [24, 16, 8, 0]
      .map((shift) => Math.floor(number / 2 ** shift) % 256)
      .join(".");
    const macAddress = `02:${(hexOf(name, 10).match(/../g) ?? []).join(":")}`;
    return { id: `eni-${hexOf(name, 17)}`, privateIp, privateIps: [privateIp], macAddress };
  }
}

function numberOf(address: ipaddr.IPv4): number {
  return address.octets.reduce((sum, octet) => sum * 256 + octet, 0);
}

function hexOf(text: string, digits: number): string {
  return createHash("sha256").update(text).digest("hex").slice(0, digits);
}
