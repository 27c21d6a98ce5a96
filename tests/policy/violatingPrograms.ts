import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { TAG_KEY } from "./stackBuilders";
import { violatingManagerPrograms } from "./compliantPrograms";
import { besidePool, groupTag, pool, type ViolatingProgram, withGroup } from "./programBuilders";

/** The package for aws-native isn't installed; its resources are told by their type alone. */
class NativeGroup extends pulumi.CustomResource {}

const movesDocument = (Condition?: object) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "ec2:*NetworkInterface", Resource: "*", Condition }],
  });

export const violatingPrograms: ViolatingProgram[] = [
  {
    title: "a group with a second subnet in another zone",
    policy: "group-in-pool-zone",
    resource: "web",
    says: 'launches in eu-west-1a (subnet "a") and eu-west-1b (subnet "b")',
    create: withGroup(({ a, b }) => ({ vpcZoneIdentifiers: [a.id, b.id] })),
  },
  {
    title: "a group in another zone by its name",
    policy: "group-in-pool-zone",
    resource: "web",
    says: "launches in eu-west-1b, but",
    create: withGroup(() => ({
      vpcZoneIdentifiers: undefined,
      availabilityZones: ["eu-west-1b"],
    })),
  },
  {
    title: "a group in a subnet that nobody knows",
    policy: "group-in-pool-zone",
    resource: "web",
    says: "the zone of subnet subnet-0999 can't be known",
    create: withGroup(() => ({ vpcZoneIdentifiers: ["subnet-0999"] })),
  },
  {
    title: "a group whose launch template alone has the tag, in another zone",
    policy: "group-in-pool-zone",
    resource: "web",
    says: 'launches in eu-west-1b (subnet "b")',
    create: besidePool(({ b }) => {
      const template = new aws.ec2.LaunchTemplate("web", {
        tagSpecifications: [{ resourceType: "instance", tags: pool }],
      });
      new aws.autoscaling.Group("web", {
        vpcZoneIdentifiers: [b.id],
        minSize: 0,
        maxSize: 1,
        mixedInstancesPolicy: {
          launchTemplate: { launchTemplateSpecification: { launchTemplateId: template.id } },
        },
      });
    }),
  },
  {
    title: "a group with a launch configuration in another zone",
    policy: "group-in-pool-zone",
    resource: "web",
    says: 'launches in eu-west-1b (subnet "b")',
    create: withGroup(({ b }) => ({
      launchTemplate: undefined,
      launchConfiguration: new aws.ec2.LaunchConfiguration("web", {
        imageId: "ami-1",
        instanceType: "t3.micro",
      }).name,
      vpcZoneIdentifiers: [b.id],
    })),
  },
  {
    title: "a group of aws-native in another zone",
    policy: "group-in-pool-zone",
    resource: "web",
    says: 'launches in eu-west-1b (subnet "b")',
    create: besidePool(
      ({ b }) =>
        new NativeGroup("aws-native:autoscaling:AutoScalingGroup", "web", {
          vpcZoneIdentifier: [b.id],
          minSize: "0",
          maxSize: "2",
          tags: [groupTag],
        }),
    ),
  },
  {
    title: "an EC2 fleet with the tag",
    policy: "group-in-pool-zone",
    resource: "web",
    says: 'Fleet "web" carries the tag of pool "licence"',
    create: besidePool(() => {
      const template = new aws.ec2.LaunchTemplate("web", {
        tagSpecifications: [{ resourceType: "instance", tags: pool }],
      });
      new aws.ec2.Fleet("web", {
        launchTemplateConfigs: [
          { launchTemplateSpecification: { launchTemplateId: template.id, version: "1" } },
        ],
        targetCapacitySpecification: {
          defaultTargetCapacityType: "spot",
          totalTargetCapacity: 1,
        },
      });
    }),
  },
  {
    title: "a spot fleet request with the tag",
    policy: "group-in-pool-zone",
    resource: "web",
    says: 'SpotFleetRequest "web" carries the tag of pool "licence"',
    create: besidePool(
      ({ a }) =>
        new aws.ec2.SpotFleetRequest("web", {
          iamFleetRole: "arn:aws:iam::111122223333:role/fleet",
          targetCapacity: 1,
          launchSpecifications: [
            { ami: "ami-1", instanceType: "t3.micro", subnetId: a.id, tags: pool },
          ],
        }),
    ),
  },
  {
    title: "a pool with an interface in another zone",
    policy: "pool-in-one-zone",
    resource: "licence-2",
    says: 'is in eu-west-1b (subnet "b"), but others of the pool are in eu-west-1a',
    create: besidePool(
      ({ b }) =>
        new aws.ec2.NetworkInterface(
          "licence-2",
          { subnetId: b.id, tags: pool },
          { protect: true },
        ),
    ),
  },
  {
    title: "a group larger than its pool",
    policy: "group-fits-pool",
    resource: "web",
    says: 'may run 3 instances (maxSize), but pool "licence" has 2 interfaces',
    create: withGroup(() => ({ maxSize: 3 })),
  },
  {
    title: "a group that an instance refresh makes larger than its pool",
    policy: "group-fits-pool",
    resource: "web",
    says: "may run 3 instances (maxSize, instance refresh up to 150 %)",
    create: withGroup(() => ({
      instanceRefresh: {
        strategy: "Rolling",
        preferences: { minHealthyPercentage: 100, maxHealthyPercentage: 150 },
      },
    })),
  },
  {
    title: "a tag that stays on the group",
    policy: "pool-tag-propagates",
    resource: "web",
    says: "without propagateAtLaunch: true",
    create: withGroup(() => ({ tags: [{ ...groupTag, propagateAtLaunch: false }] })),
  },
  {
    title: "a misspelt pool",
    policy: "pool-tag-propagates",
    resource: "web",
    says: 'names pool "license" in its tags, which is neither in this stack nor in the configuration. Did you mean "licence"?',
    create: withGroup(() => ({ tags: [{ ...groupTag, value: "license" }] })),
  },
  {
    title: "an interface without protection",
    policy: "pool-interface-protected",
    resource: "licence-2",
    says: "isn't protected",
    create: besidePool(
      ({ a }) => new aws.ec2.NetworkInterface("licence-2", { subnetId: a.id, tags: pool }),
    ),
  },
  {
    title: "an interface attached by hand",
    policy: "no-foreign-attachment",
    resource: "hand",
    says: 'attaches network interface "licence-0" of pool "licence" in networkInterfaceId',
    create: besidePool(({ interfaces: [first] }) => {
      new aws.ec2.NetworkInterfaceAttachment("hand", {
        instanceId: "i-1",
        networkInterfaceId: first?.id ?? "",
        deviceIndex: 1,
      });
    }),
  },
  {
    title: "an instance launched with an interface of the pool",
    policy: "no-foreign-attachment",
    resource: "hand",
    says: 'attaches network interface "licence-1" of pool "licence" in networkInterfaces',
    create: besidePool(({ interfaces: [, second] }) => {
      new aws.ec2.Instance("hand", {
        ami: "ami-1",
        instanceType: "t3.micro",
        networkInterfaces: [{ networkInterfaceId: second?.id ?? "", deviceIndex: 1 }],
      });
    }),
  },
  {
    title: "a launch template with an interface of the pool",
    policy: "no-foreign-attachment",
    resource: "hand",
    says: 'attaches network interface "licence-0" of pool "licence" in networkInterfaces',
    create: besidePool(({ interfaces: [first] }) => {
      new aws.ec2.LaunchTemplate("hand", {
        networkInterfaces: [{ networkInterfaceId: first?.id ?? "" }],
      });
    }),
  },
  {
    title: "a role that may attach every interface",
    policy: "manager-least-privilege",
    resource: "hand",
    says: "allows ec2:AttachNetworkInterface and ec2:DetachNetworkInterface without a condition",
    create: besidePool(
      () => new aws.iam.RolePolicy("hand", { role: "hand", policy: movesDocument() }),
    ),
  },
  ...violatingManagerPrograms,
];

export const limitedDocument = movesDocument({ Null: { [`aws:ResourceTag/${TAG_KEY}`]: "false" } });
