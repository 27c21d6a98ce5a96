import { hexOf } from "./addresses";
import { AwsError, NotModelled } from "../aws/awsError";
import type { Naming } from "./naming";
import {
  arnOf,
  type Fields,
  findInterface,
  findSubnet,
  isPublic,
  type Surroundings,
} from "./providerFunctions";

/** A resource as the program registers it. */
export interface Requested {
  type: string;
  name: string;
  inputs: Fields;
}

/** What a resource's state depends on beside itself. */
export interface Context extends Surroundings {
  naming: Naming;
  /** A resource that the program made before. */
  resourceById: (id: unknown) => { inputs: Fields; outputs: Fields } | undefined;
}

/** What AWS adds to a resource's inputs, as far as programs and the simulator read it. */
export type StateOf = (requested: Requested, context: Context) => Fields & { id: string };

const component: StateOf = () => ({ id: "" });

const unnamed: StateOf = ({ type, name }, { naming }) => ({ id: naming.physicalName(type, name) });

const named =
  (service: string, prefix: string): StateOf =>
  ({ type, name }, context) => {
    const physicalName = context.naming.physicalName(type, name);
    const arn = arnOf(context, service, `${prefix}${physicalName}`);
    return { id: physicalName, name: physicalName, arn };
  };

/** The states of resources by type; any other type is an error. */
export const resourceStates: Record<string, StateOf> = {
  "pulumi:pulumi:Stack": component,
  "network-interface-pool:index:NetworkInterfacePool": component,
  "network-interface-pool:index:OnDemandPool": component,
  "network-interface-pool:index:NetworkInterfaceManager": component,
  "network-interface-pool:index:SingleZoneGroup": component,
  "awsx:ec2:Vpc": ({ name, inputs }, { naming, region, existing }) => {
    const vpcId = naming.id("vpc", name);
    const id = naming.id("subnet", name);
    const cidrBlock = String(inputs.cidrBlock);
    const availabilityZone = `${region}a`;
    existing.subnets.push({ id, vpcId, availabilityZone, cidrBlock, isPublic: true });
    return { id: "", vpcId, publicSubnetIds: [id] };
  },
  "aws:ec2/securityGroup:SecurityGroup": ({ name, inputs }, { naming, existing }) => {
    const group = { id: naming.id("sg", name), vpcId: String(inputs.vpcId) };
    existing.securityGroups.push(group);
    return group;
  },
  "aws:ec2/networkInterface:NetworkInterface": ({ name, inputs }, { naming }) => {
    const { subnetId, privateIpLists, privateIps: fixed, ipv6AddressCount } = inputs;
    const wanted = (privateIpLists ?? fixed ?? [undefined]) as (string | undefined)[];
    const privateIps = wanted.map((address) => naming.address(name, subnetId, address));
    const ipv6Addresses = naming.ipv6Addresses(name, subnetId, Number(ipv6AddressCount ?? 0));
    const id = naming.id("eni", name);
    const macAddress = naming.macAddress(name);
    return { id, privateIp: privateIps[0], privateIps, ipv6Addresses, macAddress };
  },
  "aws:ec2/tag:Tag": ({ inputs: { resourceId, key } }, { existing }) => {
    findInterface(existing, resourceId);
    return { id: `${String(resourceId)},${String(key)}` };
  },
  "aws:ec2/eip:Eip": ({ name }, { naming }) => {
    return { id: naming.id("eipalloc", name), publicIp: naming.publicIp(name) };
  },
  "aws:ec2/eipAssociation:EipAssociation": associate,
  "aws:ec2/route:Route": ({ name, inputs }, { naming, existing, resourceById }) => {
    const id = String(inputs.networkInterfaceId);
    if (!id.startsWith("eni-")) throw new NotModelled(`the route ${name} to no network interface`);
    if (resourceById(id) === undefined) findInterface(existing, id);
    return { id: naming.id("r", name) };
  },
  "aws:ec2/launchTemplate:LaunchTemplate": ({ type, name }, { naming }) => {
    const physicalName = naming.physicalName(type, name);
    return { id: naming.id("lt", name), name: physicalName, latestVersion: 1 };
  },
  "aws:autoscaling/group:Group": (requested, context) => {
    const prefix = `autoScalingGroup:${hexOf(requested.name, 8)}:autoScalingGroupName/`;
    return named("autoscaling", prefix)(requested, context);
  },
  "aws:autoscaling/lifecycleHook:LifecycleHook": unnamed,
  "aws:cloudwatch/logGroup:LogGroup": named("logs", "log-group:"),
  "aws:cloudwatch/metricAlarm:MetricAlarm": named("cloudwatch", "alarm:"),
  "aws:cloudwatch/dashboard:Dashboard": unnamed,
  "aws:cloudwatch/eventRule:EventRule": named("events", "rule/"),
  "aws:cloudwatch/eventTarget:EventTarget": unnamed,
  "aws:sqs/queue:Queue": ({ type, name, inputs }, context) => {
    const { account, region, naming } = context;
    const queueName = naming.physicalName(type, name) + (inputs.fifoQueue === true ? ".fifo" : "");
    const url = `https://sqs.${region}.amazonaws.com/${account}/${queueName}`;
    return { id: url, url, name: queueName, arn: arnOf(context, "sqs", queueName) };
  },
  "aws:sqs/queuePolicy:QueuePolicy": unnamed,
  "aws:iam/role:Role": named("iam", "role/"),
  "aws:iam/rolePolicy:RolePolicy": unnamed,
  "aws:lambda/function:Function": named("lambda", "function:"),
  "aws:lambda/eventSourceMapping:EventSourceMapping": unnamed,
  "aws:lambda/invocation:Invocation": unnamed,
};

/** Gives an interface of the program's a public address. */
function associate({ name, inputs }: Requested, { naming, existing, resourceById }: Context) {
  const { subnetId } = resourceById(inputs.networkInterfaceId)?.inputs ?? {};
  const { vpcId } = findSubnet(existing, subnetId);
  if (!isPublic(existing, vpcId)) {
    const message = `Network ${vpcId} is not attached to any internet gateway`;
    throw new AwsError("Gateway.NotAttached", message);
  }
  const publicIp = resourceById(inputs.allocationId)?.outputs.publicIp;
  return { id: naming.id("eipassoc", name), publicIp };
}
