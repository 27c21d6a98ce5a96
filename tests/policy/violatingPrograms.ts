import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import {
  besidePool,
  createInterface,
  createManager,
  createTaggedTemplate,
  giveInterface,
  POOL_TAGS,
  tagOf,
  withGroup,
} from "./programBuilders";
import { onDemand } from "./stackBuilders";

/** A program with a mistake, the one policy that stops it, and the resource and words of its message. */
export interface ViolatingProgram {
  title: string;
  policy: string;
  resource: string;
  says: string;
  create: () => void;
}

/** The package for aws-native isn't installed; its resources are told by their type alone. */
class NativeGroup extends pulumi.CustomResource {}

const stoppedBy = (
  policy: string,
  resource: string,
  programs: Record<string, [says: string, create: () => void]>,
): ViolatingProgram[] =>
  Object.entries(programs).map(([title, [says, create]]) => ({
    title,
    policy,
    resource,
    says,
    create,
  }));

const createManagement = (subnet: aws.ec2.Subnet) =>
  createInterface("management-0", subnet.id, { pool: "management" });

/** A manager of pool "second", which is made on demand in a subnet of eu-west-1a. */
const createManagerInA = () =>
  createManager({
    POOL_SETTINGS: JSON.stringify({ second: onDemand({ "eu-west-1a": "subnet-second" }) }),
  });

const allowing = (Action: string) =>
  JSON.stringify({ Statement: [{ Effect: "Allow", Action, Resource: "*" }] });

/** Gives the manager's role a right on all there is. */
const allowManager = (action: string) => () => {
  const { name: role } = createManager();
  new aws.iam.RolePolicy("hand", { role, policy: allowing(action) });
};

