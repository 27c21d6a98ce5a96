import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  CreateOrUpdateTagsCommand,
  DeleteTagsCommand as DeleteGroupTagsCommand,
  PutWarmPoolCommand,
} from "@aws-sdk/client-auto-scaling";
import {
  AttachNetworkInterfaceCommand,
  CreateLaunchTemplateCommand,
  CreateNetworkInterfaceCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DeleteTagsCommand,
  EC2Client,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
  type _InstanceType,
} from "@aws-sdk/client-ec2";
import type { Deployment } from "../../simulator/deploy/engine";
import type { Tags } from "../../simulator/aws/ec2/state";
import { loadClients, Names, REGION, type TestCloud, type TestWorld, ZONE } from "./world";

/** An image that moto knows. */
const IMAGE = "ami-12c6146b";

const toList = (tags: Tags) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

const groupTag = (group: string, Key: string) => ({
  ResourceId: group,
  ResourceType: "auto-scaling-group",
  Key,
  PropagateAtLaunch: true,
});

/** The AWS of moto's server, set up by the SDK's own calls. */
export function openMoto(endpoint: string, deployment: Deployment): TestCloud {
  const credentials = { accessKeyId: "AKIATEST", secretAccessKey: "test" };
  const ec2 = new EC2Client({ endpoint, region: REGION, credentials });
  const autoScaling = new AutoScalingClient({ endpoint, region: REGION, credentials });
  const load = (pageSize?: number) => loadClients(deployment, endpoint, pageSize);
  const { createAwsCalls } = load();
  return {
    openWorld: async (tagKey) => ({
      ...(await openWorld(tagKey, ec2, autoScaling)),
      aws: createAwsCalls(tagKey),
      loadClients: load,
    }),
    close: () => {
      ec2.destroy();
      autoScaling.destroy();
      return Promise.resolve();
    },
  };
}

/** A subnet of its own, and what a person puts there. */
async function openWorld(
  tagKey: string,
  ec2: EC2Client,
  autoScaling: AutoScalingClient,
): Promise<Omit<TestWorld, "aws" | "loadClients">> {
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
  const { Subnet } = await ec2.send(
    new CreateSubnetCommand({
      VpcId: Vpc?.VpcId,
      CidrBlock: "10.0.0.0/24",
      AvailabilityZone: ZONE,
    }),
  );
  const subnetId = Subnet?.SubnetId ?? "";
  const names = new Names();
  const templates = new Set<string>();
  const groups = new Set<string>();
  return {
    tagKey,
    subnetId,
    names,
    idOf: (name) => names.idOf(name),
    answer: (call) => call,
    createInterface: async (name, address, tags) => {
      const { NetworkInterface } = await ec2.send(
        new CreateNetworkInterfaceCommand({
          SubnetId: subnetId,
          PrivateIpAddress: address,
          TagSpecifications: [{ ResourceType: "network-interface", Tags: toList(tags) }],
        }),
      );
      names.set(NetworkInterface?.NetworkInterfaceId ?? "", name);
    },
    runInstance: async (name, type, tags) => {
      const { Instances } = await ec2.send(
        new RunInstancesCommand({
          ImageId: IMAGE,
          MinCount: 1,
          MaxCount: 1,
          InstanceType: type as _InstanceType,
          SubnetId: subnetId,
          TagSpecifications: [{ ResourceType: "instance", Tags: toList(tags) }],
        }),
      );
      names.set(Instances?.[0]?.InstanceId ?? "", name);
    },
    createGroup: async ({ name, type, size, tags }) => {
      const template = `${type}-${tagKey}`;
      if (!templates.has(template)) {
        await ec2.send(
          new CreateLaunchTemplateCommand({
            LaunchTemplateName: template,
            LaunchTemplateData: { ImageId: IMAGE, InstanceType: type as _InstanceType },
          }),
        );
        templates.add(template);
      }
      const id = `${name}-${tagKey}`;
      await autoScaling.send(
        new CreateAutoScalingGroupCommand({
          AutoScalingGroupName: id,
          MinSize: 0,
          MaxSize: size,
          DesiredCapacity: size,
          VPCZoneIdentifier: subnetId,
          LaunchTemplate: { LaunchTemplateName: template },
          Tags: Object.entries(tags).map(([key, Value]) => ({ ...groupTag(id, key), Value })),
        }),
      );
      groups.add(id);
      names.set(id, name);
    },
    putWarmPool: async (group, MinSize) => {
      await autoScaling.send(
        new PutWarmPoolCommand({
          AutoScalingGroupName: names.idOf(group),
          PoolState: "Stopped",
          MinSize,
          MaxGroupPreparedCapacity: 2,
          InstanceReusePolicy: { ReuseOnScaleIn: true },
        }),
      );
    },
    hold: async (networkInterface, instance, DeviceIndex) => {
      const NetworkInterfaceId = names.idOf(networkInterface);
      const InstanceId = names.idOf(instance);
      await ec2.send(
        new AttachNetworkInterfaceCommand({ NetworkInterfaceId, InstanceId, DeviceIndex }),
      );
    },
    setTag: async (name, Key, Value) => {
      const id = names.idOf(name);
      if (groups.has(id)) {
        const Tags = [{ ...groupTag(id, Key), Value }];
        await autoScaling.send(new CreateOrUpdateTagsCommand({ Tags }));
      } else {
        await ec2.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key, Value }] }));
      }
    },
    deleteTag: async (name, Key) => {
      const id = names.idOf(name);
      if (groups.has(id)) {
        await autoScaling.send(new DeleteGroupTagsCommand({ Tags: [groupTag(id, Key)] }));
      } else {
        await ec2.send(new DeleteTagsCommand({ Resources: [id], Tags: [{ Key }] }));
      }
    },
    command: async (instance, command) => {
      const InstanceIds = [names.idOf(instance)];
      if (command === "stop") await ec2.send(new StopInstancesCommand({ InstanceIds }));
      else if (command === "start") await ec2.send(new StartInstancesCommand({ InstanceIds }));
      else await ec2.send(new TerminateInstancesCommand({ InstanceIds }));
    },
    settle: () => Promise.resolve(),
  };
}