export const violatingPrograms: ViolatingProgram[] = [
  ...stoppedBy("group-in-pool-zone", "web", {
    "a group with a second subnet in another zone": [
      'launches in eu-west-1a (subnet "a") and eu-west-1b (subnet "b")',
      withGroup(({ a, b }) => ({ vpcZoneIdentifiers: [a.id, b.id] })),
    ],
    "a group in another zone by its name": [
      "launches in eu-west-1b, but",
      withGroup(() => ({ vpcZoneIdentifiers: undefined, availabilityZones: ["eu-west-1b"] })),
    ],
    "a group in a subnet that nobody knows": [
      "the zone of subnet subnet-0999 can't be known",
      withGroup(() => ({ vpcZoneIdentifiers: ["subnet-0999"] })),
    ],
    "a group whose launch template alone has the tag, in another zone": [
      'launches in eu-west-1b (subnet "b")',
      besidePool(({ b }) => {
        const launchTemplateSpecification = { launchTemplateId: createTaggedTemplate().id };
        new aws.autoscaling.Group("web", {
          vpcZoneIdentifiers: [b.id],
          minSize: 0,
          maxSize: 1,
          mixedInstancesPolicy: { launchTemplate: { launchTemplateSpecification } },
        });
      }),
    ],
    "a group with a launch configuration in another zone": [
      'launches in eu-west-1b (subnet "b")',
      withGroup(({ b }) => {
        const machine = { imageId: "ami-1", instanceType: "t3.micro" };
        const { name } = new aws.ec2.LaunchConfiguration("web", machine);
        return {
          launchTemplate: undefined,
          launchConfiguration: name,
          vpcZoneIdentifiers: [b.id],
        };
      }),
    ],
    "a group of aws-native in another zone": [
      'launches in eu-west-1b (subnet "b")',
      besidePool(({ b }) => {
        const size = { minSize: "0", maxSize: "2" };
        const args = { vpcZoneIdentifier: [b.id], ...size, tags: [tagOf()] };
        return new NativeGroup("aws-native:autoscaling:AutoScalingGroup", "web", args);
      }),
    ],
    "an EC2 fleet with the tag": [
      'Fleet "web" carries the tag of pool "licence"',
      besidePool(() => {
        const launchTemplateId = createTaggedTemplate().id;
        new aws.ec2.Fleet("web", {
          launchTemplateConfigs: [
            { launchTemplateSpecification: { launchTemplateId, version: "1" } },
          ],
          targetCapacitySpecification: {
            defaultTargetCapacityType: "spot",
            totalTargetCapacity: 1,
          },
        });
      }),
    ],
    "a spot fleet request with the tag": [
      'SpotFleetRequest "web" carries the tag of pool "licence"',
      besidePool(({ a }) => {
        const machine = { ami: "ami-1", instanceType: "t3.micro" };
        new aws.ec2.SpotFleetRequest("web", {
          iamFleetRole: "arn:aws:iam::111122223333:role/fleet",
          targetCapacity: 1,
          launchSpecifications: [{ ...machine, subnetId: a.id, tags: POOL_TAGS }],
        });
      }),
    ],
    "a group in another zone than the second of its pools": [
      'uses pool "management" and launches in eu-west-1a (subnet "a"), but the pool\'s interfaces are in eu-west-1b',
      withGroup(({ b }) => {
        createManagement(b);
        return { maxSize: 1, tags: [tagOf("licence,management")] };
      }),
    ],
    "a group in a zone in which its pool on demand has no subnet": [
      'launches in eu-west-1b (subnet "b"), where the pool has no subnet: its subnets are in eu-west-1a',
      withGroup(({ a, b }) => {
        createManagerInA();
        return { vpcZoneIdentifiers: [a.id, b.id], tags: [tagOf("second")] };
      }),
    ],
  }),
  ...stoppedBy("pool-in-one-zone", "licence-2", {
    "a pool with an interface in another zone": [
      'is in eu-west-1b (subnet "b"), but others of the pool are in eu-west-1a',
      besidePool(({ b }) => createInterface("licence-2", b.id)),
    ],
  }),
  ...stoppedBy("pool-in-one-zone", "both", {
    "an interface that names two pools": [
      'has the tag of pool "licence,management", but an interface is of one pool',
      besidePool(({ a }) => createInterface("both", a.id, { pool: "licence,management" })),
    ],
  }),
  ...stoppedBy("group-fits-pool", "web", {
    "a group larger than its pool": [
      'may run 3 instances (maxSize), but pool "licence" has 2 interfaces',
      withGroup(() => ({ maxSize: 3 })),
    ],
    "a group that an instance refresh makes larger than its pool": [
      "may run 3 instances (maxSize, instance refresh up to 150 %)",
      withGroup(() => ({
        instanceRefresh: {
          strategy: "Rolling",
          preferences: { minHealthyPercentage: 100, maxHealthyPercentage: 150 },
        },
      })),
    ],
    "a group larger than the second of its pools": [
      'may run 2 instances (maxSize), but pool "management" has 1 interface',
      withGroup(({ a }) => {
        createManagement(a);
        return { tags: [tagOf("licence,management")] };
      }),
    ],
    "a group larger than its pool, whose manager makes no standbys of it": [
      'may run 3 instances (maxSize), but pool "licence" has 2 interfaces',
      withGroup(() => {
        createManager({
          WHEN_POOL_IS_EXHAUSTED: "continue",
          POOL_SETTINGS: JSON.stringify({ licence: { whenExhausted: "wait" } }),
        });
        return { maxSize: 3 };
      }),
    ],
  }),
  ...stoppedBy("pool-tag-propagates", "web", {
    "a tag that stays on the group": [
      "without propagateAtLaunch: true",
      withGroup(() => ({ tags: [{ ...tagOf(), propagateAtLaunch: false }] })),
    ],
    "a misspelt pool": [
      'names pool "license" in its tags, which is neither in this stack nor in the configuration. ' +
        'Did you mean "licence"?',
      withGroup(() => ({ tags: [tagOf("license")] })),
    ],
    "a misspelt pool behind another": [
      'names pool "managment" in its tags, which is neither in this stack nor in the configuration. ' +
        'Did you mean "management"?',
      withGroup(({ a }) => {
        createManagement(a);
        return { maxSize: 1, tags: [tagOf("licence,managment")] };
      }),
    ],
    "a misspelt pool on demand": [
      'names pool "secnd" in its tags, which is neither in this stack nor in the configuration. ' +
        'Did you mean "second"?',
      withGroup(({ a, b }) => {
        createManagerInA();
        return { vpcZoneIdentifiers: [a.id, b.id], tags: [tagOf("secnd")] };
      }),
    ],
  }),
  ...stoppedBy("pool-interface-protected", "licence-2", {
    "an interface without protection": [
      "isn't protected",
      besidePool(({ a }) => createInterface("licence-2", a.id, { protect: false })),
    ],
  }),
  ...stoppedBy("no-foreign-attachment", "hand", {
    "an interface attached by hand": [
      'attaches network interface "licence-0" of pool "licence" in networkInterfaceId',
      besidePool(({ interfaces: [first] }) => {
        const at = { instanceId: "i-1", deviceIndex: 1 };
        const networkInterfaceId = first?.id ?? "";
        new aws.ec2.NetworkInterfaceAttachment("hand", { ...at, networkInterfaceId });
      }),
    ],
    "an instance launched with an interface of the pool": [
      'attaches network interface "licence-1" of pool "licence" in networkInterfaces',
      besidePool(({ interfaces: [, second] }) => {
        new aws.ec2.Instance("hand", {
          ami: "ami-1",
          instanceType: "t3.micro",
          networkInterfaces: [{ networkInterfaceId: second?.id ?? "", deviceIndex: 1 }],
        });
      }),
    ],
    "a launch template with an interface of the pool": [
      'attaches network interface "licence-0" of pool "licence" in networkInterfaces',
      besidePool(({ interfaces: [first] }) => {
        const networkInterfaces = [{ networkInterfaceId: first?.id ?? "" }];
        new aws.ec2.LaunchTemplate("hand", { networkInterfaces });
      }),
    ],
    "an interface that exists already, attached by hand": [
      'attaches network interface eni-0 of pool "given" in networkInterfaceId',
      () => {
        giveInterface();
        const at = { instanceId: "i-1", deviceIndex: 1 };
        new aws.ec2.NetworkInterfaceAttachment("hand", { ...at, networkInterfaceId: "eni-0" });
      },
    ],
  }),
  ...stoppedBy("manager-least-privilege", "hand", {
    "a role that may attach every interface": [
      "allows ec2:AttachNetworkInterface and ec2:DetachNetworkInterface without a condition",
      besidePool(() => {
        const policy = allowing("ec2:*NetworkInterface");
        new aws.iam.RolePolicy("hand", { role: "hand", policy });
      }),
    ],
    "a manager that may delete every interface": [
      "allows ec2:DeleteNetworkInterface on interfaces that the manager didn't make",
      allowManager("ec2:DeleteNetworkInterface"),
    ],
    "a manager that may make interfaces without the pool tag": [
      "allows ec2:CreateNetworkInterface without a condition on the pool tag that it gives",
      allowManager("ec2:CreateNetworkInterface"),
    ],
    "a manager that may write the pool tag": [
      "allows ec2:CreateTags on what exists already",
      allowManager("ec2:CreateTags"),
    ],
  }),
];
